"""The running program: settings, storage, channels, command line."""
