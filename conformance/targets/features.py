"""What a server may or may not offer: a closed list, so that a misspelt name is found."""

from __future__ import annotations

from collections.abc import Mapping

# A case names what it needs; a target file names what its server has. An embedded server has all of them.
FEATURES: Mapping[str, str] = {
    "availability": "GetUserAvailability and getSchedule",
    "beta": "Graph's /beta root",
    "distribution-lists": "a distribution list among the accounts, with role list",
    "exchange2016": "EWS requests that ask for Exchange2016, whatever version the target file names",
    "impersonation": "ExchangeImpersonation, permitted to the organizer",
    "online": "the limits and versions of Exchange Online",
    "propose-new-time": "new time proposals over EWS (build 15.00.0800.007 and later)",
    "quiet-mailboxes": "mailboxes of each case's own: nobody else, and no other case, reads or changes them",
    "rooms": "a room mailbox among the accounts, with role room",
}
