"""What decides money, pure: no Django, no clock, no database."""
