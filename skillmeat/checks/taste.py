"""What may be, and had better not: warnings. They can be waived, and never keep an edit from being made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final, cast

from skillmeat import alike, licenses, theme
from skillmeat.catalog import Catalog
from skillmeat.checks.finding import Finding
from skillmeat.model import KINDS, Artifact, Kind, TrustLevel
from skillmeat.text import fold

LARGE: Final = 50
"""In a catalog of so many artifacts a tag should bring several of them together."""

_TRUSTED: Final = (TrustLevel.VERIFIED, TrustLevel.OFFICIAL)
_KIND: Final[dict[str, Kind]] = {kind.noun: kind for kind in KINDS}


def near_duplicate_tag(catalog: Catalog) -> Iterator[Finding]:
    """No two tags are nearly the same word."""
    same: dict[str, list[str]] = defaultdict(list)
    for tag in catalog.tags.values():
        for spelt in dict.fromkeys((alike.bare(tag.name), alike.bare(tag.id))):
            same[spelt].append(tag.id)
    found = {
        (min(first, other), max(first, other))
        for ids in same.values()
        for first, *others in [ids]
        for other in others
    }
    found |= {
        (min(first, other), max(first, other))
        for one, two in alike.pairs(same)
        for first in same[one]
        for other in same[two]
    }
    for pair in sorted(pair for pair in found if pair[0] != pair[1]):
        first, other = sorted(pair, key=lambda tag: (-len(catalog.tagged[tag]), tag))
        yield Finding(
            _KIND["tag"].path(other),
            "name",
            f"“{catalog.tags[other].name}” is nearly the tag {first}, “{catalog.tags[first].name}”.",
            f"If they mean one thing: skillmeat tag merge {other} {first}",
        )


def unused_tag(catalog: Catalog) -> Iterator[Finding]:
    """Every tag is used; in a larger catalog, more than once."""
    if any(path.startswith("manifests/artifacts/") for path in catalog.unreadable):
        return  # what cannot be read may have it
    least = 2 if len(catalog.artifacts) >= LARGE else 1
    for tag in catalog.tags.values():
        users = catalog.tagged[tag.id]
        if len(users) < least:
            said = f"Only {users[0]} has this tag." if users else "Nothing has this tag."
            yield Finding(
                _KIND["tag"].path(tag.id), "", said, "Tag more with it, merge it into another, or delete it."
            )


def empty_collection(catalog: Catalog) -> Iterator[Finding]:
    """Every collection and every group holds something."""
    for collection in catalog.collections.values():
        path = _KIND["collection"].path(collection.id)
        if not collection.artifacts:
            yield Finding(path, "", "The collection holds nothing.", "Add artifacts to it, or delete it.")
        for position, group in enumerate(collection.groups):
            if not group.artifacts:
                yield Finding(
                    path,
                    f"groups[{position}]",
                    f"The group “{group.slug}” holds nothing.",
                    "Add artifacts of the collection to it, or delete it.",
                )


def missing_description(catalog: Catalog) -> Iterator[Finding]:
    """Every artifact is described."""
    for artifact in catalog.artifacts.values():
        if not (artifact.description or "").strip():
            yield Finding(
                _KIND["artifact"].path(artifact.id),
                "",
                "It has no description, so nobody can tell from a list what it is for.",
                'Say in a sentence what it does and when to use it: description = "…".',
            )


def missing_source(catalog: Catalog) -> Iterator[Finding]:
    """Every artifact says where its content is."""
    for artifact in catalog.artifacts.values():
        if not artifact.source and not artifact.path:
            yield Finding(
                _KIND["artifact"].path(artifact.id),
                "",
                "It names neither a source nor a path, so there is nothing to show and nothing to install.",
                'Say where it is: path = "…" in this repository, or source = "…" as well.',
            )


def repeated_name(catalog: Catalog) -> Iterator[Finding]:
    """A description says more than the name."""
    for noun in ("tag", "artifact", "collection"):
        for record in catalog.of(_KIND[noun]).values():
            described = cast("Artifact", record)
            if described.description and alike.repeats(
                described.description, (described.name, record.id.rpartition("/")[2])
            ):
                yield Finding(
                    _KIND[noun].path(record.id),
                    "description",
                    "The description only repeats the name.",
                    "Say what it is for, or take it out.",
                )


def unsorted_tags(catalog: Catalog) -> Iterator[Finding]:
    """The tags of an artifact are in alphabetical order, so that two people's additions rarely meet."""
    for artifact in catalog.artifacts.values():
        if list(artifact.tags) != sorted(artifact.tags):
            yield Finding(
                _KIND["artifact"].path(artifact.id),
                "tags",
                "The tags are not in alphabetical order.",
                f"Write {', '.join(sorted(set(artifact.tags)))}.",
            )


