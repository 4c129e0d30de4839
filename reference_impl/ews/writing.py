"""Items from requests: new ones from their elements, and changes of stored ones from change descriptions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any, Final, TypeVar

from reference_impl.domain.acts import EventDraft, MessageDraft
from reference_impl.domain.copying import replace
from reference_impl.domain.items import CalendarItem, Message, TimeSlot
from reference_impl.domain.timezone import widened_to_days, zone
from reference_impl.ews import xml
from reference_impl.ews.call import Call
from reference_impl.ews.custom_zones import read_meeting_zone, read_zone
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.extended.addresses import extended_path
from reference_impl.ews.extended.properties import delete_extended, set_extended
from reference_impl.ews.fields.model import Field, Writing
from reference_impl.ews.fields.tables import BY_ELEMENT, BY_URI
from reference_impl.ews.namespaces import local, t
from reference_impl.ews.tree import Element, children

_UNSET: Final = datetime.min.replace(tzinfo=UTC)

Target = TypeVar("Target", CalendarItem, EventDraft, Message)


def path_of(uri: str) -> str:
    """A field URI as MessageXml repeats it."""
    return f'<t:FieldURI FieldURI="{xml.attribute(uri)}"/>'


def reading(call: Call, items: Mapping[str, Element]) -> Writing:
    """How offset-less times are read, given the item's zone elements by name ([MS-OXWSMTGS], time zones)."""
    if not call.version.has("Exchange2010"):
        meeting = items.get("MeetingTimeZone")
        named: tzinfo = UTC if meeting is None else zone(read_meeting_zone(meeting))
        return Writing(call, named, named, read_item(call))
    start, end = items.get("StartTimeZone"), items.get("EndTimeZone")
    return Writing(
        call,
        call.input_zone if start is None else zone(read_zone(start)),
        call.input_zone if end is None else zone(read_zone(end)),
        read_item(call),
    )


def read_item(call: Call) -> Callable[[Element], EventDraft | MessageDraft]:
    """The reader of an item's element: what is no calendar item is a message."""

    def read(element: Element) -> EventDraft | MessageDraft:
        return read_event(element, call) if local(element.tag) == "CalendarItem" else read_message(element, call)

    return read


def read_message(element: Element, call: Call) -> MessageDraft:
    """A new message. Raises ErrorInvalidPropertySet for what cannot be set."""
    draft: MessageDraft = read_new(element, MessageDraft(), reading(call, {}))
    return draft


def read_heading(element: Element, call: Call) -> MessageDraft | None:
    """What a response object says of the message that is sent, if anything.

    Raises ErrorObjectTypeChanged for the class of anything but a response, and the errors of the properties.
    """
    draft, writing = MessageDraft(), reading(call, {})
    given = element.findtext(t("ItemClass"))
    if given is not None and not given.casefold().startswith(_RESPONSE_CLASS.casefold()):
        raise ResponseError("ErrorObjectTypeChanged", f"{given!r} is not the class of a response.")
    for name, child in _named(element):
        if name in _HEADING:
            draft = _with_child(draft, name, child, writing, BY_ELEMENT["Message"])
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
    named = _named(element)
    draft = EventDraft(start=_UNSET, end=_UNSET, start_zone=call.creation_zone, end_zone=call.creation_zone)
    draft = _with_children(draft, element, named, reading(call, dict(named)))
    for name, moment in (("Start", draft.start), ("End", draft.end)):
        if moment is _UNSET:
            raise ResponseError(
                "ErrorRequiredPropertyMissing", f"A calendar item needs a {name}.", (path_of(f"calendar:{name}"),)
            )
    names = [name for name, _ in named]
    if "EndTimeZone" not in names and "StartTimeZone" in names:
        draft = replace(draft, end_zone=draft.start_zone)
    whole: EventDraft = widened(draft)
    return whole


def widened(target: Any) -> Any:
    """An all-day item runs from midnight to midnight of its zone, whatever times came (DOC all-day events)."""
    if not target.is_all_day or target.end < target.start:
        return target
    slot = widened_to_days(TimeSlot(target.start, target.end), target.start_zone)
    return replace(target, start=slot.start, end=slot.end, end_zone=target.start_zone)


def read_new(element: Element, draft: Any, writing: Writing) -> Any:
    """The draft with every property that the element sets."""
    return _with_children(draft, element, _named(element), writing)


def _named(element: Element) -> list[tuple[str, Element]]:
    return [(local(child.tag), child) for child in children(element)]


def _with_children(draft: Any, element: Element, named: Iterable[tuple[str, Element]], writing: Writing) -> Any:
    kind = local(element.tag)
    table = BY_ELEMENT["Message" if kind == "Item" else kind]
    for name, child in named:
        draft = _with_child(draft, name, child, writing, table)
    return draft


def _with_child(draft: Any, name: str, child: Element, writing: Writing, table: Mapping[str, Field]) -> Any:
    if name == "ExtendedProperty":
        return replace(draft, **set_extended(draft, child, writing.call))
    field = table.get(name)
    if field is None:
        raise ResponseError("ErrorInvalidPropertySet", f"{name} cannot be set.")
    if field.ignored:
        return draft
    if field.create is None:
        raise ResponseError("ErrorInvalidPropertySet", f"{name} cannot be set.", (path_of(field.uri),))
    return replace(draft, **field.create(draft, child, writing))


def item_edit(updates: Element, call: Call, element: str) -> Callable[[Any], Any]:
    """The change that a t:Updates describes, for one kind of item: applied in document order."""
    changes = list(updates)
    zones = {
        name: found
        for name in ("StartTimeZone", "EndTimeZone", "MeetingTimeZone")
        for change in changes
        if (found := change.find(f"{t('CalendarItem')}/{t(name)}")) is not None
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
