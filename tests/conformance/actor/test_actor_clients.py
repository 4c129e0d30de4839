"""The raw callers."""

from __future__ import annotations

import json

import pytest
from lxml import etree

from conformance.actor.acts import Refused
from conformance.actor.ews_client import EwsClient, envelope
from conformance.actor.graph_client import GraphClient
from conformance.actor.xml import Node, m, t
from conformance.model.exchange import Exchange, Response
from conformance.wire.validate import request_violations
from tests.conformance.actor.scripted import Script, answered, as_json, error, fault, soap, success


def test_an_operation_travels_in_an_envelope_of_the_callers_version():
    script = Script(soap(""), soap(""), soap(""))
    client = script.ews(version="Exchange2010_SP2")
    client.call(m("GetItem"))
    client.call(m("GetItem"), version="Exchange2016")
    client.call(m("GetItem"), version=None, headers=t("MailboxCulture", "en-US"))
    bodies = [request.body.decode() for request in script.asked]
    assert 'Version="Exchange2010_SP2"' in bodies[0]
    assert 'Version="Exchange2016"' in bodies[1]
    assert "RequestServerVersion" not in bodies[2]
    assert "<s:Header><t:MailboxCulture>en-US</t:MailboxCulture></s:Header>" in bodies[2]
    assert script.asked[0].header("content-type") == "text/xml; charset=utf-8"


def test_an_envelope_without_headers_has_no_header_element():
    assert b"Header" not in envelope(m("GetItem"), None)


def test_an_answer_tells_messages_items_and_codes():
    answer = (
        Script(
            answered(
                "GetItem",
                success("GetItem", t("CalendarItem", t("Subject", "a"))),
                error("GetItem", "ErrorItemNotFound"),
            )
        )
        .ews()
        .call(m("GetItem"))
    )
    assert [message.code for message in answer.messages] == ["NoError", "ErrorItemNotFound"]
    assert [message.response_class for message in answer.messages] == ["Success", "Error"]
    assert answer.text("t:Subject") == "a"
    assert answer.messages[1].words == "Words."
    assert answer.fault is None
    with pytest.raises(Refused, match="GetItem: expected success, got ErrorItemNotFound: Words"):
        answer.succeed("GetItem")


def test_a_fault_is_told_by_its_code():
    answer = Script(fault("ErrorSchemaValidation")).ews().call(m("GetItem"))
    assert (answer.status, answer.code, answer.fault.words) == (500, "ErrorSchemaValidation", "Words.")
    assert answer.messages == ()
    with pytest.raises(Refused, match="ErrorSchemaValidation"):
        answer.succeed("GetItem")


def test_an_answer_that_is_no_xml_is_told_by_its_status():
    answer = Script(as_json({}, 401)).ews().call(m("GetItem"))
    assert (answer.root, answer.body, answer.items, answer.code) == (None, None, (), "HTTP 401")
    with pytest.raises(Refused, match="HTTP 401"):
        answer.succeed("GetItem")


def test_other_credentials_replace_the_own():
    own, bare = Script(), Script(soap(""), soap(""))
    client = own.ews(bare=bare.send)
    client.authorized_by("Basic x").call(m("GetItem"))
    client.authorized_by(None).call(m("GetItem"))
    assert [request.header("Authorization") for request in bare.asked] == ["Basic x", None]


def test_a_graph_call_goes_below_the_root_or_where_a_link_leads():
    script = Script(*[as_json({}) for _ in range(3)])
    client = script.graph()
    client.get("/me/events?$orderby=start/dateTime desc")
    client.get("https://server.example/v1.0/me/events?$skip=10")
    client.below("beta").get("me")
    assert [request.url for request in script.asked] == [
        "https://server.example/v1.0/me/events?$orderby=start/dateTime%20desc",
        "https://server.example/v1.0/me/events?$skip=10",
        "https://server.example/beta/me",
    ]


def test_a_graph_body_is_json_or_the_bytes_given():
    script = Script(as_json({}), as_json({}), as_json({}))
    client = script.graph()
    client.post("me/events", {"subject": "Übung"})
    client.patch("me/events/1", b"{", {"content-type": "text/plain"})
    client.delete("me/events/1")
    first, second, third = script.asked
    assert json.loads(first.body) == {"subject": "Übung"}
    assert first.header("Content-Type") == "application/json"
    assert (second.body, second.header("Content-Type")) == (b"{", "text/plain")
    assert sum(name.lower() == "content-type" for name, _ in second.headers) == 1
    assert third.header("Content-Type") is None


def test_a_graph_answer_tells_values_errors_and_headers():
    client = Script(
        as_json({"value": [{"id": "1", "start": {"timeZone": "UTC"}}]}, Preference_Applied="x"),
        as_json({"error": {"code": "ErrorItemNotFound", "message": "Words."}}, 404),
        as_json(None, 202),
    ).graph()
    listed, refused, empty = client.get("a"), client.get("b"), client.post("c", {})
    assert listed.at("value", 0, "start", "timeZone") == "UTC"
    assert listed.at("value", 1, "start") is None
    assert listed.at("value", "x") is None
    assert listed.header("preference-applied") == "x"
    assert refused.refusal == (404, "ErrorItemNotFound")
    assert (empty.json, dict(empty.members), empty.value) == (None, {}, ())
    assert empty.succeed("accept") is empty
    with pytest.raises(Refused, match="GET b: expected success, got ErrorItemNotFound: Words"):
        refused.succeed("GET b")


def test_the_callers_requests_are_known_to_the_wire():
    script = Script(soap(""))
    script.ews().call(m("GetItem"))
    assert request_violations(script.asked[0]), "an empty GetItem breaks the schema"


@pytest.mark.parametrize("path", ["me", "me/events", "ME/events", "me?$select=id"])
def test_an_application_names_the_person_in_place_of_me(path):
    asked = []

    def send(request):
        asked.append(request.url)
        return Exchange(request, Response(200))

    GraphClient(send, "https://h/v1.0", me="users/ann@example.org").get(path)
    assert asked == ["https://h/v1.0/users/ann@example.org" + path[2:]]
    GraphClient(send, "https://h/v1.0", me="users/ann@example.org").get("menus")
    assert asked[1] == "https://h/v1.0/menus"


def test_an_application_says_by_impersonation_for_whom_it_speaks():
    asked = []

    def send(request):
        asked.append(request)
        return Exchange(request, Response(200))

    client = EwsClient(send, "https://h/EWS", impersonated="ann@example.org")
    client.call("<m:GetFolder/>")
    root = Node(etree.fromstring(asked[0].body))
    path = "s:Header/t:ExchangeImpersonation/t:ConnectingSID/t:PrimarySmtpAddress"
    assert root.text(path) == "ann@example.org"
    assert asked[0].header("X-AnchorMailbox") == "ann@example.org"
    client.post(asked[0].body)
    assert asked[1].body == asked[0].body
    client.call("<m:GetFolder/>", version=None)
    assert b"Impersonation" not in asked[2].body
