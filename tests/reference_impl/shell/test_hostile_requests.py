"""Whatever comes over HTTP: a documented refusal in the words of its protocol, and no mailbox changed."""

from __future__ import annotations

import asyncio
import base64
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from reference_impl import app as shell
from reference_impl.ews.service import EwsEndpoint
from reference_impl.graph.service import GraphEndpoint
from reference_impl.oauth.grants import GRANTS
from reference_impl.schemas import Direction, ews_schema

USER = "organizer0@example.com"
BASIC = {"Authorization": "Basic " + base64.b64encode(f"{USER}:meetproof".encode()).decode()}
EWS, GRAPH, TOKEN = "/EWS/Exchange.asmx", "/v1.0/me/events", "/oauth2/v2.0/token"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
ERRORS = "http://schemas.microsoft.com/exchange/services/2006/errors"
ENVELOPE = (
    f'<s:Envelope xmlns:s="{SOAP}" xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" '
    'xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><s:Header>'
    '<t:RequestServerVersion Version="Exchange2013_SP1"/></s:Header><s:Body>'
    '<m:CreateItem SendMeetingInvitations="SendToAllAndSaveCopy"><m:Items><t:CalendarItem>'
    "<t:Subject>Budget</t:Subject><t:Start>2026-06-25T10:00:00Z</t:Start><t:End>2026-06-25T11:00:00Z</t:End>"
    "<t:RequiredAttendees><t:Attendee><t:Mailbox><t:EmailAddress>attendee0@example.com</t:EmailAddress></t:Mailbox>"
    "</t:Attendee></t:RequiredAttendees></t:CalendarItem></m:Items></m:CreateItem></s:Body></s:Envelope>"
)
EVENT = {
    "subject": "Budget",
    "start": {"dateTime": "2026-02-02T12:00:00", "timeZone": "UTC"},
    "end": {"dateTime": "2026-02-02T13:00:00", "timeZone": "UTC"},
    "attendees": [{"emailAddress": {"address": "attendee0@example.com"}}],
}
PATIENT = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def token(call):
    form = f"grant_type=password&username={USER}&password=meetproof"
    return {"Authorization": "Bearer " + call("POST", TOKEN, content=form).json()["access_token"]}


@pytest.fixture
def post(call):
    def send(body, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return call("POST", EWS, content=body, headers=BASIC | {"Content-Type": "text/xml; charset=utf-8"} | named)

    return send


def fault_of(answer, status=500):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    root = etree.fromstring(answer.content)
    schema = ews_schema("Exchange2013_SP1", Direction.FAULT)
    assert schema.validate(root), schema.error_log
    return root.findtext(f".//{{{ERRORS}}}ResponseCode")


def refusal_of(answer, status):
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert error["innerError"]["request-id"] == answer.headers["request-id"]
    return error["code"]


ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "x" * 100}">' for n in range(9))
BAD_ENVELOPES = {
    "nothing": (b"", "ErrorInvalidRequest"),
    "blanks": (b" \r\n", "ErrorInvalidRequest"),
    "half": (ENVELOPE[:400].encode(), "ErrorInvalidRequest"),
    "two roots": ((ENVELOPE * 2).encode(), "ErrorInvalidRequest"),
    "a NUL": (ENVELOPE.replace("Budget", "a\x00b").encode(), "ErrorInvalidRequest"),
    "a reference to NUL": (ENVELOPE.replace("Budget", "&#0;").encode(), "ErrorInvalidRequest"),
    "a lone surrogate": (ENVELOPE.replace("Budget", "&#xD800;").encode(), "ErrorInvalidRequest"),
    "no UTF-8": (ENVELOPE.encode().replace(b"Budget", b"\xc3\x28"), "ErrorInvalidRequest"),
    "too deep": (ENVELOPE.replace("Budget", "<t:a>" * 5000 + "</t:a>" * 5000).encode(), "ErrorInvalidRequest"),
    "an attribute twice": (ENVELOPE.replace("<s:Body>", '<s:Body a="" a="">').encode(), "ErrorInvalidRequest"),
    "an undeclared entity": (ENVELOPE.replace("Budget", "&x;").encode(), "ErrorInvalidRequest"),
    "an empty Body": (f'<s:Envelope xmlns:s="{SOAP}"><s:Body/></s:Envelope>'.encode(), "ErrorInvalidRequest"),
    "an entity": (
        f'<!DOCTYPE a [<!ENTITY x "y">]>{ENVELOPE.replace("Budget", "&x;")}'.encode(),
        "ErrorSchemaValidation",
    ),
    "a file for an entity": (
        f'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>{ENVELOPE.replace("Budget", "&x;")}'.encode(),
        "ErrorSchemaValidation",
    ),
    "a DTD elsewhere": (f'<!DOCTYPE a SYSTEM "http://127.0.0.1:1/x">{ENVELOPE}'.encode(), "ErrorSchemaValidation"),
    "entities in entities": (
        f"<!DOCTYPE a [{ENTITIES}]>{ENVELOPE.replace('Budget', '&e8;')}".encode(),
        "ErrorInvalidRequest",
    ),
    "https for messages": (
        ENVELOPE.replace("http://schemas.microsoft.com/exchange/services/2006/messages", "https://x").encode(),
        "ErrorSchemaValidation",
    ),
    "https for types": (
        ENVELOPE.replace("http://schemas.microsoft.com/exchange/services/2006/types", "https://x").encode(),
        "ErrorSchemaValidation",
    ),
    "https for SOAP": (ENVELOPE.replace("http://schemas.xmlsoap", "https://x").encode(), "ErrorSchemaValidation"),
    "SOAP 1.2": (ENVELOPE.replace(SOAP, "http://www.w3.org/2003/05/soap-envelope").encode(), "ErrorSchemaValidation"),
    "an unknown operation": (ENVELOPE.replace("m:CreateItem", "m:MakeItem").encode(), "ErrorSchemaValidation"),
    "an operation without a namespace": (
        ENVELOPE.replace("m:CreateItem", "CreateItem").encode(),
        "ErrorSchemaValidation",
    ),
    "an unknown version": (ENVELOPE.replace("2013_SP1", "1999").encode(), "ErrorInvalidServerVersion"),
    "an impossible date": (ENVELOPE.replace("06-25T10", "02-30T10").encode(), "ErrorSchemaValidation"),
}


