"""Answers are held to the schema of the requested version or of the Graph operation, and breaches are told by path."""

import json

import pytest

from conformance.model.exchange import Exchange, Request, Response
from conformance.wire.path import remove, replace
from conformance.wire.schemas import Direction, NoSuchVersion, ews_schema, folder, versions
from conformance.wire.validate import graph_operation, push_violations, request_violations, violations

NAMESPACES = (
    'xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"'
    ' xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"'
)
VERSION_INFO = (
    '<t:ServerVersionInfo MajorVersion="15" MinorVersion="0" MajorBuildNumber="847" MinorBuildNumber="32"'
    ' Version="Exchange2013_SP1"/>'
)


def soap(header, body):
    return f"<s:Envelope {NAMESPACES}><s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>".encode()


def ews(answer, version="Exchange2013_SP1", status=200):
    asked = f'<t:RequestServerVersion Version="{version}"/>' if version else ""
    find = (
        '<m:GetItem><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape><m:ItemIds><t:ItemId Id="QQ=="/>'
        "</m:ItemIds></m:GetItem>"
    )
    request = Request("POST", "https://a.example/EWS/Exchange.asmx", (), soap(asked, find))
    return Exchange(request, Response(status, "", (), answer))


ITEM = (
    '<t:CalendarItem><t:ItemId Id="QQ==" ChangeKey="Qg=="/><t:Subject>Lunch</t:Subject>'
    "<t:Start>2026-01-06T10:00:00Z</t:Start><t:End>2026-01-06T11:00:00Z</t:End>"
    "<t:CalendarItemType>Single</t:CalendarItemType></t:CalendarItem>"
)


def got(item=ITEM):
    return soap(
        VERSION_INFO,
        '<m:GetItemResponse><m:ResponseMessages><m:GetItemResponseMessage ResponseClass="Success">'
        f"<m:ResponseCode>NoError</m:ResponseCode><m:Items>{item}</m:Items>"
        "</m:GetItemResponseMessage></m:ResponseMessages></m:GetItemResponse>",
    )


HERE = "response/m:GetItemResponse/m:ResponseMessages/m:GetItemResponseMessage/m:Items/t:CalendarItem"


def test_a_good_answer_has_no_violation():
    assert violations(ews(got())) == ()


@pytest.mark.parametrize(
    ("change", "path", "told"),
    [
        (("Single", "Sometimes"), f"{HERE}/t:CalendarItemType", "Sometimes"),
        (("2026-01-06T10:00:00Z", "soon"), f"{HERE}/t:Start", "soon"),
        (("<t:Subject>Lunch</t:Subject>", "<t:Made>up</t:Made>"), f"{HERE}/t:Made", "t:Made"),
        (('Class="Success"', 'Class="Fine"'), HERE.partition("/m:Items")[0], "Fine"),
        (("m:Items", "t:Items"), HERE.partition("/m:Items")[0] + "/t:Items", "t:Items"),
    ],
)
def test_a_breach_of_the_xsd_is_told_at_its_path(change, path, told):
    found = violations(ews(got().replace(*(each.encode() for each in change))))
    assert found
    assert found[0].path == path
    assert told in found[0].message
    assert "{http" not in found[0].message


def test_an_answer_is_held_to_the_version_that_was_asked_for():
    newer = ITEM.replace("</t:CalendarItem>", "<t:IsOrganizer>true</t:IsOrganizer></t:CalendarItem>")
    assert violations(ews(got(newer), "Exchange2013")) == ()
    found = violations(ews(got(newer), "Exchange2010"))
    assert [each.path for each in found] == [f"{HERE}/t:IsOrganizer"]


def test_the_elements_of_an_answer_are_required():
    body = got()
    for path in ("//m:ResponseCode", "//@ResponseClass", "//t:ItemId/@Id", "//m:Items", "//t:ServerVersionInfo"):
        assert violations(ews(remove(body, path))), path


def test_a_fault_has_a_schema_of_its_own():
    fault = soap(
        "",
        '<s:Fault><faultcode xmlns:a="http://schemas.microsoft.com/exchange/services/2006/types">'
        'a:ErrorInvalidServerVersion</faultcode><faultstring xml:lang="en-US">No such version.</faultstring><detail>'
        '<e:ResponseCode xmlns:e="http://schemas.microsoft.com/exchange/services/2006/errors">ErrorInvalidServerVersion'
        '</e:ResponseCode><e:Message xmlns:e="http://schemas.microsoft.com/exchange/services/2006/errors">No such.'
        "</e:Message></detail></s:Fault>",
    )
    assert violations(ews(fault, "Exchange1999", 500)) == ()
    assert violations(ews(fault, status=500)) == ()
    assert violations(ews(fault.replace(b"e:Message", b"e:Massage"), status=500))


