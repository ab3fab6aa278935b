"""What generators yield, with every plan carried out."""

from __future__ import annotations

from collections.abc import Iterator

from skillmeat.site.output import LeftOut, Made, Output, Planned


def outputs(made: Made) -> Iterator[Output | LeftOut]:
    """Each output and each thing left out, in order."""
    for each in made:
        if isinstance(each, Planned):
            yield from (output for output in each.make() if output is not None)
        else:
            yield each
