"""The log of the command line: one line on stderr for each operation, as text or as JSON."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

from skillmeat.text import one_line


def listen(level: int, format: str) -> None:
    """Write what is logged at ``level`` and above to stderr, as ``text`` or ``json``."""
    logger = logging.getLogger("skillmeat")
    silence()
    handler = _Stderr()
    handler.setFormatter(_AsJson() if format == "json" else _AsText())
    logger.addHandler(handler)
    logger.setLevel(level)


def silence() -> None:
    """Undo ``listen``."""
    logger = logging.getLogger("skillmeat")
    for handler in [each for each in logger.handlers if isinstance(each, _Stderr)]:
        logger.removeHandler(handler)
    logger.setLevel(logging.NOTSET)


class _Stderr(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        print(self.format(record), file=sys.stderr, flush=True)  # noqa: T201  # to whatever stderr is now


class _AsText(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """``2026-01-18T10:00:00.000Z INFO tag.create tag.id=pdf result=ok``"""
        fields = dict(getattr(record, "fields", {}))
        parts = [_time(record), record.levelname, fields.pop("operation", record.name)]
        parts += [f"{key}={_value(value)}" for key, value in fields.items()]
        error = record.exc_info[1] if record.exc_info else None
        return " ".join(parts) + (f": {type(error).__name__}: {one_line(str(error))}" if error else "")


class _AsJson(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """One object: time, level, operation, ids, result, and the exception where there is one."""
        line = {"time": _time(record), "level": record.levelname, **getattr(record, "fields", {})}
        error = record.exc_info[1] if record.exc_info else None
        if error:
            line["exception"] = {"type": type(error).__name__, "message": one_line(str(error))}
        return json.dumps(line, ensure_ascii=True)


def _time(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, UTC)
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def _value(value: str | list[str]) -> str:
    text = value if isinstance(value, str) else ",".join(value)
    return text if text and " " not in text and '"' not in text else json.dumps(text, ensure_ascii=False)
