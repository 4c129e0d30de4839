"""Subscribing to a mailbox's events, and reading them from its change log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from reference_impl.domain.errors import NotAPullSubscription, WatermarkInvalid
from reference_impl.domain.mailbox import FolderRole, Mailbox
from reference_impl.domain.mailboxevents import WHOLE, MailboxEvent, MailboxEventKind, Watermark, mailbox_events
from reference_impl.service.callbacks import Callbacks
from reference_impl.service.pushing import Push
from reference_impl.service.subscriptions import Mode, Subscription
from reference_impl.service.world import World
from reference_impl.store.unit import UnitOfWork

_CHUNK: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a subscriber wants to hear of; ``after`` continues where an earlier subscription was left."""

    mode: Mode
    kinds: frozenset[MailboxEventKind]
    folders: frozenset[str] | None
    after: Watermark | None = None
    lifetime: timedelta | None = None
    expires: datetime | None = None
    push: Push | None = None


class Told(NamedTuple):
    """One event; of a changed folder with the number of unread items that it has by now."""

    event: MailboxEvent
    unread: int | None


@dataclass(frozen=True, slots=True)
class Telling:
    """The events that come next, whether more wait, and the place from which to go on."""

    events: tuple[Told, ...]
    has_more: bool
    end: Watermark


def subscribe(world: World, actor: Mailbox, wish: Wish, by: Mailbox | None = None) -> Subscription:
    """Begin to tell of what happens in the actor's mailbox from now on, or after a place; somebody else may be told.

    Raises WatermarkInvalid for a place that the mailbox has not reached, CallbackRefused, TooManySubscriptions.
    """
    if wish.push is not None:
        Callbacks(world.settings.notified).check(wish.push.url)
    with world.store.begin(write=False) as unit:
        head = unit.version(actor.id)
    start = wish.after or Watermark(head, WHOLE)
    if start.version > head:
        raise WatermarkInvalid
    subscription = Subscription(
        id=str(UUID(bytes=world.ids.token(16))),
        mailbox_id=actor.id,
        subscriber=(by or actor).id,
        mode=wish.mode,
        kinds=wish.kinds,
        folders=wish.folders,
        start=start,
        told=start,
        lifetime=wish.lifetime,
        used=world.clock.now(),
        expires=wish.expires,
        push=wish.push,
    )
    world.subscriptions.add(subscription, world.settings.subscriptions)
    return subscription


def unsubscribe(world: World, actor: Mailbox, subscription_id: str) -> None:
    """End a subscription of the actor's.

    Whom events are pushed to ends that in the answer to a push (DOC unsubscribe): NotAPullSubscription. Raises the
    errors of ``Subscriptions.find`` besides.
    """
    subscription = world.subscriptions.find(actor, subscription_id, world.clock.now())
    if subscription.mode is Mode.PUSH:
        raise NotAPullSubscription
    world.subscriptions.end(subscription)


def pull_subscription(world: World, actor: Mailbox, subscription_id: str) -> Subscription:
    """The actor's subscription whose events are fetched, in use now.

    Raises NotAPullSubscription and the errors of ``Subscriptions.find``.
    """
    now = world.clock.now()
    subscription = world.subscriptions.find(actor, subscription_id, now)
    if subscription.mode is not Mode.PULL:
        raise NotAPullSubscription
    subscription.used = now
    return subscription


def telling(world: World, subscription: Subscription, after: Watermark) -> Telling:
    """What a subscription tells after a place. Raises WatermarkInvalid for one it has never told of."""
    limit = world.settings.events_per_notification
    with world.store.begin(write=False) as unit:
        head = unit.version(subscription.mailbox_id)
        if after < subscription.start or after.version > head:
            raise WatermarkInvalid
        found: list[MailboxEvent] = []
        for event in _events(unit, subscription, after):
            if len(found) == limit:
                return _telling(unit, found, has_more=True, end=found[-1].watermark)
            found.append(event)
        return _telling(unit, found, has_more=False, end=found[-1].watermark if found else Watermark(head, WHOLE))


def _telling(unit: UnitOfWork, events: list[MailboxEvent], *, has_more: bool, end: Watermark) -> Telling:
    changed = {event.subject for event in events if event.is_folder and event.kind is MailboxEventKind.MODIFIED}
    folders = (folder for subject in changed if (folder := unit.directory.folders.get(subject)) is not None)
    unread = {folder.id: unit.counts(folder)[1] for folder in folders}
    told = (
        Told(event, unread.get(event.subject) if event.kind is MailboxEventKind.MODIFIED else None) for event in events
    )
    return Telling(tuple(told), has_more, end)


def _events(unit: UnitOfWork, subscription: Subscription, after: Watermark) -> Iterator[MailboxEvent]:
    folders = unit.directory.folders
    calendar = unit.folder(subscription.mailbox_id, FolderRole.CALENDAR).id

    def parent_of(folder_id: str) -> str | None:
        folder = folders.get(folder_id)
        return None if folder is None else folder.parent_id or folder.id

    version = after.version if after.part == WHOLE else after.version - 1
    while entries := unit.entries_since(subscription.mailbox_id, version, limit=_CHUNK):
        for entry in entries:
            for event in mailbox_events(entry, parent_of, calendar):
                is_meant = subscription.folders is None or event.is_in(subscription.folders)
                if event.watermark > after and event.kind in subscription.kinds and is_meant:
                    yield event
        version = entries[-1].version
