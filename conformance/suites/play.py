"""A case as pytest runs it: collected under its id, given its scene, judged, and told to the report."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from conformance.catalogue import CatalogueInvalid, UnknownRequirement, standard_catalogue
from conformance.client.protocol import TransportFailed
from conformance.expect import brief
from conformance.isolation import InUse, Traces
from conformance.known import KnownFailures, read_expectations
from conformance.model.record import CaseRecord
from conformance.model.verdict import CaseResult, Outcome, Verdict
from conformance.suites.case import MARK, Case
from conformance.suites.scene import Scene
from conformance.suites.shown import both, evidence, names_of, row
from conformance.suites.stage import (
    EvidenceLost,
    NotApplicable,
    NotRecorded,
    Stage,
    clear_away,
    replay_stage,
    set_stage,
    stem_of,
)
from conformance.targets import Delivery, MissingPassword, Target, TargetInvalid, asking, obtain_secrets, read_target
from conformance.targets.farm import FarmRefused

CASE = pytest.StashKey[Case]()
PAIRING = pytest.StashKey[str]()
RECORD = pytest.StashKey[CaseRecord]()
BARRED = pytest.StashKey[Outcome]()
_TARGET = pytest.StashKey[Target]()
_LEFT: pytest.StashKey[Left] = pytest.StashKey()
_KNOWN = pytest.StashKey[KnownFailures]()
_BEGUN = pytest.StashKey[float]()
_GIVEN_UP = 3
_MISTAKE = "meetproof_mistake"  # what the plugin reads of a worker


def collect(collector: pytest.Module | pytest.Class, name: str, test: object) -> list[pytest.Function] | None:
    """The items of a test function that is a case, named by the case's id; None of any other.

    CollectError when the case verifies what the catalogue does not hold.
    """
    marks = [mark for mark in getattr(test, "pytestmark", ()) if mark.name == MARK]
    if not marks:
        return None
    declared: Case = marks[0].args[0]
    try:
        catalogue = standard_catalogue()
        for requirement in declared.verifies:
            catalogue.requirement(requirement)
    except (UnknownRequirement, CatalogueInvalid) as problem:
        raise collector.CollectError(f"{collector.path.name}::{name}: the case {declared.id}: {problem}") from None
    return [_item(collector, declared, test, made) for made in _generated(collector, name, test)]


def _generated(collector: pytest.Module | pytest.Class, name: str, test: object) -> Iterable[pytest.Function]:
    return collector._genfunctions(name, test)  # noqa: SLF001  the way from a function to its items has no public name


def _item(
    collector: pytest.Module | pytest.Class, declared: Case, test: object, made: pytest.Function
) -> pytest.Function:
    """The item pytest made, made anew under the case's id."""
    pairing = str(made.callspec.params["scene"])
    identifiers = made.callspec._idlist  # noqa: SLF001  the parts of the id have no public name
    others = [part for part in identifiers if part != pairing]
    case = declared.variant("-".join(others)) if others else declared
    item: pytest.Function = pytest.Function.from_parent(
        collector,
        name=f"{case.id}[{pairing}]",
        callspec=replace(made.callspec, _idlist=[pairing]),
        callobj=test,
        fixtureinfo=made._fixtureinfo,  # noqa: SLF001  as pytest hands it on itself
        keywords={pairing: True},
        originalname=case.id,
    )
    item.stash[CASE] = case
    item.stash[PAIRING] = pairing
    item.extra_keyword_matches.update({case.scenario, *case.verifies})
    return item


def check_collected(config: pytest.Config, items: list[pytest.Item]) -> None:
    """UsageError when two functions claim one case id, or when there is no server to play the cases against.

    Two cases of one id would overwrite each other's recording. A worker, whose errors xdist takes for crashes, leaves
    the words for its controller and plays nothing.
    """
    seen: dict[str, str] = {}
    for item in items:
        if CASE in item.stash and isinstance(item, pytest.Function):
            place = f"{item.path.name}::{item.function.__name__}"
            if seen.setdefault(item.name, place) != place:
                words = f"The case id {item.name!r} is used twice: by {seen[item.name]} and {place}"
                if not hasattr(config, "workerinput"):
                    raise pytest.UsageError(words)
                config.workeroutput[_MISTAKE] = words  # type: ignore[attr-defined]  # xdist's
                items.clear()
                return
    # Of a worker's usage error xdist makes a crash; there each case tells of it.
    needs_target = config.getoption("--meetproof-replay") is None and not config.option.collectonly
    if seen and needs_target and not hasattr(config, "workerinput"):
        target_of(config)


