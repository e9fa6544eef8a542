"""What is kept in SQLite, one store a module; all of them share one file."""
