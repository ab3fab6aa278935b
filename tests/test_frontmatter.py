"""Front matter is read as strings, bounded, and leniently where the world is broken."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from skillmeat.frontmatter import FrontMatter, State, body, parse
from skillmeat.frontmatter.simple import simple
from skillmeat.frontmatter.strict import Refused, load
from skillmeat.frontmatter.values import MAX_BYTES
from tests.pace import measured


def head(text: str) -> FrontMatter:
    """The front matter of a file whose head is this text."""
    return parse(f"---\n{text}\n---\n# Body\n".encode())


class TestStates:
    """What stands at the head of a file."""

    @pytest.mark.parametrize(
        ("data", "expected"),
        [
            (b"", FrontMatter(State.EMPTY_FILE, problem="The file is empty.")),
            (b" \r\n", FrontMatter(State.EMPTY_FILE, body=" \n", problem="The file is empty.")),
            (b"\xef\xbb\xbf", FrontMatter(State.EMPTY_FILE, problem="The file is empty.")),
            (b"# Title\n", FrontMatter(State.NONE, body="# Title\n")),
            (b"\n---\nname: a\n---\n", FrontMatter(State.NONE, body="\n---\nname: a\n---\n")),
            (b" ---\nname: a\n---\n", FrontMatter(State.NONE, body=" ---\nname: a\n---\n")),
            (b"----\nname: a\n---\n", FrontMatter(State.NONE, body="----\nname: a\n---\n")),
            (
                b"---\nname: a\n",
                FrontMatter(
                    State.UNTERMINATED,
                    body="---\nname: a\n",
                    problem="The front matter is opened with “---” and never closed.",
                ),
            ),
            (
                b"---",
                FrontMatter(
                    State.UNTERMINATED,
                    body="---",
                    problem="The front matter is opened with “---” and never closed.",
                ),
            ),
            (
                b"---\n---\nx",
                FrontMatter(State.EMPTY, body="x", problem="The front matter is empty."),
            ),
            (
                b"---\n# only a comment\n---\n",
                FrontMatter(State.EMPTY, problem="The front matter is empty."),
            ),
            (
                b"---\n- a\n- b\n---\n",
                FrontMatter(
                    State.NOT_MAPPING, problem="The front matter is not a list of “key: value” lines."
                ),
            ),
            (
                b"---\njust words\n---\n",
                FrontMatter(
                    State.NOT_MAPPING, problem="The front matter is not a list of “key: value” lines."
                ),
            ),
        ],
    )
    def test_state(self, data: bytes, expected: FrontMatter) -> None:
        assert parse(data) == expected

    @pytest.mark.parametrize(
        "data",
        [
            b"---\nname: a\n---\nBody\n",
            b"\xef\xbb\xbf---\nname: a\n---\nBody\n",
            b"---\r\nname: a\r\n---\r\nBody\r\n",
            b"---\rname: a\r---\rBody\r",
            b"---  \t\nname: a\n---\t\nBody\n",
            b"---\nname: a\n...\nBody\n",
        ],
        ids=["plain", "bom", "crlf", "cr", "blanks", "dots"],
    )
    def test_tolerated(self, data: bytes) -> None:
        """A byte order mark, any line ends, blanks behind the dashes, and dots at the end."""
        assert parse(data) == FrontMatter(State.OK, MappingProxyType({"name": "a"}), "Body\n")

    def test_closed_by_the_first_such_line(self) -> None:
        """A later rule in the body is the body's."""
        assert parse(b"---\na: b\n---\nx\n---\ny\n").body == "x\n---\ny\n"

    def test_closed_at_the_end_of_the_file(self) -> None:
        assert parse(b"---\na: b\n---") == FrontMatter(State.OK, MappingProxyType({"a": "b"}))

    def test_bytes_that_are_not_utf8(self) -> None:
        """They are replaced, and that is said."""
        found = parse(b"---\nname: caf\xe9\n---\nna\xefve\n")
        assert found == FrontMatter(State.OK, MappingProxyType({"name": "caf�"}), "na�ve\n", utf8=False)


