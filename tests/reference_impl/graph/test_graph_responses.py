"""Answers to invitations, in both mailboxes."""

from __future__ import annotations

import pytest

NEVER = "0001-01-01T00:00:00Z"
ANSWERS = {
    "accept": ("accepted", "meetingAccepted", "Accepted: Lunch", "busy"),
    "tentativelyAccept": ("tentativelyAccepted", "meetingTenativelyAccepted", "Tentative: Lunch", "tentative"),
    "decline": ("declined", "meetingDeclined", "Declined: Lunch", None),
}


@pytest.mark.requirement(
    "GRAPH-RSP-001",
    "GRAPH-RSP-002",
    "GRAPH-RSP-004",
    "GRAPH-RSP-005",
    "GRAPH-RSP-006",
    "GRAPH-RSP-007",
    "GRAPH-RSP-009",
    "GRAPH-RSP-019",
    "GRAPH-RSP-020",
    "GRAPH-PNT-020",
)
@pytest.mark.parametrize("act", ANSWERS)
def test_an_answer_is_seen_in_both_mailboxes(office, invited, act):
    response, kind, subject, shows = ANSWERS[act]
    assert office.adele.post(f"/v1.0/me/events/{invited[1]}/{act}", {"comment": "As said"}).status == 202

    (message,) = office.alex.get("/v1.0/me/mailFolders/inbox/messages")["value"]
    assert message["@odata.type"] == "#microsoft.graph.eventMessageResponse"
    assert (message["responseType"], message["meetingMessageType"], message["subject"]) == (response, kind, subject)
    assert message["bodyPreview"] == "As said"
    entry = office.alex.get(f"/v1.0/me/events/{invited[0]}")["attendees"][0]
    assert entry["status"] == {"response": response, "time": message["sentDateTime"]}

    (sent,) = office.adele.get("/v1.0/me/mailFolders/sentitems/messages")["value"]
    assert sent["subject"] == subject
    (request,) = office.adele.get("/v1.0/me/mailFolders/inbox/messages")["value"]
    assert request["meetingMessageType"] == "meetingRequest"
    if shows is None:
        assert office.adele.get("/v1.0/me/events")["value"] == []
        window = "startDateTime=2026-02-01&endDateTime=2026-02-28"
        assert office.adele.get(f"/v1.0/me/calendarView?{window}")["value"] == []
        copy = office.adele.get(f"/v1.0/me/messages/{request['id']}/microsoft.graph.eventMessage/event")
    else:
        copy = office.adele.get(f"/v1.0/me/events/{invited[1]}")
        assert copy["showAs"] == shows
    assert copy["responseStatus"] == {"response": response, "time": message["sentDateTime"]}


@pytest.mark.requirement("GRAPH-RSP-008")
@pytest.mark.parametrize("act", ANSWERS)
def test_an_answer_that_is_not_sent_stays_in_the_own_mailbox(office, invited, act):
    before = office.alex.get(f"/v1.0/me/events/{invited[0]}").json
    assert office.adele.post(f"/v1.0/me/events/{invited[1]}/{act}", {"sendResponse": False}).status == 202
    assert office.alex.get("/v1.0/me/mailFolders/inbox/messages")["value"] == []
    assert office.alex.get(f"/v1.0/me/events/{invited[0]}").json == before
    for folder in ("sentitems", "drafts"):
        assert office.adele.get(f"/v1.0/me/mailFolders/{folder}/messages")["value"] == []


