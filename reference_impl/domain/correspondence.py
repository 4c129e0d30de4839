"""The messages that carry a meeting between mailboxes, as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from reference_impl.domain.conversation import conversation_of
from reference_impl.domain.items import (
    Attendee,
    Body,
    CalendarItem,
    EventChanges,
    MeetingFacts,
    Message,
    MessageKind,
    RequestKind,
    Response,
    Role,
    SeriesException,
    TimeSlot,
)
from reference_impl.domain.mailbox import Person

RESPONSE_PREFIXES: Mapping[Response, str] = {
    Response.ACCEPTED: "Accepted: ",
    Response.TENTATIVE: "Tentative: ",
    Response.DECLINED: "Declined: ",
}
PROPOSAL_PREFIX = "New Time Proposed: "
CANCELLED_PREFIX = "Canceled: "
FORWARD_NOTICE_PREFIX = "Meeting Forward Notification: "


SHARED: Final = frozenset(
    {
        "start",
        "end",
        "start_zone",
        "end_zone",
        "is_all_day",
        "location",
        "place",
        "venues",
        "do_not_forward",
        "is_online_meeting",
        "online_meeting_provider",
        "join_url",
        "conference_type",
        "meeting_workspace_url",
        "net_show_url",
        "subject",
        "body",
        "attendees",
        "sequence",
        "intended_show_as",
        "allow_new_time_proposals",
        "response_requested",
        "importance",
        "sensitivity",
        "attachments",
    }
)
"""The attributes that the organizer decides for everybody, in a series and in its exceptions."""


def cancelled_subject(subject: str) -> str:
    """The subject with the mark of a cancelled meeting, once."""
    return subject if subject.startswith(CANCELLED_PREFIX) else CANCELLED_PREFIX + subject


def facts_of(event: CalendarItem, kind: RequestKind | None = None) -> MeetingFacts:
    """What a message says of the meeting to people it invites: resources are left out (MS-OXWSMTGS R319)."""
    # In two steps: a call with more than 15 keywords would first make a dictionary of them.
    facts = MeetingFacts(
        uid=event.uid,
        start=event.start,
        end=event.end,
        start_zone=event.start_zone,
        end_zone=event.end_zone,
        is_all_day=event.is_all_day,
        location=event.location,
        organizer=event.organizer,
        attendees=_invited(event.attendees),
        sequence=event.sequence,
        intended_show_as=event.intended_show_as,
        allow_new_time_proposals=event.allow_new_time_proposals,
        response_requested=event.response_requested,
        is_cancelled=event.is_cancelled,
        request_kind=kind,
    )
    return replace(
        facts,
        place=event.place,
        venues=event.venues,
        do_not_forward=event.do_not_forward,
        is_online_meeting=event.is_online_meeting,
        online_meeting_provider=event.online_meeting_provider,
        join_url=event.join_url,
        conference_type=event.conference_type,
        meeting_workspace_url=event.meeting_workspace_url,
        net_show_url=event.net_show_url,
        recurrence=event.recurrence,
        exceptions=_told_of(event.exceptions) if event.exceptions else (),
        deleted=event.deleted,
        day=event.day,
        original_start=event.original_start,
    )


def _invited(attendees: Sequence[Attendee]) -> tuple[Attendee, ...]:
    return tuple([Attendee(entry.person, entry.role) for entry in attendees if entry.role is not _RESOURCE])


def _told_of(exceptions: Sequence[SeriesException]) -> tuple[SeriesException, ...]:
    return tuple(told for exception in exceptions if (told := _shared(exception)).changes)


def _shared(exception: SeriesException) -> SeriesException:
    """An exception as far as it concerns others."""
    changes = EventChanges({name: value for name, value in exception.changes.items() if name in SHARED})
    if "attendees" in changes:
        changes["attendees"] = _invited(changes["attendees"])
    return SeriesException(exception.day, changes)


def request(
    event: CalendarItem,
    recipients: Sequence[Attendee],
    kind: RequestKind,
    *,
    previous: TimeSlot | None = None,
    previous_location: str | None = None,
) -> Message:
    """An invitation or update from the organizer."""
    facts = facts_of(event, kind)
    if previous is not None or previous_location is not None:
        facts = replace(facts, previous=previous, previous_location=previous_location)
    return _from_organizer(event, _REQUEST, event.subject, event.body, facts, recipients)


def cancellation(event: CalendarItem, recipients: Sequence[Attendee], body: Body | None = None) -> Message:
    """The news that the meeting will not take place, or not with these recipients."""
    facts = replace(facts_of(event), is_cancelled=True, attendees=(), exceptions=())
    return _from_organizer(
        event, MessageKind.CANCELLATION, cancelled_subject(event.subject), body or event.body, facts, recipients
    )


def response(
    copy: CalendarItem, sender: Person, answer: Response, body: Body | None, proposal: TimeSlot | None, now: datetime
) -> Message:
    """An attendee's answer; the sender's name and the answer's time travel with it."""
    prefix = PROPOSAL_PREFIX if proposal is not None else RESPONSE_PREFIXES[answer]
    return Message(
        kind=MessageKind.RESPONSE,
        subject=prefix + copy.subject,
        body=body or Body(),
        sender=sender,
        to=(copy.organizer,),
        conversation_id=conversation_of(copy.uid),
        meeting=replace(facts_of(copy), attendees=(), exceptions=(), response=answer, proposal=proposal),
        created=now,
        modified=now,
    )


