"""How the candidate is signed in to: as the clients sign in to the primary, or in a way of its own."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, unquote_plus

from conformance.model.exchange import Exchange, Headers, Request
from conformance.wire.operation import Protocol, protocol

PASSWORD: Final = "MEETPROOF_CANDIDATE_PASSWORD"  # noqa: S105  the name of a variable
"""The variable with the password of the candidate's user, and with _ADDRESS after it of a person."""
TOKEN: Final = "MEETPROOF_CANDIDATE_TOKEN"  # noqa: S105  the name of a variable
"""The variable with the bearer token that everybody has there."""

_TOKENS: Final = ("access_token", "refresh_token", "id_token")
_KEPT: Final = 10_000


@dataclass(frozen=True, slots=True)
class Credentials:
    """What stands in place of the clients' own credentials, by the variables of an environment.

    A token is everybody's; with a ``user`` everybody speaks as that user; else a person of whom the environment has a
    password speaks by it. All others bring their own.
    """

    user: str = ""
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)

    def lacking(self) -> str:
        """What the environment lacks, in words; empty where it lacks nothing."""
        if self.user and not self.environment.get(PASSWORD):
            return f"expected the password of {self.user} in the environment variable {PASSWORD}"
        return ""

    def authorization(self, actor: str) -> str:
        """The Authorization header for somebody; empty where theirs is passed on."""
        if token := self.environment.get(TOKEN):
            return f"Bearer {token}"
        if self.user:
            return _basic(self.user, self.environment[PASSWORD])
        password = self.environment.get(variable_of(actor)) if actor else None
        return _basic(actor, password) if password else ""


def variable_of(address: str) -> str:
    """The variable with somebody's password: ``MEETPROOF_CANDIDATE_PASSWORD_ANN_EXAMPLE_ORG``."""
    return f"{PASSWORD}_{re.sub(r'[^A-Za-z0-9]+', '_', address).upper()}"


def _basic(user: str, password: str) -> str:
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode('ascii')}"


class Tokens:
    """Tokens that the candidate gave where the primary gave others, told apart by the digests of those."""

    def __init__(self) -> None:
        self._there: OrderedDict[str, str] = OrderedDict()

    def learn(self, primary: Exchange, candidate: Exchange) -> None:
        """Note what both gave for the same request (RFC 6749, section 5.1)."""
        if protocol(primary.request) is not Protocol.OAUTH:
            return
        ours, theirs = _given(primary), _given(candidate)
        for name in ours.keys() & theirs.keys():
            self._there[_digest(ours[name])] = theirs[name]
            if len(self._there) > _KEPT:
                self._there.popitem(last=False)

    def of(self, token: str) -> str:
        """The candidate's token for one of the primary's; the same where it has given none for it."""
        return self._there.get(_digest(token), token)

    def in_header(self, authorization: str) -> str:
        """An Authorization header with the candidate's token."""
        scheme, _, token = authorization.partition(" ")
        return f"{scheme} {self.of(token.strip())}" if scheme.casefold() == "bearer" else authorization

    def in_form(self, body: bytes) -> bytes:
        """A token request with the candidate's refresh token."""
        given = (part.partition(b"=") for part in body.split(b"&"))
        return b"&".join(
            name + equals + (self._in_form(value) if name == b"refresh_token" else value)
            for name, equals, value in given
        )

    def _in_form(self, value: bytes) -> bytes:
        token = unquote_plus(value.decode("latin-1"))
        there = self.of(token)
        return value if there == token else quote(there, safe="").encode("ascii")


def with_authorization(headers: Headers, value: str) -> Headers:
    """The headers with this Authorization and no other."""
    return (*((name, each) for name, each in headers if name.casefold() != "authorization"), ("Authorization", value))


def is_bound_to_its_connection(request: Request) -> bool:
    """Whether a request logs in by steps that are good on one connection only (RFC 4559, section 5)."""
    scheme = (request.header("Authorization") or "").partition(" ")[0]
    return scheme.casefold() in {"ntlm", "negotiate"}


def _given(exchange: Exchange) -> dict[str, str]:
    try:
        answer = json.loads(exchange.response.body)
    except ValueError:
        return {}
    if not isinstance(answer, dict):
        return {}
    return {name: answer[name] for name in _TOKENS if isinstance(answer.get(name), str)}


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
