"""Calendars and the groups they are shown in."""

from __future__ import annotations

import pytest

from reference_impl.domain.acts import Disposal, FolderDraft, FolderRef
from reference_impl.domain.calendars import HEX
from reference_impl.domain.mailbox import FolderRole
from reference_impl.service import directory, folders

ME = "/v1.0/me"


def names(caller, target: str = f"{ME}/calendars") -> list[str]:
    return [calendar["name"] for calendar in caller.get(target)["value"]]


def make(caller, name: str = "Training", target: str = f"{ME}/calendars", **members):
    made = caller.post(target, {"name": name, **members})
    assert made.status == 201
    return made


@pytest.mark.requirement("GRAPH-CAL-001")
@pytest.mark.requirement("GRAPH-CAL-006")
def test_the_calendar_of_a_mailbox_is_its_default_one(office):
    calendar = office.alex.get(f"{ME}/calendar")
    assert calendar["isDefaultCalendar"] is True
    assert (calendar["canEdit"], calendar["canShare"], calendar["canViewPrivateItems"]) == (True, True, True)
    assert (calendar["isRemovable"], calendar["color"], calendar["hexColor"]) == (False, "auto", "")
    assert names(office.alex) == ["Calendar"]


@pytest.mark.requirement("GRAPH-CAL-002")
def test_a_new_calendar_is_on_the_list_and_takes_events(office, lunch):
    made = make(office.alex, color="lightTeal")
    assert (made["name"], made["color"], made["isDefaultCalendar"]) == ("Training", "lightTeal", False)
    assert made["hexColor"] in HEX.values()
    assert made["isRemovable"] is True
    assert made.headers["location"].endswith(f"/calendars('{made['id']}')")
    assert names(office.alex) == ["Calendar", "Training"]
    event = office.alex.post(f"{ME}/calendars/{made['id']}/events", {**lunch, "attendees": []})
    assert event.status == 201
    assert office.alex.get(f"{ME}/calendars/{made['id']}/events")["value"][0]["id"] == event["id"]
    assert office.alex.get(f"{ME}/calendar/events")["value"] == []
    found = office.alex.get(f"{ME}/calendars?$filter=name eq 'training'&$select=name")
    assert [calendar["name"] for calendar in found["value"]] == ["Training"]
    assert office.alex.get(f"{ME}/calendars?$top=1&$skip=1&$count=true").json["@odata.count"] == 2


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ("name", ["ball", "Calendar", "Training"]),
        ("name desc", ["Training", "Calendar", "ball"]),
        ("isDefaultCalendar desc,name desc", ["Calendar", "Training", "ball"]),
    ],
)
def test_calendars_are_sorted(office, order, found):
    for name in ("Training", "ball"):
        make(office.alex, name)
    assert names(office.alex, f"{ME}/calendars?$orderby={order}") == found


@pytest.mark.parametrize("order", ["color", "name up", "owner/address", ""])
def test_calendars_are_sorted_by_nothing_else(office, order):
    answer = office.alex.get(f"{ME}/calendars?$orderby={order}")
    assert (answer.status, answer.code) == (400, "BadRequest")


def test_a_calendar_is_renamed_and_coloured_but_the_default_one_only_coloured(office):
    made = make(office.alex)
    changed = office.alex.patch(f"{ME}/calendars/{made['id']}", {"Name": "Courses", "color": "LightRed"})
    assert (changed["name"], changed["color"]) == ("Courses", "lightRed")
    assert changed["changeKey"] != made["changeKey"]
    assert office.alex.patch(f"{ME}/calendars/{made['id']}", {})["changeKey"] == changed["changeKey"]
    assert office.alex.patch(f"{ME}/calendar", {"color": "lightBlue"})["color"] == "lightBlue"
    answer = office.alex.patch(f"{ME}/calendar", {"name": "Mine"})
    assert (answer.status, answer.code) == (400, "ErrorInvalidRequest")


@pytest.mark.requirement("GRAPH-CAL-004")
@pytest.mark.parametrize("act", ["delete", "permanentDelete"])
def test_a_deleted_calendar_is_no_calendar(office, lunch, act):
    key = make(office.alex)["id"]
    office.alex.post(f"{ME}/calendars/{key}/events", {**lunch, "attendees": []})
    target = f"{ME}/calendars/{key}"
    answer = office.alex.delete(target) if act == "delete" else office.alex.post(f"{target}/permanentDelete")
    assert answer.status == 204
    assert names(office.alex) == ["Calendar"]
    for gone in (target, f"{target}/events"):
        assert (office.alex.get(gone).status, office.alex.get(gone).code) == (404, "ErrorItemNotFound")
    again = office.alex.delete(target)
    assert (again.status, again.code) == (404, "ErrorItemNotFound")
    assert make(office.alex).status == 201


