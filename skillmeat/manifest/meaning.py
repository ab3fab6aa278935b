"""What the table of a manifest means: its data without what makes no difference."""

from __future__ import annotations

from typing import Any, get_args

from skillmeat.model import Part, Record, Settings

Data = dict[str, Any]


def meaning(table: Data, part: type[Part] | None) -> Data:
    """A table as a TOML parser gives it, in the form that ``writing.plain`` gives a record of ``part``.

    Keys are in the order of the model, what equals its default is left out, and a member without a note is
    a string. What the model does not know, or would refuse, stays as it is.
    """
    fields = part.model_fields if part else {}
    order = {name: place for place, name in enumerate(fields)}
    found: Data = {}
    for name in sorted(table, key=lambda name: order.get(name, len(order))):
        value = _meant(table[name], inner(part, name), members=name == "artifacts")
        required = part is Settings and name == "format"
        if name not in fields or required or not _is_default(value, fields[name].default):
            found[name] = value
    return found


def inner(part: type[Part] | None, name: str) -> type[Part] | None:
    """The class of the tables that a key holds."""
    known = part.model_fields.get(name) if part else None
    return _part_in(known.annotation) if known else None


def _meant(value: Any, part: type[Part] | None, *, members: bool) -> Any:
    if isinstance(value, list):
        return [_meant(item, part, members=members) for item in value]
    if isinstance(value, dict):
        if members and value.keys() == {"artifact"}:
            return value["artifact"]
        return meaning(value, part)
    return value


def _is_default(value: Any, default: Any) -> bool:
    if isinstance(value, dict):
        return not value
    if isinstance(value, list):
        return not value and default == ()
    return type(value) in (str, bool, int) and isinstance(default, type(value)) and bool(value == default)


def _part_in(annotation: Any) -> type[Part] | None:
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return annotation if not issubclass(annotation, Record) else None
    return next((found for each in get_args(annotation) if (found := _part_in(each))), None)
