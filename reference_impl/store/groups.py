"""Acts that are committed together: a commit writes whole pages, of which acts that come side by side share many.

Each act of a group is undone alone where it fails. Nobody sees what a group holds but the requests that take part in
it, and they are answered when it is committed; where that fails, none of its acts has happened.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Final

from reference_impl.store.connections import Connection, Database
from reference_impl.store.directory import Directory

MOST: Final = 64
"""The acts of one group at most."""


class NotCommitted(Exception):
    """The group that an act was done in could not be committed."""


class Group:
    """A transaction that has begun, what the acts done in it have changed so far, and who waits for its commit.

    ``commit`` is called by the running event loop, once a round of it has brought no more acts.
    """

    def __init__(
        self, database: Database, connection: Connection, directory: Directory, commit: Callable[[], None]
    ) -> None:
        self.connection = connection
        self.directory = directory
        self.touched: set[str] = set()
        self.is_ended = False
        self._database = database
        self._commit = commit
        self._problem: BaseException | None = None
        self._acts = 0
        self._is_written = False
        self._is_marked = False
        self._waiting: list[asyncio.Future[None]] = []
        self._thread = threading.get_ident()
        self._loop = asyncio.get_running_loop()
        self._loop.call_soon(self._look, 0)

    def begin(self) -> None:
        """An act begins."""
        self._is_written = self._is_marked = False

    def begin_writing(self) -> None:
        """The act is going to write, perhaps not for the first time, and may still fail: it can then be undone alone.

        The end of the transaction would do that for the first act. A savepoint is not made before there is need of
        one, because the database then keeps a copy of every page that is changed.
        """
        if self._acts and not self._is_written:
            self.connection.execute("savepoint act")
            self._is_marked = True
        self._is_written = True

    def end_writing(self) -> None:
        """The rest of the act is written; where it is not marked and that fails, so does the whole group."""
        self._is_written = True

    def keep(self, directory: Directory, touched: set[str]) -> None:
        """The act ends with its effects."""
        if self._is_marked:
            self.connection.execute("release act")
        self._acts += 1
        self.directory = directory
        self.touched |= touched

    def undo(self) -> None:
        """The act ends without any effect; the whole group ends where the act cannot be undone alone."""
        if not self._is_written:
            return
        problem: Exception | None = None
        if self._acts:
            problem = RuntimeError("another act beside it could not be written down")
        if self._is_marked:
            try:
                self.connection.execute("rollback to act")
                self.connection.execute("release act")
            except self._database.errors as lost:  # a full disk, say
                problem = lost
            else:
                return
        self._database.rollback(self.connection)
        self.end(problem)

    def commit(self) -> None:
        """Make all acts last. Raises the database's error where none of them does."""
        self._database.commit(self.connection)

    def end(self, problem: BaseException | None) -> None:
        """Tell those who wait, from any thread, that the group is committed, or why it cannot be."""
        self.is_ended, self._problem = True, problem
        if threading.get_ident() == self._thread:
            self._tell()
        elif not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._tell)

    async def committed(self) -> None:
        """Wait for the end of the group. Raises NotCommitted."""
        if not self.is_ended:
            waiting = self._loop.create_future()
            self._waiting.append(waiting)
            await waiting
        if self._problem is not None:
            raise NotCommitted(f"what was done did not last: {self._problem}") from self._problem

    def _tell(self) -> None:
        for waiting in self._waiting:
            if not waiting.done() and not self._loop.is_closed():
                waiting.set_result(None)

    def _look(self, acts: int) -> None:
        if self.is_ended:
            return
        if self._acts > acts and self._acts < MOST:
            self._loop.call_soon(self._look, self._acts)
        else:
            self._commit()
