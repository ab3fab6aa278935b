"""Which paths count as artifacts, and what is said of those that do not."""

from __future__ import annotations

import pytest

from skillmeat.detect import DETECTORS
from skillmeat.model import ArtifactType
from skillmeat.tree import PROGRAM, SUBMODULE, SYMLINK

from .trees import detected, passed, paths

SKILL = "---\nname: x\ndescription: Does x.\n---\n"


def test_every_type_has_a_detector() -> None:
    """A type that is added to the model is added here, or nothing finds it."""
    assert tuple(kind for kind, _ in DETECTORS) == tuple(ArtifactType)


def test_an_empty_tree() -> None:
    detection = detected({})
    assert (detection.found, detection.passed) == ((), ())


class TestSkills:
    """R1: a regular file named exactly SKILL.md, at any depth."""

    def test_anywhere(self) -> None:
        """In the root, deep down, inside another skill, executable, in a folder with an odd name."""
        odd = ["a/SKILL.md", "a/b/c/SKILL.md", "svelte:a11y/SKILL.md", "my skill/SKILL.md", "技能/SKILL.md"]
        detection = detected(dict.fromkeys(["SKILL.md", *odd], SKILL), modes={"a/SKILL.md": PROGRAM})
        assert paths(detection) == [
            "skill .",
            "skill a",
            "skill a/b/c",
            "skill my skill",
            "skill svelte:a11y",
            "skill 技能",
        ]
        assert detection.found[0].file == "SKILL.md"
        assert detection.found[0].reason == "a folder with a SKILL.md"

    @pytest.mark.parametrize("name", ["skill.md", "Skill.md", "SKILL.MD"])
    def test_named_otherwise(self, name: str) -> None:
        """Case counts, also beside a real one."""
        detection = detected({f"a/{name}": SKILL, "a/SKILL.md": SKILL})
        assert paths(detection) == ["skill a"]
        assert passed(detection) == {f"a/{name}": "not named exactly SKILL.md"}

    def test_other_names_are_no_matter(self) -> None:
        detection = detected({"a/MY-SKILL.md": SKILL, "a/SKILL.md.bak": SKILL, "a/SKILL.md/x": SKILL})
        assert (detection.found, detection.passed) == ((), ())

    def test_symbolic_links(self) -> None:
        """None is followed; what is said tells where it leads."""
        detection = detected(
            {"real/SKILL.md": SKILL},
            links={
                "a/SKILL.md": "../real/SKILL.md",
                "b/SKILL.md": "../gone/SKILL.md",
                "c/SKILL.md": "../../outside/SKILL.md",
                "d/SKILL.md": "/etc/passwd",
                "e/SKILL.md": "SKILL.md",
                "skills/f": "../real",
                "skills/g": "../../../etc",
                "skills/h": "../gone",
                "skills/i": "f",
                "j": "skills/f/SKILL.md",
                "k": "gone",
                "root": ".",
            },
        )
        assert paths(detection) == ["skill real"]
        assert passed(detection) == {
            "a/SKILL.md": "a symbolic link to real/SKILL.md",
            "b/SKILL.md": "a symbolic link that leads nowhere",
            "c/SKILL.md": "a symbolic link that leads out of the repository",
            "d/SKILL.md": "a symbolic link that leads out of the repository",
            "e/SKILL.md": "a symbolic link that leads nowhere",
            "skills/f": "a symbolic link to real",
            "skills/g": "a symbolic link that leads out of the repository",
            "skills/h": "a symbolic link that leads nowhere",
            "skills/i": "a symbolic link to real",
        }

    def test_a_link_that_cannot_be_read(self) -> None:
        """Its blob is absent, or too long for a path."""
        detection = detected(
            {}, modes={"a/SKILL.md": SYMLINK, "b/SKILL.md": SYMLINK}, sizes={"b/SKILL.md": 9000}
        )
        assert passed(detection) == dict.fromkeys(
            ["a/SKILL.md", "b/SKILL.md"], "a symbolic link that leads nowhere"
        )

    def test_submodules(self) -> None:
        """They are never entered, not even one with the right name, nor through a link."""
        detection = detected(
            {}, links={"skills/x": "../vendor/x"}, modes={"vendor/x": SUBMODULE, "a/SKILL.md": SUBMODULE}
        )
        assert passed(detection) == {
            "a/SKILL.md": "a submodule, which is never entered",
            "skills/x": "a symbolic link that leads nowhere",
            "vendor/x": "a submodule, which is never entered",
        }


