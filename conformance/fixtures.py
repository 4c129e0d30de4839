"""What the pytest plugin offers to tests of clients: a reference server, and servers that play recordings.

It imports nothing heavy until it is used.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from conformance.proxy.replayed import MeetproofReplay
    from conformance.targets.farm import Farm
    from conformance.targets.server import MeetproofServer

_MARKERS = (
    'meetproof(mailboxes=..., faults=[...], clock="...", seed="...", profile="...", auth=[...], tls=True): the server',
    'meetproof_replay("tapes/accept.yaml", ..., allow=["unplayed", "extra", "misses"], policy="..."): the recordings',
)
_FOLDER = "meetproof_replay_folder"
_ALLOW = "meetproof_replay_allow"
_ORPHANS = "--meetproof-replay-orphans"
_PLAYED = "meetproof_replay_played"
_NAME = "meetproof-orphans"
_PASSED = pytest.StashKey[bool]()  # whether a test passed, before what it used is taken down


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the servers that play recordings."""
    parser.addini(
        _FOLDER,
        "where meetproof_replay looks for cassettes, from the root; otherwise beside the test's file",
        default="",
    )
    parser.addini(
        _ALLOW, "what meetproof_replay does not mind unless a test says so: unplayed, extra, misses", type="args"
    )
    parser.getgroup("meetproof").addoption(
        _ORPHANS, action="store_true", help=f"fail where no test has played a cassette of the folder {_FOLDER}"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers, and who looks for orphans where that is asked for."""
    for marker in _MARKERS:
        config.addinivalue_line("markers", marker)
    if config.getoption(_ORPHANS):
        if not config.getini(_FOLDER):
            raise pytest.UsageError(f"{_ORPHANS} needs the ini option {_FOLDER}.")
        config.pluginmanager.register(Orphans(config), _NAME)


class Orphans:
    """Finds cassettes that no test has played, in this process or in workers; with one, the run fails."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._played: set[str] = set()
        self._found: list[Path] = []

    def note(self, cassettes: list[Path]) -> None:
        """Cassettes that a test plays."""
        self._played |= {str(path.resolve()) for path in cassettes}

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take over what a worker has played."""
        self._played |= set(getattr(node, "workeroutput", {}).get(_PLAYED, ()))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Look for what is left; a worker hands on what it has played."""
        if hasattr(self._config, "workeroutput"):
            self._config.workeroutput[_PLAYED] = sorted(self._played)
            return
        cassettes = (self._config.rootpath / self._config.getini(_FOLDER)).rglob("*.yaml")
        self._found = [path for path in sorted(cassettes) if str(path.resolve()) not in self._played]
        if self._found and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Name them."""
        for path in self._found:
            terminalreporter.write_line(f"no test has played {path.relative_to(self._config.rootpath)}", red=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note whether a test has passed, for fixtures that have something to say only then."""
    report = yield
    if report.when == "call":
        item.stash[_PASSED] = report.passed
    return report


@contextmanager
def _told(*kinds: type[Exception]) -> Iterator[None]:
    """Fail with the words of an exception of these kinds, for they say it all."""
    try:
        yield
    except kinds as problem:
        raise pytest.fail.Exception(str(problem), pytrace=False) from None


@pytest.fixture(scope="session")
def meetproof_farm() -> Iterator[Farm]:
    """The process that the servers of ``meetproof_server`` live in; one per test session."""
    from conformance.targets.farm import ServerExtraMissing, running_farm

    with ExitStack() as stack:
        with _told(ServerExtraMissing):
            farm = stack.enter_context(running_farm())
        yield farm


@pytest.fixture
def meetproof_server(request: pytest.FixtureRequest) -> Iterator[MeetproofServer]:
    """A reference server of this test's own, its mailboxes fresh; ``pytest.mark.meetproof(...)`` says how it starts."""
    from conformance.targets.farm import FarmRefused
    from conformance.targets.server import MeetproofServer, OptionInvalid, server_options

    marker = request.node.get_closest_marker("meetproof")
    farm: Farm = request.getfixturevalue("meetproof_farm")
    with _told(OptionInvalid, FarmRefused):
        options = server_options(marker.kwargs if marker else {})
        started = farm.start(**options)
    ca_file = None
    if started.ca:
        factory: pytest.TempPathFactory = request.getfixturevalue("tmp_path_factory")
        ca_file = factory.mktemp("meetproof") / "ca.pem"
        ca_file.write_text(started.ca, encoding="ascii")
    yield MeetproofServer(farm, started, options.get("faults", ()), ca_file)
    farm.stop(started)


@pytest.fixture
def meetproof_replay_factory(request: pytest.FixtureRequest) -> Iterator[Callable[..., MeetproofReplay]]:
    """Starts servers that play recordings: ``meetproof_replay_factory("tapes/accept.yaml", allow="unplayed")``."""
    from conformance.proxy.replayed import ReplayInvalid, Replays

    folder = request.config.getini(_FOLDER)
    replays = Replays(
        request.config.rootpath / folder if folder else request.path.parent, request.config.getini(_ALLOW)
    )

    def start(*cassettes: str | Path, **options: Any) -> MeetproofReplay:
        with _told(ReplayInvalid):
            return replays.start(*cassettes, **options)

    yield start
    replays.stop()
    orphans: Orphans | None = request.config.pluginmanager.get_plugin(_NAME)
    if orphans is not None:
        orphans.note(replays.cassettes)
    if request.node.stash.get(_PASSED, False) and (words := replays.departures()):
        pytest.fail(words, pytrace=False)


@pytest.fixture
def meetproof_replay(
    request: pytest.FixtureRequest, meetproof_replay_factory: Callable[..., MeetproofReplay]
) -> MeetproofReplay:
    """A server that plays the recordings that ``pytest.mark.meetproof_replay(...)`` names."""
    marker = request.node.get_closest_marker("meetproof_replay")
    return meetproof_replay_factory(*marker.args, **marker.kwargs) if marker else meetproof_replay_factory()
