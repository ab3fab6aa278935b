"""Colours that a site gives itself can be read, and the nearest one is named where they cannot."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from skillmeat import theme
from skillmeat.catalog import Catalog
from skillmeat.checks import check
from skillmeat.checks.taste import unreadable_color
from skillmeat.colors import contrast, least, mixed, nearest, oklch
from skillmeat.model import Settings, Site

CSS = (Path(__file__).parents[1] / "site_templates/assets/site.css").read_text()


def test_contrast_is_that_of_wcag() -> None:
    """Against figures that WCAG and its tools publish."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)
    assert contrast("#ff0000", "#ffffff") == pytest.approx(4.0, abs=0.005)
    assert contrast("#123456", "#123456") == 1


def test_oklch_is_that_of_css() -> None:
    """Against the values that browsers give (CSS Color 4's own samples)."""
    assert oklch(0.627966, 0.257704, 29.2346) == "#ff0000"
    assert oklch(0.519752, 0.176858, 142.4953) == "#008000"
    assert oklch(1, 0, 0) == "#ffffff"
    assert oklch(0.5, 0, 0) == "#636363"
    assert mixed("#000000", "#ffffff", 0.5) == "#808080"


@pytest.mark.parametrize(
    "color", ["#ffcc00", "#ff0000", "#00ff00", "#123456", "#888888", "#ffffff", "#000000"]
)
@pytest.mark.parametrize("grounds", [theme.LIGHT.grounds, theme.DARK.grounds], ids=["light", "dark"])
def test_the_nearest_that_can_be_read_can_be_read(color: str, grounds: tuple[str, ...]) -> None:
    found = nearest(color, grounds)
    assert least(found, grounds) >= 4.5
    assert least(color, grounds) < 4.5 or found == color
    assert nearest(found, grounds) == found


def test_the_shipped_colors_are_those_of_the_style_sheet() -> None:
    for key, name in theme._PROPERTIES.items():
        found = re.search(rf"^  {name}: light-dark\((.+)\);$", CSS, re.MULTILINE)
        assert found, name
        light, dark = re.findall(r"oklch\([^)]+\)|#fff\b", found[1])
        for written, scheme in ((light, theme.LIGHT), (dark, theme.DARK)):
            values = [float(each) for each in re.findall(r"[\d.]+", written)]
            expected = "#ffffff" if written == "#fff" else oklch(*values)
            assert getattr(scheme, key) == expected, name


def test_the_shipped_colors_can_be_read() -> None:
    for scheme in (theme.LIGHT, theme.DARK):
        for key in ("text", "muted", "accent", "ok", "warn"):
            assert least(getattr(scheme, key), scheme.grounds) >= 4.5, key
        assert least(scheme.border, scheme.grounds) >= 3


@pytest.mark.parametrize(
    "own",
    [
        {"accent": "#1d5fa8"},
        {"accent_dark": "#ffd166"},
        {"background": "#eef3f8", "background_dark": "#0b1420"},
        {"background": "#fff8e7", "ink": "#3b2f1e", "accent": "#8a1c24"},
        {"background_dark": "#000000", "ink_dark": "#ffffff"},
    ],
)
def test_what_follows_from_readable_colors_can_be_read(own: dict[str, str]) -> None:
    """Also in the other theme, where an accent is as light or dark as it must be."""
    site = Site(**own)
    assert list(theme.unreadable(site)) == []
    for scheme in theme.schemes(site):
        for key in ("text", "muted", "accent", "ok", "warn"):
            assert least(getattr(scheme, key), scheme.grounds) >= 4.5, key
        assert least(scheme.border, scheme.grounds) >= 3
    assert len({each.accent for each in theme.schemes(site)}) == 2


def test_an_unreadable_color_is_a_warning_with_the_nearest_that_passes() -> None:
    for key, color in itertools.product(theme.KEYS, ("#777777", "#ffcc00", "#102030", "#f4f4f4")):
        catalog = Catalog(settings=Settings(site=Site(**{key: color})))
        for problem in check(catalog, (unreadable_color,)):
            named = re.search(r'(\w+) = "(#[0-9a-f]{6})"', problem.fix)
            assert named
            mended = Catalog(settings=Settings(site=Site(**{key: color, named[1]: named[2]})))
            assert problem.key == f"site.{key}"
            assert check(mended, (unreadable_color,)) == []


def test_a_site_without_colors_of_its_own_has_no_style_of_its_own() -> None:
    assert not theme.is_own(Site())
    assert theme.is_own(Site(ink_dark="#ffffff"))
