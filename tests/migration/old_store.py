"""A store of format 1 as large as real ones are, the same on every machine."""

from __future__ import annotations

from pathlib import Path

TYPES = ("skill", "command", "agent", "hook", "mcp", "plugin")
WORDS = (
    "PDF", "pdf", "Python", "python", "Machine Learning", "machine-learning", "C", "C++", "C#", "日本語",
    "émigré", "CI/CD", "ci cd", "index", "a\u200bb", "", "  ", "x" * 300, "x" * 300 + "y", "tag\twith tab",
    "web", "Web", "WEB", "ﬁle", "file", "++", "node.js", "Node JS", "c-2", 'say "hi"', "back\\slash",
)  # fmt: skip
MANY = 2_000


def write(root: Path, path: str, text: str) -> None:
    file = root / "manifests" / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode())


def quoted(word: str) -> str:
    """A word as TOML: in single quotes where it can be, as many people write."""
    if all(sign.isprintable() and sign not in "'\"\\" for sign in word) and len(word) % 2:
        return f"'{word}'"
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    return f'"{escaped}"'.replace("\u200b", "\\u200B")


def tags_of(number: int) -> list[str]:
    """The words of an artifact: some have none, some repeat one, most have a few."""
    found = [WORDS[(number * 7 + step * 5) % len(WORDS)] for step in range(number % 5)]
    return [*found, f"topic {number % 150}"] if number % 11 else found


def tags_line(number: int) -> str:
    """The same as people write it: on one line, on many, with comments."""
    words = tags_of(number)
    if not words and number % 2:
        return ""
    if number % 4 == 0:
        lines = "".join(f"  {quoted(word)},  # {index}\n" for index, word in enumerate(words))
        return f"tags = [\n{lines}  # the end\n]\n"
    return f"tags   =  [{', '.join(map(quoted, words))}] # of {number}\n"


def artifact(number: int) -> str:
    """The file of an artifact."""
    text = (
        f"# The {number}th.\n"
        f'name = "Artifact {number}"\n'
        f"{tags_line(number)}"
        f'source = "source-{number % 40}"\n'
        f"path = 'things/{number}'   # there\n"
    )
    return text.replace("\n", "\r\n") if number % 13 == 0 else text


def make(root: Path) -> None:
    """The store: 2,000 artifacts, 40 sources, 20 collections with groups, and a lock of version 1."""
    write(root, "skillmeat.toml", '# Ours.\nformat = 1 # old\n\n[site]\ntitle = "Old"\n')
    for number in range(MANY):
        write(root, f"artifacts/{TYPES[number % 6]}/item-{number}.toml", artifact(number))
    lock = ["# Generated.\nversion = 1\n"]
    for number in sorted(range(40), key=str):
        url = f"https://git.example/owner/repo-{number}"
        write(
            root, f"sources/source-{number}.toml", f'name = "Source {number}"\nurl = "{url}"\nref = "main"\n'
        )
        lock.append(
            f'\n[[source]]\nid = "source-{number}"\nurl = "{url}"\nref = "main"\ncommit = "{number:040x}"\n'
        )
        for item in sorted(range(number, MANY, 40), key=lambda item: (TYPES[item % 6], f"things/{item}")):
            lock.append(
                f'\n[[source.artifact]]\ntype = "{TYPES[item % 6]}"\nname = "item-{item}"\n'
                f'path = "things/{item}"\nhash = "sha256:{item:064x}"\ntree = "{item:040x}"\n'
            )
    write(root, "skillmeat.lock", "".join(lock))
    for number in range(20):
        members = [f"{TYPES[item % 6]}/item-{item}" for item in range(number, MANY, 100)]
        listed = "".join(f'  "{each}",\n' for each in members)
        write(
            root,
            f"collections/collection-{number}.toml",
            f'name = "Collection {number}"\nartifacts = [\n{listed}]\n\n'
            f'[[groups]]\nslug = "first"\nname = "First"\nartifacts = ["{members[0]}"]\n',
        )
