"""What answered in a recording and when, as far as its exchanges tell."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from conformance.model.exchange import Exchange
from conformance.tape.shelving import started
from conformance.wire import graph

_INFO: Final = re.compile(rb"<(?:[\w.-]+:)?ServerVersionInfo\b([^>]*)>")
_ASKED: Final = re.compile(rb"<(?:[\w.-]+:)?RequestServerVersion\b([^>]*)>")
_ATTRIBUTE: Final = re.compile(rb"([A-Za-z]+)\s*=\s*[\"']([^\"']*)[\"']")
# MS-OXWSCDATA, ServerVersionInfo: the numbers of a build.
_BUILD: Final = ("MajorVersion", "MinorVersion", "MajorBuildNumber", "MinorBuildNumber")
_VERSION_HEADERS: Final = {"x-owa-version": "build ", "server": ""}
_DIAGNOSTIC: Final = "x-ms-ags-diagnostic"


@dataclass(slots=True)
class Provenance:
    """Builds and schema versions in the order in which they first show, and the times of the first and last exchange.

    Times are in UTC, in a form that sorts as a text; ``is_servers_clock`` says that the recorder noted none, so that
    they are those of the server's Date headers. Empty where nothing tells.
    """

    builds: dict[str, None] = field(default_factory=dict)
    schemas: dict[str, None] = field(default_factory=dict)
    first: str = ""
    last: str = ""
    is_servers_clock: bool = False

    def see(self, exchange: Exchange) -> None:
        """Take in what one exchange more tells."""
        self.builds |= dict.fromkeys(_builds(exchange))
        self.schemas |= dict.fromkeys(_schemas(exchange))
        noted = started(exchange)
        time = noted or _date(exchange)
        if not time or (self.first and self.is_servers_clock != (not noted)):
            return
        self.is_servers_clock = not noted
        self.first = min(self.first or time, time)
        self.last = max(self.last, time)

    def lines(self, now: datetime) -> Iterator[str]:
        """The same for people; ``now`` is what the age is counted to."""
        yield f"server {', '.join(self.builds) or 'unknown'}"
        yield f"schema {', '.join(self.schemas) or 'unknown'}"
        if not self.first:
            yield "recorded at a time that is not known"
            return
        days = (now - datetime.fromisoformat(self.last)).days
        age = f"{days} days ago" if days != 1 else "1 day ago"
        clock = " by the server's clock" if self.is_servers_clock else ""
        yield f"recorded {self.first[:16]} to {self.last[:16]}{clock}, {age}"


def _builds(exchange: Exchange) -> Iterator[str]:
    if found := _INFO.search(exchange.response.body):
        told = _attributes(found[1])
        numbers = [told[name] for name in _BUILD if name in told]
        if numbers:
            yield f"build {'.'.join(numbers)}"
    for name, word in _VERSION_HEADERS.items():
        if value := exchange.response.header(name):
            yield f"{word}{value}"
    try:
        info = json.loads(exchange.response.header(_DIAGNOSTIC) or "{}").get("ServerInfo", {})
        yield f"{info['DataCenter']}, ring {info['Ring']}"
    except (ValueError, AttributeError, KeyError, TypeError):
        return


def _schemas(exchange: Exchange) -> Iterator[str]:
    for pattern, body in ((_ASKED, exchange.request.body), (_INFO, exchange.response.body)):
        if (found := pattern.search(body)) and (version := _attributes(found[1]).get("Version")):
            yield version
    if graph.is_graph(exchange.request):
        below = graph.below_root(exchange.request.url)
        yield f"Graph {exchange.request.url.partition('?')[0].removesuffix(below).rpartition('/')[2]}"


def _attributes(text: bytes) -> dict[str, str]:
    return {name.decode(): value.decode("utf-8", "replace") for name, value in _ATTRIBUTE.findall(text)}


def _date(exchange: Exchange) -> str:
    """The moment of an answer's Date header (RFC 9110, section 6.6.1)."""
    try:
        moment = parsedate_to_datetime(exchange.response.header("Date") or "")
    except ValueError:
        return ""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat().replace("+00:00", "Z")
