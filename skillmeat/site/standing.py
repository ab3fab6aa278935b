"""Whether the site that was written last stands as it was written: for every file and folder the system is
asked. And by what program a site is made. A copy of this process can find both while the store is read, since
it needs nothing of the store."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import skillmeat
from skillmeat.site.former import NOTHING, Former, stamp
from skillmeat.site.memory import recall
from skillmeat.site.output import LeftOut, digest
from skillmeat.site.publish import marked


@dataclass(frozen=True)
class Report:
    """What a build wrote, and what it could not make. ``unchanged`` says that all of it was there already."""

    pages: int
    files: int
    bytes: int
    left_out: tuple[LeftOut, ...]
    unchanged: bool = False


@dataclass(frozen=True)
class Standing:
    """What stands, and little enough to be handed from process to process.

    ``built`` is what the folder's marker says. ``record``, ``shared`` and ``inputs`` are those of ``Former``;
    ``record`` is empty when nothing is remembered. ``touched`` are the rows of files that are not as they
    were written, ``whole`` says that there are none, and that nothing was added. ``report`` is the build's,
    and ``code`` changes when this program does.
    """

    built: str = ""
    record: str = ""
    shared: str = ""
    inputs: str = ""
    touched: frozenset[int] = frozenset()
    whole: bool = False
    report: Report = Report(0, 0, 0, ())
    code: str = ""


def standing(out: Path) -> Standing:
    """What stands in a folder now. ``out`` is absolute and without links."""
    built = marked(out)
    former = recall(out, built)
    files = former.files.touched(str(out))
    whole = former is not NOTHING and not files and not former.folders.touched(str(out))
    return Standing(
        built,
        former.record,
        former.shared,
        former.inputs,
        frozenset(files),
        whole,
        report(former),
        _code(),
    )


_LIBRARIES: Final = ("comrak", "jinja2", "markupsafe", "nh3", "pygments", "pyyaml")


def _code() -> str:
    """What changes when this program does, or one of the libraries that write parts of pages."""
    from importlib.metadata import version

    package = Path(skillmeat.__file__).parent
    own = sorted((str(path), *stamp(path.stat())[:2]) for path in package.rglob("*.py"))
    return digest(skillmeat.__version__, own, [(name, version(name)) for name in _LIBRARIES])


def report(built: Former) -> Report:
    """What there is to say of a build."""
    return Report(
        pages=sum(path.endswith(".html") for path in built.files.paths),
        files=len(built.files.paths),
        bytes=sum(built.files.stamps[::4]),
        left_out=built.left_out,
    )
