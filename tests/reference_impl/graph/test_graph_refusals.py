"""Every refusal: its status, its code, and that nothing has changed."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from reference_impl.domain import errors as domain
from reference_impl.graph import refusals
from reference_impl.graph.errors import ERRORS

UTC = "UTC"


def subclasses(kind: type[Exception]) -> set[type[Exception]]:
    return {each for direct in kind.__subclasses__() for each in ({direct} | subclasses(direct))}


def test_every_error_of_the_domain_and_of_the_adapter_has_a_status_and_a_code():
    assert set(ERRORS) == subclasses(domain.DomainError) | subclasses(refusals.Refusal)
    assert all(400 <= status < 500 and code for status, code in ERRORS.values())


def at(day: int, hour: int, zone: str = UTC) -> dict[str, str]:
    return {"dateTime": f"2026-02-{day:02d}T{hour:02d}:00:00", "timeZone": zone}


def state(office) -> list[Any]:
    """Everything both people see."""
    return [
        office.caller(address).get(f"/beta/me/{path}?$top=1000").json["value"]
        for address in ("AlexW@contoso.com", "AdeleV@contoso.com")
        for path in ("events", "messages", "mailFolders")
    ]


BAD_EVENTS: dict[str, tuple[dict[str, Any], str]] = {
    "end before start": ({"end": at(1, 9)}, "ErrorPropertyValidationFailure"),
    "longer than five years": (
        {"end": {"dateTime": "2031-02-03T12:00:00", "timeZone": UTC}},
        "ErrorPropertyValidationFailure",
    ),
    "unknown zone": ({"start": at(2, 12, "Nowhere Standard Time")}, "TimeZoneNotSupportedException"),
    "custom zone": ({"end": at(2, 13, "tzone://Microsoft/Custom")}, "TimeZoneNotSupportedException"),
    "all-day with a time": ({"isAllDay": True}, "ErrorInvalidRequest"),
    "all-day without length": (
        {"isAllDay": True, "start": at(2, 0), "end": at(2, 0)},
        "ErrorInvalidRequest",
    ),
    "no date": ({"start": {"dateTime": "noon", "timeZone": UTC}}, "RequestBodyRead"),
    "impossible date": ({"start": {"dateTime": "2026-02-30T12:00:00"}}, "RequestBodyRead"),
    "date without dateTime": ({"start": {"timeZone": UTC}}, "RequestBodyRead"),
    "year too early": ({"start": {"dateTime": "0001-01-01T00:00:00"}}, "ErrorPropertyValidationFailure"),
    "year too early by its offset": (
        {"start": {"dateTime": "1601-01-01T00:00:00+14:00"}},
        "ErrorPropertyValidationFailure",
    ),
    "year too late by its zone": (
        {"end": {"dateTime": "4500-12-31T23:00:00", "timeZone": "Pacific Standard Time"}},
        "ErrorPropertyValidationFailure",
    ),
    "unknown enumeration literal": ({"showAs": "sleeping"}, "RequestBodyRead"),
    "wrong type": ({"isAllDay": "yes"}, "RequestBodyRead"),
    "text for a Boolean that is no action parameter": ({"responseRequested": "true"}, "RequestBodyRead"),
    "undeclared member": ({"colour": "red"}, "RequestBodyRead"),
    "undeclared inner member": ({"location": {"displayName": "x", "planet": "Mars"}}, "RequestBodyRead"),
    "member twice": ({"Subject": "again"}, "RequestBodyRead"),
    "null for start": ({"start": None}, "RequestBodyRead"),
    "attendee without address": ({"attendees": [{"emailAddress": {"name": "X"}}]}, "RequestBodyRead"),
    "attendees no array": ({"attendees": {}}, "RequestBodyRead"),
    "attendee with bad address": ({"attendees": [{"emailAddress": {"address": "x"}}]}, "ErrorInvalidRecipients"),
    "too many attendees": (
        {"attendees": [{"emailAddress": {"address": f"p{n}@example.net"}} for n in range(501)]},
        "ErrorInvalidRequest",
    ),
    "the forbidden character": ({"subject": "a\x00b"}, "RequestBodyRead"),
}


@pytest.mark.requirement("GRAPH-WIRE-021", "GRAPH-EVT-036", "GRAPH-EVT-037", "GRAPH-EVT-038", "GRAPH-EVT-039")
@pytest.mark.parametrize("name", BAD_EVENTS)
def test_a_bad_event_is_refused_on_create_and_changes_nothing(office, lunch, invited, name):
    change, code = BAD_EVENTS[name]
    before = state(office)
    answer = office.alex.post("/v1.0/me/events", {**lunch, **change})
    assert (answer.status, answer.code) == (400, code)
    assert state(office) == before


@pytest.mark.requirement("GRAPH-EVT-036", "GRAPH-EVT-037", "GRAPH-EVT-038", "GRAPH-EVT-039")
@pytest.mark.parametrize("name", BAD_EVENTS)
def test_a_bad_change_is_refused_and_changes_nothing(office, invited, name):
    change, code = BAD_EVENTS[name]
    change = {"subject": "changed", **change}
    before = state(office)
    answer = office.alex.patch(f"/v1.0/me/events/{invited[0]}", change)
    assert (answer.status, answer.code) == (400, code)
    assert state(office) == before


@pytest.mark.parametrize("edge", ["start", "end"])
def test_an_event_without_start_or_end_is_refused(office, lunch, edge):
    del lunch[edge]
    answer = office.alex.post("/v1.0/me/events", lunch)
    assert (answer.status, answer.code) == (400, "ErrorPropertyValidationFailure")


BAD_BODIES = {
    "nothing": (b"", "BadRequest"),
    "blank": (b"  \r\n", "BadRequest"),
    "no JSON": (b"{", "BadRequest"),
    "XML": (b"<event/>", "BadRequest"),
    "not a number": (b'{"subject": NaN}', "BadRequest"),
    "not UTF-8": (b'{"subject": "\xff"}', "BadRequest"),
    "an array": (b"[]", "RequestBodyRead"),
    "a text": (b'"event"', "RequestBodyRead"),
    "null": (b"null", "RequestBodyRead"),
}


@pytest.mark.requirement("GRAPH-WIRE-020")
@pytest.mark.parametrize("name", BAD_BODIES)
def test_a_body_that_is_no_json_object_is_refused(office, name):
    body, code = BAD_BODIES[name]
    before = state(office)
    answer = office.alex.post("/v1.0/me/events", body)
    assert (answer.status, answer.code) == (400, code)
    assert state(office) == before


def test_a_body_of_another_media_type_is_refused(office, lunch):
    before = state(office)
    answer = office.alex.post("/v1.0/me/events", lunch, content_type="text/plain")
    assert (answer.status, answer.code) == (415, "RequestBodyRead")
    answer = office.alex.post("/v1.0/me/events", lunch, content_type="")
    assert (answer.status, answer.code) == (400, "BadRequest")
    assert state(office) == before


def folder_id(office) -> str:
    return str(office.alex.get("/v1.0/me/mailFolders/inbox")["id"])


@pytest.mark.requirement("GRAPH-EVT-019", "GRAPH-EVT-020", "GRAPH-EVT-021")
def test_ids_that_are_malformed_unknown_or_of_another_mailbox_are_told_apart(office, invited):
    mine, theirs = invited
    raw = base64.urlsafe_b64decode(mine)
    unknown = base64.urlsafe_b64encode(raw[:-1] + bytes([raw[-1] ^ 1])).decode()
    cases = {
        "nonsense!": (400, "ErrorInvalidIdMalformed"),
        "AAAA": (400, "ErrorInvalidIdMalformed"),
        "x": (400, "ErrorInvalidIdMalformed"),
        base64.urlsafe_b64encode(b"\x09" + raw[1:]).decode(): (400, "ErrorInvalidIdMalformed"),
        unknown: (404, "ErrorItemNotFound"),
        theirs: (404, "ErrorItemNotFound"),
        folder_id(office): (400, "ErrorInvalidRequest"),
    }
    for key, expected in cases.items():
        for method, tail in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/accept"), ("POST", "/cancel")):
            body = {"subject": "x"} if method == "PATCH" else None
            answer = office.alex(method, f"/v1.0/me/events/{key}{tail}", body)
            assert (answer.status, answer.code) == expected, (method, key)


def test_a_message_is_no_event_and_an_event_no_message(office, invited):
    mine, _ = invited
    message = office.alex.get("/v1.0/me/messages")["value"][0]["id"]
    assert office.alex.get(f"/v1.0/me/events/{message}").code == "ErrorInvalidRequest"
    assert office.alex.get(f"/v1.0/me/messages/{mine}").code == "ErrorInvalidRequest"


BAD_ACTS: dict[str, tuple[str, str, Any, int, str]] = {
    "the organizer accepts": ("alex", "accept", {}, 400, "ErrorInvalidRequest"),
    "the organizer declines": ("alex", "decline", None, 400, "ErrorInvalidRequest"),
    "the attendee cancels": ("adele", "cancel", {"comment": "no"}, 400, "ErrorInvalidRequest"),
    "a proposal that is not sent": (
        "adele",
        "decline",
        {"sendResponse": False, "proposedNewTime": {"start": at(3, 9), "end": at(3, 10)}},
        400,
        "ErrorInvalidParameter",
    ),
    "a proposal without an end": (
        "adele",
        "tentativelyAccept",
        {"proposedNewTime": {"start": at(3, 9)}},
        400,
        "RequestBodyRead",
    ),
    "a proposal that ends before it starts": (
        "adele",
        "tentativelyAccept",
        {"proposedNewTime": {"start": at(3, 9), "end": at(3, 8)}},
        400,
        "ErrorPropertyValidationFailure",
    ),
    "a proposal in an unknown zone": (
        "adele",
        "decline",
        {"proposedNewTime": {"start": at(3, 9, "Mars"), "end": at(3, 10)}},
        400,
        "TimeZoneNotSupportedException",
    ),
    "a proposal with accept": (
        "adele",
        "accept",
        {"proposedNewTime": {"start": at(3, 9), "end": at(3, 10)}},
        400,
        "RequestBodyRead",
    ),
    "sendResponse that is no Boolean": ("adele", "accept", {"sendResponse": "perhaps"}, 400, "RequestBodyRead"),
    "a comment that is no text": ("adele", "accept", {"comment": 5}, 400, "RequestBodyRead"),
    "an undeclared parameter": ("adele", "accept", {"mood": "good"}, 400, "RequestBodyRead"),
    "no JSON": ("adele", "accept", b"{", 400, "BadRequest"),
}


@pytest.mark.requirement("GRAPH-RSP-011", "GRAPH-RSP-022", "GRAPH-PNT-009", "GRAPH-PNT-012", "GRAPH-CAN-003")
@pytest.mark.parametrize("name", BAD_ACTS)
def test_a_bad_act_is_refused_and_changes_nothing(office, invited, name):
    who, act, body, status, code = BAD_ACTS[name]
    before = state(office)
    caller, key = (office.alex, invited[0]) if who == "alex" else (office.adele, invited[1])
    answer = caller.post(f"/v1.0/me/events/{key}/{act}", body)
    assert (answer.status, answer.code) == (status, code)
    assert state(office) == before


@pytest.mark.requirement("GRAPH-PNT-008")
def test_a_proposal_is_refused_where_the_organizer_allows_none(office, lunch):
    office.alex.post("/v1.0/me/events", {**lunch, "allowNewTimeProposals": False})
    before = state(office)
    key = office.adele.get("/v1.0/me/events")["value"][0]["id"]
    body = {"proposedNewTime": {"start": at(3, 9), "end": at(3, 10)}}
    for act in ("tentativelyAccept", "decline"):
        answer = office.adele.post(f"/v1.0/me/events/{key}/{act}", body)
        assert (answer.status, answer.code) == (400, "ErrorInvalidRequest")
    assert state(office) == before


def test_a_cancelled_meeting_takes_no_answers(office, invited):
    office.alex.post(f"/v1.0/me/events/{invited[0]}/cancel")
    before = state(office)
    answer = office.adele.post(f"/v1.0/me/events/{invited[1]}/accept")
    assert (answer.status, answer.code) == (400, "ErrorInvalidRequest")
    assert state(office) == before


def test_an_appointment_cannot_be_cancelled(office, lunch):
    key = office.alex.post("/v1.0/me/events", {**lunch, "attendees": []})["id"]
    answer = office.alex.post(f"/v1.0/me/events/{key}/cancel")
    assert (answer.status, answer.code) == (400, "ErrorInvalidRequest")


@pytest.mark.requirement("GRAPH-EVT-027", "GRAPH-EVT-028")
def test_a_stale_condition_is_refused_and_a_current_one_is_not(office, invited):
    mine, _ = invited
    old = office.alex.get(f"/v1.0/me/events/{mine}")["@odata.etag"]
    new = office.alex.patch(f"/v1.0/me/events/{mine}", {"subject": "Brunch"}, if_match=old)["@odata.etag"]
    assert new != old
    before = state(office)
    for answer in (
        office.alex.patch(f"/v1.0/me/events/{mine}", {"subject": "Dinner"}, if_match=old),
        office.alex.patch(f"/v1.0/me/events/{mine}", {}, if_match=old),
        office.alex.delete(f"/v1.0/me/events/{mine}", if_match=old),
        office.alex.delete(f"/v1.0/me/events/{mine}", if_match="garbage"),
    ):
        assert (answer.status, answer.code) == (412, "ErrorIrresolvableConflict")
    assert state(office) == before
    assert office.alex.patch(f"/v1.0/me/events/{mine}", {"subject": "Dinner"}, if_match="*").status == 200
    assert office.alex.patch(f"/v1.0/me/events/{mine}", {"subject": "Supper"}).status == 200


def test_the_condition_holds_for_messages_too(office, invited):
    message = office.adele.get("/v1.0/me/messages")["value"][0]
    key, old = message["id"], message["@odata.etag"]
    assert office.adele.patch(f"/v1.0/me/messages/{key}", {"isRead": True}, if_match=old).status == 200
    assert office.adele.patch(f"/v1.0/me/messages/{key}", {"isRead": False}, if_match=old).status == 412
    assert office.adele.delete(f"/v1.0/me/messages/{key}", if_match=old).status == 412
    assert office.adele.get(f"/v1.0/me/messages/{key}")["isRead"] is True


BAD_ADDRESSES = {
    "/v1.0/me/colours": 400,
    "/v1.0/colours": 400,
    "/v1.0": 400,
    "/v1.0/me//events": 400,
    "/v1.0/me/events/x/y/z": 400,
    "/v1.0/me/mailFolders/nofolder": 400,
    "/v1.0/me/mailFolders/nofolder/messages": 400,
    "/v1.0/me/messages/accept/accept": 400,
}


@pytest.mark.parametrize("target", BAD_ADDRESSES)
def test_an_address_that_leads_nowhere_is_refused(office, target):
    answer = office.alex.get(target)
    assert answer.status == BAD_ADDRESSES[target]
    assert answer.code in {"BadRequest", "ErrorInvalidIdMalformed"}


@pytest.mark.requirement("GRAPH-RSP-021")
def test_there_is_no_answering_on_a_message(office, invited):
    message = office.adele.get("/v1.0/me/messages")["value"][0]["id"]
    answer = office.adele.post(f"/v1.0/me/messages/{message}/accept")
    assert (answer.status, answer.code) == (400, "BadRequest")


@pytest.mark.requirement("GRAPH-WIRE-022")
@pytest.mark.parametrize(
    ("method", "target", "allow"),
    [
        ("PUT", "/v1.0/me/events", "GET, POST"),
        ("DELETE", "/v1.0/me/calendarView", "GET"),
        ("POST", "/v1.0/me", "GET"),
        ("GET", "/v1.0/me/calendar/getSchedule", "POST"),
        ("HEAD", "/v1.0/me/messages", "GET, POST"),
    ],
)
def test_a_method_that_is_not_offered_gets_405_with_the_offered_ones(office, method, target, allow):
    answer = office.alex(method, target)
    assert (answer.status, answer.code) == (405, "UnsupportedMethod")
    assert answer.headers["allow"] == allow


@pytest.mark.requirement("GRAPH-WIRE-023")
def test_only_json_can_be_answered(office):
    assert office.alex.get("/v1.0/me", accept="application/xml").status == 406
    for fine in (
        "application/json",
        "application/json;odata.metadata=minimal",
        "*/*",
        "text/html, application/*;q=0.5",
    ):
        assert office.alex.get("/v1.0/me", accept=fine).status == 200


@pytest.mark.requirement("GRAPH-WIRE-005", "GRAPH-WIRE-006", "GRAPH-WIRE-008")
def test_the_envelope_names_request_and_client(office):
    answer = office.alex.get("/v1.0/me/nothing", client_request_id="7a1e0000-0000-0000-0000-000000000001")
    inner = answer["error"]["innerError"]
    assert answer.headers["client-request-id"] == "7a1e0000-0000-0000-0000-000000000001"
    assert inner["client-request-id"] == "7a1e0000-0000-0000-0000-000000000001"
    assert inner["request-id"] == answer.headers["request-id"]
    assert inner["date"] == "2026-01-05T08:00:01"


@pytest.mark.requirement("GRAPH-WIRE-009")
def test_without_a_client_request_id_the_request_id_stands_for_it(office):
    answer = office.alex.get("/v1.0/me")
    assert answer.headers["client-request-id"] == answer.headers["request-id"]
    assert office.alex.get("/v1.0/me").headers["request-id"] != answer.headers["request-id"]
