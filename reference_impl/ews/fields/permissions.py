"""The entries of a folder: t:PermissionSet ([MS-OXWSFOLD] 2.2.4.15, [MS-OXWSMTGS] 2.2.4.7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from reference_impl.domain.permissions import (
    LEVELS,
    Extent,
    FreeBusyAccess,
    Level,
    Permission,
    Rights,
    level_of,
)
from reference_impl.ews import xml
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.fields.setters import flag_of, text_of
from reference_impl.ews.fields.users import DISTINGUISHED_NAMES, read_user, write_user
from reference_impl.ews.namespaces import local, t
from reference_impl.ews.tree import Element
from reference_impl.service.directory import find_mailbox

LEVEL_NAMES: Final[Mapping[Level, str]] = {
    Level.NONE: "None",
    Level.TIME_ONLY: "FreeBusyTimeOnly",
    Level.TIME_SUBJECT_LOCATION: "FreeBusyTimeAndSubjectAndLocation",
    Level.CONTRIBUTOR: "Contributor",
    Level.REVIEWER: "Reviewer",
    Level.NONEDITING_AUTHOR: "NoneditingAuthor",
    Level.AUTHOR: "Author",
    Level.PUBLISHING_AUTHOR: "PublishingAuthor",
    Level.EDITOR: "Editor",
    Level.PUBLISHING_EDITOR: "PublishingEditor",
    Level.OWNER: "Owner",
    Level.CUSTOM: "Custom",
}
LEVELS_NAMED: Final = {name: level for level, name in LEVEL_NAMES.items()}

READING: Final[Mapping[FreeBusyAccess, str]] = {
    FreeBusyAccess.NONE: "None",
    FreeBusyAccess.TIME_ONLY: "TimeOnly",
    FreeBusyAccess.TIME_SUBJECT_LOCATION: "TimeAndSubjectAndLocation",
    FreeBusyAccess.FULL: "FullDetails",
}
_READING_OF: Final = {name: access for access, name in READING.items()}
_EXTENT: Final = {Extent.NONE: "None", Extent.OWNED: "Owned", Extent.ALL: "All"}
_EXTENT_OF: Final = {name: extent for extent, name in _EXTENT.items()}

_FLAGS: Final = (
    ("CanCreateItems", "creates_items"),
    ("CanCreateSubFolders", "creates_folders"),
    ("IsFolderOwner", "is_owner"),
    ("IsFolderVisible", "is_visible"),
    ("IsFolderContact", "is_contact"),
)
_EXTENTS: Final = (("EditItems", "edits"), ("DeleteItems", "deletes"))
_CHOICES: Final[tuple[tuple[str, str, Mapping[str, Any]], ...]] = (
    *((element, name, _EXTENT_OF) for element, name in _EXTENTS),
    ("ReadItems", "reads", _READING_OF),
)


@dataclass(frozen=True, slots=True)
class _Words:
    """How the entries of calendars, and those of all other folders, are called."""

    entries: str
    entry: str
    level: str
    code_of_others: str  # where entries of the other sort are to be set


_CALENDAR: Final = _Words(
    "CalendarPermissions",
    "CalendarPermission",
    "CalendarPermissionLevel",
    "ErrorCannotSetNonCalendarPermissionOnCalendarFolder",
)
_OTHER: Final = _Words(
    "Permissions", "Permission", "PermissionLevel", "ErrorCannotSetCalendarPermissionOnNonCalendarFolder"
)


def write_permissions(entries: Iterable[Permission], call: Call, *, is_calendar: bool) -> str:
    """The t:PermissionSet of a folder; entries of nobody the directory knows are unknown ones."""
    words = _CALENDAR if is_calendar else _OTHER
    known: list[str] = []
    unknown: list[str] = []
    for entry in entries:
        user = _user(entry.user, call)
        if user is None:
            unknown.append(xml.leaf("UnknownEntry", entry.user))
        else:
            known.append(xml.node(words.entry, user + _rights(entry.rights, words)))
    written = xml.node(words.entries, "".join(known))
    return xml.node("PermissionSet", written + (xml.node("UnknownEntries", "".join(unknown)) if unknown else ""))


def _user(user: str, call: Call) -> str | None:
    name = DISTINGUISHED_NAMES.get(user)
    if name is not None:
        return xml.node("UserId", xml.leaf("DistinguishedUser", name))
    mailbox = find_mailbox(call.world, user)
    return None if mailbox is None else write_user(mailbox)


def _rights(rights: Rights, words: _Words) -> str:
    parts = [xml.leaf(element, bool(getattr(rights, name))) for element, name in _FLAGS]
    parts += [xml.leaf(element, _EXTENT[getattr(rights, name)]) for element, name in _EXTENTS]
    parts += [xml.leaf("ReadItems", READING[rights.reads]), xml.leaf(words.level, LEVEL_NAMES[level_of(rights)])]
    return "".join(parts)


def read_permissions(element: Element, call: Call, *, is_calendar: bool) -> tuple[Permission, ...]:
    """The entries of a t:PermissionSet.

    Raises ErrorCannotSetCalendarPermissionOnNonCalendarFolder and its reverse, ErrorCannotSetPermissionUnknownEntries,
    ErrorDuplicateUserIdsSpecified, ErrorMissingUserIdInformation, ErrorInvalidUserInfo, ErrorInvalidPermissionSettings.
    """
    words = _CALENDAR if is_calendar else _OTHER
    entries = element.find(t(words.entries))
    if entries is None:
        raise ResponseError(words.code_of_others, f"The entries of this folder are {words.entries}.")
    if element.find(t("UnknownEntries")) is not None:
        raise ResponseError("ErrorCannotSetPermissionUnknownEntries", "Entries of unknown users cannot be set.")
    found: dict[str, Permission] = {}
    for entry in entries:
        user = _user_named(entry.find(t("UserId")), call)
        if user in found:
            raise ResponseError("ErrorDuplicateUserIdsSpecified", "The permission set has two entries of one user.")
        found[user] = Permission(user, _rights_of(entry, words, call))
    return tuple(found.values())


def _user_named(element: Element | None, call: Call) -> str:
    """The user of an entry, as folders keep it."""
    assert element is not None
    user = read_user(element)
    if user.is_contradictory:
        raise ResponseError("ErrorInvalidUserInfo", "Default and Anonymous have no id, address or name of their own.")
    if user.is_empty:
        raise ResponseError("ErrorMissingUserIdInformation", "An entry needs a user: a SID or a PrimarySmtpAddress.")
    if user.distinguished:
        return user.distinguished
    mailbox = user.mailbox(call.world)
    if mailbox is None:
        raise ResponseError("ErrorInvalidUserInfo", f"Nobody is known as {user.address or user.security_id!r}.")
    return mailbox.person.key


def _rights_of(entry: Element, words: _Words, call: Call) -> Rights:
    level = LEVELS_NAMED[(entry.findtext(t(words.level)) or "").strip()]
    details = {local(child.tag): child for child in entry if local(child.tag) not in {"UserId", words.level}}
    if level is not Level.CUSTOM:
        if details and not call.version.has("Exchange2013"):
            raise ResponseError(
                "ErrorInvalidPermissionSettings", "Only an entry of the level Custom says its rights one by one."
            )
        return LEVELS[level]
    given: dict[str, Any] = {name: flag_of(details[element]) for element, name in _FLAGS if element in details}
    for element, name, meanings in _CHOICES:
        if element in details:
            given[name] = meanings[text_of(details[element]).strip()]
    return Rights(**given)
