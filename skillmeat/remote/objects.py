"""Objects of a repository, read by id from ``git cat-file`` and compared with their id."""

from __future__ import annotations

import contextlib
import hashlib
import os
import subprocess
import threading
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from skillmeat.remote.command import answers_both, reader

# Requests sent before their answers are read: they fit into a pipe whose other end is busy.
_HEADERS_AT_ONCE = 200
_CONTENTS_AT_ONCE = 32

_INFO, _CONTENTS = "info", "contents"
_BOTH = "--batch-command"
_MODES = {_INFO: "--batch-check", _CONTENTS: "--batch"}
"""How Git is asked for either, by a process each, where it has no ``--batch-command`` yet."""


class Missing(Exception):
    """The object is not there, or what is there is not what its id says."""


@dataclass(frozen=True, slots=True)
class Header:
    """What an object is. ``size`` is in bytes."""

    oid: str
    type: str
    size: int


class Objects:
    """The objects of one repository.

    Processes are started when they are first needed and end with the value. Threads may share it.
    """

    def __init__(self, repository: Path) -> None:
        self._repository = repository
        self._lock = threading.Lock()
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._owner = os.getpid()
        self._finish = weakref.finalize(self, _end, self._processes, self._owner)

    def close(self) -> None:
        """End the processes; the next question starts them anew."""
        with self._lock:
            _end(self._processes, self._owner)

    def headers(self, names: Sequence[str]) -> list[Header | None]:
        """What each of ``names`` is, ``None`` for one that is missing."""
        found: list[Header | None] = []
        with self._lock:
            for start in range(0, len(names), _HEADERS_AT_ONCE):
                some = names[start : start + _HEADERS_AT_ONCE]
                answers = self._ask(_INFO, some)
                found += [_header(answers.readline()) for _ in some]
        return found

    def contents(self, oids: Sequence[str]) -> Iterator[bytes]:
        """The bytes of each of ``oids``, in their order.

        The caller knows from ``headers`` that they are bearable. Raises ``Missing``.
        """
        for start in range(0, len(oids), _CONTENTS_AT_ONCE):
            some = oids[start : start + _CONTENTS_AT_ONCE]
            with self._lock:
                bodies = self._read(some)
            yield from bodies

    def content(self, oid: str) -> bytes:
        """The bytes of one object. Raises ``Missing``."""
        return next(self.contents([oid]))

    def _read(self, oids: Sequence[str]) -> list[bytes]:
        answers = self._ask(_CONTENTS, oids)
        bodies = []
        for oid in oids:
            header = _header(answers.readline())
            body = answers.read(header.size + 1)[:-1] if header else b""
            if header is None or not _is_named(oid, header.type, body):
                _end(self._processes, self._owner)
                raise Missing(oid)
            bodies.append(body)
        return bodies

    def _ask(self, question: str, names: Sequence[str]) -> IO[bytes]:
        """Where the answers come, in the order of the names; the end where the process has ended."""
        if self._owner != os.getpid():  # a copy of the process that started them has its own
            self._processes.clear()
            self._owner = os.getpid()
        mode, before = (_BOTH, f"{question} ") if answers_both() else (_MODES[question], "")
        process = self._processes.get(mode)
        if process is None or process.poll() is not None:
            process = self._processes[mode] = reader(self._repository, mode)
        requests, answers = _pipes(process)
        with contextlib.suppress(BrokenPipeError):
            requests.write("".join(f"{before}{name}\n" for name in names).encode())
            requests.flush()
        return answers


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    """What it reads and what it writes: ``command.reader`` opens both."""
    assert process.stdin  # noqa: S101 - for the type checker, as is the next line
    assert process.stdout  # noqa: S101
    return process.stdin, process.stdout


def _header(line: bytes) -> Header | None:
    words = line.split()
    if len(words) != 3 or not words[2].isdigit():
        return None
    return Header(words[0].decode(), words[1].decode(), int(words[2]))


def _is_named(oid: str, kind: str, body: bytes) -> bool:
    """Whether the bytes are those that the id names."""
    digest = hashlib.new("sha1" if len(oid) == 40 else "sha256", usedforsecurity=False)
    digest.update(b"%s %d\0" % (kind.encode(), len(body)))
    digest.update(body)
    return digest.hexdigest() == oid


def _end(processes: dict[str, subprocess.Popen[bytes]], owner: int) -> None:
    if owner != os.getpid():
        return
    for process in processes.values():
        process.kill()
        with process:  # closes the pipes and waits
            pass
    processes.clear()
