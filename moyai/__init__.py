"""Moyai: what a council of local governments runs together."""
