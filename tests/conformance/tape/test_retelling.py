"""Exchanges in the words of meetings."""

import json

import pytest

from conformance.model.exchange import Exchange, Request, Response
from conformance.tape.cassette import read_cassette
from conformance.tape.retelling import asked, retold
from tests.recorded import REFERENCE


def graph(method, target, body, answer, status=200, **meta):
    request = Request(method, f"https://graph.example/v1.0/me/{target}", (), json.dumps(body).encode())
    return Exchange(request, Response(status, "", (), json.dumps(answer).encode()), meta)


def test_an_event_is_told_by_its_subject_time_place_and_people():
    event = {
        "subject": "Lunch",
        "start": {"dateTime": "2026-03-02T12:00:00", "timeZone": "UTC"},
        "end": {"dateTime": "2026-03-02T13:00:00", "timeZone": "UTC"},
        "location": {"displayName": "Canteen"},
        "attendees": [{"emailAddress": {"address": "bob@x.example"}, "type": "required"}],
    }
    told = retold(graph("POST", "events", event, {}, 201, actor="ann@x.example"))
    assert told.line == 'POST events by ann@x.example: "Lunch": 201'
    assert dict(told.asked) == {
        "subject": "Lunch",
        "start": "2026-03-02T12:00:00",
        "end": "2026-03-02T13:00:00",
        "location": "Canteen",
        "people": "bob@x.example",
    }


def test_a_proposal_and_a_refusal_are_told():
    body = {
        "comment": "Later?",
        "sendResponse": True,
        "proposedNewTime": {"start": {"dateTime": "2026-03-02T14:00:00"}, "end": {"dateTime": "2026-03-02T15:00:00"}},
    }
    told = retold(graph("POST", "events/AAA1/decline", body, {"error": {"code": "ErrorItemNotFound"}}, 404))
    assert told.line == "POST events/{id}/decline: 404, ErrorItemNotFound"
    assert dict(told.asked)["proposed start"] == "2026-03-02T14:00:00"
    assert dict(told.asked)["sending"] == "True"


@pytest.mark.parametrize(
    ("stem", "line"),
    [
        ("cross-protocol.answer.accept--ews-graph", r"CreateItem by organizer0@example.com: \"Quarterly plan"),
        ("cross-protocol.cancel--graph-ews", "CreateItem by attendee0@example.com: 200, NoError"),
    ],
)
def test_ews_is_told_alike(stem, line):
    lines = [retold(exchange).line for exchange in read_cassette(REFERENCE / f"{stem}.yaml").exchanges]
    assert any(one.startswith(line.replace("\\", "")) for one in lines)


def test_many_values_are_counted_and_long_ones_cut():
    people = [{"emailAddress": {"address": f"p{number}@x.example"}} for number in range(11)]
    told = dict(asked(graph("POST", "events", {"subject": "x" * 500, "attendees": people}, {}).request))
    assert told["people"].endswith("p7@x.example, and 3 more")
    assert told["subject"] == "x" * 120 + "…"


def test_secrets_are_not_told():
    secret = graph("POST", "events?access_token=very-secret", {"subject": "Lunch", "password": "hunter22"}, {})
    assert "hunter22" not in str(retold(secret))
    assert "very-secret" not in str(retold(secret))


@pytest.mark.parametrize("body", [b"", b"<", b"{", b"\xff\xfe", b"[1, 2]"])
def test_any_body_can_be_told(body):
    exchange = Exchange(Request("POST", "https://graph.example/v1.0/me/events", (), body), Response(200, "", (), body))
    assert retold(exchange).line == "POST events: 200"
