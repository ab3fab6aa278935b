"""``/changes/``: what each commit did to the catalog, newest first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from skillmeat.finding import FOLDER
from skillmeat.history import Commit, Deed, Touched
from skillmeat.model import KINDS
from skillmeat.site import addresses
from skillmeat.site.addresses import Stretch
from skillmeat.site.edition import Edition
from skillmeat.site.lists import pager
from skillmeat.site.output import Made
from skillmeat.site.templates import Page
from skillmeat.text import one_line, plural, shorten
from skillmeat.views import Json, timestamp

PER_PAGE: Final = 25
MOST: Final = 1000
"""How many commits are shown at all."""

LISTED: Final = 200
"""How many records of one kind a commit names."""

_LOCK: Final = "manifests/skillmeat.lock"


def changes(edition: Edition) -> Made:
    """``/changes/``, with the commits that touched records or the lock."""
    log = edition.log
    commits = {each.id: each for each in log.commits if any(map(_is_shown, each.files))}
    more = len(commits) > MOST
    for stretch in addresses.stretches("changes/", list(commits)[:MOST], PER_PAGE):
        page = Page(
            stretch.address,
            "Changes" if stretch.number == 1 else f"Changes, page {stretch.number}",
            "What came into the catalog, what left it and what changed, newest first.",
            "changes",
            previous=stretch.previous,
            next=stretch.next,
        )
        yield edition.templates.planned(
            addresses.file(stretch.address),
            "changes.html",
            page,
            days=_days(edition, commits, stretch),
            pager=pager(stretch),
            missing=log.missing if stretch.number == stretch.last else "",
            older=edition.past if more and stretch.number == stretch.last else "",
        )


def _days(edition: Edition, commits: dict[str, Commit], stretch: Stretch[str]) -> list[Json]:
    here = [commits[each] for each in stretch.items]
    return [
        {"day": day, "commits": [_commit(edition, each) for each in found]}
        for day, found in groupby(here, lambda each: f"{each.when:%Y-%m-%d}")
    ]


def _commit(edition: Edition, commit: Commit) -> Json:
    return {
        "id": commit.id,
        "address": edition.commit_at(commit.id),
        "subject": commit.subject,
        "at": timestamp(commit.when),
        "parts": list(_parts(edition, commit.files)),
        "lock": any(each.path == _LOCK for each in commit.files),
    }


def _parts(edition: Edition, files: Sequence[Touched]) -> Iterator[Json]:
    """What was done, by deed and kind: ``3 artifacts added``, and which."""
    parts: dict[tuple[Deed, str], list[Touched]] = defaultdict(list)
    for each in files:
        parts[each.deed, _kind_of(each.path)].append(each)
    for deed in Deed:
        for kind in KINDS:
            if found := parts.get((deed, kind.noun)):
                yield {
                    "deed": str(deed),
                    "title": f"{plural(len(found), kind.noun)} {deed}",
                    "records": [_record(edition, each) for each in found[:LISTED]],
                    "more": max(0, len(found) - LISTED),
                }


def _record(edition: Edition, touched: Touched) -> Json:
    """A record as it is called now and where it is, or as it was called where it is gone."""
    noun, record_id = _kind_of(touched.path), _id(touched.path)
    kind = next(each for each in KINDS if each.noun == noun)
    now = _id(touched.now) if touched.now and _kind_of(touched.now) == noun else ""
    record = edition.catalog.of(kind).get(now)
    folder = "" if noun == "artifact" else f"{kind.plural}/"
    return {
        "name": getattr(record, "name", "") or shorten(one_line(record_id), 100),
        "address": f"{folder}{now}/" if record else "",
        "type": record_id.partition("/")[0] if noun == "artifact" else "",
        "before": shorten(one_line(_id(touched.before)), 100) if touched.before else "",
    }


_NOUNS: Final = {kind.plural: kind.noun for kind in KINDS}


def _kind_of(path: str) -> str:
    """The noun of the record whose manifest this is, or empty."""
    top, _, below = path.partition("/")
    folder, slash, _ = below.partition("/")
    return _NOUNS.get(folder, "") if top == FOLDER and slash and path.endswith(".toml") else ""


def _id(path: str) -> str:
    return path.split("/", 2)[2].removesuffix(".toml")


def _is_shown(touched: Touched) -> bool:
    return touched.path == _LOCK or bool(_kind_of(touched.path))
