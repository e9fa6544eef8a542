"""Channels: each turns its platform's events into Incoming and a Reply into its native form."""
