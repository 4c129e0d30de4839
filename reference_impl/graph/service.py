"""The Graph endpoint: authorises, routes and answers one request; every refusal becomes the error envelope."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from http import HTTPStatus
from typing import Final, NamedTuple
from urllib.parse import quote

from reference_impl.domain.copying import replace
from reference_impl.domain.errors import DomainError, StaleVersion
from reference_impl.domain.mailbox import Mailbox
from reference_impl.graph import ids, refusals
from reference_impl.graph.access import admit
from reference_impl.graph.address import Address, literal, read_address
from reference_impl.graph.answers import Said, enveloped, refused, said_of, written
from reference_impl.graph.call import Asking, Call, Result
from reference_impl.graph.derived import Way, way_to
from reference_impl.graph.metadata.annotating import annotated
from reference_impl.graph.metadata.model import model_of
from reference_impl.graph.negotiation import Metadata, metadata_asked
from reference_impl.graph.odata.options import Options, read_options
from reference_impl.graph.prefer import read_prefer
from reference_impl.graph.refusals import Refusal
from reference_impl.graph.router import Router
from reference_impl.graph.routes import ROUTES
from reference_impl.http import Heard, HttpAnswer, HttpRequest, Pending
from reference_impl.service.finding import stale_writer_wins
from reference_impl.service.throttling import Crowd
from reference_impl.service.world import World

_PLAIN: Final = frozenset({"", "identity"})
_WRITES: Final = frozenset({"PATCH", "PUT", "DELETE"})


class _Routed(NamedTuple):
    """A request that somebody answers, and how the answer is to look."""

    call: Call
    address: Address
    way: Way
    metadata: Metadata


class GraphEndpoint:
    """Microsoft Graph's calendar and mail over one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._router = Router(ROUTES)
        self._crowd = Crowd()

    def answer(self, request: HttpRequest) -> HttpAnswer:
        """The answer to one request whose path begins with /v1.0 or /beta."""
        said = said_of(self._world, request)
        try:
            routed = self._routed(request)
        except (DomainError, Refusal) as problem:
            return refused(self._world, problem, said)
        most = self._world.settings.graph_requests_at_once
        if not most or not routed.address.is_personal:
            return self._carried_out(routed, said)
        owner = routed.call.owner.id
        if not self._crowd.join(owner, most):
            return refused(self._world, refusals.TooManyAtOnce(seconds=1), said)
        try:
            return self._carried_out(routed, said)
        finally:
            self._crowd.leave(owner)

    def failed(self, request: HttpRequest) -> HttpAnswer:
        """The envelope that owns up to a mistake of this server."""
        text = "An internal server error occurred; the server's log tells why."
        return self._envelope(500, "ErrorInternalServerError", text, request)

    def too_large(self, request: HttpRequest, limit: int) -> HttpAnswer:
        """The envelope for a body of more than ``limit`` bytes, which was not read."""
        return self._envelope(413, "ErrorMessageSizeExceeded", f"A request may have {limit} bytes at most.", request)

    def _envelope(self, status: int, code: str, text: str, request: HttpRequest) -> HttpAnswer:
        return enveloped(status, code, text, self._world.clock.now(), said_of(self._world, request))

    def _routed(self, request: HttpRequest) -> _Routed:
        """Who answers, what they are told, and how the answer is to look; a refusal where nobody does."""
        if request.actor is None and not self._is_public(request):
            raise refusals.Unauthenticated
        coding = request.headers.get("content-encoding", "").strip().lower()
        if coding not in _PLAIN:
            raise refusals.EncodingUnsupported(coding=coding)
        preferences = read_prefer(request.headers.get("prefer", ""))
        address = read_address(request.path)
        way = way_to(self._router, request.method, address)
        options = read_options(request.query, way.offered)
        form = options.system.get("$format")
        metadata = metadata_asked(request.headers.get("accept", ""), form, way.produced)
        owner = admit(self._world, request, address, way.found.route)
        if per_minute := self._world.settings.graph_requests_per_minute:
            self._let_in(owner, per_minute)
        keys = way.found.keys
        call = Call(
            world=self._world,
            request=request,
            version=address.version,
            owner=owner,
            by=None if request.application else request.actor,
            user_key=owner.id if address.user is None else quote(address.user, safe=""),
            keys={name: _meant(key, options) for name, key in keys.items()} if options.parameters else keys,
            options=options,
            preferences=preferences,
            again=self.answer,
        )
        return _Routed(call, address, way, metadata)

    def _is_public(self, request: HttpRequest) -> bool:
        try:
            return self._router.find(request.method, read_address(request.path)).route.is_public
        except Refusal:
            return False

    def _check_condition(self, call: Call, address: Address) -> None:
        """If-Match, where it is sent, holds of what is to be written, if that has a tag or change key; StaleVersion."""
        condition = call.request.headers.get("if-match", "*").strip()
        if condition == "*" or stale_writer_wins(self._world):
            return
        try:
            read = self._router.find("GET", address).route.answer
        except (refusals.SegmentUnknown, refusals.MethodNotAllowed):
            return
        result = read(replace(call, options=Options()))
        assert isinstance(result, Result), "to read asks nobody"
        members = result.body or {}
        tag = members.get("@odata.etag") or members.get("changeKey")
        if tag is not None and not ids.names_tag(condition, tag):
            raise StaleVersion

    def _carried_out(
        self, routed: _Routed, said: Said, asked: Asking | None = None, heard: Sequence[Heard | None] = ()
    ) -> HttpAnswer:
        """The answer of the route, or what it goes on to answer now that the listeners that it asked were heard."""
        call, address, way, metadata = routed
        try:
            if asked is None:
                if call.request.method in _WRITES:
                    self._check_condition(call, address)
                result = way.answer(call)
            else:
                result = asked.answer(heard)
        except (DomainError, Refusal) as problem:
            return refused(self._world, problem, said)
        if isinstance(result, Asking):
            pending = Pending(result.questions, partial(self._carried_out, routed, said, result))
            return HttpAnswer(HTTPStatus.SERVICE_UNAVAILABLE, pending=pending)
        if metadata is Metadata.FULL and way.is_direct and result.body is not None:
            types = model_of(ROUTES, call.version).types
            result = replace(result, body=annotated(result.context, result.body, way.found.route, types))
        return written(call, result, said, metadata)

    def _let_in(self, owner: Mailbox, per_minute: int) -> None:
        """Throttled where the mailbox has had its requests (throttling, Outlook service limits)."""
        wait = self._world.throttle.admit(f"graph {owner.id}", self._world.clock.now(), per_minute)
        if wait is not None:
            raise refusals.Throttled(seconds=math.ceil(wait.total_seconds()))


def _meant(key: str, options: Options) -> str:
    """A key, or what its parameter alias stands for (OData 4.01 URL conventions, 5.3)."""
    alias = options.parameters.get(key.lower()) if key.startswith("@") else None
    return key if alias is None else literal(alias)
