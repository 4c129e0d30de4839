"""HTTP below both protocols: media types, charsets, codings, chunks, header names, methods and challenges."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace

import pytest

from conformance.actor import ews_requests as ask
from conformance.actor import graph_requests
from conformance.actor.ews_client import EwsAnswer, envelope
from conformance.actor.graph_client import GraphAnswer
from conformance.suites.case import ALL, EWS, GRAPH, case
from conformance.suites.graph.steps import call_meeting, in_calendar
from conformance.suites.scene import Scene
from conformance.suites.steps import address, draft, event_of, names_in, request_of, token
from conformance.suites.wire.snapshot import of_ews, of_graph

SCENARIO = "http"
READ = ask.find_item("calendar", fields=())


def _plain(answer: EwsAnswer) -> list[str]:
    """The ids of the items that an answer carries, in order."""
    root = answer.messages[0].node.one("m:RootFolder/t:Items") if answer.messages else None
    return [item.text("t:ItemId/@Id") or "" for item in root] if root else []


@case(
    "http.ews-media-types",
    scenario=SCENARIO,
    verifies=("EWS-HTTP-001", "EWS-HTTP-002"),
    pairings=EWS,
)
def test_media_types_are_read_as_http_says(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    before = of_ews(scene)
    read, create = envelope(READ, scene.version), envelope(ask.create_meeting(draft(scene)), scene.version)
    for kind in ("text/xml", 'text/xml; charset="utf-8"', "TEXT/XML; CHARSET=UTF-8", "text/xml;charset=utf-8;x=y"):
        code = organizer.post(read, {"Content-Type": kind}).code
        scene.expect("EWS-HTTP-001", f"the code for {kind}", code).equals("NoError")
    for kind in ("text/plain", "application/json", "multipart/form-data; boundary=x"):
        answer = organizer.post(create, {"Content-Type": kind})
        scene.expect("EWS-HTTP-002", f"the HTTP status for {kind}", answer.status).is_one_of(400, 415, 500)
    scene.expect("EWS-HTTP-002", "the mailboxes afterwards", of_ews(scene)).equals(before)


@case("http.ews-charsets", scenario=SCENARIO, verifies=("EWS-HTTP-003", "EWS-HTTP-004"), pairings=EWS)
def test_xml_is_taken_in_every_encoding_of_xml(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    subject = f"Überprüfung 会議 {token(scene)}"
    text = envelope(
        ask.create_meeting(draft(scene, subject=subject, required=()), "SendToNone"), scene.version
    ).decode()
    marked = organizer.post(b"\xef\xbb\xbf" + text.encode())
    scene.expect("EWS-HTTP-003", "the code with a byte order mark", marked.code).equals("NoError")
    wide = text.replace('encoding="utf-8"', 'encoding="utf-16"').encode("utf-16")
    answer = organizer.post(wide, {"Content-Type": "text/xml; charset=utf-16"})
    scene.expect("EWS-HTTP-004", "the code in UTF-16", answer.code).equals("NoError")
    made = names_in(organizer, "calendar", subject)
    for requirement in ("EWS-HTTP-003", "EWS-HTTP-004"):
        scene.expect(requirement, "the items of that subject", made).equals(["CalendarItem", "CalendarItem"])


TEXTS = {
    "markup": "Profit & <loss> of \"Q1\" ]]> 'net'",
    "scripts": "Ärger, перемены, 会議, اجتماع, פגישה",
    "planes": "Party \U0001f389 with \U00020000 and \U0001f469\u200d\U0001f469",
    "accents": "Cafe\u0301 and Ame\u0301lie",
}


@case("http.texts", scenario=SCENARIO, verifies=("MEETING-HTTP-001",), pairings=ALL)
@pytest.mark.parametrize("name", list(TEXTS))
def test_texts_arrive_as_they_were_written(scene: Scene, name: str) -> None:
    text = TEXTS[name]
    plan = draft(scene, subject=f"{text} {token(scene)}", location=text, body=text)
    meeting = scene.organizer.schedule(plan)
    request = request_of(scene, scene.attendee)
    own, theirs = event_of(scene, scene.attendee), scene.organizer.look(meeting)
    for about, told in {
        "organizer's item": (theirs.subject, theirs.location),
        "attendee's item": (own.subject, own.location),
        "request": (request.subject, plan.location),
    }.items():
        scene.expect("MEETING-HTTP-001", f"subject and place of the {about}", told).equals(
            (plan.subject, plan.location)
        )


@case(
    "http.ews-methods",
    scenario=SCENARIO,
    verifies=("EWS-HTTP-005", "EWS-HTTP-006"),
    pairings=EWS,
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PATCH"])
def test_other_methods_are_no_operations(scene: Scene, method: str) -> None:
    organizer = scene.ews("organizer0")
    before = of_ews(scene)
    body = envelope(ask.create_meeting(draft(scene)), scene.version) if method == "PATCH" else b""
    answer = organizer.post(body, method=method)
    scene.expect("EWS-HTTP-005", f"the HTTP status of {method}", answer.status).is_less_than(500)
    scene.expect("EWS-HTTP-005", f"response messages of {method}", answer.messages).is_absent()
    offered = [name.strip() for name in (answer.exchange.response.header("Allow") or "").split(",")]
    if answer.status == 405:
        scene.expect("EWS-HTTP-006", f"Allow in the answer to {method}", offered).contains("POST")
    else:
        scene.expect("EWS-HTTP-006", f"the HTTP status of {method}", answer.status).differs_from(405)
    scene.expect("EWS-HTTP-005", "the mailboxes afterwards", of_ews(scene)).equals(before)


# Ways to send one request that change nothing of what it asks.
WAYS: Mapping[str, Mapping[str, str]] = {
    "in chunks": {"Transfer-Encoding": "chunked"},
    "accepting gzip": {"Accept-Encoding": "gzip"},
    "accepting anything": {"Accept-Encoding": "*", "Accept": "*/*"},
    "closing the connection": {"Connection": "close"},
    "with a header that nobody knows": {"X-Weather": "fine"},
    "with an id of its own": {"client-request-id": "0f7b6b0e-4b1c-4c8e-9c1e-2d1f3a5b7c9d"},
}
REQUIREMENTS = {
    "in chunks": "007",
    "accepting gzip": "008",
    "accepting anything": "008",
    "closing the connection": "009",
    "with a header that nobody knows": "010",
    "with an id of its own": "010",
}


@case(
    "http.ews-ways",
    scenario=SCENARIO,
    verifies=("EWS-HTTP-007", "EWS-HTTP-008", "EWS-HTTP-009", "EWS-HTTP-010", "EWS-HTTP-011"),
    pairings=EWS,
)
def test_a_request_means_the_same_however_it_is_sent(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    organizer.call(ask.create_meeting(draft(scene, required=()), "SendToNone")).succeed("CreateItem")
    body = envelope(READ, scene.version)
    plain = _plain(organizer.post(body))
    scene.require("EWS-HTTP-007", "the items found", plain).is_present()
    for way, headers in WAYS.items():
        told = _plain(organizer.post(body, headers))
        scene.expect(f"EWS-HTTP-{REQUIREMENTS[way]}", f"the items found {way}", told).equals(plain)
    for name in ("CONTENT-TYPE", "content-type"):
        pairs = ((name, "text/xml; charset=utf-8"), ("soapaction", '""'))
        request = organizer.post(body).exchange.request
        told = _plain(EwsAnswer(organizer.send(replace(request, headers=pairs))))
        scene.expect("EWS-HTTP-011", f"the items found with {name}", told).equals(plain)


@case("http.ews-paths", scenario=SCENARIO, verifies=("EWS-HTTP-012",), pairings=EWS)
def test_the_letter_case_of_the_endpoint_does_not_count(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    for place in ("/ews/exchange.asmx", "/EWS/EXCHANGE.ASMX"):
        url = re.sub(r"/ews/exchange\.asmx$", place, organizer.url, flags=re.IGNORECASE)
        code = replace(organizer, url=url).call(READ).code
        scene.expect("EWS-HTTP-012", f"the code at {place}", code).equals("NoError")


@case(
    "http.ews-challenge",
    scenario=SCENARIO,
    verifies=("EWS-HTTP-013", "EWS-HTTP-014"),
    pairings=EWS,
)
def test_who_is_turned_away_is_told_how_to_come_in(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    wrong = "Basic " + b64encode(f"{address(scene, 'organizer0')}:not the password".encode()).decode()
    for about, value in {"no credentials": None, "a wrong password": wrong}.items():
        answer = organizer.authorized_by(value).call(READ).exchange.response
        schemes = {
            text.split(" ")[0].casefold() for name, text in answer.headers if name.casefold() == "www-authenticate"
        }
        scene.expect("EWS-HTTP-013", f"the HTTP status with {about}", answer.status).equals(401)
        scene.expect("EWS-HTTP-013", f"the schemes offered with {about}", schemes).holds(
            lambda found: bool(found & {"basic", "ntlm", "negotiate", "bearer"}), "Basic, NTLM, Negotiate or Bearer"
        )
    for about, message in {
        "an answer": organizer.call(READ).exchange.response,
        "a refusal": organizer.authorized_by(None).call(READ).exchange.response,
    }.items():
        told = message.header("Date")
        scene.expect("EWS-HTTP-014", f"the Date of {about}", told).matches(r"\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT")


def _subjects(answer: GraphAnswer) -> list[object]:
    return [one.get("subject") for one in answer.value]


@case(
    "http.graph-ways",
    scenario=SCENARIO,
    verifies=("GRAPH-HTTP-001", "GRAPH-HTTP-002", "GRAPH-HTTP-003", "GRAPH-HTTP-004", "GRAPH-HTTP-005"),
    pairings=GRAPH,
)
def test_graph_means_the_same_however_it_is_asked(scene: Scene) -> None:
    organizer = scene.graph("organizer0")
    call_meeting(scene, draft(scene, required=()))
    path = f"me/events?$filter=contains(subject,'{token(scene)}')"
    plain = _subjects(organizer.get(path))
    scene.require("GRAPH-HTTP-002", "the events found", plain).has_length(1)
    for way in ("accepting gzip", "accepting anything", "closing the connection", "with a header that nobody knows"):
        told = _subjects(organizer.get(path, WAYS[way]))
        scene.expect("GRAPH-HTTP-002", f"the events found {way}", told).equals(plain)
    for name in ("ACCEPT", "accept"):
        told = _subjects(organizer.get(path, {name: "application/json"}))
        scene.expect("GRAPH-HTTP-002", f"the events found with {name}", told).equals(plain)
    quoted = path.replace("$filter", "%24filter").replace("me/events", "m%65/events")
    told = _subjects(organizer.get(quoted))
    scene.expect("GRAPH-HTTP-003", "the events found by a path in percent signs", told).equals(plain)
    for kind in (
        "*/*",
        "application/*",
        "text/html, application/json;q=0.5",
        "application/json;odata.metadata=minimal",
    ):
        told = _subjects(organizer.get(path, {"Accept": kind}))
        scene.expect("GRAPH-HTTP-004", f"the events found accepting {kind}", told).equals(plain)
    bare = organizer.get(path, {"Accept": "application/json;odata.metadata=none"})
    scene.expect("GRAPH-HTTP-005", "members of an answer without metadata", list(bare.members)).lacks("@odata.context")
    scene.expect("GRAPH-HTTP-005", "the events found without metadata", _subjects(bare)).equals(plain)
    made = graph_requests.event(draft(scene, required=()))
    kinds = {
        "in chunks": WAYS["in chunks"],
        "as JSON with a charset": {"Content-Type": "application/json; charset=utf-8"},
        "as JSON in capitals": {"Content-Type": "APPLICATION/JSON"},
    }
    for way, headers in kinds.items():
        status = organizer.post("me/events", made, headers).status
        scene.expect("GRAPH-HTTP-001", f"the status of an event sent {way}", status).equals(201)
    found = in_calendar(organizer, token(scene))
    scene.expect("GRAPH-HTTP-001", "the events afterwards", found).has_length(1 + len(kinds))


@case("http.graph-codings", scenario=SCENARIO, verifies=("GRAPH-HTTP-006",), pairings=GRAPH)
def test_a_body_without_its_type_makes_nothing(scene: Scene) -> None:
    organizer = scene.graph("organizer0")
    before = of_graph(scene)
    body = str(graph_requests.event(draft(scene))).replace("'", '"').encode()
    for kind in ("", "application/octet-stream", "application/json5"):
        told = organizer.post("me/events", body, {"Content-Type": kind}).status
        scene.expect("GRAPH-HTTP-006", f"the status for the media type {kind!r}", told).is_one_of(400, 415)
    scene.expect("GRAPH-HTTP-006", "the mailboxes afterwards", of_graph(scene)).equals(before)
