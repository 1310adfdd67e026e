"""Which places and rule sets lack a receiver or a rule, and which have two."""
