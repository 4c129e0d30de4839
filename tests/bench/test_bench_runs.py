"""The benchmarks of cassettes and comparison run, at sizes that take no time."""

import importlib.util
from pathlib import Path

import pytest

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
