"""Forms of the council, by noun."""
