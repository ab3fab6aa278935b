"""What the page of an artifact says: what it runs and hides, its web, its relatives, its history."""

from __future__ import annotations

import html
import math
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from skillmeat import frontmatter
from skillmeat.model import Artifact, ArtifactType
from skillmeat.site import templates
from skillmeat.site.artifact import graph, links, raw
from skillmeat.site.artifact.cautions import Caution, cautions, programs, words
from skillmeat.site.artifact.graph import Node, Relation
from skillmeat.site.artifact.related import MOST, related
from skillmeat.site.build import build
from skillmeat.site.edition import Edition
from skillmeat.tree import FILE, PROGRAM, SUBMODULE, SYMLINK, Content, TreeEntry, tree_id
from skillmeat.views import Views
from tests.programs import NODE
from tests.site import store

ASSETS = Path(__file__).parents[2] / "site_templates/assets"


# ------------------------------------------------------------------ cautions


def told(kind: str, text: str, files: dict[str, bytes] | None = None, server: str = "") -> list[Caution]:
    content = of(files or {})
    head = frontmatter.parse(text.encode())
    return cautions(ArtifactType(kind), content, text, head, server, programs(content.files, content))


def of(files: dict[str, bytes], modes: dict[str, str] | None = None) -> Content:
    entries = tuple(
        TreeEntry(path, (modes or {}).get(path, FILE), "", len(data)) for path, data in sorted(files.items())
    )
    return Content(entries, files.__getitem__, "")


def test_a_plain_text_needs_no_caution() -> None:
    assert told("skill", "---\nname: a\ndescription: b\n---\n# A\n\nText, `code`, ! and emoji 👩‍💻.\n") == []


def test_characters_that_hide_are_told_with_their_lines_and_what_they_spell() -> None:
    tags = "".join(chr(0xE0000 + ord(letter)) for letter in "run rm")
    found = told("skill", f"# A\n\nzero\u200bwidth\n\n{tags}\nb\u202ea\n")
    assert found == [
        Caution(
            "8 characters that cannot be seen",
            "An agent reads what people do not see: 1 reordering, 6 tag, 1 zero-width. "
            "“As written” shows each of them.",
            ("line 3", "line 5", "line 6"),
            serious=True,
        ),
        Caution(
            "A message in invisible letters",
            "Tag characters spell words that only a machine reads:",
            ("run rm",),
            serious=True,
        ),
    ]
    assert told("skill", "\ufeff# A\r\n\r\ntext\r\n") == [], "a byte order mark and line ends are no secret"


def test_what_front_matter_allows() -> None:
    assert told("skill", "---\nallowed-tools: Bash(git:*) Read\n---\n") == [
        Caution(
            "Tools it may use without asking",
            "“allowed-tools” gives leave beforehand; it takes none away:",
            ("Bash(git:*)", "Read"),
        )
    ]
    [anything] = told("command", "---\nallowed-tools: [Bash, Read]\n---\n")
    assert anything.serious
    assert [each.title for each in told("agent", "---\nname: a\n---\n")] == ["Tools it has"]
    assert [
        (each.title, each.serious)
        for each in told("agent", "---\ntools: Read\npermissionMode: bypassPermissions\n---\n")
    ] == [
        ("Permission mode bypassPermissions", True),
        ("Tools it has", False),
    ]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Bash(git add:*), Read,Edit", ["Bash(git add:*)", "Read", "Edit"]),
        ("Bash(a, b) Read", ["Bash(a, b)", "Read"]),
        ("Bash(open", ["Bash(open"]),
        (["A", "B(c d)"], ["A", "B(c d)"]),
        ({"a": "b"}, []),
        (None, []),
        ("", []),
    ],
)
def test_a_list_of_tools_is_read_as_people_write_it(
    value: frontmatter.Value | None, expected: list[str]
) -> None:
    assert words(value) == expected


def test_commands_in_the_text_itself() -> None:
    found = told("command", "---\na: x\n---\n- Now: !`git status`\n- a!`b` and `!c`\n!`git log -1`\n")
    assert [(each.title, each.items) for each in found] == [
        ("2 commands that run when it is called", ("git status", "git log -1"))
    ]
    assert told("agent", "---\ntools: Read\n---\n!`git status`\n")[0].title == "Tools it has"


