"""Events: what is created, changed, sent and deleted."""

from __future__ import annotations

from typing import Any

import pytest

NEVER = "0001-01-01T00:00:00Z"


def messages(caller, folder: str = "inbox") -> list[dict[str, Any]]:
    return caller.get(f"/v1.0/me/mailFolders/{folder}/messages?$top=100")["value"]


def people(*addresses: str, role: str = "required") -> list[dict[str, Any]]:
    return [{"emailAddress": {"address": address}, "type": role} for address in addresses]


@pytest.mark.requirement(
    "GRAPH-EVT-003", "GRAPH-EVT-006", "GRAPH-EVT-007", "GRAPH-EVT-008", "GRAPH-EVT-009", "GRAPH-EVT-035"
)
def test_an_event_of_start_and_end_alone_has_the_documented_defaults(office, lunch):
    event = office.alex.post("/v1.0/me/events", {"start": lunch["start"], "end": lunch["end"]})
    assert event.headers["location"].endswith(f"/v1.0/users('{office.alex.actor.id}')/events('{event['id']}')")
    expected = {
        "subject": "",
        "allowNewTimeProposals": True,
        "responseRequested": True,
        "hideAttendees": False,
        "isAllDay": False,
        "isCancelled": False,
        "isDraft": False,
        "isOnlineMeeting": False,
        "onlineMeeting": None,
        "importance": "normal",
        "sensitivity": "normal",
        "showAs": "busy",
        "isReminderOn": True,
        "reminderMinutesBeforeStart": 15,
        "attendees": [],
        "location": {"displayName": "", "locationType": "default", "uniqueIdType": "unknown"},
        "locations": [],
        "responseStatus": {"response": "organizer", "time": NEVER},
    }
    assert {name: event[name] for name in expected} == expected
    assert "transactionId" not in event.json
    assert "uid" not in event.json
    assert messages(office.alex, "sentitems") == []


@pytest.mark.requirement("GRAPH-CAN-010", "GRAPH-CAN-012")
def test_an_appointments_deletion_tells_nobody(office, lunch):
    key = office.alex.post("/v1.0/me/events", {**lunch, "attendees": []})["id"]
    assert office.alex.delete(f"/v1.0/me/events/{key}").status == 204
    assert messages(office.alex, "sentitems") == []
    answer = office.alex.delete(f"/v1.0/me/events/{key}")
    assert (answer.status, answer.code) == (404, "ErrorItemNotFound")


@pytest.mark.requirement("GRAPH-EVT-017", "GRAPH-EVT-018", "GRAPH-EVT-024", "GRAPH-EVT-025", "GRAPH-EVT-029")
def test_a_change_touches_only_the_members_sent(office, invited):
    key = invited[0]
    before = office.alex.get(f"/v1.0/me/events/{key}").json
    after = office.alex.patch(f"/v1.0/me/events/{key}", {"categories": ["Red"], "reminderMinutesBeforeStart": 30})
    changed = {name for name in before if before[name] != after.json[name]}
    assert changed == {"categories", "reminderMinutesBeforeStart", "changeKey", "@odata.etag", "lastModifiedDateTime"}
    assert after["lastModifiedDateTime"] > before["lastModifiedDateTime"]
    assert len(messages(office.adele)) == 1


def test_an_empty_change_changes_nothing(office, invited):
    before = office.alex.get(f"/v1.0/me/events/{invited[0]}").json
    assert office.alex.patch(f"/v1.0/me/events/{invited[0]}", {}).json == before


