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
WORKERS = min((os.cpu_count() or 1) + 1, 4)
"""One more than there are processors: many tests wait, for a browser or another process."""


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
        ("Testing", [python, "-m", "pytest", "-n", str(WORKERS), "--dist", "worksteal", *arguments]),
    ]
    for step, command in steps:
        if step == "Testing":
            install_programs()
            install_packages()
        say(step)
        done = subprocess.run(command, cwd=ROOT, check=False)
        if done.returncode:
            return done.returncode
    return 0


PROGRAMS = {
    "chromium": ("chromium", "fonts-noto-cjk"),
    "npm": ("nodejs", "npm"),
    "zsh": ("zsh",),
    "fish": ("fish",),
}
"""Programs that some tests need, and the packages that bring them."""


NODE = ROOT / "tests" / "node"


PATIENCE = {NODE: None, NODE / "claude-code": 60.0}
"""The folders whose ``package.json`` names what tests run with Node, and the seconds they may take."""


def install_packages() -> None:
    """Those packages, where npm is; their tests skip without them."""
    npm = shutil.which("npm")
    if npm is None:
        say("There is no npm: the tests that run something with Node will be skipped")
        return
    command = [npm, "install", "--no-package-lock", "--no-audit", "--no-fund", "--silent"]
    for folder, seconds in PATIENCE.items():
        try:
            failed = subprocess.run(command, cwd=folder, check=False, timeout=seconds).returncode
        except subprocess.TimeoutExpired:
            failed = True
            shutil.rmtree(folder / "node_modules", ignore_errors=True)  # half of it is there
        if failed:
            named = (folder / "package.json").relative_to(ROOT).as_posix()
            say(f"npm could not install what {named} names: its tests will be skipped")


def install_programs() -> None:
    """From the system's packages, where they are missing and we may; the tests skip without them."""
    missing = [name for name in PROGRAMS if not shutil.which(name)]
    if not missing:
        return
    if not shutil.which("apt-get") or os.geteuid() != 0:
        say(f"Not here, and not ours to install: {', '.join(missing)}; their tests will be skipped")
        return
    say(f"Installing {', '.join(missing)}")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    packages = [package for name in missing for package in PROGRAMS[name]]
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        subprocess.run(["apt-get", "-qq", *command], env=quiet, check=False, stdout=subprocess.DEVNULL)


def say(line: str) -> None:
    """A line on what comes next, before what it prints."""
    print(f"== {line}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
