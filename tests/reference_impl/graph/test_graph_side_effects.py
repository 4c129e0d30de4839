"""What each act over Graph leaves in which folder of whom, every folder of everybody concerned compared.

The rows follow the pages of event, eventMessage and their actions.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

FOLDERS = ("inbox", "sentitems", "deleteditems", "drafts")
PEOPLE = {"alex": "AlexW@contoso.com", "adele": "AdeleV@contoso.com", "third": "attendee0@example.com"}
LATER = {
    "start": {"dateTime": "2026-02-03T12:00:00", "timeZone": "UTC"},
    "end": {"dateTime": "2026-02-03T13:00:00", "timeZone": "UTC"},
}


def invitee(address: str) -> dict[str, Any]:
    return {"emailAddress": {"address": address}, "type": "required"}


@pytest.fixture
def look(office):
    """A function that counts events, and messages by kind and folder, of the three people."""

    def counted() -> Counter[str]:
        found: Counter[str] = Counter()
        for name, address in PEOPLE.items():
            caller = office.caller(address)
            found[f"{name} calendar event"] = len(caller.get("/v1.0/me/events?$top=100")["value"])
            for folder in FOLDERS:
                for message in caller.get(f"/v1.0/me/mailFolders/{folder}/messages?$top=100")["value"]:
                    kind = message.get("meetingRequestType") or message.get("meetingMessageType") or "mail"
                    found[f"{name} {folder} {kind}"] += 1
        return found

    return counted


def difference(before: Counter[str], after: Counter[str]) -> dict[str, int]:
    return {place: after[place] - before[place] for place in before | after if after[place] != before[place]}


def test_creating_and_inviting(office, lunch, look):
    before = look()
    office.alex.post("/v1.0/me/events", lunch)
    assert difference(before, look()) == {
        "alex calendar event": 1,
        "alex sentitems newMeetingRequest": 1,
        "adele calendar event": 1,
        "adele inbox newMeetingRequest": 1,
    }


def test_creating_alone(office, lunch, look):
    before = look()
    office.alex.post("/v1.0/me/events", lunch | {"attendees": []})
    assert difference(before, look()) == {"alex calendar event": 1}


# The request in Adele's Inbox is outdated by whatever comes later for the same meeting.
OUTDATED = {"adele inbox newMeetingRequest": -1, "adele inbox outdated": 1}
# The sender calls a change of words informational; for her, who has not answered, it is a full update.
TOLD_OF_WORDS = {"adele inbox fullUpdate": 1, "alex sentitems informationalUpdate": 1, **OUTDATED}

CHANGES: dict[str, tuple[dict[str, Any], dict[str, int]]] = {
    "the times": (LATER, {"adele inbox fullUpdate": 1, "alex sentitems fullUpdate": 1, **OUTDATED}),
    "the place": ({"location": {"displayName": "Elsewhere"}}, TOLD_OF_WORDS),
    "the subject": ({"subject": "Supper"}, TOLD_OF_WORDS),
    "what is one's own": ({"categories": ["Red"], "isReminderOn": False, "showAs": "oof"}, {}),
    "nothing": ({}, {}),
    "one more": (
        {"attendees": [invitee(PEOPLE["adele"]), invitee(PEOPLE["third"])]},
        {"third inbox newMeetingRequest": 1, "third calendar event": 1, "alex sentitems newMeetingRequest": 1},
    ),
    "another one": (
        {"attendees": [invitee(PEOPLE["third"])]},
        {
            "third inbox newMeetingRequest": 1,
            "third calendar event": 1,
            "adele inbox meetingCancelled": 1,
            "alex sentitems newMeetingRequest": 1,
            "alex sentitems meetingCancelled": 1,
            **OUTDATED,
        },
    ),
    "nobody": (
        {"attendees": []},
        {"adele inbox meetingCancelled": 1, "alex sentitems meetingCancelled": 1, **OUTDATED},
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_changing(office, invited, look, name):
    change, expected = CHANGES[name]
    before = look()
    assert office.alex.patch(f"/v1.0/me/events/{invited[0]}", change).status == 200
    assert difference(before, look()) == expected


def test_a_change_of_words_informs_those_who_accepted(office, invited, look):
    office.adele.post(f"/v1.0/me/events/{invited[1]}/accept")
    before = look()
    office.alex.patch(f"/v1.0/me/events/{invited[0]}", {"subject": "Supper"})
    told = {**OUTDATED, "adele inbox informationalUpdate": 1, "alex sentitems informationalUpdate": 1}
    assert difference(before, look()) == {**told, **OUTDATED}


ANSWERS = {
    "accept": ("meetingAccepted", "Accepted: Lunch", {}),
    "tentativelyAccept": ("meetingTenativelyAccepted", "Tentative: Lunch", {}),
    "decline": ("meetingDeclined", "Declined: Lunch", {"adele calendar event": -1}),
}


@pytest.mark.parametrize("sends", [True, False])
@pytest.mark.parametrize("act", ANSWERS)
def test_answering(office, invited, look, act, sends):
    kind, _, moved = ANSWERS[act]
    before = look()
    office.adele.post(f"/v1.0/me/events/{invited[1]}/{act}", {"sendResponse": sends})
    told = {f"adele sentitems {kind}": 1, f"alex inbox {kind}": 1} if sends else {}
    assert difference(before, look()) == {**told, **moved}


@pytest.mark.parametrize("act", ["tentativelyAccept", "decline"])
def test_proposing(office, invited, look, act):
    """The message and the attendee's entry tell the proposal; the meeting stays, and moving it ends the proposal."""
    kind, _, moved = ANSWERS[act]
    before, event = look(), office.alex.get(f"/v1.0/me/events/{invited[0]}").json
    office.adele.post(f"/v1.0/me/events/{invited[1]}/{act}", {"proposedNewTime": LATER})
    assert difference(before, look()) == {f"adele sentitems {kind}": 1, f"alex inbox {kind}": 1, **moved}

    (message,) = office.alex.get("/v1.0/me/mailFolders/inbox/messages")["value"]
    assert message["subject"] == "New Time Proposed: Lunch"
    assert message["proposedNewTime"]["start"]["dateTime"].startswith("2026-02-03T12:00:00")
    proposed = office.alex.get(f"/v1.0/me/events/{invited[0]}").json
    assert (proposed["start"], proposed["end"]) == (event["start"], event["end"])
    assert proposed["changeKey"] != event["changeKey"]
    assert proposed["attendees"][0]["proposedNewTime"]["end"]["dateTime"].startswith("2026-02-03T13:00:00")

    moved_event = office.alex.patch(f"/v1.0/me/events/{invited[0]}", LATER)
    entry = moved_event["attendees"][0]
    assert entry["status"] == {"response": "notResponded", "time": "4501-01-01T00:00:00Z"}
    assert "proposedNewTime" not in entry


