"""Every story played on both sides, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from conformance.actor.acts import Refused
from conformance.catalogue import standard_catalogue
from conformance.client.auth import AuthenticationFailed
from conformance.client.protocol import TransportFailed
from conformance.comparison.outcome import Outcome, Side, Verdict
from conformance.equivalence import Compared, Played, Scenario, compare, gap_of, play
from conformance.expect import CannotTell, CaseStopped
from conformance.isolation import InUse, Traces
from conformance.model.record import ShownExchange
from conformance.suites.case import Case
from conformance.suites.casting import cast_of
from conformance.suites.scene import Scene
from conformance.suites.shown import names_of, with_messages
from conformance.suites.stage import NotApplicable, Stage, clear_away, set_stage
from conformance.suites.steps import free_day
from conformance.targets import Delivery, MissingAccount, MissingPassword, Target
from conformance.targets.farm import FarmRefused

Left = Callable[[str, Traces], None]
"""Is told the mark of a play before a server that others use too, and what it touched."""

Stages = Callable[[Target, Case, str, Left], AbstractContextManager[Stage]]
"""Brings a play before a target, and takes away what it made there."""

# What keeps a story from being told to its end: the server said nothing, or nothing that can be read.
_UNTOLD = (
    CannotTell,
    CaseStopped,
    Refused,
    TransportFailed,
    AuthenticationFailed,
    FarmRefused,
    InUse,
    ValueError,
    LookupError,
)


def compare_sides(
    left: Side, right: Side, scenarios: Iterable[Scenario], stages: Stages = set_stage
) -> Iterator[Outcome]:
    """The outcome of each story, as soon as both sides have played it; at the end late arrivals are taken away."""
    swept = {id(side): _Left(side.target) for side in (left, right)}
    try:
        yield from _outcomes(left, right, scenarios, stages, swept)
    finally:
        for one in swept.values():
            one.sweep()


@dataclass(slots=True)
class _Left:
    """The plays of one side that sent something which may not have arrived by their end."""

    target: Target
    tokens: list[str] = field(default_factory=list)
    traces: Traces = field(default_factory=Traces)

    def add(self, token: str, traces: Traces) -> None:
        self.tokens.append(token)
        self.traces.add(traces)

    def sweep(self) -> None:
        if self.tokens and self.target.delivery is Delivery.ASYNCHRONOUS:
            clear_away(self.target, self.tokens, self.traces)


def _outcomes(
    left: Side, right: Side, scenarios: Iterable[Scenario], stages: Stages, swept: Mapping[int, _Left]
) -> Iterator[Outcome]:
    for scenario in scenarios:
        gap = gap_of(scenario, (left.protocol, right.protocol))
        if gap is not None:
            yield Outcome(scenario, Verdict.GAP, gaps=(gap,))
            continue
        try:
            ours, our_scene = _played(left, scenario, stages, swept[id(left)])
            theirs, their_scene = _played(right, scenario, stages, swept[id(right)])
        except (NotApplicable, MissingAccount, MissingPassword) as reason:
            yield Outcome(scenario, Verdict.NOT_APPLICABLE, problem=str(reason))
            continue
        yield _judged(scenario, compare(ours, theirs), {"left": our_scene, "right": their_scene})


def _played(side: Side, scenario: Scenario, stages: Stages, left: _Left) -> tuple[Played, Scene | None]:
    pairing = f"{side.protocol}-{side.protocol}"
    case = Case(f"compare.{scenario.name}", "cross-protocol", (), (pairing,), scenario.needs)
    scene: Scene | None = None
    try:
        with stages(side.target, case, pairing, left.add) as stage:
            scene = Scene(case, pairing, stage, standard_catalogue())
            for role in scenario.people:
                scene.account(role)
            if scenario.asks:
                free_day(scene, side.protocol, *scenario.asks)
            return play(scenario, cast_of(scene, side.protocol)), scene
    except (MissingAccount, MissingPassword):
        raise
    except _UNTOLD as problem:
        words = str(problem) or type(problem).__name__
        return Played(side.protocol, problem=f"{scenario.sentence.rstrip('.')}: {words}"), scene


def _judged(scenario: Scenario, compared: Compared, scenes: dict[str, Scene | None]) -> Outcome:
    told = Verdict.UNKNOWN if compared.problem else Verdict.SAME
    verdict = Verdict.DIFFERENT if compared.differences else told
    paths: dict[tuple[str, int], list[str]] = {}
    for difference in compared.differences:
        for side, place in (("left", difference.left_at), ("right", difference.right_at)):
            paths.setdefault((side, place.exchange), []).append(place.path)
    exchanges: dict[tuple[str, int], ShownExchange] = {}
    for side, scene in scenes.items():
        names = names_of(scene.exchanges) if scene and compared.differences else None
        for one in scene.exchanges if scene and names else ():
            if (side, one.number) in paths and names:
                exchanges[side, one.number] = with_messages(one, paths[side, one.number], names)
    return Outcome(scenario, verdict, compared.differences, compared.gaps, compared.problem, exchanges)
