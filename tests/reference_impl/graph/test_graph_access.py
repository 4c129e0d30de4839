"""Who may do what: tokens, permissions, and whose mailbox an address goes into."""

from __future__ import annotations

import re

import pytest

from reference_impl.domain.acts import CALENDAR
from reference_impl.domain.copying import replace
from reference_impl.domain.mailbox import Mailbox, Person, permissions_of
from reference_impl.domain.permissions import LEVELS, Level, Permission
from reference_impl.graph.router import Reach, Route
from reference_impl.graph.routes import ROUTES
from reference_impl.graph.routes.scopes import DIRECTORY, USER_READ
from reference_impl.service import folders

WRITES = frozenset({"Calendars.ReadWrite"})


@pytest.mark.requirement("GRAPH-WIRE-002", "GRAPH-WIRE-003")
def test_without_a_token_the_answer_is_401_with_a_bearer_challenge(office, lunch):
    for method, target in (("GET", "/v1.0/me"), ("POST", "/v1.0/me/events"), ("GET", "/beta/nowhere")):
        answer = office.nobody(method, target, lunch if method == "POST" else None)
        assert (answer.status, answer.code) == (401, "InvalidAuthenticationToken")
        assert answer.headers["www-authenticate"].startswith("Bearer ")


@pytest.mark.requirement("GRAPH-WIRE-004")
@pytest.mark.parametrize(
    ("scope", "method", "target", "status"),
    [
        ("Calendars.Read", "GET", "/v1.0/me/events", 200),
        ("Calendars.Read", "GET", "/v1.0/me/calendarView?startDateTime=2026-01-01&endDateTime=2026-02-01", 200),
        ("Calendars.Read", "POST", "/v1.0/me/events", 403),
        ("Calendars.Read", "GET", "/v1.0/me/messages", 403),
        ("Calendars.Read", "GET", "/v1.0/me/mailboxSettings", 403),
        ("calendars.readwrite", "POST", "/v1.0/me/events", 201),
        ("https://graph.microsoft.com/Calendars.ReadWrite", "POST", "/v1.0/me/events", 201),
        ("Calendars.ReadBasic", "GET", "/v1.0/me/events", 403),
        ("Calendars.ReadBasic", "GET", "/v1.0/me/calendar", 200),
        ("Mail.Read", "GET", "/v1.0/me/messages", 200),
        ("Mail.Read", "GET", "/v1.0/me/mailFolders", 200),
        ("Mail.Read", "GET", "/v1.0/me/events", 403),
        ("MailboxSettings.Read", "GET", "/v1.0/me/mailboxSettings", 200),
        ("User.Read", "GET", "/v1.0/me", 200),
        ("User.Read", "GET", "/v1.0/me/outlook/supportedTimeZones", 200),
        ("User.Read", "GET", "/v1.0/me/calendars", 403),
    ],
)
def test_each_operation_needs_its_permission(office, lunch, scope, method, target, status):
    caller = office.caller("AlexW@contoso.com", scopes=frozenset({scope}))
    answer = caller(method, target, lunch if method == "POST" else None)
    assert answer.status == status
    if status == 403:
        assert answer.code == "ErrorAccessDenied"
        assert office.alex.get("/v1.0/me/events")["value"] == []


def address_of(route: Route, user: str) -> str:
    """Somewhere that a route leads to, with keys that name nothing."""
    path = re.sub(r"\{\w+\}", "nothing", route.paths[0])
    path = re.sub(r"\((\w[\w,]*)\)", lambda found: f"({','.join(f'{each}=1' for each in found[1].split(','))})", path)
    return f"/v1.0{path}" if route.reach is Reach.SERVICE else f"/v1.0{user}{path}"


GUARDED = [route for route in ROUTES if route.scopes]


