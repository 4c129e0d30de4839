from __future__ import annotations

import pytest

from conformance.model.exchange import Exchange, Request, Response
from conformance.model.record import Check
from conformance.model.verdict import Verdict
from conformance.suites.observed import Observed
from conformance.suites.shown import CASE_LIMIT, LIMIT, both, evidence, names_of, row
from conformance.wire.operation import operation, protocol
from conformance.wire.outline import Outline, spans_of

EWS, GRAPH = "https://x.example/EWS/Exchange.asmx", "https://x.example/v1.0/me"
CALENDAR_ITEM = "AAMkAGI2THVSAAA=" * 6 + "1"
EVENT = "AQMkADAwATM3ZmYAZS0" * 4 + "2"
ENVELOPE = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" '
    'xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types">'
    "<s:Header><t:RequestServerVersion Version='Exchange2013'/></s:Header><s:Body>{}</s:Body></s:Envelope>"
)
ANSWER = (
    "<m:{0}Response><m:ResponseMessages><m:{0}ResponseMessage ResponseClass='Success'>"
    "<m:ResponseCode>NoError</m:ResponseCode><m:Items>{1}</m:Items>"
    "</m:{0}ResponseMessage></m:ResponseMessages></m:{0}Response>"
)
ITEM = (
    f"<t:CalendarItem><t:ItemId Id='{CALENDAR_ITEM}' ChangeKey='DwAAABYAAAC1234567890'/><t:Subject>Plan</t:Subject>"
    "<t:Size>7</t:Size><t:Body>a&amp;b</t:Body><t:MyResponseType>Unknown</t:MyResponseType>"
    "<t:IsRead>true</t:IsRead><t:Culture>en</t:Culture><t:Importance>Normal</t:Importance></t:CalendarItem>"
)
RESPONSE_TYPE = "/m:GetItemResponse/m:ResponseMessages/m:GetItemResponseMessage/m:Items/t:CalendarItem/t:MyResponseType"


def said(number, who, request, status=200, body=b"", headers=()):
    exchange = Exchange(request, Response(status, "OK", headers, body))
    return Observed(number, protocol(request), operation(request), exchange, who)


def ews(number, who, operation, answer="", asked=""):
    request = Request("POST", EWS, (("Authorization", "Basic c2VjcmV0"),), ENVELOPE.format(asked).encode())
    return said(number, who, request, body=ENVELOPE.format(ANSWER.format(operation, answer)).encode())


CREATE = ews(1, "organizer", "CreateItem", ITEM, "<m:CreateItem><m:Items><t:CalendarItem/></m:Items></m:CreateItem>")
LOOK = ews(
    2, "organizer", "GetItem", ITEM, f"<m:GetItem><m:ItemIds><t:ItemId Id='{CALENDAR_ITEM}'/></m:ItemIds></m:GetItem>"
)
SEEN = (CREATE, LOOK)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"<a><b>x</b></a>", "<a>\n  <b>x</b>\n</a>"),
        (b"<a x='1\"'>one<b/>two &lt;</a>", '<a x="1&quot;">\n  one\n  two &lt;\n  <b/>\n</a>'),
        (b'{"a":["\xc3\xa9", {}, []]}', '{\n  "a": [\n    "é",\n    {},\n    []\n  ]\n}'),
        (b"<a><b>", "<a><b>"),
        (b"<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", "<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>"),
        (b"plain \xff", "plain \\xff"),
        (b"[" * 5000, None),
        (b"", ""),
    ],
)
def test_a_body_is_laid_out_in_lines_where_it_can_be(body, text):
    lines = "\n".join(Outline.of(body).lines)
    assert lines == text if text is not None else "characters more" in lines


@pytest.mark.parametrize(
    "path",
    [
        RESPONSE_TYPE,
        "t:MyResponseType",
        "/.../t:MyResponseType",
        "//t:CalendarItem/t:MyResponseType",
        f"response{RESPONSE_TYPE}",
        RESPONSE_TYPE.replace("/t:MyResponseType", "/t:ItemId/@Id"),
    ],
)
def test_what_matters_is_the_place_what_it_is_in_and_whose_it_is(path):
    outline = Outline.of(LOOK.exchange.response.body)
    told = [outline.lines[number].strip() for begin, end in outline.matters(path) for number in range(begin, end + 1)]
    for line in ("<m:GetItemResponse>", "<m:ResponseCode>NoError</m:ResponseCode>", "<t:Subject>Plan</t:Subject>"):
        assert line in told
    assert any(line.startswith(f'<t:ItemId Id="{CALENDAR_ITEM}"') for line in told)
    assert not any("RequestServerVersion" in line or "Importance" in line for line in told)
    assert ("<t:MyResponseType>Unknown</t:MyResponseType>" in told) == ("ItemId" not in path)


@pytest.mark.parametrize("path", ["$.value[1].subject", "response$.value[1].subject"])
def test_a_place_in_json_is_shown_with_the_object_around_it(path):
    outline = Outline.of(b'{"value": [{"id": "1", "subject": "a"}, {"id": "2", "x": {"y": [1, 2]}, "subject": "b"}]}')
    told = [outline.lines[number].strip() for begin, end in outline.matters(path) for number in range(begin, end + 1)]
    assert '"subject": "b"' in told
    assert '"id": "2",' in told
    assert '"subject": "a"' not in told


