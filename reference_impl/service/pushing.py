"""What a subscription needs beside its events in order to be pushed: where to, and in which words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from reference_impl.domain.mailboxevents import Watermark
    from reference_impl.service.subscriptions import Subscription
    from reference_impl.service.world import World


@dataclass(frozen=True, slots=True)
class Letter:
    """What is posted to a listener; it tells of everything up to ``end``.

    It goes to the ``url`` of the push where it names no other; after the last one the subscription is forgotten.
    """

    headers: tuple[tuple[str, str], ...]
    body: bytes
    end: Watermark
    url: str = ""
    is_last: bool = False


class Verdict(StrEnum):
    """What a listener made of a letter."""

    TAKEN = "taken"
    UNWANTED = "unwanted"  # neither this one nor any other
    NOT_TAKEN = "not_taken"  # to be tried again


class Dialect(Protocol):
    """How a protocol writes to listeners."""

    def letter(self, world: World, subscription: Subscription, *, is_due: bool) -> Letter | None:
        """What there is to tell; where nothing is, None, unless a sign of life ``is_due``."""
        ...

    def verdict(self, status: int, body: bytes) -> Verdict:
        """What a listener's answer says."""
        ...

    def goes_on(self, subscription: Subscription, letter: Letter) -> bool:
        """Whether the subscription outlives a letter that was not taken in all the time for that."""
        ...


@dataclass(frozen=True, slots=True)
class Push:
    """Where and how events are pushed.

    Every ``minutes`` without events the listener is sent a sign of life, if the dialect has any, and for
    ``retry_minutes`` a letter that was not taken is sent again.
    """

    url: str
    minutes: int
    retry_minutes: int
    dialect: Dialect
