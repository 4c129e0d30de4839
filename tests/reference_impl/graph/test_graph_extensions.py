"""Open extensions of events: what applications keep there under names of their own."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

NAME = "Com.Contoso.Referral"
TYPE = {"@odata.type": "microsoft.graph.openTypeExtension"}
OWN = {"company": "Wingtip", "value": 500, "is": True, "more": {"list": [1, "two", None], "Deep": {"er": 1.5}}}
REFERRAL = {**TYPE, "extensionName": NAME, **OWN}
ID = f"Microsoft.OutlookServices.OpenTypeExtension.{NAME}"
SHOWN = {"@odata.type": "#microsoft.graph.openTypeExtension", "id": ID, "extensionName": NAME, **OWN}


def members(answer) -> dict[str, object]:
    return {name: value for name, value in answer.json.items() if name != "@odata.context"}


@pytest.mark.requirement("GRAPH-ATT-005")
def test_an_extension_keeps_the_members_of_its_application(office, invited):
    address = f"/v1.0/me/events/{invited[0]}/extensions"
    made = office.alex.post(address, REFERRAL)
    assert (made.status, members(made)) == (201, SHOWN)
    assert made.headers["location"].endswith(f"/events('{invited[0]}')/extensions('{NAME}')")
    for key in (NAME, ID, f"microsoft.graph.openTypeExtension.{NAME}"):
        assert members(office.alex.get(f"{address}/{key}")) == SHOWN
        assert members(office.alex.get(f"{address}('{key}')")) == SHOWN
    assert office.alex.get(address)["value"] == [SHOWN]
    changed = office.alex.patch(f"{address}/{NAME}", {**TYPE, "value": 600, "company": None, "new": [1]})
    expected = {**SHOWN, "value": 600, "new": [1]}
    del expected["company"]
    assert (changed.status, members(changed)) == (200, expected)
    assert office.alex.delete(f"{address}/{NAME}").status == 204
    for answer in (
        office.alex.get(f"{address}/{NAME}"),
        office.alex.delete(f"{address}/{NAME}"),
        office.alex.patch(f"{address}/{NAME}", {"value": 1}),
    ):
        assert (answer.status, answer.code) == (404, "ErrorItemNotFound")


@pytest.mark.requirement("GRAPH-ATT-005")
def test_extensions_are_embedded_on_request_all_or_by_name(office, lunch):
    other = {**TYPE, "extensionName": "Com.Example.Other", "x": 1}
    key = office.alex.post("/v1.0/me/events", lunch | {"extensions": [REFERRAL, other]})["id"]
    address = f"/v1.0/me/events/{key}"
    assert [each["extensionName"] for each in office.alex.get(f"{address}?$expand=extensions")["extensions"]] == [
        NAME,
        "Com.Example.Other",
    ]
    for wanted in (NAME, ID):
        query = quote(f"extensions($filter=id eq '{wanted}')")
        assert office.alex.get(f"{address}?$expand={query}")["extensions"] == [SHOWN]
    (listed,) = office.alex.get("/v1.0/me/events?$expand=extensions")["value"]
    assert len(listed["extensions"]) == 2
    assert "extensions" not in office.alex.get(address).json
    wrong = quote("extensions($filter=value eq '5')")
    assert office.alex.get(f"{address}?$expand={wrong}").code == "BadRequest"


def test_they_change_the_event_and_nobody_else_learns_of_them(office, invited):
    address = f"/v1.0/me/events/{invited[0]}"
    before, mails = office.alex.get(address)["changeKey"], office.adele.get("/v1.0/me/messages")["value"]
    office.alex.post(f"{address}/extensions", REFERRAL)
    assert office.alex.get(address)["changeKey"] != before
    assert office.adele.get("/v1.0/me/messages")["value"] == mails
    assert office.adele.get(f"/v1.0/me/events/{invited[1]}/extensions")["value"] == []
    office.alex.patch(address, {"subject": "Supper"})
    assert office.alex.get(f"{address}/extensions")["value"] == [SHOWN]


def test_one_occurrence_may_have_its_own(office, lunch):
    daily = {
        "pattern": {"type": "daily", "interval": 1},
        "range": {"type": "numbered", "startDate": "2026-02-02", "numberOfOccurrences": 3},
    }
    key = office.alex.post("/v1.0/me/events", lunch | {"recurrence": daily})["id"]
    address = f"/v1.0/me/events/{key}/instances?startDateTime=2026-02-01&endDateTime=2026-02-09&$expand=extensions"
    second = office.alex.get(address)["value"][1]["id"]
    assert office.alex.post(f"/v1.0/me/events/{second}/extensions", REFERRAL).status == 201
    assert [len(each["extensions"]) for each in office.alex.get(address)["value"]] == [0, 1, 0]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (None, 400, "BadRequest"),
        ([], 400, "RequestBodyRead"),
        ({**TYPE, "value": 1}, 400, "RequestBodyRead"),
        ({**TYPE, "extensionName": ""}, 400, "RequestBodyRead"),
        ({**TYPE, "extensionName": 5}, 400, "RequestBodyRead"),
        ({**TYPE, "extensionName": "x", "text": "\x00"}, 400, "RequestBodyRead"),
        (b'{"extensionName": "x", "a": 1, "a": 2}', 400, "RequestBodyRead"),
        (REFERRAL, 409, "ErrorItemSave"),
    ],
)
def test_a_bad_extension_is_refused_and_changes_nothing(office, invited, body, status, code):
    address = f"/v1.0/me/events/{invited[0]}"
    office.alex.post(f"{address}/extensions", REFERRAL)
    before = office.alex.get(f"{address}?$expand=extensions").json
    answer = office.alex.post(f"{address}/extensions", body)
    assert (answer.status, answer.code) == (status, code)
    assert office.alex.get(f"{address}?$expand=extensions").json == before


TEXTS = st.text(alphabet=st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=8)
VALUES = st.recursive(
    st.one_of(st.booleans(), st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=8,
)
NAMES = TEXTS.filter(lambda name: name.lower() not in {"id", "extensionname"} and "@odata." not in name.lower())


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
@given(own=st.dictionaries(NAMES, VALUES, max_size=4))
def test_whatever_is_kept_comes_back(office, invited, own):
    address = f"/v1.0/me/events/{invited[0]}/extensions"
    assert office.alex.post(address, {**own, "extensionName": "x"}).status == 201
    read = members(office.alex.get(f"{address}/x"))
    assert {name: value for name, value in read.items() if name not in SHOWN or name in own} == own
    office.alex.delete(f"{address}/x")
