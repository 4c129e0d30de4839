"""What exchanges of Graph show of a mailbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from urllib.parse import parse_qsl

from conformance.actor.graph_views import slot
from conformance.actor.times import instant
from conformance.actor.views import Slot
from conformance.diff.across.hours import graph_hours
from conformance.diff.across.mailbox import UNREADABLE, WELL_KNOWN, Mailbox, partial
from conformance.equivalence.facts import Here
from conformance.equivalence.graph import event_thing, message_thing
from conformance.equivalence.reading import Reading
from conformance.equivalence.sight import CALENDAR
from conformance.model.exchange import Exchange
from conformance.wire import graph
from conformance.wire.urls import parts_of

EVENT, MESSAGE = "event", "message"
_EVENTS: Final = frozenset({"events", "calendarView", "instances", "exceptionOccurrences"})


def take_graph(mailbox: Mailbox, exchange: Exchange, here: Here, reading: Reading, base: str) -> None:
    """Take over what an exchange of Graph shows; ``base`` is where its answer stands in that of a batch, else ``$``."""
    named = [each for each in graph.segments(exchange.request.url) if not each.mailbox]
    words = [each.text for each in named]
    if words[-1:] == ["getSchedule"]:
        asked, told = (graph.json_object(message.body) for message in (exchange.request, exchange.response))
        mailbox.see_all(graph_hours(asked, told, base, here, reading))
        return
    kind = EVENT if set(words) & _EVENTS else MESSAGE if "messages" in words else ""
    if not kind or words[-1] in {"attachments", "$count", "$value", "delta"}:
        return
    status, method = exchange.response.status, exchange.request.method.upper()
    last = named[-1]
    if last.key and (status == 404 or (method == "DELETE" and status < 300)):
        mailbox.lost(last.text)
        return
    if status >= 300:
        return
    value = graph.json_object(exchange.response.body)
    folder = CALENDAR if kind == EVENT else _folder(words)
    listed = value.get("value")
    if isinstance(listed, list):
        ids = []
        for place, one in enumerate(listed):
            if isinstance(one, dict):
                ids.append(str(one.get("id") or ""))
                _see(mailbox, kind, one, f"{base}.value[{place}]", folder, here, reading)
        view = _window(exchange.request.url)
        mailbox.listing(exchange, folder, ids, looks=view is None and words[-1] != "instances")
        mailbox.windows += [view] if view else []
    elif last.key or (method == "POST" and words[-1] in _EVENTS | {"messages"}):
        _see(mailbox, kind, value, base, folder, here, reading)


def _see(
    mailbox: Mailbox, kind: str, value: Mapping[str, Any], base: str, folder: str, here: Here, reading: Reading
) -> None:
    if not value.get("id"):
        return
    try:
        if kind == EVENT:
            thing = event_thing(value, base, here, reading)
        else:
            thing = message_thing(folder, value, base, here, reading)
    except UNREADABLE:
        return
    if kind == EVENT and "type" not in value:
        thing = replace(thing, kind="")
    body = value.get("body")
    is_plain = isinstance(body, dict) and body.get("contentType") == "text"
    thing = partial(thing, lambda path: _has(value, path), is_plain=is_plain, lists_people="attendees" in value)
    mailbox.see(thing, str(value.get("subject") or ""), slot(value) if kind == EVENT else None)
    linked = value.get("event")
    if isinstance(linked, dict):
        mailbox.tell(str(linked.get("id") or ""), str(linked.get("subject") or value.get("subject") or ""))


def _window(url: str) -> Slot | None:
    """The hours that a view of a calendar asks for."""
    told = dict(parse_qsl(parts_of(url).query))
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


def _folder(words: Sequence[str]) -> str:
    at = words.index("mailFolders") + 1 if "mailFolders" in words else len(words)
    return WELL_KNOWN.get(words[at].casefold(), "") if at < len(words) else ""