@pytest.mark.parametrize("name", BAD_ENVELOPES)
def test_a_bad_envelope_is_a_fault_and_changes_nothing(app, post, name):
    body, code = BAD_ENVELOPES[name]
    before = app.world.store.snapshot()
    assert fault_of(post(body)) == code
    assert app.world.store.snapshot() == before


def test_the_charset_of_the_header_outweighs_the_texts_own(post):
    latin = ENVELOPE.replace("Budget", "Caf\xe9").encode("latin-1")
    assert fault_of(post(latin)) == "ErrorInvalidRequest"
    assert post(latin, Content_Type="text/xml; charset=iso-8859-1").status_code == 200
    assert fault_of(post(latin, Content_Type="text/xml; charset=klingon")) == "ErrorInvalidRequest"
    wide = f'<?xml version="1.0" encoding="utf-16"?>{ENVELOPE}'.encode("utf-16")
    assert post(wide, Content_Type="text/xml").status_code == 200


@pytest.mark.parametrize("media_type", ["application/json", "text/plain", "multipart/form-data; boundary=x", "xml"])
def test_ews_takes_xml_only(app, post, media_type):
    before = app.world.store.snapshot()
    assert post(ENVELOPE, Content_Type=media_type).status_code == 415
    assert app.world.store.snapshot() == before


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_are_refused(app, call, token, method):
    before = app.world.store.snapshot()
    assert call(method, EWS, headers=BASIC).status_code == 405
    offered = {"GET", "POST"}
    if method not in offered:
        assert refusal_of(call("GET" if method == "HEAD" else method, f"{GRAPH}/x/accept", headers=token), 405)
    assert app.world.store.snapshot() == before


def test_a_body_too_large_is_refused_in_each_dialect(app, call, token, monkeypatch):
    monkeypatch.setattr(shell, "BODY_LIMIT", 100)
    before = app.world.store.snapshot()
    assert fault_of(call("POST", EWS, content=b" " * 101, headers=BASIC), 413) == "ErrorMessageSizeExceeded"
    assert refusal_of(call("POST", GRAPH, content=b" " * 101, headers=token), 413) == "ErrorMessageSizeExceeded"
    assert call("POST", TOKEN, content=b" " * 101).json()["error"] == "invalid_request"
    assert app.world.store.snapshot() == before