class TestValues:
    """Every scalar is a string exactly as written."""

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("name: yes", {"name": "yes"}),
            ("version: 1.0", {"version": "1.0"}),
            ("version: 1.10", {"version": "1.10"}),
            ("name: 0x10", {"name": "0x10"}),
            ("n: 1_000", {"n": "1_000"}),
            ("date: 2026-11-21", {"date": "2026-11-21"}),
            ("date: 2026-99-99", {"date": "2026-99-99"}),
            ("a: null", {"a": "null"}),
            ("a: ~", {"a": "~"}),
            ("a:", {"a": ""}),
            ("a: ''", {"a": ""}),
            ("a: 'it''s'", {"a": "it's"}),
            ('a: "x: y # z"', {"a": "x: y # z"}),
            ('a: "\\u00e9\\n"', {"a": "é\n"}),
            ("a: x # comment", {"a": "x"}),
            ("a: x#y", {"a": "x#y"}),
            ("tools: Bash(git:*), Read", {"tools": "Bash(git:*), Read"}),
            ("tools: [Read, 'Write', 1]", {"tools": ["Read", "Write", "1"]}),
            ("tools:\n- Read\n- Write", {"tools": ["Read", "Write"]}),
            ("a: >\n  x\n  y\n", {"a": "x y\n"}),
            ("a: |-\n  x\n  y\n", {"a": "x\ny"}),
            ("a: x\n  y", {"a": "x y"}),
            ("metadata:\n  version: 1.0\n  ok: true", {"metadata": {"version": "1.0", "ok": "true"}}),
            ("<<: {a: b}", {"<<": {"a": "b"}}),
            ("yes: no", {"yes": "no"}),
            ("名前: 値", {"名前": "値"}),
            ("emoji: 🎉", {"emoji": "🎉"}),
            ("a: 1e999", {"a": "1e999"}),
            ("a: " + "9" * 5000, {"a": "9" * 5000}),
        ],
    )
    def test_value(self, text: str, expected: dict[str, Any]) -> None:
        found = head(text)
        assert (found.state, found.values, found.problem) == (State.OK, expected, "")

    def test_text_of_a_key(self) -> None:
        """Only a scalar is text."""
        found = head("a: ' x '\nb: [x]")
        assert [found.text(key) for key in "abc"] == ["x", "", ""]


class TestLenient:
    """What YAML does not take is read key by key, and that is said."""

    @pytest.mark.parametrize(
        ("text", "expected", "problem"),
        [
            (
                "name: a\ndescription: Use it: now",
                {"name": "a", "description": "Use it: now"},
                "The front matter is not YAML: mapping values are not allowed here (line 3).",
            ),
            (
                "description: Use it: now\n  and then\n\n  later\nname: a",
                {"name": "a", "description": "Use it: now and then later"},
                "The front matter is not YAML: mapping values are not allowed here (line 2).",
            ),
            (
                "hint: [a] [b]\nmetadata:\n  version: 1.0\ntools: [x, y]",
                {"hint": "[a] [b]", "metadata": {"version": "1.0"}, "tools": ["x", "y"]},
                "The front matter is not YAML: expected <block end>, but found '[' (line 2).",
            ),
            (
                "description: @home\nname: 'a'",
                {"description": "@home", "name": "a"},
                "The front matter is not YAML: found character '@' that cannot start any token (line 2).",
            ),
            (
                'description: "say "hi" twice"\nname: a',
                {"description": 'say "hi" twice', "name": "a"},
                "The front matter is not YAML: expected <block end>, but found '<scalar>' (line 2).",
            ),
            (
                "x: |\n  one: 1\n\ttwo\nname: a: b",
                {"x": "one: 1\ntwo", "name": "a: b"},
                "The front matter is not YAML: found character '\\t' that cannot start any token (line 4).",
            ),
            (
                "name: a\nname: b",
                {"name": "b"},
                "The front matter gives “name” twice.",
            ),
            (
                "name: &x a\nother: *x",
                {"name": "&x a", "other": "*x"},
                "The front matter uses anchors or aliases.",
            ),
            (
                "name: !!python/object/apply:os.system [id]",
                {"name": "!!python/object/apply:os.system [id]"},
                "The front matter uses a YAML tag.",
            ),
            (
                "name: a\n--- b",
                {"name": "a"},
                "The front matter holds more than one YAML document.",
            ),
            (
                "%YAML 1.1\n--- {}\n",
                {},
                "The front matter holds a YAML directive.",
            ),
            (
                "? [a]\n: b\nname: c",
                {"name": "c"},
                "The front matter has a key that is not text.",
            ),
            (
                'name: "\\ud800"',
                {"name": "\\ud800"},
                "The front matter holds an escape for half a character.",
            ),
            (
                'name: "\\UFFFFFFFF"',
                {"name": "\\UFFFFFFFF"},
                "The front matter is not YAML: a number in it is out of range.",
            ),
            (
                "name: a\x00b",
                {"name": "a\x00b"},
                "The front matter is not YAML: special characters are not allowed.",
            ),
        ],
    )
    def test_value(self, text: str, expected: dict[str, Any], problem: str) -> None:
        found = head(text)
        assert (found.state, found.values, found.problem) == (State.INVALID_YAML, expected, problem)

    def test_too_long(self) -> None:
        """Only the first 16 KiB are read, and they leniently."""
        found = head("name: a\nb: " + "x" * MAX_BYTES)
        assert (found.state, found.text("name")) == (State.INVALID_YAML, "a")
        assert found.problem == "The front matter is longer than 16 KiB."

    def test_bytes_are_counted_not_characters(self) -> None:
        assert head("b: " + "値" * 6000).problem == "The front matter is longer than 16 KiB."


