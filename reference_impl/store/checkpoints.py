"""Copying what was committed from the log of an SQLite file to its place, beside those who write."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from typing import Final

PAUSE: Final = 0.5
"""Seconds from a commit to the copying of what has been written until then."""


class Checkpoints:
    """A thread that copies, as long as there is something to copy; nobody waits for the disk meanwhile.

    SQLite itself would copy at the end of a transaction, with whoever has written it waiting. It still does that where
    the log has become very long: the thread leaves what is written while it copies, and the log only begins anew when
    all of it is copied.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._is_wanted = threading.Event()
        self._is_over = threading.Event()
        self._thread: threading.Thread | None = None

    def want(self) -> None:
        """Something was committed."""
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
                with suppress(sqlite3.Error):  # whoever writes next is told of it
                    connection.execute("pragma wal_checkpoint(passive)").fetchall()
