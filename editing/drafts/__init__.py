"""A draft as a form: the content of a revision as fields to type in, and back."""
