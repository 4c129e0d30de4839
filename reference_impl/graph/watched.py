"""What a subscription is about: its resource path, read (subscription resource, resource)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from reference_impl.domain.copying import replace
from reference_impl.domain.mailbox import Mailbox, MailboxKind
from reference_impl.graph import refusals
from reference_impl.graph.address import Address, read_address
from reference_impl.graph.call import Call
from reference_impl.graph.callers import check_scopes, find_person, reaches
from reference_impl.graph.fields.event import EVENT
from reference_impl.graph.fields.field import Table
from reference_impl.graph.fields.message import MESSAGE
from reference_impl.graph.odata.filtering import Predicate, compile_filter
from reference_impl.graph.odata.options import Options, read_options
from reference_impl.graph.odata.selecting import Selection, read_select
from reference_impl.graph.odata.syntax import parse_filter
from reference_impl.graph.resources.events import calendar_ref
from reference_impl.graph.resources.mail_folders import folder_ref
from reference_impl.service import folders
from reference_impl.service.item_news import Scope

OPTIONS: Final = frozenset({"$select", "$filter"})


@dataclass(frozen=True, slots=True)
class Kind:
    """What can be watched: its members, how notifications call it, and the permissions of which one is needed."""

    of_calendar: bool
    table: Table[Any]
    type_name: str
    collection: str
    permissions: frozenset[str]


EVENTS: Final = Kind(
    True, EVENT, "Event", "Events", frozenset({"Calendars.Read", "Calendars.ReadWrite", "Calendars.ReadBasic"})
)
MESSAGES: Final = Kind(
    False, MESSAGE, "Message", "Messages", frozenset({"Mail.Read", "Mail.ReadWrite", "Mail.ReadBasic"})
)

_PLACES: Final[Mapping[tuple[str, ...], Kind]] = {
    ("events",): EVENTS,
    ("calendar", "events"): EVENTS,
    ("calendars", "{calendar}", "events"): EVENTS,
    ("calendargroups", "{group}", "calendars", "{calendar}", "events"): EVENTS,
    ("messages",): MESSAGES,
    ("mailfolders", "{folder}", "messages"): MESSAGES,
}


@dataclass(frozen=True, slots=True)
class Watched:
    """One collection of one mailbox; ``keep`` leaves out what the resource's $filter does."""

    kind: Kind
    scope: Scope
    selection: Selection
    keep: Predicate | None
    query: str

    @property
    def key(self) -> tuple[Scope, str]:
        """Two subscriptions of one key are about the same."""
        return replace(self.scope, follows=False), self.query


def read_watched(call: Call, resource: str) -> Watched:
    """The collection that a resource path names: relative to the version, with a $filter or a $select at most.

    ResourceUnwatchable, MailboxForbidden for another's mailbox, ScopeMissing, UserUnknown, OptionInvalid,
    FilterUnsupported, IdMalformed, ItemNotFound.
    """
    path, _, query = resource.strip().partition("?")
    try:
        address = read_address(f"{call.version}/{path.strip('/')}")
    except refusals.SegmentUnknown:
        raise refusals.ResourceUnwatchable(resource=resource) from None
    kind, keys = _place(address, resource)
    owner = _owner(call, address)
    check_scopes(call.request.scopes, kind.permissions)
    there = replace(call, owner=owner, keys=keys)
    options = read_options(query, OPTIONS)
    restriction, filterable = options.system.get("$filter"), kind.table.filterable(call.version)
    return Watched(
        kind=kind,
        scope=Scope(owner.id, kind.of_calendar, _folder(there, kind), follows=call.view.lasting_ids),
        selection=read_select(options, kind.table.selectable(call.version)),
        keep=None if restriction is None else compile_filter(parse_filter(restriction), filterable),
        query=_normal(options),
    )


def _place(address: Address, resource: str) -> tuple[Kind, dict[str, str]]:
    steps = [step.text for step in address.steps]
    for template, kind in _PLACES.items():
        pairs = list(zip(template, steps, strict=False))
        if address.is_personal and len(template) == len(steps) and all(_fits(*pair) for pair in pairs):
            return kind, {part[1:-1]: step for part, step in pairs if part.startswith("{")}
    raise refusals.ResourceUnwatchable(resource=resource)


def _fits(part: str, step: str) -> bool:
    return part.startswith("{") or part == step.lower()


def _folder(call: Call, kind: Kind) -> str | None:
    """The folder watched; None for the messages of all folders."""
    if not kind.of_calendar and "folder" not in call.keys:
        return None
    ref = calendar_ref(call) if kind.of_calendar else folder_ref(call)
    return folders.get_folder(call.world, call.owner, ref, call.by).id


def _owner(call: Call, address: Address) -> Mailbox:
    """Whose collection it is: one's own, or any for an application."""
    if address.user is None:
        if call.by is None:
            raise refusals.MeNeedsUser
        return call.by
    owner = find_person(call.world, address.user)
    if owner is None or owner.kind is MailboxKind.LIST:
        raise refusals.UserUnknown(user=address.user)
    is_open = reaches(call.world, call.request.client_id, owner) if call.by is None else call.by.id == owner.id
    if not is_open:
        raise refusals.MailboxForbidden(user=address.user)
    return owner


def _normal(options: Options) -> str:
    return "&".join(f"{name}={value}" for name, value in sorted(options.system.items()))
