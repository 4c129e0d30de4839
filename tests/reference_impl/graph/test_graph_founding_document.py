"""The messages of the founding document on proposing new times, in order, with their stable members."""

from __future__ import annotations

from typing import Any

import pytest

PACIFIC = {"prefer": 'outlook.timezone="Pacific Standard Time"'}
INVITATION = {
    "subject": "Let's go for lunch",
    "body": {"contentType": "HTML", "content": "Does noon work for you?"},
    "start": {"dateTime": "2019-08-15T12:00:00", "timeZone": "Pacific Standard Time"},
    "end": {"dateTime": "2019-08-15T14:00:00", "timeZone": "Pacific Standard Time"},
    "allowNewTimeProposals": True,
    "location": {"displayName": "Harry's Bar"},
    "attendees": [{"emailAddress": {"address": "AdeleV@contoso.com", "name": "Adele Vance"}, "type": "required"}],
}
PROPOSAL = {
    "comment": "Can you make the next day instead?",
    "sendResponse": "true",
    "proposedNewTime": {
        "Start": {"DateTime": "2019-08-16T12:00:00", "TimeZone": "Pacific Standard Time"},
        "End": {"DateTime": "2019-08-16T14:00:00", "TimeZone": "Pacific Standard Time"},
    },
}
RESCHEDULING = {
    "start": {"dateTime": "2019-08-16T12:00:00.0000000", "timeZone": "Pacific Standard Time"},
    "end": {"dateTime": "2019-08-16T14:00:00.0000000", "timeZone": "Pacific Standard Time"},
}
NEVER = "0001-01-01T00:00:00Z"
ALEX = {"emailAddress": {"name": "Alex Wilber", "address": "AlexW@contoso.com"}}
ADELE = {"emailAddress": {"name": "Adele Vance", "address": "AdeleV@contoso.com"}}
BAR = {"displayName": "Harry's Bar", "locationType": "default", "uniqueId": "Harry's Bar", "uniqueIdType": "private"}
FIFTEENTH = [
    {"dateTime": "2019-08-15T12:00:00.0000000", "timeZone": "Pacific Standard Time"},
    {"dateTime": "2019-08-15T14:00:00.0000000", "timeZone": "Pacific Standard Time"},
]
SIXTEENTH = [
    {"dateTime": "2019-08-16T12:00:00.0000000", "timeZone": "Pacific Standard Time"},
    {"dateTime": "2019-08-16T14:00:00.0000000", "timeZone": "Pacific Standard Time"},
]


def shell(content: str) -> str:
    return (
        '<html>\r\n<head>\r\n<meta http-equiv="Content-Type" content="text/html; charset=utf-8">\r\n'
        '<meta content="text/html; charset=us-ascii">\r\n</head>\r\n<body>\r\n' + content + "\r\n</body>\r\n</html>\r\n"
    )


STABLE_EVENT = {
    "categories": [],
    "originalStartTimeZone": "Pacific Standard Time",
    "originalEndTimeZone": "Pacific Standard Time",
    "reminderMinutesBeforeStart": 15,
    "isReminderOn": True,
    "hasAttachments": False,
    "subject": "Let's go for lunch",
    "bodyPreview": "Does noon work for you?",
    "importance": "normal",
    "sensitivity": "normal",
    "isAllDay": False,
    "isCancelled": False,
    "isOrganizer": True,
    "responseRequested": True,
    "seriesMasterId": None,
    "showAs": "busy",
    "type": "singleInstance",
    "onlineMeetingUrl": None,
    "allowNewTimeProposals": True,
    "recurrence": None,
    "responseStatus": {"response": "organizer", "time": NEVER},
    "body": {"contentType": "html", "content": shell("Does noon work for you?")},
    "location": BAR,
    "locations": [BAR],
    "organizer": ALEX,
}


def shared(wanted: dict[str, Any], got: dict[str, Any]) -> dict[str, Any]:
    return {name: got.get(name, "absent") for name in wanted}


def invite(office) -> dict[str, Any]:
    answer = office.alex.post("/v1.0/me/events", INVITATION, **PACIFIC)
    assert answer.status == 201
    return answer.json


