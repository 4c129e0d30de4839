"""Single members of events: what is taken, and how it comes back."""

from __future__ import annotations

from typing import Any

import pytest


def invitee(address: str, **more: Any) -> dict[str, Any]:
    return {"emailAddress": {"address": address}, **more}


@pytest.mark.requirement("GRAPH-EVT-039")
def test_five_hundred_people_can_be_invited(office, lunch):
    lunch["attendees"] = [invitee(f"p{number}@example.net") for number in range(500)]
    assert len(office.alex.post("/v1.0/me/events", lunch)["attendees"]) == 500


@pytest.mark.requirement("GRAPH-EVT-040")
def test_attendees_are_required_unless_they_are_said_to_be_otherwise(office, lunch):
    lunch["attendees"] = [
        invitee("a@example.net"),
        invitee("b@example.net", type="optional"),
        invitee("c@example.net", type="resource"),
        invitee("d@example.net", type="required"),
    ]
    event = office.alex.post("/v1.0/me/events", lunch)
    assert [each["type"] for each in event["attendees"]] == ["required", "optional", "resource", "required"]
    answer = office.alex.post("/v1.0/me/events", lunch | {"attendees": [invitee("a@example.net", type="guest")]})
    assert (answer.status, answer.code) == (400, "RequestBodyRead")


@pytest.mark.requirement("GRAPH-EVT-046")
def test_categories_come_back_in_their_order_whether_the_mailbox_lists_them_or_not(office, lunch):
    names = ["Zebra", "Apple", "never heard of"]
    key = office.alex.post("/v1.0/me/events", lunch | {"categories": names})["id"]
    assert office.alex.get(f"/v1.0/me/events/{key}")["categories"] == names


@pytest.mark.requirement("GRAPH-EVT-047")
def test_an_event_made_in_a_calendar_is_in_that_calendar_alone(office, lunch):
    other = office.alex.post("/v1.0/me/calendars", {"name": "Other"})["id"]
    key = office.alex.post(f"/v1.0/me/calendars/{other}/events", lunch)["id"]
    assert [each["id"] for each in office.alex.get(f"/v1.0/me/calendars/{other}/events")["value"]] == [key]
    assert office.alex.get("/v1.0/me/calendar/events")["value"] == []
    assert office.alex.get(f"/v1.0/me/calendar/events/{key}").status in {200, 404}
    assert office.alex.get(f"/v1.0/me/events/{key}")["id"] == key


@pytest.mark.requirement("GRAPH-EVT-031")
def test_a_transaction_is_that_of_the_making(office, lunch):
    key = office.alex.post("/v1.0/me/events", lunch | {"transactionId": "one"})["id"]
    assert office.alex.patch(f"/v1.0/me/events/{key}", {"transactionId": "two"})["transactionId"] == "one"


@pytest.mark.requirement("GRAPH-CAN-015")
def test_whom_an_attendee_forwards_to_is_invited_from_then_on(office, invited):
    body = {"toRecipients": [invitee("attendee1@example.com")]}
    assert office.adele.post(f"/v1.0/me/events/{invited[1]}/forward", body).status == 202
    people = office.alex.get(f"/v1.0/me/events/{invited[0]}")["attendees"]
    assert [each["emailAddress"]["address"] for each in people] == ["AdeleV@contoso.com", "attendee1@example.com"]
    (notice,) = office.alex.get("/v1.0/me/mailFolders/inbox/messages")["value"]
    assert notice["subject"] == "Meeting Forward Notification: Lunch"


@pytest.mark.requirement("GRAPH-VIEW-006", "GRAPH-EVT-038")
@pytest.mark.parametrize("zone", ["UTC", "Pacific Standard Time", "Line Islands Standard Time"])
def test_days_have_their_midnights_in_any_zone(office, lunch, zone):
    tokyo = "Tokyo Standard Time"
    lunch |= {
        "isAllDay": True,
        "start": {"dateTime": "2026-02-02T00:00:00", "timeZone": tokyo},
        "end": {"dateTime": "2026-02-03T00:00:00", "timeZone": tokyo},
    }
    office.alex.post("/v1.0/me/events", lunch)
    window = "startDateTime=2026-02-01&endDateTime=2026-02-05"
    (event,) = office.alex.get(f"/v1.0/me/calendarView?{window}", prefer=f'outlook.timezone="{zone}"')["value"]
    assert event["start"] == {"dateTime": "2026-02-02T00:00:00.0000000", "timeZone": zone}
    assert event["end"] == {"dateTime": "2026-02-03T00:00:00.0000000", "timeZone": zone}


