"""``/<type>/<slug>/``: the page, and the main file as it was written beside it."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from markupsafe import Markup

from skillmeat import frontmatter, markdown
from skillmeat.errors import SkillmeatError
from skillmeat.frontmatter import FrontMatter
from skillmeat.highlighting import highlight
from skillmeat.markdown import Rendered
from skillmeat.model import KINDS, Artifact, ArtifactType
from skillmeat.site import addresses, install, marketplaces, marks
from skillmeat.site.addresses import API
from skillmeat.site.archives import against_files, against_head
from skillmeat.site.artifact import files, graph, links, raw, related
from skillmeat.site.artifact.cautions import cautions, programs
from skillmeat.site.edition import TRUST, TYPES, Edition, named
from skillmeat.site.hosting import Hosted
from skillmeat.site.install import Subject
from skillmeat.site.output import (
    ABSENT,
    NO_PATH,
    NOTHING_THERE,
    NOWHERE,
    LeftOut,
    Made,
    Output,
    Planned,
)
from skillmeat.site.templates import Page
from skillmeat.text import block, one_line, shorten
from skillmeat.tree import Content, tree_id
from skillmeat.views import Json
from skillmeat.words import MEANINGS, TrustLevel

RAW: Final = "raw.txt"
"""The main file beside its page, below a line of ours. Hosts take this ending for text, but a ``<script>`` of
the same origin might still run it: a number sign and a blank begin no script, whatever follows."""

_FOLDERS: Final = (ArtifactType.SKILL, ArtifactType.PLUGIN)
_MARKDOWN: Final = (".md", ".markdown", ".mdc")
_ARTIFACT: Final = next(kind for kind in KINDS if kind.noun == "artifact")


def artifacts(edition: Edition, ids: Iterable[str]) -> Made:
    """``/<type>/<slug>/``"""
    known = edition.once(basis)
    for artifact_id in ids:
        make = partial(_page, edition, artifact_id)
        yield Planned(addresses.artifact(artifact_id), known.key(artifact_id), make, has_stages=True)


def basis(edition: Edition) -> marks.Basis:
    """What pages are made of: all that is in ``_facts``, and the content, told from others in a tenth of
    their time."""
    artifacts = edition.artifacts
    own, names, whole = (edition.once(each) for each in (marks.own, marks.names, marks.artifacts))
    origins, entries, shelves = (edition.once(each) for each in (marks.origins, marks.entries, marks.shelves))
    near, copies = edition.once(related.of_edition), edition.once(links.copies)
    plugins, commits = edition.once(marketplaces.plugin_names), edition.log.of

    def past(artifact_id: str) -> str:
        found = commits.get(_ARTIFACT.path(artifact_id), ())[: links.MOST_COMMITS + 1]
        return " ".join([commit.id for commit, _ in found])

    def linked(artifact_id: str) -> Iterable[str]:
        return [link["artifact"] for link in artifacts[artifact_id]["associations"]]

    def successors(artifact_id: str) -> Iterable[str]:
        artifact = artifacts[artifact_id]
        return [each["id"] for each in links.successors(edition, artifact)] if artifact["deprecated"] else ()

    return marks.Basis(
        (
            own.__getitem__,
            lambda artifact_id: origins.get(artifacts[artifact_id]["source"] or "", ""),
            lambda artifact_id: entries.get(artifact_id, ""),
            lambda artifact_id: plugins.get(artifact_id, ""),
            past,
        ),
        (
            (shelves, lambda artifact_id: artifacts[artifact_id]["collections"]),
            (whole, lambda artifact_id: artifacts[artifact_id]["used_by"]),
            (names, linked),
            (names, near.__getitem__),
            (names, lambda artifact_id: copies.get(artifact_id, ())),
            (names, successors),
        ),
    )


def _facts(edition: Edition, artifact_id: str) -> Json:
    """All that a page says beside what the artifact's content says, from the records alone.

    Whatever is added here belongs into ``basis``.
    """
    record, artifact = edition.catalog.artifacts[artifact_id], edition.artifacts[artifact_id]
    entry = edition.catalog.entry(record)
    hosted, path = edition.where(artifact)
    source = edition.sources.get(record.source or "")
    return {
        "artifact": artifact,
        "entry_name": entry.name if entry else "",
        "source": named(source) if source else None,
        "repository": edition.repository_names.get(record.source or "", ""),
        "under_skill": record.source in edition.skills_at_root,
        "hosted": hosted,
        "path": path,
        "chips": edition.chips(artifact),
        "links": links.links(edition, artifact),
        "collections": links.collections(edition, artifact),
        "related": [links.reference(edition, each) for each in edition.once(related.of_edition)[artifact_id]],
        "copies": [
            links.reference(edition, each) for each in edition.once(links.copies).get(artifact_id, ())
        ],
        "successors": links.successors(edition, artifact) if artifact["deprecated"] else [],
        "commits": links.commits(edition, _ARTIFACT.path(artifact_id)),
        "edit": edition.edit("artifact", artifact_id),
        "history": edition.history("artifact", artifact_id),
        "own_host": edition.own_host,
        "site": edition.templates.site["url"],
        "plugin": edition.once(marketplaces.plugin_names).get(artifact_id, ""),
    }


def _page(edition: Edition, artifact_id: str) -> Iterator[Output | LeftOut | None]:
    """The page, of the facts and the content. Whatever else it shows belongs into the facts."""
    facts = _facts(edition, artifact_id)
    record = edition.catalog.artifacts[artifact_id]
    content = edition.contents(record)
    address = addresses.artifact(artifact_id)
    artifact, hosted, path = facts["artifact"], facts["hosted"], facts["path"]
    yield None
    text = yield from _read(edition, record, content, hosted, path)
    yield None
    found = programs(content.files, content) if content else []
    subject = Subject(
        artifact=artifact,
        source=edition.catalog.sources.get(record.source or ""),
        hosted=hosted,
        path=path,
        content=content,
        name=(text.name if text else "") or facts["entry_name"],
        under_skill=facts["under_skill"],
        own=f"{facts['site']}{address}"
        if facts["site"] and _is_offered(record, artifact, content, text)
        else "",
        plugin=facts["plugin"],
        market=f"{facts['site']}{marketplaces.FILE}" if facts["site"] else "",
    )
    page = Page(
        address,
        f"{record.name} · {TYPES[record.type].one}",
        shorten(" ".join((record.description or "").split()), 200),
        images_from=edition.images_from(hosted, text.rendered.html) if text else "",
        json=f"{API}artifacts/{artifact_id}.json",
    )
    level = artifact["trust_level"]
    ways = install.ways(subject)
    shown = {
        **{key: value for key, value in facts.items() if key not in ("hosted", "path", "site", "plugin")},
        "type_name": TYPES[record.type],
        "trust": TRUST.get(level or "", ""),
        "trust_meaning": MEANINGS[TrustLevel(level)] if level else "",
        "ways": ways,
        "no_way": "" if ways else install.why_none(subject),
        "text": text,
        "files": files.listed(content, hosted, _base(content, path), found) if content else None,
        "cautions": cautions(record.type, content, text.source, text.head, _server(record), found)
        if content and text
        else [],
        "graph": graph.drawn(
            record.name,
            record.type,
            links.relations(facts["links"], facts["collections"]),
            edition.templates.version,
        ),
        "shown_at": _shown_at(record, hosted, path),
        "commit_at": hosted.commit if hosted and artifact["commit"] else "",
        "raw": RAW if text and len(text.data) <= raw.MAX_FILE else "",
    }
    yield None
    if content is None:
        yield LeftOut(address, _missing(record))
    yield Output(addresses.file(address), edition.templates.page("artifact.html", page, **shown))
    if text and len(text.data) <= raw.MAX_FILE:
        yield Output(address + RAW, _headed(text, artifact["commit"] or ""))


def _headed(text: Text, commit: str) -> bytes:
    """A file as it was written, below a line that says which it is and keeps browsers from running it."""
    where = f"{one_line(text.path)} at {commit}" if commit else one_line(text.path)
    return f"# {where}, from the next line on as written (this line is the catalog's)\n".encode() + text.data


# ------------------------------------------------------------------ content


def _missing(record: Artifact) -> str:
    """Why there is no content of it."""
    if record.path:
        return ABSENT if record.source else NOTHING_THERE
    return NO_PATH if record.source else NOWHERE


@dataclass(frozen=True, slots=True)
class Text:
    """The file that people read first: its bytes, its front matter, and what to show of it."""

    file: str
    path: str
    data: bytes
    head: FrontMatter
    rendered: Rendered
    address: str

    @property
    def name(self) -> str:
        """What it says that the artifact is called."""
        return self.head.text("name")

    @property
    def source(self) -> str:
        """The file as text."""
        return self.data.decode("utf-8", "replace")

    @property
    def html(self) -> Markup:
        """Safe HTML."""
        return Markup(self.rendered.html)  # noqa: S704  # markdown.render made it safe, or _as_code escaped it

    @property
    def as_written(self) -> Markup:
        """Its beginning, letter by letter."""
        return Markup(raw.as_written(self.data))  # noqa: S704  # which escapes it


def _read(
    edition: Edition, artifact: Artifact, content: Content | None, hosted: Hosted | None, path: str
) -> Generator[None, None, Text | None]:
    if content is None or not content.main:
        return None
    try:
        data = content.read(content.main)
    except (SkillmeatError, OSError):
        return None
    base = path if artifact.type in _FOLDERS else path.rpartition("/")[0] or "."
    whole = files.joined(base, content.main)
    address = hosted.file(whole) if hosted else ""
    if not content.main.lower().endswith(_MARKDOWN):
        head = FrontMatter(frontmatter.State.NONE)
        return Text(content.main, whole, data, head, _as_code(data, content.main.rpartition(".")[2]), address)
    found = frontmatter.parse(data)
    folder = whole.rpartition("/")[0]
    yield
    rendered = yield from markdown.rendering(found.body, edition.place(hosted, folder), artifact.name)
    return Text(content.main, whole, data, found, rendered, address)


def _as_code(data: bytes, language: str) -> Rendered:
    text = block(data[: markdown.MAX_BYTES].decode("utf-8", "replace"))
    code = highlight(text, language)
    shown = Markup(code) if code is not None else text  # noqa: S704  # highlight escapes what it is given
    html = Markup('<pre tabindex="0"><code>{}</code></pre>\n').format(shown)
    return Rendered(str(html), cut=len(data) > markdown.MAX_BYTES)


def _is_offered(record: Artifact, artifact: Json, content: Content | None, text: Text | None) -> bool:
    """Whether ``wellknown`` offers a skill: clients take it, and it is what the lock says."""
    if record.type is not ArtifactType.SKILL or content is None or text is None:
        return False
    locked = not record.source or tree_id(content.files) == artifact["tree"]
    return locked and not against_files(content) and not against_head(text.data)


def _base(content: Content, path: str) -> str:
    """The folder in the repository that the content's paths begin at."""
    alone = len(content.files) == 1 and path.rpartition("/")[2] == content.files[0].path
    return path.rpartition("/")[0] or "." if alone else path


def _server(artifact: Artifact) -> str:
    return (artifact.path or "").partition("#")[2]


def _shown_at(artifact: Artifact, hosted: Hosted | None, path: str) -> str:
    if not hosted or not artifact.path:
        return ""
    return hosted.folder(path) if artifact.type in _FOLDERS else hosted.file(path)
