"""A second, small server's mailboxes: meetings called, answered, changed and called off. Shares no code with the other.

It is made for one purpose: to be another server that the conformance suite is right about. What it leaves out, it
refuses. ``without`` names what it is made to get wrong; the test beside it has the table.
"""

from __future__ import annotations

import base64
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

FOLDERS = ("calendar", "inbox", "sentitems", "drafts", "deleteditems")
CLASSES = {
    "CalendarItem": "IPM.Appointment",
    "Message": "IPM.Note",
    "MeetingRequest": "IPM.Schedule.Meeting.Request",
    "MeetingCancellation": "IPM.Schedule.Meeting.Canceled",
}
# The response, the class, the subject's prefix, and what the codes that refuse it end in.
ANSWERS = {
    "AcceptItem": ("Accept", "IPM.Schedule.Meeting.Resp.Pos", "Accepted: ", "Accept", "AcceptItem"),
    "TentativelyAcceptItem": ("Tentative", "IPM.Schedule.Meeting.Resp.Tent", "Tentative: ", "Tentative", "Tentative"),
    "DeclineItem": ("Decline", "IPM.Schedule.Meeting.Resp.Neg", "Declined: ", "Decline", "DeclineItem"),
}
LONGEST = timedelta(days=1825)
MEETING, RECEIVED, CANCELLED = 1, 2, 4  # the bits of AppointmentState


class Refused(Exception):
    """A request that is answered with an error code of EWS."""


@dataclass(eq=False)
class Item:
    """Something in a folder of somebody's mailbox; ``values`` are its properties, by their element names."""

    owner: str
    folder: str
    kind: str
    id: str
    values: dict[str, Any]
    version: int = 1

    def __getitem__(self, name: str) -> Any:
        return self.values.get(name)

    @property
    def change_key(self) -> str:
        return base64.b64encode(f"v{self.version:06}".encode()).decode()

    def change(self, **values: Any) -> None:
        self.values |= values
        self.version += 1


