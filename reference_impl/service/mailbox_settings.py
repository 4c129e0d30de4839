"""What an owner has set for the own mailbox, of which other parts tell each their share: absence, delegates, hours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reference_impl.domain.delegation import MeetingDelivery
from reference_impl.domain.errors import LanguageUnknown, WorkingHoursInvalid
from reference_impl.domain.languages import spelt
from reference_impl.domain.mailbox import Mailbox, WorkingHours
from reference_impl.domain.oof import OofSettings
from reference_impl.domain.timezone import zone
from reference_impl.service.automatic_replies import oof_settings_of
from reference_impl.service.delegates import put_delivery
from reference_impl.service.delivery import settle
from reference_impl.service.out_of_office import announce_absence
from reference_impl.service.rights import delegation_of
from reference_impl.service.world import World
from reference_impl.store.unit import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxSettings:
    """The settings of one mailbox; of meeting messages it is said what becomes of them once there are delegates."""

    time_zone: str
    working_hours: WorkingHours
    language: str
    date_format: str
    time_format: str
    absence: OofSettings
    delivery: MeetingDelivery


_OWN = ("time_zone", "working_hours", "language", "date_format", "time_format")
"""What is kept with the mailbox itself."""


def settings_of(world: World, owner: Mailbox) -> MailboxSettings:
    """The settings of a mailbox."""
    with world.store.begin(write=False) as unit:
        return _read(unit, owner)


def change_settings(
    world: World, owner: Mailbox, edit: Callable[[MailboxSettings], MailboxSettings]
) -> MailboxSettings:
    """The settings as ``edit`` made them, all of them or none.

    Raises NoSuchTimeZone, WorkingHoursInvalid, LanguageUnknown, the errors of ``announce_absence`` and of ``edit``.
    """
    with world.store.begin() as unit:
        before = _read(unit, owner)
        after = edit(before)
        chosen = {name: getattr(after, name) for name in _OWN if getattr(after, name) != getattr(before, name)}
        _check(after)
        if "language" in chosen:
            chosen["language"] = spelt(after.language)
        if chosen:
            unit.put_mailbox(unit.mailbox(owner.id), chosen)
        if after.absence != before.absence:
            announce_absence(unit, world, owner, after.absence)
        if after.delivery is not before.delivery:
            put_delivery(unit, owner, after.delivery)
        settle(unit, world)
        return _read(unit, owner)


def _check(settings: MailboxSettings) -> None:
    zone(settings.time_zone)
    hours = settings.working_hours
    if hours.zone:
        zone(hours.zone)
    if not 0 <= hours.start_minute < hours.end_minute <= 1440:
        raise WorkingHoursInvalid
    if spelt(settings.language) is None:
        raise LanguageUnknown(tag=settings.language)


def _read(unit: UnitOfWork, owner: Mailbox) -> MailboxSettings:
    mailbox = unit.mailbox(owner.id)
    delegation = delegation_of(unit, owner)
    return MailboxSettings(
        absence=oof_settings_of(unit, owner),
        delivery=MeetingDelivery.DELEGATES_ONLY if delegation is None else delegation.delivery,
        **{name: getattr(mailbox, name) for name in _OWN},
    )
