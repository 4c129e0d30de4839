"""Ids that stay the same when items are moved, and the spellings of ids that translate into one another."""

from __future__ import annotations

import base64
import re

import pytest

from reference_impl.domain.acts import FolderRef
from reference_impl.domain.mailbox import FolderRole
from reference_impl.service import folders, items
from reference_impl.service.item_ids import unpack_id

LASTING = {"prefer": 'IdType="ImmutableId"'}
FORMATS = ("entryId", "ewsId", "restId")
LASTING_FORMATS = ("immutableEntryId", "restImmutableEntryId")


def moved(office, caller, wire_id, role=FolderRole.DELETED):
    """Another folder's item, as a client of EWS moves it; gives its new id."""
    token = unpack_id(base64.b64decode(wire_id, b"_-")).token
    after = items.move_item(office.world, caller.actor, token, FolderRef(role=role))
    return after.id


def only(answer):
    (found,) = answer["value"]
    return found


@pytest.mark.requirement("GRAPH-PREF-010", "GRAPH-PREF-011", "GRAPH-PREF-013")
def test_a_lasting_id_stays_where_the_other_changes(office, invited):
    request = only(office.adele.get("/v1.0/me/messages"))["id"]
    lasting = only(office.adele.get("/v1.0/me/messages", **LASTING))
    assert lasting["id"] != request
    for round_trip in (FolderRole.DELETED, FolderRole.INBOX, FolderRole.JUNK):
        moved(office, office.adele, only(office.adele.get("/v1.0/me/messages"))["id"], round_trip)
        plain = office.adele.get(f"/v1.0/me/messages/{lasting['id']}")
        assert plain["id"] not in {request, lasting["id"]}
        answer = office.adele.get(f"/v1.0/me/messages/{lasting['id']}", **LASTING)
        assert answer["id"] == lasting["id"]
        assert answer.headers["preference-applied"] == LASTING["prefer"]
        assert only(office.adele.get("/v1.0/me/messages", **LASTING))["id"] == lasting["id"]
        assert office.adele.get(f"/v1.0/me/messages/{plain['id']}", **LASTING)["id"] == lasting["id"]
    assert office.adele.get(f"/v1.0/me/messages/{request}").code == "ErrorItemNotFound"
    together = office.adele.get(
        f"/v1.0/me/messages/{lasting['id']}", prefer='outlook.timezone="Asia/Tokyo", idtype="immutableid"'
    )
    assert (together["id"], together["startDateTime"]["timeZone"]) == (lasting["id"], "Asia/Tokyo")


@pytest.mark.requirement("GRAPH-PREF-010")
def test_events_and_acts_are_addressed_by_lasting_ids_too(office, invited):
    key = office.adele.get(f"/v1.0/me/events/{invited[1]}", **LASTING)["id"]
    assert office.adele.post(f"/v1.0/me/events/{key}/accept").status == 202
    assert office.adele.patch(f"/v1.0/me/events/{key}", {"showAs": "free"}, **LASTING)["id"] == key
    made = office.alex.get(f"/v1.0/me/events/{invited[0]}", **LASTING)["id"]
    assert office.alex.post(f"/v1.0/me/events/{made}/cancel").status == 202
    assert office.alex.get(f"/v1.0/me/events/{invited[0]}").code == "ErrorItemNotFound"
    cancelled = office.alex.get(f"/v1.0/me/events/{made}", **LASTING)
    assert (cancelled["id"], cancelled["isCancelled"]) == (made, True)
    assert office.alex.delete(f"/v1.0/me/events/{made}").status == 204
    assert office.alex.get(f"/v1.0/me/events/{made}").code == "ErrorItemNotFound"


def test_a_created_event_has_a_lasting_id_from_the_start(office, lunch):
    made = office.alex.post("/v1.0/me/events", lunch, **LASTING)
    assert f"events('{made['id']}')" in made.headers["location"]
    assert office.alex.get(f"/v1.0/me/events/{made['id']}", **LASTING)["id"] == made["id"]


