"""Which requests are mirrored, and what they are at the candidate."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Final

import orjson

from conformance.model.exchange import Exchange, Request
from conformance.proxy.shadow.credentials import Credentials, Tokens, is_bound_to_its_connection, with_authorization
from conformance.tape.actors import actor_of
from conformance.tape.renaming import Names, UnknownId, renamed
from conformance.wire.operation import Protocol, acts, operation, protocol

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
# What is of one connection or of one server, and what the mirror says for itself (RFC 9110, section 7.6.1).
_OF_ITS_OWN: Final = frozenset(
    {
        *("connection", "keep-alive", "proxy-connection", "proxy-authorization", "te", "trailer", "transfer-encoding"),
        *("upgrade", "expect", "accept-encoding", "content-length", "cookie"),
    }
)
_CONNECTIONS: Final = 10_000
_CHALLENGES: Final = frozenset({401, 407})  # who signs in otherwise gets none of these
# What the recorder notes of exchanges of which it has not kept all.
_NOT_WHOLE: Final = frozenset(
    {"request_left_out", "request_body", "response_left_out", "response_body", "response_cut"}
)
_AUTODISCOVER: Final = ("/autodiscover/autodiscover.xml", "/autodiscover/autodiscover.svc")


class Why(StrEnum):
    """Why a request is not mirrored."""

    WRITE = "writes"
    ID = "with ids unknown to the candidate"
    LOGIN = "by logins that cannot be passed on"
    STREAM = "with answers that go on"
    BODY = "with bodies that were passed on while they came"
    FULL = "dropped, for the candidate is too slow"


class NotMirrored(Exception):
    """A request that stays with the primary."""

    def __init__(self, why: Why, words: str) -> None:
        super().__init__(words)
        self.why = why


class Mirroring:
    """Turns recorded requests into those of the candidate, with its ids and credentials.

    ``same_ids``: both servers have copies of one store, so that ids are the same unless they are known to differ.
    """

    def __init__(
        self,
        names: Names,
        *,
        credentials: Credentials | None = None,
        writes: bool = False,
        same_ids: bool = False,
    ) -> None:
        self._names = names
        self._credentials = credentials or Credentials()
        self._writes, self._same_ids = writes, same_ids
        self._bound: OrderedDict[object, None] = OrderedDict()  # connections that logged in for themselves
        self.tokens = Tokens()

    def mirrored(self, exchange: Exchange) -> Request:
        """The request of an exchange in the candidate's ids, otherwise as it was: so it is recorded.

        ``NotMirrored`` for one that stays with the primary.
        """
        request, name = exchange.request, operation(exchange.request)
        is_bound = self._is_bound(exchange)
        if name == "GetStreamingEvents":
            raise NotMirrored(Why.STREAM, name)
        if not self._writes and changes(request):
            raise NotMirrored(Why.WRITE, name)
        if not _NOT_WHOLE.isdisjoint(exchange.meta):
            raise NotMirrored(Why.BODY, name)
        is_replaced = bool(self._credentials.authorization(actor_of(exchange)))
        if exchange.response.status in _CHALLENGES if is_replaced else is_bound:
            raise NotMirrored(Why.LOGIN, name)
        try:
            return renamed(request, self._names, unknown_stay=self._same_ids)
        except UnknownId as problem:
            raise NotMirrored(Why.ID, f"{name}: {problem}") from None

    def sent(self, request: Request, actor: str) -> Request:
        """Such a request as it goes out: with what signs in to the candidate, and without what is the primary's."""
        headers = tuple((name, value) for name, value in request.headers if name.casefold() not in _OF_ITS_OWN)
        own = self.tokens.in_header(request.header("Authorization") or "")
        if value := self._credentials.authorization(actor) or own:
            headers = with_authorization(headers, value)
        body = self.tokens.in_form(request.body) if protocol(request) is Protocol.OAUTH else request.body
        return replace(request, headers=headers, body=body)

    def _is_bound(self, exchange: Exchange) -> bool:
        """Whether a request rests on a login of its connection that cannot be repeated elsewhere."""
        connection = exchange.meta.get("connection")
        if is_bound_to_its_connection(exchange.request):
            self._bound[connection] = None
            if len(self._bound) > _CONNECTIONS:
                self._bound.popitem(last=False)
            return True
        return connection in self._bound and exchange.request.header("Authorization") is None


def changes(request: Request) -> bool:
    """Whether a request may change anything at all: also who is told of changes, or in no protocol that is known."""
    method = request.method.upper()
    match protocol(request):
        case Protocol.OTHER:
            return method not in _SAFE and not request.url.casefold().partition("?")[0].endswith(_AUTODISCOVER)
        case Protocol.EWS:
            return acts(request) or operation(request) in {"Subscribe", "Unsubscribe"}
        case Protocol.GRAPH if operation(request) == "POST $batch":
            return not _only_reads(request.body)
        case _:
            return acts(request)


def _only_reads(batch: bytes) -> bool:
    try:
        parts = orjson.loads(batch)["requests"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return False
    return isinstance(parts, list) and all(
        isinstance(part, Mapping) and str(part.get("method", "")).upper() in _SAFE for part in parts
    )
