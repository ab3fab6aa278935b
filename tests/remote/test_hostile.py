"""Repositories made to hurt their reader (SECURITY.md, row S1): none escapes, runs anything or hangs.

Each is fetched as it comes, and also put into the cache past Git's own check, so that both guards are
held to account alone.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from skillmeat import remote
from skillmeat.errors import Refused, SkillmeatError
from skillmeat.remote import Target
from skillmeat.remote.cache import repository
from tests.pace import measured
from tests.remote.making import Content, Link, Made, Raw, plant

GOOD: dict[bytes, Content] = {b"SKILL.md": b"good"}
GIT_FOLDER = "its name is one for Git's own folder"
ELSEWHERE = "its name would lead elsewhere"

NAMES: dict[str, tuple[bytes, str, str]] = {
    # what it is: the name, how it is shown, why it is left out (nothing: it is not)
    "dot": (b".", ".", ELSEWHERE),
    "dot dot": (b"..", "..", ELSEWHERE),
    "absolute": (b"/etc/passwd", "/etc/passwd", ELSEWHERE),
    "slashes": (b"a/b/../../x", "a/b/../../x", ELSEWHERE),
    "backslashes": (b"..\\..\\x", "..\\..\\x", ELSEWHERE),
    ".git": (b".git", ".git", GIT_FOLDER),
    ".GIT": (b".GIT", ".GIT", GIT_FOLDER),
    "NTFS short name": (b"git~1", "git~1", GIT_FOLDER),
    "NTFS upper short name": (b"GIT~1", "GIT~1", GIT_FOLDER),
    "NTFS trailing dots": (b".git. .", ".git. .", GIT_FOLDER),
    "NTFS stream": (b".git::$INDEX_ALLOCATION", ".git::$INDEX_ALLOCATION", GIT_FOLDER),
    "HFS joiner": (".g\u200cit".encode(), ".g\u200cit", GIT_FOLDER),
    "HFS mark": (".gi\ufefft".encode(), ".gi\\u{feff}t", GIT_FOLDER),
    "escape": (b"\x1b[2Jx", "\\u{001b}[2Jx", "its name holds U+001B, which a reader cannot see"),
    "C1 escape": ("\x9b2Jx".encode(), "\\u{009b}2Jx", "its name holds U+009B, which a reader cannot see"),
    "line feed": (b"a\n::error::b", "a\\n::error::b", "its name holds a control character"),
    "tab": (b"a\tb", "a\\tb", "its name holds a control character"),
    "carriage return": (b"a\r", "a\\r", "its name holds U+000D, which a reader cannot see"),
    "reversed": (
        "a\u202egpj.md".encode(),
        "a\\u{202e}gpj.md",
        "its name holds U+202E, which a reader cannot see",
    ),
    "tag letters": (
        "a\U000e0041".encode(),
        "a\\u{e0041}",
        "its name holds U+E0041, which a reader cannot see",
    ),
    "not UTF-8": (b"\xff\xfe", "\\xff\\xfe", "its name is not UTF-8"),
    "surrogate": (b"\xed\xa0\x80", "\\xed\\xa0\\x80", "its name is not UTF-8"),
    "4,000 letters": (b"a" * 4000, "a" * 254 + "…", "its name is longer than 255 bytes"),
    "device": (b"CON", "CON", ""),
    "colon": (b"a:b", "a:b", ""),
    "markup": (b"<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>", ""),
    "option": (b"--output=x", "--output=x", ""),
    "like .git": (b".gitx", ".gitx", ""),
    "submodules": (b".gitmodules.md", ".gitmodules.md", ""),
    "CJK": ("技能 é".encode(), "技能 é", ""),
}

# Names that Git's check does not object to; the others make it refuse the whole repository.
UNCHECKED = {
    "escape",
    "C1 escape",
    "line feed",
    "tab",
    "carriage return",
    "reversed",
    "tag letters",
    "not UTF-8",
    "surrogate",
    "4,000 letters",
    "backslashes",
    "device",
    "colon",
    "markup",
    "option",
    "like .git",
    "submodules",
    "CJK",
}


@pytest.fixture(autouse=True)
def canary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A file that every trap tries to make, in a folder where every relative path leads."""
    folder = tmp_path / "working"
    folder.mkdir()
    monkeypatch.chdir(folder)
    path = folder / "canary"
    with measured() as work:
        yield path
    assert list(folder.iterdir()) == []
    assert work.units < 2000, "a quarter of it is usual, with making the repository"


