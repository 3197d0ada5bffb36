"""Django's PostgreSQL backend, told the one thing that the wall changes (see base.py)."""
