"""What is known: documents, passages, retrieval, answers. No chat platform, no network, no clock."""
