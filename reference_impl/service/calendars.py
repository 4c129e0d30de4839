"""The calendars of a mailbox and the groups they are shown in: told, made, changed, made the default, deleted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from reference_impl.domain.acts import CALENDAR, Disposal, FolderDraft, FolderRef
from reference_impl.domain.calendars import DEFAULT_CLASSES, CalendarColor, CalendarGroup, default_groups
from reference_impl.domain.changelog import Change
from reference_impl.domain.errors import (
    CalendarGroupExists,
    CalendarGroupIsDefault,
    CalendarGroupNotEmpty,
    CalendarGroupNotFound,
    CalendarIsDefault,
    FolderNameMissing,
    FolderNotFound,
    OwnFolderNotRenamable,
)
from reference_impl.domain.mailbox import CALENDAR_CLASS, Folder, FolderRole, Mailbox, permissions_of
from reference_impl.service.finding import folder_in
from reference_impl.service.folders import check_name, children_of, create_folder, delete_folder, owned_in
from reference_impl.service.rights import reach_into
from reference_impl.service.world import World
from reference_impl.store.codec import decode, encode
from reference_impl.store.unit import UnitOfWork

_GROUPS = "calendar groups"
"""The setting under which a mailbox keeps its groups, once they are not those it was born with."""


@dataclass(frozen=True, slots=True)
class _Kept:
    groups: tuple[CalendarGroup, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class CalendarChange:
    """What is said of a calendar; None stays as it is."""

    name: str | None = None
    color: CalendarColor | None = None
    is_default: bool | None = None


def calendars_of(
    world: World, owner: Mailbox, by: Mailbox | None = None, group_id: str | None = None
) -> tuple[Folder, ...]:
    """The calendars somebody sees, those of one group alone if it is named: the default one, then the others by name.

    What was deleted is no calendar any more. Raises CalendarGroupNotFound.
    """
    with world.store.begin(write=False) as unit:
        known = _groups(unit, owner)
        if group_id is not None:
            _group(known, group_id)
        found = [
            folder
            for folder in _calendars(unit, owner)
            if reach_into(unit, folder, by).rights.is_visible and group_id in {None, group_of(folder, known).id}
        ]
    return tuple(sorted(found, key=lambda one: (one.role is not FolderRole.CALENDAR, one.name.casefold())))


def get_calendar(
    world: World, owner: Mailbox, ref: FolderRef, by: Mailbox | None = None, group_id: str | None = None
) -> Folder:
    """One calendar, which must be in a group if that is named. Raises FolderNotFound, CalendarGroupNotFound."""
    with world.store.begin(write=False) as unit:
        return _calendar_in(unit, owner, ref, by, group_id)


def create_calendar(
    world: World, owner: Mailbox, name: str, color: CalendarColor, by: Mailbox | None = None, group_id: str = ""
) -> Folder:
    """Make a calendar below the default one, whose permissions it takes over.

    Raises CreatingFoldersDenied, FolderNameMissing, FolderExists, CalendarGroupNotFound.
    """
    draft = FolderDraft(name=name, folder_class=CALENDAR_CLASS, color=color, group_id=group_id)
    if group_id:
        group(world, owner, group_id)
    return create_folder(world, owner, CALENDAR, draft, by)


def change_calendar(
    world: World, owner: Mailbox, ref: FolderRef, change: CalendarChange, by: Mailbox | None = None
) -> Folder:
    """The calendar as changed.

    Raises FolderNotFound, AccessDenied, FolderNameMissing, FolderExists, OwnFolderNotRenamable for the default one, and
    CalendarIsDefault where there would be no default any more.
    """
    with world.store.begin() as unit:
        _calendar_in(unit, owner, ref, by)
        before = owned_in(unit, owner, ref, by)
        is_default = before.role is FolderRole.CALENDAR
        if change.is_default is False and is_default:
            raise CalendarIsDefault
        name = before.name if change.name is None else change.name
        after = replace(before, name=name, color=change.color or before.color)
        if is_default and name != before.name:
            raise OwnFolderNotRenamable
        if after != before:
            check_name(unit, after)
            after = unit.put_folder(replace(after, modified=world.clock.now()))
        return _made_default(unit, world, owner, after) if change.is_default and not is_default else after


def _made_default(unit: UnitOfWork, world: World, owner: Mailbox, calendar: Folder) -> Folder:
    """The calendar in the place of the default one, which from now on is one among those below it."""
    now = world.clock.now()
    former = unit.folder(owner.id, FolderRole.CALENDAR)
    unit.put_folder(replace(former, role=None, permissions=permissions_of(former, owner), modified=now))
    made = replace(
        calendar,
        role=FolderRole.CALENDAR,
        parent_id=former.parent_id,
        permissions=permissions_of(calendar, owner),
        modified=now,
    )
    made = unit.put_folder(made, Change.FOLDER_MOVED)
    for below in (unit.directory.folders[former.id], *children_of(unit, former)):
        moved = unit.put_folder(replace(below, parent_id=made.id, modified=now), Change.FOLDER_MOVED)
        check_name(unit, moved)
    check_name(unit, made)
    return made


def delete_calendar(
    world: World, owner: Mailbox, ref: FolderRef, disposal: Disposal, by: Mailbox | None = None
) -> None:
    """Delete a calendar and all that is in it, telling nobody.

    Raises FolderNotFound, AccessDenied, CalendarIsDefault, OthersDeletedItems.
    """
    if get_calendar(world, owner, ref, by).role is FolderRole.CALENDAR:
        raise CalendarIsDefault
    delete_folder(world, owner, ref, disposal, by)


def group_of(folder: Folder, known: tuple[CalendarGroup, ...]) -> CalendarGroup:
    """The group a calendar is shown in: the first one, where none is named or there is none of that name."""
    return next((group for group in known if group.id == folder.group_id), known[0])


def all_groups(world: World, owner: Mailbox) -> tuple[CalendarGroup, ...]:
    """The groups of a mailbox."""
    with world.store.begin(write=False) as unit:
        return _groups(unit, owner)


def group(world: World, owner: Mailbox, group_id: str) -> CalendarGroup:
    """One group. Raises CalendarGroupNotFound."""
    return _group(all_groups(world, owner), group_id)


def create_group(world: World, owner: Mailbox, name: str, class_id: str) -> CalendarGroup:
    """Make a group. Raises FolderNameMissing, CalendarGroupExists."""
    token = world.ids.token(16).hex()

    def add(known: tuple[CalendarGroup, ...]) -> tuple[CalendarGroup, ...]:
        return (*known, CalendarGroup(token, name, class_id))

    return _written(world, owner, add, token)


def rename_group(world: World, owner: Mailbox, group_id: str, name: str) -> CalendarGroup:
    """Give a group another name. Raises CalendarGroupNotFound, FolderNameMissing, CalendarGroupExists."""

    def rename(known: tuple[CalendarGroup, ...]) -> tuple[CalendarGroup, ...]:
        found = _group(known, group_id)
        renamed = replace(found, name=name, version=found.version + (name != found.name))
        return tuple(renamed if one is found else one for one in known)

    return _written(world, owner, rename, group_id)


def delete_group(world: World, owner: Mailbox, group_id: str) -> None:
    """Delete an empty group. Raises CalendarGroupNotFound, CalendarGroupIsDefault, CalendarGroupNotEmpty."""
    with world.store.begin() as unit:
        known = _groups(unit, owner)
        found = _group(known, group_id)
        if any(group_of(calendar, known) is found for calendar in _calendars(unit, owner)):
            raise CalendarGroupNotEmpty(name=found.name)
        if found.class_id in DEFAULT_CLASSES:
            raise CalendarGroupIsDefault(name=found.name)
        _keep(unit, owner, tuple(one for one in known if one is not found))


def _written(
    world: World,
    owner: Mailbox,
    edit: Callable[[tuple[CalendarGroup, ...]], tuple[CalendarGroup, ...]],
    group_id: str,
) -> CalendarGroup:
    with world.store.begin() as unit:
        after = edit(_groups(unit, owner))
        written = _group(after, group_id)
        if not written.name.strip():
            raise FolderNameMissing
        if any(one.name.casefold() == written.name.casefold() for one in after if one.id != group_id):
            raise CalendarGroupExists(name=written.name)
        _keep(unit, owner, after)
        return written


def _groups(unit: UnitOfWork, owner: Mailbox) -> tuple[CalendarGroup, ...]:
    text = unit.setting(owner.id, _GROUPS)
    return default_groups(owner.id) if text is None else decode(_Kept, text).groups


def _keep(unit: UnitOfWork, owner: Mailbox, after: tuple[CalendarGroup, ...]) -> None:
    unit.keep_setting(owner.id, _GROUPS, encode(_Kept(after)))


def _group(known: tuple[CalendarGroup, ...], group_id: str) -> CalendarGroup:
    found = next((group for group in known if group.id == group_id), None)
    if found is None:
        raise CalendarGroupNotFound
    return found


def _calendars(unit: UnitOfWork, owner: Mailbox) -> list[Folder]:
    every = unit.directory.folders_of.get(owner.id, ())
    return [folder for folder in every if folder.is_calendar and not _is_deleted(unit, folder)]


def _is_deleted(unit: UnitOfWork, folder: Folder) -> bool:
    place: Folder | None = folder
    while place is not None and place.role is not FolderRole.DELETED:
        place = unit.directory.folders.get(place.parent_id or "")
    return place is not None


def _calendar_in(
    unit: UnitOfWork, owner: Mailbox, ref: FolderRef, by: Mailbox | None, group_id: str | None = None
) -> Folder:
    folder = folder_in(unit, owner, ref, by)
    if not folder.is_calendar or _is_deleted(unit, folder):
        raise FolderNotFound
    if group_id is not None:
        known = _groups(unit, owner)
        if group_of(folder, known) is not _group(known, group_id):
            raise FolderNotFound
    return folder
