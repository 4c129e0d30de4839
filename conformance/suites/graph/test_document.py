"""The document on proposing new times in Graph, replayed with its own messages."""

from __future__ import annotations

import json
import re
from typing import Any

from conformance.actor import graph_views as read
from conformance.actor.graph_client import GraphAnswer, segment
from conformance.actor.times import instant
from conformance.actor.views import Slot
from conformance.suites.case import GRAPH, case
from conformance.suites.documents import http_text, message, render
from conformance.suites.graph.steps import NEVER, UNSET, Resource, created, entry, own_event, received
from conformance.suites.scene import Scene
from conformance.suites.steps import address, token

SCENARIO = "graph-propose-new-time"
SLUG = "graph-propose-new-time"
SUBJECT = "Let's go for lunch"
ORGANIZER, ATTENDEE = "AlexW", "AdeleV"
PACIFIC = "Pacific Standard Time"
EVENT_OF_ORGANIZER, EVENT_OF_ATTENDEE = "AAMkADAwJXJGu0AAACEhWOAAA=", "AAMkADU5NRaRqdoI4oeRpAAAB_woNAAA="
LUNCH = Slot(instant("2019-08-15T19:00:00Z"), instant("2019-08-15T21:00:00Z"))
NEXT_DAY = Slot(instant("2019-08-16T19:00:00Z"), instant("2019-08-16T21:00:00Z"))


def _subject(scene: Scene) -> str:
    """The document's subject, and the case's token behind it."""
    return f"{SUBJECT} {token(scene)}"


def _send(scene: Scene, who: str, name: str, ids: dict[str, str] | None = None) -> GraphAnswer:
    """A request of the document, to this target and with its addresses and ids; the token follows the subject."""
    told = message(SLUG, name)
    people = {"AlexW@contoso.com": address(scene, ORGANIZER), "AdeleV@contoso.com": address(scene, ATTENDEE)}
    addresses = {printed: real for printed, real in people.items() if printed in told.addresses}
    asked = http_text(render(told, addresses=addresses, ids=ids))
    path = asked.url.partition("/v1.0/")[2]
    body = asked.body.replace(SUBJECT, _subject(scene)).encode() if asked.body else None
    return scene.graph(who).request(asked.method, path, body=body, headers=dict(asked.headers))


def _invite(scene: Scene) -> Resource:
    return created(_send(scene, ORGANIZER, "create-event.request"))


def _propose(scene: Scene) -> tuple[Resource, GraphAnswer]:
    """Steps 1 and 2: the event of the organizer, and the answer to the attendee's proposal."""
    meeting = _invite(scene)
    own = own_event(scene, ATTENDEE)
    return meeting, _send(scene, ATTENDEE, "tentatively-accept.request", {EVENT_OF_ATTENDEE: segment(str(own["id"]))})


def _printed(scene: Scene, name: str) -> dict[str, Any]:
    """The body of a printed answer, the case's token behind its subject."""
    body = http_text(message(SLUG, name).corrected).body
    told: dict[str, Any] = json.loads(body.replace(SUBJECT, _subject(scene)))
    return told


def _flat(value: Any, path: str = "") -> dict[str, Any]:
    """Every leaf of a JSON value by its path."""
    if isinstance(value, dict):
        return {key: leaf for name, part in value.items() for key, leaf in _flat(part, f"{path}/{name}").items()}
    if isinstance(value, list):
        return {key: leaf for n, part in enumerate(value) for key, leaf in _flat(part, f"{path}/{n}").items()}
    return {path: value}


# What differs from one run and one server to the next: ids, times of writing, links, and bodies, which are wrapped.
_VOLATILE = ("/@odata.", "/id", "/createdDateTime", "/lastModifiedDateTime", "/changeKey", "/webLink", "/body/content")
_OF_MESSAGES = (
    "/receivedDateTime", "/sentDateTime", "/internetMessageId", "/parentFolderId", "/conversationId",
    "/conversationIndex", "/unsubscribe", "/isDeliveryReceiptRequested", "/location/uniqueId", "/proposedNewTime",
    "/meetingMessageType", "/inferenceClassification",
)  # fmt: skip


