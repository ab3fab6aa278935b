"""The store as it was at a commit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from skillmeat.errors import Invalid, NotFound, Refused
from skillmeat.history import quick
from skillmeat.history.repository import asking, prefix_of, repository_of
from skillmeat.history.repository import has_commit as repository_has_commit
from skillmeat.text import one_line, plural, shorten

if TYPE_CHECKING:
    import git


_REVISIONS: Final = "A revision is a commit, a branch or a tag."


def resolve(root: Path, revision: str) -> str:
    """The commit that a revision of the store's repository names, in full.

    Raises ``NotFound`` (``REVISION_NOT_FOUND``), ``Invalid`` (``INVALID_ARGUMENTS``) for what names no single
    commit, and ``Refused`` (``REPOSITORY_NOT_FOUND``, ``HISTORY_NOT_READABLE``).
    """
    repository = repository_or_refuse(root)
    import git

    if not revision.strip() or revision.startswith("^"):  # with which Git leaves commits out
        shown = shorten(one_line(revision), 100)
        raise Invalid(f"“{shown}” names no commit.", code="INVALID_ARGUMENTS", hint=_REVISIONS)
    try:
        arguments = ("--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        return str(repository.git.rev_parse(*arguments))
    except (git.GitCommandError, ValueError) as error:
        with asking("Git does not read the repository", code="HISTORY_NOT_READABLE"):
            repository.git.rev_parse("--git-dir")  # it may refuse whatever it is asked
        raise NotFound(
            f"There is no revision “{shorten(one_line(revision), 100)}” in this repository.",
            code="REVISION_NOT_FOUND",
            hint=f"{_REVISIONS} In a shallow clone, fetch it first.",
        ) from error


def has_commit(root: Path) -> bool:
    """Whether the store is in a repository that has a commit."""
    repository = repository_of(root)
    return repository is not None and repository_has_commit(repository)


def merge_base(root: Path, revision: str, tip: str = "HEAD") -> str:
    """The commit at which a tip and a revision parted; the revision itself where there is none.

    Raises as ``resolve`` does.
    """
    if found := quick.merge_base(root, revision, tip):
        return found
    commit = resolve(root, revision)
    import git

    try:
        return str(repository_or_refuse(root).git.merge_base(commit, tip)) or commit
    except git.GitCommandError:
        return commit


def differing(root: Path, commit: str) -> Mapping[str, bytes | None]:
    """The files below ``manifests/`` that a commit holds otherwise than the folder does.

    By path relative to the store's root: what the commit holds, None for a file it does not have. Together
    with the folder that is the store as it was, without reading what did not change since. Raises
    ``Refused`` (``HISTORY_NOT_READABLE``) with what Git says.
    """
    found_quickly = quick.differing(root, commit)
    if found_quickly is not None:
        return found_quickly
    repository = repository_or_refuse(root)
    prefix = prefix_of(repository, root)
    below = f"{prefix}manifests"
    with asking(f"Git cannot read the store at {commit[:12]}", code="HISTORY_NOT_READABLE"):
        differs = repository.git.diff(
            "--name-only",
            "-z",
            "--no-renames",
            "--no-ext-diff",
            "--ignore-submodules",
            commit,
            "--",
            f":/{below}",
        ).split("\0")
        added = repository.git.ls_files("--others", "-z", "--full-name", "--", f":/{below}").split("\0")
        left_out = (f"{prefix}{each}" for each in _hidden(repository, prefix))
        paths = dict.fromkeys(each for each in (*differs, *added, *left_out) if each)
        ours = [path for path in paths if "\n" not in path and not path.startswith(f"{below}/.")]
        found = blobs(repository, [f"{commit}:{path}" for path in ours])
        return {path[len(prefix) :]: data for path, (_, data) in zip(ours, found, strict=True)}


def hidden(root: Path) -> list[str]:
    """The manifests, relative to the store's root, that a sparse checkout leaves out of the folder.

    None outside a repository. Raises ``Refused`` (``INDEX_NOT_READABLE``).
    """
    repository = repository_of(root)
    if repository is None:
        return []
    with asking("Git cannot read its index", code="INDEX_NOT_READABLE"):
        found = _hidden(repository, prefix_of(repository, root))
    return [path for path in found if not (root / path).exists()]


def refuse_hidden(root: Path) -> None:
    """Raises ``Refused`` (``STORE_NOT_READABLE``) where manifests are ``hidden``: they would seem deleted."""
    if found := hidden(root):
        count = plural(len(found), "manifest")
        raise Refused(
            f"A sparse checkout leaves {count} out of this folder, such as {one_line(found[0])}.",
            code="STORE_NOT_READABLE",
            hint="Add them with “git sparse-checkout add manifests”, or compare two commits: BASE..HEAD.",
        )


def _hidden(repository: git.Repo, prefix: str) -> list[str]:
    listing = repository.git.ls_files("-t", "-z", "--full-name", "--", f":/{prefix}manifests")
    return [each[2 + len(prefix) :] for each in listing.split("\0") if each.startswith("S ")]


def holds(root: Path, commit: str, paths: Iterable[str]) -> frozenset[str]:
    """Those of the paths, relative to the store's root, at which a commit has a file or folder."""
    repository = repository_or_refuse(root)
    prefix = prefix_of(repository, root)
    asked = list(dict.fromkeys(path for path in paths if "\n" not in path))
    names = [f"{commit}:{prefix}{'' if path == '.' else path}".rstrip("/") for path in asked]
    lines = _batch(repository, "--batch-check", names)
    answers = lines.decode("utf-8", "replace").splitlines()
    return frozenset(
        path for path, line in zip(asked, answers, strict=False) if not line.endswith(" missing")
    )


def blobs(repository: git.Repo, names: Sequence[str]) -> Iterator[tuple[str, bytes | None]]:
    """What stands at each ``commit:path``, in order; None where there is no file."""
    output = _batch(repository, "--batch", [name for name in names if "\n" not in name])
    at = 0
    for name in names:
        if "\n" in name:  # cat-file reads a name a line
            yield name, None
            continue
        end = output.index(b"\n", at)
        head = output[at:end].split(b" ")
        size = int(head[2]) if len(head) == 3 and head[2].isdigit() else -1
        found = output[end + 1 : end + 1 + size] if size >= 0 and head[1] == b"blob" else None
        yield name, found  # a folder or a submodule has no content
        at = end + 1 + (size + 1 if size >= 0 else 0)


def _batch(repository: git.Repo, how: str, names: Sequence[str]) -> bytes:
    """What ``git cat-file`` says of each name, in order."""
    if not names:
        return b""
    import tempfile

    with tempfile.TemporaryFile() as asked:
        asked.write("".join(f"{name}\n" for name in names).encode("utf-8", "surrogateescape"))
        asked.seek(0)
        with asking("Git does not tell what was there", code="HISTORY_NOT_READABLE"):
            output: bytes = repository.git.cat_file(
                how, istream=asked, stdout_as_string=False, strip_newline_in_stdout=False
            )
        return output


def repository_or_refuse(root: Path) -> git.Repo:
    """The repository that a store is in. Raises ``Refused`` (``REPOSITORY_NOT_FOUND``, ``GIT_NOT_FOUND``)."""
    repository = repository_of(root)
    if repository is None:
        raise Refused(
            "This is not in a Git repository, so there is no past to read.",
            code="REPOSITORY_NOT_FOUND",
            hint="Run “git init” and commit the manifests.",
        )
    return repository


def top(root: Path) -> Path:
    """The top of the repository that a store is in; the store itself where there is none."""
    repository = repository_of(root)
    return Path(repository.working_dir).resolve() if repository else root
