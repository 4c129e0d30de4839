"""What makes the functions of this package cases: collection, the scene, the judgement, the record."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import pytest

from conformance.model.record import dump_record
from conformance.suites import play
from conformance.suites.scene import Scene


@pytest.fixture(name="scene")
def open_scene(request: pytest.FixtureRequest) -> Iterator[Scene]:
    """What a case is given."""
    yield from play.open_scene(request.node)


def pytest_pycollect_makeitem(
    collector: pytest.Module | pytest.Class, name: str, obj: object
) -> list[pytest.Function] | None:
    """Collect a case under its own id."""
    return play.collect(collector, name, obj)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Refuse to begin where it is known not to end well."""
    play.check_collected(config, items)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Leave nothing behind that came late."""
    play.sweep(session.config)


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Judge a case by what it noted, whether or not it came to its end."""
    scene = pyfuncitem.funcargs.get("scene")
    if not isinstance(scene, Scene):
        return (yield)
    ending: BaseException | None = None
    called: object = True
    try:
        called = yield
    except (Exception, pytest.skip.Exception, pytest.fail.Exception) as problem:  # noqa: BLE001  judged below
        ending = problem
    play.judge(pyfuncitem, scene, ending)
    return called


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
    call: pytest.CallInfo[None],  # noqa: ARG001  pytest passes hooks their arguments by name
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Hang the case's record on pytest's report, which travels from workers to the controller."""
    report = yield
    record = play.record_of(item, report)
    if record is not None:
        report.meetproof = dump_record(record)  # type: ignore[attr-defined]  # reports carry attributes of plugins
    return report
