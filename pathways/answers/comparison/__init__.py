"""Units, regions and places beside one another."""
