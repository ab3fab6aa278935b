"""GitHub's own command line, ``gh``, where it is there: used to open pull requests and for nothing else."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from skillmeat.errors import NotFound, Unreachable
from skillmeat.text import one_line, shorten


def find() -> str:
    """Where ``gh`` is. Raises ``NotFound`` (``GH_NOT_FOUND``)."""
    found = shutil.which("gh")
    if found is None:
        raise NotFound(
            "GitHub's command “gh” is not on this machine, so no pull request can be opened from here.",
            code="GH_NOT_FOUND",
            hint="Install it and run “gh auth login”; or push a branch and open it in a browser.",
        )
    return found


def open_pull_request(
    root: Path, *, title: str, body: str, branch: str, base: str = "", draft: bool = False
) -> str:
    """Open a pull request for a branch that is pushed; gives its address.

    Raises ``NotFound`` (``GH_NOT_FOUND``), ``Unreachable`` (``PULL_REQUEST_NOT_OPENED``) with what gh says.
    """
    words = [find(), "pr", "create", f"--title={title}", "--body-file=-", f"--head={branch}"]
    words += [f"--base={base}"] if base else []
    words += ["--draft"] if draft else []
    done = subprocess.run(words, cwd=root, input=body, text=True, capture_output=True, check=False)
    if done.returncode:
        raise Unreachable(
            f"gh did not open the pull request: {one_line(shorten(' '.join(done.stderr.split()), 500))}",
            code="PULL_REQUEST_NOT_OPENED",
            hint=f"The branch {branch} is pushed: run “gh pr create” yourself, or open it in a browser.",
        )
    return one_line(done.stdout.strip().splitlines()[-1] if done.stdout.strip() else "")
