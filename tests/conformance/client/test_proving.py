"""A recording is proved by altering what it was asked: each change is noticed, and a blind matcher is found out."""

import json
from dataclasses import replace

import pytest

from conformance.client import playback, proving
from conformance.client.proving import REMOVED, prove
from conformance.model.exchange import Exchange, Request, Response
from conformance.tape.cassette import read_cassette
from tests.recorded import REFERENCE

ORIGIN = "https://meetproof.example"


def graph(method, target, body=None, headers=(), answer=b"{}"):
    sent = b"" if body is None else json.dumps(body).encode()
    return Exchange(Request(method, ORIGIN + target, headers, sent), Response(200, "OK", (), answer))


def altered(exchange, own=frozenset()):
    return {(path, other) for path, _, other, request in proving._altered(exchange.request, own) if request is not None}


def test_every_value_of_a_request_is_altered_and_removed():
    prefer = (("Prefer", 'outlook.timezone="UTC"'), ("User-Agent", "client"))
    event = {"subject": "Lunch", "isAllDay": False, "start": {"dateTime": "2026-03-02T10:00:00"}, "reminder": 15}
    assert altered(graph("POST", "/v1.0/me/events?$top=10", event, prefer)) == {
        (".method", "PUT"),
        (".path[1]", "xv1.0"),
        (".path[2]", "xme"),
        (".path[3]", "xevents"),
        (".query.$top", "11"),
        (".query.$top", REMOVED),
        (".headers.prefer", 'xoutlook.timezone="UTC"'),
        (".headers.prefer", REMOVED),
        ("$.subject", "xLunch"),
        ("$.subject", REMOVED),
        ("$.isAllDay", "True"),
        ("$.isAllDay", REMOVED),
        ("$.start.dateTime", "2026-03-02T11:00:00"),
        ("$.start.dateTime", REMOVED),
        ("$.reminder", "16"),
        ("$.reminder", REMOVED),
    }


def test_a_form_is_altered_but_for_its_secrets():
    body = b"grant_type=password&username=ann&password=REDACTED"
    form = Request("POST", f"{ORIGIN}/token", (("Content-Type", "application/x-www-form-urlencoded"),), body)
    paths = {path for path, _ in altered(Exchange(form, Response(200)))}
    assert {".form.grant_type", ".form.username"} < paths
    assert ".form.password" not in paths


def test_ids_of_a_clients_own_are_free_and_those_of_the_server_are_not():
    made = graph("POST", "/v1.0/me/events", {"transactionId": "own-1"}, answer=b'{"id": "given-1"}')
    got = graph("GET", "/v1.0/me/events/given-1")
    proof = prove([made, got])
    assert proof.free == 1
    assert proof.blind == ()
    assert proof.tried == len(altered(made, {"own-1"})) + len(altered(got))


def test_an_entity_tag_is_never_a_clients_own():
    asked = graph("DELETE", "/v1.0/me/events/given-1", headers=(("If-Match", 'W/"nothing"'),))
    assert prove([asked]).blind == ()


def test_secrets_of_a_recording_that_was_not_redacted_are_free_and_not_told():
    body = b"grant_type=password&username=ann&password=hunter2-hunter2"
    form = Request("POST", f"{ORIGIN}/token", (("Content-Type", "application/x-www-form-urlencoded"),), body)
    opened = graph(
        "GET", "/v1.0/me/events?access_token=secret-0001", headers=(("Authorization", "Bearer secret-0002"),)
    )
    proof = prove([Exchange(form, Response(200)), opened])
    assert (proof.blind, proof.free) == ((), 2)


@pytest.mark.parametrize(
    "stem",
    [
        "cross-protocol.cancel--graph-ews",
        "graph-propose-new-time.take-up--graph-graph",
        "handling-meetings.update-body-and-place--ews-ews",
        "availability.merged--ews-ews",
        "wire.graph-ids--graph-graph",
        "bad-input.graph-writes--graph-graph",
    ],
)
def test_golden_recordings_notice_every_alteration(stem):
    proof = prove(read_cassette(REFERENCE / f"{stem}.yaml").exchanges)
    assert proof.blind == ()
    assert proof.tried > 50


def test_a_matcher_that_does_not_look_at_bodies_is_found_out(monkeypatch):
    def blind_key(request):
        return request.method, request.url

    monkeypatch.setattr(playback, "exact_key", blind_key)
    (one, *_) = prove([graph("POST", "/v1.0/me/events", {"subject": "Lunch"})]).blind
    assert (one.exchange, one.operation, one.path) == (1, "POST events", "$.subject")


def test_a_request_that_becomes_another_recorded_one_is_noticed():
    first, second = (graph("GET", f"/v1.0/me/events?$skip={number}") for number in (0, 1))
    assert prove([first, second]).blind == ()


def test_what_only_led_to_a_login_is_not_proved():
    refused = graph("GET", "/v1.0/me/events")
    refused = replace(refused, response=Response(401, "", (("WWW-Authenticate", "Bearer"),)))
    done = graph("GET", "/v1.0/me/events")
    assert prove([refused, done]) == prove([done])
