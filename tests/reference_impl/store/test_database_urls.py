"""What people are told who name a database that there is not."""

from __future__ import annotations

import pytest

from reference_impl.store.store import open_store


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("notaurl", "is no database URL: expected sqlite://"),
        ("foo://x/y", "is no database URL: expected sqlite://"),
        ("sqlite:////nonexistent/folder/x.db", "cannot be opened: unable to open database file"),
        ("postgresql://meetproof:s3cret@127.0.0.1:1/x", "cannot be opened: connection failed"),
        ("mysql://x/y", "databases of this kind are not offered"),
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
