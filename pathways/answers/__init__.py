"""What a doctor is told about a place: one frozen answer for every interface."""
