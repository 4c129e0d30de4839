"""Exchanges that the suite hands to the recorder itself, and answers that pass it piece by piece."""

from __future__ import annotations

import json

import pytest

from conformance.model.exchange import Exchange, Request, Response
from conformance.model.handed import dump_exchange
from conformance.proxy.routing import BadRequest, HandExchange, OpenCase, command
from conformance.tape.cassette import read_cassette

CASES = "/_meetproof/cases"
JSON = [("Content-Type", "application/json")]
LISTENER, ALIAS = "http://127.0.0.1:4455", "https://listener.example"


def echo(handler, body):
    return 200, [("Content-Type", "application/json")], body


def opened(send, **more):
    status, _, _ = send("POST", CASES, JSON, json.dumps({"case": "c", **more}).encode())
    assert status == 201


def test_what_is_handed_in_is_recorded_in_its_place_with_every_origin_made_canonical(upstream, proxy, client):
    server = upstream(echo)
    recording = proxy(server.origin, "--origin", "https://meetproof.example", "--deterministic")
    send = client(recording.url)
    opened(send, aliases={LISTENER: ALIAS})
    mark = ("meetproof-case", "c")
    send("POST", "/v1.0/subscriptions", [*JSON, mark], json.dumps({"notificationUrl": f"{LISTENER}/x"}).encode())
    told = json.dumps({"value": [f"{server.origin}/v1.0/me", LISTENER]}).encode()
    heard = Exchange(
        Request("POST", f"{LISTENER}/x?y=z", (("Content-Type", "application/json"), ("Host", "127.0.0.1:4455")), told),
        Response(202, "Accepted", (("Content-Length", "0"),)),
    )
    assert send("POST", f"{CASES}/c/exchanges", JSON, dump_exchange(heard))[0] == 200
    send("GET", "/v1.0/me", [mark])
    assert send("POST", f"{CASES}/c/close", JSON)[0] == 200
    recording.stop()
    assert "4455" not in (recording.out / "c.yaml").read_text()
    subscribed, handed, after = read_cassette(recording.out / "c.yaml").exchanges
    assert json.loads(subscribed.request.body) == {"notificationUrl": f"{ALIAS}/x"}
    assert json.loads(server.seen[0][3]) == {"notificationUrl": f"{LISTENER}/x"}
    assert handed.request.url == f"{ALIAS}/x?y=z"
    assert handed.request.header("Host") == "listener.example"
    assert json.loads(handed.request.body) == {"value": ["https://meetproof.example/v1.0/me", ALIAS]}
    assert (handed.response.status, handed.meta) == (202, {})
    assert after.request.method == "GET"


def test_an_answer_that_will_be_handed_in_passes_unrecorded(upstream, proxy, client):
    server = upstream(echo)
    recording = proxy(server.origin)
    send = client(recording.url)
    opened(send)
    marks = [("meetproof-case", "c"), ("meetproof-handed", "1")]
    status, _, body = send("POST", "/x", [*JSON, *marks], b"{}")
    assert (status, body) == (200, b"{}")
    assert [name for name, _ in server.seen[0][2] if name.lower().startswith("meetproof")] == []
    closed = json.loads(send("POST", f"{CASES}/c/close", JSON)[2])
    assert (closed["exchanges"], closed["refused"]) == (0, [])
    recording.stop()


def test_nothing_is_handed_to_a_case_that_is_not_open(upstream, proxy, client):
    recording = proxy(upstream(echo).origin)
    exchange = Exchange(Request("GET", "http://h/x"), Response(200))
    status, _, body = client(recording.url)("POST", f"{CASES}/c/exchanges", JSON, dump_exchange(exchange))
    assert (status, json.loads(body)) == (404, {"error": "the case c is not open"})
    recording.stop()


def test_commands_are_understood():
    exchange = Exchange(Request("GET", "http://h/x"), Response(200))
    asked = command("POST", f"{CASES}/c/exchanges", "application/json", dump_exchange(exchange))
    assert asked == HandExchange("c", exchange)
    body = json.dumps({"case": "c", "aliases": {LISTENER: ALIAS}}).encode()
    assert command("POST", CASES, "application/json", body) == OpenCase("c", {}, {LISTENER: ALIAS})


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (f"{CASES}/c/exchanges", b"{}"),
        (f"{CASES}/.hidden/exchanges", dump_exchange(Exchange(Request("GET", "http://h/"), Response(200)))),
        (CASES, b'{"case": "c", "aliases": []}'),
        (CASES, b'{"case": "c", "aliases": {"http://h": "nothing"}}'),
        (CASES, b'{"case": "c", "aliases": {"http://h": 5}}'),
    ],
)
def test_commands_that_make_no_sense_are_refused(path, body):
    with pytest.raises(BadRequest) as refused:
        command("POST", path, "application/json", body)
    assert refused.value.status == 400
