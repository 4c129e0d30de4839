"""What a writer knows of rows without reading them, for as long as nobody else has written."""

from __future__ import annotations

from reference_impl.store.connections import Connection, Database


class Known:
    """Rows that every act asks for: as they were read or written last, while one connection follows all writes.

    Mailboxes are named by their numbers. A unit that only reads has one of its own, for what it asks for twice.
    """

    __slots__ = ("_connection", "_stamp", "next_due", "next_item", "settings", "versions")

    def __init__(self) -> None:
        self._connection: Connection | None = None
        self._stamp: object = None
        self.forget()

    def forget(self) -> None:
        """Know nothing, as after an act that was undone."""
        self.versions: dict[int, int] = {}
        self.next_item = 0
        self.next_due: int | None = None  # of what the outbox has, if it is known
        self.settings: dict[tuple[int, str], str | None] = {}

    def follow(self, database: Database, connection: Connection) -> None:
        """A transaction has begun that may write: what was known still holds, unless others wrote since the last."""
        stamp = database.stamp(connection)
        if stamp is None or stamp != self._stamp or connection is not self._connection:
            self.forget()
        self._connection, self._stamp = connection, stamp
