"""Every request has a name, with ids and mailboxes set apart."""

import pytest

from conformance.model.exchange import Request
from conformance.wire import graph
from conformance.wire.operation import Protocol, operation, protocol

ID = "AAMkADAwJXJGu0AAACEhWOAAA="


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("POST", "/v1.0/me/events", "POST events"),
        ("post", "/beta/users/AdeleV%40contoso.com/events", "POST events"),
        ("POST", "/v1.0/users('AdeleV@contoso.com')/events", "POST events"),
        ("GET", f"/v1.0/me/events/{ID}?$select=subject", "GET events/{id}"),
        ("GET", f"/v1.0/me/events('{ID}')", "GET events/{id}"),
        ("POST", f"/v1.0/me/events/{ID}/tentativelyAccept", "POST events/{id}/tentativelyAccept"),
        ("POST", f"/v1.0/me/events/{ID}/TENTATIVELYACCEPT", "POST events/{id}/tentativelyAccept"),
        ("POST", f"/v1.0/me/events/{ID}/microsoft.graph.accept", "POST events/{id}/accept"),
        ("POST", "/v1.0/me/events/x/tentativelyAccept", "POST events/{id}/tentativelyAccept"),
        ("GET", "/v1.0/me/calendar/events", "GET calendar/events"),
        ("GET", f"/v1.0/me/calendars/{ID}/events/{ID}", "GET calendars/{id}/events/{id}"),
        ("GET", "/v1.0/me/calendarView?startDateTime=1&endDateTime=2", "GET calendarView"),
        ("GET", "/v1.0/me/calendarview/delta", "GET calendarView/delta"),
        ("POST", "/v1.0/me/calendar/getschedule", "POST calendar/getSchedule"),
        ("GET", "/v1.0/me/messages?$top=1", "GET messages"),
        ("GET", "/v1.0/me/mailFolders/inbox/messages", "GET mailFolders/inbox/messages"),
        ("GET", "/v1.0/me/mailfolders('Inbox')/messages", "GET mailFolders/inbox/messages"),
        ("GET", f"/v1.0/me/mailFolders/{ID}/messages/{ID}", "GET mailFolders/{id}/messages/{id}"),
        ("GET", f"/v1.0/me/messages/{ID}/microsoft.graph.eventMessage/event", "GET messages/{id}/eventMessage/event"),
        ("GET", "/v1.0/me/messages/$count", "GET messages/$count"),
        ("GET", "/v1.0/me", "GET me"),
        ("GET", "/v1.0/users", "GET users"),
        ("GET", "/v1.0/users/AdeleV@contoso.com", "GET users/{id}"),
        ("POST", "/v1.0/$batch", "POST $batch"),
        ("GET", "/v1.0/me/reminderView(startDateTime='a',endDateTime='b')", "GET reminderView()"),
        (
            "GET",
            "/v1.0/me/outlook/supportedTimeZones(TimeZoneStandard=microsoft.graph.timeZoneStandard'Iana')",
            "GET outlook/supportedTimeZones()",
        ),
    ],
)
def test_a_graph_operation_is_its_method_and_its_path_without_ids(method, path, name):
    assert graph.operation(method, "https://graph.example" + path) == name
    assert operation(Request(method, "https://graph.example" + path)) == name


def test_keys_and_mailboxes_are_told_apart():
    steps = graph.segments(f"https://g/v1.0/users/AdeleV%40contoso.com/events/{ID}/accept")
    assert [(each.text, each.key, each.mailbox) for each in steps] == [
        ("users", False, True),
        ("AdeleV@contoso.com", True, True),
        ("events", False, False),
        (ID, True, False),
        ("accept", False, False),
    ]
    assert graph.mailbox("https://g/v1.0/users/AdeleV%40contoso.com/events") == "AdeleV@contoso.com"
    assert graph.mailbox("https://g/v1.0/me/events") == "me"
    assert graph.mailbox("https://g/v1.0/places/x") == ""


def test_a_doubled_quote_in_a_key_is_one():
    assert graph.mailbox("https://g/v1.0/users('o''neil@a.example')/events") == "o'neil@a.example"


ENVELOPE = b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>%b</s:Body></s:Envelope>'
SOAP = ENVELOPE % b'<FindItem xmlns="m"/>'


@pytest.mark.parametrize(
    ("request_", "spoken", "name"),
    [
        (Request("POST", "https://a/EWS/Exchange.asmx", (), SOAP), Protocol.EWS, "FindItem"),
        (Request("POST", "https://a/other", (), SOAP), Protocol.EWS, "FindItem"),
        (Request("POST", "https://a/EWS/Exchange.asmx", (), b"<broken"), Protocol.EWS, "POST /EWS/Exchange.asmx"),
        (
            Request("POST", "https://a/oauth2/v2.0/token", (), b"grant_type=password&username=x"),
            Protocol.OAUTH,
            "token password",
        ),
        (Request("GET", "https://a/favicon.ico"), Protocol.OTHER, "GET /favicon.ico"),
        (Request("GET", "https://["), Protocol.OTHER, "GET https://["),
    ],
)
def test_every_request_has_a_protocol_and_a_name(request_, spoken, name):
    assert protocol(request_) is spoken
    assert operation(request_) == name


@pytest.mark.parametrize(
    ("url", "name", "is_graph"),
    [
        ("https://graph.example/v1.0/me/events/x", "GET events/{id}", True),
        ("https://mail.example/api/gc/v1/me/events/x", "GET events/{id}", True),
        ("https://mail.example/graph/v1.0/users('a')/events", "GET events", True),
        ("https://mail.example/api/v1/me", "GET me", True),
        ("https://mail.example/api/v1/calendars", "GET api/v1/calendars", False),
        ("https://mail.example/me/events", "GET events", False),
    ],
)
def test_graph_may_have_its_root_elsewhere_where_a_resource_follows_the_version(url, name, is_graph):
    assert graph.is_graph(Request("GET", url)) is is_graph
    assert graph.operation("GET", url) == name
