"""Whole processes, timed in turns: their wall time, the time of their processors, and their peak memory."""

from __future__ import annotations

import math
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent


class Failed(Exception):
    """A program that is measured did not do its work; its output is the message."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One run of a program. Seconds and bytes.

    ``cpu`` is user and system time of the process and of all it waited for; ``memory`` is the peak of
    the largest one of them, which is never less than that of this process when it started it.
    """

    wall: float
    cpu: float
    memory: int


@dataclass(frozen=True)
class Contender:
    """A program that takes part: its arguments, where it runs, and what is done before each run, untimed.

    ``before`` is given the number of the run, from 0, and may give further arguments. ``status`` is the
    exit status that means success.
    """

    name: str
    command: Sequence[str]
    folder: Path
    before: Callable[[int], Iterable[str] | None] = lambda _: None
    environment: Mapping[str, str] = field(default_factory=dict)
    status: int = 0


Results = dict[str, list[Sample]]
"""By contender: its samples, the one at index i from the same round as everybody else's at index i."""


def python() -> str:
    """The interpreter of every Python program that is measured."""
    return sys.executable


def skillmeat(
    name: str,
    folder: Path,
    *words: str,
    before: Callable[[int], Iterable[str] | None] = lambda _: None,
    cache: str = "cache",
    module: str = "skillmeat",
) -> Contender:
    """The command line on ``folder/store``, with the cache beside it."""
    command = [python(), "-m", module, "-C", str(folder / "store"), "--quiet", *words]
    return Contender(name, command, ROOT, before, {"SKILLMEAT_CACHE": str(folder / cache)})


def run(contender: Contender, number: int) -> Sample:
    """One run. Raises ``Failed`` when the exit status is another than the contender's."""
    command = [*contender.command, *(contender.before(number) or ())]
    environment = {**os.environ, "NO_COLOR": "1", **contender.environment}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # what is installed has its bytecode
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=contender.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != contender.status:
            said.seek(0)
            output = said.read(4000).decode("utf-8", "replace")
            raise Failed(f"{contender.name} exited with {process.returncode}:\n{' '.join(command)}\n{output}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Sample(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * unit)


def interleaved(contenders: Sequence[Contender], runs: int) -> Results:
    """Samples in rounds, A B C A B C …: what disturbs the machine for a while disturbs all alike.

    Where there are several rounds one goes before, uncounted, so that files are in memory and bytecode is
    written.
    """
    results: Results = {contender.name: [] for contender in contenders}
    for number in range(-1 if runs > 1 else 0, runs):
        for contender in contenders:
            sample = run(contender, number)
            if number >= 0:
                results[contender.name].append(sample)
    return results


def ratio(ours: Sequence[Sample], theirs: Sequence[Sample], what: str) -> float:
    """The median of the ratios within each round. ``what`` names a field of ``Sample``."""
    pairs = zip(ours, theirs, strict=True)
    ratios = [float(getattr(one, what)) / max(float(getattr(other, what)), 1e-6) for one, other in pairs]
    return statistics.median(ratios)


def exponent(small: Sequence[Sample], large: Sequence[Sample], growth: float) -> float:
    """By which power of the growth of the input the wall time grew: 1 is in proportion."""
    times = [statistics.median(each.wall for each in samples) for samples in (small, large)]
    return math.log(times[1] / times[0]) / math.log(growth)


def table(title: str, results: Results, baseline: str, notes: Iterable[str] = ()) -> str:
    """The results as lines of text, with every contender's ratio to the one that is the baseline."""
    width = max(len(name) for name in results)
    lines = [
        f"\n{title}",
        f"{'':{width}}  {'wall, ms':>22} {'ratio':>7}  {'CPU, ms':>22} {'ratio':>7}  {'MiB':>6} {'ratio':>7}",
    ]
    for name, samples in results.items():
        ratios = [ratio(samples, results[baseline], what) for what in ("wall", "cpu", "memory")]
        memory = statistics.median(each.memory for each in samples) / 2**20
        lines.append(
            f"{name:{width}}  {_spread([each.wall for each in samples])} {ratios[0]:7.2f}  "
            f"{_spread([each.cpu for each in samples])} {ratios[1]:7.2f}  {memory:6.0f} {ratios[2]:7.2f}"
        )
    runs = len(results[baseline])
    note = f"Median (least–most) of {runs} runs in turns; ratios to {baseline} are medians of each round's."
    return "\n".join([*lines, f"  {note}", *(f"  {each}" for each in notes)])


def _spread(seconds: Sequence[float]) -> str:
    low, middle, high = min(seconds), statistics.median(seconds), max(seconds)
    return f"{middle * 1000:8,.0f} ({low * 1000:,.0f}–{high * 1000:,.0f})".rjust(22)


# --------------------------------------------------- before and after runs


def touched(folder: Path) -> Callable[[int], None]:
    """Changes the description in the first artifact below a folder before each run, TOML or JSON.

    Of Hugo's content, ``_index.md`` is a list.
    """

    def change(number: int) -> None:
        file = min(each for each in folder.rglob("*") if each.is_file() and each.name != "_index.md")
        pattern = r'(description"? ?[:=] *")[^ "]+'
        text = file.read_text(encoding="utf-8")
        text = re.sub(pattern, rf"\g<1>Changed{number + 1}", text, count=1)
        file.write_text(text, encoding="utf-8")

    return change


def forgotten(cache: Path) -> Callable[[int], None]:
    """Takes away before each run what was remembered in a cache."""

    def forget(_: int) -> None:
        shutil.rmtree(cache, ignore_errors=True)

    return forget


def anew(outputs: Path, cache: Path | None = None) -> Callable[[int], Iterable[str]]:
    """Gives each run an output folder below ``outputs`` that never was, and takes from a cache all but what
    was fetched.

    Whoever calls this removes ``outputs`` when nothing is measured any more. Removing a folder before a run
    would not do: ext4 looks at every inode that was freed just now before it takes one, which makes files
    many times slower to create.
    """

    def prepare(number: int) -> Iterable[str]:
        for folder in (each for each in (cache.iterdir() if cache else ()) if each.name != "git"):
            shutil.rmtree(folder)
        outputs.mkdir(exist_ok=True)
        return [str(outputs / str(number))]

    return prepare


def inventory(name: str, folder: Path) -> str:
    """How many files a program wrote, and how many bytes: the pages, and everything."""
    sizes = [(file.suffix, file.stat().st_size) for file in folder.rglob("*") if file.is_file()]
    parts = []
    for kind, wanted in (("pages", (".html",)), ("JSON", (".json",)), ("in all", ())):
        found = [size for suffix, size in sizes if not wanted or suffix in wanted]
        parts.append(f"{len(found):7,} {kind} {sum(found) / 1e6:7.1f} MB")
    return f"{name:10}" + "  ".join(parts)