def refusal_of(route: Route) -> tuple[int, str]:
    """How a token without the permission is refused: the directory has words of its own."""
    is_directory = route.reach is not Reach.MAILBOX and route.scopes <= USER_READ | DIRECTORY
    return 403, "Authorization_RequestDenied" if is_directory else "ErrorAccessDenied"


@pytest.mark.requirement("GRAPH-WIRE-002", "GRAPH-WIRE-004")
@pytest.mark.parametrize("route", GUARDED, ids=lambda route: route.name)
def test_no_operation_is_done_without_a_token_or_with_another_permission(office, route):
    target = address_of(route, "/me")
    assert (office.nobody(route.method, target, {}).status) == 401
    answer = office.caller("AlexW@contoso.com", scopes=frozenset({"Files.Read"}))(route.method, target, {})
    assert (answer.status, answer.code) == refusal_of(route)


@pytest.mark.requirement("GRAPH-WIRE-004")
@pytest.mark.parametrize("route", GUARDED, ids=lambda route: route.name)
def test_no_operation_is_done_for_an_application_with_another_role(office, route):
    target = address_of(route, "/users/AlexW@contoso.com")
    application = office.caller("organizer0@example.com", application=True, scopes=frozenset({"User.Read"}))
    answer = application(route.method, target, {})
    assert (answer.status, answer.code) == refusal_of(route)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_an_application_without_a_mailbox_is_answered_everywhere(office, route):
    entry = Mailbox(id="9b0f3c0e-2d0f-5f0b-8a64-0c8f1b0d7a11", person=Person("robot@tenant", "Robot"))
    robot = replace(office.caller("organizer0@example.com", application=True), actor=entry)
    answer = robot(route.method, address_of(route, "/users/AlexW@contoso.com"), {} if route.method != "GET" else None)
    assert answer.status < 500


@pytest.mark.parametrize(
    ("role", "target", "status"),
    [
        ("Calendars.Read", "/events", 200),
        ("Calendars.Read.Shared", "/events", 403),
        ("User.Read", "/outlook/supportedTimeZones", 403),
        ("User.Read.All", "/outlook/supportedTimeZones", 200),
        ("User.Read.All", "", 200),
        ("User.Read", "", 403),
        ("Calendars.Read", "", 403),
    ],
)
def test_an_application_needs_a_role_that_applications_have(office, role, target, status):
    application = office.caller("organizer0@example.com", application=True, scopes=frozenset({role}))
    assert application.get(f"/v1.0/users/AlexW@contoso.com{target}").status == status


def test_ones_own_entry_needs_a_permission_too(office):
    for scope, status in (("Calendars.Read", 403), ("User.Read", 200), ("User.ReadBasic.All", 200)):
        caller = office.caller("AlexW@contoso.com", scopes=frozenset({scope}))
        assert caller.get("/v1.0/me").status == status
        assert caller.get("/v1.0/users/AlexW@contoso.com").status == status


def test_a_message_cannot_be_changed_with_a_reading_permission(office, invited):
    reader = office.caller("AdeleV@contoso.com", scopes=frozenset({"Mail.Read"}))
    key = reader.get("/v1.0/me/messages")["value"][0]["id"]
    assert reader.patch(f"/v1.0/me/messages/{key}", {"isRead": True}).status == 403
    assert reader.delete(f"/v1.0/me/messages/{key}").status == 403
    assert reader.get(f"/v1.0/me/messages/{key}")["isRead"] is False


@pytest.mark.requirement("GRAPH-WIRE-028")
def test_me_id_address_and_the_kits_placeholder_are_one_mailbox(office, invited):
    mine, _ = invited
    alex = office.alex
    event = alex.get(f"/v1.0/me/events/{mine}").json
    me = alex.get("/v1.0/me")
    for user in (me["id"], me["id"].upper(), "AlexW@contoso.com", "alexw%40CONTOSO.com", "me-token-to-replace"):
        other = alex.get(f"/v1.0/users/{user}/events/{mine}").json
        assert {**other, "@odata.context": ""} == {**event, "@odata.context": ""}
    assert "users('alexw%40CONTOSO.com')" in alex.get("/v1.0/users/alexw%40CONTOSO.com/events")["@odata.context"]
    assert alex.get("/v1.0/users('AlexW%40contoso.com')/calendar").status == 200


