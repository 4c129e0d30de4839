"""What OData gives every resource: contexts, tags, conditions, single properties; and what of it messages refuse."""

from __future__ import annotations

import re

import pytest

CAST = "microsoft.graph.eventMessage"
STALE = 'W/"CQAAAAAAAAAAACcP"'


@pytest.mark.requirement("GRAPH-ODT-001", "GRAPH-ODT-002", "GRAPH-ODT-003")
def test_listings_and_entities_have_contexts_and_entities_a_tag_of_their_change_key(office, invited):
    listing = office.alex.get("/v1.0/me/events")
    assert re.fullmatch(r"http://server\.test:8080/v1\.0/\$metadata#users\('.+'\)/events", listing["@odata.context"])
    event = office.alex.get(f"/v1.0/me/events/{invited[0]}")
    assert event["@odata.context"] == f"{listing['@odata.context']}/$entity"
    assert event["@odata.etag"] == f'W/"{event["changeKey"]}"' == listing["value"][0]["@odata.etag"]


@pytest.mark.requirement("GRAPH-ODT-004")
def test_messages_of_a_derived_type_say_so_in_a_listing(office, invited):
    office.adele.post(f"/v1.0/me/events/{invited[1]}/accept")
    (request,) = office.adele.get("/v1.0/me/mailFolders/inbox/messages")["value"]
    assert request["@odata.type"] == "#microsoft.graph.eventMessageRequest"
    (response,) = office.alex.get("/v1.0/me/mailFolders/inbox/messages")["value"]
    assert response["@odata.type"] == "#microsoft.graph.eventMessageResponse"


@pytest.mark.requirement("GRAPH-ODT-021", "GRAPH-ODT-022")
@pytest.mark.parametrize(
    ("options", "code"),
    [
        ("$select=meetingMessageType", "BadRequest"),
        ("$filter=meetingMessageType eq 'meetingRequest'", "BadRequest"),
        ("$filter=isRead eq false&$orderby=receivedDateTime desc", "InefficientFilter"),
        ("$filter=isRead eq false and receivedDateTime ge 2026-01-01&$orderby=receivedDateTime", "InefficientFilter"),
        ("$filter=receivedDateTime ge 2026-01-01 and isRead eq false&$orderby=receivedDateTime", None),
        (f"$select={CAST}/meetingMessageType", None),
    ],
)
def test_messages_refuse_what_needs_a_cast_and_what_costs_too_much(office, invited, options, code):
    answer = office.adele.get(f"/v1.0/me/messages?{options}")
    assert answer.status == (400 if code else 200)
    assert code is None or answer.code == code


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_every_entity_with_a_change_key_heeds_a_condition(office, invited, method):
    made = office.alex.post("/v1.0/me/calendars", {"name": "Team"})
    group = office.alex.post("/v1.0/me/calendarGroups", {"name": "Teams"})
    message = office.adele.get("/v1.0/me/messages")["value"][0]
    for caller, target, body in (
        (office.alex, f"/v1.0/me/calendars/{made['id']}", {"name": "Others"}),
        (office.alex, f"/v1.0/me/calendarGroups/{group['id']}", {"name": "Others"}),
        (office.alex, f"/v1.0/me/events/{invited[0]}", {"subject": "Others"}),
        (office.adele, f"/v1.0/me/messages/{message['id']}", {"isRead": True}),
    ):
        before = caller.get(target)
        sent = body if method == "PATCH" else None
        answer = caller(method, target, sent, if_match=STALE)
        assert (answer.status, answer.code) == (412, "ErrorIrresolvableConflict")
        assert caller.get(target).json == before.json
        assert caller(method, target, sent, if_match=f'W/"{before["changeKey"]}"').status in {200, 204}


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_a_server_whose_stale_writers_win_heeds_no_condition(make_office, lunch, method):
    office = make_office(faults=frozenset({"stale-writer-wins"}))
    target = f"/v1.0/me/events/{office.alex.post('/v1.0/me/events', lunch)['id']}"
    answer = office.alex(method, target, {"subject": "Others"} if method == "PATCH" else None, if_match=STALE)
    assert answer.status in {200, 204}


