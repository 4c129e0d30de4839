"""The delegates of a mailbox: who acts in its owner's name ([MS-OXWSDLGM], [MS-OXODLGT])."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from reference_impl.domain.mailbox import FolderRole
from reference_impl.domain.permissions import Level


class MeetingDelivery(StrEnum):
    """What becomes of meeting messages sent to somebody with delegates (DOC delivermeetingrequests)."""

    DELEGATES_ONLY = "delegates_only"
    DELEGATES_AND_ME = "delegates_and_me"
    DELEGATES_AND_INFORM_ME = "delegates_and_inform_me"
    NO_FORWARD = "no_forward"


@dataclass(frozen=True, slots=True)
class Delegate:
    """One delegate, by the key of an address."""

    user: str
    receives_copies: bool = False  # of meeting messages
    views_private: bool = False


@dataclass(frozen=True, slots=True)
class Delegation:
    """The delegates of one mailbox and how meeting messages reach them."""

    delegates: tuple[Delegate, ...] = ()
    delivery: MeetingDelivery = MeetingDelivery.DELEGATES_AND_INFORM_ME

    def delegate(self, user: str) -> Delegate | None:
        """The delegate with this address key."""
        return next((delegate for delegate in self.delegates if delegate.user == user), None)


DELEGATE_LEVELS: Final = frozenset({Level.NONE, Level.REVIEWER, Level.AUTHOR, Level.EDITOR})
"""The levels of access that delegates are given."""

SHARED: Final = (
    FolderRole.CALENDAR,
    FolderRole.TASKS,
    FolderRole.INBOX,
    FolderRole.CONTACTS,
    FolderRole.NOTES,
    FolderRole.JOURNAL,
)
"""The folders that delegates are given access to, in the order of the protocol."""
