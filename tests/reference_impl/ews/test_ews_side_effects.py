"""What each act leaves in which folder of whom: one row per act, every folder of everybody concerned compared.

The rows follow [MS-OXWSMTGS] (sending of invitations and cancellations) and the pages of the response objects.
"""

from collections import Counter

import pytest

FOLDERS = ("calendar", "inbox", "sentitems", "deleteditems", "drafts")
MR, CAN, RESP, CAL = "MeetingRequest", "MeetingCancellation", "MeetingResponse", "CalendarItem"
KINDS = (MR, CAN, RESP, CAL, "Message", "MeetingMessage")


@pytest.fixture
def third(world, tools):
    return tools.speaker(world, "attendee2@example.com")


@pytest.fixture
def look(organizer, attendee, other, third):
    """A function that counts what is in the folders of the four, by person, folder and kind."""
    people = {"organizer": organizer, "kept": attendee, "removed": other, "added": third}

    def counted():
        return Counter(
            {
                (name, folder, kind): count
                for name, speaker in people.items()
                for folder in FOLDERS
                for kind in KINDS
                if (count := len(speaker.find(folder).all(kind)))
            }
        )

    return counted


def difference(before, after):
    """What came and what went, as 'person folder +Kind' lines."""
    lines = []
    for place in sorted(before.keys() | after.keys()):
        change = after[place] - before[place]
        who, folder, kind = place
        lines += [f"{who} {folder} {'+' if change > 0 else '-'}{kind}"] * abs(change)
    return lines


INVITED = ["added calendar +CalendarItem", "added inbox +MeetingRequest"]
TOLD_OFF = ["removed inbox +MeetingCancellation"]
CREATED = {
    "SendToNone": [],
    "SendOnlyToAll": ["kept calendar +CalendarItem", "kept inbox +MeetingRequest"],
    "SendToAllAndSaveCopy": [
        "kept calendar +CalendarItem",
        "kept inbox +MeetingRequest",
        "organizer sentitems +MeetingRequest",
    ],
}


@pytest.mark.parametrize("sending", CREATED)
def test_creating(organizer, look, sending):
    before = look()
    organizer.create(attendees=("attendee0@example.com",), sending=sending)
    expected = [*CREATED[sending], "organizer calendar +CalendarItem"]
    assert difference(before, look()) == sorted(expected)


UPDATED = {
    "SendToNone": [],
    "SendOnlyToAll": [*INVITED, "kept inbox +MeetingRequest", *TOLD_OFF],
    "SendOnlyToChanged": [*INVITED, *TOLD_OFF],
    "SendToAllAndSaveCopy": [
        *INVITED,
        "kept inbox +MeetingRequest",
        "organizer sentitems +MeetingCancellation",
        "organizer sentitems +MeetingRequest",
        "organizer sentitems +MeetingRequest",
        *TOLD_OFF,
    ],
    "SendToChangedAndSaveCopy": [
        *INVITED,
        "organizer sentitems +MeetingCancellation",
        "organizer sentitems +MeetingRequest",
        *TOLD_OFF,
    ],
}


@pytest.mark.parametrize("sending", UPDATED)
def test_replacing_an_attendee(organizer, meeting, other, look, tools, sending):
    before = look()
    people = tools.attendee_list("RequiredAttendees", ("attendee0@example.com", "attendee2@example.com"))
    organizer.update(meeting, tools.set_field("calendar:RequiredAttendees", people), sending=sending)
    assert difference(before, look()) == sorted(UPDATED[sending])
    cancelled = other.get(other.only("calendar", CAL)).text("IsCancelled")
    assert cancelled == ("false" if sending == "SendToNone" else "true")


def test_sending_first_with_an_update(organizer, look, tools):
    (item_id,) = organizer.create(attendees=("attendee0@example.com",), sending="SendToNone").ids(CAL)
    before = look()
    change = tools.set_field("calendar:Location", "<t:Location>Hall</t:Location>")
    organizer.update(item_id, change, sending="SendOnlyToAll")
    assert difference(before, look()) == ["kept calendar +CalendarItem", "kept inbox +MeetingRequest"]


CALLED_OFF = ["kept inbox +MeetingCancellation", "removed inbox +MeetingCancellation"]
DELETED = {
    "SendToNone": [],
    "SendOnlyToAll": CALLED_OFF,
    "SendToAllAndSaveCopy": [*CALLED_OFF, "organizer sentitems +MeetingCancellation"],
}