@dataclass
class Mailboxes:
    """Everybody's mailboxes, in memory."""

    people: dict[str, str]  # addresses and names
    without: frozenset[str] = frozenset()
    items: dict[str, Item] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    # Reading

    def item(self, owner: str, identity: str) -> Item:
        if not identity:
            raise Refused("ErrorInvalidIdEmpty")
        try:
            text = base64.b64decode(identity, validate=True).decode("ascii")
        except ValueError:
            raise Refused("ErrorInvalidIdMalformed") from None
        if not text.startswith("second-item-"):
            raise Refused("ErrorInvalidIdMalformed")
        found = self.items.get(identity)
        if found is None or found.owner != owner:
            raise Refused("ErrorItemNotFound")
        return found

    def folder(self, owner: str, name: str) -> list[Item]:
        if name not in FOLDERS:
            raise Refused("ErrorFolderNotFound")
        return [item for item in self.items.values() if (item.owner, item.folder) == (owner, name)]

    def event(self, owner: str, uid: str) -> Item | None:
        found = (item for item in self.folder(owner, "calendar") if item["UID"] == uid)
        return next(found, None)

    # Meetings

    def call(self, owner: str, values: dict[str, Any], sending: str) -> Item:
        _check_times(values["Start"], values["End"])
        number = next(self._numbers)
        invited = self._invited(values)
        values |= {
            "UID": f"040000008200E00074C5B7101A82E008{number:032X}",
            "Organizer": owner,
            "IsMeeting": bool(invited),
            "MeetingRequestWasSent": bool(invited) and sending != "SendToNone",
            "MyResponseType": "Organizer",
            "AppointmentState": MEETING if invited else 0,
            "AppointmentSequenceNumber": 0,
            "IsCancelled": False,
        }
        event = self._add(owner, "calendar", "CalendarItem", values)
        if sending != "SendToNone":
            self._invite(event, invited, "NewMeetingRequest", is_kept=sending == "SendToAllAndSaveCopy")
        return event

    def update(self, event: Item, changes: dict[str, Any], sending: str) -> Item:
        if not self._is_own(event):
            raise Refused("ErrorCalendarIsNotOrganizer")
        start, end = changes.get("Start", event["Start"]), changes.get("End", event["End"])
        _check_times(start, end)
        if event.folder == "deleteditems" and sending != "SendToNone":
            raise Refused("ErrorCalendarCannotUpdateDeletedItem")
        before, moved = set(self._invited(event.values)), (start, end) != (event["Start"], event["End"])
        answers = dict(event["answers"] or {})
        event.change(**changes)
        invited = self._invited(event.values)
        if moved:
            event.change(AppointmentSequenceNumber=event["AppointmentSequenceNumber"] + 1)
            answers = answers if "answers end with the time" in self.without else {}
        event.values["answers"] = {address: told for address, told in answers.items() if address in invited}
        if sending != "SendToNone":
            to_all = not sending.startswith("SendToChanged")
            kept = [address for address in invited if address in before and to_all]
            how = "FullUpdate" if moved else "InformationalUpdate"
            self._invite(event, kept, how, is_kept="AndSaveCopy" in sending)
            added = [address for address in invited if address not in before]
            self._invite(event, added, "NewMeetingRequest", is_kept="AndSaveCopy" in sending)
            self._tell_that_it_is_off(event, before - set(invited), "")
        return event

    def cancel(self, event: Item, words: str) -> Item:
        if event.kind != "CalendarItem":
            raise Refused("ErrorInvalidItemForOperationCancelItem")
        if not self._is_own(event) and "only the organizer cancels" not in self.without:
            raise Refused("ErrorCalendarIsNotOrganizer")
        told = "" if "the words of a cancellation" in self.without else words
        self._tell_that_it_is_off(event, self._invited(event.values), told)
        subject = self._prefixed("Canceled: ", event["Subject"])
        state = MEETING if "the state of a cancellation" in self.without else MEETING | CANCELLED
        event.change(Subject=subject, IsCancelled=True, AppointmentState=state, LegacyFreeBusyStatus="Free")
        return self._move(event, "deleteditems")

    def delete(self, item: Item, how: str, sending: str | None) -> None:
        is_meeting = item.kind == "CalendarItem" and item["IsMeeting"] and item.folder == "calendar"
        if item.kind == "CalendarItem" and sending is None and "a deletion says how" not in self.without:
            raise Refused("ErrorSendMeetingCancellationsRequired")
        if is_meeting and sending not in {None, "SendToNone"} and self._is_own(item):
            self._tell_that_it_is_off(item, self._invited(item.values), "")
            if sending == "SendToAllAndSaveCopy":
                self._keep_cancellation(item)
        if how == "MoveToDeletedItems":
            self._move(item, "deleteditems")
        else:
            del self.items[item.id]

    def answer(self, given: Item, how: str, words: str, *, sends: bool, keeps: bool) -> list[Item]:
        """Answer a request or the copy of its meeting; what the answer leaves in the answerer's mailbox."""
        response, item_class, prefix, short, long = ANSWERS[how]
        event = given if given.kind == "CalendarItem" else self.event(given.owner, given["UID"])
        if given.kind not in {"CalendarItem", "MeetingRequest"}:
            raise Refused(f"ErrorInvalidItemForOperation{long}")
        if event is None:
            raise Refused("ErrorItemNotFound")
        if self._is_own(event):
            raise Refused(f"ErrorCalendarIsOrganizerFor{short}")
        if event["IsCancelled"]:
            raise Refused(f"ErrorCalendarIsCancelledFor{short}")
        busy = {"Accept": event["IntendedFreeBusyStatus"], "Tentative": "Tentative", "Decline": "Free"}[response]
        event.change(MyResponseType=response, AppointmentReplyTime=_now(), LegacyFreeBusyStatus=busy)
        if sends:
            self._respond(event, response, item_class, prefix, words, keeps=keeps)
        if response == "Decline" and "declined meetings go" not in self.without:
            event = self._move(event, "deleteditems")
        if given.kind != "MeetingRequest":
            return [event]
        given.change(HasBeenProcessed=True, IsRead=True)
        return [event, self._move(given, "deleteditems")]

    def remove(self, cancellation: Item) -> None:
        if cancellation.kind != "MeetingCancellation":
            raise Refused("ErrorInvalidItemForOperationRemoveItem")
        event = self.event(cancellation.owner, cancellation["UID"])
        if event is not None and "a removal removes" not in self.without:
            self._move(event, "deleteditems")
        self._move(cancellation, "deleteditems")

    def write(self, owner: str, values: dict[str, Any], to: Iterable[str], *, keeps: bool) -> None:
        values |= {"ToRecipients": list(to), "From": owner, "Sender": owner}
        for address in values["ToRecipients"]:
            self._deliver(address, "Message", dict(values))
        if keeps:
            self._add(owner, "sentitems", "Message", dict(values))

    # What meetings bring about

    def _invite(self, event: Item, addresses: Iterable[str], how: str, *, is_kept: bool = False) -> None:
        for address in addresses:
            told = {name: event[name] for name in _TOLD if event[name] is not None}
            told |= {"MyResponseType": "NoResponseReceived", "answers": {}}
            told |= {"AppointmentState": MEETING | RECEIVED, "IntendedFreeBusyStatus": event["LegacyFreeBusyStatus"]}
            copy = self.event(address, told["UID"])
            if address in self.people and copy is None:
                copy = self._add(address, "calendar", "CalendarItem", told | {"LegacyFreeBusyStatus": "Tentative"})
            elif copy is not None:
                own = copy["MyResponseType"] if how != "FullUpdate" else "NoResponseReceived"
                copy.change(**told | {"MyResponseType": own, "LegacyFreeBusyStatus": copy["LegacyFreeBusyStatus"]})
            values = told | {"MeetingRequestType": how, "about": copy, **self._letter(event, [address])}
            self._deliver(address, "MeetingRequest", values)
            if is_kept and "sent invitations are kept" not in self.without:
                self._add(event["Organizer"], "sentitems", "MeetingRequest", values | {"about": event})

    def _tell_that_it_is_off(self, event: Item, addresses: Iterable[str], words: str) -> None:
        for address in addresses:
            copy = self.event(address, event["UID"])
            subject = self._prefixed("Canceled: ", event["Subject"])
            if copy is not None:
                state = MEETING | RECEIVED | CANCELLED
                gone = {"IsCancelled": True, "AppointmentState": state, "LegacyFreeBusyStatus": "Free"}
                copy.change(Subject=subject, **gone)
            told = {name: event[name] for name in ("UID", "Start", "End", "Location", "Organizer")}
            told |= {"Subject": subject, "Body": words, "about": copy, **self._letter(event, [address])}
            self._deliver(address, "MeetingCancellation", told)

    def _keep_cancellation(self, event: Item) -> None:
        told = {name: event[name] for name in ("UID", "Start", "End", "Location", "Organizer")}
        told |= {"Subject": self._prefixed("Canceled: ", event["Subject"]), "Body": ""}
        told |= self._letter(event, self._invited(event.values))
        self._add(event.owner, "sentitems", "MeetingCancellation", told)

    def _respond(self, copy: Item, response: str, item_class: str, prefix: str, words: str, *, keeps: bool) -> None:
        organizer = copy["Organizer"]
        event = self.event(organizer, copy["UID"])
        if event is not None and "answers are counted" not in self.without:
            event.change(answers={**(event["answers"] or {}), copy.owner: (response, _now())})
        told = {name: copy[name] for name in ("UID", "Start", "End", "Location", "Organizer")}
        told |= {"Subject": self._prefixed(prefix, copy["Subject"]), "Body": words, "ItemClass": item_class}
        told |= {"ResponseType": response, "From": copy.owner, "Sender": copy.owner, "ToRecipients": [organizer]}
        self._deliver(organizer, "MeetingResponse", told | {"about": event})
        if keeps and "sent answers are kept" not in self.without:
            self._add(copy.owner, "sentitems", "MeetingResponse", told | {"about": copy})

    def _prefixed(self, prefix: str, subject: str) -> str:
        return subject if "subjects tell what happened" in self.without else prefix + subject

    def _letter(self, event: Item, to: list[str]) -> dict[str, Any]:
        return {"From": event["Organizer"], "Sender": event["Organizer"], "ToRecipients": to}

    def _deliver(self, address: str, kind: str, values: dict[str, Any]) -> None:
        if address in self.people:
            self._add(address, "inbox", kind, {"IsRead": False, **values})

    def _add(self, owner: str, folder: str, kind: str, values: dict[str, Any]) -> Item:
        values.setdefault("ItemClass", CLASSES.get(kind, ""))
        values.setdefault("DateTimeReceived", _now())
        identity = base64.b64encode(f"second-item-{next(self._numbers):012}".encode()).decode()
        self.items[identity] = item = Item(owner, folder, kind, identity, values)
        return item

    def _move(self, item: Item, folder: str) -> Item:
        del self.items[item.id]
        moved = self._add(item.owner, folder, item.kind, item.values)
        for other in self.items.values():
            if other.values.get("about") is item:
                other.values["about"] = moved
        return moved

    def _is_own(self, event: Item) -> bool:
        return bool(event["Organizer"] == event.owner)

    def _invited(self, values: dict[str, Any]) -> list[str]:
        return [one for name in PEOPLE for one in values.get(name) or ()]


PEOPLE = ("RequiredAttendees", "OptionalAttendees", "Resources")
_TOLD = (
    *("Subject", "Body", "Start", "End", "Location", "IsAllDayEvent", *PEOPLE, "UID", "Organizer", "IsMeeting"),
    *("MeetingRequestWasSent", "AppointmentSequenceNumber", "IsCancelled", "AllowNewTimeProposal"),
    *("IsResponseRequested", "ReminderIsSet", "ReminderMinutesBeforeStart"),
)


def _check_times(start: datetime, end: datetime) -> None:
    if end < start:
        raise Refused("ErrorCalendarEndDateIsEarlierThanStartDate")
    if end - start > LONGEST:
        raise Refused("ErrorCalendarDurationIsTooLong")


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
