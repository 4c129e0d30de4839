"""O365, opened for somebody on the reference server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from O365 import Account, MSGraphProtocol
from O365.utils.token import MemoryTokenBackend

from tests.clients.graph_clients import bearer


class Tokens(MemoryTokenBackend):
    """A token obtained beforehand: O365's own way to one leads to the cloud."""

    def __init__(self, token: str) -> None:
        super().__init__()
        self.token = token

    def get_access_token(self, *, username=None):
        return {"secret": self.token, "expires_on": "4102444800"}

    def token_is_expired(self, *, username=None):
        return False

    @property
    def has_data(self):
        return True


@contextmanager
def o365_accounts(server) -> Iterator[Callable[[str], Account]]:
    """A function that opens somebody's account; at the end they are closed."""

    class Protocol(MSGraphProtocol):
        _protocol_url = server.graph_url.removesuffix("v1.0")

    opened: list[Account] = []

    def open_account(address: str) -> Account:
        tokens = Tokens(bearer(server, address))
        opened.append(Account(("client", "secret"), protocol=Protocol(), token_backend=tokens, username=address))
        return opened[-1]

    yield open_account
    for each in opened:
        each.con.session.close()
