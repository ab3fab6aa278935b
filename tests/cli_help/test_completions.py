"""What a shell completes, asked of the shells themselves; and that it costs next to nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import run, succeed
from tests.validate.test_cases import make_store

SKILLMEAT = Path(sys.executable).with_name("skillmeat")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    make_store(tmp_path, {})
    (tmp_path / "below").mkdir()
    return tmp_path


def completed(folder: Path, line: str) -> list[str]:
    """What click's part of the script prints for the last word of a line."""
    words = line.split(" ")
    env = {
        **os.environ,
        "_SKILLMEAT_COMPLETE": "bash_complete",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) - 1),
    }
    ran = subprocess.run([SKILLMEAT], cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    return [each.partition(",")[2] for each in ran.stdout.split()]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("skillmeat ta", ["tag"]),
        ("skillmeat tag mer", ["merge"]),
        ("skillmeat tag create --col", ["--color"]),
        ("skillmeat tag show p", ["pdf", "python"]),
        ("skillmeat tag merge pdf py", ["python"]),
        ("skillmeat artifact show skill/o", ["skill/ocr"]),
        ("skillmeat artifact show pl", ["plugin/office"]),
        ("skillmeat artifact tag add skill/ocr pd", ["pdf"]),
        ("skillmeat artifact list --type sk", ["skill"]),
        ("skillmeat artifact edit skill/ocr --source a", ["acme"]),
        ("skillmeat collection show s", ["starter"]),
        ("skillmeat collection add starter skill/p", ["skill/pdf-tools"]),
        ("skillmeat group show s", ["starter/documents"]),
        ("skillmeat group show starter/d", ["starter/documents"]),
        ("skillmeat source show a", ["acme"]),
        ("skillmeat lock a", ["acme"]),
        ("skillmeat association list skill/o", ["skill/ocr"]),
        ("skillmeat completions f", ["fish"]),
        ("skillmeat tag show nothing-like-it", []),
    ],
)
def test_names_are_completed(store: Path, line: str, expected: list[str]) -> None:
    assert completed(store, line) == expected


def test_from_a_folder_below_and_with_a_directory(
    store: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert completed(store / "below", "skillmeat tag show pd") == ["pdf"]
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    assert completed(elsewhere, "skillmeat tag show pd") == []
    assert completed(elsewhere, f"skillmeat -C {store} tag show pd") == ["pdf"]


def test_a_group_needs_its_collection(store: Path) -> None:
    (store / "manifests/collections/second.toml").write_text('name = "S"\n')
    assert completed(store, "skillmeat group show s") == ["second/", "starter/"]


def test_a_broken_store_completes(store: Path) -> None:
    """Nothing is parsed; links are not followed; a name that a terminal would obey is left out."""
    (store / "manifests/tags/pdf.toml").write_bytes(b"\xff[[[")
    (store / "manifests/tags/pdf-link.toml").symlink_to("/etc/passwd")
    (store / "manifests/tags/pd\x1b[31m.toml").write_text("x")
    (store / "manifests/skillmeat.toml").write_text("format = 99")
    assert completed(store, "skillmeat tag show pd") == ["pdf"]


def test_nothing_heavy_is_imported(store: Path) -> None:
    """To print help or to complete a name, no record is defined and no manifest opened."""
    code = (
        "import sys\nfrom skillmeat.cli.main import invoke\n"
        "try: invoke(sys.argv[1:])\nexcept SystemExit: pass\n"
        "heavy = ('pydantic', 'tomli', 'tomlkit', 'git', 'rich', 'logging', 'opentelemetry', 'json')\n"
        "print([name for name in heavy if name in sys.modules], file=sys.stderr)"
    )
    completing = {
        "_SKILLMEAT_COMPLETE": "bash_complete",
        "COMP_WORDS": "skillmeat tag show p",
        "COMP_CWORD": "3",
    }
    for arguments, env in ((["--help"], {}), (["tag", "show", "--help"], {}), ([], completing)):
        ran = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            cwd=store,
            env={**os.environ, **env},
            capture_output=True,
            text=True,
            check=True,
        )
        assert ran.stderr.strip() == "[]", arguments


# ----------------------------------------------------------------- scripts


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_says_where_to_put_it(tmp_path: Path, shell: str) -> None:
    ran = succeed(tmp_path, "completions", shell)
    assert f"Completion of skillmeat for {shell}" in ran.out[:200]
    assert f"skillmeat completions {shell} >" in ran.out
    assert f"_SKILLMEAT_COMPLETE={shell}_complete" in ran.out
    assert ran.err == ""


def test_another_shell_is_a_bad_argument(tmp_path: Path) -> None:
    assert run(tmp_path, "completions", "tcsh").status == 2


def _shell(command: list[str], store: Path) -> str:
    env = {**os.environ, "PATH": f"{SKILLMEAT.parent}{os.pathsep}{os.environ['PATH']}"}
    ran = subprocess.run(command, cwd=store, env=env, capture_output=True, text=True, check=True, timeout=300)
    return ran.stdout


@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash")
def test_bash_completes(store: Path) -> None:
    """The script loads, and the function it registers fills COMPREPLY."""
    code = (
        'eval "$(skillmeat completions bash)"\n'
        "complete -p skillmeat\n"
        "COMP_WORDS=(skillmeat tag show p); COMP_CWORD=3\n"
        "_skillmeat_completion skillmeat p show\n"
        'printf "%s\\n" "${COMPREPLY[@]}"'
    )
    lines = _shell(["bash", "--norc", "-c", code], store).splitlines()
    assert "-F _skillmeat_completion skillmeat" in lines[0]
    assert lines[1:] == ["pdf", "python"]


@pytest.mark.skipif(not shutil.which("zsh"), reason="there is no zsh")
def test_zsh_loads_it(store: Path) -> None:
    code = (
        'autoload -Uz compinit; compinit -u; eval "$(skillmeat completions zsh)"; print ${_comps[skillmeat]}'
    )
    assert _shell(["zsh", "-f", "-c", code], store).strip() == "_skillmeat_completion"


@pytest.mark.skipif(not shutil.which("fish"), reason="there is no fish")
def test_fish_completes(store: Path) -> None:
    code = 'skillmeat completions fish | source; complete --do-complete "skillmeat tag show p"'
    assert _shell(["fish", "--no-config", "-c", code], store).split() == ["pdf", "python"]
