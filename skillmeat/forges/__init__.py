"""What a store needs to work on a forge at once: the files that ``init`` writes beside the manifests."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from importlib import resources
from typing import Final

from skillmeat import __version__
from skillmeat.history.driver import LINES


class Forge(StrEnum):
    """Where a store is worked on."""

    GITHUB = "github"
    GITLAB = "gitlab"
    NONE = "none"


_PLACES: Final[Mapping[Forge, Mapping[str, str]]] = {
    Forge.GITHUB: {
        f"github/{name}.yml": f".github/workflows/{name}.yml"
        for name in ("validate", "comment", "publish", "upgrade")
    },
    Forge.GITLAB: {"gitlab/gitlab-ci.yml": ".gitlab-ci.yml"},
    Forge.NONE: {},
}

ATTRIBUTES: Final = (
    "manifests/** text eol=lf",
    *LINES,
    "manifests/skillmeat.lock linguist-generated",
    "manifests/readmes/** linguist-generated",
    "manifests/.schemas/** linguist-generated",
)
"""The lines of ``.gitattributes``: one line end everywhere, our merges, and what people need not review."""

IGNORED: Final = ("/_site/",)
"""The lines of ``.gitignore``."""


def files(forge: Forge) -> Mapping[str, bytes]:
    """Whole files, by path relative to the store's root. They install this very version of skillmeat."""
    package = resources.files("skillmeat.forges")
    return {
        place: package.joinpath(name).read_text("utf-8").replace("@VERSION@", __version__).encode()
        for name, place in _PLACES[forge].items()
    }


def lines() -> Mapping[str, tuple[str, ...]]:
    """Lines that a file needs, by its path; the rest of it is the user's."""
    return {".gitattributes": ATTRIBUTES, ".gitignore": IGNORED}


def with_lines(text: str, wanted: tuple[str, ...]) -> str:
    """A text with the lines that it lacks at its end."""
    missing = [line for line in wanted if line not in text.splitlines()]
    end = "" if not missing or not text or text.endswith("\n") else "\n"
    return text + end + "".join(f"{line}\n" for line in missing)


def forge_of(address: str) -> Forge:
    """The forge that a remote's address points to; GitHub where that cannot be told."""
    host = address.partition("://")[2] or address
    host = host.rpartition("@")[2].partition("/")[0].partition(":")[0]
    return Forge.GITLAB if "gitlab" in host else Forge.GITHUB
