"""How rooms and equipment answer by themselves: what they take, and what they make of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec.structs import replace

from reference_impl.domain.items import Body, CalendarItem, Sensitivity, ShowAs, TimeSlot
from reference_impl.domain.mailbox import BookingPolicy

TAKES_ROOM = frozenset({ShowAs.BUSY, ShowAs.OOF, ShowAs.TENTATIVE})
"""The statuses of what is in the way."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a resource answers: whether it comes, which occurrences it stays away from, and why."""

    accepts: bool
    taken: tuple[TimeSlot, ...] = ()
    reason: str = ""


def horizon(policy: BookingPolicy, now: datetime) -> datetime:
    """The moment up to which a resource can be booked."""
    return now + timedelta(days=policy.window_days)


def decide(
    policy: BookingPolicy,
    event: CalendarItem,
    slots: Sequence[TimeSlot],
    last_end: datetime | None,
    others: Iterable[CalendarItem],
    now: datetime,
) -> Verdict:
    """The answer to a request for ``slots``: those of a meeting, or of a series within the booking window.

    ``last_end`` is the end of the whole series, None if it has none; ``others`` are what stands on the calendar there.
    """
    if event.duration > timedelta(minutes=policy.longest_minutes):
        return Verdict(accepts=False, reason=f"Meetings here last {policy.longest_minutes} minutes at most.")
    is_series = event.recurrence is not None
    if is_series and not policy.allow_recurring:
        return Verdict(accepts=False, reason="Recurring meetings are not taken here.")
    goes_beyond = last_end is None or last_end > horizon(policy, now)
    if goes_beyond and (policy.enforce_horizon or not is_series):
        return Verdict(accepts=False, reason=f"Meetings are taken up to {policy.window_days} days ahead.")
    taken = () if policy.allow_conflicts else _conflicts(slots, others)
    if not taken:
        return Verdict(accepts=True)
    most = max(policy.most_conflicts, len(slots) * policy.conflict_percentage // 100)
    if not is_series or len(taken) > most:
        return Verdict(accepts=False, taken=taken, reason="The time is taken by another meeting.")
    return Verdict(accepts=True, taken=taken)


def _conflicts(slots: Sequence[TimeSlot], others: Iterable[CalendarItem]) -> tuple[TimeSlot, ...]:
    """Those of the slots that overlap what is in the way: both are looked through once, by their starts."""
    in_the_way = sorted((other for other in others if other.show_as in TAKES_ROOM), key=lambda other: other.start)
    found: list[TimeSlot] = []
    current: list[CalendarItem] = []
    position = 0
    for slot in sorted(slots, key=lambda slot: slot.start):
        while position < len(in_the_way) and in_the_way[position].start < slot.end:
            current.append(in_the_way[position])
            position += 1
        current = [other for other in current if other.end > slot.start]
        if any(other.start < slot.end for other in current):
            found.append(slot)
    return tuple(found)


def booked(policy: BookingPolicy, event: CalendarItem) -> CalendarItem:
    """What a resource keeps of a meeting that it takes: in place of its subject the organizer's name."""
    organizer = event.organizer.name or event.organizer.address
    subject = "" if policy.delete_subject else event.subject
    if policy.add_organizer_to_subject:
        subject = f"{organizer} {subject}".rstrip()
    is_private = event.sensitivity is Sensitivity.PRIVATE
    return replace(
        event,
        subject=subject,
        body=Body(type=event.body.type) if policy.delete_comments else event.body,
        attachments=() if policy.delete_attachments else event.attachments,
        sensitivity=Sensitivity.NORMAL if is_private and policy.remove_private else event.sensitivity,
    )
