"""Acts that are committed together: what lasts, what is undone, who sees what, and when who is answered."""

import asyncio
import contextlib
import functools
import sqlite3
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from reference_impl.directory.population import default_population
from reference_impl.domain.acts import EventDraft, FolderDraft, FolderRef, Sending
from reference_impl.domain.copying import replace
from reference_impl.domain.errors import ItemNotFound
from reference_impl.domain.items import Attendee, TimeSlot
from reference_impl.domain.mailbox import FolderRole, Person
from reference_impl.service import directory, events, folders, items
from reference_impl.service.world import SeededIds, SteppedClock, World
from reference_impl.store import groups
from reference_impl.store.groups import NotCommitted
from reference_impl.store.ledger import Ledger
from reference_impl.store.store import open_store

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


def in_a_loop(test):
    """Run an asynchronous test."""

    @functools.wraps(test)
    def run(*arguments, **named):
        asyncio.run(test(*arguments, **named))

    return run


class Office:
    """A world on a file, and what is committed in it."""

    def __init__(self, file) -> None:
        self.file = file
        self.world = World(store=open_store(f"sqlite:///{file}"), clock=SteppedClock(NOW), ids=SeededIds("groups"))
        self.world.store.populate(default_population(), self.world.ids, NOW)
        self.organizer = directory.find_mailbox(self.world, "organizer0@example.com")

    def invite(self, subject):
        draft = EventDraft(
            start=NOW, end=NOW + HOUR, subject=subject, attendees=(Attendee(Person("attendee0@example.com")),)
        )
        return events.create_event(self.world, self.organizer, draft, Sending())

    def calendar(self):
        return self.world.store.directory.folder(self.organizer.id, FolderRole.CALENDAR)

    def subjects(self):
        with self.world.store.begin(write=False) as unit:
            return [event.subject for event in unit.items_in(self.calendar())]

    def invite_and_look(self, subject):
        """Invite, and what one is then busy with."""
        self.invite(subject)
        window = TimeSlot(NOW, NOW + HOUR)
        with self.world.store.begin(write=False) as unit:
            busy = self.world.store.busy.read(unit, self.organizer.id, self.calendar().id, window)
        return [event.item.subject for event in busy.events]

    def has_every_version(self):
        """Whether the changes of each mailbox are numbered without a gap."""
        with self.world.store.begin(write=False) as unit:
            rows = unit.run.connection.execute("select max(version), count(*) from change_log group by mailbox")
            return all(highest == count for highest, count in rows.fetchall())

    def lasting(self):
        """The subjects of the organizer's meetings as another program finds them in the file."""
        with sqlite3.connect(self.file) as other:
            number = self.world.store.directory.numbers.folders[self.calendar().id]
            rows = other.execute("select subject from item where folder = ? order by serial", (number,)).fetchall()
        other.close()
        return [subject for (subject,) in rows]


@pytest.fixture
def office(tmp_path):
    made = Office(tmp_path / "mailboxes.db")
    yield made
    made.world.store.close()


@pytest.fixture
def commits(office, monkeypatch):
    """A count of commits."""
    done, commit = [], office.world.store._database.commit

    def counted(connection):
        done.append(connection.in_transaction)
        commit(connection)

    monkeypatch.setattr(office.world.store._database, "commit", counted)
    return done


@in_a_loop
async def test_acts_that_come_side_by_side_are_committed_once_and_answered_after_that(office, commits):
    async def request(number):
        event = await office.world.run(office.invite, f"Plan {number}")
        assert f"plan {number}" in office.lasting()
        return event.subject

    answers = await asyncio.gather(*(request(number) for number in range(8)))
    assert answers == [f"Plan {number}" for number in range(8)]
    assert commits == [True]
    assert office.subjects() == answers


@in_a_loop
async def test_a_group_waits_no_longer_than_a_round_that_brings_nothing(office, commits):
    for number in range(3):
        await office.world.run(office.invite, f"Plan {number}")
    assert len(commits) == 3


