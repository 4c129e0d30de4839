import sqlite3
import threading
from datetime import UTC, datetime, timedelta

import pytest

from reference_impl.directory.population import default_population
from reference_impl.domain.acts import EventDraft, FolderRef, Sending
from reference_impl.domain.changelog import OF_FOLDERS
from reference_impl.domain.copying import replace
from reference_impl.domain.items import Attendee, TimeSlot
from reference_impl.domain.mailbox import FolderRole, Mailbox, Person
from reference_impl.domain.queries import Query
from reference_impl.service import directory, events, items
from reference_impl.service.world import SeededIds, SteppedClock, World
from reference_impl.store import selection, windows
from reference_impl.store.schema import SPANS
from reference_impl.store.store import open_store

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


def opened(url="sqlite://", population=None, seed="store"):
    world = World(store=open_store(url), clock=SteppedClock(NOW), ids=SeededIds(seed))
    world.store.populate(population or default_population(), world.ids, NOW)
    return world


def invite(world, subject="Plan"):
    draft = EventDraft(
        start=NOW, end=NOW + HOUR, subject=subject, attendees=(Attendee(Person("attendee0@example.com")),)
    )
    return events.create_event(world, directory.find_mailbox(world, "organizer0@example.com"), draft, Sending())


def test_an_exception_undoes_the_whole_unit_of_work():
    world = opened()
    event = invite(world)
    before = world.store.snapshot()

    def fail():
        with world.store.begin() as unit:
            unit.put(event, replace(event, subject="Other"))
            unit.add(replace(event, id="new"))
            unit.remove(event)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert world.store.snapshot() == before
    assert invite(world, "After").subject == "After"


def test_an_act_finds_the_items_of_a_meeting_that_it_has_itself_thought_of_as_any_other_would():
    world = opened()
    event = invite(world)
    with world.store.begin() as unit:
        unit.new_uids.add("NEW")
        assert unit.items_of(event.mailbox_id, "NEW") == ()
        first, second, third = (unit.add(replace(event, id=str(number), uid="NEW")) for number in range(3))
        unit.add(replace(event, id="3", uid="OTHER"))
        changed = unit.put(first, replace(first, subject="Other"))
        unit.remove(second)
        within = unit.items_of(event.mailbox_id, "NEW")
        elsewhere = unit.directory.find("attendee0@example.com")
        assert elsewhere is not None
        assert unit.items_of(elsewhere.id, "NEW") == ()
    with world.store.begin(write=False) as unit:
        assert unit.items_of(event.mailbox_id, "NEW") == within == (changed, third)


@pytest.mark.parametrize("place", ["memory", "file"])
def test_reading_within_an_act_joins_it_and_an_act_within_an_act_is_refused(tmp_path, place):
    world = opened("sqlite://" if place == "memory" else f"sqlite:///{tmp_path / 'meetings.db'}")
    organizer = directory.find_mailbox(world, "organizer0@example.com")
    event = invite(world)
    with world.store.begin() as unit:
        changed = unit.put(event, replace(event, subject="Other"))
        assert items.get_item(world, organizer, event.id) == changed
        with pytest.raises(RuntimeError, match="within another act"):
            invite(world)
    assert items.get_item(world, organizer, event.id) == changed
    query = Query(keep=lambda item: items.get_item(world, organizer, item.id) == item)
    assert items.find_items(world, organizer, query).total == 2
    world.store.close()


def test_every_change_is_logged_under_one_number_per_mailbox():
    world = opened()
    event = invite(world)
    with world.store.begin() as unit:
        changed = unit.put(event, replace(event, subject="Other", location="There"))
        assert unit.fields_changed_since(event, event.version) == {"subject", "location"}
        assert unit.fields_changed_since(event, changed.version) == frozenset()
        unit.remove(changed)
    number = world.store.directory.numbers.mailboxes[event.mailbox_id]
    log = [row for row in world.store.snapshot()["change_log"] if row[0] == number]
    assert [row[1] for row in log] == list(range(1, len(log) + 1))
    assert [row[3] for row in log][-2:] == ["changed", "removed"]


def test_a_file_keeps_everything_and_mailboxes_keep_their_ids(tmp_path):
    url = f"sqlite:///{tmp_path / 'meetings.db'}"
    world = opened(url)
    event = invite(world)
    before = world.store.snapshot()
    world.store.close()
    people = (*default_population()[:-1], Mailbox(id="another", person=Person("new@example.com", "New")))
    renamed = (replace(people[0], id="ignored", person=replace(people[0].person, name="Renamed")), *people[1:])
    again = opened(url, renamed, seed="another day")
    organizer = directory.find_mailbox(again, "organizer0@example.com")
    assert organizer.id == event.mailbox_id
    assert organizer.person.name == "Renamed"
    assert items.get_item(again, organizer, event.id) == event
    assert directory.find_mailbox(again, "new@example.com") is not None
    assert directory.find_mailbox(again, "AdeleV@contoso.com") is not None, "nobody is lost"
    assert again.store.snapshot()["item"] == before["item"]
    again.store.close()


def test_a_file_is_in_wal_mode(tmp_path):
    path = tmp_path / "meetings.db"
    world = opened(f"sqlite:///{path}")
    with sqlite3.connect(path) as connection:
        assert connection.execute("pragma journal_mode").fetchone() == ("wal",)
    connection.close()
    world.store.close()


