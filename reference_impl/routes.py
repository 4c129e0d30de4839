"""Which path leads to which endpoint, and what the web server in front of it refuses by itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final, Protocol

from reference_impl.auth.schemes import Schemes
from reference_impl.autodiscover.account import Service
from reference_impl.autodiscover.pox import PoxEndpoint
from reference_impl.autodiscover.soap import SoapEndpoint
from reference_impl.autodiscover.v2 import JsonEndpoint
from reference_impl.ews.documents import DocumentsEndpoint
from reference_impl.ews.service import EwsEndpoint
from reference_impl.ews.versions import build_of
from reference_impl.graph.routes import ROUTES
from reference_impl.graph.routes.scopes import offered_roles, offered_scopes
from reference_impl.graph.service import GraphEndpoint
from reference_impl.http import HttpAnswer, HttpRequest
from reference_impl.oauth.endpoint import PATHS, IdentityEndpoint
from reference_impl.oauth.ledger import Ledger
from reference_impl.oauth.resources import EWS, EWS_DELEGATED, EWS_ROLE, GRAPH, Permissions
from reference_impl.oauth.tokens import Tokens
from reference_impl.service.world import World

TEXT: Final = (("Content-Type", "text/plain; charset=utf-8"),)


OFFERED: Final = {
    GRAPH: Permissions(offered_scopes(ROUTES), offered_roles(ROUTES)),
    EWS: Permissions(frozenset({EWS_DELEGATED}), frozenset({EWS_ROLE})),
}
"""The permissions that tokens may carry."""


class Endpoint(Protocol):
    """Who answers below a path, each in the words of its own protocol."""

    def answer(self, request: HttpRequest) -> HttpAnswer:
        """The answer to a request."""

    def too_large(self, request: HttpRequest, limit: int) -> HttpAnswer:
        """The refusal of a body of more than ``limit`` bytes."""

    def failed(self, request: HttpRequest) -> HttpAnswer:
        """The answer where the server is at fault."""


@dataclass(frozen=True, slots=True)
class Route:
    """A path pattern, case ignored, who answers, for which dialect and which schemes, and what is refused before that.

    ``guarded`` means that the web server in front lets nobody in without credentials.
    """

    path: str
    endpoint: Endpoint
    dialect: str = ""
    schemes: frozenset[str] = frozenset()
    guarded: bool = False
    refuse: Callable[[HttpRequest], HttpAnswer | None] = lambda _request: None

    def leads(self, path: str) -> bool:
        """Whether a path is this route's."""
        return _pattern(self.path).fullmatch(path) is not None


@cache
def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(path, re.IGNORECASE)


def routes(world: World, schemes: Schemes, tokens: Tokens, ledger: Ledger) -> tuple[Route, ...]:
    """The routes of one server; the first that matches leads."""
    chosen, bearer = frozenset(schemes.names), frozenset({"bearer"})
    build = build_of(world.settings.server_version, world.settings.newest_schema)
    service = Service((build.major, build.minor, build.build, build.revision), build.schemas, schemes.names)
    refuse = _not_soap if world.settings.ews_is_offered else _switched_off
    soap, pox = SoapEndpoint(world, service), PoxEndpoint(world, service)
    return (
        Route(r"/ews/exchange\.asmx/?", EwsEndpoint(world), EWS, chosen, guarded=True, refuse=refuse),
        Route(
            r"/ews/(services\.wsdl|types\.xsd|messages\.xsd)",
            DocumentsEndpoint(build.newest),
            EWS,
            chosen,
            guarded=True,
        ),
        Route(r"/(v1\.0|beta)(/.*)?", GraphEndpoint(world), GRAPH, bearer),
        Route(PATHS, IdentityEndpoint(world, tokens, ledger, OFFERED), GRAPH, bearer),
        Route(r"/autodiscover/autodiscover\.svc", soap, EWS, chosen, guarded=True, refuse=_not_soap),
        Route(r"/autodiscover/autodiscover\.xml", pox, EWS, chosen, guarded=True, refuse=_not_plain),
        Route(r"/autodiscover/autodiscover\.json(/v1\.0/[^/]+/?)?", JsonEndpoint(world)),
    )


def _not_soap(request: HttpRequest) -> HttpAnswer | None:
    """SOAP leaves methods and media types, as credentials, to the web server: bare answers ([MS-OXWSMTGS] 2.1)."""
    if request.method != "POST":
        return HttpAnswer(405, (("Allow", "POST"), *TEXT), b"EWS takes POST requests with a SOAP body.\n")
    if not _may_be_xml(request.headers.get("content-type", "")):
        return HttpAnswer(415, TEXT, b"EWS takes SOAP 1.1 envelopes; expected Content-Type: text/xml.\n")
    return None


@lru_cache(maxsize=64)
def _may_be_xml(content_type: str) -> bool:
    """Whether a media type is one of XML, or nothing is said of it."""
    media_type = content_type.partition(";")[0].strip().lower()
    return not media_type or media_type.endswith(("/xml", "+xml"))


def _switched_off(_request: HttpRequest) -> HttpAnswer:
    """Nothing of EWS is answered any more, whoever asks."""
    return HttpAnswer(403, TEXT, b"EWS is switched off here; Graph is at /v1.0.\n")


def _not_plain(request: HttpRequest) -> HttpAnswer | None:
    """A GET is answered as a request without a body is."""
    if request.method not in {"GET", "POST"}:
        return HttpAnswer(405, (("Allow", "GET, POST"), *TEXT), b"Autodiscover takes POST requests with an XML body.\n")
    return None