@in_a_loop
async def test_a_group_ends_when_it_has_many_acts(office, commits, monkeypatch):
    monkeypatch.setattr(groups, "MOST", 3)

    async def late(rounds):
        for _ in range(rounds):
            await asyncio.sleep(0)
        return await office.world.run(office.invite, f"Plan {rounds}")

    await asyncio.gather(*map(late, range(8)))
    assert len(commits) > 1
    assert len(office.lasting()) == 8


@in_a_loop
async def test_an_act_that_fails_is_undone_alone(office, commits):
    def fail_after_writing():
        kept = office.invite("Never")
        with office.world.store.begin() as unit:
            unit.remove(kept)
            raise ItemNotFound

    def fail():
        with office.world.store.begin() as unit:
            for event in tuple(unit.items_in(office.calendar())):
                unit.remove(event)
            raise ItemNotFound

    acts = [lambda: office.invite("One"), fail, lambda: office.invite("Two"), fail, fail_after_writing]
    done = await asyncio.gather(*(office.world.run(act) for act in acts), return_exceptions=True)
    assert [type(one).__name__ for one in done] == [
        *("CalendarItem", "ItemNotFound", "CalendarItem", "ItemNotFound", "ItemNotFound"),
    ]
    assert commits == [True]
    assert office.subjects() == ["One", "Two", "Never"]


@in_a_loop
async def test_a_group_whose_first_act_fails_is_undone_and_the_next_begins_another(office, commits):
    def fail():
        with office.world.store.begin() as unit:
            unit.put_mailbox(office.organizer, {"is_hidden": True})
            raise ItemNotFound

    before = office.world.store.snapshot()
    with pytest.raises(ItemNotFound):
        await office.world.run(fail)
    await asyncio.sleep(0)
    assert office.world.store.snapshot() == before
    assert len(commits) == 2, "of the snapshots"
    await office.world.run(office.invite, "Plan")
    assert office.lasting() == ["plan"]


@in_a_loop
async def test_who_has_written_sees_it_at_once_and_others_when_it_lasts(office):
    seen = {}

    def make():
        above = FolderRef(role=FolderRole.CALENDAR)
        made = folders.create_folder(office.world, office.organizer, above, FolderDraft(name="Projects"))
        event = office.invite("Plan")
        seen["own"] = (made.id in office.world.store.directory.folders, office.subjects())
        assert items.get_item(office.world, office.organizer, event.id) == event
        return made

    async def other():
        seen["other"] = await office.world.run(lambda: (len(office.world.store.directory.folders), office.subjects()))

    count = len(office.world.store.directory.folders)
    made, _ = await asyncio.gather(office.world.run(make), other())
    assert seen == {"own": (True, ["Plan"]), "other": (count, [])}
    assert made.id in office.world.store.directory.folders


@in_a_loop
async def test_listeners_hear_of_a_group_when_it_is_committed(office):
    heard = []
    office.world.store.listeners.append(lambda touched: heard.append((touched, office.lasting())))
    await asyncio.gather(*(office.world.run(office.invite, name) for name in ("One", "Two")))
    attendee = directory.find_mailbox(office.world, "attendee0@example.com")
    assert heard == [({office.organizer.id, attendee.id}, ["one", "two"])]


@in_a_loop
async def test_an_act_outside_of_requests_commits_the_group_before_it(office, commits):
    waiting = asyncio.create_task(office.world.run(office.invite, "One"))
    await asyncio.sleep(0)
    await asyncio.to_thread(office.invite, "Two")
    assert office.lasting() == ["one", "two"]
    assert (await waiting).subject == "One"
    assert len(commits) == 2


@in_a_loop
async def test_a_store_that_closes_commits_what_waits(office):
    waiting = asyncio.create_task(office.world.run(office.invite, "One"))
    await asyncio.sleep(0)
    office.world.store.close()
    await waiting
    assert office.lasting() == ["one"]


