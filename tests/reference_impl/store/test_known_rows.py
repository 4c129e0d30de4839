"""What a writer knows without reading it, while others write to the same database."""

import tempfile
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as some

from reference_impl.directory.population import default_population
from reference_impl.domain.acts import EventDraft, Sending
from reference_impl.domain.items import Attendee
from reference_impl.domain.mailbox import FolderRole, Person
from reference_impl.service import delivery, directory, events
from reference_impl.service.world import RandomIds, SteppedClock, World
from reference_impl.store.store import open_store

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
ORGANIZER, ATTENDEE = "organizer0@example.com", "attendee0@example.com"


class Undone(Exception):
    """What ends an act that shall not have happened."""


class Writer:
    """One of several servers on a database."""

    def __init__(self, file) -> None:
        self.world = World(store=open_store(f"sqlite:///{file}"), clock=SteppedClock(NOW), ids=RandomIds())
        self.world.store.populate(default_population(), self.world.ids, NOW)
        self.organizer, self.attendee = (directory.find_mailbox(self.world, one) for one in (ORGANIZER, ATTENDEE))

    def invite(self):
        draft = EventDraft(start=NOW, end=NOW + HOUR, subject="Plan", attendees=(Attendee(Person(ATTENDEE)),))
        events.create_event(self.world, self.organizer, draft, Sending())

    def send_and_hold(self):
        delivery.hold(self.world)
        self.invite()
        self.world.store.holds_deliveries = False

    def deliver(self):
        delivery.deliver_due(self.world)

    def count(self):
        with self.world.store.begin() as unit:
            unit.keep_setting(self.organizer.id, "count", str(int(unit.setting(self.organizer.id, "count") or 0) + 1))

    def fail(self):
        with suppress(Undone), self.world.store.begin() as unit:
            for item in tuple(unit.items_in(unit.folder(self.organizer.id, FolderRole.CALENDAR))):
                unit.remove(item)
            unit.keep_setting(self.organizer.id, "count", "1000")
            assert unit.setting(self.organizer.id, "count") == "1000"
            raise Undone

    def told(self):
        """What came of everything, in a store that knows nothing yet."""
        with self.world.store.begin(write=False) as unit:
            inbox = unit.folder(self.attendee.id, FolderRole.INBOX)
            return unit.setting(self.organizer.id, "count"), unit.counts(inbox)[0] + unit.waiting()


@given(
    some.lists(
        some.tuples(some.integers(0, 1), some.sampled_from(["invite", "send_and_hold", "deliver", "count", "fail"]))
    )
)
def test_writers_on_one_database_never_go_by_what_has_changed_since(steps):
    with tempfile.TemporaryDirectory() as folder:
        writers = [Writer(Path(folder) / "mailboxes.db") for _ in range(2)]
        for number, act in steps:
            getattr(writers[number], act)()
        acts = [act for _, act in steps]
        counted, sent = acts.count("count"), acts.count("invite") + acts.count("send_and_hold")
        assert writers[0].told() == (str(counted) if counted else None, sent)
        writers[1].deliver()
        with writers[0].world.store.begin(write=False) as unit:
            assert unit.waiting() == 0
        for writer in writers:
            writer.world.store.close()


def test_an_act_reads_neither_versions_nor_settings_nor_the_outbox_again(tmp_path):
    writer, done = Writer(tmp_path / "mailboxes.db"), []
    writer.invite()
    with writer.world.store.begin() as unit:
        unit.run.connection.set_trace_callback(done.append)
    writer.invite()
    read = [statement for statement in done if statement.upper().startswith("SELECT")]
    assert all("FROM item" in " ".join(statement.split()) for statement in read), read
    writer.world.store.close()
