"""The page of an artifact: what it is, how far to trust it, how to get it, and what it has to do with others.

All that a page shows is either a *fact*, which costs little for all artifacts at once, or made from the
content, which the lock names by its hash.
"""
