"""Once every message is processed both sides of a meeting agree, and refused acts change nothing, whatever is done."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from reference_impl.directory.population import default_population
from reference_impl.domain.acts import Audience, ConflictResolution, Delivery, EventDraft, FolderRef, Reply, Sending
from reference_impl.domain.copying import replace
from reference_impl.domain.errors import DomainError
from reference_impl.domain.freebusy import STRENGTH
from reference_impl.domain.items import Attendee, CalendarItem, Message, MessageKind, Response, ShowAs, TimeSlot
from reference_impl.domain.mailbox import FolderRole, Person
from reference_impl.domain.queries import Query
from reference_impl.service import delivery, directory, events, items, responses
from reference_impl.service.availability import free_busy
from reference_impl.service.world import SeededIds, SteppedClock, World
from reference_impl.store.store import open_store

NINE = datetime(2026, 1, 6, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
PEOPLE = ("attendee0", "attendee1", "attendee2")
ANSWERS = (Response.ACCEPTED, Response.TENTATIVE, Response.DECLINED)
UNANSWERED = {Response.NONE, Response.NOT_RESPONDED}

people = st.sampled_from(PEOPLE)
subsets = st.frozensets(people)
numbers = st.integers(0, 9)  # nine: a cancelled meeting will do as well
answers = st.sampled_from(ANSWERS)


@dataclass
class Guest:
    """What a plain reading of the documents says of one attendee; kept without any of the server's code."""

    told: Response = Response.NONE  # the organizer's entry
    own: Response = Response.NOT_RESPONDED
    proposal: TimeSlot | None = None


@dataclass
class Meeting:
    event_id: str
    uid: str
    slot: TimeSlot  # as the organizer has it
    sent_slot: TimeSlot | None  # as everybody was told
    place: str
    sent_place: str
    proposals: bool
    guests: dict[str, Guest] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    quiet: set[str] = field(default_factory=set)  # whose last answer was not sent
    is_cancelled: bool = False
    is_modelled: bool = True  # false once deliveries crossed
    is_sent: bool = True


