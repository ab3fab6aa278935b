"""A fetched commit as a value."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from skillmeat import remote
from skillmeat.errors import NotFound, Refused, SkillmeatError
from skillmeat.remote import MAX_BLOB, Snapshot, Target
from skillmeat.remote.cache import repository
from skillmeat.remote.command import answers_both
from skillmeat.tree import TreeEntry
from tests.corpus import Repository, needed, repositories
from tests.pace import measured
from tests.remote.making import Content, Link, Made, Raw


def read(made: Made, content: dict[bytes, Content], root: str | None = None) -> Snapshot:
    commit = remote.fetch(made.url, made.commit(content), allow_file=True)
    return remote.snapshot(made.url, commit, root)


def failure(kind: type[SkillmeatError], act: Callable[[], object]) -> tuple[str, str, str]:
    with pytest.raises(kind) as caught:
        act()
    return caught.value.detail, caught.value.code, caught.value.hint


def test_entries_are_those_of_git_in_the_order_of_their_bytes(made: Made) -> None:
    snapshot = read(
        made,
        {
            b"b": b"1",
            b"a.x": b"22",
            b"a": {b"x": b"333", b"run": Raw(b"100755", made.write("blob", b"#!"))},
            b"link": Link(b"a/x"),
            b"svelte:a11y 2.md": b"",
            "技能".encode(): {"é".encode(): b"4444"},
            b"sub": Raw(b"160000", "1" * 40),
        },
    )
    lines = made.git("-c", "core.quotePath=false", "ls-tree", "-r", "-l", snapshot.commit).splitlines()
    expected = []
    for line in lines:
        fields, _, path = line.partition("\t")
        mode, _, oid, size = fields.split()
        expected.append(TreeEntry(path, mode, oid, None if size == "-" else int(size)))
    assert snapshot.entries == tuple(expected)
    assert [entry.path for entry in snapshot.entries] == [
        "a.x",
        "a/run",
        "a/x",
        "b",
        "link",
        "sub",
        "svelte:a11y 2.md",
        "技能/é",
    ]
    assert snapshot.refused == ()


def test_bytes_are_read_as_they_are(made: Made) -> None:
    """No line ending, keyword, encoding or filter of the source's attributes is applied."""
    attributes = b"* text eol=crlf ident filter=lfs working-tree-encoding=UTF-16 diff=x merge=x\n"
    body = b"a\r\nb\n$Id$\n\xff\0"
    snapshot = read(made, {b".gitattributes": attributes, b"x": body, b"empty": b"", b"link": Link(b"x")})
    assert dict(snapshot.read_many(["x", "empty", "link", "x"])) == {"x": body, "empty": b"", "link": b"x"}
    assert snapshot.read(".gitattributes") == attributes


def test_readers_may_be_interleaved(made: Made) -> None:
    paths = [f"f{number}" for number in range(100)]
    snapshot = read(made, {path.encode(): path.encode() * 50 for path in paths})
    pairs = zip(snapshot.read_many(paths), snapshot.read_many(paths[::-1]), strict=True)
    assert [(a, b, snapshot.read(a)) for (a, _), (b, _) in pairs] == [
        (a, b, a.encode() * 50) for a, b in zip(paths, paths[::-1], strict=True)
    ]


def test_threads_may_share_it(made: Made) -> None:
    paths = [f"f{number}" for number in range(200)]
    snapshot = read(made, {path.encode(): path.encode() * 99 for path in paths})
    wrong: list[str] = []

    def work() -> None:
        wrong.extend(path for path in paths if snapshot.read(path) != path.encode() * 99)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_closed_one_reads_again(made: Made) -> None:
    snapshot = read(made, {b"a": b"1"})
    snapshot.close()
    assert snapshot.read("a") == b"1"


@pytest.mark.parametrize("filtering", [True, False])
def test_a_large_file_is_not_read_whether_or_not_it_came(
    made: Made, filtering: bool, gitconfig: Path
) -> None:
    """A server that knows no filter changes nothing but what is transferred."""
    body = os.urandom(MAX_BLOB)
    commit = made.commit({b"just": body, b"large": body + b"x"})
    script = made.path.parent / "ssh.sh"
    script.write_text(f"#!/bin/sh\nexec git -c uploadpack.allowFilter={filtering} upload-pack {made.path}\n")
    script.chmod(0o755)
    with gitconfig.open("a") as file:
        file.write(f"[core]\n\tsshCommand = {script}\n")
    url = "ssh://git@git.example.com/x"
    snapshot = remote.snapshot(url, remote.fetch(url, "main"))
    assert {entry.path: entry.size for entry in snapshot.entries} == {"just": MAX_BLOB, "large": None}
    assert snapshot.read("just") == body
    assert failure(Refused, lambda: snapshot.read("large")) == (
        f"“large” in {url} is larger than 1 MiB and is not read.",
        "CONTENT_TOO_LARGE",
        "",
    )
    on_disk = sum(path.stat().st_size for path in repository(url, commit).rglob("*") if path.is_file())
    assert on_disk < (2 if filtering else 3) * MAX_BLOB


