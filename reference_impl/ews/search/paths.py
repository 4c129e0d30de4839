"""What the paths of searches name: the properties that are compared, sorted by and grouped by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from reference_impl.domain.items import CalendarItem, Item, Message
from reference_impl.domain.mailbox import Person
from reference_impl.domain.queries import Order
from reference_impl.ews import xml
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.extended.addresses import extended_path
from reference_impl.ews.extended.properties import extended_comparable
from reference_impl.ews.extended.values import kind_of
from reference_impl.ews.fields.model import Kind
from reference_impl.ews.fields.tables import BY_URI
from reference_impl.ews.namespaces import local
from reference_impl.ews.tree import Element
from reference_impl.ews.view import element_of
from reference_impl.ews.writing import path_of

Value = Callable[[Any], Any]
"""Reads a property from what is searched: None where it has none, a tuple where it has several values."""

PATHS: Final = frozenset({"FieldURI", "IndexedFieldURI", "ExtendedFieldURI"})

NOT_SEARCHED: Final = "ErrorUnsupportedPathForQuery"
NOT_SORTED: Final = "ErrorUnsupportedPathForSortGroup"


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """One property as searches see it; ``path`` is how an answer repeats what named it.

    ``choices`` are the words of an enumeration in the order of their numbers. ``known`` is what the store keeps of the
    property apart from the item.
    """

    path: str
    value: Value
    kind: Kind = Kind.TEXT
    choices: tuple[str, ...] = ()
    is_mark: bool = False  # one of the flags of a message, which all messages have in one number
    is_listed: bool = False  # one of the tables of an item: recipients, attachments
    known: Order | None = None
    sorted_by: Value | None = None  # where that is not what is compared

    @property
    def rank(self) -> Value:
        """What items are sorted by: comparable, or None."""
        value = self.sorted_by or self.value
        if self.kind is Kind.CHOICE:
            places = {word: place for place, word in enumerate(self.choices)}
            return lambda item: places.get(value(item))
        return lambda item: _folded(value(item))


def _folded(value: Any) -> Any:
    if isinstance(value, str):
        return value.casefold()
    return tuple(_folded(entry) for entry in value) if isinstance(value, tuple) else value


Properties = Callable[[Element, str], Property]
"""(a path, the code for what is calculated and cannot be used) -> the property. Raises ErrorInvalidExtendedProperty."""

_RESPONSES: Final = ("Unknown", "Organizer", "Tentative", "Accept", "Decline", "NoResponseReceived")
_STATUSES: Final = ("Free", "Tentative", "Busy", "OOF", "WorkingElsewhere", "NoData")

CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "item:Importance": ("Low", "Normal", "High"),
    "item:Sensitivity": ("Normal", "Personal", "Private", "Confidential"),
    "calendar:LegacyFreeBusyStatus": _STATUSES,
    "meetingRequest:IntendedFreeBusyStatus": _STATUSES,
    "calendar:CalendarItemType": ("Single", "Occurrence", "Exception", "RecurringMaster"),
    "calendar:MyResponseType": _RESPONSES,
    "meeting:ResponseType": _RESPONSES,
    "meetingRequest:MeetingRequestType": (
        "None",
        "NewMeetingRequest",
        "FullUpdate",
        "InformationalUpdate",
        "SilentUpdate",
        "Outdated",
        "PrincipalWantsCopy",
    ),
    "task:Status": ("NotStarted", "InProgress", "Completed", "WaitingOnOthers", "Deferred"),
}
"""Field URI -> the words of its enumeration in the order of the numbers that stand for them."""

_KNOWN: Final[Mapping[str, Order]] = {
    "calendar:Start": Order.START,
    "calendar:End": Order.END,
    "item:Subject": Order.SUBJECT,
    "item:DateTimeCreated": Order.CREATED,
    "item:LastModifiedTime": Order.MODIFIED,
    "item:DateTimeReceived": Order.RECEIVED,
    "item:DateTimeSent": Order.SENT,
    "message:IsRead": Order.UNREAD,
}

_MARKS: Final = frozenset(
    {
        "message:IsRead",
        "item:IsDraft",
        "item:IsFromMe",
        "item:IsSubmitted",
        "item:IsResend",
        "item:IsUnmodified",
    }
)


def _named(person: Person) -> tuple[str, ...]:
    """What a person is found by."""
    return (person.name, person.address) if person.name else (person.address,)


def _people(attribute: str) -> Value:
    def value(item: Item) -> tuple[str, ...] | None:
        if not isinstance(item, Message):
            return None
        return tuple(name for person in getattr(item, attribute) for name in _named(person))

    return value


_PEOPLE: Final[Mapping[str, Value]] = {
    "message:From": lambda item: _named(item.sender) if isinstance(item, Message) else None,
    "message:Sender": lambda item: _named(item.sender) if isinstance(item, Message) else None,
    "calendar:Organizer": lambda item: _named(item.organizer) if isinstance(item, CalendarItem) else None,
}
"""Single people are compared by name and by address, and sorted by name."""

_LISTS: Final[Mapping[str, Value]] = {
    "message:ToRecipients": _people("to"),
    "message:CcRecipients": _people("cc"),
    "message:BccRecipients": _people("bcc"),
    "item:Attachments": lambda item: tuple(attachment.name for attachment in item.attachments),
}
"""Recipients are found by name and address, attachments by name (DOC responsecode, the errors of subfilters)."""


_EMPTY: Final = ("", ())
"""What is no value."""


def item_property(path: Element, code: str) -> Property:
    """The property of items that a path names; an item that has no such property has no value of it.

    Raises ``code`` for a calculated one.
    """
    name = local(path.tag)
    if name == "ExtendedFieldURI":
        wanted = extended_path(path)
        return Property(
            path=wanted.xml,
            value=lambda item: extended_comparable(wanted, item),
            kind=kind_of(wanted.address.type),
        )
    uri = path.get("FieldURI", "")
    if name == "IndexedFieldURI":
        index = xml.attribute(path.get("FieldIndex", ""))
        shown = f'<t:IndexedFieldURI FieldURI="{xml.attribute(uri)}" FieldIndex="{index}"/>'
        return Property(path=shown, value=lambda _item: None)
    if uri in _LISTS:
        return Property(path=path_of(uri), value=_LISTS[uri], is_listed=True)
    return _of_tables(uri, code)


def _of_tables(uri: str, code: str) -> Property:
    fields = {element: table[uri] for element, table in BY_URI.items() if uri in table}
    if not fields:
        return Property(path=path_of(uri), value=lambda _item: None)
    if all(field.value is None for field in fields.values()):
        raise ResponseError(code, f"{uri} is calculated and cannot be searched or sorted by.", (path_of(uri),))

    def value(item: Item) -> Any:
        field = fields.get(element_of(item))
        found = None if field is None or field.value is None else field.value(item)
        return None if found in _EMPTY else found

    return Property(
        path=path_of(uri),
        value=_PEOPLE.get(uri, value),
        sorted_by=value if uri in _PEOPLE else None,
        kind=next(iter(fields.values())).kind,
        choices=CHOICES.get(uri, ()),
        is_mark=uri in _MARKS,
        known=_KNOWN.get(uri),
    )


def sortable(properties: Properties, path: Element) -> Property:
    """The property by which a path wants items sorted or grouped. Raises ErrorUnsupportedPathForSortGroup."""
    found = properties(path, NOT_SORTED)
    if found.is_mark or found.is_listed:
        raise ResponseError(NOT_SORTED, "Items cannot be sorted or grouped by this property.", (found.path,))
    return found
