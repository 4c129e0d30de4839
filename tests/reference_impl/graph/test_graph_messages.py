"""Messages and mail folders."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from reference_impl.domain.acts import EventDraft, Sending
from reference_impl.domain.items import Attendee
from reference_impl.domain.mailbox import FolderRole, Person
from reference_impl.domain.permissions import Level
from reference_impl.service.delegates import DelegateChange, add_delegate
from reference_impl.service.events import create_event

NOON = datetime(2026, 2, 2, 12, tzinfo=UTC)
CAST = "microsoft.graph.eventMessage"


@pytest.fixture
def answered(office, lunch):
    """Alex's mailbox after two lunches, one accepted and one declined by Adele; newest first in the Inbox."""
    for subject, act in (("First", "accept"), ("Second", "decline")):
        office.alex.post("/v1.0/me/events", {**lunch, "subject": subject})
        key = office.adele.get(f"/v1.0/me/events?$filter=subject eq '{subject}'")["value"][0]["id"]
        office.adele.post(f"/v1.0/me/events/{key}/{act}")
    return office


def subjects(answer) -> list[str]:
    return [message["subject"] for message in answer["value"]]


def test_messages_are_listed_newest_first_over_the_whole_mailbox(answered):
    answer = answered.alex.get("/v1.0/me/messages")
    assert subjects(answer) == ["Declined: Second", "Second", "Accepted: First", "First"]
    assert answer["@odata.context"].endswith("/messages")
    assert subjects(answered.alex.get("/v1.0/me/mailFolders/inbox/messages")) == ["Declined: Second", "Accepted: First"]
    assert subjects(answered.alex.get("/v1.0/me/mailFolders('SentItems')/messages")) == ["Second", "First"]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("isRead eq false", ["Declined: Second", "Accepted: First"]),
        ("contains(subject,'second')", ["Declined: Second"]),
        ("receivedDateTime ge 2026-01-05T08:00:06Z", ["Declined: Second"]),
        ("from/emailAddress/address eq 'ADELEV@contoso.com' and startswith(subject,'Acc')", ["Accepted: First"]),
        (f"{CAST}/meetingMessageType eq 'meetingDeclined'", ["Declined: Second"]),
        (f"{CAST}Response/meetingMessageType eq 'meetingAccepted'", ["Accepted: First"]),
        (f"{CAST}Request/meetingMessageType eq 'meetingAccepted'", []),
        (f"{CAST}/meetingMessageType ne 'meetingAccepted' and not (isRead eq true)", ["Declined: Second"]),
        ("isDraft eq true or hasAttachments eq true", []),
    ],
)
def test_messages_are_filtered_also_through_casts(answered, condition, expected):
    assert subjects(answered.alex.get(f"/v1.0/me/mailFolders/inbox/messages?$filter={condition}")) == expected


def test_members_of_derived_types_need_a_cast(answered):
    for options in (
        "$filter=meetingMessageType eq 'meetingRequest'",
        "$select=meetingMessageType",
        "$select=responseType",
    ):
        answer = answered.alex.get(f"/v1.0/me/messages?{options}")
        assert (answer.status, answer.code) == (400, "BadRequest")
    for unfilterable in ("responseType eq 'accepted'", f"{CAST}Response/responseType eq 'accepted'"):
        assert answered.alex.get(f"/v1.0/me/messages?$filter={unfilterable}").status == 400
    (message, *_) = answered.alex.get(f"/v1.0/me/messages?$select={CAST}/meetingMessageType,subject")["value"]
    assert set(message) == {"@odata.type", "@odata.etag", "id", "subject", "meetingMessageType"}


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ("$orderby=receivedDateTime", 200),
        ("$orderby=receivedDateTime desc,subject", 200),
        ("$filter=isRead eq false&$orderby=receivedDateTime", 400),
        ("$filter=receivedDateTime ge 2026-01-01 and isRead eq false&$orderby=receivedDateTime", 200),
        ("$filter=isRead eq false and receivedDateTime ge 2026-01-01&$orderby=receivedDateTime", 400),
        ("$filter=subject ne 'x' and receivedDateTime ge 2026-01-01&$orderby=receivedDateTime,subject", 400),
        ("$filter=subject ne 'x' and receivedDateTime ge 2026-01-01&$orderby=subject,receivedDateTime", 200),
    ],
)
def test_the_sort_order_must_lead_the_filter(answered, options, status):
    answer = answered.alex.get(f"/v1.0/me/messages?{options}")
    assert answer.status == status
    if status == 400:
        assert answer.code == "InefficientFilter"


