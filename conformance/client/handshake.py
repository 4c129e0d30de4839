"""Logins by NTLM and Negotiate, which log a connection in and not a request ([MS-NTHT], RFC 4559)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Protocol
from urllib.parse import urlsplit

from conformance.client.auth import AuthenticationFailed, challenges, refusal
from conformance.client.protocol import Transport, apart
from conformance.model.exchange import Exchange, Request, Response

_LEGS = 6  # NTLM takes two, Kerberos in SPNEGO at most three more


class Login(Protocol):
    """One side of a login: the client's next token for the server's last, both in base64; empty at the beginning."""

    def __call__(self, challenge: str) -> str:
        """The next token, empty where there is none; AuthenticationFailed where the challenge makes no sense."""


Opening = Callable[[str], Login]
"""Begins a login at a host."""


def by_password(scheme: str, user: str, password: str) -> Opening:
    """Logins of one person; ``scheme`` is ``ntlm`` or ``negotiate``."""

    def opened(host: str) -> Login:
        import spnego

        options = {"ntlm": spnego.NegotiateOptions.use_ntlm, "negotiate": spnego.NegotiateOptions.use_negotiate}
        try:
            context = spnego.client(
                user, password, hostname=host, service="HTTP", protocol=scheme, options=options[scheme]
            )
        except Exception as problem:  # pyspnego lets those of its parts through
            raise AuthenticationFailed(f"{scheme}: no login of {user} can be begun here: {problem}") from problem

        def step(challenge: str) -> str:
            try:
                token = context.step(base64.b64decode(challenge, validate=True) if challenge else None)
            except binascii.Error:
                raise AuthenticationFailed(f"{scheme}: the server's challenge is no base64") from None
            except Exception as problem:
                raise AuthenticationFailed(f"{scheme}: the login of {user} came to its end: {problem}") from problem
            return base64.b64encode(token or b"").decode("ascii")

        return step

    return opened


def replayed(_: str) -> Login:
    """A login before a recording, whose tokens were redacted and are not compared."""
    return lambda _challenge: "replayed"


class LoggedInTransport:
    """Sends requests on a connection of its own, and logs that in when it is new and whenever the server asks.

    Requests that bring an Authorization header, even an empty one, are sent as they are.
    """

    def __init__(self, transport: Transport, scheme: str, opening: Opening, user: str) -> None:
        self._transport = apart(transport)
        self._scheme = scheme
        self._opening = opening
        self._user = user
        self._is_begun = False

    def send(self, request: Request) -> Exchange:
        """Send a request as the account; AuthenticationFailed where the server does not log it in."""
        if request.header("Authorization") is not None:
            return self._transport.send(request)
        if self._is_begun:
            exchange = self._transport.send(request)
            if exchange.response.status != 401:
                return exchange
        self._is_begun = True
        exchange = self._log_in(request)
        if exchange.response.status == 401:
            self._is_begun = False
            raise AuthenticationFailed(refusal(exchange, self._user, self._scheme))
        return exchange

    def _log_in(self, request: Request) -> Exchange:
        login, challenge = self._opening(urlsplit(request.url).hostname or ""), ""
        for _ in range(_LEGS):
            shown = (("Authorization", f"{self._word} {login(challenge)}"), *request.headers)
            exchange = self._transport.send(replace(request, headers=shown))
            challenge = next(self._challenges(exchange.response), "")
            if exchange.response.status != 401 or not challenge:
                break
        return exchange

    def _challenges(self, response: Response) -> Iterator[str]:
        for challenge in challenges(response):
            scheme, _, token = challenge.strip().partition(" ")
            if scheme.casefold() == self._scheme and token.strip():
                yield token.strip()

    @property
    def _word(self) -> str:
        return {"ntlm": "NTLM", "negotiate": "Negotiate"}[self._scheme]
