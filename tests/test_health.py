"""What deserves a curator's attention is found, said once, and quickly in a large catalog."""

from __future__ import annotations

import time
from dataclasses import replace

from skillmeat.catalog import Catalog
from skillmeat.checks import OF_DESCRIPTIONS, check
from skillmeat.health import Case, examine
from skillmeat.model import Artifact, Collection, Settings, Source, Tag, Waiver
from tests.site import store


def cases(catalog: Catalog, key: str, absent: tuple[str, ...] = ()) -> tuple[Case, ...]:
    return next(each for each in examine(catalog, absent) if each.key == key).cases


def test_the_small_store_has_these_concerns() -> None:
    found = {each.key: [case.id for case in each.cases] for each in examine(store.catalog())}
    bare = [each for each in sorted(store.ARTIFACTS) if each != "skill/pdf-tools"]
    assert found == {
        "drifted-pins": ["skill/pdf-tools"],
        "stale-locks": [],
        "unlocked-sources": ["idle"],
        "gone-entries": [],
        "deprecated-member": ["starter"],
        "look-alike-name": [],
        "stray-artifacts": [
            "agent/elsewhere",
            "command/ship",
            "hook/guard",
            "mcp/docs",
            "skill/nested",
            "skill/unfetched",
        ],
        "copies": [],
        "namesakes": [],
        "near-duplicate-tag": [],
        "unused-tag": ["unused"],
        "empty-collection": ["empty", "starter"],
        "missing-description": bare,
        "repeated-name": [],
        "missing-license": bare,
        "invalid-license": [],
        "absent-content": [],
    }


def test_a_drifted_pin_is_said_with_both_hashes() -> None:
    then, now = store.digest("old")[:12], store.digest("plugins/x/skills/nested")[:12]
    assert cases(store.catalog(), "drifted-pins") == (
        Case(
            "artifact",
            "skill/pdf-tools",
            f"Pins skill/nested to sha256:{then}; the lock has sha256:{now}.",
            "skillmeat association pin skill/pdf-tools",
            ("skill/nested",),
        ),
    )


def test_a_source_that_asks_for_something_else_has_a_stale_lock() -> None:
    moved = {**store.SOURCES, "acme-kit": store.SOURCES["acme-kit"].but(ref="v3")}
    assert cases(store.catalog(sources=moved), "stale-locks") == (
        Case("source", "acme-kit", "", "skillmeat lock acme-kit"),
    )


def test_what_the_source_no_longer_has_is_gone() -> None:
    nested = store.ARTIFACTS["skill/nested"].but(path="skills/elsewhere")
    found = cases(store.catalog(artifacts={**store.ARTIFACTS, nested.id: nested}), "gone-entries")
    assert found == (
        Case("artifact", nested.id, "The lock has no skill at “skills/elsewhere” in acme-skills."),
    )


def test_copies_are_told_once_by_type_and_hash() -> None:
    copies = {
        each: Artifact(id=each, name=each[-1], source="acme-skills", path="skills/pdf", tags=("pdf",))
        for each in ("skill/z", "skill/y")
    }
    found = cases(store.catalog(artifacts={**store.ARTIFACTS, **copies}), "copies")
    assert found == (
        Case(
            "artifact",
            "skill/pdf-tools",
            "Has the same content as 2 other artifacts.",
            "",
            ("skill/y", "skill/z"),
        ),
    )


def test_nearly_the_same_name_is_told_unless_the_content_is_the_same() -> None:
    def named(**names: str) -> Catalog:
        made = (Artifact(id=f"skill/{key}", name=name) for key, name in names.items())
        return Catalog(artifacts={each.id: each for each in made})

    said = "Is called nearly the same as 1 other artifact."
    assert cases(named(a="Web Apps", b="webapp", c="Other"), "namesakes") == (
        Case("artifact", "skill/a", said, "", ("skill/b",)),
    )
    assert cases(named(a="documents", b="docuemnts"), "namesakes") == (
        Case("artifact", "skill/b", said, "", ("skill/a",)),
    )
    assert cases(named(a="python 2", b="python 3"), "namesakes") == ()


def test_what_the_curators_live_with_is_counted_and_not_listed() -> None:
    waiver = Waiver(rule="missing-license", path="artifacts/skill/*", reason="We know.")
    concern = next(
        each
        for each in examine(store.catalog(settings=Settings(waivers=(waiver,))))
        if each.key == "missing-license"
    )
    assert [case.id for case in concern.cases if case.id.startswith("skill/")] == []
    assert concern.waived == 3


def test_content_that_is_not_here_is_listed_in_order() -> None:
    assert [case.id for case in cases(Catalog(), "absent-content", ("skill/b", "agent/a"))] == [
        "agent/a",
        "skill/b",
    ]


def test_ten_thousand_artifacts_take_no_time() -> None:
    """With a fifth of them copies and half of the names shared, as in real catalogs."""
    tags = {f"t{number}": Tag(id=f"t{number}", name=f"Tag {number}") for number in range(300)}
    artifacts = {
        f"skill/a-{number}": Artifact(
            id=f"skill/a-{number}",
            name=f"Tool for the {number % 5000}th case",
            source="acme-skills",
            path="skills/pdf" if number % 5 == 0 else f"skills/{number}",
            tags=(f"t{number % 300}",),
        )
        for number in range(10_000)
    }
    collections = {"c": Collection(id="c", name="C", artifacts=tuple(artifacts))}
    sources = {"acme-skills": Source(**dict(store.SOURCES["acme-skills"]))}
    catalog = Catalog(
        tags=tags, artifacts=artifacts, collections=collections, sources=sources, lock=store.LOCK
    )
    start = time.process_time()
    found = {each.key: len(each.cases) for each in examine(catalog)}
    assert time.process_time() - start < 5
    assert found["copies"] == 1
    assert found["namesakes"] == 5000 - 1000


def test_only_two_rules_read_how_artifacts_are_described() -> None:
    """The site judges the others anew only when something else changed."""
    catalog = store.catalog()
    plain = {each.id: each.but(description=None) for each in catalog.artifacts.values()}
    bare = replace(catalog, artifacts=plain)
    of_descriptions = {"missing-description", "repeated-name"}
    told = [each for each in examine(catalog) if each.key not in of_descriptions]
    assert told == [each for each in examine(bare) if each.key not in of_descriptions]
    assert catalog.artifacts != plain
    found = {each.rule for each in check(bare, OF_DESCRIPTIONS)}
    assert found == {"missing-description"}
