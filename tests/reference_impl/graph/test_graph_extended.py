"""Extended properties: set with an event, read by their ids, and the same that EWS has."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_impl.graph import ids
from reference_impl.graph.extended import read_id, spell_id
from reference_impl.mapi.addresses import named, numbered, tag
from reference_impl.mapi.values import TYPES
from reference_impl.service import directory, items
from reference_impl.service.item_ids import unpack_id

SET = "{66f5a359-4659-4830-9070-00047ec6ac6e}"
COLOUR = f"String {SET} Name Colour of it"
NUMBERS = f"IntegerArray {SET} Id 0x8123"


def asked(*ids: str, member: str = "singleValueExtendedProperties") -> str:
    restriction = " or ".join(f"id eq '{each}'" for each in ids)
    return f"$expand={quote(f'{member}($filter={restriction})')}"


@pytest.mark.requirement("GRAPH-ATT-006")
@pytest.mark.parametrize("how", ["create", "update"])
def test_extended_properties_are_kept_and_read_by_their_ids(office, lunch, how):
    values = {
        "singleValueExtendedProperties": [
            {"id": f"string {SET.upper()} name Colour of it", "value": "Green"},
            {"id": f"SystemTime {SET} Name When", "value": "2026-02-02T12:00:00+01:00"},
        ],
        "multiValueExtendedProperties": [{"id": NUMBERS, "value": ["1", "-2"]}],
    }
    if how == "create":
        key = office.alex.post("/v1.0/me/events", lunch | values)["id"]
    else:
        key = office.alex.post("/v1.0/me/events", lunch)["id"]
        assert office.alex.patch(f"/v1.0/me/events/{key}", values).status == 200
    address = f"/v1.0/me/events/{key}"
    found = office.alex.get(f"{address}?{asked(COLOUR, f'SystemTime {SET} Name When', f'String {SET} Name Absent')}")
    assert found["singleValueExtendedProperties"] == [
        {"id": COLOUR, "value": "Green"},
        {"id": f"SystemTime {SET} Name When", "value": "2026-02-02T11:00:00Z"},
    ]
    several = office.alex.get(f"{address}?{asked(NUMBERS, member='multiValueExtendedProperties')}")
    assert several["multiValueExtendedProperties"] == [{"id": NUMBERS, "value": ["1", "-2"]}]
    (listed,) = office.alex.get(f"/v1.0/me/events?{asked(COLOUR)}")["value"]
    assert listed["singleValueExtendedProperties"] == [{"id": COLOUR, "value": "Green"}]
    assert "singleValueExtendedProperties" not in office.alex.get(address).json
    taken = {"singleValueExtendedProperties": [{"id": COLOUR, "value": None}]}
    assert office.alex.patch(address, taken).status == 200
    assert office.alex.get(f"{address}?{asked(COLOUR)}")["singleValueExtendedProperties"] == []


def test_they_stay_in_the_mailbox_where_they_were_set(office, lunch):
    property_ = {"singleValueExtendedProperties": [{"id": COLOUR, "value": "Green"}]}
    office.alex.post("/v1.0/me/events", lunch | property_)
    (copy,) = office.adele.get(f"/v1.0/me/events?{asked(COLOUR)}")["value"]
    assert copy["singleValueExtendedProperties"] == []
    before = len(office.adele.get("/v1.0/me/messages")["value"])
    key = office.alex.get("/v1.0/me/events")["value"][0]["id"]
    office.alex.patch(f"/v1.0/me/events/{key}", property_)
    assert len(office.adele.get("/v1.0/me/messages")["value"]) == before


def test_an_occurrence_has_its_own_beside_those_of_its_series(office, lunch):
    daily = {
        "pattern": {"type": "daily", "interval": 1},
        "range": {"type": "numbered", "startDate": "2026-02-02", "numberOfOccurrences": 3},
    }
    key = office.alex.post("/v1.0/me/events", lunch | {"recurrence": daily})["id"]
    address = f"/v1.0/me/events/{key}/instances?startDateTime=2026-02-01&endDateTime=2026-02-09"
    second = office.alex.get(address)["value"][1]["id"]
    property_ = {"singleValueExtendedProperties": [{"id": COLOUR, "value": "Green"}]}
    assert office.alex.patch(f"/v1.0/me/events/{second}", property_)["type"] == "exception"
    found = office.alex.get(f"{address}&{asked(COLOUR)}")["value"]
    assert [len(each["singleValueExtendedProperties"]) for each in found] == [0, 1, 0]


def test_what_items_have_anyway_can_be_read_and_set_by_its_property_too(office, lunch):
    busy = "Integer {00062002-0000-0000-c000-000000000046} Id 0x8205"
    forwarding = "Boolean {00020329-0000-0000-C000-000000000046} Name DoNotForward"
    values = [{"id": busy, "value": "3"}, {"id": forwarding, "value": "true"}]
    made = office.alex.post("/v1.0/me/events", lunch | {"singleValueExtendedProperties": values})
    assert made["showAs"] == "oof"
    found = office.alex.get(f"/v1.0/me/events/{made['id']}?{asked('String 0x0037', 'Integer 0x17')}")
    assert found["singleValueExtendedProperties"] == [
        {"id": "String 0x37", "value": "Lunch"},
        {"id": "Integer 0x17", "value": "1"},
    ]
    key = office.adele.get("/v1.0/me/events")["value"][0]["id"]
    body = {"toRecipients": [{"emailAddress": {"address": "attendee0@example.com"}}]}
    answer = office.adele.post(f"/v1.0/me/events/{key}/forward", body)
    assert (answer.status, answer.code) == (403, "ErrorAccessDenied")


def test_it_is_the_property_that_ews_has(office, lunch):
    values = [{"id": COLOUR, "value": "Green"}]
    office.alex.post("/v1.0/me/events", lunch | {"singleValueExtendedProperties": values})
    alex = directory.find_mailbox(office.world, "AlexW@contoso.com")
    key = office.alex.get("/v1.0/me/events")["value"][0]["id"]
    stored = items.get_item(office.world, alex, unpack_id(ids.read_opaque(key)).token)
    (kept,) = stored.extended
    assert kept.address == named(SET.strip("{}"), "Colour of it", "String")
    assert kept.values == ("Green",)


BAD = {
    "no id": ({"id": "Colour", "value": "x"}, "single"),
    "an unknown type": ({"id": f"Colour {SET} Name X", "value": "x"}, "single"),
    "an unspoken type": ({"id": f"Object {SET} Name X", "value": "x"}, "single"),
    "no set": ({"id": "String Name X", "value": "x"}, "single"),
    "a tag of a named property": ({"id": "String 0x8001", "value": "x"}, "single"),
    "a tag too great": ({"id": "String 70000", "value": "x"}, "single"),
    "no number": ({"id": f"Integer {SET} Name X", "value": "x"}, "single"),
    "too great a number": ({"id": f"Integer {SET} Name X", "value": "4294967296"}, "single"),
    "no moment": ({"id": f"SystemTime {SET} Name X", "value": "noon"}, "single"),
    "no bytes": ({"id": f"Binary {SET} Name X", "value": "%"}, "single"),
    "what is calculated": ({"id": "Integer 0x0E08", "value": "5"}, "single"),
    "several of a single one": ({"id": f"String {SET} Name X", "value": ["x"]}, "multi"),
    "one of several": ({"id": f"StringArray {SET} Name X", "value": "x"}, "single"),
    "no choice there is": ({"id": "Integer 0x0017", "value": "7"}, "single"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_property_is_refused_and_changes_nothing(office, invited, lunch, name):
    given, kind = BAD[name]
    before = office.alex.get("/v1.0/me/events").json["value"]
    body = {f"{kind}ValueExtendedProperties": [given]}
    for answer in (
        office.alex.post("/v1.0/me/events", lunch | body),
        office.alex.patch(f"/v1.0/me/events/{invited[0]}", {"subject": "x", **body}),
    ):
        assert (answer.status, answer.code) == (400, "ErrorPropertyValidationFailure")
    assert office.alex.get("/v1.0/me/events").json["value"] == before


@pytest.mark.parametrize(
    "expansion",
    [
        "singleValueExtendedProperties",
        "singleValueExtendedProperties($filter=value eq 'x')",
        "singleValueExtendedProperties($filter=id ne 'x')",
        "singleValueExtendedProperties($filter=id eq 'x' and id eq 'y')",
        "singleValueExtendedProperties($filter=id eq)",
    ],
)
def test_an_expansion_names_its_properties(office, invited, expansion):
    answer = office.alex.get(f"/v1.0/me/events/{invited[0]}?$expand={quote(expansion)}")
    assert (answer.status, answer.code) == (400, "BadRequest")


TYPE = st.sampled_from(sorted(TYPES))
GUID = st.uuids().map(str)
ADDRESSES = st.one_of(
    st.builds(tag, st.integers(1, 0x7FFF), TYPE),
    st.builds(numbered, GUID, st.integers(0, 10**6), TYPE),
    st.builds(named, GUID, st.from_regex(r"[A-Za-z0-9:_.-]([A-Za-z0-9 :_.-]{0,20}[A-Za-z0-9])?", fullmatch=True), TYPE),
)


@given(ADDRESSES)
def test_an_id_spells_one_address(address):
    assert read_id(spell_id(address)) == address


@given(st.text(max_size=60))
def test_any_text_is_an_id_or_is_not(text):
    address = read_id(text)
    assert address is None or read_id(spell_id(address)) == address
