"""What holds between edits, whatever the catalog: undoing, order, and that nothing else changes."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skillmeat.catalog import Catalog, Edit
from skillmeat.checks import check
from skillmeat.edits import artifacts, associations, collections, groups, tags
from skillmeat.errors import Conflict, Invalid, NotFound, Refused, SkillmeatError
from skillmeat.model import Artifact, ArtifactType, Collection, RelationshipType, Tag, kind_of

TAGS = ("alpha", "beta", "gamma")
NAMES = ("one", "two", "three", "four")
COLLECTIONS = ("first", "second")


@st.composite
def catalogs(draw: st.DrawFn) -> Catalog:
    """Sound catalogs of a few records, all linked to each other."""
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, min_size=1))
    found = Catalog(
        tags={tag: Tag(id=tag, name=tag.upper()) for tag in TAGS},
        artifacts={
            f"skill/{name}": Artifact(
                id=f"skill/{name}",
                name=name,
                tags=tuple(draw(st.lists(st.sampled_from(TAGS), unique=True))),
            )
            for name in names
        },
    )
    for slug in COLLECTIONS:
        found = found.after(collections.create(found, slug))
        members = [f"skill/{name}" for name in draw(st.lists(st.sampled_from(names), unique=True))]
        if members:
            found = found.after(collections.add(found, slug, members, note=draw(st.none() | st.just("Note"))))
            found = found.after(groups.create(found, slug, "Group"))
            chosen = draw(st.lists(st.sampled_from(members), unique=True, min_size=1))
            found = found.after(groups.add(found, f"{slug}/group", chosen))
    for parent, child in pairwise(names):
        edit = associations.create(found, f"skill/{parent}", f"skill/{child}", RelationshipType.REQUIRES)
        found = found.after(edit)
    return found


@st.composite
def edits(draw: st.DrawFn, catalog: Catalog) -> Callable[[], Edit]:
    """Any edit of what may be there."""
    tag, other = (draw(st.sampled_from(TAGS)) for _ in range(2))
    name, child = (f"skill/{draw(st.sampled_from(NAMES))}" for _ in range(2))
    here, there = (draw(st.sampled_from(COLLECTIONS)) for _ in range(2))
    several = [f"skill/{each}" for each in draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3))]
    place = draw(st.integers(-1, 4))
    return draw(
        st.sampled_from(
            [
                lambda: tags.edit(catalog, tag, name="Other name"),
                lambda: tags.edit(catalog, tag, name=other.upper()),
                lambda: tags.delete(catalog, tag, cascade=True),
                lambda: tags.merge(catalog, tag, other),
                lambda: artifacts.create(catalog, ArtifactType.SKILL, "five", tags=[tag]),
                lambda: artifacts.add_tags(catalog, name, [tag]),
                lambda: artifacts.remove_tags(catalog, name, [tag]),
                lambda: artifacts.set_tags(catalog, name, [tag, other]),
                lambda: artifacts.rename(catalog, name, "renamed"),
                lambda: artifacts.delete(catalog, name, cascade=True),
                lambda: collections.add(catalog, here, several),
                lambda: collections.remove(catalog, here, several),
                lambda: collections.place(catalog, here, name, place),
                lambda: collections.copy(catalog, here, several, there),
                lambda: collections.move(catalog, here, several, there),
                lambda: collections.delete(catalog, here),
                lambda: groups.add(catalog, f"{here}/group", several, link=True),
                lambda: groups.remove(catalog, f"{here}/group", several),
                lambda: groups.place_artifact(catalog, f"{here}/group", name, place),
                lambda: groups.copy(catalog, f"{here}/group", [], there),
                lambda: groups.move(catalog, f"{here}/group", [], f"{there}/group"),
                lambda: groups.move(catalog, f"{here}/group", several, f"{there}/group"),
                lambda: groups.delete(catalog, f"{here}/group"),
                lambda: associations.delete(catalog, name, child),
            ]
        )
    )


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_no_edit_breaks_a_sound_catalog(data: st.DataObject) -> None:
    """Any number of edits after each other leaves a catalog without a problem; each says what it did.

    An edit that would break something (associations that become circles) is refused by the rules; these
    here cannot.
    """
    catalog = data.draw(catalogs())
    for _ in range(data.draw(st.integers(1, 6))):
        plan = data.draw(edits(catalog))
        try:
            edit = plan()
        except (NotFound, Conflict, Invalid, Refused):
            continue
        assert edit.summary
        assert "\n" not in edit.summary
        for change in edit.changes:
            assert change.before is None or change.before in catalog.of(kind_of(change.before)).values()
        catalog = catalog.after(edit)
        assert check(catalog) == []


@settings(max_examples=100, deadline=None)
@given(catalog=catalogs(), tag=st.sampled_from(TAGS))
def test_renaming_a_tag_and_back_leaves_an_alias(catalog: Catalog, tag: str) -> None:
    """And nothing else: every artifact carries what it carried, at the place where it carried it."""
    there = catalog.after(tags.edit(catalog, tag, name="Something else"))
    back = there.after(tags.edit(there, tag, name=tag.upper()))
    assert back.artifacts == catalog.artifacts
    assert back.tags == {**catalog.tags, tag: catalog.tags[tag].but(aliases=("something-else",))}


@settings(max_examples=100, deadline=None)
@given(catalog=catalogs(), data=st.data())
def test_renaming_an_artifact_and_back_leaves_an_alias(catalog: Catalog, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(catalog.artifacts)))
    there = catalog.after(artifacts.rename(catalog, name, "elsewhere"))
    assert all(name not in str(each) for each in there.collections.values())
    back = there.after(artifacts.rename(there, "skill/elsewhere", name.removeprefix("skill/")))
    assert back.collections == catalog.collections
    assert back.artifacts == {**catalog.artifacts, name: catalog.artifacts[name].but(aliases=("elsewhere",))}


@settings(max_examples=100, deadline=None)
@given(catalog=catalogs())
def test_merging_moves_all_uses(catalog: Catalog) -> None:
    """Whoever carried either carries the one that is left, once, at the place of the first."""
    after = catalog.after(tags.merge(catalog, "alpha", "beta"))
    carried = {*catalog.tagged["alpha"], *catalog.tagged["beta"]}
    assert set(after.tagged["beta"]) == carried
    assert after.find(Tag, "alpha") == after.tags["beta"]
    assert after.tags["beta"].aliases == ("alpha",)


@settings(max_examples=100, deadline=None)
@given(catalog=catalogs(), data=st.data())
def test_a_move_is_a_copy_and_a_removal(catalog: Catalog, data: st.DataObject) -> None:
    """In the same order; what was not moved stays where it was."""
    members = [member.artifact for member in catalog.collections["first"].artifacts]
    chosen = data.draw(st.lists(st.sampled_from(members), unique=True)) if members else []
    if set(chosen) & {member.artifact for member in catalog.collections["second"].artifacts}:
        with pytest.raises(Conflict, match="is already in the collection “second”"):
            collections.move(catalog, "first", chosen, "second")
        return
    moved = catalog.after(collections.move(catalog, "first", chosen, "second"))
    copied = catalog.after(collections.copy(catalog, "first", chosen, "second"))
    assert moved == copied.after(collections.remove(copied, "first", chosen))


@settings(max_examples=100, deadline=None)
@given(catalog=catalogs(), data=st.data())
def test_an_order_is_a_permutation(catalog: Catalog, data: st.DataObject) -> None:
    """Any other list is refused, with all that is missing and all that is extra."""
    members = [member.artifact for member in catalog.collections["first"].artifacts]
    wanted = data.draw(st.permutations(members))
    after = catalog.after(collections.reorder(catalog, "first", wanted))
    assert [member.artifact for member in after.collections["first"].artifacts] == wanted
    assert set(after.collections["first"].artifacts) == set(catalog.collections["first"].artifacts)
    assert after.collections["first"].groups == catalog.collections["first"].groups
    for missing in range(len(members)):
        with pytest.raises(Invalid, match=f"missing: {members[missing]}") as caught:
            collections.reorder(catalog, "first", members[:missing] + members[missing + 1 :])
        assert caught.value.code == "INVALID_ORDER"


def test_an_edit_is_a_value() -> None:
    """Planning one changes nothing, so it can be planned again on what is there by then."""
    catalog = Catalog(
        tags={"web": Tag(id="web", name="Web")},
        collections={"c": Collection(id="c", name="C")},
    )
    before = repr(catalog)
    assert tags.delete(catalog, "web") == tags.delete(catalog, "web")
    with pytest.raises(SkillmeatError):
        collections.add(catalog, "c", ["skill/none"])
    assert repr(catalog) == before
