"""Asking a server as one person: by whichever way to sign in it offers, and never over a line that others can read."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from urllib.parse import urljoin, urlsplit

from conformance.access import sign_in
from conformance.client.auth import AuthenticationFailed, challenges
from conformance.client.patience import Patience, PatientTransport
from conformance.client.protocol import Transport, TransportFailed
from conformance.model.exchange import Exchange, Request
from conformance.targets import Account, Endpoint
from conformance.targets.target import BASIC, NEGOTIATE, NTLM

# In this order they are tried; tokens need more than a password, and come last.
_BY_PASSWORD = (BASIC, NTLM, NEGOTIATE)
_REDIRECTS = 5
MOVED = frozenset({301, 302, 303, 307, 308})
"""The HTTP statuses that redirect."""


class Unreachable(Exception):
    """Nothing of use came back; the message says why."""


@dataclass(slots=True)
class Asker:
    """Asks as one account, remembering for each origin how it signs in there."""

    transport: Transport
    account: Account
    ways: dict[str, tuple[str, Transport]] = field(default_factory=dict)

    def bare(self, request: Request) -> Exchange:
        """Ask without credentials; Unreachable where no answer came."""
        try:
            return self.transport.send(request)
        except (TransportFailed, ValueError) as problem:
            raise Unreachable(str(problem)) from None

    def ask(self, request: Request) -> Exchange:
        """Ask with the account's password where the server wants it, following redirects; Unreachable as above."""
        for _ in range(_REDIRECTS):
            exchange = self._ask(request)
            place = exchange.response.header("Location")
            if exchange.response.status not in MOVED or not place:
                return exchange
            request = replace(request, url=urljoin(request.url, place))
        raise Unreachable(f"{request.url}: more than {_REDIRECTS} redirections")

    def way(self, url: str) -> str:
        """How the account signs in at a URL; empty where it did not have to."""
        return self.ways.get(origin(url), ("", self.transport))[0]

    def _ask(self, request: Request) -> Exchange:
        known = self.ways.get(origin(request.url))
        if known is None:
            exchange = self.bare(request)
            if exchange.response.status != 401:
                return exchange
            self.ways[origin(request.url)] = known = self._signed_in(request, schemes_of(exchange))
        try:
            return known[1].send(request)
        except (TransportFailed, AuthenticationFailed) as problem:
            raise Unreachable(str(problem)) from None

    def _signed_in(self, request: Request, offered: tuple[str, ...]) -> tuple[str, Transport]:
        if not is_private(request.url):
            raise Unreachable(f"{request.url}: no password is sent over a line that is not encrypted")
        wrong = [f"{request.url}: signing in by {', '.join(offered) or 'nothing'} is not known here"]
        for scheme in (name for name in _BY_PASSWORD if name in offered):
            way = sign_in(self.transport, self.account, Endpoint("ews", request.url, scheme))
            try:
                way.send(request)
            except AuthenticationFailed as problem:
                wrong.append(str(problem))
            except TransportFailed as problem:
                raise Unreachable(str(problem)) from None
            else:
                return scheme, way
        raise Unreachable(wrong[-1])


def asker(transport: Transport, account: Account) -> Asker:
    """An asker who waits where the server asks for it."""
    return Asker(PatientTransport(transport, Patience(time.sleep)), account)


def schemes_of(exchange: Exchange) -> tuple[str, ...]:
    """The ways to sign in that a 401 offers, in lower case."""
    offers = challenges(exchange.response)
    return tuple(dict.fromkeys(challenge.partition(" ")[0].casefold() for challenge in offers))


def is_private(url: str) -> bool:
    """Whether what is sent to a URL stays between the two: over TLS, or within this machine."""
    parts = urlsplit(url)
    if parts.scheme == "https":
        return True
    host = parts.hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def origin(url: str) -> str:
    """Scheme, host and port of a URL."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
