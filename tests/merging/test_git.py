"""Real merges by Git: with the driver, without it, with one that crashes, and settled afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from skillmeat.history import driver
from skillmeat.history.unmerged import index, unmerged_paths
from tests.command import run, succeed
from tests.merging.repositories import (
    Files,
    attempt,
    diverged,
    locked,
    program,
    set_up,
    without_program,
)
from tests.sources.repository import commit, git

TAG = "manifests/tags/web.toml"
SKILL = "manifests/artifacts/skill/x.toml"
LOCK = "manifests/skillmeat.lock"
TAGS = {f"manifests/tags/{name}.toml": f'name = "{name.title()}"\n' for name in ("a", "b", "c", "d")}
BASE = {**TAGS, SKILL: 'name = "X"  # as its author says\ntags = ["a", "b"]\n'}
OURS = {SKILL: 'name = "X"  # as its author says\ntags = ["a", "b", "c"]\n'}
THEIRS = {SKILL: 'name = "X"  # as its author says\n# sorted\ntags = ["b", "d"]\nlicense = "MIT"\n'}
MERGED = 'name = "X"  # as its author says\nlicense = "MIT"\n# sorted\ntags = ["b", "c", "d"]\n'
REBASED = 'name = "X"  # as its author says\n# sorted\ntags = ["b", "c", "d"]\nlicense = "MIT"\n'


@pytest.fixture
def work(tmp_path: Path) -> Path:
    return tmp_path / "work"


def test_a_merge_with_the_driver_is_clean(work: Path, tmp_path: Path) -> None:
    """Where Git's own merge conflicts; a rebase and a cherry-pick are clean too."""
    attributes: Files = {".gitattributes": "".join(f"{line}\n" for line in driver.LINES)}
    diverged(work, {**BASE, **attributes}, OURS, THEIRS)
    assert attempt(work, without_program(), "merge", "side").returncode == 1
    git(work, "merge", "--abort")
    succeed(work, "git-setup")
    environment = program(tmp_path / "bin")
    start = git(work, "rev-parse", "HEAD")
    for arguments in (["merge", "--no-edit", "side"], ["cherry-pick", "side"], ["rebase", "side"]):
        git(work, "reset", "--quiet", "--hard", start)
        done = attempt(work, environment, *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        assert (work / SKILL).read_text() == (REBASED if arguments[0] == "rebase" else MERGED)
        assert git(work, "status", "--porcelain") == ""
        assert run(work, "validate").status == 0


def test_a_true_conflict_is_marked_around_its_value(work: Path, tmp_path: Path) -> None:
    base = {TAG: 'name = "Web"\ncolor = "#000000"\ndescription = "Old."\n'}
    ours = {TAG: 'name = "Web"\ncolor = "#111111"\ndescription = "Old."\naliases = ["www"]\n'}
    theirs = {TAG: 'name = "Web"\ncolor = "#222222"\ndescription = "New."\n'}
    set_up(diverged(work, base, ours, theirs))
    done = attempt(work, program(tmp_path / "bin"), "merge", "side")
    assert done.returncode == 1
    assert (work / TAG).read_text() == (
        'name = "Web"\n<<<<<<< ours\ncolor = "#111111"\n=======\ncolor = "#222222"\n>>>>>>> theirs\n'
        'description = "New."\naliases = ["www"]\n'
    )
    assert f"{TAG}: color: ours says “#111111”, theirs “#222222”; it was “#000000”." in done.stderr
    found = run(work, "validate")
    assert found.status == 1
    assert found.out.startswith(f"{TAG}:2:1: The file holds an unresolved merge")


@pytest.mark.parametrize(
    "script",
    ["exit 2", "exit 1", "kill -SEGV $$", "exit 127", 'echo "Traceback" >&2; exit 1'],
    ids=["fails", "claims a conflict", "crashes", "is not found", "raises"],
)
def test_a_driver_that_crashes_loses_nothing(work: Path, tmp_path: Path, script: str) -> None:
    """Git's merge of the lines is made, with markers where it conflicts."""
    set_up(diverged(work, BASE, OURS, THEIRS))
    done = attempt(work, program(tmp_path / "bin", script), "merge", "side")
    assert done.returncode == 1
    assert_both_sides((work / SKILL).read_text())


def test_a_driver_that_is_missing_loses_nothing(work: Path) -> None:
    set_up(diverged(work, BASE, OURS, THEIRS))
    assert attempt(work, without_program(), "merge", "side").returncode == 1
    assert_both_sides((work / SKILL).read_text())


def assert_both_sides(text: str) -> None:
    assert "<<<<<<< ours" in text
    for side in (OURS, THEIRS):
        assert all(line in text for line in str(side[SKILL]).splitlines())


def test_the_lock_merges_by_source(work: Path, tmp_path: Path) -> None:
    base = {LOCK: locked(a="1", b="1", c="1")}
    ours, theirs = {LOCK: locked(a="2", b="1", c="1", n="5")}, {LOCK: locked(a="1", b="1", c="3", m="4")}
    set_up(diverged(work, base, ours, theirs))
    done = attempt(work, program(tmp_path / "bin"), "merge", "--no-edit", "side")
    assert done.returncode == 0, done.stderr
    assert (work / LOCK).read_text() == locked(a="2", b="1", c="3", m="4", n="5")


def test_a_source_that_both_moved_is_one_conflict(work: Path, tmp_path: Path) -> None:
    set_up(
        diverged(
            work, {LOCK: locked(a="1", b="1")}, {LOCK: locked(a="2", b="2")}, {LOCK: locked(a="3", b="1")}
        )
    )
    done = attempt(work, program(tmp_path / "bin"), "merge", "side")
    assert done.returncode == 1
    text = (work / LOCK).read_text()
    assert text.count("<<<<<<<") == 1
    first, _, rest = text.partition("<<<<<<< ours\n")
    ours, _, rest = rest.partition("=======\n")
    theirs, _, rest = rest.partition(">>>>>>> theirs\n")
    assert first + ours + rest == locked(a="2", b="2")
    assert first + theirs + rest == locked(a="3", b="2")


# ------------------------------------------------------------------ resolve


def test_resolve_needs_no_set_up(work: Path) -> None:
    """It settles what Git left, stages nothing unless asked, and then there is nothing to do."""
    diverged(
        work,
        {**BASE, LOCK: locked(a="1")},
        {**OURS, LOCK: locked(a="1", b="2")},
        {**THEIRS, LOCK: locked(a="1", c="3")},
    )
    attempt(work, without_program(), "merge", "side")
    assert unmerged_paths(work) == [SKILL, LOCK]
    dry = run(work, "resolve", "--dry-run")
    assert dry.status == 0
    assert "+tags = " in dry.out
    assert "<<<<<<<" in (work / SKILL).read_text()
    done = succeed(work, "resolve")
    assert done.out == f"settled  {SKILL}\nsettled  {LOCK}\n"
    assert (work / SKILL).read_text() == MERGED
    assert (work / LOCK).read_text() == locked(a="1", b="2", c="3")
    assert unmerged_paths(work) == [SKILL, LOCK]
    found = run(work, "validate")
    assert found.out.count("[unmerged]") == 2
    succeed(work, "resolve", "--add")
    assert unmerged_paths(work) == []
    assert run(work, "validate").status == 0
    git(work, "commit", "--quiet", "--no-edit")
    assert succeed(work, "resolve").err == "Nothing is unmerged.\n"


def test_validate_fails_while_a_side_was_left_in_silence(work: Path) -> None:
    """A driver that crashed and has no fall-back leaves our file, valid and without a marker."""
    diverged(work, BASE, OURS, THEIRS)
    git(work, "config", "merge.skillmeat.driver", "exit 1")
    (work / ".gitattributes").write_text("manifests/**/*.toml merge=skillmeat\n")
    assert attempt(work, without_program(), "merge", "side").returncode == 1
    assert (work / SKILL).read_text() == OURS[SKILL]
    found = run(work, "validate", "--ignore", "warnings")
    assert found.status == 1
    assert found.out == (
        f"{SKILL}: Git holds several versions of the file: a merge of it is not finished. "
        f"Run `skillmeat resolve`; when the file is right, `git add` it. [unmerged]\n"
    )
    succeed(work, "resolve", "--add")
    assert (work / SKILL).read_text() == MERGED
    assert run(work, "validate").status == 0


def test_what_somebody_edited_is_left_alone(work: Path) -> None:
    diverged(work, BASE, OURS, THEIRS)
    attempt(work, without_program(), "merge", "side")
    mine = 'name = "X, settled by hand"\n'
    (work / SKILL).write_text(mine)
    left = run(work, "resolve", "--add", "--json")
    assert left.status == 1
    assert left.data[0]["settled"] is False
    assert "was edited since the merge" in left.data[0]["reasons"][0]
    assert (work / SKILL).read_text() == mine
    assert unmerged_paths(work) == [SKILL]


def test_line_ends_of_the_disk_are_no_edit(work: Path) -> None:
    """With ``core.autocrlf`` Git writes CRLF and stores LF."""
    diverged(work, BASE, OURS, THEIRS)
    git(work, "config", "core.autocrlf", "true")
    git(work, "config", "merge.skillmeat.driver", "exit 1")
    (work / ".gitattributes").write_text("manifests/**/*.toml merge=skillmeat\n")
    attempt(work, without_program(), "merge", "side")
    (work / SKILL).write_bytes(str(OURS[SKILL]).replace("\n", "\r\n").encode())
    succeed(work, "resolve", "--add")
    assert git(work, "show", f":{SKILL}") == MERGED.rstrip("\n")


def test_a_true_conflict_is_left_and_explained(work: Path) -> None:
    diverged(work, {TAG: 'name = "A"\n'}, {TAG: 'name = "B"\naliases = ["x"]\n'}, {TAG: 'name = "C"\n'})
    attempt(work, without_program(), "merge", "side")
    left = run(work, "resolve", "--add")
    assert left.status == 1
    assert left.out == f"left  {TAG}\n"
    assert "name: ours says “B”, theirs “C”; it was “A”." in left.err
    marked = '<<<<<<< ours\nname = "B"\n=======\nname = "C"\n>>>>>>> theirs\naliases = ["x"]\n'
    assert (work / TAG).read_text() == marked
    assert run(work, "resolve").status == 1
    assert (work / TAG).read_text() == marked


def test_both_made_the_same_record(work: Path) -> None:
    ours = {TAG: 'name = "Web"\ncolor = "#111111"\ncreated_at = 2026-02-02T00:00:00Z\n'}
    theirs = {TAG: 'name = "Web"\naliases = ["www"]\ncreated_at = 2026-02-01T00:00:00Z\n'}
    diverged(work, {"other": "x"}, ours, theirs)
    attempt(work, without_program(), "merge", "side")
    done = succeed(work, "resolve", "--add")
    assert "Both sides made it." in done.err
    assert (work / TAG).read_text() == (
        'name = "Web"\ncolor = "#111111"\naliases = ["www"]\ncreated_at = 2026-02-01T00:00:00Z\n'
    )


@pytest.mark.parametrize("renamer", ["ours", "theirs"])
def test_a_rename_takes_the_other_sides_change_along(work: Path, renamer: str) -> None:
    """Git sees a file deleted and another made; the alias says that it is the same record."""
    base = {TAG: 'name = "Web"\n'}
    new = "manifests/tags/internet.toml"
    renamed = {TAG: None, new: 'name = "Internet"\ncolor = "#123456"\naliases = ["web"]\n'}
    changed = {TAG: 'name = "Web"\ndescription = "Everything that is found on the Internet."\n'}
    sides = (renamed, changed) if renamer == "ours" else (changed, renamed)
    diverged(work, base, *sides)
    assert attempt(work, without_program(), "merge", "side").returncode == 1
    done = succeed(work, "resolve", "--add")
    assert f"renamed it to {new}" in done.err
    assert not (work / TAG).exists()
    assert (work / new).read_text() == (
        'name = "Internet"\ncolor = "#123456"\n'
        'description = "Everything that is found on the Internet."\naliases = ["web"]\n'
    )
    assert unmerged_paths(work) == []
    assert run(work, "validate").status == 0


def test_what_one_took_away_and_the_other_changed_is_for_people(work: Path) -> None:
    diverged(work, {TAG: 'name = "Web"\n'}, {TAG: None}, {TAG: 'name = "World"\n'})
    attempt(work, without_program(), "merge", "side")
    left = run(work, "resolve", "--add")
    assert (left.status, left.out) == (1, f"left  {TAG}\n")
    assert f"Keep it with “git add {TAG}”, or let it go with “git rm {TAG}”." in left.err


def test_what_one_took_away_and_the_other_laid_out_is_gone(work: Path) -> None:
    diverged(work, {TAG: 'name="Web"\n'}, {TAG: 'name = "Web"\n'}, {TAG: None})
    attempt(work, without_program(), "merge", "side")
    succeed(work, "resolve", "--add")
    assert not (work / TAG).exists()
    assert git(work, "status", "--porcelain") == f"D  {TAG}"


def test_what_is_no_manifest_is_named_and_left(work: Path) -> None:
    """It is below manifests/, so validate fails for it, too."""
    readme = "manifests/readmes/acme.md"
    diverged(work, {readme: "One.\n"}, {readme: "Two.\n"}, {readme: "Three.\n"})
    attempt(work, without_program(), "merge", "side")
    before = (work / readme).read_text()
    left = run(work, "resolve", "--add")
    assert (left.status, left.out) == (1, f"left  {readme}\n")
    assert "It is no manifest: merge it as any other file." in left.err
    assert (work / readme).read_text() == before
    assert f"{readme}: Git holds several versions" in run(work, "validate").out


def test_only_what_is_asked_for_is_settled(work: Path) -> None:
    other = "manifests/tags/net.toml"
    files = [
        {TAG: text, other: text}
        for text in ('name = "A"\n', 'name = "A"\naliases = ["x"]\n', 'name = "A"\naliases = ["y"]\n')
    ]
    diverged(work, *files)
    attempt(work, without_program(), "merge", "side")
    assert succeed(work, "resolve", str(work / TAG)).out == f"settled  {TAG}\n"
    assert "<<<<<<<" in (work / other).read_text()
    nothing = run(work, "resolve", str(work / "manifests/sources"), "--json")
    assert (nothing.status, nothing.error["code"]) == (3, "NOT_UNMERGED")


# ---------------------------------------------------------------- the index


@pytest.mark.parametrize("version", ["2", "3", "4", "split", "sha256"])
@pytest.mark.parametrize("folder", ["", "deep/catalog"])
def test_the_index_is_read_as_git_reads_it(tmp_path: Path, version: str, folder: str) -> None:
    """In every version, and where it is one that is left to Git to read."""
    work = tmp_path / "work"
    if version == "sha256":
        work.mkdir()
        git(work, "init", "--quiet", "--object-format=sha256")
    start = f"{folder}/" if folder else ""
    many = {f"{start}manifests/tags/t{number}.toml": f'name = "T{number}"\n' for number in range(40)}
    sides = [
        {f"{start}{TAG}": f'name = "{name}"\n', f"{start}{SKILL}": f'name = "{name}"\n'} for name in "ABC"
    ]
    base = {
        f"{start}manifests/skillmeat.toml": "format = 2\n",
        **many,
        **sides[0],
        "manifests/tags/z.toml": "z\n",
    }
    diverged(
        work, base, {**sides[1], "manifests/tags/z.toml": "y\n"}, {**sides[2], "manifests/tags/z.toml": "x\n"}
    )
    if version == "split":
        git(work, "update-index", "--split-index")
    elif version in "234":
        git(work, "update-index", "--index-version", version)
    attempt(work, without_program(), "merge", "side")
    if version == "3":
        (work / "new.txt").touch()
        git(work, "add", "--intent-to-add", "new.txt")
    wanted = [SKILL, TAG] if folder else [SKILL, TAG, "manifests/tags/z.toml"]
    assert unmerged_paths(work / folder) == wanted
    assert [each.path for each in index(work / folder).unmerged] == wanted


def test_outside_a_repository_nothing_is_unmerged(tmp_path: Path) -> None:
    succeed(tmp_path, "init")
    assert unmerged_paths(tmp_path) == []
    for command in ("resolve", "git-setup"):
        assert run(tmp_path, command, "--json").error["code"] == "REPOSITORY_NOT_FOUND"


def test_a_worktree_has_an_index_of_its_own(work: Path, tmp_path: Path) -> None:
    diverged(work, BASE, OURS, THEIRS)
    tree = tmp_path / "tree"
    git(work, "worktree", "add", "--quiet", "--detach", str(tree), "main")
    attempt(tree, without_program(), "merge", "side")
    assert (unmerged_paths(work), unmerged_paths(tree)) == ([], [SKILL])


# ---------------------------------------------------------------- git-setup


def test_the_set_up_is_written_once_and_taken_back(work: Path) -> None:
    commit(work, {"manifests/skillmeat.toml": "format = 2\n", ".gitattributes": "*.png binary"})
    assert run(work, "git-setup", "--check").status == 1
    first = succeed(work, "git-setup")
    assert first.out.splitlines() == [
        "Wrote in .gitattributes: manifests/**/*.toml merge=skillmeat",
        "Wrote in .gitattributes: manifests/skillmeat.lock merge=skillmeat",
        "Wrote: git config merge.skillmeat.name",
        "Wrote: git config merge.skillmeat.driver",
    ]
    text, config = (work / ".gitattributes").read_text(), (work / ".git/config").read_text()
    assert text.startswith("*.png binary\n")
    assert succeed(work, "git-setup", "--check").out == ""
    assert succeed(work, "git-setup").out == ""
    assert ((work / ".gitattributes").read_text(), (work / ".git/config").read_text()) == (text, config)
    assert git(work, "check-attr", "merge", TAG, LOCK).splitlines() == [
        f"{TAG}: merge: skillmeat",
        f"{LOCK}: merge: skillmeat",
    ]
    succeed(work, "git-setup", "--undo")
    assert (work / ".gitattributes").read_text() == "*.png binary\n"
    assert run(work, "git-setup", "--check", "--json").data["complete"] is False
    assert "merge" not in (work / ".git/config").read_text()
    assert succeed(work, "git-setup", "--undo").err == "Nothing to take away.\n"


def test_a_program_that_git_will_not_find_is_named(
    work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(work, {"manifests/skillmeat.toml": "format = 2\n"})
    monkeypatch.setenv("PATH", without_program()["PATH"])
    for arguments in ([], ["--check"]):
        assert "There is no “skillmeat” on PATH" in succeed(work, "git-setup", *arguments).err
    assert run(work, "git-setup", "--json").data["on_path"] is False
    monkeypatch.setattr("sys.executable", str(tmp_path / "bin/python"))
    assert "pipx install" in succeed(work, "git-setup").err
    monkeypatch.setenv("PATH", program(tmp_path / "bin", "exit 0")["PATH"])
    assert "PATH" not in succeed(work, "git-setup").err
    assert run(work, "git-setup", "--json").data["on_path"] is True
    monkeypatch.setenv("PATH", without_program()["PATH"])
    assert f"Add {tmp_path / 'bin'} to PATH" not in succeed(work, "git-setup", "--undo").err
    assert f"Add {tmp_path / 'bin'} to PATH" in succeed(work, "git-setup").err


def test_lines_of_ones_own_are_enough(work: Path) -> None:
    """As “init” writes them, with more on the line."""
    mine = "manifests/** text eol=lf merge=skillmeat\n"
    commit(work, {"manifests/skillmeat.toml": "format = 2\n", ".gitattributes": mine})
    succeed(work, "git-setup")
    assert (work / ".gitattributes").read_text() == mine
    assert run(work, "git-setup", "--check").status == 0


def test_attributes_that_are_a_link_are_refused(work: Path, tmp_path: Path) -> None:
    commit(work, {"manifests/skillmeat.toml": "format = 2\n"})
    (tmp_path / "elsewhere").write_text("")
    (work / ".gitattributes").symlink_to(tmp_path / "elsewhere")
    assert run(work, "git-setup", "--json").error["code"] == "ATTRIBUTES_REFUSED"
    assert (tmp_path / "elsewhere").read_text() == ""


# --------------------------------------------------------------- merge-file


def test_a_failure_is_no_conflict(tmp_path: Path) -> None:
    """Git takes 1 for a conflict that is marked; what cannot be read is more than that."""
    (tmp_path / "a").write_text("x = 1\n")
    ran = run(tmp_path, "merge-file", "a", "a", "missing", "manifests/tags/x.toml")
    assert ran.status == 3
    assert ran.err == "error: Nothing was merged: No such file or directory.\n"
    assert (tmp_path / "a").read_text() == "x = 1\n"


def test_the_markers_have_the_width_that_git_wants(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / name).write_text(f'name = "{name}"\n')
    assert run(tmp_path, "merge-file", "--marker-size=9", "a", "b", "c", TAG).status == 1
    assert (tmp_path / "b").read_text().splitlines()[0] == "<" * 9 + " ours"
    assert not list(tmp_path.glob("*.skillmeat"))
