"""The verbs of papers and files."""
