"""The pytest plugin: options, the report, and the fixtures. Imports nothing heavy until it is used."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from conformance.model.record import CaseRecord
    from conformance.report import Expectations, Run, RunTarget

pytest_plugins = ("conformance.fixtures",)

_CASE = "meetproof_case"
_MARKER = f"{_CASE}(case): set by @case; a conformance case with its id, scenario and requirements"
_COLLECTED = "meetproof_collected"
_MISTAKE = "meetproof_mistake"
_NAME = "meetproof-results"
_SUITE = "conformance.suites"  # as it is named to pytest


class Collected(NamedTuple):
    """A case as collected: its id, its pairing, its scenario, the requirements it declares."""

    case: str
    pairing: str
    scenario: str
    verifies: tuple[str, ...]


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the suite."""
    group = parser.getgroup("meetproof", "conformance of meeting servers")
    group.addoption("--meetproof-target", metavar="FILE", help="the server under test, described in TOML")
    group.addoption(
        "--meetproof-report",
        metavar="DIR",
        help="write report.json, index.html, coverage.html, junit.xml and summary.md there",
    )
    group.addoption("--meetproof-replay", metavar="DIR", help="play the cassettes of a folder instead of a server")
    group.addoption(
        "--meetproof-strict", action="store_true", help="what SHOULD be counts as what MUST be: a warning is a failure"
    )
    group.addoption("--meetproof-expectations", metavar="FILE", help="the known failures of the target, in TOML")
    group.addoption(
        "--meetproof-update-expectations",
        action="store_true",
        help="write the expectation file anew after the run, its comments kept",
    )
    group.addoption(
        "--meetproof-profile",
        metavar="NAME",
        action="append",
        default=[],
        help="run the cases of a profile only; may be repeated",
    )
    group.addoption(
        "--meetproof-shuffle",
        metavar="SEED",
        help="play the cases in an order that the seed makes, to see that none matters",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker and the collector of results."""
    config.addinivalue_line("markers", _MARKER)
    results = Results(config)
    results.check_options()
    config.pluginmanager.register(results, _NAME)


class Results:
    """Gathers the records of cases, from this process or from workers, and reports them at the end."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._is_worker = hasattr(config, "workerinput")
        self._begun = time.monotonic()
        self._started = datetime.now(UTC)
        self._records: dict[str, CaseRecord] = {}
        self._died: dict[str, str] = {}
        self._collected: dict[Collected, None] = {}
        self._run: Run | None = None
        self._mistake = ""

    def check_options(self) -> None:
        """UsageError for a profile, an expectation file or a target file that cannot be used, before workers start."""
        self._wanted_profiles()
        self._check_expectations()
        file = self._config.getoption("--meetproof-target")
        if file is None:
            return
        from conformance.targets import MissingPassword, TargetInvalid, asking, obtain_secrets, read_target

        try:
            obtain_secrets(read_target(Path(file)), asking())
        except (TargetInvalid, MissingPassword) as problem:
            raise pytest.UsageError(str(problem)) from None

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Note every case there is, then keep those of the profiles asked for."""
        cases = {item: collected for item in items if (collected := _collected(item)) is not None}
        if not cases:
            return
        self._collected.update(dict.fromkeys(cases.values()))
        if self._is_worker:
            self._config.workeroutput[_COLLECTED] = [(*one,) for one in self._collected]  # type: ignore[attr-defined]
        wanted = self._wanted_profiles()
        if wanted:
            left_out = {item for item, one in cases.items() if not any(profile.holds(one) for profile in wanted)}
            self._config.hook.pytest_deselected(items=[item for item in items if item in left_out])
            items[:] = [item for item in items if item not in left_out]
        seed = self._config.getoption("--meetproof-shuffle")
        if seed is not None:
            _shuffle(items, cases, seed)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take over what a worker has collected."""
        told = getattr(node, "workeroutput", {})
        self._mistake = self._mistake or told.get(_MISTAKE, "")
        for one in told.get(_COLLECTED, ()):
            self._collected[Collected(*one)] = None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the record that came with a report; a later phase's replaces an earlier one's."""
        told = getattr(report, "meetproof", None)
        if told is not None and not self._is_worker:
            from conformance.model.record import load_record

            self._records[report.nodeid] = load_record(told)
        elif str(report.when) == "???" and not self._is_worker:  # what xdist says of a worker that died
            self._died[report.nodeid] = report.longreprtext.strip()

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the report, where one is asked for and cases were played; a mistake found by workers ends the run."""
        folder = self._config.getoption("--meetproof-report")
        if self._mistake:
            session.exitstatus = pytest.ExitCode.USAGE_ERROR
            return
        if self._is_worker or not (self._collected or self._records):
            return
        self._tell_of_the_dead()
        if self._config.getoption("--meetproof-update-expectations"):
            self._update_expectations()
        self._run = self._conclude()
        if (self._run.problems or self._run.orphans) and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        if folder is not None:
            from conformance.report import write_report

            write_report(self._run, Path(folder))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the table, or the mistake for which nothing was played."""
        if self._mistake:
            terminalreporter.write_line(f"ERROR: {self._mistake}", red=True)
        if self._run is None or not self._run.records:
            return
        from conformance.report.table import text, warnings

        if told := warnings(self._run):
            terminalreporter.section("not as it SHOULD be", yellow=True)
            terminalreporter.write_line(told)
        terminalreporter.write_line("")
        width = max(terminalreporter._tw.fullwidth, 72)  # noqa: SLF001  the terminal's width has no public name
        terminalreporter.write(text(self._run, width=width, colour=terminalreporter.hasmarkup))

    def _tell_of_the_dead(self) -> None:
        """A case whose worker died is an error; all that is known of it is what a worker that lived has collected."""
        from conformance.model.record import CaseRecord
        from conformance.model.verdict import CaseResult, Outcome, Verdict

        known = {f"{one.case}[{one.pairing}]": one for one in self._collected}
        for nodeid, message in self._died.items():
            one = known.get(nodeid.rpartition("::")[2])
            if one is not None:
                outcomes = tuple(Outcome(name, Verdict.ERROR, message) for name in one.verifies)
                result = CaseResult(one.case, one.pairing, one.scenario, outcomes, message=message)
                self._records[nodeid] = CaseRecord(result)

    def _conclude(self) -> Run:
        from conformance import __version__
        from conformance.catalogue import standard_catalogue
        from conformance.report import Run

        return Run(
            version=__version__,
            target=self._target(),
            started=self._started.strftime("%Y-%m-%dT%H:%M:%SZ"),
            seconds=time.monotonic() - self._begun,
            records=tuple(self._records.values()),
            catalogue=standard_catalogue(),
            profiles=tuple(self._profiles()),
            expectations=self._expectations(),
            is_strict=self._config.getoption("--meetproof-strict"),
            orphans=self._orphans(),
        )

    def _orphans(self) -> tuple[str, ...]:
        """The cassettes to play that are of no case there is, where all cases were collected."""
        folder = self._config.getoption("--meetproof-replay")
        if folder is None or self._config.args != [_SUITE]:
            return ()
        known = {f"{one.case}--{one.pairing}.yaml" for one in self._collected}
        return tuple(sorted(path.name for path in Path(folder).glob("*.yaml") if path.name not in known))

    def _check_expectations(self) -> None:
        file = self._config.getoption("--meetproof-expectations")
        updates = self._config.getoption("--meetproof-update-expectations")
        if file is None and updates:
            raise pytest.UsageError("--meetproof-update-expectations needs --meetproof-expectations FILE.")
        if file is None:
            return
        from conformance.known import ExpectationsInvalid, read_expectations

        try:
            if updates and not self._is_worker and not Path(file).exists():
                Path(file).write_text("# Known failures of the target, each with its reason.\n", encoding="utf-8")
            read_expectations(Path(file))
        except (ExpectationsInvalid, OSError) as problem:
            raise pytest.UsageError(str(problem)) from None

    def _expectations(self) -> Expectations | None:
        file = self._config.getoption("--meetproof-expectations")
        if file is None:
            return None
        from conformance.known import read_expectations
        from conformance.report import Expectations

        return Expectations(
            Path(file).name, read_expectations(Path(file)).stale(self._cases(), tuple(self._records.values()))
        )

    def _update_expectations(self) -> None:
        """Write the expectation file anew, and judge the records by it."""
        from conformance.known import read_expectations, updated

        file = Path(self._config.getoption("--meetproof-expectations"))
        records = tuple(self._records.values())
        file.write_text(updated(file.read_text(encoding="utf-8"), file.name, records, self._cases()), encoding="utf-8")
        known = read_expectations(file)
        self._records = {name: known.judged(record.unknown()) for name, record in self._records.items()}

    def _cases(self) -> frozenset[tuple[str, str]]:
        """Every case there is, in every pairing."""
        return frozenset((one.case, one.pairing) for one in self._collected)

    def _profiles(self) -> Iterator[dict[str, Any]]:
        from dataclasses import asdict

        from conformance.profiles import Played, judge_profile, standard_profiles

        verdicts = {(one.result.id, one.result.pairing): one.result.verdict for one in self._records.values()}
        known = [Played(one.case, one.pairing, one.scenario) for one in self._collected]
        for profile in self._wanted_profiles() or standard_profiles():
            coverage = judge_profile(profile, known, verdicts)
            if coverage.core or coverage.extended:
                yield asdict(coverage)

    def _wanted_profiles(self) -> tuple[Any, ...]:
        names = self._config.getoption("--meetproof-profile")
        if not names:
            return ()
        from conformance.profiles import UnknownProfile, find_profile, standard_profiles

        known = standard_profiles()
        try:
            return tuple(find_profile(name, known) for name in dict.fromkeys(names))
        except UnknownProfile as problem:
            raise pytest.UsageError(str(problem)) from None

    def _target(self) -> RunTarget:
        from conformance.report import RunTarget
        from conformance.targets import TargetInvalid, read_target

        recordings = self._config.getoption("--meetproof-replay")
        if recordings is not None:
            return RunTarget(f"Recordings in {Path(recordings).name}", "replay")
        try:
            target = read_target(Path(self._config.getoption("--meetproof-target") or ""))
        except TargetInvalid:
            return RunTarget("no target", "live")
        return RunTarget(
            target.name,
            target.kind.value,
            target.ews.url if target.ews else "",
            target.graph.url if target.graph else "",
            target.version,
        )


def _shuffle(items: list[pytest.Item], cases: Container[pytest.Item], seed: str) -> None:
    """Put the cases among the items in an order that is the same for a seed; all other items stay where they are."""
    places = [place for place, item in enumerate(items) if item in cases]
    shuffled = [items[place] for place in places]
    Random(seed).shuffle(shuffled)  # noqa: S311  an order, not a secret
    for place, item in zip(places, shuffled, strict=True):
        items[place] = item


def _collected(item: pytest.Item) -> Collected | None:
    """A case's item is named by its id and its pairing: ``handling-meetings.accept[ews-graph]``."""
    marker = item.get_closest_marker(_CASE)
    if marker is None:
        return None
    case, _, pairing = item.name.rstrip("]").rpartition("[")
    return Collected(case, pairing, marker.args[0].scenario, tuple(marker.args[0].verifies))
