"""Sharing calendars: the same entries and delegates as EWS has."""

from __future__ import annotations

import pytest

from reference_impl.domain.acts import CALENDAR
from reference_impl.domain.copying import replace
from reference_impl.domain.delegation import MeetingDelivery
from reference_impl.domain.mailbox import FolderRole, permissions_of
from reference_impl.domain.permissions import ANONYMOUS, LEVELS, Level, Permission
from reference_impl.service import delegates, directory, folders
from reference_impl.service.delegates import DelegateChange

ME = "/v1.0/me"
PERMISSIONS = f"{ME}/calendar/calendarPermissions"
LEE = "lee@contoso.com"
SHARED = frozenset({"Calendars.ReadWrite.Shared"})


def share(office, address: str, role: str, target: str = PERMISSIONS):
    return office.adele.post(target, {"emailAddress": {"address": address, "name": "Whoever"}, "role": role})


def given(office, address: str) -> Level | None:
    """The rights that somebody has in Adele's calendar, by their name."""
    adele = office.adele.actor
    folder = folders.get_folder(office.world, adele, CALENDAR)
    rights = {entry.user: entry.rights for entry in permissions_of(folder, adele)}.get(address.casefold())
    return next((level for level, named in LEVELS.items() if named == rights), None)


@pytest.mark.requirement("GRAPH-CAL-007")
def test_everybody_has_an_entry_that_cannot_go(office):
    (everybody,) = office.adele.get(PERMISSIONS)["value"]
    assert everybody == {
        "id": "RGVmYXVsdA==",
        "isRemovable": False,
        "isInsideOrganization": True,
        "role": "freeBusyRead",
        "allowedRoles": ["none", "freeBusyRead", "limitedRead", "read", "write"],
        "emailAddress": {"name": "My Organization", "address": None},
    }
    answer = office.adele.delete(f"{PERMISSIONS}/{everybody['id']}")
    assert (answer.status, answer.code) == (400, "ErrorInvalidRequest")
    changed = office.adele.patch(f"{PERMISSIONS}/{everybody['id']}", {"role": "limitedRead"})
    assert changed["role"] == "limitedRead"
    assert given(office, "default") is Level.TIME_SUBJECT_LOCATION


@pytest.mark.parametrize(
    ("role", "level"),
    [
        ("freeBusyRead", Level.TIME_ONLY),
        ("limitedRead", Level.TIME_SUBJECT_LOCATION),
        ("read", Level.REVIEWER),
        ("write", Level.EDITOR),
        ("delegateWithoutPrivateEventAccess", Level.EDITOR),
        ("delegateWithPrivateEventAccess", Level.EDITOR),
    ],
)
def test_a_role_is_an_entry_of_the_folder(office, role, level):
    made = share(office, "AlexW@contoso.com", role)
    assert made.status == 201
    assert (made["role"], made["isRemovable"], made["isInsideOrganization"]) == (role, True, True)
    assert made["emailAddress"] == {"name": "Alex Wilber", "address": "AlexW@contoso.com"}
    assert given(office, "alexw@contoso.com") is level
    target = f"{PERMISSIONS}/{made['id']}"
    assert made.headers["location"].endswith(f"/calendarPermissions('{made['id']}')")
    assert office.adele.get(target).json == {**made.json, "@odata.context": office.adele.get(target)["@odata.context"]}
    assert [entry["role"] for entry in office.adele.get(PERMISSIONS)["value"]] == ["freeBusyRead", role]
    assert office.adele.delete(target).status == 204
    assert given(office, "alexw@contoso.com") is None
    assert office.adele.get(target).code == "ErrorItemNotFound"


def test_a_delegate_by_role_is_a_delegate_to_ews(office):
    adele = office.adele.actor
    made = share(office, "AlexW@contoso.com", "delegateWithPrivateEventAccess")
    (delegate,) = delegates.delegation(office.world, adele).delegates
    assert (delegate.user, delegate.views_private, delegate.receives_copies) == ("alexw@contoso.com", True, True)
    assert delegates.delegation(office.world, adele).delivery is MeetingDelivery.DELEGATES_ONLY
    target = f"{PERMISSIONS}/{made['id']}"
    office.adele.patch(target, {"role": "delegateWithoutPrivateEventAccess"})
    assert delegates.delegation(office.world, adele).delegates[0].views_private is False
    assert office.adele.patch(target, {"role": "read"})["role"] == "read"
    assert delegates.delegation(office.world, adele).delegates == ()
    office.adele.patch(target, {"role": "delegateWithPrivateEventAccess"})
    assert office.adele.delete(target).status == 204
    assert delegates.delegation(office.world, adele).delegates == ()


