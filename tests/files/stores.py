"""Small stores, edits of them, and what is in one."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from skillmeat import files

Tree = dict[str, bytes]
Changes = dict[str, bytes | None]

LIMIT = 1024 * 1024
RESTING = {".gitignore", "lock"}
"""What ``manifests/.skillmeat`` holds when nothing is under way."""

BEFORE: Tree = {
    "manifests/skillmeat.toml": b"format = 2\n",
    "manifests/tags/pdf.toml": b'name = "PDF"\n',
    "manifests/tags/web.toml": b'name = "Web"\n',
    "manifests/collections/start.toml": b'name = "Start"\n',
    **{
        f"manifests/artifacts/skill/{name}.toml": f'name = "{name}"\ntags = ["pdf"]\n'.encode()
        for name in ("canvas", "forms", "ocr", "pdf-tools", "scan")
    },
    "manifests/artifacts/hook/check.toml": b'name = "Check"\n',
}

_SKILLS = [path for path in BEFORE if "/skill/" in path]

EDITS: dict[str, Changes] = {
    "rename a tag": {
        "manifests/tags/pdf.toml": None,
        "manifests/tags/portable.toml": b'name = "PDF"\naliases = ["pdf"]\n',
        **{path: BEFORE[path].replace(b'"pdf"]', b'"portable"]') for path in _SKILLS},
        "manifests/collections/start.toml": b'name = "Start"\ndescription = "Begin."\n',
    },
    "make folders": {
        "manifests/sources/acme.toml": b'name = "Acme"\n',
        "manifests/artifacts/agent/tester.toml": b'name = "Tester"\n',
        "manifests/tags/web.toml": b'name = "World Wide Web"\n',
    },
    "empty folders": {
        "manifests/artifacts/hook/check.toml": None,
        "manifests/collections/start.toml": None,
        "manifests/tags/web.toml": b'name = "Web pages"\n',
    },
    "move a record": {
        "manifests/artifacts/hook/check.toml": None,
        "manifests/artifacts/command/check.toml": BEFORE["manifests/artifacts/hook/check.toml"],
    },
    "save one file": {"manifests/tags/web.toml": b'name = "World Wide Web"\ncolor = "#ff0000"\n'},
    "delete one file": {"manifests/collections/start.toml": None},
    "make one folder": {"manifests/artifacts/mcp/server.toml": b'name = "Server"\n'},
}


def lay(root: Path, tree: Mapping[str, bytes] = BEFORE) -> Path:
    """A store that holds these files, and nothing else."""
    shutil.rmtree(root, ignore_errors=True)
    for path, content in tree.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    return root


def after(changes: Mapping[str, bytes | None], tree: Mapping[str, bytes] = BEFORE) -> Tree:
    """What the store holds after an edit."""
    both = {**tree, **changes}
    return {path: content for path, content in both.items() if content is not None}


def edit(root: Path, changes: Mapping[str, bytes | None], timeout: float = 10.0) -> None:
    """An edit as commands make it: read, decide, write, under one lock."""
    with files.writing(root, timeout) as writer:
        writer.write(changes, {path: writer.read(path, LIMIT) for path in changes})


def contents(root: Path) -> Tree:
    """Every file of a store but for the state of ``skillmeat.files``; an empty folder is ``path/``."""
    found: Tree = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if "/.skillmeat" in name:
            continue
        if path.is_file():
            found[name] = path.read_bytes()
        elif not any(path.iterdir()):
            found[f"{name}/"] = b""
    return dict(sorted(found.items()))


def seen(root: Path) -> Tree:
    """Every file as a reader is given it."""
    with files.reading(root) as reader:
        found = dict(reader.read_folder("manifests", 3, LIMIT))
    return {path: content for path, content in found.items() if isinstance(content, bytes)}


def state(root: Path) -> set[str]:
    """The names in ``manifests/.skillmeat``."""
    folder = root / "manifests" / ".skillmeat"
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


def settle(root: Path) -> None:
    """What every writing command does first."""
    with files.writing(root):
        pass
