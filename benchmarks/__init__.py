"""What skillmeat costs beside other programs that do the same work, as ratios in one run on one machine.

``python -m benchmarks --help`` says what is measured and how. Nothing here is part of the package that users
install, and nothing here imports it but ``content``, which writes stores with skillmeat's own records.
"""
