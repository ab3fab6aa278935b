"""The way to a server: the address a user's Git would go to, and what went wrong on the way.

What the user configured for transport counts: ``url.<base>.insteadOf``, ``http.*`` (proxy, certificates,
extra headers), ``credential.*``, ``core.sshCommand`` and ``ssh.variant``, ``safe.directory`` for
repositories on this computer, the environment of ssh and curl. Two things do not: redirects to another
host are never followed, whatever ``http.followRedirects`` says, and nothing is asked
(``core.askPass``, ``GIT_ASKPASS``). ``ext::`` and its like are never spoken.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
import shlex
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from pydantic import TypeAdapter, ValidationError

from skillmeat.errors import Invalid, Refused, SkillmeatError, Unreachable
from skillmeat.remote.command import MAX_FILE, Result, Settings, run
from skillmeat.scalars import GitUrl
from skillmeat.text import one_line, shorten

_KEPT = re.compile(r"http\..+|credential\..+|core\.sshcommand|ssh\.variant|safe\.directory")
_DROPPED = re.compile(r"http\.(.+\.)?followredirects")
_REWRITE = re.compile(r"url\.(.*)\.insteadof", re.DOTALL)
_SLOW: Settings = (("http.lowSpeedLimit", "1000"), ("http.lowSpeedTime", "20"))

_SCHEMES = ("https", "http", "ssh", "file")
_MAX_HOPS = 5
_PATIENCE = 20.0
"""Seconds in which Git must have read its configuration."""
_ASK = "/info/refs?service=git-upload-pack"


@dataclass(frozen=True, slots=True)
class Route:
    """``url`` as the manifest has it, and ``address``: where the user's Git goes for it."""

    url: str
    address: str
    scheme: str
    settings: Settings

    def git(
        self, *arguments: str, repository: Path | None = None, after: tuple[str, ...] = (), seconds: float
    ) -> Result:
        """Run ``git <arguments> --end-of-options <address> <after>``.

        A server that has moved the repository is followed when the new address is on the same host.
        Raises ``Unreachable`` (or ``Refused`` for content that Git's own check turns down) with what
        Git and the server said.
        """
        route = self
        for _ in range(_MAX_HOPS):
            result = route._run(arguments, repository, after, seconds)
            if result.status == 0:
                return result
            if not re.search(r"returned error: 30[12378]\b", result.stderr):
                raise self._failure(result)
            moved = route._location(seconds)
            if not moved:
                raise self._failure(result)
            if not _same_host(route.address, moved):
                shown = urlsplit(moved)._replace(query="", fragment="").geturl()
                raise Unreachable(
                    f"{self.url} cannot be read: it has moved to {self._clean(shown)}.",
                    code="UNREACHABLE",
                    hint="If that address is right, write it as the source's url.",
                )
            route = replace(route, address=moved, scheme=urlsplit(moved).scheme)
        raise Unreachable(f"{self.url} cannot be read: it keeps moving.", code="UNREACHABLE")

    def _run(
        self,
        arguments: tuple[str, ...],
        repository: Path | None,
        after: tuple[str, ...],
        seconds: float,
        trace: bool = False,
    ) -> Result:
        serve = ["git", "-c", "uploadpack.allowFilter=true"]
        for key, value in self.settings:
            if key == "safe.directory":
                serve += ["-c", f"safe.directory={value}"]
        upload = [f"--upload-pack={shlex.join([*serve, 'upload-pack'])}"] if self.scheme == "file" else []
        try:
            return run(
                [*arguments, *upload, "--end-of-options", self.address, *after],
                repository=repository,
                protocol=self.scheme,
                settings=(*_SLOW, *_ssh(), *self.settings),
                variables=(("GIT_TRACE_CURL", "2"), ("GIT_TRACE_CURL_NO_DATA", "1")) if trace else (),
                seconds=seconds,
            )
        except TimeoutError:
            raise Unreachable(
                f"{self.url} cannot be read: there was no end after {seconds:g} seconds.", code="UNREACHABLE"
            ) from None

    def _location(self, seconds: float) -> str:
        """Where the server sends those who ask for the address."""
        traced = self._run(("ls-remote",), None, ("HEAD",), seconds, trace=True).stderr
        found = re.findall(r"<= recv header: location: *(\S+)", traced, re.IGNORECASE)
        moved = urljoin(f"{self.address}{_ASK}", found[-1]) if found else ""
        return moved.removesuffix(_ASK)

    def _failure(self, result: Result) -> SkillmeatError:
        said = self._clean(_said(result.stderr))
        if re.search(r"fsck error|^error: object [0-9a-f]+: ", result.stderr, re.MULTILINE):
            return Refused(f"{self.url} is refused: {said}.", code="SOURCE_REFUSED")
        owned = re.search(r"dubious ownership in repository at '([^'\n]*)'", result.stderr)
        if owned and self.scheme == "file":
            place = shlex.quote(self._clean(owned[1]))
            return Unreachable(
                f"{self.url} cannot be read: it belongs to another user of this computer.",
                code="UNREACHABLE",
                hint=f"If you trust it, run `git config --global --add safe.directory {place}`.",
            )
        for pattern, reason, hint in _REASONS:
            if re.search(pattern, result.stderr):
                return Unreachable(f"{self.url} cannot be read: {reason}.", code="UNREACHABLE", hint=hint)
        return Unreachable(f"{self.url} cannot be read: {said}.", code="UNREACHABLE")

    def _clean(self, text: str) -> str:
        """``text`` of a server or of Git on one line, without what the user keeps secret."""
        for secret in _secrets(self.settings, self.address):
            text = text.replace(secret, "…")
        return one_line(re.sub(r"(?<=://)[^/@\s'\"]*@", "", text))


