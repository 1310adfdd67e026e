"""Who are you? Invitation, login, second factor, single sign-on, and the roles of a region."""