def test_occurrences_of_a_series_last_as_their_master_does(office, lunch):
    daily = {
        "pattern": {"type": "daily", "interval": 1},
        "range": {"type": "numbered", "startDate": "2026-02-02", "numberOfOccurrences": 3},
    }
    made = office.alex.post("/v1.0/me/events", {**lunch, "attendees": [], "recurrence": daily})
    window = "startDateTime=2026-02-01&endDateTime=2026-03-01"
    before = office.alex.get(f"/beta/me/calendarView?{window}", **LASTING)["value"]
    master = office.alex.get(f"/v1.0/me/events/{made['id']}", **LASTING)["id"]
    assert {each["seriesMasterId"] for each in before} == {master}
    assert all(each["occurrenceId"].startswith(f"OID.{master}.") for each in before)
    moved(office, office.alex, made["id"])
    for each in before:
        after = office.alex.get(f"/beta/me/events/{each['id']}", **LASTING)
        assert (after["id"], after["seriesMasterId"]) == (each["id"], master)
        assert after["occurrenceId"] == each["occurrenceId"]
        assert office.alex.get(f"/v1.0/me/events/{each['id']}")["seriesMasterId"] not in {master, made["id"]}


def test_an_occurrence_that_leaves_its_series_keeps_its_lasting_id(office, lunch):
    daily = {
        "pattern": {"type": "daily", "interval": 1},
        "range": {"type": "numbered", "startDate": "2026-02-02", "numberOfOccurrences": 3},
    }
    office.alex.post("/v1.0/me/events", {**lunch, "recurrence": daily})
    window = "startDateTime=2026-02-01&endDateTime=2026-03-01"
    second = office.alex.get(f"/v1.0/me/calendarView?{window}", **LASTING)["value"][1]
    assert office.alex.post(f"/v1.0/me/events/{second['id']}/cancel").status == 202
    left = office.alex.get(f"/v1.0/me/calendarView?{window}", **LASTING)["value"]
    assert second["id"] not in [each["id"] for each in left]
    again = office.alex.get(f"/v1.0/me/events/{second['id']}", **LASTING)
    assert again.status == 404 or again["id"] == second["id"]


@pytest.mark.requirement("GRAPH-PREF-012")
def test_folders_have_one_id_alone(office):
    for target in ("calendar", "calendars", "calendarGroups", "mailFolders", "mailFolders/inbox"):
        plain, lasting = office.alex.get(f"/v1.0/me/{target}"), office.alex.get(f"/v1.0/me/{target}", **LASTING)
        assert plain.json == lasting.json


def test_a_copy_has_a_lasting_id_of_its_own(office, invited):
    key = only(office.adele.get("/v1.0/me/messages"))["id"]
    token = unpack_id(base64.b64decode(key, b"_-")).token
    moved(office, office.adele, key)
    now = only(office.adele.get("/v1.0/me/messages"))["id"]
    token = unpack_id(base64.b64decode(now, b"_-")).token
    items.copy_item(office.world, office.adele.actor, token, FolderRef(role=FolderRole.INBOX))
    lasting = [each["id"] for each in office.adele.get("/v1.0/me/messages", **LASTING)["value"]]
    assert len(set(lasting)) == 2
    assert [office.adele.get(f"/v1.0/me/messages/{each}", **LASTING)["id"] for each in lasting] == lasting


def test_lasting_ids_are_of_one_mailbox_and_one_kind(office, invited):
    key = office.adele.get(f"/v1.0/me/events/{invited[1]}", **LASTING)["id"]
    assert office.alex.get(f"/v1.0/me/events/{key}").code == "ErrorItemNotFound"
    assert office.adele.get(f"/v1.0/me/messages/{key}").code == "ErrorInvalidRequest"
    assert office.adele.get(f"/v1.0/me/calendars/{key}").code == "ErrorInvalidRequest"
    assert office.adele.get(f"/v1.0/me/events/{key[:-4]}").status in {400, 404}


def translated(caller, source, target, *given):
    body = {"inputIds": list(given), "sourceIdType": source, "targetIdType": target}
    answer = caller.post("/v1.0/me/translateExchangeIds", body)
    assert answer["@odata.context"].endswith("/v1.0/$metadata#Collection(microsoft.graph.convertIdResult)")
    assert [each["sourceId"] for each in answer["value"]] == list(given)
    return answer["value"]


