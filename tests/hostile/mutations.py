"""A sound store broken in one of many ways, each told by a number.

A mutation says what must hold: ``ILL`` that validate finds something, ``FINE`` that it finds nothing, and
``EITHER`` that an independent reading of the files decides (``judge``).
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

import tomli

from skillmeat.model import KINDS, Settings

ILL, FINE, EITHER = "ill", "fine", "either"

Mutation = Callable[[random.Random, Path], str]


def files(store: Path) -> list[Path]:
    """The manifests, sorted."""
    return sorted((store / "manifests").rglob("*.toml"))


def records(store: Path) -> list[Path]:
    """Those that are not the settings."""
    return [path for path in files(store) if path.name != "skillmeat.toml"]


def flip_bytes(chance: random.Random, store: Path) -> str:
    path = chance.choice(files(store))
    data = bytearray(path.read_bytes())
    for _ in range(chance.randint(1, 8)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    path.write_bytes(bytes(data))
    return EITHER


def truncate(chance: random.Random, store: Path) -> str:
    path = chance.choice(files(store))
    data = path.read_bytes()
    path.write_bytes(data[: chance.randrange(len(data))])
    return EITHER


def swap_lines(chance: random.Random, store: Path) -> str:
    path = chance.choice(files(store))
    lines = path.read_bytes().splitlines(keepends=True)
    chance.shuffle(lines)
    path.write_bytes(b"".join(lines))
    return EITHER


def duplicate_line(chance: random.Random, store: Path) -> str:
    path = chance.choice(files(store))
    lines = path.read_bytes().splitlines(keepends=True)
    lines.insert(chance.randrange(len(lines) + 1), chance.choice(lines))
    path.write_bytes(b"".join(lines))
    return EITHER


def other_type(chance: random.Random, store: Path) -> str:
    path = chance.choice(records(store))
    value = chance.choice(["1", "1.5", "true", "[]", "{}", "[[1]]", "1979-05-27", '{ a = "b" }', "[1, 2]"])
    path.write_text(f"name = {value}\n")
    return ILL


def unknown_key(chance: random.Random, store: Path) -> str:
    path = chance.choice(records(store))
    key = chance.choice(["nme", "id", '"\\u001B[31m"', '"a b"', "slug", '"\\u202E"', '""', "__class__"])
    path.write_text(f"{key} = 1\n{path.read_text()}")
    return ILL


def huge_string(chance: random.Random, store: Path) -> str:
    path = chance.choice(records(store))
    path.write_text(f'description = "{"x" * chance.choice([2_001, 50_000, 250_000])}"\n{path.read_text()}')
    return ILL


def deep_table(chance: random.Random, store: Path) -> str:
    path = chance.choice(records(store))
    depth = chance.choice([5, 17, 100, 3_000])
    path.write_text(f"{'.'.join(['a'] * depth)} = 1\n{path.read_text()}")
    return ILL


def line_ends(chance: random.Random, store: Path) -> str:
    path = chance.choice(files(store))
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    return FINE


def lone_carriage_return(chance: random.Random, store: Path) -> str:
    path = chance.choice(files(store))
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r"))
    return ILL


def byte_order_mark(chance: random.Random, store: Path) -> str:
    path = chance.choice(records(store))
    mark = chance.choice([b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"])
    path.write_bytes(mark + path.read_bytes())
    return ILL


def utf_16(chance: random.Random, store: Path) -> str:
    path = chance.choice(records(store))
    path.write_bytes(path.read_text().encode(chance.choice(["utf-16", "utf-16-le", "utf-32"])))
    return ILL


def nul(chance: random.Random, store: Path) -> str:
    path = chance.choice(records(store))
    data = path.read_bytes()
    at = chance.randrange(len(data))
    path.write_bytes(data[:at] + b"\0" * chance.choice([1, 100]) + data[at:])
    return ILL


def hidden(chance: random.Random, store: Path) -> str:
    path = chance.choice(records(store))
    sign = chance.choice(["\\u202E", "\\u200B", "\\U000E0041", "\\u0007", "\\u001B[2J", "\\u0085", "\\u2028"])
    lines = [line for line in path.read_text().splitlines() if not line.startswith("name")]
    path.write_text("\n".join([f'name = "a{sign}b"', *lines]) + "\n")
    return ILL


def leaving_path(chance: random.Random, store: Path) -> str:
    path = chance.choice(sorted((store / "manifests/artifacts").rglob("*.toml")))
    where = chance.choice(["../../etc/passwd", "/etc/passwd", "a/../../b", "C:/x", "a\\\\b", "./x", "a//b"])
    lines = [line for line in path.read_text().splitlines() if not line.startswith("path")]
    path.write_text("\n".join([f'path = "{where}"', *lines]) + "\n")
    return ILL


def bad_address(chance: random.Random, store: Path) -> str:
    path = chance.choice(sorted((store / "manifests/sources").glob("*.toml")))
    url = chance.choice(
        ["file:///etc", "ext::sh -c id", "--upload-pack=x", "https://u:p@h/r", "http://h/r", "git://h/r", ""]
    )
    path.write_text(f'name = "x"\nurl = "{url}"\n')
    return ILL


def dangling_reference(chance: random.Random, store: Path) -> str:
    path = chance.choice(sorted((store / "manifests/artifacts").rglob("*.toml")))
    lines = [line for line in path.read_text().splitlines() if not line.startswith(("tags", "source"))]
    key = chance.choice(['tags = ["nowhere"]', 'source = "nowhere"'])
    path.write_text("\n".join([key, *lines]) + "\n")
    return ILL


def odd_name(chance: random.Random, store: Path) -> str:
    name = chance.choice(
        ["UPPER", "a b", "a\x1b[31m", "é", "-a", "a--b", "x" * 65, "a\u202eb", "a\nb", "::error::x", "*", "~"]
    )
    (store / f"manifests/tags/{name}.toml").write_text('name = "x"\n')
    return ILL


def odd_place(chance: random.Random, store: Path) -> str:
    where = chance.choice(
        ["artifacts/x.toml", "artifacts/robot/x.toml", "tags/a/x.toml", "tag/x.toml", "x.toml"]
    )
    path = store / "manifests" / where
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text('name = "x"\n')
    return ILL


def link(chance: random.Random, store: Path) -> str:
    path = chance.choice(records(store))
    target = chance.choice(["/etc/passwd", "/dev/zero", "/proc/self/environ", "../skillmeat.toml", str(path)])
    path.unlink()
    path.symlink_to(target)
    return ILL


def dangling_link(chance: random.Random, store: Path) -> str:
    path = chance.choice(records(store))
    path.unlink()
    path.symlink_to("nowhere")
    return ILL


def folder_in_place(chance: random.Random, store: Path) -> str:
    path = chance.choice([each for each in records(store) if each.parent.name != "manifests"])
    path.unlink()
    path.mkdir()
    return ILL


def pipe(chance: random.Random, store: Path) -> str:
    path = chance.choice(records(store))
    path.unlink()
    os.mkfifo(path)
    return ILL


def file_for_folder(chance: random.Random, store: Path) -> str:
    folder = store / "manifests" / chance.choice(["tags", "collections", "sources"])
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    folder.write_text("x")
    return ILL


def broken_lock(chance: random.Random, store: Path) -> str:
    data = chance.choice(
        [
            b"version = 99",
            b"version = 'x'",
            b"source = 1",
            b"[[source]]\nid = 'x'",
            b"\xff",
            b"[" * 5_000,
            b"=",
        ]
    )
    (store / "manifests/skillmeat.lock").write_bytes(data)
    return ILL


def empty(chance: random.Random, store: Path) -> str:
    chance.choice(records(store)).write_bytes(chance.choice([b"", b"\n", b"# nothing"]))
    return ILL


def harmless(chance: random.Random, store: Path) -> str:
    path = chance.choice(records(store))
    path.write_text(chance.choice(["# a comment\n", "\n\n", "#:schema ./x.json\n"]) + path.read_text())
    return FINE


MUTATIONS: tuple[Mutation, ...] = (
    flip_bytes,
    truncate,
    swap_lines,
    duplicate_line,
    other_type,
    unknown_key,
    huge_string,
    deep_table,
    line_ends,
    lone_carriage_return,
    byte_order_mark,
    utf_16,
    nul,
    hidden,
    leaving_path,
    bad_address,
    dangling_reference,
    odd_name,
    odd_place,
    link,
    dangling_link,
    folder_in_place,
    pipe,
    file_for_folder,
    broken_lock,
    empty,
    harmless,
)


def mutated(store: Path, number: int) -> tuple[str, str]:
    """Break the store in the way of a number; gives the name of the way and what must hold."""
    chance = random.Random(number)
    way = MUTATIONS[number % len(MUTATIONS)]
    return way.__name__, way(chance, store)


def judge(store: Path) -> bool:
    """Whether each file alone is sound, told without the code that validate uses for it."""
    for path in files(store):
        try:
            table = tomli.loads(path.read_bytes().decode())
            part = Settings
            given = {}
            parts = path.relative_to(store / "manifests").parts
            if len(parts) > 1:
                kind = next(kind for kind in KINDS if kind.plural == parts[0])
                given = {"id": "/".join(parts[1:]).removesuffix(".toml")}
                kind.record.model_validate({**table, **given}, strict=False)
            else:
                part.model_validate(table)
        except (ValueError, RecursionError):
            return False
    return True
