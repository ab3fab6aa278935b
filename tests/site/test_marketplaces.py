"""What the site offers to Claude Code, against the rules of FORMATS.md 2 and against Claude Code itself."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from skillmeat.history import Dates
from skillmeat.model import Artifact, Site
from skillmeat.site import marketplaces
from skillmeat.site.build import Report, build
from tests.programs import package
from tests.site import installable
from tests.site.test_wellknown import served

SCOPES = ["", "collections/starter/", "collections/starter/first/", "tags/documents/", "tags/unused/"]
FORMER = "tags/papers/"


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository that holds the artifacts."""
    return tmp_path_factory.mktemp("source") / "skills"


@pytest.fixture(scope="module")
def commit(source: Path) -> str:
    return installable.repository(source)


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("market")


@pytest.fixture(scope="module")
def report(host: Path, commit: str) -> Report:
    return build(installable.catalog(commit), Dates({}), installable.content, host / "base")


@pytest.fixture(scope="module")
def site(host: Path, report: Report) -> Path:
    return host / "base"


def market(site: Path, scope: str = "") -> Any:
    return json.loads((site / scope / "marketplace.json").read_text())


# ------------------------------------------------------------ rules of our own


@pytest.mark.parametrize("scope", SCOPES)
def test_a_marketplace_keeps_the_rules(scope: str, site: Path, commit: str) -> None:
    """Every rule of FORMATS.md 2.1 to 2.3 that an entry of ours could break."""
    found = market(site, scope)
    assert set(found) == {"name", "description", "owner", "plugins"}
    assert re.fullmatch(r"[a-z0-9][a-z0-9.-]{0,127}", found["name"])
    assert found["name"] not in marketplaces.RESERVED
    assert found["owner"]["name"]
    names = [each["name"] for each in found["plugins"]]
    assert len(names) == len(set(names))
    for each in found["plugins"]:
        assert re.fullmatch(r"[a-z0-9]+(-{1,2}[a-z0-9]+)*", each["name"])
        assert not re.match(r"(claude|anthropics?|cc-plugin)(-|$)", each["name"])
        assert 0 < len(each["description"]) <= 1024
        _keeps_the_rules(each, commit)


def _keeps_the_rules(entry: Any, commit: str) -> None:
    source, pinned = entry["source"], {"sha": commit}
    if entry["metadata"]["skillmeat"]["id"] == "skill/house":
        assert source["url"] == "https://github.com/acme/catalog"
        pinned = {"ref": "main"}
    else:
        assert source["url"] == installable.URL
    assert {key: source[key] for key in set(source) - {"source", "url", "path"}} == pinned
    assert source["source"] == ("git-subdir" if "path" in source else "url")
    assert not {"..", ".", ""} & set(source.get("path", "x").split("/"))
    assert set(entry) >= {"name", "displayName", "description", "source", "category", "metadata"}
    if entry["category"] == "plugin":
        assert "strict" not in entry
        return
    assert entry["strict"] is False
    (parts,) = (entry[key] for key in ("skills", "commands", "agents") if key in entry)
    assert len(parts) == 1
    assert re.fullmatch(r"\./([^./][^/]*(/[^./][^/]*)*)?", parts[0])


def entries(site: Path, scope: str = "") -> dict[str, Any]:
    return {each["metadata"]["skillmeat"]["id"]: each for each in market(site, scope)["plugins"]}


@pytest.mark.parametrize(
    ("artifact", "expected"),
    [
        ("skill/pdf-tools", ("pdf", "skills/pdf", {"skills": ["./"]})),
        ("skill/notes-kit", ("notes-kit", "skills/notes", {"skills": ["./"]})),
        ("skill/crew", ("crew", "skills", {"skills": ["./crew"]})),
        ("skill/house", ("house", "store/kept/house", {"skills": ["./"]})),
        ("command/ship", ("ship", "commands", {"commands": ["./ship.md"]})),
        ("agent/rev", ("rev", "agents", {"agents": ["./rev.md"]})),
        ("agent/lead", ("lead", "packs", {"agents": ["./one/lead.md"]})),
        ("plugin/one", ("one", "packs/one", {})),
        ("plugin/tools", ("tools", "plugins/tools", {})),
    ],
)
def test_an_entry_takes_the_nearest_folder_that_holds_nothing_more(
    artifact: str, expected: tuple[str, str, Any], site: Path
) -> None:
    """A skill with agents of its own needs the folder above; so does an agent beside a plugin's manifest."""
    entry = entries(site)[artifact]
    parts = {key: entry[key] for key in ("skills", "commands", "agents") if key in entry}
    assert (entry["name"], entry["source"]["path"], parts) == expected