@pytest.mark.requirement("GRAPH-EVT-013")
def test_a_change_of_words_informs_and_keeps_the_answers(office, invited):
    office.adele.post(f"/v1.0/me/events/{invited[1]}/accept")
    change = {"subject": "Brunch", "location": {"displayName": "Cafe"}}
    event = office.alex.patch(f"/v1.0/me/events/{invited[0]}", change)
    assert event["attendees"][0]["status"]["response"] == "accepted"
    assert event["locations"] == [event["location"]]
    newest = messages(office.adele)[0]
    assert newest["meetingRequestType"] == "informationalUpdate"
    assert newest["subject"] == "Brunch"
    assert newest["previousLocation"]["displayName"] == "Harry's Bar"
    assert newest["previousStartDateTime"] is None
    copy = office.adele.get(f"/v1.0/me/events/{invited[1]}")
    assert (copy["subject"], copy["location"]["displayName"]) == ("Brunch", "Cafe")
    assert copy["responseStatus"]["response"] == "accepted"


@pytest.mark.requirement("GRAPH-PNT-013")
def test_a_new_time_asks_everybody_again_and_outdates_the_old_request(office, invited):
    office.adele.post(f"/v1.0/me/events/{invited[1]}/accept")
    end = {"dateTime": "2026-02-02T14:00:00", "timeZone": "UTC"}
    event = office.alex.patch(f"/v1.0/me/events/{invited[0]}", {"end": end})
    assert event["attendees"][0]["status"] == {"response": "notResponded", "time": "4501-01-01T00:00:00Z"}
    assert event["start"]["dateTime"] == "2026-02-02T12:00:00.0000000"
    newest, oldest = messages(office.adele)
    assert newest["meetingRequestType"] == "fullUpdate"
    assert newest["previousStartDateTime"] is None
    assert newest["previousEndDateTime"]["dateTime"] == "2026-02-02T13:00:00.0000000"
    assert (newest["isOutOfDate"], oldest["isOutOfDate"]) == (False, True)
    copy = office.adele.get(f"/v1.0/me/events/{invited[1]}")
    assert copy["responseStatus"] == {"response": "notResponded", "time": NEVER}
    assert copy["showAs"] == "tentative"


@pytest.mark.requirement("GRAPH-EVT-026")
def test_the_attendees_are_replaced_as_a_whole_and_only_those_concerned_are_told(office, invited):
    office.adele.post(f"/v1.0/me/events/{invited[1]}/accept")
    one, two = office.caller("attendee1@example.com"), office.caller("attendee2@example.com")
    key = invited[0]
    both = people("adelev@CONTOSO.com", "attendee1@example.com", "AlexW@contoso.com", "attendee1@example.com")
    event = office.alex.patch(f"/v1.0/me/events/{key}", {"attendees": both})
    assert [each["emailAddress"]["address"] for each in event["attendees"]] == [
        "AdeleV@contoso.com",
        "attendee1@example.com",
    ]
    assert [each["status"]["response"] for each in event["attendees"]] == ["accepted", "none"]
    assert len(messages(office.adele)) == 1
    assert messages(one)[0]["meetingRequestType"] == "newMeetingRequest"

    office.alex.patch(f"/v1.0/me/events/{key}", {"attendees": people("AdeleV@contoso.com", "attendee2@example.com")})
    assert len(messages(office.adele)) == 1
    assert messages(two)[0]["meetingMessageType"] == "meetingRequest"
    cancellation = messages(one)[0]
    assert cancellation["@odata.type"] == "#microsoft.graph.eventMessage"
    assert cancellation["meetingMessageType"] == "meetingCancelled"
    assert cancellation["subject"] == "Canceled: Lunch"


def test_no_attendees_may_be_said_with_null(office, invited):
    event = office.alex.patch(f"/v1.0/me/events/{invited[0]}", {"attendees": None})
    assert event["attendees"] == []
    assert messages(office.adele)[0]["meetingMessageType"] == "meetingCancelled"


@pytest.mark.requirement("GRAPH-EVT-045")
def test_an_attendees_change_stays_in_the_own_mailbox(office, invited):
    copy = office.adele.patch(f"/v1.0/me/events/{invited[1]}", {"subject": "Mine", "showAs": "oof"})
    assert copy.status == 200
    assert (copy["subject"], copy["showAs"]) == ("Mine", "oof")
    assert office.alex.get(f"/v1.0/me/events/{invited[0]}")["subject"] == "Lunch"
    assert messages(office.alex) == []


