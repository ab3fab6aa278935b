"""Pass the tests on a bare machine: makes .venv, installs what they need, then lints, types and tests.

Needs Python 3.11 or later, Git and pip. ``python3 tests/run.py [PYTEST ARGUMENT...]``
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")


def main(arguments: list[str]) -> int:
    """Install, check and test; gives the exit status of the first step that fails."""
    if not (BIN / "python").exists() and not (BIN / "python.exe").exists():
        say("Making .venv")
        venv.create(VENV, with_pip=True)
    python = str(BIN / "python")
    steps = [
        ("Installing", [python, "-m", "pip", "install", "--quiet", "--editable", ".[test]"]),
        ("Linting", [python, "-m", "ruff", "check", "."]),
        ("Checking the format", [python, "-m", "ruff", "format", "--check", "--quiet", "."]),
        ("Checking the types", [python, "-m", "mypy"]),
        ("Testing", [python, "-m", "pytest", "-n", str(min(os.cpu_count() or 1, 4)), *arguments]),
    ]
    for step, command in steps:
        if step == "Testing":
            install_browser()
        say(step)
        done = subprocess.run(command, cwd=ROOT, check=False)
        if done.returncode:
            return done.returncode
    return 0


def install_browser() -> None:
    """Chromium from the system's packages, where it is missing and we may; the tests skip without it."""
    if shutil.which("chromium") or shutil.which("google-chrome"):
        return
    if not shutil.which("apt-get") or os.geteuid() != 0:
        say("There is no Chromium here, and it cannot be installed: the browser's tests will be skipped")
        return
    say("Installing Chromium")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["update"],
        ["install", "--yes", "--no-install-recommends", "chromium", "fonts-noto-cjk"],
    ):
        subprocess.run(["apt-get", "-qq", *command], env=quiet, check=False, stdout=subprocess.DEVNULL)


def say(line: str) -> None:
    """A line on what comes next, before what it prints."""
    print(f"== {line}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
