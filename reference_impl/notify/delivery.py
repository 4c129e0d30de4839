"""Pushing events to listeners: a task for each subscription, for as long as the server runs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from reference_impl.service.callbacks import Callbacks
from reference_impl.service.pushing import Letter, Push, Verdict
from reference_impl.service.subscriptions import Subscription
from reference_impl.service.watching import Watch, watching
from reference_impl.service.world import World

if TYPE_CHECKING:
    from reference_impl.notify.reaching import Listeners

_FIRST_RETRY: Final = 0.5
"""Minutes after the first attempt; each next one comes after twice as many (DOC statusfrequency)."""

log = logging.getLogger("meetproof.server")


class Deliveries:
    """The pushes of one server; ``world_now`` gives its world, whose subscriptions outlive other changes to it."""

    def __init__(self, world_now: Callable[[], World]) -> None:
        self._world_now = world_now
        self._is_running = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._listeners: Listeners | None = None

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None, None]:
        """Push from now on, to the end of the context."""
        loop, subscriptions = asyncio.get_running_loop(), self._world_now().subscriptions

        def begin(subscription: Subscription) -> None:
            loop.call_soon_threadsafe(self._begin, subscription)

        self._is_running = True
        try:
            with subscriptions.pushing(begin):
                yield
        finally:
            self._is_running = False
            await self._stop()

    async def _stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._listeners is not None:
            await self._listeners.close()
            self._listeners = None

    def _begin(self, subscription: Subscription) -> None:
        if not self._is_running:  # asked for while the server stopped
            return
        task = asyncio.create_task(self._kept(subscription))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _kept(self, subscription: Subscription) -> None:
        """Push for as long as the listener wants to be told, then forget the subscription."""
        try:
            with watching(self._world_now().store, subscription.mailbox_id) as watch:
                await self._push(subscription, watch)
        except Exception:  # the last line of defence: no other subscription shall suffer
            log.exception("pushing the events of a subscription failed")
        self._world_now().subscriptions.end(subscription)

    async def _push(self, subscription: Subscription, watch: Watch) -> None:
        push, loop = subscription.push, asyncio.get_running_loop()
        assert push is not None
        due = loop.time()  # the first letter shows the listener that the subscription is there
        while True:
            watch.rest()
            letter = await self._letter(subscription, push, is_due=loop.time() >= due)
            if letter is None:
                await watch.wait(due - loop.time())
                continue
            verdict = await self._delivered(push, letter)
            if verdict is not Verdict.TAKEN:
                log.info("events are no longer pushed to %s: %s", push.url, verdict)
                return
            subscription.told = letter.end
            due = loop.time() + push.minutes * self._minute

    async def _letter(self, subscription: Subscription, push: Push, *, is_due: bool) -> Letter | None:
        world = self._world_now()
        return await world.run(lambda: push.dialect.letter(world, subscription, is_due=is_due))

    async def _delivered(self, push: Push, letter: Letter) -> Verdict:
        """Send a letter, again and again until it is taken or the time for that is over."""
        loop = asyncio.get_running_loop()
        began, minutes = loop.time(), _FIRST_RETRY
        while (verdict := await self._sent(push, letter)) is Verdict.NOT_TAKEN and minutes <= push.minutes:
            await asyncio.sleep(began + minutes * self._minute - loop.time())
            minutes *= 2
        return verdict

    async def _sent(self, push: Push, letter: Letter) -> Verdict:
        if self._listeners is None:
            from reference_impl.notify.reaching import Listeners  # a large library that few servers need

            self._listeners = Listeners(Callbacks(self._world_now().settings.notified))
        answer = await self._listeners.post(push.url, letter.headers, letter.body)
        return Verdict.NOT_TAKEN if answer is None else push.dialect.verdict(*answer)

    @property
    def _minute(self) -> float:
        return self._world_now().settings.minute
