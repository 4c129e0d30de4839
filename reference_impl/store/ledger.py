"""What a unit of work tells of its writes: in the log, and in the counts of folders.

The counts are written before anybody reads them, so an act with many writes touches their rows once.
"""

from __future__ import annotations

from operator import add, sub

from reference_impl.domain.changelog import Change, Origin
from reference_impl.store.columns import Share
from reference_impl.store.execution import Execution

NOWHERE = Origin()
NOTHING = Share()


class Ledger:
    """The notes of one unit of work; mailboxes, folders and items are named by their numbers."""

    def __init__(self, run: Execution) -> None:
        self._run = run
        self._known = run.known
        self._shares: dict[int, tuple[int, ...]] = {}
        self._latest: dict[int, tuple[int, int]] = {}

    def next_version(self, mailbox: int) -> int:
        """The number of the next change in a mailbox."""
        version = self.version(mailbox) + 1
        self._known.versions[mailbox] = version
        return version

    def version(self, mailbox: int) -> int:
        """The number of the last change in a mailbox."""
        version = self._known.versions.get(mailbox)
        if version is None:
            version = self._known.versions[mailbox] = int(self._run.aside("version", mailbox=mailbox).fetchone()[0])
        return version

    def next_item(self) -> int:
        """A number that no item has had: the log tells of all that were."""
        number = self._known.next_item or int(self._run.aside("next_number").fetchone()[0])
        self._known.next_item = number + 1
        return number

    def log(
        self,
        mailbox: int,
        version: int,
        time: int,
        change: Change,
        folder: int,
        item: str = "",
        number: int | None = None,
        fields: str = "",
        other: Origin = NOWHERE,
        lasting: str = "",
        former: str = "",
    ) -> None:
        """Log a change, of the folder itself if it is not that of an item."""
        where, what = (other.item, other.folder), (lasting, former)
        self._run.later("log", (mailbox, version, time, str(change), number, item, folder, fields, *where, *what))
        if number is not None:
            self._latest[folder] = version, time

    def count(self, folder: int, more: Share, less: Share = NOTHING) -> None:
        """Note that a folder has more of some items, and less of others; their changes are logged."""
        if more != less:
            noted = self._shares.get(folder)
            changed = more if noted is None else tuple(map(add, noted, more))
            self._shares[folder] = changed if less is NOTHING else tuple(map(sub, changed, less))

    def write(self) -> None:
        """Write what was noted since the last time."""
        if self._latest:
            shares = self._shares
            rows = [(*shares.get(folder, NOTHING), *latest, folder) for folder, latest in self._latest.items()]
            self._run.many("adjust_folder", rows)
            self._shares.clear()
            self._latest.clear()
