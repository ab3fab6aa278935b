"""``/health/`` and ``api/v1/health.json``: what deserves a curator's attention."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from operator import itemgetter
from typing import Final, cast

from skillmeat import health as examined
from skillmeat import shapes
from skillmeat.checks import OF_DESCRIPTIONS, check
from skillmeat.health import Case, Concern
from skillmeat.model import KINDS
from skillmeat.site import addresses, marks
from skillmeat.site.addresses import API
from skillmeat.site.edition import Edition
from skillmeat.site.output import Made, Output, Planned, as_json, digest
from skillmeat.site.templates import Page
from skillmeat.views import Json, listing

LISTED: Final = 100
"""How many records the page names for each concern; the JSON names all."""

_ADDRESS: Final = "health/"
_FOLDERS: Final = {kind.noun: "" if kind.noun == "artifact" else f"{kind.plural}/" for kind in KINDS}


def health(edition: Edition) -> Made:
    """The page, and the same as data."""
    described = [(each.path, each.rule, each.message) for each in check(edition.catalog, OF_DESCRIPTIONS)]
    key = digest(_seen(edition), sorted(edition.absent), described)
    yield Planned(_ADDRESS, key, partial(_both, edition))


def _seen(edition: Edition) -> str:
    """A key of what concerns are about: everything but how artifacts are described, of which
    ``OF_DESCRIPTIONS`` have told what matters."""
    dropped = ("description", "updated_at")
    kept = itemgetter(*(key for key in shapes.Artifact.__annotations__ if key not in dropped))
    artifacts = list(map(kept, edition.artifacts.values()))
    others = (edition.once(each) for each in (marks.tags, marks.collections, marks.sources, marks.locked))
    return digest(artifacts, list(others))


def _both(edition: Edition) -> Iterator[Output]:
    concerns = examined.examine(edition.catalog, edition.absent)
    data = [_data(each) for each in concerns]
    yield Output(f"{API}health.json", as_json(listing(data)))
    about = "What deserves a curator’s attention: pins, locks, strays, doubles and gaps."
    page = Page(_ADDRESS, "Health", about, "health", json=f"{API}health.json")
    shown = {
        "open": [_shown(edition, each) for each in concerns if each.cases],
        "clear": [each.title for each in concerns if not each.cases],
        "waived": sum(each.waived for each in concerns),
        "total": sum(len(each.cases) for each in concerns),
    }
    yield Output(addresses.file(_ADDRESS), edition.templates.page("health.html", page, **shown))


def _data(concern: Concern) -> Json:
    shown: shapes.Concern = {
        "id": concern.key,
        "title": concern.title,
        "advice": concern.advice,
        "count": len(concern.cases),
        "waived": concern.waived,
        "cases": [
            {
                "noun": each.noun,
                "id": each.id,
                "said": each.said or None,
                "remedy": each.remedy or None,
                "others": list(each.others),
            }
            for each in concern.cases
        ],
    }
    return cast(Json, shown)


def _shown(edition: Edition, concern: Concern) -> Json:
    return {
        "id": concern.key,
        "title": concern.title,
        "advice": concern.advice,
        "count": len(concern.cases),
        "brief": len({each.said for each in concern.cases}) == 1 and not any(map(_has_more, concern.cases)),
        "cases": [_case(edition, each) for each in concern.cases[:LISTED]],
        "more": max(0, len(concern.cases) - LISTED),
    }


def _case(edition: Edition, case: Case) -> Json:
    command = _command(case)
    return {
        **_link(edition, case.noun, case.id),
        "said": case.said,
        "command": command,
        "others": [_link(edition, case.noun, each) for each in case.others[:LISTED]],
    }


def _has_more(case: Case) -> bool:
    return bool(case.others or _command(case))


def _command(case: Case) -> str:
    """What to type, where the remedy is that."""
    start = case.remedy.find("skillmeat ")
    return case.remedy[start:] if start >= 0 else ""


def _link(edition: Edition, noun: str, record_id: str) -> Json:
    kind = next(each for each in KINDS if each.noun == noun)
    record = edition.catalog.of(kind).get(record_id)
    return {
        "id": record_id,
        "name": getattr(record, "name", record_id),
        "address": f"{_FOLDERS[noun]}{record_id}/" if record else "",
        "type": record_id.partition("/")[0] if noun == "artifact" else "",
    }
