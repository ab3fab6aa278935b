"""What an artifact has to do with others, drawn: an SVG without a style or a script of its own.

What uses it stands above, what it uses below, in frames of one relation each; a line runs from the artifact
to every frame. Colours are the style sheet's. Where neighbours can stand side by side there are two drawings
of one graph, and the style sheet shows the one that fits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Final

from markupsafe import Markup

from skillmeat.site.addresses import ASSETS, ROOT

MOST: Final = 40
"""How many neighbours the wide drawing has room for."""

MOST_NARROW: Final = 14


@dataclass(frozen=True, slots=True)
class Node:
    """An artifact or a collection. ``kind`` is its icon; ``address`` is empty for what is not here."""

    name: str
    kind: str
    address: str
    drifted: bool = False


@dataclass(frozen=True, slots=True)
class Relation:
    """Neighbours of one kind. ``above`` says that they use the artifact."""

    label: str
    nodes: tuple[Node, ...]
    above: bool = False


@dataclass(frozen=True, slots=True)
class _Size:
    name: str
    width: int
    columns: int
    most: int


_WIDE: Final = _Size("graph-wide", 760, 3, MOST)
_NARROW: Final = _Size("graph-narrow", 340, 1, MOST_NARROW)
_EITHER: Final = _Size("", _NARROW.width, 1, MOST_NARROW)
_INDENT = 40
_TRUNK = 15
_HEIGHT = 32
_GAP = 6
_PAD = 8
_HEAD = 26
_BETWEEN = 14


def drawn(name: str, kind: str, relations: Sequence[Relation], version: str) -> Markup:
    """The drawings; empty when there is nothing to draw. ``version`` is that of the icons."""
    relations = [each for each in relations if each.nodes]
    if not relations:
        return Markup("")
    icons = f"{ROOT}{ASSETS}icons.svg?v={escape(version)}"
    sizes = (_EITHER,) if _is_narrow(name, relations) else (_WIDE, _NARROW)
    drawings = [_drawing(Node(name, kind, ""), relations, size, icons) for size in sizes]
    return Markup("".join(drawings))  # noqa: S704  # every text in it is escaped where it is filled in


def _is_narrow(name: str, relations: Sequence[Relation]) -> bool:
    """Whether it looks the same where there is room for more."""
    alone = all(len(each.nodes) == 1 for each in relations) and len(relations) <= MOST_NARROW
    return alone and _own_width(name) <= _NARROW.width


def _own_width(name: str) -> int:
    return round(_measure(name)) + 56


def _drawing(centre: Node, relations: Sequence[Relation], size: _Size, icons: str) -> str:
    folded = list(_folded(relations, size.most))
    above = [each for each in folded if each[0].above]
    below = [each for each in folded if not each[0].above]
    parts: list[str] = []
    y = 0
    ends_above = []
    for relation, hidden in above:
        frame, height = _frame(relation, hidden, y, size, icons)
        parts.append(frame)
        ends_above.append(y + height // 2)
        y += height + _BETWEEN
    top = y
    width = min(size.width, _own_width(centre.name))
    y += _HEIGHT + 4 + (_BETWEEN if below else 0)
    ends_below = []
    for relation, hidden in below:
        frame, height = _frame(relation, hidden, y, size, icons)
        parts.append(frame)
        ends_below.append(y + height // 2)
        y += height + _BETWEEN
    total = y - (_BETWEEN if below else 0) + 2
    lines = [_line_above(end, top) for end in ends_above]
    lines += [_line_below(top + _HEIGHT + 4, end) for end in ends_below]
    middle = _box(centre, 0.5, top + 0.5, width, _HEIGHT + 4, icons, "graph-node graph-self")
    title = f"_{size.name or 'graph'}"
    about = "; ".join(f"{each.label}: {', '.join(node.name for node in each.nodes)}" for each, _ in folded)
    return (
        f'<svg class="{f"graph {size.name}".strip()}" viewBox="0 0 {size.width} {total}" '
        f'width="{size.width}" height="{total}" role="group" aria-labelledby="{title}">\n'
        f'<title id="{title}">What {escape(centre.name)} has to do with others</title>\n'
        f"<desc>{escape(about)}</desc>\n{''.join(lines)}{''.join(parts)}{middle}</svg>\n"
    )


def _folded(relations: Sequence[Relation], most: int) -> Iterator[tuple[Relation, int]]:
    """Each relation with the nodes that there is room for, and how many are left out; each keeps some."""
    total = sum(len(each.nodes) for each in relations)
    for each in relations:
        share = len(each.nodes) if total <= most else max(2, most * len(each.nodes) // total)
        kept = each.nodes if len(each.nodes) <= share else each.nodes[: share - 1]
        yield Relation(each.label, kept, each.above), len(each.nodes) - len(kept)


@lru_cache(4096)  # all that is in a collection has the same frame for it
def _frame(relation: Relation, hidden: int, y: int, size: _Size, icons: str) -> tuple[str, int]:
    """The frame of a relation, and its height."""
    count = len(relation.nodes) + bool(hidden)
    columns = min(size.columns, count)
    full = size.width - _INDENT - 1
    cell = (full - 2 * _PAD - (size.columns - 1) * _GAP) // size.columns
    width = full if columns == size.columns else 2 * _PAD + columns * cell + (columns - 1) * _GAP
    height = _HEAD + -(-count // columns) * (_HEIGHT + _GAP) - _GAP + _PAD
    inside = []
    for place in range(count):
        row, column = divmod(place, columns)
        x = _INDENT + _PAD + column * (cell + _GAP)
        top = y + _HEAD + row * (_HEIGHT + _GAP)
        if place < len(relation.nodes):
            inside.append(_box(relation.nodes[place], x + 0.5, top + 0.5, cell - 1, _HEIGHT - 1, icons))
        else:
            inside.append(
                f'<text class="graph-more" x="{x + 10}" y="{top + 21}">and {hidden:,} more</text>\n'
            )
    frame = (
        f'<g class="graph-frame"><rect x="{_INDENT}.5" y="{y}.5" width="{width - 1}" height="{height - 1}" '
        f'rx="10"/><text x="{_INDENT + 11}" y="{y + 18}">{escape(relation.label)}</text>\n'
        f"{''.join(inside)}</g>\n"
    )
    return frame, height


def _box(
    node: Node, x: float, y: float, width: int, height: int, icons: str, classes: str = "graph-node"
) -> str:
    middle = y + height / 2
    drifted = " graph-drifted" if node.drifted else ""
    kind, shown = escape(node.kind), _fitting(node.name, width - 44)
    box = (
        f'<g class="{classes} tile-{kind}{drifted}">'
        f'<rect x="{x:g}" y="{y:g}" width="{width}" height="{height}" rx="7"/>'
        f'<rect class="graph-tile" x="{x + 6:g}" y="{middle - 10:g}" width="20" height="20" rx="5"/>'
        f'<use class="graph-icon" href="{icons}#{kind}" x="{x + 9:g}" y="{middle - 7:g}" '
        f'width="14" height="14"/>'
        f'<text x="{x + 34:g}" y="{middle + 4.5:g}">{escape(shown)}</text></g>'
    )
    if not node.address:
        return f"{box}\n"
    whole = f"<title>{escape(node.name)}</title>" if shown != node.name else ""
    return f'<a href="{ROOT}{escape(node.address)}">{whole}{box}</a>\n'


def _line_above(start: int, top: int) -> str:
    """From a frame above down to the artifact, with the arrow's head there."""
    curve = f"M{_INDENT} {start}.5H{_TRUNK + 10}q-10 0-10 10V{top - 2}"
    return f'<path class="graph-line" d="{curve}m-4-5 4 5 4-5"/>\n'


def _line_below(bottom: int, end: int) -> str:
    """From the artifact down to a frame, with the arrow's head at the frame."""
    curve = f"M{_TRUNK} {bottom}V{end - 10}q0 10 10 10.5H{_INDENT - 2}"
    return f'<path class="graph-line" d="{curve}m-5-4 5 4-5 4"/>\n'


# ------------------------------------------------------------------ measure

_THIN = frozenset("fijlrt.,:;'|!()[]I /-")
_BROAD = frozenset("mwMWOQ@%&")


@lru_cache(4096)
def _measure(text: str) -> float:
    """About how wide a text is at 13 px in Inter, rather too wide than too narrow."""
    return sum(map(_width, text))


@lru_cache(1024)
def _width(character: str) -> float:
    if character in _THIN:
        return 4.6
    if character in _BROAD:
        return 11.5
    if character >= "\u1100":
        return 13.5
    return 9.0 if character.isupper() else 7.7


def _fitting(text: str, width: float) -> str:
    """The text, cut where it would be wider."""
    if _measure(text) <= width:
        return text
    room = width - 12
    end = 0
    while end < len(text) and (room := room - _width(text[end])) >= 0:
        end += 1
    return text[:end].rstrip() + "…"
