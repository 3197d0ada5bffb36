"""Tables of figures of the council, by noun."""