def verdict(act: Callable[[], object]) -> str:
    """What a call comes to: nothing, or one sentence for people."""
    try:
        act()
    except SkillmeatError as error:
        said = f"{type(error).__name__}: {error.detail}"
    else:
        return ""
    assert said.isprintable()
    return said


def fetch(made: Made, commit: str = "main") -> str:
    return remote.fetch(made.url, commit, allow_file=True)


@pytest.mark.parametrize("kind", NAMES)
@pytest.mark.parametrize("mode", [b"100644", b"40000"])
def test_a_hostile_name_is_left_out_and_listed(made: Made, kind: str, mode: bytes) -> None:
    """As a file and as a folder; the rest of the tree is read."""
    name, shown, reason = NAMES[kind]
    folder = mode == b"40000"
    inner = made.tree(GOOD) if folder else made.write("blob", b"evil")
    lines = sorted(
        [(mode, name, inner), (b"100644", b"SKILL.md", made.write("blob", b"good"))], key=lambda x: x[1]
    )
    commit = made.commit(made.raw_tree(lines))
    if kind in UNCHECKED:
        assert verdict(lambda: fetch(made)) == ""
    else:
        assert verdict(lambda: fetch(made)).startswith(f"Refused: {made.url} is refused: object ")
        assert not remote.has(made.url, commit)
        plant(made, commit)
    snapshot = remote.snapshot(made.url, commit)
    own = f"{name.decode()}/SKILL.md" if folder and not reason else name.decode(errors="replace")
    assert [entry.path for entry in snapshot.entries] == sorted(["SKILL.md"] if reason else ["SKILL.md", own])
    assert snapshot.refused == (((shown, reason),) if reason else ())
    assert snapshot.read("SKILL.md") == b"good"


def test_a_name_of_no_letter_is_refused(made: Made) -> None:
    """Git's own server side does not send it; one that does is caught by the check."""
    made.commit(made.raw_tree([(b"100644", b"", made.write("blob", b"x"))]))
    assert verdict(lambda: fetch(made)).startswith(("Unreachable: ", "Refused: "))


def test_a_name_that_is_there_twice_counts_once(made: Made) -> None:
    good, evil = made.write("blob", b"good"), made.write("blob", b"evil")
    commit = made.commit(made.raw_tree([(b"100644", b"SKILL.md", good), (b"100644", b"SKILL.md", evil)]))
    assert "duplicateEntries" in verdict(lambda: fetch(made))
    plant(made, commit)
    snapshot = remote.snapshot(made.url, commit)
    assert snapshot.refused == (("SKILL.md", "its folder has that name twice"),)
    assert snapshot.read("SKILL.md") == b"good"


def test_a_tree_out_of_order_is_refused(made: Made) -> None:
    blob = made.write("blob", b"x")
    made.commit(made.raw_tree([(b"100644", b"b", blob), (b"100644", b"a", blob)]))
    assert "treeNotSorted" in verdict(lambda: fetch(made))


def test_links_out_of_the_repository_are_only_text(made: Made) -> None:
    made.commit(
        {
            b"SKILL.md": Link(b"/etc/passwd"),
            b"folder": Link(b"/etc"),
            b"config": Link(b".git/config"),
            b"up": Link(b"../../../../../../etc/passwd"),
        }
    )
    snapshot = remote.snapshot(made.url, fetch(made))
    assert snapshot.read("SKILL.md") == b"/etc/passwd"
    assert {path: snapshot.target(path) for path in ("SKILL.md", "folder/passwd", "config", "up")} == {
        "SKILL.md": Target(problem="escaping"),
        "folder/passwd": Target(problem="escaping"),
        "config": Target(problem="broken"),
        "up": Target(problem="escaping"),
    }
    assert verdict(lambda: snapshot.read("folder/passwd")).startswith("NotFound: ")


