"""Forms of operations, by noun."""
