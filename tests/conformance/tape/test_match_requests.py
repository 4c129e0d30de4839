"""Requests share a key when they ask the same, whatever their ids, prefixes and layout."""

import base64

import pytest

from conformance.model.exchange import Exchange, Request, Response
from conformance.tape.actors import actor_of
from conformance.tape.cassette import CassetteWriter, read_cassette
from conformance.tape.match import match_key
from conformance.tape.normalise import normalise, normalise_request
from conformance.tape.redact import redact

EWS = "https://a.example/EWS/Exchange.asmx"
GET_ITEM = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"'
    ' xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages">'
    '<s:Header><t:RequestServerVersion Version="Exchange2013"/></s:Header><s:Body>'
    "<m:GetItem><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>"
    '<m:ItemIds><t:ItemId Id="AAA111="/><t:ItemId Id="BBB222="/></m:ItemIds></m:GetItem></s:Body></s:Envelope>'
)
EVENTS = "https://g.example/v1.0/me/events"


def ews(body=GET_ITEM, *headers):
    return Request("POST", EWS, (("Content-Type", "text/xml"), *headers), body.encode())


SAME = {
    "other ids": GET_ITEM.replace("AAA111=", "XXX999="),
    "other prefixes": GET_ITEM.replace("xmlns:t", "xmlns:typ").replace("<t:", "<typ:").replace("</t:", "</typ:"),
    "a default namespace": GET_ITEM.replace("xmlns:m", "xmlns").replace("<m:", "<").replace("</m:", "</"),
    "another layout": GET_ITEM.replace("><", ">\n  <"),
    "a declaration": '<?xml version="1.0" encoding="utf-8"?>' + GET_ITEM,
    "other quotes": GET_ITEM.replace('"', "'"),
    "a comment": GET_ITEM.replace("<m:ItemIds>", "<!-- which --><m:ItemIds>"),
}
OTHER = {
    "another operation": GET_ITEM.replace("GetItem", "DeleteItem"),
    "another shape": GET_ITEM.replace("IdOnly", "Default"),
    "another version": GET_ITEM.replace("Exchange2013", "Exchange2010"),
    "one id twice": GET_ITEM.replace("BBB222=", "AAA111="),
    "one id more": GET_ITEM.replace("</m:ItemIds>", '<t:ItemId Id="C"/></m:ItemIds>'),
    "a wrong namespace": GET_ITEM.replace("2006/types", "2007/types"),
    "a header more": GET_ITEM.replace("</s:Header>", "<t:DateTimePrecision>Seconds</t:DateTimePrecision></s:Header>"),
}


@pytest.mark.parametrize("how", SAME)
def test_what_says_the_same_has_the_same_key(how):
    assert match_key(ews(SAME[how])) == match_key(ews())


@pytest.mark.parametrize("how", OTHER)
def test_what_says_something_else_has_another_key(how):
    assert match_key(ews(OTHER[how])) != match_key(ews())


def test_a_key_names_operation_and_actor():
    assert match_key(ews(), "Adele@a.example").startswith("GetItem adele@a.example ")
    assert match_key(Request("POST", f"{EVENTS}/AAMk1/accept")).startswith("POST events/{id}/accept - ")
    assert match_key(ews(), "adele@a.example") != match_key(ews(), "alex@a.example")


def test_headers_that_change_the_answer_count_and_others_do_not():
    plain = Request("GET", EVENTS)
    assert match_key(Request("GET", EVENTS, (("User-Agent", "x"), ("client-request-id", "1")))) == match_key(plain)
    tokyo = Request("GET", EVENTS, (("Prefer", 'outlook.timezone="Tokyo Standard Time"'),))
    assert match_key(tokyo) != match_key(plain)


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        (f"{EVENTS}/AAMk1111?$top=1&$select=id", "http://other:81/beta/me/events/AAMk2222?$top=1&$select=id", False),
        (f"{EVENTS}/AAMk1111?$top=1&$select=id", "http://other:81/v1.0/me/events/AAMk2222?%24select=id&%24top=1", True),
        (f"{EVENTS}/AAMk1111", f"{EVENTS}('AAMk2222')", True),
        (f"{EVENTS}?$top=1", f"{EVENTS}?$top=2", False),
        (EVENTS, "https://g.example/v1.0/users/adele@a.example/events", False),
        (EVENTS.replace("me", "users/adele@a"), EVENTS.replace("me", "users/alex@a"), False),
        (f"{EVENTS}?$skiptoken=abc", f"{EVENTS}?$skiptoken=def", True),
    ],
)
def test_urls_match_by_what_they_ask(left, right, same):
    assert (match_key(Request("GET", left)) == match_key(Request("GET", right))) is same


