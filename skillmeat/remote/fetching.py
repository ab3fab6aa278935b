"""Asking a server what a name points to, and bringing one commit into the cache."""

from __future__ import annotations

import re
from difflib import get_close_matches
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from skillmeat.errors import Invalid, NotFound, Refused, Unreachable
from skillmeat.remote import cache
from skillmeat.remote.objects import Objects
from skillmeat.remote.snapshot import MAX_BLOB
from skillmeat.remote.transport import Route, route
from skillmeat.scalars import GitRef
from skillmeat.text import one_line

_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
_LOCK = "Run `skillmeat lock` to take what the ref points to now."
_FETCH = (
    "fetch",
    "--quiet",
    "--no-tags",
    "--no-write-fetch-head",
    "--no-recurse-submodules",
    "--no-auto-maintenance",
    f"--filter=blob:limit={MAX_BLOB + 1}",  # Git leaves out those of at least that size
)


def resolve(
    url: str, ref: str, *, allow_file: bool = False, folder: Path | None = None, seconds: float = 60
) -> str:
    """The commit that ``ref`` points to now: ``HEAD``, a branch, a tag (peeled), a full name
    (``refs/…``), or a commit id in full, which is its own answer without a question.

    Where a branch and a tag have one name, the branch is meant. ``folder`` is where the user works
    (``transport.route``). Raises ``Invalid`` for a value that cannot be right, ``NotFound`` when the
    repository has no such ref, ``Unreachable`` when it cannot be read.
    """
    return _resolve(route(url, allow_file=allow_file, folder=folder), _checked(ref), seconds)


def fetch(
    url: str,
    ref: str,
    *,
    branch: str | None = None,
    allow_file: bool = False,
    folder: Path | None = None,
    seconds: float = 300,
) -> str:
    """Bring the commit that ``ref`` names into the cache and return its id.

    A commit that is there already is not asked for again. Of a commit only its own tree is fetched,
    without files larger than ``MAX_BLOB``. ``branch`` is the ref in whose history a commit is looked
    for when the server gives out nothing by its id alone. Raises as ``resolve`` does, and ``Refused``
    for a repository that Git's own checks turn down.
    """
    ref = _checked(ref)
    if _COMMIT.fullmatch(ref) and cache.has(url, ref):
        return ref
    way = route(url, allow_file=allow_file, folder=folder)
    wanted = _resolve(way, ref, seconds)
    if cache.has(url, wanted):
        return wanted
    with cache.unfinished(wanted) as fresh:
        try:
            way.git(*_FETCH, "--depth=1", repository=fresh, after=(wanted,), seconds=seconds)
        except Unreachable as error:
            if "not our ref" in error.detail:
                raise NotFound(
                    f"{way.url} has no commit {wanted[:12]}.", code="SOURCE_REF_NOT_FOUND", hint=_LOCK
                ) from None
            if not re.search("unadvertised object|want .* not valid", error.detail):
                raise
            _fetch_history(way, wanted, _checked(branch or "HEAD"), fresh, seconds)
        commit = _peeled(fresh, wanted)
        if not commit:
            raise Invalid(
                f"“{one_line(ref)}” of {way.url} does not lead to a commit.", code="INVALID_SOURCE_REF"
            )
        cache.keep(fresh, url, commit)
    return commit


def descends(
    url: str,
    ref: str,
    commit: str,
    *,
    allow_file: bool = False,
    folder: Path | None = None,
    seconds: float = 300,
) -> bool:
    """Whether ``commit`` is in the history of ``ref``: neither from a fork nor rewound.

    Fetches the history without its files, and keeps nothing. Raises as ``resolve`` does.
    """
    way = route(url, allow_file=allow_file, folder=folder)
    tip = _resolve(way, _checked(ref), seconds)
    if tip == commit:
        return True
    with cache.unfinished(tip) as fresh:
        arguments = [word for word in _FETCH if not word.startswith("--filter")]
        way.git(*arguments, "--filter=tree:0", repository=fresh, after=(tip,), seconds=seconds)
        return _peeled(fresh, _checked(commit)) is not None


def _checked(ref: str) -> str:
    """``ref`` as Git takes it; a commit id in lower case. Raises ``Invalid``."""
    if _COMMIT.fullmatch(ref.lower()):
        return ref.lower()
    try:
        TypeAdapter(GitRef).validate_python(ref)
    except ValidationError as error:
        raise Invalid(one_line(error.errors()[0]["msg"]), code="INVALID_SOURCE_REF") from None
    return ref


def _resolve(way: Route, ref: str, seconds: float) -> str:
    if _COMMIT.fullmatch(ref):
        return ref
    names = (
        ["HEAD"]
        if ref == "HEAD"
        else [ref]
        if ref.startswith("refs/")
        else [f"refs/heads/{ref}", f"refs/tags/{ref}"]
    )
    peeled = [name for known in names for name in (f"{known}^{{}}", known)]
    refs = _refs(way, seconds, *peeled)
    for name in peeled:
        if name in refs:
            return refs[name]
    known = [
        re.sub("^refs/(heads|tags)/", "", name) for name in _refs(way, seconds) if not name.endswith("^{}")
    ]
    if not known:
        raise NotFound(f"{way.url} is empty: it has no branch and no tag.", code="SOURCE_REF_NOT_FOUND")
    hint = ""
    near = get_close_matches(ref, dict.fromkeys(known[:5000]), n=3)
    if re.fullmatch("[0-9a-f]{7,39}", ref):
        hint = "Write the commit id in full."
    elif near:
        hint = "Did you mean " + " or ".join(f"“{one_line(name)}”" for name in near) + "?"
    raise NotFound(
        f"{way.url} has no branch or tag “{one_line(ref)}”.", code="SOURCE_REF_NOT_FOUND", hint=hint
    )


def _refs(way: Route, seconds: float, *names: str) -> dict[str, str]:
    """The refs of a repository and their object ids: those that are named, else all."""
    listed = way.git("ls-remote", "--quiet", after=names, seconds=seconds).stdout.decode("utf-8", "replace")
    refs = {}
    for line in listed.splitlines():
        oid, _, name = line.partition("\t")
        if _COMMIT.fullmatch(oid):
            refs[name] = oid
    return refs


def _fetch_history(way: Route, wanted: str, branch: str, fresh: Path, seconds: float) -> None:
    """The way around a server that gives out only what a ref points to."""
    way.git(*_FETCH, repository=fresh, after=(_resolve(way, branch, seconds),), seconds=seconds)
    if not _peeled(fresh, wanted):
        raise Unreachable(
            f"{way.url} does not give out commit {wanted[:12]} by its id, and it is not in the history of "
            f"“{one_line(branch)}”.",
            code="UNREACHABLE",
            hint=_LOCK,
        )


def _peeled(repository: Path, name: str) -> str | None:
    """The commit that an object is, or that a tag points to."""
    objects = Objects(repository)
    try:
        header = objects.headers([f"{name}^{{commit}}"])[0]
        if header is None:
            return None
        if header.size > MAX_BLOB:
            raise Refused(f"Commit {header.oid[:12]} is larger than any that is read.", code="SOURCE_REFUSED")
        return header.oid
    finally:
        objects.close()
