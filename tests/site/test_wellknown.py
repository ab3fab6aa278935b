"""What the site offers to ``npx skills``: its files, and what the real client makes of them."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from skillmeat.history import Dates
from skillmeat.model import Collection
from skillmeat.site import archives, wellknown
from skillmeat.site.build import Report, build
from skillmeat.site.serve import listen
from skillmeat.tree import Content, TreeEntry
from tests.programs import NODE, package
from tests.site import installable
from tests.site.installable import FILES, LOCAL
from tests.site.store import by_id

V2, V1 = ".well-known/agent-skills/index.json", ".well-known/skills/index.json"
OFFERED = {
    "pdf": "skills/pdf",
    "notes-kit": "skills/notes",
    "other-notes": "other/notes",
    "guide-by-name": "skills/guide",
    "crew": "skills/crew",
    "polyglot": "skills/polyglot",
    "house": "kept/house",
}
"""By the name they are installed under: where their files are."""

SCOPES = {
    "": sorted(OFFERED),
    "collections/starter/": ["guide-by-name", "notes-kit", "pdf"],
    "collections/starter/first/": ["guide-by-name"],
    "tags/documents/": ["guide-by-name", "house", "pdf"],
    "skill/pdf-tools/": ["pdf"],
    "skill/pdf-kit/": ["pdf"],
    "tags/papers/": ["guide-by-name", "house", "pdf"],
    "skill/crew/": ["crew"],
}
PLAIN = {"crew", "guide-by-name", "notes-kit", "other-notes"}


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the site as ``base/``."""
    return tmp_path_factory.mktemp("installable")


@pytest.fixture(scope="module")
def report(host: Path) -> Report:
    return build(installable.catalog(), Dates({}), installable.content, host / "base")


@pytest.fixture(scope="module")
def site(host: Path, report: Report) -> Path:
    return host / "base"


def read(file: Path) -> Any:
    return json.loads(file.read_text())


def source(name: str) -> dict[str, bytes]:
    base = OFFERED[name] + "/"
    every = {**FILES, **LOCAL}
    return {path.removeprefix(base): data for path, data in every.items() if path.startswith(base)}


def test_a_set_is_installed_at_once_where_there_is_something_in_it(tmp_path: Path) -> None:
    """Its page shows what finds something: not ``npx skills`` for skills that are all left out."""
    sets = {
        "skills": ("skill/linked", "skill/crew"),
        "left-out": ("skill/linked", "skill/away", "command/ship"),
        "neither": ("skill/away", "mcp/docs", "hook/guard"),
    }
    made = installable.catalog(url="https://c.example/")
    collections = [Collection(id=name, name=name, artifacts=ids) for name, ids in sets.items()]
    build(replace(made, collections=by_id(*collections)), Dates({}), installable.content, tmp_path / "out")
    shown = {}
    for name in sets:
        folder = tmp_path / "out/collections" / name
        page = (folder / "index.html").read_text()
        shown[name] = ("npx skills add" in page, "/plugin</span> marketplace add" in page)
        assert shown[name] == (
            bool(read(folder / V2)["skills"]),
            bool(read(folder / "marketplace.json")["plugins"]),
        )
    assert shown == {"skills": (True, True), "left-out": (False, True), "neither": (False, False)}


# ------------------------------------------------------------ the real client


SKILLS = package("skills")
with_client = pytest.mark.skipif(SKILLS is None, reason="npm's “skills” is not installed in tests/node")


def served(folder: Path) -> Iterator[str]:
    server = listen(folder, 0)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/base/"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def address(host: Path, site: Path) -> Iterator[str]:
    yield from served(host)


