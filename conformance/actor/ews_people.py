"""EWS requests about people: delegates, distribution lists, rooms and lists of rooms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from conformance.actor.xml import NOTHING, Markup, m, t

LEVELS = ("Calendar", "Tasks", "Inbox", "Contacts", "Notes", "Journal")
"""The folders for which a delegate is given a level, in the order of the schema."""


@dataclass(frozen=True, slots=True)
class DelegatePlan:
    """What somebody is to be as a delegate; None says nothing, ``levels`` go by the names of LEVELS."""

    address: str
    levels: Mapping[str, str] = field(default_factory=dict)
    gets_copies: bool | None = None
    sees_private: bool | None = None


def by_address(address: str) -> Markup:
    """The inside of a UserId that names somebody."""
    return t("PrimarySmtpAddress", address)


def _flag(name: str, value: bool | None) -> Markup:
    return NOTHING if value is None else t(name, "true" if value else "false")


def delegate_user(plan: DelegatePlan) -> Markup:
    """A DelegateUser."""
    given = [t(f"{name}FolderPermissionLevel", plan.levels[name]) for name in LEVELS if name in plan.levels]
    return t(
        "DelegateUser",
        t("UserId", by_address(plan.address)),
        t("DelegatePermissions", *given) if given else NOTHING,
        _flag("ReceiveCopiesOfMeetingMessages", plan.gets_copies),
        _flag("ViewPrivateItems", plan.sees_private),
    )


def _of(owner: str) -> Markup:
    return m("Mailbox", t("EmailAddress", owner))


def _delivery(word: str) -> Markup:
    return m("DeliverMeetingRequests", word) if word else NOTHING


def get_delegate(owner: str, *users: str, permissions: bool = True) -> Markup:
    """GetDelegate: of some users, or of every delegate."""
    named = m("UserIds", *(t("UserId", by_address(user)) for user in users)) if users else NOTHING
    return m("GetDelegate", _of(owner), named, IncludePermissions="true" if permissions else "false")


def add_delegate(owner: str, *plans: DelegatePlan, delivery: str = "") -> Markup:
    """AddDelegate; ``delivery`` is DeliverMeetingRequests."""
    return m("AddDelegate", _of(owner), m("DelegateUsers", *map(delegate_user, plans)), _delivery(delivery))


def update_delegate(owner: str, *plans: DelegatePlan, delivery: str = "") -> Markup:
    """UpdateDelegate, of users or of the delivery alone."""
    users = m("DelegateUsers", *map(delegate_user, plans)) if plans else NOTHING
    return m("UpdateDelegate", _of(owner), users, _delivery(delivery))


def remove_delegate(owner: str, *users: str) -> Markup:
    """RemoveDelegate."""
    return m("RemoveDelegate", _of(owner), m("UserIds", *(t("UserId", by_address(user)) for user in users)))


def expand_dl(address: str) -> Markup:
    """ExpandDL of a public list."""
    return m("ExpandDL", m("Mailbox", t("EmailAddress", address)))


def resolve_names(entry: str) -> Markup:
    """ResolveNames in the directory."""
    return m(
        "ResolveNames",
        m("UnresolvedEntry", entry),
        ReturnFullContactData="false",
        SearchScope="ActiveDirectory",
    )


def get_room_lists() -> Markup:
    """GetRoomLists."""
    return m("GetRoomLists")


def get_rooms(address: str) -> Markup:
    """GetRooms of a list of rooms."""
    return m("GetRooms", m("RoomList", t("EmailAddress", address)))
