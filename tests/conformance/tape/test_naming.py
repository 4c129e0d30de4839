from __future__ import annotations

from urllib.parse import quote

import orjson
import pytest

from conformance.model.exchange import Exchange, Request, Response
from conformance.tape.naming import IdNames

EVENT, MESSAGE, FOLDER = ("AQMk+ADAw/ATM3ZmYAZS0" * 4 + suffix for suffix in ("1==", "2==", "3=="))
KEY = "DwAAABYAAAC1234567890"


def graph(path, answer, method="GET", body=None):
    request = Request(method, f"https://x.example/v1.0/{path}", (), orjson.dumps(body) if body else b"")
    return Exchange(request, Response(200, "OK", (), orjson.dumps(answer)))


def names(*said):
    return IdNames.of(said).given


def test_an_id_is_called_by_whose_and_what_it_is():
    event = {
        "id": EVENT,
        "changeKey": KEY,
        "@odata.etag": f'W/"{KEY}"',
        "subject": "x",
        "attendees": [],
        "iCalUId": "0400" * 20,
    }
    found = names(("organizer", graph("me/events", {"value": [event]})))
    assert found == {
        EVENT: "organizer's calendar item",
        KEY: "version",
        "0400" * 20: "UID",
    }


def test_a_second_of_a_kind_is_numbered_and_the_first_name_stays():
    request = {"@odata.type": "#microsoft.graph.eventMessageRequest", "parentFolderId": FOLDER}
    first, second = {**request, "id": EVENT}, {**request, "id": MESSAGE}
    found = names(
        ("attendee", graph("me/messages", {"value": [first]})),
        ("attendee", graph("me/messages", {"value": [first, second]})),
    )
    assert found[EVENT] == "attendee's meeting request"
    assert found[MESSAGE] == "attendee's meeting request 2"
    assert found[FOLDER] == "attendee's folder"


def test_an_id_that_only_an_address_tells_is_called_by_its_collection():
    found = names(("attendee", graph(f"me/events/{quote(EVENT, safe='')}/accept", {}, "POST")))
    assert found == {EVENT: "attendee's calendar item"}


def test_short_and_readable_values_keep_their_own_words():
    assert names(("organizer", graph("me/events", {"value": [{"id": "short1", "subject": EVENT}]}))) == {}


@pytest.mark.parametrize("spell", [str, lambda one: quote(one, safe=""), quote, lambda one: one.replace("/", "\\/")])
def test_every_spelling_of_an_id_is_replaced(spell):
    known = IdNames.of([("organizer", graph("me/events", {"id": EVENT, "attendees": []}))])
    assert known.told(f"<{spell(EVENT)}>") == "<«organizer's calendar item»>"


def test_names_lead_back_to_ids_and_no_two_ids_share_one():
    said = [("organizer", graph("me/events", {"value": [{"id": f"{EVENT}{n}", "attendees": []} for n in range(5)]}))]
    known = IdNames.of(said)
    assert known.told("x") == "x"
    assert sorted(known.by_name().values()) == sorted(f"{EVENT}{n}" for n in range(5))
    assert IdNames().told("x") == "x"