@pytest.mark.parametrize("how", ["cancel", "delete"])
def test_calling_off(office, invited, look, how):
    before = look()
    if how == "cancel":
        assert office.alex.post(f"/v1.0/me/events/{invited[0]}/cancel", {"comment": "Sorry"}).status == 202
    else:
        assert office.alex.delete(f"/v1.0/me/events/{invited[0]}").status == 204
    assert difference(before, look()) == {
        "alex calendar event": -1,
        "alex sentitems meetingCancelled": 1,
        "adele inbox meetingCancelled": 1,
        **OUTDATED,
    }
    copy = office.adele.get(f"/v1.0/me/events/{invited[1]}").json
    assert (copy["isCancelled"], copy["showAs"], copy["subject"]) == (True, "free", "Canceled: Lunch")


def test_deleting_ones_copy_tells_nobody(office, invited, look):
    before = look()
    assert office.adele.delete(f"/v1.0/me/events/{invited[1]}").status == 204
    assert difference(before, look()) == {"adele calendar event": -1}


def test_moving_a_meeting_asks_again(office, invited):
    office.adele.post(f"/v1.0/me/events/{invited[1]}/accept")
    assert office.adele.get(f"/v1.0/me/events/{invited[1]}")["showAs"] == "busy"
    office.alex.patch(f"/v1.0/me/events/{invited[0]}", LATER)
    copy = office.adele.get(f"/v1.0/me/events/{invited[1]}").json
    assert copy["start"]["dateTime"] == "2026-02-03T12:00:00.0000000"
    assert (copy["responseStatus"]["response"], copy["showAs"]) == ("notResponded", "tentative")
    messages = office.adele.get("/v1.0/me/mailFolders/inbox/messages")["value"]
    assert sorted((each["meetingRequestType"], each["isOutOfDate"]) for each in messages) == [
        ("fullUpdate", False),
        ("outdated", True),
    ]
    update = next(each for each in messages if each["meetingRequestType"] == "fullUpdate")
    assert update["previousStartDateTime"]["dateTime"].startswith("2026-02-02T12:00:00")


def test_an_attendees_own_change_is_local_and_the_next_update_overwrites_it(office, invited, look):
    before = look()
    office.adele.patch(f"/v1.0/me/events/{invited[1]}", {"subject": "Mine", "location": {"displayName": "Home"}})
    assert difference(before, look()) == {}
    assert office.alex.get(f"/v1.0/me/events/{invited[0]}")["subject"] == "Lunch"
    office.alex.patch(f"/v1.0/me/events/{invited[0]}", {"subject": "Supper"})
    assert office.adele.get(f"/v1.0/me/events/{invited[1]}")["subject"] == "Supper"


@pytest.mark.requirement("GRAPH-EVT-004", "GRAPH-RSP-015", "GRAPH-RSP-016")
def test_who_sees_which_answer(office, lunch):
    everybody = [invitee(address) for address in (PEOPLE["adele"], PEOPLE["third"])]
    mine = office.alex.post("/v1.0/me/events", lunch | {"attendees": everybody})
    never = "0001-01-01T00:00:00Z"
    assert mine["responseStatus"] == {"response": "organizer", "time": never}
    assert [each["status"] for each in mine["attendees"]] == [{"response": "none", "time": never}] * 2
    (copy,) = office.adele.get("/v1.0/me/events")["value"]
    assert copy["responseStatus"] == {"response": "notResponded", "time": never}
    third = office.caller(PEOPLE["third"])
    (theirs,) = third.get("/v1.0/me/events")["value"]
    third.post(f"/v1.0/me/events/{theirs['id']}/decline")
    (copy,) = office.adele.get("/v1.0/me/events")["value"]
    assert {each["status"]["response"] for each in copy["attendees"]} == {"none"}
    answers = [each["status"]["response"] for each in office.alex.get(f"/v1.0/me/events/{mine['id']}")["attendees"]]
    assert answers == ["none", "declined"]
