"""exchangelib, unmodified, opened for somebody on the reference server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from exchangelib import BASIC, DELEGATE, Account, Configuration, Credentials, Identity, OAuth2Credentials


def password(server, address: str) -> Credentials:
    return Credentials(address, server.password)


def application(server, address: str, name: str = "organizer0@example.com") -> OAuth2Credentials:
    """What an application of a name obtains a token with, to speak for somebody."""

    class Here(OAuth2Credentials):
        token_url = server.token_url

    identity = Identity(smtp_address=address)
    return Here(client_id=name, client_secret=server.password, tenant_id="t", identity=identity)


@contextmanager
def exchangelib_accounts(server) -> Iterator[Callable[..., Account]]:
    """A function that opens somebody's account; at the end they are closed."""
    opened: list[Account] = []

    def open_account(address: str, credentials=None, auth_type=BASIC, access_type=DELEGATE) -> Account:
        config = Configuration(
            service_endpoint=server.ews_url,
            credentials=credentials or password(server, address),
            auth_type=auth_type,
            max_connections=2,
        )
        opened.append(Account(address, config=config, autodiscover=False, access_type=access_type))
        return opened[-1]

    yield open_account
    for each in opened:
        each.protocol.close()
