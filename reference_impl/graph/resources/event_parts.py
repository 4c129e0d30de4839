"""What $expand embeds in an event: its exceptions, extended properties, attachments and extensions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from reference_impl.domain.items import CalendarItem
from reference_impl.domain.series import exceptions_of
from reference_impl.graph import extensions
from reference_impl.graph.call import Call
from reference_impl.graph.extended import MULTI, SINGLE, expanded
from reference_impl.graph.fields.attachment import ATTACHMENT
from reference_impl.graph.fields.event import EVENT, event_id
from reference_impl.graph.odata.expanding import Expansion
from reference_impl.graph.odata.selecting import read_select
from reference_impl.graph.resources.attachments import hung_on


def with_parts(
    call: Call, event: CalendarItem, members: Mapping[str, Any], expansions: Mapping[str, Expansion]
) -> Mapping[str, Any]:
    """The members of an event with those that $expand asks for."""
    if not expansions:
        return members
    whole = dict(members)
    for name, expansion in expansions.items():
        context = call.user_context(f"events('{event_id(event, call.view)}')/{name}")
        whole |= {f"{name}@odata.context": context, name: _PARTS[name](call, event, expansion)}
    return whole


def _exceptions(call: Call, event: CalendarItem, expansion: Expansion) -> list[dict[str, Any]]:
    """The occurrences that differ from their series; nothing but a master has any."""
    selection = read_select(expansion.options, EVENT.selectable(call.version))
    found = exceptions_of(event) if event.recurrence is not None else ()
    return [EVENT.show(each, call.view, selection) for each in found]


def _attachments(call: Call, event: CalendarItem, expansion: Expansion) -> list[dict[str, Any]]:
    selection = read_select(expansion.options, ATTACHMENT.selectable(call.version))
    return [ATTACHMENT.show(hung, call.view, selection) for hung in hung_on(call, event)]


_PARTS: Final[Mapping[str, Callable[[Call, CalendarItem, Expansion], list[dict[str, Any]]]]] = {
    "attachments": _attachments,
    "exceptionOccurrences": _exceptions,
    "extensions": lambda _call, event, expansion: extensions.expanded(event, expansion),
    SINGLE: lambda _call, event, expansion: expanded(event, expansion),
    MULTI: lambda _call, event, expansion: expanded(event, expansion),
}

EXPANDABLE: Final = frozenset(_PARTS)
"""What can be expanded."""
