"""All that an act needs from outside: the store, the clock, the source of ids and the settings."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from reference_impl.domain.oof import ExternalAudience
from reference_impl.service.subscriptions import Subscriptions
from reference_impl.service.throttling import Throttle

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


class RandomIds:
    """Identifiers from the machine's randomness."""

    def token(self, size: int) -> bytes:
        """``size`` random bytes."""
        return secrets.token_bytes(size)


class SeededIds:
    """Identifiers that follow from a seed: the same script gives the same ids."""

    def __init__(self, seed: str) -> None:
        self._seed = seed.encode()
        self._count = 0

    def token(self, size: int) -> bytes:
        """The next ``size`` bytes of the seed's sequence."""
        self._count += 1
        return hashlib.shake_256(self._seed + b"\x00" + self._count.to_bytes(8, "big")).digest(size)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Limits and switches; the defaults are those of the on-premises server.

    Points that the documents leave open are switches here.
    """

    free_busy_days: int = 42  # 62 in the Online profile
    free_busy_mailboxes: int = 100
    free_busy_list_members: int = 100
    free_busy_events: int = 1000  # 10000 in the page of the operation
    working_elsewhere_has_digit: bool = False  # from Exchange2013 4, and 5 for no data; else 0, and 4 for no data
    view_errors_are_faults: bool = True  # wrong arguments of a view; else each mailbox's answer tells them
    failed_view_is_told: bool = True  # a mailbox about which nothing can be told has a view of type None
    requests_per_minute: int = 0  # of each mailbox, with a minute's worth at once; 0 sets no limit
    batch: int = 1000  # items, folders, ids or changes in one request
    busy_is_unavailable: bool = False  # beyond it EWS answers with status 503 alone, else with a fault
    attendees: int = 500
    attachment_bytes: int = 2**31 - 1
    message_bytes: int = 10 * 2**20  # of a message that is sent, what hangs on it included
    propose_before_2013_sp1: bool = False  # the Online profile offers proposals to Exchange2013 too
    schedule_days: int = 62
    schedule_mailboxes: int = 100
    comment_needs_response: bool = False  # a comment with sendResponse false is refused
    unknown_members_refused: bool = True  # undeclared JSON members are refused
    end_may_equal_start: bool = True
    change_key_required: bool = True  # for UpdateItem, also with AlwaysOverwrite
    silent_updates_of_people: bool = True  # an update that only takes attendees away is a SilentUpdate to who stays
    forwards_are_told: bool = True  # the organizer is notified when an attendee forwards the meeting
    forwards_invite: bool = True  # and the organizer's list takes in the people it was forwarded to
    answers_invite: bool = True  # an answer from somebody not on the organizer's list puts the sender on it
    found_items: int = 1000  # what a request for items or folders is answered with at most
    searched_items: int = 250  # the same of a request with a restriction or a query
    groups_are_numbered: bool = False  # what GroupIndex tells of a group: its number; else the value it has in common
    views_touch_their_start: bool = False  # an item that ends just when a CalendarView starts is in it
    calendar_views_are_searched: bool = False  # a CalendarView heeds a restriction and a sort order; else it takes none
    occurrences_per_range: int = 1000  # what a range of RecurringMasterItemIdRanges is answered with at most
    masters_are_recurring: bool = False  # what IsRecurring says of the master of a series; true of its occurrences
    zones_are_full_by_default: bool = True  # what GetServerTimeZones answers where the request does not say
    unknown_zones_are_left_out: bool = False  # of its answer; else they are an error
    external_replies: ExternalAudience = ExternalAudience.ALL  # which people of elsewhere may be told of an absence
    absence_acts_on_calendar: bool = False  # declines meetings and puts itself there, as the Online profile does
    unknown_list_is_empty: bool = False  # ExpandDL of an unknown list succeeds, without members
    unknown_room_list_has_no_mailbox: bool = False  # the code for it; else that nothing was found
    delegates_must_be_set: bool = True  # GetDelegate fails for a mailbox that never had any; else it tells of none
    delivery_delay: float = 0.0  # seconds between sending and delivering
    subscriptions: int = 5000  # of one mailbox, 20 in the Online profile (DOC notification errors)
    events_per_notification: int = 50
    streams: int = 10  # connections of one mailbox on which events are streamed
    streamed_subscriptions: int = 200  # of one such connection
    streaming_minutes: int = 30  # for which a streaming subscription may be without a connection
    notified: tuple[str, ...] = ()  # hosts beside this machine to which events may be pushed, see Callbacks
    minute: float = 60.0  # the seconds of real time in a minute for which an answer stays open or a push is retried

    @classmethod
    def online(cls) -> Settings:
        """The Online profile."""
        return cls(
            free_busy_days=62,
            propose_before_2013_sp1=True,
            absence_acts_on_calendar=True,
            delegates_must_be_set=False,
            subscriptions=20,
        )


@dataclass(frozen=True, slots=True)
class World:
    """One server's store, clock, ids, settings, active faults, and the subscriptions that live as long as it runs."""

    store: Store
    clock: Clock = field(default_factory=SystemClock)
    ids: Ids = field(default_factory=RandomIds)
    settings: Settings = field(default_factory=Settings)
    faults: frozenset[str] = frozenset()
    throttle: Throttle = field(default_factory=Throttle)
    subscriptions: Subscriptions = field(default_factory=Subscriptions)

    async def run(self, act: Callable[..., Result], *arguments: object) -> Result:
        """What the act returns: done at once, or in a worker thread where it waits for a database over the network."""
        return await asyncio.to_thread(act, *arguments) if self.store.is_remote else act(*arguments)
