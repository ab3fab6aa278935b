"""Servers that misbehave (SECURITY.md, rows S2 and S7): no second host is asked, no secret shown, no
question put, no call without an end.
"""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from skillmeat import remote
from skillmeat.errors import SkillmeatError, Unreachable
from skillmeat.remote.cache import cache_folder
from tests.remote.making import Made
from tests.remote.servers import Request, Server, git_backend, serving

URL = "https://git.example.com/owner/name"
SECRET = "s3cret-t0ken-value"
BASIC = base64.b64encode(f"x-access-token:{SECRET}".encode()).decode()
PRIVATE = "it asks who you are, so it is private or does not exist"


@pytest.fixture
def other() -> Iterator[Server]:
    """Another host, which nobody may ask."""
    with serving(lambda request: request.reply(200, b"canary")) as server:
        yield server
        assert server.seen == []


@pytest.fixture
def point(gitconfig: Path) -> Callable[..., None]:
    """Have the address of the tests lead to a server, with more of the user's configuration."""

    def write(base: str, more: str = "") -> None:
        with gitconfig.open("a") as file:
            file.write(f'[url "{base}/"]\n\tinsteadOf = https://git.example.com/\n{more}\n')

    return write


def token(server: Server) -> str:
    return f'[http "{server.url}/"]\n\textraHeader = Authorization: Basic {BASIC}'


def failure(kind: type[SkillmeatError] = Unreachable, seconds: float = 60) -> tuple[str, str]:
    """The sentence and the hint with which a fetch fails; neither holds anything to hide."""
    with pytest.raises(kind) as caught:
        remote.fetch(URL, "main", seconds=seconds)
    said = f"{caught.value.detail} {caught.value.hint}"
    assert "no end after 60 seconds" not in said
    assert said.isprintable()
    assert SECRET not in said
    assert BASIC not in said
    assert not cache_folder().exists() or secrets_on_disk() == []
    return caught.value.detail, caught.value.hint


def secrets_on_disk() -> list[Path]:
    files = [path for path in cache_folder().rglob("*") if path.is_file()]
    return [path for path in files if any(word.encode() in path.read_bytes() for word in (SECRET, BASIC))]


@pytest.fixture
def commit(made: Made) -> str:
    return made.commit({b"SKILL.md": b"good", b"large": bytes((1 << 20) + 1)})


def test_a_server_is_read_with_the_users_token(
    made: Made, commit: str, point: Callable[..., None], capfd: pytest.CaptureFixture[str]
) -> None:
    """The token goes to that server in every request, and nowhere else: no file, no output."""
    with serving(git_backend(made.path, "/owner/name")) as server:
        point(server.url, token(server))
        assert remote.fetch(URL, "main") == commit
        assert {authorization for _, _, authorization in server.seen} == {f"Basic {BASIC}"}
    snapshot = remote.snapshot(URL, commit)
    assert {entry.path: entry.size for entry in snapshot.entries} == {"SKILL.md": 4, "large": None}
    assert (secrets_on_disk(), capfd.readouterr()) == ([], ("", ""))


def test_a_renamed_repository_is_followed_on_its_host(
    made: Made, commit: str, point: Callable[..., None]
) -> None:
    """As large hosts do it: another path, the query kept."""
    serve = git_backend(made.path, "/new/name")

    def answer(request: Request) -> None:
        if request.path.startswith("/owner/name"):
            request.reply(301, Location=request.path.replace("/owner/name", "/new/name"))
        else:
            serve(request)

    with serving(answer) as server:
        point(server.url)
        assert remote.resolve(URL, "main") == commit
        assert remote.fetch(URL, "main") == commit


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_to_another_host_is_refused_with_its_address(
    other: Server, point: Callable[..., None], status: int
) -> None:
    def answer(request: Request) -> None:
        request.reply(status, Location=f"{other.url}/new{request.path}&token={SECRET}")

    with serving(answer) as server:
        point(server.url, f"{token(server)}\n[http]\n\tfollowRedirects = true")
        assert failure() == (
            f"{URL} cannot be read: it has moved to {other.url}/new/owner/name/info/refs.",
            "If that address is right, write it as the source's url.",
        )


