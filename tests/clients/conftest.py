"""Real clients, opened on the reference server."""

from __future__ import annotations

import pytest

from tests.clients.exchangelib_clients import exchangelib_accounts


@pytest.fixture
def account(meetproof_server):
    """A function that opens somebody's mailbox by exchangelib, unmodified, with Basic authentication."""
    with exchangelib_accounts(meetproof_server) as open_account:
        yield open_account