def test_writers_from_many_threads_take_turns(tmp_path):
    world = opened(f"sqlite:///{tmp_path / 'meetings.db'}")
    failures = []

    def work():
        try:
            for _ in range(10):
                invite(world)
        except Exception as failure:  # noqa: BLE001  shown below
            failures.append(failure)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    attendee = directory.find_mailbox(world, "attendee0@example.com")
    inbox = items.find_items(world, attendee, Query(folder=FolderRef(role=FolderRole.INBOX)))
    assert inbox.total == 40
    assert len({message.version for message in inbox.items}) == 40
    world.store.close()


@pytest.mark.parametrize("kind", ["event", "series"])
def test_a_window_is_read_through_the_index_on_starts(kind):
    world = opened()
    shape = selection.Shape(in_window=kind)
    with world.store.begin(write=False) as unit:
        text = unit.run.statements.shaped(shape, lambda: selection.rows(shape)).text
        arguments = (0,) * text.count("?")
        steps = [row[3] for row in unit.run.connection.execute("explain query plan " + text, arguments)]
    searches = [step for step in steps if "SEARCH" in step]
    short = [step for step in searches if "item_by_begins" in step]
    long = [step for step in searches if "item_by_span" in step]
    assert len(short) == (kind == "event"), steps
    assert len(long) == len(SPANS), steps
    assert all(part in step for step in long for part in ("kind=", "span=", "start>", "start<")), steps
    assert all(part in step for step in short for part in ("begins>", "begins<")), steps


def test_items_meetings_and_the_log_are_read_through_indexes():
    world = opened()
    statements = world.store._statements
    for name in (
        *("item", "items_of_uid", "items_after", "items_before", "counts", "next_number", "version"),
        *("changes_since", "entries_since", "entries_of_folder", "last_entries", "entries_of_item"),
        "last_change_in",
    ):
        with world.store.begin(write=False) as unit:
            text = statements[name].text
            arguments = ("x",) * text.count("?")
            steps = [row[3] for row in unit.run.connection.execute("explain query plan " + text, arguments)]
        assert steps
        read = [step for step in steps if step.startswith(("SCAN", "SEARCH"))]
        assert all(step.startswith("SEARCH") and "USING" in step for step in read), (name, steps)


def test_the_last_changes_of_items_are_found_item_by_item():
    """Else each would be looked for among all that changed in the folder."""
    world = opened()
    with world.store.begin(write=False) as unit:
        text = world.store._statements["last_entries"].text
        arguments = ("x",) * text.count("?")
        steps = [row[3] for row in unit.run.connection.execute("explain query plan " + text, arguments)]
    (inner,) = [step for step in steps if "later" in step]
    assert "change_log_by_item (item_number=? AND version>?" in inner


def test_the_log_is_not_looked_through_for_a_folder_in_which_nothing_has_changed():
    world = opened()
    for name in ("entries_of_folder", "last_entries"):
        with world.store.begin(write=False) as unit:
            text = world.store._statements[name].text
            arguments = ("x",) * text.count("?")
            steps = [row[3] for row in unit.run.connection.execute("explain query plan " + text, arguments)]
        assert any("change_log USING PRIMARY KEY (mailbox=? AND version>? AND version<?)" in step for step in steps), (
            steps
        )


def test_the_log_of_a_folder_is_what_that_of_the_mailbox_tells_of_its_items():
    world = opened()
    first, second = invite(world), invite(world, "Other")
    organizer = directory.find_mailbox(world, "organizer0@example.com")
    with world.store.begin() as unit:
        calendar, drafts = (unit.folder(organizer.id, role) for role in (FolderRole.CALENDAR, FolderRole.DRAFTS))
        unit.put(first, replace(first, subject="Changed", modified=NOW + HOUR))
        moved = unit.relocate(replace(second, modified=NOW + 2 * HOUR), drafts.id, "moved")
        unit.put_folder(replace(calendar, name="Dates", modified=NOW + 3 * HOUR))
    with world.store.begin() as unit:
        unit.remove(replace(moved, modified=NOW + 4 * HOUR))
    with world.store.begin(write=False) as unit:
        entries = [entry for entry in unit.entries_since(organizer.id, 0) if entry.change not in OF_FOLDERS]
        for folder in unit.directory.folders_of[organizer.id]:
            own = [entry for entry in entries if entry.folder == folder.id]
            for after in (0, *(entry.version for entry in own)):
                expected = tuple(entry for entry in own if entry.version > after)
                assert unit.entries_since(organizer.id, after, folder_id=folder.id) == expected
            assert unit.last_change(folder) == (own[-1].time if own else None)
        assert unit.last_change(calendar) == NOW + 2 * HOUR
        assert unit.last_change(drafts) == NOW + 4 * HOUR


def test_a_window_costs_no_more_when_the_past_grows(monkeypatch):
    """Rows outside the window are never decoded."""
    world = opened()
    organizer = directory.find_mailbox(world, "organizer0@example.com")
    for day in range(200):
        start = NOW - timedelta(days=day + 2)
        events.create_event(world, organizer, EventDraft(start=start, end=start + HOUR), Sending())
    invite(world)
    decoded = []
    for name in ("decode_at", "decode_once"):
        monkeypatch.setattr(windows, name, lambda *told: decoded.append(told[-1]))
    window = Query(folder=FolderRef(role=FolderRole.CALENDAR), window=TimeSlot(NOW, NOW + HOUR))
    assert items.find_items(world, organizer, window).total == 1
    assert len(decoded) == 1
