"""What is read in operations, by noun."""
