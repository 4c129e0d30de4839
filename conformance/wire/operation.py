"""The operation that a request asks for, whatever its protocol."""

from __future__ import annotations

import functools
from enum import StrEnum
from urllib.parse import parse_qs, urlsplit

from conformance.model.exchange import Request
from conformance.wire import ews, graph


class Protocol(StrEnum):
    """What a request speaks."""

    EWS = "ews"
    GRAPH = "graph"
    OAUTH = "oauth"
    OTHER = "other"


def protocol(request: Request) -> Protocol:
    """The protocol of a request, told by its path, then by its body."""
    told = _told_by_address(request.method, request.url)
    return Protocol.EWS if told is Protocol.OTHER and ews.operation(request.body) else told


@functools.lru_cache(maxsize=256)  # every request is looked at by several
def _told_by_address(method: str, url: str) -> Protocol:
    request = Request(method, url)
    if ews.is_ews(request):
        return Protocol.EWS
    if _path(url).endswith(("/oauth2/v2.0/token", "/oauth2/token", "/token")) and method.upper() == "POST":
        return Protocol.OAUTH
    return Protocol.GRAPH if graph.is_graph(request) else Protocol.OTHER


def operation(request: Request) -> str:
    """The operation's name: ``CreateItem``, ``POST events/{id}/accept``, ``token password``.

    An EWS request without a readable operation is named by its method and path, and so is anything else.
    """
    spoken = protocol(request)
    if spoken is Protocol.EWS and (name := ews.operation(request.body)):
        return name
    if spoken is Protocol.GRAPH:
        return graph.operation(request.method, request.url)
    if spoken is Protocol.OAUTH:
        grant = parse_qs(request.body.decode("utf-8", "replace")).get("grant_type", [""])[0]
        return f"token {grant}".rstrip()
    return f"{request.method.upper()} {_path(request.url)}"


# What asks without changing anything, by the beginning of an EWS operation and by the last word of a Graph address.
_READING = ("Get", "Find", "Sync", "Resolve", "Expand", "Convert", "Subscribe", "Unsubscribe")
_ASKING = ("getschedule", "findmeetingtimes", "translateexchangeids")


def acts(request: Request) -> bool:
    """Whether a request is meant to change something that others can see."""
    spoken = protocol(request)
    if spoken is Protocol.EWS:
        return not operation(request).startswith(_READING)
    if spoken is Protocol.GRAPH:
        last = _path(request.url).rstrip("/").rpartition("/")[2].rpartition(".")[2].casefold()
        return request.method.upper() not in {"GET", "HEAD", "OPTIONS"} and last not in _ASKING
    return False


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return url