HOOKS = """{"description": "d", "hooks": {
  "PreToolUse": [
    {"matcher": "Bash|Edit", "hooks": [{"type": "command", "command": "bash x.sh", "args": ["-a"]}]}
  ],
  "Stop": [{"hooks": [
    {"type": "http", "url": "https://h.example"}, {"type": "mcp_tool", "server": "s", "tool": "t"}, 7
  ]}],
  "Bad": "x", "Worse": [3, {"hooks": 4}]
}}"""


def test_what_hooks_run() -> None:
    [found] = told("hook", HOOKS)
    assert found.title == "4 hooks"
    assert found.items == (
        "PreToolUse (Bash|Edit): bash x.sh -a",
        "Stop: http https://h.example",
        "Stop: s t",
        "Stop: ?",
    )


def test_what_servers_are_started() -> None:
    servers = (
        '{"mcpServers": {"a": {"command": "npx", "args": ["-y", "a"], "env": {"KEY": "x"}}, '
        '"b": {"url": "https://b"}, "c": 5}}'
    )
    assert [each.items for each in told("mcp", servers, server="b")] == [("b: https://b",)]
    plugin = {
        ".mcp.json": servers.encode(),
        ".claude-plugin/plugin.json": b'{"hooks": {"Stop": [{"hooks": [{"command": "x"}]}]}}',
    }
    assert [(each.title, each.items) for each in told("plugin", "# A", plugin)] == [
        ("1 hook", ("Stop: x",)),
        ("2 MCP servers", ("a: npx -y a (takes KEY)", "b: https://b")),
    ]


@pytest.mark.parametrize("text", ["", "[", "null", "[]", '{"hooks": []}', '{"mcpServers": 3}', "[" * 100_000])
@pytest.mark.parametrize("kind", list(ArtifactType))
def test_nothing_that_others_write_breaks_it(kind: ArtifactType, text: str) -> None:
    files = {
        ".mcp.json": text.encode(),
        "hooks/hooks.json": text.encode(),
        ".claude-plugin/plugin.json": text.encode(),
    }
    assert all(isinstance(each, Caution) for each in told(kind, text, files))


def test_programs_are_told_by_mode_by_ending_and_by_their_first_bytes() -> None:
    files = {
        "SKILL.md": b"#!/bin/sh",
        "LICENSE": b"#!/bin/sh",
        "bin/tool": b"#!/usr/bin/env python3\n",
        "bin/data": b"\x00\x01",
        "run.PY": b"",
        "marked.txt": b"",
        ".sh": b"",
    }
    content = of(files, {"marked.txt": PROGRAM})
    assert programs(content.files, content) == ["bin/tool", "marked.txt", "run.PY"]


def test_links_and_submodules_are_told() -> None:
    content = of({"a": b"x", "b": b""}, {"a": SYMLINK, "b": SUBMODULE})
    found = cautions(ArtifactType.SKILL, content, "", frontmatter.parse(b""), "", ())
    assert [(each.title, each.items) for each in found] == [
        ("1 symbolic link", ("a",)),
        ("1 submodule", ("b",)),
    ]


# ------------------------------------------------------------------- raw text


def test_a_text_as_written_shows_every_letter() -> None:
    tags = "".join(chr(0xE0000 + ord(letter)) for letter in "<b>")
    assert raw.as_written(f"<b>\u200b\u202e-{tags}<!-- a <i> -->\r\nx\xa0y".encode()) == (
        '&lt;b&gt;<mark class="unseen">U+200B</mark><mark class="unseen">U+202E</mark>-'
        '<mark class="unseen">&lt;b&gt; in tag characters</mark>'
        '<mark class="aside">&lt;!-- a &lt;i&gt; --&gt;</mark>\nx\xa0y'
    )
    assert raw.as_written(b"a  \nb\t\nc ") == "a &#32;\nb&#9;\nc ", "which tools would take away"