class TestFoldersThatDoNotCount:
    """R0: what is below node_modules or .git, or has a folder of tests above its own."""

    @pytest.mark.parametrize(
        "path",
        [
            "skills/test/SKILL.md",
            "tests/SKILL.md",
            "test/.claude-plugin/plugin.json",
            "fixtures/.mcp.json",
            ".claude/commands/test/x.md",
            ".claude/agents/fixtures/x.md",
            "mytests/a/SKILL.md",
            "Tests/a/SKILL.md",
        ],
    )
    def test_its_own_folder_may_be_called_anything(self, path: str) -> None:
        detection = detected({path: '{"mcpServers": {"x": {"command": "x"}}}'})
        assert len(detection.found) == 1

    @pytest.mark.parametrize(
        "folder", ["test", "tests", "__tests__", "testdata", "test-data", "fixtures", "__fixtures__"]
    )
    def test_above_its_own_folder(self, folder: str) -> None:
        """Whatever the type; a marketplace there says nothing either."""
        files = {
            f"{folder}/skills/x/SKILL.md": SKILL,
            f"{folder}/p/.claude-plugin/plugin.json": "{}",
            f"{folder}/p/commands/x.md": SKILL,
            f"{folder}/p/agents/x.md": SKILL,
            f"{folder}/p/hooks/hooks.json": "{}",
            f"{folder}/p/.mcp.json": '{"mcpServers": {"x": {}}}',
            f"{folder}/m/.claude-plugin/marketplace.json": "{}",
            f"a/{folder}/.claude/commands/x.md": SKILL,
        }
        detection = detected(files)
        assert detection.found == ()
        assert passed(detection) == {
            **dict.fromkeys(files, f"below {folder}/"),
            f"{folder}/p/commands/x.md": "below a folder commands/ that is neither a plugin's nor in .claude",
            f"{folder}/p/agents/x.md": "below a folder agents/ that is neither a plugin's nor in .claude",
        }

    @pytest.mark.parametrize("folder", ["node_modules", ".git"])
    def test_foreign_folders(self, folder: str) -> None:
        """Also as the artifact's own folder."""
        detection = detected({f"{folder}/SKILL.md": SKILL, f".claude/commands/{folder}/x.md": SKILL})
        assert detection.found == ()
        assert set(passed(detection).values()) == {f"below {folder}/"}


