"""What became of the items of a mailbox, read from its change log one change after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from reference_impl.domain.changelog import ADDED, GONE, OF_FOLDERS, Change, Entry
from reference_impl.domain.items import CalendarItem, Item
from reference_impl.service.world import World
from reference_impl.store.unit import UnitOfWork

_CHUNK: Final = 256


class News(StrEnum):
    """What happened to an item where it is watched: one that came there is as good as created."""

    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class ItemNews:
    """One change; ``item`` is as it is by now, None if it is not there any more; ``lasting`` the id it began with."""

    news: News
    item_id: str
    version: int
    item: Item | None
    lasting: str


@dataclass(frozen=True, slots=True)
class Scope:
    """What is watched in a mailbox: calendar items or messages, in one folder or in all; nothing associated.

    Who knows items by the ids that they began with ``follows`` them: of one that is moved within what is watched it is
    told as a change, not as an end and a beginning.
    """

    mailbox_id: str
    of_calendar: bool
    folder_id: str | None = None
    follows: bool = False


def item_news(world: World, scope: Scope, after: int, limit: int) -> tuple[tuple[ItemNews, ...], int]:
    """At most ``limit`` changes after a version of the log, and the version up to which they tell everything.

    What one act changes right after it has made it is not told as changed.
    """
    with world.store.begin(write=False) as unit:
        found: list[ItemNews] = []
        made: dict[str, datetime] = {}
        end = after
        for entry in _entries(unit, scope, after):
            if entry.change in ADDED:
                made[entry.item] = entry.time
            one = None if _is_afterthought(entry, made) else _news(unit, scope, entry)
            if one is not None:
                if len(found) == limit:
                    return tuple(found), end
                found.append(one)
            end = entry.version
        return tuple(found), max(end, unit.version(scope.mailbox_id))


def _entries(unit: UnitOfWork, scope: Scope, after: int) -> Iterator[Entry]:
    if scope.folder_id is not None and scope.folder_id not in unit.directory.folders:
        return  # gone, with everything that was in it
    while chunk := unit.entries_since(scope.mailbox_id, after, folder_id=scope.folder_id, limit=_CHUNK):
        yield from (entry for entry in chunk if entry.change not in OF_FOLDERS)
        after = chunk[-1].version


def _is_afterthought(entry: Entry, made: dict[str, datetime]) -> bool:
    return entry.change is Change.CHANGED and made.get(entry.item) == entry.time


def _news(unit: UnitOfWork, scope: Scope, entry: Entry) -> ItemNews | None:
    item = unit.item(scope.mailbox_id, entry.item)
    if item is not None and item.folder_id != entry.folder:
        item = None
    if _is_event(unit, scope, entry, item) is not scope.of_calendar or (item is not None and item.is_associated):
        return None
    news = _followed(unit, scope, entry)
    if news is None:
        return None
    return ItemNews(news, entry.item, entry.version if item is None else item.version, item, entry.lasting)


def _followed(unit: UnitOfWork, scope: Scope, entry: Entry) -> News | None:
    """What the entry tells; None for the half of a move that is told by the other one."""
    is_inside = scope.follows and scope.folder_id is None and not _is_calendar(unit, entry.other.folder)
    if is_inside and entry.change is Change.MOVED_OUT:
        return None
    if is_inside and entry.change is Change.MOVED_IN:
        return News.UPDATED
    return News.CREATED if entry.change in ADDED else News.DELETED if entry.change in GONE else News.UPDATED


def _is_event(unit: UnitOfWork, scope: Scope, entry: Entry, item: Item | None) -> bool:
    """Whether the item is or was a calendar item; one that is gone is told by the folder it came to or from."""
    if item is not None:
        return isinstance(item, CalendarItem)
    places = {entry.folder, entry.other.folder}
    if not any(_is_calendar(unit, place) for place in places):
        places = {each.other.folder for each in unit.entries_of(scope.mailbox_id, entry, 0, entry.version)}
    return any(_is_calendar(unit, place) for place in places)


def _is_calendar(unit: UnitOfWork, folder_id: str) -> bool:
    folder = unit.directory.folders.get(folder_id)
    return folder is not None and folder.is_calendar
