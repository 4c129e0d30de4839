"""Expectation files in a run: what is known runs and does not count, what no longer holds fails the run."""

from __future__ import annotations

import tomllib

import pytest

from tests.conformance.conftest import one_line

pytest_plugins = ["pytester"]

SUITE = """
@case("fake.first", scenario="wire", verifies=["EWS-MTG-001", "EWS-MTG-002"], pairings=EWS)
def test_first(scene):
    scene.expect("EWS-MTG-001", "the code", "x").equals("a")
    scene.expect("EWS-MTG-002", "the other", "b").equals("b")

@case("fake.second", scenario="wire", verifies=["EWS-MTG-001"], pairings=EWS)
def test_second(scene):
    scene.expect("EWS-MTG-001", "the code", "a").equals("a")
"""
HOLDS = """\
# Of a server of the tests.

[[expected]]
requirement = "EWS-MTG-001"  # a remark
case = "fake.first"
message = 'the code: expected "a"'
reason = "Bug 1."
"""


@pytest.fixture
def known(suite, pytester):
    """Plays the suite with an expectation file."""

    def play(text, *arguments, process=False):
        file = pytester.path / "known.toml"
        if text is not None:
            file.write_text(text, encoding="utf-8")
        return suite(SUITE, f"--meetproof-expectations={file}", *arguments, process=process)

    return play


def test_a_failure_that_is_known_is_expected_and_still_told(known):
    played = known(HOLDS)
    assert (played.status, played.report["exit_code"]) == (0, 0)
    assert "1 passed, 1 xfailed" in played.output
    assert "known failures: 1 as in known.toml" in played.output
    first = played.case("fake.first[ews-ews]")
    assert first["verdict"] == "fail"
    assert {one["id"]: one["known"] for one in first["requirements"]} == {"EWS-MTG-001": "Bug 1.", "EWS-MTG-002": ""}
    assert played.report["expectations"] == {"file": "known.toml", "known": 1, "stale": [], "problems": []}
    assert "known: Bug 1." in (played.folder / "junit.xml").read_text(encoding="utf-8")
    assert 'failures="0"' in (played.folder / "junit.xml").read_text(encoding="utf-8")
    assert "conformant" in (played.folder / "summary.md").read_text(encoding="utf-8").splitlines()[0]
    assert "Known: Bug 1." in (played.folder / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            HOLDS.replace("fake.first", "fake.second"),
            "EWS-MTG-001 in fake.second[ews-ews] passes, but is known to fail",
        ),
        (HOLDS.replace('expected "a"', 'expected "z"'), "EWS-MTG-001 in fake.first[ews-ews] fails in another way"),
        (HOLDS + HOLDS[HOLDS.index("[[") :].replace("fake.first", "fake.gone"), "EWS-MTG-001 in fake.gone is stale"),
        (HOLDS + HOLDS[HOLDS.index("[[") :].replace("MTG-001", "MTG-009"), "EWS-MTG-009 in fake.first is stale"),
    ],
    ids=["passes", "another message", "no such case", "no such requirement"],
)
def test_what_no_longer_holds_fails_the_run_and_is_told_everywhere(known, text, told):
    played = known(text)
    assert (played.status, played.report["exit_code"]) == (1, 1)
    assert told in one_line(played.output)
    assert any(problem.startswith(told) for problem in played.report["expectations"]["problems"])
    assert "Not as expected" in (played.folder / "summary.md").read_text(encoding="utf-8")
    assert "Not as expected" in (played.folder / "index.html").read_text(encoding="utf-8")


def test_only_cases_that_are_played_are_held_to_the_file(known):
    played = known(HOLDS.replace("fake.first", "fake.second"), "-k", "fake.first")
    assert played.report["expectations"]["problems"] == []
    assert played.report["exit_code"] == 1, "its own failure is not known"


def test_the_file_is_written_anew_by_workers_too_and_then_holds(known, pytester):
    wrong = HOLDS.replace("fake.first", "fake.second")
    played = known(wrong, "--meetproof-update-expectations", "-n", "2", process=True)
    assert played.report["exit_code"] == 0
    text = (pytester.path / "known.toml").read_text(encoding="utf-8")
    assert text.startswith("# Of a server of the tests.\n")
    assert tomllib.loads(text)["expected"] == [
        {
            "requirement": "EWS-MTG-001",
            "case": "fake.first",
            "pairing": "ews-ews",
            "message": 'the code: expected "a", got "x"',
            "reason": "Not explained yet.",
        }
    ]
    again = known(None)
    assert (again.status, again.report["exit_code"]) == (0, 0)


def test_a_file_that_is_not_there_is_made_where_it_is_to_be_written(known, pytester):
    played = known(None, "--meetproof-update-expectations")
    assert played.report["exit_code"] == 0
    assert "fake.first" in (pytester.path / "known.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "arguments", "told"),
    [
        ("other = 1", [], "known.toml: 'other' is unknown"),
        (None, [], "known.toml: there is no such file"),
    ],
)
def test_a_file_that_cannot_be_used_is_a_usage_error(known, text, arguments, told):
    played = known(text, *arguments)
    assert played.status == 4
    assert told in played.output


def test_to_write_anew_needs_a_file(suite):
    played = suite(SUITE, "--meetproof-update-expectations")
    assert played.status == 4
    assert "--meetproof-update-expectations needs --meetproof-expectations FILE" in played.output
