"""Differences in the words of meetings: who, what meeting, what changed."""

from __future__ import annotations

from conformance.model.contrast import contrast
from conformance.tape.tree import Node, Shape

# What values of both protocols mean; keyed by field so that no free text is translated.
_RESPONSES = {
    **dict.fromkeys(("Accept", "accepted"), "accepted"),
    **dict.fromkeys(("Tentative", "tentativelyAccepted"), "tentatively accepted"),
    **dict.fromkeys(("Decline", "declined"), "declined"),
    **dict.fromkeys(("Unknown", "none"), "none"),
    **dict.fromkeys(("NoResponseReceived", "notResponded"), "not responded"),
    **dict.fromkeys(("Organizer", "organizer"), "organizer"),
}

# Field: what people call it.
_FIELDS = {
    **dict.fromkeys(("ResponseType", "response"), "response"),
    **dict.fromkeys(("MyResponseType", "responseType", "responseStatus"), "own response"),
    **dict.fromkeys(("Subject", "subject"), "subject"),
    **dict.fromkeys(("Start", "start", "startDateTime"), "start"),
    **dict.fromkeys(("End", "end", "endDateTime"), "end"),
    **dict.fromkeys(("Location", "location"), "location"),
    **dict.fromkeys(("LegacyFreeBusyStatus", "showAs"), "shown as"),
    **dict.fromkeys(("IsCancelled", "isCancelled"), "cancelled"),
    **dict.fromkeys(("AllowNewTimeProposal", "allowNewTimeProposals"), "new time proposals allowed"),
    **dict.fromkeys(("ProposedStart", "ProposedEnd", "proposedNewTime"), "proposed time"),
    **dict.fromkeys(("MergedFreeBusy", "availabilityView"), "free/busy"),
    **dict.fromkeys(("ResponseCode", "code"), "answer"),
    **dict.fromkeys(("Body", "body"), "text"),
    **dict.fromkeys(("IsRead", "isRead"), "read"),
    **dict.fromkeys(("ItemClass", "@odata.type", "meetingMessageType"), "kind"),
}
# Objects that are one thing to people: what differs inside them differs of them.
_COMPOUND = frozenset(
    {"Body", "body", "start", "end", "startDateTime", "endDateTime", "location", "proposedNewTime", "organizer"}
)
_PEOPLE = {"Attendee": "attendee", "attendees": "attendee", "Organizer": "organizer", "organizer": "organizer"}
_PEOPLE |= {"Room": "room", "toRecipients": "recipient", "ccRecipients": "recipient", "Mailbox": "mailbox"}
_ITEMS = {
    **dict.fromkeys(("CalendarItem", "event"), "calendar item"),
    "MeetingRequest": "meeting request",
    "MeetingResponse": "meeting response",
    "MeetingCancellation": "cancellation",
    "Message": "message",
    "FreeBusyResponse": "mailbox's free/busy answer",
    "CalendarEvent": "busy time",
    "scheduleItems": "busy time",
}
_TYPES = {
    "#microsoft.graph.eventMessageRequest": "meeting request",
    "#microsoft.graph.eventMessageResponse": "meeting response",
    "#microsoft.graph.eventMessage": "meeting message",
}
_LONG = 80


def sentence(node: Node, operation: str, left: str, right: str) -> str:
    """One difference as a sentence: the meeting, the person, the field, then what it is on each side."""
    field = _field(node)
    translated = _RESPONSES if field in {"response", "own response"} else {}
    who = person(node)
    shown = "answer" if who and field == "response" else field
    about = f"{who}'s {shown}" if who else f"the {shown}"
    told = contrast(about, _told(left, translated), _told(right, translated))
    return f"{_where(node, operation)}: {told}"


def sentence_of_thing(node: Node, operation: str, left: str, right: str) -> str:
    """The difference that a whole thing is there or not as a sentence."""
    return f"{_where(node, operation)}: {contrast(f'the {thing(node)}', left, right)}"


def sentence_of_order(node: Node, operation: str, left: str, right: str) -> str:
    """The difference that a thing stands elsewhere in the order as a sentence."""
    return f"{_where(node, operation)}: the {thing(node)} stands at {left} on the left, at {right} on the right"


def _where(node: Node, operation: str) -> str:
    meeting = subject_of(node)
    return f'meeting "{_short(meeting)}"' if meeting else operation


def thing(node: Node) -> str:
    """What a whole node is: ``calendar item``, ``attendee adele@contoso.com``."""
    if node.name in _PEOPLE:
        return f"{_PEOPLE[node.name]} {_address(node) or 'without an address'}"
    kind = _TYPES.get(node.text("@odata.type")) or _ITEMS.get(node.name)
    if kind is None and node.text("subject"):
        kind = "calendar item" if node.child("attendees") or node.child("organizer") else "message"
    return kind or node.name


def subject_of(node: Node) -> str:
    """The subject of the meeting that a value belongs to, where the item around it has one."""
    for each in node.above():
        subject = each.text("Subject") or each.text("subject") or each.text("CalendarEventDetails", "Subject")
        if subject:
            return subject
    return ""


def person(node: Node) -> str:
    """The attendee, organizer or room a value belongs to."""
    for each in node.above():
        if each.name in _PEOPLE and each.shape is Shape.BAG and (address := _address(each)):
            return f"{_PEOPLE[each.name]} {address}"
    return ""


def _address(node: Node) -> str:
    ways = (("Mailbox", "EmailAddress"), ("emailAddress", "address"), ("EmailAddress",), ("Email", "Address"))
    return next((found for way in ways if (found := node.text(*way))), "")


def _field(node: Node) -> str:
    """What people call a value."""
    if node.name == "status" and node.parent is not None and node.parent.parent is None:
        return "answer"
    named = node.parent if node.parent is not None and node.name.startswith(("text()", "@")) else node
    if named.name == "response" and named.parent is not None and named.parent.name == "responseStatus":
        named = named.parent
    for each in named.above():
        if each.name in _FIELDS and (each is named or each.name in _COMPOUND):
            return _FIELDS[each.name]
    return named.name if named is node else f"{named.name} {node.name}".removesuffix(" text()")


def _told(text: str, translated: dict[str, str]) -> str:
    return _short(translated.get(text, text))


def _short(text: str) -> str:
    return text if len(text) <= _LONG else f"{text[: _LONG - 4]} ..."