def test_an_embedded_bare_repository_is_only_files(made: Made, canary: Path) -> None:
    config = f"[core]\n\tbare = true\n\trepositoryformatversion = 0\n\tfsmonitor = touch {canary}\n".encode()
    made.commit(
        {
            b"HEAD": b"ref: refs/heads/main\n",
            b"config": config,
            b"objects": {b"x": b""},
            b"refs": {b"x": b""},
            b"hooks": {
                b"post-checkout": Raw(b"100755", made.write("blob", f"#!/bin/sh\ntouch {canary}".encode()))
            },
        }
    )
    snapshot = remote.snapshot(made.url, fetch(made))
    assert snapshot.read("config") == config


def test_attributes_filters_and_lfs_are_only_files(made: Made, canary: Path) -> None:
    made.git("config", "filter.evil.smudge", f"touch {canary}")
    made.git("config", "filter.evil.process", f"touch {canary}")
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 1\n"
    made.commit(
        {
            b".gitattributes": b"* filter=evil diff=evil merge=evil export-subst\n",
            b".lfsconfig": f"[lfs]\n\turl = file://{canary}\n".encode(),
            b"x": pointer,
        }
    )
    assert remote.snapshot(made.url, fetch(made)).read("x") == pointer


@pytest.mark.parametrize("hook", ["post-checkout", "reference-transaction", "post-fetch", "pre-auto-gc"])
def test_hooks_and_configuration_of_the_source_do_not_run(made: Made, canary: Path, hook: str) -> None:
    """Those of a repository on this computer, which Git's own server side does look at."""
    made.commit(GOOD)
    script = made.path / "hooks" / hook
    script.parent.mkdir(exist_ok=True)
    script.write_text(f"#!/bin/sh\ntouch {canary}\n")
    script.chmod(0o755)
    for key in (
        "core.fsmonitor",
        "uploadpack.packObjectsHook",
        "core.pager",
        "alias.upload-pack",
        "gpg.program",
    ):
        made.git("config", key, f"touch {canary}; false")
    assert remote.snapshot(made.url, fetch(made)).read("SKILL.md") == b"good"


@pytest.mark.parametrize(
    ("modules", "refused"),
    [
        (b'[submodule "a"]\n\tpath = sub\n\turl = --upload-pack=touch canary\n', "gitmodulesUrl"),
        (b'[submodule "a"]\n\tpath = sub\n\turl = -ufoo\n', "gitmodulesUrl"),
        (b'[submodule "../../x"]\n\tpath = sub\n\turl = https://git.example.com/x\n', "gitmodulesName"),
        (b'[submodule "a"]\n\tpath = -sub\n\turl = https://git.example.com/x\n', "gitmodulesPath"),
        (b'[submodule "a"]\n\tpath = sub\n\turl = ./x\n\tupdate = !touch canary\n', "gitmodulesUpdate"),
        (b'[submodule "a"]\n\tpath = "sub\\r"\n\turl = https://git.example.com/x\n', ""),
        (b'[submodule "a"]\n\tpath = sub\n\turl = ext::sh -c "touch canary"\n', ""),
        (b'[submodule "a"]\n\tpath = sub\n\turl = ../other\n', ""),
    ],
)
def test_submodules_are_not_entered(made: Made, modules: bytes, refused: str) -> None:
    commit = made.commit({b".gitmodules": modules, b"sub": Raw(b"160000", "1" * 40), **GOOD})
    assert refused in verdict(lambda: fetch(made))
    if refused:
        plant(made, commit)
    snapshot = remote.snapshot(made.url, commit)
    assert [(entry.path, entry.size) for entry in snapshot.entries] == [
        (".gitmodules", len(modules)),
        ("SKILL.md", 4),
        ("sub", None),
    ]


def test_a_link_in_place_of_the_list_of_submodules_is_refused(made: Made) -> None:
    made.commit({b".gitmodules": Link(b"/etc/passwd")})
    assert "gitmodulesSymlink" in verdict(lambda: fetch(made))


def test_a_bomb_of_shared_folders_is_refused(made: Made) -> None:
    """10^10 paths in eleven objects."""
    tree = made.tree(GOOD)
    for _ in range(10):
        tree = made.raw_tree([(b"40000", b"d%d" % number, tree) for number in range(10)])
    commit = fetch(made, made.commit(tree))
    assert verdict(lambda: remote.snapshot(made.url, commit)) == (
        f"Refused: Commit {commit[:12]} of {made.url} is refused: "
        "it holds more than 200,000 files and folders."
    )