def install(address: str, folder: Path, *words: str) -> Path:
    """What ``npx skills add`` writes for Claude Code, with a home of its own and no telemetry."""
    (folder / "home").mkdir()
    (folder / "project").mkdir()
    quiet = {"DISABLE_TELEMETRY": "1", "DO_NOT_TRACK": "1", "CI": "1", "NO_COLOR": "1"}
    command = [
        NODE,
        SKILLS / "bin/cli.mjs",
        "add",
        address,
        "--agent",
        "claude-code",
        "--yes",
        "--copy",
        *words,
    ]  # type: ignore[operator]
    done = subprocess.run(
        list(map(str, command)),
        cwd=folder / "project",
        env={"PATH": os.environ["PATH"], "HOME": str(folder / "home"), **quiet},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "project/.claude/skills"


def tree(folder: Path) -> dict[str, bytes]:
    return {
        each.relative_to(folder).as_posix(): each.read_bytes()
        for each in sorted(folder.rglob("*"))
        if each.is_file()
    }


@with_client
@pytest.mark.parametrize("scope", list(SCOPES)[:6], ids=lambda scope: scope.replace("/", ".") or "root")
def test_the_client_installs_what_the_source_holds(scope: str, address: str, tmp_path: Path) -> None:
    """Byte for byte. The client keeps no executable bits, whatever the archive says."""
    there = install(address + scope, tmp_path)
    assert sorted(each.name for each in there.iterdir()) == SCOPES[scope]
    for name in SCOPES[scope]:
        assert tree(there / name) == source(name), name
    assert not [each for each in there.rglob("*") if each.is_file() and each.stat().st_mode & 0o111]


@with_client
def test_the_client_installs_one_by_name(address: str, tmp_path: Path) -> None:
    assert tree(install(address, tmp_path, "--skill", "house")) == {
        f"house/{path}": data for path, data in source("house").items()
    }


@with_client
@pytest.mark.parametrize("scope", ["", "collections/starter/first/"], ids=["root", "group"])
def test_a_client_of_version_0_1_installs_what_is_safe_to_serve(
    scope: str, site: Path, tmp_path: Path
) -> None:
    """The same client, on a site that has only the twin."""
    shutil.copytree(site, tmp_path / "host/base", ignore=shutil.ignore_patterns("agent-skills"))
    serving = served(tmp_path / "host")
    there = install(next(serving) + scope, tmp_path)
    next(serving, None)
    expected = PLAIN if not scope else {"guide-by-name"}
    assert {each.name for each in there.iterdir()} == expected
    for name in expected:
        assert tree(there / name) == source(name), name


# ------------------------------------------------------------ the files


@pytest.mark.parametrize("scope", [*SCOPES, "collections/starter/none/", "tags/unused/"])
def test_an_index_says_what_the_standard_asks_for(scope: str, site: Path) -> None:
    """FORMATS.md 3.1: relative addresses, digests of the bytes that are served."""
    index = read(site / scope / V2)
    assert list(index) == ["$schema", "skills"]
    assert index["$schema"] == "https://schemas.agentskills.io/discovery/0.2.0/schema.json"
    assert sorted(each["name"] for each in index["skills"]) == SCOPES.get(scope, [])
    for each in index["skills"]:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", each["name"])
        assert len(each["name"]) <= 64
        assert 0 < len(each["description"].encode("utf-16-le")) <= 2048
        assert each["type"] == "archive"
        data = (site / scope / V2).parent.joinpath(each["url"]).read_bytes()
        assert each["digest"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert {name: archive.read(name) for name in archive.namelist()} == source(each["name"])


def test_what_is_left_out_is_said(report: Report) -> None:
    said = {each.path: each.reason for each in report.left_out}
    heading = "Its SKILL.md has no front matter that clients can read."
    missing = "Its SKILL.md has no name or no description, which clients insist on."
    links = "It holds a symbolic link or a submodule, which clients do not install."
    assert {path: reason for path, reason in said.items() if path.endswith((".zip", V1))} == {
        V1: "3 skills are offered as archives only, since a browser might run files of theirs.",
        "skill/changed/changed.zip": "Its content is not what the lock says.",
        "skill/colon/colon.zip": heading,
        "skill/headless/headless.zip": heading,
        "skill/huge/huge.zip": "One of its files is too large to be fetched.",
        "skill/latin/latin.zip": "Its SKILL.md is not UTF-8, so clients would change it.",
        "skill/linked/linked.zip": links,
        "skill/nested/nested.zip": links,
        "skill/number/number.zip": missing,
        "skill/odd/odd.zip": "One of its files has a name that clients do not take.",
        "skill/silent/silent.zip": missing,
    }
    assert said["skill/away/"] == "Its content is not on this machine."


def test_an_archive_is_the_same_bytes_everywhere() -> None:
    """A digest that is written down: a change of Python, zlib or the order of files must not change it."""
    made = [
        _archive(order)
        for order in (["SKILL.md", "a/\u00fc.txt", "b.sh"], ["b.sh", "a/\u00fc.txt", "SKILL.md"])
    ]
    assert made[0] == made[1]
    digest = hashlib.sha256(made[0]).hexdigest()
    assert digest == "342763bac8fc79bd836a320cc3a2320445b6df20dcece8afe33ec0f161e0f652"
    with zipfile.ZipFile(io.BytesIO(made[0])) as archive:
        infos = archive.infolist()
    assert [(each.filename, each.external_attr >> 16, each.compress_type) for each in infos] == [
        ("SKILL.md", 0o100644, zipfile.ZIP_STORED),
        ("a/\u00fc.txt", 0o100644, zipfile.ZIP_STORED),
        ("b.sh", 0o100755, zipfile.ZIP_STORED),
    ]
    assert {each.date_time for each in infos} == {(1980, 1, 1, 0, 0, 0)}
    assert not any(each.flag_bits & 8 for each in infos)


def _archive(order: list[str]) -> bytes:
    files = {path: path.encode() * 9 for path in order}
    entries = [TreeEntry(path, "100755" if path == "b.sh" else "100644", "", 9) for path in order]
    return archives.archive(Content(tuple(entries), files.__getitem__, "SKILL.md"), files)


def test_two_builds_are_the_same_bytes(site: Path, tmp_path: Path) -> None:
    build(installable.catalog(), Dates({}), installable.content, tmp_path / "again")
    assert tree(tmp_path / "again") == tree(site)


@pytest.mark.parametrize(
    ("count", "size", "path", "expected"),
    [
        (1000, 1, "x.md", ""),
        (1001, 1, "x.md", "It has more than 1,000 files, the most that clients install."),
        (50, 1 << 20, "x.md", ""),
        (51, 1 << 20, "x.md", "It has more than 50 MiB, the most that clients install."),
        *(
            (2, 1, path, "One of its files has a name that clients do not take.")
            for path in (
                "../x",
                "a/./b",
                "a//b",
                "C:x",
                "a:b",
                "a\\b",
                "a\0b",
                "/x",
                "a/..",
                "a\udc80",
                "a\nb",
            )
        ),
        *((2, 1, path, "") for path in ("..x", "a..b", "...", "a/.b", "\u65e5\u672c", "a b")),
    ],
)
def test_the_limits_are_those_of_the_clients(count: int, size: int, path: str, expected: str) -> None:
    paths = [archives.MAIN, path, *(f"{number}.md" for number in range(count - 2))]
    entries = tuple(TreeEntry(each, "100644", "", size) for each in paths)
    assert archives.against_files(Content(entries, lambda _: b"", archives.MAIN)) == expected


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"a": ["x", "a"], "b": ["y", "b"]}, {"a": "x", "b": "y"}),
        ({"a": ["x", "a"], "b": ["x", "b"]}, {"a": "a", "b": "b"}),
        ({"pdf": ["pdf", "pdf"], "pdf-2": ["pdf", "pdf-2"]}, {"pdf": "pdf", "pdf-2": "pdf-2"}),
        ({"a": ["b", "a"], "b": ["c", "b"], "c": ["a", "c"]}, {"a": "a", "b": "b", "c": "c"}),
    ],
)
def test_names_are_distinct_whatever_the_order(
    wanted: dict[str, list[str]], expected: dict[str, str]
) -> None:
    assert wellknown.distinct(wanted) == expected
    assert wellknown.distinct(dict(reversed(wanted.items()))) == expected


