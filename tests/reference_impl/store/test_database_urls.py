"""What people are told who name a database that there is not."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime

import pytest

from reference_impl.directory.population import default_population
from reference_impl.service.world import RandomIds
from reference_impl.store import creation
from reference_impl.store.store import open_store


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("notaurl", "is no database URL: expected sqlite://"),
        ("foo://x/y", "foo://x/y is no database that is offered: expected sqlite://"),
        ("sqlite:////nonexistent/folder/x.db", "cannot be opened: unable to open database file"),
        ("postgresql://meetproof:s3cret@127.0.0.1:1/x", "cannot be opened: connection failed"),
        ("mysql://x/y", "mysql://x/y is no database that is offered: expected sqlite://"),
        ("sqlite:///x.db?mode=ro", "is no database that is offered: expected sqlite://"),
    ],
)
def test_a_database_that_cannot_be_opened_is_named(url, told):
    with pytest.raises(ValueError, match=told) as raised:
        open_store(url)
    assert "s3cret" not in str(raised.value)


def test_a_file_of_another_kind_is_refused(tmp_path):
    (tmp_path / "x.db").write_text("This is no database, whatever its name says. " * 50)
    with pytest.raises(ValueError, match="cannot be opened: file is not a database"):
        open_store(f"sqlite:///{tmp_path}/x.db")


def test_a_database_of_another_version_is_refused_and_left_as_it_is(tmp_path, monkeypatch):
    url = f"sqlite:///{tmp_path}/x.db"
    store = open_store(url)
    store.populate(default_population(), RandomIds(), datetime.now(UTC))
    before = store.snapshot()
    store.close()
    with monkeypatch.context() as patch:
        patch.setattr(creation, "fingerprint", lambda: "of another version")
        with pytest.raises(ValueError, match="was made by another version of this server"):
            open_store(url)
    again = open_store(url)
    assert again.snapshot() == before
    again.close()


def test_a_database_of_another_program_is_refused(tmp_path):
    with sqlite3.connect(tmp_path / "x.db") as connection:
        connection.execute("create table mailbox (id text)")
    connection.close()
    with pytest.raises(ValueError, match="or by another program"):
        open_store(f"sqlite:///{tmp_path}/x.db")
