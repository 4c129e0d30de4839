"""What hangs on messages, their extended properties, and ids that last."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest

ADELE = "AdeleV@contoso.com"
MESSAGES = "/v1.0/me/messages"
TEXT = b"Bring a spoon.\n"
FILE = {
    "@odata.type": "#microsoft.graph.fileAttachment",
    "name": "menu.txt",
    "contentType": "text/plain",
    "contentBytes": base64.b64encode(TEXT).decode(),
}
NOTE = {
    "@odata.type": "#microsoft.graph.itemAttachment",
    "name": "A note",
    "item": {"@odata.type": "#microsoft.graph.message", "subject": "A note", "toRecipients": []},
}
COLOUR = "String {00020329-0000-0000-c000-000000000046} Name Colour"


def letter(**members) -> dict:
    return {"subject": "Hello", "toRecipients": [{"emailAddress": {"address": ADELE}}], **members}


@pytest.mark.requirement("GRAPH-ATT-001", "GRAPH-ATT-002")
def test_mail_is_sent_with_what_hangs_on_it(office):
    assert office.alex.post("/v1.0/me/sendMail", {"message": letter(attachments=[FILE, NOTE])}).status == 202
    (got,) = office.adele.get(f"{MESSAGES}?$expand=attachments")["value"]
    assert (got["hasAttachments"], [each["name"] for each in got["attachments"]]) == (True, ["menu.txt", "A note"])
    path = f"{MESSAGES}/{got['id']}/attachments"
    shown = office.adele.get(path)["value"]
    assert [each["@odata.type"] for each in shown] == [FILE["@odata.type"], NOTE["@odata.type"]]
    assert office.adele.get(f"{path}/{shown[0]['id']}/$value").body == TEXT
    inner = office.adele.get(f"{path}/{shown[1]['id']}?$expand=microsoft.graph.itemAttachment/item")["item"]
    assert inner["subject"] == "A note"
    assert office.adele.get(f"{MESSAGES}?$filter=hasAttachments eq true")["value"][0]["id"] == got["id"]


@pytest.mark.requirement("GRAPH-ATT-004")
def test_something_is_hung_on_a_draft_and_taken_away(office):
    key = office.alex.post(MESSAGES, letter())["id"]
    made = office.alex.post(f"{MESSAGES}/{key}/attachments", FILE)
    assert (made.status, office.alex.get(f"{MESSAGES}/{key}")["hasAttachments"]) == (201, True)
    assert office.alex.delete(f"{MESSAGES}/{key}/attachments/{made['id']}").status == 204
    assert office.alex.get(f"{MESSAGES}/{key}")["hasAttachments"] is False


def test_a_forward_takes_along_what_hangs_on_the_message_and_a_reply_does_not(office):
    office.alex.post("/v1.0/me/sendMail", {"message": letter(attachments=[FILE])})
    (got,) = office.adele.get(MESSAGES)["value"]
    for act, expected in (("createForward", True), ("createReply", False)):
        draft = office.adele.post(
            f"{MESSAGES}/{got['id']}/{act}", {"message": {"attachments": [] if expected else None}}
        )
        assert draft["hasAttachments"] is expected
    both = office.adele.post(f"{MESSAGES}/{got['id']}/createForward", {"message": {"attachments": [NOTE]}})
    names = office.adele.get(f"{MESSAGES}/{both['id']}/attachments?$select=name")["value"]
    assert [each["name"] for each in names] == ["menu.txt", "A note"]


@pytest.mark.parametrize(
    "wrong",
    [
        {**FILE, "contentBytes": "no base64!"},
        {**FILE, "name": ""},
        {"name": "x"},
        {**NOTE, "item": {"@odata.type": "#microsoft.graph.contact"}},
    ],
)
def test_mail_with_something_that_cannot_hang_on_it_is_not_sent(office, wrong):
    assert office.alex.post("/v1.0/me/sendMail", {"message": letter(attachments=[wrong])}).status == 400
    assert office.adele.get(MESSAGES)["value"] == []
    assert office.alex.get(MESSAGES)["value"] == []


@pytest.mark.requirement("GRAPH-ATT-006")
def test_extended_properties_are_written_changed_and_read(office):
    given = [{"id": COLOUR, "value": "red"}]
    key = office.alex.post(MESSAGES, letter(singleValueExtendedProperties=given))["id"]
    expand = f"$expand=singleValueExtendedProperties($filter=id eq '{quote(COLOUR)}')"
    assert office.alex.get(f"{MESSAGES}/{key}?{expand}")["singleValueExtendedProperties"] == given
    office.alex.patch(f"{MESSAGES}/{key}", {"singleValueExtendedProperties": [{"id": COLOUR, "value": "blue"}]})
    shown = office.alex.get(f"{MESSAGES}?{expand}")["value"][0]["singleValueExtendedProperties"]
    assert shown == [{"id": COLOUR, "value": "blue"}]


@pytest.mark.requirement("GRAPH-PREF-010", "GRAPH-PREF-011")
def test_a_lasting_id_survives_a_move_and_tells_of_the_end_in_a_delta(office):
    lasting = {"prefer": 'IdType="ImmutableId"'}
    office.alex.post("/v1.0/me/sendMail", {"message": letter()})
    (got,) = office.adele.get(MESSAGES, **lasting)["value"]
    first = office.adele.get("/v1.0/me/mailFolders/inbox/messages/delta", **lasting)
    link = first["@odata.deltaLink"].partition("server.test:8080")[2]
    moved = office.adele.post(f"{MESSAGES}/{got['id']}/move", {"destinationId": "drafts"}, **lasting)
    assert moved["id"] == got["id"]
    (gone,) = office.adele.get(link, **lasting)["value"]
    assert (gone["id"], "@removed" in gone) == (got["id"], True)
    assert office.adele.get(f"{MESSAGES}/{got['id']}")["id"] != got["id"]
