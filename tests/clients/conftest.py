"""Real clients, opened on the reference server."""

from __future__ import annotations

import pytest
from exchangelib import BASIC, DELEGATE, Account, Configuration, Credentials


@pytest.fixture
def account(meetproof_server):
    """A function that opens somebody's mailbox by exchangelib, unmodified, with Basic authentication."""
    opened = []

    def open_account(address: str) -> Account:
        config = Configuration(
            service_endpoint=meetproof_server.ews_url,
            credentials=Credentials(address, meetproof_server.password),
            auth_type=BASIC,
        )
        opened.append(Account(address, config=config, autodiscover=False, access_type=DELEGATE))
        return opened[-1]

    yield open_account
    for one in opened:
        one.protocol.close()