def adeles_event(office) -> str:
    request = office.adele.get("/v1.0/me/mailFolders/inbox/messages?$expand=microsoft.graph.eventMessage/event")
    return str(request["value"][0]["event"]["id"])


@pytest.mark.requirement(
    "GRAPH-EVT-002",
    "GRAPH-EVT-003",
    "GRAPH-EVT-004",
    "GRAPH-EVT-005",
    "GRAPH-EVT-010",
    "GRAPH-EVT-012",
    "GRAPH-EVT-014",
    "GRAPH-EVT-016",
    "GRAPH-EVT-041",
)
def test_the_created_event_has_every_stable_member_of_the_document(office):
    event = invite(office)
    assert shared(STABLE_EVENT, event) == STABLE_EVENT
    assert [event["start"], event["end"]] == FIFTEENTH
    assert event["attendees"] == [{"type": "required", "status": {"response": "none", "time": NEVER}, **ADELE}]
    assert event["@odata.etag"] == f'W/"{event["changeKey"]}"'
    assert event["@odata.context"].endswith(f"/v1.0/$metadata#users('{office.alex.actor.id}')/events/$entity")
    quoted = event["id"].replace("=", "%3D")
    assert event["webLink"] == f"https://outlook.office365.com/owa/?itemid={quoted}&exvsurl=1&path=/calendar/item"


@pytest.mark.requirement("GRAPH-EVT-022", "GRAPH-RSP-016", "GRAPH-PNT-019")
def test_the_invitation_arrives_as_a_request_whose_event_is_tentative(office):
    event = invite(office)
    message = office.adele.get("/v1.0/me/messages?$top=1&$expand=microsoft.graph.eventMessage/event")["value"][0]
    assert message["@odata.type"] == "#microsoft.graph.eventMessageRequest"
    assert message["meetingMessageType"] == "meetingRequest"
    assert message["meetingRequestType"] == "newMeetingRequest"
    assert message["allowNewTimeProposals"] is True
    assert message["subject"] == "Let's go for lunch"
    copy = message["event"]
    assert copy["iCalUId"] == event["iCalUId"]
    assert copy["id"] != event["id"]
    assert copy["showAs"] == "tentative"
    assert copy["isOrganizer"] is False
    assert copy["responseStatus"] == {"response": "notResponded", "time": NEVER}


@pytest.mark.requirement("GRAPH-PNT-001", "GRAPH-PNT-003", "GRAPH-PNT-004", "GRAPH-PNT-005", "GRAPH-PNT-016")
def test_the_proposal_reaches_the_organizer_in_message_and_event(office):
    event = invite(office)
    accepted = office.adele.post(f"/v1.0/me/events/{adeles_event(office)}/tentativelyAccept", PROPOSAL)
    assert accepted.status == 202

    listing = office.alex.get("/v1.0/me/messages?$top=1", **PACIFIC)
    assert listing.headers["preference-applied"] == 'outlook.timezone="Pacific Standard Time"'
    assert listing["@odata.nextLink"] == "http://server.test:8080/v1.0/me/messages?$top=1&$skip=1"
    message = listing["value"][0]
    stable = {
        "@odata.type": "#microsoft.graph.eventMessageResponse",
        "categories": [],
        "hasAttachments": False,
        "subject": "New Time Proposed: Let's go for lunch",
        "bodyPreview": "Can you make the next day instead?",
        "importance": "normal",
        "isDeliveryReceiptRequested": None,
        "isReadReceiptRequested": False,
        "isRead": False,
        "isDraft": False,
        "inferenceClassification": "focused",
        "meetingMessageType": "meetingTenativelyAccepted",
        "type": "singleInstance",
        "isOutOfDate": False,
        "isAllDay": False,
        "isDelegated": False,
        "responseType": "tentativelyAccepted",
        "recurrence": None,
        "body": {"contentType": "html", "content": shell("Can you make the next day instead?")},
        "sender": ADELE,
        "from": ADELE,
        "toRecipients": [ALEX],
        "ccRecipients": [],
        "bccRecipients": [],
        "replyTo": [],
        "flag": {"flagStatus": "notFlagged"},
        "startDateTime": FIFTEENTH[0],
        "endDateTime": FIFTEENTH[1],
        "location": {"displayName": "Harry's Bar", "locationType": "default", "uniqueIdType": "unknown"},
        "proposedNewTime": {
            "start": {"dateTime": "2019-08-16T12:00:00", "timeZone": "Pacific Standard Time"},
            "end": {"dateTime": "2019-08-16T14:00:00", "timeZone": "Pacific Standard Time"},
        },
    }
    assert shared(stable, message) == stable

    members = "subject,allowNewTimeProposals,start,end,attendees,organizer"
    selected = office.alex.get(f"/v1.0/me/events/{event['id']}?$select={members}", **PACIFIC)
    assert selected["@odata.context"].endswith(f"/events({members})/$entity")
    assert list(selected.json) == ["@odata.context", "@odata.etag", "id", *members.split(",")]
    assert [selected["start"], selected["end"]] == FIFTEENTH
    assert selected["@odata.etag"] != event["@odata.etag"]
    assert selected["attendees"] == [
        {
            "type": "required",
            "status": {"response": "tentativelyAccepted", "time": message["sentDateTime"]},
            "proposedNewTime": {"start": SIXTEENTH[0], "end": SIXTEENTH[1]},
            **ADELE,
        }
    ]


