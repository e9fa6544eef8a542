"""What a person can ask of the assistant: synchronous, platform-free, one verb a module."""
