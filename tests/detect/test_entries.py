"""What is said of an entry: its name, its description, and what is wrong with it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import skillmeat.detect
from skillmeat.detect import PROBLEMS, Found, file_of
from skillmeat.model import Artifact, ArtifactType

from .trees import detected, passed, paths


def one(path: str, text: str | bytes, *, repository: str = "") -> Found:
    """The one entry of a tree of one file."""
    (found,) = detected({path: text}, repository=repository).found
    return found


class TestSkills:
    """FORMATS.md 1.1: name and description are needed, the name is a slug and its folder's."""

    def test_one_without_fault(self) -> None:
        text = (
            "---\nname: pdf\ndescription: Reads PDF.\nlicense: MIT\nmetadata:\n  version: 1.10\n---\n# PDF\n"
        )
        assert one("skills/pdf/SKILL.md", text) == Found(
            ArtifactType.SKILL,
            name="pdf",
            path="skills/pdf",
            reason="a folder with a SKILL.md",
            description="Reads PDF.",
            file="skills/pdf/SKILL.md",
            version="1.10",
            license="MIT",
            state="ok",
        )

    @pytest.mark.parametrize(
        ("text", "name", "description", "problems"),
        [
            ("# Only a body", "pdf", "", ("no-front-matter",)),
            ("", "pdf", "", ("empty-file",)),
            ("---\nname: pdf\n", "pdf", "", ("front-matter-unterminated",)),
            ("---\n---\n", "pdf", "", ("front-matter-empty",)),
            ("---\n- a\n---\n", "pdf", "", ("front-matter-not-a-mapping",)),
            ("\ufeff---\r\nname: pdf\r\ndescription: d\r\n---\r\n", "pdf", "d", ()),
            ("---\nname: pdf\ndescription: a: b\n---\n", "pdf", "a: b", ("front-matter-not-yaml",)),
            ("---\nname: yes\ndescription: d\n---\n", "yes", "d", ("name-differs-from-folder",)),
            ("---\nname: pdf\n---\n", "pdf", "", ("description-missing",)),
            ("---\nname: pdf\ndescription: ''\n---\n", "pdf", "", ("description-missing",)),
            ("---\nname: pdf\ndescription: [a]\n---\n", "pdf", "", ("description-missing",)),
            ("---\ndescription: d\n---\n", "pdf", "d", ("name-missing",)),
            ("---\nname: {a: b}\ndescription: d\n---\n", "pdf", "d", ("name-missing",)),
            (
                "---\nname: My Skill\ndescription: d\n---\n",
                "My Skill",
                "d",
                ("name-differs-from-folder", "name-not-a-slug"),
            ),
            (
                f"---\nname: {'a' * 65}\ndescription: d\n---\n",
                "a" * 65,
                "d",
                ("name-differs-from-folder", "name-too-long"),
            ),
            (
                f"---\nname: pdf\ndescription: {'d' * 1025}\n---\n",
                "pdf",
                "d" * 1025,
                ("description-too-long",),
            ),
            ("---\nname: pdf\ndescription: d\n---\na\u202eb", "pdf", "d", ("hidden-characters",)),
            ("---\nname: pdf\ndescription: d\n---\na\U000e0041", "pdf", "d", ("hidden-characters",)),
            ("---\nname: pdf\ndescription: d\u200b\n---\n", "pdf", "d\\u{200b}", ("zero-width-characters",)),
            (
                '---\nname: "pdf\\e[31m\\nx"\ndescription: d\n---\n',
                "pdf\\u{001b}[31m x",
                "d",
                ("hidden-characters", "name-differs-from-folder", "name-not-a-slug"),
            ),
        ],
    )
    def test_front_matter(self, text: str, name: str, description: str, problems: tuple[str, ...]) -> None:
        found = one("skills/pdf/SKILL.md", text)
        assert (found.name, found.description, found.problems) == (name, description, problems)

    def test_not_utf8(self) -> None:
        found = one("pdf/SKILL.md", b"---\nname: pdf\ndescription: caf\xe9\n---\n")
        assert (found.description, found.problems) == ("caf�", ("not-utf-8",))

    @pytest.mark.parametrize(("repository", "name"), [("humanizer", "humanizer"), ("", "skill")])
    def test_in_the_root(self, repository: str, name: str) -> None:
        """Its folder has no name to differ from; without a name of its own it has the repository's."""
        assert (
            one("SKILL.md", "---\nname: other\ndescription: d\n---\n", repository=repository).problems == ()
        )
        assert one("SKILL.md", "", repository=repository).name == name

    def test_words_are_bounded(self) -> None:
        """To what a manifest may hold; a description is cut at a word."""
        found = one(
            "a/SKILL.md",
            f"---\nname: {'n' * 3000}\nlicense: {'l' * 3000}\ndescription: {'word ' * 500}\n---\n",
        )
        assert (len(found.name), len(found.license)) == (255, 500)
        assert found.description == "word " * 398 + "word…"

    def test_an_odd_folder(self) -> None:
        """It is listed; what a manifest could not hold is said."""
        found = one("a\\b\nc/SKILL.md", "---\nname: x\ndescription: d\n---\n")
        assert found.path == "a\\b\nc"
        assert found.problems == ("name-differs-from-folder", "path-not-portable")

    @pytest.mark.parametrize(
        ("size", "problem"), [(None, "too-large"), (2_000_000, "too-large"), (10, "unreadable")]
    )
    def test_a_blob_that_cannot_be_had(self, size: int | None, problem: str) -> None:
        """The entry is listed with its folder's name."""
        (found,) = detected({}, sizes={"pdf/SKILL.md": size}).found
        assert (found.name, found.path, found.problems, found.state) == ("pdf", "pdf", (problem,), "")