@pytest.mark.requirement("GRAPH-CAL-003")
def test_the_default_calendar_stays(office):
    key = office.alex.get(f"{ME}/calendar")["id"]
    before = office.world.store.snapshot()
    for answer in (
        office.alex.delete(f"{ME}/calendar"),
        office.alex.delete(f"{ME}/calendars/{key}"),
        office.alex.post(f"{ME}/calendars/{key}/permanentDelete"),
        office.alex.patch(f"{ME}/calendar", {"isDefaultCalendar": False}),
    ):
        assert (answer.status, answer.code) == (400, "ErrorInvalidRequest")
    assert office.world.store.snapshot() == before


def test_another_calendar_becomes_the_default_one(office, lunch):
    old, new = office.alex.get(f"{ME}/calendar")["id"], make(office.alex)["id"]
    make(office.alex, "Holidays")
    changed = office.alex.patch(f"{ME}/calendars/{new}", {"isDefaultCalendar": True})
    assert changed["isDefaultCalendar"] is True
    assert office.alex.get(f"{ME}/calendar")["id"] == new
    assert office.alex.get(f"{ME}/calendars/{old}")["isDefaultCalendar"] is False
    assert names(office.alex) == ["Training", "Calendar", "Holidays"]
    assert office.alex.patch(f"{ME}/calendars/{new}", {"isDefaultCalendar": True})["changeKey"] == changed["changeKey"]
    invitation = {**lunch, "attendees": [{"emailAddress": {"address": "AlexW@contoso.com"}}]}
    office.adele.post(f"{ME}/events", invitation)
    assert len(office.alex.get(f"{ME}/calendars/{new}/events")["value"]) == 1
    assert office.alex.delete(f"{ME}/calendars/{old}").status == 204
    assert office.alex.delete(f"{ME}/calendar").code == "ErrorInvalidRequest"
    assert names(office.alex) == ["Training", "Holidays"]
    alex = office.alex.actor
    directory_now = office.world.store.directory
    assert (
        directory_now.roles[alex.id, FolderRole.CALENDAR].parent_id == directory_now.roles[alex.id, FolderRole.TOP].id
    )


def test_no_calendar_becomes_the_default_one_where_its_name_is_taken(office):
    key = make(office.alex, "Inbox")["id"]
    before = office.world.store.snapshot()
    answer = office.alex.patch(f"{ME}/calendars/{key}", {"isDefaultCalendar": True})
    assert (answer.status, answer.code) == (409, "ErrorFolderExists")
    assert office.world.store.snapshot() == before


