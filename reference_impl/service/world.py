"""All that an act needs from outside: the store, the clock, the source of ids and the settings."""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from reference_impl.domain.applications import Tenant
from reference_impl.service.settings import Settings
from reference_impl.service.subscriptions import Subscriptions
from reference_impl.service.throttling import Throttle
from reference_impl.service.uploads import Uploads

if TYPE_CHECKING:
    from reference_impl.store.store import Store

Result = TypeVar("Result")

_REQUEST_BEGAN: Final[ContextVar[datetime | None]] = ContextVar("request began", default=None)


class Clock(Protocol):
    """Where the time comes from."""

    def now(self) -> datetime:
        """The present as aware UTC; constant between two calls of ``tick``."""
        ...

    def tick(self) -> None:
        """A new request begins."""
        ...


class SystemClock:
    """The machine's own time, read once per request; requests that are answered side by side have each their own."""

    def now(self) -> datetime:
        """The time at which the present request began."""
        began = _REQUEST_BEGAN.get()
        if began is None:
            began = datetime.now(UTC)
            _REQUEST_BEGAN.set(began)
        return began

    def tick(self) -> None:
        """Read the machine's clock."""
        _REQUEST_BEGAN.set(datetime.now(UTC))


class SteppedClock:
    """A clock that stands still and moves one step per request, or where it is told to."""

    def __init__(self, start: datetime, step: timedelta = timedelta(seconds=1)) -> None:
        self._now = start.astimezone(UTC)
        self._step = step

    def now(self) -> datetime:
        """The time shown."""
        return self._now

    def tick(self) -> None:
        """One step on."""
        self._now += self._step

    def set(self, moment: datetime) -> None:
        """Show another time from now on."""
        self._now = moment.astimezone(UTC)


class Ids(Protocol):
    """Where fresh identifiers come from."""

    def token(self, size: int) -> bytes:
        """``size`` bytes never given before."""
        ...

    def entry_id(self) -> str:
        """The id of a new item or folder, 32 hex digits."""
        ...


class RandomIds:
    """Identifiers from the machine's randomness."""

    def __init__(self) -> None:
        self._drawn: list[str] = []  # random bits in hex: to draw them one by one takes longer

    def token(self, size: int) -> bytes:
        """``size`` random bytes."""
        return os.urandom(size)

    def entry_id(self) -> str:
        """The present millisecond and 80 random bits, so that what is made together is together in an index."""
        try:
            bits = self._drawn.pop()
        except IndexError:
            many = os.urandom(640).hex()
            bits, *self._drawn = (many[place : place + 20] for place in range(0, len(many), 20))
        return f"{time.time_ns() // 1_000_000:012x}{bits}"


class SeededIds:
    """Identifiers that follow from a seed: the same script gives the same ids."""

    def __init__(self, seed: str) -> None:
        self._seed = seed.encode()
        self._count = 0

    def token(self, size: int) -> bytes:
        """The next ``size`` bytes of the seed's sequence."""
        self._count += 1
        return hashlib.shake_256(self._seed + b"\x00" + self._count.to_bytes(8, "big")).digest(size)

    def entry_id(self) -> str:
        """The next 16 bytes of it."""
        return self.token(16).hex()


@dataclass(frozen=True, slots=True)
class World:
    """One server's store, clock, ids, settings, active faults and tenant.

    Subscriptions and uploads live as long as it runs.
    """

    store: Store
    clock: Clock = field(default_factory=SystemClock)
    ids: Ids = field(default_factory=RandomIds)
    settings: Settings = field(default_factory=Settings)
    faults: frozenset[str] = frozenset()
    tenant: Tenant = field(default_factory=Tenant)
    throttle: Throttle = field(default_factory=Throttle)
    subscriptions: Subscriptions = field(default_factory=Subscriptions)
    uploads: Uploads = field(default_factory=Uploads)

    async def run(self, act: Callable[..., Result], *arguments: object) -> Result:
        """What the act returns, once what it has done or seen is committed.

        It is done at once, or in a worker thread where it waits for a database over the network. Raises NotCommitted.
        """
        if self.store.is_remote:
            return await asyncio.to_thread(act, *arguments)
        result, groups = self.store.visit(act, *arguments)
        for group in groups:
            await group.committed()
        return result
