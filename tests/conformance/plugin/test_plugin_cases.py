from __future__ import annotations

import pytest

pytest_plugins = ["pytester"]


def test_a_met_expectation_passes_in_every_pairing(suite):
    played = suite("""
@case("fake.passes", scenario="wire", verifies=["EWS-MTG-001"])
def test_it(scene):
    scene.expect("EWS-MTG-001", "the pairing", scene.pairing).is_one_of(*ALL)
""")
    assert played.status == 0
    assert played.verdicts() == {
        "fake.passes[ews-ews]": "pass",
        "fake.passes[ews-graph]": "pass",
        "fake.passes[graph-ews]": "pass",
        "fake.passes[graph-graph]": "pass",
    }
    assert played.report["exit_code"] == 0


def test_a_failed_expectation_fails_its_requirement_and_hides_no_other(suite):
    played = suite("""
@case("fake.fails", scenario="wire", verifies=["EWS-MTG-001", "EWS-MTG-002"], pairings=EWS)
def test_it(scene):
    scene.expect("EWS-MTG-001", "the first thing", "left").is_one_of("right", "straight")
    scene.expect("EWS-MTG-002", "the second thing", 1).equals(1)
""")
    assert played.status == 1
    found = {one["id"]: one["verdict"] for one in played.case("fake.fails[ews-ews]")["requirements"]}
    assert found == {"EWS-MTG-001": "fail", "EWS-MTG-002": "pass"}
    assert played.report["exit_code"] == 1
    for words in ("EWS-MTG-001 (MUST):", "source:", "checked:  the first thing", 'expected: "right"', 'or "straight"'):
        assert words in played.output
    assert 'actual:   "left"' in played.output
    assert "Traceback" not in played.output


def test_a_requirement_never_checked_is_an_error(suite):
    played = suite("""
@case("fake.forgets", scenario="wire", verifies=["EWS-MTG-001", "EWS-MTG-002"], pairings=EWS)
def test_it(scene):
    scene.expect("EWS-MTG-001", "it", 1).equals(1)
""")
    assert played.status == 1
    found = {one["id"]: one for one in played.case("fake.forgets[ews-ews]")["requirements"]}
    assert found["EWS-MTG-002"]["verdict"] == "error"
    assert "EWS-MTG-002 was never checked" in found["EWS-MTG-002"]["message"]
    assert "EWS-MTG-002 was never checked" in played.output
    assert played.report["exit_code"] == 2


def test_a_case_stopped_by_a_failure_leaves_the_rest_inconclusive(suite):
    played = suite("""
@case("fake.stops", scenario="wire", verifies=["EWS-MTG-001", "EWS-MTG-002"], pairings=EWS)
def test_it(scene):
    scene.require("EWS-MTG-001", "the item", None).is_present()
    raise AssertionError("not reached")

@case("fake.trips", scenario="wire", verifies=["EWS-MTG-001", "EWS-MTG-002"], pairings=EWS)
def test_that(scene):
    item = None
    scene.expect("EWS-MTG-001", "the item", item).is_present()
    scene.expect("EWS-MTG-002", "its subject", item.subject).equals("x")
""")
    for name in ("fake.stops[ews-ews]", "fake.trips[ews-ews]"):
        found = {one["id"]: one["verdict"] for one in played.case(name)["requirements"]}
        assert found == {"EWS-MTG-001": "fail", "EWS-MTG-002": "inconclusive"}


def test_a_mistake_in_a_case_is_an_error_with_its_traceback(suite):
    played = suite("""
@case("fake.breaks", scenario="wire", verifies=["EWS-MTG-001"], pairings=EWS)
def test_it(scene):
    scene.expect("EWS-MTG-001", "it", 1).equals(1)
    raise RuntimeError("a mistake of the case")
""")
    assert played.verdicts() == {"fake.breaks[ews-ews]": "error"}
    assert "RuntimeError: a mistake of the case" in played.case("fake.breaks[ews-ews]")["message"]
    assert "RuntimeError: a mistake of the case" in played.output
    assert played.report["exit_code"] == 2


