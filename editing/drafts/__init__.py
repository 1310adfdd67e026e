"""A draft as a form: an edition's content to fields that can be typed in, and back."""
