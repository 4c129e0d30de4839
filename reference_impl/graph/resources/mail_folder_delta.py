"""Which mail folders are new, changed or gone since a client last asked (mailFolder: delta)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from reference_impl.domain.copying import replace
from reference_impl.graph import ids
from reference_impl.graph.call import Call, Result
from reference_impl.graph.delta import read_round, removed
from reference_impl.graph.fields.folder import MAIL_FOLDER, is_mail
from reference_impl.graph.odata.options import ENTITY
from reference_impl.graph.odata.selecting import Selection, read_select
from reference_impl.graph.resources.mail_folders import TOP, counted
from reference_impl.service import folders
from reference_impl.service.item_ids import IdKind
from reference_impl.service.synchronisation import FolderChange, FolderSyncState, sync_folders

_MARK: Final = b"MGSF\x01"
_GONE: Final = -1


@dataclass(frozen=True, slots=True)
class _State:
    """The folders that a client has since the last round, and of the round under way those told, by their versions."""

    since: FolderSyncState
    told: Mapping[str, int] = field(default_factory=dict)

    def awaits(self, change: FolderChange) -> bool:
        """Whether the round has still to tell a change; a folder that changed again is told again."""
        version = self.told.get(change.folder_id)
        return version is None or version != _version(change)

    @property
    def has(self) -> FolderSyncState:
        """What the client has by now: what it was told last counts as known."""
        told = {folder_id for folder_id, version in self.told.items() if version != _GONE}
        return replace(self.since, known=self.since.known | told)

    def packed(self) -> bytes:
        return orjson.dumps([self.since.version, sorted(self.since.known), self.told])


def delta(call: Call) -> Result:
    """GET: a page of the folders that are new or have changed, each before those in it, then of those gone."""
    round_ = read_round(call, _MARK, ENTITY)
    state = _State(FolderSyncState("", 0, frozenset())) if round_.state is None else _opened(round_.state)
    selection = read_select(round_.call.options, MAIL_FOLDER.selectable(call.version))
    top = folders.get_folder(call.world, call.owner, TOP)
    changes, after = sync_folders(call.world, top, call.by or call.owner, state.has)
    gone = [change for change in changes if change.folder is None]
    kept = [change for change in changes if change.folder is not None and is_mail(change.folder)]
    waiting = [change for change in (*kept, *gone) if state.awaits(change)]
    page = waiting[: call.page_size]
    rows = [_row(call, change, selection) for change in page]
    if len(page) < len(waiting):
        told = {change.folder_id: _version(change) for change in page}
        following = _State(state.since, {**state.told, **told})
        return round_.page("Collection(mailFolder)", rows, following.packed(), is_last=False)
    mail = {each.id for each in folders.list_folders(call.world, call.owner, call.by) if is_mail(each)}
    last = _State(FolderSyncState("", after.version, after.known & mail))
    return round_.page("Collection(mailFolder)", rows, last.packed(), is_last=True)


def _version(change: FolderChange) -> int:
    return _GONE if change.folder is None else change.folder.version


def _row(call: Call, change: FolderChange, selection: Selection) -> Mapping[str, Any]:
    if change.folder is None:
        return removed("mailFolder", ids.spell(IdKind.FOLDER, call.owner.id, change.folder_id))
    return MAIL_FOLDER.show(counted(call, change.folder), call.view, selection)


def _opened(data: bytes) -> _State:
    version, known, told = orjson.loads(data)
    return _State(FolderSyncState("", version, frozenset(known)), told)