class TestCommandsAndAgents:
    """FORMATS.md 1.4 and 1.5."""

    @pytest.mark.parametrize(
        ("path", "text", "name", "problems"),
        [
            ("commands/commit.md", "Commit.", "commit", ()),
            ("commands/git/commit.md", "", "commit", ("empty-file",)),
            ("commands/commit.md", "---\nname: commit\n---\n", "commit", ()),
            ("commands/commit.md", "---\nname: git:commit\n---\n", "commit", ("name-differs-from-file",)),
            ("commands/clean_gone.md", "", "clean_gone", ("empty-file", "name-not-a-slug")),
            ("commands/.md", "x", "command", ("name-not-a-slug",)),
            ("commands/a.md", "---\nhint: [a] [b]\n---\n", "a", ("front-matter-not-yaml",)),
        ],
    )
    def test_commands(self, path: str, text: str, name: str, problems: tuple[str, ...]) -> None:
        """A command is named by its file, and front matter is optional."""
        found = one(path, text)
        assert (found.name, found.problems) == (name, problems)

    @pytest.mark.parametrize(
        ("text", "name", "problems"),
        [
            ("---\nname: reviewer\ndescription: d\n---\n", "reviewer", ()),
            ("---\nname: Agent Name\ndescription: d\n---\n", "Agent Name", ("name-not-a-slug",)),
            ("---\ndescription: d\n---\n", "x", ("name-missing",)),
            ("Words.", "x", ("no-front-matter",)),
        ],
    )
    def test_agents(self, text: str, name: str, problems: tuple[str, ...]) -> None:
        """An agent is named by its front matter, which need not agree with its file."""
        found = one("agents/x.md", text)
        assert (found.name, found.problems) == (name, problems)


