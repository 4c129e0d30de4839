"""Who said what to the server in a case, as a sequence diagram in SVG."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from conformance.model.record import CaseRecord, ShownExchange
from conformance.model.verdict import worst

SERVER = "server"
_LANE, _EDGE, _HEAD, _ROW, _FOOT = 134, 34, 34, 42, 12  # pixels
_CHARACTER = 6.1  # the width of one, about
_UNNAMED = "client"


def lanes_of(exchanges: Sequence[ShownExchange]) -> list[str]:
    """The lifelines from left to right: the organizer, the server, then everybody else as they come to speak."""
    people = list(dict.fromkeys(one.who or _UNNAMED for one in exchanges))
    left = [who for who in people if who.startswith("organizer")] or people[:1]
    return [*left, SERVER, *(who for who in people if who not in left)]


def exchange_verdict(record: CaseRecord, number: int) -> str:
    """The worst of what was found in an exchange; empty where nothing was looked at."""
    found = [check.verdict for check in record.checks if check.exchange == number]
    return worst(found).word if found else ""


def outcome_of(exchange: ShownExchange, verdict: str) -> str:
    """What came of an exchange in a few words: ``200 ErrorItemNotFound, fail``."""
    answer = " ".join(part for part in (str(exchange.status), exchange.code) if part)
    return f"{answer}, {verdict}" if verdict else answer


def svg(record: CaseRecord, anchor: str) -> str:
    """The diagram of a case; arrows lead to ``#anchor-NUMBER`` where the messages of an exchange were kept."""
    lanes = lanes_of(record.exchanges)
    width = 2 * _EDGE + _LANE * (len(lanes) - 1)
    height = _HEAD + _ROW * len(record.exchanges) + _FOOT
    places = {who: _EDGE + _LANE * number for number, who in enumerate(lanes)}
    label = escape(f"{len(record.exchanges)} exchanges of {record.result.id} between {', '.join(lanes)}")
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    return "".join(
        [
            f'<svg class="diagram" {size} role="group" aria-label="{label}">',
            *_lifelines(places, height),
            *(
                _arrow(one, exchange_verdict(record, one.number), places, _HEAD + _ROW * row, anchor)
                for row, one in enumerate(record.exchanges)
            ),
            "</svg>",
        ]
    )


def _lifelines(places: dict[str, int], height: int) -> Iterator[str]:
    for who, at in places.items():
        yield f'<text class="who" x="{at}" y="16">{escape(who)}</text><path class="life" d="M{at} 22V{height}"/>'


def _arrow(exchange: ShownExchange, verdict: str, places: dict[str, int], top: int, anchor: str) -> str:
    begin, end = places[exchange.who or _UNNAMED], places[SERVER]
    way = 1 if end > begin else -1
    line = top + 18
    middle = (begin + end) // 2
    room = int((abs(end - begin) - 6) / _CHARACTER)
    named = f"{exchange.number} {exchange.operation}"
    outcome = outcome_of(exchange, verdict)
    style = verdict.replace(" ", "-") or "unchecked"
    head = f"M{end - 8 * way} {line - 4}L{end - 1 * way} {line}L{end - 8 * way} {line + 4}"
    drawn = (
        f'<g class="a-{style}"><title>{escape(f"{named}: {outcome}")}</title>'
        f'<path d="M{begin} {line}H{end - 1 * way}{head}"/>'
        f'<text x="{middle}" y="{line - 5}">{escape(_short(named, room))}</text>'
        f'<text class="out" x="{middle}" y="{line + 13}">{escape(_short(outcome, room))}</text></g>'
    )
    return f'<a href="#{anchor}-{exchange.number}">{drawn}</a>' if exchange.request.text else drawn


def _short(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[: room - 1]}…"
