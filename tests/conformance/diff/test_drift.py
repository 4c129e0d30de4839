"""Drift is told by case and step, with builds, schema versions and ages of both sides."""

from __future__ import annotations

import json
import shutil

import pytest

from conformance.cli import run_command
from conformance.tape.cassette import read_cassette, write_cassette
from tests.recorded import REFERENCE

CASES = (
    "answers.after-a-cancellation.accept--ews-graph.yaml",
    "answers.after-a-cancellation.decline--graph-graph.yaml",
)


@pytest.fixture
def again(tmp_path):
    """Two golden cassettes and the same again: ``again(change)`` with bytes replaced in the first; both folders."""

    def record(*changes):
        for side in ("old", "new"):
            (tmp_path / side).mkdir()
            for name in CASES:
                shutil.copy(REFERENCE / name, tmp_path / side / name)
        path = tmp_path / "new" / CASES[0]
        text = path.read_bytes()
        for before, after in changes:
            assert before in text
            text = text.replace(before, after)
        path.write_bytes(text)
        return tmp_path / "old", tmp_path / "new"

    return record


def drift(old, new, *options):
    return run_command(["drift", str(old), "--against", str(new), *map(str, options)])


def test_what_was_recorded_again_alike_has_not_drifted(again, capsys):
    old, new = again()
    assert drift(old, new) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith(f"left: {old}: server build 15.1.2507.6, Meetproof, ring 1; schema Exchange2013_SP1, ")
    assert told[1].startswith(f"right: {new}: server build 15.1.2507.6")
    assert "recorded 2026-01-05T08:00 to " in told[1]
    steps = sum(len(read_cassette(REFERENCE / name).exchanges) for name in CASES)
    assert told[2:] == [f"changed: 0 of {steps} steps in 0 of 2 recordings"]


def test_a_change_is_told_by_case_and_step_and_another_build_is_none(again, capsys, tmp_path):
    build, status = (b'MinorBuildNumber=\\"6\\"', b'MinorBuildNumber=\\"7\\"'), (b">Busy</t:Int", b">Free</t:Int")
    old, new = again(build, status)
    assert drift(old, new, "--json", tmp_path / "drift.json") == 1
    told = capsys.readouterr().out.splitlines()
    document = json.loads((tmp_path / "drift.json").read_text())
    assert document["left"]["builds"][0] == "build 15.1.2507.6"
    assert document["right"]["builds"][0] == "build 15.1.2507.7"
    assert document["passed"] > 0
    (step,) = document["steps"]
    assert (step["case"], step["pairing"]) == ("answers.after-a-cancellation.accept", "ews-graph")
    head = f"{step['case']} [ews-graph], step {step['step']} of {step['of']}: {step['operation']} by {step['actor']}"
    assert told[0] == head
    recorded = read_cassette(REFERENCE / CASES[0]).exchanges[step["step"] - 1]
    assert status[0] in recorded.response.body
    assert told[1].endswith('the IntendedFreeBusyStatus is "Busy" on the left, "Free" on the right')
    assert not any("MinorBuildNumber" in line for line in told)
    assert told[-1].startswith("changed: 1 of ")
    assert told[-1].endswith(f"; passed over: {document['passed']}")


def test_steps_and_recordings_that_came_or_went_are_told(again, capsys):
    old, new = again()
    whole = read_cassette(old / CASES[0])
    write_cassette(new / CASES[0], whole.head, whole.exchanges[:-1])
    (new / CASES[1]).rename(new / "other.yaml")
    assert drift(old, new) == 1
    told = capsys.readouterr().out
    count = len(whole.exchanges)
    assert f"[ews-graph], step {count} of {count}: " in told
    assert f"other.yaml: only in {new}" in told
    assert f"{CASES[1]}: only in {old}" in told


def test_what_cannot_be_read_leaves_it_open(again, capsys, tmp_path):
    old, new = again()
    (new / CASES[1]).write_text("no cassette")
    assert drift(old, new, "--json", "-") == 2
    document = json.loads(capsys.readouterr().out)
    assert [each["name"] for each in document["problems"]] == [CASES[1]]
    assert document["recordings"] == 1
    assert drift(old, tmp_path / "nowhere") == 64
    assert drift(old, new / CASES[0]) == 64
