"""The merge driver in a repository's configuration and in ``.gitattributes``."""

from __future__ import annotations

import shutil
import sys
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from skillmeat.errors import Refused
from skillmeat.files import beside
from skillmeat.history.repository import asking, opened

ATTRIBUTES = ".gitattributes"
LINES = {
    "manifests/**/*.toml merge=skillmeat": "manifests/tags/a.toml",
    "manifests/skillmeat.lock merge=skillmeat": "manifests/skillmeat.lock",
}
"""What ``.gitattributes`` beside ``manifests/`` says, each line with a path that it is about."""

_NAME = "merge.skillmeat.name"
_DRIVER = "merge.skillmeat.driver"
SETTINGS = {
    _NAME: "manifests merged by meaning",
    _DRIVER: (
        "skillmeat merge-file --marker-size=%L -- %O %A %B %P; status=$?; "
        "[ $status -eq 0 ] && exit 0; "
        '[ $status -eq 1 ] && grep -q "^<<<<<<<" %A && exit 1; '
        "git merge-file --marker-size=%L -L ours -L base -L theirs %A %O %B"
    ),
}
"""What the repository's own configuration says.

Git runs the line in a shell. Without the program, or when it crashes, or claims a conflict that it did not
mark, Git's own merge of the lines is made: a file left as our side's would lose the other in silence.
"""


@dataclass(frozen=True, slots=True)
class Setup:
    """What of the set-up is missing: lines of ``.gitattributes`` and keys of the configuration."""

    lines: tuple[str, ...]
    keys: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return not self.lines and not self.keys


def check(root: Path) -> Setup:
    """What is missing for the store at ``root``.

    Raises ``Refused`` (``REPOSITORY_NOT_FOUND``) outside a Git repository, and
    (``ATTRIBUTES_REFUSED``) when ``.gitattributes`` is no file that Git reads, (``GIT_MISCONFIGURED``).
    """
    _text(root)
    found = {key: _setting(root, key) for key in SETTINGS}
    return Setup(
        tuple(line for line, path in LINES.items() if not _is_merged(root, path)),
        tuple(key for key, value in SETTINGS.items() if found[key] != value),
    )


def set_up(root: Path) -> Setup:
    """Write what is missing, and nothing else; gives what was. Raises as ``check`` does."""
    missing = check(root)
    if missing.lines:
        text = _text(root)
        end = "" if not text or text.endswith("\n") else "\n"
        _write(root, text + end + "".join(f"{line}\n" for line in missing.lines))
    for key in missing.keys:
        _git(root, "--local", "--replace-all", key, SETTINGS[key])
    return missing


def undo(root: Path) -> Setup:
    """Take our lines and keys away; gives those. Raises as ``check`` does."""
    text = _text(root)
    lines = tuple(line for line in LINES if line in text.splitlines())
    keys = tuple(key for key in SETTINGS if _setting(root, key))
    if lines:
        left = "".join(line for line in text.splitlines(keepends=True) if line.rstrip("\r\n") not in LINES)
        _write(root, left)
    if keys:
        _git(root, "--local", "--remove-section", "merge.skillmeat")
    return Setup(lines, keys)


def is_on_path() -> bool:
    """Whether a shell that Git starts from here finds the program that the driver's line names."""
    return shutil.which("skillmeat") is not None


def place() -> str:
    """How to bring the program onto ``PATH``: the folder it runs from, or where to install it."""
    folder = Path(sys.executable).parent
    if shutil.which("skillmeat", path=str(folder)):
        return f"Add {folder} to PATH (or activate that environment)"
    return "Install it for all shells, as “pipx install skillmeat” does"


def _text(root: Path) -> str:
    file = root / ATTRIBUTES
    if file.is_symlink() or (file.exists() and not file.is_file()):
        raise Refused(
            f"{ATTRIBUTES} is not a plain file, so Git does not read it.",
            code="ATTRIBUTES_REFUSED",
            hint="Put a file in its place.",
        )
    return file.read_bytes().decode("utf-8", "surrogateescape") if file.exists() else ""


def _write(root: Path, text: str) -> None:
    file = root / ATTRIBUTES
    if not text:
        file.unlink()
        return
    beside.write(root, ATTRIBUTES, text.encode("utf-8", "surrogateescape"))


def _is_merged(root: Path, path: str) -> bool:
    """Whether Git calls our driver for a path, whatever line says so."""
    command = opened(root)
    with asking("Git does not tell how it merges", code="GIT_MISCONFIGURED"):
        said: str = command.check_attr("-z", "merge", "--", path)
    return said.split("\0")[2:3] == ["skillmeat"]


def _setting(root: Path, key: str) -> str | None:
    command = opened(root)
    import git

    with _configuring():
        try:
            return str(command.config("--local", "--get", key))
        except git.GitCommandError as error:
            if error.status == 1:  # it is not set
                return None
            raise


def _configuring() -> AbstractContextManager[None]:
    return asking("Git cannot read or write its configuration", code="GIT_MISCONFIGURED")


def _git(root: Path, *arguments: str) -> None:
    command = opened(root)
    with _configuring():
        command.config(*arguments)
