"""Graph request bodies as small builders of JSON values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from conformance.actor.acts import Changes, Draft
from conformance.actor.equivalence import GRAPH_SPELLING_OF_SHOW_AS
from conformance.actor.graph_recurrence import recurrence
from conformance.actor.times import local_time
from conformance.actor.views import Answer, Folder, Role, Slot

ANSWERS = {Answer.ACCEPT: "accept", Answer.TENTATIVE: "tentativelyAccept", Answer.DECLINE: "decline"}

FOLDERS = {
    Folder.INBOX: "inbox",
    Folder.SENT: "sentitems",
    Folder.DELETED: "deleteditems",
    Folder.DRAFTS: "drafts",
}

Json = dict[str, Any]


def prefer_zone(name: str) -> dict[str, str]:
    """The header that asks for times in a zone."""
    return {"Prefer": f'outlook.timezone="{name}"'}


def moment(when: datetime, zone: str = "UTC") -> Json:
    """An instant as a dateTimeTimeZone."""
    return {"dateTime": local_time(when, zone), "timeZone": zone}


def times(slot: Slot, zone: str = "UTC") -> Json:
    """The start and end of an interval."""
    return {"start": moment(slot.start, zone), "end": moment(slot.end, zone)}


def attendee(address: str, role: Role = Role.REQUIRED) -> Json:
    """One invited person."""
    return {"emailAddress": {"address": address}, "type": role.value}


def attendees(required: Sequence[str] = (), optional: Sequence[str] = (), rooms: Sequence[str] = ()) -> list[Json]:
    """Everybody invited, in one list."""
    return [
        *(attendee(address) for address in required),
        *(attendee(address, Role.OPTIONAL) for address in optional),
        *(attendee(address, Role.RESOURCE) for address in rooms),
    ]


def event(draft: Draft) -> Json:
    """An event to be created."""
    told: Json = {
        "subject": draft.subject,
        **times(draft.slot, draft.zone),
        "showAs": GRAPH_SPELLING_OF_SHOW_AS[draft.show_as],
        "allowNewTimeProposals": draft.allows_proposals,
        "attendees": attendees(draft.required, draft.optional, draft.rooms),
    }
    if draft.body:
        told["body"] = {"contentType": "text", "content": draft.body}
    if draft.location:
        told["location"] = {"displayName": draft.location}
    if draft.is_private:
        told["sensitivity"] = "private"
    if draft.recurrence:
        told["recurrence"] = recurrence(draft.recurrence)
    return told


def changed(changes: Changes, people: Sequence[Json]) -> Json:
    """A PATCH body; ``people`` is everybody invited after the change, sent only where a list changes."""
    told: Json = {}
    if changes.subject is not None:
        told["subject"] = changes.subject
    if changes.slot is not None:
        told.update(times(changes.slot))
    if changes.location is not None:
        told["location"] = {"displayName": changes.location}
    if changes.recurrence is not None:
        told["recurrence"] = recurrence(changes.recurrence)
    if any(one is not None for one in (changes.required, changes.optional, changes.rooms)):
        told["attendees"] = list(people)
    return told


def answer(comment: str = "", proposal: Slot | None = None, *, send: bool = True) -> Json:
    """The body of accept, tentativelyAccept or decline."""
    told: Json = {"sendResponse": send}
    if comment:
        told["comment"] = comment
    if proposal is not None:
        told["proposedNewTime"] = times(proposal)
    return told


def forward(to: Sequence[str], comment: str = "") -> Json:
    """The body of forward."""
    told: Json = {"toRecipients": [{"emailAddress": {"address": address}} for address in to]}
    return told | {"comment": comment} if comment else told


def schedule_question(addresses: Sequence[str], window: Slot, interval_minutes: int | None) -> Json:
    """The body of getSchedule."""
    told: Json = {
        "schedules": list(addresses),
        "startTime": moment(window.start),
        "endTime": moment(window.end),
    }
    if interval_minutes is not None:
        told["availabilityViewInterval"] = interval_minutes
    return told
