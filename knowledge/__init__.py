"""What is known: documents, passages, retrieval, answers. No platform, no network, no clock."""
