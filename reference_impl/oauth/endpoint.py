"""The endpoints of the identity platform, by their paths, over one world."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

import orjson

from reference_impl.http import HttpAnswer, HttpRequest
from reference_impl.oauth import discovery
from reference_impl.oauth.authority import Authority, Visit, read_parameters
from reference_impl.oauth.authorize import authorize
from reference_impl.oauth.device import begin, enter
from reference_impl.oauth.errors import JSON, METHOD_WRONG, OWN_MISTAKE, TOO_LARGE, Refused, describe, refusal
from reference_impl.oauth.grants import grant_tokens
from reference_impl.oauth.ledger import Ledger
from reference_impl.oauth.pages import page
from reference_impl.oauth.resources import Permissions
from reference_impl.oauth.tokens import Tokens
from reference_impl.service.world import World

Handler = Callable[[Authority, Visit], HttpAnswer]


def _sign_out(_authority: Authority, _visit: Visit) -> HttpAnswer:
    """Nobody stays signed in here, so there is nothing to end."""
    return page("told", title="Signed out", text="You are signed out. You may close this window.", small="")


def _userinfo(_authority: Authority, visit: Visit) -> HttpAnswer:
    """OpenID Connect Core section 5.3."""
    person = visit.request.actor
    if person is None or visit.request.application:
        return HttpAnswer(401, (*JSON, ("WWW-Authenticate", 'Bearer error="invalid_token"')), b"{}")
    told = {"sub": person.id, "name": person.person.name, "email": person.address}
    return HttpAnswer(200, JSON, orjson.dumps(told))


@dataclass(frozen=True, slots=True)
class _Place:
    """Endpoints at one path: who answers at it, and whether people see what is answered."""

    path: str
    handler: Handler
    is_seen: bool = False


_TENANT: Final = r"(?:/(?P<tenant>(?!v2\.0/)[^/]+))?"
_VERSION: Final = r"(?P<version>/v2\.0)?"
_PLACES: Final = (
    _Place(rf"{_TENANT}/oauth2{_VERSION}/token", grant_tokens),
    _Place(rf"{_TENANT}/oauth2{_VERSION}/authorize", authorize, is_seen=True),
    _Place(rf"{_TENANT}/oauth2{_VERSION}/devicecode", begin),
    _Place(rf"{_TENANT}/oauth2{_VERSION}/logout", _sign_out, is_seen=True),
    _Place(r"/devicelogin", enter, is_seen=True),
    _Place(rf"{_TENANT}{_VERSION}/\.well-known/openid-configuration", discovery.openid_configuration),
    _Place(rf"{_TENANT}/discovery{_VERSION}/keys", discovery.keys),
    _Place(rf"{_TENANT}/discovery/instance", discovery.instance),
    _Place(rf"{_TENANT}/userrealm/[^/]+", discovery.user_realm),
    _Place(r"/oidc/userinfo", _userinfo),
)
_PATTERNS: Final = tuple((re.compile(place.path, re.IGNORECASE), place) for place in _PLACES)
PATHS: Final = "|".join(re.sub(r"\?P<\w+>", "?:", place.path) for place in _PLACES)
"""A pattern of every path that leads here."""


class IdentityEndpoint:
    """OAuth 2.0 and OpenID Connect for one tenant; ``offered`` are the permissions there are, by dialect."""

    def __init__(self, world: World, tokens: Tokens, ledger: Ledger, offered: Mapping[str, Permissions]) -> None:
        self._authority = Authority(world, tokens, ledger, offered)

    def answer(self, request: HttpRequest) -> HttpAnswer:
        """The answer to a request with one of ``PATHS``; a refusal is a page where people see it, else JSON."""
        match, place = next(
            (match, place) for pattern, place in _PATTERNS if (match := pattern.fullmatch(request.path))
        )
        found = match.groupdict()
        tenant = unquote(found.get("tenant") or "")
        try:
            self._authority.check_tenant(tenant)
            is_old = "version" in found and not found["version"]
            return place.handler(self._authority, Visit(request, tenant, is_old, read_parameters(request)))
        except Refused as refused:
            return self._refused(request, refused, is_seen=place.is_seen)

    def failed(self, request: HttpRequest) -> HttpAnswer:
        """The refusal that owns up to a mistake of this server."""
        return self._refused(request, Refused(OWN_MISTAKE), is_seen=False)

    def too_large(self, request: HttpRequest, limit: int) -> HttpAnswer:
        """The refusal of a body of more than ``limit`` bytes, which was not read."""
        return self._refused(request, Refused(TOO_LARGE, limit=limit), is_seen=False)

    def _refused(self, request: HttpRequest, refused: Refused, *, is_seen: bool) -> HttpAnswer:
        trace = self._authority.trace(request)
        further = (("Allow", str(refused.data["offered"])),) if refused.kind is METHOD_WRONG else ()
        if is_seen:
            told = describe(refused, trace)
            shown = page("told", refused.kind.status, title="That did not work", text=str(refused), small=told)
            return HttpAnswer(shown.status, (*shown.headers, *further), shown.body)
        return refusal(refused, trace, *further)
