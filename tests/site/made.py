"""What generators yield, with every plan carried out."""

from __future__ import annotations

from collections.abc import Iterator

from skillmeat.site.output import LeftOut, Made, Output, Planned


def outputs(made: Made) -> Iterator[Output | LeftOut]:
    """Each output and each thing left out, in order."""
    for each in made:
        if isinstance(each, Planned):
            yield from outputs(iter(each.make()))
        else:
            yield each
