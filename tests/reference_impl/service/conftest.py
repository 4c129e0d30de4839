"""A small stage: one world, its people, and the questions that tests ask of their mailboxes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from reference_impl.directory.population import default_population
from reference_impl.domain.acts import EventDraft, FolderRef, Reply, Sending
from reference_impl.domain.copying import replace
from reference_impl.domain.items import Attendee, CalendarItem, Message, MessageKind, Response, Role
from reference_impl.domain.mailbox import FolderRole, Person
from reference_impl.domain.queries import Query
from reference_impl.service import directory, events, items, responses
from reference_impl.service.settings import Settings
from reference_impl.service.world import SeededIds, SteppedClock, World
from reference_impl.store.store import open_store

NINE = datetime(2026, 1, 6, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Stage:
    """One world with the default people."""

    def __init__(self, url="sqlite://", seed="stage", population=None, settings=None, faults=frozenset()):
        self.clock = SteppedClock(datetime(2026, 1, 5, 8, tzinfo=UTC))
        self.world = World(
            store=open_store(url),
            clock=self.clock,
            ids=SeededIds(seed),
            settings=settings or Settings(),
            faults=faults,
        )
        self.world.store.populate(population or default_population(), self.world.ids, self.clock.now())
        self.organizer = self.who("organizer0")
        self.attendee = self.who("attendee0")
        self.other = self.who("attendee1")

    def who(self, name):
        mailbox = directory.find_mailbox(self.world, name if "@" in name else f"{name}@example.com")
        assert mailbox is not None
        return mailbox

    def guests(self, *names, role=Role.REQUIRED):
        return tuple(Attendee(Person(f"{name}@example.com" if "@" not in name else name), role) for name in names)

    def meet(self, *names, sending=None, start=NINE, end=None, actor=None, **draft):
        """A meeting of the organizer's with the named people, sent to all unless told otherwise."""
        self.clock.tick()
        draft.setdefault("subject", "Plan")
        draft.setdefault("attendees", self.guests(*names))
        return events.create_event(
            self.world,
            actor or self.organizer,
            EventDraft(start=start, end=end or start + HOUR, **draft),
            sending or Sending(),
        )

    def change(self, event, sending=None, actor=None, **fields):
        self.clock.tick()
        return events.update_event(
            self.world,
            actor or self.organizer,
            event.id,
            lambda before: replace(before, **fields),
            sending or Sending(),
        ).event

    def answer(self, mailbox, item, response=Response.ACCEPTED, **reply):
        self.clock.tick()
        return responses.respond(self.world, mailbox, item.id, Reply(response=response, **reply))

    def listed(self, mailbox, role):
        return items.find_items(self.world, mailbox, Query(folder=FolderRef(role=role))).items

    def inbox(self, mailbox, kind=None):
        found = [item for item in self.listed(mailbox, FolderRole.INBOX) if isinstance(item, Message)]
        return [item for item in found if kind is None or item.kind is kind]

    def request(self, mailbox):
        """The newest request in the Inbox."""
        return self.inbox(mailbox, MessageKind.REQUEST)[-1]

    def calendar(self, mailbox):
        return [item for item in self.listed(mailbox, FolderRole.CALENDAR) if isinstance(item, CalendarItem)]

    def copy(self, mailbox):
        (only,) = self.calendar(mailbox)
        return only

    def deleted(self, mailbox):
        return self.listed(mailbox, FolderRole.DELETED)

    def sent(self, mailbox):
        return self.listed(mailbox, FolderRole.SENT)

    def drafts(self, mailbox):
        return self.listed(mailbox, FolderRole.DRAFTS)

    def now(self, mailbox, item):
        return items.get_item(self.world, mailbox, item.id)

    def entry(self, event, name="attendee0"):
        current = self.now(self.organizer, event)
        return next(one for one in current.attendees if one.person.address == f"{name}@example.com")

    def snapshot(self):
        return self.world.store.snapshot()


@pytest.fixture
def stage():
    made = Stage()
    yield made
    made.world.store.close()


@pytest.fixture
def make_stage():
    made = []

    def make(*arguments, **named):
        made.append(Stage(*arguments, **named))
        return made[-1]

    yield make
    for one in made:
        one.world.store.close()
