"""What is in force on any date, what was, and what will be."""