@pytest.mark.requirement("GRAPH-EVT-001", "GRAPH-EVT-015")
def test_the_preview_is_of_the_body_that_is_kept(office, lunch):
    event = office.alex.post("/v1.0/me/events", lunch)
    assert event.status == 201
    assert event["bodyPreview"] == "Shall we?"
    longer = {"body": {"contentType": "html", "content": f"<p>{'long ' * 100}</p>"}}
    preview = office.alex.patch(f"/v1.0/me/events/{event['id']}", longer)["bodyPreview"]
    assert (len(preview), preview[:5]) == (255, "long ")


@pytest.mark.requirement("GRAPH-EVT-042", "GRAPH-EVT-043", "GRAPH-EVT-044")
@pytest.mark.parametrize("provider", ["teamsForBusiness", None, "skypeForBusiness"])
def test_an_online_meeting_is_joined_where_its_provider_is_allowed(make_office, lunch, provider):
    office = make_office(teams_meetings=True)
    calendar = office.alex.get("/v1.0/me/calendar")
    assert calendar["allowedOnlineMeetingProviders"] == ["teamsForBusiness"]
    assert calendar["defaultOnlineMeetingProvider"] == "teamsForBusiness"
    named = {} if provider is None else {"onlineMeetingProvider": provider}
    event = office.alex.post("/v1.0/me/events", lunch | {"isOnlineMeeting": True} | named)
    (copy,) = office.adele.get("/v1.0/me/events")["value"]
    assert copy["onlineMeeting"] == event["onlineMeeting"]
    assert (copy["isOnlineMeeting"], event["isOnlineMeeting"]) == (True, True)
    if provider == "skypeForBusiness":
        assert event["onlineMeeting"] is None
        return
    assert event["onlineMeetingProvider"] == "teamsForBusiness"
    assert event["onlineMeeting"]["joinUrl"].startswith("https://")
    again = office.alex.patch(f"/v1.0/me/events/{event['id']}", {"isOnlineMeeting": False, "subject": "Supper"})
    assert (again["isOnlineMeeting"], again["onlineMeeting"]) == (True, event["onlineMeeting"])


@pytest.mark.requirement("GRAPH-EVT-042")
def test_a_meeting_may_go_online_later(make_office, lunch):
    office = make_office(teams_meetings=True)
    key = office.alex.post("/v1.0/me/events", lunch)["id"]
    event = office.alex.patch(f"/v1.0/me/events/{key}", {"isOnlineMeeting": True})
    assert (
        event["onlineMeeting"]["joinUrl"] == office.adele.get("/v1.0/me/events")["value"][0]["onlineMeeting"]["joinUrl"]
    )


CAFE = {
    "displayName": "Cafe",
    "locationUri": "https://cafe.example.com",
    "address": {"street": "Main Street 5", "city": "Springfield", "countryOrRegion": "US", "postalCode": "12345"},
    "coordinates": {"latitude": 47.5, "longitude": -122.25, "altitude": 0},
}
ROOM = {"displayName": "Room 1", "locationEmailAddress": "room0@example.com"}


def kept(location: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in location.items() if name not in {"locationType", "uniqueId", "uniqueIdType"}}


@pytest.mark.requirement("GRAPH-EVT-012", "GRAPH-EVT-013")
@pytest.mark.parametrize("place", [CAFE, ROOM], ids=["cafe", "room"])
def test_a_location_keeps_its_address_its_coordinates_and_how_it_is_reached(office, lunch, place):
    event = office.alex.post("/v1.0/me/events", lunch | {"location": place})
    (copy,) = office.adele.get("/v1.0/me/events")["value"]
    for shown in (event.json, copy):
        assert kept(shown["location"]) == place
        assert shown["locations"] == [shown["location"]]
    moved = office.alex.patch(f"/v1.0/me/events/{event['id']}", {"location": {"displayName": place["displayName"]}})
    assert kept(moved["location"]) == {"displayName": place["displayName"]}


@pytest.mark.requirement("GRAPH-EVT-013")
def test_each_of_several_locations_keeps_what_is_known_of_it(office, lunch):
    lunch.pop("location")
    event = office.alex.post("/v1.0/me/events", lunch | {"locations": [CAFE, ROOM]})
    (copy,) = office.adele.get("/v1.0/me/events")["value"]
    for shown in (event.json, copy):
        assert shown["location"]["displayName"] == "Cafe; Room 1"
        assert [kept(each) for each in shown["locations"]] == [CAFE, ROOM]
    again = office.alex.patch(f"/v1.0/me/events/{event['id']}", {"location": {"displayName": "Elsewhere"}})
    assert [each["displayName"] for each in again["locations"]] == ["Elsewhere"]


@pytest.mark.parametrize(
    "wrong", [{"address": {"planet": "Mars"}}, {"coordinates": {"latitude": "north"}}, {"address": 5}]
)
def test_a_location_of_another_shape_is_refused(office, lunch, wrong):
    answer = office.alex.post("/v1.0/me/events", lunch | {"location": {"displayName": "x", **wrong}})
    assert (answer.status, answer.code) == (400, "RequestBodyRead")