@pytest.mark.requirement("GRAPH-RSP-014", "GRAPH-PNT-001", "GRAPH-PNT-010", "GRAPH-PNT-017", "GRAPH-PNT-018")
def test_a_later_answer_replaces_the_earlier_one_and_its_proposal(office, invited):
    slot = {"start": {"dateTime": "2026-02-03T12:00:00"}, "end": {"dateTime": "2026-02-03T13:00:00"}}
    office.adele.post(f"/v1.0/me/events/{invited[1]}/tentativelyAccept", {"proposedNewTime": slot})
    entry = office.alex.get(f"/v1.0/me/events/{invited[0]}")["attendees"][0]
    assert entry["proposedNewTime"]["start"] == {"dateTime": "2026-02-03T12:00:00.0000000", "timeZone": "UTC"}
    later = {"start": {"dateTime": "2026-02-04T12:00:00"}, "end": {"dateTime": "2026-02-04T13:00:00"}}
    office.adele.post(f"/v1.0/me/events/{invited[1]}/tentativelyAccept", {"proposedNewTime": later})
    entry = office.alex.get(f"/v1.0/me/events/{invited[0]}")["attendees"][0]
    assert entry["proposedNewTime"]["end"]["dateTime"] == "2026-02-04T13:00:00.0000000"
    office.adele.post(f"/v1.0/me/events/{invited[1]}/accept")
    entry = office.alex.get(f"/v1.0/me/events/{invited[0]}")["attendees"][0]
    assert entry["status"]["response"] == "accepted"
    assert "proposedNewTime" not in entry


@pytest.mark.requirement("GRAPH-PNT-002", "GRAPH-PNT-004", "GRAPH-PNT-005")
def test_declining_may_propose_a_time_that_does_not_move_the_meeting(office, invited):
    slot = {"start": {"dateTime": "2026-02-03T12:00:00"}, "end": {"dateTime": "2026-02-03T13:00:00"}}
    office.adele.post(f"/v1.0/me/events/{invited[1]}/decline", {"proposedNewTime": slot})
    event = office.alex.get(f"/v1.0/me/events/{invited[0]}")
    assert event["start"]["dateTime"] == "2026-02-02T12:00:00.0000000"
    assert event["attendees"][0]["status"]["response"] == "declined"
    assert event["attendees"][0]["proposedNewTime"]["start"]["dateTime"] == "2026-02-03T12:00:00.0000000"
    (message,) = office.alex.get("/v1.0/me/mailFolders/inbox/messages")["value"]
    assert message["subject"] == "New Time Proposed: Lunch"
    assert message["startDateTime"]["dateTime"] == "2026-02-02T12:00:00.0000000"


@pytest.mark.requirement("GRAPH-RSP-015")
def test_others_do_not_learn_of_an_answer(office, lunch):
    lunch["attendees"].append({"emailAddress": {"address": "attendee1@example.com"}})
    office.alex.post("/v1.0/me/events", lunch)
    key = office.adele.get("/v1.0/me/events")["value"][0]["id"]
    office.adele.post(f"/v1.0/me/events/{key}/accept")
    copy = office.caller("attendee1@example.com").get("/v1.0/me/events")["value"][0]
    assert [each["status"] for each in copy["attendees"]] == [{"response": "none", "time": NEVER}] * 2


@pytest.mark.requirement("GRAPH-RSP-012", "GRAPH-RSP-013")
def test_an_answer_nobody_asked_for_can_be_given_but_not_sent(office, lunch):
    office.alex.post("/v1.0/me/events", {**lunch, "responseRequested": False})
    key = office.adele.get("/v1.0/me/events")["value"][0]["id"]
    answer = office.adele.post(f"/v1.0/me/events/{key}/accept")
    assert (answer.status, answer.code) == (400, "ErrorInvalidRequest")
    assert office.adele.get(f"/v1.0/me/events/{key}")["responseStatus"]["response"] == "notResponded"
    assert office.adele.post(f"/v1.0/me/events/{key}/accept", {"sendResponse": False}).status == 202
    assert office.adele.get(f"/v1.0/me/events/{key}")["responseStatus"]["response"] == "accepted"