def test_what_cannot_be_read_says_why(made: Made) -> None:
    snapshot = read(made, {b"folder": {b"SKILL.md": b"x"}, b"sub": Raw(b"160000", "1" * 40)})
    commit = snapshot.commit[:12]
    answers = {
        path: failure(SkillmeatError, lambda path=path: snapshot.read(path))  # type: ignore[misc]
        for path in ("folder", "sub", "folder/skill.md", "../x", "folder/SKILL.md/x", "", "/folder")
    }
    assert answers == {
        "folder": (f"“folder” in {made.url} is a folder.", "CONTENT_NOT_A_FILE", ""),
        "sub": (f"“sub” in {made.url} is a submodule.", "CONTENT_NOT_A_FILE", ""),
        "folder/skill.md": (
            f"{made.url} has no “folder/skill.md” at commit {commit}.",
            "CONTENT_NOT_FOUND",
            "",
        ),
        "../x": (f"{made.url} has no “../x” at commit {commit}.", "CONTENT_NOT_FOUND", ""),
        "folder/SKILL.md/x": (
            f"{made.url} has no “folder/SKILL.md/x” at commit {commit}.",
            "CONTENT_NOT_FOUND",
            "Did you mean “folder/SKILL.md”?",
        ),
        "": (f"{made.url} has no “” at commit {commit}.", "CONTENT_NOT_FOUND", ""),
        "/folder": (f"{made.url} has no “/folder” at commit {commit}.", "CONTENT_NOT_FOUND", ""),
    }


def test_what_was_not_fetched_says_how(made: Made) -> None:
    assert failure(NotFound, lambda: remote.snapshot(made.url, "a" * 40)) == (
        f"Commit aaaaaaaaaaaa of {made.url} has not been fetched.",
        "CONTENT_NOT_FETCHED",
        "Run `skillmeat fetch`.",
    )


def test_ids_are_those_of_git(made: Made) -> None:
    snapshot = read(made, {b"a": {b"b": {b"c": b"1"}}})
    assert {path: snapshot.tree(path) for path in (".", "a", "a/b", "a/b/c")} == {
        ".": made.git("rev-parse", "HEAD^{tree}"),
        "a": made.git("rev-parse", "HEAD:a"),
        "a/b": made.git("rev-parse", "HEAD:a/b"),
        "a/b/c": made.git("rev-parse", "HEAD:a/b/c"),
    }


def test_below_a_root_only_its_entries_are_listed_and_all_can_be_read(made: Made) -> None:
    content: dict[bytes, Content] = {
        b"skills": {b"x": b"1", b"y": Link(b"../shared/y")},
        b"shared": {b"y": b"2"},
    }
    snapshot = read(made, content, "skills")
    assert [entry.path for entry in snapshot.entries] == ["skills/x", "skills/y"]
    assert snapshot.target("skills/y") == Target("shared/y")
    assert snapshot.read("shared/y") == b"2"
    assert failure(NotFound, lambda: remote.snapshot(made.url, snapshot.commit, "skill")) == (
        f"{made.url} has no folder “skill” at commit {snapshot.commit[:12]}.",
        "SOURCE_ROOT_NOT_FOUND",
        "",
    )


def test_links_are_followed_by_arithmetic(made: Made) -> None:
    chain: dict[bytes, Content] = {b"c%d" % n: Link(b"c%d" % (n + 1)) for n in range(9)}
    snapshot = read(
        made,
        {
            **chain,
            b"c9": b"end",
            b"skills": {
                b"a": {b"SKILL.md": b"1"},
                b"b": Link(b"a"),
                b"c": {b"SKILL.md": Link(b"../b/SKILL.md")},
                b"top": Link(b".."),
                b"self": Link(b"self"),
                b"out": Link(b"../../etc/passwd"),
                b"back": Link(b"../../x/../skills/a"),
                b"absolute": Link(b"/etc/passwd"),
                b"drive": Link(b"C:\\Users\\x"),
                b"windows": Link(b"a\\SKILL.md"),
                b"git": Link(b"../.git/config"),
                b"gone": Link(b"nothing"),
                b"empty": Link(b""),
                b"slash": Link(b"./a//"),
                b"binary": Link(b"\xff"),
                b"long": Link(b"a/../" * 2000),
            },
        },
    )
    assert {name: snapshot.target(f"skills/{name}") for name in ("a", "b", "b/SKILL.md", "c/SKILL.md")} == {
        "a": Target("skills/a"),
        "b": Target("skills/a"),
        "b/SKILL.md": Target("skills/a/SKILL.md"),
        "c/SKILL.md": Target("skills/a/SKILL.md"),
    }
    assert snapshot.target("skills/slash") == Target("skills/a")
    assert snapshot.target("skills/windows") == Target("skills/a/SKILL.md")
    assert snapshot.target("skills/top") == Target(".")
    assert [snapshot.target(path) for path in ("c1", "c0")] == [Target("c9"), Target(problem="loop")]
    assert {
        name: snapshot.target(f"skills/{name}").problem
        for name in (
            "self",
            "out",
            "back",
            "absolute",
            "drive",
            "git",
            "gone",
            "empty",
            "binary",
            "long",
            "no",
        )
    } == {
        "self": "loop",
        "out": "escaping",
        "back": "escaping",
        "absolute": "escaping",
        "drive": "escaping",
        "git": "broken",
        "gone": "broken",
        "empty": "broken",
        "binary": "broken",
        "long": "broken",
        "no": "broken",
    }


