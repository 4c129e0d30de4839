"""Recordings in the place of a server."""

from __future__ import annotations

from dataclasses import replace

from conformance.model.exchange import Exchange, Request, Response
from conformance.proxy.replaying import Replay
from conformance.tape.policies import Masking, Policy

HERE = "http://127.0.0.1:81"
LOGIN, GRAPH = "https://login.example", "https://graph.example"
FORM = (("Content-Type", "application/x-www-form-urlencoded"),)


def replay(*exchanges):
    told = []
    made = Replay(exchanges, Masking(Policy.SECRETS), told.append)
    made.told = told
    return made


def exchange(method, url, body=b"", answer=b"{}", headers=()):
    return Exchange(Request(method, url, headers, body), Response(200, "", (("Location", f"{GRAPH}/x"),), answer))


def live(recorded, url):
    """A request as a client makes it that knows one server only."""
    return replace(recorded.request, url=url, headers=(("Host", "127.0.0.1:81"), *recorded.request.headers))


def test_links_lead_to_the_player_and_back():
    recorded = exchange("POST", f"{GRAPH}/a?u={GRAPH}/", f'{{"u": "{GRAPH}/z"}}'.encode(), f"to {GRAPH}/y".encode())
    asked = replace(live(recorded, f"{HERE}/a?u={HERE}/"), body=f'{{"u": "{HERE}/z"}}'.encode())
    response = replay(recorded).answer(asked)
    assert response.header("Location") == f"{HERE}/x"
    assert response.body == f"to {HERE}/y".encode()


def test_what_was_recorded_at_several_origins_leads_to_the_player_and_each_back_to_its_own():
    scope = f"grant_type=password&scope={GRAPH.replace(':', '%3A').replace('/', '%2F')}%2F.default".encode()
    token = exchange("POST", f"{LOGIN}/token", scope, f'{{"from": "{LOGIN}/"}}'.encode(), FORM)
    listed = exchange("GET", f"{GRAPH}/v1.0/me/events", answer=f'{{"@odata.nextLink": "{GRAPH}/v1.0/next"}}'.encode())
    linked = exchange("POST", f"{GRAPH}/v1.0/$batch", f'{{"@odata.id": "{GRAPH}/v1.0/me"}}'.encode())
    made = replay(token, listed, linked)
    assert made.answer(live(token, f"{HERE}/token")).body == f'{{"from": "{HERE}/"}}'.encode()
    assert (
        made.answer(live(listed, f"{HERE}/v1.0/me/events")).body
        == f'{{"@odata.nextLink": "{HERE}/v1.0/next"}}'.encode()
    )
    asked = replace(live(linked, f"{HERE}/v1.0/$batch"), body=f'{{"@odata.id": "{HERE}/v1.0/me"}}'.encode())
    assert made.answer(asked).status == 200
    assert (made.unplayed, made.told) == ((), [])


def test_a_miss_is_told_at_once_and_explained_in_the_answer():
    recorded = exchange("GET", f"{GRAPH}/a")
    made = replay(recorded)
    refused = made.answer(Request("GET", f"{HERE}/b", (), b""))
    assert (refused.status, refused.reason) == (404, "Not Recorded")
    assert made.misses == made.told == [refused.body.decode().rstrip()]
    assert made.unplayed == ("GET /a",)
    for _ in range(2):
        made.answer(live(recorded, f"{HERE}/a"))
    assert len(made.misses) == len(made.extra) == 1
    assert made.unplayed == ()


def test_an_empty_recording_answers_nothing():
    made = replay()
    assert made.answer(Request("GET", f"{HERE}/b", (), b"")).status == 404
    assert list(made.unplayed_in_words("never mind")) == []


def test_of_many_exchanges_that_nobody_asked_for_some_are_named():
    made = replay(*(exchange("GET", f"{GRAPH}/{number}") for number in range(12)))
    first, *named, last = made.unplayed_in_words("never mind")
    assert first == "12 of 12 recorded exchanges were not asked for (never mind):"
    assert (len(named), last) == (10, "    and 2 more")