@pytest.mark.requirement("GRAPH-PNT-011", "GRAPH-PNT-015", "GRAPH-PNT-016")
def test_the_proposal_follows_the_preferred_zone(office, invited):
    slot = {
        "Start": {"DateTime": "2026-02-03T12:00:00", "TimeZone": "Asia/Tokyo"},
        "End": {"DateTime": "2026-02-03T13:00:00", "TimeZone": "Tokyo Standard Time"},
    }
    office.adele.post(f"/v1.0/me/events/{invited[1]}/tentativelyAccept", {"ProposedNewTime": slot})
    prefer = 'outlook.timezone="Pacific Standard Time"'
    entry = office.alex.get(f"/v1.0/me/events/{invited[0]}", prefer=prefer)["attendees"][0]
    shown = {"dateTime": "2026-02-02T19:00:00.0000000", "timeZone": "Pacific Standard Time"}
    assert entry["proposedNewTime"]["start"] == shown
    (message,) = office.alex.get("/v1.0/me/mailFolders/inbox/messages", prefer=prefer)["value"]
    assert message["proposedNewTime"]["start"]["dateTime"] == "2026-02-02T19:00:00"


@pytest.mark.requirement("GRAPH-CAN-014", "GRAPH-CAN-017")
@pytest.mark.parametrize("who", ["alex", "adele"])
@pytest.mark.parametrize("member", ["toRecipients", "ToRecipients"])
def test_a_forwarded_meeting_arrives_as_a_request_that_can_be_answered(office, invited, who, member):
    caller, key = (office.alex, invited[0]) if who == "alex" else (office.adele, invited[1])
    guest = office.caller("attendee1@example.com")
    body = {member: [{"emailAddress": {"address": "attendee1@example.com"}}], "comment": "Come too"}
    assert caller.post(f"/v1.0/me/events/{key}/forward", body).status == 202
    (message,) = guest.get("/v1.0/me/messages?$expand=microsoft.graph.eventMessage/event")["value"]
    assert message["@odata.type"] == "#microsoft.graph.eventMessageRequest"
    assert message["subject"] == "FW: Lunch"
    assert message["bodyPreview"].startswith("Come too\r\n\r\n-----Original Message-----"), "as over EWS"
    assert message["from"]["emailAddress"]["address"] == caller.actor.address
    assert message["event"]["organizer"]["emailAddress"]["address"] == "AlexW@contoso.com"
    assert guest.post(f"/v1.0/me/events/{message['event']['id']}/accept").status == 202
    received = office.alex.get("/v1.0/me/mailFolders/inbox/messages?$orderby=receivedDateTime asc")["value"]
    answer = received[-1]
    assert answer["from"]["emailAddress"]["address"] == "attendee1@example.com"
    if who == "adele":
        notice = received[0]
        assert notice["@odata.type"] == "#microsoft.graph.eventMessage"
        assert notice["meetingMessageType"] == "none"
        assert notice["subject"] == "Meeting Forward Notification: Lunch"
        assert notice["from"]["emailAddress"]["address"] == "AdeleV@contoso.com"


@pytest.mark.requirement("GRAPH-CAN-016")
@pytest.mark.parametrize(
    ("body", "code"),
    [
        (None, "BadRequest"),
        ({}, "RequestBodyRead"),
        ({"comment": "x"}, "RequestBodyRead"),
        ({"toRecipients": []}, "ErrorInvalidRecipients"),
        ({"toRecipients": [{"emailAddress": {"address": "nobody"}}]}, "ErrorInvalidRecipients"),
    ],
)
def test_a_meeting_is_not_forwarded_to_nobody(office, invited, body, code):
    answer = office.alex.post(f"/v1.0/me/events/{invited[0]}/forward", body)
    assert (answer.status, answer.code) == (400, code)


def test_an_appointment_is_not_forwarded(office, lunch):
    key = office.alex.post("/v1.0/me/events", {**lunch, "attendees": []})["id"]
    body = {"toRecipients": [{"emailAddress": {"address": "attendee1@example.com"}}]}
    answer = office.alex.post(f"/v1.0/me/events/{key}/forward", body)
    assert (answer.status, answer.code) == (400, "ErrorInvalidRequest")
    assert office.caller("attendee1@example.com").get("/v1.0/me/messages")["value"] == []
