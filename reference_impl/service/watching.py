"""Waiting for the next change of some mailboxes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from reference_impl.store.store import Store


class Watch:
    """Wakes one task when something may have happened; ``wake`` may be called from any thread."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()

    def wake(self) -> None:
        """There may be something new."""
        self._loop.call_soon_threadsafe(self._news.set)

    def rest(self) -> None:
        """What happens from now on ends the next wait: to be called before looking at what is there."""
        self._news.clear()

    async def wait(self, seconds: float) -> bool:
        """Wait for something new; False where nothing came in time."""
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            return False
        return True


@contextmanager
def watching(store: Store, *mailbox_ids: str) -> Iterator[Watch]:
    """A watch that every commit to one of these mailboxes wakes."""
    watch, watched = Watch(), frozenset(mailbox_ids)

    def heard(touched: frozenset[str]) -> None:
        if touched & watched:
            watch.wake()

    store.listeners.append(heard)
    try:
        yield watch
    finally:
        store.listeners.remove(heard)
