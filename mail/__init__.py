"""Mail that is to be sent: an outbox that any floor above may put a letter into."""
