"""Manifests as people write them: one record in any style that TOML allows, with what each line is about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any, NamedTuple

from hypothesis import strategies as st

from skillmeat.manifest import plain
from skillmeat.model import Record, Settings


class Line(NamedTuple):
    """A line without its end.

    ``about`` is what it says something of: ``("tags",)``, ``("tags", "pdf")``, ``("groups", "a", "name")``;
    nothing for an empty line or a comment on a line of its own. ``inside`` is the table or the array that
    such a comment stands in. ``movable`` says that a neighbour's coming or going may change the line: a comma
    or a bracket stands on it.
    """

    text: str
    about: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()
    movable: bool = False


@dataclass(frozen=True)
class Page:
    """A manifest as lines, with the end that each of them has."""

    lines: tuple[Line, ...]
    newline: str
    complete: bool

    @property
    def text(self) -> str:
        """What the file holds."""
        text = self.newline.join(line.text.replace("\n", self.newline) for line in self.lines)
        return text + self.newline if self.complete else text


class Scribe:
    """A hand that writes a record, choosing a style wherever there is one to choose."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.comments = 0

    def page(self, record: Record | Settings) -> Page:
        """The whole file."""
        data = plain(record)
        if self.chance(3):
            data = {**self.defaults(record), **data}
        late = {name: value for name, value in data.items() if self.headed(value)}
        early = {name: value for name, value in data.items() if name not in late}
        names = self.shuffled(list(early)) if self.chance(3) else list(early)
        lines = list(self.around(()))
        for name in names:
            lines += self.statement((), name, early[name])
        blocks = [
            (name, item)
            for name, value in late.items()
            for item in (value if isinstance(value, list) else [value])
        ]
        if len(late) > 1 and self.chance(2):  # [[groups]] between [[artifacts]], each in its own order
            order = self.shuffled([name for name, _ in blocks])
            queues = {name: iter([item for other, item in blocks if other == name]) for name in late}
            blocks = [(name, next(queues[name])) for name in order]
        for name, item in blocks:
            lines += self.block(name, item)
        lines += self.around(())
        return Page(tuple(lines), self.random.choice(["\n", "\n", "\r\n"]), not self.chance(4))

    def defaults(self, record: Record | Settings) -> dict[str, Any]:
        """Keys that say what would hold without them."""
        fields = type(record).model_fields
        return {
            name: fields[name].default for name in ("color", "ref", "import_repo_readme") if name in fields
        }

    def headed(self, value: Any) -> bool:
        """Whether the value gets headers of its own."""
        if isinstance(value, dict):
            return self.chance(2)
        return (
            isinstance(value, list) and all(isinstance(item, dict) for item in value) and not self.chance(3)
        )

    # ------------------------------------------------------------- choices

    def chance(self, of: int) -> bool:
        """True once in so many."""
        return self.random.randrange(of) == 0

    def shuffled(self, names: list[str]) -> list[str]:
        """The names in another order."""
        return self.random.sample(names, len(names))

    def space(self, usual: str = " ") -> str:
        """White space between tokens."""
        return self.random.choice([usual, usual, usual, "", "  ", "\t"])

    def comment(self) -> str:
        """A comment that no other is equal to."""
        self.comments += 1
        return f"#{self.space()}comment {self.comments}{self.random.choice(['', ' [x]', ' a = 1, ', ' é'])}"

    def behind(self) -> str:
        """What may stand behind a value."""
        return self.random.choice(["", "", "", " "]) if self.chance(2) else f" {self.comment()}"

    def around(self, inside: tuple[str, ...]) -> Iterator[Line]:
        """Nothing, an empty line, or a comment."""
        for _ in range(self.random.choice([0, 0, 0, 1, 2])):
            yield Line("") if self.chance(2) else Line(self.space("") + self.comment(), inside=inside)

    # -------------------------------------------------------------- values

    def key(self, name: str) -> str:
        """A key, in quotes or not."""
        return self.random.choice([name, name, name, f'"{name}"', f"'{name}'"])

    def scalar(self, value: Any, *, lines: bool = True) -> str:
        """A scalar in one of its forms."""
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, int):
            return str(value)
        if isinstance(value, datetime):
            return value.isoformat().replace("T", self.random.choice(["T", " ", "t"]))
        forms = [self.basic(value)]
        if "'" not in value and "\n" not in value:
            forms.append(f"'{value}'")
        if lines:
            escaped = value.replace("\\", "\\\\")
            if '"""' in value or value.endswith('"'):
                escaped = escaped.replace('"', '\\"')
            forms.append(f'"""\n{escaped}"""')
            if "'''" not in value and not value.endswith("'"):
                forms.append(f"'''\n{value}'''")
        return self.random.choice(forms)

    def basic(self, value: str) -> str:
        """A string in double quotes."""
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{escaped.replace("é", self.random.choice(["é", chr(92) + "u00e9"]))}"'

    def inline(self, value: Any) -> str:
        """Any value on one line."""
        if isinstance(value, dict):
            pairs = f"{self.space()},{self.space()}".join(
                f"{self.key(name)}{self.space()}={self.space()}{self.inline(item)}"
                for name, item in value.items()
            )
            return f"{{{self.space()}{pairs}{self.space()}}}"
        if isinstance(value, list):
            items = f"{self.space('')},{self.space()}".join(self.inline(item) for item in value)
            comma = self.random.choice(["", "", ",", " ,"]) if value else ""
            return f"[{self.space('')}{items}{comma}{self.space('')}]"
        return self.scalar(value, lines=False)

    # ---------------------------------------------------------- statements

    def statement(self, way: tuple[str, ...], name: str, value: Any, indent: str = "") -> Iterator[Line]:
        """``key = value`` and what stands above it."""
        about = (*way, name)
        yield from self.around(way)
        if isinstance(value, dict) and self.chance(2):
            for inner, item in value.items():
                yield from self.around(way)
                dot = f"{self.key(name)}{self.space('')}.{self.space('')}{self.key(inner)}"
                yield Line(
                    f"{dot}{self.space()}={self.space()}{self.scalar(item)}{self.behind()}",
                    (*about, inner),
                )
            return
        start = f"{indent}{self.key(name)}{self.space()}={self.space()}"
        if isinstance(value, list) and value and not self.chance(3):
            yield from self.array(about, start, value, indent)
        else:
            text = self.inline(value) if isinstance(value, list | dict) else self.scalar(value)
            yield Line(f"{start}{text}{self.behind()}", about, movable=isinstance(value, list))

    def array(self, about: tuple[str, ...], start: str, items: list[Any], indent: str) -> Iterator[Line]:
        """An array on several lines."""
        step = indent + self.random.choice(["  ", "    ", "\t", ""])
        style = self.random.choice(["column", "column", "column", "rows", "tight"])
        last = self.random.choice(["", ","])
        if style == "tight":  # the brackets stand on the lines of items
            for number, item in enumerate(items):
                row = f"{start}[" if not number else step
                row += self.inline(item) + ("," if number < len(items) - 1 else last + "]")
                yield Line(row + self.behind(), (*about, _name(item)), movable=True)
            return
        yield Line(f"{start}[{self.behind()}", about, movable=True)
        while items:
            yield from self.around(about)
            count = 1 if style == "column" else self.random.randint(1, 2)
            now, items = items[:count], items[count:]
            comma = f"{self.space('')}," if items or last else ""
            row = f"{step}{', '.join(map(self.inline, now))}{comma}{self.behind()}"
            named = (*about, _name(now[0])) if style == "column" else about
            yield Line(row, named, movable=style != "column" or not comma)
        yield from self.around(about)
        yield Line(f"{indent}]{self.behind()}", about, movable=True)

    def block(self, name: str, data: dict[str, Any] | str) -> Iterator[Line]:
        """A table under its header."""
        many = isinstance(data, dict) and name not in ("site", "sources")
        table = data if isinstance(data, dict) else {"artifact": data}
        way = (name, _name(table)) if many else (name,)
        brackets = ("[[", "]]") if many else ("[", "]")
        yield from self.around(())
        header = f"{self.space('')}{brackets[0]}{self.space('')}{self.key(name)}{self.space('')}{brackets[1]}"
        yield Line(header + self.behind(), way)
        indent = self.space("")
        for inner, value in table.items():
            yield from self.statement(way, inner, value, indent)


def _name(item: Any) -> str:
    return str(next(iter(item.values())) if isinstance(item, dict) else item)


def pages(record: Record | Settings) -> st.SearchStrategy[Page]:
    """The file of a record in some style. The style comes from one number: a draw for each space is slow."""
    return st.integers(0, 2**32).map(lambda seed: Scribe(seed).page(record))
