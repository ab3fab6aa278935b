"""Small Git repositories that tests make and use as sources."""

from __future__ import annotations

import subprocess
from pathlib import Path

URL = "https://git.example/acme/skills"


def git(folder: Path, *arguments: str) -> str:
    """Run Git in a folder; gives what it printed."""
    done = subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def commit(folder: Path, files: dict[str, str | None], message: str = "Change") -> str:
    """Write files (None deletes one) and commit them; gives the commit. Makes the repository at first."""
    if not (folder / ".git").exists():
        folder.mkdir(parents=True, exist_ok=True)
        git(folder, "init", "--quiet")
    for name, text in files.items():
        path = folder / name
        if text is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)
    return git(folder, "rev-parse", "HEAD")


def skill(name: str, body: str = "Do it well.") -> str:
    """A SKILL.md."""
    return f"---\nname: {name}\ndescription: Does {name}.\n---\n# {name}\n\n{body}\n"


def redirect(gitconfig: Path, folder: Path, url: str = URL) -> None:
    """Have Git find ``url`` in a folder."""
    with gitconfig.open("a") as config:
        config.write(f'[url "{folder}"]\n\tinsteadOf = {url}\n')
