"""Filters over collections: categories, people, extended properties; and comparisons written the other way round."""

from __future__ import annotations

from urllib.parse import quote

import pytest

SET = "{00020329-0000-0000-c000-000000000046}"
COLOUR = f"String {SET} Name Colour"
WORDS = f"StringArray {SET} Name Words"


def subjects(caller, condition, place="events"):
    answer = caller.get(f"/v1.0/me/{place}?$filter={quote(condition)}&$select=subject")
    assert answer.status == 200, answer.json
    return sorted(each["subject"] for each in answer["value"])


@pytest.fixture
def painted(office, lunch):
    """A red lunch with Adele, required, and a blue tea with two words and Megan, optional."""
    tea = {"emailAddress": {"address": "MeganB@contoso.com", "name": "Megan Bowen"}, "type": "optional"}
    for subject, colour, people, words in (
        ("Lunch", "Red", lunch["attendees"], ["one"]),
        ("Tea", "blue", [tea], ["one", "two"]),
        ("Nap", None, [], None),
    ):
        body = {**lunch, "subject": subject, "attendees": people}
        if colour is not None:
            body["singleValueExtendedProperties"] = [{"id": COLOUR, "value": colour}]
            body["multiValueExtendedProperties"] = [{"id": WORDS, "value": words}]
        assert office.alex.post("/v1.0/me/events", body).status == 201
    return office


@pytest.mark.requirement("GRAPH-ATT-006")
@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (f"singleValueExtendedProperties/any(ep: ep/id eq '{COLOUR}' and ep/value eq 'red')", ["Lunch"]),
        (f"singleValueExtendedProperties/Any(p:p/id eq '{COLOUR}' and p/value ne 'red')", ["Tea"]),
        (f"singleValueExtendedProperties/any(ep: ep/id eq '{COLOUR}' and startswith(ep/value,'b'))", ["Tea"]),
        (f"singleValueExtendedProperties/any(ep: ep/id eq '{COLOUR}' and ep/value ne null)", ["Lunch", "Tea"]),
        (f"not singleValueExtendedProperties/any(ep: ep/id eq '{COLOUR}')", ["Nap"]),
        ("singleValueExtendedProperties/any(e: e/id eq 'String 0x0037' and contains(e/value,'a'))", ["Nap", "Tea"]),
        (f"multiValueExtendedProperties/any(ep: ep/id eq '{WORDS}' and ep/value/any(v: v eq 'two'))", ["Tea"]),
        ("attendees/any(a: a/emailAddress/address eq 'meganb@contoso.com')", ["Tea"]),
        ("attendees/any(a: a/type eq 'required' and a/status/response eq 'none')", ["Lunch"]),
        ("not attendees/any(a: contains(a/emailAddress/name, 'a'))", ["Nap"]),
        ("'Lunch' eq subject", ["Lunch"]),
        ("'2026-02-02T12:00' le start/dateTime and 'M' lt subject", ["Nap", "Tea"]),
        ("2027-01-01T00:00:00Z gt createdDateTime and isAllDay eq false and 'L' gt subject", []),
    ],
)
def test_a_filter_reaches_into_collections(painted, condition, found):
    assert subjects(painted.alex, condition) == found


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("toRecipients/any(r: r/emailAddress/address eq 'AdeleV@contoso.com')", ["Lunch"]),
        ("ccRecipients/any(r: r/emailAddress/address eq 'AdeleV@contoso.com')", []),
        ("singleValueExtendedProperties/any(ep: ep/id eq 'String 0x0037' and ep/value eq 'tea')", ["Tea"]),
    ],
)
def test_so_it_does_with_messages(painted, condition, found):
    assert subjects(painted.alex, condition, "mailFolders/sentitems/messages") == found


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("attendees/any(a: a/colour eq 'x')", "BadRequest"),
        ("attendees/any(a: subject eq 'x')", "BadRequest"),
        ("attendees/any(a: a eq 'x')", "BadRequest"),
        ("attendees eq 'x'", "ErrorInvalidUrlQueryFilter"),
        ("categories/any(c: c/x eq 'x')", "BadRequest"),
        ("singleValueExtendedProperties/any(ep: ep/value eq 'x')", "ErrorInvalidUrlQueryFilter"),
        ("singleValueExtendedProperties/any(ep: ep/id eq 'Colour')", "BadRequest"),
        (f"singleValueExtendedProperties/any(ep: ep/id eq '{WORDS}')", "BadRequest"),
        (f"multiValueExtendedProperties/any(ep: ep/id eq '{COLOUR}')", "BadRequest"),
        ("'x'", "BadRequest"),
        ("'x' eq", "BadRequest"),
        ("'x' eq 'x'", "BadRequest"),
        ("'x' and subject", "BadRequest"),
    ],
)
def test_a_filter_over_what_collections_do_not_have_is_refused(painted, condition, code):
    answer = painted.alex.get(f"/v1.0/me/events?$filter={quote(condition)}")
    assert (answer.status, answer.code) == (400, code)