def test_three_thousand_files_are_listed_and_five_hundred_read_in_a_moment(made: Made) -> None:
    stream = [b"commit refs/heads/main\ncommitter A <a@b> 1769000000 +0000\ndata 0\n"]
    for number in range(3000):
        body = b"%d\n" % number * 600
        stream.append(
            b"M 100644 inline d%d/e%d/f%d\ndata %d\n%s\n"
            % (number % 30, number % 300, number, len(body), body)
        )
    made.git("fast-import", "--quiet", stdin=b"".join(stream))
    commit = remote.fetch(made.url, "main", allow_file=True)
    with measured() as work:
        snapshot = remote.snapshot(made.url, commit)
        found = snapshot.read_many(entry.path for entry in snapshot.entries[:500])
        assert sum(len(body) > 600 for _, body in found) == 500
        snapshot.close()
    assert len(snapshot.entries) == 3000
    assert work.units < 100, "a third of it is usual"


def test_no_process_is_left_behind(made: Made) -> None:
    """Neither when a snapshot is dropped nor at the end of the program; warnings are errors here."""
    commit = remote.fetch(made.url, made.commit({b"a": b"1"}), allow_file=True)
    program = (
        "import sys; from skillmeat import remote\n"
        "def names(): return [remote.snapshot(*sys.argv[1:]).read('a') for _ in range(3)]\n"
        "names(); kept = remote.snapshot(*sys.argv[1:]); kept.read('a')\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program, made.url, commit], capture_output=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


@needed
@pytest.mark.parametrize("repository", repositories(), ids=lambda repository: repository.name)
def test_real_repositories_read_as_git_reads_them(
    repository: Repository, tmp_path: Path, gitconfig: Path
) -> None:
    made = Made(tmp_path / "source.git")
    made.git("fetch", "--quiet", str(repository.bundle), "+refs/*:refs/*", "HEAD:refs/heads/tip")
    with gitconfig.open("a") as file:
        file.write(f'[url "{made.path}"]\n\tinsteadOf = {repository.url}\n')
    assert remote.fetch(repository.url, repository.commit) == repository.commit
    snapshot = remote.snapshot(repository.url, repository.commit)
    listed = subprocess.run(
        ["git", f"--git-dir={made.path}", "ls-tree", "-r", "-l", "-z", repository.commit],
        stdout=subprocess.PIPE,
        check=True,
    ).stdout.decode()
    expected = []
    for line in listed.split("\0")[:-1]:
        fields, _, path = line.partition("\t")
        mode, _, oid, size = fields.split()
        large = size == "-" or int(size) > MAX_BLOB
        expected.append(TreeEntry(path, mode, oid, None if large else int(size)))
    assert snapshot.entries == tuple(sorted(expected, key=lambda entry: entry.path.encode()))
    assert snapshot.refused == ()
    bodies = snapshot.read_many(entry.path for entry in snapshot.entries if entry.size is not None)
    sizes = {entry.path: entry.size for entry in snapshot.entries}
    assert all(len(body) == sizes[path] for path, body in bodies)


@pytest.mark.parametrize(
    ("version", "newer"),
    [
        ("git version 2.34.1", False),
        ("git version 2.36.0.windows.1", True),
        ("git version 3.0.0-rc1 (Apple Git-200)", True),
        ("tig", False),
    ],
)
def test_one_process_answers_everything_where_git_can(
    version: str, newer: bool, made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is read is the same with a Git that needs two: each process is counted as it starts."""
    content: dict[bytes, Content] = {b"a": b"1", b"b": {b"c": b"22"}}
    commit = remote.fetch(made.url, made.commit(content), allow_file=True)
    wrapper, started = tmp_path / "bin" / "git", tmp_path / "started"
    wrapper.parent.mkdir()
    wrapper.write_text(
        f"#!/bin/sh\n[ $2 = version ] && echo '{version}' && exit\n"
        f'echo "$3" >> {started}\nexec {shutil.which("git")} "$@"\n'
    )
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", str(wrapper.parent), prepend=os.pathsep)
    answers_both.cache_clear()
    try:
        snapshot = remote.snapshot(made.url, commit)
        assert dict(snapshot.read_many(["a", "b/c"])) == {"a": b"1", "b/c": b"22"}
    finally:
        answers_both.cache_clear()
    modes = started.read_text().split()
    assert modes == (["--batch-command"] if newer else ["--batch-check", "--batch"])
