"""What is asked of Git most often, without loading GitPython, which takes longer than Git's answers.

Each answer is what ``history.past`` gives, or None wherever Git refuses: then that is asked, and says why.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

_ELSEWHERE: Final = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
    "GIT_GRAFT_FILE",
    "GIT_SHALLOW_FILE",
    "GIT_REPLACE_REF_BASE",
    "GIT_LITERAL_PATHSPECS",
    "GIT_GLOB_PATHSPECS",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS",
)
"""Variables that have Git read another history, or other files of it."""

_OID: Final = re.compile(rb"[0-9a-f]{40}([0-9a-f]{24})?")


class Tip(NamedTuple):
    """The commit at ``HEAD``, and all that makes Git tell something different of the same commit.

    ``prefix`` is the way from the top of the repository to the store, empty or ending in ``/``; ``shallow``
    are the commits at which a clone was cut off; ``git`` is the command, when it changed and its size.
    """

    commit: str
    prefix: bytes
    shallow: bytes
    git: tuple[str, int, int]


def tip(root: Path) -> Tip | None:
    """What names the past of a store; None without one, or where it is not what its commits say.

    That is where commits are replaced (``git replace``, grafts), and where variables of the environment
    have Git look elsewhere.
    """
    command = shutil.which(_git())
    if command is None or any(name in os.environ for name in _ELSEWHERE):
        return None
    asked = ("--is-inside-work-tree", "--path-format=absolute", "--git-common-dir", "--show-prefix")
    answer = _asked(root, "rev-parse", *asked, "HEAD^{commit}")
    lines = answer.split(b"\n") if answer else []
    if len(lines) != 5 or lines[0] != b"true" or not _OID.fullmatch(lines[3]):
        return None
    common = Path(os.fsdecode(lines[1]))
    try:
        if _has_replaced(common):
            return None
        stamp = os.stat(command)  # noqa: PTH116
        shallow = _content(common / "shallow")
    except OSError:
        return None
    return Tip(lines[3].decode(), lines[2], shallow, (command, stamp.st_mtime_ns, stamp.st_size))


def _has_replaced(common: Path) -> bool:
    """Whether a repository may hold commits that stand for others."""
    if (common / "reftable").exists():
        return True  # where references are cannot be seen without Git
    loose = common / "refs" / "replace"
    return (
        (loose.is_dir() and any(loose.iterdir()))
        or b" refs/replace/" in _content(common / "packed-refs")
        or bool(_content(common / "info" / "grafts"))
    )


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""


def merge_base(root: Path, revision: str, tip: str) -> str | None:
    """As ``past.merge_base``."""
    if not revision.strip() or revision.startswith("^"):
        return None
    found = _asked(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    base = _asked(root, "merge-base", found.decode().strip(), tip) if found else None
    return base.decode().strip() or None if base else None


def differing(root: Path, commit: str) -> Mapping[str, bytes | None] | None:
    """As ``past.differing``."""
    top = _asked(root, "rev-parse", "--is-inside-work-tree", "--show-prefix")
    if top is None or not top.startswith(b"true\n"):
        return None
    prefix = top.removeprefix(b"true\n").removesuffix(b"\n")
    below = prefix + b"manifests"
    where = b":/" + below
    options = ("-z", "--name-only", "--no-renames", "--no-ext-diff", "--ignore-submodules")
    with (
        _started(root, "diff", *options, commit, "--", where) as diff,
        _started(root, "ls-files", "-t", "-c", "-o", "-z", "--full-name", "--", where) as listing,
    ):
        differs, listed = diff.communicate()[0], listing.communicate()[0]
    if diff.returncode or listing.returncode:
        return None
    aside = [each[2:] for each in listed.split(b"\0") if each.startswith((b"? ", b"S "))]
    paths = dict.fromkeys(each for each in (*differs.split(b"\0"), *aside) if each)
    ours = [each for each in paths if b"\n" not in each and not each.startswith(below + b"/.")]
    named = b"".join(b"%s:%s\n" % (commit.encode(), each) for each in ours)
    held = _asked(root, "cat-file", "--batch", text=named) if ours else b""
    if held is None:
        return None
    found: dict[str, bytes | None] = {}
    at = 0
    for path in ours:
        end = held.index(b"\n", at)
        head = held[at:end].rsplit(b" ", 2)
        size = int(head[2]) if len(head) == 3 and head[2].isdigit() else -1
        name = path[len(prefix) :].decode("utf-8", "surrogateescape")
        found[name] = held[end + 1 : end + 1 + size] if size >= 0 and head[1] == b"blob" else None
        at = end + 1 + (size + 1 if size >= 0 else 0)
    return found


def _asked(root: Path, *words: str, text: bytes = b"") -> bytes | None:
    try:
        done = subprocess.run([_git(), *words], cwd=root, input=text, capture_output=True, check=False)
    except OSError:
        return None
    return None if done.returncode else done.stdout


def _started(root: Path, *words: str | bytes) -> subprocess.Popen[bytes]:
    nothing = subprocess.DEVNULL
    return subprocess.Popen([_git(), *words], cwd=root, stdin=nothing, stdout=subprocess.PIPE, stderr=nothing)


def _git() -> str:
    return os.environ.get("GIT_PYTHON_GIT_EXECUTABLE") or "git"
