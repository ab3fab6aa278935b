"""What is wrong beside the manifests: in Git's index, and with the content that this repository holds."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from skillmeat.history.unmerged import unmerged_paths
from skillmeat.model import Artifact, Record, kind_of
from skillmeat.problem import Problem
from skillmeat.text import one_line


def contents_of(records: Iterable[Record]) -> Iterator[tuple[str, str]]:
    """Where in this repository artifacts have their content, by their manifests."""
    for record in records:
        if isinstance(record, Artifact) and record.path and not record.source:
            yield kind_of(record).path(record.id), record.path.partition("#")[0]


def unmerged(root: Path, known: Iterable[Problem]) -> Iterator[Problem]:
    """The manifests that Git's index holds in several versions, but for those whose markers are known of."""
    marked = {problem.path for problem in known if problem.rule == "unmerged"}
    for path in unmerged_paths(root):
        if path not in marked:
            message = "Git holds several versions of the file: a merge of it is not finished."
            fix = "Run `skillmeat resolve`; when the file is right, `git add` it."
            yield Problem(path, 0, 0, "unmerged", "", message, fix)


def missing_content(root: Path, content: Mapping[str, str], commit: str = "") -> Iterator[Problem]:
    """The artifacts of this repository whose content is not in it, or was not at a commit.

    ``content`` says by manifest where it should be.
    """
    if commit:
        from skillmeat.history import past

        there = past.holds(root, commit, content.values())
        missing = [path for path, where in content.items() if where not in there]
    else:
        missing = [path for path, where in content.items() if not os.path.exists(f"{root}/{where}")]  # noqa: PTH110
    for path in missing:
        yield Problem(
            path,
            0,
            0,
            "missing-content",
            "path",
            f"There is nothing at “{one_line(content[path])}” in this repository.",
            'Correct the path, or say which source it is in with source = "…".',
        )
