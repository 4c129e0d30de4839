"""What a shown calendar item says of the series it belongs to."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.passive.check import PassiveCheck, Reading, by_rules
from conformance.passive.ews.items import CALENDAR_ITEM, Item, is_whole_days, items, moment
from conformance.wire.namespaces import local, m, t

_MASTER, _SINGLE = "RecurringMaster", "Single"
_OF_SERIES = frozenset({"Occurrence", "Exception"})
_OF_MASTER = ("Recurrence", "FirstOccurrence", "LastOccurrence", "ModifiedOccurrences", "DeletedOccurrences")


def _only_masters_recur(item: Item) -> Iterator[Reading]:
    told = item.text("CalendarItemType")
    if item.kind != CALENDAR_ITEM or told is None:
        return
    shown = [name for name in _OF_MASTER if item.find(name) is not None]
    if told == _MASTER or shown:
        about = f"properties of a series on {told}"
        yield Reading(told == _MASTER, about, "on RecurringMaster only", ", ".join(shown), item.element)


def _masters_tell_their_pattern(item: Item) -> Iterator[Reading]:
    if item.text("CalendarItemType") == _MASTER and item.kind == CALENDAR_ITEM and _asked_for_everything(item):
        found = item.find("Recurrence")
        yield Reading(found is not None, "Recurrence of a RecurringMaster", "a pattern and a range", None, item.element)


def _asked_for_everything(item: Item) -> bool:
    question = item.seen.question
    if question is None or question.tag != m("GetItem"):
        return False
    return question.findtext(f"{m('ItemShape')}/{t('BaseShape')}") == "AllProperties"


def _is_recurring(item: Item) -> Iterator[Reading]:
    told, flag = item.text("CalendarItemType"), item.flag("IsRecurring")
    if flag is not None and (told == _SINGLE or told in _OF_SERIES):
        expected = "true" if told in _OF_SERIES else "false"
        yield Reading(
            flag == (told in _OF_SERIES), f"IsRecurring of {told}", expected, item.text("IsRecurring"), item.element
        )


def _original_start(item: Item) -> Iterator[Reading]:
    told = item.text("CalendarItemType")
    if item.kind == CALENDAR_ITEM and told and item.find("OriginalStart") is not None:
        about, actual = f"OriginalStart of {told}", item.text("OriginalStart")
        yield Reading(told in _OF_SERIES, about, "on Occurrence and Exception only", actual, item.element)


def _exceptions_lie_in_the_pattern(item: Item) -> Iterator[Reading]:
    """Original times are the series' own time of day, seen from UTC up to a change of clocks."""
    start = item.moment("Start")
    if item.text("CalendarItemType") != _MASTER or start is None or item.flag("IsAllDayEvent"):
        return
    modified, deleted = item.find("ModifiedOccurrences"), item.find("DeletedOccurrences")
    places = [] if modified is None else list(modified.iter(t("OriginalStart")))
    places += [] if deleted is None else list(deleted.iter(t("Start")))
    for place in places:
        found = moment(place.text)
        if found is not None:
            expected = f"the time of day of the series, which starts {item.text('Start')}"
            yield Reading(
                is_whole_days(found - start), f"{local(place.tag)} of an exception", expected, place.text, place
            )


CHECK: PassiveCheck = by_rules(
    "ews-series",
    items,
    {
        "EWS-SEEN-050": _only_masters_recur,
        "EWS-SEEN-051": _masters_tell_their_pattern,
        "EWS-SEEN-052": _is_recurring,
        "EWS-SEEN-053": _original_start,
        "EWS-SEEN-054": _exceptions_lie_in_the_pattern,
    },
)