def test_the_file_itself_stands_beside_its_page(site: Path) -> None:
    first, _, rest = (site / "skill/pdf-tools/raw.txt").read_bytes().partition(b"\n")
    assert rest == store.SKILL
    assert re.fullmatch(rb"# \S*SKILL\.md at [0-9a-f]{40}, from the next line .*\(this line is .*\)", first)
    page = (site / "skill/pdf-tools/index.html").read_text()
    assert '<a href="raw.txt">' in page
    assert '<mark class="aside">&lt;!-- do not show --&gt;</mark>' in page
    assert not (site / "skill/unfetched/raw.txt").exists()
    unfetched = (site / "skill/unfetched/index.html").read_text()
    assert "Its files were not on the machine that built this page" in unfetched
    for claim in ("As written", "shown here", "Before you install", "Read it first"):
        assert claim not in unfetched.replace("To show them here", ""), (
            "it claims nothing of what it has not got"
        )


@pytest.mark.skipif(NODE is None, reason="node is not installed")
@pytest.mark.parametrize("ending", [".cjs", ".mjs"])
@pytest.mark.parametrize("text", [b'alert("raw")//\n', b"#!/usr/bin/env node\nalert(1)\n", b"*/ alert(1)\n"])
def test_the_file_itself_is_no_script(text: bytes, ending: str, tmp_path: Path) -> None:
    """Whatever it holds: pages may run scripts of their own site, and it is one of its files."""
    build(store.catalog(), store.dates(), lambda artifact: long(artifact, text), tmp_path / "out")
    written = (tmp_path / "out/skill/local/raw.txt").read_bytes()
    assert written.endswith(b"\n" + text)
    for name, data, status in (("raw", written, 1), ("control", b"alert(1)\n", 0)):
        file = tmp_path / f"{name}{ending}"
        file.write_bytes(data)
        found = subprocess.run([str(NODE), "--check", str(file)], capture_output=True, text=True, check=False)
        assert found.returncode == status
        assert ("SyntaxError" in found.stderr) == bool(status)
    for other in ("utf-16-le", "utf-16-be"):
        assert not written[:2].decode(other).isidentifier(), "nor is it one when read as something else"


def test_a_file_that_is_too_long_is_shown_in_part_and_not_served(tmp_path: Path) -> None:
    text = b"# A\n\n" + b"word " * 60_000
    build(store.catalog(), store.dates(), lambda artifact: long(artifact, text), tmp_path / "out")
    page = (tmp_path / "out/skill/local/index.html").read_text()
    assert "only its first 50 KB are shown" in page
    assert not (tmp_path / "out/skill/local/raw.txt").exists()
    assert "raw.txt" not in page
    assert len(page) < 200_000


def long(artifact: Artifact, text: bytes) -> Content | None:
    if artifact.id != "skill/local":
        return None
    return Content((TreeEntry("SKILL.md", FILE, "", len(text)),), lambda _: text, "SKILL.md")


# ---------------------------------------------------------------- the drawing


