"""What deserves a curator's attention in a catalog that is sound: pins, locks, strays, doubles and gaps.

Warnings of ``checks.TASTE`` are among it as far as the curators did not waive them. Nothing here compares
every record with every other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from skillmeat import alike
from skillmeat.catalog import Catalog, answers
from skillmeat.checks import TASTE, check
from skillmeat.checks.waiving import waive
from skillmeat.model import KINDS, Artifact
from skillmeat.problem import Problem
from skillmeat.text import plural


@dataclass(frozen=True, slots=True)
class Case:
    """One record that a concern is about.

    ``said`` is a sentence on what is the matter, ``remedy`` what to do about it here, or empty where the
    concern's advice says it all. ``others`` are records of the same noun that it has to do with.
    """

    noun: str
    id: str
    said: str
    remedy: str = ""
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Concern:
    """Something to look after: its name for programs, its title, what to do, and the records, in order.

    ``waived`` is how many more the curators decided to live with.
    """

    key: str
    title: str
    advice: str
    cases: tuple[Case, ...]
    waived: int = 0


def examine(catalog: Catalog, absent: Collection[str] = ()) -> tuple[Concern, ...]:
    """Every concern, also those that nothing is the matter with, most pressing first.

    ``absent`` are the artifacts whose content is not on this machine.
    """
    kept, waived = waive(check(catalog, TASTE), catalog.settings.waivers)
    warned: dict[str, list[Case]] = defaultdict(list)
    for problem in kept:
        if case := _case(problem):
            warned[problem.rule].append(case)
    spared: dict[str, int] = defaultdict(int)
    for each in waived:
        spared[each.problem.rule] += 1
    concerns = []
    for key, (title, advice, find) in _CONCERNS.items():
        if find is not None:
            cases = tuple(find(catalog))
        elif key == _ABSENT:
            cases = tuple(Case("artifact", each, "") for each in sorted(absent))
        else:
            cases = tuple(warned[key])
        concerns.append(Concern(key, title, advice, cases, spared[key]))
    return tuple(concerns)


# ---------------------------------------------------------------- concerns


def _drifted(catalog: Catalog) -> Iterator[Case]:
    for parent in _artifacts(catalog):
        for link in parent.associations:
            child = catalog.artifacts.get(link.artifact)
            entry = catalog.entry(child) if child else None
            if link.pinned_version_hash and (entry is None or entry.hash != link.pinned_version_hash):
                now = f"has {entry.hash[:19]}" if entry else "does not have it"
                said = f"Pins {link.artifact} to {link.pinned_version_hash[:19]}; the lock {now}."
                remedy = f"skillmeat association pin {parent.id}"
                yield Case("artifact", parent.id, said, remedy, (link.artifact,))


def _stale(catalog: Catalog) -> Iterator[Case]:
    for source in sorted(catalog.sources.values(), key=lambda each: each.id):
        locked = catalog.locked.get(source.id)
        if locked and not answers(locked, source):
            yield Case("source", source.id, "", f"skillmeat lock {source.id}")


def _unlocked(catalog: Catalog) -> Iterator[Case]:
    for source_id in sorted(catalog.sources):
        if source_id not in catalog.locked:
            yield Case("source", source_id, "", f"skillmeat lock {source_id}")


def _gone(catalog: Catalog) -> Iterator[Case]:
    for artifact in _artifacts(catalog):
        if artifact.source in catalog.locked and artifact.path and catalog.entry(artifact) is None:
            said = f"The lock has no {artifact.type} at “{artifact.path}” in {artifact.source}."
            yield Case("artifact", artifact.id, said)


def _stray(catalog: Catalog) -> Iterator[Case]:
    for artifact in _artifacts(catalog):
        if not artifact.tags and not catalog.collections_with[artifact.id]:
            yield Case("artifact", artifact.id, "")


def _copies(catalog: Catalog) -> Iterator[Case]:
    same: dict[tuple[str, str], list[str]] = defaultdict(list)
    for artifact in _artifacts(catalog):
        if entry := catalog.entry(artifact):
            same[artifact.type, entry.hash].append(artifact.id)
    for first, *others in sorted(same.values()):
        if others:
            said = f"Has the same content as {plural(len(others), 'other artifact')}."
            yield Case("artifact", first, said, "", tuple(others))


def _namesakes(catalog: Catalog) -> Iterator[Case]:
    named: dict[tuple[str, str], list[str]] = defaultdict(list)
    for artifact in _artifacts(catalog):
        named[artifact.type, alike.bare(artifact.name)].append(artifact.id)
    near: dict[tuple[str, str], list[str]] = {}
    for kind in sorted({kind for kind, _ in named}):
        # Names with numbers are mostly series, whose members differ on purpose.
        for one, two in alike.pairs(name for each, name in named if each == kind and name.isalpha()):
            near.setdefault((kind, one), []).append(two)
    for key, ids in sorted(named.items()):
        kind = key[0]
        first, *others = [*ids, *(each for name in near.get(key, ()) for each in named[kind, name])]
        if others and len({_content(catalog, each) for each in (first, *others)}) > 1:
            said = f"Is called nearly the same as {plural(len(others), 'other artifact')}."
            yield Case("artifact", first, said, "", tuple(dict.fromkeys(others)))


def _content(catalog: Catalog, artifact_id: str) -> str:
    """What tells the content of an artifact from others; its id where the lock does not say."""
    entry = catalog.entry(catalog.artifacts[artifact_id])
    return entry.hash if entry else artifact_id


def _artifacts(catalog: Catalog) -> Iterable[Artifact]:
    return (catalog.artifacts[each] for each in sorted(catalog.artifacts))


_ABSENT: Final = "absent-content"

_CONCERNS: Final[dict[str, tuple[str, str, Callable[[Catalog], Iterator[Case]] | None]]] = {
    "drifted-pins": (
        "Pins that have drifted",
        (
            "The content that was meant is not what the lock has now. Look at what changed; then pin it "
            "anew, or leave it if the old content is still the one to use."
        ),
        _drifted,
    ),
    "stale-locks": (
        "Sources that changed since they were locked",
        "Their manifests ask for something else than the lock was made from. Lock them again.",
        _stale,
    ),
    "unlocked-sources": (
        "Sources that were never locked",
        "Nothing says which commit they stand for, so nothing of them can be verified. Lock them.",
        _unlocked,
    ),
    "gone-entries": (
        "Artifacts that are gone from their source",
        (
            "What they point to is not in the locked commit. Correct the path, point them elsewhere, or mark "
            "them deprecated."
        ),
        _gone,
    ),
    "deprecated-member": (
        "Collections that hold what is deprecated",
        "Put its successor in its place, or take it out.",
        None,
    ),
    "look-alike-name": (
        "Names easily taken for trusted ones",
        "Make sure that each is what people expect, and name it otherwise if you can.",
        None,
    ),
    "stray-artifacts": (
        "Artifacts in no collection and without tags",
        "Only a search finds them. Tag them, or add them to a collection.",
        _stray,
    ),
    "copies": (
        "Artifacts with the same content",
        (
            "Keep the one from the source that you trust most, and deprecate the others; or leave them, if "
            "each belongs with what stands beside it."
        ),
        _copies,
    ),
    "namesakes": (
        "Artifacts with nearly the same name",
        "Give them names that tell them apart.",
        _namesakes,
    ),
    "near-duplicate-tag": (
        "Tags that are nearly the same word",
        "If they mean one thing, merge them.",
        None,
    ),
    "unused-tag": (
        "Tags used once or not at all",
        (
            "A tag earns its place by bringing things together. Tag more with it, merge it into another, "
            "or delete it."
        ),
        None,
    ),
    "empty-collection": (
        "Collections and groups that hold nothing",
        "Add artifacts, or delete them.",
        None,
    ),
    "missing-description": (
        "Artifacts without a description",
        "Say in a sentence what each does and when to use it.",
        None,
    ),
    "repeated-name": (
        "Descriptions that only repeat the name",
        "Say what it is for, or take the description out.",
        None,
    ),
    "missing-license": (
        "Artifacts without a licence",
        "Nobody can tell whether they may be used. Add the SPDX identifier that their authors give.",
        None,
    ),
    "invalid-license": (
        "Licences that are not SPDX expressions",
        "Tools that check licences cannot read them. “skillmeat validate --fix” mends the spelling.",
        None,
    ),
    _ABSENT: (
        "Content that was not on the machine that built this site",
        "Their pages show the manifests only. Run “skillmeat fetch”; without a source, mend the path.",
        None,
    ),
}
"""By key: the title, the advice, and what finds the cases; without one, the rule of that name does."""

_FOLDERS: Final = {f"{kind.FOLDER}/{kind.plural}/": kind.noun for kind in KINDS}


def _case(problem: Problem) -> Case | None:
    """A warning as a case; None for one that is not about a record."""
    for folder, noun in _FOLDERS.items():
        if problem.path.startswith(folder):
            record = problem.path.removeprefix(folder).removesuffix(".toml")
            return Case(noun, record, problem.message, problem.fix)
    return None
