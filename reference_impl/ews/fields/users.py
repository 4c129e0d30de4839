"""Users in permissions and among delegates: t:UserId ([MS-OXWSCDATA] UserIdType)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from reference_impl.domain.mailbox import Mailbox
from reference_impl.domain.permissions import ANONYMOUS, DEFAULT
from reference_impl.ews import xml
from reference_impl.ews.namespaces import t
from reference_impl.ews.tree import Element
from reference_impl.service.directory import find_by_security_id, find_mailbox, security_id
from reference_impl.service.world import World

_DISTINGUISHED: Final = {"Default": DEFAULT, "Anonymous": ANONYMOUS}
DISTINGUISHED_NAMES: Final = {user: name for name, user in _DISTINGUISHED.items()}
"""The users of a permission table who are nobody in particular."""


@dataclass(frozen=True, slots=True)
class UserId:
    """What a t:UserId says of a user; empty where it does not say it."""

    distinguished: str = ""  # DEFAULT or ANONYMOUS
    security_id: str = ""
    address: str = ""
    name: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nobody is named; a display name alone names nobody."""
        return not (self.distinguished or self.security_id or self.address)

    @property
    def is_contradictory(self) -> bool:
        """Whether a user who is nobody in particular is somebody all the same (DOC ErrorInvalidUserInfo)."""
        return bool(self.distinguished and (self.security_id or self.address or self.name))

    def mailbox(self, world: World) -> Mailbox | None:
        """Whom the security id and the address mean; None if it is nobody, or each somebody else."""
        by_id = find_by_security_id(world, self.security_id) if self.security_id else None
        by_address = find_mailbox(world, self.address) if self.address else None
        if self.security_id and self.address:
            return by_id if by_id is by_address else None
        return by_id or by_address


def read_user(element: Element) -> UserId:
    """The user of a t:UserId."""

    def text(name: str) -> str:
        return (element.findtext(t(name)) or "").strip()

    return UserId(
        distinguished=_DISTINGUISHED.get(text("DistinguishedUser"), ""),
        security_id=text("SID"),
        address=text("PrimarySmtpAddress"),
        name=text("DisplayName"),
    )


def write_user(mailbox: Mailbox) -> str:
    """The t:UserId of somebody with a mailbox."""
    return xml.node(
        "UserId",
        xml.leaf("SID", security_id(mailbox))
        + xml.leaf("PrimarySmtpAddress", mailbox.address)
        + xml.leaf("DisplayName", mailbox.person.name or mailbox.address),
    )
