"""How well the directory is known, and whether any page contradicts another."""