class TestJson:
    """Whatever a JSON file holds, the entry is listed and the rest of the source is found."""

    BROKEN = (
        ("", "not-json"),
        ("{", "not-json"),
        ("{}}", "not-json"),
        ("[" * 100_000, "not-json"),
        ('{"a":' * 100_000, "not-json"),
        (b"\xff\xfe{}", "not-json"),
        (b'{"name": "\xe9"}', "not-json"),
        ("[]", "not-an-object"),
        ("null", "not-an-object"),
        ('"text"', "not-an-object"),
        ("NaN", "not-an-object"),
        ("9" * 5000, "not-an-object"),
    )

    @pytest.mark.parametrize(("text", "problem"), BROKEN)
    def test_broken(self, text: str | bytes, problem: str) -> None:
        files: dict[str, str | bytes] = {
            "p/.claude-plugin/plugin.json": text,
            "p/hooks/hooks.json": text,
            "p/.mcp.json": text,
            "p/.claude-plugin/marketplace.json": text,
            "p/commands/x.md": "Words.",
        }
        detection = detected(files)
        assert [(str(each.type), each.path, each.name, each.problems) for each in detection.found] == [
            ("command", "p/commands/x.md", "x", ()),
            ("hook", "p/hooks/hooks.json", "p", (problem,)),
            ("mcp", "p/.mcp.json", "p", (problem,)),
            ("plugin", "p", "p", (problem,)),
        ]

    @pytest.mark.parametrize(
        ("text", "name", "description", "version", "problems"),
        [
            ('{"name": "p", "description": "d", "version": "1.0"}', "p", "d", "1.0", ()),
            ('\ufeff{"name": "p"}', "p", "", "", ()),
            ('{"name": "p", "version": 1.10}', "p", "", "1.10", ()),
            ('{"name": "p", "version": NaN}', "p", "", "NaN", ()),
            ('{"name": "p", "version": {}}', "p", "", "", ()),
            ('{"name": "a", "name": "p"}', "p", "", "", ("duplicate-key",)),
            ('{"name": ["p"], "description": {}}', "folder", "", "", ("name-missing",)),
            ('{"name": " "}', "folder", "", "", ("name-missing",)),
            ('{"name": "My Plugin"}', "My Plugin", "", "", ("name-not-a-slug",)),
            ('{"name": "p", "description": "\\u202e"}', "p", "\\u{202e}", "", ("hidden-characters",)),
            ('{"name": "\\ud800"}', "\\u{d800}", "", "", ("name-not-a-slug",)),
        ],
    )
    def test_plugins(
        self, text: str, name: str, description: str, version: str, problems: tuple[str, ...]
    ) -> None:
        found = one("folder/.claude-plugin/plugin.json", text)
        given = (found.name, found.description, found.version, found.problems)
        assert given == (name, description, version, problems)

    @pytest.mark.parametrize(
        ("text", "description", "problems"),
        [
            ('{"hooks": {"Stop": [], "PreToolUse": []}}', "Runs on Stop, PreToolUse.", ()),
            ('{"description": "d", "hooks": {"Stop": []}}', "d", ()),
            ('{"hooks": {"Stop": [], "OnMoon": []}}', "Runs on Stop, OnMoon.", ("unknown-event",)),
            ('{"hooks": {"Stop": [], "Stop": []}}', "Runs on Stop.", ("duplicate-key",)),
            ('{"hooks": []}', "", ("no-hooks",)),
            ('{"hooks": {}}', "", ("no-hooks",)),
            ("{}", "", ("no-hooks",)),
        ],
    )
    def test_hooks(self, text: str, description: str, problems: tuple[str, ...]) -> None:
        """A file is named by the folder above hooks/, in the root by the repository."""
        found = one("guard/hooks/hooks.json", text)
        assert (found.name, found.description, found.problems) == ("guard", description, problems)
        assert one("hooks/hooks.json", text, repository="repo").name == "repo"

    @pytest.mark.parametrize(
        ("server", "description", "problems"),
        [
            ({"command": "npx -y --key=secret", "args": ["secret"]}, "Runs npx.", ()),
            ({"command": "/home/me/bin/tool"}, "Runs tool.", ()),
            ({"type": "http", "url": "https://me:secret@mcp.example.com/x?key=1"}, None, ()),
            ({"url": "${URL}"}, "Served at an address of its own.", ()),
            ({"url": "https://[broken"}, "Served at an address of its own.", ()),
            ({"args": []}, "", ("no-command-or-url",)),
            ({"command": ["npx"], "url": " "}, "", ("no-command-or-url",)),
            ([], "", ("not-an-object",)),
            (None, "", ("not-an-object",)),
        ],
    )
    def test_servers(self, server: Any, description: str | None, problems: tuple[str, ...]) -> None:
        """A server says how it is reached, and no secret."""
        found = one(".mcp.json", json.dumps({"mcpServers": {"s": server}}))
        expected = "Served at mcp.example.com." if description is None else description
        assert (found.name, found.description, found.problems) == ("s", expected, problems)

    @pytest.mark.parametrize(
        ("key", "path", "name", "problems"),
        [
            ("a/../b", "a/.mcp.json#a/../b", "a/../b", ("path-not-portable",)),
            ("My Server: a/b#c", "a/.mcp.json#My Server: a/b#c", "My Server: a/b#c", ()),
            ("サーバー", "a/.mcp.json#サーバー", "サーバー", ()),
            ("two  blanks", "a/.mcp.json#two  blanks", "two blanks", ()),
            ("line\nfeed", "a/.mcp.json#line feed", "line feed", ()),
            ("\x1b[2J", "a/.mcp.json#\\u{001b}[2J", "\\u{001b}[2J", ("path-not-portable",)),
            ("\ud800", "a/.mcp.json#\\u{d800}", "\\u{d800}", ("path-not-portable",)),
            ("", "a/.mcp.json#", "mcp", ("name-missing",)),
            ("x" * 300, f"a/.mcp.json#{'x' * 199}…", f"{'x' * 254}…", ()),
        ],
    )
    def test_names_of_servers(self, key: str, path: str, name: str, problems: tuple[str, ...]) -> None:
        """They stand behind the # as they are when they can be seen there."""
        found = one("a/.mcp.json", json.dumps({"mcpServers": {key: {"command": "x"}}}))
        assert (found.path, found.name, found.problems) == (path, name, problems)
        assert file_of(found.type, found.path) == "a/.mcp.json"

    def test_servers_that_are_no_table(self) -> None:
        found = one("a/.mcp.json", '{"mcpServers": [{"command": "x"}]}')
        assert (found.path, found.name, found.problems) == ("a/.mcp.json", "a", ("no-servers",))

    def test_too_many_servers(self) -> None:
        """The first five hundred are listed; two names that look alike are one."""
        servers = {f"s{number}": {"command": "x"} for number in range(600)}
        detection = detected({".mcp.json": json.dumps(servers), "a/.mcp.json": '{"x\\n": {}, "x\\t": {}}'})
        assert len(detection.found) == 501
        assert len(passed(detection)) == 101
        assert passed(detection)["a/.mcp.json#x"] == "one of too many servers, or has the name of another"

    @pytest.mark.parametrize(
        "path", ["hooks/hooks.json", ".claude-plugin/plugin.json", ".mcp.json", "a/.mcp.json"]
    )
    @pytest.mark.parametrize(("size", "problem"), [(None, "too-large"), (10, "unreadable")])
    def test_a_blob_that_cannot_be_had(self, path: str, size: int | None, problem: str) -> None:
        (found,) = detected({}, sizes={path: size}).found
        assert (found.file, found.problems) == (path, (problem,))


