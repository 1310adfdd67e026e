"""Accounts: invitation, login, second factor, single sign-on, and the roles of a region."""