def test_a_delegate_of_ews_has_a_delegates_role(office):
    adele, alex = office.adele.actor, office.alex.actor
    levels = {FolderRole.CALENDAR: Level.EDITOR}
    delegates.add_delegate(office.world, adele, alex, DelegateChange(levels=levels, views_private=True))
    role = office.adele.get(PERMISSIONS)["value"][1]["role"]
    assert role == "delegateWithPrivateEventAccess"
    delegates.update_delegate(office.world, adele, alex.person.key, DelegateChange(views_private=False))
    assert office.adele.get(PERMISSIONS)["value"][1]["role"] == "delegateWithoutPrivateEventAccess"


def test_rights_that_no_role_stands_for_are_custom(office):
    adele = office.adele.actor
    entries = (Permission("alexw@contoso.com", LEVELS[Level.AUTHOR]), Permission(ANONYMOUS, LEVELS[Level.REVIEWER]))
    edit = lambda folder: replace(folder, permissions=(*permissions_of(folder, adele), *entries))  # noqa: E731
    folders.update_folder(office.world, adele, CALENDAR, edit)
    everybody, alex = office.adele.get(PERMISSIONS)["value"]
    assert (everybody["role"], alex["role"]) == ("freeBusyRead", "custom")
    assert "custom" not in alex["allowedRoles"]


@pytest.mark.requirement("GRAPH-CAL-008")
def test_a_role_that_is_not_allowed_is_refused(office):
    alex = share(office, "AlexW@contoso.com", "read")["id"]
    stranger = share(office, "someone@elsewhere.test", "read")
    assert (stranger["isInsideOrganization"], stranger["allowedRoles"]) == (
        False,
        ["freeBusyRead", "limitedRead", "read"],
    )
    before = office.world.store.snapshot()
    for key, role in (
        (alex, "none"),
        (alex, "custom"),
        (stranger["id"], "write"),
        ("RGVmYXVsdA==", "delegateWithPrivateEventAccess"),
    ):
        answer = office.adele.patch(f"{PERMISSIONS}/{key}", {"role": role})
        assert (answer.status, answer.code) == (400, "ErrorInvalidRequest")
    assert office.world.store.snapshot() == before


def test_only_the_role_is_changed(office):
    made = share(office, "AlexW@contoso.com", "read")
    body = {"role": "write", "isRemovable": False, "emailAddress": {"address": LEE}, "allowedRoles": []}
    changed = office.adele.patch(f"{PERMISSIONS}/{made['id']}", body)
    assert changed["role"] == "write"
    assert {name: changed[name] for name in ("id", "isRemovable", "emailAddress", "allowedRoles")} == {
        name: made[name] for name in ("id", "isRemovable", "emailAddress", "allowedRoles")
    }
    assert office.adele.patch(f"{PERMISSIONS}/{made['id']}", {}).json == changed.json


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "RequestBodyRead"),
        ({"role": "read"}, 400, "RequestBodyRead"),
        ({"emailAddress": {"address": "AlexW@contoso.com"}}, 400, "RequestBodyRead"),
        ({"emailAddress": {"address": "AlexW@contoso.com"}, "role": "king"}, 400, "RequestBodyRead"),
        ({"emailAddress": {"address": "AlexW@contoso.com"}, "role": "custom"}, 400, "ErrorInvalidRequest"),
        ({"emailAddress": {"address": "adelev@contoso.com"}, "role": "read"}, 400, "ErrorInvalidRequest"),
        ({"emailAddress": {"address": "organizer0@example.com"}, "role": "read"}, 409, "ErrorInvalidRequest"),
        ({"emailAddress": {"address": "attendee0@example.com"}, "role": "write"}, 400, "ErrorInvalidRequest"),
    ],
)
def test_what_cannot_be_given_is_refused(office, body, status, code):
    share(office, "organizer0@example.com", "read")
    before = office.world.store.snapshot()
    answer = office.adele.post(PERMISSIONS, body)
    assert (answer.status, answer.code) == (status, code)
    assert office.world.store.snapshot() == before


def test_ids_that_name_no_entry_are_not_found(office):
    for key, status in (("bm9ib2R5", 404), ("%%%", 400), ("_-__", 400), ("QW5vbnltb3Vz", 404)):
        assert office.adele.get(f"{PERMISSIONS}/{key}").status == status
        assert office.adele.delete(f"{PERMISSIONS}/{key}").status == status