class TestRelations:
    """What only the whole source tells."""

    def test_duplicate_names(self) -> None:
        """Of one type, whatever their case; another type is another name."""
        text = "---\nname: {}\ndescription: d\n---\n"
        detection = detected(
            {
                "a/pdf/SKILL.md": text.format("pdf"),
                "b/pdf/SKILL.md": text.format("pdf"),
                "c/PDF/SKILL.md": text.format("PDF"),
                "d/ocr/SKILL.md": text.format("ocr"),
                "commands/pdf.md": "x",
            }
        )
        assert {each.path: each.problems for each in detection.found} == {
            "a/pdf": ("duplicate-name",),
            "b/pdf": ("duplicate-name",),
            "c/PDF": ("duplicate-name", "name-not-a-slug"),
            "d/ocr": (),
            "commands/pdf.md": (),
        }

    def test_one_that_is_left_out_takes_no_name(self) -> None:
        text = "---\nname: pdf\ndescription: d\n---\n"
        detection = detected({"a/pdf/SKILL.md": text, "old/pdf/SKILL.md": text}, exclude=["old"])
        assert [each.problems for each in detection.found] == [()]

    def test_what_a_plugin_contains(self) -> None:
        """What stands in the usual places, and in those it names; a skill directly below."""
        detection = detected(
            {
                "p/.claude-plugin/plugin.json": '{"name": "p", "skills": "./extra", "commands": [1]}',
                "p/SKILL.md": "",
                "p/skills/a/SKILL.md": "",
                "p/skills/a/inner/SKILL.md": "",
                "p/extra/b/SKILL.md": "",
                "p/extra/deep/c/SKILL.md": "",
                "p/other/SKILL.md": "",
                "p/hooks/hooks.json": "{}",
                "p/.mcp.json": '{"s/1": {"command": "x"}}',
                "q/.claude-plugin/plugin.json": '{"skills": ["./../p/skills", "/p"], "agents": {}}',
                "q/commands/git/commit.md": "x",
                "q/agents/x.md": "x",
                "q/.claude/commands/y.md": "x",
            }
        )
        components = {each.path: each.components for each in detection.found if each.components}
        assert components == {
            "p": (
                ("hook", "p/hooks/hooks.json"),
                ("mcp", "p/.mcp.json#s/1"),
                ("skill", "p"),
                ("skill", "p/extra/b"),
                ("skill", "p/skills/a"),
            ),
            "q": (("agent", "q/agents/x.md"), ("command", "q/commands/git/commit.md")),
        }

    def test_the_plugin_in_the_root(self) -> None:
        detection = detected(
            {
                ".claude-plugin/plugin.json": '{"name": "p"}',
                "SKILL.md": "",
                "x/SKILL.md": "",
                "skills/a/SKILL.md": "",
                "agents/b.md": "x",
            }
        )
        (plugin,) = (each for each in detection.found if each.type == "plugin")
        assert plugin.components == (("agent", "agents/b.md"), ("skill", "."), ("skill", "skills/a"))

    def test_agents_named_by_a_plugin_that_stand_elsewhere(self) -> None:
        """They do not count, and that is said."""
        manifest = '{"name": "core", "agents": ["./a.md", "./more/", "./gone.md"]}'
        detection = detected(
            dict.fromkeys(["p/a.md", "p/more/b.md", "p/c.md"], "x")
            | {"p/.claude-plugin/plugin.json": manifest}
        )
        assert paths(detection) == ["plugin p"]
        assert passed(detection) == dict.fromkeys(
            ["p/a.md", "p/more/b.md"], "named by the plugin core, but not below agents/"
        )


