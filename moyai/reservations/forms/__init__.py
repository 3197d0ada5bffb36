"""Forms of the pages, by who fills them in."""
