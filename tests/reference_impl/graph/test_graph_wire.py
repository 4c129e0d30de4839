"""What every answer over Graph has: headers, forms, conditions; and what is asked of the service as a whole."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest

from reference_impl.graph.call import Result
from reference_impl.graph.router import Reach, Route, Router

GUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
BASIC = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"


@pytest.mark.requirement("GRAPH-WIRE-007", "GRAPH-WIRE-008", "GRAPH-WIRE-009", "GRAPH-WIRE-011")
@pytest.mark.parametrize(
    ("method", "target", "body"),
    [
        ("GET", "/v1.0/me", None),
        ("GET", "/v1.0/me/events/$count", None),
        ("GET", "/v1.0/me/nothing", None),
        ("POST", "/v1.0/me/events", {}),
        ("POST", "/v1.0/$batch", {"requests": []}),
    ],
)
def test_every_answer_tells_the_ids_of_the_request_and_of_the_server(office, method, target, body):
    told = office.alex(method, target, body).headers
    assert re.fullmatch(GUID, told["request-id"])
    assert told["client-request-id"] == told["request-id"]
    assert set(json.loads(told["x-ms-ags-diagnostic"])["ServerInfo"]) >= {"DataCenter", "RoleInstance"}
    mine = "77f7bd2c-5d00-4b5a-9a3a-8f4b0e5c9a11"
    again = office.alex(method, target, body, client_request_id=mine).headers
    assert again["client-request-id"] == mine
    assert again["request-id"] not in {mine, told["request-id"]}


@pytest.mark.requirement("GRAPH-WIRE-002", "GRAPH-WIRE-003", "GRAPH-WIRE-005", "GRAPH-WIRE-006")
def test_the_challenge_names_where_tokens_come_from(office):
    answer = office.nobody.get("/v1.0/me/events")
    assert (answer.status, answer.code) == (401, "InvalidAuthenticationToken")
    assert answer.headers["www-authenticate"].startswith("Bearer ")
    for member in ('realm=""', "authorization_uri=", "client_id="):
        assert member in answer.headers["www-authenticate"]
    assert set(answer["error"]["innerError"]) == {"date", "request-id", "client-request-id"}


@pytest.mark.requirement("GRAPH-WIRE-012")
def test_acts_answer_without_a_body_and_entities_with_their_tag(office, lunch, invited):
    assert office.adele.post(f"/v1.0/me/events/{invited[1]}/accept").status == 202
    event = office.alex.get(f"/v1.0/me/events/{invited[0]}")
    assert event.headers["etag"] == event["@odata.etag"]
    assert event.headers["odata-version"] == "4.0"
    made = office.alex.post("/v1.0/me/events", lunch)
    assert made.headers["location"].startswith("http://server.test:8080/v1.0/users('")
    assert made.headers["etag"] == made["@odata.etag"]
    assert "etag" not in office.alex.get("/v1.0/me/events").headers
    assert office.alex.delete(f"/v1.0/me/events/{made['id']}").status == 204


def test_an_entity_that_the_client_has_is_not_sent_again(office, invited):
    target = f"/v1.0/me/events/{invited[0]}"
    tag = office.alex.get(target)["@odata.etag"]
    for condition in (tag, "*", f'"x", {tag}', tag.removeprefix("W/")):
        answer = office.alex.get(target, if_none_match=condition)
        assert (answer.status, answer.json, answer.headers["etag"]) == (304, None, tag)
    office.alex.patch(target, {"subject": "Dinner"})
    assert office.alex.get(target, if_none_match=tag)["subject"] == "Dinner"
    assert office.alex.get("/v1.0/me/events", if_none_match="*").status == 200


def test_a_server_may_send_it_again_all_the_same(make_office, lunch):
    office = make_office(unchanged_is_304=False)
    made = office.alex.post("/v1.0/me/events", lunch)
    again = office.alex.get(f"/v1.0/me/events/{made['id']}", if_none_match=made["@odata.etag"])
    assert again["id"] == made["id"]


def test_what_was_written_is_not_sent_back_where_the_client_wants_it_so(office, lunch):
    made = office.alex.post("/v1.0/me/events", lunch, prefer="return=minimal")
    assert (made.status, made.json) == (204, None)
    assert made.headers["preference-applied"] == "return=minimal"
    assert made.headers["odata-entityid"] == made.headers["location"]
    target = made.headers["location"].removeprefix("http://server.test:8080")
    assert office.alex.get(target)["subject"] == "Lunch"
    changed = office.alex.patch(target, {"subject": "Dinner"}, prefer="return=minimal")
    assert (changed.status, changed.headers["etag"]) == (204, office.alex.get(target)["@odata.etag"])
    whole = office.alex.patch(target, {"subject": "Tea"}, prefer="return=representation")
    assert (whole["subject"], whole.headers["preference-applied"]) == ("Tea", "return=representation")
    assert office.alex.get(target, prefer="return=minimal")["subject"] == "Tea"


def test_a_server_may_send_it_back_all_the_same(make_office, lunch):
    made = make_office(minimal_is_honoured=False).alex.post("/v1.0/me/events", lunch, prefer="return=minimal")
    assert made.status == 201
    assert "preference-applied" not in made.headers


@pytest.mark.requirement("GRAPH-WIRE-023")
@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("", 200),
        ("*/*", 200),
        ("application/*;q=0.1", 200),
        ("application/json", 200),
        ("text/html, application/json;q=0.5", 200),
        ("Application/JSON; odata.metadata=minimal", 200),
        ("application/json;odata.metadata=minimal;q=0.3, text/html;q=0.2, */*;q=0", 200),
        ("text/html", 406),
        ("application/json;q=0", 406),
        ("application/json;q=never", 406),
        ("application/json;odata.metadata=some", 406),
        ("application/xml", 406),
    ],
)
def test_an_answer_is_json_or_none(office, accept, status):
    answer = office.alex.get("/v1.0/me/calendars", accept=accept)
    assert answer.status == status
    if status == 406:
        assert answer.code == "NotAcceptable"


def test_annotations_are_left_out_where_none_are_wanted(office, invited):
    plain = "application/json;odata.metadata=none"
    listing = office.alex.get("/v1.0/me/events?$top=1&$count=true")
    assert listing.headers["content-type"] == BASIC
    bare = office.alex.bare("/v1.0/me/messages?$top=1&$count=true", accept=plain)
    assert "odata.metadata=none" in bare.headers["content-type"]
    assert set(bare.json) == {"@odata.count", "value"}
    assert all("@odata" not in name for name in bare.json["value"][0])
    asked = office.alex.bare("/v1.0/me/messages?$format=application/json;odata.metadata=none")
    assert set(asked.json) == {"value"}
    assert office.alex.get("/v1.0/me/events?$format=json", accept="text/html").status == 200
    assert office.alex.get("/v1.0/me/events?$format=xml").status == 406


def test_the_number_of_what_a_listing_has_is_plain_text(office, invited, lunch):
    office.alex.post("/v1.0/me/events", {**lunch, "subject": "Tea"})
    assert office.alex.get("/v1.0/me/events/$count").body == b"2"
    assert office.alex.get("/v1.0/me/calendar/events/$count?$filter=subject eq 'Tea'", accept="text/plain").body == b"1"
    view = "/v1.0/me/calendarView/$count?startDateTime=2026-01-01&endDateTime=2026-02-01"
    assert office.alex.get(view).body == b"0"
    assert office.alex.get("/v1.0/me/mailFolders('inbox')/messages/$COUNT").body == b"0"
    assert int(office.alex.get("/v1.0/me/calendars/$count").body) >= 1
    for target, status in (
        (f"events/{invited[0]}/$count", 400),
        ("events/$count?$select=subject", 400),
        ("events/$count?$filter=colour eq 'red'", 400),
        ("calendarView/$count", 400),
        ("$count", 400),
    ):
        assert office.alex.get(f"/v1.0/me/{target}").status == status
    assert office.alex.delete("/v1.0/me/events/$count").status == 405


@pytest.mark.requirement("GRAPH-WIRE-024")
def test_who_asks_too_often_is_told_when_to_come_again(make_office):
    office = make_office(graph_requests_per_minute=3)
    answers = [office.alex.get("/v1.0/me/events") for _ in range(4)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert answers[-1].code == "TooManyRequests"
    assert office.adele.get("/v1.0/me/events").status == 200
    wait = int(answers[-1].headers["retry-after"])
    office.world.clock.set(office.world.clock.now() + timedelta(seconds=wait))
    assert office.alex.get("/v1.0/me/events").status == 200


@pytest.mark.requirement("GRAPH-WIRE-024")
def test_a_refused_write_changes_nothing(make_office, lunch):
    office = make_office(graph_requests_per_minute=1)
    office.world.clock.tick = lambda: None
    assert office.alex.post("/v1.0/me/events", lunch).status == 201
    assert office.alex.post("/v1.0/me/events", lunch).status == 429
    assert office.adele.get("/v1.0/me/events/$count").body == b"1"


ADDRESSES = {
    "slashes": "/me/events/{event}",
    "a quoted key": "/me/events('{event}')",
    "a bare key": "/me/events({event})",
    "a named key": "/me/events(id='{event}')",
    "the calendar": "/me/calendar/events/{event}",
    "a calendar": "/me/calendars/{calendar}/events/{event}",
    "a calendar in parentheses": "/me/calendars('{calendar}')/events('{event}')",
    "the owner's id": "/users/{user}/events/{event}",
    "the owner's name": "/users/AlexW@contoso.com/events/{event}",
    "the owner's name in parentheses": "/users('AlexW%40contoso.com')/calendar/events('{event}')",
    "another case": "/ME/CalendarS/{calendar}/EVENTS/{event}",
}


@pytest.mark.requirement("GRAPH-WIRE-001", "GRAPH-WIRE-013", "GRAPH-WIRE-028")
@pytest.mark.parametrize("version", ["v1.0", "beta"])
@pytest.mark.parametrize("form", ADDRESSES)
def test_one_event_has_many_addresses(office, invited, form, version):
    places = {
        "event": invited[0],
        "calendar": office.alex.get("/v1.0/me/calendar")["id"],
        "user": office.alex.get("/v1.0/me")["id"],
    }
    target = f"/{version}{ADDRESSES[form].format(**places)}"
    assert office.alex.get(target)["id"] == invited[0]
    assert office.alex.patch(target, {"subject": form})["subject"] == form
    assert office.alex.post(f"{target}/microsoft.graph.cancel", {}).status == 202


@pytest.mark.requirement("GRAPH-WIRE-014")
def test_ids_are_read_with_regard_to_case(office, invited):
    calendar = office.alex.get("/v1.0/me/calendar")["id"]
    for target in (f"events/{invited[0].lower()}", f"calendars/{calendar.upper()}/events"):
        assert office.alex.get(f"/v1.0/me/{target}").status in {400, 404}


@pytest.mark.requirement("GRAPH-WIRE-027")
def test_actions_and_functions_may_be_qualified_and_called_with_parentheses(office, invited):
    for written in ("accept", "accept()", "microsoft.graph.accept", "microsoft.graph.accept()", "ACCEPT"):
        assert office.adele.post(f"/v1.0/me/events/{invited[1]}/{written}").status == 202
    assert office.adele.post(f"/v1.0/me/events/{invited[1]}/accept(comment='x')").status == 400
    assert office.adele.get("/v1.0/me/microsoft.graph.events").status == 400
    iana = "outlook/supportedTimeZones(TimeZoneStandard=microsoft.graph.timeZoneStandard'Iana')"
    assert office.alex.get(f"/v1.0/me/{iana}").json == office.alex.get(f"/v1.0/me/{iana.lower()}").json
    named = office.alex.get("/v1.0/me/outlook/supportedTimeZones(TimeZoneStandard=@zones)?@zones='iana'")
    assert named["value"] == office.alex.get(f"/v1.0/me/{iana}")["value"]
    assert named["value"] != office.alex.get("/v1.0/me/outlook/supportedTimeZones()")["value"]


@pytest.mark.requirement("GRAPH-WIRE-001")
def test_what_beta_alone_has_is_shown_there_alone(office, invited):
    assert "uid" not in office.alex.get(f"/v1.0/me/events/{invited[0]}").json
    assert office.alex.get(f"/beta/me/events/{invited[0]}")["uid"]
    assert office.alex.get(f"/v1.0/me/events/{invited[0]}?$select=uid").status == 400
    assert office.alex.get("/v1.0/me/events?$filter=uid eq 'x'").status == 400
    assert office.alex.get("/beta/me/events?$filter=uid eq 'x'")["value"] == []
    for version in ("v2.0", "v1", "BETA2"):
        assert office.alex.get(f"/{version}/me").status == 400


@pytest.mark.requirement("GRAPH-WIRE-025")
def test_a_mailbox_answers_so_many_requests_at_once(make_office):
    office = make_office(graph_requests_at_once=4)
    statuses: list[int] = []

    def crowded(call):
        """While it is answered, one more of its kind arrives."""
        if len(statuses) < 6:
            answer = call.again(call.request)
            statuses.append(answer.status)
            told = {name.lower(): value for name, value in answer.headers}
            assert answer.status == 200 or (json.loads(answer.body)["error"]["code"], told["retry-after"]) == (
                "ApplicationThrottled",
                "1",
            )
        return Result(200, {"value": len(statuses)})

    route = Route("crowded", "GET", ("/crowded",), crowded, frozenset(), reach=Reach.MAILBOX)
    office.endpoint._router = Router([route])
    assert office.alex.sent("GET", "/v1.0/me/crowded").status == 200
    assert statuses == [429, 200, 200, 200]
    assert office.alex.sent("GET", "/v1.0/me/crowded").status == 200
