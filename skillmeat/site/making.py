"""What the generators yield, made and written: what is unchanged linked, by as many processes as are of use.

The work is cut into tasks that do not depend on each other, and every process takes the next one that nobody
has taken. What comes of it is the same whoever did what: results are put in the order of the tasks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from skillmeat import processes
from skillmeat.errors import Refused
from skillmeat.site.former import Carried, Former, Part, Result, Written, rows_in
from skillmeat.site.output import LeftOut, Made, Output, Planned
from skillmeat.site.publish import Folder

T = TypeVar("T")

STAGED: Final = 100
"""How many plans go through their stages together: what they give is in memory meanwhile."""

ALONE: Final = 40
"""With less work than this a second process costs more time than it saves: tasks, those with a key ten."""


@dataclass(frozen=True, slots=True)
class Task:
    """A part of the site that one process makes. ``generator`` is the name that messages call it by.

    One that makes plans and nothing else may have a ``name`` of its own, the same from build to build, and
    a ``key`` that changes whenever one of theirs does, which costs less than all of theirs.
    """

    generator: str
    made: Callable[[], Made]
    name: str = ""
    key: Callable[[], str] | None = None


def make(
    tasks: Sequence[Task],
    folder: Folder,
    former: Former,
    tell: Callable[[int, int], None] | None = None,
    done: Mapping[int, Result] | None = None,
) -> list[Result]:
    """Write what the tasks make to the folder; by task, what came of it.

    ``tell`` is called with the number of tasks done and of all of them, now and then. ``done`` is what came
    of tasks that were done before, by their numbers.
    Raises what a generator raises, of several the first one's; ``Refused`` (``OUTPUT_TWICE``) when two
    outputs have one path.
    """

    done = done or {}
    left = [number for number in range(len(tasks)) if number not in done]

    def work(number: int) -> Result:
        return made(tasks[left[number]], folder, former)

    work_left = sum(10 if tasks[number].key else 1 for number in left)
    count = processes.available() if work_left >= ALONE else 1
    found = {**done, **dict(zip(left, processes.spread(work, len(left), count, tell), strict=True))}
    results = [found[number] for number in range(len(tasks))]
    _refuse_twice(tasks, results, former)
    return results


def made(task: Task, folder: Folder, former: Former) -> Result:
    """Write what one task makes to the folder. Raises what its generator raises."""
    result = Result(name=task.name, key=task.key() if task.key else "")
    if _stands(result, folder, former):
        return result
    staged: list[tuple[int, Planned]] = []
    for each in _together(task.made()):
        if not isinstance(each, Planned):
            result.parts.append(_carried("", "", each, folder, former))
            continue
        known = former.plan(each.name)
        if known and known.key == each.key:
            result.parts.append(_kept(known, folder, former))
        elif each.has_stages:
            staged.append((len(result.parts), each))
            result.parts.append(each.name)  # until it is carried out
        else:
            result.parts.append(_carried(each.name, each.key, each.make(), folder, former))
    for some in chunks(staged, STAGED):
        outputs = _in_stages([plan.make() for _, plan in some])
        for (place, plan), made in zip(some, outputs, strict=True):
            result.parts[place] = _carried(plan.name, plan.key, made, folder, former)
    return result


def stood(task: Task, folder: Folder, former: Former) -> Result | None:
    """What came of a task, if it had the same key when it was last done; else nothing was done."""
    result = Result(name=task.name, key=task.key() if task.key else "")
    return result if _stands(result, folder, former) else None


def _stands(result: Result, folder: Folder, former: Former) -> bool:
    """Whether a task had this key when it was last done; what it made is in the folder then."""
    stretch = former.stretch(result.name, result.key)
    if stretch is None:
        return False
    files = former.carried.files(stretch.start, stretch.stop)
    result.stands = folder.has(former.files.paths[files])
    if not result.stands:
        plans = range(stretch.start, stretch.stop)
        result.parts += [_kept(former.carried.part(place), folder, former) for place in plans]
        if all(isinstance(part, str) for part in result.parts):
            result.parts, result.stands = [], True
    return True


def _in_stages(plans: Sequence[Iterator[Output | LeftOut | None]]) -> list[list[Output | LeftOut]]:
    """What each of several plans gives, all going through their stages together."""
    found: list[list[Output | LeftOut]] = [[] for _ in plans]
    left = list(zip(plans, found, strict=True))
    while left:
        left = [(plan, outputs) for plan, outputs in left if _goes_on(plan, outputs)]
    return found


def _goes_on(plan: Iterator[Output | LeftOut | None], outputs: list[Output | LeftOut]) -> bool:
    """Do one stage of a plan; whether there is another."""
    for each in plan:
        if each is None:
            return True
        outputs.append(each)
    return False


def _together(made: Made) -> Iterator[Planned | list[Output | LeftOut]]:
    """Plans, and what stands between them."""
    loose: list[Output | LeftOut] = []
    for each in made:
        if not isinstance(each, Planned):
            loose.append(each)
            continue
        if loose:
            yield loose
            loose = []
        yield each
    if loose:
        yield loose


def _carried(
    name: str, key: str, made: Iterable[Output | LeftOut | None], folder: Folder, former: Former
) -> Carried:
    written: list[Written] = []
    left_out: list[LeftOut] = []
    for each in made:
        if isinstance(each, LeftOut):
            left_out.append(each)
        elif isinstance(each, Output):
            written.append(_written(each, folder, former))
        else:
            raise TypeError(f"a plan in a plan: {name}")
    return Carried(name, key, written, left_out)


def _written(output: Output, folder: Folder, former: Former) -> Written:
    # processors have instructions for this one: of a page it takes half the time that BLAKE2 does
    path, digest = output.path, hashlib.sha256(output.data, usedforsecurity=False).digest()[:16]
    row = former.rows.get(path)
    if row is not None and former.digest(row) == digest:
        return Written(path, digest, folder.link(path, former.files.stamp(row)))
    return Written(path, digest, folder.write(path, output.data))


def _kept(part: Part, folder: Folder, former: Former) -> Carried | str:
    """The name of a plan whose files are now in the folder as they were; all of it where they are copies."""
    files = rows_in(part.files)
    paths = former.files.paths
    if folder.has(paths[part.files]):
        return part.name
    stamps = [former.files.stamp(row) for row in files]
    linked = [folder.link(paths[row], known) for row, known in zip(files, stamps, strict=True)]
    if linked == stamps:
        return part.name
    written = [
        Written(paths[row], former.digest(row), known) for row, known in zip(files, linked, strict=True)
    ]
    return Carried(part.name, part.key, written, part.left_out)


def _paths(result: Result, former: Former) -> Iterator[str]:
    """The paths of all files of a result."""
    if result.stands:
        _, start, stop = former.stretches[result.name]
        yield from former.files.paths[former.carried.files(start, stop)]
    for part in result.parts:
        if isinstance(part, str):
            place = former.places[part]
            yield from former.files.paths[former.carried.files(place, place + 1)]
        else:
            yield from (each.path for each in part.files)


def _refuse_twice(tasks: Sequence[Task], results: Sequence[Result], former: Former) -> None:
    every = [path for result in results for path in _paths(result, former)]
    if len(set(every)) == len(every):
        return
    makers: dict[str, str] = {}
    for task, result in zip(tasks, results, strict=True):
        for path in _paths(result, former):
            first = makers.get(path)
            if first:
                raise Refused(
                    f"Two outputs have the path “{path}”: one from {first}, one from {task.generator}.",
                    code="OUTPUT_TWICE",
                    hint="Rename the record that takes the place of the other.",
                )
            makers[path] = task.generator


def chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Items in stretches of at most ``size``."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
