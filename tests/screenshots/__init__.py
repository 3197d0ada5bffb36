"""`make screenshots`: the pictures of the guides, taken in a real browser from an installation of their own.

Each picture is what fits on the screen, in few colours: at most 150 kB, all together at most 1.8 MB.
An address as argument takes them from a training installation that is running already; the name of a chapter takes only its pictures.
"""
