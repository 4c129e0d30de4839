"""Attachments of calendar items over EWS: given, added, read, deleted, and sent to attendees."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from conformance.actor import ews_requests as ask
from conformance.actor.acts import Changes
from conformance.actor.ews_client import EwsAnswer, EwsClient
from conformance.actor.ews_views import moment
from conformance.actor.times import xml_time
from conformance.actor.views import MeetingRef
from conformance.actor.xml import NOTHING, Markup, Node, m, several, t
from conformance.suites.case import EWS, case
from conformance.suites.ews.recurring import calendar, called, fresh, nth, texts
from conformance.suites.ews.steps import invited
from conformance.suites.recurring import daily, moved, window
from conformance.suites.scene import Scene
from conformance.suites.steps import address, draft, first_listed, id_of, is_refusal, read_item, written

SCENARIO = "attachments"


class File(NamedTuple):
    """What is attached."""

    name: str
    content: bytes
    kind: str = "text/plain"
    inline: bool = False


AGENDA = File("agenda.txt", b"1. Figures\r\n2. Plans\r\n")
MAP = File("map.bin", bytes(range(256)), "application/octet-stream")


def _file(file: File) -> Markup:
    return t(
        "FileAttachment",
        t("Name", file.name),
        t("ContentType", file.kind),
        t("IsInline", "true") if file.inline else NOTHING,
        t("Content", base64.b64encode(file.content).decode()),
    )


def _attach(client: EwsClient, item: MeetingRef, *attachments: Markup) -> EwsAnswer:
    parent = m("ParentItemId", Id=item.id, ChangeKey=item.change_key or None)
    return client.call(m("CreateAttachment", parent, m("Attachments", *attachments)))


def _ids(node: Node | None) -> list[str]:
    """The ids of what is attached to an item, in order."""
    return [one.text("@Id") or "" for one in node.anywhere("t:AttachmentId")] if node else []


def _named(*identities: str) -> Markup:
    return m("AttachmentIds", *(t("AttachmentId", Id=one) for one in identities))


def _read(client: EwsClient, *identities: str) -> EwsAnswer:
    return client.call(m("GetAttachment", _named(*identities)))


def _opened(answer: EwsAnswer) -> list[tuple[str, bytes]]:
    """Names and contents of the file attachments of an answer, by name."""
    files = answer.body.anywhere("t:FileAttachment") if answer.body else ()
    return sorted((one.text("t:Name") or "", base64.b64decode(one.text("t:Content") or "")) for one in files)


def _contents(client: EwsClient, item: Node) -> list[tuple[str, bytes]]:
    """Names and contents of what is attached to an item."""
    identities = _ids(item.one("t:Attachments"))
    return _opened(_read(client, *identities)) if identities else []


def _alone(scene: Scene) -> MeetingRef:
    """An appointment of organizer0's."""
    return written(scene.ews("organizer0").call(ask.create_meeting(draft(scene, required=()), "SendToNone")))


def _with_files(scene: Scene, people: Sequence[str], *files: File) -> MeetingRef:
    """An item of organizer0's, created with what is attached to it."""
    given = t("Attachments", several(*(_file(file) for file in files)))
    item = ask.calendar_item(draft(scene, required=tuple(people)), item=given)
    sending = ask.SEND_TO_ALL if people else "SendToNone"
    return written(scene.ews("organizer0").call(ask.create_item(item, invitations=sending)))