def test_each_scope_has_its_own(site: Path) -> None:
    assert {scope: market(site, scope)["name"] for scope in SCOPES} == {
        "": "acme-skills",
        "collections/starter/": "acme-skills.starter",
        "collections/starter/first/": "acme-skills.starter.first",
        "tags/documents/": "acme-skills.tags.documents",
        "tags/unused/": "acme-skills.tags.unused",
    }
    assert list(entries(site, "collections/starter/first/")) == ["agent/rev", "skill/guide"]
    assert list(entries(site, "tags/documents/")) == [
        "plugin/tools",
        "skill/guide",
        "skill/house",
        "skill/pdf-tools",
    ]
    assert market(site, FORMER) == market(site, "tags/documents/")
    whole = entries(site)
    for scope in SCOPES:
        assert all(whole[artifact] == entry for artifact, entry in entries(site, scope).items())


def test_what_is_left_out_is_said(report: Report) -> None:
    said = {each.path: each.reason for each in report.left_out if "#" in each.path}
    alone = "Claude Code installs it only with the plugin that it belongs to."
    assert said == {
        "marketplace.json#agent/root": "Claude Code would take other things beside it as well.",
        "marketplace.json#hook/guard": alone,
        "marketplace.json#mcp/docs": alone,
        "marketplace.json#plugin/bare": "It has no .claude-plugin/plugin.json.",
    }


def test_a_source_that_others_cannot_reach_is_left_out(tmp_path: Path) -> None:
    catalog = installable.catalog(edit_url=None)
    (locked,) = catalog.lock.source
    lock = catalog.lock.but(source=(locked.but(url="file:///srv/skills"),))
    left_out = build(
        type(catalog)(**{**_fields(catalog), "lock": lock}), Dates({}), installable.content, tmp_path / "out"
    ).left_out
    said = {each.path: each.reason for each in left_out}
    assert said["marketplace.json#skill/pdf-tools"] == "Its source is a folder of one machine."
    unknown = "Its repository is not known: set “edit_url” under [site] in skillmeat.toml."
    assert said["marketplace.json#skill/house"] == unknown
    assert market(tmp_path / "out")["plugins"] == []


def _fields(catalog: Any) -> dict[str, Any]:
    names = ("settings", "tags", "artifacts", "collections", "sources", "lock", "readmes")
    return {name: getattr(catalog, name) for name in names}


@pytest.mark.parametrize(
    ("title", "url", "key", "expected"),
    [
        ("Acme skills", None, "", "acme-skills"),
        ("Acme  Skills & more!", None, "tags.pdf", "acme-skills-more.tags.pdf"),
        ("Agent skills", "https://skills.acme.example/x/", "", "skills-acme-example"),
        ("Agent skills", None, "", "skill-catalog"),
        ("\u6280\u80fd", None, "", "skill-catalog"),
        ("Official Claude plugins", None, "", "skill-catalog"),
        ("Anthropic", "https://claude.example", "", "skill-catalog"),
        ("Acme", None, "claude-official", "acme.7cf6e704aa03"),
        ("x" * 200, None, "", "x" * 40),
    ],
)
def test_the_name_is_one_that_claude_code_takes(title: str, url: str | None, key: str, expected: str) -> None:
    assert marketplaces.name(Site(title=title, url=url), key) == expected


@pytest.mark.parametrize("slug", ["claude-tools", "anthropic", "anthropics-x", "cc-plugin-x"])
def test_reserved_names_of_plugins_are_avoided(slug: str, tmp_path: Path) -> None:
    artifact = Artifact(id=f"skill/{slug}", name=slug, path="kept/house")
    catalog = type(installable.catalog())(
        **{**_fields(installable.catalog()), "artifacts": {artifact.id: artifact}, "collections": {}}
    )
    build(catalog, Dates({}), installable.content, tmp_path / "out")
    assert [each["name"] for each in market(tmp_path / "out")["plugins"]] == [f"skill--{slug}"]


# ------------------------------------------------------------ Claude Code


CLAUDE = package("@anthropic-ai/claude-code")
with_claude = pytest.mark.skipif(CLAUDE is None, reason="Claude Code is not installed in tests/node")


