"""The founding documents' messages against the schemas: where print and schema part, a ruling says so."""

from __future__ import annotations

import json

import pytest

from conformance.model.exchange import Exchange, Request, Response
from conformance.suites.documents import Direction, DocumentMessage, Form, Text, document, http_text, in_envelope, slugs
from conformance.wire.validate import request_violations, violations

ENDPOINT = "https://meetproof.example/EWS/Exchange.asmx"
VERSIONS = ("Exchange2007", "Exchange2010_SP2", "Exchange2013_SP1", "Exchange2016")
HEADER = '<t:ServerVersionInfo MajorVersion="15" MinorVersion="0" MajorBuildNumber="847" MinorBuildNumber="32"/>'
EWS = [
    told
    for slug in slugs()
    if document(slug).protocol == "ews"
    for told in document(slug).messages.values()
    if told.form is not Form.EXCERPT
]
# What the schema of a version lacks, or what the document errs in: message, versions, a word of the complaint.
BREACHES = {
    ("handling-meetings", "update-meeting.request", Text.CANONICAL): (VERSIONS, "ItemChange"),
    ("ews-propose-new-time", "get-request.response", Text.CORRECTED): (VERSIONS[:2], "ProposeNewTime"),
    ("ews-propose-new-time", "accept.request", Text.CORRECTED): (VERSIONS[:2], "ProposedStart"),
}
# Members that the resource has today and the printed samples lack (ruling 0114).
YOUNGER = {"hideAttendees", "iCalUId", "isDraft", "isOnlineMeeting", "onlineMeeting", "onlineMeetingProvider"}

ews_messages = pytest.mark.parametrize("told", EWS, ids=lambda told: f"{told.document}/{told.name}")


def complaints(told: DocumentMessage, which: Text, version: str) -> list[str]:
    """What the schema of a version says of a message, put into an envelope that names the version."""
    text = told.text(which)
    asked = in_envelope("<m:GetItem/>", version)
    if told.direction is Direction.REQUEST:
        if told.form is Form.BODY:
            text = in_envelope(text, version if version != "Exchange2007" else None)
        else:
            text = text.replace('Version="Exchange2013_SP1"', f'Version="{version}"')
            text = text.replace('Version="Exchange2013"', f'Version="{version}"')
            if "RequestServerVersion" not in text:
                head = f'<soap:Header><t:RequestServerVersion Version="{version}"/></soap:Header><soap:Body>'
                text = text.replace("<soap:Body>", head, 1)
        found = request_violations(Request("POST", ENDPOINT, (("Content-Type", "text/xml"),), text.encode()))
    else:
        if told.form is Form.BODY:
            text = in_envelope(text, headers=[HEADER])
        request = Request("POST", ENDPOINT, (("Content-Type", "text/xml"),), asked.encode())
        found = violations(Exchange(request, Response(200, "OK", (("Content-Type", "text/xml"),), text.encode())))
    return [violation.message for violation in found]


@pytest.mark.parametrize("version", VERSIONS)
@ews_messages
def test_a_corrected_message_is_valid_where_its_elements_exist(told: DocumentMessage, version: str) -> None:
    versions, word = BREACHES.get((told.document, told.name, Text.CORRECTED), ((), ""))
    found = complaints(told, Text.CORRECTED, version)
    if version in versions:
        assert found
        assert word in found[0]
    else:
        assert found == []


@pytest.mark.parametrize("version", VERSIONS)
def test_the_printed_update_is_invalid_in_every_version(version: str) -> None:
    update = document("handling-meetings").messages["update-meeting.request"]
    found = complaints(update, Text.CANONICAL, version)
    assert found
    assert "ItemChange" in found[0]


@ews_messages
def test_no_message_with_https_namespaces_is_valid(told: DocumentMessage) -> None:
    if "https://schemas." not in told.text_as_printed:
        assert told.text_as_printed == told.canonical
        return
    text = told.text_as_printed if told.form is Form.ENVELOPE else in_envelope(told.text_as_printed)
    request = Request("POST", ENDPOINT, (("Content-Type", "text/xml"),), text.encode())
    if told.direction is Direction.REQUEST:
        assert request_violations(request)
    else:
        asked = Request("POST", ENDPOINT, (), in_envelope("<m:GetItem/>").encode())
        assert violations(Exchange(asked, Response(200, "OK", (("Content-Type", "text/xml"),), text.encode())))


def graph_exchange(name: str) -> Exchange:
    """A request of the Graph document with the answer printed for it."""
    messages = document("graph-propose-new-time").messages
    asked, told = (http_text(messages[f"{name}.{side}"].corrected) for side in ("request", "response"))
    return Exchange(
        Request(asked.method, asked.url, asked.headers, asked.body.encode()),
        Response(told.status, "", told.headers, told.body.encode()),
    )


# What of the printed requests a server takes although it is not as the resource spells it, and the ruling on it.
TOLERATED = {
    "create-event": {"0121": ("'HTML'",)},
    "tentatively-accept": {
        "0107": ("'true' is not of type 'boolean'",),
        "0108": ("'start'", "'end'", "'Start'", "'End'"),
    },
    "update-event": {},
}


@pytest.mark.parametrize(("name", "tolerated"), TOLERATED.items())
def test_a_printed_graph_request_strays_only_where_a_ruling_tolerates_it(
    name: str, tolerated: dict[str, tuple[str, ...]]
) -> None:
    told = document("graph-propose-new-time").messages[f"{name}.request"]
    assert set(tolerated) <= set(told.rulings)
    found = [violation.message for violation in request_violations(graph_exchange(name).request)]
    words = [word for each in tolerated.values() for word in each]
    assert bool(found) is bool(tolerated)
    assert [message for message in found if not any(word in message for word in words)] == []


@pytest.mark.parametrize("name", ["create-event", "update-event"])
def test_a_printed_event_lacks_only_members_younger_than_it(name: str) -> None:
    exchange = graph_exchange(name)
    event = json.loads(exchange.response.body)
    assert not YOUNGER & set(event)
    found = [violation.message for violation in violations(exchange)]
    assert all(any(repr(member) in message for member in YOUNGER) for message in found), found
    assert len(found) == len(YOUNGER)


@pytest.mark.parametrize("name", ["tentatively-accept", "list-messages", "get-event"])
def test_the_other_printed_answers_meet_their_schema(name: str) -> None:
    assert violations(graph_exchange(name)) == ()