def test_a_store_that_outlives_the_loop_commits_what_waited_in_it(office):
    """As where a server's thread has ended in the middle of an answer."""
    loop = asyncio.new_event_loop()
    waiting = loop.create_task(office.world.run(office.invite, "One"))
    loop.call_soon(loop.stop)
    loop.run_forever()
    loop.close()
    office.world.store.close()
    assert office.lasting() == ["one"]
    with contextlib.suppress(RuntimeError):
        waiting.get_coro().close()


@in_a_loop
async def test_a_request_that_is_given_up_is_committed_with_the_others(office):
    given_up, other = (asyncio.create_task(office.world.run(office.invite, name)) for name in ("One", "Two"))
    await asyncio.sleep(0)
    given_up.cancel()
    await other
    assert office.lasting() == ["one", "two"]


@in_a_loop
async def test_none_of_a_group_has_happened_when_it_cannot_be_committed(office, monkeypatch):
    await office.world.run(office.invite, "Before")
    before, version = office.world.store.snapshot(), office.world.store.directory
    database = office.world.store._database

    def fail(connection):
        database.rollback(connection)
        raise sqlite3.OperationalError("disk I/O error")

    with monkeypatch.context() as patched:
        patched.setattr(database, "commit", fail)
        done = await asyncio.gather(
            office.world.run(office.invite_and_look, "One"),
            office.world.run(office.invite, "Two"),
            return_exceptions=True,
        )
    assert [type(one) for one in done] == [NotCommitted] * 2
    assert str(done[0].__cause__) == "disk I/O error"
    assert (office.world.store.snapshot(), office.world.store.directory) == (before, version)
    assert await office.world.run(office.invite_and_look, "After") == ["Before", "After"]
    assert office.lasting() == ["before", "after"]
    assert office.has_every_version()


@in_a_loop
async def test_an_act_that_fails_before_anything_is_written_costs_the_database_nothing(office):
    def fail():
        with office.world.store.begin() as unit:
            for event in tuple(unit.items_in(office.calendar())):
                unit.add(replace(event, id=office.world.ids.entry_id()))
            raise ItemNotFound

    done = []
    with office.world.store.begin() as unit:
        unit.run.connection.set_trace_callback(done.append)
    acts = [lambda: office.invite("One"), fail, lambda: office.invite("Two")]
    await asyncio.gather(*(office.world.run(act) for act in acts), return_exceptions=True)
    assert office.lasting() == ["one", "two"]
    assert [one for one in done if one.partition(" ")[0] in {"savepoint", "release", "rollback"}] == []


@in_a_loop
async def test_an_act_that_cannot_be_written_down_takes_those_beside_it_with_it_and_they_are_told(office, monkeypatch):
    said, written = [], Ledger.write

    def fail_once(ledger):
        written(ledger)
        if len(said) == 2:
            raise RuntimeError("a mistake")

    def say(subject):
        said.append(subject)
        return office.invite_and_look(subject)

    monkeypatch.setattr(Ledger, "write", fail_once)
    acts = [partial(say, subject) for subject in ("One", "Two", "Three")]
    one, two, three = await asyncio.gather(*(office.world.run(act) for act in acts), return_exceptions=True)
    assert isinstance(one, NotCommitted)
    assert "another act" in str(one)
    assert str(two) == "a mistake"
    assert three == ["Three"]
    assert office.lasting() == ["three"]
    assert office.has_every_version()


@in_a_loop
async def test_a_full_disk_undoes_the_whole_group_and_everybody_is_told(office):
    """SQLite gives up the transaction by itself, and the parts of it that were marked with it."""

    def fill():
        with office.world.store.begin() as unit:
            try:
                unit.run.connection.execute("pragma max_page_count = 1")
                unit.keep_setting(office.organizer.id, "much", "x" * 2**20)
            finally:
                unit.run.connection.execute(f"pragma max_page_count = {2**30}")

    acts = [lambda: office.invite_and_look("One"), fill, lambda: office.invite_and_look("Two")]
    one, full, two = await asyncio.gather(*(office.world.run(act) for act in acts), return_exceptions=True)
    assert isinstance(one, NotCommitted)
    assert "full" in str(full)
    assert two == ["Two"]
    assert office.lasting() == ["two"]
    assert office.has_every_version()
