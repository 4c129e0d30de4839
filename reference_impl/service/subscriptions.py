"""Who is to be told of what: the subscriptions of one server, kept in memory until they end or lie idle too long."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import inf
from typing import TYPE_CHECKING, Final

from reference_impl.domain.errors import (
    SubscriptionExpired,
    SubscriptionNotFound,
    SubscriptionOfAnother,
    SubscriptionsInvalid,
    TooManyStreamed,
    TooManyStreams,
    TooManySubscriptions,
)
from reference_impl.domain.mailbox import Mailbox
from reference_impl.domain.mailboxevents import MailboxEventKind, Watermark
from reference_impl.service.pushing import Push

if TYPE_CHECKING:
    from reference_impl.service.settings import Settings

_REMEMBERED: Final = 2
"""For how many lifetimes the id of a subscription that lay idle is known as that of an expired one."""


def _nothing() -> None:
    """What is to be done where nothing is under way."""


class Mode(StrEnum):
    """How a subscriber hears of events."""

    PULL = "pull"
    PUSH = "push"
    STREAMING = "streaming"


@dataclass(slots=True, eq=False, kw_only=True)
class Subscription:
    """One wish to be told of a mailbox's events.

    ``folders`` is None for all of them. ``told`` is how far the subscriber has been told where the server itself
    keeps count: of pushes and streams. Without a ``lifetime`` a subscription lies idle for as long as it likes, unless
    it ``expires``. It belongs to the ``subscriber``, which need not be the mailbox it is about.
    """

    id: str  # a GUID
    mailbox_id: str
    subscriber: str  # a mailbox's id
    mode: Mode
    kinds: frozenset[MailboxEventKind]
    folders: frozenset[str] | None
    start: Watermark
    told: Watermark
    lifetime: timedelta | None
    used: datetime
    expires: datetime | None = None
    push: Push | None = None
    stream: Stream | None = None
    stop: Callable[[], None] = _nothing  # ends what is under way for it

    def idles(self, now: datetime) -> float:
        """For how many of its lifetimes it has not been used; without end once it has expired."""
        if self.expires is not None:
            return inf if now >= self.expires else 0.0
        return 0.0 if self.lifetime is None or self.stream is not None else (now - self.used) / self.lifetime


@dataclass(slots=True, eq=False)
class Stream:
    """A connection on which events are sent as they happen; ``wake`` makes it look at how things stand."""

    mailbox_id: str
    subscriptions: tuple[Subscription, ...]
    wake: Callable[[], None]
    is_superseded: bool = False  # another stream has taken over one of its subscriptions


class Subscriptions:
    """The subscriptions of one server; several threads may use them at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, Subscription] = {}
        self._streams: set[Stream] = set()
        self._begin_push: Callable[[Subscription], None] | None = None

    def add(self, subscription: Subscription, limit: int) -> None:
        """Keep a subscription. Raises TooManySubscriptions where its mailbox has ``limit`` of them."""
        now = subscription.used
        with self._lock:
            self._known = {key: known for key, known in self._known.items() if known.idles(now) <= _REMEMBERED}
            others = [known for known in self._known.values() if known.subscriber == subscription.subscriber]
            if sum(known.idles(now) <= 1 for known in others) >= limit:
                raise TooManySubscriptions(limit=limit)
            self._known[subscription.id] = subscription
            begin = self._begin_push
        if begin is not None and subscription.push is not None:
            begin(subscription)

    @contextmanager
    def pushing(self, begin: Callable[[Subscription], None]) -> Iterator[None]:
        """Within the context, ``begin`` is called for each subscription whose events are pushed, new or there."""
        with self._lock:
            self._begin_push = begin
            pushed = [known for known in self._known.values() if known.push is not None]
        for subscription in pushed:
            begin(subscription)
        try:
            yield
        finally:
            with self._lock:
                self._begin_push = None

    def find(self, actor: Mailbox, subscription_id: str, now: datetime) -> Subscription:
        """The actor's subscription with this id.

        Raises SubscriptionNotFound, SubscriptionOfAnother, and once SubscriptionExpired for one that lay idle.
        """
        with self._lock:
            known = self._known.get(subscription_id)
            if known is None:
                raise SubscriptionNotFound
            if known.subscriber != actor.id:
                raise SubscriptionOfAnother
            if known.idles(now) > 1:
                del self._known[known.id]
                raise SubscriptionExpired
            return known

    def of(self, actor: Mailbox, now: datetime) -> tuple[Subscription, ...]:
        """The actor's subscriptions that have not ended, in the order they were made."""
        with self._lock:
            return tuple(one for one in self._known.values() if one.subscriber == actor.id and one.idles(now) <= 1)

    def end(self, subscription: Subscription) -> None:
        """Forget a subscription."""
        with self._lock:
            self._known.pop(subscription.id, None)
            stream = subscription.stream
        subscription.stop()
        if stream is not None:
            stream.wake()

    def open_stream(
        self, actor: Mailbox, ids: Collection[str], wake: Callable[[], None], now: datetime, limits: Settings
    ) -> Stream:
        """A stream of the actor's subscriptions with these ids; it takes them over from streams that have them.

        Raises SubscriptionsInvalid with the ``ids`` that are no such subscriptions, TooManyStreamed, TooManyStreams.
        """
        if len(ids) > limits.streamed_subscriptions:
            raise TooManyStreamed(limit=limits.streamed_subscriptions)
        with self._lock:
            found = {one: self._streamed(actor, one, now) for one in ids}
            bad = tuple(one for one, known in found.items() if known is None)
            if bad:
                raise SubscriptionsInvalid(ids=bad)
            known = tuple(one for one in found.values() if one is not None)
            superseded = {one.stream for one in known if one.stream is not None}
            others = {stream for stream in self._streams - superseded if stream.mailbox_id == actor.id}
            if len(others) >= limits.streams:
                raise TooManyStreams(limit=limits.streams)
            stream = Stream(actor.id, known, wake)
            self._streams.add(stream)
            for one in known:
                one.stream = stream
        for old in superseded:
            old.is_superseded = True
            old.wake()
        return stream

    def _streamed(self, actor: Mailbox, subscription_id: str, now: datetime) -> Subscription | None:
        known = self._known.get(subscription_id)
        is_streamed = known is not None and known.mailbox_id == actor.id and known.mode is Mode.STREAMING
        return known if known is not None and is_streamed and known.idles(now) <= 1 else None

    def of_stream(self, stream: Stream) -> tuple[Subscription, ...]:
        """The subscriptions of a stream that have not ended."""
        with self._lock:
            return tuple(one for one in stream.subscriptions if one.id in self._known)

    def close_stream(self, stream: Stream, now: datetime) -> None:
        """From now on its subscriptions lie idle, but for those that another stream has taken over."""
        with self._lock:
            self._streams.discard(stream)
            for one in stream.subscriptions:
                if one.stream is stream:
                    one.stream = None
                    one.used = now
