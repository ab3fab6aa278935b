"""Front matter of one key a line, without PyYAML."""

from __future__ import annotations

import re

from skillmeat.frontmatter.values import MAX_BYTES, Value

# What PyYAML's reader lets through, less its line breaks, tabs and byte order marks.
_CHARACTER = r"[ -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
_SIMPLE_LINE = re.compile(
    r"(?P<key>[A-Za-z_][A-Za-z0-9_-]{0,63}):(?: +(?:"
    r'"(?P<double>(?:(?!["\\])' + _CHARACTER + r")*)\""
    r"|'(?P<single>(?:(?!')" + _CHARACTER + r")*)'"
    r"|(?P<plain>(?![-?:,\[\]{}#&*!|>'\"%@` ])(?:(?!: | #)" + _CHARACTER + r")*(?<![: ]))"
    r"))?\n"
)


def simple(head: str) -> dict[str, Value] | None:
    """What ``strict.load`` would give, when every line is a key and a scalar that ends there; else ``None``.

    Most files are of this form and PyYAML is a hundred times slower.
    """
    if len(head) > MAX_BYTES // 4:  # so many characters are certainly few enough bytes
        return None
    values: dict[str, Value] = {}
    position = 0
    while position < len(head):
        line = _SIMPLE_LINE.match(head, position)
        if line is None or line["key"] in values:
            return None
        values[line["key"]] = line["double"] or line["single"] or line["plain"] or ""
        position = line.end()
    return values or None
