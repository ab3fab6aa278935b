"""The command line as the tests run it, in this process."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from skillmeat.cli.main import invoke


@dataclass(frozen=True)
class Ran:
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed to stdout as JSON."""
        return json.loads(self.out)

    @property
    def data(self) -> Any:
        """The ``data`` of what it printed."""
        return self.json["data"]

    @property
    def error(self) -> Any:
        """The error object it printed to stderr."""
        return json.loads(self.err)


def run(store: Path, *arguments: str) -> Ran:
    """Run ``skillmeat -C store ARGUMENT...``."""
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        status = invoke(["-C", str(store), *arguments])
    return Ran(status, out.getvalue(), err.getvalue())


def succeed(store: Path, *arguments: str) -> Ran:
    """Run a command that must succeed."""
    ran = run(store, *arguments)
    assert ran.status == 0, f"skillmeat {' '.join(arguments)}: {ran.status}\n{ran.out}{ran.err}"
    return ran


def snapshot(store: Path) -> dict[str, bytes]:
    """Every file below ``manifests/``, but for the state folder."""
    found = {}
    for folder, folders, names in os.walk(store / "manifests"):
        folders[:] = [each for each in folders if each != ".skillmeat"]
        for name in names:
            path = Path(folder, name)
            found[path.relative_to(store).as_posix()] = path.read_bytes()
    return found


Run = Callable[..., Ran]
