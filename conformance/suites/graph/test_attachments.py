"""Attachments of events over Graph: given, added, read, deleted, sent to attendees, and sent in pieces."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from conformance.actor import graph_requests as ask
from conformance.actor.graph_client import GraphAnswer, GraphClient, segment
from conformance.actor.graph_views import slot
from conformance.model.exchange import Request
from conformance.suites.case import GRAPH, case
from conformance.suites.graph.recurring import members, nth, path_of, view
from conformance.suites.graph.steps import Resource, call_meeting, event, own_event, patch
from conformance.suites.recurring import daily, moved, window
from conformance.suites.scene import Scene
from conformance.suites.steps import draft

SCENARIO = "attachments"
TEXT = b"1. Figures\r\n2. Plans\r\n"
Json = Mapping[str, Any]


def _file(name: str = "agenda.txt", content: bytes = TEXT, **more: Any) -> dict[str, Any]:
    return {
        "@odata.type": "#microsoft.graph.fileAttachment",
        "name": name,
        "contentType": "text/plain",
        "contentBytes": base64.b64encode(content).decode(),
        **more,
    }


def _attach(client: GraphClient, what: Resource, body: Json) -> GraphAnswer:
    return client.post(f"{path_of(what)}/attachments", body)


def _attached(client: GraphClient, what: Resource) -> list[Resource]:
    """What is attached to an event."""
    return list(client.get(f"{path_of(what)}/attachments").succeed("GET attachments").value)


def _contents(attachments: list[Resource]) -> list[tuple[str, bytes]]:
    """Names and contents, by name."""
    return sorted((str(one.get("name")), base64.b64decode(str(one.get("contentBytes") or ""))) for one in attachments)


def _at(what: Resource, attachment: Any) -> str:
    return f"{path_of(what)}/attachments/{segment(str(attachment))}"


def _alone(scene: Scene) -> Resource:
    return call_meeting(scene, draft(scene, required=()))


@case(
    "attachments.graph-add",
    scenario=SCENARIO,
    verifies=(
        "GRAPH-ATT-101",
        "GRAPH-ATT-102",
        "GRAPH-ATT-103",
        "GRAPH-ATT-104",
        "GRAPH-ATT-105",
        "GRAPH-ATT-106",
    ),
    pairings=GRAPH,
    needs=("attachments",),
)
def test_a_file_is_added_listed_read_and_deleted(scene: Scene) -> None:
    organizer, made = scene.graph("organizer0"), _alone(scene)
    scene.expect("GRAPH-ATT-102", "hasAttachments before", made.get("hasAttachments")).is_false()
    answer = _attach(organizer, made, _file())
    told = (answer.status, answer.members.get("@odata.type"))
    scene.expect("GRAPH-ATT-101", "status and type", told).equals((201, "#microsoft.graph.fileAttachment"))
    after = event(organizer, str(made["id"]))
    scene.expect("GRAPH-ATT-102", "hasAttachments after", after.get("hasAttachments")).is_true()
    listed = _attached(organizer, made)
    scene.expect("GRAPH-ATT-103", "names and contents", _contents(listed)).equals([("agenda.txt", TEXT)])
    facts = [(one.get("contentType"), one.get("isInline")) for one in listed]
    scene.expect("GRAPH-ATT-103", "contentType and isInline", facts).equals([("text/plain", False)])
    place = _at(made, answer.members.get("id"))
    raw = organizer.get(f"{place}/$value")
    scene.expect("GRAPH-ATT-104", "status and bytes of $value", (raw.status, raw.exchange.response.body)).equals(
        (200, TEXT)
    )
    scene.expect("GRAPH-ATT-105", "the status of DELETE", organizer.delete(place).status).equals(204)
    left = event(organizer, str(made["id"]))
    scene.expect("GRAPH-ATT-105", "hasAttachments afterwards", left.get("hasAttachments")).is_false()
    scene.expect("GRAPH-ATT-106", "the status of GET afterwards", organizer.get(place).status).equals(404)


@case(
    "attachments.graph-created-with",
    scenario=SCENARIO,
    verifies=("GRAPH-ATT-107", "GRAPH-ATT-108", "GRAPH-ATT-109"),
    pairings=GRAPH,
    needs=("attachments",),
)
def test_an_event_is_created_with_what_its_attendees_receive(scene: Scene) -> None:
    organizer = scene.graph("organizer0")
    made = call_meeting(scene, draft(scene), attachments=[_file(), _file("plans.txt", b"All of them.")])
    wanted = [("agenda.txt", TEXT), ("plans.txt", b"All of them.")]
    scene.expect("GRAPH-ATT-107", "the organizer's attachments", _contents(_attached(organizer, made))).equals(wanted)
    expanded = event(organizer, str(made["id"]), "?$expand=attachments").get("attachments") or []
    scene.expect("GRAPH-ATT-108", "the names by $expand", members(expanded, "name")).has_members(
        [name for name, _ in wanted]
    )
    own = own_event(scene, "attendee0")
    theirs = _contents(_attached(scene.graph("attendee0"), own))
    scene.expect("GRAPH-ATT-109", "the attendee's attachments", theirs).equals(wanted)


@case(
    "attachments.graph-sent-later",
    scenario=SCENARIO,
    verifies=("GRAPH-ATT-110",),
    pairings=GRAPH,
    needs=("attachments",),
)
def test_an_attachment_added_later_travels_with_the_next_update(scene: Scene) -> None:
    organizer, attendee = scene.graph("organizer0"), scene.graph("attendee0")
    made = call_meeting(scene, draft(scene))
    own_event(scene, "attendee0")
    _attach(organizer, made, _file()).succeed("POST attachments")
    patch(organizer, made, {"location": {"displayName": "The roof"}}).succeed("PATCH event")

    def place() -> object:
        return (own_event(scene, "attendee0").get("location") or {}).get("displayName")

    scene.eventually(lambda: place() == "The roof", "the update")
    theirs = _contents(_attached(attendee, own_event(scene, "attendee0")))
    scene.expect("GRAPH-ATT-110", "the attendee's attachments", theirs).equals([("agenda.txt", TEXT)])


@case(
    "attachments.graph-items",
    scenario=SCENARIO,
    verifies=("GRAPH-ATT-111", "GRAPH-ATT-112"),
    pairings=GRAPH,
    needs=("attachments", "item-attachments"),
)
def test_an_event_can_be_attached(scene: Scene) -> None:
    organizer, made = scene.graph("organizer0"), _alone(scene)
    later = moved(draft(scene).slot, hours=8)
    item = {"@odata.type": "microsoft.graph.event", "subject": "The party", **ask.times(later)}
    body = {"@odata.type": "#microsoft.graph.itemAttachment", "name": "Party", "item": item}
    answer = _attach(organizer, made, body)
    told = (answer.status, answer.members.get("@odata.type"))
    scene.expect("GRAPH-ATT-111", "status and type", told).equals((201, "#microsoft.graph.itemAttachment"))
    place = _at(made, answer.members.get("id"))
    opened = organizer.get(f"{place}?$expand=microsoft.graph.itemattachment/item").members.get("item") or {}
    scene.expect("GRAPH-ATT-112", "subject and time of the item", (opened.get("subject"), slot(opened))).equals(
        ("The party", later)
    )


@case(
    "attachments.graph-refused",
    scenario=SCENARIO,
    verifies=("GRAPH-ATT-113", "GRAPH-ATT-114", "GRAPH-ATT-115", "GRAPH-ATT-116"),
    pairings=GRAPH,
    needs=("attachments",),
)
def test_what_cannot_be_attached_is_refused_and_changes_nothing(scene: Scene) -> None:
    organizer, made = scene.graph("organizer0"), _alone(scene)
    plain = _file()
    wrong: tuple[tuple[str, str, Json], ...] = (
        ("GRAPH-ATT-113", "no type", {name: value for name, value in plain.items() if "@" not in name}),
        ("GRAPH-ATT-113", "the type of an event", {**plain, "@odata.type": "#microsoft.graph.event"}),
        ("GRAPH-ATT-114", "no bytes", {name: value for name, value in plain.items() if name != "contentBytes"}),
        ("GRAPH-ATT-114", "no base64", {**plain, "contentBytes": "%"}),
    )
    for requirement, what, body in wrong:
        status = _attach(organizer, made, body).status
        scene.expect(requirement, f"the status with {what}", status).equals(400)
    left = event(organizer, str(made["id"]))
    told = (left.get("changeKey"), left.get("hasAttachments"), _attached(organizer, made))
    scene.expect("GRAPH-ATT-115", "the event afterwards", told).equals((made["changeKey"], False, []))
    mine = _attach(organizer, made, plain).members.get("id")
    foreign = scene.graph("attendee0").get(_at(made, mine)).status
    scene.expect("GRAPH-ATT-116", "the status for somebody else", foreign).equals(404)


@case(
    "attachments.graph-inline",
    scenario=SCENARIO,
    verifies=("GRAPH-ATT-117",),
    pairings=GRAPH,
    needs=("attachments",),
)
def test_what_stands_in_the_body_is_no_attachment_to_a_reader(scene: Scene) -> None:
    organizer, made = scene.graph("organizer0"), _alone(scene)
    _attach(organizer, made, _file(isInline=True, contentId="agenda@example.com")).succeed("POST attachments")
    listed = [(one.get("isInline"), one.get("contentId")) for one in _attached(organizer, made)]
    scene.expect("GRAPH-ATT-117", "isInline and contentId", listed).equals([(True, "agenda@example.com")])
    after = event(organizer, str(made["id"]))
    scene.expect("GRAPH-ATT-117", "hasAttachments", after.get("hasAttachments")).is_false()


@case(
    "attachments.graph-occurrence",
    scenario=SCENARIO,
    verifies=("GRAPH-ATT-118",),
    pairings=GRAPH,
    needs=("attachments", "series"),
)
def test_one_occurrence_may_have_an_attachment_of_its_own(scene: Scene) -> None:
    plan = daily(scene, 3)
    master = call_meeting(scene, plan)
    _attach(scene.graph("organizer0"), nth(scene, master, 2, 3), _file()).succeed("POST attachments")
    shown = view(scene, "organizer0", window(plan))
    told = [(one.get("type"), one.get("hasAttachments")) for one in shown]
    scene.expect("GRAPH-ATT-118", "types and hasAttachments", told).equals(
        [("occurrence", False), ("exception", True), ("occurrence", False)]
    )


_LARGE = 4 * 2**20
_PIECE = bytes(1024)


def _put(url: str, piece: bytes, start: int, size: int) -> Request:
    """A piece of a file of some size, for an upload session."""
    span = f"bytes {start}-{start + len(piece) - 1}/{size}"
    return Request("PUT", url, (("Content-Type", "application/octet-stream"), ("Content-Range", span)), piece)


@case(
    "attachments.graph-upload",
    scenario=SCENARIO,
    verifies=("GRAPH-ATT-119", "GRAPH-ATT-120", "GRAPH-ATT-121", "GRAPH-ATT-122"),
    pairings=GRAPH,
    needs=("attachments", "upload-sessions"),
)
def test_a_large_file_is_sent_in_pieces(scene: Scene) -> None:
    organizer, made = scene.graph("organizer0"), _alone(scene)
    item = {"AttachmentItem": {"attachmentType": "file", "name": "film.bin", "size": _LARGE}}
    begun = organizer.post(f"{path_of(made)}/attachments/createUploadSession", item)
    scene.expect("GRAPH-ATT-119", "the status of createUploadSession", begun.status).equals(201)
    told = [name for name in ("uploadUrl", "expirationDateTime") if begun.members.get(name)]
    scene.expect("GRAPH-ATT-119", "what a session tells", told).equals(["uploadUrl", "expirationDateTime"])
    where = str(begun.members.get("uploadUrl"))
    piece = _put(where, _PIECE, 0, _LARGE)
    first = GraphAnswer(scene.send(piece))
    scene.expect("GRAPH-ATT-120", "the status of the first piece", first.status).is_one_of(200, 202)
    ranges = [str(one).rstrip("-") for one in first.members.get("nextExpectedRanges") or ()]
    scene.expect("GRAPH-ATT-120", "nextExpectedRanges", ranges).equals([str(len(_PIECE))])
    early = event(organizer, str(made["id"]))
    scene.expect("GRAPH-ATT-121", "hasAttachments before the last piece", early.get("hasAttachments")).is_false()
    given_up = scene.send(Request("DELETE", where)).response.status
    scene.expect("GRAPH-ATT-122", "the status of giving it up", given_up).equals(204)
    late = scene.send(piece).response.status
    scene.expect("GRAPH-ATT-122", "the status of a piece afterwards", late).holds(
        lambda status: 400 <= status < 500, "a refusal"
    )


_FILM = b"sixteen letters\n" * (3 * 2**16)  # 3 MiB, from which on files are sent in pieces
_STEP = 5 * 327_680  # pieces are multiples of 320 KiB


@case(
    "attachments.graph-upload-whole",
    scenario=SCENARIO,
    verifies=("GRAPH-ATT-123", "GRAPH-ATT-124"),
    pairings=GRAPH,
    needs=("attachments", "upload-sessions"),
)
def test_a_large_file_is_attached_by_its_last_piece(scene: Scene) -> None:
    organizer, made = scene.graph("organizer0"), _alone(scene)
    item = {"AttachmentItem": {"attachmentType": "file", "name": "film.txt", "size": len(_FILM)}}
    begun = organizer.post(f"{path_of(made)}/attachments/createUploadSession", item).succeed("createUploadSession")
    where, statuses = str(begun.members.get("uploadUrl")), []
    for start in range(0, len(_FILM), _STEP):
        piece = _put(where, _FILM[start : start + _STEP], start, len(_FILM))
        statuses.append(scene.send(piece).response.status)
    scene.expect("GRAPH-ATT-123", "the status of the last piece", statuses[-1]).equals(201)
    told = organizer.get(f"{path_of(made)}/attachments?$select=name,size").succeed("GET attachments").value
    names = [one.get("name") for one in told]
    scene.expect("GRAPH-ATT-123", "what is attached", names).equals(["film.txt"])
    kept = organizer.get(f"{_at(made, told[0].get('id'))}/$value").exchange.response.body if told else b""
    digests = [hashlib.sha256(content).hexdigest() for content in (kept, _FILM)]
    scene.expect("GRAPH-ATT-124", "the digest of the content", digests[0]).equals(digests[1])
