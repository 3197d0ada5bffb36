"""What decides about papers and files: pure, no Django, no clock."""