def _differences(scene: Scene, expected: Resource, actual: Resource, skipped: tuple[str, ...]) -> dict[str, Any]:
    """The printed leaves that the answer does not have, with what it has instead."""
    people = {"AlexW@contoso.com": address(scene, ORGANIZER), "AdeleV@contoso.com": address(scene, ATTENDEE)}
    wanted = {path: people.get(str(leaf), leaf) for path, leaf in _flat(expected).items()}
    told = _flat(actual)
    return {
        path: told.get(path, "absent")
        for path, leaf in wanted.items()
        if not path.startswith(skipped) and not path.endswith("/emailAddress/name") and told.get(path, "absent") != leaf
    }


@case(
    "graph-propose-new-time.create",
    scenario=SCENARIO,
    verifies=(
        "GRAPH-EVT-001",
        "GRAPH-EVT-002",
        "GRAPH-EVT-003",
        "GRAPH-EVT-004",
        "GRAPH-EVT-005",
        "GRAPH-EVT-010",
        "GRAPH-EVT-011",
        "GRAPH-EVT-014",
        "GRAPH-EVT-015",
        "GRAPH-EVT-016",
        "GRAPH-SEED-001",
        "GRAPH-SEED-007",
    ),
    pairings=GRAPH,
)
def test_step_1_creates_the_documents_event(scene: Scene) -> None:
    answer = _send(scene, ORGANIZER, "create-event.request")
    scene.require("GRAPH-EVT-001", "the status of POST events", answer.status).equals(201)
    made = answer.members
    scene.expect("GRAPH-EVT-002", "isOrganizer", made.get("isOrganizer")).is_true()
    scene.expect("GRAPH-EVT-002", "organizer", read.address(made.get("organizer"))).equals(address(scene, ORGANIZER))
    scene.expect("GRAPH-EVT-003", "responseStatus", made.get("responseStatus")).equals(
        {"response": "organizer", "time": NEVER}
    )
    invited = entry(made, address(scene, ATTENDEE))
    scene.expect("GRAPH-EVT-004", "the attendee's status", invited.get("status")).equals(
        {"response": "none", "time": NEVER}
    )
    scene.expect("GRAPH-EVT-005", "type", made.get("type")).equals("singleInstance")
    scene.expect("GRAPH-EVT-005", "seriesMasterId", made.get("seriesMasterId")).is_absent()
    scene.expect("GRAPH-EVT-010", "start", made.get("start")).equals(
        {"dateTime": "2019-08-15T12:00:00.0000000", "timeZone": PACIFIC}
    )
    scene.expect("GRAPH-EVT-010", "end", made.get("end")).equals(
        {"dateTime": "2019-08-15T14:00:00.0000000", "timeZone": PACIFIC}
    )
    zones = (made.get("originalStartTimeZone"), made.get("originalEndTimeZone"))
    scene.expect("GRAPH-EVT-011", "the zones given at creation", zones).equals((PACIFIC, PACIFIC))
    scene.expect("GRAPH-EVT-014", "body.contentType", answer.at("body", "contentType")).equals("html")
    scene.expect("GRAPH-EVT-015", "bodyPreview", made.get("bodyPreview")).equals("Does noon work for you?")
    scene.expect("GRAPH-EVT-016", "body.content", answer.at("body", "content")).contains("Does noon work for you?")
    different = _differences(scene, _printed(scene, "create-event.response"), made, _VOLATILE)
    scene.expect("GRAPH-SEED-001", "where the event differs from the document's", different).equals({})
    scene.expect("GRAPH-SEED-007", "the event with the document's quirks set aside", different).equals({})