def test_a_condition_matters_to_nothing_else(office, invited):
    category = office.alex.post("/v1.0/me/outlook/masterCategories", {"displayName": "Red", "color": "preset0"})
    target = f"/v1.0/me/outlook/masterCategories/{category['id']}"
    assert office.alex.patch(target, {"color": "preset1"}, if_match=STALE).status == 200
    assert office.adele.post(f"/v1.0/me/events/{invited[1]}/accept", if_match=STALE).status == 202
    assert office.alex.patch("/v1.0/me/events/AAAA", {}, if_match=STALE).code == "ErrorInvalidIdMalformed"


def test_a_property_is_read_by_itself(office, invited):
    place = f"/v1.0/me/events/{invited[0]}"
    subject = office.alex.bare(f"{place}/subject")
    base = office.alex.get("/v1.0/me/events")["@odata.context"]
    assert subject.json == {"@odata.context": f"{base}('{invited[0]}')/subject", "value": "Lunch"}
    assert office.alex.bare(f"{place}/SUBJECT").json == subject.json
    start = office.alex.bare(f"{place}/start", prefer='outlook.timezone="Asia/Tokyo"').json
    assert (start["dateTime"], start["timeZone"]) == ("2026-02-02T21:00:00.0000000", "Asia/Tokyo")
    assert office.alex.bare(f"{place}/attendees").json["value"][0]["type"] == "required"
    assert office.alex.bare("/v1.0/me/displayName").json["value"] == "Alex Wilber"
    assert office.alex.bare(f"/beta/me/events/{invited[0]}/uid").json["value"]
    assert office.alex.bare("/v1.0/me/calendar/name").json["value"] == "Calendar"


def test_the_value_of_a_property_is_text(office, invited):
    place = f"/v1.0/me/events/{invited[0]}"
    for name, raw in (("subject", b"Lunch"), ("isAllDay", b"false"), ("reminderMinutesBeforeStart", b"15")):
        answer = office.alex.sent("GET", f"{place}/{name}/$value")
        assert (answer.status, answer.body) == (200, raw)
        assert dict(answer.headers)["Content-Type"].startswith("text/plain")
    assert office.alex.sent("GET", f"{place}/onlineMeeting").status == 204
    assert office.alex.sent("GET", f"{place}/transactionId/$value").status == 204


@pytest.mark.parametrize(
    "tail",
    [
        "colour",
        "uid",
        "start/$value",
        "start/dateTime",
        "subject/x",
        "subject()",
        "subject('x')",
        "$value",
        "@odata.etag",
    ],
)
def test_what_is_no_property_is_refused(office, invited, tail):
    answer = office.alex.get(f"/v1.0/me/events/{invited[0]}/{tail}")
    assert (answer.status, answer.code) == (400, "BadRequest")


def test_a_property_is_only_read_and_takes_no_options(office, invited):
    place = f"/v1.0/me/events/{invited[0]}/subject"
    assert office.alex.post(place, {}).status == 400
    assert office.alex.get(f"{place}?$select=subject").status == 400
    assert office.alex.get("/v1.0/me/events/subject").code == "ErrorInvalidIdMalformed"
    assert office.nobody.get(place).status == 401
    reader = office.caller("AlexW@contoso.com", scopes=frozenset({"Mail.Read"}))
    assert reader.get(place).status == 403


def test_a_body_that_is_packed_is_refused(office, lunch):
    answer = office.alex.post("/v1.0/me/events", lunch, content_encoding="gzip")
    assert (answer.status, answer.code) == (415, "RequestBodyRead")
    assert office.alex.post("/v1.0/me/events", lunch, content_encoding="identity").status == 201


@pytest.mark.requirement("GRAPH-ODT-024")
@pytest.mark.parametrize("all_of_them", [True, False])
def test_a_view_can_be_asked_for_its_making_or_not(make_office, all_of_them):
    office = make_office(view_members_are_all_selectable=all_of_them)
    for name in ("createdDateTime", "LastModifiedDateTime"):
        window = f"startDateTime=2026-02-01&endDateTime=2026-03-01&$select=subject,{name}"
        assert office.alex.get(f"/v1.0/me/calendarView?{window}").status == (200 if all_of_them else 400)
        assert office.alex.get(f"/v1.0/me/events?$select={name}").status == 200
