"""様式を組み立てる — small steps on an edition document, for the builder's pages. Pure: each gives a new document.

A document under construction may be unfinished; `check_edition` says what is missing before it is published.
"""
