"""The reference server as a test of a client sees it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from conformance.targets.farm import Farm, FarmServer
from conformance.targets.target import Account, find_account

_OPTIONS = frozenset(
    {"mailboxes", "applications", "faults", "clock", "seed", "profile", "auth", "tls", "delivery_delay", "settings"}
)


class OptionInvalid(ValueError):
    """A meetproof marker asks for something there is not; the message names what there is."""


def server_options(asked: Mapping[str, Any]) -> dict[str, Any]:
    """A marker's keywords as the farm takes them.

    ``mailboxes`` are addresses or tables of address, name and kind; ``applications`` are tables of those that get
    tokens, by their id, with secrets, scopes, roles and redirects; ``clock`` is a datetime or ISO 8601; ``auth`` are
    the authentication schemes that EWS offers; ``tls`` makes it speak HTTPS: True, or its names besides those of
    loopback; what is sent is delivered ``delivery_delay`` seconds later; ``settings`` gives limits and switches other
    values (``meetproof serve --list-settings`` describes them). OptionInvalid for an unknown keyword.
    """
    for name in sorted(asked.keys() - _OPTIONS):
        raise OptionInvalid(f"meetproof(...) knows {', '.join(sorted(_OPTIONS))}; got {name!r}.")
    options = dict(asked)
    if isinstance(options.get("clock"), datetime):
        options["clock"] = _aware(options["clock"]).isoformat()
    if options.get("mailboxes") is not None:
        options["mailboxes"] = [
            {"address": one, "name": one.partition("@")[0]} if isinstance(one, str) else dict(one)
            for one in options["mailboxes"]
        ]
    return options


class Clock:
    """The server's clock. It stands still between requests once it is set or moved."""

    def __init__(self, farm: Farm, server: FarmServer) -> None:
        self._farm, self._server = farm, server

    def set(self, moment: datetime) -> datetime:
        """Set it; a time without zone is UTC."""
        return self._farm.set_clock(self._server, _aware(moment))

    def advance(self, by: timedelta | float) -> datetime:
        """Move it forward, by a duration or by seconds; the new time."""
        return self._farm.advance_clock(self._server, by.total_seconds() if isinstance(by, timedelta) else by)


class Faults:
    """The named faults that the server has at present (``meetproof serve --list-faults`` describes them)."""

    def __init__(self, farm: Farm, server: FarmServer, names: Iterable[str]) -> None:
        self._farm, self._server = farm, server
        self._names = frozenset(names)

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._names))

    def add(self, *names: str) -> None:
        """Give the server more faults."""
        self._use(self._names | set(names))

    def clear(self) -> None:
        """Make the server faultless."""
        self._use(frozenset())

    def _use(self, names: frozenset[str]) -> None:
        self._farm.set_faults(self._server, names)
        self._names = names


class Deliveries:
    """What is on its way between the server's mailboxes; normally everything is delivered at once."""

    def __init__(self, farm: Farm, server: FarmServer) -> None:
        self._farm, self._server = farm, server

    def hold(self) -> int:
        """Let what is sent wait from now on; how many messages wait."""
        return self._farm.hold_deliveries(self._server)

    def step(self, count: int = 1) -> int:
        """Deliver the messages that wait longest; how many there were, ``count`` at most."""
        return self._farm.step_deliveries(self._server, count)

    def release(self) -> None:
        """Deliver all that waits, and hold nothing from now on."""
        self._farm.release_deliveries(self._server)


class MeetproofServer:
    """A reference server with its own port, mailboxes, clock, faults and deliveries; gone when the test ends.

    Where it speaks HTTPS, ``ca_file`` holds the authority that clients have to trust, in PEM.
    """

    def __init__(self, farm: Farm, server: FarmServer, faults: Iterable[str] = (), ca_file: Path | None = None) -> None:
        self._server = server
        self.ca_file = ca_file
        self.clock = Clock(farm, server)
        self.faults = Faults(farm, server, faults)
        self.deliveries = Deliveries(farm, server)

    @property
    def ews_url(self) -> str:
        """The EWS endpoint; every authentication scheme unless the marker names some."""
        return self._server.ews.url

    @property
    def graph_url(self) -> str:
        """Graph's service root, ending in ``/v1.0``; bearer tokens."""
        return self._server.graph.url

    @property
    def token_url(self) -> str:
        """The OAuth 2.0 token endpoint."""
        return self._server.token_url

    @property
    def authority_url(self) -> str:
        """The authority that MSAL and azure-identity take, ending in the id of the tenant; they want HTTPS."""
        return self._server.authority

    @property
    def mailboxes(self) -> tuple[Account, ...]:
        """The mailboxes, rooms and lists, each with address, name, role and password."""
        return self._server.accounts

    @property
    def password(self) -> str:
        """The password of every mailbox of the default population."""
        return self._server.accounts[0].password

    def mailbox(self, name: str) -> Account:
        """A mailbox by its address, its local part (``AlexW``) or its role and number (``attendee1``)."""
        return find_account(self._server.accounts, name)


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