def test_a_mistake_of_the_server_is_owned_up_to_in_each_dialect(call, token, monkeypatch, caplog):
    def broken(*_):
        raise KeyError("a mistake")

    monkeypatch.setattr(EwsEndpoint, "_content", broken)
    monkeypatch.setattr(GraphEndpoint, "_routed", broken)
    monkeypatch.setitem(GRANTS, "password", broken)
    answer = call("POST", EWS, content=ENVELOPE, headers=BASIC | {"Content-Type": "text/xml"})
    assert fault_of(answer) == "ErrorInternalServerError"
    assert refusal_of(call("GET", GRAPH, headers=token), 500) == "ErrorInternalServerError"
    answer = call("POST", TOKEN, content=b"grant_type=password")
    assert (answer.status_code, answer.json()["error"]) == (500, "server_error")
    assert caplog.text.count("a mistake") >= 3


BAD_BODIES = {
    "half an object": (b'{"subject":', "BadRequest"),
    "no UTF-8": (b'{"subject": "\xff"}', "BadRequest"),
    "UTF-16": (json.dumps(EVENT).encode("utf-16"), "BadRequest"),
    "a lone surrogate": (b'{"subject": "\\ud800"}', "BadRequest"),
    "no number": (b'{"subject": NaN}', "BadRequest"),
    "too deep": (b"[" * 100_000, "BadRequest"),
    "very deep": (b'{"a":' * 990 + b"1" + b"}" * 990, "BadRequest"),
    "deeper than Python goes": (b'{"subject":' + b"[" * 1010 + b"]" * 1010 + b"}", "BadRequest"),
    "a NUL": (b'{"subject": "\\u0000"}', "RequestBodyRead"),
    "a member twice": (json.dumps(EVENT)[:-1].encode() + b', "subject": "Other"}', "RequestBodyRead"),
    "an inner member twice": (
        json.dumps(EVENT).replace('"timeZone": "UTC"', '"timeZone": "UTC", "timeZone": "UTC"', 1).encode(),
        "RequestBodyRead",
    ),
    "a member twice in two cases": (json.dumps(EVENT | {"Subject": "Other"}).encode(), "RequestBodyRead"),
}


@pytest.mark.parametrize("name", BAD_BODIES)
def test_a_bad_body_is_refused_and_changes_nothing(app, call, token, name):
    body, code = BAD_BODIES[name]
    before = app.world.store.snapshot()
    answer = call("POST", GRAPH, content=body, headers=token | {"Content-Type": "application/json"})
    assert refusal_of(answer, 400) == code
    assert app.world.store.snapshot() == before


PIECES = (
    "<",
    ">",
    "&",
    '"',
    "\x00",
    "\ud7ff",
    "</t:Subject>",
    "<t:Subject/>",
    "t:",
    "9" * 30,
    "-",
    "&#x1;",
    "<!--",
    "]]>",
)


@st.composite
def damaged(draw, text):
    """A text with a few of its stretches left out, doubled, or with something else in their place."""
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 40)))
        put = draw(st.one_of(st.sampled_from(PIECES), st.just(text[start:end] * 2), st.just("")))
        text = text[:start] + put + text[end:]
    return text


@PATIENT
@given(text=damaged(ENVELOPE))
def test_no_damage_to_an_envelope_makes_the_server_fail(app, post, text):
    before = app.world.store.snapshot()
    answer = post(text.encode())
    assert b"ErrorInternalServerError" not in answer.content
    assert answer.status_code in {200, 500}
    if b"NoError" not in answer.content:
        assert app.world.store.snapshot() == before


@PATIENT
@given(text=damaged(json.dumps(EVENT)))
def test_no_damage_to_a_body_makes_the_server_fail(app, call, token, text):
    before = app.world.store.snapshot()
    answer = call("POST", GRAPH, content=text.encode(), headers=token | {"Content-Type": "application/json"})
    assert answer.status_code in {201, 400}
    if answer.status_code != 201:
        refusal_of(answer, 400)
        assert app.world.store.snapshot() == before


@PATIENT
@given(
    tail=st.text(alphabet="/%0zeZ.;=?&$()'+ ", max_size=20), method=st.sampled_from(["GET", "POST", "PATCH", "DELETE"])
)
def test_no_address_makes_the_server_fail(app, call, token, tail, method):
    before = app.world.store.snapshot()
    for head in ("/v1.0", "/v1.0/me/events/", "/v1.0/users/", "/EWS/Exchange.asmx", "/oauth2/"):
        scope = {
            "type": "http",
            "method": method,
            "path": head + tail,
            "raw_path": (head + tail.partition("?")[0]).encode(),
            "query_string": tail.partition("?")[2].encode(),
            "headers": [(b"authorization", token["Authorization"].encode())],
        }
        assert asyncio.run(app.answer(scope, b"{}")).status < 500 or head == EWS
    assert app.world.store.snapshot() == before
