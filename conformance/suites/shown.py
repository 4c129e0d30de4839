"""Exchanges as a report tells of them; of cases that did not pass with their messages, and what matters in these."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from conformance.model.exchange import Headers, Request, Response
from conformance.model.record import Check, ShownExchange, ShownMessage
from conformance.model.verdict import Verdict
from conformance.suites.observed import Observed
from conformance.tape.bodies import readable
from conformance.tape.naming import IdNames
from conformance.tape.redact import redact, redacted_request
from conformance.wire.operation import Protocol, acts
from conformance.wire.outline import Sheet, spans_of

LIMIT = 20_000  # characters of one message
CASE_LIMIT = 20_000  # characters of a case's messages beyond those that its failed checks are about
MOST_TELLING = 12  # exchanges of a case that are told whatever their length

_CODE: Final = re.compile(rb"<(?:\w+:)?ResponseCode>(?!NoError<)(\w+)</")
_FAULT: Final = re.compile(rb"<(?:\w+:)?faultcode[^>]*>(?:\w+:)?([\w.]+)</")
_ERROR: Final = re.compile(rb'"error"\s*:\s*\{[^{}]*?"code"\s*:\s*"([^"]{1,200})"')
_CREATED: Final = re.compile(rb"<(?:m:)?Items>\s*<(?:t:)?(\w+)")


def row(observed: Observed) -> ShownExchange:
    """An exchange without its messages."""
    exchange = observed.exchange
    request, response = exchange.request, exchange.response
    created = _CREATED.search(request.body) if observed.operation == "CreateItem" else None
    return ShownExchange(
        number=observed.number,
        who=observed.who,
        protocol=observed.protocol.value,
        operation=f"CreateItem {created[1].decode()}" if created else observed.operation,
        method=request.method,
        url=_address(request),
        status=response.status,
        code=_code(observed.protocol, response),
        acts=acts(request),
    )


def _address(request: Request) -> str:
    """The address without secrets: they are parameters, somebody's name before the host, or tokens."""
    if not any(mark in request.url for mark in ("?", "#", "=", "@", "eyJ")):
        return request.url
    return redacted_request(Request(request.method, request.url)).url


def names_of(seen: Iterable[Observed]) -> IdNames:
    """What to call the ids of a case."""
    return IdNames.of((one.who, one.exchange) for one in seen)


def evidence(seen: Sequence[Observed], checks: Collection[Check], names: IdNames) -> tuple[ShownExchange, ...]:
    """The exchanges of a case that did not pass, with what its failed checks are about and as much more as has room.

    A check is about the exchange it looked at and the latest act before it; where no check failed, the last two
    exchanges tell how far the case came.
    """
    failed = [check for check in checks if check.verdict > Verdict.SKIPPED and check.exchange]
    paths: dict[int, list[str]] = {}
    for check in failed:
        paths.setdefault(check.exchange, []).append(check.path)
    telling = list(dict.fromkeys(number for check in failed for number in both(seen, check.exchange)))
    telling = telling or [one.number for one in seen[-2:]]
    whole = {}
    room = CASE_LIMIT
    others = [one.number for one in seen if one.number not in telling]
    for number in (*telling[:MOST_TELLING], *others, *telling[MOST_TELLING:]):
        one = with_messages(seen[number - 1], paths.get(number, ()), names)
        size = len(one.request.text) + len(one.response.text)
        if number in telling[:MOST_TELLING] or size <= room:
            whole[number] = one
            room -= 0 if number in telling[:MOST_TELLING] else size
    return tuple(whole.get(one.number) or _named(row(one), names) for one in seen)


def both(seen: Sequence[Observed | ShownExchange], number: int) -> tuple[int, ...]:
    """The exchange that was looked at, after the latest act before it, if there is one."""
    for one in reversed(seen[: number - 1]):
        if one.acts if isinstance(one, ShownExchange) else acts(one.exchange.request):
            return one.number, number
    return (number,)


def with_messages(observed: Observed, paths: Iterable[str], names: IdNames) -> ShownExchange:
    """An exchange with its messages, around what the paths lead to."""
    safe = redact(observed.exchange)
    request, response = safe.request, safe.response
    start = f"{request.method} {request.url} {request.http_version}"
    status = f"{response.http_version} {response.status} {response.reason}".rstrip()
    asked = [path.removeprefix("request") for path in paths if path.startswith("request")]
    told = [path for path in paths if not path.startswith("request")]
    return replace(
        _named(row(observed), names),
        request=_message(start, request.headers, readable(request), asked or [""], names),
        response=_message(status, response.headers, readable(response), told or [""], names),
    )


def _named(one: ShownExchange, names: IdNames) -> ShownExchange:
    return replace(one, url=names.told(one.url))


def _message(start: str, headers: Headers, body: bytes, paths: Iterable[str], names: IdNames) -> ShownMessage:
    sheet = Sheet.of(start, headers, body)
    matters = {0}
    for path in paths:
        if (lines := sheet.header(path)) is not None:
            matters |= set(lines)
            continue
        for begin, end in sheet.outline.matters(path):
            matters |= set(range(sheet.body + begin, sheet.body + end + 1))
    return _cut([names.told(line) for line in sheet.lines], matters)


def _cut(lines: Sequence[str], matters: Collection[int]) -> ShownMessage:
    """The lines that matter, and from the top as many others as there is room for; what is left out is told."""
    room = LIMIT
    kept = set()
    for number in (*sorted(matters), *(number for number in range(len(lines)) if number not in matters)):
        room -= len(lines[number]) + 1
        if room < 0:
            break
        kept.add(number)
    text: list[str] = []
    told = set()
    missing = 0
    for number, line in enumerate(lines):
        if number not in kept:
            missing += 1
            continue
        text += [_left_out(missing)] if missing else []
        missing = 0
        if number in matters:
            told.add(len(text))
        text.append(line)
    text += [_left_out(missing)] if missing else []
    return ShownMessage("\n".join(text), tuple((begin + 1, end + 1) for begin, end in spans_of(told)))


def _left_out(count: int) -> str:
    return f"… {count} {'line' if count == 1 else 'lines'} more in the cassette"


def _code(protocol: Protocol, response: Response) -> str:
    """What the protocol itself calls the outcome: the first code that is no success, else nothing."""
    for pattern in _CODES.get(protocol, ()):
        found = pattern.search(response.body)
        if found is not None:
            return found[1].decode("utf-8", "replace")
    return ""


_CODES: Final[Mapping[Protocol, tuple[re.Pattern[bytes], ...]]] = {
    Protocol.EWS: (_CODE, _FAULT),
    Protocol.GRAPH: (_ERROR,),
}
