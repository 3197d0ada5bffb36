"""What is done at the council, by noun: each file its actions and refusals."""
