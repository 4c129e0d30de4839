"""Which response objects an item offers to whom."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.passive.check import PassiveCheck, Reading, by_rules
from conformance.passive.ews.items import CALENDAR_ITEM, CANCELLATION, REQUEST, RESPONSE, Item, items
from conformance.passive.ews.meetings import is_organizers

_ANSWERS = ("AcceptItem", "TentativelyAcceptItem", "DeclineItem")
_PROPOSE, _CANCEL, _FORWARD = "ProposeNewTime", "CancelCalendarItem", "ForwardItem"


def _organizer_answers_nobody(item: Item) -> Iterator[Reading]:
    if item.offers and _is_owned(item):
        yield from _none_of(item, (*_ANSWERS, _PROPOSE), "the organizer")


def _attendee_cancels_nothing(item: Item) -> Iterator[Reading]:
    if item.offers and (item.kind != CALENDAR_ITEM or is_organizers(item) is False):
        yield from _none_of(item, (_CANCEL,), "an attendee")


def _only_invitations_are_answered(item: Item) -> Iterator[Reading]:
    if item.offers and item.kind in {RESPONSE, CANCELLATION}:
        yield from _none_of(item, (*_ANSWERS, _PROPOSE), f"the reader of a {item.kind}")


def _proposals_are_allowed(item: Item) -> Iterator[Reading]:
    allowed = item.flag("AllowNewTimeProposal")
    if item.kind in {REQUEST, CALENDAR_ITEM} and allowed is False and item.offers:
        yield from _none_of(item, (_PROPOSE,), "an attendee, where AllowNewTimeProposal is false")


def _series_keep_their_time(item: Item) -> Iterator[Reading]:
    if item.offers and item.text("CalendarItemType") == "RecurringMaster":
        yield from _none_of(item, (_PROPOSE,), "an attendee of a whole series")


def _appointments_are_forwarded(item: Item) -> Iterator[Reading]:
    if item.kind == CALENDAR_ITEM and item.flag("IsMeeting") is False and item.offers:
        others = [name for name in item.offers if name != _FORWARD]
        yield Reading(not others, "response objects of an appointment", _FORWARD, ", ".join(others), item.element)


def _offered_together(item: Item) -> Iterator[Reading]:
    offered = item.offers
    for one, other in (("AcceptItem", "DeclineItem"), ("ReplyAllToItem", "ReplyToItem")):
        if one in offered:
            names = ", ".join(offered)
            yield Reading(other in offered, f"response objects beside {one}", other, names, offered[one])


def _is_owned(item: Item) -> bool:
    return item.kind == CALENDAR_ITEM and (is_organizers(item) is True or item.text("MyResponseType") == "Organizer")


def _none_of(item: Item, names: tuple[str, ...], who: str) -> Iterator[Reading]:
    offered = [name for name in names if name in item.offers]
    expected = f"none of {', '.join(names)}" if len(names) > 1 else f"no {names[0]}"
    at = item.offers[offered[0]] if offered else item.element
    yield Reading(not offered, f"response objects offered to {who}", expected, ", ".join(offered), at)


CHECK: PassiveCheck = by_rules(
    "ews-response-objects",
    items,
    {
        "EWS-SEEN-060": _organizer_answers_nobody,
        "EWS-SEEN-061": _attendee_cancels_nothing,
        "EWS-SEEN-062": _only_invitations_are_answered,
        "EWS-SEEN-063": _proposals_are_allowed,
        "EWS-SEEN-064": _series_keep_their_time,
        "EWS-SEEN-065": _appointments_are_forwarded,
        "EWS-SEEN-066": _offered_together,
    },
)
