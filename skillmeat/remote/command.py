"""The ``git`` command, run so that nothing but its arguments decides what it does.

No configuration is read but what is handed over, no question is asked, no hook, filter or file-system
monitor is started, and what a process may use of time, memory and disk is bounded (SECURITY.md 2.2).
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO

from skillmeat.errors import Unreachable

if sys.platform != "win32":
    import resource

Settings = tuple[tuple[str, str], ...]
"""Pairs of a key and a value of Git's configuration; a key may come more than once."""

MAX_FILE = 512 << 20
"""The most bytes that one file written by Git may have: a pack, above all."""

_MAX_DATA = 512 << 20
_MAX_PROCESSOR_SECONDS = 300
_MAX_TEXT = 64 << 20

_VERSION = re.compile(rb"git version (\d{1,9})\.(\d{1,9})")
_SECONDS_FOR_VERSION = 10

_SAFE: Settings = (
    ("core.hooksPath", os.devnull),
    ("core.fsmonitor", "false"),
    ("core.protectHFS", "true"),
    ("core.protectNTFS", "true"),
    ("core.alternateRefsCommand", "false"),
    ("core.packedGitWindowSize", "32m"),
    ("core.packedGitLimit", "256m"),
    ("core.bigFileThreshold", "2m"),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
    ("pack.threads", "2"),
    ("safe.bareRepository", "explicit"),
    ("submodule.recurse", "false"),
    ("fetch.recurseSubmodules", "false"),
    ("fetch.fsckObjects", "true"),
    ("fetch.fsck.zeroPaddedFilemode", "ignore"),  # an old fault of a large host, and harmless
    ("fetch.unpackLimit", "1"),
    ("transfer.bundleURI", "false"),
    ("http.followRedirects", "false"),
)

# What of Git's own environment says how to reach a server, and nothing else.
_KEPT_VARIABLES = (
    "GIT_EXEC_PATH",
    "GIT_SSH",
    "GIT_SSH_COMMAND",
    "GIT_SSH_VARIANT",
    "GIT_SSL_",
    "GIT_PROXY_SSL_",
    "GIT_HTTP_PROXY_AUTHMETHOD",
    "GIT_HTTP_USER_AGENT",
    "GIT_HTTP_LOW_SPEED_",
)


@dataclass(frozen=True, slots=True)
class Result:
    """What a run of ``git`` came to."""

    status: int
    stdout: bytes
    stderr: str


def run(
    arguments: Sequence[str],
    *,
    repository: Path | None = None,
    protocol: str = "none",
    settings: Settings = (),
    variables: Iterable[tuple[str, str]] = (),
    seconds: float,
) -> Result:
    """Run ``git`` in ``repository`` (or in none), allowed to speak ``protocol`` and no other.

    ``settings`` are added to the safe ones, which win. Raises ``TimeoutError`` when it has not ended
    after ``seconds``: it and every process it started are killed.
    """
    environment = _environment(repository, protocol, settings)
    environment.update(variables)
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = _start(arguments, environment, subprocess.DEVNULL, out, err)
        try:
            status = process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise TimeoutError(seconds) from None
        finally:
            if process.returncode is None:
                _kill(process)
        out.seek(0)
        err.seek(0)
        return Result(status, out.read(_MAX_TEXT), err.read(1 << 16).decode("utf-8", "replace"))


def reader(repository: Path, mode: str) -> subprocess.Popen[bytes]:
    """A ``git cat-file`` that answers what is asked on its standard input; ``mode`` is ``--batch``,
    ``--batch-check`` or, where ``answers_both``, ``--batch-command``.

    It never fetches what is missing.
    """
    return _start(
        ("cat-file", mode),
        _environment(repository, "none", ()),
        subprocess.PIPE,
        subprocess.PIPE,
        subprocess.DEVNULL,
    )


@cache
def answers_both() -> bool:
    """Whether one ``git cat-file`` tells both what objects are and what they hold: since Git 2.36."""
    try:
        found = _VERSION.match(run(("version",), seconds=_SECONDS_FOR_VERSION).stdout)
    except TimeoutError:
        return False
    return found is not None and (int(found[1]), int(found[2])) >= (2, 36)


def _start(
    arguments: Sequence[str],
    environment: dict[str, str],
    stdin: int,
    stdout: int | IO[bytes],
    stderr: int | IO[bytes],
) -> subprocess.Popen[bytes]:
    try:
        process = subprocess.Popen(
            ["git", "--no-pager", *arguments],  # noqa: S607 - the git that the user has on the path
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            cwd=Path(tempfile.gettempdir()).anchor,
            env=environment,
            start_new_session=True,
        )
    except FileNotFoundError:
        raise Unreachable(
            "The command “git” is not there.", code="GIT_NOT_FOUND", hint="Install Git 2.34 or newer."
        ) from None
    _limit(process.pid)
    return process


def _limit(pid: int) -> None:
    # Set from outside, a moment after the start: running Python between fork and exec is not safe
    # where there are threads. RLIMIT_AS would break credential helpers that reserve address space.
    if sys.platform == "linux":
        with contextlib.suppress(OSError, ValueError):
            for kind, most in (
                (resource.RLIMIT_CORE, 0),
                (resource.RLIMIT_FSIZE, MAX_FILE),
                (resource.RLIMIT_DATA, _MAX_DATA),
                (resource.RLIMIT_CPU, _MAX_PROCESSOR_SECONDS),
            ):
                _, hard = resource.prlimit(pid, kind)
                bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
                resource.prlimit(pid, kind, (bound, bound))


def _kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _environment(repository: Path | None, protocol: str, settings: Settings) -> dict[str, str]:
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith("GIT_") or name.startswith(_KEPT_VARIABLES)
    }
    pairs = (*settings, *_SAFE)
    environment |= {
        "GIT_DIR": str(repository) if repository else os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_COUNT": str(len(pairs)),
        "GIT_ALLOW_PROTOCOL": protocol,
        "GIT_PROTOCOL_FROM_USER": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "false",
        "SSH_ASKPASS": "false",
        "SSH_ASKPASS_REQUIRE": "never",
        "GCM_INTERACTIVE": "never",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "LC_ALL": "C",
        "LANGUAGE": "",
    }
    for number, (key, value) in enumerate(pairs):
        environment[f"GIT_CONFIG_KEY_{number}"] = key
        environment[f"GIT_CONFIG_VALUE_{number}"] = value
    return environment
