"""Dates as Japanese law and habit read them. Pure: no Django, no database, no clock."""