PIECES = st.text(st.sampled_from('{}[]":,ab1 \\u\n-#\x00é'), max_size=40)
KEYS = st.sampled_from(
    ["name", "description", "plugins", "source", "hooks", "mcpServers", "x", "", "/", "\ud800\n"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | PIECES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)
CONTENTS = (
    st.binary(max_size=60) | PIECES.map(str.encode) | VALUES.map(lambda value: json.dumps(value).encode())
)
PLACES = (
    "SKILL.md",
    "a/SKILL.md",
    "commands/a.md",
    "a/agents/b.md",
    "hooks/hooks.json",
    ".mcp.json",
    ".claude-plugin/plugin.json",
    ".claude-plugin/marketplace.json",
)


@given(st.dictionaries(st.sampled_from(PLACES), CONTENTS))
def test_no_content_raises(files: dict[str, bytes]) -> None:
    """And a manifest could hold whatever is given."""
    for each in detected(files).found:
        Artifact(
            id="skill/x",
            name=each.name,
            path=None if "path-not-portable" in each.problems else each.path,
            description=each.description or None,
            version=each.version or None,
            license=each.license or None,
        )
        assert each.problems == tuple(sorted(set(each.problems) & set(PROBLEMS)))


def test_every_problem_is_in_use() -> None:
    """The table holds no code that nothing gives, and nothing gives one that it lacks."""
    folder = Path(skillmeat.detect.__file__).parent
    code = "".join(
        path.read_text(encoding="utf-8") for path in folder.glob("*.py") if path.stem != "problems"
    )
    code += (folder / "problems.py").read_text(encoding="utf-8").partition("def ")[2]
    assert [problem for problem in PROBLEMS if f'"{problem}"' not in code] == ["description-missing"]
    assert "{key}-missing" in code
    assert list(PROBLEMS) == sorted(PROBLEMS)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", problem) for problem in PROBLEMS)
