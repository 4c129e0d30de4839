"""A server that records itself: the same cassettes, with no proxy between."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from conformance.cli.serve import served
from conformance.proxy.asgi import recorded
from conformance.tape.cassette import read_cassette
from conformance.tape.places import REDACTED
from reference_impl.server import Options, application

LOGIN = ("organizer0@example.com", "meetproof")


class Strange:
    """An application that answers in pieces, and may break off."""

    def __init__(self, *, breaks: bool = False) -> None:
        self.breaks = breaks

    @asynccontextmanager
    async def running(self):
        yield

    async def __call__(self, scope, receive, send):
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"a", b"1"), (b"A", b"2")]})
        await send({"type": "http.response.body", "body": b"one", "more_body": True})
        if self.breaks:
            raise RuntimeError("broken off")
        await send({"type": "http.response.body", "body": b"two"})


def asked(app, *requests):
    async def ask():
        async with (
            app.running(),
            httpx.AsyncClient(transport=httpx.ASGITransport(app, raise_app_exceptions=False)) as c,
        ):
            return [await c.request(*request[:2], **request[2]) for request in requests]

    return asyncio.run(ask())


async def token_and_events(app):
    form = {"grant_type": "password", "username": LOGIN[0], "password": LOGIN[1]}
    async with app.running(), httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
        told = await client.post("http://server.test/oauth2/v2.0/token", data=form)
        token = told.json()["access_token"]
        events = await client.get(
            "http://server.test/v1.0/me/events?$top=1", headers={"Authorization": f"Bearer {token}"}
        )
        return token, events


def test_the_reference_server_records_what_it_answers_without_its_secrets(tmp_path):
    app = recorded(application(Options(seed="a")), str(tmp_path / "tapes"))
    token, events = asyncio.run(token_and_events(app))
    (file,) = (tmp_path / "tapes").iterdir()
    first, second = read_cassette(file).exchanges
    assert events.status_code == 200
    assert second.response.body == events.content
    assert second.request.url == "http://server.test/v1.0/me/events?$top=1"
    assert second.request.header("Authorization") == f"Bearer {REDACTED}"
    assert second.meta["actor"] == LOGIN[0]
    assert (first.meta["started"], first.meta["finished"]) <= (second.meta["started"], second.meta["finished"])
    text = file.read_text()
    assert token not in text
    assert f"password={LOGIN[1]}" not in text


def test_people_can_be_made_unrecognizable(tmp_path):
    app = recorded(application(Options(seed="a")), f"{tmp_path},policy=people,split=host")
    asyncio.run(token_and_events(app))
    (file,) = tmp_path.iterdir()
    assert file.name.startswith("server.test")
    assert "organizer0" not in file.read_text()


def test_an_answer_in_pieces_is_written_whole_and_one_that_breaks_off_is_marked(tmp_path):
    for name, breaks in (("whole", False), ("cut", True)):
        app = recorded(Strange(breaks=breaks), str(tmp_path / name))
        asked(app, ("POST", "http://server.test/", {"content": b"ask"}))
        (exchange,) = read_cassette(tmp_path / name / "session.yaml").exchanges
        assert exchange.request.body == b"ask"
        assert exchange.response.headers == (("a", "1"), ("A", "2"))
        assert exchange.response.body == (b"one" if breaks else b"onetwo")
        assert ("response_cut" in exchange.meta) is breaks


def test_traffic_passes_though_nothing_can_be_written(tmp_path, monkeypatch, caplog):
    app = recorded(Strange(), str(tmp_path))
    monkeypatch.setattr("conformance.proxy.shelf.Shelf.append", lambda *_: 1 / 0)
    (answer,) = asked(app, ("GET", "http://server.test/x?access_token=opaque-token-1234", {}))
    assert answer.content == b"onetwo"
    assert "not recorded: GET http://server.test/x?access_token=REDACTED: division by zero" in caplog.text


@pytest.mark.parametrize(
    ("argument", "words"),
    [
        ("", "expected the folder"),
        ("tapes,policy=none", "^policy: expected one of secrets, people, everything, got 'none'"),
        ("tapes,colour=red", "got 'colour=red'"),
        ("tapes,people", "expected FOLDER"),
    ],
)
def test_an_argument_that_cannot_be_used_is_told(tmp_path, monkeypatch, argument, words):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=words):
        recorded(Strange(), argument)
    assert list(Path().iterdir()) == []


def test_serve_knows_it_as_record():
    wrapped = ["--middleware", "conformance.proxy.asgi:recorded=tapes,policy=people"]
    assert served(["--port", "0", "--record", "tapes,policy=people"]) == ["--port", "0", *wrapped]
    assert served(["--record=tapes,policy=people", "--tls"]) == [*wrapped, "--tls"]
