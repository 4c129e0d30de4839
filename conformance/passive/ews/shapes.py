"""Whether items are shown in the shape that the request asked for, no more and no less."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from conformance.passive.check import PassiveCheck, Reading, by_rules
from conformance.passive.ews.items import ATTENDEES, CALENDAR_ITEM, Item, items
from conformance.wire.namespaces import local, m, t

_GET, _FIND = m("GetItem"), m("FindItem")
_WRITES = (m("UpdateItem"), m("MoveItem"), m("CopyItem"))
_OF_WRITES = frozenset({"ItemId", "Attachments"})  # attachments sent along come back with their ids
# FindItem shows a property only where the store keeps it in a row (Exchange documentation, finditem-operation).
_NEVER_FOUND = ("MimeContent", "Body", "Attachments", "ResponseObjects", *ATTENDEES)

# What every calendar item has, whatever it is of (MS-OXWSMTGS 2.2.4.6); IsOrganizer since Exchange2013.
_ALWAYS = frozenset(
    {
        *("Start", "End", "Duration", "IsAllDayEvent", "LegacyFreeBusyStatus", "CalendarItemType", "MyResponseType"),
        *("IsMeeting", "IsCancelled", "IsRecurring", "AppointmentState", "IsOrganizer"),
    }
)


def shape(question: etree._Element | None) -> etree._Element | None:
    """The ItemShape of a request."""
    return None if question is None else question.find(m("ItemShape"))


def _base(item: Item) -> tuple[str, etree._Element] | None:
    """The BaseShape asked for and the shape it stands in, where GetItem or FindItem asks for one."""
    question = item.seen.question
    if question is None or question.tag not in {_GET, _FIND} or not _is_listed(item):
        return None
    asked = shape(question)
    return None if asked is None else ((asked.findtext(t("BaseShape")) or "").strip(), asked)


def _is_listed(item: Item) -> bool:
    """Whether an item stands in a list of results and not inside another item."""
    above = item.element.getparent()
    return above is not None and local(above.tag) == "Items"


def _named(asked: etree._Element) -> set[str]:
    """The elements that the properties named in a shape have."""
    names = {"ItemId"}
    for path in asked.iter(t("FieldURI")):
        names.add(path.get("FieldURI", "").rpartition(":")[2])
    if next(asked.iter(t("ExtendedFieldURI")), None) is not None:
        names.add("ExtendedProperty")
    for path in asked.iter(t("IndexedFieldURI")):
        names.add(path.get("FieldURI", "").rpartition(":")[2])
    if (asked.findtext(t("IncludeMimeContent")) or "").strip() in {"true", "1"}:
        names.add("MimeContent")
    return names


def _id_only(item: Item) -> Iterator[Reading]:
    found = _base(item)
    if found is not None and found[0] == "IdOnly":
        names = _named(found[1])
        more = [name for name in item.properties if name not in names]
        expected = f"no more than {', '.join(sorted(names))}"
        yield Reading(
            not more, f"the properties of a {item.kind} shown as IdOnly", expected, ", ".join(more), item.element
        )


def _no_mime(item: Item) -> Iterator[Reading]:
    found = _base(item)
    if found is not None and "MimeContent" not in _named(found[1]):
        is_met = item.find("MimeContent") is None
        yield Reading(is_met, "MimeContent that nobody asked for", "absent", "present", item.element)


def _created(item: Item) -> Iterator[Reading]:
    question = item.seen.question
    if question is not None and question.tag == m("CreateItem") and item.kind == CALENDAR_ITEM:
        yield from _ids_only(item, "CreateItem")


def _written(item: Item) -> Iterator[Reading]:
    question = item.seen.question
    if question is not None and question.tag in _WRITES:
        yield from _ids_only(item, local(question.tag))


def _ids_only(item: Item, operation: str) -> Iterator[Reading]:
    more = [name for name in item.properties if name not in _OF_WRITES]
    about = f"the properties of a {item.kind} in the answer to {operation}"
    yield Reading(not more, about, "ItemId", ", ".join(more), item.element)


def _never_found(item: Item) -> Iterator[Reading]:
    question = item.seen.question
    if question is not None and question.tag == _FIND:
        more = [name for name in _NEVER_FOUND if item.find(name) is not None]
        about = f"the properties of a {item.kind} in the answer to FindItem"
        yield Reading(not more, about, f"none of {', '.join(_NEVER_FOUND)}", ", ".join(more), item.element)


def _body_type(item: Item) -> Iterator[Reading]:
    found, body = _base(item), item.find("Body")
    asked = "" if found is None else (found[1].findtext(t("BodyType")) or "").strip()
    if body is not None and asked in {"Text", "HTML"}:
        yield Reading(body.get("BodyType") == asked, "BodyType of a body", asked, body.get("BodyType"), body)


def _named_is_shown(item: Item) -> Iterator[Reading]:
    found, question = _base(item), item.seen.question
    if found is None or question is None or question.tag != _GET or item.kind != CALENDAR_ITEM:
        return
    named = sorted(_named(found[1]) & _ALWAYS)
    if named:
        missing = [name for name in named if item.find(name) is None]
        about = "the properties named of a CalendarItem"
        yield Reading(not missing, about, ", ".join(named), f"without {', '.join(missing)}", item.element)


CHECK: PassiveCheck = by_rules(
    "ews-shapes",
    items,
    {
        "EWS-SEEN-070": _id_only,
        "EWS-SEEN-071": _no_mime,
        "EWS-SEEN-072": _created,
        "EWS-SEEN-073": _written,
        "EWS-SEEN-074": _never_found,
        "EWS-SEEN-075": _body_type,
        "EWS-SEEN-076": _named_is_shown,
    },
)
