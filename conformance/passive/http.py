"""What HTTP asks of answers in either protocol: headers that go with a status, bodies that are what they say."""

from __future__ import annotations

import email.utils
import re
from collections.abc import Iterator

import orjson

from conformance.passive.check import PassiveCheck, Reading, by_rules
from conformance.passive.seen import Seen
from conformance.wire import ews
from conformance.wire.operation import Protocol

_UNAUTHORIZED = 401
_ETAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')
_SECONDS = re.compile(r"\d+(?:\.\d+)?")  # Graph's throttling page shows fractions of a second
_XML, _JSON = re.compile(r"(?:text|application)/(?:[\w.+-]+\+)?xml", re.IGNORECASE), "application/json"
_IMPLIED = frozenset({"odata.track-changes", "odata.maxpagesize"})  # a delta is tracked, and has a size, unasked
_PREFERENCE = re.compile(r"""\s*([^\s=;,]+)\s*(?:=\s*("[^"]*"|[^,;]*))?(?:;[^,]*)?""")


def answers(seen: Seen) -> Iterator[Seen]:
    """The exchange itself, where it is one of the two protocols."""
    if seen.protocol in {Protocol.EWS, Protocol.GRAPH}:
        yield seen


def _challenge(seen: Seen) -> Iterator[Reading]:
    if seen.status == _UNAUTHORIZED:
        found = seen.exchange.response.header("www-authenticate")
        yield Reading(
            bool(found), "WWW-Authenticate of a 401", "a challenge", found, "response.headers.www-authenticate"
        )


def _retry_after(seen: Seen) -> Iterator[Reading]:
    found = seen.exchange.response.header("retry-after")
    if found is not None:
        is_met = _SECONDS.fullmatch(found.strip()) is not None or _is_date(found)
        yield Reading(is_met, "Retry-After", "seconds, or a date", found, "response.headers.retry-after")


def _is_date(text: str) -> bool:
    try:
        email.utils.parsedate_to_datetime(text)
    except ValueError:
        return False
    return True


def _etag(seen: Seen) -> Iterator[Reading]:
    found = seen.exchange.response.header("etag")
    if found is not None:
        is_met = _ETAG.fullmatch(found) is not None
        yield Reading(is_met, "ETag of the answer", 'W/"..." or "..."', found, "response.headers.etag")


def _applied(seen: Seen) -> Iterator[Reading]:
    applied = preferences(seen.exchange.response.headers, "preference-applied")
    asked = preferences(seen.exchange.request.headers, "prefer")
    for name, value in applied.items():
        wanted = asked.get(name)
        is_met = name in asked or name in _IMPLIED
        if is_met and name not in _IMPLIED and wanted and value:
            is_met = wanted.casefold() == value.casefold()
        expected = f"{name}={wanted}" if wanted else ", ".join(asked) or "nothing, for nothing was preferred"
        actual = f"{name}={value}" if value else name
        yield Reading(is_met, "Preference-Applied", expected, actual, "response.headers.preference-applied")


def preferences(headers: tuple[tuple[str, str], ...], header: str) -> dict[str, str]:
    """The preferences of all headers of a name, by their names in lower case, their values without quotes."""
    found: dict[str, str] = {}
    for name, line in headers:
        if name.casefold() == header:
            for preference in _PREFERENCE.finditer(line):
                found.setdefault(preference[1].casefold(), (preference[2] or "").strip().strip('"'))
    return found


def media_type(seen: Seen) -> str:
    """The media type an answer declares, parameters apart, in lower case."""
    return (seen.exchange.response.header("content-type") or "").partition(";")[0].strip().casefold()


def _is_as_declared(seen: Seen) -> Iterator[Reading]:
    declared, body = media_type(seen), seen.exchange.response.body
    if not body or seen.is_streamed:
        return
    if _XML.fullmatch(declared):
        problem = "" if seen.answered is not None else _not_xml(body)
    elif declared == _JSON:
        problem = "" if seen.document is not None else _not_json(body)
    else:
        return
    yield Reading(not problem, f"the body, which is declared as {declared}", declared, problem, "response")


def _not_xml(body: bytes) -> str:
    try:
        ews.parse(body)
    except ews.NotXml as problem:
        return str(problem)
    return ""


def _not_json(body: bytes) -> str:
    try:
        orjson.loads(body.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as problem:
        return f"no JSON: {problem}"
    return ""


CHECK: PassiveCheck = by_rules(
    "http",
    answers,
    {
        "WIRE-SEEN-001": _challenge,
        "WIRE-SEEN-002": _retry_after,
        "WIRE-SEEN-004": _etag,
        "WIRE-SEEN-005": _applied,
        "WIRE-SEEN-006": _is_as_declared,
    },
)