def missing_license(catalog: Catalog) -> Iterator[Finding]:
    """Every artifact says under which licence it may be used."""
    for artifact in catalog.artifacts.values():
        if not artifact.license:
            yield Finding(
                _KIND["artifact"].path(artifact.id),
                "",
                "Nothing says under which licence it may be used.",
                'Add its SPDX identifier, as in license = "Apache-2.0".',
            )


def invalid_license(catalog: Catalog) -> Iterator[Finding]:
    """A licence is an SPDX expression, spelled as SPDX spells it."""
    for artifact in catalog.artifacts.values():
        stated = artifact.license
        if not stated or (written := licenses.canonical(stated)) == stated:
            continue
        if written:
            said, fix = f"SPDX spells “{stated}” otherwise.", f"Write “{written}”."
        elif meant := licenses.near(stated):
            said = f"“{stated}” is no SPDX expression."
            fix = f"Did you mean {' or '.join(f'“{each}”' for each in meant)}?"
        else:
            said = f"“{stated}” is no SPDX expression."
            fix = "Take one of https://spdx.org/licenses/, or write LicenseRef-… for one of its own."
        yield Finding(_KIND["artifact"].path(artifact.id), "license", said, fix)


def deprecated_member(catalog: Catalog) -> Iterator[Finding]:
    """No collection recommends what is deprecated."""
    for collection in catalog.collections.values():
        for position, member in enumerate(collection.artifacts):
            artifact = catalog.artifacts.get(member.artifact)
            if artifact and artifact.deprecated:
                yield Finding(
                    _KIND["collection"].path(collection.id),
                    f"artifacts[{position}]" + (".artifact" if member.note else ""),
                    f"{artifact.id} is deprecated.",
                    f"skillmeat collection remove {collection.id} {artifact.id}",
                )


def unreadable_color(catalog: Catalog) -> Iterator[Finding]:
    """The site's own colours can be read on what they stand on (WCAG 2.2 AA, 4.5 to 1)."""
    for each in theme.unreadable(catalog.settings.site):
        yield Finding(
            "manifests/skillmeat.toml",
            f"site.{each.key}",
            f"{each.color} has a contrast of {int(each.contrast * 10) / 10} to 1 with {each.against}; "
            "4.5 to 1 can be read.",
            f'The nearest that can be read is {each.key} = "{each.better}".',
        )


def look_alike_name(catalog: Catalog) -> Iterator[Finding]:
    """No artifact has nearly the name of one from a source that is trusted more.

    Names equal to the letter are common and allowed: their pages say where each comes from.
    """
    trusted: dict[str, list[str]] = defaultdict(list)
    others: dict[str, list[str]] = defaultdict(list)
    for artifact in catalog.artifacts.values():
        source = catalog.sources.get(artifact.source or "")
        if source is not None:
            kind, _, slug = artifact.id.partition("/")
            (trusted if source.trust_level in _TRUSTED else others)[kind].append(slug)
    for kind in sorted(trusted.keys() & others.keys()):
        for slug, model in sorted(_taken_for(others[kind], trusted[kind])):
            artifact, original = catalog.artifacts[f"{kind}/{slug}"], catalog.artifacts[f"{kind}/{model}"]
            if fold(artifact.name) != fold(original.name):
                yield Finding(
                    _KIND["artifact"].path(artifact.id),
                    "",
                    f"It is easily taken for {original.id}, whose source is trusted more.",
                    "Make sure that it is what people expect, and name it otherwise if you can.",
                )


def _taken_for(slugs: Sequence[str], models: Sequence[str]) -> set[tuple[str, str]]:
    """Every slug with each model that it looks like or is one slip away from."""
    seen: dict[str, list[str]] = defaultdict(list)
    for model in models:
        seen[alike.looks(model)].append(model)
    near = {(slug, model) for slug in slugs for model in seen.get(alike.looks(slug), ()) if slug != model}
    return near | {(slug, model) for model, slug in alike.between(models, slugs)}
