"""Pushing events to listeners: a task for each subscription, for as long as the server runs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Final

from reference_impl.http import Heard, Question
from reference_impl.service.callbacks import Callbacks
from reference_impl.service.pushing import Letter, Push, Verdict
from reference_impl.service.subscriptions import Subscription
from reference_impl.service.watching import Watch, watching
from reference_impl.service.world import SystemClock, World

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
        task, loop = asyncio.create_task(self._kept(subscription)), asyncio.get_running_loop()
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        subscription.stop = lambda: _soon(loop, task.cancel)

    async def _kept(self, subscription: Subscription) -> None:
        """Push for as long as the listener wants to be told, then forget the subscription."""
        try:
            with watching(self._world_now().store, subscription.mailbox_id) as watch:
                await self._push(subscription, watch)
        except Exception:  # the last line of defence: no other subscription shall suffer
            log.exception("pushing the events of a subscription failed")
        self._world_now().subscriptions.end(subscription)

    async def _push(self, subscription: Subscription, watch: Watch) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()  # the first letter shows the listener that the subscription is there
        while subscription.idles(self._now()) <= 1:
            watch.rest()
            push, is_due = _push_of(subscription), loop.time() >= due
            letter = await self._letter(subscription, push, is_due=is_due)
            if letter is not None:
                verdict = await self._delivered(subscription, letter)
                if verdict is not Verdict.TAKEN and not push.dialect.goes_on(subscription, letter):
                    log.info("events are no longer pushed to %s: %s", push.url, verdict)
                    return
                subscription.told = letter.end
                if letter.is_last:
                    return
            if letter is not None or is_due:
                due = loop.time() + push.minutes * self._minute
            if letter is None:
                await watch.wait(due - loop.time())

    async def _letter(self, subscription: Subscription, push: Push, *, is_due: bool) -> Letter | None:
        world = self._world_now()
        return await world.run(lambda: push.dialect.letter(world, subscription, is_due=is_due))

    async def _delivered(self, subscription: Subscription, letter: Letter) -> Verdict:
        """Send a letter, again and again until it is taken or the time for that, or the subscription, is over."""
        loop = asyncio.get_running_loop()
        began, minutes, most = loop.time(), _FIRST_RETRY, _push_of(subscription).retry_minutes
        while (verdict := await self._sent(_push_of(subscription), letter)) is Verdict.NOT_TAKEN and minutes <= most:
            await asyncio.sleep(began + minutes * self._minute - loop.time())
            minutes *= 2
            if subscription.idles(self._now()) > 1:
                break
        return verdict

    async def _sent(self, push: Push, letter: Letter) -> Verdict:
        if self._listeners is None:
            self._listeners = self._reached()
        answer = await self._listeners.post(letter.url or push.url, letter.headers, letter.body)
        return Verdict.NOT_TAKEN if answer is None else push.dialect.verdict(answer.status, answer.body)

    async def ask(self, questions: Sequence[Question]) -> list[Heard | None]:
        """What listeners answer, one after the other; None for one that may not be reached or does not answer."""
        listeners = self._reached()
        try:
            return [await listeners.post(each.url, each.headers, each.body) for each in questions]
        finally:
            await listeners.close()

    def _reached(self) -> Listeners:
        from reference_impl.notify.reaching import Listeners  # a large library that few servers need

        return Listeners(Callbacks(self._world_now().settings.notified))

    def _now(self) -> datetime:
        """The time by the world's clock, which goes by itself or is moved by requests and by whoever steers it."""
        clock = self._world_now().clock
        if isinstance(clock, SystemClock):
            clock.tick()
        return clock.now()

    @property
    def _minute(self) -> float:
        return self._world_now().settings.minute


def _push_of(subscription: Subscription) -> Push:
    """Where and how its events are pushed, which its owner may change meanwhile."""
    assert subscription.push is not None, "a subscription whose events are not pushed"
    return subscription.push


def _soon(loop: asyncio.AbstractEventLoop, act: Callable[[], object]) -> None:
    """Let a loop do something that any thread may ask for; one that has ended needs nothing."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(act)
