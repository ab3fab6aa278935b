"""What every command shares: where the store is, and how things are said."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import click

from skillmeat.errors import SkillmeatError
from skillmeat.observe import Operation
from skillmeat.text import block, one_line

if TYPE_CHECKING:  # the help and a shell's completion need no catalog
    from pathlib import Path

    from skillmeat.catalog import Catalog, Change, Edit
    from skillmeat.store import Applied, Store
    from skillmeat.views import Json, Views

_NOUNS = ("tag", "artifact", "collection", "group", "source")


@dataclass
class Session:
    """One run of the command line. Data goes to stdout, everything else to stderr."""

    directory: Path
    color: str
    quiet: bool
    verbose: int
    revision: str | None = None
    operation: Operation = field(default_factory=lambda: Operation(""))

    # --------------------------------------------------------------- store

    @cached_property
    def store(self) -> Store:
        """The store that the directory is in; with ``--at``, as it was then."""
        from skillmeat.store import Store

        store = Store.discover(self.directory)
        if self.revision is None:
            return store
        from skillmeat.history import past

        return Store(store.root, past.resolve(store.root, self.revision))

    @cached_property
    def catalog(self) -> Catalog:
        """The catalog as it was on disk when first asked for; what cannot be read is pointed out once."""
        reading = self.store.reading
        context = click.get_current_context(silent=True)
        if reading.problems and not (context and context.params.get("as_json")):
            count = len({problem.path for problem in reading.problems})
            verb = "has" if count == 1 else "have"
            self.note(f"{count} of the store's files {verb} problems; “skillmeat validate” lists them.")
        return reading.catalog

    @cached_property
    def views(self) -> Views:
        """The catalog as JSON data, with the dates that Git knows."""
        from skillmeat import history
        from skillmeat.views import Views

        return Views(self.catalog, history.dates(self.store.root, self.store.commit))

    # -------------------------------------------------------------- saying

    @property
    def colored(self) -> bool | None:
        """Whether to colour: True, False, or None to let the terminal decide."""
        if self.color == "auto":
            return False if os.environ.get("NO_COLOR") else None
        return self.color == "always"

    def say(self, line: str) -> None:
        """A line about what was done, to stdout."""
        if not self.quiet:
            click.echo(block(line), color=self.colored)

    def note(self, line: str) -> None:
        """A line beside the data, to stderr."""
        if not self.quiet:
            click.echo(block(line), err=True, color=self.colored)

    def data(self, value: Any) -> None:
        """JSON to stdout."""
        import json

        click.echo(json.dumps(value, indent=2, ensure_ascii=True))

    def progress(self, line: str) -> None:
        """What is being done now, to stderr, on a terminal only."""
        if not self.quiet and sys.stderr.isatty():
            click.echo(f"\r\x1b[2K{one_line(line)} …\r", err=True, nl=False)

    def diff(self, text: str) -> None:
        """A unified diff to stdout; into a pipe with the ends of lines as they are, so that it applies."""
        keep = not sys.stdout.isatty()
        for line in text.split("\n")[:-1]:
            bare = line.removesuffix("\r") if keep else line
            click.echo(block(bare) + line[len(bare) :], color=self.colored)

    def failures(self, failed: Sequence[tuple[str, SkillmeatError]], *, as_json: bool = False) -> int:
        """A line on stderr for each source that failed, or one object; gives the exit status, 0 for none."""
        status = 0
        if failed and as_json:
            worst = max((error for _, error in failed), key=lambda error: error.exit_status)
            detail = " ".join(f"{source}: {error.detail}" for source, error in failed)
            self.fail(worst.kind, detail, worst.code, "", form="json")
            return worst.exit_status
        for source, error in failed:
            hint = f"\n  {error.hint}" if error.hint else ""
            click.echo(block(f"error: {source}: {error.detail}{hint}"), err=True)
            status = max(status, error.exit_status)
        return status

    @staticmethod
    def fail(kind: str, detail: str, code: str, hint: str, *, form: str = "text") -> None:
        """An error to stderr: a sentence and what to do, or with ``json`` one object.

        Of the forms that are read from stdout, ``sarif`` and ``github``, it is there as well.
        """
        whole = f"{detail}{chr(10) if chr(10) in detail else ' '}{hint}" if hint else detail
        if form == "json":
            import json

            click.echo(json.dumps({"error": kind, "detail": whole, "code": code}), err=True)
            return
        if form == "sarif":
            import json

            from skillmeat.reports import sarif

            click.echo(json.dumps(sarif.failed(code, whole), indent=2))
        elif form == "github":
            from skillmeat.reports import annotations

            click.echo(annotations.failed(code, whole))
        first, *lines = f"error: {detail}".split("\n") + ([hint] if hint else [])
        rest = [
            line if line.startswith("  ") else f"  {line}" for line in lines
        ]  # none begins with foreign text
        click.echo(block("\n".join([first, *rest])), err=True)

    def table(self, headings: Sequence[str], rows: Iterable[Sequence[object]], empty: str) -> None:
        """Rows to stdout: aligned on a terminal, with tabs between the columns elsewhere."""
        cells = [[one_line("" if cell is None else str(cell)) for cell in row] for row in rows]
        if not sys.stdout.isatty():
            for row in cells:
                click.echo("\t".join(row))
            if not cells:
                self.note(empty)
            return
        if not cells:
            self.note(empty)
            return
        from skillmeat.cli import tables

        tables.draw(headings, cells, "standard" if self.colored else "auto" if self.colored is None else None)

    def listed(
        self,
        page: Json,
        as_json: bool,
        headings: Sequence[str],
        row: Callable[[Json], Sequence[object]],
        empty: str,
    ) -> None:
        """A page of a list: the envelope as JSON, or a table and how to go on."""
        if as_json:
            self.data(page)
            return
        self.table(headings, (row(item) for item in page["data"]), empty)
        if cursor := page["meta"]["next_cursor"]:
            meta = page["meta"]
            self.note(f"{meta['count']} of {meta['total']}; go on with --after {cursor}")

    def show(
        self, view: Json, as_json: bool, keys: Sequence[str], more: Sequence[tuple[str, object]] = ()
    ) -> None:
        """One record: its envelope as JSON, or labelled values; what is empty is left out."""
        if as_json:
            self.data({"data": view})
            return
        pairs = [*((key.removesuffix("_at"), view[key]) for key in keys), *more]
        shown = [(label, value) for label, value in pairs if value not in (None, "", [], (), {})]
        width = max((len(label) for label, _ in shown), default=0)
        for label, value in shown:
            values = value if isinstance(value, (list, tuple)) else [value]
            for position, each in enumerate(values):
                margin = (label if not position else "").ljust(width)
                click.echo(f"{click.style(margin, dim=True)}  {one_line(str(each))}", color=self.colored)

    # ------------------------------------------------------------- editing

    def edit(
        self,
        plan: Callable[[Catalog], Edit],
        *,
        as_json: bool,
        dry_run: bool,
        commit: bool,
        subject: Callable[[Views], Any] | None = None,
    ) -> Applied:
        """Carry out an edit and say what it did.

        With ``as_json`` the record comes first (``subject``, or the first record that changed), then
        what was done to which files. ``dry_run`` prints the diff instead and writes nothing.
        """
        committed = None
        if commit and not dry_run:
            from skillmeat import history

            history.refuse_no_commit(self.store.root)
        self.operation.about(_named(click.get_current_context().params))
        applied = self.store.apply(plan, dry_run=dry_run)
        self.operation.about(_ids(applied.changes))
        self.operation.deletes = bool(applied.changes) and applied.changes[0].after is None
        self.operation.result = "dry-run" if dry_run else "ok" if applied.paths else "unchanged"
        if commit and not dry_run and applied.paths:
            committed = history.commit(self.store.root, applied.paths, applied.summary)
        summary = applied.summary if applied.paths else "Nothing to change"
        if as_json:
            from skillmeat import history
            from skillmeat.views import Views

            views = Views(applied.catalog, history.dates(self.store.root))
            meta = {"summary": summary, "paths": list(applied.paths), "dry_run": dry_run}
            meta |= {"diff": applied.diff} if dry_run else {}
            meta |= {"commit": committed} if commit else {}
            self.data({"data": subject(views) if subject else _first(views, applied), "meta": meta})
        elif dry_run:
            self.diff(applied.diff)
            self.note(f"Would say: {summary}. Nothing was written.")
        else:
            self.say(summary + (f" in {committed[:10]}" if committed else ""))
            if self.verbose:
                for path in applied.paths:
                    self.note(f"  {path}")
        return applied


def _first(views: Views, applied: Applied) -> Json | None:
    for change in applied.changes:
        record = change.after or change.before
        if record:
            return views.record(record)
    return None


def _named(params: Mapping[str, Any]) -> dict[str, str | list[str]]:
    """What the arguments of an edit call by name: ``{"tag.id": …}``."""
    given: dict[str, str | list[str]] = {}
    for noun in _NOUNS:
        value = params.get(noun) or params.get(f"{noun}s")
        if isinstance(value, str):
            given[f"{noun}.id"] = value
        elif isinstance(value, (tuple, list)) and value and all(isinstance(each, str) for each in value):
            given[f"{noun}.id"] = value[0] if len(value) == 1 else list(value)
    return given


def _ids(changes: Sequence[Change]) -> dict[str, str | list[str]]:
    """The ids of the records that an edit changed, by noun, and the name of the first one."""
    from skillmeat.model import kind_of

    found: dict[str, list[str]] = {}
    for change in changes:
        record = change.after or change.before
        if record:
            found.setdefault(kind_of(record).noun, []).append(record.id)
    ids: dict[str, str | list[str]] = {
        f"{noun}.id": each[0] if len(each) == 1 else each for noun, each in found.items()
    }
    first = next((change.after or change.before for change in changes), None)
    if first:
        ids[f"{kind_of(first).noun}.name"] = str(getattr(first, "name", first.id))
    return ids