def deep(made: Made, levels: int) -> str:
    """Folders inside one another; one pack of them by fast-import would be refused by its own check."""
    packed = [
        "blob\nmark :1\ndata 4\ngood\ncommit refs/heads/main\ncommitter A <a@b> 1769000000 +0000\ndata 0\n"
    ]
    packed.append(f"M 100644 :1 {'d/' * levels}SKILL.md\n")
    made.git("fast-import", "--quiet", stdin="".join(packed).encode())
    return made.git("rev-parse", "main")


@pytest.mark.parametrize("levels", [64, 5000])
def test_folders_too_deep_are_refused(made: Made, levels: int) -> None:
    commit = deep(made, levels)
    assert fetch(made) == commit
    assert verdict(lambda: remote.snapshot(made.url, commit)) == (
        f"Refused: Commit {commit[:12]} of {made.url} is refused: its folders are more than 64 deep."
    )


def test_folders_just_not_too_deep_are_read(made: Made) -> None:
    deep(made, 63)
    assert remote.snapshot(made.url, fetch(made)).read("d/" * 63 + "SKILL.md") == b"good"


def test_a_path_too_long_is_left_out(made: Made) -> None:
    content: dict[bytes, Content] = {b"SKILL.md": b"x"}
    for _ in range(5):
        content = {b"n" * 250: content}
    snapshot = remote.snapshot(made.url, fetch(made, made.commit({**content, **GOOD})))
    assert [entry.path for entry in snapshot.entries] == ["SKILL.md"]
    assert snapshot.refused == (("n" * 250 + "/nnn…", "its path is longer than 1,000 characters"),)


@pytest.mark.parametrize(
    ("count", "reason"),
    [
        (200_001, "it holds more than 200,000 files and folders"),
        (300_000, "one of its folders takes more than 8 MiB to list"),
    ],
)
def test_a_folder_of_too_many_entries_is_refused(made: Made, count: int, reason: str) -> None:
    blob = made.write("blob", b"x")
    commit = fetch(
        made, made.commit(made.raw_tree([(b"100644", b"f%06d" % number, blob) for number in range(count)]))
    )
    assert verdict(lambda: remote.snapshot(made.url, commit)) == (
        f"Refused: Commit {commit[:12]} of {made.url} is refused: {reason}."
    )


def test_two_hundred_thousand_entries_are_read(made: Made) -> None:
    blob = made.write("blob", b"x")
    folder = made.raw_tree([(b"100644", b"f%05d" % number, blob) for number in range(99_999)])
    commit = fetch(made, made.commit(made.raw_tree([(b"40000", b"a", folder), (b"40000", b"b", folder)])))
    assert len(remote.snapshot(made.url, commit).entries) == 199_998


def test_a_thousand_hostile_names_are_listed_and_the_rest_counted(made: Made) -> None:
    blob = made.write("blob", b"x")
    names = [(b"100644", b"%05d\x1b" % number, blob) for number in range(1500)]
    snapshot = remote.snapshot(made.url, fetch(made, made.commit(made.raw_tree(names))))
    assert len(snapshot.refused) == 1001
    assert snapshot.refused[-1] == ("…", "500 more entries")


def test_a_bomb_of_zeros_is_not_unpacked(made: Made) -> None:
    """50 MiB that take 50 KB in a pack."""
    commit = fetch(made, made.commit({b"zeros": bytes(50 << 20), **GOOD}))
    snapshot = remote.snapshot(made.url, commit)
    assert {entry.path: entry.size for entry in snapshot.entries} == {"SKILL.md": 4, "zeros": None}
    assert verdict(lambda: snapshot.read("zeros")) == (
        f"Refused: “zeros” in {made.url} is larger than 1 MiB and is not read."
    )