def test_a_reader_marks_a_message(office, invited):
    key = office.adele.get("/v1.0/me/messages")["value"][0]["id"]
    change = {"isRead": True, "Importance": "High", "categories": ["Lunch"], "subject": "ignored", "body": {}}
    answer = office.adele.patch(f"/v1.0/me/messages/{key}", change)
    assert (answer["isRead"], answer["importance"], answer["categories"]) == (True, "high", ["Lunch"])
    assert answer["subject"] == "Lunch"
    assert office.adele.get("/v1.0/me/mailFolders/inbox")["unreadItemCount"] == 0
    assert office.adele.patch(f"/v1.0/me/messages/{key}", {"isRead": False})["isRead"] is False
    assert office.adele.get("/v1.0/me/mailFolders/inbox")["unreadItemCount"] == 1
    before = answer.headers, office.adele.get(f"/v1.0/me/messages/{key}").json
    refused = office.adele.patch(f"/v1.0/me/messages/{key}", {"isRead": "true"})
    assert (refused.status, refused.code) == (400, "RequestBodyRead")
    assert office.adele.get(f"/v1.0/me/messages/{key}").json == before[1]


def test_a_deleted_message_goes_to_deleted_items_and_then_away(office, invited):
    message = office.adele.get("/v1.0/me/messages")["value"][0]
    assert office.adele.delete(f"/v1.0/me/messages/{message['id']}").status == 204
    assert office.adele.get(f"/v1.0/me/messages/{message['id']}").code == "ErrorItemNotFound"
    (deleted,) = office.adele.get("/v1.0/me/mailFolders/deleteditems/messages")["value"]
    assert deleted["subject"] == "Lunch"
    assert office.adele.delete(f"/v1.0/me/mailFolders/deleteditems/messages/{deleted['id']}").status == 204
    assert office.adele.get("/v1.0/me/messages")["value"] == []


def test_a_message_is_found_in_its_own_folder_only(office, invited):
    key = office.adele.get("/v1.0/me/messages")["value"][0]["id"]
    assert office.adele.get(f"/v1.0/me/mailFolders/inbox/messages/{key}").status == 200
    assert office.adele.get(f"/v1.0/me/mailFolders/sentitems/messages/{key}").code == "ErrorItemNotFound"


def test_the_event_behind_a_message_is_reached_in_two_ways(office, invited):
    key = office.adele.get("/v1.0/me/messages")["value"][0]["id"]
    event = office.adele.get(f"/v1.0/me/messages/{key}/microsoft.graph.eventMessage/event")
    assert event["id"] == invited[1]
    expanded = office.adele.get(f"/v1.0/me/messages/{key}?$expand=Microsoft.Graph.EventMessage/event")
    shown = {name: value for name, value in event.json.items() if name != "@odata.context"}
    assert expanded["event"] == shown
    assert expanded["event@odata.context"] == event["@odata.context"]
    assert office.adele.get(f"/v1.0/me/messages/{key}?$expand=replies").code == "BadRequest"
    sent = office.alex.get("/v1.0/me/mailFolders/sentitems/messages")["value"][0]["id"]
    assert office.alex.get(f"/v1.0/me/messages/{sent}/microsoft.graph.eventMessage/event")["id"] == invited[0]


def test_without_its_event_a_message_expands_to_null(office, invited):
    for _ in range(2):
        key = office.adele.get("/v1.0/me/messages")["value"][0]["id"]
        event = office.adele.get(f"/v1.0/me/messages/{key}?$expand=microsoft.graph.eventMessage/event")["event"]
        office.adele.delete(f"/v1.0/me/events/{event['id']}")
    answer = office.adele.get(f"/v1.0/me/messages/{key}/microsoft.graph.eventMessage/event")
    assert (answer.status, answer.code) == (404, "ErrorItemNotFound")