@pytest.mark.parametrize("kind", ["MoveToDeletedItems", "SoftDelete", "HardDelete"])
@pytest.mark.parametrize("sending", DELETED)
def test_deleting_ones_own_meeting(organizer, attendee, meeting, look, sending, kind):
    before = look()
    organizer.delete(meeting, sending=sending, kind=kind)
    kept = ["organizer deleteditems +CalendarItem"] if kind == "MoveToDeletedItems" else []
    assert difference(before, look()) == sorted([*DELETED[sending], "organizer calendar -CalendarItem", *kept])
    shown = attendee.get(attendee.only("calendar", CAL))
    state = ("false", "3") if sending == "SendToNone" else ("true", "7")
    assert (shown.text("IsCancelled"), shown.text("AppointmentState")) == state


@pytest.mark.parametrize(("disposition", "copies"), [("SendOnly", 0), ("SendAndSaveCopy", 1)])
def test_calling_off(organizer, attendee, meeting, look, disposition, copies):
    before = look()
    organizer.answer("CancelCalendarItem", meeting, disposition=disposition)
    expected = [
        *CALLED_OFF,
        "organizer calendar -CalendarItem",
        "organizer deleteditems +CalendarItem",
        *["organizer sentitems +MeetingCancellation"] * copies,
    ]
    assert difference(before, look()) == sorted(expected)
    assert organizer.get(organizer.only("deleteditems", CAL)).text("AppointmentState") == "5"
    assert attendee.get(attendee.only("calendar", CAL)).text("AppointmentState") == "7"


SENT = {
    "SendAndSaveCopy": ["kept sentitems +MeetingResponse", "organizer inbox +MeetingResponse"],
    "SendOnly": ["organizer inbox +MeetingResponse"],
    "SaveOnly": ["kept drafts +MeetingResponse"],
}
STAYS = {
    "AcceptItem": [],
    "TentativelyAcceptItem": [],
    "DeclineItem": ["kept calendar -CalendarItem", "kept deleteditems +CalendarItem"],
}


@pytest.mark.parametrize("disposition", SENT)
@pytest.mark.parametrize("act", STAYS)
def test_answering_the_request(attendee, meeting, look, act, disposition):
    before = look()
    attendee.answer(act, attendee.only("inbox", MR), disposition=disposition)
    expected = [*SENT[disposition], *STAYS[act], "kept deleteditems +MeetingRequest", "kept inbox -MeetingRequest"]
    assert difference(before, look()) == sorted(expected)


@pytest.mark.parametrize("disposition", SENT)
@pytest.mark.parametrize("act", STAYS)
def test_answering_on_the_calendar(attendee, meeting, look, act, disposition):
    before = look()
    attendee.answer(act, attendee.only("calendar", CAL), disposition=disposition)
    assert difference(before, look()) == sorted([*SENT[disposition], *STAYS[act]])


@pytest.mark.parametrize("act", STAYS)
def test_answering_a_request_that_was_put_away(attendee, meeting, look, act):
    attendee.delete(attendee.only("inbox", MR))
    before = look()
    attendee.answer(act, attendee.only("deleteditems", MR))
    expected = [*SENT["SendAndSaveCopy"], *STAYS[act], "kept deleteditems -MeetingRequest"]
    assert difference(before, look()) == sorted(expected)


@pytest.mark.parametrize("act", ["AcceptItem", "TentativelyAcceptItem"])
def test_accepting_brings_a_deleted_copy_back(attendee, meeting, look, act):
    attendee.delete(attendee.only("calendar", CAL), kind="HardDelete")
    before = look()
    attendee.answer(act, attendee.only("inbox", MR))
    came = ["kept calendar +CalendarItem", "kept deleteditems +MeetingRequest", "kept inbox -MeetingRequest"]
    assert difference(before, look()) == sorted([*SENT["SendAndSaveCopy"], *came])


def test_removing_a_cancelled_meeting(organizer, attendee, meeting, look):
    organizer.delete(meeting, sending="SendOnlyToAll")
    before = look()
    attendee.answer("RemoveItem", attendee.only("inbox", CAN), disposition=None)
    assert difference(before, look()) == [
        "kept calendar -CalendarItem",
        "kept deleteditems +CalendarItem",
        "kept deleteditems +MeetingCancellation",
        "kept inbox -MeetingCancellation",
    ]


@pytest.mark.parametrize("sending", DELETED)
def test_deleting_ones_copy_tells_nobody(attendee, meeting, look, sending):
    before = look()
    attendee.delete(attendee.only("calendar", CAL), sending=sending)
    assert difference(before, look()) == ["kept calendar -CalendarItem", "kept deleteditems +CalendarItem"]
