"""The meeting verbs: the requests they send and what they make of the answers."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from conformance.actor import Actor, Changes, Draft, EwsActor, GraphActor, Refused
from conformance.actor.views import Answer, EventKind, Folder, MeetingRef, MessageKind, MessageView, Role, Slot
from conformance.actor.xml import t
from conformance.wire.validate import request_violations
from tests.conformance.actor.scripted import Script, answered, as_json, error, soap, success

TEN = datetime(2026, 3, 2, 10, tzinfo=UTC)
SLOT = Slot(TEN, TEN + timedelta(hours=1))
PLAN = Draft(subject="Plan tok", slot=SLOT, required=("a@example.com",))
MEETING = MeetingRef("QUJD", "Q0s=")
REQUEST = MessageView(id="bXNn", change_key="a2V5", kind=MessageKind.REQUEST, subject="Plan tok")


def ews_actor(*answers):
    script = Script(*answers)
    return EwsActor(script.ews(), "me@example.com"), script


def graph_actor(*answers):
    script = Script(*answers)
    return GraphActor(script.graph(), "me@example.com"), script


def item(name, *content, identity="QUJD"):
    return t(name, t("ItemId", Id=identity, ChangeKey="TmV3"), *content)


def folder(*items):
    inner = "".join(items)
    return answered(
        "FindItem",
        '<m:FindItemResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>'
        f"<m:RootFolder><t:Items>{inner}</t:Items></m:RootFolder></m:FindItemResponseMessage>",
    )


def event(**more):
    times = {name: {"dateTime": "2026-03-02T10:00:00.0000000", "timeZone": "UTC"} for name in ("start", "end")}
    return {"id": "QUJD", "changeKey": "TmV3", "subject": "Plan tok", **times, **more}


def test_both_dialects_are_actors():
    assert isinstance(ews_actor()[0], Actor)
    assert isinstance(graph_actor()[0], Actor)


def test_scheduling_gives_a_reference():
    actor, script = ews_actor(answered("CreateItem", success("CreateItem", item("CalendarItem"))))
    assert actor.schedule(PLAN) == MeetingRef("QUJD", "TmV3")
    assert b'SendMeetingInvitations="SendToAllAndSaveCopy"' in script.asked[0].body
    actor, script = graph_actor(as_json(event(), 201))
    assert actor.schedule(PLAN) == MeetingRef("QUJD", "TmV3")
    assert (script.asked[0].method, script.asked[0].url) == ("POST", "https://server.example/v1.0/me/events")


def test_a_write_without_an_id_is_refused():
    actor, _ = ews_actor(answered("CreateItem", success("CreateItem")))
    with pytest.raises(Refused, match="no item id"):
        actor.schedule(PLAN)
    actor, _ = graph_actor(as_json({}, 201))
    with pytest.raises(ValueError, match="expected an id"):
        actor.schedule(PLAN)


@pytest.mark.parametrize("answer", list(Answer))
def test_an_answer_sends_what_its_protocol_has_for_it(answer):
    actor, script = ews_actor(*[answered("CreateItem", success("CreateItem"))] * 2)
    actor.respond(answer, REQUEST, comment="Fine.", proposal=SLOT)
    actor.respond(answer, REQUEST, send=False)
    assert all(request_violations(request) == () for request in script.asked)
    assert b'MessageDisposition="SendAndSaveCopy"' in script.asked[0].body
    assert b"<t:ProposedEnd>2026-03-02T11:00:00Z</t:ProposedEnd>" in script.asked[0].body
    assert b'MessageDisposition="SaveOnly"' in script.asked[1].body
    actor, script = graph_actor(as_json(None, 202))
    actor.respond(answer, MEETING, comment="Fine.", send=True)
    assert script.asked[0].url.rpartition("/")[2] in {"accept", "tentativelyAccept", "decline"}
    assert json.loads(script.asked[0].body) == {"sendResponse": True, "comment": "Fine."}


def test_graph_answers_a_request_by_its_event():
    actor, script = graph_actor(
        as_json({"id": "bXNn", "@odata.type": "#microsoft.graph.eventMessageRequest"}),
        as_json(event(id="RVZU")),
        as_json(None, 202),
    )
    actor.respond(Answer.ACCEPT, REQUEST)
    assert script.asked[2].url.endswith("/me/events/RVZU/accept")


def test_a_refusal_tells_the_act_and_the_code():
    actor, _ = ews_actor(answered("CreateItem", error("CreateItem", "ErrorCalendarIsOrganizerForAccept")))
    with pytest.raises(Refused, match="AcceptItem: expected success, got ErrorCalendarIsOrganizerForAccept") as caught:
        actor.respond(Answer.ACCEPT, MEETING)
    assert caught.value.code == "ErrorCalendarIsOrganizerForAccept"
    actor, _ = graph_actor(as_json({"error": {"code": "ErrorInvalidRequest", "message": ""}}, 400))
    with pytest.raises(Refused, match="accept: expected success, got ErrorInvalidRequest"):
        actor.respond(Answer.ACCEPT, MEETING)


def test_the_latest_request_with_the_token_is_found_over_ews():
    actor, script = ews_actor(
        folder(
            item("MeetingResponse", t("Subject", "Accepted: tok"), identity="cg=="),
            item("MeetingRequest", t("Subject", "Plan tok"), identity="cQ=="),
            item("MeetingRequest", t("Subject", "Other"), identity="bw=="),
            item("CalendarItem", t("Subject", "Plan tok"), identity="Yw=="),
        ),
        answered(
            "GetItem",
            success("GetItem", item("MeetingResponse", t("Subject", "Accepted: tok"), identity="cg==")),
            success("GetItem", item("MeetingRequest", t("Subject", "Plan tok"), identity="cQ==")),
        ),
    )
    found = actor.find_request("tok")
    assert (found.id, found.kind) == ("cQ==", MessageKind.REQUEST)
    asked = script.asked[1].body
    assert b'Id="bw=="' not in asked, "an item without the token is not read"
    assert b'Id="Yw=="' not in asked, "a calendar item in a mail folder is not read"


def test_nothing_found_is_nothing():
    actor, _ = ews_actor(folder(), folder())
    assert actor.find_request("tok") is None
    assert actor.find_event("tok") is None
    actor, _ = graph_actor(as_json({"value": []}), as_json({"value": []}))
    assert actor.find_request("tok") is None
    assert actor.find_event("tok") is None


def test_messages_of_a_folder_are_those_with_the_token():
    listed = [
        {"id": "1", "subject": "New Time Proposed: tok", "@odata.type": "#microsoft.graph.eventMessageResponse"},
        {"id": "2", "subject": "other", "@odata.type": "#microsoft.graph.eventMessageResponse"},
    ]
    actor, script = graph_actor(as_json({"value": listed}))
    assert [one.id for one in actor.messages(Folder.SENT, "tok")] == ["1"]
    assert "/mailFolders/sentitems/messages" in script.asked[0].url


def test_changing_one_list_of_people_sends_the_others_as_they_are():
    people = [
        {"emailAddress": {"address": "a@example.com"}, "type": "required"},
        {"emailAddress": {"address": "b@example.com"}, "type": "optional"},
        {"emailAddress": {"address": "r@example.com"}, "type": "resource"},
    ]
    actor, script = graph_actor(as_json(event(attendees=people)), as_json(event()))
    actor.update(MEETING, Changes(optional=("c@example.com",)))
    sent = json.loads(script.asked[1].body)["attendees"]
    assert [(one["emailAddress"]["address"], one["type"]) for one in sent] == [
        ("a@example.com", Role.REQUIRED),
        ("c@example.com", Role.OPTIONAL),
        ("r@example.com", Role.RESOURCE),
    ]


def test_an_update_over_ews_overwrites_and_tells_everybody():
    actor, script = ews_actor(answered("UpdateItem", success("UpdateItem", item("CalendarItem"))))
    assert actor.update(MEETING, Changes(location="x")) == MeetingRef("QUJD", "TmV3")
    for told in (b'ConflictResolution="AlwaysOverwrite"', b'Cancellations="SendToAllAndSaveCopy"'):
        assert told in script.asked[0].body


def test_a_cancellation_is_removed_by_what_each_protocol_has():
    notice = MessageView(id="bm90", change_key="", kind=MessageKind.CANCELLATION, subject="", event_id="RVZU")
    actor, script = ews_actor(answered("CreateItem", success("CreateItem")))
    actor.remove(notice)
    assert b'<t:RemoveItem><t:ReferenceItemId Id="bm90"/></t:RemoveItem>' in script.asked[0].body
    actor, script = graph_actor(as_json(None, 204))
    actor.remove(notice)
    assert (script.asked[0].method, script.asked[0].url.rpartition("/")[2]) == ("DELETE", "RVZU")


def test_availability_has_one_entry_for_each_address_asked():
    actor, _ = ews_actor(
        soap("<m:GetUserAvailabilityResponse><m:FreeBusyResponseArray/></m:GetUserAvailabilityResponse>")
    )
    with pytest.raises(Refused, match="0 entries for 1 addresses"):
        actor.availability(("a@example.com",), SLOT, 30)
    actor, _ = graph_actor(as_json({"value": []}))
    with pytest.raises(Refused, match="0 entries for 1 addresses"):
        actor.availability(("a@example.com",), SLOT, 30)


MEMBER = {"start": {"dateTime": "2026-03-02T10:00:00", "timeZone": "UTC"}}
MEMBER["end"] = {"dateTime": "2026-03-02T11:00:00", "timeZone": "UTC"}


def test_a_view_shows_what_holds_the_token_by_start():
    times = (t("Start", "2026-03-02T10:00:00Z"), t("End", "2026-03-02T11:00:00Z"))
    later = (t("Start", "2026-03-03T10:00:00Z"), t("End", "2026-03-03T11:00:00Z"))
    original = t("OriginalStart", "2026-03-03T09:00:00Z")
    actor, script = ews_actor(
        folder(
            item("CalendarItem", t("Subject", "Other")),
            item("CalendarItem", t("Subject", "Plan tok"), identity="MQ=="),
            item("CalendarItem", t("Subject", "Plan tok"), identity="Mg=="),
        ),
        answered(
            "GetItem",
            success("GetItem", item("CalendarItem", *later, original, t("CalendarItemType", "Exception"))),
            success("GetItem", item("CalendarItem", *times, t("CalendarItemType", "Occurrence"))),
        ),
    )
    first, second = actor.view("tok", SLOT)
    assert (first.kind, second.kind) == (EventKind.OCCURRENCE, EventKind.EXCEPTION)
    assert second.original_start == datetime(2026, 3, 3, 9, tzinfo=UTC)
    assert b"CalendarView" in script.asked[0].body
    assert script.asked[1].body.count(b"ItemId Id=") == 2


def test_a_view_of_nothing_reads_nothing():
    actor, script = ews_actor(folder())
    assert actor.view("tok", SLOT) == ()
    assert len(script.asked) == 1


def test_a_view_of_graph_is_read_to_its_last_page():
    found = {"id": "1", "subject": "Plan tok", "type": "occurrence", "originalStart": "2026-03-02T10:00:00Z", **MEMBER}
    actor, script = graph_actor(
        as_json({"value": [{**found, "subject": "Other"}], "@odata.nextLink": "https://server.example/v1.0/next"}),
        as_json({"value": [found]}),
    )
    (event,) = actor.view("tok", SLOT)
    assert (event.kind, event.original_start) == (EventKind.OCCURRENCE, TEN)
    assert "startDateTime=2026-03-02T10:00:00Z&endDateTime=2026-03-02T11:00:00Z" in script.asked[0].url
    assert script.asked[1].url == "https://server.example/v1.0/next"