def test_plain_mail_has_no_type_and_no_meeting(office):
    from reference_impl.domain.acts import Delivery, MessageDraft
    from reference_impl.domain.items import Body
    from reference_impl.service.messages import create_message

    draft = MessageDraft(subject="Hello", body=Body("Hi"), to=(office.adele.actor.person,))
    create_message(office.world, office.alex.actor, draft, Delivery())
    create_message(office.world, office.alex.actor, draft, Delivery(send=False))
    (message,) = office.adele.get("/v1.0/me/messages?$expand=microsoft.graph.eventMessage/event")["value"]
    assert "@odata.type" not in message
    assert "meetingMessageType" not in message
    assert "event" not in message
    (kept,) = office.alex.get("/v1.0/me/mailFolders/drafts/messages")["value"]
    assert (kept["isDraft"], kept["isDeliveryReceiptRequested"]) == (True, False)
    answer = office.adele.get(f"/v1.0/me/messages/{message['id']}/microsoft.graph.eventMessage/event")
    assert (answer.status, answer.code) == (404, "ErrorItemNotFound")


def test_mail_folders_are_listed_and_found_by_name_in_any_case(office, invited):
    listing = office.adele.get("/v1.0/me/mailFolders?$count=true")
    names = {folder["displayName"]: folder for folder in listing["value"]}
    assert {"Inbox", "Sent Items", "Deleted Items", "Drafts"} <= set(names)
    assert "Calendar" not in names
    assert listing["@odata.count"] == len(names)
    assert (names["Inbox"]["totalItemCount"], names["Inbox"]["unreadItemCount"]) == (1, 1)
    inbox = office.adele.get("/v1.0/me/mailfolders/INBOX")
    assert inbox["id"] == names["Inbox"]["id"]
    assert office.adele.get(f"/v1.0/me/mailFolders/{inbox['id']}")["displayName"] == "Inbox"
    assert inbox["parentFolderId"] == office.adele.get("/v1.0/me/mailFolders/msgfolderroot")["id"]
    pages = office.adele.get("/v1.0/me/mailFolders?$top=2&$select=displayName")
    assert all(set(folder) == {"id", "displayName"} for folder in pages["value"])
    assert pages["@odata.nextLink"].endswith("$skip=2")


@pytest.fixture
def delegate(office):
    """Adele's colleague, who is Alex's delegate, gets copies of meeting messages and edits the calendar."""
    caller = office.caller("attendee0@example.com")
    change = DelegateChange(levels={FolderRole.CALENDAR: Level.EDITOR}, receives_copies=True)
    add_delegate(office.world, office.alex.actor, caller.actor, change)
    return caller


def test_what_a_delegate_sends_comes_from_one_and_is_sent_by_another(office, delegate):
    people = (Attendee(Person("AdeleV@contoso.com")),)
    draft = EventDraft(start=NOON, end=NOON + timedelta(hours=1), subject="Lunch", attendees=people)
    create_event(office.world, office.alex.actor, draft, Sending(), by=delegate.actor)
    (request,) = office.adele.get("/v1.0/me/messages")["value"]
    who = {name: request[name]["emailAddress"]["address"] for name in ("from", "sender")}
    assert who == {"from": "AlexW@contoso.com", "sender": "attendee0@example.com"}
    assert request["isDelegated"] is False


def test_a_delegates_copy_says_so_and_has_no_event_in_the_own_mailbox(office, delegate, lunch):
    attendees = [{"emailAddress": {"address": "AlexW@contoso.com"}, "type": "required"}]
    office.adele.post("/v1.0/me/events", {**lunch, "attendees": attendees})
    (copy,) = delegate.get("/v1.0/me/messages")["value"]
    assert copy["isDelegated"] is True
    shown = delegate.get(f"/v1.0/me/messages/{copy['id']}?$expand={CAST}/event")
    assert shown["event"] is None
    assert delegate.get("/v1.0/me/events")["value"] == []
    (own,) = office.alex.get("/v1.0/me/mailFolders/inbox/messages")["value"]
    assert (own["isDelegated"], own["meetingRequestType"]) == (False, "principalWantsCopy")