@case(
    "graph-propose-new-time.invitation",
    scenario=SCENARIO,
    verifies=("GRAPH-MSG-001", "GRAPH-MSG-002", "GRAPH-MSG-003", "GRAPH-MSG-021", "GRAPH-PNT-019", "GRAPH-ODT-004"),
    pairings=GRAPH,
)
def test_the_attendee_receives_a_request_that_allows_proposals(scene: Scene) -> None:
    _invite(scene)
    request = received(scene, ATTENDEE, "eventMessageRequest", requirement="GRAPH-MSG-001")
    scene.expect("GRAPH-ODT-004", "@odata.type", request.get("@odata.type")).equals(
        "#microsoft.graph.eventMessageRequest"
    )
    scene.expect("GRAPH-MSG-001", "the subject of the request", request.get("subject")).equals(_subject(scene))
    kinds = (request.get("meetingMessageType"), request.get("meetingRequestType"))
    scene.expect("GRAPH-MSG-003", "the kinds of the request", kinds).equals(("meetingRequest", "newMeetingRequest"))
    scene.expect("GRAPH-PNT-019", "allowNewTimeProposals", request.get("allowNewTimeProposals")).is_true()
    client = scene.graph(ATTENDEE)
    path = f"me/messages/{segment(str(request['id']))}"
    linked = client.get(f"{path}/microsoft.graph.eventMessage/event")
    own = own_event(scene, ATTENDEE)
    scene.expect("GRAPH-MSG-002", "the event of the request", linked.members.get("id")).equals(own["id"])
    shown = (own.get("showAs"), own.get("isOrganizer"))
    scene.expect("GRAPH-MSG-002", "showAs and isOrganizer of the event", shown).equals(("tentative", False))
    expanded = client.get(f"{path}?$expand=microsoft.graph.eventMessage/event")
    scene.expect("GRAPH-MSG-021", "the event expanded", expanded.at("event", "id")).equals(own["id"])
    scene.expect("GRAPH-MSG-021", "its context", expanded.members.get("event@odata.context")).is_present()


@case(
    "graph-propose-new-time.propose",
    scenario=SCENARIO,
    verifies=(
        "GRAPH-SEED-002",
        "GRAPH-RSP-001",
        "GRAPH-WIRE-012",
        "GRAPH-WIRE-016",
        "GRAPH-WIRE-018",
        "GRAPH-PNT-001",
        "GRAPH-PNT-005",
        "GRAPH-PNT-011",
    ),
    pairings=GRAPH,
)
def test_step_2_proposes_the_next_day(scene: Scene) -> None:
    meeting, answer = _propose(scene)
    scene.require("GRAPH-SEED-002", "the status of tentativelyAccept", answer.status).equals(202)
    scene.expect("GRAPH-RSP-001", "the body of the answer", answer.exchange.response.body).equals(b"")
    scene.expect("GRAPH-WIRE-012", "the body of the answer", answer.exchange.response.body).equals(b"")
    received(scene, ORGANIZER, "eventMessageResponse", requirement="GRAPH-SEED-002")
    event = scene.graph(ORGANIZER).get(f"me/events/{segment(str(meeting['id']))}").members
    invited = entry(event, address(scene, ATTENDEE))
    told = read.slot(invited.get("proposedNewTime"))
    scene.expect("GRAPH-PNT-001", "proposedNewTime of the attendee", told).equals(NEXT_DAY)
    scene.expect("GRAPH-PNT-011", "the proposal given in PascalCase", told).equals(NEXT_DAY)
    scene.expect("GRAPH-WIRE-016", "the proposal given in PascalCase", told).equals(NEXT_DAY)
    response = (invited.get("status") or {}).get("response")
    scene.expect("GRAPH-WIRE-018", 'the response sent with "true"', response).equals("tentativelyAccepted")
    scene.expect("GRAPH-PNT-005", "start and end of the event", read.slot(event)).equals(LUNCH)


def _newest(scene: Scene) -> GraphAnswer:
    """The document's page of the one newest message; asked anew, and walked on, where another case's arrived since."""
    answer = _send(scene, ORGANIZER, "list-messages.request")
    if scene.has("quiet-mailboxes"):
        return answer
    preference = {"Prefer": f'outlook.timezone="{PACIFIC}"'}
    for _ in range(_PAGES):
        subjects = [str(one.get("subject")) for one in answer.value]
        link = answer.members.get("@odata.nextLink")
        if any(token(scene) in subject for subject in subjects) or not link:
            break
        answer = scene.graph(ORGANIZER).get(str(link), preference)
    return answer


