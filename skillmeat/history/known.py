"""The past of the last commit, kept in the user's cache: a commit always has the same, and Git takes long to
tell it.

A store has a file for each thing that is told of its past, as good as the key it was written for: the commit
and whatever else makes Git tell something different of it (``quick.tip``).
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Self, TypeVar

from skillmeat import __version__, caching
from skillmeat.history import quick
from skillmeat.places import cache_folder

T = TypeVar("T")

_LAYOUT: Final = 1
"""Raise it when what is read of a commit, or how it is packed, is another."""


class Told:
    """What is told of a past: it can be packed, for a file and for another process."""

    def packed(self) -> list[Any]:
        """The arguments that ``unpacked`` makes the same of, as JSON has them."""
        raise NotImplementedError

    @classmethod
    def unpacked(cls, *args: Any, **kwargs: Any) -> Self:
        """What was ``packed``."""
        raise NotImplementedError

    @cached_property
    def digest(self) -> str:
        """What differs wherever this does; a pickle brings it along."""
        return _digest(_text(self.packed()))

    def __reduce__(self) -> tuple[object, ...]:
        pack = self.packed()
        digest = vars(self).get("digest") or _digest(_text(pack))
        return type(self).unpacked, tuple(pack), {"digest": digest}


def told(
    root: Path,
    name: str,
    read: Callable[[str], T],
    packed: Callable[[T], list[Any] | None],
    unpacked: Callable[..., T],
) -> T:
    """What ``read`` gives for the commit at ``HEAD``, or gave when it was last asked of this commit; then its
    ``digest`` is known too.

    ``packed`` gives the arguments that ``unpacked`` makes the same of, as JSON has them; None for what is not
    to be kept. ``read`` is given ``HEAD`` itself where it cannot be told which commit that is.
    """
    tip = quick.tip(root)
    file = _file(root, name) if tip else None
    if tip is None or file is None:
        return read("HEAD")
    key = _key(tip)
    body = caching.read(file, key)
    if body is not None:
        # else something that is not this program wrote it, and its digest too
        with suppress(ValueError, TypeError, LookupError, AttributeError, OverflowError, OSError):
            found = unpacked(*json.loads(body))
            vars(found)["digest"] = _digest(body)
            return found
    found = read(tip.commit)
    pack = packed(found)
    if pack is not None and quick.tip(root) == tip:  # nobody fetched or replaced anything meanwhile
        caching.write(file, key, _text(pack))
    return found


def _digest(text: bytes) -> str:
    return hashlib.blake2b(text, digest_size=16).hexdigest()


def _text(pack: list[Any]) -> bytes:
    return json.dumps(pack, separators=(",", ":")).encode()


def _file(root: Path, name: str) -> Path | None:
    place = str(root.absolute()).encode("utf-8", "surrogateescape")
    try:
        return cache_folder() / "pasts" / f"{hashlib.sha256(place).hexdigest()[:32]}-{name}"
    except RuntimeError:  # a user without a home
        return None


def _key(tip: quick.Tip) -> str:
    facts = repr((__version__, _LAYOUT, sys.hexversion, tip)).encode()
    return hashlib.blake2b(facts, digest_size=32).hexdigest()