class Claude:
    """Claude Code with a home of its own, which gets a source's address from a folder and asks nobody."""

    def __init__(self, folder: Path, source: Path) -> None:
        home = folder / "home"
        home.mkdir(parents=True)
        (home / ".gitconfig").write_text(f'[url "{source.as_uri()}"]\n\tinsteadOf = {installable.URL}\n')
        self.home = home
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "GIT_CONFIG_GLOBAL": str(home / ".gitconfig"),
            "GIT_TERMINAL_PROMPT": "0",
            "CLAUDE_CONFIG_DIR": str(home / ".claude"),
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
            "DISABLE_AUTOUPDATER": "1",
            "DISABLE_TELEMETRY": "1",
            "ANTHROPIC_API_KEY": "none",
            "ANTHROPIC_BASE_URL": "http://127.0.0.1:9",
            "NO_COLOR": "1",
        }

    def start(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [str(program()), *words],
            cwd=self.home,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *words: str) -> str:
        with self.start(*words) as process:
            said, _ = process.communicate(timeout=300)
        assert process.returncode == 0, said
        return said

    def loaded(self) -> Any:
        """What a session would have: told before it asks for anything."""
        with self.start("-p", "x", "--output-format", "stream-json", "--verbose") as process:
            assert process.stdout is not None
            first = process.stdout.readline()
            process.kill()
        return json.loads(first)


def program() -> Path:
    assert CLAUDE is not None
    (found,) = json.loads((CLAUDE / "package.json").read_text())["bin"].values()
    return CLAUDE / found


@pytest.fixture(scope="module")
def claude(tmp_path_factory: pytest.TempPathFactory, source: Path) -> Claude:
    return Claude(tmp_path_factory.mktemp("claude"), source)


@with_claude
@pytest.mark.parametrize("scope", SCOPES)
def test_the_validator_of_claude_code_accepts_it(scope: str, site: Path, claude: Claude) -> None:
    """With nothing to say but that releases before 2.1.222 do not know “metadata”."""
    said = claude.run("plugin", "validate", str(site / scope / "marketplace.json"))
    assert "Validation passed" in said
    warned = [line for line in said.splitlines() if "❯" in line and "metadata" not in line]
    assert warned == (["  ❯ plugins: Marketplace has no plugins defined"] if "unused" in scope else [])


@with_claude
def test_the_validator_would_notice(site: Path, tmp_path: Path, claude: Claude) -> None:
    broken = market(site)
    broken["plugins"][0]["source"]["sha"] = "main"
    (tmp_path / "marketplace.json").write_text(json.dumps(broken))
    with pytest.raises(AssertionError, match=r"plugins\.0\.source"):
        claude.run("plugin", "validate", str(tmp_path / "marketplace.json"))


@pytest.fixture(scope="module")
def address(host: Path, site: Path) -> Iterator[str]:
    yield from served(host)


@with_claude
def test_claude_code_installs_what_is_pinned_and_nothing_beside_it(
    address: str, site: Path, commit: str, claude: Claude
) -> None:
    """From the site's address; the source's branch has moved on since."""
    claude.run("plugin", "marketplace", "add", f"{address}marketplace.json")
    wanted = ["pdf", "notes-kit", "crew", "ship", "rev", "lead", "one", "tools"]
    for name in wanted:
        claude.run("plugin", "install", f"{name}@acme-skills")
    told = claude.loaded()
    assert [each["name"] for each in told["plugins"]] == wanted
    mine = [each for each in (*told["slash_commands"], *told["agents"]) if each.partition(":")[0] in wanted]
    assert sorted(mine) == [
        "crew:crew",
        "lead:lead",
        "notes-kit:notes",
        "pdf:pdf",
        "rev:rev",
        "ship:ship",
        "tools:inner",
    ]
    installed = json.loads((claude.home / ".claude/plugins/installed_plugins.json").read_text())["plugins"]
    assert {each["gitCommitSha"] for (each,) in installed.values()} == {commit}
    folder = Path(installed["pdf@acme-skills"][0]["installPath"])
    for path, data in installable.FILES.items():
        if path.startswith("skills/pdf/"):
            file = folder / path.removeprefix("skills/pdf/")
            assert file.read_bytes() == data
            assert bool(file.stat().st_mode & 0o100) is (path in installable.MODES)
