"""Every numbered requirement of Graph's meetings is shown by a test or a case."""

import re
from pathlib import Path

import pytest

from reference_impl.service.settings import Settings

ROOT = Path(__file__).parents[3]
ID = re.compile(r"GRAPH-([A-Z]+)-(\d{3})")
MARK = re.compile(r"requirement\(([^)]*)\)")

COUNTS = {
    "WIRE": 28,
    "PREF": 14,
    "ODT": 24,
    "BAT": 12,
    "EVT": 48,
    "RSP": 22,
    "PNT": 20,
    "CAN": 20,
    "REC": 24,
    "VIEW": 14,
    "MSG": 21,
    "SCH": 21,
    "FMT": 12,
    "MBX": 10,
    "CAL": 9,
    "ATT": 6,
    "SUB": 19,
    "MIG": 12,
    "SEED": 7,
}

# The points that the documents leave open, and the switch that each is.
OPEN_POINTS = {
    "an entity that the client has": "unchanged_is_304",
    "Prefer: return=minimal": "minimal_is_honoured",
    "a write without a body or a type in a batch": "batch_writes_need_type",
    "how many requests a minute": "graph_requests_per_minute",
    "how many requests at once": "graph_requests_at_once",
    "the making of an event in a view": "view_members_are_all_selectable",
    "a member that nothing declares": "unknown_members_refused",
    "a comment without a response": "comment_needs_response",
}


def found(paths, pattern):
    """The ids in the texts that a pattern finds in files."""
    texts = [text for path in paths for text in pattern.findall(path.read_text(encoding="utf-8"))]
    return {(area, int(number)) for text in texts for area, number in ID.findall(text)}


def marked():
    return found([path for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__)], MARK)


def shown():
    return marked() | found((ROOT / "conformance" / "suites").rglob("*.py"), re.compile(r".+"))


@pytest.mark.parametrize("area", COUNTS)
def test_every_requirement_of_an_area_is_shown(area):
    assert [number for number in range(1, COUNTS[area] + 1) if (area, number) not in shown()] == []


def test_markers_name_requirements_that_there_are():
    assert all(1 <= number <= COUNTS[area] for area, number in marked())


@pytest.mark.parametrize("switch", OPEN_POINTS.values())
def test_an_open_point_is_a_switch_of_the_server(switch):
    assert hasattr(Settings(), switch)
