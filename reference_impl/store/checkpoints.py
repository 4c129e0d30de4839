"""Copying what was committed from the log of an SQLite file to its place, beside those who write."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from typing import Final

PAUSE: Final = 1.0
"""Seconds from a commit to the copying of what has been written until then."""


class Checkpoints:
    """A thread that copies, as long as there is something to copy, while others write.

    SQLite by itself would copy at the end of a transaction, with whoever has written it waiting for the disk. The log
    begins anew when all of it is copied, and somebody who writes all the time is always ahead of the thread; so whoever
    commits next copies the little that was written meanwhile.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._is_wanted = threading.Event()
        self._is_over = threading.Event()
        self._is_nearly_done = False
        self._thread: threading.Thread | None = None

    def committed(self, writer: sqlite3.Connection) -> None:
        """Something was committed."""
        if self._is_nearly_done:
            self._is_nearly_done = False
            _copy(writer)
        elif not self._is_wanted.is_set():
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="checkpoints", daemon=True)
                self._thread.start()
            self._is_wanted.set()

    def close(self) -> None:
        """End the thread."""
        self._is_over.set()
        self._is_wanted.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        with closing(self._connect()) as connection:
            while self._is_wanted.wait() and not self._is_over.wait(PAUSE):
                self._is_wanted.clear()
                copied = _copy(connection)
                if _copy(connection) != copied:
                    self._is_nearly_done = True


def _copy(connection: sqlite3.Connection) -> int | None:
    """Copy what is committed now; how much the log had of it, in pages since it began anew."""
    with suppress(sqlite3.Error):  # a full disk, say: whoever writes next is told
        return int(connection.execute("pragma wal_checkpoint(passive)").fetchone()[1])
    return None
