"""Values are read, replaced, removed and listed by path, in XML and in JSON."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.wire.path import NoSuchPath, leaves, read, remove, replace

XML = b"""<?xml version="1.0" encoding="utf-8"?>
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">
  <s:Header>
    <ServerVersionInfo xmlns="http://schemas.microsoft.com/exchange/services/2006/types" MajorVersion="15"/>
  </s:Header>
  <s:Body>
    <GetItemResponse xmlns="http://schemas.microsoft.com/exchange/services/2006/messages"
                     xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types">
      <Items><t:CalendarItem><t:ItemId Id="AAA=" ChangeKey="BBB="/><t:Subject>Lunch</t:Subject>
        <t:RequiredAttendees>
          <t:Attendee><t:Mailbox><t:EmailAddress>a@x</t:EmailAddress></t:Mailbox><t:ResponseType>Accept</t:ResponseType></t:Attendee>
          <t:Attendee><t:Mailbox><t:EmailAddress>b@x</t:EmailAddress></t:Mailbox><t:ResponseType>Decline</t:ResponseType></t:Attendee>
        </t:RequiredAttendees>
        <t:Location/><odd xmlns="urn:o">hi<b/>there</odd></t:CalendarItem></Items>
    </GetItemResponse>
  </s:Body>
</s:Envelope>"""
ITEM = "/m:GetItemResponse/m:Items/t:CalendarItem"
JSON = json.dumps(
    {
        "@odata.etag": 'W/"1"',
        "value": [{"subject": "a"}, {"subject": "b", "n": 1, "it's": None, "e": [], "o": {}}],
        "ok": True,
    }
).encode()


def test_every_value_of_an_xml_body_has_its_path():
    assert list(leaves(XML)) == [
        ("/s:Header/t:ServerVersionInfo/@MajorVersion", "15"),
        ("/s:Header/t:ServerVersionInfo", ""),
        (f"{ITEM}/t:ItemId/@Id", "AAA="),
        (f"{ITEM}/t:ItemId/@ChangeKey", "BBB="),
        (f"{ITEM}/t:ItemId", ""),
        (f"{ITEM}/t:Subject", "Lunch"),
        (f"{ITEM}/t:RequiredAttendees/t:Attendee[1]/t:Mailbox/t:EmailAddress", "a@x"),
        (f"{ITEM}/t:RequiredAttendees/t:Attendee[1]/t:ResponseType", "Accept"),
        (f"{ITEM}/t:RequiredAttendees/t:Attendee[2]/t:Mailbox/t:EmailAddress", "b@x"),
        (f"{ITEM}/t:RequiredAttendees/t:Attendee[2]/t:ResponseType", "Decline"),
        (f"{ITEM}/t:Location", ""),
        (f"{ITEM}/{{urn:o}}odd/text()[1]", "hi"),
        (f"{ITEM}/{{urn:o}}odd/text()[2]", "there"),
        (f"{ITEM}/{{urn:o}}odd/{{urn:o}}b", ""),
    ]


def test_every_value_of_a_json_body_has_its_path():
    assert list(leaves(JSON)) == [
        ("$['@odata.etag']", 'W/"1"'),
        ("$.value[0].subject", "a"),
        ("$.value[1].subject", "b"),
        ("$.value[1].n", 1),
        ("$.value[1]['it\\'s']", None),
        ("$.value[1].e", "[]"),
        ("$.value[1].o", "{}"),
        ("$.ok", True),
    ]


@pytest.mark.parametrize("body", [XML, JSON])
def test_each_listed_path_reads_its_value_and_only_that_one_is_replaced(body):
    before = dict(leaves(body))
    for path, value in before.items():
        assert read(body, path) == value
        changed = dict(leaves(replace(body, path, "changed")))
        assert changed == {**before, path: "changed"}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("//t:Subject", "Lunch"),
        ("/m:GetItemResponse/.../t:Subject", "Lunch"),
        ("/s:Envelope/s:Body/m:GetItemResponse/m:Items/t:CalendarItem/t:Subject", "Lunch"),
        ("//t:Attendee[t:Mailbox/t:EmailAddress='b@x']/t:ResponseType", "Decline"),
        ("//t:Attendee/t:ResponseType", "Accept"),
        ("//t:ItemId/@Id", "AAA="),
    ],
)
def test_a_path_may_skip_steps_and_choose(path, value):
    assert read(XML, path) == value
    assert read(replace(XML, path, "new"), path) == "new"


@pytest.mark.parametrize(
    ("body", "path", "told"),
    [
        (XML, "//t:Nothing", "leads nowhere"),
        (XML, f"{ITEM}/t:RequiredAttendees", "leads to an element with elements"),
        (XML, "//t:Subject[", "not a path"),
        (XML, "count(//t:Subject)", "not a path|leads nowhere"),
        (JSON, "$.value[7].subject", r"nothing at \$\.value\[7\]"),
        (JSON, "$.value.subject", "nothing at"),
        (JSON, "$.value", "leads to a list, not to a value"),
        (JSON, "$.value[0]!", "not a path from character 11 on"),
    ],
)
def test_a_path_that_leads_nowhere_is_told(body, path, told):
    for ask in (lambda: read(body, path), lambda: replace(body, path, "x")):
        with pytest.raises(NoSuchPath, match=told):
            ask()


def test_removing_takes_one_value_away():
    assert dict(leaves(remove(JSON, "$.value[0]")))["$.value[0].subject"] == "b"
    assert "$.ok" not in dict(leaves(remove(JSON, "$.ok")))
    assert f"{ITEM}/t:ItemId/@Id" not in dict(leaves(remove(XML, "//t:ItemId/@Id")))
    assert f"{ITEM}/t:Subject" not in dict(leaves(remove(XML, "//t:Subject")))
    left = dict(leaves(remove(XML, "//t:Attendee[1]")))
    assert left[f"{ITEM}/t:RequiredAttendees/t:Attendee/t:ResponseType"] == "Decline"
    assert dict(leaves(remove(XML, f"{ITEM}/{{urn:o}}odd/{{urn:o}}b")))[f"{ITEM}/{{urn:o}}odd"] == "hithere"


@pytest.mark.parametrize("body", [b"", b"plain", b"<broken", b"\xff"])
def test_a_body_that_is_neither_is_told(body):
    with pytest.raises(ValueError, match=r"neither XML nor JSON|line \d"):
        list(leaves(body))


NAMES = st.text(min_size=1, max_size=6)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=10,
)


@settings(max_examples=60, deadline=None)
@given(VALUES)
def test_every_json_path_listed_leads_back(value):
    body = json.dumps(value).encode()
    for path, leaf in leaves(body):
        assert read(body, path) == leaf
        assert read(replace(body, path, "changed"), path) == "changed"
