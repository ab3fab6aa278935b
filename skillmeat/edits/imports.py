"""What foreign files list, as sources, artifacts, tags and collections of this catalog."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from skillmeat import manifest
from skillmeat.catalog import Catalog, Change, Edit
from skillmeat.checks import check
from skillmeat.edits.drafting import Draft
from skillmeat.foreign import Found, Left
from skillmeat.model import KINDS, Record, Source, Tag, kind_of
from skillmeat.text import one_line, plural, shorten

R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Imported:
    """The edit, and everything that it leaves out: where it stands, file first, and why."""

    edit: Edit
    left: tuple[Left, ...]


def plan(
    catalog: Catalog,
    found: Sequence[Found],
    *,
    sources: Sequence[str] = (),
    tags: Sequence[str] = (),
    is_there: Callable[[str], bool] = lambda path: True,
    created_at: datetime | None = None,
) -> Imported:
    """Records for what the files list. What is in the catalog already stays as it is, so a second import adds
    nothing new; what cannot be had is left out, and the rest is imported.

    What is in the repository of the file itself comes from the first of ``sources`` whose lock has it, or
    else the first; without any, from this repository where the file is in it and ``is_there`` says so.
    ``tags`` are added to every new artifact. Whatever would break one of the catalog's rules is left out too,
    with what the rule says.

    Raises ``NotFound`` for a source or a tag that is not in the catalog.
    """
    own = [catalog.find(Source, each) for each in sources]
    carried = [catalog.find(Tag, each).id for each in tags]
    known = Counter(problem.sameness for problem in check(catalog))
    refused: dict[str, str] = {}
    while True:
        draft = Draft(catalog, own, carried, refused, is_there, created_at)
        for each in found:
            draft.take(each)
        changes = draft.changes()
        edit = Edit(_summary(changes, found), changes)
        new = dict(_faults(catalog, edit, known))
        if not new.keys() - refused.keys():
            break
        refused |= new
    said = [Left(_where(each.file, left), left.reason) for each in found for left in each.left] + draft.left
    return Imported(edit, tuple(Left(shorten(one_line(each.where), 200), _reason(each)) for each in said))


def _faults(catalog: Catalog, edit: Edit, known: Mapping[Any, int]) -> Iterator[tuple[str, str]]:
    """By the file of a record that the edit makes: what keeps it from being made."""
    paths = set()
    for change in edit.changes:
        if change.after:
            path = kind_of(change.after).path(change.after.id)
            paths.add(path)
            size = len(manifest.render(change.after).encode())
            if size > manifest.MANIFEST_LIMIT:
                yield path, f"its manifest would have {plural(size, 'byte')}"
    counts = Counter(known)
    for problem in check(catalog.after(edit)):
        counts[problem.sameness] -= 1
        if counts[problem.sameness] < 0 and problem.path in paths:
            yield problem.path, problem.message


def _summary(changes: Iterable[Change], found: Sequence[Found]) -> str:
    counts = Counter(kind_of(change.after).noun for change in changes if change.after and not change.before)
    said = [plural(counts[kind.noun], kind.noun) for kind in KINDS if counts[kind.noun]]
    what = " and ".join([", ".join(said[:-1]), said[-1]] if said[1:] else said or ["nothing"])
    return f"Imported {what} from {', '.join(each.file for each in found)}"


def _where(file: str, left: Left) -> str:
    return f"{file}: {left.where}" if left.where else file


def _reason(left: Left) -> str:
    return shorten(one_line(left.reason.rstrip(".")), 500)
