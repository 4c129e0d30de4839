"""Every numbered requirement of EWS meetings is shown by a test or a case, every error code by a test."""

import re
from pathlib import Path

import pytest

from reference_impl.ews.operations.registry import OPERATIONS
from reference_impl.service.settings import Settings

ROOT = Path(__file__).parents[3]
COUNT = 343
ID = re.compile(r"EWS-MTG-(\d{3})")
MARK = re.compile(r"requirement\(([^)]*)\)")

# The points that the documents leave open (uncertain points 1 to 20 of EWS meetings), and the switch that each is;
# where there is none, what the server does instead and why nothing else can be asked for.
OPEN_POINTS = {
    "an end equal to the start": "end_may_equal_start",
    "a younger element under an older version": "the schema of the asked version refuses it",
    "a proposal where none is allowed, or half a proposal": "it is refused: nothing tells what else to do with it",
    "a change key that is missing under AlwaysOverwrite": "change_key_required",
    "proposals before Exchange2013_SP1": "propose_before_2013_sp1",
    "the organizer and a forwarded meeting": "forwards_are_told",
    "the list of attendees and a forwarded meeting": "forwards_invite",
    "an answer from somebody uninvited": "answers_invite",
    "IsRecurring on a master": "masters_are_recurring",
    "what makes an update silent": "silent_updates_of_people",
    "zones without ReturnFullTimeZoneData": "zones_are_full_by_default",
    "unknown zones among those asked for": "unknown_zones_are_left_out",
    "errors in the arguments of a free/busy view": "view_errors_are_faults",
    "the view of a failed mailbox": "failed_view_is_told",
    "the digit of working elsewhere": "working_elsewhere_has_digit",
    "the longest free/busy window": "free_busy_days",
    "an unknown distribution list": "unknown_list_is_empty",
    "rooms of an unknown list": "unknown_room_list_has_no_mailbox",
    "the form of throttling": "busy_is_unavailable",
}


def marked():
    """The numbers that markers of tests name."""
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py")]
    probes = [path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.xml")]
    named = [found for source in sources for found in MARK.findall(source)]
    return {int(number) for text in named + probes for number in ID.findall(text)}


def judged():
    """The numbers that cases of the suite judge; the whole suite is played against this server by other tests."""
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "conformance" / "suites").rglob("*.py")]
    return {int(number) for source in sources for number in ID.findall(source)}


def test_every_requirement_is_shown_by_a_test_or_a_case():
    missing = set(range(1, COUNT + 1)) - marked() - judged()
    assert sorted(missing) == []


def test_markers_name_requirements_that_there_are():
    assert marked() <= set(range(1, COUNT + 1))


@pytest.mark.parametrize("switch", [switch for switch in OPEN_POINTS.values() if " " not in switch])
def test_an_open_point_is_a_switch_of_the_server(switch):
    assert hasattr(Settings(), switch)


CODE = re.compile(r"\bError[A-Z]\w+(?!\w|\{)")
BEGINNING = re.compile(r"\b(Error[A-Z]\w+)\{")
NEVER_ARISES = {"ErrorCalendarInvalidPropertyValue": "EWS moves all-day meetings to midnight instead of refusing them"}


def test_every_error_code_of_the_server_is_expected_by_a_test():
    given = {
        code for path in (ROOT / "reference_impl" / "ews").rglob("*.py") for code in CODE.findall(path.read_text())
    }
    tests = [
        path for path in (ROOT / "tests").rglob("*.py") if path.name not in {Path(__file__).name, "test_ews_schemas.py"}
    ]
    expected = {code for path in tests for code in CODE.findall(path.read_text())}
    beginnings = tuple(code for path in tests for code in BEGINNING.findall(path.read_text()))
    assert {code for code in given - expected if not code.startswith(beginnings)} == NEVER_ARISES.keys()


def test_every_operation_is_asked_for_by_a_test():
    tests = "".join(path.read_text() for path in Path(__file__).parent.rglob("*.py"))
    assert [name for name in OPERATIONS if f"m:{name}" not in tests and f'"{name}"' not in tests] == []
