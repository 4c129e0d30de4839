"""Playing cases from tapes in this process, so that thousands of altered answers can be judged in seconds."""

from __future__ import annotations

import functools
import importlib
import inspect
import itertools
import pkgutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

import conformance.suites
from conformance.catalogue import operations, standard_catalogue, structure
from conformance.client.asgi import AsgiTransport
from conformance.client.playback import TapeTransport
from conformance.client.protocol import Transport
from conformance.model.exchange import Exchange
from conformance.model.record import Check
from conformance.model.verdict import Outcome, Verdict
from conformance.suites.case import MARK, Case
from conformance.suites.scene import Scene
from conformance.suites.stage import EMBEDDED_START, Stage, ear_of_head, stem_of, target_of_head
from conformance.tape.cassette import Cassette, read_cassette
from conformance.targets.embedded import options_for
from reference_impl.directory.population import PASSWORD
from tests.recorded import REFERENCE


@dataclass(frozen=True, slots=True)
class Playable:
    """One case in one pairing, with the arguments that its function takes beside the scene."""

    case: Case
    pairing: str
    test: Callable[..., None]
    arguments: tuple[tuple[str, Any], ...]

    @property
    def stem(self) -> str:
        """The name of the cassette, without its ending."""
        return stem_of(self.case, self.pairing)


def _modules() -> Iterator[Any]:
    for found in pkgutil.walk_packages(conformance.suites.__path__, "conformance.suites."):
        if found.name.rpartition(".")[2].startswith("test_"):
            yield importlib.import_module(found.name)


def _variants(test: Callable[..., None]) -> Iterator[tuple[tuple[tuple[str, Any], ...], str]]:
    """The parameter sets of a case beside its pairings, with the id that pytest gives each."""
    axes = []
    for mark in getattr(test, "pytestmark", ()):
        names, values = (*mark.args, ())[:2] if mark.name == "parametrize" else ("scene", ())
        if names == "scene":
            continue
        keys = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
        ids = mark.kwargs.get("ids")
        axis = []
        for place, value in enumerate(values):
            row = getattr(value, "values", value if len(keys) > 1 else (value,))
            name = getattr(value, "id", None) or (ids[place] if ids else "-".join(str(part) for part in row))
            axis.append((tuple(zip(keys, row, strict=True)), name))
        axes.append(axis)
    for combination in itertools.product(*axes):
        yield tuple(itertools.chain(*(pairs for pairs, _ in combination))), "-".join(name for _, name in combination)


@functools.cache
def playables() -> dict[str, Playable]:
    """Every case in every pairing, by the stem of its cassette."""
    found = {}
    for module in _modules():
        for _, test in inspect.getmembers(module, inspect.isfunction):
            for mark in getattr(test, "pytestmark", ()):
                if mark.name != MARK:
                    continue
                for arguments, name in _variants(test):
                    case = mark.args[0].variant(name) if name else mark.args[0]
                    for pairing in case.pairings:
                        playable = Playable(case, pairing, test, arguments)
                        found[playable.stem] = playable
    return found


def stems_like(patterns: Sequence[str]) -> list[str]:
    """The stems that match one of some patterns, such as ``series.*``; all of them where there is no pattern."""
    return [stem for stem in sorted(playables()) if not patterns or any(fnmatch(stem, one) for one in patterns)]


@functools.cache
def tape(stem: str) -> Cassette:
    """The golden recording of a case."""
    return read_cassette(REFERENCE / f"{stem}.yaml")


def play(playable: Playable, cassette: Cassette) -> tuple[Outcome, ...]:
    """What a case finds on a tape."""
    return judged(playable, taped(playable, cassette))


def unmet(playable: Playable, stage: Stage) -> frozenset[str]:
    """The requirements that a case itself finds unmet on a stage, without the checks of every exchange."""
    scene, _ = performed(playable, stage)
    return failed(scene.ledger.outcomes(Verdict.INCONCLUSIVE))


