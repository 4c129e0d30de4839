"""The permissions of which an operation needs one."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Final

from reference_impl.graph.router import Route

CALENDARS_READ: Final = frozenset({"Calendars.Read", "Calendars.ReadWrite"})
CALENDARS_WRITE: Final = frozenset({"Calendars.ReadWrite"})
CALENDARS_BASIC: Final = CALENDARS_READ | {"Calendars.ReadBasic"}
CALENDARS_SHARED: Final = frozenset({"Calendars.Read.Shared", "Calendars.ReadWrite.Shared"})
"""What is asked only of people who are signed in, about themselves."""
MAIL_READ: Final = frozenset({"Mail.Read", "Mail.ReadWrite"})
MAIL_BASIC: Final = MAIL_READ | {"Mail.ReadBasic"}
MAIL_WRITE: Final = frozenset({"Mail.ReadWrite"})
MAIL_SEND: Final = frozenset({"Mail.Send"})
PLACES_READ: Final = frozenset({"Place.Read.All", "Place.ReadWrite.All"})
PLACES_WRITE: Final = frozenset({"Place.ReadWrite.All"})
SETTINGS_READ: Final = frozenset({"MailboxSettings.Read", "MailboxSettings.ReadWrite"})
SETTINGS_WRITE: Final = frozenset({"MailboxSettings.ReadWrite"})
USER_READ: Final = frozenset({"User.Read", "User.ReadWrite", "User.Read.All", "User.ReadWrite.All"})
DIRECTORY: Final = frozenset({"User.ReadBasic.All", "User.Read.All", "User.ReadWrite.All", "Directory.Read.All"})

_SHARED: Final = ".Shared"
_DELEGATED_ONLY: Final = frozenset({"User.Read", "User.ReadWrite"})
"""What, beside permissions for shared things, no application can be granted (permissions reference)."""
_SHAREABLE: Final = frozenset({"Calendars.Read", "Calendars.ReadWrite", "Mail.Read", "Mail.ReadWrite", "Mail.Send"})


@cache
def permissions_for(scopes: frozenset[str], *, is_others: bool) -> frozenset[str]:
    """The permissions of which one is needed: for what others share its .Shared form, which is good for one's own too.

    None where a signed-in person never reaches into another's mailbox (permissions reference, Calendars and Mail).
    """
    shared = frozenset(f"{scope}{_SHARED}" for scope in scopes & _SHAREABLE)
    return shared if is_others else scopes | shared


@cache
def roles_for(scopes: frozenset[str]) -> frozenset[str]:
    """The application permissions among these; none where an operation is not offered to applications."""
    return frozenset(scope for scope in scopes - _DELEGATED_ONLY if not scope.endswith(_SHARED))


def offered_scopes(routes: Iterable[Route]) -> frozenset[str]:
    """Every permission that lets a signed-in person's application do something."""
    return DIRECTORY.union(*(permissions_for(route.scopes, is_others=False) for route in routes))


def offered_roles(routes: Iterable[Route]) -> frozenset[str]:
    """Every permission that lets an application do something of its own."""
    return roles_for(DIRECTORY).union(*(roles_for(route.scopes) for route in routes))
