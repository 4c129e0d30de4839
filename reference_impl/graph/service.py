"""The Graph endpoint: authorises, routes and answers one request; every refusal becomes the error envelope."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote
from uuid import UUID

import orjson

from reference_impl.domain.errors import DomainError
from reference_impl.domain.mailbox import Mailbox, MailboxKind
from reference_impl.graph import refusals
from reference_impl.graph.call import Call, Result
from reference_impl.graph.errors import ERRORS, envelope
from reference_impl.graph.odata.options import read_options
from reference_impl.graph.prefer import Preferences, read_prefer
from reference_impl.graph.refusals import Refusal
from reference_impl.graph.router import Address, Router, read_address
from reference_impl.graph.routes import DIRECTORY_SCOPES, ROUTES, permissions_for
from reference_impl.http import HttpAnswer, HttpRequest
from reference_impl.service import directory
from reference_impl.service.folders import shares
from reference_impl.service.world import World

JSON: Final = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
CHALLENGE: Final = 'Bearer realm="", client_id="00000003-0000-0000-c000-000000000000"'
ANY_SCOPE: Final = "*"

_GUID: Final = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_PRINTABLE: Final = re.compile(r"[\x21-\x7e]{1,128}")


@dataclass(frozen=True, slots=True)
class _Said:
    """What every answer says of its request."""

    request_id: str
    client_request_id: str

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        return (
            ("Cache-Control", "private"),
            ("request-id", self.request_id),
            ("client-request-id", self.client_request_id),
        )


class GraphEndpoint:
    """Microsoft Graph's calendar and mail over one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._router = Router(ROUTES)

    def answer(self, request: HttpRequest) -> HttpAnswer:
        """The answer to one request whose path begins with /v1.0 or /beta."""
        said = self._said_of(request)
        headers = said.headers
        preferences = Preferences()
        try:
            if request.actor is None:
                raise refusals.Unauthenticated
            preferences = read_prefer(request.headers.get("prefer", ""))
            result = self._result(request, request.actor, preferences)
        except (DomainError, Refusal) as refused:
            return self._refused(refused, said)
        if result.body is None:
            return HttpAnswer(result.status, (*headers, *result.headers))
        applied = (("Preference-Applied", ", ".join(preferences.applied)),) if preferences.applied else ()
        answer_headers = (("Content-Type", JSON), *headers, *applied, *result.headers)
        return HttpAnswer(result.status, answer_headers, orjson.dumps(result.body))

    def _result(self, request: HttpRequest, actor: Mailbox, preferences: Preferences) -> Result:
        address = read_address(request.path)
        found = self._router.find(request.method, address.segments)
        _check_accept(request.headers.get("accept", ""))
        if not address.segments:
            owner = self._directory_owner(request, actor, address)
        else:
            owner = self._mailbox_owner(request, actor, address)
            is_others = owner.id != actor.id and not request.application
            needed = permissions_for(found.route.scopes, is_others=is_others)
            if not needed:
                raise refusals.MailboxForbidden(user=address.user)
            _check_scopes(request.scopes, needed)
        call = Call(
            world=self._world,
            request=request,
            version=address.version,
            owner=owner,
            by=None if request.application else actor,
            user_key=owner.id if address.user is None else quote(address.user, safe=""),
            keys=found.keys,
            options=read_options(request.query, found.route.options),
            preferences=preferences,
        )
        return found.route.answer(call)

    def _directory_owner(self, request: HttpRequest, actor: Mailbox, address: Address) -> Mailbox:
        """Whom /me or /users/{key} itself names; others' entries need a directory permission."""
        if address.user is None:
            _check_delegated(request)
            return actor
        owner = self._person(address.user)
        if owner is None or owner.kind is MailboxKind.LIST:
            raise refusals.DirectoryObjectUnknown(user=address.user)
        if owner.id != actor.id:
            _check_scopes(request.scopes, DIRECTORY_SCOPES)
        return owner

    def _mailbox_owner(self, request: HttpRequest, actor: Mailbox, address: Address) -> Mailbox:
        """Whose mailbox the path goes into: one's own or one that shares something, or any for an application."""
        if address.user is None:
            _check_delegated(request)
            return actor
        owner = self._person(address.user)
        if owner is None:
            raise refusals.UserUnknown(user=address.user)
        if owner.kind is MailboxKind.LIST:
            raise refusals.MailboxMissing(user=address.user)
        if owner.id != actor.id and not request.application and not shares(self._world, owner, actor):
            raise refusals.MailboxForbidden(user=address.user)
        return owner

    def _person(self, key: str) -> Mailbox | None:
        if _GUID.fullmatch(key):
            return directory.mailbox_by_id(self._world, key.lower())
        return directory.find_mailbox(self._world, key)

    def failed(self, request: HttpRequest) -> HttpAnswer:
        """The envelope that owns up to a mistake of this server."""
        text = "An internal server error occurred; the server's log tells why."
        return self._envelope(500, "ErrorInternalServerError", text, self._said_of(request))

    def too_large(self, request: HttpRequest, limit: int) -> HttpAnswer:
        """The envelope for a body of more than ``limit`` bytes, which was not read."""
        text = f"A request may have {limit} bytes at most."
        return self._envelope(413, "ErrorMessageSizeExceeded", text, self._said_of(request))

    def _said_of(self, request: HttpRequest) -> _Said:
        request_id = str(UUID(bytes=self._world.ids.token(16), version=4))
        given = request.headers.get("client-request-id", "").strip()
        return _Said(request_id, given if _PRINTABLE.fullmatch(given) else request_id)

    def _refused(self, refused: DomainError | Refusal, said: _Said) -> HttpAnswer:
        status, code = ERRORS[type(refused)]
        further: tuple[tuple[str, str], ...] = ()
        if isinstance(refused, refusals.Unauthenticated):
            further = (("WWW-Authenticate", CHALLENGE),)
        elif isinstance(refused, refusals.MethodNotAllowed):
            further = (("Allow", str(refused.data["offered"])),)
        return self._envelope(status, code, str(refused), said, further)

    def _envelope(
        self, status: int, code: str, text: str, said: _Said, further: tuple[tuple[str, str], ...] = ()
    ) -> HttpAnswer:
        body = envelope(code, text, self._world.clock.now(), said.request_id, said.client_request_id)
        return HttpAnswer(status, (("Content-Type", "application/json"), *said.headers, *further), orjson.dumps(body))


def _check_delegated(request: HttpRequest) -> None:
    if request.application:
        raise refusals.MeNeedsUser


def _check_scopes(held: frozenset[str], needed: frozenset[str]) -> None:
    """One of the needed permissions is held; names are compared without their host and without regard to case."""
    names = {scope.rpartition("/")[2].lower() for scope in held}
    if ANY_SCOPE not in names and not names & {scope.lower() for scope in needed}:
        raise refusals.ScopeMissing(needed=", ".join(sorted(needed)))


def _check_accept(accept: str) -> None:
    """JSON is acceptable unless the header names only other media types (RFC 9110 section 12.5.1)."""
    ranges = [part.partition(";")[0].strip().lower() for part in accept.split(",") if part.strip()]
    if ranges and not any(each in {"*/*", "*", "application/*", "application/json"} for each in ranges):
        raise refusals.NotAcceptable(accept=accept)
