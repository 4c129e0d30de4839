"""``meetproof check`` by worker processes and by a cluster: the same findings in the same order."""

from __future__ import annotations

import json
import os
import signal
import sys
from concurrent.futures import BrokenExecutor, Executor, Future

import pytest

from conformance.cli import EXIT_USAGE, checking, run_command
from conformance.cli.checking import outcomes, processes, workers_for
from tests.conformance.conftest import one_line
from tests.recorded import CASSETTES

RECORDED = CASSETTES / "grommunio"


def checked(capsys, *arguments):
    """Exit code, what is told to people, and every finding."""
    code = run_command(["check", *map(str, arguments)])
    told = capsys.readouterr().out
    file = arguments[arguments.index("--json") + 1]
    return code, told, json.loads(file.read_text())


@pytest.fixture
def alone(tmp_path, capsys):
    return checked(capsys, RECORDED, "--workers", "1", "--json", tmp_path / "alone.json")


def test_workers_find_the_same_in_the_same_order(alone, tmp_path, capsys):
    assert checked(capsys, RECORDED, "--workers", "2", "--json", tmp_path / "found.json") == alone
    code, _, found = alone
    assert code == 1
    assert len(found["findings"]) > 50
    assert len({one["cassette"] for one in found["findings"]}) > 2


@pytest.fixture
def scheduler():
    """A cluster of one thread in this process."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None, protocol="tcp"
    ) as cluster:
        yield cluster.scheduler_address


@pytest.mark.filterwarnings("ignore:::distributed", "ignore:::dask", "ignore:::tornado")
def test_a_cluster_finds_the_same_in_the_same_order(alone, scheduler, tmp_path, capsys):
    assert checked(capsys, RECORDED, "--scheduler", scheduler, "--json", tmp_path / "found.json") == alone


def test_a_damaged_cassette_is_told_by_workers_too(tmp_path, capsys):
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text("no cassette at all")
    assert run_command(["check", str(tmp_path), "--workers", "2"]) == 2
    assert capsys.readouterr().out.count("could not be told") == 2


def test_a_cluster_needs_its_package(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "distributed", None)
    (tmp_path / "a.yaml").write_text("version: 1\ninteractions: []\n")
    assert run_command(["check", str(tmp_path), "--scheduler", "tcp://127.0.0.1:1"]) == EXIT_USAGE
    assert "pip install 'meetproof[dask]'" in capsys.readouterr().err


class Lagging(Executor):
    """An executor whose futures are done when somebody asks for them, and which knows how many wait."""

    def __init__(self):
        self.most = self.waiting = 0

    def submit(self, act, /, *arguments, **named):
        self.waiting += 1
        self.most = max(self.most, self.waiting)
        executor = self

        class Later(Future):
            def result(self, timeout=None):
                executor.waiting -= 1
                return act(*arguments, **named)

        return Later()


def test_no_more_is_under_way_than_a_few_for_each_worker(tmp_path):
    paths = [tmp_path / f"{number}.yaml" for number in range(40)]
    for path in paths:
        path.write_text("version: 1\ninteractions: []\n")
    executor = Lagging()
    assert [path for path, *_ in outcomes(paths, executor, 3, is_open=True)] == paths
    assert executor.most == 6


def test_a_worker_that_dies_leaves_the_rest(tmp_path):
    class Dying(Lagging):
        def submit(self, act, /, path, **named):
            future = Future()
            future.set_exception(OSError("killed")) if path.stem == "1" else future.set_result(act(path, **named))
            return future

    paths = [tmp_path / f"{number}.yaml" for number in range(3)]
    for path in paths:
        path.write_text("version: 1\ninteractions: []\n")
    problems = [told.problem for _, told, _ in outcomes(paths, Dying(), 1, is_open=True)]
    assert problems == ["", f"{paths[1]}: the worker that checked it ended: killed", ""]


def test_a_pool_that_lost_a_worker_tells_of_the_rest(tmp_path):
    paths = [tmp_path / f"{number}.yaml" for number in range(4)]
    for path in paths:
        path.write_text("version: 1\ninteractions: []\n")
    with processes(2) as pool:
        with pytest.raises(BrokenExecutor):
            pool.submit(os._exit, 1).result()
        told = [told.problem for _, told, _ in outcomes(paths, pool, 2, is_open=True)]
    assert all("the worker that checked it ended: " in problem for problem in told)
    assert len(told) == len(paths)


def test_workers_end_quietly_with_ctrl_c(capfd):
    with processes(1) as pool, pytest.raises(BrokenExecutor):
        pool.submit(signal.raise_signal, signal.SIGINT).result()
    assert capfd.readouterr().err == ""


def test_what_is_no_address_of_a_scheduler_is_told(tmp_path, capsys):
    pytest.importorskip("distributed")
    (tmp_path / "a.yaml").write_text("version: 1\ninteractions: []\n")
    assert run_command(["check", str(tmp_path), "--scheduler", "host"]) == EXIT_USAGE
    assert "expected an address such as tcp://host:8786" in one_line(capsys.readouterr().err)


@pytest.mark.filterwarnings("ignore:::distributed", "ignore:::tornado")
def test_a_scheduler_that_is_not_there_is_told(tmp_path, monkeypatch, capsys):
    pytest.importorskip("distributed")
    monkeypatch.setattr(checking, "_PATIENCE", 0.2)
    (tmp_path / "a.yaml").write_text("version: 1\ninteractions: []\n")
    assert run_command(["check", str(tmp_path), "--scheduler", "tcp://127.0.0.1:1"]) == EXIT_USAGE
    assert "no scheduler at tcp://127.0.0.1:1" in one_line(capsys.readouterr().err)


def test_workers_are_for_much_to_do(tmp_path):
    paths = [tmp_path / name for name in ("a", "b")]
    for path in paths:
        path.write_bytes(b"")
    assert (workers_for(paths, 0), workers_for(paths, 5), workers_for(paths, 1)) == (1, 2, 1)
    with paths[0].open("wb") as file:
        file.truncate(2**21)
    assert workers_for(paths, 0) in {1, 2}
    assert workers_for(paths[:1], 0) == 1
