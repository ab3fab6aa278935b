"""Colours as people see them: how far two stand apart, and the nearest one that can be read.

A colour is ``#rrggbb`` in sRGB. Contrast is that of WCAG 2.2, from 1 to 21; lightness, chroma and hue are
those of OKLCH (https://www.w3.org/TR/css-color-4/#ok-lab).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

READABLE: Final = 4.5
"""The contrast that text needs against what is behind it (WCAG 2.2, 1.4.3 AA)."""

VISIBLE: Final = 3.0
"""The contrast that the edge of a control needs (WCAG 2.2, 1.4.11 AA)."""

_Three = tuple[float, float, float]
_STEP: Final = 0.002


def contrast(one: str, other: str) -> float:
    """How far two colours stand apart: 1 for the same, 21 for black and white."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def least(color: str, grounds: Iterable[str]) -> float:
    """The lowest contrast of a colour with any of the grounds."""
    return min(contrast(color, ground) for ground in grounds)


def nearest(color: str, grounds: Iterable[str], enough: float = READABLE) -> str:
    """The colour of the same hue, nearest in lightness, that has enough contrast with every ground.

    The colour itself when it has; black or white, whichever is further, when no lightness is enough.
    """
    against = list(grounds)
    if least(color, against) >= enough:
        return color.lower()
    lightness, chroma, hue = _oklch(color)
    for number in range(1, round(1 / _STEP)):
        for tried in (lightness - number * _STEP, lightness + number * _STEP):
            if 0 <= tried <= 1:
                found = oklch(tried, chroma, hue)
                if least(found, against) >= enough:
                    return found
    return max("#000000", "#ffffff", key=lambda each: least(each, against))


def mixed(one: str, other: str, part: float) -> str:
    """A colour between two: ``part`` (0 to 1) of the other in the first."""
    pairs = zip(_channels(one), _channels(other), strict=True)
    return _written(*(a + (b - a) * part for a, b in pairs))


def oklch(lightness: float, chroma: float, hue: float) -> str:
    """A colour by its lightness (0 to 1), chroma and hue in degrees; less vivid where sRGB ends."""
    while True:
        a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
        channels = _from_oklab(lightness, a, b)
        if all(-0.0005 <= each <= 1.0005 for each in channels) or chroma < 0.001:
            return _written(*(_gamma(min(1.0, max(0.0, each))) for each in channels))
        chroma *= 0.97


def _oklch(color: str) -> _Three:
    lightness, a, b = _to_oklab(color)
    return lightness, math.hypot(a, b), math.degrees(math.atan2(b, a))


def _channels(color: str) -> _Three:
    """Red, green and blue, 0 to 1, as they are written."""
    return int(color[1:3], 16) / 255, int(color[3:5], 16) / 255, int(color[5:7], 16) / 255


def _written(*channels: float) -> str:
    return "#" + "".join(f"{round(each * 255):02x}" for each in channels)


def _linear(color: str) -> _Three:
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in _channels(color)
    )
    return red, green, blue


def _gamma(channel: float) -> float:
    return 12.92 * channel if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055


def _luminance(color: str) -> float:
    red, green, blue = _linear(color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _to_oklab(color: str) -> _Three:
    red, green, blue = _linear(color)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _from_oklab(lightness: float, a: float, b: float) -> _Three:
    """Linear red, green and blue; outside 0 to 1 where sRGB has no such colour."""
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