def _nested(opening: str, levels: int, closing: str = "") -> str:
    return "a: " + opening * levels + closing * levels


HOSTILE = {
    "8 levels of lists": _nested("[", 8, "]"),
    "9 levels of maps": "".join(" " * level + "a:\n" for level in range(9)),
    "200 levels of maps": "".join(" " * level + "a:\n" for level in range(150)),
    "brackets": "[" * 16_000,
    "braces": "{" * 16_000,
    "braces with keys": "{a: " * 4_000,
    "brackets on lines": "[\n" * 8_000,
    "brackets in a thousand keys": "".join(f"k{i}: [[[\n" for i in range(1_200)),
    "long lines of brackets": "".join(f"k{i}: {'[' * 1_000}\n" for i in range(15)),
    "wide and seven deep": "".join(f"k{i}: {('[' * 7 + ']' * 7 + ',') * 60}\n" for i in range(15)),
    "dashes": "- " * 8_000,
    "question marks": "? " * 8_000,
    "colons": "a:" * 8_000,
    "colons and blanks": "a: " * 5_000,
    "commas": "[" + "," * 16_000,
    "pairs in a list": "[" + "a: b," * 3_000 + "]",
    "keys": "".join(f"k{i}: v\n" for i in range(1_800)),
    "broken keys": "".join(f"k{i}: a: b\n" for i in range(1_200)),
    "keys in braces": "{" + ",".join(f"a{i}" for i in range(2_500)) + "}",
    "duplicate keys": "a: b\n" * 3_000,
    "comments": "#\n" * 8_000,
    "blanks": "a: " + " " * 16_000,
    "blanks before the colon": "a" + " " * 16_000 + ": b",
    "line ends": "a: b" + "\n" * 16_000,
    "open quote": 'a: "' + "x\n " * 5_000,
    "quotes": "a: " + "'" * 16_000,
    "escapes": 'a: "' + "\\x41" * 4_000 + '"',
    "bad escape": 'a: "\\xzz"',
    "folded": "a: >\n" + " x\n" * 5_000,
    "folded after a fault": "a: b: c\n" + " x\n" * 5_000,
    "tabs": "\t" * 16_000,
    "tab as indent": "a:\n\tb: c",
    "nul": "a: \x00",
    "controls": "a: \x1b[31m\x07\x9b",
    "billion laughs": 'a: &a ["x","x"]\n'
    + "".join(
        f"{y}: &{y} [{','.join([f'*{x}'] * 9)}]\n" for x, y in zip("abcdefgh", "bcdefghi", strict=True)
    ),
    "merge bomb": "a: &a {k: v}\n" + "".join(f"b{i}: {{<<: [*a, *a, *a]}}\n" for i in range(500)),
    "recursive anchor": "a: &a [*a]",
    "aliases": "a: &a b\n" + "k: *a\n" * 2_000,
    "python object": "a: !!python/object/apply:os.system ['true']",
    "python name": "a: !!python/name:os.system",
    "bad bool": "a: !!bool maybe",
    "bad timestamp": "a: !!timestamp x",
    "empty int": 'a: !!int ""',
    "exclamation marks": "!" * 16_000,
    "verbatim tag": "a: !<tag:yaml.org,2002:str> b",
    "big int": "a: " + "9" * 5_000,
    "big date": "a: 99999-99-99 99:99:99 +99:99",
    "big directive": "%YAML " + "9" * 5_000 + ".1\n--- a",
    "percent signs": "%" * 16_000,
    "lone surrogate": 'a: "\\ud800\\udc00"',
    "beyond Unicode": 'a: "\\UFFFFFFFF"',
    "line separators": "a: b\u2028c: d\u2029e: f\x85g: h",
    "byte order marks": "\ufeffa: \ufeffb\ufeff",
    "noncharacters": "a: \ufffe\uffff",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile(text: str) -> None:
    """Each is read or refused in bounded time, and what is given is strings within the bounds."""
    with measured() as work:
        found = head(text)
    assert work.units < 100
    assert found.state in (State.OK, State.INVALID_YAML, State.NOT_MAPPING, State.EMPTY)
    assert bool(found.problem) is (found.state != State.OK)
    _check(dict(found.values), 1)


def _check(value: Any, depth: int) -> None:
    assert depth <= 9
    if isinstance(value, dict):
        for key, each in value.items():
            assert type(key) is str
            _check(each, depth + 1)
    elif isinstance(value, list):
        for each in value:
            _check(each, depth + 1)
    else:
        assert type(value) is str
        value.encode()


YAML_ISH = st.text(
    st.sampled_from("ab1 \t\n\r:#-?[]{},&*!|>'\"%@`~.\\xu0\ufeff\x85\u2028é値🎉\x00\x07"), max_size=80
)


@given(st.one_of(st.binary(max_size=400), YAML_ISH.map(lambda text: f"---\n{text}\n---\n".encode())))
def test_never_raises(data: bytes) -> None:
    """Whatever the bytes are; and what comes back can be written in UTF-8 again."""
    found = parse(data)
    assert body(data) == found.body
    found.body.encode()
    _check(dict(found.values), 1)


KEYS = st.text(st.sampled_from("abc_-09é:# "), max_size=5)
LINES = st.builds("{}:{}{}\n".format, KEYS, st.sampled_from(["", " ", "  "]), YAML_ISH)


@given(st.lists(LINES, max_size=4).map("".join))
@example("a: b:\n")
@example("a: b \n")
@example("a: x'y\"z\n")
@example("a: \"\"\nb: ''\nc:\n")
@example("a: [x\n")
@example("a: - x\n")
@example("a: ---\n")
@example("a: x\u2028y\n")
def test_the_short_way_gives_the_same_answer(text: str) -> None:
    """One key a line is read without PyYAML; then PyYAML would have said the same."""
    short = simple(text)
    if short is not None:
        assert short == load(text) == yaml.load(text, yaml.BaseLoader)


@given(st.lists(LINES, max_size=4).map("".join))
@example("a: {b: [c, {d: e}]}\n")
@example("a: >-\n  x\n\n  y\nb:\n- c\n-\n")
def test_agrees_with_pyyaml(text: str) -> None:
    """What is read strictly is what PyYAML's loader of strings gives."""
    try:
        value = load(text)
    except Refused:
        return
    assert value == yaml.load(text, yaml.BaseLoader)


def test_a_thousand_files_are_quick() -> None:
    """Scanning a large source is not slow because of front matter."""
    simple = (
        b"---\nname: pdf-tools\ndescription: Reads and writes PDF files. Use it when asked to.\n---\n# PDF\n"
    )
    nested = simple.replace(b"\n---\n", b"\nmetadata:\n  version: 1.0\ntools: [Read, Write]\n---\n", 1)
    with measured() as work:
        for number, data in enumerate((simple, simple, simple, nested) * 250):
            parse(b"%b%d" % (data, number))
    assert work.units < 150