# ------------------------------------------------------------ version 0.1


def test_the_twin_holds_markdown_alone(site: Path) -> None:
    """Anything else would be served from the site's own origin, where its policy lets scripts run."""
    files = [each for each in site.rglob("*") if "/.well-known/skills/" in each.as_posix() and each.is_file()]
    assert {each.suffix for each in files if each.name != "index.json"} == {".md"}
    assert {each["name"] for each in read(site / V1)["skills"]} == PLAIN
    assert read(site / "collections/starter/none" / V1) == {"skills": []}
    for each in read(site / V1)["skills"]:
        folder = site / ".well-known/skills" / each["name"]
        assert tree(folder) == source(each["name"])
        assert each["files"] == sorted(tree(folder))


@pytest.mark.skipif(NODE is None, reason="There is no Node on this machine")
def test_what_the_twin_holds_is_never_a_script() -> None:
    """Whatever follows the first line, an engine refuses the whole; and so it does an archive."""
    tails = [
        "",
        "x",
        "alert(1)",
        "*/alert(1)",
        "-->\nalert(1)",
        "\u2028alert(1)",
        "`;alert(1)//`",
        "a=1\n---\n1",
    ]
    heads = ["---\n", "--- \r\n", "# ", "## /*", "# !", "---\n---\n", "###### \t"]
    texts = [head + tail for head in heads for tail in tails]
    assert all(wellknown._NEVER_A_SCRIPT.match(each.encode()) for each in texts)
    texts += ["PK\x03\x04", "PK\x03\x04\n*/alert(1)"]
    tried = [*texts, "alert(1)", "#!/bin/sh\nalert(1)"]
    program = """
        const vm = require("vm");
        const parses = (text) => { try { new vm.Script(text); return true; } catch { return false; } };
        const texts = JSON.parse(require("fs").readFileSync(0, "utf8"));
        console.log(JSON.stringify(texts.map((text) => parses(text) || parses(text + "\\nexport {}"))));
    """
    done = subprocess.run(
        [str(NODE), "-e", program], input=json.dumps(tried), capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == [False] * len(texts) + [True, True]


def test_the_twin_is_left_out_where_it_would_multiply_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The root's seven files fit, the collection's four do not, its group's three do."""
    monkeypatch.setattr(wellknown, "TWIN_FILES_IN_ALL", 10)
    built = build(installable.catalog(), Dates({}), installable.content, tmp_path / "out")
    reason = "It would hold too many copies of files; present clients do not need it."
    said = [each.path for each in built.left_out if each.reason == reason]
    assert said == [f"{scope}{V1}" for scope in ("collections/starter/", "tags/documents/", "tags/papers/")]
    for scope, there in {"": True, "collections/starter/": False, "collections/starter/first/": True}.items():
        assert (tmp_path / "out" / scope / V1).exists() is there
