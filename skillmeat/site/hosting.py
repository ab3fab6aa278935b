"""The web addresses of a repository on the hosts whose forms are known."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import quote

from skillmeat.cleaning import Place


@dataclass(frozen=True, slots=True)
class _Forms:
    """How a kind of host writes addresses, after ``https://host/owner/name``; ``raw`` is whole."""

    name: str
    file: str
    folder: str
    raw: str
    commit: str
    history: str
    edit: str
    new: str


_GITHUB: Final = _Forms(
    name="GitHub",
    file="/blob/{revision}/",
    folder="/tree/{revision}/",
    raw="https://raw.githubusercontent.com/{name}/{revision}/",
    commit="/commit/{revision}",
    history="/commits/{revision}/",
    edit="/edit/",
    new="/new/{branch}/{folder}?filename={name}&value={text}",
)
_GITLAB: Final = _Forms(
    name="GitLab",
    file="/-/blob/{revision}/",
    folder="/-/tree/{revision}/",
    raw="https://{host}/{name}/-/raw/{revision}/",
    commit="/-/commit/{revision}",
    history="/-/commits/{revision}/",
    edit="/-/edit/",
    new="/-/new/{branch}/{folder}?file_name={name}",
)
_GITEA: Final = _Forms(
    name="Forgejo",
    file="/src/commit/{revision}/",
    folder="/src/commit/{revision}/",
    raw="https://{host}/{name}/raw/commit/{revision}/",
    commit="/commit/{revision}",
    history="/commits/commit/{revision}/",
    edit="/_edit/",
    new="/_new/{branch}/{folder}?filename={name}",
)
_HOSTS: Final = {"github.com": _GITHUB, "gitlab.com": _GITLAB, "codeberg.org": _GITEA, "gitea.com": _GITEA}
_KINDS: Final = {"gitlab": _GITLAB, "gitea": _GITEA, "forgejo": _GITEA}
"""What runs on a host whose name begins so, as in ``gitlab.gnome.org``."""


def _forms(host: str) -> _Forms | None:
    return _HOSTS.get(host) or _KINDS.get(host.partition(".")[0])


_URL = re.compile(
    r"^(?:https://|ssh://(?:[a-z_][a-z0-9_-]*@)?|[a-z_][a-z0-9_-]*@)"
    r"(?P<host>[A-Za-z0-9.-]+)(?::\d+)?[/:](?P<name>[A-Za-z0-9._~/-]+?)(?:\.git)?/?$"
)


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository on a known host: ``host``, ``name`` as in ``owner/name``, and how it writes addresses."""

    host: str
    name: str
    forms: _Forms

    @property
    def web(self) -> str:
        """Its page."""
        return f"https://{self.host}/{self.name}"

    @property
    def on_github(self) -> bool:
        """Whether it is on github.com."""
        return self.host == "github.com"

    def at(self, revision: str, *, branch: bool = False) -> Hosted:
        """The repository at a commit, or at the tip of a branch."""
        return Hosted(self, revision, branch)


@dataclass(frozen=True, slots=True)
class Hosted:
    """A repository at a revision. Paths are relative to its root; ``.`` is the root."""

    repository: Repository
    revision: str
    branch: bool = False

    def _address(self, form: str, path: str) -> str:
        return _base(self, form) + ("" if path == "." else quote(path))

    def file(self, path: str) -> str:
        """Where a file is shown."""
        return self._address(self.repository.forms.file, path)

    def folder(self, path: str) -> str:
        """Where a folder is shown."""
        return self._address(self.repository.forms.folder, path)

    def raw(self, path: str) -> str:
        """The bytes of a file."""
        return self._address(self.repository.forms.raw, path)

    def history(self, path: str) -> str:
        """The commits that touched a path."""
        return self._address(self.repository.forms.history, path)

    @property
    def commit(self) -> str:
        """The page of the commit."""
        return self._address(self.repository.forms.commit, ".")

    def commit_page(self, commit: str) -> str:
        """The page of any commit of the repository."""
        return self.repository.at(commit).commit

    def place(self, folder: str) -> Place:
        """What relative addresses mean in a text that stands in ``folder``."""
        return Place("" if folder == "." else folder, self.file("."), self.raw("."))

    @property
    def images_from(self) -> str:
        """The origin that images come from: ``https://raw.githubusercontent.com``."""
        return "/".join(self.raw(".").split("/")[:3])


@lru_cache(1024)
def _base(hosted: Hosted, form: str) -> str:
    """What stands before the path in its addresses of one form."""
    repository = hosted.repository
    if hosted.branch and repository.forms is _GITEA:
        form = form.replace("commit/{revision}", "branch/{revision}")
    filled = form.format(revision=quote(hosted.revision), host=repository.host, name=repository.name)
    return filled if filled.startswith("https:") else repository.web + filled


@lru_cache(1024)
def repository(url: str) -> Repository | None:
    """The repository that a source's address names; None on a host whose forms are not known."""
    found = _URL.match(url)
    forms = _forms(found["host"].lower()) if found else None
    if not found or not forms:
        return None
    name = found["name"].strip("/")
    if "//" in name or "/" not in name or any(part in (".", "..") for part in name.split("/")):
        return None
    return Repository(found["host"].lower(), name, forms)


_EDITED = re.compile(
    r"https://(?P<host>[A-Za-z0-9.-]+(?::\d+)?)/(?P<name>[A-Za-z0-9._~/-]+?)(?P<form>/-/edit/|/_edit/|/edit/)"
)


def edited_at(edit_url: str | None) -> tuple[Hosted, str] | None:
    """The store's own repository and the store's folder in it, told from where its files are edited.

    ``https://github.com/owner/name/edit/main/`` is the branch ``main`` of ``owner/name``, folder ``""``.
    GitLab and Forgejo are known by the form of the address on any host, GitHub by its name.
    """
    found = _EDITED.match(edit_url or "")
    if not edit_url or not found or "/" not in found["name"]:
        return None
    host = found["host"].lower()
    forms = next((each for each in (_GITHUB, _GITLAB, _GITEA) if each.edit == found["form"]), _GITHUB)
    if forms is _GITHUB and _forms(host) is not _GITHUB:
        return None
    branch, _, folder = edit_url[found.end() :].strip("/").partition("/")
    return (Repository(host, found["name"], forms).at(branch, branch=True), folder) if branch else None


def edit_address(repository: Repository, branch: str) -> str:
    """Where the files of a branch are edited: what ``[site] edit_url`` holds."""
    return f"{repository.web}{repository.forms.edit}{quote(branch)}/"


def new_file(edit_url: str | None, path: str, text: str) -> str:
    """The forge's form for a new file at a path of the store; on GitHub it holds the text already.

    Empty where ``edit_url`` names no host whose forms are known.
    """
    found = edited_at(edit_url)
    if found is None:
        return ""
    hosted, store = found
    folder, _, name = (f"{store}/{path}" if store else path).rpartition("/")
    filled = hosted.repository.forms.new.format(
        branch=quote(hosted.revision), folder=quote(folder), name=quote(name), text=quote(text, safe="")
    )
    return hosted.repository.web + filled
