"""Cases kept as data: a text file of them, each a heading, a manifest, and what is expected of it.

``== artifact: a tag that is no slug`` begins a case, a line that begins with ``--`` divides it. What cannot
be seen or kept in a text file is written ``<CR>``, ``<ESC>``, ``<RLO>``, ``<TAB>``, ``<FF>`` (a byte that is
not UTF-8) and, for a file whose last line has no end, ``<END>``.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
UNSEEN = {
    b"<CR>": b"\r",
    b"<ESC>": b"\x1b",
    b"<RLO>": "\u202e".encode(),
    b"<TAB>": b"\t",
    b"<FF>": b"\xff",
    b"<BOM>": b"\xef\xbb\xbf",
    b"<END>\n": b"",
}


class Case(NamedTuple):
    """``kind`` is a noun or ``settings``; ``parts`` are the texts that the lines with ``--`` divide."""

    kind: str
    name: str
    parts: tuple[str, ...]
    marks: tuple[str, ...]


def read_cases(name: str) -> list[Case]:
    """The cases of a file beside this one."""
    found = []
    for text in (HERE / name).read_text().split("\n== ")[1:]:
        heading, _, body = text.partition("\n")
        kind, _, title = heading.partition(": ")
        pieces = re.split(r"^--(.*)\n", body + "\n", flags=re.MULTILINE)
        last = pieces[-1].rstrip("\n") + "\n"
        found.append(Case(kind, title, (*pieces[:-1:2], last), tuple(pieces[1::2])))
    return found


def write_cases(name: str, cases: list[Case]) -> None:
    """Write a file of cases anew, keeping what stands above the first of them."""
    head = (HERE / name).read_text().partition("\n== ")[0]
    text = head
    for case in cases:
        text += f"\n== {case.kind}: {case.name}\n{case.parts[0]}"
        for mark, part in zip(case.marks, case.parts[1:], strict=True):
            text += f"--{mark}\n{part}"
    (HERE / name).write_text(text)


def data(text: str) -> bytes:
    """The bytes that a part stands for."""
    found = text.encode()
    for name, character in UNSEEN.items():
        found = found.replace(name, character)
    return found


def shown(found: bytes) -> str:
    """Bytes as a part; the opposite of ``data``."""
    text = found if found.endswith(b"\n") else found + b"<END>\n"
    return text.replace(b"\r", b"<CR>").decode()
