"""Attachments of events: files, items and references, one by one, together, and raw."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from reference_impl.service import attachments, directory

TEXT = b"Bring a spoon.\n"
FILE = {
    "@odata.type": "#microsoft.graph.fileAttachment",
    "name": "menu.txt",
    "contentType": "text/plain",
    "contentBytes": base64.b64encode(TEXT).decode(),
}
DINNER = {
    "@odata.type": "microsoft.graph.event",
    "subject": "Dinner",
    "start": {"dateTime": "2026-02-02T18:00:00", "timeZone": "UTC"},
    "end": {"dateTime": "2026-02-02T20:00:00", "timeZone": "UTC"},
}
ITEM = {"@odata.type": "#microsoft.graph.itemAttachment", "name": "Dinner", "item": DINNER}
LINK = {
    "@odata.type": "#microsoft.graph.referenceAttachment",
    "name": "Pictures",
    "sourceUrl": "https://files.example.com/pictures",
    "providerType": "oneDriveBusiness",
    "permission": "organizationView",
    "isFolder": True,
}


@pytest.fixture
def hang(office, invited):
    """A function that hangs something on the lunch and gives the address of what hangs there."""

    def hang(new: dict[str, Any]) -> str:
        answer = office.alex.post(f"/v1.0/me/events/{invited[0]}/attachments", new)
        assert answer.status == 201, answer.json
        return f"/v1.0/me/events/{invited[0]}/attachments/{answer['id']}"

    return hang


@pytest.mark.requirement("GRAPH-ATT-001", "GRAPH-ATT-002")
def test_a_file_is_added_listed_read_and_opened(office, invited):
    event = f"/v1.0/me/events/{invited[0]}"
    assert office.alex.get(event)["hasAttachments"] is False
    made = office.alex.post(f"{event}/attachments", FILE)
    assert made.status == 201
    assert made.headers["location"].endswith(f"/events('{invited[0]}')/attachments('{made['id']}')")
    expected = {
        "@odata.type": "#microsoft.graph.fileAttachment",
        "@odata.mediaContentType": "text/plain",
        "name": "menu.txt",
        "contentType": "text/plain",
        "size": len(TEXT),
        "isInline": False,
        "contentId": None,
        "contentLocation": None,
        "contentBytes": FILE["contentBytes"],
    }
    assert {name: made[name] for name in expected} == expected
    assert office.alex.get(event)["hasAttachments"] is True
    (listed,) = office.alex.get(f"{event}/attachments")["value"]
    read = office.alex.get(f"{event}/attachments/{made['id']}").json
    assert listed == {name: value for name, value in read.items() if name != "@odata.context"}
    raw = office.alex.get(f"{event}/attachments('{made['id']}')/$value")
    assert (raw.status, raw.headers["content-type"], raw.body) == (200, "text/plain", TEXT)
    (embedded,) = office.alex.get(f"{event}?$expand=attachments")["attachments"]
    assert embedded == listed
    (brief,) = office.alex.get(f"{event}/attachments?$select=name,size")["value"]
    assert set(brief) == {"@odata.type", "@odata.mediaContentType", "id", "name", "size"}
    assert office.alex.get(f"{event}/attachments?$select=microsoft.graph.fileAttachment/contentBytes").status == 200
    assert office.alex.get(f"{event}/attachments?$select=contentBytes").code == "BadRequest"


def test_hidden_content_makes_no_attachment_of_the_event(office, invited, hang):
    hang({**FILE, "isInline": True, "contentId": "menu@example.com"})
    assert office.alex.get(f"/v1.0/me/events/{invited[0]}")["hasAttachments"] is False


@pytest.mark.requirement("GRAPH-ATT-002")
def test_an_item_is_embedded_on_request_and_raw_it_is_a_calendar(office, hang):
    address = hang(ITEM)
    plain = office.alex.get(address)
    assert (plain["@odata.type"], "item" in plain.json) == ("#microsoft.graph.itemAttachment", False)
    item = office.alex.get(f"{address}?$expand=microsoft.graph.itemattachment/item")["item"]
    assert (item["@odata.type"], item["subject"]) == ("#microsoft.graph.event", "Dinner")
    assert item["start"]["dateTime"] == "2026-02-02T18:00:00.0000000"
    assert "id" not in item
    raw = office.alex.get(f"{address}/$value")
    assert raw.headers["content-type"] == "text/calendar"
    assert b"SUMMARY:Dinner" in raw.body
    (listed,) = office.alex.get(f"{address.rpartition('/')[0]}?$expand=microsoft.graph.itemAttachment/item")["value"]
    assert listed["item"] == item


def test_a_reference_is_told_in_beta_and_has_no_content(office, hang):
    address = hang(LINK)
    told = office.alex.get(address.replace("/v1.0/", "/beta/"))
    given = {name: value for name, value in LINK.items() if name != "name"}
    assert {name: told[name] for name in given} == given
    assert (told["thumbnailUrl"], told["previewUrl"], told["size"]) == (None, None, 0)
    assert "sourceUrl" not in office.alex.get(address).json
    answer = office.alex.get(f"{address}/$value")
    assert (answer.status, answer.code) == (405, "UnsupportedMethod")


@pytest.mark.requirement("GRAPH-ATT-004")
@pytest.mark.parametrize("new", [FILE, ITEM, LINK], ids=["file", "item", "reference"])
def test_what_is_deleted_is_gone(office, invited, hang, new):
    address = hang(new)
    assert office.alex.delete(address).status == 204
    for answer in (office.alex.get(address), office.alex.delete(address), office.alex.get(f"{address}/$value")):
        assert (answer.status, answer.code) == (404, "ErrorInvalidAttachmentId")
    assert office.alex.get(f"/v1.0/me/events/{invited[0]}")["hasAttachments"] is False


def test_an_event_can_be_made_with_what_hangs_on_it_and_its_attendees_have_it_too(office, lunch):
    made = office.alex.post("/v1.0/me/events", lunch | {"attachments": [FILE, ITEM, LINK]})
    assert made["hasAttachments"] is True
    theirs = office.adele.get("/v1.0/me/events?$expand=attachments")["value"][0]["attachments"]
    assert [each["name"] for each in theirs] == ["menu.txt", "Dinner", "Pictures"]
    assert theirs[0]["contentBytes"] == FILE["contentBytes"]


def test_attendees_see_what_is_added_once_the_event_is_updated(office, invited, hang):
    hang(FILE)
    theirs = f"/v1.0/me/events/{invited[1]}"
    assert office.adele.get(theirs)["hasAttachments"] is False
    office.alex.patch(f"/v1.0/me/events/{invited[0]}", {"subject": "Supper"})
    (attachment,) = office.adele.get(f"{theirs}/attachments")["value"]
    assert office.adele.get(f"{theirs}/attachments/{attachment['id']}/$value").body == TEXT


def test_one_occurrence_may_have_its_own(office, lunch):
    daily = {
        "pattern": {"type": "daily", "interval": 1},
        "range": {"type": "numbered", "startDate": "2026-02-02", "numberOfOccurrences": 3},
    }
    key = office.alex.post("/v1.0/me/events", lunch | {"recurrence": daily})["id"]
    window = "startDateTime=2026-02-01&endDateTime=2026-02-09"
    second = office.alex.get(f"/v1.0/me/events/{key}/instances?{window}")["value"][1]["id"]
    made = office.alex.post(f"/v1.0/me/events/{second}/attachments", FILE)
    found = office.alex.get(f"/v1.0/me/events/{key}/instances?{window}")["value"]
    assert [(each["type"], each["hasAttachments"]) for each in found] == [
        ("occurrence", False),
        ("exception", True),
        ("occurrence", False),
    ]
    assert office.alex.get(f"/v1.0/me/events/{second}/attachments/{made['id']}/$value").body == TEXT


def test_a_page_of_attachments_is_cut_counted_and_filtered(office, invited, hang):
    for number in range(3):
        hang({**FILE, "name": f"{number}.txt"})
    address = f"/v1.0/me/events/{invited[0]}/attachments"
    page = office.alex.get(f"{address}?$top=2&$count=true")
    assert ([each["name"] for each in page["value"]], page["@odata.count"]) == (["0.txt", "1.txt"], 3)
    rest = office.alex.get(page["@odata.nextLink"].removeprefix("http://server.test:8080"))
    assert [each["name"] for each in rest["value"]] == ["2.txt"]
    found = office.alex.get(f"{address}?$filter=name%20eq%20'1.txt'")["value"]
    assert [each["name"] for each in found] == ["1.txt"]


BAD: dict[str, tuple[Any, int, str]] = {
    "nothing": (None, 400, "BadRequest"),
    "no kind": ({name: value for name, value in FILE.items() if "@" not in name}, 400, "RequestBodyRead"),
    "another kind": ({**FILE, "@odata.type": "#microsoft.graph.event"}, 400, "RequestBodyRead"),
    "no name": ({**FILE, "name": ""}, 400, "RequestBodyRead"),
    "no bytes": ({**FILE, "contentBytes": None}, 400, "RequestBodyRead"),
    "no base64": ({**FILE, "contentBytes": "%"}, 400, "RequestBodyRead"),
    "an unknown member": ({**FILE, "colour": "red"}, 400, "RequestBodyRead"),
    "no item": ({**ITEM, "item": None}, 400, "RequestBodyRead"),
    "an item of no type": ({**ITEM, "item": {"subject": "x"}}, 400, "RequestBodyRead"),
    "a contact": ({**ITEM, "item": {"@odata.type": "#microsoft.graph.contact"}}, 400, "RequestBodyRead"),
    "an item that cannot be": ({**ITEM, "item": {**DINNER, "colour": 1}}, 400, "RequestBodyRead"),
    "an item without an end": (
        {**ITEM, "item": {"@odata.type": "microsoft.graph.event", "start": DINNER["start"]}},
        400,
        "ErrorPropertyValidationFailure",
    ),
    "no address": ({**LINK, "sourceUrl": None}, 400, "RequestBodyRead"),
    "an unknown provider": ({**LINK, "providerType": "shoebox"}, 400, "RequestBodyRead"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_attachment_is_refused_and_changes_nothing(office, invited, name):
    body, status, code = BAD[name]
    before = office.alex.get(f"/v1.0/me/events/{invited[0]}").json
    answer = office.alex.post(f"/v1.0/me/events/{invited[0]}/attachments", body)
    assert (answer.status, answer.code) == (status, code)
    assert office.alex.get(f"/v1.0/me/events/{invited[0]}").json == before


@pytest.mark.requirement("GRAPH-ATT-003")
@pytest.mark.parametrize(("size", "status"), [(3 * 2**20 - 1, 201), (3 * 2**20, 413)])
def test_a_file_of_three_megabytes_is_not_sent_at_once(office, invited, size, status):
    body = {**FILE, "contentBytes": base64.b64encode(bytes(size)).decode()}
    answer = office.alex.post(f"/v1.0/me/events/{invited[0]}/attachments", body)
    assert answer.status == status
    if status == 413:
        assert answer.code == "ErrorAttachmentSizeLimitExceeded"
        assert office.alex.get(f"/v1.0/me/events/{invited[0]}")["hasAttachments"] is False


def test_attachments_are_found_on_their_own_item_alone(office, lunch, invited, hang):
    key = hang(FILE).rpartition("/")[2]
    other = office.alex.post("/v1.0/me/events", lunch)["id"]
    address = f"/v1.0/me/events/{other}/attachments/{key}"
    for answer in (office.alex.get(address), office.alex.delete(address)):
        assert (answer.status, answer.code) == (404, "ErrorInvalidAttachmentId")
    answer = office.adele.get(f"/v1.0/me/events/{invited[1]}/attachments/{key}")
    assert (answer.status, answer.code) == (404, "ErrorItemNotFound")
    answer = office.alex.get(f"/v1.0/me/events/{other}/attachments/{other}")
    assert (answer.status, answer.code) == (400, "ErrorInvalidRequest")
    answer = office.alex.get(f"/v1.0/me/events/{other}/attachments/x%20y")
    assert (answer.status, answer.code) == (400, "ErrorInvalidIdMalformed")


def test_a_type_that_is_none_does_not_become_a_header(office, hang):
    raw = office.alex.get(f"{hang({**FILE, 'contentType': 'a/b' + chr(13) + chr(10) + 'X: y'})}/$value")
    assert raw.headers["content-type"] == "application/octet-stream"
    assert "x" not in raw.headers


def test_ews_has_the_same_attachments(office, invited, hang):
    hang(FILE)
    hang(LINK)
    alex = directory.find_mailbox(office.world, "AlexW@contoso.com")
    with office.world.store.begin(write=False) as unit:
        (item,) = [each for each in unit.items_in(unit.folder(alex.id, "calendar")) if each.attachments]
    opened = attachments.open_attachment(office.world, alex, item.id, (item.attachments[0].id,))
    assert (opened.data, opened.attachment.name) == (TEXT, "menu.txt")
    assert item.attachments[1].reference.url == LINK["sourceUrl"]


@pytest.mark.requirement("GRAPH-PREF-010")
def test_ids_that_last_name_attachments_too(office, invited, hang):
    hang(FILE)
    lasting = {"prefer": 'IdType="ImmutableId"'}
    key = office.alex.get(f"/v1.0/me/events/{invited[0]}", **lasting)["id"]
    address = f"/v1.0/me/events/{key}/attachments"
    (attachment,) = office.alex.get(address, **lasting)["value"]
    assert office.alex.get(f"{address}/{attachment['id']}/$value").body == TEXT
    assert office.alex.delete(f"{address}/{attachment['id']}").status == 204
