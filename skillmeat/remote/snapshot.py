"""A fetched commit as a value: its paths, and the bytes at them. No network, no checkout."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches

from skillmeat.errors import NotFound, Refused, SkillmeatError
from skillmeat.remote import cache
from skillmeat.remote.names import MAX_PATH, fault, spelled
from skillmeat.remote.objects import Missing, Objects
from skillmeat.text import one_line, plural
from skillmeat.tree import FILE, PROGRAM, SUBMODULE, SYMLINK, TreeEntry

MAX_BLOB = 1 << 20
"""The most bytes of a file that is read; larger ones are not even asked for."""

MAX_TREE = 8 << 20
"""The most bytes of one tree object."""

MAX_ENTRIES = 200_000
"""The most files, links and folders of a commit."""

MAX_DEPTH = 64
"""The most folders inside one another."""

MAX_REFUSED = 1000
"""The most entries that are named as left out."""

MAX_HOPS = 8
"""The most symbolic links that are followed to get to a file."""

_FOLDER = "40000"
_Node = tuple[str, str]  # the mode and the object id


@dataclass(frozen=True, slots=True)
class Target:
    """Where a path leads when symbolic links inside the tree are followed: to ``path``, or nowhere
    because of ``problem``: ``broken``, ``escaping`` (out of the repository) or ``loop``.
    """

    path: str = ""
    problem: str = ""


class Snapshot:
    """The tree of one commit in the cache.

    ``entries`` are its files, links and submodules below ``root`` in the order of their paths' bytes;
    ``refused`` are the entries left out because of their names, each as a path that is safe to print
    and the reason. Every path is relative to the root of the repository, whatever ``root`` is.

    Raises ``NotFound`` when the commit is not in the cache or has no such ``root``, and ``Refused``
    when the tree is larger than the limits of this module or damaged.
    """

    def __init__(
        self, url: str, commit: str, root: str | None = None, objects: Objects | None = None
    ) -> None:
        self._objects = objects or _opened(url, commit)
        self.commit = commit
        self._url = one_line(url)
        self._repository = cache.repository(url, commit)
        self._folders: dict[str, dict[str, _Node]] = {}
        self._known = 0  # entries in those folders
        self._faults: dict[str, list[tuple[bytes, str]]] = {}
        self._blobs: dict[str, int | None] = {}
        head = self._contents([commit])[0].partition(b"\n")[0]
        self._root = head.removeprefix(b"tree ").decode()
        self.entries, self.refused = self._walk(root or ".")
        self._entries = {entry.path: entry for entry in self.entries}

    def close(self) -> None:
        """End the processes that read objects; they also end with the value."""
        self._objects.close()

    def read(self, path: str) -> bytes:
        """The bytes at ``path``; those of a symbolic link are where it points.

        Raises ``NotFound`` for a path that is not in the tree, ``Refused`` for a folder, a submodule
        or a file larger than ``MAX_BLOB``.
        """
        return next(self.read_many([path]))[1]

    def read_many(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Each of ``paths`` and its bytes, in their order. Raises as ``read`` does, before the first."""
        wanted = [(path, self._readable(path)) for path in paths]
        try:
            for (path, _), body in zip(
                wanted, self._objects.contents([oid for _, oid in wanted]), strict=True
            ):
                yield path, body
        except Missing:
            raise self._damaged() from None

    def tree(self, path: str) -> str:
        """The id of the Git object at ``path``; ``.`` is the root of the repository.

        Raises ``NotFound``.
        """
        return self._node(path)[1]

    def target(self, path: str) -> Target:
        """Where ``path`` leads when each symbolic link on the way is followed, by arithmetic on paths:
        nothing on disk is looked at. The target may be a folder; ``.`` is the root.
        """
        done: list[str] = []
        left = [part for part in path.split("/") if part != "."][::-1]
        hops = 0
        while left:
            part = left.pop()
            if part in ("", "."):
                continue
            if part == "..":
                if not done:
                    return Target(problem="escaping")
                done.pop()
                continue
            node = self._find([*done, part])
            if node is None:
                return Target(problem="broken")
            if node[0] != SYMLINK:
                done.append(part)
                continue
            hops += 1
            if hops > MAX_HOPS:
                return Target(problem="loop")
            size = self._size(node[1])
            if size is None or not 0 < size <= MAX_PATH * 4:
                return Target(problem="broken")
            link = self._contents([node[1]])[0].decode("utf-8", "surrogateescape").replace("\\", "/")
            if link.startswith("/") or link[1:2] == ":":
                return Target(problem="escaping")
            left += link.split("/")[::-1]
        return Target("/".join(done) or ".")

    def _walk(self, root: str) -> tuple[tuple[TreeEntry, ...], tuple[tuple[str, str], ...]]:
        """Every entry below ``root``, a level of folders at a time."""
        start = self._find([] if root == "." else root.split("/"))
        if start is None or start[0] != _FOLDER:
            raise NotFound(
                f"{self._url} has no folder “{one_line(root)}” at commit {self.commit[:12]}.",
                code="SOURCE_ROOT_NOT_FOUND",
            )
        prefix = "" if root == "." else f"{root}/"
        level = [(prefix, start[1])]
        found: list[tuple[str, str, str]] = []
        refused: list[tuple[str, str]] = []
        seen = 0
        for _ in range(MAX_DEPTH):
            self._load([oid for _, oid in level])
            below: list[tuple[str, str]] = []
            for prefix, oid in level:
                names = self._folders[oid]
                faults = self._faults.get(oid, ())
                seen += len(names) + len(faults)
                if seen > MAX_ENTRIES:
                    raise self._refusal(f"it holds more than {MAX_ENTRIES:,} files and folders")
                refused += [(spelled(prefix.encode() + name), reason) for name, reason in faults]
                for name, (mode, child) in names.items():
                    path = f"{prefix}{name}"
                    if len(path) > MAX_PATH:
                        refused.append(
                            (spelled(path.encode()), f"its path is longer than {MAX_PATH:,} characters")
                        )
                    elif mode == _FOLDER:
                        below.append((f"{path}/", child))
                    else:
                        found.append((path, mode, child))
            if not below:
                break
            level = below
        else:
            raise self._refusal(f"its folders are more than {MAX_DEPTH} deep")
        self._measure([oid for _, mode, oid in found if mode != SUBMODULE])
        found.sort(key=lambda entry: entry[0].encode())
        entries = tuple(TreeEntry(path, mode, oid, self._blobs.get(oid)) for path, mode, oid in found)
        return entries, tuple(_cut(sorted(refused)))

    def _load(self, oids: Iterable[str]) -> None:
        """Read those folders that are not yet known."""
        new = [oid for oid in dict.fromkeys(oids) if oid not in self._folders]
        for oid, header in zip(new, self._objects.headers(new), strict=True):
            if header is None or header.oid != oid or header.type != "tree":
                raise self._damaged()
            if header.size > MAX_TREE:
                raise self._refusal(f"one of its folders takes more than {MAX_TREE >> 20} MiB to list")
        try:
            for oid, text in zip(new, self._objects.contents(new), strict=True):
                self._folders[oid], faults = _parse(text, len(oid) // 2)
                self._known += len(self._folders[oid])
                if self._known > MAX_ENTRIES:
                    raise self._refusal(f"it holds more than {MAX_ENTRIES:,} files and folders")
                if faults:
                    self._faults[oid] = faults
        except (Missing, ValueError, IndexError):
            raise self._damaged() from None

    def _measure(self, oids: Iterable[str]) -> None:
        """Learn the sizes of blobs; one that was not fetched, or is too large, has none."""
        new = [oid for oid in dict.fromkeys(oids) if oid not in self._blobs]
        for oid, header in zip(new, self._objects.headers(new), strict=True):
            known = header is not None and header.oid == oid and header.type == "blob"
            self._blobs[oid] = header.size if known and header and header.size <= MAX_BLOB else None

    def _size(self, oid: str) -> int | None:
        self._measure([oid])
        return self._blobs[oid]

    def _find(self, parts: list[str]) -> _Node | None:
        node: _Node = (_FOLDER, self._root)
        for part in parts:
            if node[0] != _FOLDER:
                return None
            self._load([node[1]])
            inner = self._folders[node[1]].get(part)
            if inner is None:
                return None
            node = inner
        return node

    def _node(self, path: str) -> _Node:
        node = self._find([] if path == "." else path.split("/"))
        if node is None:
            near = get_close_matches(path, [entry.path for entry in self.entries], n=1, cutoff=0.8)
            raise NotFound(
                f"{self._url} has no “{one_line(path)}” at commit {self.commit[:12]}.",
                code="CONTENT_NOT_FOUND",
                hint=f"Did you mean “{near[0]}”?" if near else "",
            )
        return node

    def _readable(self, path: str) -> str:
        entry = self._entries.get(path)
        mode, oid = (entry.mode, entry.oid) if entry else self._node(path)
        if mode in (_FOLDER, SUBMODULE):
            what = "folder" if mode == _FOLDER else "submodule"
            raise Refused(f"“{one_line(path)}” in {self._url} is a {what}.", code="CONTENT_NOT_A_FILE")
        if self._size(oid) is None:
            raise Refused(
                f"“{one_line(path)}” in {self._url} is larger than {MAX_BLOB >> 20} MiB and is not read.",
                code="CONTENT_TOO_LARGE",
            )
        return oid

    def _contents(self, oids: list[str]) -> list[bytes]:
        try:
            return list(self._objects.contents(oids))
        except Missing:
            raise self._damaged() from None

    def _refusal(self, reason: str) -> Refused:
        self.close()
        return Refused(
            f"Commit {self.commit[:12]} of {self._url} is refused: {reason}.", code="SOURCE_REFUSED"
        )

    def _damaged(self) -> SkillmeatError:
        self.close()
        cache.mark_damaged(self._repository)
        return NotFound(
            f"What was fetched of {self._url} at commit {self.commit[:12]} is incomplete or damaged.",
            code="CONTENT_NOT_FETCHED",
            hint="Run `skillmeat fetch`.",
        )


def snapshot(url: str, commit: str, root: str | None = None) -> Snapshot:
    """The tree of a commit that ``fetch`` brought, below ``root`` if one is given: see ``Snapshot``."""
    return Snapshot(url, commit, root)


def snapshot_if_fetched(url: str, commit: str) -> Snapshot | None:
    """As ``snapshot``; None where ``has`` says no, which is not asked beforehand: that takes a process."""
    objects = cache.opened(url, commit)
    return Snapshot(url, commit, objects=objects) if objects else None


def commit_time(url: str, commit: str) -> datetime:
    """When the commit was made, in UTC, as its committer said.

    Raises ``NotFound`` when it is not in the cache.
    """
    objects = _opened(url, commit)
    try:
        head = objects.content(commit).partition(b"\n\n")[0]
        (line,) = (line for line in head.split(b"\n") if line.startswith(b"committer "))
        return datetime.fromtimestamp(int(line.split()[-2]), UTC)
    except (Missing, ValueError, OverflowError, OSError):
        raise _not_fetched(url, commit) from None
    finally:
        objects.close()


def _opened(url: str, commit: str) -> Objects:
    objects = cache.opened(url, commit)
    if objects is None:
        raise _not_fetched(url, commit)
    return objects


def _not_fetched(url: str, commit: str) -> NotFound:
    return NotFound(
        f"Commit {commit[:12]} of {one_line(url)} has not been fetched.",
        code="CONTENT_NOT_FETCHED",
        hint="Run `skillmeat fetch`.",
    )


def _parse(text: bytes, id_bytes: int) -> tuple[dict[str, _Node], list[tuple[bytes, str]]]:
    """The entries of a tree object, and those left out with the reason."""
    names: dict[str, _Node] = {}
    faults: list[tuple[bytes, str]] = []
    position = 0
    while position < len(text):
        space = text.index(b" ", position)
        end = text.index(b"\0", space)
        name = text[space + 1 : end]
        after = end + 1 + id_bytes
        if after > len(text):
            raise ValueError(text)
        node = (_mode(int(text[position:space], 8)), text[end + 1 : after].hex())
        position = after
        reason = fault(name)
        if not reason and name.decode() in names:
            reason = "its folder has that name twice"
        if reason:
            faults.append((name, reason))
        else:
            names[name.decode()] = node
    return names, faults


def _mode(mode: int) -> str:
    """The mode as Git takes it: one of its five."""
    match mode & 0o170000:
        case 0o040000:
            return _FOLDER
        case 0o120000:
            return SYMLINK
        case 0o160000:
            return SUBMODULE
        case _:
            return PROGRAM if mode & 0o100 else FILE


def _cut(refused: list[tuple[str, str]]) -> list[tuple[str, str]]:
    if len(refused) <= MAX_REFUSED:
        return refused
    return [
        *refused[:MAX_REFUSED],
        ("…", f"{plural(len(refused) - MAX_REFUSED, 'more entry', 'more entries')}"),
    ]
