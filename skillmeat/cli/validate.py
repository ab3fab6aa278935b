"""``skillmeat validate``"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from skillmeat.cli import options
from skillmeat.cli.session import Session
from skillmeat.text import block, one_line, plural

if TYPE_CHECKING:
    from skillmeat.problem import Problem
    from skillmeat.validation import Verdict

FORMATS = ("text", "json", "github", "sarif")


@click.command("validate")
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="text", help="How to print what is found"
)
@click.option(
    "--select",
    metavar="RULE",
    multiple=True,
    help="Judge by these rules only: names with commas between, “errors” or “warnings”",
)
@click.option("--ignore", metavar="RULE", multiple=True, help="Do not judge by these rules")
@click.option("--since", metavar="REV", help="Give only what was not wrong yet where HEAD and REV parted")
@click.option("--strict", is_flag=True, help="Exit 1 for warnings as well")
@click.option("--fix", "mend", is_flag=True, help="Mend what needs no guess, then judge")
@click.option(
    "--diff", "show", is_flag=True, help="With --fix: print what would be mended, and write nothing"
)
@click.option("--list-rules", is_flag=True, help="List every rule and what it demands")
@click.option("--explain", metavar="RULE", help="Say what a rule demands and why")
@options.reading
@click.pass_obj
def command(
    session: Session,
    /,
    form: str,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    since: str | None,
    strict: bool,
    mend: bool,
    show: bool,
    list_rules: bool,
    explain: str | None,
    as_json: bool,
) -> int:
    """Report everything that is wrong with the store

    Errors keep a catalog from being published. Warnings are matters of taste: they can be ignored here, or
    waived with a reason under [[waivers]] in skillmeat.toml. Each is given as file:line:column, the key, a
    sentence with the nearest valid value or the fix, the [rule], and the line it is about.

    Exits 1 when there is an error; with --strict, when there is anything.

    \b
    Example: skillmeat validate
    Example: skillmeat validate --since origin/main --format github
    Example: skillmeat validate --fix --diff
    Example: skillmeat validate --explain unknown-tag
    """
    from skillmeat import validation

    if as_json and form not in ("text", "json"):
        raise click.UsageError("--json and --format ask for different things: leave one out.")
    form = "json" if as_json else form
    if list_rules:
        return _list(session, form)
    if explain:
        return _explain(session, explain, form)
    if show and not mend:
        raise click.UsageError("--diff shows what --fix would do: give both.")
    if mend and session.revision is not None:
        raise click.UsageError("The past cannot be mended: leave --at or --fix out.")
    rules = _chosen(select, ignore)
    if mend:
        applied = validation.fix(session.store, rules, dry_run=show)
        if show:
            session.diff(applied.diff)
            session.note(_mended(len(applied.paths), would=True))
            return 1 if applied.paths else 0
        session.note(_mended(len(applied.paths), would=False))
    commit = ""
    if since is not None:
        from skillmeat.history import past

        commit = past.merge_base(session.store.root, since)
    verdict = validation.validate(session.store, rules=rules, since=commit)
    _print(session, verdict, form)
    if verdict.errors and form != "json" and session.revision is None:
        _note_hidden(session)
    return 1 if verdict.errors or (strict and verdict.warnings) else 0


def _chosen(select: tuple[str, ...], ignore: tuple[str, ...]) -> frozenset[str]:
    from skillmeat.checks.rules import EXPLAINED

    chosen = frozenset(_known(select)) if select else frozenset(EXPLAINED)
    return chosen - frozenset(_known(ignore))


def _known(names: Iterable[str]) -> list[str]:
    """Names of rules, with commas taken apart; “errors” and “warnings” are all of them.

    Raises ``UsageError`` for a rule there is not.
    """
    from skillmeat.catalog import nearest
    from skillmeat.checks.rules import EXPLAINED

    found: list[str] = []
    for name in (name.strip() for each in names for name in each.split(",") if name.strip()):
        if name in ("errors", "warnings"):
            found += [each.name for each in EXPLAINED.values() if f"{each.severity}s" == name]
        elif name in EXPLAINED:
            found.append(name)
        else:
            near = nearest(name, EXPLAINED, most=1)
            hint = f" Did you mean “{near[0]}”?" if near else " “skillmeat validate --list-rules” lists them."
            raise click.UsageError(f"There is no rule “{one_line(name)}”.{hint}")
    return found


# ----------------------------------------------------------------- printing


def _print(session: Session, verdict: Verdict, form: str) -> None:
    texts = verdict.texts
    if form == "json":
        rows = [_row(each) for each in verdict.problems]
        meta = {"count": len(rows), "errors": verdict.errors, "warnings": verdict.warnings}
        session.data({"data": rows, "meta": {**meta, "waived": len(verdict.waived)}})
        return
    if form == "sarif":
        from skillmeat.reports.sarif import sarif

        session.data(sarif(verdict.problems, verdict.waived, texts))
    elif form == "github":
        from skillmeat.reports import annotations

        for line in annotations.commands(verdict.problems, texts):
            click.echo(line)
        file = os.environ.get("GITHUB_STEP_SUMMARY")
        if file:
            with Path(file).open("a", encoding="utf-8") as summary:
                summary.write(annotations.summary(verdict.problems, _conclusion(verdict)) + "\n")
    else:
        _print_text(session, verdict)
    session.note(_conclusion(verdict))


def _note_hidden(session: Session) -> None:
    """Say of a sparse checkout that errors may come from it; other troubles of Git are told already."""
    from skillmeat.errors import Refused
    from skillmeat.history import past

    with suppress(Refused):
        if hidden := past.hidden(session.store.root):
            count = plural(len(hidden), "manifest")
            session.note(f"A sparse checkout leaves {count} out of this folder; what names them is an error.")


def _print_text(session: Session, verdict: Verdict) -> None:
    from skillmeat.reports.annotations import sentence
    from skillmeat.reports.excerpt import excerpt

    for each in verdict.problems:
        hue = "red" if each.severity == "error" else "yellow"
        level = "" if each.severity == "error" else click.style("warning: ", fg=hue)
        where = click.style(one_line(each.where), bold=True)
        rule = click.style(f"[{each.rule}]", dim=True)
        click.echo(f"{where}: {level}{sentence(each)} {rule}", color=session.colored)
        shown = excerpt(each, verdict.texts)
        if shown:
            text, _, carets = str(shown).rpartition("\n")
            click.echo(f"{block(text)}\n{click.style(carets, fg=hue)}", color=session.colored)


def _conclusion(verdict: Verdict) -> str:
    waived = f" {plural(len(verdict.waived), 'warning')} waived." if verdict.waived else ""
    if verdict.problems:
        files = plural(len({each.path for each in verdict.problems}), "file")
        counts = " and ".join(
            plural(count, name)
            for name, count in (("error", verdict.errors), ("warning", verdict.warnings))
            if count
        )
        unread = any(each.path in verdict.unreadable for each in verdict.problems)
        more = " What cannot be read is judged in full once it can." if unread else ""
        return f"{counts} in {files}.{more}{waived}"
    from skillmeat.model import KINDS

    held = ", ".join(plural(verdict.counts[kind.plural], kind.noun) for kind in KINDS)
    return f"Nothing is wrong: {held}.{waived}"


def _row(problem: Problem) -> dict[str, object]:
    return {
        "path": problem.path,
        "line": problem.line or None,
        "column": problem.column or None,
        "key": problem.key or None,
        "severity": problem.severity,
        "message": problem.message,
        "fix": problem.fix or None,
        "rule": problem.rule,
    }


def _mended(files: int, *, would: bool) -> str:
    if not files:
        return "There is nothing to mend without a guess."
    return (
        f"{plural(files, 'manifest')} would be mended." if would else f"Mended {plural(files, 'manifest')}."
    )


def _list(session: Session, form: str) -> int:
    from skillmeat.checks.rules import EXPLAINED

    if form == "json":
        rows = [
            {
                "rule": each.name,
                "severity": each.severity,
                "law": each.law,
                "why": each.why,
                "mended": each.mended,
            }
            for each in EXPLAINED.values()
        ]
        session.data({"data": rows, "meta": {"count": len(rows)}})
        return 0
    listed = sorted(EXPLAINED.values(), key=lambda each: (each.severity, each.name))
    session.table(
        ("rule", "severity", "law"), ((each.name, each.severity, each.law) for each in listed), "No rules"
    )
    return 0


def _explain(session: Session, name: str, form: str) -> int:
    from skillmeat.checks.rules import EXPLAINED

    rule = EXPLAINED[_known([name.replace(",", "")])[0]]
    if form == "json":
        shown = {"rule": rule.name, "severity": rule.severity, "law": rule.law, "why": rule.why}
        session.data({"data": {**shown, "mended": rule.mended}})
        return 0
    session.say(f"{rule.name} ({rule.severity})\n{rule.law}\n{rule.why}")
    if rule.mended:
        session.say("“skillmeat validate --fix” mends it where that needs no guess.")
    if rule.severity == "warning":
        session.say(
            "To live with it, say so in manifests/skillmeat.toml:\n\n"
            f'[[waivers]]\nrule = "{rule.name}"\npath = "artifacts/skill/*"\nreason = "…"'
        )
    return 0
