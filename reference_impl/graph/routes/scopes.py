"""The permissions of which an operation needs one."""

from __future__ import annotations

from typing import Final

CALENDARS_READ: Final = frozenset({"Calendars.Read", "Calendars.ReadWrite"})
CALENDARS_WRITE: Final = frozenset({"Calendars.ReadWrite"})
CALENDARS_BASIC: Final = CALENDARS_READ | {"Calendars.ReadBasic"}
CALENDARS_SHARED: Final = frozenset({"Calendars.Read.Shared", "Calendars.ReadWrite.Shared"})
"""What is asked only of people who are signed in, about themselves."""
MAIL_READ: Final = frozenset({"Mail.Read", "Mail.ReadWrite"})
MAIL_BASIC: Final = MAIL_READ | {"Mail.ReadBasic"}
MAIL_WRITE: Final = frozenset({"Mail.ReadWrite"})
PLACES_READ: Final = frozenset({"Place.Read.All", "Place.ReadWrite.All"})
PLACES_WRITE: Final = frozenset({"Place.ReadWrite.All"})
SETTINGS_READ: Final = frozenset({"MailboxSettings.Read", "MailboxSettings.ReadWrite"})
SETTINGS_WRITE: Final = frozenset({"MailboxSettings.ReadWrite"})
USER_READ: Final = frozenset({"User.Read", "User.ReadWrite", "User.Read.All", "User.ReadWrite.All"})
DIRECTORY: Final = frozenset({"User.ReadBasic.All", "User.Read.All", "User.ReadWrite.All", "Directory.Read.All"})

_SHAREABLE: Final = frozenset({"Calendars.Read", "Calendars.ReadWrite", "Mail.Read", "Mail.ReadWrite"})


def permissions_for(scopes: frozenset[str], *, is_others: bool) -> frozenset[str]:
    """The permissions of which one is needed: for what others share its .Shared form, which is good for one's own too.

    None where a signed-in person never reaches into another's mailbox (permissions reference, Calendars and Mail).
    """
    shared = frozenset(f"{scope}.Shared" for scope in scopes & _SHAREABLE)
    return shared if is_others else scopes | shared
