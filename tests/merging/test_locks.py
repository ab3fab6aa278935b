"""Whatever two people lock at once, a source is as one commit of it holds it, or a conflict."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from skillmeat.lock import read
from skillmeat.merging import merge
from skillmeat.model import Lock, LockedSource
from tests.merging.repositories import locked
from tests.merging.test_laws import sided

PATH = "manifests/skillmeat.lock"
COMMITS = st.sampled_from("123")
LOCKS = st.dictionaries(st.sampled_from("abcdef"), COMMITS, max_size=6)


def sources(text: str | bytes) -> dict[str, LockedSource]:
    data = text if isinstance(text, bytes) else text.encode()
    found, problems = read(data)
    assert found is not None, problems
    return {source.id: source for source in found.source}


@st.composite
def changed(draw: st.DrawFn, base: dict[str, str]) -> dict[str, str]:
    """A lock after one to three sources were moved, added or taken away."""
    found = dict(base)
    for name in draw(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=3, unique=True)):
        commit = draw(st.none() | COMMITS)
        found.pop(name, None)
        found |= {name: commit} if commit else {}
    return found


@seed(0)
@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
    phases=[Phase.generate],
)
@given(st.data())
def test_a_lock_merges_by_source(data: st.DataObject) -> None:
    """Each source as the side that changed it has it; one that both moved apart is marked as a whole."""
    base = data.draw(LOCKS)
    ours, theirs = data.draw(changed(base)), data.draw(changed(base))
    texts = [locked(**each) for each in (base, ours, theirs)]
    before, one, other = (text.encode() for text in texts)
    outcome, turned = merge(PATH, before, one, other), merge(PATH, before, other, one)
    wanted: dict[str, str] = {}
    apart = set()
    for name in {*base, *ours, *theirs}:
        b, o, t = base.get(name), ours.get(name), theirs.get(name)
        if o != t and b not in (o, t) and o and t:
            apart.add(name)
        elif o != t and (taken := t if b == o else o if b == t else None):
            wanted[name] = taken
        elif o == t and o:
            wanted[name] = o
    assert outcome.clean == turned.clean == (not apart)
    if outcome.clean:
        assert outcome.content == turned.content
        if base not in (ours, theirs) and ours != theirs:
            assert outcome.content.decode() == locked(**wanted)
        assert sources(outcome.content) == sources(locked(**wanted))
    else:
        text = outcome.content.decode()
        assert text.count("<<<<<<< ours") == len(apart)
        assert sided(text, 0) == locked(**wanted, **{name: ours[name] for name in apart})
        assert sided(text, 1) == locked(**wanted, **{name: theirs[name] for name in apart})


def lock_of(source: dict[str, object]) -> bytes:
    from skillmeat.lock import render

    return render(Lock.model_validate({"source": [source]})).encode()


def source(**more: object) -> dict[str, object]:
    names = str(more.pop("names", "ab"))
    entries = [
        {
            "type": "skill",
            "name": each,
            "path": f"skills/{each}",
            "hash": f"sha256:{'0' * 64}",
            "tree": "1" * 40,
        }
        for each in names
    ]
    given: dict[str, object] = {"id": "x", "url": "https://example.org/x", "ref": "main", "commit": "1" * 40}
    return {**given, "artifact": entries, **more}


def test_two_changes_of_one_source_at_one_commit_merge() -> None:
    """One leaves a part out, the other asks for the description."""
    base = lock_of(source(names="abc"))
    ours = lock_of(source(names="ab", exclude=[{"path": "skills/c"}]))
    theirs = lock_of(source(names="abc", import_repo_description=True, repo_description="All."))
    merged = merge(PATH, base, ours, theirs)
    assert merged.clean
    assert merged.content == lock_of(
        source(
            names="ab",
            exclude=[{"path": "skills/c"}],
            import_repo_description=True,
            repo_description="All.",
        )
    )


def test_what_would_be_left_out_and_held_is_a_conflict() -> None:
    """A source moved by one side and cut down by the other is what neither commit holds."""
    base = lock_of(source(names="ab"))
    ours = lock_of(source(names="abc", commit="2" * 40))
    theirs = lock_of(source(names="a", exclude=[{"path": "skills/b"}]))
    assert not merge(PATH, base, ours, theirs).clean


def test_keys_of_a_newer_version_are_kept() -> None:
    base = lock_of(source())
    ours, theirs = lock_of(source(license="MIT")), lock_of(source(stars=3))
    merged = merge(PATH, base, ours, theirs)
    assert merged.clean
    assert merged.content == lock_of(source(license="MIT", stars=3))


def test_a_lock_that_is_too_new_is_merged_by_its_lines() -> None:
    newer = lock_of(source()).replace(b"version = 2", b"version = 3")
    merged = merge(PATH, lock_of(source()), newer, lock_of(source(names="abc")))
    assert merged.reasons[0].startswith("Merged by lines only. ours, line 2: The lock has version 3;")
    assert merged.content == lock_of(source(names="abc")).replace(b"version = 2", b"version = 3")
