"""Whether an SVG file is a drawing and nothing else: an allow-list, since it may also be opened as a page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from xml.parsers import expat

_SVG: Final = "http://www.w3.org/2000/svg"
_ELEMENTS: Final = re.compile(
    "svg|g|defs|symbol|use|title|desc|metadata|switch|style|path|rect|circle|ellipse|"
    "line|polyline|polygon|text|tspan|textPath|linearGradient|radialGradient|stop|pattern|"
    "clipPath|mask|marker|filter|feBlend|feColorMatrix|feComponentTransfer|feComposite|"
    "feConvolveMatrix|feDiffuseLighting|feDisplacementMap|feDistantLight|feDropShadow|feFlood|"
    "feFuncA|feFuncB|feFuncG|feFuncR|feGaussianBlur|feMerge|feMergeNode|feMorphology|"
    "feOffset|fePointLight|feSpecularLighting|feSpotLight|feTile|feTurbulence"
)
_ADDRESSES: Final = ("src", "base")
_OWN_PART: Final = re.compile(r"url\(\s*([\"']?)#[\w.:-]+\1\s*\)", re.IGNORECASE)
_ELSEWHERE: Final = re.compile(r"\\|@import|\b(?:url|src|image|image-set)\s*\(", re.IGNORECASE)


class _Fault(Exception):
    """What is wrong with a drawing."""


def fault(data: bytes) -> str:
    """What keeps an SVG from being a plain drawing, as the end of a sentence; empty when nothing does.

    A drawing is UTF-8 without a document type or processing instructions, of drawing elements in the
    namespace of SVG. It has no handlers of events, and refers to its own parts only.
    """
    try:
        if "\0" in data.decode():  # or expat would take it for UTF-16
            return "is not in UTF-8"
    except UnicodeDecodeError:
        return "is not in UTF-8"
    parser = expat.ParserCreate("utf-8", " ")
    parser.buffer_text = True
    depth = 0
    styles: list[str] = []

    def declared(_: str, encoding: str | None, __: int) -> None:
        if encoding and encoding.lower() != "utf-8":
            raise _Fault("is not in UTF-8")

    def refused(*_: object) -> None:
        raise _Fault("holds more than a drawing: a document type or a processing instruction")

    def started(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal depth
        namespace, _, local = name.rpartition(" ")
        if not depth and local != "svg":
            raise _Fault("is not an SVG file")
        if namespace != _SVG:
            raise _Fault(f"holds more than a drawing: <{local}> is not in the namespace {_SVG}")
        if not _ELEMENTS.fullmatch(local):
            raise _Fault(f"holds more than a drawing: <{local}>")
        for key, value in attributes.items():
            _check(key.rpartition(" ")[2], value)
        depth += 1

    def ended(_: str) -> None:
        nonlocal depth
        depth -= 1

    parser.XmlDeclHandler = declared
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refused
    parser.ProcessingInstructionHandler = refused
    parser.StartElementHandler, parser.EndElementHandler = started, ended
    parser.CharacterDataHandler = styles.append
    try:
        parser.Parse(data, True)
        if _reaches_out("".join(styles)):
            raise _Fault("holds more than a drawing: its style refers to something else")
    except expat.ExpatError as error:
        return f"is not well-formed XML ({expat.ErrorString(error.code)}, line {error.lineno})"
    except _Fault as found:
        return str(found)
    return ""


def _check(name: str, value: str) -> None:
    lower = name.lower()
    if lower.startswith("on") or lower in _ADDRESSES:
        raise _Fault(f"holds more than a drawing: the attribute “{name}”")
    if (lower == "href" and not value.startswith("#")) or _reaches_out(value):
        raise _Fault(f"holds more than a drawing: “{name}” refers to something else")


def _reaches_out(text: str) -> bool:
    return _ELSEWHERE.search(_OWN_PART.sub("", text)) is not None
