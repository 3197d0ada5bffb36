"""What changes in operations, by noun."""
