"""Training of the French sentence encoder from public parallel text."""
