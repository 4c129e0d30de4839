"""What one person may do with the items of one folder."""

from __future__ import annotations

import msgspec

from reference_impl.domain.items import Item, Sensitivity
from reference_impl.domain.permissions import FULL, FreeBusyAccess, Rights


class Reach(msgspec.Struct, frozen=True, gc=False):
    """How far a person reaches into a folder, told by the person's address key.

    Who sees an item may be told that it may not be changed; who does not see it is told that there is none.
    """

    user: str
    rights: Rights = FULL
    sees_private: bool = True

    @property
    def reads_everything(self) -> bool:
        """Whether no item of the folder is hidden."""
        rights = self.rights
        return self.sees_private and (rights is FULL or (rights.is_visible and rights.reads is FreeBusyAccess.FULL))

    def reads(self, item: Item) -> bool:
        """Whether the person sees an item: the own ones in any folder that is seen, private ones by leave alone."""
        if self.reads_everything:
            return True
        is_own = self.made(item)
        if not self.rights.is_visible or (self.rights.reads is not FreeBusyAccess.FULL and not is_own):
            return False
        return self.sees_private or is_own or item.sensitivity is not Sensitivity.PRIVATE

    def edits(self, item: Item) -> bool:
        """Whether the person may change an item."""
        return self.reads(item) and self.rights.covers(self.rights.edits, is_own=self.made(item))

    def deletes(self, item: Item) -> bool:
        """Whether the person may take an item away."""
        return self.reads(item) and self.rights.covers(self.rights.deletes, is_own=self.made(item))

    def replaces(self, item: Item) -> bool:
        """Whether the person may change an item and take it away."""
        return self.edits(item) and self.deletes(item)

    def made(self, item: Item) -> bool:
        """Whether the item is the person's own work."""
        return item.creator == self.user
