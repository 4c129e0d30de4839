"""What each request of a recording did, by a table of acts and of how both protocols spell them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from lxml import etree

from conformance.actor.xml import Node, parse
from conformance.model.exchange import Exchange
from conformance.wire import ews, graph
from conformance.wire.operation import Protocol, acts, operation, protocol


@dataclass(frozen=True, slots=True)
class Act:
    """One act: what it is in words, how EWS and Graph ask for it, and the concept that one of them lacks.

    ``ews`` is the operation and, for what it creates or sends, the element or the way to send; ``graph`` is the end of
    the operation's name.
    """

    words: str
    ews: tuple[str, ...]
    graph: tuple[str, ...]
    concept: str = ""


_EVENTS: Final = r"(?:events|calendars/\{id\}/events|calendar/events|calendarView)"
_MESSAGES: Final = r"(?:mailFolders/[^/]+/)?messages"

ACTS: Final = (
    Act("calls a meeting", ("CreateItem CalendarItem SendToNone",), (), "sending"),
    Act("calls a meeting", ("CreateItem CalendarItem",), (rf"POST (?:.*/)?{_EVENTS}",)),
    Act("accepts", ("CreateItem AcceptItem",), (r"POST .*/accept",)),
    Act("tentatively accepts", ("CreateItem TentativelyAcceptItem",), (r"POST .*/tentativelyAccept",)),
    Act("declines", ("CreateItem DeclineItem",), (r"POST .*/decline",)),
    Act("cancels", ("CreateItem CancelCalendarItem",), (r"POST .*/cancel",)),
    Act("forwards", ("CreateItem ForwardItem",), (r"POST .*/forward",)),
    Act("replies", ("CreateItem ReplyToItem", "CreateItem ReplyAllToItem"), (r"POST .*/reply(?:All)?",)),
    Act("deletes", ("CreateItem RemoveItem",), (rf"DELETE (?:.*/)?{_EVENTS}/\{{id\}}",)),
    Act("deletes", ("DeleteItem SendToNone",), (), "sending of a deletion"),
    Act("deletes", ("DeleteItem",), (rf"DELETE (?:.*/)?{_MESSAGES}/\{{id\}}", r"POST .*/permanentDelete")),
    Act("changes", ("UpdateItem SendToNone",), (), "sending of changes"),
    Act("changes", ("UpdateItem",), (rf"PATCH (?:.*/)?(?:{_EVENTS}|{_MESSAGES})/\{{id\}}",)),
    Act("sends a message", ("CreateItem Message", "SendItem"), (r"POST .*sendMail", r"POST .*/send")),
    Act("moves", ("MoveItem",), (r"POST .*messages/\{id\}/move",)),
    Act("copies", ("CopyItem",), (r"POST .*messages/\{id\}/copy",)),
    Act("attaches a file", ("CreateAttachment",), (r"POST .*/attachments",)),
    Act("removes an attachment", ("DeleteAttachment",), (r"DELETE .*/attachments/\{id\}",)),
    Act("makes a folder", ("CreateFolder",), (r"POST .*(?:mailFolders|childFolders|calendars)",)),
    Act("deletes a folder", ("DeleteFolder",), (r"DELETE .*(?:mailFolders|childFolders|calendars)/\{id\}",)),
    Act("sets automatic replies", ("SetUserOofSettings",), (r"PATCH mailboxSettings",)),
)
"""The acts, the narrower first. What is in none of them is compared with nothing, and told as a gap."""

DONE, REFUSED = "done", "refused"
# What servers put before the subject of a meeting that was answered or called off.
_PREFIX: Final = re.compile(r"^(?:(?:Accepted|Tentative|Declined|Canceled|New Time Proposed): )+")
_SENDING: Final = ("SendMeetingInvitations", "SendMeetingInvitationsOrCancellations", "SendMeetingCancellations")


@dataclass(frozen=True, slots=True)
class Done:
    """One request that acts: which act it is (None where the table has none), upon what, and what came of it."""

    act: Act | None
    operation: str
    number: int
    who: str
    subject: str
    upon: tuple[str, ...]
    outcome: str
    code: str

    @property
    def told(self) -> str:
        """The outcome in words."""
        return f"{self.outcome} ({self.code})" if self.code else self.outcome


def done(number: int, who: str, exchange: Exchange) -> Done | None:
    """What an exchange did; None where it was meant to do nothing.

    ``upon`` are the ids that it speaks of, and ``subject`` the subject that it tells itself.
    """
    request = exchange.request
    spoken = protocol(request)
    if not acts(request) or spoken not in {Protocol.EWS, Protocol.GRAPH}:
        return None
    read = _ews if spoken is Protocol.EWS else _graph
    act, subject, upon, code = read(exchange)
    outcome = REFUSED if code or exchange.response.status >= 300 else DONE
    told = code or ("" if outcome == DONE else str(exchange.response.status))
    return Done(act, operation(request), number, who, subject, upon, outcome, told)


def _ews(exchange: Exchange) -> tuple[Act | None, str, tuple[str, ...], str]:
    asked, answer = (parse(message.body) for message in (exchange.request, exchange.response))
    name = operation(exchange.request)
    if asked is None:
        return None, "", (), ""
    request = Node(asked)
    content = next((node for node in request.anywhere(f"m:{name}")), request)
    made = [node.local for node in next(iter(content.all("m:Items")), ())]
    sending = next((sent for way in _SENDING if (sent := content.text(f"@{way}"))), "")
    spelt = [" ".join(part for part in (name, *made[:1], sending) if part), " ".join([name, *made[:1]]), name]
    act = next((act for each in spelt for act in ACTS if each in act.ews), None)
    subject = next((node.text() or "" for node in content.anywhere("t:Subject")), "")
    return act, subject, _ids(content), _ews_code(answer)


def _ids(content: Node) -> tuple[str, ...]:
    named = ("t:ItemId", "t:ReferenceItemId", "t:ParentItemId", "t:OccurrenceItemId", "m:ParentItemId")
    nodes = (node for name in named for node in content.anywhere(name))
    return tuple(found for node in nodes if (found := node.text("@Id") or node.text("@RecurringMasterId")))


def _ews_code(answer: etree._Element | None) -> str:
    if answer is None:
        return ""
    fault = ews.fault(answer)
    if fault is not None:
        return fault.response_code or fault.code
    codes = [one.code for one in ews.response_messages(answer) if one.code != "NoError"]
    return ", ".join(dict.fromkeys(codes))


def _graph(exchange: Exchange) -> tuple[Act | None, str, tuple[str, ...], str]:
    name = operation(exchange.request)
    act = next((act for act in ACTS if any(re.fullmatch(pattern, name) for pattern in act.graph)), None)
    body, answer = (graph.json_object(message.body) for message in (exchange.request, exchange.response))
    subject = str(body.get("subject") or "")
    message = body.get("message") or body.get("Message")
    if not subject and isinstance(message, dict):
        subject = str(message.get("subject") or "")
    error = answer.get("error")
    code = str(error.get("code") or "") if isinstance(error, dict) else ""
    ids = tuple(each.text for each in graph.segments(exchange.request.url) if each.key and not each.mailbox)
    return act, subject, ids, code


def plain(subject: str) -> str:
    """The subject of a meeting without what servers put before it."""
    return _PREFIX.sub("", subject)


def pairs(left: Sequence[Done], right: Sequence[Done]) -> list[tuple[Done | None, Done | None]]:
    """Acts side by side: of one person, of one kind, upon one meeting, in order."""
    waiting: dict[tuple[str, str, str], list[Done]] = {}
    for one in right:
        waiting.setdefault(_key(one), []).append(one)
    found: list[tuple[Done | None, Done | None]] = []
    for one in left:
        partners = waiting.get(_key(one))
        found.append((one, partners.pop(0) if partners else None))
    found += [(None, one) for one in right if one in waiting[_key(one)]]
    return list(_joined(found))


def _joined(found: Sequence[tuple[Done | None, Done | None]]) -> Iterator[tuple[Done | None, Done | None]]:
    """The same, with acts that have no partner joined where one side does not tell upon which meeting it was."""
    alone = [other for one, other in found if one is None and other is not None]
    for one, other in found:
        if one is None:
            continue
        if other is None:
            fits = (each for each in alone if _key(each)[:2] == _key(one)[:2] and not (each.subject and one.subject))
            other = next(fits, None)  # noqa: PLW2901  the partner found late
            if other is not None:
                alone.remove(other)
        yield one, other
    yield from ((None, other) for other in alone)


def _key(one: Done) -> tuple[str, str, str]:
    return one.who, one.act.words if one.act else one.operation, one.subject
