"""Plans that go through their stages together give what each would give alone, in its place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from skillmeat.site import making
from skillmeat.site.former import NOTHING, Carried
from skillmeat.site.making import Task, made
from skillmeat.site.output import LeftOut, Output, Planned
from skillmeat.site.publish import replacing

Item = Output | LeftOut | None


def test_no_plan_goes_on_before_all_have_come_as_far(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two at a time of five, one of them with fewer stages and one between them without any."""
    monkeypatch.setattr(making, "STAGED", 2)
    said: list[str] = []

    def staged(name: str, stages: int) -> Iterator[Item]:
        for stage in range(stages):
            said.append(f"{name}{stage}")
            yield None
        said.append(f"{name}!")
        yield LeftOut(name, "Because.")
        yield Output(name, name.encode())

    def plain() -> Iterator[Item]:
        said.append("plain")
        yield Output("plain", b"")

    def plans() -> Iterator[Output | LeftOut | Planned]:
        yield Output("loose", b"")
        yield Planned("a", "", lambda: staged("a", 2), has_stages=True)
        yield Planned("plain", "", plain)
        yield Planned("b", "", lambda: staged("b", 1), has_stages=True)
        yield Planned("c", "", lambda: staged("c", 1), has_stages=True)

    with replacing(tmp_path / "out") as folder:
        result = made(Task("plans", plans), folder, NOTHING)
        folder.files = ["loose", "a", "plain", "b", "c"]
    assert said == ["plain", "a0", "b0", "a1", "b!", "a!", "c0", "c!"]
    parts = [each for each in result.parts if isinstance(each, Carried)]
    assert [each.name for each in parts] == ["", "a", "plain", "b", "c"]
    assert [[file.path for file in each.files] for each in parts] == [
        ["loose"],
        ["a"],
        ["plain"],
        ["b"],
        ["c"],
    ]
    assert [[left.path for left in each.left_out] for each in parts] == [[], ["a"], [], ["b"], ["c"]]
    assert (tmp_path / "out/c").read_bytes() == b"c"
