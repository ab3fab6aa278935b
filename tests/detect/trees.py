"""Trees to detect in: made from a mapping, or taken from a bundle of the corpus."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from skillmeat.detect import Detection, detect
from skillmeat.errors import NotFound
from skillmeat.tree import FILE, SYMLINK, ReadBlob, TreeEntry

CORPUS = Path(os.environ.get("SKILLMEAT_CORPUS") or Path(__file__).parents[3] / "shared" / "corpus")


def tree(
    files: Mapping[str, str | bytes],
    *,
    links: Mapping[str, str] | None = None,
    modes: Mapping[str, str] | None = None,
    sizes: Mapping[str, int | None] | None = None,
) -> tuple[list[TreeEntry], ReadBlob]:
    """The entries of these files and links, and the function that reads them.

    A path only in ``modes`` or ``sizes`` is an entry that cannot be read.
    """
    blobs = {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}
    blobs |= {path: target.encode() for path, target in (links or {}).items()}
    mode_of = {**dict.fromkeys(blobs, FILE), **dict.fromkeys(links or {}, SYMLINK), **(modes or {})}
    size_of = {**{path: len(blob) for path, blob in blobs.items()}, **(sizes or {})}
    entries = [
        TreeEntry(path, mode_of.get(path, FILE), "0" * 40, size_of.get(path))
        for path in dict.fromkeys([*blobs, *mode_of, *size_of])
    ]

    def read(path: str) -> bytes:
        if path not in blobs:
            raise NotFound("There is no such blob.", code="BLOB_NOT_FOUND")
        return blobs[path]

    return entries, read


def detected(
    files: Mapping[str, str | bytes],
    *,
    links: Mapping[str, str] | None = None,
    modes: Mapping[str, str] | None = None,
    sizes: Mapping[str, int | None] | None = None,
    root: str | None = None,
    exclude: Sequence[str] = (),
    repository: str = "",
) -> Detection:
    """What is detected in such a tree."""
    entries, read = tree(files, links=links, modes=modes, sizes=sizes)
    return detect(entries, read, root=root, exclude=exclude, repository=repository)


def paths(detection: Detection) -> list[str]:
    """What was found, as ``type path``."""
    return [f"{each.type} {each.path}" for each in detection.found]


def passed(detection: Detection) -> dict[str, str]:
    """What was passed over, and why."""
    return {each.path: each.reason for each in detection.passed}


def unbundle(bundle: Path, repository: Path) -> tuple[list[TreeEntry], ReadBlob]:
    """The tree of a bundle's ``main`` and a function that reads its blobs, through a new bare repository."""

    def git(*arguments: str, text: bytes = b"") -> bytes:
        command = ["git", "-C", str(repository), *arguments]
        return subprocess.run(command, input=text, capture_output=True, check=True).stdout

    subprocess.run(["git", "init", "--quiet", "--bare", str(repository)], check=True)
    git("fetch", "--quiet", "--no-tags", str(bundle), "+refs/heads/main:refs/heads/main")
    entries = []
    for listed in git("ls-tree", "-r", "-l", "-z", "refs/heads/main").decode().split("\0")[:-1]:
        facts, path = listed.split("\t", 1)
        mode, _, oid, size = facts.split()
        entries.append(TreeEntry(path, mode, oid, None if size == "-" else int(size)))
    wanted = list(dict.fromkeys(entry.oid for entry in entries if entry.size is not None))
    answer = git("cat-file", "--batch", text="\n".join([*wanted, ""]).encode())
    blobs: dict[str, bytes] = {}
    start = 0
    for oid in wanted:
        end = answer.index(b"\n", start)
        size = int(answer[start:end].split()[-1])
        blobs[oid] = answer[end + 1 : end + 1 + size]
        start = end + size + 2
    oid_of = {entry.path: entry.oid for entry in entries}
    return entries, lambda path: blobs[oid_of[path]]
