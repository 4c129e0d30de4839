"""Lists of messages: of the whole mailbox or a folder, what a search finds, and what has changed (message: delta)."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from reference_impl.domain.items import Item, Message
from reference_impl.domain.queries import Order, Query
from reference_impl.domain.timezone import zone
from reference_impl.graph import ids
from reference_impl.graph.call import Call, Result
from reference_impl.graph.delta import read_round, removed
from reference_impl.graph.fields.message import MESSAGE
from reference_impl.graph.odata.filtering import compile_filter, paths
from reference_impl.graph.odata.searching import compile_search
from reference_impl.graph.odata.selecting import leads, read_orderby
from reference_impl.graph.odata.syntax import Comparison, parse_filter
from reference_impl.graph.refusals import FilterInefficient, FilterUnsupported, OptionInvalid, ParameterInvalid
from reference_impl.graph.resources.mail_folders import folder_ref
from reference_impl.graph.resources.message_parts import Asked, members, place, read_asked
from reference_impl.service import folders, items
from reference_impl.service.synchronisation import ItemChange, ItemSyncState, SyncChange, sync_items

Condition = Callable[[Item], bool]

MOST_FOUND: Final = 1000
"""Results of a search."""

DELTA_OPTIONS: Final = frozenset({"$select", "$expand", "$filter", "$orderby", "$top"})

_MARK: Final = b"MGSM\x01"
_STATE: Final = struct.Struct(">QQQ?")
_SINCE: Final = "receiveddatetime"
_CHANGE_TYPES: Final[Mapping[str, frozenset[SyncChange]]] = {
    "created": frozenset({SyncChange.CREATE}),
    "updated": frozenset({SyncChange.UPDATE, SyncChange.READ_FLAG}),
    "deleted": frozenset({SyncChange.DELETE}),
}


def listing(call: Call, within: str | None = None) -> Result:
    """GET of a collection: newest first; through a cast, only what is of that type."""
    asked = read_asked(call, within)
    keys = read_orderby(call.options, MESSAGE.sortable())
    conditions = [*_cast(asked), *_searched(call), *_filtered(call, [path for path, _, _ in keys], within)]
    query = Query(
        folder=folder_ref(call) if "folder" in call.keys else None,
        calendar_items=False,
        keep=_all_of(conditions),
        order=tuple((order, descending) for _, order, descending in keys) or ((Order.RECEIVED, True),),
        offset=call.options.skip,
        limit=call.page_size,
    )
    page = items.find_items(call.world, call.owner, query, call.by)
    rows = [members(call, item, asked) for item in page.items if isinstance(item, Message)]
    total = min(page.total, MOST_FOUND) if "$search" in call.options.system else page.total
    context = call.user_context(f"{place(call, asked)}{asked.selection.suffix}")
    return call.collection(context, rows, total=total, skip=page.offset)


def _all_of(conditions: list[Condition]) -> Condition | None:
    if len(conditions) < len(("one", "another")):
        return next(iter(conditions), None)
    return lambda item: all(holds(item) for holds in conditions)


def _cast(asked: Asked) -> Iterator[Condition]:
    if asked.within is not None:
        yield lambda item: isinstance(item, Message) and asked.admits(item)


def _searched(call: Call) -> Iterator[Condition]:
    text = call.options.system.get("$search")
    if text is None:
        return
    if others := {"$filter", "$orderby"} & call.options.system.keys():
        raise OptionInvalid(reason=f"$search cannot be combined with {' and '.join(sorted(others))}.")
    yield compile_search(text, call.world.clock.now().astimezone(zone(call.owner.time_zone)))


def _filtered(call: Call, ordered: list[str], within: str | None) -> Iterator[Condition]:
    restriction = call.options.system.get("$filter")
    if restriction is None:
        return
    tree = parse_filter(restriction)
    keep = compile_filter(tree, MESSAGE.filterable(call.version, within))
    if not leads(ordered, list(paths(tree))):
        raise FilterInefficient
    yield keep


def delta(call: Call) -> Result:
    """GET: a page of the messages of a folder that are new or have changed, newest first, and of those gone."""
    round_ = read_round(call, _MARK, DELTA_OPTIONS)
    first = round_.call
    folder = folders.get_folder(call.world, call.owner, folder_ref(call), call.by)
    asked, keep, wanted = read_asked(first), _since(first), _wanted(first)
    state = None if round_.state is None else _opened(round_.state)
    found = sync_items(call.world, call.owner, folder, state, _page_size(call, first), by=call.by)
    rows = [_row(call, change, asked) for change in found.changes if change.change in wanted and _is_told(change, keep)]
    return round_.page("Collection(message)", rows, _packed(found.state), is_last=found.is_last)


def _page_size(call: Call, first: Call) -> int:
    """What this request prefers, else the $top with which the round began."""
    return call.preferences.page_size or first.page_size


def _is_told(change: ItemChange, keep: Condition | None) -> bool:
    """Whether a change concerns messages; of what is gone nothing is known any more."""
    if change.item is None:
        return True
    return isinstance(change.item, Message) and (keep is None or keep(change.item))


def _row(call: Call, change: ItemChange, asked: Asked) -> Mapping[str, Any]:
    if isinstance(change.item, Message):
        return members(call, change.item, asked)
    gone = ids.of_gone(call.owner.id, change.item_id, change.lasting, lasting=call.view.lasting_ids)
    return removed("message", gone)


def _since(first: Call) -> Condition | None:
    """The filter of a round: how old messages may be, and nothing else; the only order is newest first."""
    order = first.options.system.get("$orderby")
    if order is not None and " ".join(order.lower().split()) != f"{_SINCE} desc":
        raise OptionInvalid(reason=f"$orderby: a round is told by receivedDateTime desc, got {order!r}.")
    restriction = first.options.system.get("$filter")
    if restriction is None:
        return None
    tree = parse_filter(restriction)
    if not isinstance(tree, Comparison) or tree.path.lower() != _SINCE or tree.operator not in {"ge", "gt"}:
        raise FilterUnsupported(reason="a round takes receivedDateTime ge or gt a moment.")
    return compile_filter(tree, MESSAGE.filterable(first.version))


def _wanted(first: Call) -> frozenset[SyncChange]:
    """The kinds of change that a round tells of: all, or those of changeType."""
    asked = first.options.parameters.get("changetype")
    if asked is None:
        return frozenset(SyncChange)
    wanted = _CHANGE_TYPES.get(asked.lower())
    if wanted is None:
        raise ParameterInvalid(reason=f"changeType: expected one of {', '.join(_CHANGE_TYPES)}, got {asked!r}.")
    return wanted


def _packed(state: ItemSyncState) -> bytes:
    return _STATE.pack(state.since, state.until, state.position, state.is_listing) + bytes.fromhex(state.folder_id)


def _opened(data: bytes) -> ItemSyncState:
    since, until, position, is_listing = _STATE.unpack_from(data)
    return ItemSyncState(data[_STATE.size :].hex(), since, until, position, is_listing)