@pytest.mark.requirement("GRAPH-CAN-001", "GRAPH-CAN-002", "GRAPH-CAN-005", "GRAPH-CAN-006")
def test_cancelling_tells_everybody_with_the_comment(office, invited):
    assert office.alex.post(f"/v1.0/me/events/{invited[0]}/cancel", {"Comment": "Fire drill"}).status == 202
    assert office.alex.get("/v1.0/me/events")["value"] == []
    assert office.alex.get(f"/v1.0/me/events/{invited[0]}").code == "ErrorItemNotFound"
    message = messages(office.adele)[0]
    assert message["meetingMessageType"] == "meetingCancelled"
    assert message["bodyPreview"] == "Fire drill"
    assert message["subject"] == "Canceled: Lunch"
    copy = office.adele.get(f"/v1.0/me/events/{invited[1]}")
    assert (copy["isCancelled"], copy["showAs"], copy["subject"]) == (True, "free", "Canceled: Lunch")
    again = office.alex.post(f"/v1.0/me/events/{invited[0]}/cancel")
    assert (again.status, again.code) == (404, "ErrorItemNotFound")


@pytest.mark.requirement("GRAPH-CAN-006", "GRAPH-CAN-007")
def test_the_organizers_deletion_cancels_the_meeting(office, invited):
    assert office.alex.delete(f"/v1.0/me/events/{invited[0]}").status == 204
    assert messages(office.adele)[0]["meetingMessageType"] == "meetingCancelled"
    assert office.adele.get(f"/v1.0/me/events/{invited[1]}")["isCancelled"] is True


@pytest.mark.requirement("GRAPH-CAN-008", "GRAPH-CAN-009")
def test_an_attendees_deletion_tells_nobody_and_leaves_the_meeting(office, invited):
    assert office.adele.delete(f"/v1.0/me/events/{invited[1]}").status == 204
    assert office.adele.get("/v1.0/me/events")["value"] == []
    event = office.alex.get(f"/v1.0/me/events/{invited[0]}")
    assert event["attendees"][0]["status"]["response"] == "none"
    assert messages(office.alex) == []


def test_an_event_in_deleted_items_is_deleted_for_good(office, invited):
    office.adele.delete(f"/v1.0/me/events/{invited[1]}")
    expand = "$expand=microsoft.graph.eventMessage/event"
    key = office.adele.get(f"/v1.0/me/mailFolders/inbox/messages?{expand}")["value"][0]["event"]["id"]
    assert key != invited[1]
    assert office.adele.delete(f"/v1.0/me/events/{key}").status == 204
    assert office.adele.get(f"/v1.0/me/events/{key}").status == 404
    assert office.adele.get(f"/v1.0/me/mailFolders/inbox/messages?{expand}")["value"][0]["event"] is None


@pytest.mark.requirement("GRAPH-EVT-032", "GRAPH-EVT-033", "GRAPH-EVT-034", "GRAPH-EVT-035")
def test_the_same_transaction_makes_one_event(office, lunch):
    lunch["transactionId"] = "7E5DFC67-0000"
    first = office.alex.post("/v1.0/me/events", lunch)
    second = office.alex.post("/v1.0/me/events", lunch)
    assert (first.status, second.status) == (201, 201)
    assert first["id"] == second["id"]
    assert first["transactionId"] == "7E5DFC67-0000"
    assert len(messages(office.adele)) == 1
    other = office.alex.post("/v1.0/me/events", {**lunch, "subject": "Dinner"})
    assert (other.status, other.code) == (409, "ErrorDuplicateTransactionId")
    assert len(office.alex.get("/v1.0/me/events")["value"]) == 1


