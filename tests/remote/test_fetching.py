"""What a ref points to, and bringing its commit into the cache."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from skillmeat import remote
from skillmeat.errors import Invalid, NotFound, Refused, SkillmeatError, Unreachable
from skillmeat.remote import transport
from skillmeat.remote.cache import repository
from tests.remote.making import Made

ELSEWHERE = "https://git.example.com/owner/name"


def resolved(made: Made, ref: str) -> str:
    return remote.resolve(made.url, ref, allow_file=True)


def fetched(made: Made, ref: str = "HEAD") -> str:
    return remote.fetch(made.url, ref, allow_file=True)


def failure(kind: type[SkillmeatError], *arguments: str, allow_file: bool = True) -> tuple[str, str, str]:
    """The sentence, the code and the hint with which a fetch fails."""
    with pytest.raises(kind) as caught:
        remote.fetch(*arguments, allow_file=allow_file)
    assert type(caught.value) is kind
    return caught.value.detail, caught.value.code, caught.value.hint


def test_every_kind_of_ref_leads_to_its_commit(made: Made) -> None:
    """A branch, a tag with and without an object of its own, a full name, HEAD and a commit id."""
    old = made.commit({b"a": b"1"})
    new = made.commit({b"a": b"2"}, old)
    made.git("tag", "light", old)
    made.git("tag", "-a", "-m", "x", "heavy", old)
    made.git("update-ref", "refs/pull/1/head", old)
    answers = {
        ref: resolved(made, ref)
        for ref in ("HEAD", "main", "light", "heavy", "refs/tags/heavy", "refs/pull/1/head", old, old.upper())
    }
    assert answers == {
        "HEAD": new,
        "main": new,
        "light": old,
        "heavy": old,
        "refs/tags/heavy": old,
        "refs/pull/1/head": old,
        old: old,
        old.upper(): old,
    }
    assert [fetched(made, ref) for ref in answers] == list(answers.values())


def test_a_branch_comes_before_a_tag_of_its_name(made: Made) -> None:
    old = made.commit({b"a": b"1"})
    new = made.commit({b"a": b"2"}, old)
    made.git("tag", "main", old)
    assert resolved(made, "main") == new


def test_the_id_of_a_tag_object_leads_to_its_commit(made: Made) -> None:
    commit = made.commit({b"a": b"1"})
    made.git("tag", "-a", "-m", "x", "heavy")
    assert fetched(made, made.git("rev-parse", "heavy")) == commit


def test_a_ref_that_leads_to_no_commit_is_invalid(made: Made) -> None:
    made.commit({b"a": b"1"})
    made.git("tag", "blob", made.write("blob", b"x"))
    assert failure(Invalid, made.url, "blob") == (
        f"“blob” of {made.url} does not lead to a commit.",
        "INVALID_SOURCE_REF",
        "",
    )


@pytest.mark.parametrize(
    ("ref", "hint"),
    [
        ("mian", "Did you mean “main”?"),
        ("refs/heads/mian", ""),
        ("0123abc", "Write the commit id in full."),
        ("unlike", ""),
    ],
)
def test_a_missing_ref_is_not_found_and_near_names_are_offered(made: Made, ref: str, hint: str) -> None:
    made.commit({b"a": b"1"})
    assert failure(NotFound, made.url, ref) == (
        f"{made.url} has no branch or tag “{ref}”.",
        "SOURCE_REF_NOT_FOUND",
        hint,
    )


def test_an_empty_repository_has_no_ref(made: Made) -> None:
    assert failure(NotFound, made.url, "HEAD") == (
        f"{made.url} is empty: it has no branch and no tag.",
        "SOURCE_REF_NOT_FOUND",
        "",
    )


def test_thousands_of_refs_are_no_burden(made: Made) -> None:
    commit = made.commit({b"a": b"1"})
    lines = [f"{commit} refs/tags/v{number}\n" for number in range(20_000)]
    (made.path / "packed-refs").write_text("".join(sorted(lines, key=lambda line: line[41:])))
    assert resolved(made, "v19999") == commit
    assert failure(NotFound, made.url, "v20001")[0] == f"{made.url} has no branch or tag “v20001”."


@pytest.mark.parametrize(
    "ref", ["-x", "--upload-pack=x", "a..b", "a b", "a\nb", "a:b", "main~1", "@{-1}", "", "x" * 256]
)
def test_what_is_no_ref_never_reaches_git(made: Made, ref: str) -> None:
    assert failure(Invalid, made.url, ref)[1] == "INVALID_SOURCE_REF"


@pytest.mark.parametrize(
    "url",
    [
        "ext::sh -c touch% canary",
        "git://git.example.com/x",
        "http://git.example.com/x",
        "https://user:secret@git.example.com/x",
        "--upload-pack=touch canary",
        "-oProxyCommand=x:y",
        "/etc",
        "../x",
        "https://git.example.com/a/../b",
        "https://git.example.com/a\nb",
        "",
    ],
)
def test_what_is_no_address_never_reaches_git(url: str) -> None:
    detail, code, _ = failure(Invalid, url, "main")
    assert (code, "\n" in detail) == ("INVALID_SOURCE", False)


def test_a_host_that_begins_like_an_option_is_refused() -> None:
    assert failure(Refused, "ssh://-oProxyCommand/x", "main")[0] == (
        "ssh://-oProxyCommand/x is not fetched: “ssh://-oProxyCommand/x” is not an address that is read "
        "(https, ssh, or a whole path)."
    )


def test_a_file_address_needs_permission(made: Made) -> None:
    assert failure(Refused, made.url, "main", allow_file=False) == (
        f"{made.url} is on this computer, and this store does not allow that.",
        "INVALID_SOURCE",
        "Set `allow_file = true` in [sources] of skillmeat.toml.",
    )


@pytest.mark.parametrize("form", ["file://{path}", "{path}"])
def test_the_users_own_rewriting_may_lead_to_a_file(made: Made, gitconfig: Path, form: str) -> None:
    """``insteadOf`` onto file:// and onto a plain path, the longest match first."""
    commit = made.commit({b"a": b"1"})
    with gitconfig.open("a") as file:
        file.write('[url "https://wrong.example.com/"]\n\tinsteadOf = https://git.example.com/\n')
        file.write(
            f'[url "{form.format(path=made.path.parent)}/"]\n\tinsteadOf = https://git.example.com/owner/\n'
        )
    assert remote.fetch("https://git.example.com/owner/source.git", "main") == commit
    assert remote.snapshot("https://git.example.com/owner/source.git", commit).read("a") == b"1"