@pytest.mark.parametrize("more", ["", '\n[http "{url}"]\n\tfollowRedirects = true'])
def test_a_redirect_of_the_second_request_is_not_followed(
    made: Made, commit: str, other: Server, point: Callable[..., None], more: str
) -> None:
    serve = git_backend(made.path, "/owner/name")

    def answer(request: Request) -> None:
        if request.command == "POST":
            request.reply(307, Location=f"{other.url}{request.path}")
        else:
            serve(request)

    with serving(answer) as server:
        point(server.url, token(server) + more.format(url=server.url))
        assert failure()[0].startswith(f"{URL} cannot be read: ")


@pytest.mark.parametrize(
    "to", ["file:///etc/passwd", "ext::sh -c id", "ftp://127.0.0.1/x", "//127.0.0.1:1/x"]
)
def test_a_redirect_to_another_protocol_is_refused(point: Callable[..., None], to: str) -> None:
    with serving(lambda request: request.reply(302, Location=to)) as server:
        point(server.url)
        assert failure()[0].startswith(f"{URL} cannot be read: ")


def test_a_redirect_without_an_end_ends(point: Callable[..., None]) -> None:
    def answer(request: Request) -> None:
        request.reply(302, Location=request.path.replace("/info/refs", "/x/info/refs"))

    with serving(answer) as server:
        point(server.url)
        assert failure() == (f"{URL} cannot be read: it keeps moving.", "")
        assert len(server.seen) < 20


def test_a_redirect_to_nowhere_is_one_sentence(point: Callable[..., None]) -> None:
    with serving(lambda request: request.reply(302)) as server:
        point(server.url)
        assert failure() == (f"{URL} cannot be read: The requested URL returned error: 302.", "")


def test_a_server_that_asks_who_you_are_is_not_answered(
    point: Callable[..., None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """No terminal, no window, no program that asks: only what answers by itself."""
    asking = tmp_path / "ask.sh"
    asking.write_text(f"#!/bin/sh\ntouch {tmp_path}/asked\n")
    asking.chmod(0o755)
    monkeypatch.setenv("GIT_ASKPASS", str(asking))
    monkeypatch.setenv("SSH_ASKPASS", str(asking))
    with serving(lambda request: request.reply(401, WWW_Authenticate='Basic realm="x"')) as server:
        point(server.url, f"[core]\n\taskPass = {asking}")
        assert failure() == (
            f"{URL} cannot be read: {PRIVATE}.",
            "Check the address; for a private repository give Git a credential helper.",
        )
    assert not (tmp_path / "asked").exists()


def test_a_credential_helper_of_the_user_answers(
    made: Made, commit: str, point: Callable[..., None], tmp_path: Path
) -> None:
    serve = git_backend(made.path, "/owner/name")

    def answer(request: Request) -> None:
        if request.headers.get("Authorization") != f"Basic {BASIC}":
            request.reply(401, WWW_Authenticate='Basic realm="x"')
            return
        serve(request)

    helper = tmp_path / "helper.sh"
    helper.write_text(f"#!/bin/sh\n[ $1 = get ] && echo username=x-access-token && echo password={SECRET}\n")
    helper.chmod(0o755)
    with serving(answer) as server:
        point(server.url, f"[credential]\n\thelper = {helper}")
        assert remote.fetch(URL, "main") == commit
    assert secrets_on_disk() == []


def test_what_a_refusing_server_says_is_made_safe(point: Callable[..., None]) -> None:
    """Escapes are spelled out, echoed secrets are not repeated in either spelling."""

    def answer(request: Request) -> None:
        echo = f"No \x1b[31mentry\x07 for {request.headers.get('Authorization')} ({SECRET})\n::error::x"
        request.reply(403, echo.encode(), Content_Type="text/plain")

    with serving(answer) as server:
        point(server.url, token(server))
        assert failure()[0] == (
            f"{URL} cannot be read: The requested URL returned error: 403 (the server says: "
            "No \\u{001b}[31mentry\\u{0007} for Basic … (…) ::error::x)."
        )


def test_a_password_in_the_users_own_address_is_not_shown(point: Callable[..., None]) -> None:
    with serving(lambda request: request.reply(500)) as server:
        point(server.url.replace("//", f"//x-access-token:{SECRET}@"))
        assert failure() == (f"{URL} cannot be read: The requested URL returned error: 500.", "")


def test_a_server_that_drips_is_given_up(point: Callable[..., None]) -> None:
    """The user's own idea of too slow counts."""

    def answer(request: Request) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "application/x-git-upload-pack-advertisement")
        request.end_headers()
        for _ in range(100):
            request.wfile.write(b"0")
            request.wfile.flush()
            time.sleep(0.1)

    with serving(answer) as server:
        point(server.url, "[http]\n\tlowSpeedLimit = 1000\n\tlowSpeedTime = 1")
        assert failure() == (f"{URL} cannot be read: the server is too slow or does not answer.", "")


def test_a_server_that_never_answers_is_given_up(point: Callable[..., None]) -> None:
    over = threading.Event()
    with serving(lambda request: over.wait(600)) as server:
        point(server.url)
        assert failure(seconds=1) == (f"{URL} cannot be read: there was no end after 1 seconds.", "")
        over.set()


def test_refs_without_an_end_are_given_up(point: Callable[..., None]) -> None:
    """Bounded by memory where the system allows it, else by time."""
    line = b"003d" + b"1" * 40 + b" refs/heads/" + b"x" * 8 + b"\n"

    def answer(request: Request) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "application/x-git-upload-pack-advertisement")
        request.end_headers()
        request.wfile.write(b"001e# service=git-upload-pack\n0000")
        while True:
            request.wfile.write(line * 1000)

    with serving(answer) as server:
        point(server.url)
        assert failure(seconds=4)[0].startswith(f"{URL} cannot be read: ")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/html", b"<html>\x1b[2J"),
        ("application/x-git-upload-pack-advertisement", b""),
        ("application/x-git-upload-pack-advertisement", b"zzzz"),
        (
            "application/x-git-upload-pack-advertisement",
            b"001e# service=git-upload-pack\n0000000eversion 9\n0000",
        ),
        (
            "application/x-git-upload-pack-advertisement",
            b"001e# service=git-upload-pack\n0000" + b"0030" + b"1" * 40 + b" \x1b[2J\n0000",
        ),
    ],
)
def test_content_that_is_not_a_repository_is_one_sentence(
    point: Callable[..., None], kind: str, body: bytes
) -> None:
    with serving(lambda request: request.reply(200, body, Content_Type=kind)) as server:
        point(server.url)
        failure(SkillmeatError)


