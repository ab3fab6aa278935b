"""The ways a request can fail.

Each class fixes the exit status; each instance carries a stable ``code`` made of nouns
(``TAG_NOT_FOUND``) for programs, and a sentence for people. The library raises these and
never prints or exits: ``cli.main`` is the one place that turns them into output.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar


class SkillmeatError(Exception):
    """A request that was understood and cannot be carried out.

    ``detail`` is one sentence. ``hint`` says what to do next, or is empty.
    """

    kind: ClassVar[str] = "error"
    exit_status: ClassVar[int] = 1

    def __init__(self, detail: str, *, code: str, hint: str = "") -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code
        self.hint = hint

    def __reduce__(self) -> tuple[Callable[[], SkillmeatError], tuple[()]]:
        return partial(type(self), self.detail, code=self.code, hint=self.hint), ()


class Refused(SkillmeatError):
    """The edit would break the catalog, or something on disk stands in the way."""

    kind = "refused"
    exit_status = 1


class Invalid(SkillmeatError):
    """A value that no catalog could hold."""

    kind = "invalid"
    exit_status = 2


class NotFound(SkillmeatError):
    """The thing named does not exist; the hint offers the nearest names."""

    kind = "not_found"
    exit_status = 3


class Conflict(SkillmeatError):
    """The name is taken, the member is there already, or another writer was faster."""

    kind = "conflict"
    exit_status = 4


class Unreachable(SkillmeatError):
    """A remote did not answer, or answered with something that cannot be used."""

    kind = "unreachable"
    exit_status = 5
