"""Who may do what: tokens, permissions, and whose mailbox an address goes into."""

from __future__ import annotations

import pytest

WRITES = frozenset({"Calendars.ReadWrite"})


def test_without_a_token_the_answer_is_401_with_a_bearer_challenge(office, lunch):
    for method, target in (("GET", "/v1.0/me"), ("POST", "/v1.0/me/events"), ("GET", "/beta/nowhere")):
        answer = office.nobody(method, target, lunch if method == "POST" else None)
        assert (answer.status, answer.code) == (401, "InvalidAuthenticationToken")
        assert answer.headers["www-authenticate"].startswith("Bearer ")


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


def test_a_message_cannot_be_changed_with_a_reading_permission(office, invited):
    reader = office.caller("AdeleV@contoso.com", scopes=frozenset({"Mail.Read"}))
    key = reader.get("/v1.0/me/messages")["value"][0]["id"]
    assert reader.patch(f"/v1.0/me/messages/{key}", {"isRead": True}).status == 403
    assert reader.delete(f"/v1.0/me/messages/{key}").status == 403
    assert reader.get(f"/v1.0/me/messages/{key}")["isRead"] is False


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
