"""The page of an artifact: what it is, how to get it, what it says, and what it has to do with others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Final

from markupsafe import Markup

from skillmeat import frontmatter, markdown
from skillmeat.errors import SkillmeatError
from skillmeat.markdown import Rendered
from skillmeat.model import Artifact, ArtifactType
from skillmeat.site import addresses, install
from skillmeat.site.addresses import API
from skillmeat.site.edition import TRUST, TYPES, Edition
from skillmeat.site.hosting import Hosted
from skillmeat.site.install import Subject
from skillmeat.site.output import LeftOut, Made, Output, Planned, digest
from skillmeat.site.templates import Page
from skillmeat.text import block, one_line, shorten
from skillmeat.tree import PROGRAM, SUBMODULE, SYMLINK, Content
from skillmeat.views import Json

MOST_FILES: Final = 100
"""How many files a page lists; there is a link to the rest."""

_FORWARD: Final = {
    "contains": "Contains",
    "requires": "Requires",
    "extends": "Extends",
    "replaces": "Replaces",
    "related": "Related",
}
_FOLDERS: Final = (ArtifactType.SKILL, ArtifactType.PLUGIN)


def artifacts(edition: Edition, ids: Iterable[str]) -> Made:
    """``/<type>/<slug>/``"""
    for artifact_id in ids:
        facts = _facts(edition, artifact_id)
        key = digest(facts, edition.version(artifact_id))
        yield Planned(addresses.artifact(artifact_id), key, partial(_page, edition, artifact_id, facts))


def _facts(edition: Edition, artifact_id: str) -> Json:
    """All that a page says beside what the artifact's content says, from the records alone."""
    record, artifact = edition.catalog.artifacts[artifact_id], edition.artifacts[artifact_id]
    entry = edition.catalog.entry(record)
    hosted, path = edition.where(artifact)
    return {
        "artifact": artifact,
        "entry_name": entry.name if entry else "",
        "source": edition.sources.get(record.source or ""),
        "repository": edition.repository_names.get(record.source or "", ""),
        "under_skill": record.source in edition.skills_at_root,
        "hosted": hosted,
        "path": path,
        "chips": edition.chips(artifact),
        "links": _links(edition, artifact),
        "collections": _collections(edition, artifact),
        "edit": edition.edit("artifact", artifact_id),
        "history": edition.history("artifact", artifact_id),
    }


def _page(edition: Edition, artifact_id: str, facts: Json) -> Iterator[Output | LeftOut]:
    """The page, of the facts and the content. Whatever else it shows belongs into the facts."""
    record = edition.catalog.artifacts[artifact_id]
    content = edition.contents(record)
    address = addresses.artifact(artifact_id)
    if content is None:
        yield LeftOut(address, "Its content is not on this machine.")
    artifact, hosted, path = facts["artifact"], facts["hosted"], facts["path"]
    text = _read(edition, record, content, hosted, path)
    subject = Subject(
        artifact=artifact,
        source=edition.catalog.sources.get(record.source or ""),
        hosted=hosted,
        path=path,
        content=content,
        name=(text.name if text else "") or facts["entry_name"],
        under_skill=facts["under_skill"],
    )
    page = Page(
        address,
        f"{record.name} · {TYPES[record.type].one}",
        shorten(" ".join((record.description or "").split()), 200),
        images_from=edition.images_from(hosted, text.rendered.html) if text else "",
        json=f"{API}artifacts/{artifact_id}.json",
    )
    data = edition.templates.page(
        "artifact.html",
        page,
        artifact=artifact,
        type_name=TYPES[record.type],
        trust=TRUST.get(artifact["trust_level"] or "", ""),
        source=facts["source"],
        repository=facts["repository"],
        chips=facts["chips"],
        ways=install.ways(subject),
        text=text,
        files=_files(content, hosted, path) if content else None,
        shown_at=_shown_at(record, hosted, path),
        commit_at=hosted.commit if hosted and artifact["commit"] else "",
        links=facts["links"],
        collections=facts["collections"],
        edit=facts["edit"],
        history=facts["history"],
    )
    yield Output(addresses.file(address), data)


# ------------------------------------------------------------------ content


@dataclass(frozen=True, slots=True)
class Text:
    """The file that people read first: its name, what it says it is called, and what to show of it."""

    file: str
    name: str
    rendered: Rendered
    address: str

    @property
    def html(self) -> Markup:
        """Safe HTML."""
        return Markup(self.rendered.html)  # noqa: S704  # markdown.render made it safe, or _as_code escaped it


