"""``build`` says what it did in few lines: what was left out by reason, a bar where somebody watches."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from skillmeat.cli.build import left_out_lines
from skillmeat.site.output import ABSENT, LeftOut
from tests.command import run, succeed


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with five skills, three of which are not on this machine."""
    root = tmp_path / "store"
    files = {
        "manifests/skillmeat.toml": "format = 2\n",
        "manifests/sources/far.toml": 'name = "Far"\nurl = "https://git.example/a/b"\n',
    }
    for name in ("a", "b"):
        files[f"manifests/artifacts/skill/{name}.toml"] = f'name = "{name}"\npath = "skills/{name}"\n'
        files[f"skills/{name}/SKILL.md"] = f"---\nname: {name}\ndescription: Does {name}.\n---\nText.\n"
    for name in ("c", "d", "e"):
        files[f"manifests/artifacts/skill/{name}.toml"] = (
            f'name = "{name}"\nsource = "far"\npath = "skills/{name}"\n'
        )
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    return root


def test_a_build_is_told_in_one_line_and_what_is_missing_by_reason(store: Path) -> None:
    ran = succeed(store, "build")
    out = store / "_site"
    files = [path for path in out.rglob("*") if path.is_file() and path.name != ".skillmeat-site"]
    pages = [path for path in files if path.suffix == ".html"]
    size = sum(path.stat().st_size for path in files) / 1e6
    line = re.fullmatch(
        r"Built (\d+) pages and (\d+) other files, (\d+\.\d) MB, in \d+\.\d s: (.+)\n", ran.out
    )
    assert line
    assert (int(line[1]), int(line[2])) == (len(pages), len(files) - len(pages))
    assert float(line[3]) == pytest.approx(size, abs=0.051)
    assert line[4] == str(out)
    assert "left out: Its content is not on this machine: skill/c, skill/d, skill/e\n" in ran.err
    assert "“skillmeat fetch” brings content to this machine.\n" in ran.err
    assert "\x1b" not in ran.out + ran.err


def test_fetching_is_no_advice_for_what_has_no_source(store: Path) -> None:
    """Its page says the same."""
    (store / "skills/a/SKILL.md").unlink()
    (store / "manifests/artifacts/skill/f.toml").write_text('name = "f"\n')
    for name in ("c", "d", "e"):
        (store / f"manifests/artifacts/skill/{name}.toml").unlink()
    ran = succeed(store, "build")
    assert "left out: There is nothing at its path in this repository: skill/a\n" in ran.err
    assert "left out: It names no source and no path: skill/f\n" in ran.err
    assert "fetch" not in ran.err
    gone, nowhere = ((store / f"_site/skill/{name}/index.html").read_text() for name in "af")
    assert "because there is nothing at skills/a in this repository." in gone
    assert "because this entry names no source and no path." in nowhere
    assert "skillmeat fetch" not in gone + nowhere


def test_the_report_is_data_too(store: Path) -> None:
    data = succeed(store, "build", "--json").data
    assert set(data) == {"out", "pages", "files", "bytes", "seconds", "left_out"}
    assert {"path": "skill/c/", "reason": ABSENT} in data["left_out"]
    files = [path for path in (store / "_site").rglob("*") if path.is_file()]
    assert data["files"] == len(files) - 1, "the marker is not counted"


def test_a_site_that_is_too_large_for_a_host_is_said_to_be(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "GitHub Pages" not in succeed(store, "build").err
    monkeypatch.setattr("skillmeat.cli.build._PAGES_TAKES", 1000)
    assert "GitHub Pages takes sites of at most 1 GB" in succeed(store, "build").err


def test_what_is_left_out_for_one_reason_is_one_line() -> None:
    many = [LeftOut(f"skill/s{number}/", ABSENT) for number in range(1200)]
    few = [LeftOut("a.zip", "It is too large."), LeftOut("b.zip", "It is too large.")]
    assert list(left_out_lines([*few, *many])) == [
        "left out: Its content is not on this machine: skill/s0, skill/s1, skill/s2 and 1,197 more",
        "left out: It is too large: a.zip, b.zip",
        "“skillmeat fetch” brings content to this machine.",
        "-v names all of it.",
    ]
    every = list(left_out_lines([*few, *many], every=True))
    assert every[0].count("skill/s") == 1200
    assert "-v names all of it." not in every
    assert list(left_out_lines([])) == []


def on_a_terminal(store: Path, *words: str) -> str:
    """What a command shows on a terminal of 80 columns, to stdout and stderr together."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "skillmeat", "-C", str(store), *words]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80"}
    environment.pop("NO_COLOR", None)
    started = subprocess.Popen(command, stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    shown = b""
    try:
        while chunk := os.read(ours, 65536):
            shown += chunk
    except OSError:  # the other end is closed
        pass
    os.close(ours)
    assert started.wait(60) == 0, shown
    return shown.decode()


def test_a_terminal_shows_a_bar_that_goes_away(store: Path) -> None:
    shown = on_a_terminal(store, "build")
    bar, built, rest = shown.partition("Built ")
    assert "Building" in bar
    assert "%" in bar
    assert built
    assert "Building" not in rest
    assert "\x1b[2K" in bar, "the bar's line is cleared"


def test_quiet_shows_nothing(store: Path) -> None:
    assert on_a_terminal(store, "-q", "build") == ""


def test_a_pipe_shows_no_bar(store: Path) -> None:
    assert "Building" not in run(store, "build").err
