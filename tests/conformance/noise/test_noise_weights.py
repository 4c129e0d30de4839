"""A difference is a violation, a documented variation, server-specific or unknown, and says by what."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.model.exchange import Exchange
from conformance.noise import Class, weigh
from conformance.noise.rules import rules_of
from conformance.noise.variations import documented, standard_variations
from conformance.tape.cassette import read_cassette
from conformance.tape.diff import Difference, Place, compare
from tests.recorded import REFERENCE

RECORDING = read_cassette(REFERENCE / "answers.after-a-cancellation.accept--graph-graph.yaml").exchanges[:4]


def without(name: str, recording=RECORDING) -> list[Exchange]:
    """The recording with a header missing from every answer."""
    return [
        replace(each, response=replace(each.response, headers=tuple(h for h in each.response.headers if h[0] != name)))
        for each in recording
    ]


def weights(left, right, rules=""):
    return weigh(compare(left, right), left, right, rules_of(rules, "rules.toml"))


def test_what_one_side_breaks_is_a_violation_with_its_requirement():
    for left, right, side in (
        (RECORDING, without("request-id"), "right"),
        (without("request-id"), RECORDING, "left"),
    ):
        found = [each for each in weights(left, right) if each.kind is Class.VIOLATION]
        assert {each.citation for each in found} == {"GRAPH-SEEN-001"}
        assert found[0].because.startswith(f"on the {side}: MUST: ")
        assert all(each.counts for each in found)


def with_header(recording, name, value):
    return [
        replace(each, response=replace(each.response, headers=(*each.response.headers, (name, value))))
        for each in recording
    ]


def test_a_rule_accepts_what_is_no_violation():
    rule = '[[rule]]\noperation = "*"\npath = "response.headers.*"\nshapes = ["absent", "GUID", "text"]\n'
    rule += 'state = "accepted"\nreason = "We know."\n'
    (named,) = set(weights(RECORDING, with_header(RECORDING, "x-by", "them"), rule))
    assert (named.kind, named.because, named.counts) == (Class.SERVER_SPECIFIC, "We know.", False)
    assert Class.VIOLATION in {each.kind for each in weights(RECORDING, without("request-id"), rule)}


def test_what_both_sides_break_is_no_violation_of_one():
    broken = without("request-id")
    assert {each.kind for each in weights(broken, with_header(broken, "x-by", "them"))} == {Class.UNKNOWN}


ITEM = "response/m:GetItemResponse/m:ResponseMessages/m:GetItemResponseMessage/m:Items/t:"
FREE = "response/m:GetUserAvailabilityResponse/m:FreeBusyResponseArray/m:FreeBusyResponse"
# Operation, path and values of each documented variation, with the ruling or the requirement.
EXAMPLES = [
    ("GetItem", "response/s:Header/t:ServerVersionInfo/@MajorBuildNumber", "2507", "2375", "0039"),
    ("GetItem", f"{ITEM}CalendarItem/t:ResponseObjects/t:ReplyAllToItem", "", None, "0012"),
    ("CreateItem", ITEM.replace("GetItem", "CreateItem") + "MeetingRequest", "AAMk", None, "0156"),
    ("GetItem", f"{ITEM}CalendarItem/t:RequiredAttendees/t:Attendee[2]/t:ProposedStart", None, "2026-01-12", "0054"),
    ("GetItem", f"{ITEM}MeetingRequest/t:ResponseType", None, "NoResponseReceived", "EWS-MTG-094"),
    ("GetItem", f"{ITEM}CalendarItem/t:TimeZone", "UTC", None, "EWS-MTG-280"),
    ("GetItem", f"{ITEM}MeetingResponse/t:Subject", "Accepted: Lunch", "Angenommen: Lunch", "EWS-MTG-146"),
    ("GetItem", f"{ITEM}MeetingCancellation/t:Subject", "Canceled: Lunch", "Lunch", "EWS-MTG-225"),
    ("FindItem", "response/m:FindItemResponse/t:GroupedItems[1]/t:GroupIndex", "Lunch", "0", "0184"),
    ("GetUserAvailability", f"{FREE}[2]/m:FreeBusyView", "None", None, "0165"),
    ("GetUserAvailability", "response/m:SuggestionsResponse/t:Suggestion/t:SuggestionQuality", "Good", "Fair", "0187"),
    (
        "GetUserAvailability",
        "response/m:SuggestionsResponse/t:SuggestionDayResult/t:DayQuality",
        "Good",
        "Fair",
        "0188",
    ),
    ("POST events", "response.headers.preference-applied", 'outlook.timezone="UTC"', None, "GRAPH-PREF-004"),
    ("PATCH events/{id}", "response.headers.preference-applied", None, "outlook.timezone", "GRAPH-PREF-004"),
    ("GET events", "response.headers.date", "Mon, 05 Jan 2026 08:00:01 GMT", None, "GRAPH-WIRE-010"),
    ("GET events", "response.headers.client-request-id", None, "0f1e2d3c", "GRAPH-WIRE-009"),
    ("GET events", "response$.value[0].start.dateTime", "2026-01-12T10:00:00.0000000", "2026-01-12T10:00:00", "0049"),
    ("GET events", "response$.value[0].createdDateTime", "2026-01-12T10:00:00.1Z", "2026-01-12T10:00:00Z", "0117"),
    ("GET events", "response$.value[0].locations[0].uniqueIdType", "private", "unknown", "0116"),
    ("GET messages/{id}", "response$.isReadReceiptRequested", None, False, "0118"),
    ("GET messages/{id}", "response$.unsubscribeEnabled", False, None, "0115"),
    ("GET events", "response$.value[3].webLink", "https://a/?itemid=x", "https://b/?item=x", "0122"),
    ("GET events/{id}", "response$.body.content", "<p>See&nbsp;you</p>", "<html><body>See you</body></html>", "0121"),
    ("GET events/{id}", "response$.onlineMeeting", None, "https://join", "GRAPH-EVT-044"),
    ("GET calendarView", "response$.value[0].createdDateTime", None, "2026-01-12T10:00:00Z", "GRAPH-ODT-024"),
    ("GET calendarView", "response$.value[0].lastModifiedDateTime", None, "2026-01-12T10:00:00Z", "GRAPH-ODT-024"),
]


def difference(operation, path, left, right):
    return Difference(path, left, right, "words", operation, Place(1, path), Place(1, path))


@pytest.mark.parametrize(("operation", "path", "left", "right", "citation"), EXAMPLES)
def test_what_documents_allow_is_a_documented_variation(operation, path, left, right, citation):
    (found,) = weigh([difference(operation, path, left, right)], [], [])
    assert (found.kind, found.citation, found.counts) == (Class.DOCUMENTED, citation, False)
    assert found.because.startswith("ruling " if citation.isdigit() else ("MAY: ", "SHOULD: "))


def test_every_documented_variation_has_an_example():
    shown = {documented(difference(*one[:4])) for one in EXAMPLES}
    assert shown == set(standard_variations())


@pytest.mark.parametrize(
    ("operation", "path", "left", "right"),
    [
        ("GetItem", f"{ITEM}CalendarItem/t:ResponseObjects/t:AcceptItem", "", None),
        ("GetItem", f"{ITEM}CalendarItem/t:RequiredAttendees/t:Attendee/t:ProposedStart", "2026-01-12", "2026-01-13"),
        ("GetItem", f"{ITEM}MeetingResponse/t:Subject", "Accepted: Lunch", "Accepted: Dinner"),
        ("GET events", "response$.value[0].start.dateTime", "2026-01-12T10:00:00.0000000", "2026-01-12T10:30:00"),
        ("GET events/{id}", "response$.body.content", "<p>See you</p>", "<p>See them</p>"),
        ("GET events", "response.headers.preference-applied", "outlook.timezone", None),
        ("GET events", "response$.value[0].createdDateTime", None, "2026-01-12T10:00:00Z"),
        ("GET events", "", "GET events", None),
    ],
)
def test_what_nobody_allows_is_unknown(operation, path, left, right):
    assert [each.kind for each in weigh([difference(operation, path, left, right)], [], [])] == [Class.UNKNOWN]
