"""Many processes edit one store through the real command line, and none loses an edit (R7)."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.command import snapshot, succeed

SCRIPT = """
import sys
from skillmeat.cli.main import invoke
store, writer, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
for number in range(count):
    status = invoke(["-q", "-C", store, "artifact", "tag", "add", "skill/shared", f"w{writer}-{number}"])
    name = f"W{writer} {number} done"
    status = status or invoke(["-q", "-C", store, "tag", "edit", f"w{writer}-{number}", "--name", name])
    if status:
        sys.exit(f"edit {number} of writer {writer} failed: {status}")
"""
"""What a writer does: two edits a number, the second of two files that all writers change."""


def start(arguments: Sequence[str]) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.Popen(
        [sys.executable, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
    )


@pytest.mark.parametrize(("writers", "numbers"), [(2, 25), (4, 25), (8, 25), (16, 25)])
def test_no_edit_is_lost(writers: int, numbers: int, tmp_path: Path) -> None:
    """Each makes 50 edits, two a number: every one is there, nothing is broken, and the tags are complete."""
    store = tmp_path / "store"
    tags = {
        f"manifests/tags/w{w}-{n}.toml": f'name = "W{w} {n}"\n'
        for w in range(writers)
        for n in range(numbers)
    }
    files = {
        "manifests/skillmeat.toml": "format = 2\n",
        "manifests/artifacts/skill/shared.toml": '# shared\nname = "Shared"\n',
        **tags,
    }
    for path, text in files.items():
        (store / path).parent.mkdir(parents=True, exist_ok=True)
        (store / path).write_text(text)
    running = [start(["-c", SCRIPT, str(store), str(writer), str(numbers)]) for writer in range(writers)]
    said = [process.communicate(timeout=900)[0] for process in running]
    assert ([process.returncode for process in running], said) == ([0] * writers, [""] * writers)
    shown = succeed(store, "artifact", "show", "skill/shared", "--json").data
    wanted = {f"w{writer}-{number}-done" for writer in range(writers) for number in range(numbers)}
    assert set(shown["tags"]) == wanted
    assert len(shown["tags"]) == len(wanted)
    assert {path for path in snapshot(store) if "/tags/" in path} == {
        f"manifests/tags/{slug}.toml" for slug in wanted
    }
    succeed(store, "validate")


def test_processes_that_only_start_lose_nothing(tmp_path: Path) -> None:
    """One process an edit, eight at a time, as a script of a user's would."""
    succeed(tmp_path, "init")
    run = ["-m", "skillmeat", "-q", "-C", str(tmp_path), "tag", "create"]
    for first in range(0, 16, 8):
        running = [start([*run, f"Tag {number}"]) for number in range(first, first + 8)]
        assert [process.communicate(timeout=900)[0] for process in running] == [""] * 8
    assert succeed(tmp_path, "tag", "list", "--json").json["meta"]["total"] == 16