def test_another_persons_mailbox_is_closed(office, invited):
    for target in ("events", "messages", "calendar", f"events/{invited[1]}"):
        answer = office.alex.get(f"/v1.0/users/AdeleV@contoso.com/{target}")
        assert (answer.status, answer.code) == (403, "ErrorAccessDenied")


SHARED = frozenset({"Calendars.ReadWrite.Shared"})
BOSS = "/v1.0/users/AdeleV@contoso.com"


@pytest.fixture
def share(office):
    """Gives Alex a level of access to Adele's calendar."""

    def give(level: Level) -> None:
        entry = Permission("alexw@contoso.com", LEVELS[level])
        folders.update_folder(
            office.world,
            office.adele.actor,
            CALENDAR,
            lambda folder: replace(folder, permissions=(*permissions_of(folder, office.adele.actor), entry)),
        )

    return give


@pytest.mark.parametrize("scope", ["Calendars.ReadWrite", "Calendars.Read", "Mail.ReadWrite.Shared"])
def test_what_others_share_needs_a_shared_permission(office, share, lunch, scope):
    share(Level.EDITOR)
    caller = office.caller("AlexW@contoso.com", scopes=frozenset({scope}))
    answer = caller.get(f"{BOSS}/events")
    assert (answer.status, answer.code) == (403, "ErrorAccessDenied")
    assert office.caller("AlexW@contoso.com", scopes=SHARED).get(f"{BOSS}/events").status == 200
    assert office.caller("AlexW@contoso.com", scopes=SHARED).get("/v1.0/me/events").status == 200


def test_who_reads_a_shared_calendar_changes_nothing_in_it(office, share, lunch):
    share(Level.REVIEWER)
    alex = office.caller("AlexW@contoso.com", scopes=SHARED)
    mine = office.adele.post("/v1.0/me/events", {**lunch, "attendees": []})["id"]
    assert [event["id"] for event in alex.get(f"{BOSS}/events")["value"]] == [mine]
    assert [event["id"] for event in alex.get(f"{BOSS}/calendar/events")["value"]] == [mine]
    before = office.world.store.snapshot()
    for answer in (
        alex.patch(f"{BOSS}/events/{mine}", {"subject": "Mine"}),
        alex.delete(f"{BOSS}/events/{mine}"),
        alex.post(f"{BOSS}/events", {**lunch, "attendees": []}),
    ):
        assert (answer.status, answer.code) == (403, "ErrorAccessDenied")
    assert office.world.store.snapshot() == before


def test_who_writes_a_shared_calendar_works_on_its_owners_events(office, share, lunch):
    share(Level.EDITOR)
    alex = office.caller("AlexW@contoso.com", scopes=SHARED)
    made = alex.post(f"{BOSS}/events", {**lunch, "attendees": []})
    assert made["organizer"]["emailAddress"]["address"] == "AdeleV@contoso.com"
    assert alex.patch(f"{BOSS}/events/{made['id']}", {"subject": "Moved"})["subject"] == "Moved"
    assert office.adele.get(f"/v1.0/me/events/{made['id']}")["subject"] == "Moved"
    assert alex.delete(f"{BOSS}/events/{made['id']}").status == 204
    assert office.adele.get("/v1.0/me/events")["value"] == []


def test_private_events_of_a_shared_calendar_are_not_there(office, share, lunch):
    share(Level.EDITOR)
    key = office.adele.post("/v1.0/me/events", {**lunch, "attendees": [], "sensitivity": "private"})["id"]
    alex = office.caller("AlexW@contoso.com", scopes=SHARED)
    assert alex.get(f"{BOSS}/events")["value"] == []
    answer = alex.get(f"{BOSS}/events/{key}")
    assert (answer.status, answer.code) == (404, "ErrorItemNotFound")


