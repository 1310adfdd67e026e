"""The answer for other systems. Version 1 keeps its field names; fields may be added."""
