"""Requests that a server must refuse, whatever else is in the mailbox."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from conformance.passive.check import PassiveCheck, Reading, reading
from conformance.passive.ews.asked import Answered, answered, mailbox
from conformance.passive.ews.items import CALENDAR_ITEM, CANCELLATION, REQUEST, RESPONSE, items, moment
from conformance.passive.ews.meetings import is_organizers
from conformance.passive.finding import Finding
from conformance.passive.memory import Recent
from conformance.passive.seen import Seen
from conformance.wire.namespaces import local, m, t

_ANSWERS = frozenset({t("AcceptItem"), t("TentativelyAcceptItem"), t("DeclineItem")})
_CANCEL = t("CancelCalendarItem")
_MESSAGES = frozenset({t("MeetingMessage"), t(REQUEST), t(RESPONSE), t(CANCELLATION)})
_CREATE, _UPDATE = m("CreateItem"), m("UpdateItem")
_MALFORMED = ("ErrorInvalidIdMalformed", "ErrorInvalidIdMalformedEwsLegacyIdFormat", "ErrorInvalidIdEmpty")
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")


class _Asked(NamedTuple):
    """An entry of a request, and whether the item it names is the organizer's own, where that was seen."""

    entry: Answered
    owns: bool | None


def _without_disposition(asked: _Asked) -> str:
    entry = asked.entry
    is_so = entry.operation == _CREATE and entry.entry.tag in {*_ANSWERS, _CANCEL}
    return "ErrorMessageDispositionRequired" if is_so and entry.question.get("MessageDisposition") is None else ""


def _without_invitations(asked: _Asked) -> str:
    entry = asked.entry
    is_so = entry.operation == _CREATE and entry.entry.tag == t(CALENDAR_ITEM)
    missing = entry.question.get("SendMeetingInvitations") is None
    return "ErrorSendMeetingInvitationsRequired" if is_so and missing else ""


def _without_updates(asked: _Asked) -> str:
    entry = asked.entry
    changes = entry.entry.iterfind(f"{t('Updates')}/*/{t(CALENDAR_ITEM)}")
    is_so = entry.operation == _UPDATE and next(changes, None) is not None
    missing = entry.question.get("SendMeetingInvitationsOrCancellations") is None
    return "ErrorSendMeetingInvitationsOrCancellationsRequired" if is_so and missing else ""


def _ends_first(asked: _Asked) -> str:
    entry = asked.entry
    if entry.operation != _CREATE or entry.entry.tag != t(CALENDAR_ITEM):
        return ""
    start, end = (moment(entry.entry.findtext(t(name))) for name in ("Start", "End"))
    is_so = start is not None and end is not None and end < start
    return "ErrorCalendarEndDateIsEarlierThanStartDate" if is_so else ""


def _made_by_hand(asked: _Asked) -> str:
    is_so = asked.entry.operation == _CREATE and asked.entry.entry.tag in _MESSAGES
    return "ErrorInvalidItemForOperationCreateItem" if is_so else ""


def _own_meeting(asked: _Asked) -> str:
    is_so = asked.entry.operation == _CREATE and asked.entry.entry.tag in _ANSWERS and asked.owns is True
    return "ErrorCalendarIsOrganizerFor..." if is_so else ""


def _others_meeting(asked: _Asked) -> str:
    is_so = asked.entry.operation == _CREATE and asked.entry.entry.tag == _CANCEL and asked.owns is False
    return "ErrorCalendarIsNotOrganizer" if is_so else ""


_REFUSED: Mapping[str, Callable[[_Asked], str]] = {
    "EWS-SEEN-140": _without_disposition,
    "EWS-SEEN-141": _without_invitations,
    "EWS-SEEN-142": _without_updates,
    "EWS-SEEN-143": _ends_first,
    "EWS-SEEN-144": _made_by_hand,
    "EWS-SEEN-145": _own_meeting,
    "EWS-SEEN-146": _others_meeting,
}
"""For each requirement, the code that an entry must be refused with, "" where the requirement does not speak of it.

Another code may be right as well, where more than one thing is wrong; what never is right is success.
"""
MALFORMED_ID, BEYOND_SERIES = "EWS-SEEN-147", "EWS-SEEN-148"
_BEYOND = "ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange"


class Refusals:
    """Watches one recording, and remembers of the items shown last whose meetings they are, and how many."""

    def __init__(self) -> None:
        self._roles: Recent[tuple[str, str], bool] = Recent()
        self._counts: Recent[tuple[str, str], int] = Recent()  # of the occurrences of numbered series

    def __call__(self, seen: Seen) -> Iterator[Finding]:
        """What of the next exchange should have been refused."""
        if seen.question is None or seen.answer is None:
            return
        owner = mailbox(seen)
        for entry in answered(seen):
            asked = _Asked(entry, self._roles.get((owner, entry.id)) if entry.id else None)
            for requirement, rule in _REFUSED.items():
                if code := rule(asked):
                    about = f"the answer to {local(entry.entry.tag)}"
                    read = Reading(not entry.succeeded, about, code, entry.response_class, entry.message)
                    yield reading(requirement, read)
            yield from _malformed(entry)
            yield from self._beyond(owner, entry)
        for item in items(seen):
            count = item.element.findtext(f"{t('Recurrence')}/{t('NumberedRecurrence')}/{t('NumberOfOccurrences')}")
            if item.id and count and count.strip().isdecimal():
                self._counts[owner, item.id] = int(count)
            if item.id and (owns := is_organizers(item)) is not None:
                self._roles[owner, item.id] = owns

    def _beyond(self, owner: str, entry: Answered) -> Iterator[Finding]:
        named = next(entry.entry.iter(t("OccurrenceItemId")), None)
        if named is None:
            return
        count = self._counts.get((owner, named.get("RecurringMasterId", "")))
        index = named.get("InstanceIndex", "")
        if count is not None and index.isdecimal() and int(index) > count:
            about = f"the answer about occurrence {index} of {count}"
            yield reading(BEYOND_SERIES, Reading(entry.code == _BEYOND, about, _BEYOND, entry.code, entry.message))


def _malformed(entry: Answered) -> Iterator[Finding]:
    if entry.operation != _CREATE and entry.id and _BASE64.fullmatch(entry.id) is None:
        about = f"the answer about the id {entry.id}"
        read = Reading(entry.code in _MALFORMED, about, _MALFORMED[0], entry.code, entry.message)
        yield reading(MALFORMED_ID, read)


CHECK = PassiveCheck("ews-refusals", (*_REFUSED, MALFORMED_ID, BEYOND_SERIES), Refusals)
