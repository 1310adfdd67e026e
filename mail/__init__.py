"""Outgoing mail: an outbox that any package above can write to, and its delivery."""