@pytest.mark.requirement("GRAPH-EVT-013")
def test_several_locations_are_kept_in_step(office, lunch):
    lunch.pop("location")
    lunch["locations"] = [{"displayName": "A"}, {"displayName": "B"}]
    event = office.alex.post("/v1.0/me/events", lunch)
    assert event["location"]["displayName"] == "A; B"
    assert [each["displayName"] for each in event["locations"]] == ["A", "B"]
    patched = office.alex.patch(f"/v1.0/me/events/{event['id']}", {"location": None})
    assert patched["locations"] == []


@pytest.mark.requirement("GRAPH-EVT-043", "GRAPH-EVT-044")
def test_an_online_meeting_stays_one_and_gets_no_link_without_a_provider(office, lunch):
    lunch |= {"isOnlineMeeting": True, "onlineMeetingProvider": "TeamsForBusiness"}
    event = office.alex.post("/v1.0/me/events", lunch)
    assert (event["isOnlineMeeting"], event["onlineMeetingProvider"]) == (True, "teamsForBusiness")
    assert event["onlineMeeting"] is None
    assert office.alex.get("/v1.0/me/calendar")["allowedOnlineMeetingProviders"] == []
    assert office.alex.patch(f"/v1.0/me/events/{event['id']}", {"isOnlineMeeting": False})["isOnlineMeeting"] is True


@pytest.mark.requirement("GRAPH-EVT-048")
def test_hidden_attendees_do_not_see_each_other(office, lunch):
    lunch |= {"hideAttendees": True, "attendees": people("AdeleV@contoso.com", "attendee1@example.com")}
    assert len(office.alex.post("/v1.0/me/events", lunch)["attendees"]) == 2
    copy = office.adele.get("/v1.0/me/events")["value"][0]
    assert [each["emailAddress"]["address"] for each in copy["attendees"]] == ["AdeleV@contoso.com"]


@pytest.mark.requirement("GRAPH-EVT-011")
def test_the_zones_of_creation_stay_when_the_time_changes(office, lunch):
    lunch["start"]["timeZone"] = lunch["end"]["timeZone"] = "Tokyo Standard Time"
    key = office.alex.post("/v1.0/me/events", lunch)["id"]
    moved = office.alex.patch(
        f"/v1.0/me/events/{key}",
        {"start": {"dateTime": "2026-02-02T03:30:00", "timeZone": "UTC"}},
    )
    assert moved["originalStartTimeZone"] == "Tokyo Standard Time"
    assert moved["start"]["dateTime"] == "2026-02-02T03:30:00.0000000"


def test_a_room_and_a_stranger_are_invited_without_answering(office, lunch):
    lunch["attendees"] = people("room0@example.com", role="resource") + people("stranger@elsewhere.test")
    event = office.alex.post("/v1.0/me/events", lunch)
    assert [(each["type"], each["status"]["response"]) for each in event["attendees"]] == [
        ("resource", "none"),
        ("required", "none"),
    ]
    assert event["attendees"][1]["emailAddress"] == {
        "name": "stranger@elsewhere.test",
        "address": "stranger@elsewhere.test",
    }


@pytest.mark.requirement("GRAPH-CAN-013")
def test_what_is_deleted_for_good_is_not_in_deleted_items_and_everybody_is_told(office, invited):
    answer = office.alex.post(f"/v1.0/me/events/{invited[0]}/permanentDelete")
    assert (answer.status, answer.json) == (204, None)
    assert office.alex.get(f"/v1.0/me/events/{invited[0]}").code == "ErrorItemNotFound"
    assert office.alex.get("/v1.0/me/mailFolders/deleteditems")["totalItemCount"] == 0
    assert office.adele.get(f"/v1.0/me/events/{invited[1]}")["isCancelled"] is True
    assert office.adele.post(f"/v1.0/me/events/{invited[1]}/permanentDelete").status == 204
    assert office.adele.post(f"/v1.0/me/events/{invited[1]}/permanentDelete").code == "ErrorItemNotFound"
    assert messages(office.alex) == []
