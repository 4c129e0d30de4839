"""One exchange in the words of meetings: what was asked by whom, of which meeting, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from conformance.model.exchange import Exchange, Request
from conformance.tape.actors import actor_of
from conformance.tape.redact import redact
from conformance.tape.tree import Node, request_tree, response_tree
from conformance.wire import batch
from conformance.wire.operation import operation

_TOLD: Final = 8  # values of one kind that are told of one side
_LONG: Final = 120

# What people call a value, by its name and, where that alone says little, by that of what it stands in.
_NAMES: Final = {
    **dict.fromkeys(("Subject", "subject", "NewSubject"), "subject"),
    **dict.fromkeys(("Start", "start.dateTime", "StartTime", "startTime.dateTime", "startDateTime"), "start"),
    **dict.fromkeys(("End", "end.dateTime", "EndTime", "endTime.dateTime", "endDateTime"), "end"),
    **dict.fromkeys(("ProposedStart", "proposedNewTime.start.dateTime"), "proposed start"),
    **dict.fromkeys(("ProposedEnd", "proposedNewTime.end.dateTime"), "proposed end"),
    **dict.fromkeys(("Location", "location.displayName"), "location"),
    **dict.fromkeys(("EmailAddress", "emailAddress.address", "Address", "schedules"), "people"),
    **dict.fromkeys(("MyResponseType", "ResponseType", "responseStatus.response", "status.response"), "responses"),
    **dict.fromkeys(("ItemClass", "meetingMessageType", "@odata.type"), "kind"),
    **dict.fromkeys(("comment", "Comment"), "comment"),
    **dict.fromkeys(("sendResponse", "@MessageDisposition", "@SendMeetingInvitations"), "sending"),
    **dict.fromkeys(("@SendMeetingInvitationsOrCancellations", "@SendMeetingCancellations"), "sending"),
    **dict.fromkeys(("MergedFreeBusy", "availabilityView"), "free/busy"),
}


@dataclass(frozen=True, slots=True)
class Retelling:
    """An exchange for people: ``asked`` and ``told`` are what each side spoke of, by what people call it."""

    operation: str
    actor: str
    answer: str
    asked: tuple[tuple[str, str], ...]
    told: tuple[tuple[str, str], ...]
    parts: tuple[Retelling, ...] = ()  # of a batch

    @property
    def line(self) -> str:
        """The whole in one line, such as ``CreateItem by ann@example.com: "Lunch": NoError``."""
        subject = next((value for name, value in (*self.asked, *self.told) if name == "subject"), "")
        who, what = f" by {self.actor}" if self.actor else "", f': "{subject}"' if subject else ""
        return f"{self.operation}{who}{what}: {self.answer}"


def retold(exchange: Exchange) -> Retelling:
    """An exchange in the words of meetings, its secrets redacted."""
    actor = actor_of(exchange)
    exchange = redact(exchange)
    told = response_tree(exchange)
    codes = [str(leaf.value) for leaf in told.leaves() if leaf.name == "ResponseCode" or _is_error(leaf)]
    answer = ", ".join(dict.fromkeys((str(exchange.response.status), *codes[:_TOLD])))
    parts = tuple(retold(part) for _, part in batch.parts(exchange))
    return Retelling(
        operation(exchange.request), actor, answer, asked(exchange.request), tuple(_spoken_of(told)), parts
    )


def asked(request: Request) -> tuple[tuple[str, str], ...]:
    """What a request speaks of, by what people call it."""
    return tuple(_spoken_of(request_tree(request)))


def _spoken_of(tree: Node) -> Iterator[tuple[str, str]]:
    found: dict[str, dict[str, None]] = {}
    for leaf in tree.leaves():
        name = _name(leaf)
        if name and leaf.value not in (None, ""):
            text = str(leaf.value)
            found.setdefault(name, {})[text if len(text) <= _LONG else f"{text[:_LONG]}…"] = None
    for name, values in found.items():
        more = len(values) - _TOLD
        yield name, ", ".join([*list(values)[:_TOLD], *([f"and {more} more"] if more > 0 else [])])


def _name(leaf: Node) -> str:
    """What people call a value, by its own name or that with the names it stands in."""
    names = [node.name for node in leaf.above() if node.name != "text()"]
    longest = (".".join(reversed(names[:count])) for count in (3, 2, 1))
    return next((_NAMES[name] for name in longest if name in _NAMES), "")


def _is_error(leaf: Node) -> bool:
    return leaf.name == "code" and leaf.parent is not None and leaf.parent.name == "error"