WRONG = {
    "no name": ({}, 400, "RequestBodyRead"),
    "null name": ({"name": None}, 400, "RequestBodyRead"),
    "empty name": ({"name": " "}, 400, "ErrorInvalidRequest"),
    "name taken": ({"name": "TRAINING"}, 409, "ErrorFolderExists"),
    "unknown colour": ({"name": "A", "color": "mauve"}, 400, "RequestBodyRead"),
    "unknown member": ({"name": "A", "shade": "dark"}, 400, "RequestBodyRead"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_calendar_that_cannot_be_is_refused(office, name):
    key = make(office.alex)["id"]
    other = make(office.alex, "Other")["id"]
    body, status, code = WRONG[name]
    before = office.world.store.snapshot()
    answer = office.alex.post(f"{ME}/calendars", body)
    assert (answer.status, answer.code) == (status, code)
    if body:
        answer = office.alex.patch(f"{ME}/calendars/{other}", body)
        assert (answer.status, answer.code) == (status, code)
    assert office.world.store.snapshot() == before
    assert office.alex.get(f"{ME}/calendars/{key}").status == 200


def test_ids_of_other_things_name_no_calendar(office, invited):
    inbox = office.alex.get(f"{ME}/mailFolders/inbox")["id"]
    for key, status in ((inbox, 404), (invited[0], 400), ("nonsense", 400)):
        assert office.alex.get(f"{ME}/calendars/{key}").status == status
    theirs = office.adele.get(f"{ME}/calendar")["id"]
    assert office.alex.get(f"{ME}/calendars/{theirs}").code == "ErrorItemNotFound"


def test_every_mailbox_has_groups_and_its_calendars_are_in_the_first(office):
    groups = office.alex.get(f"{ME}/calendarGroups")["value"]
    assert [group["name"] for group in groups] == ["My Calendars", "Other Calendars", "People's Calendars"]
    assert groups[0]["classId"] == "0006f0b7-0000-0000-c000-000000000046"
    first, second, _ = (f"{ME}/calendarGroups/{group['id']}" for group in groups)
    assert names(office.alex, f"{first}/calendars") == ["Calendar"]
    assert names(office.alex, f"{second}/calendars") == []
    made = make(office.alex, "Team", f"{second}/calendars")
    assert names(office.alex, f"{second}/calendars") == ["Team"]
    assert names(office.alex) == ["Calendar", "Team"]
    key = made["id"]
    assert office.alex.get(f"{second}/calendars/{key}")["name"] == "Team"
    assert office.alex.get(f"{second}/calendars/{key}/events")["value"] == []
    for elsewhere in (f"{first}/calendars/{key}", f"{first}/calendars/{key}/events"):
        assert office.alex.get(elsewhere).code == "ErrorItemNotFound"
    found = office.alex.get(f"{ME}/calendarGroups?$filter=startswith(name,'other')&$select=name")["value"]
    assert found == [{"id": groups[1]["id"], "name": "Other Calendars"}]


@pytest.mark.requirement("GRAPH-CAL-005")
def test_a_group_is_made_renamed_and_deleted_when_it_is_empty(office):
    made = office.alex.post(f"{ME}/calendarGroups", {"name": "Clubs"})
    assert made.status == 201
    target = f"{ME}/calendarGroups/{made['id']}"
    assert office.alex.get(target).json == made.json
    key = make(office.alex, "Chess", f"{target}/calendars")["id"]
    before = office.world.store.snapshot()
    refused = office.alex.delete(target)
    assert (refused.status, refused.code) == (400, "ErrorInvalidRequest")
    assert office.world.store.snapshot() == before
    renamed = office.alex.patch(target, {"name": "Societies"})
    assert (renamed["name"], renamed["classId"]) == ("Societies", made["classId"])
    assert renamed["changeKey"] != made["changeKey"]
    assert office.alex.delete(f"{ME}/calendars/{key}").status == 204
    assert office.alex.delete(target).status == 204
    assert office.alex.get(target).code == "ErrorItemNotFound"


def test_the_groups_that_every_mailbox_has_stay(office):
    for group in office.alex.get(f"{ME}/calendarGroups")["value"]:
        answer = office.alex.delete(f"{ME}/calendarGroups/{group['id']}")
        assert (answer.status, answer.code) == (400, "ErrorInvalidRequest")
    assert len(office.alex.get(f"{ME}/calendarGroups")["value"]) == 3


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "RequestBodyRead"),
        ({"name": ""}, 400, "ErrorInvalidRequest"),
        ({"name": "my calendars"}, 409, "ErrorFolderExists"),
        ({"name": "A", "classId": "seven"}, 400, "ErrorPropertyValidationFailure"),
    ],
)
def test_a_group_that_cannot_be_is_refused(office, body, status, code):
    before = office.world.store.snapshot()
    answer = office.alex.post(f"{ME}/calendarGroups", body)
    assert (answer.status, answer.code) == (status, code)
    assert office.world.store.snapshot() == before


def test_a_group_of_ones_own_class_keeps_it(office):
    class_id = "11111111-2222-3333-4444-555555555555"
    assert office.alex.post(f"{ME}/calendarGroups", {"name": "A", "classId": class_id.upper()})["classId"] == class_id


def test_calendars_made_and_deleted_by_other_protocols_come_and_go(office):
    alex = office.alex.actor
    top = FolderRef(role=FolderRole.TOP)
    draft = FolderDraft(name="From elsewhere", folder_class="IPF.Appointment.Special")
    made = folders.create_folder(office.world, alex, top, draft)
    folders.create_folder(office.world, alex, top, FolderDraft(name="No calendar", folder_class="IPF.Task"))
    assert names(office.alex) == ["Calendar", "From elsewhere"]
    (_, shown) = office.alex.get(f"{ME}/calendars")["value"]
    assert (shown["color"], shown["isRemovable"]) == ("auto", True)
    changed = office.alex.patch(f"{ME}/calendars/{shown['id']}", {"name": "From here"})
    assert folders.get_folder(office.world, alex, FolderRef(id=made.id)).name == changed["name"]
    folders.delete_folder(office.world, alex, FolderRef(id=made.id), Disposal.TO_DELETED_ITEMS)
    assert names(office.alex) == ["Calendar"]


def test_answers_about_calendars_are_whole(office, see_damage):
    key = make(office.alex)["id"]
    group = office.alex.post(f"{ME}/calendarGroups", {"name": "Clubs"})
    assert see_damage(
        [
            ("calendar.schema.json#/$defs/entity", office.alex.get(f"{ME}/calendars/{key}").json),
            ("calendarGroup.schema.json#/$defs/entity", group.json),
            ("calendarGroup.schema.json#/$defs/collection", office.alex.get(f"{ME}/calendarGroups").json),
        ]
    )


def test_mailboxes_made_of_the_same_people_have_the_same_groups(make_office):
    one, other = (make_office().alex.get(f"{ME}/calendarGroups").json for _ in range(2))
    assert one == other
    assert directory.find_mailbox(make_office().world, "AlexW@contoso.com") is not None
