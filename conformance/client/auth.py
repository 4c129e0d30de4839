"""Authentication: Basic, and Bearer tokens fetched through the same transport as everything else."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol
from urllib.parse import urlencode

from conformance.client.protocol import Transport
from conformance.model.exchange import Exchange, Request, Response


class AuthenticationFailed(Exception):
    """An account could not sign in: the token endpoint gave no token, or the server took no credentials."""


def challenges(response: Response) -> Iterator[str]:
    """What an answer's WWW-Authenticate headers say, one after the other (RFC 9110, section 11.6.1)."""
    return (value for name, value in response.headers if name.casefold() == "www-authenticate")


def refusal(exchange: Exchange, user: str, scheme: str) -> str:
    """That the server refused an account, with what it offers instead, for people."""
    schemes = list(dict.fromkeys(challenge.partition(" ")[0] for challenge in challenges(exchange.response)))
    offered = f"it offers {', '.join(schemes)}" if schemes else "it says not what it would take"
    return (
        f"{exchange.request.method} {exchange.request.url}: the server answered 401 to {user}, who signed in by "
        f"{scheme}; {offered}: check the password or token, and auth in the target file"
    )


class Authentication(Protocol):
    """What an account shows with each request."""

    def authorization(self, transport: Transport) -> str:
        """The Authorization header's value; may send requests of its own through the transport."""

    def refused(self) -> bool:
        """Note that the server answered 401; whether another try with fresh credentials makes sense."""


@dataclass(frozen=True, slots=True)
class Basic:
    """The Basic scheme, shown without being asked (RFC 7617)."""

    user: str
    password: str = field(repr=False)

    def authorization(self, transport: Transport) -> str:  # noqa: ARG002  Basic needs no request of its own
        """The header's value."""
        return "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode("ascii")

    def refused(self) -> bool:
        """A password stays wrong."""
        return False


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """An OAuth 2.0 token endpoint and the form to post to it (RFC 6749, sections 4.3 and 4.4)."""

    url: str
    form: tuple[tuple[str, str], ...] = field(repr=False)


def password_grant(
    url: str, user: str, password: str, scope: str = "", client_id: str = "", client_secret: str = ""
) -> TokenRequest:
    """The resource owner password credentials grant (RFC 6749, section 4.3.2)."""
    return _token_request(
        url,
        grant_type="password",
        client_id=client_id,
        client_secret=client_secret,
        scope=scope,
        username=user,
        password=password,
    )


def client_credentials(url: str, client_id: str, client_secret: str, scope: str = "") -> TokenRequest:
    """The client credentials grant (RFC 6749, section 4.4.2)."""
    return _token_request(
        url, grant_type="client_credentials", client_id=client_id, client_secret=client_secret, scope=scope
    )


def _token_request(url: str, **fields: str) -> TokenRequest:
    return TokenRequest(url, tuple((name, value) for name, value in fields.items() if value))


class Bearer:
    """A bearer token (RFC 6750): given, or fetched once by a ``TokenRequest`` and kept.

    A kept token is fetched anew only when the server refuses it after having taken it before, never by the clock, so a
    recording plays back with the same requests.
    """

    def __init__(self, source: TokenRequest | str) -> None:
        self._source = source
        self._token = source if isinstance(source, str) else ""
        self._accepted = False

    def authorization(self, transport: Transport) -> str:
        """The header's value; fetches the token on first use."""
        if isinstance(self._source, TokenRequest):
            if self._token:
                self._accepted = True  # a second request with this token: the first was not refused
            else:
                self._token = fetch_token(transport, self._source)
        return f"Bearer {self._token}"

    def refused(self) -> bool:
        """Forget a token that has expired; a token refused at its first use is not tried again."""
        worth_a_try = isinstance(self._source, TokenRequest) and self._accepted
        if worth_a_try:
            self._token, self._accepted = "", False
        return worth_a_try


def fetch_token(transport: Transport, source: TokenRequest) -> str:
    """Post the form and read ``access_token`` (RFC 6749, section 5.1).

    Raises ``AuthenticationFailed`` with the server's words.
    """
    exchange = transport.send(
        Request(
            "POST",
            source.url,
            (("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json")),
            urlencode(source.form).encode("ascii"),
        )
    )
    status, body = exchange.response.status, exchange.response.body
    try:
        answer = json.loads(body)
    except ValueError:
        answer = None
    token = answer.get("access_token") if isinstance(answer, Mapping) else None
    if status == 200 and isinstance(token, str) and token:
        return token
    said = body.decode("utf-8", "replace")[:300].strip() or "nothing"
    raise AuthenticationFailed(
        f"expected 200 with an access_token from {source.url}, got {status} saying {said}: check the account's "
        "password, the client id and the grants that the token endpoint offers"
    )


class AuthenticatedTransport:
    """Sends each request with an account's Authorization header, unless the request brings its own.

    ``user`` is what the account is called where the server does not take its credentials.
    """

    def __init__(self, transport: Transport, authentication: Authentication, user: str = "the account") -> None:
        self._transport = transport
        self._authentication = authentication
        self._user = user
        self._is_known = False

    def send(self, request: Request) -> Exchange:
        """Send a request as the account; once more with fresh credentials where those in use have expired.

        AuthenticationFailed where the server has never taken any.
        """
        if request.header("Authorization") is not None:
            return self._transport.send(request)
        exchange = self._transport.send(self._authorized(request))
        if exchange.response.status == 401 and self._authentication.refused():
            return self._transport.send(self._authorized(request))
        if exchange.response.status == 401 and not self._is_known:
            scheme = type(self._authentication).__name__
            raise AuthenticationFailed(refusal(exchange, self._user, scheme))
        self._is_known = True
        return exchange

    def _authorized(self, request: Request) -> Request:
        value = self._authentication.authorization(self._transport)
        return replace(request, headers=(("Authorization", value), *request.headers))