def test_mail_and_settings_stay_closed_to_who_shares_a_calendar(office, share):
    share(Level.EDITOR)
    for target in ("messages", "mailFolders/inbox", "mailFolders/inbox/messages", "mailboxSettings"):
        assert office.alex.get(f"{BOSS}/{target}").status in {403, 404}
    assert office.alex.get(f"{BOSS}/mailFolders")["value"] == []


def test_unknown_people_and_lists_have_no_mailbox(office):
    answer = office.alex.get("/v1.0/users/ghost@contoso.com/events")
    assert (answer.status, answer.code) == (404, "ErrorInvalidUser")
    answer = office.alex.get("/v1.0/users/ghost@contoso.com")
    assert (answer.status, answer.code) == (404, "Request_ResourceNotFound")
    answer = office.alex.get("/v1.0/users/list0@example.com/events")
    assert (answer.status, answer.code) == (404, "MailboxNotEnabledForRESTAPI")
    assert office.alex.get("/v1.0/users/list0@example.com").status == 404
    assert office.alex.get("/v1.0/users/00000000-0000-0000-0000-000000000000").status == 404


def test_the_directory_shows_others_with_a_directory_permission_only(office):
    answer = office.alex.get("/v1.0/users/AdeleV@contoso.com")
    assert answer["displayName"] == "Adele Vance"
    reader = office.caller("AlexW@contoso.com", scopes=frozenset({"User.Read"}))
    assert reader.get("/v1.0/users/AdeleV@contoso.com").status == 403
    assert reader.get("/v1.0/users/AlexW@contoso.com").status == 200


def test_an_application_reaches_every_mailbox_but_has_no_me(office, lunch):
    application = office.caller("organizer0@example.com", application=True, scopes=WRITES)
    for target in ("/v1.0/me/events", "/v1.0/me"):
        answer = application.get(target)
        assert (answer.status, answer.code) == (400, "BadRequest")
    created = application.post("/v1.0/users/AlexW@contoso.com/events", lunch)
    assert created.status == 201
    assert created["organizer"]["emailAddress"]["address"] == "AlexW@contoso.com"
    assert office.alex.get("/v1.0/me/events")["value"][0]["id"] == created["id"]
    assert application.get("/v1.0/users/AlexW@contoso.com/messages").status == 403


@pytest.mark.requirement("GRAPH-WIRE-013", "GRAPH-WIRE-014")
def test_keys_stand_in_slashes_or_parentheses_and_keywords_in_any_case(office, invited):
    mine, _ = invited
    expected = office.alex.get(f"/v1.0/me/events/{mine}").json
    for target in (
        f"/v1.0/me/events('{mine}')",
        f"/v1.0/me/events({mine})",
        f"/v1.0/ME/Events/{mine}",
        f"/V1.0/me/calendar/EVENTS/{mine}/",
        f"/v1.0/me/events/{mine.replace('-', '%2D').replace('_', '%5F')}",
    ):
        assert office.alex.get(target).json == expected
    assert office.alex.get(f"/v1.0/me/events/{mine.swapcase()}").status in {400, 404}
    assert office.alex.get("/v1.0/me/mailfolders('Inbox')/messages").status == 200


def test_a_qualified_act_is_the_act(office, invited):
    assert office.adele.post(f"/v1.0/me/events/{invited[1]}/microsoft.graph.accept", {}).status == 202
    assert office.adele.post(f"/v1.0/me/events/{invited[1]}/Microsoft.Graph.TentativelyAccept", {}).status == 202
    attendee = office.alex.get(f"/v1.0/me/events/{invited[0]}")["attendees"][0]
    assert attendee["status"]["response"] == "tentativelyAccepted"