def test_json_matches_by_members_not_by_layout():
    left = Request("POST", EVENTS, (), b'{"subject": "Lunch", "transactionId": "1", "isAllDay": false}')
    right = Request("POST", EVENTS, (), b'{"isAllDay":false,\n"transactionId":"2","subject":"Lunch"}')
    assert match_key(left) == match_key(right)
    assert match_key(left) != match_key(Request("POST", EVENTS, (), left.body.replace(b"Lunch", b"Dinner")))
    assert match_key(left) != match_key(Request("POST", EVENTS, (), left.body.replace(b"false", b'"false"')))


def test_a_redacted_request_keeps_its_key():
    token = Request(
        "POST",
        "https://a/oauth2/v2.0/token",
        (("Content-Type", "application/x-www-form-urlencoded"),),
        b"grant_type=password&username=adele%40a&password=s3cret-word",
    )
    other = Request(token.method, token.url, token.headers, token.body.replace(b"adele", b"alex"))
    assert match_key(redact(Exchange(token, Response(0))).request) == match_key(token)
    assert match_key(token) != match_key(other)


def test_the_actor_is_noted_before_the_credentials_go(tmp_path):
    basic = "Basic " + base64.b64encode(b"Adele@a.example:correct-horse").decode()
    live = ews(GET_ITEM, ("Authorization", basic))
    assert actor_of(live) == "adele@a.example"
    with CassetteWriter(tmp_path / "x.yaml", {}) as writer:
        writer.append(Exchange(live, Response(200)))
        writer.append(Exchange(live, Response(200), {"actor": "somebody"}))
    recorded = read_cassette(tmp_path / "x.yaml").exchanges
    assert recorded[0].request.header("authorization") == "Basic REDACTED"
    assert [actor_of(each) for each in recorded] == ["adele@a.example", "somebody"]
    assert [actor_of(each.request) for each in recorded] == ["", ""]
    assert match_key(recorded[0].request, actor_of(recorded[0])) == match_key(live, actor_of(live))


@pytest.mark.parametrize("credentials", ["", "Bearer x", "Basic", "Basic ###", "Basic REDACTED", "Basic /////w=="])
def test_an_actor_that_cannot_be_seen_is_nobody(credentials):
    assert actor_of(ews(GET_ITEM, ("Authorization", credentials))) == ""


def test_names_are_one_to_one_over_a_whole_recording():
    def answer(*ids):
        return Exchange(Request("GET", EVENTS), Response(200, "", (("ETag", 'W/"CK1="'),), _json(ids)))

    def _json(ids):
        return ('{"value": [' + ", ".join(f'{{"id": "{each}"}}' for each in ids) + '], "changeKey": "CK1="}').encode()

    first, second = normalise((answer("A1111111", "B2222222"), answer("B2222222", "C3333333")))
    assert first.response.body == b'{"changeKey":"id-1","value":[{"id":"id-2"},{"id":"id-3"}]}'
    assert second.response.body == b'{"changeKey":"id-1","value":[{"id":"id-3"},{"id":"id-4"}]}'
    assert first.response.header("etag") == "id-1"


def test_links_are_renamed_where_they_hold_ids():
    request = Request(
        "GET", f"{EVENTS}/AAMkAD11%3D?$filter=id eq 'AAMkAD11='", (("Location", f"{EVENTS}('AAMkAD11=')"),)
    )
    plain = normalise_request(request)
    assert plain.url.startswith(f"{EVENTS}/id-1?")
    assert "AAMk" not in plain.url
    assert plain.headers == (("Location", f"{EVENTS}('id-1')"),)
