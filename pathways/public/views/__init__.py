"""The pages: each view translates a request to one call of the domain, and back."""
