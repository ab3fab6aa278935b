"""What the generators yield, made and written: what is unchanged linked, by as many processes as are of use.

The work is cut into tasks that do not depend on each other, and every process takes the next one that nobody
has taken. What comes of it is the same whoever did what: results are put in the order of the tasks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from skillmeat.errors import Refused
from skillmeat.site import processes
from skillmeat.site.former import Carried, Former, Written
from skillmeat.site.output import LeftOut, Made, Output, Planned
from skillmeat.site.publish import Folder

ALONE: Final = 40
"""With fewer tasks than this a second process costs more time than it saves."""


@dataclass(frozen=True, slots=True)
class Task:
    """A part of the site that one process makes. ``generator`` is the name that messages call it by."""

    generator: str
    made: Callable[[], Made]


@dataclass
class Result:
    """What came of a task. ``written`` may hold a path twice, or one that another task has too."""

    written: list[Written] = field(default_factory=list)
    plans: list[Carried] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


def make(
    tasks: Sequence[Task], folder: Folder, former: Former, tell: Callable[[int, int], None] | None = None
) -> list[Result]:
    """Write what the tasks make to the folder; by task, what came of it.

    ``tell`` is called with the number of tasks done and of all of them, now and then.
    Raises what a generator raises, of several the first one's; ``Refused`` (``OUTPUT_TWICE``) when two
    outputs have one path.
    """

    def work(number: int) -> Result:
        return _result(tasks[number].made(), folder, former)

    count = processes.available() if len(tasks) >= ALONE else 1
    results = processes.spread(work, len(tasks), count, tell)
    _refuse_twice(tasks, results)
    return results


def _result(made: Made, folder: Folder, former: Former) -> Result:
    result = Result()
    for each in made:
        if not isinstance(each, Planned):
            _add(each, result.written, result.left_out, folder, former)
            continue
        known = former.plans.get(each.name)
        if known and known.key == each.key and all(path in former.files for path in known.files):
            result.written += [_kept(former.files[path], folder) for path in known.files]
            result.plans.append(known)
            result.left_out += known.left_out
            continue
        written: list[Written] = []
        left_out: list[LeftOut] = []
        for output in each.make():
            _add(output, written, left_out, folder, former)
        result.written += written
        result.left_out += left_out
        paths = tuple(one.path for one in written)
        result.plans.append(Carried(each.name, each.key, paths, tuple(left_out)))
    return result


def _add(
    made: Output | LeftOut | Planned,
    written: list[Written],
    left_out: list[LeftOut],
    folder: Folder,
    former: Former,
) -> None:
    if isinstance(made, LeftOut):
        left_out.append(made)
    elif isinstance(made, Planned):
        raise TypeError(f"a plan in a plan: {made.name}")
    else:
        digest = hashlib.blake2b(made.data, digest_size=16).hexdigest()
        known = former.files.get(made.path)
        if known and known.digest == digest:
            written.append(_kept(known, folder))
        else:
            written.append(Written(made.path, digest, folder.write(made.path, made.data)))


def _kept(known: Written, folder: Folder) -> Written:
    stamp = folder.link(known.path, known.stamp)
    return known if stamp is known.stamp else Written(known.path, known.digest, stamp)


def _refuse_twice(tasks: Sequence[Task], results: Sequence[Result]) -> None:
    makers: dict[str, str] = {}
    for task, result in zip(tasks, results, strict=True):
        for each in result.written:
            first = makers.setdefault(each.path, task.generator) if each.path in makers else None
            if first:
                raise Refused(
                    f"Two outputs have the path “{each.path}”: one from {first}, one from {task.generator}.",
                    code="OUTPUT_TWICE",
                    hint="Rename the record that takes the place of the other.",
                )
            makers[each.path] = task.generator


def chunks(ids: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """The ids in stretches of at most ``size``."""
    for start in range(0, len(ids), size):
        yield ids[start : start + size]
