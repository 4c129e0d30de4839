"""GetStreamingEvents: events as they happen, in one answer that stays open ([MS-OXWSNTIF]).

Every message of the stream has either notifications or the status of the connection, as servers send them and clients
read them (DOC stream notifications, EWS Managed API).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import aclosing
from datetime import timedelta
from typing import Final

from reference_impl.domain.errors import DomainError, SubscriptionsInvalid
from reference_impl.ews import xml
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError, response_error
from reference_impl.ews.namespaces import m, t
from reference_impl.ews.notifications import write_streamed
from reference_impl.ews.operations.answers import failure, response, success
from reference_impl.ews.tree import Element
from reference_impl.service.notifications import Telling, telling
from reference_impl.service.subscriptions import Stream, Subscription
from reference_impl.service.watching import Watch, watching
from reference_impl.service.world import World

_HEARTBEAT: Final = 0.75
"""Minutes without news after which a server shows that it is still there (EWS Managed API)."""

_OK: Final = "<m:ConnectionStatus>OK</m:ConnectionStatus>"
_CLOSED: Final = "<m:ConnectionStatus>Closed</m:ConnectionStatus>"

_SUPERSEDED: Final = ResponseError(
    "ErrorNewEventStreamConnectionOpened", "Another connection was opened for a subscription of this one."
)


async def get_streaming_events(request: Element, call: Call) -> AsyncGenerator[str, None]:
    """Answer a GetStreamingEvents, message by message; its minutes pass in real time, whatever the world's clock says.

    One bad subscription refuses all of them (as servers were seen to do).
    """
    elements = request.iterfind(f"{m('SubscriptionIds')}/{t('SubscriptionId')}")
    minutes = int(request.findtext(m("ConnectionTimeout")) or 0)
    world, loop = call.world, asyncio.get_running_loop()
    now, began = world.clock.now(), loop.time()
    with watching(world.store, call.actor.id) as watch:
        try:
            ids = [element.text or "" for element in elements]
            stream = world.subscriptions.open_stream(call.actor, ids, watch.wake, now, world.settings)
        except DomainError as error:
            yield _refused(error)
            return
        try:
            yield _message(_OK)
            ends = began + minutes * world.settings.minute
            async with aclosing(_messages(world, stream, watch, ends)) as messages:
                async for message in messages:
                    yield message
        finally:
            world.subscriptions.close_stream(stream, now + timedelta(seconds=loop.time() - began))


async def _messages(world: World, stream: Stream, watch: Watch, ends: float) -> AsyncGenerator[str, None]:
    """What is sent until a stream ends: at its time, for want of subscriptions, or for another stream."""
    loop = asyncio.get_running_loop()
    heartbeat = _HEARTBEAT * world.settings.minute
    while True:
        watch.rest()
        if stream.is_superseded:
            yield response("GetStreamingEvents", [failure("GetStreamingEvents", _SUPERSEDED, _CLOSED)])
            return
        known = world.subscriptions.of_stream(stream)
        if not known or loop.time() >= ends:
            yield _message(_CLOSED)
            return
        told = await world.run(_told, world, known)
        news = [(subscription, part) for subscription, part in told if part.events]
        if news:
            yield _message(_notifications(news))
        for subscription, part in told:
            subscription.told = part.end
        if not news and not await watch.wait(min(heartbeat, ends - loop.time())) and loop.time() < ends:
            yield _message(_OK)


def _told(world: World, subscriptions: Sequence[Subscription]) -> list[tuple[Subscription, Telling]]:
    return [(subscription, telling(world, subscription, subscription.told)) for subscription in subscriptions]


def _message(payload: str) -> str:
    return response("GetStreamingEvents", [success("GetStreamingEvents", payload)])


def _notifications(news: Iterable[tuple[Subscription, Telling]]) -> str:
    parts = (f"<m:Notification>{write_streamed(subscription, part)}</m:Notification>" for subscription, part in news)
    return f"<m:Notifications>{''.join(parts)}</m:Notifications>"


def _refused(error: DomainError) -> str:
    bad = error.ids if isinstance(error, SubscriptionsInvalid) else ()
    ids = "".join(f"<m:SubscriptionId>{xml.text(one)}</m:SubscriptionId>" for one in bad)
    listed = f"<m:ErrorSubscriptionIds>{ids}</m:ErrorSubscriptionIds>" if ids else ""
    return response("GetStreamingEvents", [failure("GetStreamingEvents", response_error(error), listed + _CLOSED)])