def _read(
    edition: Edition, artifact: Artifact, content: Content | None, hosted: Hosted | None, path: str
) -> Text | None:
    if content is None or not content.main:
        return None
    try:
        data = content.read(content.main)
    except (SkillmeatError, OSError):
        return None
    base = path if artifact.type in _FOLDERS else path.rpartition("/")[0] or "."
    whole = _joined(base, content.main)
    address = hosted.file(whole) if hosted else ""
    if not content.main.lower().endswith((".md", ".markdown", ".mdc")):
        return Text(content.main, "", _as_code(data), address)
    found = frontmatter.parse(data)
    folder = whole.rpartition("/")[0]
    rendered = markdown.render(found.body, edition.place(hosted, folder), artifact.name)
    return Text(content.main, found.text("name"), rendered, address)


def _as_code(data: bytes) -> Rendered:
    text = data[: markdown.MAX_BYTES].decode("utf-8", "replace")
    code = Markup('<pre tabindex="0"><code>{}</code></pre>\n').format(block(text))
    return Rendered(str(code), cut=len(data) > markdown.MAX_BYTES)


def _files(content: Content, hosted: Hosted | None, path: str) -> Json:
    alone = len(content.files) == 1 and path.rpartition("/")[2] == content.files[0].path
    base = path.rpartition("/")[0] or "." if alone else path
    marks = {PROGRAM: "executable", SYMLINK: "link", SUBMODULE: "submodule"}
    return {
        "rows": [
            {
                "path": one_line(entry.path),
                "size": entry.size,
                "mark": marks.get(entry.mode, ""),
                "address": hosted.file(_joined(base, entry.path)) if hosted else "",
            }
            for entry in content.files[:MOST_FILES]
        ],
        "count": len(content.files),
        "bytes": sum(entry.size or 0 for entry in content.files),
        "programs": sum(entry.mode == PROGRAM for entry in content.files),
        "more": max(0, len(content.files) - MOST_FILES),
    }


def _shown_at(artifact: Artifact, hosted: Hosted | None, path: str) -> str:
    if not hosted or not artifact.path:
        return ""
    return hosted.folder(path) if artifact.type in _FOLDERS else hosted.file(path)


def _joined(folder: str, path: str) -> str:
    return path if folder == "." else f"{folder}/{path}"


# -------------------------------------------------------------------- links


def _links(edition: Edition, artifact: Json) -> list[Json]:
    """What it has to do with others: its own associations by kind, then those of its parents."""
    own = [
        (_FORWARD[link["relationship_type"]], link["artifact"], link["drifted"])
        for link in artifact["associations"]
    ]
    above = [
        (link["inverse"].capitalize(), parent, False)
        for parent in dict.fromkeys(artifact["used_by"])
        for link in edition.artifacts[parent]["associations"]
        if link["artifact"] == artifact["id"]
    ]
    order = [*_FORWARD.values(), *sorted({label for label, _, _ in above} - set(_FORWARD.values()))]
    found = sorted([*own, *above], key=lambda link: order.index(link[0]))
    return [
        {"label": label, "items": _items(edition, [(each, drifted) for _, each, drifted in links])}
        for label, links in groupby(found, key=lambda link: link[0])
    ]


def _items(edition: Edition, links: Sequence[tuple[str, bool]]) -> list[Json]:
    shown: dict[str, Json] = {}
    for artifact_id, drifted in links:
        other: Mapping[str, str] = edition.artifacts.get(artifact_id, {})
        kind = artifact_id.partition("/")[0]
        shown.setdefault(
            artifact_id,
            {
                "id": artifact_id,
                "name": other.get("name", artifact_id),
                "type": kind,
                "known": bool(other),
                "drifted": drifted,
            },
        )
    return list(shown.values())


def _collections(edition: Edition, artifact: Json) -> list[Json]:
    """The collections it is in, and the groups it has there."""
    found = []
    for collection_id in artifact["collections"]:
        collection = edition.collections[collection_id]
        groups = [
            {"slug": group["slug"], "name": group["name"]}
            for group in collection["groups"]
            if group["id"] in artifact["groups"]
        ]
        found.append({"id": collection_id, "name": collection["name"], "groups": groups})
    return found
