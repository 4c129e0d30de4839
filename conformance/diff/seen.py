"""What the mailboxes of a recording hold as far as its answers show it, in the words that both protocols share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import orjson

from conformance.actor import ews_requests
from conformance.actor.ews_views import slot as read_slot
from conformance.actor.graph_views import slot as graph_slot
from conformance.actor.times import instant
from conformance.actor.views import Slot
from conformance.actor.xml import Node, parse
from conformance.diff.hours import ews_hours, graph_hours
from conformance.diff.outcome import Recording
from conformance.equivalence.ews import PLACES, PROPOSALS_SINCE
from conformance.equivalence.ews import event_thing as ews_event
from conformance.equivalence.ews import message_thing as ews_message
from conformance.equivalence.facts import ATTENDEE, Fact, Here, Thing
from conformance.equivalence.graph import event_thing as graph_event
from conformance.equivalence.graph import message_thing as graph_message
from conformance.equivalence.reading import Reading
from conformance.equivalence.sight import CALENDAR, FOLDERS, SERIES
from conformance.model.exchange import Exchange
from conformance.tape.actors import actor_of
from conformance.tape.volatile import in_one_alphabet
from conformance.wire import ews, graph
from conformance.wire.namespaces import prefixed
from conformance.wire.operation import Protocol, operation, protocol
from conformance.wire.path import path_of

EVENT, MESSAGE = "event", "message"
_OCCURRENCES: Final = frozenset({"occurrence", "exception"})
_NAMED: Final = {ews_requests.FOLDERS[folder]: name for folder, name in FOLDERS.items()} | {"calendar": CALENDAR}
_MESSAGES: Final = frozenset(
    {"t:Message", "t:MeetingRequest", "t:MeetingResponse", "t:MeetingCancellation", "t:MeetingMessage"}
)
_HOLDERS: Final = _MESSAGES | {"t:CalendarItem", "t:ItemAttachment"}
_GONE: Final = frozenset({"ErrorItemNotFound", "ErrorItemCorrupt"})
_EVENTS: Final = frozenset({"events", "calendarView", "instances", "exceptionOccurrences"})
_RAW_HTML: Final = "text"  # the fact that is compared only where both sides tell it as plain text
# Facts that say which id something has: they are names of one server.
_IDS: Final = frozenset({"event"})


@dataclass(slots=True)
class Mailbox:
    """What one person has been shown: the things there are, by id, and the folders looked into."""

    things: dict[str, Thing] = field(default_factory=dict)
    looked: set[str] = field(default_factory=set)
    _listings: dict[tuple[str, str, bytes], tuple[str, set[str]]] = field(default_factory=dict)
    subjects: dict[str, str] = field(default_factory=dict)
    slots: dict[str, Slot] = field(default_factory=dict)
    windows: list[Slot] = field(default_factory=list)

    def slot(self, exchange: int, path: str) -> Slot | None:
        """When what an exchange showed at a path takes place."""
        return next((self.slots.get(key) for key, one in self.things.items() if _is_at(one, exchange, path)), None)

    def is_occurrence(self, exchange: int, path: str) -> bool:
        """Whether what an exchange showed at a path is one of a series, which only a view of the calendar lists."""
        kinds = (one.kind for one in self.things.values() if _is_at(one, exchange, path))
        return next(kinds, "") in _OCCURRENCES

    def is_vague(self, folder: str) -> bool:
        """Whether a folder holds something that was listed and never told of."""
        told = {key for key, one in self.things.items() if one.kind}
        return any(ids - told for where, ids in self._listings.values() if where == folder)

    def has_viewed(self, slot: Slot | None) -> bool:
        """Whether a view of the calendar took in a time."""
        return slot is not None and any(one.start < slot.end and slot.start < one.end for one in self.windows)

    def see(self, thing: Thing, raw_subject: str, slot: Slot | None = None) -> None:
        """Take over what is shown of a thing; its folder and its kind stay known where they are not told again."""
        key = in_one_alphabet(thing.id)
        before = self.things.get(key)
        self.tell(thing.id, raw_subject)
        if slot is not None:
            self.slots[key] = slot
        if before is not None:
            thing = replace(
                thing,
                kind=thing.kind or before.kind,
                folder=thing.folder or before.folder,
                facts=_merged(before, thing),
                lists_people=thing.lists_people or before.lists_people,
            )
        self.things[key] = thing

    def tell(self, identity: str, subject: str) -> None:
        """Note the subject of something; one of what was called off stays what it was."""
        if subject:
            self.subjects.setdefault(in_one_alphabet(identity), subject)

    def lost(self, identity: str) -> None:
        """Note that something is not there."""
        self.things.pop(in_one_alphabet(identity), None)

    def listing(self, exchange: Exchange, folder: str, ids: Iterable[str], *, looks: bool) -> None:
        """Note what a question listed: what it listed before and does no longer is not there.

        ``looks`` tells that it looked through a folder, and not only at some hours of the calendar.
        """
        request = exchange.request
        key = request.method, request.url, request.body
        now = {in_one_alphabet(each) for each in ids}
        for gone in self._listings.get(key, ("", set[str]()))[1] - now:
            if gone in self.things and self.things[gone].folder in {"", folder}:
                del self.things[gone]
        self._listings[key] = folder, now
        if folder and looks:
            self.looked.add(folder)
        for each in now:
            if each in self.things and folder:
                self.things[each] = replace(self.things[each], folder=folder)


def _is_at(thing: Thing, exchange: int, path: str) -> bool:
    return (thing.here.exchange, thing.path) == (exchange, path)


@dataclass(slots=True)
class Seen:
    """A recording as it was read: mailboxes by person, and by which protocol each speaks."""

    reading: Reading
    mailboxes: dict[str, Mailbox] = field(default_factory=dict)

    def take(self, number: int, exchange: Exchange) -> None:
        """Read one exchange, the ``number``-th."""
        take = _READERS.get(protocol(exchange.request))
        if take is not None:
            mailbox = self.mailboxes.setdefault(self.reading.person(actor_of(exchange)), Mailbox())
            take(mailbox, exchange, Here(number, operation(exchange.request)), self.reading)


def reading_of(recording: Recording, names: Mapping[str, str]) -> Reading:
    """How a recording is read: without the mark and the days that it drew, people by the names given."""
    variables = recording.head.get("variables") or {}
    day = variables.get("date")
    return Reading(str(variables.get("token", "")), date.fromisoformat(day) if isinstance(day, str) else None, names)


def _merged(before: Thing, now: Thing) -> Mapping[str, Fact]:
    """What is known of a thing: what is shown now, and what was shown before of all else but people."""
    kept = {name: fact for name, fact in before.facts.items() if not (now.lists_people and name.startswith(ATTENDEE))}
    return {**kept, **now.facts}


def _take_ews(mailbox: Mailbox, exchange: Exchange, here: Here, reading: Reading) -> None:
    asked, told = (parse(message.body) for message in (exchange.request, exchange.response))
    if asked is None or told is None:
        return
    request, response = Node(asked), Node(told)
    if here.operation == "GetUserAvailability":
        _see_hours(mailbox, ews_hours(request, response, here, reading))
        return
    folder = _ews_folder(request)
    shape = next((node.text() for node in request.anywhere("t:BaseShape")), "")
    proposals = ews.requested_version(asked) >= PROPOSALS_SINCE
    ids = []
    for node in _items(response):
        identity = node.text("t:ItemId/@Id") or ""
        ids.append(identity)
        thing = _ews_thing(node, folder, here, reading, is_whole=shape == "AllProperties", proposals=proposals)
        if thing is not None:
            mailbox.see(thing, node.text("t:Subject") or "", read_slot(node, "t:Start", "t:End"))
    if here.operation == "CreateItem":
        _take_made(mailbox, request, ids, here, reading)
    view = request.anywhere("m:CalendarView")
    if here.operation == "FindItem" and response.anywhere("m:RootFolder"):
        mailbox.listing(exchange, folder, ids, looks=not view)
        mailbox.windows += [hours for one in view if (hours := read_slot(one, "@StartDate", "@EndDate")) is not None]
    wanted = [node.text("@Id") or "" for node in request.anywhere("t:ItemId")]
    codes = [node.text() for node in response.anywhere("m:ResponseCode")]
    if here.operation in {"GetItem", "DeleteItem"} and len(wanted) == len(codes):
        for identity, code in zip(wanted, codes, strict=True):
            if code in _GONE or (here.operation == "DeleteItem" and code == "NoError"):
                mailbox.lost(identity)


def _see_hours(mailbox: Mailbox, told: Iterator[Thing]) -> None:
    try:
        for thing in told:
            mailbox.see(thing, "")
    except (ValueError, LookupError, TypeError, AttributeError):
        return  # it is not what answers about hours are like


def _take_made(mailbox: Mailbox, request: Node, ids: Sequence[str], here: Here, reading: Reading) -> None:
    """Calendar items that somebody made: of what was asked, name and time tell which they are."""
    for identity, node in zip(ids, request.all(".//m:CreateItem/m:Items/t:CalendarItem"), strict=False):
        subject, slot = node.text("t:Subject") or "", read_slot(node, "t:Start", "t:End")
        path = f"request{path_of(node.element)}"
        facts = {"subject": Fact(reading.text(subject), f"{path}/t:Subject")}
        if slot is not None:
            facts["time"] = Fact(reading.slot(slot), f"{path}/t:Start")
        kind = SERIES if node.one("t:Recurrence") else "meeting"
        mailbox.see(Thing(CALENDAR, kind, facts, here, path, identity, partial=True), subject, slot)


def _items(response: Node) -> Iterator[Node]:
    """The items of an answer; those within others are told of in passing, or are none of the mailbox."""
    for name in ("t:CalendarItem", *sorted(_MESSAGES)):
        for node in response.anywhere(name):
            around = {prefixed(str(one.tag)) for one in node.element.iterancestors()}
            if node.text("t:ItemId/@Id") and not around & _HOLDERS:
                yield node


def _ews_folder(request: Node) -> str:
    named = [node.text("@Id") or "" for node in request.anywhere("t:DistinguishedFolderId")]
    return _NAMED.get(named[0].casefold(), "") if len(named) == 1 else ""


def _ews_thing(
    node: Node, folder: str, here: Here, reading: Reading, *, is_whole: bool, proposals: bool
) -> Thing | None:
    try:
        if node.name == "t:CalendarItem":
            thing = ews_event(folder or CALENDAR, node, here, reading, proposals=proposals)
        else:
            thing = ews_message(folder, node, here, reading)
    except (ValueError, LookupError):
        return None  # too little is told to know what it is
    if node.name == "t:CalendarItem" and node.text("t:CalendarItemType") is None:
        thing = replace(thing, kind="")
    facts = {
        name: replace(fact, path=f"response{fact.path}")
        for name, fact in thing.facts.items()
        if _is_shown(node, fact.path.removeprefix(thing.path).strip("/")) or (name.startswith(ATTENDEE))
    }
    if node.text("t:Body/@BodyType") != "Text":
        facts.pop(_RAW_HTML, None)
    lists = is_whole or any(node.one(place) for place in PLACES)
    return _partial(thing, facts, lists=lists)


def _is_shown(node: Node, path: str) -> bool:
    return not path or node.text(path) is not None


def _take_graph(mailbox: Mailbox, exchange: Exchange, here: Here, reading: Reading) -> None:
    named = [each for each in graph.segments(exchange.request.url) if not each.mailbox]
    words = [each.text for each in named]
    if words[-1:] == ["getSchedule"]:
        asked, told = (_json(message.body) for message in (exchange.request, exchange.response))
        if isinstance(asked, dict) and isinstance(told, dict):
            _see_hours(mailbox, graph_hours(asked, told, here, reading))
        return
    kind = EVENT if set(words) & _EVENTS else MESSAGE if "messages" in words else ""
    if not kind or words[-1] in {"attachments", "$count", "$value", "delta"}:
        return
    status, method = exchange.response.status, exchange.request.method.upper()
    last = named[-1]
    if last.key and (status == 404 or (method == "DELETE" and status < 300)):
        mailbox.lost(last.text)
        return
    value = _json(exchange.response.body)
    if status >= 300 or not isinstance(value, dict):
        return
    folder = CALENDAR if kind == EVENT else _graph_folder(words)
    listed = value.get("value")
    if isinstance(listed, list):
        ids = []
        for place, one in enumerate(listed):
            if isinstance(one, dict):
                ids.append(str(one.get("id") or ""))
                _see(mailbox, kind, one, f"$.value[{place}]", folder, here, reading)
        view = _window(exchange.request.url)
        mailbox.listing(exchange, folder, ids, looks=view is None and words[-1] != "instances")
        mailbox.windows += [view] if view else []
    elif last.key or (method == "POST" and words[-1] in _EVENTS | {"messages"}):
        _see(mailbox, kind, value, "$", folder, here, reading)


def _see(
    mailbox: Mailbox, kind: str, value: Mapping[str, Any], base: str, folder: str, here: Here, reading: Reading
) -> None:
    if not value.get("id"):
        return
    try:
        if kind == EVENT:
            thing = graph_event(value, base, here, reading)
        else:
            thing = graph_message(folder, value, base, here, reading)
    except (ValueError, LookupError, TypeError, AttributeError):
        return  # too little is told to know what it is
    facts = {
        name: replace(fact, path=f"response{fact.path}")
        for name, fact in thing.facts.items()
        if _has(value, fact.path.removeprefix(base).strip(".")) or name.startswith(ATTENDEE)
    }
    body = value.get("body")
    if not isinstance(body, dict) or body.get("contentType") != "text":
        facts.pop(_RAW_HTML, None)
    if kind == EVENT and "type" not in value:
        thing = replace(thing, kind="")
    slot = graph_slot(value) if kind == EVENT else None
    mailbox.see(_partial(thing, facts, lists="attendees" in value), str(value.get("subject") or ""), slot)
    linked = value.get("event")
    if isinstance(linked, dict):
        mailbox.tell(str(linked.get("id") or ""), str(linked.get("subject") or value.get("subject") or ""))


def _window(url: str) -> Slot | None:
    """The hours that a view of a calendar asks for."""
    told = dict(parse_qsl(urlsplit(url).query))
    try:
        return Slot(instant(told["startDateTime"]), instant(told["endDateTime"]))
    except (KeyError, ValueError):
        return None


def _has(value: Any, path: str) -> bool:
    for step in filter(None, path.split(".")):
        if not isinstance(value, dict) or step not in value:
            return False
        value = value[step]
    return True


def _partial(thing: Thing, facts: Mapping[str, Fact], *, lists: bool) -> Thing:
    told = {name: fact for name, fact in facts.items() if name not in _IDS}
    return replace(thing, facts=told, path=f"response{thing.path}", partial=True, lists_people=lists)


def _graph_folder(words: Sequence[str]) -> str:
    at = words.index("mailFolders") + 1 if "mailFolders" in words else len(words)
    return _NAMED.get(words[at].casefold(), "") if at < len(words) else ""


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body) if body else None
    except orjson.JSONDecodeError:
        return None


_READERS: Final = {Protocol.EWS: _take_ews, Protocol.GRAPH: _take_graph}
