"""Bare repositories made of whatever bytes a test asks for, hostile ones included."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from skillmeat.remote import cache

ENVIRONMENT = {
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.com",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.com",
    "GIT_AUTHOR_DATE": "1769000000 +0100",
    "GIT_COMMITTER_DATE": "1769000000 +0100",
}


@dataclass(frozen=True)
class Link:
    """A symbolic link."""

    to: bytes


@dataclass(frozen=True)
class Raw:
    """An entry of a tree as it is."""

    mode: bytes
    oid: str


Content = bytes | Link | Raw | Mapping[bytes, "Content"]


class Made:
    """A bare repository under construction."""

    def __init__(self, path: Path, *options: str) -> None:
        self.path = path
        subprocess.run(["git", "init", "--quiet", "--bare", "--template=", *options, str(path)], check=True)

    @property
    def url(self) -> str:
        return f"file://{self.path}"

    def git(self, *arguments: str, stdin: bytes = b"") -> str:
        done = subprocess.run(
            ["git", f"--git-dir={self.path}", *arguments],
            input=stdin,
            stdout=subprocess.PIPE,
            check=True,
            env={**os.environ, **ENVIRONMENT},
        )
        return done.stdout.decode().strip()

    def write(self, kind: str, body: bytes) -> str:
        """Write one object without any check of what is in it."""
        return self.git("hash-object", "-w", "--literally", "-t", kind, "--stdin", stdin=body)

    def tree(self, content: Mapping[bytes, Content]) -> str:
        """Write a tree and everything in it. The names are in the order of Git."""
        lines = [self._entry(name, content[name]) for name in content]
        lines.sort(key=lambda line: line[1] + (b"/" if line[0] == b"40000" else b""))
        return self.raw_tree(lines)

    def raw_tree(self, lines: list[tuple[bytes, bytes, str]]) -> str:
        """Write a tree of modes, names and ids, in the order that is given."""
        return self.write("tree", b"".join(b"%s %s\0%s" % (m, n, bytes.fromhex(o)) for m, n, o in lines))

    def commit(self, content: Mapping[bytes, Content] | str, *parents: str, branch: str = "main") -> str:
        """Commit a tree, or the tree of an id, on a branch."""
        tree = content if isinstance(content, str) else self.tree(content)
        given = [word for parent in parents for word in ("-p", parent)]
        commit = self.git("commit-tree", tree, *given, stdin=b"A message\n")
        self.git("update-ref", f"refs/heads/{branch}", commit)
        return commit

    def _entry(self, name: bytes, content: Content) -> tuple[bytes, bytes, str]:
        match content:
            case bytes():
                return b"100644", name, self.write("blob", content)
            case Link(to):
                return b"120000", name, self.write("blob", to)
            case Raw(mode, oid):
                return mode, name, oid
            case _:
                return b"40000", name, self.tree(content)


def plant(made: Made, commit: str) -> None:
    """Put a commit into the cache past every check that a fetch makes."""
    with cache.unfinished(commit) as fresh:
        made.git("pack-objects", "--quiet", "--revs", f"{fresh}/objects/pack/pack", stdin=commit.encode())
        cache.keep(fresh, made.url, commit)
