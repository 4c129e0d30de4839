"""The main job: the suite against the reference server through the proxy, reproduced byte for byte and replayed."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from conformance.passive import passive_requirements
from conformance.tape.cassette import read_cassette
from tests.golden.conftest import MEETPROOF, Run, meetproof_run
from tests.golden.readme import shown, summary
from tests.recorded import REFERENCE

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("golden")]


@pytest.fixture(params=["alone", "whole"])
def run(request) -> Run:
    return request.getfixturevalue(request.param)


def recorded(run: Run) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in run.cassettes.glob("*.yaml")}


GOLDEN = {path.name: path for path in sorted(REFERENCE.glob("*.yaml"))}


def test_the_reference_server_is_conformant(run):
    assert run.code == 0, run.output
    assert {verdict for verdict, count in run.report["verdicts"].items() if count} == {"pass"}


def test_every_case_has_a_golden_cassette(whole):
    assert sorted(recorded(whole)) == sorted(GOLDEN), "cases came or went: `make golden` records them"


def test_the_golden_cassettes_are_reproduced_byte_for_byte(run):
    different = [name for name, text in recorded(run).items() if GOLDEN[name].read_bytes() != text]
    assert different == [], "the server answers otherwise: `make golden` records it, if that is meant"


def test_a_report_for_programs_people_and_ci_is_written(run):
    assert {"report.json", "junit.xml", "index.html", "cassettes"} <= {path.name for path in run.folder.iterdir()}


def test_every_scenario_and_pairing_was_played(whole):
    pairings = {case["pairing"] for case in whole.report["cases"]}
    assert pairings == {"ews-ews", "ews-graph", "graph-ews", "graph-graph"}
    assert len(whole.report["requirements"]) >= 600


def test_no_password_or_token_is_in_any_file(run):
    for path in run.folder.rglob("*"):
        if path.is_file() and path.name != "target.toml":
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"password=meetproof|eyJ[\w-]{10,}\.|b3JnYW5pemVyM", text), path


def test_two_recordings_of_one_server_do_not_differ(alone, whole, tmp_path):
    for name in recorded(alone):
        shutil.copy(whole.cassettes / name, tmp_path)
    command = [MEETPROOF, "diff", str(alone.cassettes), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout


def test_the_suite_passes_again_from_its_tapes(replayed, whole):
    assert replayed.code == 0, replayed.output
    assert verdicts(replayed) == verdicts(whole)


def verdicts(run: Run) -> dict[tuple[str, str], str]:
    return {(case["id"], case["pairing"]): case["verdict"] for case in run.report["cases"]}


def test_one_altered_answer_fails_the_right_requirement(tmp_path):
    shutil.copytree(REFERENCE, tmp_path / "tapes")
    tape = tmp_path / "tapes" / "handling-meetings.accept--ews-ews.yaml"
    lines = tape.read_text(encoding="utf-8").splitlines(keepends=True)
    place = next(number for number, line in enumerate(lines) if "IPM.Schedule.Meeting.Resp.Pos" in line)
    lines[place:] = [line.replace("Meeting.Resp.Pos", "Meeting.Resp.Neg") for line in lines[place:]]
    tape.write_text("".join(lines), encoding="utf-8")
    run = meetproof_run(tmp_path / "report", "--replay", str(tmp_path / "tapes"), "-k", "handling-meetings.accept")
    assert run.code == 1, run.output
    failed = {one["id"] for one in run.report["requirements"] if one["verdict"] == "fail"}
    assert failed - passive_requirements() == {"EWS-MTG-110"}


def test_the_readme_shows_the_true_summary(whole):
    assert shown() == summary(whole.output)


@pytest.mark.sampled(10)
@pytest.mark.parametrize("path", GOLDEN.values(), ids=lambda path: path.stem)
def test_vcrpy_plays_a_golden_cassette_in_order(path):
    import requests
    import vcr

    player = vcr.VCR(record_mode="none", match_on=["method", "scheme", "host", "path", "query"])
    with player.use_cassette(str(path)) as playing, requests.Session() as session:
        session.trust_env = False
        for exchange in read_cassette(path).exchanges:
            asked, told = exchange.request, exchange.response
            answer = session.request(asked.method, asked.url, data=asked.body, headers=dict(asked.headers))
            assert (answer.status_code, answer.content) == (told.status, told.body)
        assert playing.all_played
