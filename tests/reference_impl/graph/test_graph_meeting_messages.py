"""Which messages a meeting makes, for whom, and that no schema of mail lets anything be lost."""

from __future__ import annotations

import pytest

from reference_impl.domain.mailbox import FolderRole
from reference_impl.domain.permissions import Level
from reference_impl.service.delegates import DelegateChange, add_delegate

ALEX, ADELE, THIRD = "AlexW@contoso.com", "AdeleV@contoso.com", "attendee0@example.com"
MESSAGES = "/v1.0/me/messages"
INBOX = "/v1.0/me/mailFolders/inbox/messages"


def invitee(address: str) -> dict:
    return {"emailAddress": {"address": address}, "type": "required"}


def kinds(caller, path: str = INBOX) -> list[str]:
    found = caller.get(f"{path}?$top=100")["value"]
    return [each.get("meetingRequestType") or each.get("meetingMessageType") for each in found]


@pytest.mark.requirement("GRAPH-MSG-001", "GRAPH-MSG-002", "GRAPH-MSG-003", "GRAPH-MSG-004")
def test_each_attendee_is_asked_and_both_sides_keep_what_they_sent(office, lunch):
    third = office.caller(THIRD)
    office.alex.post("/v1.0/me/events", {**lunch, "attendees": [invitee(ADELE), invitee(THIRD)]})
    for caller in (office.adele, third):
        (request,) = caller.get(f"{INBOX}?$expand=microsoft.graph.eventMessage/event")["value"]
        assert request["@odata.type"] == "#microsoft.graph.eventMessageRequest"
        assert (request["event"]["showAs"], request["event"]["isOrganizer"]) == ("tentative", False)
        assert (request["meetingMessageType"], request["meetingRequestType"]) == ("meetingRequest", "newMeetingRequest")
        assert request["event"]["responseStatus"]["response"] == "notResponded"
        assert request["event"]["id"] == caller.get("/v1.0/me/events")["value"][0]["id"]
        caller.post(f"/v1.0/me/events/{request['event']['id']}/accept", {})
        assert kinds(caller, "/v1.0/me/mailFolders/sentitems/messages") == ["meetingAccepted"]
    assert kinds(office.alex, "/v1.0/me/mailFolders/sentitems/messages") == ["newMeetingRequest"]
    assert kinds(office.alex) == ["meetingAccepted", "meetingAccepted"]


@pytest.mark.requirement("GRAPH-MSG-008", "GRAPH-MSG-009")
def test_a_change_of_attendees_alone_is_told_to_those_who_came_or_went(office, lunch):
    third = office.caller(THIRD)
    key = office.alex.post("/v1.0/me/events", lunch)["id"]
    office.alex.patch(f"/v1.0/me/events/{key}", {"attendees": [invitee(ADELE), invitee(THIRD)]})
    assert kinds(office.adele) == ["newMeetingRequest"]
    assert kinds(third) == ["newMeetingRequest"]
    office.alex.patch(f"/v1.0/me/events/{key}", {"attendees": [invitee(ADELE)]})
    assert kinds(office.adele) == ["newMeetingRequest"]
    assert kinds(third)[0] == "meetingCancelled"
    assert third.get(INBOX)["value"][0]["subject"] == "Canceled: Lunch"


@pytest.mark.requirement("GRAPH-MSG-016", "GRAPH-MSG-017")
@pytest.mark.parametrize(
    ("option", "to_owner"),
    [
        ("sendToDelegateOnly", False),
        ("sendToDelegateAndPrincipal", True),
        ("sendToDelegateAndInformationToPrincipal", True),
    ],
)
def test_requests_go_to_the_delegate_and_to_the_owner_as_chosen(office, lunch, option, to_owner):
    delegate = office.caller(THIRD)
    change = DelegateChange(levels={FolderRole.CALENDAR: Level.EDITOR}, receives_copies=True)
    add_delegate(office.world, office.adele.actor, delegate.actor, change)
    chosen = office.adele.patch("/v1.0/me/mailboxSettings", {"delegateMeetingMessageDeliveryOptions": option})
    assert chosen.status == 200
    office.alex.post("/v1.0/me/events", lunch)
    (copy,) = delegate.get(INBOX)["value"]
    assert (copy["isDelegated"], copy["meetingMessageType"]) == (True, "meetingRequest")
    assert bool(office.adele.get(INBOX)["value"]) is to_owner


def test_no_answer_about_mail_can_lose_gain_or_change_the_type_of_a_member(office, lunch, see_damage):
    found = []

    def keep(schema: str, answer):
        assert answer.status < 300, answer.json
        found.append((schema, answer.json))
        return answer

    for version in ("v1.0", "beta"):
        root = f"/{version}/me"
        note = {
            "subject": "Note",
            "body": {"contentType": "text", "content": "x"},
            "toRecipients": [{"emailAddress": {"address": ADELE}}],
            "replyTo": [{"emailAddress": {"address": THIRD}}],
            "internetMessageHeaders": [{"name": "x-a", "value": "b"}],
        }
        draft = keep("anyMessage.schema.json#/$defs/entity", office.alex.post(f"{root}/messages", note))["id"]
        moment = {"dateTime": "2026-02-02T12:00:00"}
        flag = {"flagStatus": "flagged", "startDateTime": moment, "dueDateTime": moment}
        keep("anyMessage.schema.json#/$defs/entity", office.alex.patch(f"{root}/messages/{draft}", {"flag": flag}))
        office.alex.post(f"{root}/messages/{draft}/send")
        office.alex.post(f"{root}/events", lunch)
        keep(
            "eventMessageRequest.schema.json#/$defs/collection",
            office.adele.get(f"{root}/messages/microsoft.graph.eventMessageRequest"),
        )
        first = keep(
            "anyMessage.schema.json#/$defs/delta", office.adele.get(f"{root}/mailFolders/inbox/messages/delta")
        )
        keep("mailFolder.schema.json#/$defs/delta", office.adele.get(f"{root}/mailFolders/delta"))
        made = office.adele.post(f"{root}/mailFolders", {"displayName": f"Orders {version}"})
        keep("mailFolder.schema.json#/$defs/entity", made)
        link = first["@odata.deltaLink"].partition("server.test:8080")[2]
        office.adele.post(f"{root}/messages/{first['value'][0]['id']}/permanentDelete")
        keep("anyMessage.schema.json#/$defs/delta", office.adele.get(link))
    plain = [(schema, body) for schema, body in found if "delta" not in schema]
    rounds = [(schema, body) for schema, body in found if "delta" in schema]
    assert see_damage(plain, frozenset({"startDateTime", "dueDateTime", "completedDateTime"})) > 150
    for schema, body in rounds:
        assert see_damage([(schema, {**body, "value": []})]) == 3
        for each in body["value"]:
            if "@removed" in each:
                page = {**body, "value": [each]}
                assert see_damage([(schema, page)], frozenset({"@odata.type", "@removed"})) > 5
