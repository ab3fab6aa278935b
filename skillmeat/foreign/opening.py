"""Foreign files on this disk. The one module here that reads anything."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from skillmeat import files
from skillmeat.errors import Invalid, NotFound
from skillmeat.foreign import BESIDE, LIMIT, PLACES, READERS, Found, Left, read
from skillmeat.text import one_line


def opened(path: Path, root: Path) -> list[Found]:
    """What a file says, or what each file says that is known in a folder.

    ``root`` is the store's; a file below it has its relative paths there. No link inside a folder is
    followed. In a folder, a file that cannot be read is said to be left, and the others are read.

    Raises ``NotFound`` (``FILE_NOT_FOUND``), ``Invalid`` (``INVALID_FILE``) when nothing can be read, and
    ``Refused`` (``FILE_NOT_READABLE``).
    """
    path, root = path.resolve(), root.resolve()
    folder = path if path.is_dir() else path.parent
    places = PLACES if path.is_dir() else (_main(path.name),)
    contents = {place: data for place in places if (data := files.read(folder, place, LIMIT)) is not None}
    if not contents:
        known = ", ".join(PLACES)
        raise NotFound(
            f"There is no file to import at {one_line(str(path))}.",
            code="FILE_NOT_FOUND",
            hint=f"In a folder these are looked for: {known}." if path.is_dir() else "",
        )
    results = {place: _read(folder, place, data) for place, data in contents.items()}
    if all(isinstance(said, str) for said in results.values()):
        formats = ", ".join(reader.title for reader in READERS)
        raise Invalid(
            " ".join(f"{one_line(place)} cannot be imported: {said}." for place, said in results.items()),
            code="INVALID_FILE",
            hint=f"Known are {formats}.",
        )
    return [
        Found("", file=place, left=(Left("", said),))
        if isinstance(said, str)
        else replace(said, here=_here(folder / place, root))
        for place, said in results.items()
    ]


def _main(name: str) -> str:
    return next((main for main, others in BESIDE.items() if name in others), name)


def _read(folder: Path, place: str, data: bytes) -> Found | str:
    name = place.rpartition("/")[2]
    beside = {}
    for each in BESIDE.get(name, ()):
        content = files.read(folder, f"{place[: -len(name)]}{each}", LIMIT)
        if content is not None:
            beside[each] = content
    return read(name, data, beside)


def _here(file: Path, root: Path) -> str | None:
    """The folder that relative paths of a file begin in, relative to the store's repository."""
    folder = file.parent.parent if file.parent.name == ".claude-plugin" else file.parent
    return folder.relative_to(root).as_posix() if folder.is_relative_to(root) else None
