"""The colours of a site: those that its settings give, and what follows from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from skillmeat.colors import READABLE, VISIBLE, contrast, least, mixed, nearest, oklch
from skillmeat.model import Site


@dataclass(frozen=True, slots=True)
class Scheme:
    """What is drawn on what, light or dark. ``grounds`` are what text stands on."""

    background: str
    surface: str
    sunken: str
    line: str
    border: str
    text: str
    muted: str
    accent: str
    ok: str
    warn: str

    @property
    def grounds(self) -> tuple[str, str, str]:
        """The colours behind a text."""
        return self.background, self.surface, self.sunken


LIGHT: Final = Scheme(
    background=oklch(0.988, 0.004, 75),
    surface="#ffffff",
    sunken=oklch(0.965, 0.006, 75),
    line=oklch(0.91, 0.006, 75),
    border=oklch(0.64, 0.01, 60),
    text=oklch(0.23, 0.012, 50),
    muted=oklch(0.47, 0.012, 50),
    accent=oklch(0.47, 0.17, 24),
    ok=oklch(0.45, 0.11, 155),
    warn=oklch(0.5, 0.11, 65),
)
DARK: Final = Scheme(
    background=oklch(0.175, 0.006, 50),
    surface=oklch(0.21, 0.007, 50),
    sunken=oklch(0.15, 0.006, 50),
    line=oklch(0.29, 0.008, 50),
    border=oklch(0.55, 0.01, 60),
    text=oklch(0.94, 0.006, 75),
    muted=oklch(0.74, 0.01, 70),
    accent=oklch(0.76, 0.13, 28),
    ok=oklch(0.79, 0.13, 155),
    warn=oklch(0.82, 0.12, 80),
)
"""The colours that ``site.css`` has without any settings."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A colour of the settings that cannot be read: its key, its lowest contrast, and one that can be."""

    key: str
    color: str
    contrast: float
    against: str
    better: str


def is_own(site: Site) -> bool:
    """Whether the settings give any colour."""
    return any(getattr(site, key) for key in KEYS)


def schemes(site: Site) -> tuple[Scheme, Scheme]:
    """The light and the dark colours. An accent for one serves both, as light or dark as it must be."""
    light = _scheme(LIGHT, site.background, site.ink, site.accent)
    dark = _scheme(DARK, site.background_dark, site.ink_dark, site.accent_dark)
    if site.accent and not site.accent_dark:
        dark = _scheme(dark, None, None, nearest(site.accent, dark.grounds))
    elif site.accent_dark and not site.accent:
        light = _scheme(light, None, None, nearest(site.accent_dark, light.grounds))
    return light, dark


def unreadable(site: Site) -> Iterator[Unreadable]:
    """The colours that the settings give and that cannot be read where they are used."""
    light, dark = schemes(site)
    for scheme, suffix in ((light, ""), (dark, "_dark")):
        for name in ("ink", "accent"):
            color = getattr(site, name + suffix)
            if color and least(color, scheme.grounds) < READABLE:
                ground = min(scheme.grounds, key=lambda each: contrast(color, each))
                better = nearest(color, scheme.grounds)
                yield Unreadable(name + suffix, color, contrast(color, ground), ground, better)
        ground = getattr(site, "background" + suffix)
        if ground and not getattr(site, "ink" + suffix) and least(scheme.text, scheme.grounds) < READABLE:
            better = nearest(ground, [scheme.text], enough=7)
            yield Unreadable(
                "background" + suffix, ground, contrast(ground, scheme.text), scheme.text, better
            )


def style(site: Site) -> str:
    """The style sheet that puts a site's own colours in the place of the shipped ones."""
    light, dark = schemes(site)
    lines = [
        f"  {name}: light-dark({getattr(light, key)}, {getattr(dark, key)});"
        for key, name in _PROPERTIES.items()
    ]
    return "\n".join(["/* Made from [site] in skillmeat.toml. */", ":root {", *lines, "}", ""])


KEYS: Final = ("accent", "accent_dark", "background", "background_dark", "ink", "ink_dark")
"""The keys of ``[site]`` that are colours."""

_PROPERTIES: Final[Mapping[str, str]] = {
    "background": "--bg",
    "surface": "--surface",
    "sunken": "--sunken",
    "line": "--line",
    "border": "--border",
    "text": "--text",
    "muted": "--muted",
    "accent": "--accent",
    "ok": "--ok",
    "warn": "--warn",
}


def _scheme(base: Scheme, background: str | None, ink: str | None, accent: str | None) -> Scheme:
    """A scheme with other colours; what stands between ground and ink follows from the two."""
    ground, text = background or base.background, ink or base.text
    values = {key: getattr(base, key) for key in _PROPERTIES}
    if background or ink:
        is_light = contrast(ground, "#000000") > contrast(ground, "#ffffff")
        values |= {
            "background": ground,
            "surface": mixed(ground, "#ffffff", 0.7) if is_light else mixed(ground, "#ffffff", 0.035),
            "sunken": mixed(ground, "#000000", 0.03 if is_light else 0.2),
            "line": mixed(ground, text, 0.12),
            "text": text,
        }
        grounds = [values["background"], values["surface"], values["sunken"]]
        values["border"] = nearest(mixed(ground, text, 0.45), grounds, VISIBLE)
        values["muted"] = nearest(mixed(text, ground, 0.3), grounds, READABLE + 0.1)
        values |= {key: nearest(getattr(base, key), grounds) for key in ("accent", "ok", "warn")}
    if accent:
        values["accent"] = accent
    return Scheme(**values)
