"""What changed among the events of a calendar, and in a view of it, since a client last asked (event-delta)."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any, Final

from reference_impl.domain.errors import SyncStateInvalid
from reference_impl.domain.items import TimeSlot
from reference_impl.graph import ids
from reference_impl.graph.call import Call, Result
from reference_impl.graph.delta import Round, read_round, removed
from reference_impl.graph.fields.event import EVENT
from reference_impl.graph.odata.options import NOTHING
from reference_impl.graph.odata.selecting import Selection
from reference_impl.graph.resources.event_lists import read_window
from reference_impl.graph.resources.events import calendar_ref
from reference_impl.service import folders
from reference_impl.service.item_ids import IdKind
from reference_impl.service.synchronisation import ItemSyncState
from reference_impl.service.view_rounds import Gone, Row, ViewState, view_changes

_EVENTS: Final = b"MPGE\x01"
_VIEW: Final = b"MPGV\x01"
_POSITIONS: Final = struct.Struct(">QQQ?QB")
CONTEXT: Final = "Collection(event)"


def events(call: Call) -> Result:
    """GET of events/delta: single events and series."""
    return _page(read_round(call, _EVENTS, NOTHING), None)


def view(call: Call) -> Result:
    """GET of calendarView/delta: what overlaps the window of the first request, series as their occurrences.

    What was touched and is not in the window is told as removed, whether the client knew of it or not.
    """
    one = read_round(call, _VIEW, NOTHING)
    return _page(one, read_window(one.call))


def _page(one: Round, window: TimeSlot | None) -> Result:
    call = one.call
    folder = folders.get_folder(call.world, call.owner, calendar_ref(call), call.by)
    state = None if one.state is None else _read(one.state, folder.id)
    found = view_changes(call.world, call.owner, folder, window, state, call.page_size, call.by)
    rows = [_shown(call, row) for row in found.rows]
    return one.page(CONTEXT, rows, _written(found.state), is_last=found.is_last)


def _shown(call: Call, row: Row) -> Mapping[str, Any]:
    if not isinstance(row, Gone):
        return {"@odata.type": "#microsoft.graph.event", **EVENT.show(row, call.view, Selection())}
    lasting = call.view.lasting_ids
    kind, token = (IdKind.LASTING_ITEM, row.lasting) if lasting else (IdKind.ITEM, row.item_id)
    return removed("event", ids.spell(kind, call.owner.id, token))


def _written(state: ViewState) -> bytes:
    items, of = state.items, bytes.fromhex(state.item_id)
    numbers = _POSITIONS.pack(items.since, items.until, items.position, items.is_listing, state.told, len(of))
    return numbers + of + bytes.fromhex(items.folder_id)


def _read(data: bytes, folder_id: str) -> ViewState:
    """The state in a token, which is good for its folder alone. Raises SyncStateInvalid."""
    since, until, position, is_listing, told, length = _POSITIONS.unpack_from(data)
    end = _POSITIONS.size + length
    if data[end:].hex() != folder_id:
        raise SyncStateInvalid
    items = ItemSyncState(folder_id, since, until, position, is_listing)
    return ViewState(items, told, data[_POSITIONS.size : end].hex())
