"""Reviewing a draft: its preview, and the forms of the decisions."""