class Meetings(RuleBasedStateMachine):
    """Everything is delivered at once."""

    def __init__(self):
        super().__init__()
        self.clock = SteppedClock(datetime(2026, 1, 5, 8, tzinfo=UTC))
        self.world = World(store=open_store(), clock=self.clock, ids=SeededIds("laws"))
        self.world.store.populate(default_population()[:4], self.world.ids, self.clock.now())
        self.organizer = self.who("organizer0")
        self.meetings: list[Meeting] = []

    def teardown(self):
        self.world.store.close()

    def who(self, name):
        return directory.find_mailbox(self.world, f"{name}@example.com")

    @property
    def is_holding(self):
        return self.world.store.holds_deliveries

    def pick(self, number):
        alive = [meeting for meeting in self.meetings if not meeting.is_cancelled]
        choices = alive if alive and number < 9 else self.meetings
        meeting = choices[number % len(choices)]
        if self.is_holding:
            meeting.is_modelled = False
        self.clock.tick()
        return meeting

    def related(self, mailbox, meeting):
        with self.world.store.begin(write=False) as unit:
            return unit.items_of(mailbox.id, meeting.uid)

    def copies(self, mailbox, meeting):
        return [item for item in self.related(mailbox, meeting) if isinstance(item, CalendarItem)]

    def refuse(self, act):
        before = self.world.store.snapshot()
        with pytest.raises(DomainError):
            act()
        assert self.world.store.snapshot() == before

    @initialize(names=st.sampled_from([PEOPLE, PEOPLE[:2]]))
    def first_meeting(self, names):
        self.create(names, True, Audience.EVERYBODY)

    @precondition(lambda self: sum(not meeting.is_cancelled for meeting in self.meetings) < 2)
    @rule(
        names=subsets,
        proposals=st.booleans(),
        audience=st.sampled_from([Audience.EVERYBODY, Audience.EVERYBODY, Audience.NOBODY]),
    )
    def create(self, names, proposals, audience):
        self.clock.tick()
        slot = TimeSlot(NINE + len(self.meetings) * HOUR / 2, NINE + HOUR + len(self.meetings) * HOUR / 2)
        draft = EventDraft(
            start=slot.start,
            end=slot.end,
            subject="Plan",
            location="Here",
            attendees=tuple(Attendee(Person(f"{name}@example.com")) for name in sorted(names)),
            allow_new_time_proposals=proposals,
        )
        event = events.create_event(self.world, self.organizer, draft, Sending(audience))
        is_sent = audience is Audience.EVERYBODY and bool(names)
        meeting = Meeting(
            event.id, event.uid, slot, slot if is_sent else None, "Here", "Here", proposals, is_sent=is_sent
        )
        meeting.is_modelled = not self.is_holding
        meeting.guests = {name: Guest() for name in sorted(names)}
        self.meetings.append(meeting)

    @rule(
        number=numbers,
        chosen=st.integers(0, 2),
        response=answers,
        hours=st.sampled_from([None, None, -2, 3]),
        through=st.booleans(),
        sends=st.sampled_from([True, True, True, False]),
    )
    def answer(self, number, chosen, response, hours, through, sends):
        meeting = self.pick(number)
        names = sorted({*meeting.guests, *meeting.gone}) or PEOPLE
        self.reply(meeting, names[chosen % len(names)], response, hours, through, sends)

    @rule(number=numbers, responses_given=st.tuples(answers, answers, answers))
    def everybody_answers(self, number, responses_given):
        meeting = self.pick(number)
        for name, response in zip(tuple(meeting.guests), responses_given, strict=False):
            self.reply(meeting, name, response, None, through=True, sends=True)

    def reply(self, meeting, name, response, hours, through, sends):
        mailbox = self.who(name)
        choices = [
            item
            for item in self.related(mailbox, meeting)
            if (isinstance(item, CalendarItem) if through else isinstance(item, Message) and item.kind == "request")
        ]
        if not choices:
            return
        item = choices[-1]
        proposal = None if hours is None else TimeSlot(NINE + hours * HOUR, NINE + (hours + 1) * HOUR)
        reply = Reply(response=response, proposal=proposal, delivery=Delivery(send=sends, save_copy=True))

        def act():
            return responses.respond(self.world, mailbox, item.id, reply)

        (copy,) = self.copies(mailbox, meeting) or (None,)
        refuses = (
            (copy is not None and copy.is_cancelled)
            or (isinstance(item, Message) and item.is_out_of_date)
            or (proposal is not None and not (sends and meeting.proposals))
        )
        if refuses:
            self.refuse(act)
            return
        replied = act()
        assert replied.event is not None
        assert replied.event.my_response is response
        (meeting.quiet.discard if sends else meeting.quiet.add)(name)
        guest = meeting.guests.get(name)
        if guest is not None:
            guest.own = response
            if sends:
                guest.told, guest.proposal = response, proposal

    @rule(
        number=numbers,
        hours=st.none() | st.integers(-3, 3),
        place=st.none() | st.sampled_from(["Here", "There"]),
        names=st.sampled_from([None, None]) | subsets,
        sends=st.sampled_from([Audience.EVERYBODY, Audience.EVERYBODY, Audience.NOBODY, Audience.AS_NEEDED]),
    )
    def update(self, number, hours, place, names, sends):  # noqa: C901  the documents' cases, one by one
        meeting = self.pick(number)
        if sends is Audience.NOBODY or self.is_holding:
            names = None if sends is not Audience.EVERYBODY else names
        slot = meeting.slot if hours is None else TimeSlot(NINE + hours * HOUR, NINE + (hours + 1) * HOUR)
        where = meeting.place if place is None else place

        def edit(event):
            invited = event.attendees
            if names is not None:
                invited = tuple(Attendee(Person(f"{name}@example.com")) for name in sorted(names))
            return replace(event, start=slot.start, end=slot.end, location=where, attendees=invited)

        def act():
            return events.update_event(self.world, self.organizer, meeting.event_id, edit, Sending(sends))

        if meeting.is_cancelled:
            if sends is Audience.EVERYBODY:
                self.refuse(act)
            return
        is_news = slot != meeting.slot or where != meeting.place
        updated = act().event
        meeting.slot, meeting.place = slot, where
        came = set() if names is None else set(names) - set(meeting.guests)
        went = set() if names is None else set(meeting.guests) - set(names)
        everybody = sends is Audience.EVERYBODY or (sends is Audience.AS_NEEDED and is_news)
        if everybody and meeting.is_sent and meeting.sent_slot != slot:
            for guest in meeting.guests.values():
                guest.told, guest.own, guest.proposal = Response.NOT_RESPONDED, Response.NOT_RESPONDED, None
            meeting.quiet.clear()
        if meeting.is_sent:
            meeting.gone |= went
        meeting.gone -= came
        meeting.quiet -= came | went
        for name in went:
            del meeting.guests[name]
        meeting.guests |= {name: Guest() for name in came}
        is_told = (everybody or (sends is Audience.AS_NEEDED and bool(came))) and bool(meeting.guests)
        if is_told and (everybody or not meeting.is_sent):
            meeting.sent_slot, meeting.sent_place = slot, where
        if not meeting.is_sent and is_told and not everybody:
            meeting.is_modelled = False  # only the newcomers of an unsent meeting were told
        if not meeting.is_sent and not is_told:
            meeting.gone.clear()
        meeting.is_sent = meeting.is_sent or is_told
        assert updated.slot == slot

    @precondition(lambda self: len(self.meetings) > 1)
    @rule(number=numbers)
    def cancel(self, number):
        meeting = self.pick(number)

        def act():
            return events.cancel_event(self.world, self.organizer, meeting.event_id, None, Delivery())

        if meeting.is_cancelled or not meeting.guests:
            self.refuse(act)
            return
        meeting.event_id = act().event.id
        meeting.is_cancelled = True

    @precondition(lambda self: not self.is_holding)
    @rule(name=people)
    def clear_away(self, name):
        mailbox = self.who(name)
        inbox = items.find_items(self.world, mailbox, Query(folder=FolderRef(role=FolderRole.INBOX))).items
        for item in inbox:
            if isinstance(item, Message) and item.kind is MessageKind.CANCELLATION:
                responses.remove_cancelled(self.world, mailbox, item.id)

    @rule(number=numbers, name=people)
    def refused_acts(self, number, name):
        meeting = self.pick(number)
        organizer = self.organizer
        attempts = [
            lambda: responses.respond(self.world, organizer, meeting.event_id, Reply(response=Response.ACCEPTED)),
            lambda: responses.remove_cancelled(self.world, organizer, meeting.event_id),
            lambda: items.get_item(self.world, self.who(name), meeting.event_id),
            lambda: events.update_event(
                self.world, organizer, meeting.event_id, lambda item: replace(item, end=NINE.replace(2020)), Sending()
            ),
            lambda: events.update_event(
                self.world,
                organizer,
                meeting.event_id,
                lambda item: replace(item, subject="stale"),
                Sending(Audience.NOBODY),
                0,
                ConflictResolution.NEVER_OVERWRITE,
            ),
        ]
        attempts.extend(
            lambda copy=copy: events.cancel_event(self.world, self.who(name), copy.id, None, Delivery())
            for copy in self.copies(self.who(name), meeting)
        )
        before = self.world.store.snapshot()
        for attempt in attempts:
            with pytest.raises(DomainError):
                attempt()
        assert self.world.store.snapshot() == before

    @invariant()
    def both_sides_agree(self):
        if self.is_holding:
            return
        assert delivery.waiting(self.world) == 0
        for meeting in self.meetings:
            event = items.get_item(self.world, self.organizer, meeting.event_id)
            assert event.is_cancelled is meeting.is_cancelled
            if not meeting.is_sent:
                continue
            entries = {entry.person.address.partition("@")[0]: entry for entry in event.attendees}
            assert set(entries) == set(meeting.guests)
            for name, entry in entries.items():
                self.agree(meeting, event, name, entry)
            for name in meeting.gone:
                assert all(copy.is_cancelled for copy in self.copies(self.who(name), meeting))

    def agree(self, meeting, event, name, entry):
        mailbox = self.who(name)
        copies = self.copies(mailbox, meeting)
        if not meeting.is_modelled and not copies:
            return  # added before the first sending, told with the next one
        (copy,) = copies
        assert copy.is_cancelled is meeting.is_cancelled
        if not meeting.is_cancelled and meeting.is_modelled:
            assert copy.slot == meeting.sent_slot
            assert copy.location == meeting.sent_place
        if copy.is_cancelled:
            assert copy.show_as is ShowAs.FREE
        elif name not in meeting.quiet:
            same = copy.my_response is entry.response
            assert same or (copy.my_response is Response.NOT_RESPONDED and entry.response in UNANSWERED)
            assert (entry.response_time is None) == (entry.response in UNANSWERED)
        if meeting.is_modelled:
            guest = meeting.guests[name]
            assert (copy.my_response, entry.response, entry.proposal) == (guest.own, guest.told, guest.proposal)
        if not copy.is_cancelled:
            deleted = self.world.store.directory.folder(mailbox.id, FolderRole.DELETED)
            assert (copy.folder_id == deleted.id) is (copy.my_response is Response.DECLINED)
            current = [
                item
                for item in self.related(mailbox, meeting)
                if isinstance(item, Message) and item.kind is MessageKind.REQUEST and not item.is_out_of_date
            ]
            assert len(current) <= 1
            assert all(item.meeting.sequence <= event.sequence for item in current)

    @invariant()
    def calendars_and_free_busy_agree(self):
        window = TimeSlot(NINE - 6 * HOUR, NINE + 6 * HOUR)
        addresses = [f"{name}@example.com" for name in PEOPLE]
        found = free_busy(self.world, self.organizer, addresses, window, 30, days_limit=42, mailboxes_limit=100)
        for name, schedule in zip(PEOPLE, found, strict=True):
            mailbox = self.who(name)
            calendar = items.find_items(self.world, mailbox, Query(folder=FolderRef(role=FolderRole.CALENDAR))).items
            for index, rank in enumerate(schedule.slots):
                start = window.start + index * HOUR / 2
                there = {item.show_as for item in calendar if item.start < start + HOUR / 2 and item.end > start} | {
                    ShowAs.FREE
                }
                strongest = next(status for status in (ShowAs.BUSY, ShowAs.TENTATIVE, ShowAs.FREE) if status in there)
                assert STRENGTH[rank] is strongest


class HeldMeetings(Meetings):
    """Messages may wait and cross."""

    @precondition(lambda self: not self.is_holding)
    @rule()
    def hold(self):
        delivery.hold(self.world)

    @rule()
    def release(self):
        self.clock.tick()
        delivery.release(self.world)

    @precondition(lambda self: self.is_holding)
    @rule()
    def step(self):
        delivery.step(self.world)


PLAY = settings(max_examples=50, stateful_step_count=25, deadline=None, derandomize=True)

TestMeetings = Meetings.TestCase
TestMeetings.settings = PLAY
TestHeldMeetings = HeldMeetings.TestCase
TestHeldMeetings.settings = PLAY
