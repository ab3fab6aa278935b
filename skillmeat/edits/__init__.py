"""Edits: one module per noun, each function from a catalog to an ``Edit``. Nothing here reads or writes.

An edit checks only what the next catalog cannot show: that what it names exists and that what it
makes is new. Everything else is for the rules, which ``store.apply`` runs on the result.
"""