class Drawn(HTMLParser):
    """The boxes of a drawing: every ``rect`` with its place, and where the links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.boxes: list[tuple[float, float, float, float]] = []
        self.links: list[str] = []
        self.size = (0.0, 0.0)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        assert not {"style", "onload", "fill", "stroke"} & set(values)
        if tag == "svg":
            self.size = (float(values["width"]), float(values["height"]))
        if tag == "rect" and "class" not in values:
            x, y, width, height = (float(values[name]) for name in ("x", "y", "width", "height"))
            self.boxes.append((x, y, x + width, y + height))
        if tag == "a":
            self.links.append(values["href"])


def drawings(*relations: Relation, name: str = "Here") -> list[Drawn]:
    found = []
    for each in re.findall(r"<svg.*?</svg>", str(graph.drawn(name, "skill", relations, "v")), re.DOTALL):
        drawing = Drawn()
        drawing.feed(each)
        found.append(drawing)
    return found


def nodes(count: int, name: str = "Node") -> tuple[Node, ...]:
    return tuple(Node(f"{name} {number}", "agent", f"agent/n{number}/") for number in range(count))


@pytest.mark.parametrize("above", [0, 1, 3, 20, 200])
@pytest.mark.parametrize("below", [0, 1, 2, 4, 17, 40, 500])
def test_boxes_stand_inside_the_drawing_and_apart(above: int, below: int) -> None:
    if not above + below:
        assert graph.drawn("Here", "skill", [Relation("Contains", ())], "v") == ""
        return
    found = drawings(Relation("Part of", nodes(above), above=True), Relation("Contains", nodes(below)))
    assert len(found) == (1 if above <= 1 and below <= 1 else 2)
    for drawing in found:
        width, height = drawing.size
        assert width in (760, 340)
        for left, top, right, bottom in drawing.boxes:
            assert 0 <= left < right <= width
            assert 0 <= top < bottom <= height
        for place, one in enumerate(drawing.boxes):
            for other in drawing.boxes[place + 1 :]:
                apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
                inside = all(one[side] <= other[side] for side in (0, 1)) and all(
                    one[side] >= other[side] for side in (2, 3)
                )
                assert apart or inside
        assert drawing.size[1] < 1100
    if above + below <= graph.MOST:
        assert len(found[0].links) == above + below
    else:
        assert len(found[0].links) <= graph.MOST


def test_a_name_with_much_to_say_gets_a_wide_drawing_too() -> None:
    alone = Relation("Contains", nodes(1))
    assert [each.size[0] for each in drawings(alone, name="Short")] == [340]
    assert [each.size[0] for each in drawings(alone, name="A name that is not short " * 2)] == [760, 340]


def test_what_is_left_out_of_a_drawing_is_counted() -> None:
    text = str(graph.drawn("Here", "skill", [Relation("Contains", nodes(100))], "v"))
    assert "and 61 more" in text
    assert "and 87 more" in text


def test_names_are_escaped_and_fit() -> None:
    hostile = Node('<script>"x"</script>' * 10, "skill", "skill/x/")
    text = str(
        graph.drawn("<b>", "skill", [Relation("Contains", (hostile, Node("漢" * 90, "skill", "")))], "v")
    )
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    for shown in re.findall(r'<text x="[^"]*" y="[^"]*">([^<]*)</text>', text):
        assert len(html.unescape(shown)) < 45


# ---------------------------------------------------------------- relatives


def alike(count: int) -> dict[str, dict[str, object]]:
    return {
        f"skill/a{number}": {
            "id": f"skill/a{number}",
            "type": "skill",
            "tags": ["common", f"rare{number // 3}"],
            "collections": [],
            "source": "s",
            "hash": f"h{number}",
            "deprecated": None,
            "used_by": [],
            "associations": [],
        }
        for number in range(count)
    }


def test_relatives_share_what_is_rare() -> None:
    artifacts = alike(30)
    found = related(artifacts)
    assert set(found["skill/a4"][:2]) == {"skill/a3", "skill/a5"}
    assert all(len(each) == MOST and name not in each for name, each in found.items())
    artifacts["skill/a3"]["hash"] = artifacts["skill/a4"]["hash"]
    artifacts["skill/a4"]["used_by"] = ["skill/a5"]
    again = related(artifacts)["skill/a4"]
    assert not {"skill/a3", "skill/a5"} & set(again), "neither copies nor what is linked anyway"


def test_relatives_of_many_cost_no_square() -> None:
    """Twice as many that share one tag and one source: about twice the looks at artifacts."""

    class Counted(str):
        looks = 0

        def __hash__(self) -> int:
            Counted.looks += 1
            return super().__hash__()

    looks = []
    for count in (500, 1000):
        artifacts = {Counted(name): {**each, "id": Counted(name)} for name, each in alike(count).items()}
        Counted.looks = 0
        related(artifacts)
        looks.append(Counted.looks)
    assert 1000 < looks[1] < 2.2 * looks[0]


def edition(**changes: object) -> Edition:
    catalog = store.catalog(**changes)
    shown = templates.load(None, {"title": "T", "description": "", "url": ""})
    return Edition(catalog, Views(catalog, store.dates()), store.contents, shown, store.log())


def test_copies_and_successors() -> None:
    twin = store.ARTIFACTS["skill/pdf-tools"].but(id="skill/twin", aliases=(), associations=())
    gone = store.ARTIFACTS["skill/local"].but(deprecated="Use `skill/twin`, or skill/nothing.")
    here = edition(artifacts={**store.ARTIFACTS, "skill/twin": twin, "skill/local": gone})
    assert links.copies(here) == {"skill/pdf-tools": ["skill/twin"], "skill/twin": ["skill/pdf-tools"]}
    assert [each["id"] for each in links.successors(here, here.artifacts["skill/local"])] == ["skill/twin"]


def test_the_history_of_an_entry_is_followed_through_its_renames() -> None:
    found = links.commits(edition(), "manifests/artifacts/skill/pdf-tools.toml")
    assert [(each["id"][:1], each["subject"], each["address"]) for each in found["shown"]] == [
        ("c", "Rename & <tidy>", f"https://github.com/acme/catalog/commit/{'c' * 40}"),
        ("a", "Begin", f"https://github.com/acme/catalog/commit/{'a' * 40}"),
    ]
    assert links.commits(edition(), "manifests/artifacts/skill/nobody.toml") == {"shown": [], "more": False}


# -------------------------------------------------------------------- the rest


def test_the_id_of_a_folder_is_gits(tmp_path: Path) -> None:
    run = ["git", "-C", str(tmp_path)]
    for name in ("a", "a.b/c", "a-b", "sub/deep/x.sh", "sub.md", "sub0", "é"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "sub/deep/x.sh").chmod(0o755)
    (tmp_path / "link").symlink_to("a")
    subprocess.run([*run, "init", "-q"], check=True)
    subprocess.run([*run, "add", "."], check=True)
    wanted = subprocess.run([*run, "write-tree"], check=True, capture_output=True, text=True).stdout.strip()
    listed = subprocess.run([*run, "ls-files", "-sz"], check=True, capture_output=True, text=True).stdout
    entries = []
    for line in listed.split("\0")[:-1]:
        facts, _, path = line.partition("\t")
        mode, oid, _ = facts.split()
        entries.append(TreeEntry(path, mode, oid, 0))
    assert tree_id(entries) == wanted
    assert tree_id([*entries, TreeEntry("z", FILE, "", 0)]) == ""


def luminance(lightness: float, chroma: float, hue: float) -> float:
    """The relative luminance (WCAG) of an OKLCH colour, clipped to sRGB."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long_, middle, short = (
        (lightness + x * a + y * b) ** 3
        for x, y in (
            (0.3963377774, 0.2158037573),
            (-0.1055613458, -0.0638541728),
            (-0.0894841775, -1.2914855480),
        )
    )
    red = 4.0767416621 * long_ - 3.3077115913 * middle + 0.2309699292 * short
    green = -1.2684380046 * long_ + 2.6097574011 * middle - 0.3413193965 * short
    blue = -0.0041960863 * long_ - 0.7034186147 * middle + 1.7076147010 * short
    red, green, blue = (min(1, max(0, each)) for each in (red, green, blue))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


OKLCH = r"oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)"
PAIR = rf"light-dark\({OKLCH}, {OKLCH}\)"


def test_the_colours_of_code_can_be_read_in_both_themes() -> None:
    """WCAG AA: 4.5 to 1 on what code stands on."""

    def pair(found: re.Match[str] | None, skip: int = 0) -> list[float]:
        assert found
        numbers = [float(each) for each in found.groups()[skip:]]
        return [luminance(*numbers[:3]), luminance(*numbers[3:])]

    behind = pair(re.search(rf"--sunken: {PAIR}", (ASSETS / "site.css").read_text()))
    colours = list(re.finditer(rf"\.hl-([a-z]) \{{ color: {PAIR}", (ASSETS / "pages.css").read_text()))
    assert {each[1] for each in colours} == set("ckfasnid")
    for each in colours:
        for front, back in zip(pair(each, 1), behind, strict=True):
            light, dark = max(front, back), min(front, back)
            assert (light + 0.05) / (dark + 0.05) >= 4.5, each[0]
