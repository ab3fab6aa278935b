"""Options that are the same everywhere, and what a shell completes for them."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

F = TypeVar("F", bound=Callable[..., Any])

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON")


def _look_back(ctx: click.Context, param: click.Parameter, revision: str | None) -> None:
    if revision is not None:
        ctx.find_root().obj.revision = revision


_at = click.option(
    "--at",
    metavar="REV",
    expose_value=False,
    callback=_look_back,
    help="Show the catalog as it was at a commit, branch or tag",
)


def reading(function: F) -> F:
    """``--json`` and ``--at``: what every command takes that only reads."""
    return as_json(_at(function))


every = click.option("--all", "everything", is_flag=True, help="List everything on one page")


class OneOf(click.Choice[str]):
    """A value of a closed list of the model, as text; another one is an invalid value of its noun."""


def one_of(values: type[StrEnum]) -> OneOf:
    """A value of a closed list, as text."""
    return OneOf([each.value for each in values])


def editing(function: F) -> F:
    """``--json``, ``--dry-run`` and ``--commit``: what every edit takes."""
    for option in (
        click.option("--commit", is_flag=True, help="Commit the files it changed, and nothing else"),
        click.option("--dry-run", is_flag=True, help="Print the diff and write nothing"),
        as_json,
    ):
        function = option(function)
    return function


def paging(function: F) -> F:
    """``--limit``, ``--after``, ``--all``, ``--at`` and ``--json``: what every list takes."""
    for option in (
        reading,
        every,
        click.option("--after", metavar="CURSOR", help="Go on where the last page stopped"),
        click.option(
            "--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="So many at most"
        ),
    ):
        function = option(function)
    return function


def completing(noun: str) -> Callable[[click.Context, click.Parameter, str], list[CompletionItem]]:
    """Completion of the ids of a noun's records, read from their file names alone.

    A group completes to those of its collection once that is clear.
    """

    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from pathlib import Path

        from click.shell_completion import CompletionItem

        from skillmeat import finding

        try:
            root = finding.store_of(Path(ctx.find_root().params.get("directory") or "."))
            if root is None:
                return []
            plural = "collections" if noun == "group" else f"{noun}s"
            typed = incomplete.partition("/")[0] if noun == "group" else incomplete
            found = list(finding.ids(root, plural, typed))
            if noun == "group":
                here = [typed] if typed in found else found
                found = finding.groups(root, here[0]) if len(here) == 1 else [f"{each}/" for each in found]
        except OSError:
            return []
        return [CompletionItem(each) for each in found if each.startswith(incomplete) and each.isprintable()]

    return complete


def page(limit: int, after: str | None, everything: bool) -> dict[str, Any]:
    """The options of ``paging`` as ``views`` takes them."""
    return {"limit": None if everything else limit, "after": after}


def now() -> datetime:
    """The time of an edit, to the second, in UTC; ``SOURCE_DATE_EPOCH`` sets it, for scripts to repeat."""
    fixed = os.environ.get("SOURCE_DATE_EPOCH", "")
    if fixed.isascii() and fixed.isdigit() and len(fixed) < 12:
        return datetime.fromtimestamp(int(fixed), UTC)
    return datetime.now(UTC).replace(microsecond=0)


def to(help: str) -> Callable[[F], F]:
    """``--to``: the target of a copy or a move."""
    return click.option("--to", metavar="TARGET", required=True, help=help)


def unsetting(*keys: str) -> Callable[[F], F]:
    """``--unset KEY``: puts a key back to its default."""
    return click.option("--unset", type=click.Choice(keys), multiple=True, help="A key to clear")


def given(**values: Any) -> dict[str, Any]:
    """The options that were given, for an edit that leaves the others as they are."""
    return {key: value for key, value in values.items() if value is not None}


def changes(given_values: dict[str, Any], unset: tuple[str, ...]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The values that an edit is to change, None to clear one, and how to carry it out (``editing``).

    Raises ``UsageError`` when there is nothing to change, or a key is both set and cleared.
    """
    how = {key: given_values.pop(key) for key in ("as_json", "dry_run", "commit")}
    values = given(**{key: value for key, value in given_values.items() if value != ()})
    for key in (each.replace("-", "_") for each in unset):
        if key in values:
            raise click.UsageError(f"The options change {key} and clear it: leave one of them out.")
        values[key] = None
    if not values:
        raise click.UsageError("There is nothing to change: give at least one option.")
    return values, how
