"""What is committed gets from the log of a file to its place while nobody writes and nobody waits."""

import sqlite3
import threading
import time
from datetime import UTC, datetime

import pytest

from reference_impl.directory.population import default_population
from reference_impl.service.world import SeededIds
from reference_impl.store import checkpoints
from reference_impl.store.connections import Sqlite
from reference_impl.store.store import open_store

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)


def threads():
    return [thread for thread in threading.enumerate() if thread.name == "checkpoints"]


def in_place(file, folder):
    """The number of mailboxes in a copy of the file alone, without its log."""
    copy = folder / "copy.db"
    copy.write_bytes(file.read_bytes())
    connection = sqlite3.connect(copy)
    try:
        return connection.execute("select count(*) from mailbox").fetchone()[0]
    except sqlite3.Error:
        return 0
    finally:
        connection.close()
        copy.unlink()


def comes_true(told, patience=10):
    """Whether something is true before patience ends, in seconds."""
    end = time.monotonic() + patience
    while not (found := told()) and time.monotonic() < end:
        time.sleep(0.02)
    return found


def test_what_is_written_gets_to_its_place_though_nobody_writes_any_more(tmp_path):
    file = tmp_path / "meetings.db"
    store = open_store(f"sqlite:///{file}")
    store.populate(default_population(), SeededIds("checkpoints"), NOW)
    assert comes_true(lambda: in_place(file, tmp_path) == len(store.directory.mailboxes))
    store.close()


def test_whoever_only_reads_wants_nothing_copied(tmp_path):
    database = Sqlite(str(tmp_path / "meetings.db"))
    database.commit(database.begin(write=False))
    assert threads() == []
    database.rollback(database.begin(write=True))
    database.commit(database.begin(write=False))
    assert threads() == []
    database.commit(database.begin(write=True))
    assert len(threads()) == 1
    database.close()


def test_the_thread_ends_with_the_store(tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 'meetings.db'}")
    assert len(threads()) == 1
    store.close()
    assert threads() == []
    store.close()


def test_a_database_in_memory_has_no_such_thread():
    open_store("sqlite://")
    assert threads() == []


def commits(database, count):
    """So many commits one after the other."""
    for number in range(count):
        connection = database.begin(write=True)
        connection.execute("insert into page values (?)", (f"{number}" * 2000,))
        database.commit(connection)


def test_the_log_begins_anew_though_somebody_writes_all_the_time(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoints, "PAUSE", 0.01)
    database = Sqlite(str(tmp_path / "pages.db"))
    connection = database.begin(write=True)
    connection.execute("create table page (text)")
    database.commit(connection)
    log = (tmp_path / "pages.db-wal").open("rb", buffering=0)
    begun = log.read(32)  # its header has a number that is another one each time
    end = time.monotonic() + 10
    while log.seek(0) == 0 and log.read(32) == begun and time.monotonic() < end:
        commits(database, 1)
    log.seek(0)
    assert log.read(32) != begun
    log.close()
    database.close()


def test_nobody_waits_for_the_disk_who_writes_now_and_then(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoints, "PAUSE", 0.01)
    copied_by = []
    copy = checkpoints._copy

    def told(connection):
        copied_by.append(threading.current_thread().name)
        return copy(connection)

    monkeypatch.setattr(checkpoints, "_copy", told)
    database = Sqlite(str(tmp_path / "pages.db"))
    connection = database.begin(write=True)
    connection.execute("create table page (text)")
    database.commit(connection)
    for number in range(1, 6):
        assert comes_true(lambda number=number: len(copied_by) == 2 * number)
        commits(database, 1)
    assert set(copied_by) == {"checkpoints"}
    database.close()


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_copying_that_fails_is_tried_again(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoints, "PAUSE", 0.01)
    tried = []

    class Refusing(sqlite3.Connection):
        def execute(self, text, *arguments):
            tried.append(text)
            raise sqlite3.OperationalError("disk I/O error")

    writer = sqlite3.connect(tmp_path / "a.db", factory=Refusing)
    made = checkpoints.Checkpoints(
        lambda: sqlite3.connect(tmp_path / "a.db", factory=Refusing, check_same_thread=False)
    )
    for number in range(1, 3):
        made.committed(writer)
        assert comes_true(lambda number=number: len(tried) == 2 * number)
    made.close()
    writer.close()
    assert set(tried) == {"pragma wal_checkpoint(passive)"}
