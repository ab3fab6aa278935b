"""A second build writes what a first one would have written, makes only what changed, and survives damage."""

from __future__ import annotations

import errno
import itertools
import json
import os
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from skillmeat import processes
from skillmeat.cli.build import built
from skillmeat.errors import Refused
from skillmeat.history import Dates
from skillmeat.places import cache_folder
from skillmeat.site import build as building
from skillmeat.site import downloads, former, making, marks, memory, publish
from skillmeat.site.artifact import page
from skillmeat.site.build import Report, build
from skillmeat.site.edition import Edition
from skillmeat.site.output import Made, Output
from skillmeat.sources import Contents, content
from skillmeat.store import Store
from skillmeat.views import Json

ARTIFACTS, SET = "manifests/artifacts/skill", "manifests/collections/set.toml"
WORDS = ["amber", "brick", "cedar", "delta", "ember", "flint", "grove", "heath", "inlet", "joist"]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SKILLMEAT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(content, "_TICK", 1 << 62)  # however slow this machine is, its files are new
    return tmp_path / "cache"


def tree(root: Path) -> dict[str, bytes]:
    files = (path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


@dataclass
class Model:
    """A store on disk, and random edits of it."""

    root: Path
    random: random.Random
    count: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    kept: list[tuple[Path, str]] = field(default_factory=list)

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def begin(self, artifacts: int) -> None:
        self.write("manifests/skillmeat.toml", 'format = 2\n[site]\ntitle = "One"\npage_size = 5\n')
        for name in WORDS[:4]:
            self.write(f"manifests/tags/{name}.toml", f'name = "{name.title()}"\n')
        for _ in range(artifacts):
            self.add()

    def names(self, folder: str) -> list[str]:
        return sorted(path.stem for path in (self.root / folder).glob("*.toml"))

    def add(self) -> None:
        name = f"{self.random.choice(WORDS)}-{next(self.count)}"
        self.write(f"skills/{name}/SKILL.md", f"---\nname: {name}\n---\n# {name}\n\n{self.sentence()}\n")
        tags = self.random.sample(WORDS[:4], self.random.randrange(3))
        self.write(
            f"manifests/artifacts/skill/{name}.toml",
            f'name = "{name.title()}"\ndescription = "{self.sentence()}"\npath = "skills/{name}"\n'
            f"tags = {json.dumps(sorted(tags))}\n",
        )

    def sentence(self) -> str:
        return " ".join(self.random.choices(WORDS, k=8))

    def some(self) -> Path:
        return (
            self.root
            / f"manifests/artifacts/skill/{self.random.choice(self.names('manifests/artifacts/skill'))}.toml"
        )

    def remove(self) -> None:
        if len(self.names(ARTIFACTS)) > 3:
            found = self.some()
            if not self.grouped(found.stem):
                found.unlink()

    def grouped(self, name: str) -> bool:
        return any(
            f'"skill/{name}"' in path.read_text() for path in (self.root / "manifests").rglob("*.toml")
        )

    def rename(self) -> None:
        found = self.some()
        if not self.grouped(found.stem):
            found.rename(found.with_stem(f"{found.stem}x"))

    def describe(self) -> None:
        self.change("description", json.dumps(self.sentence()))

    def retag(self) -> None:
        self.write(
            f"manifests/tags/{self.random.choice(WORDS[:4])}.toml", f'name = "{self.sentence()[:30]}"\n'
        )

    def rewrite(self) -> None:
        """Content alone, often with as many bytes as before."""
        found = self.random.choice(sorted((self.root / "skills").glob("*/SKILL.md")))
        found.write_text(
            found.read_text().replace(*self.random.sample(["delta", "ember", "flint", "cedar"], 2))
        )

    def add_file(self) -> None:
        folder = self.random.choice(sorted((self.root / "skills").iterdir()))
        (folder / f"run-{next(self.count)}.sh").write_text(f"#!/bin/sh\necho {self.sentence()}\n")

    def chmod(self) -> None:
        for each in sorted((self.root / "skills").glob("*/*.sh"))[:1]:
            each.chmod(each.stat().st_mode ^ 0o111)

    def ids(self) -> list[str]:
        return [f"skill/{name}" for name in self.names(ARTIFACTS)]

    def collect(self) -> None:
        some = self.random.sample(self.ids(), min(3, len(self.ids())))
        text = f'name = "{self.sentence()[:20]}"\nartifacts = {json.dumps(some)}\n'
        for name in self.random.sample(["first", "second"], self.random.randrange(3)):
            held = json.dumps(self.random.sample(some, 2))
            text += f'[[groups]]\nslug = "{name}"\nname = "{self.sentence()[:12]}"\nartifacts = {held}\n'
        self.write(SET, text)

    def change(self, key: str, value: str) -> None:
        """Set a key of an artifact, at the head of its manifest."""
        found = self.some()
        lines = [line for line in found.read_text().split("\n") if not line.startswith(f"{key} = ")]
        found.write_text("\n".join([f"{key} = {value}", *lines]))

    def tag(self) -> None:
        self.change("tags", json.dumps(sorted(self.random.sample(WORDS[:4], self.random.randrange(4)))))

    def alias(self) -> None:
        self.change("aliases", json.dumps([f"old-{next(self.count)}"]))

    def deprecate(self) -> None:
        self.change("deprecated", json.dumps(f"Use {self.random.choice(self.ids())}."))

    def call(self) -> None:
        """The same name and description for two are what makes them copies."""
        self.change("name", json.dumps(self.random.choice(WORDS[:3]).title()))

    def associate(self) -> None:
        found = self.some()
        other = self.random.choice(self.ids())
        if other != f"skill/{found.stem}":
            head = found.read_text().partition("[[associations]]")[0].rstrip("\n")
            kind = self.random.choice(["requires", "extends", "replaces", "related"])
            text = f'{head}\n[[associations]]\nartifact = "{other}"\nrelationship_type = "{kind}"\n'
            found.write_text(text)

    def lock(self) -> None:
        """A source, what it was found to hold, and what of that is in the catalog."""
        names = WORDS[5:]
        trust = self.random.choice(["official", "verified", "basic"])
        url = "https://github.com/example/origin"
        self.write(
            "manifests/sources/origin.toml",
            f'name = "{self.sentence()[:10]}"\nurl = "{url}"\nref = "main"\ntrust_level = "{trust}"\n',
        )
        head = f'version = 2\n\n[[source]]\nid = "origin"\nurl = "{url}"\nref = "main"\n'
        commit = self.random.choice("abcdef0123456789") * 40
        found = "".join(
            f'\n[[source.artifact]]\ntype = "agent"\nname = "{name}"\npath = "agents/{name}.md"\n'
            f'hash = "sha256:{self.random.choice("ab") * 64}"\ntree = "{"c" * 40}"\n'
            for name in names
        )
        self.write("manifests/skillmeat.lock", f'{head}commit = "{commit}"\n{found}')
        for name in self.random.sample(names, 2):
            text = f'name = "{name.title()}"\nsource = "origin"\npath = "agents/{name}.md"\n'
            self.write(f"manifests/artifacts/agent/{name}.toml", text)

    def readme(self) -> None:
        if (self.root / "manifests/sources/origin.toml").exists():
            self.write("manifests/readmes/origin.md", f"# Origin\n\n{self.sentence()}\n")

    def fold(self) -> None:
        """A file where a folder was, or a folder where a file was: both are files of the site."""
        place = self.random.choice(sorted((self.root / "skills").iterdir())) / "notes.md"
        if place.is_dir():
            shutil.rmtree(place)
            place.write_text("# Notes\n")
        else:
            place.unlink(missing_ok=True)
            place.mkdir()
            (place / "more.md").write_text(f"# {self.sentence()}\n")

    def revert(self) -> None:
        """What was there two builds ago is there again."""
        found = self.some()
        if self.kept:
            path, text = self.kept.pop()
            if path.exists():
                path.write_text(text)
        else:
            self.kept.append((found, found.read_text()))

    def retitle(self) -> None:
        title, size = self.random.choice(WORDS), self.random.choice((5, 7))
        url = 'url = "https://example.org/"\n' if self.random.random() < 0.5 else ""
        text = f'format = 2\n[site]\ntitle = "{title}"\npage_size = {size}\n{url}'
        self.write("manifests/skillmeat.toml", text)

    def template(self) -> None:
        text = f'{{% extends "base.html" %}}{{% block main %}}{self.sentence()}{{% endblock %}}'
        self.write("site_templates/tags.html", text)

    def edit(self) -> None:
        edits: list[Callable[[], None]] = [
            self.add, self.remove, self.rename, self.describe, self.retag, self.rewrite, self.add_file,
            self.chmod, self.collect, self.describe, self.rewrite, self.tag, self.alias, self.deprecate,
            self.call, self.associate, self.lock, self.readme, self.fold, self.revert,
        ]  # fmt: skip
        if self.random.random() < 0.15:
            edits = [self.retitle, self.template]
        self.random.choice(edits)()

    def build(self, out: Path, *, remembering: bool = True) -> Report:
        store = Store(self.root)
        assert store.validate() == []
        contents = Contents(store.catalog, self.root)
        templates = self.root / "site_templates"
        shown = templates if templates.is_dir() else None
        versions = contents.version if remembering else None
        return build(store.catalog, Dates(), contents, out, shown, None, versions)


@pytest.fixture
def model(tmp_path: Path) -> Model:
    made = Model(tmp_path / "store", random.Random(7))
    made.begin(8)
    return made


@pytest.mark.parametrize("seed", range(4))
def test_second_builds_write_what_first_ones_would(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After random edits of records, contents, templates and settings; sometimes with nothing changed.

    Mostly with a spare, however much changed; in stretches of one to a hundred artifacts, and with a copy of
    this process or alone.
    """
    monkeypatch.setattr(building, "SPARED", 0 if seed % 3 else 4)
    monkeypatch.setattr(building, "CHUNK", (100, 1, 2, 3)[seed])
    monkeypatch.setattr(building, "AT_ONCE", (8, 0, 2, 100)[seed])
    monkeypatch.setattr(building, "WORTH_A_COPY", 0 if seed % 2 else 1_000)
    model = Model(tmp_path / "store", random.Random(seed))
    model.begin(8)
    out = tmp_path / "out"
    for _ in range(8):
        for _ in range(model.random.randrange(4)):
            model.edit()
        report = model.build(out)
        first = tmp_path / "first"
        assert model.build(first, remembering=False).files == report.files
        assert model.build(out).unchanged, "a folder is not as it is remembered"
        assert tree(out) == tree(first)
        shutil.rmtree(first)
        assert not [path for path in out.rglob("*") if path.is_dir() and not any(path.iterdir())]


@pytest.mark.parametrize("forgotten", ["name", "tags", "description", "version"])
def test_a_key_that_forgets_something_is_noticed(
    forgotten: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The comparison above fails for a build whose marks leave out a part of a record."""
    whole = marks._marks

    def blind(records: Mapping[str, Json]) -> dict[str, str]:
        return whole({each: {**record, forgotten: None} for each, record in records.items()})

    model = Model(tmp_path / "store", random.Random(1))
    model.begin(8)
    monkeypatch.setattr(marks, "_marks", blind)
    model.build(tmp_path / "out")
    changed = json.dumps(WORDS[:3] if forgotten == "tags" else "something else")
    model.change(forgotten, changed)
    model.build(tmp_path / "out")
    model.build(tmp_path / "first", remembering=False)
    assert tree(tmp_path / "out") != tree(tmp_path / "first")


@pytest.mark.parametrize("text", ["Short.", "\U0001d11e" * 1_900, 'Three, "quoted"\n; =1+1\nlines', None])
def test_the_exports_of_the_last_build_are_brought_up_to_date(
    text: str | None, model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where only what an artifact says of itself changed; to the same bytes as anew."""
    state = model.random.getstate()
    model.change("description", json.dumps("\u00b5" * 1_500))
    model.build(tmp_path / "out")
    model.random.setstate(state)  # the same artifact
    model.change("description" if text else "version", json.dumps(text or "2", ensure_ascii=False))
    with monkeypatch.context() as patched:
        patched.setattr(downloads, "_database_anew", pytest.fail)
        patched.setattr(downloads, "_lines", only_one(downloads._lines))
        model.build(tmp_path / "out")
    model.build(tmp_path / "first", remembering=False)
    assert tree(tmp_path / "out") == tree(tmp_path / "first")


def only_one(lines: Callable[[Iterable[Json]], bytes]) -> Callable[[Iterable[Json]], bytes]:
    def checked(artifacts: Iterable[Json]) -> bytes:
        (artifact,) = artifacts
        return lines([artifact])

    return checked


def test_a_cell_that_looks_like_a_line_is_not_taken_for_one() -> None:
    data = b'id,name\r\nskill/one,One\r\nskill/two,"\r\nskill/one,One"\r\n'
    assert downloads._begins(data, "skill/one") is None
    assert downloads._begins(data, "skill/two") == data.index(b"skill/two")


@pytest.mark.parametrize("edit", ["tag", "alias", "associate", "add", "remove", "retag", "touched"])
def test_exports_are_made_anew_where_more_changed(edit: str, model: Model, tmp_path: Path) -> None:
    out = tmp_path / "out"
    model.build(out)
    if edit == "touched":
        with sqlite3.connect(out / "catalog.sqlite") as connection:
            connection.execute("UPDATE artifacts SET name = 'another'")
        (out / "catalog.csv").write_text("id\r\n")
    for _ in range(3):
        getattr(model, "describe" if edit == "touched" else edit)()
    model.build(out)
    model.build(tmp_path / "first", remembering=False)
    assert tree(out) == tree(tmp_path / "first")


@pytest.mark.parametrize("spare", ["kept", "gone", "another", "elsewhere"])
def test_the_spare_is_used_where_it_is_what_it_should_be(
    spare: str, model: Model, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "SPARED", 0)
    out = tmp_path / "out"
    for _ in range(2):
        model.describe()
        model.build(out)
    (kept,) = (cache / "sites").glob("*/spare")
    inode = kept.stat().st_ino
    held = os.open(kept, os.O_RDONLY)  # so that no folder that is new gets its number
    if spare == "gone":
        shutil.rmtree(kept)
    elif spare == "another":
        (kept / publish.MARKER).write_bytes((out / publish.MARKER).read_bytes())
    elif spare == "elsewhere":
        rename = Path.rename

        def refused(self: Path, target: Path) -> Path:
            if "spare" in (self.name, target.name):
                raise OSError(errno.EXDEV, "another file system")
            return rename(self, target)

        monkeypatch.setattr(Path, "rename", refused)
    model.describe()
    model.build(out)
    model.build(tmp_path / "first", remembering=False)
    assert tree(out) == tree(tmp_path / "first")
    assert (out.stat().st_ino == inode) == (spare == "kept")
    os.close(held)
    assert (cache / "sites" / kept.parent.name / "spare").exists() == (spare != "elsewhere")


def test_no_spare_is_kept_of_a_site_that_is_another(model: Model, cache: Path, tmp_path: Path) -> None:
    """It would take as much room as the site itself."""
    model.build(tmp_path / "out")
    model.template()
    model.retitle()
    model.build(tmp_path / "out")
    assert not list((cache / "sites").glob("*/spare"))


def test_what_is_kept_for_a_folder_that_is_gone_is_swept_up(
    model: Model, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else its spare would keep the files on the disk."""
    monkeypatch.setattr(building, "SPARED", 0)
    for name in ("one", "one", "two"):
        model.describe()
        model.build(tmp_path / name)
    assert len(list((cache / "sites").iterdir())) == 2
    shutil.rmtree(tmp_path / "one")
    model.describe()
    model.build(tmp_path / "two")
    (kept,) = (cache / "sites").iterdir()
    assert (kept / "out").read_text() == str(tmp_path / "two")


def test_nothing_is_written_when_nothing_changed(model: Model, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = model.build(out)
    before = out.stat().st_ino
    again = model.build(out)
    assert (first.unchanged, again.unchanged) == (False, True)
    assert (again.pages, again.files, again.bytes, again.left_out) == (
        first.pages,
        first.files,
        first.bytes,
        first.left_out,
    )
    assert out.stat().st_ino == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", "out", "store"]


def test_only_the_pages_of_what_changed_are_made(
    model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    model.build(out)
    kept = out / "assets/site.css"
    before = kept.stat().st_ino
    changed = model.some()
    changed.write_text(changed.read_text().replace("description = ", 'version = "2"\ndescription = '))
    made: list[str] = []
    whole = page._page

    def noted(edition: Edition, artifact_id: str) -> Iterator[object]:
        made.append(artifact_id)
        return whole(edition, artifact_id)

    monkeypatch.setattr(page, "_page", noted)
    model.build(out)
    assert f"skill/{changed.stem}" in made
    assert len(made) < len(model.names(ARTIFACTS))
    assert (kept.stat().st_ino, kept.stat().st_nlink) == (before, 2)  # here and in the spare


@pytest.mark.parametrize(
    "damage",
    ["edited", "same size", "deleted", "replaced", "marker", "cache gone", "cache cut", "cache hurt"],
)
def test_damage_is_mended(damage: str, model: Model, cache: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    model.build(out)
    whole = tree(out)
    victim = out / "tags/index.html"
    (known,) = (cache / "sites").glob("*/written")
    match damage:
        case "edited":
            victim.write_text("mine")
        case "same size":
            victim.write_bytes(victim.read_bytes().swapcase())
        case "deleted":
            victim.unlink()
        case "replaced":
            victim.unlink()
            victim.symlink_to("/etc/passwd")
        case "marker":
            (out / publish.MARKER).write_text("This is not it.\nfiles = 9999\n")
        case "cache gone":
            shutil.rmtree(cache)
        case "cache cut":
            known.write_bytes(known.read_bytes()[:-100])
        case "cache hurt":
            data = known.read_bytes()
            known.write_bytes(data.replace(b"index.html", b"xndex.html"))
    model.build(out)
    assert tree(out) == whole
    assert not victim.is_symlink()


def test_a_file_that_somebody_added_is_not_taken_away(model: Model, tmp_path: Path) -> None:
    out = tmp_path / "out"
    model.build(out)
    (out / "tags/mine.txt").write_text("mine")
    model.describe()
    with pytest.raises(Refused) as refused:
        model.build(out)
    assert refused.value.code == "OUTPUT_NOT_OURS"
    assert (out / "tags/mine.txt").read_text() == "mine"


@pytest.mark.parametrize("remembered", [True, False])
@pytest.mark.parametrize("gone", [1, 2])
def test_a_file_in_the_place_of_one_of_ours_is_not_taken_away(
    gone: int, remembered: bool, model: Model, cache: Path, tmp_path: Path
) -> None:
    """By names, not by how many there are; without the cache that shows where as many are gone as are new."""
    out = tmp_path / "out"
    model.build(out)
    for name in ("robots.txt", "index.html")[:gone]:
        (out / name).unlink()
    if not remembered:
        shutil.rmtree(cache)
    model.build(out)  # what is gone is mended
    for number, name in enumerate(("robots.txt", "index.html")[:gone]):
        (out / name).unlink()
        if number == 0 or not remembered:
            (out / f"NOTES-{number}.md").write_text("mine")
    if not remembered:
        shutil.rmtree(cache)
    with pytest.raises(Refused) as refused:
        model.build(out)
    assert refused.value.code == "OUTPUT_NOT_OURS"
    assert (out / "NOTES-0.md").read_text() == "mine"


def test_where_files_cannot_be_linked_they_are_copied(
    model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refused)
    model.build(tmp_path / "out")
    model.describe()
    model.build(tmp_path / "out")
    model.build(tmp_path / "first", remembering=False)
    assert tree(tmp_path / "out") == tree(tmp_path / "first")
    assert model.build(tmp_path / "out").unchanged


# ------------------------------------------------------------------ processes

SCRIPT = """
import os, sys
from pathlib import Path
from tests.site.test_second_builds import Model, building, making, processes, publish
import random
import resource
root, out, count, kill = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
making.ALONE, building.CHUNK, building.WORTH_A_COPY = 1, 2, 1
processes.available = lambda: count
left = iter(range(kill, -1, -1)) if kill else None
write, link = publish.Folder.write, publish.Folder.link
def counted(what):
    def call(*arguments):
        if left is not None and next(left, 0) == 0:
            os.kill(os.getpid(), 9)
        return what(*arguments)
    return call
publish.Folder.write, publish.Folder.link = counted(write), counted(link)
Model(root, random.Random(0)).build(out)
"""


def run(model: Model, out: Path, count: int, kill: int = 0) -> int:
    words = [sys.executable, "-c", SCRIPT, str(model.root), str(out), str(count), str(kill)]
    return subprocess.run(words, cwd=Path(__file__).parents[2], check=False, capture_output=True).returncode


def test_several_processes_write_what_one_does(model: Model, tmp_path: Path) -> None:
    for count in (1, 2, 3):
        assert run(model, tmp_path / str(count), count) == 0
    assert tree(tmp_path / "1") == tree(tmp_path / "2") == tree(tmp_path / "3")
    model.edit()
    for count in (1, 2, 3):
        assert run(model, tmp_path / str(count), count) == 0
    assert tree(tmp_path / "1") == tree(tmp_path / "2") == tree(tmp_path / "3")


@pytest.mark.parametrize(("kill", "spares"), [(1, 0), (9, 0), (25, 0), (40, 0), (1, 2), (9, 2), (25, 2)])
def test_a_second_build_that_is_killed_leaves_the_first(
    kill: int, spares: int, model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever of two processes is killed: the parent says so, or the next build sweeps up."""
    monkeypatch.setattr(building, "SPARED", 0)
    out = tmp_path / "out"
    for _ in range(spares + 1):
        model.describe()
        model.build(out)
    before = tree(out)
    model.describe()
    assert run(model, out, 2, kill) != 0
    assert tree(out) == before
    model.build(out)
    model.build(tmp_path / "first", remembering=False)
    assert tree(out) == tree(tmp_path / "first")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", "first", "out", "store"]


def test_the_first_failure_is_raised_whoever_met_it() -> None:
    """In the order of the tasks, with its type and its text; the others end."""
    for _ in range(10):
        with pytest.raises(Refused, match="task 3") as refused:
            processes.spread(_failing, 40, 2)
        assert refused.value.code == "TASK"


def _failing(number: int) -> int:
    if number >= 3:
        raise Refused(f"task {number}", code="TASK")
    return number


def test_results_come_in_the_order_of_the_tasks() -> None:
    told: list[tuple[int, int]] = []
    found = processes.spread(lambda number: (number, os.getpid()), 60, 2, lambda *each: told.append(each))
    assert [number for number, _ in found] == list(range(60))
    assert all(total == 60 and 0 < done <= 60 for done, total in told)


def test_a_copy_begins_with_tasks_while_this_process_does_something_else() -> None:
    """It does no fewer than it must, and begins none when this process has ended its own."""
    here: list[int] = []

    def ours() -> None:
        here.append(_busy(0))

    found = processes.beside(ours, lambda number: (number, os.getpid(), _busy(0)), 10_000, 2, 2)
    assert here
    assert 2 <= len(found) < 10_000
    assert [number for number, _, _ in found] == list(range(len(found)))
    assert os.getpid() not in {pid for _, pid, _ in found}
    assert len(processes.beside(lambda: None, lambda _: _busy(0), 60, 3, 2)) >= 3
    assert processes.beside(ours, lambda number: number, 60, 2, 1) == [0, 1]


def test_this_process_helps_where_all_tasks_have_to_be_done() -> None:
    """Each is done once, by one or the other, and those before it is ready by the copy."""
    begun = os.pipe()

    def ours() -> None:
        os.read(begun[0], 1)

    def work(number: int) -> tuple[int, int]:
        if number == 2:
            os.write(begun[1], b"!")
        _busy(0)
        return number, os.getpid()

    found = processes.beside(ours, work, 60, 60, 2)
    assert [number for number, _ in found] == list(range(60))
    doers = [pid for _, pid in found]
    assert os.getpid() not in doers[:3]
    assert os.getpid() in doers
    assert processes.beside(lambda: None, lambda number: number, 3, 3, 1) == [0, 1, 2]
    with pytest.raises(Refused, match="task 3"):
        processes.beside(lambda: None, _failing, 40, 40, 2)


def test_what_is_begun_ahead_is_there_when_it_is_asked_for(copies: Sequence[int]) -> None:
    """In any order, however much it is; of what fails, when it is asked for; and by this process alone."""
    large = "x" * 1_000_000  # more than a pipe holds
    with processes.ahead(os.getpid, lambda: large, partial(_failing, 3), lambda: None) as [
        pid,
        text,
        bad,
        no,
    ]:
        assert text() == large
        assert pid() == copies[0] != os.getpid()
        with pytest.raises(Refused, match="task 3"):
            bad()
        with pytest.raises(RuntimeError, match="asked by a copy"):
            processes.beside(lambda: None, lambda _: no(), 2, 1, 2)
        assert no() is None
    with processes.ahead(lambda: time.sleep(60)):
        begun = time.monotonic()
    assert time.monotonic() - begun < 30, "nobody asked for it"
    for copy in copies:
        with pytest.raises(ChildProcessError):
            os.waitpid(copy, os.WNOHANG)


def test_copies_ask_no_copies(model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the command begins ahead is known before the work is spread, in first builds and later ones."""
    monkeypatch.setattr(building, "WORTH_A_COPY", 0)
    monkeypatch.setattr(processes, "available", lambda: 2)
    for _ in range(2):
        report = built(Store(model.root), tmp_path / "out", lambda _: None)
        assert not report.unchanged
        model.describe()
    model.build(tmp_path / "first", remembering=False)
    built(Store(model.root), tmp_path / "out", lambda _: None)
    assert tree(tmp_path / "out") == tree(tmp_path / "first")


def test_a_key_of_many_changes_with_each_of_theirs() -> None:
    """Whatever of an artifact, and of the records beside it, changes, comes or goes or changes places."""
    artifacts = ["skill/a", "skill/b", "skill/c"]

    def keys(texts: Mapping[str, str], beside: Mapping[str, Sequence[str]], of: Mapping[str, str]) -> str:
        basis = marks.Basis((texts.__getitem__,), ((of, beside.__getitem__), (of, lambda _: ["x"])))
        keys_of_each = [basis.key(each) for each in artifacts]
        assert len(set(keys_of_each)) == len({(texts[each], tuple(beside[each])) for each in artifacts})
        return basis.key_of(artifacts)

    texts = dict.fromkeys(artifacts, "1")
    beside: dict[str, list[str]] = {"skill/a": ["x", "y"], "skill/b": [], "skill/c": ["x"]}
    of = {"x": "2", "y": "3"}
    found = [
        keys(texts, beside, of),
        keys({**texts, "skill/b": "4"}, beside, of),
        keys({**texts, "skill/a": "4"}, beside, of),
        keys(texts, {**beside, "skill/a": ["y", "x"]}, of),
        keys(texts, {**beside, "skill/a": ["x"], "skill/b": ["y"]}, of),
        keys(texts, {**beside, "skill/b": ["z"]}, of),
        keys(texts, beside, {**of, "y": "4"}),
        keys(texts, beside, {"x": "2"}),
        marks.Basis((), ()).key_of(artifacts),
        marks.Basis((), ()).key_of(artifacts[:2]),
    ]
    assert len(set(found)) == len(found)
    assert found[0] == keys(texts, beside, of)


@pytest.fixture
def copies(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The ids of the processes that a test forks; a worker of the tests may have others."""
    forked: list[int] = []
    fork = os.fork

    def followed() -> int:
        forked.append(fork())
        return forked[-1]

    monkeypatch.setattr(os, "fork", followed)
    return forked


def test_what_fails_beside_or_here_is_raised(copies: Sequence[int]) -> None:
    with pytest.raises(Refused, match="task 3"):
        processes.beside(lambda: None, _failing, 40, 5, 2)
    with pytest.raises(Refused, match="task 7"):
        processes.beside(lambda: _failing(7), _busy, 1000, 0, 2)
    assert len(copies) == 2
    for copy in copies:
        with pytest.raises(ChildProcessError):
            os.waitpid(copy, os.WNOHANG)


def test_the_time_of_copies_is_counted_and_none_is_left(copies: Sequence[int]) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    processes.spread(_busy, 8, 2)
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime > before
    (copy,) = copies
    with pytest.raises(ChildProcessError):
        os.waitpid(copy, os.WNOHANG)


def _busy(number: int) -> int:
    end = time.process_time() + 0.05
    while time.process_time() < end:
        number += 1
    return number


def test_two_outputs_of_two_processes_with_one_path_are_refused(
    model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other(edition: Edition) -> Made:
        yield Output("tags/index.html", b"")

    monkeypatch.setattr(building, "GENERATORS", (*building.GENERATORS, other))
    monkeypatch.setattr(making, "ALONE", 1)
    monkeypatch.setattr(processes, "available", lambda: 2)
    with pytest.raises(Refused, match=r"one from pages\.tags, one from test_second_builds\.other"):
        model.build(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_is_remembered_is_kept_beside_the_rest_of_the_cache(model: Model, tmp_path: Path) -> None:
    model.build(tmp_path / "out")
    (kept,) = (cache_folder() / "sites").glob("*/written")
    assert kept.stat().st_mode & 0o077 == 0
    assert memory.recall(tmp_path / "out", "0") is former.NOTHING