def test_a_requirement_the_case_does_not_declare_is_an_error(suite):
    played = suite("""
@case("fake.strays", scenario="wire", verifies=["EWS-MTG-001"], pairings=EWS)
def test_it(scene):
    scene.expect("EWS-MTG-001", "it", 1).equals(1)
    scene.expect("EWS-MTG-002", "it", 1).equals(1)
""")
    assert played.verdicts() == {"fake.strays[ews-ews]": "error"}
    assert "does not declare it: add it to verifies" in played.output


def test_what_the_server_does_not_answer_is_inconclusive(suite):
    played = suite("""
from conformance.client.protocol import TransportFailed
from conformance.expect import CannotTell

@case("fake.unreached", scenario="wire", verifies=["EWS-MTG-001"], pairings=EWS)
def test_it(scene):
    raise TransportFailed("no answer in time")

@case("fake.untold", scenario="wire", verifies=["EWS-MTG-001"], pairings=EWS)
def test_that(scene):
    raise CannotTell("it never came")
""")
    assert set(played.verdicts().values()) == {"inconclusive"}
    assert played.report["exit_code"] == 2
    assert "it never came" in played.case("fake.untold[ews-ews]")["message"]


def test_a_feature_or_an_account_the_target_lacks_makes_a_case_not_applicable(suite):
    played = suite("""
@case("fake.rooms", scenario="wire", verifies=["EWS-MTG-001"], pairings=EWS, needs=["rooms"])
def test_it(scene):
    raise AssertionError("not reached")

@case("fake.people", scenario="wire", verifies=["EWS-MTG-001"], pairings=EWS)
def test_that(scene):
    scene.account("attendee7")

@case("fake.fine", scenario="wire", verifies=["EWS-MTG-001"], pairings=EWS)
def test_fine(scene):
    scene.expect("EWS-MTG-001", "it", 1).equals(1)
""")
    assert played.status == 0
    assert played.verdicts() == {
        "fake.fine[ews-ews]": "pass",
        "fake.people[ews-ews]": "not applicable",
        "fake.rooms[ews-ews]": "not applicable",
    }
    assert "does not declare the feature 'rooms'" in played.case("fake.rooms[ews-ews]")["message"]
    assert "no account for 'attendee7'" in played.case("fake.people[ews-ews]")["message"]
    assert played.report["exit_code"] == 0


def test_a_requirement_of_a_later_version_is_not_applicable(suite):
    text = """
from conformance.catalogue import standard_catalogue
LATER = next(one.id for one in standard_catalogue().requirements.values() if one.since == "Exchange2013")

@case("fake.later", scenario="wire", verifies=["EWS-MTG-001", LATER], pairings=EWS)
def test_it(scene):
    scene.expect("EWS-MTG-001", "it", 1).equals(1)
    scene.expect(LATER, "it", 1).equals(2)
"""
    played = suite(text, version="Exchange2010")
    assert [one["verdict"] for one in played.case("fake.later[ews-ews]")["requirements"]] == ["pass", "not applicable"]
    played = suite(text, version="Exchange2016")
    assert [one["verdict"] for one in played.case("fake.later[ews-ews]")["requirements"]] == ["pass", "fail"]


def test_every_exchange_is_numbered_shown_without_secrets_and_held_to_its_schema(suite):
    played = suite("""
@case("fake.speaks", scenario="wire", verifies=["GRAPH-WIRE-005", "EWS-MTG-001"], pairings=["ews-graph"])
def test_it(scene):
    answer = scene.graph("attendee0").get("me/messages/nothing")
    scene.expect("GRAPH-WIRE-005", "the code", answer.code, at="$.error.code").equals("Other")
    answer = scene.ews("organizer0").call("<m:GetItem/>")
    scene.expect("EWS-MTG-001", "the status", answer.status).equals(200)
""")
    case = played.case("fake.speaks[ews-graph]")
    found = {one["id"]: one["verdict"] for one in case["requirements"]}
    assert (
        found.items()
        >= {
            "GRAPH-WIRE-005": "fail",
            "EWS-MTG-001": "pass",
            "WIRE-GRAPH-SCHEMA": "fail",  # innerError is missing
            "WIRE-EWS-SCHEMA": "fail",  # the answer holds nothing
        }.items()
    )
    asked = [(one["number"], one["who"], one["operation"], one["status"]) for one in case["exchanges"]]
    assert asked == [
        (1, "attendee", "token password", 200),
        (2, "attendee", "GET messages/{id}", 404),
        (3, "organizer", "GetItem", 200),
    ]
    assert next(check for check in case["checks"] if check["requirement"] == "GRAPH-WIRE-005")["exchange"] == 2
    assert "exchange 2 (GET messages/{id})" in played.output
    page = (played.folder / "index.html").read_text()
    assert "ErrorItemNotFound" in page
    assert "a-token-of-the-tests" not in page
    assert "YW5uQGV4YW1wbGUuY29tOnB3" not in page  # ann's Basic credentials