def test_the_configuration_of_the_users_repository_counts(made: Made, tmp_path: Path) -> None:
    commit = made.commit({b"a": b"1"})
    store = tmp_path / "store"
    subprocess.run(["git", "init", "--quiet", str(store)], check=True)
    subprocess.run(["git", "-C", str(store), "config", f"url.{made.path}.insteadOf", ELSEWHERE], check=True)
    assert remote.resolve(ELSEWHERE, "main", folder=store) == commit


def test_configuration_from_the_environment_counts(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    commit = made.commit({b"a": b"1"})
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", f"url.{made.path}.insteadOf")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", ELSEWHERE)
    assert remote.resolve(ELSEWHERE, "main") == commit


@pytest.mark.parametrize(
    "base", ["ext::sh -c touch% canary ", "fd::", "git://h/", "../relative/", "--upload-pack=x"]
)
def test_rewriting_never_leads_to_a_program(gitconfig: Path, tmp_path: Path, base: str) -> None:
    with gitconfig.open("a") as file:
        file.write(f'[url "{base}"]\n\tinsteadOf = https://git.example.com/\n[protocol]\n\tallow = always\n')
    assert failure(Refused, ELSEWHERE, "main")[0] == (
        f"{ELSEWHERE} is not fetched: “{base}owner/name” is not an address that is read "
        "(https, ssh, or a whole path)."
    )


def test_ssh_goes_through_the_users_own_command(made: Made, gitconfig: Path, tmp_path: Path) -> None:
    """``core.sshCommand`` is run with the host; nothing else of the user's settings in core is taken."""
    commit = made.commit({b"a": b"1"})
    command = tmp_path / "ssh.sh"
    command.write_text(f'#!/bin/sh\necho "$@" >{tmp_path}/asked\nexec git upload-pack {made.path}\n')
    command.chmod(0o755)
    canary = tmp_path / "canary"
    with gitconfig.open("a") as file:
        file.write(
            f"[core]\n\tsshCommand = {command}\n\tfsmonitor = touch {canary}\n\tpager = touch {canary}\n"
        )
        file.write(f"[ssh]\n\tvariant = ssh\n[uploadpack]\n\tpackObjectsHook = touch {canary}\n")
    assert remote.fetch("git@git.example.com:owner/name", "main") == commit
    assert (tmp_path / "asked").read_text().splitlines()[-1] == (
        "-o SendEnv=GIT_PROTOCOL git@git.example.com git-upload-pack 'owner/name'"
    )
    assert not canary.exists()


