"""Why a recording does not answer a request: the nearest recorded request, and what is different."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Sequence

from conformance.model.exchange import Exchange, Request
from conformance.tape.redact import redacted_request
from conformance.wire.urls import target_of

_LINES_SHOWN = 14
_WEIGHED = 300  # requests whose bodies are weighed when the nearest is looked for
_COMPARED = 20_000  # bytes of a body that are weighed


def nearest(wanted: Request, exchanges: Sequence[Exchange]) -> int | None:
    """The place of the recorded request most like this one; ``None`` of an empty recording.

    Method and path count before the body; of very many requests alike in those, the first few hundred are weighed.
    """
    alike: dict[tuple[bool, bool], list[int]] = {}
    for place, exchange in enumerate(exchanges):
        recorded = exchange.request
        alike.setdefault((recorded.method == wanted.method, _path(recorded) == _path(wanted)), []).append(place)
    if not alike:
        return None
    places = alike[max(alike)][:_WEIGHED]
    return max(places, key=lambda place: _similarity(exchanges[place].request, wanted))


def difference(recorded: Request, wanted: Request) -> str:
    """What two requests differ in, for people, secrets redacted: method, target, then the lines of the bodies."""
    recorded, wanted = redacted_request(recorded), redacted_request(wanted)
    lines = []
    if recorded.method != wanted.method:
        lines.append(f"method: recorded {recorded.method}, now {wanted.method}")
    if target_of(recorded.url) != target_of(wanted.url):
        lines.append(f"target: recorded {target_of(recorded.url)}, now {target_of(wanted.url)}")
    if recorded.body != wanted.body:
        changed = [
            line
            for line in difflib.unified_diff(_lines(recorded.body), _lines(wanted.body), n=1, lineterm="")
            if not line.startswith(("---", "+++", "@@"))
        ]
        lines.append("body (- recorded, + now):")
        lines += changed[:_LINES_SHOWN]
        if len(changed) > _LINES_SHOWN:
            lines.append(f"... and {len(changed) - _LINES_SHOWN} lines more")
    return "\n  ".join(lines)


def explain_in_order(
    wanted: Request, exchanges: Sequence[Exchange], place: int, answers: Callable[[Request, Request], bool]
) -> str:
    """Why a request is not the one at a place of the recording, and where else it or its like was recorded."""
    if place >= len(exchanges):
        return f"{name_of(wanted)}: the recording is at its end, all {len(exchanges)} exchanges have been played"
    expected = exchanges[place].request
    head = (
        f"{name_of(wanted)} is not the next recorded request, which is exchange {place + 1} of {len(exchanges)}: "
        f"{name_of(expected)}\n  {difference(expected, wanted)}"
    )
    near = nearest(wanted, exchanges)
    if near is None or near == place:
        return head
    found = exchanges[near].request
    if answers(found, wanted):
        return f"{head}\nexchange {near + 1} has this request: it was recorded {'later' if near > place else 'earlier'}"
    return f"{head}\nnearest is exchange {near + 1}: {name_of(found)}\n  {difference(found, wanted)}"


def explain(wanted: Request, exchanges: Sequence[Exchange], head: str) -> str:
    """A miss in words, with the nearest recorded request and the difference."""
    near = nearest(wanted, exchanges)
    if near is None:
        return f"{head}: the recording is empty"
    found = exchanges[near].request
    return (
        f"{head}\nnearest is exchange {near + 1} of {len(exchanges)}: {name_of(found)}\n  {difference(found, wanted)}"
    )


def name_of(request: Request) -> str:
    """A request's method and target, secrets redacted."""
    return f"{request.method} {target_of(redacted_request(Request(request.method, request.url)).url)}"


def _path(request: Request) -> str:
    return target_of(request.url).partition("?")[0].casefold()


def _similarity(left: Request, right: Request) -> float:
    if left.body == right.body:
        return 2.0 if target_of(left.url) == target_of(right.url) else 1.5
    matcher = difflib.SequenceMatcher(None, _lines(left.body[:_COMPARED]), _lines(right.body[:_COMPARED]), False)
    return matcher.ratio()


def _lines(body: bytes) -> list[str]:
    """A body cut where its structure is: JSON by member, XML by tag, else by line."""
    text = body.decode("utf-8", "backslashreplace")
    if text.lstrip()[:1] in {"{", "["}:
        try:
            return json.dumps(json.loads(text), indent=1, ensure_ascii=False).splitlines()
        except (ValueError, RecursionError):
            return text.splitlines()
    if text.lstrip().startswith("<"):
        return text.replace("><", ">\n<").splitlines()
    return text.replace("&", "\n&").splitlines()