def forward_notice(facts: MeetingFacts, subject: str, sender: Person, people: Sequence[Person]) -> Message:
    """The news for the organizer that an attendee has passed the meeting on to these people."""
    names = "\r\n".join(person.name or person.address for person in people)
    text = (
        f"{sender.name or sender.address} has forwarded your meeting request to additional recipients.\r\n\r\n{names}"
    )
    invited = tuple(Attendee(person, Role.OPTIONAL) for person in people)
    return Message(
        kind=MessageKind.FORWARD_NOTICE,
        subject=FORWARD_NOTICE_PREFIX + subject,
        body=Body(text),
        sender=sender,
        to=(facts.organizer,),
        conversation_id=conversation_of(facts.uid),
        meeting=replace(facts, attendees=invited, exceptions=(), request_kind=None),
        created=facts.start,
        modified=facts.start,
    )


def as_seen_by(message: Message, reader: Person, *, hides_attendees: bool) -> Message:
    """The message as delivered to one reader: no blind copies, and only the reader where attendees are hidden."""
    facts = message.meeting
    if facts is None:
        return replace(message, bcc=())
    if facts.exceptions:
        facts = _without_others_occurrences(facts, reader)
    if facts is message.meeting and not message.bcc and not hides_attendees:
        return message
    if hides_attendees:
        facts = replace(facts, attendees=tuple(entry for entry in facts.attendees if entry.person.is_same(reader)))
        return replace(message, bcc=(), meeting=facts, to=(reader,), cc=())
    return replace(message, bcc=(), meeting=facts)


def _without_others_occurrences(facts: MeetingFacts, reader: Person) -> MeetingFacts:
    """A series to which one reader is invited: the occurrences that take place without the reader are deleted ones."""
    others = frozenset(
        exception.day
        for exception in facts.exceptions
        if "attendees" in exception.changes
        and any(entry.person.is_same(reader) for entry in facts.attendees)
        and not any(entry.person.is_same(reader) for entry in exception.changes["attendees"])
    )
    if not others:
        return facts
    return replace(
        facts,
        exceptions=tuple(exception for exception in facts.exceptions if exception.day not in others),
        deleted=tuple(sorted({*facts.deleted, *others})),
    )


_REQUIRED, _OPTIONAL, _RESOURCE = Role
_REQUEST: Final = MessageKind.REQUEST


def _from_organizer(
    event: CalendarItem,
    kind: MessageKind,
    subject: str,
    body: Body,
    facts: MeetingFacts,
    recipients: Sequence[Attendee],
) -> Message:
    to: list[Person] = []
    cc: list[Person] = []
    bcc: list[Person] = []
    places = {_REQUIRED: to, _OPTIONAL: cc, _RESOURCE: bcc}
    for entry in recipients:
        places[entry.role].append(entry.person)
    return Message(
        kind=kind,
        subject=subject,
        body=body,
        sender=event.organizer,
        to=tuple(to),
        cc=tuple(cc),
        bcc=tuple(bcc),
        importance=event.importance,
        sensitivity=event.sensitivity,
        attachments=event.attachments,
        conversation_id=conversation_of(event.uid),
        meeting=facts,
        created=event.modified,
        modified=event.modified,
    )