def test_a_missing_repository_is_one_sentence(tmp_path: Path) -> None:
    assert failure(Unreachable, f"file://{tmp_path}/no", "main") == (
        f"file://{tmp_path}/no cannot be read: there is no repository at this address.",
        "UNREACHABLE",
        "Check the address.",
    )


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="only root can give a file away")
def test_a_repository_of_another_user_is_read_only_with_trust(made: Made, gitconfig: Path) -> None:
    commit = made.commit({b"a": b"1"})
    os.chown(made.path, 12345, 12345)
    assert failure(Unreachable, made.url, "main") == (
        f"{made.url} cannot be read: it belongs to another user of this computer.",
        "UNREACHABLE",
        f"If you trust it, run `git config --global --add safe.directory {made.path}`.",
    )
    with gitconfig.open("a") as file:
        file.write(f"[safe]\n\tdirectory = {made.path}\n")
    assert fetched(made, "main") == commit


def test_the_environment_of_a_hook_does_not_matter(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the store's own Git runs the command, with its paths in the environment."""
    commit = made.commit({b"a": b"1"})
    for name in ("GIT_OBJECT_DIRECTORY", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_NAMESPACE"):
        monkeypatch.setenv(name, str(made.path.parent / "nothing"))
    monkeypatch.chdir(made.path.parent)  # in a worktree Git itself would look for what is nowhere
    assert fetched(made) == commit
    assert remote.snapshot(made.url, commit).read("a") == b"1"


def test_broken_configuration_is_one_sentence(gitconfig: Path) -> None:
    gitconfig.write_text("[url\n")
    assert failure(Refused, ELSEWHERE, "main") == (
        f"Git cannot read its configuration: bad config line 1 in file {gitconfig}.",
        "GIT_MISCONFIGURED",
        "",
    )


def test_configuration_without_an_end_is_one_sentence(
    gitconfig: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Git waits for a pipe that nobody writes to."""
    os.mkfifo(tmp_path / "pipe")
    gitconfig.write_text(f"[include]\n\tpath = {tmp_path / 'pipe'}\n")
    monkeypatch.setattr(transport, "_PATIENCE", 0.5)
    assert failure(Refused, ELSEWHERE, "main") == (
        "Git did not tell its configuration within 0.5 seconds.",
        "GIT_MISCONFIGURED",
        "",
    )


def test_without_git_there_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert failure(Unreachable, ELSEWHERE, "main") == (
        "The command “git” is not there.",
        "GIT_NOT_FOUND",
        "Install Git 2.34 or newer.",
    )


def test_what_is_in_the_cache_is_not_asked_for_again(made: Made) -> None:
    commit = made.commit({b"a": b"1"})
    assert not remote.has(made.url, commit)
    fetched(made)
    shutil.rmtree(made.path)
    assert remote.has(made.url, commit)
    assert fetched(made, commit) == commit
    assert remote.snapshot(made.url, commit).read("a") == b"1"


def test_every_commit_that_was_fetched_stays(made: Made) -> None:
    commits = [made.commit({b"a": b"%d" % number}) for number in range(3)]
    for commit in commits:
        fetched(made, commit)
    assert [remote.snapshot(made.url, commit).read("a") for commit in commits] == [b"0", b"1", b"2"]


def test_a_commit_is_looked_for_in_a_branch_when_the_server_gives_nothing_by_id(
    made: Made, gitconfig: Path
) -> None:
    """Protocol 0 gives out only what a ref points to."""
    old = made.commit({b"a": b"1"})
    made.commit({b"a": b"2"}, old)
    lost = made.commit({b"a": b"3"}, branch="lost")
    made.git("update-ref", "-d", "refs/heads/lost")
    script = made.path.parent / "ssh.sh"
    script.write_text(f"#!/bin/sh\nunset GIT_PROTOCOL\nexec git upload-pack {made.path}\n")
    script.chmod(0o755)
    with gitconfig.open("a") as file:
        file.write(f"[core]\n\tsshCommand = {script}\n")
    url = "ssh://git@git.example.com/x"
    assert remote.fetch(url, old, branch="main") == old
    assert remote.snapshot(url, old).read("a") == b"1"
    assert failure(Unreachable, url, lost) == (
        f"{url} does not give out commit {lost[:12]} by its id, and it is not in the history of “HEAD”.",
        "UNREACHABLE",
        "Run `skillmeat lock` to take what the ref points to now.",
    )


def test_a_commit_that_is_not_there_is_not_found(made: Made) -> None:
    made.commit({b"a": b"1"})
    assert failure(NotFound, made.url, "a" * 40) == (
        f"{made.url} has no commit aaaaaaaaaaaa.",
        "SOURCE_REF_NOT_FOUND",
        "Run `skillmeat lock` to take what the ref points to now.",
    )


def test_history_tells_a_rewound_or_foreign_commit(made: Made) -> None:
    old = made.commit({b"a": b"1"})
    new = made.commit({b"a": b"2"}, old)
    foreign = made.commit({b"a": b"3"}, branch="foreign")
    made.git("update-ref", "refs/pull/1/head", foreign)
    made.git("update-ref", "-d", "refs/heads/foreign")
    answers = [remote.descends(made.url, "main", commit, allow_file=True) for commit in (old, new, foreign)]
    assert answers == [True, True, False]


def test_replaced_objects_are_not_read(made: Made) -> None:
    """``refs/replace`` of a source has no say about what a commit holds."""
    commit = made.commit({b"SKILL.md": b"good"})
    bad = made.commit({b"SKILL.md": b"evil"}, branch="bad")
    made.git("replace", commit, bad)
    fetched(made, commit)
    assert remote.snapshot(made.url, commit).read("SKILL.md") == b"good"


def test_the_time_of_a_commit_is_in_utc(made: Made) -> None:
    commit = fetched(made, made.commit({b"a": b"1"}))
    assert remote.commit_time(made.url, commit) == datetime(2026, 1, 21, 12, 53, 20, tzinfo=UTC)


def test_a_repository_of_long_ids_is_read(tmp_path: Path) -> None:
    made = Made(tmp_path / "long.git", "--object-format=sha256")
    commit = made.commit({b"a": b"1", b"b": {b"c": b"2"}})
    assert (len(commit), fetched(made)) == (64, commit)
    snapshot = remote.snapshot(made.url, commit)
    assert list(snapshot.read_many(["a", "b/c"])) == [("a", b"1"), ("b/c", b"2")]


def test_a_relative_working_directory_does_not_matter(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even one inside a bare repository whose configuration names programs."""
    canary = tmp_path / "canary"
    commit = made.commit({b"a": b"1"})
    for key in ("core.fsmonitor", "core.sshCommand", "core.hooksPath", "credential.helper", "http.proxy"):
        made.git("config", key, f"touch {canary}; false")
    monkeypatch.chdir(made.path)
    assert fetched(made) == commit
    assert remote.snapshot(made.url, commit).read("a") == b"1"
    assert failure(Unreachable, "ssh://git@localhost:1/x", "main", allow_file=False)[1] == "UNREACHABLE"
    assert not canary.exists()


def test_the_cache_is_private_and_ours(made: Made, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    commit = fetched(made, made.commit({b"a": b"1"}))
    kept = repository(made.url, commit)
    assert [stat.S_IMODE(path.stat().st_mode) for path in (kept.parent, kept)] == [0o700, 0o700]
    assert sorted(path.name for path in kept.parent.iterdir()) == [kept.name]
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    planted = tmp_path / "cache"
    planted.mkdir()
    (planted / "git").symlink_to(elsewhere)
    monkeypatch.setenv("SKILLMEAT_CACHE", str(planted))
    assert failure(Refused, made.url, "main") == (
        f"The cache “{planted}/git” is not a folder.",
        "CACHE_REFUSED",
        "",
    )
    assert list(elsewhere.iterdir()) == []


def test_the_cache_folder_follows_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKILLMEAT_CACHE", "/a/b")
    monkeypatch.setenv("XDG_CACHE_HOME", "/c")
    monkeypatch.setenv("HOME", "/home/x")
    found = [remote.cache_folder()]
    monkeypatch.delenv("SKILLMEAT_CACHE")
    found.append(remote.cache_folder())
    monkeypatch.setenv("XDG_CACHE_HOME", "relative/is/ignored")
    found.append(remote.cache_folder())
    own = "Library/Caches/skillmeat" if sys.platform == "darwin" else ".cache/skillmeat"
    assert found == [Path("/a/b"), Path("/c/skillmeat"), Path("/home/x", own)]


def test_many_at_once_do_not_disturb_each_other(made: Made) -> None:
    """Eight fetches of three commits into one cache, while others read."""
    commits = [made.commit({b"a": b"%d" % number, b"b": b"x" * 100}) for number in range(3)]
    wrong: list[object] = []

    def work(number: int) -> None:
        commit = commits[number % 3]
        try:
            fetched(made, commit)
            if remote.snapshot(made.url, commit).read("a") != b"%d" % (number % 3):
                wrong.append(commit)
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