class TestCommandsAndAgents:
    """R6, R7: Markdown below commands/ or agents/ of a root, or of .claude anywhere."""

    def test_below_the_root_and_below_claude(self) -> None:
        detection = detected(
            dict.fromkeys(
                [
                    "commands/a.md",
                    "commands/git/b.md",
                    ".claude/commands/c.md",
                    "deep/down/.claude/agents/d.md",
                    "agents/e.md",
                    "commands/f.txt",
                    "commands.md",
                    "commands/G.MD",
                    "other/commands/h.md",
                    "claude/agents/i.md",
                ],
                SKILL,
            )
        )
        assert paths(detection) == [
            "agent agents/e.md",
            "agent deep/down/.claude/agents/d.md",
            "command .claude/commands/c.md",
            "command commands/a.md",
            "command commands/git/b.md",
        ]
        assert passed(detection) == {
            "other/commands/h.md": "below a folder commands/ that is neither a plugin's nor in .claude",
            "claude/agents/i.md": "below a folder agents/ that is neither a plugin's nor in .claude",
        }
        assert [each.reason for each in detection.found][-1] == "a Markdown file below commands/"

    def test_the_deeper_folder_wins(self) -> None:
        """Among those that count: agents/ below commands/ is no more than a folder."""
        detection = detected(
            dict.fromkeys(
                [
                    "commands/agents/a.md",
                    "commands/.claude/agents/b.md",
                    "agents/x/.claude/commands/c.md",
                    "p/.claude-plugin/plugin.json",
                    "agents/p/.claude-plugin/plugin.json",
                    "agents/p/commands/d.md",
                ],
                SKILL,
            )
        )
        assert paths(detection)[:4] == [
            "agent commands/.claude/agents/b.md",
            "command agents/p/commands/d.md",
            "command agents/x/.claude/commands/c.md",
            "command commands/agents/a.md",
        ]

    def test_readmes_and_skills_are_neither(self) -> None:
        detection = detected(
            dict.fromkeys(
                [
                    "commands/README.md",
                    "agents/readme.md",
                    "commands/s/SKILL.md",
                    "commands/s/notes.md",
                    "skills/t/SKILL.md",
                    "skills/t/.claude/agents/u.md",
                    "skills/t/agents/v.md",
                ],
                SKILL,
            )
        )
        assert paths(detection) == ["skill commands/s", "skill skills/t"]
        assert passed(detection) == {
            "agents/readme.md": "a README below agents/",
            "commands/README.md": "a README below commands/",
            "commands/s/notes.md": "part of the skill in commands/s",
            "skills/t/.claude/agents/u.md": "part of the skill in skills/t",
            "skills/t/agents/v.md": "part of the skill in skills/t",
        }

    def test_a_skill_in_the_root_does_not_own_every_command(self) -> None:
        assert paths(detected({"SKILL.md": SKILL, "commands/a.md": SKILL})) == [
            "command commands/a.md",
            "skill .",
        ]

    def test_links_are_passed_over(self) -> None:
        detection = detected({"a.md": SKILL}, links={"commands/a.md": "../a.md"})
        assert passed(detection) == {"commands/a.md": "a symbolic link to a.md"}

    @pytest.mark.parametrize(
        ("marketplace", "expected"),
        [
            ('{"plugins": [{"name": "p", "source": "./p"}]}', ["p"]),
            ('{"plugins": [{"name": "p", "source": "./a/./p/"}]}', ["a/p"]),
            ('{"plugins": [{"name": "p", "source": "p"}], "metadata": {"pluginRoot": "./a"}}', ["a/p", "p"]),
            ('{"plugins": [{"name": "p", "source": "./p"}], "metadata": {"pluginRoot": "a/"}}', ["a/p", "p"]),
            ('{"plugins": [{"name": "p", "source": "./../p"}]}', []),
            ('{"plugins": [{"name": "p", "source": "/p"}]}', []),
            ('{"plugins": [{"name": "p", "source": {"source": "github", "repo": "a/p"}}]}', []),
            ('{"plugins": {"p": {"source": "./p"}}}', []),
            ('{"plugins": ["./p", null, 1, {}, {"source": ["./p"]}, {"source": "./p"}]}', ["p"]),
            ('{"plugins": [{"source": "./p"}], "metadata": []}', ["p"]),
            ('\ufeff{"plugins": [{"source": "./p"}]}', ["p"]),
        ],
    )
    def test_where_a_marketplace_says_plugins_live(self, marketplace: str, expected: list[str]) -> None:
        """R5: relative sources count, with the plugin root and without; nothing leads outside."""
        detection = detected(
            {
                ".claude-plugin/marketplace.json": marketplace,
                "p/commands/x.md": SKILL,
                "a/p/commands/x.md": SKILL,
            }
        )
        assert paths(detection) == [f"command {place}/commands/x.md" for place in expected]

    def test_a_marketplace_further_down(self) -> None:
        """Its sources are relative to the folder that holds its .claude-plugin."""
        detection = detected(
            {
                "m/.claude-plugin/marketplace.json": '{"plugins": [{"source": "./p"}, {"source": "./"}]}',
                "m/p/agents/x.md": SKILL,
                "m/commands/x.md": SKILL,
                "p/agents/x.md": SKILL,
            }
        )
        assert paths(detection) == ["agent m/p/agents/x.md", "command m/commands/x.md"]

    def test_a_marketplace_that_cannot_be_read(self) -> None:
        """It is said, and the rest is found."""
        detection = detected({".claude-plugin/marketplace.json": "{", "commands/x.md": SKILL})
        assert paths(detection) == ["command commands/x.md"]
        assert passed(detection) == {".claude-plugin/marketplace.json": "a marketplace that cannot be read"}


