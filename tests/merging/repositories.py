"""Repositories in which two branches changed a store."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from skillmeat.lock import render
from skillmeat.model import Lock
from tests.command import succeed
from tests.sources.repository import commit, git

SETTINGS = {"manifests/skillmeat.toml": "format = 2\n"}
Files = dict[str, str | None]


def diverged(folder: Path, base: Files, ours: Files, theirs: Files) -> Path:
    """A repository on ``main`` with what ours changed, beside the branch ``side`` with what theirs did."""
    commit(folder, {**SETTINGS, **base}, "Base")
    git(folder, "switch", "--quiet", "--create", "side")
    commit(folder, theirs, "Theirs")
    git(folder, "switch", "--quiet", "main")
    commit(folder, ours, "Ours")
    return folder


def set_up(folder: Path) -> None:
    """Register the driver and commit ``.gitattributes``."""
    succeed(folder, "git-setup")
    git(folder, "add", ".gitattributes")
    git(folder, "commit", "--quiet", "--message", "Set up")


def program(folder: Path, script: str | None = None) -> dict[str, str]:
    """An environment in which ``skillmeat`` is this one, or a shell script of that text."""
    folder.mkdir(exist_ok=True)
    file = folder / "skillmeat"
    file.write_text("#!/bin/sh\n" + (script or f'exec "{sys.executable}" -m skillmeat "$@"') + "\n")
    file.chmod(0o755)
    return {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}


def without_program() -> dict[str, str]:
    """An environment in which there is no ``skillmeat``."""
    folders = os.environ["PATH"].split(os.pathsep)
    left = [each for each in folders if not Path(each, "skillmeat").exists()]
    return {**os.environ, "PATH": os.pathsep.join(left)}


def attempt(folder: Path, environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Git, which may fail."""
    return subprocess.run(
        ["git", "-C", str(folder), *arguments], env=environment, check=False, capture_output=True, text=True
    )


def locked(**commits: str) -> str:
    """A lock of sources, each at a commit of one repeated digit, holding one skill."""
    source = [
        {
            "id": name,
            "url": f"https://example.org/{name}",
            "ref": "main",
            "commit": digit * 40,
            "artifact": [
                {
                    "type": "skill",
                    "name": "x",
                    "path": "skills/x",
                    "hash": f"sha256:{digit * 64}",
                    "tree": digit * 40,
                }
            ],
        }
        for name, digit in commits.items()
    ]
    return render(Lock.model_validate({"source": source}))
