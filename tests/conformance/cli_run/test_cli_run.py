from __future__ import annotations

import json
import shutil
import subprocess
import sys
from importlib.metadata import entry_points

import pytest

from conformance import __version__
from conformance.cli import run as run_module
from conformance.cli import run_command
from conformance.tape.cassette import read_cassette
from conformance.targets.farm import running_farm

ONE_CASE = ["-k", "availability.merged or graph-propose-new-time.propose-by-declining"]


def test_the_command_is_installed():
    assert [entry.value for entry in entry_points(group="console_scripts", name="meetproof")] == [
        "conformance.cli:main"
    ]


def test_the_version_is_told(capsys):
    assert run_command(["--version"]) == 0
    assert capsys.readouterr().out == f"meetproof {__version__}\n"


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["diff", "--help"], []])
def test_help_names_the_commands_and_their_options(capsys, arguments):
    assert run_command(arguments) == 0
    assert "Usage: meetproof" in capsys.readouterr().out


def test_help_names_every_command(capsys):
    run_command(["--help"])
    told = capsys.readouterr().out
    assert all(
        f"\n  {name} " in told for name in ("run", "report", "serve", "record", "replay", "diff", "requirements")
    )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["frobnicate"], "No such command 'frobnicate'"),
        (["run", "--frobnicate"], "No such option"),
        (["run", "--profile", "nonsense"], "no profile 'nonsense'; there are: availability"),
        (["run", "--target", "absent.toml"], "there is no such file"),
        (["run", "--target", "broken.toml"], "broken.toml: target.name is missing"),
        (["run", "--replay", "absent"], "there are no recordings (*.yaml) in absent"),
        (["run", "--replay", "tapes", "--target", "good.toml"], "give a target or recordings, not both"),
        (["run", "--report", "broken.toml"], "broken.toml is a file; a folder is expected"),
        (["run", "--replay", "tapes", "--fault", "x"], "only the reference server can be given faults"),
        (["run", "-n", "-1"], "Invalid value for '-n'"),
        (["run", "--notify-url", "http://h/"], "only a server of your own is told an address"),
        (["run", "--notify-url", "h"], "an http:// or https:// address is expected"),
        (["requirements", "list", "NOPE-*"], "no requirement has an id like 'NOPE-*'"),
        (["requirements", "list", "--level", "OUGHT"], "expected one of MUST, SHOULD, MAY, got 'OUGHT'"),
        (["requirements", "show", "WIRE-EWS"], "no requirement 'WIRE-EWS'; did you mean WIRE-EWS-SCHEMA"),
        (["requirements", "coverage", "--report", "absent"], "absent: is no report of a run"),
        (["requirements", "show", "WIRE-EWS-SCHEMA", "--report", "broken.toml"], "broken.toml: is no report of a run"),
        (["diff", "absent", "tapes"], "no such file or folder: absent"),
        (["report", "absent"], "absent: No such file or directory"),
        (["report", "tapes"], "tapes/report.json: No such file or directory"),
        (["report", "broken.toml"], "broken.toml is not JSON"),
    ],
)
def test_a_mistake_on_the_command_line_ends_with_64_and_one_plain_sentence(
    capsys, tmp_path, monkeypatch, arguments, told
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "broken.toml").write_text("[target]\n")
    (tmp_path / "tapes").mkdir()
    (tmp_path / "tapes" / "x.yaml").write_text("version: 1\n")
    assert run_command(arguments) == 64
    error = capsys.readouterr().err
    assert told in error
    assert "Traceback" not in error


