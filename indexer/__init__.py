"""Documents in, index revision out."""
