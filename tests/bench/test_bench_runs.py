"""The benchmarks of cassettes, comparison, EWS and Graph run, at sizes that take no time."""

import importlib.util
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.tape.diff import compare
from tests.bench import bench_ews, bench_graph, bench_replay, bench_suite
from tests.bench.calendars import SMALL
from tests.bench.comparing import LEAST, Compared
from tests.bench.ews_asks import PATH, page
from tests.bench.load import Load, served

SIZES = {
    "append": {"exchanges": 3, "items": 1, "rounds": 1},
    "diff": {"items": 2, "rounds": 1},
    "load": {"exchanges": 3, "items": 1, "rounds": 1},
}


@pytest.fixture(scope="module")
def bench():
    path = Path(__file__).with_name("bench_tape.py")
    spec = importlib.util.spec_from_file_location("bench_tape", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", SIZES)
def test_each_benchmark_prints_its_ratio(bench, name, capsys):
    run, promised = bench.PROMISED[name]
    assert run(**SIZES[name]) > 0
    assert promised > 1
    assert " times" in capsys.readouterr().out


def test_every_benchmark_is_tried_here(bench):
    assert set(SIZES) == set(bench.PROMISED)


def test_falling_short_is_told_by_the_exit_code(bench, monkeypatch, capsys):
    monkeypatch.setattr(bench, "PROMISED", {"diff": (lambda: 2.0, 50.0)})
    assert bench.main(["diff"]) == 1
    assert "2.0 times is less than the promised 50" in capsys.readouterr().out
    monkeypatch.setattr(bench, "PROMISED", {"diff": (lambda: 60.0, 50.0)})
    assert bench.main([]) == 0


def arranged(exchange, arrange):
    """A FindItem exchange with its items in another arrangement."""
    begin, *items = exchange.response.body.split(b"<t:CalendarItem>")
    items[-1], end = items[-1].split(b"</t:Items>")
    body = b"<t:CalendarItem>".join([begin, *arrange(items)]) + b"</t:Items>" + end
    return replace(exchange, response=replace(exchange.response, body=body))


@pytest.mark.parametrize(
    ("arrange", "words"),
    [
        (lambda items: [*items[:20], *items[21:]], 'meeting "Meeting 21": the calendar item is only on the left'),
        (
            lambda items: [*items[:20], items[21], items[20], *items[22:]],
            'meeting "Meeting 22": the calendar item stands at t:CalendarItem[22] on the left, at t:CalendarItem[21]',
        ),
    ],
)
def test_the_answers_of_the_benchmark_are_told_apart_exactly(bench, arrange, words):
    left, right = bench.find_item(45, "A1", 5), bench.find_item(45, "B2", 6)
    assert 28_000 < len(left.response.body) < 32_000
    (told,) = compare([left], [arranged(right, arrange)])
    assert told.words.startswith(words)


def test_playing_and_checking_are_measured(capsys):
    bench_replay.bench_match((3, 20), 20)
    bench_replay.bench_vcrpy(5)
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(" ")[0] for line in lines] == ["match:", "with-block"]
    assert all(line.endswith((": ok)", ": MISSED)")) for line in lines)


@pytest.mark.parametrize("kept", [True, False])
def test_falling_short_in_replay_is_told_and_fails_where_it_is_strict(kept, monkeypatch, capsys):
    monkeypatch.setattr(bench_replay, "BENCHES", {"match": lambda: kept})
    assert bench_replay.main(["--strict"]) == int(not kept)
    assert ("Missed: match." in capsys.readouterr().out) is not kept
    assert bench_replay.main([]) == 0


NO_TIME = ("--rounds", "1", "--seconds", "0.01", "--small", "100", "--large", "125")


def test_the_benchmark_of_ews_prints_every_row(capsys):
    assert bench_ews.main(list(NO_TIME)) == 0
    rows = [line for line in capsys.readouterr().out.splitlines() if "at least" in line or "at most" in line]
    for name in ("GetItem", "CreateItem", "FindItem, CalendarView", "GetUserAvailability"):
        assert any(row.startswith(name) and "at least" in row for row in rows), name
    for name in (
        "FindItem, CalendarView",
        "GetUserAvailability",
        "FindItem, first 50",
        "FindItem, CalendarView of a series",
    ):
        assert any(row.startswith(name) and "at most" in row for row in rows), name


def test_the_benchmark_of_graph_prints_every_row(capsys):
    assert bench_graph.main(list(NO_TIME)) == 0
    rows = [line for line in capsys.readouterr().out.splitlines() if "at least" in line or "at most" in line]
    for name in ("GET event", "POST event", "GET calendarView of 50", "getSchedule"):
        assert any(row.startswith(name) and "at least" in row for row in rows), name
    for name in ("GET calendarView of 50", "getSchedule", "GET events, first 50", "GET calendarView of a series"):
        assert any(row.startswith(name) and "at most" in row for row in rows), name


def test_the_suites_own_cost_is_told_beside_a_bare_replay(capsys):
    row = bench_suite.own_cost(["availability.merged--ews-ews"], 1)
    assert "own cost of 1 cases, " in row.words
    assert " ms beside " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("seconds", "missed"),
    [((9.0, 5.0), []), ((9.0, 7.0), ["one worker"]), ((200.0, 100.0), ["two workers"])],
)
def test_too_slow_a_suite_is_told_and_fails_where_it_is_strict(seconds, missed, monkeypatch, capsys):
    monkeypatch.setattr(bench_suite, "own_cost", lambda *_arguments: bench_suite.Row("own cost", kept=True))
    monkeypatch.setattr(bench_suite, "_run", lambda workers, *_arguments: seconds[int(workers) - 1])
    assert bench_suite.main(["--strict"]) == bool(missed)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines if line.endswith("MISSED")] == missed
    assert bench_suite.main([]) == 0


def test_a_wrong_answer_ends_the_benchmark_of_ews():
    with served("tests.bench.echo") as echo:
        echo.send("PUT", PATH, {}, b"<m:ResponseCode>ErrorItemNotFound</m:ResponseCode>")
        with pytest.raises(AssertionError, match="0 times"):
            echo.load([page(SMALL)], 0.01, 2)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (Compared("GetItem", 0.30, [(Load(9, 1, 1), Load(3, 1, 1))]), 0),
        (Compared("waits for a disk", 0.30, [(Load(9, 1, 1), Load(3, 2, 1))]), 1),
        (Compared("keeps the processor busy", 0.30, [(Load(9, 1, 0.5), Load(3, 1, 1))]), 1),
        (Compared("grows", LEAST, [(Load(9, 1, 1), Load(4, 1, 1))]), 1),
        (Compared("is only reported", None, [(Load(9, 1, 1), Load(1, 1, 1))]), 0),
    ],
)
def test_falling_short_in_ews_is_told_and_fails_where_it_is_strict(row, code, monkeypatch, capsys):
    monkeypatch.setattr(bench_ews, "measure", lambda *_arguments: [row])
    assert bench_ews.main(["--strict"]) == code
    assert (f"Missed: {row.name}." in capsys.readouterr().out) == bool(code)
    assert bench_ews.main([]) == 0
