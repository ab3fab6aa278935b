"""What Git told of a commit's past is kept, and never believed of another past."""

from __future__ import annotations

import os
import pickle
import shutil
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from skillmeat import caching, history
from skillmeat.history import Dated, Dates, Deed, Log, known, quick
from skillmeat.places import cache_folder
from tests.sources.repository import commit, git

ONE, TWO = "manifests/tags/one.toml", "manifests/tags/two.toml"
LONG = "\n".join(f"line {number}" for number in range(20)) + "\n"
Past = tuple[Dates, Log]


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with the arguments of each call of Git, a line each."""
    calls, command = tmp_path / "calls", tmp_path / "bin" / "git"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\necho "$@" >> "{calls}"\nexec "{shutil.which("git")}" "$@"\n')
    command.chmod(0o755)
    monkeypatch.setenv("PATH", str(command.parent), prepend=os.pathsep)
    return calls


@pytest.fixture
def store(asked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A history with a rename, a merge, a date of its own for each commit, and names that are odd."""
    store = tmp_path / "store"
    days = iter(range(1, 100))

    def day() -> None:
        monkeypatch.setenv("GIT_COMMITTER_DATE", f"@{1_000_000_000 + 86400 * next(days)} +0000")

    day()
    odd = "manifests/tags/" + os.fsdecode(b"\xff\x01 e\xcc\x81.toml")
    commit(
        store, {ONE: LONG, odd: "x", "other.txt": "x"}, "Add \udcff one".encode("utf-8", "replace").decode()
    )
    day()
    commit(store, {ONE: None, TWO: LONG}, "Rename one")
    git(store, "switch", "--quiet", "--create", "side")
    day()
    commit(store, {"manifests/tags/side.toml": "side\n", TWO: LONG + "side\n"}, "Side")
    git(store, "switch", "--quiet", "main")
    day()
    commit(store, {ONE: "another\n", TWO: "main\n" + LONG}, "Main")
    day()
    git(store, "merge", "--quiet", "--no-edit", "side")
    return store


def told(root: Path) -> Past:
    return history.dates(root), history.log(root)


