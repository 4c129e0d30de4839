"""No damage to a recording keeps the checks from going on."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import pytest

from conformance.passive import Seen, Watch
from conformance.passive.memory import Recent
from conformance.tape.cassette import read_cassette
from conformance.wire import path as paths
from tests.recorded import CASSETTES

TAPES = (
    *("grommunio/meeting", "grommunio/series", "grommunio/availability", "kopano/events"),
    *("reference/availability.answers--ews-ews", "reference/availability.schedule-details--graph-graph"),
)
ODD = (None, 5, -1, [], {}, "", "x", True, {"a": 1}, [None], "2026-13-01T00:00:00Z", "0001-01-01T00:00:00Z", "P", "-")


def damaged_value(value, chance):
    if chance.random() < 0.1:
        return chance.choice(ODD)
    if isinstance(value, dict):
        return {name: damaged_value(one, chance) for name, one in value.items()}
    return [damaged_value(one, chance) for one in value] if isinstance(value, list) else value


def damaged_body(body, chance):
    """The body with odd values in it, without some parts, or cut."""
    if chance.random() < 0.1:
        return body[: len(body) // 2]
    if body.lstrip()[:1] == b"{":
        return json.dumps(damaged_value(json.loads(body), chance)).encode()
    if not paths.looks_like_xml(body):
        return body
    for _ in range(4):
        path, _ = chance.choice(list(paths.leaves(body)))
        body = paths.remove(body, path) if chance.random() < 0.3 else paths.replace(body, path, str(chance.choice(ODD)))
    return body


def damaged(exchange, chance):
    request, response = exchange.request, exchange.response
    status = chance.choice((response.status, response.status, 204, 404, 429, 500))
    return replace(
        exchange,
        request=replace(request, body=damaged_body(request.body, chance) if chance.random() < 0.3 else request.body),
        response=replace(response, status=status, body=damaged_body(response.body, chance)),
    )


@pytest.mark.parametrize("tape", TAPES)
def test_damaged_exchanges_are_judged_and_not_stumbled_over(tape):
    chance = random.Random(tape)
    exchanges = read_cassette(CASSETTES / f"{tape}.yaml").exchanges
    judged = 0
    for _ in range(5):
        watch = Watch()
        for number, exchange in enumerate(exchanges, start=1):
            judged += len(list(watch.see(Seen(damaged(exchange, chance), number, is_open=True))))
    assert judged


def test_only_the_latest_is_remembered():
    recent = Recent(3)
    for number in range(10):
        recent[number] = str(number)
    recent[8] = "again"
    recent[10] = "10"
    assert len(recent) == 3
    assert [recent.get(number) for number in (7, 8, 9, 10)] == [None, "again", "9", "10"]