def test_the_requirements_are_listed_with_their_sources(capsys):
    assert run_command(["requirements", "list", "WIRE-*-SCHEMA"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("WIRE-EWS-SCHEMA  MUST  Every EWS answer is valid")
    assert lines[1].startswith("    documented: Exchange Web Services schema messages")
    assert lines[-1].startswith("2 requirements, ")


def test_requirements_are_chosen_by_area_level_and_text(capsys):
    assert (
        run_command(["requirements", "list", "--area", "graph-*", "--level", "may", "--text", "SEARCH", "--json"]) == 0
    )
    [found] = json.loads(capsys.readouterr().out)
    assert (found["id"], found["level"], found["area"]) == ("GRAPH-ODT-023", "MAY", "graph-odata")


def test_a_requirement_is_shown_with_all_that_is_known_of_it(capsys, tmp_path):
    report = {"requirements": [{"id": "EWS-MTG-165", "verdict": "pass", "cases": ["a.b[ews-ews]"]}]}
    (tmp_path / "report.json").write_text(json.dumps(report))
    assert run_command(["requirements", "show", "ews-mtg-165", "--report", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert told.startswith("EWS-MTG-165  MUST\nAn update with SendToNone changes the organizer's item")
    for line in ("role:      organizer", "microsoft: MS-OXWSMTGS_R60", "verdict:   pass", "cases:     a.b[ews-ews]"):
        assert line in told
    assert "https://learn.microsoft.com/openspecs/" in told


def test_the_coverage_is_told_by_section_as_json_and_as_a_page(capsys, tmp_path):
    report = tmp_path / "report.json"
    report.write_text(json.dumps({"requirements": [{"id": "EWS-MTG-165", "verdict": "pass", "cases": []}]}))
    page = tmp_path / "coverage.html"
    assert run_command(["requirements", "coverage", "--report", str(report), "--html", str(page)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert next(line for line in lines if line.split()[1:2] == ["2.2.5.3"]).split()[2:4] == ["13", "2"]
    assert lines[-1].split()[:3] == ["all", "870", "2"]
    assert "MS-OXWSMTGS_R6000" in page.read_text()
    assert run_command(["requirements", "coverage", "--report", str(report), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["total"], told["verified"]) == (870, 2)
    assert [row["id"] for row in told["ids"] if row["standing"] == "verified"] == [
        "MS-OXWSMTGS_R60",
        "MS-OXWSMTGS_R6000",
    ]


def meetproof(*arguments, folder):
    return subprocess.run(
        [sys.executable, "-P", "-m", "conformance.cli", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_run_leaves_a_report_and_recordings_that_play_again_and_differ_in_nothing(tmp_path):
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n")  # nobody asks for it
    (tmp_path / "conformance.py").write_text("raise RuntimeError('the wrong one')\n")  # nobody imports it
    done = meetproof("run", "--report", "first", "-n", "0", *ONE_CASE, folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "cases by scenario and pairing" in done.stdout
    first = tmp_path / "first"
    report = json.loads((first / "report.json").read_text())
    assert report["verdicts"]["pass"] == len(report["cases"]) == 2
    assert report["target"]["kind"] == "embedded"
    assert sorted(path.name for path in first.iterdir()) == [
        "cassettes",
        "coverage.html",
        "index.html",
        "junit.xml",
        "report.json",
        "summary.md",
        "target.toml",
    ]

    again = meetproof("run", "--report", "second", "-n", "2", *ONE_CASE, folder=tmp_path)
    assert again.returncode == 0, again.stdout + again.stderr
    tapes = [
        {path.name: path.read_bytes() for path in (tmp_path / name / "cassettes").iterdir()}
        for name in ("first", "second")
    ]
    assert len(tapes[0]) == 2
    assert tapes[0] == tapes[1]

    made = {name: (first / name).read_bytes() for name in ("index.html", "junit.xml", "summary.md", "coverage.html")}
    for name in made:
        (first / name).unlink()
    again = meetproof("report", "first", folder=tmp_path)
    assert again.returncode == 0, again.stdout + again.stderr
    assert {name: (first / name).read_bytes() for name in made} == made
    told = meetproof("report", "first/report.json", "--markdown", "-", folder=tmp_path)
    assert told.stdout.encode() == made["summary.md"]

    replayed = meetproof("run", "--replay", "first/cassettes", "--report", "third", *ONE_CASE, folder=tmp_path)
    assert replayed.returncode == 0, replayed.stdout + replayed.stderr
    third = json.loads((tmp_path / "third" / "report.json").read_text())
    assert [case["requirements"] for case in third["cases"]] == [case["requirements"] for case in report["cases"]]
    assert third["target"]["kind"] == "replay"


def test_an_earlier_runs_files_are_gone_before_a_run(tmp_path):
    report = tmp_path / "report"
    (report / "cassettes").mkdir(parents=True)
    (report / "cassettes" / "old.yaml").write_text("x")
    for name in ("report.json", "index.html", "junit.xml", "summary.md", "coverage.html"):
        (report / name).write_text("{}")
    (report / "mine.txt").write_text("x")
    run_module._make_room(report, [])
    assert sorted(path.name for path in report.rglob("*")) == ["cassettes", "mine.txt"]


def test_what_a_run_is_about_to_use_is_kept(tmp_path):
    cassettes = tmp_path / "report" / "cassettes"
    cassettes.mkdir(parents=True)
    (cassettes / "old.yaml").write_text("x")
    (tmp_path / "report" / "target.toml").write_text("x")
    run_module._make_room(tmp_path / "report", [cassettes, tmp_path / "report" / "target.toml"])
    assert (cassettes / "old.yaml").exists()
    assert (tmp_path / "report" / "target.toml").exists()


LIVE = """
[target]
name = "A server of one's own"
features = ["availability"]
[ews]
url = "{origin}/EWS/Exchange.asmx"
[graph]
url = "{graph}/v1.0"
token_url = "{graph}/oauth2/v2.0/token"
[[accounts]]
address = "organizer0@example.com"
password_env = "THE_PASSWORD"
[[accounts]]
address = "attendee0@example.com"
password_env = "THE_PASSWORD"
"""


@pytest.fixture
def server():
    with running_farm() as farm, farm.server() as started:
        yield started


def test_a_server_of_ones_own_is_recorded_by_the_proxy_and_its_recordings_play_again(tmp_path, monkeypatch, server):
    monkeypatch.setenv("THE_PASSWORD", "meetproof")
    origin = server.ews.url.removesuffix("/EWS/Exchange.asmx")
    described = LIVE.format(origin=origin, graph=origin).replace("[graph]", 'auth = "ntlm"\n[graph]')
    (tmp_path / "mine.toml").write_text(described)
    chosen = ["-k", "cross-protocol.answer.accept"]
    done = meetproof("run", "--target", "mine.toml", "--report", "first", *chosen, folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    first = json.loads((tmp_path / "first" / "report.json").read_text())
    assert first["target"]["kind"] == "live"
    assert len(first["cases"]) == 4
    tapes = sorted((tmp_path / "first" / "cassettes").glob("*.yaml"))
    assert len(tapes) == 4
    assert not [tape.name for tape in tapes if b"password=meetproof" in tape.read_bytes()]
    assert sorted(path.name for path in (tmp_path / "first").iterdir()) == [
        "cassettes",
        "coverage.html",
        "index.html",
        "junit.xml",
        "report.json",
        "summary.md",
    ]
    again = meetproof("run", "--replay", "first/cassettes", "--report", "second", *chosen, folder=tmp_path)
    assert again.returncode == 0, again.stdout + again.stderr


def test_tokens_from_elsewhere_are_fetched_past_the_proxy_and_the_recordings_play_without(
    tmp_path, monkeypatch, server
):
    monkeypatch.setenv("THE_PASSWORD", "meetproof")
    origin = server.ews.url.removesuffix("/EWS/Exchange.asmx")
    login = origin.replace("127.0.0.1", "localhost")
    described = LIVE.format(origin=origin, graph=origin).replace(f'token_url = "{origin}', f'token_url = "{login}')
    (tmp_path / "mine.toml").write_text(described)
    chosen = ["-k", "cross-protocol.answer.accept"]
    done = meetproof("run", "--target", "mine.toml", "--report", "first", *chosen, folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    tapes = sorted((tmp_path / "first" / "cassettes").glob("*.yaml"))
    assert len(tapes) == 4
    for tape in tapes:
        told = read_cassette(tape)
        assert not [one.request.url for one in told.exchanges if one.request.url.endswith("/token")]
        assert told.head["target"]["unrecorded"] == [f"{login}: tokens were fetched there directly"]
    shutil.copy(tapes[0], tapes[0].with_name("gone--ews-ews.yaml"))
    again = meetproof("run", "--replay", "first/cassettes", "--report", "second", *chosen, folder=tmp_path)
    assert again.returncode == 2, again.stdout + again.stderr
    assert "recorded of no case there is: gone--ews-ews.yaml" in again.stdout
    report = json.loads((tmp_path / "second" / "report.json").read_text())
    assert report["verdicts"]["pass"] == len(report["cases"]) == 4
    assert report["orphans"] == ["gone--ews-ews.yaml"]


def test_a_target_on_two_origins_is_played_without_a_recording(tmp_path, monkeypatch, server):
    monkeypatch.setenv("THE_PASSWORD", "meetproof")
    origin = server.ews.url.removesuffix("/EWS/Exchange.asmx")
    other = origin.replace("127.0.0.1", "localhost")
    (tmp_path / "mine.toml").write_text(LIVE.format(origin=origin, graph=other))
    done = meetproof("run", "--target", "mine.toml", "-k", "cross-protocol.ids and ews-ews", folder=tmp_path)
    assert f"nothing is recorded, the target is on several origins: {origin}, {other}" in done.stderr
    assert not (tmp_path / "meetproof-report" / "cassettes").exists()


def test_a_password_that_is_nowhere_is_told(tmp_path, monkeypatch):
    monkeypatch.delenv("THE_PASSWORD", raising=False)
    (tmp_path / "mine.toml").write_text(LIVE.format(origin="http://127.0.0.1:9", graph="http://127.0.0.1:9"))
    done = meetproof("run", "--target", "mine.toml", "--no-proxy", "-k", "availability.merged", folder=tmp_path)
    assert done.returncode == 64
    assert "environment variable THE_PASSWORD, which is not set" in done.stderr


def test_a_keyword_that_is_no_expression_is_a_usage_error_and_one_that_fits_nothing_tells_nothing(tmp_path):
    assert meetproof("run", "--no-proxy", "-k", "a b", folder=tmp_path).returncode == 64
    assert meetproof("run", "--no-proxy", "-k", "fits_nothing", folder=tmp_path).returncode == 2


@pytest.mark.parametrize(
    ("status", "written", "code"),
    [(0, 0, 0), (1, 1, 1), (1, 2, 2), (4, None, 64), (2, 0, 2), (3, 0, 2), (1, None, 2), (5, None, 2), (-9, None, 2)],
)
def test_the_exit_code_is_the_reports_unless_pytest_did_not_come_to_its_end(
    monkeypatch, tmp_path, capsys, status, written, code
):
    if written is not None:
        (tmp_path / "report.json").write_text(json.dumps({"exit_code": written}))
    monkeypatch.setattr(run_module.subprocess, "call", lambda *_, **__: status)
    assert run_module._play([], tmp_path) == code
