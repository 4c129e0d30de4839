"""Recordings of servers that others wrote: the checks find what a reviewer found true, and nothing else."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from conformance.catalogue import standard_catalogue
from conformance.cli import run_command
from tests.recorded import CASSETTES

TARGETS = ("grommunio", "kopano")

targets = pytest.mark.parametrize("target", TARGETS)


def reviewed(target):
    """The reviewed findings of a target."""
    return tomllib.loads((CASSETTES / target / "findings.toml").read_text(encoding="utf-8"))["finding"]


@targets
def test_exactly_the_reviewed_findings_are_found(target, tmp_path, capsys):
    told = tmp_path / "found.json"
    assert run_command(["check", str(CASSETTES / target), "--json", str(told)]) == 1
    found = json.loads(told.read_text(encoding="utf-8"))["findings"]
    expected = Counter()
    for row in reviewed(target):
        for place in row["places"]:
            expected[row["requirement"], row.get("says", ""), place] += 1
    says = {row["requirement"]: [] for row in reviewed(target)}
    for row in reviewed(target):
        says[row["requirement"]].append(row.get("says", ""))
    actual = Counter()
    for one in found:
        place = f"{Path(one['cassette']).name} {one['exchange']} {one['path']}"
        words = f"{one['actual']} {one['about']}"
        kind = next((text for text in says.get(one["requirement"], []) if text in words), "not reviewed")
        actual[one["requirement"], kind, place] += 1
    assert actual == expected


@targets
def test_every_reviewed_finding_has_a_reason_of_its_own(target):
    reasons = [row["why"] for row in reviewed(target)]
    assert len(set(reasons)) == len(reasons)
    for row in reviewed(target):
        standard_catalogue().requirement(row["requirement"])
        assert row["why"].endswith(".")
        assert len(row["why"].split()) >= 10
        assert row["places"]


@targets
def test_the_recordings_say_who_was_recorded_and_how(target):
    about = tomllib.loads((CASSETTES / target / "TARGET.toml").read_text(encoding="utf-8"))
    assert {"name", "build", "recorded", "how", "origin"} <= about.keys()
