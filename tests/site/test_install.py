"""The commands on an artifact's page are the ones that work, and nothing in them escapes its quotes."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from html import unescape
from pathlib import Path

import pytest

from skillmeat.model import Artifact, Source
from skillmeat.site import hosting
from skillmeat.site.install import Subject, Way, ways, why_none
from skillmeat.tree import FILE, Content, TreeEntry
from skillmeat.views import Views
from tests.site import store

RAW = f"https://raw.githubusercontent.com/acme/skills/{store.COMMIT}"


def commands(page: str) -> list[str]:
    found = re.findall(r'<div class="command">\n<pre tabindex="0"><code>(.*?)</code></pre>', page, re.DOTALL)
    found = [re.sub("</?span>", "", each) for each in found]
    return [unescape(each) for each in found]


SPARSE = (
    "git clone --filter=blob:none --sparse --no-checkout {} {into}\ngit -C {into} sparse-checkout set {}\n"
)


def cloned(url: str, into: str, folder: str, checkout: str) -> str:
    sparse = SPARSE.format(url, folder, into=into) if folder else f"git clone --no-checkout {url} {into}\n"
    return f"{sparse}git -C {into} checkout {checkout}"


def placed(url: str, name: str, folder: str, checkout: str, agents: str) -> str:
    into = f"{name}-source"
    copied = f"mkdir -p {agents}/skills\ncp -R {into}/{folder} {agents}/skills/{name}"
    return f"{cloned(url, into, folder, checkout)}\n{copied}"


def market(name: str) -> str:
    return f"/plugin marketplace add {store.SITE.url}marketplace.json\n/plugin install {name}@test-catalog"


def everywhere(url: str, name: str, folder: str, checkout: str) -> list[str]:
    return [placed(url, name, folder, checkout, each) for each in (".claude", ".agents")]


ACME = "https://github.com/acme"
PINNED = f"--detach {store.COMMIT}"
EXPECTED = {
    "skill/pdf-tools": [
        "npx skills add https://github.com/acme/skills --skill pdf",
        market("pdf"),
        *everywhere(f"{ACME}/skills", "pdf", "skills/pdf", PINNED),
    ],
    "skill/nested": [
        "npx skills add acme/skills/plugins/x/skills/nested",
        market("nested"),
        *everywhere(f"{ACME}/skills", "nested", "plugins/x/skills/nested", PINNED),
    ],
    "skill/local": [
        "npx skills add acme/catalog/skills/local",
        market("local"),
        *everywhere(f"{ACME}/catalog", "local", "skills/local", "main"),
    ],
    "command/ship": [
        f"curl -fsSL --create-dirs -o '.claude/commands/ship it.md' {RAW}/commands/ship%20it.md",
        market("ship"),
    ],
    "agent/reviewer": [
        f"curl -fsSL --create-dirs -o .claude/agents/reviewer.md {RAW}/agents/reviewer.md",
        market("reviewer"),
    ],
    "hook/guard": [f"curl -fsSL -o hooks.json {RAW}/hooks/hooks.json"],
    "mcp/docs": [
        '{\n  "mcpServers": {\n    "docs": {\n      "url": "https://mcp.example"\n    }\n  }\n}',
        f"curl -fsSL -o docs.mcp.json {RAW}/.mcp.json",
    ],
    "plugin/kit": [
        "/plugin marketplace add acme/kit\n/plugin install kit@acme",
        cloned(f"{ACME}/kit.git", "kit", "", PINNED),
    ],
    "agent/elsewhere": [
        cloned("ssh://git@git.example/team/agents.git", "elsewhere", "agents", PINNED),
        market("e"),
    ],
}


@pytest.mark.parametrize("artifact", EXPECTED)
def test_the_commands_of_each_kind_of_artifact(artifact: str, pages: dict[str, str]) -> None:
    assert commands(pages[f"{artifact}/index.html"]) == EXPECTED[artifact]


def of(
    artifact: Artifact,
    source: Source,
    name: str = "",
    *,
    under_skill: bool = False,
    content: Content | None = None,
    **more: str,
) -> list[Way]:
    catalog = store.catalog(artifacts={artifact.id: artifact}, sources={source.id: source})
    repository = hosting.repository(source.url)
    view = {**Views(catalog).artifact(artifact), "commit": store.COMMIT}
    hosted = repository.at(store.COMMIT) if repository else None
    path = (artifact.path or ".").partition("#")[0]
    return ways(Subject(view, source, hosted, path, content, name, under_skill, **more))


SOURCE = Source(id="s", name="S", url="https://github.com/o/r")


@pytest.mark.parametrize(
    ("path", "ref", "name", "under_skill", "expected"),
    [
        ("skills/a", "HEAD", "a", False, "npx skills add https://github.com/o/r --skill a"),
        (".claude/skills/a", "main", "a b", False, "npx skills add https://github.com/o/r --skill 'a b'"),
        ("skills/a", "v1", "a", False, "npx skills add 'o/r#v1' --skill a"),
        ("skills/a", "HEAD", "", False, "npx skills add o/r/skills/a"),
        ("skills/a", "HEAD", "--all", False, "npx skills add o/r/skills/a"),
        ("skills/a", "HEAD", "a", True, "npx skills add o/r/skills/a"),
        ("x/a", "v1", "a", False, "npx skills add 'o/r/x/a#v1'"),
        (".", "HEAD", "a", True, "npx skills add https://github.com/o/r"),
        ("skills/a", store.COMMIT, "a", False, None),
        ("x/a;b", "HEAD", "a", False, None),
    ],
)
def test_npx_skills_is_given_what_it_finds(
    path: str, ref: str, name: str, under_skill: bool, expected: str | None
) -> None:
    artifact = Artifact(id="skill/a", name="A", source="s", path=path)
    found = of(artifact, SOURCE.but(ref=ref), name, under_skill=under_skill)
    assert [way.text for way in found if way.text.startswith("npx")] == ([expected] if expected else [])


@pytest.mark.parametrize(
    "path", ["skills/$(touch x)", "skills/`touch x`", "skills/a'b;touch x", 'skills/"&touch x']
)
@pytest.mark.parametrize("kind", ["skill", "agent"])
def test_what_others_wrote_stays_one_word(path: str, kind: str) -> None:
    artifact = Artifact(id=f"{kind}/a", name="A", source="s", path=path)
    for way in of(artifact, SOURCE, "a $(touch x)"):
        for line in way.text.splitlines():
            assert shlex.join(shlex.split(line)) == line


def test_a_server_is_added_with_claude_codes_own_command() -> None:
    """As the client takes it: it wants a type or a command, and the name and the JSON are one word each."""
    servers = {
        "plain": {"url": "https://mcp.example"},
        "http": {"type": "http", "url": "https://mcp.example/'; rm -rf"},
        "own": {"command": "npx", "args": ["-y", "a b"], "env": {"KEY": "${KEY}"}},
        "--scope": {"command": "x"},
    }
    data = json.dumps({"mcpServers": servers}).encode()
    content = Content((TreeEntry(".mcp.json", FILE, "", len(data)),), lambda _: data, ".mcp.json")
    offered = {}
    for name, server in servers.items():
        artifact = Artifact(id="mcp/a", name="A", source="s", path=f".mcp.json#{name}")
        text = of(artifact, SOURCE, content=content)[0].text
        if not text.startswith("claude"):
            assert json.loads(text) == {"mcpServers": {name: server}}
            continue
        *words, named, value = shlex.split(text)
        assert (words, named, json.loads(value)) == (
            ["claude", "mcp", "add-json", "--scope", "project"],
            name,
            server,
        )
        offered[name] = server
    assert list(offered) == ["http", "own"]


def test_what_the_site_offers_itself_comes_first() -> None:
    artifact = Artifact(id="skill/a", name="A", source="s", path="skills/a")
    found = of(
        artifact, SOURCE, "a", own="https://c.example/skill/a/", plugin="a@c", market="https://c.example/m"
    )
    assert [(way.title, way.text) for way in found[:3]] == [
        ("npx skills", "npx skills add https://c.example/skill/a/"),
        ("npx skills, newest", "npx skills add https://github.com/o/r --skill a"),
        ("Claude Code plugin", "/plugin marketplace add https://c.example/m\n/plugin install a@c"),
    ]


def test_a_source_that_is_gone_gives_no_command() -> None:
    artifact = Artifact(id="skill/a", name="A", source="s", path="skills/a")
    view = Views(store.catalog(artifacts={artifact.id: artifact}, sources={})).artifact(artifact)
    subject = Subject(view, None, None, "skills/a", None, "a", False)
    assert ways(subject) == []
    assert why_none(subject) == "its source is not in this catalog"


@pytest.mark.parametrize(
    ("artifact", "here", "why"),
    [
        (Artifact(id="skill/a", name="A"), False, "this entry names no source and no path"),
        (
            Artifact(id="skill/a", name="A", path="skills/a"),
            False,
            "there is nothing at skills/a in this repository",
        ),
        (
            Artifact(id="skill/a", name="A", path="skills/a"),
            True,
            "the repository of this catalog is not known: set “edit_url” under [site] in skillmeat.toml",
        ),
        (
            Artifact(id="agent/a", name="A", source="s", path="a.md"),
            False,
            "it is not in the lock of its source yet",
        ),
    ],
)
def test_what_cannot_be_installed_says_why(artifact: Artifact, here: bool, why: str) -> None:
    view = Views(store.catalog(artifacts={artifact.id: artifact}, sources={"s": SOURCE})).artifact(artifact)
    content = Content((), {}.__getitem__, "") if here else None
    source = SOURCE if artifact.source else None
    subject = Subject(view, source, None, artifact.path or ".", content, "a", False)
    assert ways(subject) == []
    assert why_none(subject) == why


def test_the_git_commands_bring_the_pinned_content(tmp_path: Path, pages: dict[str, str]) -> None:
    """Run as they stand on the page, against a real repository that has moved on since."""
    remote = tmp_path / "remote"
    _git("init", "-q", "-b", "main", str(remote))
    for content in ("pinned", "newer"):
        for name in ("skills/pdf/SKILL.md", "other/large.bin"):
            (remote / name).parent.mkdir(parents=True, exist_ok=True)
            (remote / name).write_text(content)
        _git("-C", str(remote), "add", ".")
        _git("-C", str(remote), "commit", "-qm", content)
    _git("-C", str(remote), "config", "uploadpack.allowFilter", "true")
    commit = _git("-C", str(remote), "rev-parse", "HEAD~1")
    text = next(each for each in commands(pages["skill/pdf-tools/index.html"]) if ".claude" in each)
    script = text.replace("https://github.com/acme/skills", remote.as_uri()).replace(store.COMMIT, commit)
    subprocess.run(["sh", "-ec", script], cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / ".claude/skills/pdf/SKILL.md").read_text() == "pinned"
    assert not (tmp_path / "pdf-source/other").exists()


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], check=True, capture_output=True, text=True, env=os.environ)
    return done.stdout.strip()
