"""Items from requests: new ones from their elements, and changes of stored ones from change descriptions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, tzinfo
from functools import partial
from typing import Any, Final, TypeVar

from msgspec.structs import force_setattr

from reference_impl.domain.acts import EventDraft, MessageDraft
from reference_impl.domain.copying import replace
from reference_impl.domain.items import CalendarItem, TimeSlot
from reference_impl.domain.timezone import widened_to_days, zone
from reference_impl.ews import xml
from reference_impl.ews.call import Call
from reference_impl.ews.custom_zones import read_meeting_zone, read_zone
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.extended.addresses import extended_path
from reference_impl.ews.extended.properties import delete_extended, set_extended
from reference_impl.ews.fields.model import Field, Setter, Writing
from reference_impl.ews.fields.setters import set_nothing
from reference_impl.ews.fields.tables import BY_URI, TABLES
from reference_impl.ews.namespaces import local, t
from reference_impl.ews.tree import Element, Parts, children, parts_of

_UNSET: Final = datetime.min.replace(tzinfo=UTC)
_START_ZONE, _END_ZONE, _MEETING_ZONE = t("StartTimeZone"), t("EndTimeZone"), t("MeetingTimeZone")

Target = TypeVar("Target", CalendarItem, EventDraft)


def path_of(uri: str) -> str:
    """A field URI as MessageXml repeats it."""
    return f'<t:FieldURI FieldURI="{xml.attribute(uri)}"/>'


def reading(call: Call, zones: Parts) -> Writing:
    """How offset-less times are read, given the item's zone elements by their tags ([MS-OXWSMTGS], time zones)."""
    if not call.version.has("Exchange2010"):
        meeting = zones.get(_MEETING_ZONE)
        named: tzinfo = UTC if meeting is None else zone(read_meeting_zone(meeting))
        return Writing(call, named, named, partial(read_item, call))
    start, end = zones.get(_START_ZONE), zones.get(_END_ZONE)
    return Writing(
        call,
        call.input_zone if start is None else zone(read_zone(start)),
        call.input_zone if end is None else zone(read_zone(end)),
        partial(read_item, call),
    )


def read_item(call: Call, element: Element) -> EventDraft | MessageDraft:
    """A new item: what is no calendar item is a message."""
    return read_event(element, call) if local(element.tag) == "CalendarItem" else read_message(element, call)


def read_message(element: Element, call: Call) -> MessageDraft:
    """A new message. Raises ErrorInvalidPropertySet for what cannot be set."""
    kind = local(element.tag)
    draft = MessageDraft()
    _fill(draft, children(element), "Message" if kind == "Item" else kind, reading(call, {}))
    return draft


def read_heading(element: Element, call: Call) -> MessageDraft | None:
    """What a response object says of the message that is sent, if anything.

    Raises ErrorObjectTypeChanged for the class of anything but a response, and the errors of the properties.
    """
    given = element.findtext(t("ItemClass"))
    if given is not None and not given.casefold().startswith(_RESPONSE_CLASS.casefold()):
        raise ResponseError("ErrorObjectTypeChanged", f"{given!r} is not the class of a response.")
    draft = MessageDraft()
    _fill(draft, [part for part in children(element) if local(part.tag) in _HEADING], "Message", reading(call, {}))
    return None if draft == MessageDraft() else draft


_RESPONSE_CLASS: Final = "IPM.Schedule.Meeting.Resp"
_HEADING: Final = frozenset(
    {
        "Sensitivity",
        "Attachments",
        "InternetMessageHeaders",
        "Sender",
        "From",
        "ToRecipients",
        "CcRecipients",
        "BccRecipients",
        "IsReadReceiptRequested",
        "IsDeliveryReceiptRequested",
    }
)


def read_event(element: Element, call: Call) -> EventDraft:
    """A new calendar item.

    Raises ErrorInvalidPropertySet for what cannot be set, ErrorRequiredPropertyMissing without a start or an end.
    """
    parts = parts_of(element)
    zone_name = call.creation_zone
    draft = EventDraft(start=_UNSET, end=_UNSET, start_zone=zone_name, end_zone=zone_name)
    _fill(draft, children(element), "CalendarItem", reading(call, parts))
    for name, moment in (("Start", draft.start), ("End", draft.end)):
        if moment is _UNSET:
            raise ResponseError(
                "ErrorRequiredPropertyMissing", f"A calendar item needs a {name}.", (path_of(f"calendar:{name}"),)
            )
    if _START_ZONE in parts and _END_ZONE not in parts:
        draft = replace(draft, end_zone=draft.start_zone)
    return widened(draft)


def widened(target: Target) -> Target:
    """An all-day item runs from midnight to midnight of its zone, whatever times came (DOC all-day events)."""
    if not target.is_all_day or target.end < target.start:
        return target
    slot = widened_to_days(TimeSlot(target.start, target.end), target.start_zone)
    return replace(target, start=slot.start, end=slot.end, end_zone=target.start_zone)