# How far the newest message may have moved, and how often, where others receive some as well.
_PAGES, _SHIFTS = 50, 3


@case(
    "graph-propose-new-time.read-the-response",
    scenario=SCENARIO,
    verifies=(
        "GRAPH-SEED-003",
        "GRAPH-SEED-007",
        "GRAPH-MSG-010",
        "GRAPH-MSG-011",
        "GRAPH-MSG-012",
        "GRAPH-MSG-013",
        "GRAPH-MSG-014",
        "GRAPH-MSG-019",
        "GRAPH-ODT-001",
        "GRAPH-ODT-007",
        "GRAPH-ODT-009",
        "GRAPH-ODT-013",
        "GRAPH-PNT-003",
        "GRAPH-PNT-004",
        "GRAPH-PNT-015",
        "GRAPH-PNT-016",
        "GRAPH-PREF-003",
        "GRAPH-RSP-009",
    ),
    pairings=GRAPH,
)
def test_step_3_reads_the_newest_message(scene: Scene) -> None:
    _propose(scene)
    received(scene, ORGANIZER, "eventMessageResponse", requirement="GRAPH-SEED-003")
    answer = _newest(scene)
    scene.require("GRAPH-SEED-003", "the status of GET messages", answer.status).equals(200)
    scene.expect("GRAPH-ODT-001", "@odata.context", answer.members.get("@odata.context")).is_present()
    scene.require("GRAPH-ODT-007", "what $top=1 lists", answer.value).has_length(1)
    told = answer.value[0]
    preference = answer.header("Preference-Applied")
    scene.expect("GRAPH-PREF-003", "Preference-Applied", preference).contains(f'outlook.timezone="{PACIFIC}"')
    scene.expect("GRAPH-MSG-010", "@odata.type", told.get("@odata.type")).equals(
        "#microsoft.graph.eventMessageResponse"
    )
    scene.expect("GRAPH-MSG-010", "responseType", told.get("responseType")).equals("tentativelyAccepted")
    scene.expect("GRAPH-MSG-019", "the newest message", told.get("responseType")).equals("tentativelyAccepted")
    scene.expect("GRAPH-MSG-011", "meetingMessageType", told.get("meetingMessageType")).is_one_of(
        "meetingTenativelyAccepted", "meetingTentativelyAccepted"
    )
    scene.expect("GRAPH-MSG-012", "the slot of the message", read.slot(told, "startDateTime", "endDateTime")).equals(
        LUNCH
    )
    for member in ("sender", "from"):
        scene.expect("GRAPH-MSG-013", member, read.address(told.get(member))).equals(address(scene, ATTENDEE))
    to = [read.address(one) for one in told.get("toRecipients") or ()]
    scene.expect("GRAPH-MSG-013", "toRecipients", to).equals([address(scene, ORGANIZER)])
    flags = {name: told.get(name) for name in ("isOutOfDate", "isAllDay", "isDelegated")}
    scene.expect("GRAPH-MSG-014", "the flags", flags).equals(dict.fromkeys(flags, False))
    scene.expect("GRAPH-PNT-003", "proposedNewTime", read.slot(told.get("proposedNewTime"))).equals(NEXT_DAY)
    start = answer.at("value", 0, "proposedNewTime", "start")
    scene.expect("GRAPH-PNT-015", "the zone of the proposal", (start or {}).get("timeZone")).equals(PACIFIC)
    scene.expect("GRAPH-PNT-016", "the digits of the proposal", (start or {}).get("dateTime")).matches(
        r"2019-08-16T12:00:00(\.0{7})?"
    )
    scene.expect("GRAPH-PNT-004", "the subject", told.get("subject")).equals(f"New Time Proposed: {_subject(scene)}")
    body = answer.at("value", 0, "body", "content")
    scene.expect("GRAPH-RSP-009", "the body", body).contains("Can you make the next day instead?")
    link = answer.members.get("@odata.nextLink")
    scene.expect("GRAPH-ODT-009", "@odata.nextLink", link).starts_with(scene.graph(ORGANIZER).url)
    if link:
        further = scene.graph(ORGANIZER).get(str(link))
        scene.expect("GRAPH-ODT-013", "the status of the next page", further.status).equals(200)
        ids = [one.get("id") for one in further.value]
        for _ in range(0 if scene.has("quiet-mailboxes") else _SHIFTS):
            # A message that has arrived in between has pushed this one onto the next page.
            if told.get("id") in ids and (link := further.members.get("@odata.nextLink")):
                further = scene.graph(ORGANIZER).get(str(link))
                ids = [one.get("id") for one in further.value]
        scene.expect("GRAPH-ODT-013", "the next page", ids).lacks(told.get("id"))
    else:
        scene.expect("GRAPH-ODT-013", "@odata.nextLink", link).is_present()
    skipped = _VOLATILE + _OF_MESSAGES
    different = _differences(scene, _printed(scene, "list-messages.response")["value"][0], told, skipped)
    scene.expect("GRAPH-SEED-003", "where the message differs from the document's", different).equals({})
    scene.expect("GRAPH-SEED-007", "the message with the document's quirks set aside", different).equals({})


