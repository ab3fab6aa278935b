"""What a name makes for a slug: all of it, or an error that asks for one."""

from __future__ import annotations

from pathlib import Path

import pytest

from skillmeat.edits.making import slug_of
from skillmeat.errors import Invalid
from tests.command import run, succeed
from tests.validate.test_cases import make_store


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("C++ tools", "c-tools"),
        ("Łódź", "lodz"),
        ("Ærøskøbing", "aeroskobing"),
        ("Ünïcode Straße", "unicode-strasse"),
        ("Œuvre №5", "oeuvre-no5"),
        ("🚀 Launch!", "launch"),
        ("ＰＤＦ ２", "pdf-2"),
        ("what’s new — today", "whats-new-today"),
    ],
)
def test_latin_letters_and_signs_make_one(name: str, slug: str) -> None:
    assert slug_of(name, "tag") == slug


@pytest.mark.parametrize(
    ("name", "lost"),
    [("PDF 工具", "工具"), ("名前 pdf", "名前"), ("Ж tools", "Ж"), ("x α β α", "αβ"), ("٣ rules", "٣")],
)
def test_half_a_name_makes_none(name: str, lost: str) -> None:
    with pytest.raises(Invalid) as refused:
        slug_of(name, "artifact")
    assert refused.value.detail == f"“{name}” has letters that a slug cannot hold: {lost}."
    assert refused.value.code == "INVALID_ARTIFACT"
    assert refused.value.hint == "Give one with --slug."
    assert slug_of(name, "artifact", part=True).isascii() or lost == "٣"


@pytest.mark.parametrize("name", ["名前", "ПДФ", "!"])
def test_nothing_makes_none(name: str) -> None:
    with pytest.raises(Invalid, match="No slug can be made"):
        slug_of(name, "artifact")
    with pytest.raises(Invalid, match="No slug can be made"):
        slug_of(name, "artifact", part=True)


@pytest.mark.parametrize(
    "create",
    [
        ("tag", "create", "PDF 工具"),
        ("artifact", "create", "skill", "PDF 工具"),
        ("collection", "create", "PDF 工具"),
        ("group", "create", "starter", "PDF 工具"),
        ("tag", "edit", "pdf", "--name", "PDF 工具"),
    ],
)
def test_a_slug_given_is_taken(create: tuple[str, ...], tmp_path: Path) -> None:
    make_store(tmp_path, {})
    refused = run(tmp_path, *create, "--json")
    assert (refused.status, refused.error["code"]) == (2, f"INVALID_{create[0].upper()}")
    assert "--slug" in refused.error["detail"]
    assert succeed(tmp_path, *create, "--slug", "pdf-gongju", "--json").data["name"] == "PDF 工具"
