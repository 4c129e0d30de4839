"""Whatever is done to a series and its occurrences, organizer and attendees agree on every single occurrence."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from reference_impl.directory.population import default_population
from reference_impl.domain import series
from reference_impl.domain.acts import Delivery, Disposal, EventDraft, FolderRef, Reply, Sending
from reference_impl.domain.copying import replace
from reference_impl.domain.errors import DomainError, OccurrenceCrossesNeighbour
from reference_impl.domain.items import Attendee, CalendarItem, Message, MessageKind, Response, TimeSlot
from reference_impl.domain.mailbox import FolderRole, Person
from reference_impl.domain.queries import Query
from reference_impl.domain.recurrence import Frequency, Recurrence, days_between
from reference_impl.service import directory, events, items, responses
from reference_impl.service.world import SeededIds, SteppedClock, World
from reference_impl.store.store import open_store

FIRST = date(2026, 3, 27)  # the clock of the series' zone changes within it
NINE = datetime(2026, 3, 27, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
PEOPLE = ("attendee0", "attendee1", "attendee2")
UNANSWERED = {Response.NONE, Response.NOT_RESPONDED}

people = st.sampled_from(PEOPLE)
numbers = st.integers(0, 4)
answers = st.sampled_from([Response.ACCEPTED, Response.TENTATIVE, Response.DECLINED])


class Series(RuleBasedStateMachine):
    """One series of five days; every change is told to everybody, every answer is sent."""

    def __init__(self):
        super().__init__()
        self.clock = SteppedClock(datetime(2026, 1, 5, 8, tzinfo=UTC))
        self.world = World(store=open_store(), clock=self.clock, ids=SeededIds("series"))
        self.world.store.populate(default_population()[:4], self.world.ids, self.clock.now())
        self.organizer = self.who("organizer0")
        self.is_over = False

    def teardown(self):
        self.world.store.close()

    def who(self, name):
        return directory.find_mailbox(self.world, f"{name}@example.com")

    @initialize(names=st.sampled_from([PEOPLE, PEOPLE[:2]]))
    def create(self, names):
        draft = EventDraft(
            start=NINE,
            end=NINE + HOUR,
            start_zone="Romance Standard Time",
            end_zone="Romance Standard Time",
            subject="Stand-up",
            location="Here",
            attendees=tuple(Attendee(Person(f"{name}@example.com")) for name in names),
            recurrence=Recurrence(frequency=Frequency.DAILY, start=FIRST, count=5),
        )
        event = events.create_event(self.world, self.organizer, draft, Sending())
        self.master_id, self.uid = event.id, event.uid

    @property
    def master(self):
        return items.get_item(self.world, self.organizer, self.master_id)

    def occurrences(self):
        """The organizer's occurrences, by day."""
        rule_ = self.master.recurrence
        days = days_between(rule_, rule_.start, rule_.start + 30 * DAY)
        found = (series.occurrence(self.master, day) for day in days)
        return [occurrence for occurrence in found if occurrence is not None]

    def related(self, name):
        mailbox = self.who(name)
        with self.world.store.begin(write=False) as unit:
            return unit.items_of(mailbox.id, self.uid)

    def copies(self, name):
        """What an attendee has on the calendar and in Deleted Items, occurrence by occurrence: day -> (copy, place)."""
        mailbox = self.who(name)
        deleted = self.world.store.directory.folder(mailbox.id, FolderRole.DELETED)
        found = {}
        for item in self.related(name):
            if not isinstance(item, CalendarItem):
                continue
            place = "deleted" if item.folder_id == deleted.id else "calendar"
            parts = [item]
            if item.recurrence is not None:
                window = TimeSlot(NINE - 30 * DAY, NINE + 60 * DAY)
                parts = list(series.occurrences(item, window))
            for part in parts:
                if found.get(part.day, (None, "deleted"))[1] == "deleted":
                    found[part.day] = (part, place)
        return found

    def change(self, item, **fields):
        self.clock.tick()
        return events.update_event(
            self.world, self.organizer, item.id, lambda before: replace(before, **fields), Sending()
        ).event

    def refuse(self, kind, act):
        before = self.world.store.snapshot()
        with pytest.raises(kind):
            act()
        assert self.world.store.snapshot() == before

    @precondition(lambda self: not self.is_over)
    @rule(place=st.sampled_from(["Here", "There", "Roof"]))
    def move_to_another_place(self, place):
        self.change(self.master, location=place)

    @precondition(lambda self: not self.is_over)
    @rule(hours=st.integers(-2, 2))
    def move_to_another_hour(self, hours):
        master = self.master
        self.change(master, start=NINE + hours * HOUR, end=NINE + (hours + 1) * HOUR)

    @precondition(lambda self: not self.is_over)
    @rule(names=st.frozensets(people))
    def invite(self, names):
        invited = tuple(Attendee(Person(f"{name}@example.com")) for name in sorted(names))
        if not self.master.exceptions:  # who is invited to an exception is decided by it alone from then on
            self.change(self.master, attendees=invited)

    @precondition(lambda self: not self.is_over)
    @rule(number=numbers, hours=st.integers(-3, 3), place=st.none() | st.sampled_from(["Cellar", "Here"]))
    def change_one(self, number, hours, place):
        found = self.occurrences()
        occurrence = found[number % len(found)]
        start = occurrence.original_start + hours * HOUR
        fields = {} if place is None else {"location": place}
        self.change(occurrence, start=start, end=start + HOUR, **fields)

    @precondition(lambda self: not self.is_over)
    @rule(number=numbers)
    def move_one_onto_its_neighbour(self, number):
        found = self.occurrences()
        if len(found) < 2:
            return
        occurrence = found[number % (len(found) - 1)]
        later = found[number % (len(found) - 1) + 1].start
        self.refuse(OccurrenceCrossesNeighbour, lambda: self.change(occurrence, start=later, end=later + HOUR))

    @precondition(lambda self: not self.is_over and len(self.occurrences()) > 1)
    @rule(number=numbers, by_cancelling=st.booleans())
    def call_one_off(self, number, by_cancelling):
        found = self.occurrences()
        occurrence = found[number % len(found)]
        self.clock.tick()
        if by_cancelling and occurrence.attendees:
            events.cancel_event(self.world, self.organizer, occurrence.id, None, Delivery())
        else:
            items.delete_item(self.world, self.organizer, occurrence.id, Disposal.HARD, Sending())

    @precondition(lambda self: not self.is_over)
    @rule(name=people, response=answers, by_request=st.booleans())
    def answer_the_series(self, name, response, by_request):
        item = next(
            (
                item
                for item in reversed(self.related(name))
                if (isinstance(item, Message) and item.kind is MessageKind.REQUEST and item.meeting.day is None)
                is by_request
                and (isinstance(item, Message) or item.recurrence is not None)
                and not (isinstance(item, Message) and item.kind is not MessageKind.REQUEST)
                and not (isinstance(item, Message) and item.meeting.day is not None)
            ),
            None,
        )
        if item is not None:
            self.answer(name, item, response)

    @precondition(lambda self: not self.is_over)
    @rule(name=people, number=numbers, response=answers)
    def answer_one(self, name, number, response):
        found = [part for part, place in self.copies(name).values() if place == "calendar"]
        if found:
            self.answer(name, found[number % len(found)], response)

    def answer(self, name, item, response):
        self.clock.tick()
        mailbox = self.who(name)

        def act():
            return responses.respond(self.world, mailbox, item.id, Reply(response=response))

        is_old = isinstance(item, Message) and item.is_out_of_date
        if is_old or (isinstance(item, CalendarItem) and item.is_cancelled):
            self.refuse(DomainError, act)
        else:
            try:
                act()
            except DomainError:
                assert isinstance(item, Message), "only the copy of a request can have been cancelled meanwhile"

    @rule(name=people)
    def clear_away(self, name):
        mailbox = self.who(name)
        inbox = items.find_items(self.world, mailbox, Query(folder=FolderRef(role=FolderRole.INBOX))).items
        for item in inbox:
            if isinstance(item, Message) and item.kind is MessageKind.CANCELLATION:
                responses.remove_cancelled(self.world, mailbox, item.id)

    @precondition(lambda self: not self.is_over and bool(self.master.attendees))
    @rule(go=st.sampled_from([True, False, False, False]))
    def call_everything_off(self, go):
        if go:
            self.clock.tick()
            events.cancel_event(self.world, self.organizer, self.master_id, None, Delivery())
            self.is_over = True

    @invariant()
    def both_sides_agree_on_every_occurrence(self):
        if self.is_over:
            for name in PEOPLE:
                assert all(part.is_cancelled or place == "deleted" for part, place in self.copies(name).values())
            return
        mine = {occurrence.day: occurrence for occurrence in self.occurrences()}
        for name in PEOPLE:
            theirs = self.copies(name)
            for day, occurrence in mine.items():
                entry = next((one for one in occurrence.attendees if one.person.key == f"{name}@example.com"), None)
                if entry is not None:
                    self.agree(occurrence, entry, theirs.get(day))
            for day, (part, place) in theirs.items():
                is_invited = day in mine and any(one.person.key == f"{name}@example.com" for one in mine[day].attendees)
                assert is_invited or part.is_cancelled or place == "deleted"

    def agree(self, occurrence, entry, found):
        if found is None:
            pytest.fail(f"{entry.person.address} lacks {occurrence.day}")
        part, place = found
        same = part.my_response is entry.response
        assert same or (part.my_response is Response.NOT_RESPONDED and entry.response in UNANSWERED)
        assert (place == "deleted") is (part.my_response is Response.DECLINED)
        assert not part.is_cancelled
        if place == "calendar":
            assert part.slot == occurrence.slot
            assert part.location == occurrence.location


TestSeries = Series.TestCase
TestSeries.settings = settings(max_examples=60, stateful_step_count=20, deadline=None, derandomize=True)
