"""Mail folders: the tree, its changes and its deltas."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

FOLDERS = "/v1.0/me/mailFolders"
BORN = ["Deleted Items", "Drafts", "Inbox", "Junk Email", "Outbox", "Sent Items"]


def names(answer) -> list[str]:
    return [each["displayName"] for each in answer["value"]]


def made(caller, name: str, where: str = FOLDERS, **members) -> str:
    answer = caller.post(where, {"displayName": name, **members})
    assert answer.status == 201
    return answer["id"]


def target(link: str) -> str:
    parts = urlsplit(link)
    return f"{parts.path}?{parts.query}"


def rounds(caller, start: str, **headers) -> tuple[list[dict], str, int]:
    """All that a round tells, the link after it, and how many pages it took."""
    told, pages, link = [], 0, start
    while True:
        page = caller.get(link, **headers)
        assert page.status == 200
        told += page["value"]
        pages += 1
        if "@odata.deltaLink" in page.json:
            return told, target(page["@odata.deltaLink"]), pages
        link = target(page["@odata.nextLink"])


@pytest.mark.requirement("GRAPH-MSG-020")
@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("inbox", "Inbox"),
        ("SentItems", "Sent Items"),
        ("deleteditems", "Deleted Items"),
        ("drafts", "Drafts"),
        ("junkemail", "Junk Email"),
        ("outbox", "Outbox"),
    ],
)
def test_well_known_names_stand_for_folders_in_every_form(office, key, name):
    by_name = office.alex.get(f"{FOLDERS}/{key}")
    assert by_name["displayName"] == name
    assert office.alex.get(f"/v1.0/me/mailfolders('{key}')").json == by_name.json
    assert office.alex.get(f"{FOLDERS}/{by_name['id']}").json == by_name.json
    top = office.alex.get(f"{FOLDERS}/msgfolderroot")
    assert by_name["parentFolderId"] == top["id"]
    assert top["childFolderCount"] == len(BORN)
    assert office.alex.get(f"{FOLDERS}/msgfolderroot/childFolders/{key}").json == by_name.json


def test_a_well_known_folder_that_no_mailbox_has_is_not_found(office):
    for key in ("archive", "recoverableitemsdeletions", "SyncIssues"):
        answer = office.alex.get(f"{FOLDERS}/{key}")
        assert (answer.status, answer.code) == (404, "ErrorItemNotFound")
    assert office.alex.get(f"{FOLDERS}/nosuchname").code == "ErrorInvalidIdMalformed"


def test_folders_are_made_at_the_top_and_in_others(office):
    top = made(office.alex, "Orders")
    inner = made(office.alex, "2026", f"{FOLDERS}/{top}/childFolders")
    assert names(office.alex.get(FOLDERS)) == [*BORN[:4], "Orders", *BORN[4:]]
    answer = office.alex.get(f"{FOLDERS}/{top}/childFolders?$count=true")
    assert (names(answer), answer["@odata.count"]) == (["2026"], 1)
    shown = office.alex.get(f"{FOLDERS}/{top}/childFolders/{inner}")
    assert (shown["displayName"], shown["parentFolderId"], shown["isHidden"]) == ("2026", top, False)
    assert office.alex.get(f"{FOLDERS}/{top}")["childFolderCount"] == 1
    assert office.alex.get(f"{FOLDERS}/inbox/childFolders/{inner}").code == "ErrorItemNotFound"
    assert names(office.alex.get(f"{FOLDERS}?$filter=displayName eq 'orders'")) == ["Orders"]
    assert office.alex.get(f"{FOLDERS}?$top=2&$skip=4&$select=displayName")["value"] == [
        {"id": top, "displayName": "Orders"},
        {"id": office.alex.get(f"{FOLDERS}/outbox")["id"], "displayName": "Outbox"},
    ]


def test_a_hidden_folder_is_listed_where_hidden_ones_are_asked_for(office):
    key = made(office.alex, "Secret", isHidden=True)
    assert names(office.alex.get(FOLDERS)) == BORN
    assert "Secret" in names(office.alex.get(f"{FOLDERS}?includeHiddenFolders=true"))
    assert office.alex.get(f"{FOLDERS}/{key}")["isHidden"] is True
    assert office.alex.get(f"{FOLDERS}/msgfolderroot")["childFolderCount"] == len(BORN)
    assert office.alex.get(f"{FOLDERS}?includeHiddenFolders=maybe").code == "BadRequest"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"displayName": "inbox"}, 409, "ErrorFolderExists"),
        ({"displayName": ""}, 400, "RequestBodyRead"),
        ({"displayName": "  "}, 400, "ErrorInvalidRequest"),
        ({}, 400, "RequestBodyRead"),
        ({"displayName": 1}, 400, "RequestBodyRead"),
        ({"displayName": "x", "colour": "red"}, 400, "RequestBodyRead"),
    ],
)
def test_a_folder_that_cannot_be_made_is_not(office, body, status, code):
    answer = office.alex.post(FOLDERS, body)
    assert (answer.status, answer.code) == (status, code)
    assert names(office.alex.get(FOLDERS)) == BORN


def test_a_folder_is_renamed_under_its_id(office):
    key = made(office.alex, "Orders")
    assert office.alex.patch(f"{FOLDERS}/{key}", {"DisplayName": "Bills"})["displayName"] == "Bills"
    assert office.alex.get(f"{FOLDERS}/{key}")["displayName"] == "Bills"
    made(office.alex, "Taken")
    assert office.alex.patch(f"{FOLDERS}/{key}", {"displayName": "taken"}).code == "ErrorFolderExists"
    assert office.alex.patch(f"{FOLDERS}/inbox", {"displayName": "Mine"}).status == 400
    assert office.alex.patch(f"{FOLDERS}/{key}", {})["displayName"] == "Bills"
    assert office.alex.get(f"{FOLDERS}/inbox")["displayName"] == "Inbox"


def test_a_deleted_folder_goes_to_deleted_items_and_then_away(office):
    key = made(office.alex, "Orders")
    assert office.alex.delete(f"{FOLDERS}/{key}").status == 204
    assert names(office.alex.get(FOLDERS)) == BORN
    assert names(office.alex.get(f"{FOLDERS}/deleteditems/childFolders")) == ["Orders"]
    assert office.alex.delete(f"{FOLDERS}/deleteditems/childFolders/{key}").status == 204
    assert office.alex.get(f"{FOLDERS}/{key}").code == "ErrorItemNotFound"
    refused = office.alex.delete(f"{FOLDERS}/inbox")
    assert (refused.status, refused.code) == (403, "ErrorDeleteDistinguishedFolder")
    assert names(office.alex.get(FOLDERS)) == BORN


def test_a_folder_deleted_for_good_is_nowhere(office):
    key = made(office.alex, "Orders")
    assert office.alex.post(f"{FOLDERS}/{key}/permanentDelete").status == 204
    assert office.alex.get(f"{FOLDERS}/{key}").status == 404
    assert office.alex.get(f"{FOLDERS}/deleteditems/childFolders")["value"] == []
    assert office.alex.post(f"{FOLDERS}/drafts/permanentDelete").code == "ErrorDeleteDistinguishedFolder"


def test_a_folder_moves_and_is_copied_with_what_is_in_it(office, invited):
    top, other = made(office.adele, "Orders"), made(office.adele, "Other")
    made(office.adele, "2026", f"{FOLDERS}/{top}/childFolders")
    message = office.adele.get("/v1.0/me/messages")["value"][0]
    assert office.adele.post(f"/v1.0/me/messages/{message['id']}/move", {"destinationId": top}).status == 201
    copy = office.adele.post(f"{FOLDERS}/{top}/copy", {"destinationId": other})
    assert (copy.status, copy["totalItemCount"], copy["childFolderCount"]) == (201, 1, 1)
    assert copy.headers["location"].endswith(f"/mailFolders('{copy['id']}')")
    (copied,) = office.adele.get(f"{FOLDERS}/{other}/childFolders/{copy['id']}/messages")["value"]
    assert copied["subject"] == message["subject"]
    moved = office.adele.post(f"{FOLDERS}/{top}/microsoft.graph.move", {"DestinationId": "drafts"})
    assert (moved.status, moved["id"]) == (201, top)
    assert moved["parentFolderId"] == office.adele.get(f"{FOLDERS}/drafts")["id"]
    before = office.adele.get(f"{FOLDERS}/delta")["value"]
    for act, key, where, code in (
        ("copy", top, "drafts", "ErrorFolderExists"),
        ("move", top, top, "ErrorMoveCopyFailed"),
        ("move", "inbox", other, "ErrorMoveDistinguishedFolder"),
        ("move", top, "archive", "ErrorItemNotFound"),
    ):
        assert office.adele.post(f"{FOLDERS}/{key}/{act}", {"destinationId": where}).code == code
    assert office.adele.get(f"{FOLDERS}/delta")["value"] == before


@pytest.mark.requirement("GRAPH-PREF-014")
def test_a_round_tells_each_folder_once_in_pages_of_the_size_asked_for(office):
    told, link, pages = rounds(office.alex, f"{FOLDERS}/delta", prefer="odata.maxpagesize=2")
    assert (sorted(each["displayName"] for each in told), pages) == (BORN, 3)
    assert rounds(office.alex, link)[0] == []
    key = made(office.alex, "Orders")
    office.alex.patch(f"{FOLDERS}/{key}", {"displayName": "Bills"})
    told, link, _ = rounds(office.alex, link)
    assert [each["displayName"] for each in told] == ["Bills"]
    office.alex.post("/v1.0/me/calendars", {"name": "Private"})
    assert rounds(office.alex, link)[0] == []
    office.alex.post(f"{FOLDERS}/{key}/permanentDelete")
    (gone,) = rounds(office.alex, link)[0]
    assert gone == {"@odata.type": "#microsoft.graph.mailFolder", "id": key, "@removed": {"reason": "deleted"}}


def test_a_folder_that_changes_within_a_round_is_told_again_and_the_round_ends(office):
    first = office.alex.get(f"{FOLDERS}/delta?$select=displayName", prefer="odata.maxpagesize=4")
    assert set(first["value"][0]) == {"id", "displayName"}
    key = made(office.alex, "AAA")
    link = target(first["@odata.nextLink"])
    told, link, _ = rounds(office.alex, link, prefer="odata.maxpagesize=4")
    assert {each["displayName"] for each in told} >= {"AAA"}
    office.alex.patch(f"{FOLDERS}/{key}", {"displayName": "BBB"})
    told, link, _ = rounds(office.alex, link)
    assert told == [{"id": key, "displayName": "BBB"}]
    assert rounds(office.alex, link)[0] == []


@pytest.mark.parametrize("token", ["", "AAAA", "x", "nonsense=="])
def test_a_token_that_was_not_given_is_gone(office, token):
    answer = office.alex.get(f"{FOLDERS}/delta?$deltatoken={token}")
    assert (answer.status, answer.code) == (410, "SyncStateNotFound")


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whoever_follows_the_deltas_has_the_folders_that_there_are(make_office, data):
    office = make_office()
    alex, mine, link = office.alex, {}, f"{FOLDERS}/delta"
    for step in range(data.draw(st.integers(1, 6), label="steps")):
        keys = sorted(key for key, name in mine.items() if name not in BORN)
        act = data.draw(st.sampled_from(["make", "rename", "delete", "page", "page"]), label="act")
        if act == "make" or (act != "page" and not keys):
            alex.post(FOLDERS, {"displayName": f"Folder {step}"})
        elif act == "rename":
            alex.patch(f"{FOLDERS}/{data.draw(st.sampled_from(keys))}", {"displayName": f"Folder {step}"})
        elif act == "delete":
            alex.post(f"{FOLDERS}/{data.draw(st.sampled_from(keys))}/permanentDelete")
        link = _take(alex.get(link, prefer="odata.maxpagesize=2"), mine)
    for _ in range(20):
        page = alex.get(link, prefer="odata.maxpagesize=2")
        link = _take(page, mine)
        if "@odata.deltaLink" in page.json:
            break
    assert mine == {each["id"]: each["displayName"] for each in alex.get(f"{FOLDERS}?$top=50")["value"]}


def _take(page, mine: dict[str, str]) -> str:
    for each in page["value"]:
        if "@removed" in each:
            mine.pop(each["id"], None)
        else:
            mine[each["id"]] = each["displayName"]
    return target(page.json.get("@odata.nextLink") or page["@odata.deltaLink"])
