"""The published site: pages, JSON and assets made from a catalog.

``build.build`` writes it, ``serve.serve`` shows it while it is worked on. Nothing here uses the network,
and a build uses no clock: the same catalog, dates and contents give the same bytes.
"""
