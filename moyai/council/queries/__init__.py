"""What is read of the council, by noun."""