@pytest.mark.requirement("GRAPH-CAL-009")
def test_who_a_calendar_is_shared_with_learns_of_no_entries_and_writes_none(office):
    share(office, "AlexW@contoso.com", "write")
    alex = office.caller("AlexW@contoso.com", scopes=SHARED)
    target = "/v1.0/users/AdeleV@contoso.com/calendar"
    calendar = alex.get(target)
    assert (calendar["canEdit"], calendar["canShare"], calendar["canViewPrivateItems"]) == (True, False, False)
    assert (calendar["owner"]["address"], calendar["isRemovable"]) == ("AdeleV@contoso.com", False)
    assert alex.get(f"{target}/calendarPermissions")["value"] == []
    before = office.world.store.snapshot()
    for answer in (
        alex.post(f"{target}/calendarPermissions", {"emailAddress": {"address": LEE}, "role": "read"}),
        alex.patch(f"{target}/calendarPermissions/RGVmYXVsdA==", {"role": "write"}),
        alex.delete(f"{target}/calendarPermissions/RGVmYXVsdA=="),
        alex.patch(target, {"color": "lightRed"}),
        alex.post("/v1.0/users/AdeleV@contoso.com/calendars", {"name": "Mine"}),
        alex.post("/v1.0/users/AdeleV@contoso.com/calendarGroups", {"name": "Mine"}),
    ):
        assert (answer.status, answer.code) == (403, "ErrorAccessDenied")
    assert office.world.store.snapshot() == before


@pytest.mark.parametrize(
    ("role", "edits", "sees_private"),
    [
        ("read", False, False),
        ("write", True, False),
        ("delegateWithoutPrivateEventAccess", True, False),
        ("delegateWithPrivateEventAccess", True, True),
    ],
)
def test_a_role_decides_what_its_holder_can(office, lunch, role, edits, sees_private):
    share(office, "AlexW@contoso.com", role)
    office.adele.post(f"{ME}/events", {**lunch, "attendees": [], "sensitivity": "private"})
    alex = office.caller("AlexW@contoso.com", scopes=SHARED)
    calendar = alex.get("/v1.0/users/AdeleV@contoso.com/calendar")
    assert (calendar["canEdit"], calendar["canViewPrivateItems"]) == (edits, sees_private)
    assert len(alex.get("/v1.0/users/AdeleV@contoso.com/events")["value"]) == sees_private
    made = alex.post("/v1.0/users/AdeleV@contoso.com/events", {**lunch, "attendees": []})
    assert made.status == (201 if edits else 403)


@pytest.mark.parametrize("role", ["none", "freeBusyRead", "limitedRead"])
def test_who_sees_times_alone_does_not_open_the_calendar(office, role):
    if role != "none":
        share(office, "AlexW@contoso.com", role)
    answer = office.caller("AlexW@contoso.com", scopes=SHARED).get("/v1.0/users/AdeleV@contoso.com/calendar")
    assert (answer.status, answer.code) == (403, "ErrorAccessDenied")


def test_another_calendar_is_shared_by_itself_and_has_no_delegates(office):
    key = office.adele.post(f"{ME}/calendars", {"name": "Training"})["id"]
    target = f"{ME}/calendars/{key}/calendarPermissions"
    made = share(office, "AlexW@contoso.com", "read", target)
    assert made["allowedRoles"] == ["freeBusyRead", "limitedRead", "read", "write"]
    assert len(office.adele.get(PERMISSIONS)["value"]) == 1
    alex = office.caller("AlexW@contoso.com", scopes=SHARED)
    shown = alex.get("/v1.0/users/AdeleV@contoso.com/calendars")["value"]
    assert [calendar["name"] for calendar in shown] == ["Training"]
    delegate = {"role": "delegateWithPrivateEventAccess"}
    assert office.adele.patch(f"{target}/{made['id']}", delegate).code == "ErrorInvalidRequest"


def test_a_list_is_given_a_role_but_is_no_delegate(office):
    organizer = office.caller("organizer0@example.com")
    body = {"emailAddress": {"address": "list0@example.com"}, "role": "read"}
    made = organizer.post(PERMISSIONS, body)
    assert (made["role"], made["allowedRoles"][-1]) == ("read", "write")
    member = office.caller("attendee3@example.com", scopes=SHARED)
    assert member.get("/v1.0/users/organizer0@example.com/calendar").status == 200
    assert directory.find_mailbox(office.world, "list0@example.com") is not None


def test_answers_about_permissions_are_whole(office, see_damage):
    made = share(office, "AlexW@contoso.com", "read")
    assert see_damage(
        [
            ("calendarPermission.schema.json#/$defs/entity", made.json),
            ("calendarPermission.schema.json#/$defs/collection", office.adele.get(PERMISSIONS).json),
        ]
    )
