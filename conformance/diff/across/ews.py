"""What exchanges of EWS show of a mailbox."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from conformance.actor.ews_views import slot
from conformance.actor.xml import Node, parse
from conformance.diff.across.hours import ews_hours
from conformance.diff.across.mailbox import UNREADABLE, WELL_KNOWN, Mailbox, partial
from conformance.equivalence.ews import PLACES, PROPOSALS_SINCE, event_thing, message_thing
from conformance.equivalence.facts import Fact, Here, Thing
from conformance.equivalence.reading import Reading
from conformance.equivalence.sight import CALENDAR, SERIES
from conformance.model.exchange import Exchange
from conformance.wire import ews
from conformance.wire.namespaces import prefixed
from conformance.wire.path import path_of

_MESSAGES: Final = frozenset(
    {"t:Message", "t:MeetingRequest", "t:MeetingResponse", "t:MeetingCancellation", "t:MeetingMessage"}
)
_HOLDERS: Final = _MESSAGES | {"t:CalendarItem", "t:ItemAttachment"}
_GONE: Final = frozenset({"ErrorItemNotFound", "ErrorItemCorrupt"})


def take_ews(mailbox: Mailbox, exchange: Exchange, here: Here, reading: Reading) -> None:
    """Take over what an exchange of EWS shows."""
    asked, told = (parse(message.body) for message in (exchange.request, exchange.response))
    if asked is None or told is None:
        return
    request, response = Node(asked), Node(told)
    if here.operation == "GetUserAvailability":
        mailbox.see_all(ews_hours(request, response, here, reading))
        return
    folder = _folder(request)
    shape = next((node.text() for node in request.anywhere("t:BaseShape")), "")
    proposals = ews.envelope(asked).version >= PROPOSALS_SINCE
    ids = []
    for node in _items(response):
        identity = node.text("t:ItemId/@Id") or ""
        ids.append(identity)
        thing = _thing(node, folder, here, reading, is_whole=shape == "AllProperties", proposals=proposals)
        if thing is not None:
            mailbox.see(thing, node.text("t:Subject") or "", slot(node, "t:Start", "t:End"))
    if here.operation == "CreateItem":
        _take_made(mailbox, request, ids, here, reading)
    view = request.anywhere("m:CalendarView")
    if here.operation == "FindItem" and response.anywhere("m:RootFolder"):
        mailbox.listing(exchange, folder, ids, looks=not view)
        mailbox.windows += [hours for one in view if (hours := slot(one, "@StartDate", "@EndDate")) is not None]
    wanted = [node.text("@Id") or "" for node in request.anywhere("t:ItemId")]
    codes = [node.text() for node in response.anywhere("m:ResponseCode")]
    if here.operation in {"GetItem", "DeleteItem"} and len(wanted) == len(codes):
        for identity, code in zip(wanted, codes, strict=True):
            if code in _GONE or (here.operation == "DeleteItem" and code == "NoError"):
                mailbox.lost(identity)


def _take_made(mailbox: Mailbox, request: Node, ids: Sequence[str], here: Here, reading: Reading) -> None:
    """Calendar items that somebody made: of what was asked, name and time tell which they are."""
    for identity, node in zip(ids, request.all(".//m:CreateItem/m:Items/t:CalendarItem"), strict=False):
        subject, hours = node.text("t:Subject") or "", slot(node, "t:Start", "t:End")
        path = f"request{path_of(node.element)}"
        facts = {"subject": Fact(reading.text(subject), f"{path}/t:Subject")}
        if hours is not None:
            facts["time"] = Fact(reading.slot(hours), f"{path}/t:Start")
        kind = SERIES if node.one("t:Recurrence") else "meeting"
        mailbox.see(Thing(CALENDAR, kind, facts, here, path, identity, partial=True), subject, hours)


def _items(response: Node) -> Iterator[Node]:
    """The items of an answer; those within others are told of in passing, or are none of the mailbox."""
    for name in ("t:CalendarItem", *sorted(_MESSAGES)):
        for node in response.anywhere(name):
            around = {prefixed(str(one.tag)) for one in node.element.iterancestors()}
            if node.text("t:ItemId/@Id") and not around & _HOLDERS:
                yield node


def _folder(request: Node) -> str:
    named = [node.text("@Id") or "" for node in request.anywhere("t:DistinguishedFolderId")]
    return WELL_KNOWN.get(named[0].casefold(), "") if len(named) == 1 else ""


def _thing(node: Node, folder: str, here: Here, reading: Reading, *, is_whole: bool, proposals: bool) -> Thing | None:
    try:
        if node.name == "t:CalendarItem":
            thing = event_thing(folder or CALENDAR, node, here, reading, proposals=proposals)
        else:
            thing = message_thing(folder, node, here, reading)
    except UNREADABLE:
        return None
    if node.name == "t:CalendarItem" and node.text("t:CalendarItemType") is None:
        thing = replace(thing, kind="")
    lists = is_whole or any(node.one(place) for place in PLACES)
    is_plain = node.text("t:Body/@BodyType") == "Text"
    return partial(thing, lambda path: not path or node.text(path) is not None, is_plain=is_plain, lists_people=lists)
