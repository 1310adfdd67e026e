"""What an editor sees first: the tasks, the region, and what is missing."""
