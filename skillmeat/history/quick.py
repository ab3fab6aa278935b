"""What is asked of Git most often, without loading GitPython, which takes longer than Git's answers.

Each answer is what ``history.past`` gives, or None wherever Git refuses: then that is asked, and says why.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path


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