def test_an_answer_to_an_unknown_version_cannot_be_valid():
    found = violations(ews(got(), "Exchange1999"))
    assert "Exchange1999" in found[0].message


def test_success_without_soap_is_a_violation_and_a_refusal_is_none():
    assert violations(ews(b"fine"))[0].path == "response"
    assert violations(ews(b"Unauthorized", status=401)) == ()


def test_requests_are_checked_when_asked():
    assert request_violations(ews(b"").request) == ()
    body = ews(b"").request.body.replace(b"BaseShape", b"BaseShapes")
    found = request_violations(Request("POST", "https://a/EWS/Exchange.asmx", (), body))
    assert found[0].path == "request/m:GetItem/m:ItemShape/t:BaseShapes"
    assert request_violations(Request("POST", "https://a/EWS/Exchange.asmx", (), b"<"))[0].path == "request"


@pytest.mark.parametrize("version", versions())
@pytest.mark.parametrize("direction", Direction)
def test_every_version_has_its_schemas(version, direction):
    assert ews_schema(version, direction).validate(ews_tree()) in {True, False}


def ews_tree():
    from conformance.wire.ews import parse

    return parse(got())


def test_an_unknown_version_is_told():
    with pytest.raises(NoSuchVersion, match="Exchange1999"):
        ews_schema("Exchange1999", Direction.ANSWER)
    assert versions()[0] == "Exchange2007"
    assert (folder() / "ews" / "envelope.xsd").is_file()


EVENT = {"subject": "Lunch", "start": {"dateTime": "2026-01-06T10:00:00", "timeZone": "UTC"}}


def graph(method, path, status, answer, asked=b""):
    request = Request(method, f"https://graph.example/v1.0{path}", (), asked)
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    return Exchange(request, Response(status, "", (("Content-Type", "application/json"),) if body else (), body))


ERROR = {
    "error": {
        "code": "ErrorItemNotFound",
        "message": "The specified object was not found in the store.",
        "innerError": {
            "date": "2026-01-05T08:00:00",
            "request-id": "00000000-0000-4000-8000-000000000001",
            "client-request-id": "00000000-0000-4000-8000-000000000001",
        },
    }
}


def test_graph_errors_have_the_envelope():
    assert violations(graph("GET", "/me/events/x", 404, ERROR)) == ()
    found = violations(graph("GET", "/me/events/x", 404, {"error": {"code": 404}}))
    assert {each.path for each in found} >= {"response$.error.code"}
    assert violations(graph("GET", "/me/events/x", 404, b"not found"))[0].message.startswith("the body is no JSON")


def test_an_action_answers_its_status_and_nothing_more():
    assert violations(graph("POST", "/me/events/x/accept", 202, b"")) == ()
    assert [each.path for each in violations(graph("POST", "/me/events/x/accept", 200, b""))] == ["response.status"]
    found = violations(graph("POST", "/me/events/x/accept", 202, {"a": 1}))
    assert [each.path for each in found] == ["response", "response.headers.content-type"]


def test_a_selection_must_be_there_and_nothing_else():
    whole = {
        "@odata.context": "https://graph.example/v1.0/$metadata#users('a')/events(subject)/$entity",
        "@odata.etag": 'W/"QQ=="',
        "id": "AAMk",
        "subject": "Lunch",
    }
    assert violations(graph("GET", "/me/events/x?$select=subject", 200, whole)) == ()
    assert violations(graph("GET", "/me/events/x?%24select=subject", 200, whole)) == ()
    found = violations(graph("GET", "/me/events/x?$select=subject,start", 200, whole))
    assert [each.message for each in found] == ["the selected member 'start' is missing"]
    found = violations(graph("GET", "/me/events/x?$select=subject", 200, {**whole, "madeUp": 1}))
    assert "madeUp" in found[0].message
    assert violations(graph("GET", "/me/events/x", 200, whole)), "without $select everything is required"


