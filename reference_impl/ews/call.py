"""One request under way: who asks, in which version, and how times are read and written."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

import msgspec

from reference_impl.domain.mailbox import Mailbox
from reference_impl.ews.times import format_time, in_utc, read_time
from reference_impl.ews.versions import Version
from reference_impl.service.directory import mailbox_by_id
from reference_impl.service.world import World


class Call(msgspec.Struct, frozen=True):
    """What every part of an answer depends on.

    ``zone`` and ``zone_name`` come from the TimeZoneContext header; None where there is none, which means UTC.
    """

    world: World
    actor: Mailbox
    version: Version
    zone: tzinfo | None = None
    zone_name: str | None = None
    milliseconds: bool = False

    def owner(self, mailbox_id: str) -> Mailbox:
        """The mailbox that an item or folder of this call is in: the caller's own, or one opened by the caller."""
        if mailbox_id == self.actor.id:
            return self.actor
        mailbox = mailbox_by_id(self.world, mailbox_id)
        assert mailbox is not None, "an item in no mailbox"
        return mailbox

    @property
    def input_zone(self) -> tzinfo:
        """The zone of times that carry no offset and no zone of their own."""
        return self.zone if self.zone is not None and self.version.has("Exchange2010") else UTC

    @property
    def output_zone(self) -> tzinfo | None:
        """The zone whose offset answers show; None for Z."""
        return self.zone if self.version.has("Exchange2010") else None

    @property
    def creation_zone(self) -> str:
        """The name of the zone of a new item that names none itself."""
        return self.zone_name if self.zone_name is not None and self.version.has("Exchange2010") else "UTC"

    def read_time(self, text: str) -> datetime:
        """The moment of an xs:dateTime, in UTC. Raises ErrorValueOutOfRange."""
        return read_time(text, self.input_zone)

    def time(self, moment: datetime) -> str:
        """A moment as this call's answers show it."""
        if self.zone is None and moment.tzinfo is UTC:
            return in_utc(moment, self.milliseconds)
        return format_time(moment, self.output_zone, milliseconds=self.milliseconds)
