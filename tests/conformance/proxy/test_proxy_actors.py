"""Who speaks, as the recorder notes it."""

from __future__ import annotations

import base64
import json

import pytest

from conformance.model.exchange import Exchange, Request, Response
from conformance.proxy.actors import Actors
from conformance.tape.cassette import read_cassette

FORM = (("Content-Type", "application/x-www-form-urlencoded"),)


def token_exchange(form, token, status=200):
    body = json.dumps({"access_token": token}).encode()
    return Exchange(Request("POST", "http://h/token", FORM, form), Response(status, "", (), body))


def bearer(token):
    return Request("GET", "http://h/", (("Authorization", f"Bearer {token}"),))


def test_basic_credentials_name_their_user():
    value = base64.b64encode(b"Adele@Example.com:secret").decode()
    assert Actors().of(Request("GET", "http://h/", (("Authorization", f"Basic {value}"),))) == "adele@example.com"


def test_a_token_belongs_to_whom_it_was_given():
    actors = Actors()
    actors.learn(token_exchange(b"grant_type=password&client_id=app&username=Adele%40example.com", "t1"))
    actors.learn(token_exchange(b"grant_type=client_credentials&client_id=daemon", "t2"))
    assert [actors.of(bearer(token)) for token in ("t1", "t2", "t3")] == ["adele@example.com", "daemon", ""]
    assert "t1" not in repr(actors.__dict__)


@pytest.mark.parametrize(
    "exchange",
    [
        token_exchange(b"username=a", "t", 400),
        Exchange(Request("POST", "http://h/", FORM, b"username=a"), Response(200, "", (), b"<html>")),
        Exchange(Request("POST", "http://h/", FORM, b"username=a"), Response(200, "", (), b"[]")),
        Exchange(Request("POST", "http://h/", (), b"username=a"), token_exchange(b"", "t").response),
        token_exchange(b"\xff=\xff", "t"),
    ],
)
def test_what_gives_no_token_teaches_nothing(exchange):
    actors = Actors()
    actors.learn(exchange)
    assert actors.of(bearer("t")) == ""


def test_the_actor_stands_in_the_record(upstream, proxy, client):
    def answer(handler, body):
        return 200, [("Content-Type", "application/json")], b'{"access_token": "opaque-token-1234567890"}'

    recording = proxy(upstream(answer).origin, "--deterministic")
    send = client(recording.url)
    send("POST", "/token", FORM, b"grant_type=password&username=adele%40example.com&password=hunter2hunter2")
    send("GET", "/", [("Authorization", "Bearer opaque-token-1234567890")])
    recording.stop()
    assert [each.meta for each in read_cassette(recording.out / "session.yaml").exchanges] == [
        {},
        {"actor": "adele@example.com"},
    ]
