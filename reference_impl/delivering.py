"""Delivering what falls due while no request comes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from reference_impl.service import delivery
from reference_impl.service.world import SystemClock, World

log = logging.getLogger("meetproof.server")


@asynccontextmanager
async def delivering(world_now: Callable[[], World]) -> AsyncGenerator[None, None]:
    """Within this context what is sent is delivered on time, if the world's deliveries take time.

    Where the clock does not go by itself, requests and whoever moves the clock deliver what is due.
    """
    if not world_now().settings.delivery_delay:
        yield
        return
    task = asyncio.create_task(_deliver_on_time(world_now))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _deliver_on_time(world_now: Callable[[], World]) -> None:
    while True:
        world = world_now()
        try:
            pause = await world.run(_deliver_due, world)
        except Exception:  # the last line of defence: what waits is tried again
            log.exception("delivering what is due failed")
            pause = world.settings.delivery_delay
        await asyncio.sleep(pause)


def _deliver_due(world: World) -> float:
    """Deliver; the seconds after which more may be due: nothing that is sent meanwhile can be due any sooner."""
    delay = world.settings.delivery_delay
    if not isinstance(world.clock, SystemClock):
        return delay
    world.clock.tick()
    delivery.deliver_due(world)
    due = delivery.next_due(world)
    return delay if due is None else min(delay, max(0.0, (due - world.clock.now()).total_seconds()))