def target_of(config: pytest.Config) -> Target:
    """The target that the options name, read once; UsageError when there is none or it cannot be used."""
    if _TARGET not in config.stash:
        file = config.getoption("--meetproof-target")
        if file is None:
            raise pytest.UsageError(
                "The cases need a server: give --meetproof-target FILE, or --meetproof-replay DIR to play recordings, "
                "or run `meetproof run`, which starts the reference server."
            )
        try:
            target = read_target(Path(file))
            obtain_secrets(target, asking())
        except (TargetInvalid, MissingPassword) as problem:
            raise pytest.UsageError(str(problem)) from None
        config.stash[_TARGET] = target.for_worker(_worker(config))
    return config.stash[_TARGET]


def _worker(config: pytest.Config) -> int:
    """Which of xdist's workers this process is, counted from 0; 0 also where there is but one process."""
    name = getattr(config, "workerinput", {}).get("workerid", "gw0")
    return int(name.removeprefix("gw"))


def known_of(config: pytest.Config) -> KnownFailures:
    """The known failures of the expectation file that the options name, read once."""
    if _KNOWN not in config.stash:
        file = config.getoption("--meetproof-expectations")
        config.stash[_KNOWN] = read_expectations(Path(file)) if file else KnownFailures()
    return config.stash[_KNOWN]


def open_scene(item: pytest.Item) -> Iterator[Scene]:
    """The scene of an item; skipped where the target lacks what the case needs or nothing was recorded."""
    case, pairing = item.stash[CASE], item.stash[PAIRING]
    item.stash[_BEGUN] = time.monotonic()
    barred = None
    try:
        _check_that_somebody_answers(item.config)
        with _stage(item, case, pairing) as stage:
            is_strict = item.config.getoption("--meetproof-strict")
            yield Scene(case, pairing, stage, standard_catalogue(), is_strict=is_strict)
    except NotApplicable as reason:
        barred = Outcome("", Verdict.NOT_APPLICABLE, str(reason))
    except NotRecorded as reason:
        barred = Outcome("", Verdict.SKIPPED, str(reason))
    except TransportFailed as reason:
        barred = Outcome("", Verdict.INCONCLUSIVE, str(reason))
    except InUse as reason:
        barred = Outcome("", Verdict.SKIPPED, str(reason))
    except (FarmRefused, EvidenceLost, pytest.UsageError) as problem:
        barred = Outcome("", Verdict.ERROR, str(problem))
    if barred is None:
        return
    item.stash[BARRED] = barred
    if barred.verdict is Verdict.ERROR:
        pytest.fail(barred.message, pytrace=False)
    pytest.skip(barred.message)


def judge(item: pytest.Item, scene: Scene, ending: BaseException | None) -> None:
    """Conclude a case and keep its record; fails or skips the test as its verdict says."""
    scene.locate_failures()
    outcomes, message = scene.conclude(ending)
    case = scene.case
    seconds = round(time.monotonic() - item.stash[_BEGUN], 3)
    result = CaseResult(case.id, scene.pairing, case.scenario, outcomes, seconds, message)
    record = known_of(item.config).judged(recorded(result, scene))
    item.stash[RECORD] = record
    if result.verdict is Verdict.ERROR and ending is not None:
        raise ending
    if record.problems:
        pytest.fail("\n\n".join((*record.problems, explained(record))).rstrip(), pytrace=False)
    known = [one for one in record.result.outcomes if one.known]
    if known and all(one.known or one.verdict <= Verdict.WARNING for one in record.result.outcomes):
        pytest.xfail("; ".join(dict.fromkeys(f"{one.requirement}: {one.known}" for one in known)))
    if result.verdict in {Verdict.SKIPPED, Verdict.NOT_APPLICABLE}:
        pytest.skip(message or _told(outcomes, result.verdict))
    if result.verdict > Verdict.WARNING:
        pytest.fail(f"{result.verdict.word}\n{explained(record)}", pytrace=False)