@case(
    "attachments.ews-created-with",
    scenario=SCENARIO,
    verifies=("EWS-ATT-001", "EWS-ATT-002", "EWS-ATT-003", "EWS-ATT-004", "EWS-ATT-005"),
    pairings=EWS,
    needs=("attachments",),
)
def test_an_item_is_created_with_its_attachments(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    item = read_item(organizer, _with_files(scene, (), AGENDA, MAP))
    scene.expect("EWS-ATT-001", "HasAttachments", item.text("t:HasAttachments")).equals("true")
    listed = item.all("t:Attachments/t:FileAttachment")
    scene.expect("EWS-ATT-002", "the names listed", texts(listed, "t:Name")).has_members([AGENDA.name, MAP.name])
    scene.expect("EWS-ATT-003", "the contents in the item", texts(listed, "t:Content")).equals([None, None])
    answer = _read(organizer, *_ids(item.one("t:Attachments")))
    scene.expect("EWS-ATT-004", "names and contents", _opened(answer)).equals(
        [(one.name, one.content) for one in (AGENDA, MAP)]
    )
    kinds = [one.text("t:ContentType") for one in answer.body.anywhere("t:FileAttachment")] if answer.body else []
    scene.expect("EWS-ATT-005", "ContentType of each", kinds).has_members([AGENDA.kind, MAP.kind])


@case(
    "attachments.ews-add-and-delete",
    scenario=SCENARIO,
    verifies=("EWS-ATT-006", "EWS-ATT-007", "EWS-ATT-008", "EWS-ATT-009", "EWS-ATT-010", "EWS-ATT-011"),
    pairings=EWS,
    needs=("attachments",),
)
def test_attachments_are_added_and_deleted(scene: Scene) -> None:
    organizer, item = scene.ews("organizer0"), _alone(scene)
    before = read_item(organizer, item)
    scene.expect("EWS-ATT-011", "HasAttachments of an item without any", before.text("t:HasAttachments")).equals(
        "false"
    )
    answer = _attach(organizer, item, _file(AGENDA), _file(MAP))
    codes = [one.code for one in answer.messages]
    scene.expect("EWS-ATT-006", "a code for each attachment", codes).equals(["NoError"] * 2)
    created = answer.body.anywhere("t:AttachmentId") if answer.body else ()
    roots = {one.text("@RootItemId") for one in created}
    scene.expect("EWS-ATT-007", "RootItemId", roots).equals({item.id})
    after = fresh(organizer, item)
    keys = (created[-1].text("@RootItemChangeKey") if created else None, after.text("t:ItemId/@ChangeKey"))
    scene.expect("EWS-ATT-008", "RootItemChangeKey", keys[0]).equals(keys[1])
    scene.expect("EWS-ATT-008", "the item's change key", keys[1]).differs_from(item.change_key)
    scene.expect("EWS-ATT-006", "what is attached", _contents(organizer, after)).equals(
        [(one.name, one.content) for one in (AGENDA, MAP)]
    )
    first, second = (one.text("@Id") or "" for one in created)
    gone = organizer.call(m("DeleteAttachment", _named(first)))
    root = gone.messages[0].node.text("m:RootItemId/@RootItemId") if gone.messages else None
    scene.expect("EWS-ATT-009", "code and root of DeleteAttachment", (gone.code, root)).equals(("NoError", item.id))
    left = [name for name, _ in _contents(organizer, fresh(organizer, item))]
    scene.expect("EWS-ATT-009", "what is left", left).equals([MAP.name])
    scene.expect("EWS-ATT-010", "the code for what is deleted", _read(organizer, first).code).holds(
        is_refusal, "a refusal"
    )
    organizer.call(m("DeleteAttachment", _named(second))).succeed("DeleteAttachment")
    empty = fresh(organizer, item).text("t:HasAttachments")
    scene.expect("EWS-ATT-011", "HasAttachments after the last is deleted", empty).equals("false")


@case(
    "attachments.ews-refused",
    scenario=SCENARIO,
    verifies=("EWS-ATT-012", "EWS-ATT-013", "EWS-ATT-014"),
    pairings=EWS,
    needs=("attachments",),
)
def test_what_cannot_be_attached_is_refused(scene: Scene) -> None:
    organizer, item = scene.ews("organizer0"), _alone(scene)
    nameless = t("FileAttachment", t("Content", base64.b64encode(AGENDA.content).decode()))
    answer = _attach(organizer, item, nameless, _file(AGENDA))
    codes = [one.code == "NoError" for one in answer.messages]
    scene.expect("EWS-ATT-012", "which of the two was attached", codes).equals([False, True])
    left = [name for name, _ in _contents(organizer, fresh(organizer, item))]
    scene.expect("EWS-ATT-012", "what is attached", left).equals([AGENDA.name])
    nowhere = _attach(organizer, MeetingRef(item.id[:-8] + "AAAAAAA="), _file(MAP)).code
    scene.expect("EWS-ATT-013", "the code for an item that is not there", nowhere).holds(is_refusal, "a refusal")
    foreign = _read(scene.ews("attendee0"), *_ids(fresh(organizer, item).one("t:Attachments"))).code
    scene.expect("EWS-ATT-014", "the code for somebody else", foreign).holds(is_refusal, "a refusal")


@case(
    "attachments.ews-inline",
    scenario=SCENARIO,
    verifies=("EWS-ATT-015", "EWS-ATT-016"),
    pairings=EWS,
    needs=("attachments",),
)
def test_what_stands_in_the_body_is_no_attachment_to_a_reader(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    item = read_item(organizer, _with_files(scene, (), MAP._replace(inline=True)))
    inline = item.text("t:Attachments/t:FileAttachment/t:IsInline")
    scene.expect("EWS-ATT-015", "IsInline", inline).equals("true")
    scene.expect("EWS-ATT-016", "HasAttachments", item.text("t:HasAttachments")).equals("false")


@case(
    "attachments.ews-items",
    scenario=SCENARIO,
    verifies=("EWS-ATT-017", "EWS-ATT-018", "EWS-ATT-019"),
    pairings=EWS,
    needs=("attachments", "item-attachments"),
)
def test_items_can_be_attached(scene: Scene) -> None:
    organizer, item = scene.ews("organizer0"), _alone(scene)
    party = replace(draft(scene, required=(), subject="The party"), slot=moved(draft(scene).slot, hours=8))
    times = several(t("Start", xml_time(party.slot.start)), t("End", xml_time(party.slot.end)))
    event = t("ItemAttachment", t("Name", "Party"), t("CalendarItem", t("Subject", party.subject), times))
    note = t("Message", t("Subject", "A word"), t("Body", "Read this first.", BodyType="Text"))
    letter = t("ItemAttachment", t("Name", "Letter"), note)
    answer = _attach(organizer, item, event, letter)
    identities = _ids(answer.body)
    scene.expect("EWS-ATT-017", "the codes", [one.code for one in answer.messages]).equals(["NoError"] * 2)
    opened = _read(organizer, *identities)
    attached = opened.body.anywhere("t:ItemAttachment") if opened.body else ()
    scene.expect("EWS-ATT-017", "the names", texts(attached, "t:Name")).equals(["Party", "Letter"])
    inner = [one.one("t:CalendarItem") for one in attached[:1]]
    told = [one and (one.text("t:Subject"), moment(one, "t:Start")) for one in inner]
    scene.expect("EWS-ATT-018", "the attached calendar item", told).equals([(party.subject, party.slot.start)])
    words = [(one.text("t:Message/t:Subject"), one.text("t:Message/t:Body") or "") for one in attached[1:2]]
    scene.expect("EWS-ATT-019", "the attached message's subject", [subject for subject, _ in words]).equals(["A word"])
    scene.expect("EWS-ATT-019", "its body", "".join(body for _, body in words)).contains("Read this first.")


@case(
    "attachments.ews-sent",
    scenario=SCENARIO,
    verifies=("EWS-ATT-020", "EWS-ATT-021"),
    pairings=EWS,
    needs=("attachments",),
)
def test_attachments_travel_with_the_invitation(scene: Scene) -> None:
    attendee = scene.ews("attendee0")
    _with_files(scene, (address(scene, "attendee0"),), AGENDA, MAP)
    request = read_item(attendee, first_listed(scene, attendee, "inbox", "MeetingRequest"))
    wanted = [(one.name, one.content) for one in (AGENDA, MAP)]
    scene.expect("EWS-ATT-020", "HasAttachments of the request", request.text("t:HasAttachments")).equals("true")
    scene.expect("EWS-ATT-020", "what is attached to the request", _contents(attendee, request)).equals(wanted)
    copy = read_item(attendee, first_listed(scene, attendee, "calendar", "CalendarItem"))
    scene.expect("EWS-ATT-021", "what is attached to the attendee's item", _contents(attendee, copy)).equals(wanted)


@case(
    "attachments.ews-sent-later",
    scenario=SCENARIO,
    verifies=("EWS-ATT-022",),
    pairings=EWS,
    needs=("attachments",),
)
def test_an_attachment_added_later_travels_with_the_next_update(scene: Scene) -> None:
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")
    meeting, _ = invited(scene)
    _attach(organizer, meeting, _file(AGENDA)).succeed("CreateAttachment")
    now = id_of(fresh(organizer, meeting))
    update = ask.update_item(now, *ask.updates_of(Changes(location="The roof")))
    organizer.call(update).succeed("UpdateItem")

    def copy() -> Node:
        return read_item(attendee, first_listed(scene, attendee, "calendar", "CalendarItem"))

    scene.eventually(lambda: copy().text("t:Location") == "The roof", "the update")
    scene.expect("EWS-ATT-022", "what is attached to the attendee's item", _contents(attendee, copy())).equals(
        [(AGENDA.name, AGENDA.content)]
    )


@case(
    "attachments.ews-occurrence",
    scenario=SCENARIO,
    verifies=("EWS-ATT-023",),
    pairings=EWS,
    needs=("attachments", "series"),
)
def test_one_occurrence_may_have_an_attachment_of_its_own(scene: Scene) -> None:
    organizer, plan = scene.ews("organizer0"), daily(scene, 3)
    master = called(scene, plan)
    _attach(organizer, id_of(nth(organizer, master, 2)), _file(AGENDA)).succeed("CreateAttachment")
    shown = calendar(scene, "organizer0", window(plan), ("item:HasAttachments",))
    told = [(item.text("t:CalendarItemType"), item.text("t:HasAttachments")) for item in shown]
    scene.expect("EWS-ATT-023", "kinds and HasAttachments", told).equals(
        [("Occurrence", "false"), ("Exception", "true"), ("Occurrence", "false")]
    )