class TestPluginsHooksAndServers:
    """R3, R8."""

    def test_plugins(self) -> None:
        """Of this vendor only, in the root and anywhere."""
        detection = detected(
            dict.fromkeys(
                [
                    ".claude-plugin/plugin.json",
                    "a/.claude-plugin/plugin.json",
                    "b/.codex-plugin/plugin.json",
                    "c/plugin.json",
                    "d/.claude-plugin/sub/plugin.json",
                ],
                '{"name": "p"}',
            )
        )
        assert paths(detection) == ["plugin .", "plugin a"]
        assert detection.found[1].file == "a/.claude-plugin/plugin.json"

    def test_hooks(self) -> None:
        """In a folder named hooks; elsewhere it is only mentioned."""
        detection = detected(dict.fromkeys(["hooks/hooks.json", "a/hooks/hooks.json", "b/hooks.json"], "{}"))
        assert paths(detection) == ["hook a/hooks/hooks.json", "hook hooks/hooks.json"]
        assert passed(detection) == {"b/hooks.json": "not in a folder named hooks"}

    def test_servers(self) -> None:
        """One entry a server, whether the file is flat or not; none for a file without any."""
        detection = detected(
            {
                ".mcp.json": '{"mcpServers": {"b": {"command": "x"}, "a": {"url": "https://h/"}}}',
                "flat/.mcp.json": '{"c": {"command": "x"}, "$schema": "https://s/"}',
                "none/.mcp.json": '{"mcpServers": {}}',
                "blank/.mcp.json": "{}",
                "x.mcp.json": '{"d": {}}',
            }
        )
        assert paths(detection) == ["mcp .mcp.json#a", "mcp .mcp.json#b", "mcp flat/.mcp.json#c"]
        assert passed(detection) == {
            "blank/.mcp.json": "without any server",
            "none/.mcp.json": "without any server",
        }


class TestWhatTheCuratorAsksFor:
    """``root`` narrows, ``exclude`` leaves out."""

    FILES = {  # noqa: RUF012 - read only
        "SKILL.md": SKILL,
        "a/SKILL.md": SKILL,
        "a/b/SKILL.md": SKILL,
        "ab/SKILL.md": SKILL,
        "a/commands/x.md": SKILL,
        "a/.mcp.json": '{"mcpServers": {"one": {"command": "x"}, "two": {"command": "x"}}}',
    }

    @pytest.mark.parametrize("root", ["a", "./a", "a/"])
    def test_root(self, root: str) -> None:
        """Paths stay relative to the repository, and nothing is said of the rest."""
        detection = detected(self.FILES, root=root)
        assert paths(detection) == ["mcp a/.mcp.json#one", "mcp a/.mcp.json#two", "skill a", "skill a/b"]
        assert passed(detection) == {"a/commands/x.md": "part of the skill in a"}

    @pytest.mark.parametrize("root", [None, "", ".", "./"])
    def test_the_whole(self, root: str | None) -> None:
        assert len(detected(self.FILES, root=root).found) == 6

    def test_a_root_is_not_held_against_it(self) -> None:
        """A folder of tests that was asked for by name counts; those inside it do not."""
        detection = detected(
            {"tests/skills/x/SKILL.md": SKILL, "tests/skills/fixtures/y/SKILL.md": SKILL}, root="tests/skills"
        )
        assert paths(detection) == ["skill tests/skills/x"]

    def test_commands_of_the_root(self) -> None:
        """The folder asked for is a root of its own, and the marketplace above it is still heard."""
        files = {
            ".claude-plugin/marketplace.json": '{"plugins": [{"source": "./all/p"}]}',
            "all/commands/x.md": SKILL,
            "all/p/commands/x.md": SKILL,
            "all/q/commands/x.md": SKILL,
        }
        assert paths(detected(files, root="all")) == [
            "command all/commands/x.md",
            "command all/p/commands/x.md",
        ]

    def test_exclude(self) -> None:
        detection = detected(self.FILES, exclude=["a/b/", "ab", "a/.mcp.json#two", "gone"])
        assert paths(detection) == ["mcp a/.mcp.json#one", "skill .", "skill a"]
        assert passed(detection) == {
            "a/.mcp.json#two": "left out by the curator (a/.mcp.json#two)",
            "a/b/SKILL.md": "left out by the curator (a/b)",
            "a/commands/x.md": "part of the skill in a",
            "ab/SKILL.md": "left out by the curator (ab)",
        }

    def test_exclude_everything(self) -> None:
        assert detected(self.FILES, exclude=["."]).found == ()


def test_the_order_of_the_tree_does_not_matter() -> None:
    """The same tree listed backwards gives the same detection."""
    files = {**TestWhatTheCuratorAsksFor.FILES, "agents/z.md": SKILL, "agents/README.md": SKILL}
    backwards = dict(reversed(files.items()))
    assert detected(files) == detected(backwards)


def test_a_path_that_is_not_utf8() -> None:
    """It could not be written down, so it is passed over."""
    detection = detected({"caf\udce9/SKILL.md": SKILL})
    assert detection.found == ()
    assert passed(detection) == {"caf\\u{dce9}/SKILL.md": "at a path that is not UTF-8"}