def recorded(result: CaseResult, scene: Scene) -> CaseRecord:
    """What a case leaves: the messages only where it did not pass, with the ids in them called by names."""
    tape = f"{stem_of(scene.case, scene.pairing)}.yaml"
    if result.verdict <= Verdict.SKIPPED:
        return CaseRecord(result, scene.ledger.checks, tuple(map(row, scene.exchanges)), tape)
    names = names_of(scene.exchanges)
    told = names.told
    checks = tuple(
        replace(one, expected=tuple(map(told, one.expected)), actual=told(one.actual)) for one in scene.ledger.checks
    )
    outcomes = tuple(replace(one, message=told(one.message)) for one in result.outcomes)
    shown = evidence(scene.exchanges, checks, names)
    return CaseRecord(
        replace(result, outcomes=outcomes, message=told(result.message)), checks, shown, tape, names.by_name()
    )


def record_of(item: pytest.Item, report: pytest.TestReport) -> CaseRecord | None:
    """What a phase of a case's run tells the report: None when it adds nothing."""
    case = item.stash.get(CASE, None)
    if case is None:
        return None
    if report.when == "call":
        return item.stash.get(RECORD, None) or _unplayed(item, case, report)
    if report.outcome == "passed":
        return None
    if report.when == "setup":
        return _unplayed(item, case, report)
    known = item.stash.get(RECORD, None) or _unplayed(item, case, report)
    return known.broken(f"After the case: {report.longreprtext.strip().splitlines()[-1]}")


def _stage(item: pytest.Item, case: Case, pairing: str) -> AbstractContextManager[Stage]:
    recordings = item.config.getoption("--meetproof-replay")
    if recordings is not None:
        return replay_stage(Path(recordings), case, pairing)
    return set_stage(target_of(item.config), case, pairing, item.config.stash.setdefault(_LEFT, Left()).add)


@dataclass(slots=True)
class Left:
    """The cases of this process that sent something which may not have arrived by their end."""

    tokens: list[str] = field(default_factory=list)
    traces: Traces = field(default_factory=Traces)
    unanswered: int = 0

    def add(self, token: str, traces: Traces) -> None:
        """Note a case."""
        if traces.is_asking:
            self.unanswered = 0 if traces.is_answered else self.unanswered + 1
        self.tokens.append(token)
        self.traces.add(traces)


def _check_that_somebody_answers(config: pytest.Config) -> None:
    """TransportFailed where the last cases of this process were not answered at all: no other is tried then."""
    left = config.stash.get(_LEFT, None)
    if left is not None and left.unanswered >= _GIVEN_UP:
        raise TransportFailed(
            f"The server has answered nothing of use to {_GIVEN_UP} cases in a row; no more are tried."
        )


def sweep(config: pytest.Config) -> None:
    """Take away what arrived after the end of its case, where delivery takes time."""
    left = config.stash.get(_LEFT, None)
    if left is not None and target_of(config).delivery is Delivery.ASYNCHRONOUS:
        clear_away(target_of(config), left.tokens, left.traces)


def _unplayed(item: pytest.Item, case: Case, report: pytest.TestReport) -> CaseRecord:
    """The record of a case that never came to its own end."""
    barred = item.stash.get(BARRED, None)
    if barred is not None:
        verdict, reason = barred.verdict, barred.message
    elif report.outcome == "skipped":
        verdict = Verdict.SKIPPED
        reason = str(report.longrepr[-1]) if isinstance(report.longrepr, tuple) else report.longreprtext
    else:
        verdict, reason = Verdict.ERROR, report.longreprtext
    outcomes = tuple(Outcome(requirement, verdict, reason) for requirement in case.verifies)
    pairing = item.stash[PAIRING]
    result = CaseResult(case.id, pairing, case.scenario, outcomes, round(report.duration, 3), reason)
    return known_of(item.config).judged(CaseRecord(result))


def _told(outcomes: tuple[Outcome, ...], least: Verdict) -> str:
    """The messages of the outcomes at or above a verdict, the worst first; equal ones once."""
    telling = sorted((one for one in outcomes if one.verdict >= least), key=lambda one: -one.verdict)
    return "\n\n".join(dict.fromkeys(one.message for one in telling))


def explained(record: CaseRecord) -> str:
    """Why a case did not pass: each requirement in question, then the exchanges of its first failed check."""
    parts = [_told(record.result.outcomes, Verdict.INCONCLUSIVE)]
    first: dict[str, int] = {}
    for check in record.checks:
        if check.verdict > Verdict.WARNING and check.exchange:
            first.setdefault(check.requirement, check.exchange)
    numbers = {number for one in first.values() for number in both(record.exchanges, one)}
    looked_at = set(first.values())
    parts += [brief(record.exchanges[number - 1], looked_at=number in looked_at) for number in sorted(numbers)]
    return "\n\n".join(parts)