def _fill(draft: EventDraft | MessageDraft, parts: Iterable[Element], kind: str, writing: Writing) -> None:
    """Set what an element's parts say on a draft that nobody else has yet, which therefore is not copied each time."""
    creators = _CREATORS[kind]
    for part in parts:
        create = creators.get(part.tag)
        if create is None:
            raise ResponseError("ErrorInvalidPropertySet", f"{local(part.tag)} cannot be set.")
        for attribute, value in create(draft, part, writing).items():
            force_setattr(draft, attribute, value)


def _create_extended(draft: Any, part: Element, writing: Writing) -> Mapping[str, Any]:
    return set_extended(draft, part, writing.call)


def _creator(field: Field) -> Setter:
    """How a property of a new item is set; one that cannot be is refused, unless it is to be passed over."""

    def refuse(_draft: Any, _part: Element, _writing: Writing) -> Mapping[str, Any]:
        raise ResponseError("ErrorInvalidPropertySet", f"{field.element} cannot be set.", (path_of(field.uri),))

    return set_nothing if field.ignored else field.create or refuse


_CREATORS: Final[Mapping[str, Mapping[str, Setter]]] = {
    element: {t("ExtendedProperty"): _create_extended} | {t(field.element): _creator(field) for field in table}
    for element, table in TABLES.items()
}
"""How the properties of a new item are set, by their tags."""


def item_edit(updates: Element, call: Call, element: str) -> Callable[[Any], Any]:
    """The change that a t:Updates describes, for one kind of item: applied in document order."""
    changes = list(updates)
    zones = {
        tag: found
        for tag in (_START_ZONE, _END_ZONE, _MEETING_ZONE)
        for change in changes
        if (found := change.find(f"{t('CalendarItem')}/{tag}")) is not None
    }

    def edit(item: Any) -> Any:
        writing = reading(call, zones)
        for change in changes:
            item = replace(item, **_changed(item, change, writing, element))
        return widened(item) if isinstance(item, CalendarItem) else item

    return edit


def _changed(item: Any, change: Element, writing: Writing, element: str) -> Mapping[str, Any]:
    path, kind = change[0], local(change.tag)
    if local(path.tag) == "ExtendedFieldURI":
        return _changed_extended(item, change, writing, element)
    if local(path.tag) == "IndexedFieldURI":
        raise ResponseError("ErrorInvalidPropertySet", "Message headers cannot be changed.")
    uri = path.get("FieldURI", "")
    field = BY_URI[element].get(uri)
    if field is None:
        raise ResponseError("ErrorInvalidPropertyRequest", f"A {element} has no property {uri}.", (path_of(uri),))
    if kind == "DeleteItemField":
        if field.delete is None:
            raise ResponseError("ErrorInvalidPropertyDelete", f"{uri} cannot be deleted.", (path_of(uri),))
        return field.delete(item)
    value = _single_value(change[1], field.element, element, path_of(uri))
    if field.ignored:
        return {}
    if kind == "AppendToItemField":
        if field.append is None:
            raise ResponseError("ErrorInvalidPropertyAppend", f"Nothing can be appended to {uri}.", (path_of(uri),))
        return field.append(item, value, writing)
    if field.update is None:
        raise _not_settable(field, element)
    return field.update(item, value, writing)


def _changed_extended(item: Any, change: Element, writing: Writing, element: str) -> Mapping[str, Any]:
    path, kind = extended_path(change[0]), local(change.tag)
    if kind == "DeleteItemField":
        return delete_extended(item, path)
    value = _single_value(change[1], "ExtendedProperty", element, path.xml)
    if extended_path(value[0]).address != path.address:
        raise ResponseError(
            "ErrorUpdatePropertyMismatch", "The path and the property name two different properties.", (path.xml,)
        )
    if kind == "AppendToItemField":
        raise ResponseError(
            "ErrorInvalidPropertyAppend", "Nothing can be appended to an extended property.", (path.xml,)
        )
    return set_extended(item, value, writing.call)


def _not_settable(field: Field, element: str) -> ResponseError:
    plain = BY_URI["Message"].get(field.uri)
    if element == "MeetingRequest" and plain is not None and plain.update is not None:
        return ResponseError(
            "ErrorSentMeetingRequestUpdate", "A sent meeting request cannot be updated.", (path_of(field.uri),)
        )
    return ResponseError("ErrorInvalidPropertySet", f"{field.uri} cannot be set.", (path_of(field.uri),))


def _single_value(wrapper: Element, name: str, element: str, path: str) -> Element:
    """The one property inside the item of a change description (DOC updateitem-operation)."""
    if len(wrapper) != 1:
        raise ResponseError(
            "ErrorIncorrectUpdatePropertyCount", f"A change sets exactly one property; got {len(wrapper)}.", (path,)
        )
    value = wrapper[0]
    if local(value.tag) != name or local(wrapper.tag) not in {element, "Item"}:
        raise ResponseError(
            "ErrorUpdatePropertyMismatch",
            f"The path is that of {name} of a {element}, the value a {local(value.tag)} of a {local(wrapper.tag)}.",
            (path,),
        )
    return value
