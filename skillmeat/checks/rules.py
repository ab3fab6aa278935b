"""Every rule by name: what it demands, and why. What ``validate --explain`` prints and SARIF carries."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from skillmeat.checks import RULES, TASTE
from skillmeat.problem import Severity


@dataclass(frozen=True, slots=True)
class Explained:
    """A rule for people. ``law`` and ``why`` are sentences; ``mended`` says that ``--fix`` mends it."""

    name: str
    severity: Severity
    law: str
    why: str
    mended: bool = False


MENDED: Final = frozenset({"former-name", "invalid-license", "listed-twice", "taken-alias", "unsorted-tags"})
"""The rules whose breaches ``--fix`` can mend without a guess.

Of a taken alias only one's own slug, of an invalid licence only its spelling.
"""

_OF_FILES: Final = {
    "toml-syntax": (
        "A manifest is TOML 1.0.",
        "Every tool that reads TOML must be able to read it, and what cannot be read is not in the catalog.",
    ),
    "not-utf8": ("A manifest is UTF-8.", "TOML is UTF-8 by definition; other bytes would be guessed at."),
    "too-large": (
        "A manifest has at most 256 KiB, a lock at most 4 MiB.",
        "Larger ones are no manifests, and reading them would let one file slow everybody down.",
    ),
    "unmerged": (
        "No file is in the middle of a merge, by its markers or by Git's index.",
        "Both sides are still in it. “skillmeat resolve” merges them by meaning.",
    ),
    "unreadable-file": (
        "Every manifest is a plain file that may be read.",
        "Links, pipes and folders in the place of a manifest could lead out of the store.",
    ),
    "stray-file": (
        "Every file below manifests/ is one that skillmeat reads.",
        "A file in the wrong place looks as if it counted, and does not.",
    ),
    "file-name": (
        "A manifest is named <slug>.toml.",
        "The path is the identity: it becomes an address, a command's argument and a file on every system.",
    ),
    "format": (
        "The store is in a format that this skillmeat reads.",
        "“skillmeat migrate” brings it to the current one.",
    ),
    "lock-version": (
        "The lock is in a version that this skillmeat reads.",
        "An older skillmeat would drop what a newer one wrote.",
    ),
    "unknown-key": (
        "A manifest holds only keys that mean something.",
        "A key that nothing reads is usually a slip, and its value would silently be without effect.",
    ),
    "missing-key": ("A manifest holds every key that is required.", "Without it the record is not usable."),
    "invalid-value": (
        "Every value is of the kind its key asks for.",
        "The README's section on what is on disk says what each key holds.",
    ),
    "too-many": (
        "A file has at most 500 problems that are told apart.",
        "Nobody mends them one by one; mend the first and look again.",
    ),
    "missing-content": (
        "What an artifact without a source is made of is in this repository.",
        "Its page would have nothing to show, and there would be nothing to install.",
    ),
    "unknown-rule": (
        "A waiver names a rule that can be waived.",
        "Only matters of taste can be waived; what breaks another rule cannot be published.",
    ),
}

_WHY: Final = {
    "unknown-tag": "A tag is a record with a page of its own, so that two spellings do not drift apart.",
    "unknown-source": "Without its source nobody can tell where an artifact comes from.",
    "unknown-artifact": "A list that names what is not there cannot be shown or installed.",
    "former-name": "The slug still resolves, but readers should meet one name for one thing.",
    "same-name": "People look for names; two that read the same cannot be told apart.",
    "taken-alias": "A former slug leads to one page, and a page that exists must stay reachable.",
    "reserved-name": "Windows cannot check such a file out, or the site has a page of its own there.",
    "listed-twice": "Twice says nothing more than once, and the order becomes ambiguous.",
    "not-in-collection": "Groups arrange what a collection holds; they hold nothing of their own.",
    "self-association": "Nothing contains, requires or replaces itself.",
    "association-cycle": "What contains or requires itself over others can never be installed.",
    "missing-path": "A source is a whole repository; the artifact is one place in it.",
    "path-not-in-source": "The locked commit has nothing there to show or to install.",
    "file-source": "It works on one machine only.",
    "near-duplicate-tag": "What belongs together ends up under two tags, and each list is half a list.",
    "unused-tag": "A tag that brings nothing together is noise in every list of tags.",
    "empty-collection": "A reader who opens it finds nothing.",
    "missing-description": "A list shows it, search looks in it, and an agent decides by it.",
    "missing-source": "A page that offers nothing helps nobody.",
    "repeated-name": "It takes the place where a reader looks for what the thing is for.",
    "unsorted-tags": "In one order, two people's additions rarely meet, and a diff shows what is new.",
    "missing-license": "Without one nobody may copy it, and many teams install nothing of the kind.",
    "invalid-license": "Tools that check licences read SPDX only, and one licence needs one spelling.",
    "deprecated-member": "A collection is a recommendation.",
    "look-alike-name": "A name one slip away from a trusted one is how people install the wrong thing.",
    "unreadable-color": "Somebody cannot read it: in bright light, on a poor screen, or with weaker eyes.",
    "unused-waiver": "Its reason is gone; left behind, it would hide the next breach.",
}

_BESIDE: Final[tuple[tuple[str, Severity, str], ...]] = (
    ("former-name", "error", "Records are named by the slug they have now."),
    ("unused-waiver", "warning", "Every waiver waives something."),
)
"""What other rules find on the way."""


def _explained() -> Mapping[str, Explained]:
    found: dict[str, Explained] = {}
    for name, (law, why) in _OF_FILES.items():
        found[name] = Explained(name, "error", law, why)
    for rule in (*RULES, *TASTE):
        name = rule.__name__.replace("_", "-")
        law = (inspect.getdoc(rule) or "").partition("\n\n")[0].replace("\n", " ")
        found[name] = Explained(
            name, "warning" if rule in TASTE else "error", law, _WHY[name], name in MENDED
        )
    for name, severity, law in _BESIDE:
        found[name] = Explained(name, severity, law, _WHY[name], name in MENDED)
    return dict(sorted(found.items()))


EXPLAINED: Final = _explained()
"""Every rule by its name, sorted."""
