"""``python -m skillmeat``"""

from skillmeat.cli.main import run

run()