@case(
    "graph-propose-new-time.read-the-event",
    scenario=SCENARIO,
    verifies=("GRAPH-SEED-004", "GRAPH-ODT-002", "GRAPH-ODT-005", "GRAPH-ODT-006", "GRAPH-PNT-001", "GRAPH-RSP-005"),
    pairings=GRAPH,
)
def test_step_4_selects_the_event_with_the_proposal(scene: Scene) -> None:
    meeting, _ = _propose(scene)
    response = received(scene, ORGANIZER, "eventMessageResponse", requirement="GRAPH-RSP-005")
    answer = _send(scene, ORGANIZER, "get-event.request", {EVENT_OF_ORGANIZER: segment(str(meeting["id"]))})
    scene.require("GRAPH-SEED-004", "the status of GET event", answer.status).equals(200)
    told = answer.members
    names = ("subject", "allowNewTimeProposals", "start", "end", "attendees", "organizer")
    scene.expect("GRAPH-ODT-005", "the members", list(told)).has_members(
        ["@odata.context", "@odata.etag", "id", *names]
    )
    context = told.get("@odata.context")
    root = scene.graph(ORGANIZER).url.rpartition("/")[2]
    scene.expect("GRAPH-ODT-002", "@odata.context", context).matches(rf".*/{re.escape(root)}/\$metadata#.*/\$entity")
    scene.expect("GRAPH-ODT-002", "@odata.etag", told.get("@odata.etag")).is_present()
    scene.expect("GRAPH-ODT-006", "@odata.context", context).contains(f"events({','.join(names)})")
    invited = entry(told, address(scene, ATTENDEE))
    scene.expect("GRAPH-PNT-001", "proposedNewTime", read.slot(invited.get("proposedNewTime"))).equals(NEXT_DAY)
    zones = [((invited.get("proposedNewTime") or {}).get(name) or {}).get("timeZone") for name in ("start", "end")]
    told_as = (read.slot(invited.get("proposedNewTime")), zones)
    scene.expect("GRAPH-SEED-004", "the proposal within the attendee", told_as).equals((NEXT_DAY, [PACIFIC, PACIFIC]))
    state = invited.get("status") or {}
    scene.expect("GRAPH-RSP-005", "the attendee's response", state.get("response")).equals("tentativelyAccepted")
    sent = instant(str(response["sentDateTime"]))
    scene.expect("GRAPH-RSP-005", "the time of the response", instant(str(state.get("time") or NEVER))).holds(
        lambda time: abs((time - sent).total_seconds()) < 1, "the time at which the response was sent"
    )


