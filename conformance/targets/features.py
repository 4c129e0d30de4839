"""What a server may or may not offer: a closed list, so that a misspelt name is found."""

from __future__ import annotations

from collections.abc import Mapping

# A case names what it needs; a target file names what its server has. An embedded server has all of them.
FEATURES: Mapping[str, str] = {
    "attachments": "attachments of calendar items",
    "availability": "GetUserAvailability and getSchedule",
    "beta": "Graph's /beta root",
    "booking-rooms": "a room mailbox, with role room, that accepts and declines by its calendar",
    "custom-time-zones": "time zones that a request describes by their rules (Exchange2010 and later)",
    "delegates": "AddDelegate and its kin over EWS; the cases make attendees delegates of others, and undo it",
    "distribution-lists": "a distribution list among the accounts, with role list",
    "event-pulling": "Subscribe, GetEvents and Unsubscribe over EWS",
    "event-streaming": "GetStreamingEvents over EWS (Exchange2010_SP1 and later)",
    "exchange2016": "EWS requests that ask for Exchange2016, whatever version the target file names",
    "impersonation": "ExchangeImpersonation, permitted to the organizer",
    "item-attachments": "items as attachments of calendar items",
    "nested-lists": "distribution lists: list0 of attendee0 and attendee1, list1 of attendee2 and list0",
    "notifications": "a server that can reach the suite's listener, where the target file or --notify-url says",
    "online": "the limits and versions of Exchange Online",
    "patience": "cases that wait for whole minutes, for streams and listeners that time out",
    "propose-new-time": "new time proposals over EWS (build 15.00.0800.007 and later)",
    "quiet-mailboxes": "mailboxes of each case's own: nobody else, and no other case, reads or changes them",
    "reminders": "GetReminders, PerformReminderAction and reminderView",
    "room-lists": "a list of rooms among the accounts, with role roomlist, and room0 on it",
    "rooms": "a room mailbox among the accounts, with role room",
    "schema-versions": "EWS requests that ask for any schema version up to the one that the target file names",
    "series": "recurring series and their occurrences",
    "sharing": "permissions of calendars can be given over EWS and Graph; the cases give attendees some, and undo it",
    "synchronisation": "SyncFolderItems and SyncFolderHierarchy over EWS, deltas over Graph",
    "upload-sessions": "attachments sent in pieces by Graph's upload sessions",
}

MAILBOX_WIDE = frozenset({"booking-rooms", "delegates", "sharing"})
"""Those whose cases change what a whole mailbox is subject to: while one is played, no other case may use it."""