@pytest.mark.requirement("GRAPH-PNT-013", "GRAPH-PNT-014", "GRAPH-EVT-017")
def test_rescheduling_to_the_proposal_resets_the_answer(office):
    event = invite(office)
    office.adele.post(f"/v1.0/me/events/{adeles_event(office)}/tentativelyAccept", PROPOSAL)
    answer = office.alex.patch(f"/v1.0/me/events/{event['id']}", RESCHEDULING, **PACIFIC)
    assert answer.status == 200
    assert shared(STABLE_EVENT, answer.json) == STABLE_EVENT
    assert [answer["start"], answer["end"]] == SIXTEENTH
    status = {"response": "notResponded", "time": "4501-01-01T00:00:00Z"}
    assert answer["attendees"] == [{"type": "required", "status": status, **ADELE}]
    assert answer["createdDateTime"] == event["createdDateTime"]
    assert answer["changeKey"] != event["changeKey"]

    update = office.adele.get("/v1.0/me/messages?$top=1", **PACIFIC)["value"][0]
    assert update["meetingRequestType"] == "fullUpdate"
    assert update["previousStartDateTime"] == FIFTEENTH[0]
    assert update["previousEndDateTime"] == FIFTEENTH[1]
    assert update["previousLocation"] is None


@pytest.mark.requirement("GRAPH-PNT-006", "GRAPH-PNT-007", "GRAPH-PNT-020")
def test_without_a_proposal_neither_message_nor_event_carries_one(office):
    for act, response, kind in (
        ("tentativelyAccept", "tentativelyAccepted", "meetingTenativelyAccepted"),
        ("decline", "declined", "meetingDeclined"),
    ):
        event = invite(office)
        office.adele.post(f"/v1.0/me/events/{adeles_event(office)}/{act}", {"comment": "", "sendResponse": True})
        message = office.alex.get("/v1.0/me/messages?$top=1")["value"][0]
        assert (message["responseType"], message["meetingMessageType"]) == (response, kind)
        assert "proposedNewTime" not in message
        attendee = office.alex.get(f"/v1.0/me/events/{event['id']}")["attendees"][0]
        assert attendee["status"]["response"] == response
        assert "proposedNewTime" not in attendee


def test_beta_spells_the_tentative_reply_correctly_and_has_its_own_members(office):
    event = invite(office)
    office.adele.post(f"/beta/me/events/{adeles_event(office)}/tentativelyAccept", {})
    message = office.alex.get("/beta/me/mailFolders/inbox/messages")["value"][0]
    assert message["meetingMessageType"] == "meetingTentativelyAccepted"
    assert message["unsubscribeData"] == []
    assert office.alex.get(f"/beta/me/events/{event['id']}")["uid"] == event["iCalUId"]