def test_no_bomb_takes_much_memory_or_disk(made: Made) -> None:
    """A server that knows no filter and sends it all: at most 512 MiB of memory, 50 MiB of disk."""
    blob = made.write("blob", b"x")
    many = made.raw_tree([(b"100644", b"f%06d" % number, blob) for number in range(300_000)])
    commit = made.commit({b"zeros": bytes(100 << 20), b"many": Raw(b"40000", many)})
    script = made.path.parent / "ssh.sh"
    script.write_text(f"#!/bin/sh\nexec git -c uploadpack.allowFilter=false upload-pack {made.path}\n")
    script.chmod(0o755)
    program = (
        "import resource, sys\n"
        "from skillmeat import remote\n"
        "remote.fetch('ssh://git@git.example.com/x', 'main')\n"
        "try: remote.snapshot('ssh://git@git.example.com/x', sys.argv[1])\n"
        "except Exception as error: print(error.code)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, commit],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env={**os.environ, "GIT_SSH_COMMAND": str(script)},
    )
    code, mebibytes = done.stdout.split()
    kept = repository("ssh://git@git.example.com/x", commit)
    disk = sum(path.stat().st_size for path in kept.rglob("*") if path.is_file())
    print(f"bombs without a filter: {mebibytes} MiB of memory in one process, {disk >> 20} MiB of disk")
    assert (code, int(mebibytes) < 512, disk < 50 << 20) == ("SOURCE_REFUSED", True, True)


@pytest.mark.parametrize("kind", ["blob", "tree", "commit"])
def test_a_source_that_lacks_an_object_is_one_sentence(made: Made, kind: str) -> None:
    commit = made.commit({b"a": {b"SKILL.md": b"good"}})
    name = {"blob": "main:a/SKILL.md", "tree": "main:a", "commit": "main"}[kind]
    oid = made.git("rev-parse", name)
    (made.path / "objects" / oid[:2] / oid[2:]).unlink()
    assert verdict(lambda: fetch(made)).startswith(
        f"NotFound: {made.url} has no commit {commit[:12]}."
        if kind == "commit"
        else f"Unreachable: {made.url} cannot be read: "
    )
    assert not remote.has(made.url, commit)


@pytest.mark.parametrize("kind", ["blob", "tree", "commit"])
def test_a_source_with_a_corrupt_object_is_one_sentence(made: Made, kind: str) -> None:
    commit = made.commit({b"a": {b"SKILL.md": b"good"}})
    oid = made.git("rev-parse", {"blob": "main:a/SKILL.md", "tree": "main:a", "commit": "main"}[kind])
    path = made.path / "objects" / oid[:2] / oid[2:]
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-4] + b"\0\0\0\0")
    assert verdict(lambda: fetch(made)) != ""
    assert not remote.has(made.url, commit)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"tree\n",
        b"tree " + b"0" * 40 + b"\n",
        b"tree %s\nauthor \x1b[2J <> x\ncommitter y\n\n",
        b"tree %s\nauthor A <a> 1 +0000\ncommitter A <a> 99999999999999999999 +0000\n\nx",
    ],
)
def test_a_malformed_commit_is_refused(made: Made, body: bytes) -> None:
    tree = made.tree(GOOD).encode()
    commit = made.write("commit", body.replace(b"%s", tree))
    (made.path / "refs" / "heads" / "main").write_text(f"{commit}\n")
    assert verdict(lambda: fetch(made)) != ""
    assert not remote.has(made.url, commit)


def test_a_commit_of_many_mebibytes_is_refused(made: Made) -> None:
    tree = made.tree(GOOD)
    commit = made.git("commit-tree", tree, stdin=b"x" * (3 << 20))
    made.git("update-ref", "refs/heads/main", commit)
    with pytest.raises(Refused) as caught:
        fetch(made)
    assert caught.value.detail == f"Commit {commit[:12]} is larger than any that is read."


def test_references_to_nothing_and_to_each_other_end(made: Made) -> None:
    made.commit(GOOD)
    (made.path / "refs" / "heads" / "loop").write_text("ref: refs/heads/loop\n")
    (made.path / "refs" / "heads" / "out").write_text("ref: ../../../../etc/passwd\n")
    (made.path / "refs" / "heads" / "gone").write_text("1" * 40 + "\n")
    (made.path / "HEAD").write_text("ref: refs/heads/none\n")
    assert verdict(lambda: fetch(made, "HEAD")) != ""
    assert remote.snapshot(made.url, fetch(made, "main")).read("SKILL.md") == b"good"
