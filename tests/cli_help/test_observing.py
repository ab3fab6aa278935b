"""Every operation is one span and one line of the log, made in one place, and costs nothing unasked."""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from skillmeat import observe
from tests.command import run, succeed
from tests.sources.repository import URL, commit, redirect, skill
from tests.validate.test_cases import make_store

EXPORTER = InMemorySpanExporter()


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    """The spans that are made; the provider of a process can be set only once."""
    if not isinstance(trace.get_tracer_provider(), TracerProvider):
        provider = TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(EXPORTER))
        trace.set_tracer_provider(provider)
    EXPORTER.clear()
    yield EXPORTER
    EXPORTER.clear()


@pytest.fixture
def store(tmp_path: Path) -> Path:
    make_store(tmp_path, {})
    return tmp_path


def one(spans: InMemorySpanExporter) -> ReadableSpan:
    found = spans.get_finished_spans()
    spans.clear()
    assert len(found) == 1
    return found[0]


EDITS = [
    (
        ["tag", "create", "New one"],
        {"tag.id": "new-one", "tag.name": "New one", "operation": "tag.create", "result": "ok"},
    ),
    (["tag", "create", "New one", "--dry-run"], {"tag.id": "new-one", "result": "dry-run"}),
    (["tag", "edit", "ocr", "--color", "#111111"], {"tag.id": "ocr", "operation": "tag.edit"}),
    (["tag", "delete", "ocr", "--cascade"], {"tag.id": "ocr", "operation": "tag.delete"}),
    (["artifact", "create", "skill", "New"], {"artifact.id": "skill/new", "artifact.name": "New"}),
    (["collection", "create", "New"], {"collection.id": "new"}),
    (["source", "add", "https://example.org/a/b"], {"source.id": "a-b"}),
    (["build", "--out"], {"operation": "build"}),
]


@pytest.mark.parametrize(("arguments", "expected"), EDITS, ids=lambda each: " ".join(each))
def test_an_edit_is_one_span(
    spans: InMemorySpanExporter, tmp_path: Path, arguments: list[str], expected: dict[str, str]
) -> None:
    succeed(tmp_path, "init")
    succeed(tmp_path, "tag", "create", "OCR")
    spans.clear()
    if arguments[-1] == "--out":
        arguments = [*arguments, str(tmp_path / "site")]
    succeed(tmp_path, *arguments)
    span = one(spans)
    words = [word for word in arguments[:2] if re.fullmatch("[a-z]+", word)]
    assert span.name == f"skillmeat.{'.'.join(words)}"
    assert {"result": "ok", **expected}.items() <= dict(span.attributes or {}).items()
    assert span.status.status_code is not StatusCode.ERROR


def test_an_error_is_in_the_span(spans: InMemorySpanExporter, store: Path) -> None:
    assert run(store, "tag", "delete", "nope\x1b[31m").status == 3
    span = one(spans)
    assert span.name == "skillmeat.tag.delete"
    assert dict(span.attributes or {}) == {
        "operation": "tag.delete",
        "tag.id": "nope\\u{001b}[31m",
        "error.type": "TAG_NOT_FOUND",
        "result": "error",
    }
    assert span.status.status_code is StatusCode.ERROR
    assert [event.name for event in span.events] == ["exception"]


def test_findings_are_a_result_and_help_is_no_error(spans: InMemorySpanExporter, store: Path) -> None:
    (store / "manifests/tags/broken.toml").write_text("name =")
    assert run(store, "validate").status == 1
    assert dict(one(spans).attributes or {})["result"] == "findings"
    succeed(store, "tag", "create", "--help")
    assert one(spans).status.status_code is not StatusCode.ERROR


def test_each_scan_of_a_lock_is_a_span_within_it(
    spans: InMemorySpanExporter, tmp_path: Path, gitconfig: Path
) -> None:
    commit(tmp_path / "upstream", {"skills/a/SKILL.md": skill("a")})
    redirect(gitconfig, tmp_path / "upstream")
    succeed(tmp_path, "init")
    succeed(tmp_path, "source", "add", URL, "--name", "Up")
    spans.clear()
    succeed(tmp_path, "lock")
    found = {span.name: span for span in spans.get_finished_spans()}
    assert set(found) == {"skillmeat.lock", "skillmeat.scan"}
    scan, lock = found["skillmeat.scan"], found["skillmeat.lock"]
    assert dict(scan.attributes or {})["source.id"] == "up"
    assert scan.parent
    assert lock.context
    assert scan.parent.span_id == lock.context.span_id


