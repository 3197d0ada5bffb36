"""Pure rules of the package, by noun: no Django, no clock."""
