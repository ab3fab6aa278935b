"""What makes a site a curator's own: its colours, its logo and what stands at its foot."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from markupsafe import Markup

from skillmeat import markdown, theme
from skillmeat.errors import Refused
from skillmeat.model import Site
from skillmeat.site import svg
from skillmeat.text import one_line

MAX_LOGO: Final = 200_000
STYLE: Final = "theme.css"

_PNG: Final = b"\x89PNG\r\n\x1a\n"


def assets(site: Site, logo: bytes | None = None) -> Mapping[str, bytes]:
    """The assets that the settings ask for: ``theme.css`` and ``logo.svg`` or ``logo.png``."""
    found: dict[str, bytes] = {}
    if theme.is_own(site):
        found[STYLE] = theme.style(site).encode()
    if logo is not None and site.logo:
        found[f"logo.{_kind(site.logo)}"] = logo
    return found


def foot(site: Site) -> Markup:
    """What stands at the foot of every page, or nothing."""
    return Markup(markdown.render(site.footer).html) if site.footer else Markup()  # noqa: S704  # made safe


def logo(root: Path, site: Site) -> bytes | None:
    """The logo's bytes; None without one.

    An SVG is only ever shown as an image, and has to be one: anything active in it, or from elsewhere, is
    refused. Raises ``Refused`` (``LOGO_NOT_USABLE``).
    """
    if not site.logo:
        return None
    path = root / site.logo
    kind, why = _kind(site.logo), ""
    inside = path.resolve().is_relative_to(root.resolve())
    if kind not in ("svg", "png"):
        why = "is neither an SVG nor a PNG file"
    elif not inside or path.is_symlink() or not path.is_file():
        why = "is not a file of this repository"
    elif path.stat().st_size > MAX_LOGO:
        why = f"is larger than {MAX_LOGO // 1000} KB"
    else:
        data = path.read_bytes()
        if kind == "png":
            why = "" if data.startswith(_PNG) else "is not a PNG file"
        else:
            why = one_line(svg.fault(data))
        if not why:
            return data
    raise Refused(
        f"The site's logo {one_line(site.logo)} {why}.",
        code="LOGO_NOT_USABLE",
        hint="“logo” under [site] in skillmeat.toml names an SVG or PNG file of this repository.",
    )


def _kind(path: str) -> str:
    return path.rpartition(".")[2].lower()