# --------------------------------------------------------------------- log


def logged(err: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in err.splitlines() if line.startswith("{")]


def test_nothing_is_logged_unasked(store: Path) -> None:
    """A delete says its one line and logs none."""
    ran = succeed(store, "tag", "create", "New")
    assert (ran.out, ran.err) == ("Created the tag new\n", "")
    ran = succeed(store, "tag", "delete", "new")
    assert (ran.out, ran.err) == ("Deleted the tag new\n", "")


@pytest.mark.parametrize(
    ("arguments", "flag", "level"),
    [
        (["tag", "create", "New"], "-v", "INFO"),
        (["collection", "edit", "{collection}", "--name", "Other"], "-v", "INFO"),
        (["tag", "delete", "{tag}", "--cascade"], "-v", "WARNING"),
        (["tag", "search", "x"], "-vv", "DEBUG"),
        (["tag", "list"], "-vv", "DEBUG"),
        (["tag", "show", "nope"], "-v", "ERROR"),
        (["tag", "list"], "-v", None),
        (["tag", "create", "New"], "-q", None),
    ],
    ids=str,
)
def test_the_level_says_what_kind_it_is(
    store: Path, arguments: list[str], flag: str, level: str | None
) -> None:
    names = {
        noun: sorted((store / f"manifests/{noun}s").glob("*.toml"))[0].stem for noun in ("tag", "collection")
    }
    words = [each.format(**names) for each in arguments]
    lines = run(store, flag, *(["--log-format", "json"] if flag != "-q" else []), *words)
    found = logged(lines.err)
    assert [line["level"] for line in found] == ([level] if level else [])
    for line in found:
        assert list(line)[:3] == ["time", "level", "operation"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", str(line["time"]))
        assert "result" in line


def test_text_is_one_line_whatever_the_names_hold(store: Path) -> None:
    for option in ("text", "json"):
        ran = run(store, "-vv", "--log-format", option, "tag", "show", "a\nb\x1b]0;c\x07\u202e\x7f")
        line = next(each for each in ran.err.split("\n") if "ERROR" in each)
        assert line.isprintable()
        assert "TAG_NOT_FOUND" in line
        assert "NotFound" in line


def test_a_format_asks_for_the_log(store: Path) -> None:
    (line,) = logged(succeed(store, "--log-format", "json", "tag", "create", "New").err)
    assert (line["operation"], line["tag.id"], line["result"]) == ("tag.create", "new", "ok")


def test_a_program_that_uses_us_collects_it_with_logging(
    store: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, logger="skillmeat"):
        succeed(store, "tag", "create", "New")
    (record,) = [each for each in caplog.records if each.name == "skillmeat"]
    assert record.levelno == logging.INFO
    assert record.__dict__["fields"]["tag.id"] == "new"


def test_an_unexpected_error_is_logged_and_passes() -> None:
    with pytest.raises(ZeroDivisionError), observe.operation("x") as done:
        _ = 1 / 0
    assert (done.result, done.level, done.ids) == (
        "error",
        observe.ERROR,
        {"error.type": "ZeroDivisionError"},
    )


def test_unasked_nothing_is_imported(store: Path) -> None:
    """Neither OpenTelemetry nor logging, for an operation that nobody watches; an OTEL_ variable asks."""
    code = (
        "import sys; from skillmeat import observe\n"
        "with observe.operation('x'): pass\n"
        "print([name for name in ('opentelemetry', 'logging') if name in sys.modules])"
    )
    plain = {"PATH": "/usr/bin:/bin"}
    for env, expected in (
        (plain, "[]"),
        ({**plain, "OTEL_SERVICE_NAME": "x"}, "['opentelemetry', 'logging']"),
    ):
        ran = subprocess.run(
            [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
        )
        assert ran.stdout.strip() == expected
