"""The items that an EWS answer shows, as rules read them."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import datetime, timedelta

from lxml import etree

from conformance.passive.seen import Seen
from conformance.wire.namespaces import FAULT, local, t

CALENDAR_ITEM, REQUEST, RESPONSE, CANCELLATION = (
    "CalendarItem",
    "MeetingRequest",
    "MeetingResponse",
    "MeetingCancellation",
)
ATTENDEES = ("RequiredAttendees", "OptionalAttendees", "Resources")
KINDS = (CALENDAR_ITEM, REQUEST, RESPONSE, CANCELLATION)
_TAGS = tuple(t(kind) for kind in KINDS)
_NEIGHBOURS = frozenset({t("ConflictingMeetings"), t("AdjacentMeetings")})
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True, eq=False)
class Item:
    """A calendar item or meeting message with its properties by name; the first of each name counts."""

    seen: Seen
    element: etree._Element

    @functools.cached_property
    def kind(self) -> str:
        """The name of the element, such as ``CalendarItem``."""
        return local(self.element.tag)

    @functools.cached_property
    def properties(self) -> dict[str, etree._Element]:
        """The child elements by their local names."""
        return {local(child.tag): child for child in self.element.iterchildren(etree.Element, reversed=True)}

    def find(self, name: str) -> etree._Element | None:
        """The element of a property."""
        return self.properties.get(name)

    @functools.cached_property
    def texts(self) -> dict[str, str]:
        """The texts of the properties, without white space around them."""
        return {name: (child.text or "").strip() for name, child in self.properties.items()}

    def text(self, name: str) -> str | None:
        """The text of a property, without white space around it; None when the property is not shown."""
        return self.texts.get(name)

    def flag(self, name: str) -> bool | None:
        """A Boolean property; None when it is not shown or no Boolean."""
        return boolean(self.text(name))

    def number(self, name: str) -> int | None:
        """A whole number; None when it is not shown or no number."""
        return number(self.text(name))

    def moment(self, name: str) -> datetime | None:
        """An instant; None when it is not shown, no time, or without a zone."""
        return moment(self.text(name))

    @property
    def id(self) -> str:
        """The Id of the item; empty when it is not shown."""
        found = self.find("ItemId")
        return "" if found is None else found.get("Id", "")

    @property
    def change_key(self) -> str:
        """The ChangeKey of the item; empty when it is not shown."""
        found = self.find("ItemId")
        return "" if found is None else found.get("ChangeKey", "")

    @functools.cached_property
    def attendees(self) -> tuple[tuple[str, etree._Element], ...]:
        """Every attendee with the name of the collection it stands in."""
        return tuple(
            (name, attendee)
            for name in ATTENDEES
            if name in self.properties
            for attendee in self.properties[name].iterchildren(etree.Element)
        )

    @functools.cached_property
    def offers(self) -> dict[str, etree._Element]:
        """The response objects offered, by name."""
        found = self.find("ResponseObjects")
        children = () if found is None else found.iterchildren(etree.Element)
        return {local(child.tag): child for child in children}


@functools.lru_cache(maxsize=1)  # for the checks that look at one exchange one after another
def items(seen: Seen) -> tuple[Item, ...]:
    """Every calendar item and meeting message of an answer, neighbours of a meeting left out."""
    if seen.answer is None or seen.answer.tag == FAULT:
        return ()
    return tuple(Item(seen, element) for element in seen.answer.iter(*_TAGS) if not _is_neighbour(element))


def _is_neighbour(element: etree._Element) -> bool:
    above = element.getparent()
    return above is not None and above.tag in _NEIGHBOURS


def boolean(text: str | None) -> bool | None:
    """An ``xs:boolean``; None for anything else."""
    return _BOOLEANS.get(text or "")


def number(text: str | None) -> int | None:
    """A whole number; None for anything else."""
    return int(text) if text is not None and text.removeprefix("-").isdecimal() else None


def moment(text: str | None) -> datetime | None:
    """An ``xs:dateTime`` with a zone as an instant; None for anything else."""
    found = local_moment(text)
    return found if found is not None and found.tzinfo is not None else None


def local_moment(text: str | None) -> datetime | None:
    """An ``xs:dateTime`` with or without a zone; None for anything else."""
    try:
        return datetime.fromisoformat((text or "").strip()) if "T" in (text or "") else None
    except ValueError:
        return None


def address(mailbox_holder: etree._Element) -> str:
    """The address of an attendee, sender or organizer, in lower case."""
    return (mailbox_holder.findtext(f"{t('Mailbox')}/{t('EmailAddress')}") or "").strip().casefold()


_DAY, _SHIFT = timedelta(days=1), timedelta(hours=2)


def is_whole_days(length: timedelta) -> bool:
    """Whether a length seen from UTC is whole days, each up to two hours off where clocks are changed."""
    return (length + _SHIFT) % _DAY <= 2 * _SHIFT
