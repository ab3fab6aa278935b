"""Manifests made to exhaust whoever reads them (SECURITY.md 2.4, S4)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.command import snapshot
from tests.hostile.stores import bounded, placed, sound

KIB = 1024

BOMBS: dict[str, Callable[[], bytes]] = {
    "dotted key of 32,000 parts": lambda: b".".join([b"a"] * 32_000) + b" = 1",
    "dotted key of 9,000 parts": lambda: b".".join([b"a"] * 9_000) + b" = 1",
    "dotted header of 9,000 parts": lambda: b"[" + b".".join([b"a"] * 9_000) + b"]",
    "2,000 keys of 50 dots": lambda: b"\n".join(
        b".".join(b"k%d" % n for n in range(row, row + 18)) + b" = 1" for row in range(2_000)
    ),
    "5,000 interleaved tables": lambda: b"\n".join(b"[t%d]\n[u.v%d]" % (n, n) for n in range(5_000)),
    "20,000 array tables": lambda: b"[[groups]]\n" * 20_000,
    "nested arrays 500": lambda: b"a = " + b"[" * 500 + b"]" * 500,
    "nested arrays 50,000": lambda: b"a = " + b"[" * 50_000 + b"]" * 50_000,
    "nested arrays, never closed": lambda: b"a = " + b"[" * 100_000,
    "nested inline tables 300": lambda: b"a = " + b"{a = " * 300 + b"1" + b"}" * 300,
    "nested inline tables 40,000": lambda: b"a = " + b"{a = " * 40_000 + b"1" + b"}" * 40_000,
    "5,000-digit integer": lambda: b"a = " + b"9" * 5_000,
    "200,000-digit integer": lambda: b"a = " + b"9" * 200_000,
    "200,000-digit hexadecimal": lambda: b"a = 0x" + b"f" * 200_000,
    "float of 100,000 digits": lambda: b"a = 1." + b"3" * 100_000 + b"e99999",
    "200,000 spaces": lambda: b"a = " + b" " * 200_000 + b"1",
    "200,000 line feeds": lambda: b"\n" * 200_000 + b"a =",
    "one key, 250,000 characters": lambda: b"k" * 250_000 + b" = 1",
    "a string of 250,000 characters": lambda: b'name = "' + b"x" * 250_000 + b'"',
    "a string never closed": lambda: b'name = """' + b'\\"' * 100_000,
    "250,000 quotes": lambda: b'"' * 250_000,
    "250,000 apostrophes": lambda: b"a = " + b"'" * 250_000,
    "100,000 escapes": lambda: b'a = "' + b"\\u0041" * 40_000 + b'"',
    "100,000 backslashes": lambda: b'a = "' + b"\\" * 100_001 + b'"',
    "12,000 unknown keys": lambda: b"\n".join(b"key%d = 1" % n for n in range(12_000)),
    "30,000 tags": lambda: b'name = "x"\ntags = [' + b'"a",' * 30_000 + b"]",
    "30,000 members": lambda: b'name = "x"\nartifacts = [' + b'"skill/a",' * 20_000 + b"]",
    "60,000 comments": lambda: b"#\n" * 60_000 + b"= 1",
    "a comment of 250,000": lambda: b"#" * 250_000 + b"\n=",
    "more than is read": lambda: b"#" * (256 * KIB + 1),
    "two megabytes": lambda: b'name = "x"\n' * 200_000,
    "zeros": lambda: b"\0" * 100_000,
    "not UTF-8": lambda: b'name = "' + b"\xff" * 100_000 + b'"',
    "surrogates": lambda: b'name = "\xed\xa0\x80"',
    "bidirectional override": lambda: 'name = "a\u202eb"'.encode(),
    "tag characters": lambda: 'name = "a\U000e0041\U000e007f"'.encode(),
    "escape sequences": lambda: b'name = "\\u001B]0;title\\u0007"\nodd\\u001b = 1',
    "merge markers": lambda: b"<<<<<<< a\nname = 1\n=======\n>>>>>>> b\n" * 3_000,
    "a million brackets": lambda: b"[]" * 130_000,
    "years and hours": lambda: b"created_at = 9999-99-99T99:99:99Z",
    "the first instant there is": lambda: b'name = "x"\ncreated_at = 0001-01-01T00:00:00+23:59',
    "nan": lambda: b"name = nan",
}


@pytest.mark.parametrize("name", BOMBS)
@pytest.mark.parametrize("path", ["tags/bomb", "collections/bomb"])
def test_a_bomb_is_a_line_of_validate(tmp_path: Path, name: str, path: str) -> None:
    """In bounded time, with the file and the place, and without a traceback."""
    store = sound(tmp_path)
    (store / f"manifests/{path}.toml").write_bytes(BOMBS[name]())
    ran = bounded(store, "validate")
    if name == "the first instant there is":
        return  # valid, and nothing breaks on it
    placed(ran)
    assert any(line.startswith(f"manifests/{path}.toml") for line in ran.out.splitlines())
    assert all(len(line) < 2_000 for line in ran.out.splitlines())


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_does_not_stop_an_edit(tmp_path: Path, name: str) -> None:
    """A tag is made beside it, nothing else changes, and every other command answers."""
    store = sound(tmp_path)
    (store / "manifests/tags/bomb.toml").write_bytes(BOMBS[name]())
    before = snapshot(store)
    ran = bounded(store, "tag", "create", "Beside")
    assert ran.status == 0, ran.err
    after = snapshot(store)
    assert set(after) - set(before) == {"manifests/tags/beside.toml"}
    assert {path: data for path, data in after.items() if path in before} == before
    assert bounded(store, "tag", "list", "--json").status == 0
    assert bounded(store, "fmt", "--check").status == 1


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_among_the_settings_or_in_the_lock(tmp_path: Path, name: str) -> None:
    """The lock keeps keys that it does not know, so some are no fault in it."""
    store = sound(tmp_path)
    for file in ("skillmeat.toml", "skillmeat.lock"):
        path = store / "manifests" / file
        good = path.read_bytes() if path.exists() else None
        path.write_bytes(BOMBS[name]())
        said = bounded(store, "validate")
        if file == "skillmeat.toml" and name != "more than is read":  # which is nothing but a comment
            assert said.status == 1
        if said.status:
            assert f"manifests/{file}" in said.out + said.err
        bounded(store, "tag", "create", f"Beside {file}")
        path.unlink() if good is None else path.write_bytes(good)
