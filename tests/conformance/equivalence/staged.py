"""Stories played in this process: every play has a reference server of its own."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from conformance.catalogue import standard_catalogue
from conformance.client.asgi import AsgiTransport
from conformance.equivalence import SCENARIOS, Played, play
from conformance.suites.case import Case
from conformance.suites.casting import cast_of
from conformance.suites.scene import Scene
from conformance.suites.stage import EMBEDDED_START, Stage, target_of_head
from conformance.suites.variables import draw
from conformance.targets import Target
from reference_impl.directory.population import PASSWORD
from reference_impl.server import Options, application
from tests.meta.playing import tape

_HEAD = tape("cross-protocol.schedule--ews-ews").head
REFERENCE = target_of_head(_HEAD, Path("reference"))
STORIES = {scenario.name: scenario for scenario in SCENARIOS}


@contextmanager
def in_process(target: Target, case: Case, pairing: str, left: object = None) -> Iterator[Stage]:
    """A stage before a fresh server, with the faults that the target names."""
    start = datetime.fromisoformat(EMBEDDED_START)
    app = application(Options(seed=case.id, clock=start, faults=target.faults))
    transport = AsgiTransport(app)
    accounts = tuple(replace(account, secret=PASSWORD) for account in REFERENCE.accounts)
    alive = replace(target, accounts=accounts, ews=REFERENCE.ews, graph=REFERENCE.graph)
    try:
        yield Stage(transport, alive, draw(start, case.id))
    finally:
        transport.close()
        app.world.store.close()


@functools.cache
def played(story: str, protocol: str, *faults: str, target: Target = REFERENCE) -> tuple[Played, Scene]:
    """One play of a story, and the scene it was played in; of equal ones the first."""
    scenario = STORIES[story]
    pairing = f"{protocol}-{protocol}"
    case = Case(f"compare.{scenario.name}", "cross-protocol", (), (pairing,), frozenset())
    with in_process(replace(target, faults=frozenset(faults)), case, pairing) as stage:
        scene = Scene(case, pairing, stage, standard_catalogue(), sleep=lambda _: None)
        return play(scenario, cast_of(scene, protocol)), scene
