"""What folders show: the counts of the shape that was asked for, and who may do what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from lxml import etree

from conformance.passive.check import PassiveCheck, Reading, by_rules
from conformance.passive.seen import Seen
from conformance.wire.namespaces import local, m, t

_ASKING = frozenset({m("GetFolder"), m("FindFolder"), m("SyncFolderHierarchy")})
_ALL = ("FolderId", "DisplayName", "ChildFolderCount")
# What the shapes Default and AllProperties show of each kind of folder (Exchange documentation, baseshape).
_SHOWN: Mapping[str, tuple[str, ...]] = {
    t("Folder"): (*_ALL, "TotalCount", "UnreadCount"),
    t("ContactsFolder"): (*_ALL, "TotalCount"),
    t("TasksFolder"): (*_ALL, "TotalCount"),
    t("CalendarFolder"): _ALL,
}
_SHAPES = frozenset({"Default", "AllProperties"})
_LEVELS: Mapping[str, str] = {t("Permission"): "PermissionLevel", t("CalendarPermission"): "CalendarPermissionLevel"}
_PERMISSIONS = b"IsFolderContact"
_RIGHTS = (
    *("CanCreateItems", "CanCreateSubFolders", "IsFolderOwner", "IsFolderVisible", "IsFolderContact"),
    *("EditItems", "DeleteItems"),
)
# What each named level stands for, in the order of _RIGHTS (Exchange documentation, permissionlevel).
_STANDS_FOR: Mapping[str, tuple[str, ...]] = {
    "None": ("false", "false", "false", "false", "false", "None", "None"),
    "Owner": ("true", "true", "true", "true", "true", "All", "All"),
    "PublishingEditor": ("true", "true", "false", "true", "false", "All", "All"),
    "Editor": ("true", "false", "false", "true", "false", "All", "All"),
    "PublishingAuthor": ("true", "true", "false", "true", "false", "Owned", "Owned"),
    "Author": ("true", "false", "false", "true", "false", "Owned", "Owned"),
    "NoneditingAuthor": ("true", "false", "false", "true", "false", "None", "Owned"),
    "Reviewer": ("false", "false", "false", "true", "false", "None", "None"),
    "Contributor": ("true", "false", "false", "true", "false", "None", "None"),
    "FreeBusyTimeOnly": ("false", "false", "false", "false", "false", "None", "None"),
    "FreeBusyTimeAndSubjectAndLocation": ("false", "false", "false", "false", "false", "None", "None"),
}


class Shown(NamedTuple):
    """A folder of an answer, with the base shape asked for."""

    folder: etree._Element
    shape: str


def folders(seen: Seen) -> Iterator[Shown]:
    """The folders of an answer."""
    question = seen.question
    if question is None or question.tag not in _ASKING or seen.answer is None:
        return
    shape = (question.findtext(f"{m('FolderShape')}/{t('BaseShape')}") or "").strip()
    yield from (Shown(folder, shape) for folder in seen.answer.iter(*_SHOWN))


def _counts(shown: Shown) -> Iterator[Reading]:
    if shown.shape in _SHAPES:
        names = _SHOWN[str(shown.folder.tag)]
        missing = [name for name in names if shown.folder.find(t(name)) is None]
        about = f"the properties of a {local(shown.folder.tag)} shown as {shown.shape}"
        yield Reading(not missing, about, ", ".join(names), f"without {', '.join(missing)}", shown.folder)


def permissions(seen: Seen) -> Iterator[etree._Element]:
    """The permissions that an answer tells in full."""
    if seen.answer is not None and _PERMISSIONS in seen.exchange.response.body:
        yield from seen.answer.iter(*_LEVELS)


def _rights(permission: etree._Element) -> Iterator[Reading]:
    level = (permission.findtext(t(_LEVELS[str(permission.tag)])) or "").strip()
    if level in _STANDS_FOR:
        wanted = dict(zip(_RIGHTS, _STANDS_FOR[level], strict=True))
        told = {name: found.strip() for name in _RIGHTS if (found := permission.findtext(t(name))) is not None}
        wrong = [name for name, value in told.items() if value != wanted[name]]
        expected, actual = (", ".join(f"{name} {values[name]}" for name in wrong) for values in (wanted, told))
        yield Reading(not wrong, f"the rights of the level {level}", expected, actual, permission)


CHECKS: tuple[PassiveCheck, ...] = (
    by_rules("ews-folders", folders, {"EWS-SEEN-078": _counts}),
    by_rules("ews-permissions", permissions, {"EWS-SEEN-079": _rights}),
)
