from __future__ import annotations

import subprocess
import sys
import textwrap
from importlib.metadata import entry_points
from xml.etree import ElementTree as ET

import pytest

from tests.conformance.plugin.conftest import without_strangers

pytest_plugins = ["pytester"]

TWENTY = """
@case("fake.number", scenario="wire", verifies=["EWS-MTG-001"], pairings=["ews-ews", "graph-graph"])
@pytest.mark.parametrize("number", range(10))
def test_it(scene, number):
    scene.expect("EWS-MTG-001", "the number", number).differs_from(7)
"""


def told(report):
    return [{**case, "seconds": 0} for case in report["cases"]], report["requirements"], report["profiles"]


def test_one_process_and_two_workers_report_the_same(suite):
    alone, shared = suite(TWENTY), suite(TWENTY, "-n", "2", process=True)
    assert told(shared.report) == told(alone.report)
    assert (alone.status, shared.status) == (1, 1)
    counts = {"pass": 18, "not applicable": 0, "skipped": 0, "warning": 0, "inconclusive": 0, "fail": 2, "error": 0}
    assert shared.report["verdicts"] == counts
    cores = {one["name"]: one["core"] for one in shared.report["profiles"]}
    assert cores["meetings-core"] == {"pass": 18, "fail": 2}


def test_a_seed_makes_an_order_of_its_own_and_the_report_stays_the_same(suite):
    order = """
import pathlib
@case("fake.number", scenario="wire", verifies=["EWS-MTG-001"], pairings=["ews-ews", "graph-graph"])
@pytest.mark.parametrize("number", range(10))
def test_it(scene, number):
    with pathlib.Path("order.txt").open("a") as file:
        file.write(f"{number} ")
    scene.expect("EWS-MTG-001", "the number", number).differs_from(7)
"""
    played, orders = [], []
    for seed in (None, "a", "a", "b"):
        played.append(suite(order, *([f"--meetproof-shuffle={seed}"] if seed else [])))
        file = played[-1].folder.parent / "order.txt"
        orders.append(file.read_text())
        file.unlink()
    assert orders[1] == orders[2]
    assert len(set(orders)) == 3
    assert {tuple(sorted(one.split())) for one in orders} == {tuple(sorted([str(n) for n in range(10)] * 2))}
    assert told(played[1].report) == told(played[0].report)


def test_a_worker_that_dies_leaves_an_error_and_not_a_pass(suite):
    played = suite(
        """
import os

@case("fake.dies", scenario="wire", verifies=["EWS-MTG-001"], pairings=EWS)
def test_it(scene):
    os._exit(9)

@case("fake.lives", scenario="wire", verifies=["EWS-MTG-001"], pairings=EWS)
def test_that(scene):
    scene.expect("EWS-MTG-001", "it", 1).equals(1)
""",
        "-n",
        "2",
        process=True,
    )
    assert played.status == 1
    assert played.verdicts() == {"fake.dies[ews-ews]": "error", "fake.lives[ews-ews]": "pass"}
    assert played.report["exit_code"] == 2


def test_the_table_and_the_junit_file_tell_scenarios_pairings_and_verdicts(suite):
    played = suite(TWENTY)
    assert "A server of the tests: cases by scenario and pairing" in played.output
    row = next(line for line in played.output.splitlines() if line.strip("│ ").startswith("wire"))
    assert row.count("9 pass, 1 fail") == 2
    assert "profile meetings-core: not conformant" in played.output
    assert "1 requirement: 1 fail" in played.output

    (wire,) = ET.parse(played.folder / "junit.xml").getroot()
    assert (wire.get("name"), wire.get("tests"), wire.get("failures")) == ("wire", "20", "2")
    failures = [case.get("name") for case in wire if case.find("failure") is not None]
    assert failures == ["fake.number.7[ews-ews]", "fake.number.7[graph-graph]"]