def afresh(root: Path) -> Past:
    """What Git tells when nothing is kept."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SKILLMEAT_CACHE", f"{os.devnull}/none")
        return told(root)


def is_right(root: Path, asked: Path, *, keeps: bool = True) -> Past:
    """What is told is what Git tells, now and again, when no log is asked for, if it ``keeps``."""
    expected = afresh(root)
    assert told(root) == expected
    asked.unlink()
    assert told(root) == expected
    logs = [line for line in asked.read_text().splitlines() if line.startswith("log")]
    assert len(logs) == (0 if keeps else 2)
    return expected


def files() -> list[Path]:
    return sorted((cache_folder() / "pasts").glob("*"))


def test_the_past_of_a_commit_is_read_once(store: Path, asked: Path) -> None:
    dates, log = is_right(store, asked)
    assert len(set(dates.of.values())) == 4
    assert {str(touched.deed) for each in log.commits for touched in each.files} == {
        "added",
        "renamed",
        "changed",
    }
    assert log.of[TWO][-1][1].path == ONE
    assert stat.S_IMODE(files()[0].parent.stat().st_mode) == 0o700
    assert len(files()) == 2


def test_neither_gitpython_nor_a_log_is_needed_the_second_time(store: Path, asked: Path) -> None:
    told(store)
    asked.unlink()
    code = (
        "import sys; from pathlib import Path; from skillmeat import history\n"
        "root = Path(sys.argv[1])\n"
        "print(len(history.dates(root).of), len(history.log(root).commits), 'git' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, store],
        capture_output=True,
        text=True,
        check=True,
        stdin=subprocess.DEVNULL,
    )
    assert done.stdout == "4 5 False\n"
    assert {line.split()[0] for line in asked.read_text().splitlines()} == {"rev-parse"}


def test_the_past_comes_out_of_a_pickle_as_it_went_in(store: Path) -> None:
    past = told(store)
    assert pickle.loads(pickle.dumps(past)) == past
    assert pickle.loads(pickle.dumps((Dates(missing="x"), Log()))) == (Dates(missing="x"), Log())


def test_the_digest_is_another_for_another_past(store: Path) -> None:
    """A copy knows its own without making it, and a commit that touches no manifest changes none."""
    dates, log = told(store)
    copies = pickle.loads(pickle.dumps((dates, log)))
    again = told(store)
    for each in (copies, again, pickle.loads(pickle.dumps(again))):
        assert [vars(one)["digest"] for one in each] == [dates.digest, log.digest]
    commit(store, {"other.txt": "y"}, "Elsewhere")
    assert [each.digest for each in told(store)] == [dates.digest, log.digest]
    made = [*log.commits]
    touched = made[0].files[0]
    others = [
        Log(log.commits, "x"),
        Log(made[1:]),
        Log([replace(made[0], id="0" * 40), *made[1:]]),
        Log([replace(made[0], subject="x"), *made[1:]]),
        Log([replace(made[0], when=made[1].when), *made[1:]]),
        *(
            Log([replace(made[0], files=(changed,)), *made[1:]])
            for changed in (
                touched._replace(deed=Deed.REMOVED),
                touched._replace(path="x"),
                touched._replace(before="x"),
                touched._replace(now="x"),
            )
        ),
    ]
    assert len({log.digest, *(each.digest for each in others)}) == len(others) + 1
    first = next(iter(dates.of))
    aside = [
        Dates(dates.of, "x"),
        Dates({**dates.of, "x": dates.of[first]}),
        Dates({**dates.of, first: Dated(None, dates.of[first].updated_at)}),
        Dates({**dates.of, first: Dated(dates.of[first].created_at, None)}),
    ]
    assert len({dates.digest, *(each.digest for each in aside)}) == len(aside) + 1


def test_another_commit_has_another_past(store: Path, asked: Path) -> None:
    """A new one, an amended one, one on another branch, and the first again."""
    begun = is_right(store, asked)
    commit(store, {"manifests/tags/three.toml": "3\n"}, "Three")
    third = is_right(store, asked)
    git(store, "commit", "--quiet", "--amend", "--message", "Drei")
    amended = is_right(store, asked)
    git(store, "switch", "--quiet", "side")
    side = is_right(store, asked)
    git(store, "checkout", "--quiet", "--detach", "main~1")
    assert is_right(store, asked) == begun
    assert [each.subject for each in amended[1].commits][:2] == ["Drei", third[1].commits[1].subject]
    assert len({repr(each) for each in (begun, third, amended, side)}) == 4
    assert len(files()) == 2
    assert history.dates(store, "side") == side[0]


def test_a_shallow_clone_and_what_is_fetched_later(store: Path, asked: Path, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{store}", str(clone))
    cut = is_right(clone, asked)
    assert [each.files for each in cut[1].commits] == [()]
    git(clone, "fetch", "--quiet", "--deepen=1")
    deeper = is_right(clone, asked)
    git(clone, "fetch", "--quiet", "--unshallow")
    whole = is_right(clone, asked)
    assert whole == afresh(store)
    assert len({repr(each) for each in (cut, deeper, whole)}) == 3
    assert ("shallow" in deeper[1].missing, whole[1].missing) == (True, "")


@pytest.mark.parametrize("packed", [False, True])
def test_what_stands_for_a_commit_is_told_instead(store: Path, asked: Path, packed: bool) -> None:
    before = is_right(store, asked)
    git(store, "replace", "main", "side~1")
    if packed:
        git(store, "pack-refs", "--all", "--prune")
    assert is_right(store, asked, keeps=False) != before
    git(store, "replace", "--delete", git(store, "rev-parse", "main"))
    assert is_right(store, asked) == before


def test_a_grafted_history_is_told_as_it_is_grafted(store: Path, asked: Path) -> None:
    before = is_right(store, asked)
    (store / ".git/info").mkdir(exist_ok=True)
    (store / ".git/info/grafts").write_text(git(store, "rev-parse", "main") + "\n")
    assert is_right(store, asked, keeps=False) != before


@pytest.mark.parametrize("name", quick._ELSEWHERE)
def test_nothing_is_kept_where_the_environment_has_git_look_elsewhere(
    name: str, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "1" if name.endswith("PATHSPECS") else str(store / ".git"))
    told(store)
    assert files() == []


def test_stores_of_one_repository_have_pasts_of_their_own(asked: Path, tmp_path: Path) -> None:
    top = tmp_path / "top"
    commit(top, {f"a b/{ONE}": LONG, f"c/{TWO}": "x\n", ONE: "top\n"}, "Add")
    pasts = [is_right(root, asked) for root in (top, top / "a b", top / "c")]
    assert [list(dates.of) for dates, _ in pasts] == [[ONE], [ONE], [TWO]]
    assert len(files()) == 6
    (top / "d").mkdir()
    commit(top, {"d/x": "x"}, "Add")
    git(top, "mv", "a b/manifests", "d/manifests")
    git(top, "commit", "--quiet", "--message", "Move")
    assert list(is_right(top / "d", asked)[0].of) == [ONE]
    (tmp_path / "link").symlink_to(top / "c")
    assert list(is_right(top / "c", asked)[0].of) == [TWO]
    assert told(tmp_path / "link") == (Dates(), Log())  # what is around the link is in no repository


def test_each_worktree_has_the_past_of_its_branch(store: Path, asked: Path, tmp_path: Path) -> None:
    git(store, "worktree", "add", "--quiet", str(tmp_path / "other"), "side")
    main, side = is_right(store, asked), is_right(tmp_path / "other", asked)
    assert main != side
    assert len(files()) == 4
    asked.unlink()
    assert [told(store), told(tmp_path / "other")] == [main, side]
    assert "log" not in asked.read_text()


@pytest.mark.parametrize("damage", ["cut", "changed", "empty", "head", "folder"])
def test_a_damaged_file_is_as_good_as_nothing(damage: str, store: Path, asked: Path) -> None:
    expected = is_right(store, asked)
    for file in files():
        data = file.read_bytes()
        if damage == "folder":
            file.unlink()
            file.mkdir()
        else:
            changed = data.replace(b"one.toml", b"two.toml")
            file.write_bytes(
                {"cut": data[:-9], "changed": changed, "empty": b"", "head": data.partition(b"\n")[2]}[damage]
            )
    assert is_right(store, asked, keeps=damage != "folder") == expected


@pytest.mark.parametrize(
    "written", [b"", b"[]", b"1", b'["",["x"],[[1,2]],[7]]', b'["",[["x",1]],"9",[],[]]']
)
def test_what_something_else_wrote_for_the_same_commit_is_read_anew(
    written: bytes, store: Path, asked: Path
) -> None:
    told(store)
    tip = quick.tip(store)
    assert tip
    for file in files():
        assert caching.read(file, known._key(tip))
        caching.write(file, known._key(tip), written)
    is_right(store, asked)


@pytest.mark.parametrize(("name", "value"), [("__version__", "0.0.0"), ("_LAYOUT", 0)])
def test_what_another_version_wrote_is_read_anew(
    name: str, value: object, store: Path, asked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(known, name, value)
        is_right(store, asked)
    written = [file.read_bytes() for file in files()]
    told(store)
    assert all(file.read_bytes() != was for file, was in zip(files(), written, strict=True))


@pytest.mark.parametrize("place", ["file", "file/below", "~nobody-has-this-name/x"])
def test_a_cache_that_cannot_be_written_is_done_without(
    place: str, store: Path, asked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("SKILLMEAT_CACHE", place if place[0] == "~" else str(tmp_path / place))
    is_right(store, asked, keeps=False)


def test_what_git_did_not_tell_is_not_kept(store: Path, asked: Path, tmp_path: Path) -> None:
    tree = git(store, "rev-parse", "main~1^{tree}")
    file = store / ".git/objects" / tree[:2] / tree[2:]
    file.rename(tmp_path / "tree")
    dates, log = told(store)
    assert (bool(dates.missing), bool(log.missing)) == (True, True)
    (tmp_path / "tree").rename(file)
    assert is_right(store, asked)[1].missing == ""


def test_what_changed_while_git_told_it_is_not_kept(
    store: Path, asked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody fetched, or committed, between the question what the last commit is and the answer."""
    was = git(store, "rev-parse", "main")

    def reading(root: Path, tip: str) -> Log:
        assert tip == was
        commit(store, {"manifests/tags/three.toml": "3\n"}, "Three")
        return Log(())

    found = known.told(
        store, "log", lambda tip: reading(store, tip), lambda _: ["", [], "", []], Log.unpacked
    )
    assert found == Log(())
    assert files() == []
    is_right(store, asked)


def test_without_a_commit_nothing_is_kept(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    assert told(tmp_path) == (Dates(), Log())
    git(tmp_path, "init", "--quiet", "--bare", "bare")
    assert told(tmp_path / "bare") == (Dates(), Log())
    assert files() == []
