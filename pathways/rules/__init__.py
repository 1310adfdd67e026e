"""A revision as a value: what it says, whether it may be published, and how two differ."""
