"""The members of calendars, of the groups they are shown in, and of the entries by which they are shared."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from reference_impl.domain.access import Reach
from reference_impl.domain.calendars import HEX, CalendarColor, CalendarGroup
from reference_impl.domain.mailbox import Folder, FolderRole, Mailbox, Person
from reference_impl.domain.permissions import DEFAULT, Extent
from reference_impl.domain.sharing import Role, Share
from reference_impl.graph import ids
from reference_impl.graph.fields.field import Field, Table
from reference_impl.graph.fields.folder import folder_id
from reference_impl.graph.fields.values import email_address
from reference_impl.graph.odata.filtering import Type
from reference_impl.graph.refusals import IdMalformed
from reference_impl.service.item_ids import IdKind

COLORS: Final[Mapping[CalendarColor, str]] = {
    CalendarColor.AUTO: "auto",
    CalendarColor.LIGHT_BLUE: "lightBlue",
    CalendarColor.LIGHT_GREEN: "lightGreen",
    CalendarColor.LIGHT_ORANGE: "lightOrange",
    CalendarColor.LIGHT_GRAY: "lightGray",
    CalendarColor.LIGHT_YELLOW: "lightYellow",
    CalendarColor.LIGHT_TEAL: "lightTeal",
    CalendarColor.LIGHT_PINK: "lightPink",
    CalendarColor.LIGHT_BROWN: "lightBrown",
    CalendarColor.LIGHT_RED: "lightRed",
    CalendarColor.MAX_COLOR: "maxColor",
}
ROLES: Final[Mapping[Role, str]] = {
    Role.NONE: "none",
    Role.FREE_BUSY: "freeBusyRead",
    Role.LIMITED: "limitedRead",
    Role.READ: "read",
    Role.WRITE: "write",
    Role.DELEGATE: "delegateWithoutPrivateEventAccess",
    Role.DELEGATE_SEEING_PRIVATE: "delegateWithPrivateEventAccess",
    Role.CUSTOM: "custom",
}
EVERYBODY: Final = "My Organization"
_DEFAULT: Final = "Default"


@dataclass(frozen=True, slots=True)
class Calendar:
    """A calendar folder, whose it is, how far the reader reaches into it, and who provides its online meetings."""

    folder: Folder
    owner: Mailbox
    reach: Reach
    providers: tuple[str, ...] = ()

    @property
    def is_default(self) -> bool:
        """Whether new meetings go here."""
        return self.folder.role is FolderRole.CALENDAR

    @property
    def is_editable(self) -> bool:
        """Whether the reader writes in it."""
        rights = self.reach.rights
        return rights.creates_items and rights.edits is Extent.ALL


def _change_key(folder: Folder) -> str:
    """What changes with the folder; of one that never changed it follows from its id."""
    return ids.change_key(folder.version) if folder.version else base64.b64encode(bytes.fromhex(folder.id)).decode()


CALENDAR: Final[Table[Calendar]] = Table(
    (
        Field("id", lambda c, _: folder_id(c.folder), always=True),
        Field("name", lambda c, _: c.folder.name, filters=(("name", Type.TEXT, lambda c: c.folder.name),)),
        Field("color", lambda c, _: COLORS[c.folder.color]),
        Field("hexColor", lambda c, _: HEX[c.folder.color]),
        Field(
            "isDefaultCalendar",
            lambda c, _: c.is_default,
            filters=(("isDefaultCalendar", Type.BOOLEAN, lambda c: c.is_default),),
        ),
        Field("changeKey", lambda c, _: _change_key(c.folder)),
        Field("canShare", lambda c, _: c.reach.rights.is_owner),
        Field("canViewPrivateItems", lambda c, _: c.reach.sees_private),
        Field("canEdit", lambda c, _: c.is_editable),
        Field("allowedOnlineMeetingProviders", lambda c, _: list(c.providers)),
        Field("defaultOnlineMeetingProvider", lambda c, _: c.providers[0] if c.providers else "unknown"),
        Field("isTallyingResponses", lambda c, _: c.is_default),
        Field("isRemovable", lambda c, _: not c.is_default and c.reach.rights.is_owner),
        Field("owner", lambda c, _: email_address(c.owner.person)),
    )
)


@dataclass(frozen=True, slots=True)
class Group:
    """A group and whose it is."""

    group: CalendarGroup
    owner: Mailbox


def group_id(group: CalendarGroup, owner: Mailbox) -> str:
    """The wire id of a group."""
    return ids.spell(IdKind.FOLDER, owner.id, group.id)


GROUP: Final[Table[Group]] = Table(
    (
        Field("id", lambda g, _: group_id(g.group, g.owner), always=True),
        Field("name", lambda g, _: g.group.name, filters=(("name", Type.TEXT, lambda g: g.group.name),)),
        Field("classId", lambda g, _: g.group.class_id),
        Field("changeKey", lambda g, _: ids.change_key(g.group.version)),
    )
)


@dataclass(frozen=True, slots=True)
class Shared:
    """An entry of a calendar and the person it is for; nobody in particular for everybody's."""

    share: Share
    person: Person


def share_id(user: str) -> str:
    """The wire id of somebody's entry."""
    return ids.opaque((_DEFAULT if user == DEFAULT else user).encode())


def shared_user(text: str) -> str:
    """Whose entry a wire id names, which there need not be. Raises IdMalformed."""
    try:
        user = ids.read_opaque(text).decode()
    except UnicodeDecodeError:
        raise IdMalformed(id=text) from None
    return DEFAULT if user == _DEFAULT else user


def _address(shared: Shared) -> dict[str, str | None]:
    if shared.share.user == DEFAULT:
        return {"name": EVERYBODY, "address": None}
    return {**email_address(shared.person)}


PERMISSION: Final[Table[Shared]] = Table(
    (
        Field("id", lambda s, _: share_id(s.share.user), always=True),
        Field("isRemovable", lambda s, _: s.share.user != DEFAULT),
        Field("isInsideOrganization", lambda s, _: s.share.is_inside),
        Field("role", lambda s, _: ROLES[s.share.role]),
        Field("allowedRoles", lambda s, _: [ROLES[role] for role in s.share.allowed]),
        Field("emailAddress", lambda s, _: _address(s)),
    )
)
