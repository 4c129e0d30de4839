"""Random command sequences: what was asked in a case, with requests left out, repeated, exchanged and altered."""

from __future__ import annotations

import functools
import random
import re

from conformance.model.exchange import Request
from tests.meta.mutants import WORDS
from tests.meta.playing import live_stage, performed, playables, tape
from tests.meta.server.playing import TooLong, behaviour, in_time

# Beside what answers hold: what requests choose from.
_CHOICES = (
    *WORDS,
    ("IdOnly", "Default", "AllProperties"),
    ("SendToNone", "SendOnlyToAll", "SendToAllAndSaveCopy"),
    ("SendOnlyToChanged", "SendToChangedAndSaveCopy", "SendToAllAndSaveCopy"),
    ("AcceptItem", "TentativelyAcceptItem", "DeclineItem", "CancelCalendarItem", "RemoveItem"),
    ("HardDelete", "SoftDelete", "MoveToDeletedItems"),
    ("NeverOverwrite", "AutoResolve", "AlwaysOverwrite"),
    ("Exchange2007_SP1", "Exchange2010_SP2", "Exchange2013_SP1", "Exchange2016"),
    ("calendar", "inbox", "sentitems", "deleteditems", "drafts"),
    ("true", "false"),
)
_WORDS = [(tuple(word.encode() for word in row), re.compile(rf"\b(?:{'|'.join(row)})\b".encode())) for row in _CHOICES]
_FIELD = re.compile(rb'FieldURI="[\w:]+"')


@functools.cache
def _asked(stem: str) -> tuple[Request, ...]:
    """What is asked in a case, with the credentials that it is asked with."""
    with live_stage(playables()[stem]) as stage:
        scene, _ = performed(playables()[stem], stage)
        return tuple(one.exchange.request for one in scene.exchanges)


@functools.cache
def _fields() -> tuple[bytes, ...]:
    """Every property that some tape names."""
    bodies = b"".join(one.request.body for stem in sorted(playables()) for one in tape(stem).exchanges)
    return tuple(sorted(set(_FIELD.findall(bodies))))


@functools.cache
def sequence(stem: str, seed: int) -> tuple[Request, ...]:
    """A random sequence made of what is asked in a case; equal seeds make equal ones."""
    chance = random.Random(f"{stem} {seed}")
    made = []
    for request in _asked(stem):
        times = chance.choices((0, 1, 2), (1, 8, 1))[0]
        made += [_changed(request, chance) for _ in range(times)]
    if len(made) > 2:
        place = chance.randrange(len(made) - 1)
        made[place], made[place + 1] = made[place + 1], made[place]
    return tuple(made)


def _changed(request: Request, chance: random.Random) -> Request:
    if "oauth2" in request.url or chance.random() < 0.4:
        return request
    body = request.body
    fields = [(_fields(), place) for place in _FIELD.finditer(body)]
    words = [(row, place) for row, word in _WORDS for place in word.finditer(body)]
    places = fields if fields and chance.random() < 0.5 else words
    if not places:
        return request
    row, place = chance.choice(places)
    other = chance.choice([one for one in row if one != place[0]])
    headers = tuple((name, value) for name, value in request.headers if name.lower() != "content-length")
    return Request(request.method, request.url, headers, body[: place.start()] + other + body[place.end() :])


def answers(stem: str, seed: int) -> tuple[tuple[int, bytes], ...]:
    """What a fresh server answers to a random sequence."""
    asked = sequence(stem, seed)
    found = []
    try:
        with in_time(), live_stage(playables()[stem]) as stage:
            for request in asked:
                answer = stage.transport.send(request).response
                found.append((answer.status, behaviour(answer.body)))
    except TooLong:
        found.append((0, b""))
    return tuple(found)