@pytest.mark.parametrize(
    ("method", "header", "status"),
    [
        ("GET", ("If-None-Match", 'W/"QQ=="'), 304),
        ("PATCH", ("Prefer", 'outlook.timezone="UTC", return = minimal'), 204),
    ],
)
def test_an_answer_is_empty_where_the_client_asked_for_that_alone(method, header, status):
    wanted = Request(method, "https://graph.example/v1.0/me/events/x", (header,), b"{}")
    assert violations(Exchange(wanted, Response(status, "", (), b""))) == ()
    assert [each.path for each in violations(Exchange(wanted, Response(status, "", (), b"{}")))] == ["response"]
    found = violations(graph(method, "/me/events/x", status, b"", b"{}"))
    assert [each.path for each in found] == ["response.status"]


@pytest.mark.parametrize(("media", "told"), [("none", []), ("minimal", ["@odata.context", "@odata.etag"])])
def test_an_answer_without_metadata_has_no_annotations(media, told):
    kind = (("Content-Type", f"application/json; odata.metadata={media}"),)
    request = Request("GET", "https://a.example/v1.0/me/events?$select=subject", (), b"")
    answer = Response(200, "", kind, json.dumps({"value": [{"id": "QQ==", "subject": "x"}]}).encode())
    messages = [one.message for one in violations(Exchange(request, answer))]
    assert messages == [f"'{name}' is a required property" for name in told]


def test_a_batch_has_an_answer_for_each_request():
    told = {"responses": [{"id": "1", "status": 204, "headers": {}}]}
    assert violations(graph("POST", "/$batch", 200, told)) == ()
    assert violations(graph("POST", "/$batch", 200, {"responses": [{"id": 1, "status": 204, "headers": {}}]}))


def test_graph_requests_are_checked_when_asked():
    good = json.dumps({"comment": "yes", "sendResponse": True}).encode()
    assert request_violations(graph("POST", "/me/events/x/accept", 202, b"", good).request) == ()
    bad = replace(good, "$.sendResponse", "perhaps")
    assert request_violations(graph("POST", "/me/events/x/accept", 202, b"", bad).request)


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("GET", "/me/events/x", "event.get"),
        ("GET", "/users/AdeleV%40contoso.com/events/x", "event.get"),
        ("GET", "/me/events('x=')", "event.get"),
        ("GET", "/me/events(id='x=')", "event.get"),
        ("GET", "/me/calendarGroups/g/calendars('c')/events/x", "event.get"),
        ("POST", "/$batch", "batch.run"),
        ("POST", "/me/events/x/microsoft.graph.Accept", "event.accept"),
        ("GET", "/me/MAILFOLDERS('inbox')/messages", "message.list"),
        ("GET", "/me/messages/x/microsoft.graph.eventMessage/event", "message.event"),
        (
            "GET",
            "/me/outlook/supportedTimeZones(TimeZoneStandard=microsoft.graph.timeZoneStandard'Iana')",
            "timeZones.list",
        ),
        ("GET", "/me/mailboxSettings/timeZone", "mailboxSettings.timeZone"),
        ("GET", "/me/nothing", ""),
        ("PUT", "/me/events/x", ""),
    ],
)
def test_the_index_names_every_way_to_write_an_operation(method, path, name):
    assert graph_operation(method, f"https://graph.example/v1.0{path}") == name


def test_traffic_of_neither_protocol_breaks_nothing():
    assert violations(Exchange(Request("GET", "https://a/b"), Response(200, "", (), b"<html>"))) == ()
    assert violations(graph("GET", "/me/photo", 200, {"x": 1})) == ()


def test_what_a_server_pushes_has_a_schema_of_its_own():
    names = (
        'xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" '
        'xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" '
        'xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"'
    )
    message = (
        '<m:SendNotificationResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>'
        "<m:Notification><t:SubscriptionId>x</t:SubscriptionId><t:PreviousWatermark>a</t:PreviousWatermark>"
        "<t:MoreEvents>false</t:MoreEvents><t:StatusEvent><t:Watermark>b</t:Watermark></t:StatusEvent>"
        "</m:Notification></m:SendNotificationResponseMessage>"
    )
    body = (
        f'<s:Envelope {names}><s:Header><t:RequestServerVersion Version="Exchange2013"/></s:Header><s:Body>'
        f"<m:SendNotification><m:ResponseMessages>{message}</m:ResponseMessages></m:SendNotification>"
        "</s:Body></s:Envelope>"
    )
    pushed = Request("POST", "http://listener.example/x", (), body.encode())
    assert push_violations(pushed) == ()
    (breach,) = push_violations(Request("POST", pushed.url, (), body.replace("NoError", "NoSuchCode").encode()))
    assert "NoSuchCode" in breach.message
    (breach,) = push_violations(Request("POST", pushed.url, (), b"{}"))
    assert breach.path == "request"
