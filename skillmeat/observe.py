"""What is done, for those who watch: one span and one line of the log for each operation.

Both are for others to collect. Spans go to OpenTelemetry when the program that runs us has imported it, or
when an ``OTEL_…`` variable asks for it; lines go to the logger ``skillmeat`` of the standard library when
something has imported that. Otherwise nobody can be listening, and nothing is imported or written.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from skillmeat import __version__
from skillmeat.text import one_line

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer

Ids = Mapping[str, str | list[str]]

DEBUG, INFO, WARNING, ERROR = 10, 20, 30, 40
"""The levels of ``logging``."""

_READS = ("list", "search", "show", "stats", "entries", "outdated", "validate", "log", "diff", "completions")
"""What an operation ends in that changes nothing, and is logged as DEBUG."""


@dataclass
class Operation:
    """Something that is being done: ``tag.create``.

    ``ids`` say what to, such as ``{"tag.id": "pdf"}``. ``result`` becomes ``error`` by itself.
    """

    name: str
    ids: dict[str, str | list[str]] = field(default_factory=dict)
    result: str = "ok"
    deletes: bool = False

    def about(self, ids: Ids) -> None:
        """Say what it is done to. The text is foreign, and is made safe here."""
        for key, value in ids.items():
            self.ids[key] = one_line(value) if isinstance(value, str) else [one_line(each) for each in value]

    @property
    def attributes(self) -> dict[str, str | list[str]]:
        """What a span and a line of the log hold."""
        return {"operation": self.name, **self.ids, "result": self.result}

    @property
    def level(self) -> int:
        """ERROR, WARNING for what was deleted, DEBUG for what only looked, or INFO."""
        if self.result == "error":
            return ERROR
        if self.deletes:
            return WARNING
        return DEBUG if self.name.rpartition(".")[2] in _READS else INFO


@contextmanager
def operation(
    name: str, ids: Ids | None = None, *, normal: tuple[type[BaseException], ...] = ()
) -> Iterator[Operation]:
    """The one place in which spans and lines of the log are made. Exceptions pass through.

    ``normal`` are exceptions that are no errors.
    """
    done = Operation(name)
    done.about(ids or {})
    tracer = _tracer()
    with _span(tracer, name) if tracer else nullcontext() as span:
        error: BaseException | None = None
        try:
            yield done
        except BaseException as caught:
            if not isinstance(caught, normal):
                error = caught
                done.result = "error" if isinstance(caught, Exception) else "interrupted"
            raise
        finally:
            if error and done.result == "error":
                done.about({"error.type": getattr(error, "code", type(error).__name__)})
            if span:
                _finish(span, done, error)
            _log(done, error)


def _tracer() -> Tracer | None:
    if "opentelemetry.trace" not in sys.modules and not any(each.startswith("OTEL_") for each in os.environ):
        return None
    try:
        from opentelemetry import trace
    except ImportError:
        return None
    return trace.get_tracer("skillmeat", __version__)


def _span(tracer: Tracer, name: str) -> Any:
    return tracer.start_as_current_span(
        f"skillmeat.{name}", record_exception=False, set_status_on_exception=False
    )


def _finish(span: Span, done: Operation, error: BaseException | None) -> None:
    from opentelemetry.trace import StatusCode

    span.set_attributes(done.attributes)
    if error and done.result == "error":
        text = one_line(str(error))
        span.add_event("exception", {"exception.type": type(error).__name__, "exception.message": text})
        span.set_status(StatusCode.ERROR, text)


def _log(done: Operation, error: BaseException | None) -> None:
    logging = sys.modules.get("logging")
    if logging is None:
        return
    logger = logging.getLogger("skillmeat")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    failed = error if done.result == "error" else None
    said = f": {type(failed).__name__}: {one_line(str(failed))}" if failed else ""
    logger.log(
        done.level,
        "%s %s%s",
        done.name,
        done.result,
        said,
        exc_info=failed,
        extra={"fields": done.attributes},
    )
