"""Files that commands write are there as a whole or not at all, and options that mean nothing are refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer

from conformance.cli import run_command
from conformance.cli.output import output
from conformance.tape.cassette import write_cassette
from tests.conformance.conftest import one_line
from tests.conformance.tape.test_compare_meetings import found, item


@pytest.fixture
def two(tmp_path):
    for name, location in (("a", "A"), ("b", "B")):
        write_cassette(tmp_path / f"{name}.yaml", {}, found(item("Lunch", Location=location)))
    return str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml")


def test_what_stood_there_stays_until_all_is_written(tmp_path):
    file = tmp_path / "file"
    file.write_text("old")
    with output(file, "--json") as write:
        write("new")
        assert file.read_text() == "old"
    assert file.read_text() == "new"


def _begin(write, problem):
    write("half")
    raise problem


@pytest.mark.parametrize("problem", [KeyboardInterrupt, ValueError])
def test_what_is_not_finished_leaves_nothing(tmp_path, problem):
    with pytest.raises(problem), output(tmp_path / "file", "--json") as write:
        _begin(write, problem)
    assert list(tmp_path.iterdir()) == []


def test_problems_of_the_block_are_not_taken_for_those_of_the_file(tmp_path):
    with pytest.raises(OSError, match="elsewhere"), output(tmp_path / "file", "--json"):
        raise OSError("elsewhere")


def test_a_link_stays_one(tmp_path):
    (tmp_path / "link").symlink_to("file")
    with output(tmp_path / "link", "--json") as write:
        write("text")
    assert ((tmp_path / "link").readlink(), (tmp_path / "file").read_text()) == (Path("file"), "text")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is full")
def test_a_full_disk_is_a_usage_error():
    with pytest.raises(typer.BadParameter, match="No space left"), output(Path("/dev/full"), "--json") as write:
        write("text")


@pytest.mark.parametrize(
    "command",
    [
        ["diff", "{a}", "{b}", "--json", "{path}"],
        ["diff", "{a}", "{b}", "--html", "{path}"],
        ["drift", "{a}", "--against", "{b}", "--json", "{path}"],
        ["noise", "{a}", "{b}", "--rules", "{path}"],
        ["check", "{a}", "--json", "{path}"],
        ["compare", "--json", "{path}"],
    ],
    ids=" ".join,
)
def test_a_path_that_cannot_be_written_is_told_before_anything_is_done(two, tmp_path, capsys, command):
    given = [each.format(a=two[0], b=two[1], path=tmp_path / "absent" / "file") for each in command]
    assert run_command(given) == 64
    told = capsys.readouterr()
    assert told.out == ""
    assert "cannot be written" in one_line(told.err)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--as", "ann=bob"], "nobody is played"),
        (["--scenario", "answer-*"], "tell stories"),
        (["--with", "a.yaml"], "only two targets"),
    ],
)
def test_options_for_servers_are_refused_where_none_is_asked(two, capsys, options, words):
    assert run_command(["diff", *two, *options]) == 64
    assert words in one_line(capsys.readouterr().err)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("", "as the other one is"),
        ("[" * 100_000, "as the other one is"),
        (json.dumps({"recordings": 3}), "'tool' is a required property"),
        (json.dumps({"recordings": [{"differences": [{"left": {"value": []}}]}]}), "'tool' is a required property"),
    ],
    ids=["empty", "deep", "no diff", "like a diff"],
)
def test_the_gate_takes_two_comparisons_or_none(two, tmp_path, capsys, document, words):
    run_command(["diff", *two, "--json", str(tmp_path / "one.json")])
    (tmp_path / "other.json").write_text(document)
    capsys.readouterr()
    assert run_command(["gate", "--baseline", str(tmp_path / "other.json"), str(tmp_path / "one.json")]) == 64
    assert words in one_line(capsys.readouterr().err)