@case(
    "graph-propose-new-time.take-up",
    scenario=SCENARIO,
    verifies=("GRAPH-SEED-005", "GRAPH-SEED-007", "GRAPH-EVT-017", "GRAPH-EVT-025", "GRAPH-PNT-013", "GRAPH-PNT-014"),
    pairings=GRAPH,
)
def test_step_5_moves_the_event_to_the_proposal(scene: Scene) -> None:
    meeting, _ = _propose(scene)
    received(scene, ORGANIZER, "eventMessageResponse", requirement="GRAPH-SEED-005")
    answer = _send(scene, ORGANIZER, "update-event.request", {EVENT_OF_ORGANIZER: segment(str(meeting["id"]))})
    scene.require("GRAPH-EVT-025", "the status of PATCH event", answer.status).equals(200)
    told = answer.members
    scene.expect("GRAPH-EVT-025", "start and end", read.slot(told)).equals(NEXT_DAY)
    scene.expect("GRAPH-EVT-017", "changeKey", told.get("changeKey")).differs_from(meeting.get("changeKey"))
    scene.expect("GRAPH-EVT-017", "@odata.etag", told.get("@odata.etag")).differs_from(meeting.get("@odata.etag"))
    scene.expect("GRAPH-EVT-017", "createdDateTime", told.get("createdDateTime")).equals(meeting.get("createdDateTime"))
    invited = entry(told, address(scene, ATTENDEE))
    state = invited.get("status") or {}
    scene.expect("GRAPH-PNT-013", "the attendee's response", state.get("response")).equals("notResponded")
    scene.expect("GRAPH-PNT-013", "the time of the response", state.get("time")).equals(UNSET)
    scene.expect("GRAPH-PNT-014", "the members of the attendee", list(invited)).lacks("proposedNewTime")
    # Which of its two words and dates a server has for no answer is told by GRAPH-PNT-013 alone.
    different = _differences(scene, _printed(scene, "update-event.response"), told, (*_VOLATILE, "/attendees/0/status"))
    scene.expect("GRAPH-SEED-005", "where the event differs from the document's", different).equals({})
    scene.expect("GRAPH-SEED-007", "the event with the document's quirks set aside", different).equals({})
    open_again = (state.get("response") in {"none", "notResponded"}, read.answer_time(state.get("time")))
    scene.expect("GRAPH-SEED-005", "whether the attendee has yet to answer, and when", open_again).equals((True, None))
    moved = own_event(scene, ATTENDEE)
    scene.expect("GRAPH-SEED-005", "start and end at the attendee", read.slot(moved)).equals(NEXT_DAY)


@case(
    "graph-propose-new-time.no-proposal",
    scenario=SCENARIO,
    verifies=("GRAPH-SEED-006", "GRAPH-PNT-006", "GRAPH-PNT-007", "GRAPH-PNT-020"),
    pairings=GRAPH,
)
def test_without_a_proposal_none_is_shown(scene: Scene) -> None:
    meeting = _invite(scene)
    own = own_event(scene, ATTENDEE)
    answer = scene.graph(ATTENDEE).post(f"me/events/{segment(str(own['id']))}/decline", {"comment": "Sorry."})
    scene.expect("GRAPH-SEED-006", "the status of decline", answer.status).equals(202)
    response = received(scene, ORGANIZER, "eventMessageResponse", requirement="GRAPH-SEED-006")
    scene.expect("GRAPH-PNT-020", "responseType", response.get("responseType")).equals("declined")
    scene.expect("GRAPH-PNT-007", "proposedNewTime of the response", response.get("proposedNewTime")).is_absent()
    event = scene.graph(ORGANIZER).get(f"me/events/{segment(str(meeting['id']))}").members
    invited = entry(event, address(scene, ATTENDEE))
    scene.expect("GRAPH-PNT-006", "the members of the attendee", list(invited)).lacks("proposedNewTime")
    scene.expect("GRAPH-SEED-006", "the attendee's response", (invited.get("status") or {}).get("response")).equals(
        "declined"
    )