@pytest.mark.requirement("GRAPH-MIG-011")
@pytest.mark.parametrize("source", [*FORMATS, *LASTING_FORMATS])
@pytest.mark.parametrize("target", [*FORMATS, *LASTING_FORMATS])
def test_every_spelling_translates_into_every_other(office, invited, source, target):
    key = only(office.adele.get("/v1.0/me/messages"))["id"]
    moved(office, office.adele, key)
    now = only(office.adele.get("/v1.0/me/messages"))["id"]
    lasting = only(office.adele.get("/v1.0/me/messages", **LASTING))["id"]
    rest = {"restId": now, "restImmutableEntryId": lasting}
    origin = "restImmutableEntryId" if source in LASTING_FORMATS else "restId"
    (given,) = translated(office.adele, origin, source, rest[origin])
    (found,) = translated(office.adele, source, target, given["targetId"])
    end = "restImmutableEntryId" if target in LASTING_FORMATS else "restId"
    (back,) = translated(office.adele, target, end, found["targetId"])
    assert back["targetId"] == rest[end]
    if target.endswith("ntryId") and target[:4] in {"entr", "immu"}:
        assert re.fullmatch(r"[A-Za-z0-9_-]+[012]", found["targetId"])


@pytest.mark.requirement("GRAPH-MBX-008")
def test_a_thousand_ids_are_translated_at_once(office, invited):
    found = translated(office.adele, "restId", "ewsId", *([invited[1]] * 1000))
    assert len(found) == 1000
    assert len({each["targetId"] for each in found}) == 1


def test_the_id_of_ews_is_the_standard_spelling(office, invited):
    (found,) = translated(office.adele, "restId", "ewsId", invited[1])
    assert base64.b64decode(found["targetId"], validate=True) == base64.b64decode(invited[1], b"_-")


def test_a_folder_translates_into_itself(office):
    inbox = office.alex.get("/v1.0/me/mailFolders/inbox")["id"]
    assert folders.get_folder(office.world, office.alex.actor, FolderRef(role=FolderRole.INBOX)).id
    for target in ("restId", "restImmutableEntryId"):
        assert translated(office.alex, "restId", target, inbox)[0]["targetId"] == inbox


def test_what_cannot_be_translated_is_told_in_its_place(office, invited):
    mine = invited[0]
    gone = only(office.adele.get("/v1.0/me/messages"))["id"]
    moved(office, office.adele, gone)
    lasting = office.alex.get(f"/v1.0/me/events/{mine}", **LASTING)["id"]
    found = translated(office.alex, "restId", "restImmutableEntryId", mine, "x", "", invited[1], lasting)
    assert [each.get("errorDetails", {}).get("code") for each in found] == [
        None,
        "ErrorInvalidIdMalformed",
        "ErrorInvalidIdMalformed",
        "ErrorItemNotFound",
        "ErrorInvalidRequest",
    ]
    (absent,) = translated(office.adele, "restId", "restImmutableEntryId", gone)
    assert absent["errorDetails"]["code"] == "ErrorItemNotFound"
    for text in ("", "9", "AAAA3", "====0", "AAAA0"):
        assert "errorDetails" in translated(office.alex, "entryId", "ewsId", text)[0]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"inputIds": [], "sourceIdType": "ewsId", "targetIdType": "restId"},
        {"inputIds": ["x"] * 1001, "sourceIdType": "ewsId", "targetIdType": "restId"},
        {"inputIds": ["x"], "sourceIdType": "imapId", "targetIdType": "restId"},
        {"inputIds": ["x"], "sourceIdType": "ewsId"},
        {"inputIds": [1], "sourceIdType": "ewsId", "targetIdType": "restId"},
    ],
)
def test_a_translation_that_is_not_understood_is_refused(office, body):
    answer = office.alex.post("/v1.0/me/translateExchangeIds", body)
    assert (answer.status, answer.code) == (400, "RequestBodyRead")


def test_no_answer_of_a_translation_can_lose_or_gain_a_member(office, invited, see_damage):
    body = {"InputIds": [invited[0], "x"], "SourceIdType": "RestId", "TargetIdType": "EwsId"}
    answer = office.alex.post("/beta/me/microsoft.graph.translateExchangeIds", body).json
    assert see_damage([("convertIdResult.schema.json#/$defs/collection", answer)]) >= 6