def test_without_a_place_the_beginning_of_the_content_is_shown():
    outline = Outline.of(ENVELOPE.format("<m:GetItem>" + "<t:X/>" * 100 + "</m:GetItem>").encode())
    ((begin, end),) = outline.matters("t:Nothing")
    assert outline.lines[begin].strip() == "<m:GetItem>"
    assert end - begin < 30
    assert Outline.of(b"").matters("") == ()
    assert Outline.of(b"one\ntwo").matters("") == ((0, 1),)


def test_lines_become_spans_and_a_single_line_between_two_joins_them():
    assert spans_of([9, 1, 2, 4, 7]) == ((1, 4), (7, 9))
    assert spans_of([]) == ()


def test_a_case_that_passed_keeps_who_asked_for_what_and_no_messages():
    request = Request("GET", f"{GRAPH}/events?access_token=hunter2secret", (("Authorization", "Bearer x"),))
    body = b'{"error": {"code": "ErrorItemNotFound", "innerError": {"code": "x"}}}'
    shown = row(said(3, "attendee1", request, 404, body))
    assert (shown.who, shown.protocol, shown.operation, shown.status) == ("attendee1", "graph", "GET events", 404)
    assert (shown.code, shown.acts) == ("ErrorItemNotFound", False)
    assert "hunter2secret" not in shown.url
    assert (shown.request.text, shown.response.text) == ("", "")
    assert (row(CREATE).operation, row(CREATE).acts, row(CREATE).code) == ("CreateItem CalendarItem", True, "")
    assert (row(LOOK).operation, row(LOOK).acts) == ("GetItem", False)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"<m:ResponseCode>NoError</m:ResponseCode><m:ResponseCode>ErrorX</m:ResponseCode>", "ErrorX"),
        (b"<s:Fault><faultcode xmlns:q='u'>q:ErrorSchemaValidation</faultcode></s:Fault>", "ErrorSchemaValidation"),
        (b"nothing of the kind", ""),
    ],
)
def test_the_code_of_an_answer_is_the_first_that_is_no_success(body, code):
    assert row(said(1, "", Request("POST", EWS), 500, body)).code == code


def shown_of(*checks, seen=SEEN):
    return evidence(seen, checks, names_of(seen))


def failed(exchange, path=""):
    return Check("A-1", "it", Verdict.FAIL, (), "x", exchange, path)


def test_a_failed_check_keeps_the_act_and_the_look_with_ids_called_by_names_and_no_secret():
    create, look = shown_of(failed(2, RESPONSE_TYPE))
    assert "«organizer's calendar item»" in look.request.text
    assert "«version»" in look.response.text
    assert CALENDAR_ITEM not in look.request.text + look.response.text + create.response.text
    assert "c2VjcmV0" not in create.request.text
    lines = look.response.text.split("\n")
    told = [lines[number - 1].strip() for first, last in look.response.matters for number in range(first, last + 1)]
    assert told[0] == "HTTP/1.1 200 OK"
    assert "<t:MyResponseType>Unknown</t:MyResponseType>" in told
    assert not any("Size" in line for line in told)


def test_a_failed_check_of_a_header_or_of_the_request_shows_it():
    seen = (
        said(1, "attendee", Request("GET", f"{GRAPH}/events", (("Prefer", "p"),)), headers=(("ETag", "e"), ("X", "y"))),
    )
    (one,) = shown_of(failed(1, "response.headers.etag"), failed(1, "request.headers.prefer"), seen=seen)
    assert one.response.matters == ((1, 2),)
    assert one.request.matters == ((1, 2),)


def test_the_act_is_the_latest_before_the_look():
    assert both(SEEN, 2) == (1, 2)
    assert both(SEEN, 1) == (1,)
    assert both((LOOK, LOOK), 2) == (2,)


def test_without_a_failed_check_the_last_two_exchanges_tell_how_far_the_case_came():
    shown = shown_of(seen=(CREATE, LOOK, ews(3, "organizer", "GetItem", ITEM)))
    assert [bool(one.request.text) for one in shown] == [True, True, True]
    assert len(shown_of(seen=())) == 0


def large(number):
    asked = "<m:GetItem>" + "<t:X>yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy</t:X>" * 600 + "</m:GetItem>"
    return ews(number, "organizer", "GetItem", ITEM, asked)


def test_messages_and_cases_have_a_longest_length_and_what_matters_goes_first():
    seen = tuple(large(number) for number in range(1, 41))
    shown = shown_of(failed(40, RESPONSE_TYPE), seen=seen)
    assert shown[39].response.text.count("MyResponseType") == 2
    assert all(len(one.request.text) < LIMIT + 100 for one in shown)
    assert "lines more in the cassette" in shown[39].request.text
    kept = sum(len(one.request.text) + len(one.response.text) for one in shown)
    assert kept < CASE_LIMIT + 2 * LIMIT + 1000
    assert [one.number for one in shown] == list(range(1, 41))


def test_a_body_that_cannot_be_decoded_is_told():
    request = Request("GET", f"{GRAPH}/events")
    (one,) = shown_of(failed(1), seen=(said(1, "", request, body=b"\x00", headers=(("Content-Encoding", "br"),)),))
    assert "left out" in one.response.text or "cannot be undone" in one.response.text