def test_a_profile_leaves_out_the_cases_of_others(suite):
    text = """
@case("fake.wire", scenario="wire", verifies=["EWS-MTG-001"], pairings=EWS)
def test_wire(scene):
    scene.expect("EWS-MTG-001", "it", 1).equals(1)

@case("fake.free", scenario="availability", verifies=["EWS-MTG-001"], pairings=EWS)
def test_free(scene):
    scene.expect("EWS-MTG-001", "it", 1).equals(1)
"""
    played = suite(text, "--meetproof-profile=availability")
    assert set(played.verdicts()) == {"fake.free[ews-ews]"}
    assert [profile["name"] for profile in played.report["profiles"]] == ["availability"]
    played = suite(text, "--meetproof-profile=availability", "--meetproof-profile=meetings-core")
    assert len(played.verdicts()) == 2


def test_a_core_case_that_is_left_out_makes_the_profile_partial(suite):
    played = suite(TWENTY, "-k", "number.1 or number.2")
    profile = next(one for one in played.report["profiles"] if one["name"] == "meetings-core")
    assert profile == {
        "name": "meetings-core",
        "title": "Meetings, core",
        "result": "partial",
        "core": {"pass": 4, "not run": 16},
        "extended": {},
    }


def test_an_unknown_profile_is_a_usage_error(suite):
    played = suite(TWENTY, "--meetproof-profile=nonsense")
    assert played.status == 4
    assert "There is no profile 'nonsense'" in played.output


def test_cases_can_be_chosen_by_id_scenario_and_requirement_and_named_on_the_command_line(suite, pytester):
    chosen = suite(TWENTY, "-k", "wire and number.3 and EWS-MTG-001")
    assert set(chosen.verdicts()) == {"fake.number.3[ews-ews]", "fake.number.3[graph-graph]"}
    result = pytester.runpytest_inprocess(
        "test_suite.py::fake.number.3[ews-ews]", "--meetproof-target=target.toml", *without_strangers()
    )
    result.assert_outcomes(passed=1)


def test_without_a_target_the_cases_say_what_is_needed(suite):
    played = suite(TWENTY, target=False)
    assert played.status == 4
    assert "give --meetproof-target FILE" in played.output


def test_workers_without_a_target_say_what_is_needed(suite):
    played = suite(TWENTY, "-n", "2", target=False, process=True)
    assert played.status == 1
    assert set(played.verdicts().values()) == {"error"}
    assert "give --meetproof-target FILE" in played.output
    assert "INTERNALERROR" not in played.output


def test_a_target_that_cannot_be_used_is_told(suite, pytester):
    (pytester.path / "broken.toml").write_text("[target]\n")
    played = suite(TWENTY, "--meetproof-target=broken.toml")
    assert played.status == 4
    assert "broken.toml: target.name is missing" in played.output


def test_a_project_without_cases_notices_nothing(pytester):
    pytester.makepyfile("def test_it(): pass")
    result = pytester.runpytest_inprocess("--meetproof-report=report")
    result.assert_outcomes(passed=1)
    assert "requirements" not in result.stdout.str()
    assert not (pytester.path / "report").exists()


HEAVY = (
    "lxml",
    "httpx",
    "mitmproxy",
    "jinja2",
    "rich",
    "jsonschema",
    "sqlalchemy",
    "yaml",
    "typer",
    "conformance.suites",
)


def test_loading_the_plugin_loads_nothing_heavy(pytester):
    pytester.makepyfile("def test_it(): pass")
    program = textwrap.dedent(f"""
        import sys
        import pytest
        assert pytest.main(["-q", "-p", "no:cacheprovider"]) == 0
        assert "conformance.plugin" in sys.modules
        print("loaded:", [name for name in {HEAVY!r} if name in sys.modules])
    """)
    environment = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_PLUGINS": "conformance.plugin", "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=pytester.path, env=environment, check=True
    )
    assert "loaded: []" in done.stdout


def test_the_entry_point_is_registered():
    assert [entry.value for entry in entry_points(group="pytest11", name="meetproof")] == ["conformance.plugin"]


def test_the_markers_are_registered(pytester):
    result = pytester.runpytest_inprocess("--markers")
    named = ["@pytest.mark.meetproof_case(case)*", "@pytest.mark.meetproof(*", "@pytest.mark.meetproof_replay(*"]
    result.stdout.fnmatch_lines_random(named)


@pytest.mark.parametrize("option", ["--meetproof-target", "--meetproof-report", "--meetproof-replay"])
def test_an_option_needs_its_value(pytester, option):
    assert pytester.runpytest_inprocess(option).ret == 4
