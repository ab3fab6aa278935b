"""The web addresses of a repository on the hosts whose forms are known."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from skillmeat.markdown import Place


@dataclass(frozen=True, slots=True)
class _Host:
    """How a host writes addresses, after ``https://host/owner/name``; ``raw`` is whole."""

    file: str
    folder: str
    raw: str
    commit: str
    history: str
    edit: str


_HOSTS: Final = {
    "github.com": _Host(
        file="/blob/{revision}/",
        folder="/tree/{revision}/",
        raw="https://raw.githubusercontent.com/{name}/{revision}/",
        commit="/commit/{revision}",
        history="/commits/{revision}/",
        edit="/edit/",
    ),
    "gitlab.com": _Host(
        file="/-/blob/{revision}/",
        folder="/-/tree/{revision}/",
        raw="https://gitlab.com/{name}/-/raw/{revision}/",
        commit="/-/commit/{revision}",
        history="/-/commits/{revision}/",
        edit="/-/edit/",
    ),
    "codeberg.org": _Host(
        file="/src/commit/{revision}/",
        folder="/src/commit/{revision}/",
        raw="https://codeberg.org/{name}/raw/commit/{revision}/",
        commit="/commit/{revision}",
        history="/commits/commit/{revision}/",
        edit="/_edit/",
    ),
}
_URL = re.compile(
    r"^(?:https://|ssh://(?:[a-z_][a-z0-9_-]*@)?|[a-z_][a-z0-9_-]*@)"
    r"(?P<host>[A-Za-z0-9.-]+)(?::\d+)?[/:](?P<name>[A-Za-z0-9._~/-]+?)(?:\.git)?/?$"
)


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository on a known host: ``host``, and ``name`` as in ``owner/name``."""

    host: str
    name: str

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
        if self.branch and self.repository.host == "codeberg.org":
            form = form.replace("commit/{revision}", "branch/{revision}")
        filled = form.format(revision=quote(self.revision), name=self.repository.name)
        base = filled if filled.startswith("https:") else self.repository.web + filled
        return base + ("" if path == "." else quote(path))

    def file(self, path: str) -> str:
        """Where a file is shown."""
        return self._address(_HOSTS[self.repository.host].file, path)

    def folder(self, path: str) -> str:
        """Where a folder is shown."""
        return self._address(_HOSTS[self.repository.host].folder, path)

    def raw(self, path: str) -> str:
        """The bytes of a file."""
        return self._address(_HOSTS[self.repository.host].raw, path)

    def history(self, path: str) -> str:
        """The commits that touched a path."""
        return self._address(_HOSTS[self.repository.host].history, path)

    @property
    def commit(self) -> str:
        """The page of the commit."""
        return self._address(_HOSTS[self.repository.host].commit, ".")

    def place(self, folder: str) -> Place:
        """What relative addresses mean in a text that stands in ``folder``."""
        return Place("" if folder == "." else folder, self.file("."), self.raw("."))

    @property
    def images_from(self) -> str:
        """The origin that images come from: ``https://raw.githubusercontent.com``."""
        return "/".join(self.raw(".").split("/")[:3])


def repository(url: str) -> Repository | None:
    """The repository that a source's address names; None on a host whose forms are not known."""
    found = _URL.match(url)
    if not found or found["host"].lower() not in _HOSTS:
        return None
    name = found["name"].strip("/")
    if "//" in name or "/" not in name or any(part in (".", "..") for part in name.split("/")):
        return None
    return Repository(found["host"].lower(), name)


def edited_at(edit_url: str | None) -> tuple[Hosted, str] | None:
    """The store's own repository and the store's folder in it, told from where its files are edited.

    ``https://github.com/owner/name/edit/main/`` is the branch ``main`` of ``owner/name``, folder ``""``.
    """
    for host, forms in _HOSTS.items():
        start = f"https://{host}/"
        if edit_url and edit_url.startswith(start) and forms.edit in edit_url:
            name, _, rest = edit_url.removeprefix(start).partition(forms.edit)
            branch, _, folder = rest.strip("/").partition("/")
            if branch and repository(start + name):
                return Repository(host, name).at(branch, branch=True), folder
    return None