def test_a_case_with_further_parameters_has_an_id_for_each(suite):
    played = suite("""
@case("fake.many", scenario="wire", verifies=["EWS-MTG-001"], pairings=["ews-ews", "graph-graph"])
@pytest.mark.parametrize("kind", ["One Thing", "other"])
def test_it(scene, kind):
    scene.expect("EWS-MTG-001", "the kind", kind).is_one_of("One Thing", "other")
""")
    assert set(played.verdicts()) == {
        "fake.many.one-thing[ews-ews]",
        "fake.many.one-thing[graph-graph]",
        "fake.many.other[ews-ews]",
        "fake.many.other[graph-graph]",
    }


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        ('"fake.x", scenario="wire", verifies=["EWS-MTG-0001"]', "no requirement 'EWS-MTG-0001'; did you mean"),
        ('"fake.x", scenario="wires", verifies=["EWS-MTG-001"]', "scenario must be among"),
        ('"fake.x", scenario="wire", verifies=["EWS-MTG-001"], pairings="ews-ews"', "must be a collection"),
        ('"fake.x", scenario="wire", verifies=["EWS-MTG-001"], needs=["sauna"]', "needs must be among"),
        ('"fake.x", scenario="wire", verifies=[]', "verifies must name the requirements"),
        ('"Fake", scenario="wire", verifies=["EWS-MTG-001"]', "lower-case words and dots"),
    ],
)
def test_a_case_declared_wrongly_is_an_error_of_collection(suite, declared, told):
    played = suite(f"@case({declared})\ndef test_it(scene): pass\n")
    assert played.status == 2
    assert told in played.output


TWINS = """
@case("fake.twin", scenario="wire", verifies=["EWS-MTG-001"], pairings=EWS)
def test_it(scene): pass
@case("fake.twin", scenario="wire", verifies=["EWS-MTG-001"], pairings=EWS)
def test_that(scene): pass
"""


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "with workers"])
def test_two_cases_of_one_id_are_a_usage_error(suite, workers):
    played = suite(TWINS, *workers, process=True)
    assert "ERROR: The case id 'fake.twin[ews-ews]' is used twice: by " in played.output
    assert "INTERNALERROR" not in played.output
    assert "crashed" not in played.output
    assert played.status == pytest.ExitCode.USAGE_ERROR


WARNED = """
@case("fake.first", scenario="wire", verifies=["EWS-MTG-001", "EWS-MTG-002"], pairings=EWS)
def test_first(scene):
    scene.expect("EWS-MTG-001", "the code", "a").equals("a")
    scene.expect("EWS-MTG-002", "the kind", "x").equals("b")
"""


def test_what_should_be_is_warned_of_and_the_run_is_conformant(suite):
    played = suite(WARNED)
    assert (played.status, played.report["exit_code"], played.report["strict"]) == (0, 0, False)
    assert played.verdicts() == {"fake.first[ews-ews]": "warning"}
    assert "not as it SHOULD be" in played.output
    assert "EWS-MTG-002 (SHOULD)" in played.output
    assert "2 requirements: 1 pass, 1 warning" in played.output
    assert 'failures="0"' in (played.folder / "junit.xml").read_text(encoding="utf-8")
    assert "EWS-MTG-002: warning" in (played.folder / "summary.md").read_text(encoding="utf-8")


def test_in_a_strict_run_what_should_be_fails_it(suite):
    played = suite(WARNED, "--meetproof-strict")
    assert (played.status, played.report["exit_code"], played.report["strict"]) == (1, 1, True)
    assert played.verdicts() == {"fake.first[ews-ews]": "fail"}
    assert "not as it SHOULD be" not in played.output