def route(url: str, *, allow_file: bool, folder: Path | None) -> Route:
    """The way to ``url`` for this user.

    ``folder`` is where the user works: the configuration of the repository around it counts; without it
    the working directory does. An address on this computer is taken only where the user's own
    ``insteadOf`` leads, or with ``allow_file``. Raises ``Invalid`` and ``Refused``.
    """
    try:
        TypeAdapter(GitUrl).validate_python(url)
    except ValidationError as error:
        raise Invalid(one_line(error.errors()[0]["msg"]), code="INVALID_SOURCE") from None
    pairs = _configured(folder)
    bases = [
        (len(value), rewrite[1])
        for key, value in pairs
        if (rewrite := _REWRITE.fullmatch(key)) and url.startswith(value)
    ]
    length, base = max(bases, key=lambda found: found[0], default=(0, ""))
    address = base + url[length:]
    settings = tuple(
        (key, value) for key, value in pairs if _KEPT.fullmatch(key) and not _DROPPED.fullmatch(key)
    )
    found = Route(one_line(url), address, _scheme(address), settings)
    if found.scheme not in _SCHEMES or not _is_plain(address):
        raise Refused(
            f"{found.url} is not fetched: “{found._clean(address)}” is not an address that is read "
            "(https, ssh, or a whole path).",
            code="INVALID_SOURCE",
        )
    if found.scheme == "file" and not (allow_file or bases):
        raise Refused(
            f"{found.url} is on this computer, and this store does not allow that.",
            code="INVALID_SOURCE",
            hint="Set `allow_file = true` in [sources] of skillmeat.toml.",
        )
    return found


def _ssh() -> Settings:
    """Have ssh ask nothing, unless the user has another program for it (``core.sshCommand`` comes later)."""
    return () if "GIT_SSH" in os.environ else (("core.sshCommand", "ssh -oBatchMode=yes"),)


def _scheme(address: str) -> str:
    """The protocol that Git speaks for an address."""
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*::", address):
        return "ext"
    named = re.match(r"([A-Za-z][A-Za-z0-9+.-]*)://", address)
    if named:
        return named[1].lower()
    if Path(address).is_absolute():
        return "file"
    return "ssh" if re.match(r"[^/:]+:", address) else ""


def _is_plain(address: str) -> bool:
    """Whether nothing in an address could be taken for an option or for two lines."""
    host = re.sub(r"^[A-Za-z0-9+.-]+://([^/@]*@)?", "", address)
    return not address.startswith("-") and not host.startswith("-") and address.isprintable()