def taped(playable: Playable, cassette: Cassette) -> Stage:
    """A recording of a case to play it from."""
    head = cassette.head
    target, transport = target_of_head(head, Path(playable.stem)), TapeTransport(cassette)
    ear = ear_of_head(head, transport)
    return Stage(transport, target, head["variables"], recorded=playable.stem, replayed=True, ear=ear)


def checks(stem: str) -> tuple[Check, ...]:
    """What a case checks of its golden tape, without the checks of every exchange."""
    scene, _ = performed(playables()[stem], taped(playables()[stem], tape(stem)))
    return tuple(scene.ledger.checks)


def judged(playable: Playable, stage: Stage) -> tuple[Outcome, ...]:
    """What a case finds on a stage."""
    scene, ending = performed(playable, stage)
    outcomes, _ = scene.conclude(ending)
    return outcomes


def performed(
    playable: Playable, stage: Stage, sleep: Callable[[float], None] = time.sleep
) -> tuple[Scene, BaseException | None]:
    """A case played strictly on a stage, and what it raised."""
    scene = Scene(playable.case, playable.pairing, stage, standard_catalogue(), is_strict=True, sleep=sleep)
    ending: BaseException | None = None
    try:
        playable.test(scene=scene, **dict(playable.arguments))
    except (Exception, pytest.skip.Exception) as problem:  # noqa: BLE001  judged by the scene
        ending = problem
    return scene, ending


def failed(outcomes: tuple[Outcome, ...]) -> frozenset[str]:
    """The requirements that a case found unmet."""
    return frozenset(one.requirement for one in outcomes if one.verdict is Verdict.FAIL)


def of_cases(reds: frozenset[str]) -> frozenset[str]:
    """Without what is seen in any exchange, which every case of a server finds alike; schemas are not meant."""
    return frozenset(one for one in reds if not standard_catalogue().requirement(one).area.startswith("passive-"))


def in_particular(reds: frozenset[str]) -> frozenset[str]:
    """Without the rules of the catalogue's tables, if others are red: one damaged element breaks several of those."""
    tabled = {one for one in reds if standard_catalogue().requirement(one).area in {structure.AREA, operations.AREA}}
    return reds - tabled or reds


def altered(cassette: Cassette, number: int, change: Callable[[Exchange], Exchange]) -> Cassette:
    """The tape with one exchange changed; exchanges are numbered from 1."""
    exchanges = list(cassette.exchanges)
    exchanges[number - 1] = change(exchanges[number - 1])
    return replace(cassette, exchanges=tuple(exchanges))


def _application(playable: Playable, faults: frozenset[str]) -> Any:
    """A server with the options that the farm would be given for a case, of the modules that are loaded just now."""
    server = importlib.import_module("reference_impl.server")
    population = importlib.import_module("reference_impl.directory.population")
    asked = options_for(playable.case.needs)
    mailboxes = asked["mailboxes"]
    options = server.Options(
        seed=playable.stem,
        clock=datetime.fromisoformat(EMBEDDED_START),
        faults=faults,
        profile=asked["profile"],
        mailboxes=None if mailboxes is None else population.population_of(mailboxes, "mailboxes"),
        settings=asked["settings"],
    )
    return server.application(options)


def play_live(playable: Playable, faults: frozenset[str] = frozenset()) -> tuple[Outcome, ...]:
    """What a case finds of a fresh reference server in this process, with some of its named faults."""
    with live_stage(playable, faults) as stage:
        return judged(playable, stage)


def _as_it_is(transport: Transport) -> Transport:
    return transport


@contextmanager
def live_stage(
    playable: Playable,
    faults: frozenset[str] = frozenset(),
    around: Callable[[Transport], Transport] = _as_it_is,
) -> Iterator[Stage]:
    """A fresh reference server in this process for one case, with some named faults, or with another way to it."""
    head = tape(playable.stem).head
    target = target_of_head(head, Path(playable.stem))
    accounts = tuple(replace(account, secret=PASSWORD) for account in target.accounts)
    app = _application(playable, faults)
    transport = AsgiTransport(app)
    try:
        yield Stage(around(transport), replace(target, accounts=accounts), head["variables"])
    finally:
        transport.close()
        app.world.store.close()
