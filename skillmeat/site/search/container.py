"""What every file of the index looks like.

Four bytes ``smi1``; the order stamp (u32: a checksum of all ids in their order, so that files of two
builds are never taken for one another); the length of the header (u32); the header, JSON in UTF-8; then the
columns, each at the next multiple of four. The header's ``columns`` says how many bytes an element of each
has (1, 2 or 4) and how many elements there are; a column has the lowest bytes of all its elements first,
then the next ones, which differ less. All numbers are little-endian, and the whole is one gzip member. A
host may have inflated it on the way: it tells by its first two bytes.
"""

from __future__ import annotations

import json
import struct
import zlib
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

MAGIC: Final = b"smi1"
_LEVEL: Final = 9
_GZIP: Final = b"\x1f\x8b\x08\0\0\0\0\0\x02\xff"  # deflate, no name, no time, no system: the same anywhere
_END: Final = b"\x03\0"  # the last block, empty


@dataclass(frozen=True, slots=True)
class Column:
    """Numbers of ``width`` bytes."""

    width: int
    data: bytes


@dataclass(frozen=True, slots=True)
class File:
    """A file of the index, not packed yet."""

    header: Mapping[str, Any]
    columns: Sequence[Column] = ()


def column(values: Iterable[int], least: int = 1) -> Column:
    """The numbers in as few bytes each as the largest needs, and at least in ``least``."""
    numbers = array("L", values)
    top = max(numbers, default=0)
    width = max(least, 1 if top < 1 << 8 else 2 if top < 1 << 16 else 4)
    code = {1: "B", 2: "H", 4: "I"}[width]
    return Column(width, struct.pack(f"<{len(numbers)}{code}", *numbers))


def pack(file: File, order: int) -> bytes:
    """The bytes of a file."""
    widths = [[each.width, len(each.data) // each.width] for each in file.columns]
    text = json.dumps({**file.header, "columns": widths}, ensure_ascii=False, separators=(",", ":")).encode()
    head = MAGIC + struct.pack("<II", order, len(text)) + text
    return _gzip([_padded(head), *(plane for each in file.columns for plane in _planes(each))])


def _planes(column: Column) -> Iterator[bytes]:
    """The bytes of a column by their places in its elements; what fills it up to four is with the last."""
    for place in range(column.width):
        plane = column.data[place :: column.width]
        yield plane if place < column.width - 1 else plane + b"\0" * (-len(column.data) % 4)


def _padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % 4)


def _gzip(parts: Sequence[bytes]) -> bytes:
    """One member, in which each part has its own codes: a column is little like the one before."""
    data = b"".join(parts)
    ends = struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF)
    return b"".join([_GZIP, *map(_deflated, parts), _END, ends])


def _deflated(data: bytes) -> bytes:
    """Blocks that end on a byte and are not the last: repeats found, or, for numbers without any, not."""
    made = []
    for strategy in (zlib.Z_DEFAULT_STRATEGY, zlib.Z_HUFFMAN_ONLY):
        deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS, 8, strategy)
        made.append(deflate.compress(data) + deflate.flush(zlib.Z_SYNC_FLUSH))
    return min(made, key=len)