def _same_host(old: str, new: str) -> bool:
    """Whether a redirect stays on the host, at most going from http to https."""
    a, b = urlsplit(old), urlsplit(new)
    if (a.scheme, a.hostname, a.port) == (b.scheme, b.hostname, b.port):
        return b.username is None and not b.query
    upgraded = (a.scheme, b.scheme) == ("http", "https") and (a.port, b.port) == (None, None)
    return upgraded and a.hostname == b.hostname and b.username is None and not b.query


def _configured(folder: Path | None) -> Settings:
    """What the user's Git is configured to, in the order in which Git reads it."""
    try:
        listed = subprocess.run(
            ["git", "-c", "safe.bareRepository=explicit", "config", "--list", "-z"],  # noqa: S607
            capture_output=True,
            cwd=folder,
            timeout=_PATIENCE,
            check=False,
        )
    except FileNotFoundError:
        raise Unreachable(
            "The command “git” is not there.", code="GIT_NOT_FOUND", hint="Install Git 2.34 or newer."
        ) from None
    except subprocess.TimeoutExpired:
        raise Refused(
            f"Git did not tell its configuration within {_PATIENCE:g} seconds.", code="GIT_MISCONFIGURED"
        ) from None
    if listed.returncode:
        said = one_line(_said(listed.stderr.decode("utf-8", "replace")))
        raise Refused(f"Git cannot read its configuration: {said}.", code="GIT_MISCONFIGURED")
    pairs = []
    for entry in listed.stdout.decode("utf-8", "surrogateescape").split("\0"):
        key, line_feed, value = entry.partition("\n")
        if key:
            pairs.append((key, value if line_feed else "true"))
    return tuple(pairs)


def _secrets(settings: Settings, address: str) -> list[str]:
    """What a server could echo and nobody may read: header values, passwords, in either spelling."""
    found = {word for key, value in settings if key.endswith(".extraheader") for word in value.split()[1:]}
    for address_ in (address, *(value for key, value in settings if key.endswith("proxy"))):
        parts = urlsplit(address_) if "://" in address_ else None
        found |= {word for word in (parts.username, parts.password) if word} if parts else set()
    for word in tuple(found):
        try:
            decoded = base64.b64decode(word, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            continue
        found |= {decoded, decoded.partition(":")[2]}
    return sorted((word for word in found if len(word) > 5 and word != "Bearer"), key=len, reverse=True)


_EMPTY_WORDS = re.compile(
    r"warning: |hint: |From |fatal: Could not read from remote repository|Please make sure you have|"
    r"and the repository exists|fatal: fetch-pack: invalid index-pack output|"
    r"fatal: fsck error in packed object"
)


def _said(stderr: str) -> str:
    """What Git, and the server through it, said: one clause without its full stop."""
    lines = [line for part in re.split(r"[\n\r]", stderr) if (line := part.strip(" \t\0"))]
    server = " ".join(
        line.removeprefix("remote:").strip(" .") for line in lines if line.startswith("remote:")
    )
    own = [line for line in lines if not line.startswith("remote:") and not _EMPTY_WORDS.match(line)]
    marked = [line for line in own if line.startswith(("fatal: ", "error: "))]
    reason = (marked or own or lines or ["Git does not say why"])[0]
    reason = re.sub(r"^(fatal|error): ", "", reason)
    reason = re.sub(r"^unable to access '[^']*': ", "", reason).rstrip(".")
    server = server.rstrip(".")
    return (
        f"{shorten(reason, 300)} (the server says: {shorten(server, 200)})"
        if server
        else shorten(reason, 300)
    )


_REASONS = (
    (
        r"could not read (Username|Password)|Authentication failed|error: 401",
        "it asks who you are, so it is private or does not exist",
        "Check the address; for a private repository give Git a credential helper.",
    ),
    (
        r"Permission denied \(|Host key verification failed",
        "the ssh server does not accept this computer's key, or its own key is not known here",
        "Try the address with `ssh -T` once.",
    ),
    (
        r"not found|does not appear to be a git repository|Repository not found",
        "there is no repository at this address",
        "Check the address.",
    ),
    (r"Operation too slow|timed out", "the server is too slow or does not answer", ""),
    (
        r"signal 25|File too large",
        f"it sends more than {MAX_FILE >> 20} MiB for one commit",
        "",
    ),
    (r"[Oo]ut of memory|signal (9|24)\b", "reading it takes more memory or time than is allowed", ""),
)