def test_a_missing_repository_is_one_sentence(point: Callable[..., None]) -> None:
    with serving(lambda request: request.reply(404, b"nope", Content_Type="text/plain")) as server:
        point(server.url)
        assert failure() == (
            f"{URL} cannot be read: there is no repository at this address.",
            "Check the address.",
        )


def test_a_host_that_is_not_there_is_one_sentence(point: Callable[..., None]) -> None:
    with serving(lambda request: None) as server:
        port = server.server_address[1]
    point(f"http://127.0.0.1:{port}")
    detail, hint = failure()
    assert detail.startswith(f"{URL} cannot be read: Failed to connect to 127.0.0.1 port {port}")
    assert hint == ""


def test_a_pack_that_is_cut_or_changed_is_refused(
    made: Made, commit: str, point: Callable[..., None]
) -> None:
    serve = git_backend(made.path, "/owner/name")
    cut: list[int] = []

    def answer(request: Request) -> None:
        if request.command == "POST" and cut:
            write = request.wfile.write

            def spoil(data: bytes) -> int:
                spoilt = data[: cut[0]] + b"\xff" + data[cut[0] + 1 :]
                return write(spoilt if len(data) > 400 else data)

            request.wfile.write = spoil  # type: ignore[method-assign, assignment]
        serve(request)

    with serving(answer) as server:
        point(server.url)
        for position in (20, 100, 200, 300, 390):
            cut[:] = [position]
            try:
                remote.fetch(URL, "main")
            except SkillmeatError:
                assert not remote.has(URL, commit)
            else:  # it was in what Git does not look at
                assert remote.snapshot(URL, commit).read("SKILL.md") == b"good"
        cut.clear()
        assert remote.fetch(URL, "main") == commit
