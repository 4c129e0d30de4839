"""What hangs on a meeting besides its words, reminders and attachments, whichever protocols are spoken."""

from __future__ import annotations

import base64
from typing import Any

from conformance.actor import ews_requests as ask
from conformance.actor import graph_requests
from conformance.actor.graph_client import segment
from conformance.actor.views import MeetingRef
from conformance.actor.xml import NOTHING, m, several, t
from conformance.suites.case import MIXED, case
from conformance.suites.scene import Scene
from conformance.suites.steps import draft, event_of, read_item, written

SCENARIO = "cross-protocol"
NAME, CONTENT = "agenda.txt", b"1. Figures\r\n2. Plans\r\n"
BASE64 = base64.b64encode(CONTENT).decode()


def _call(scene: Scene, minutes: int, *, file: bool) -> None:
    """A meeting of organizer0's, with a reminder and perhaps a file, called over the organizer's protocol."""
    plan = draft(scene)
    if scene.organizer.protocol == "ews":
        attached = t("FileAttachment", t("Name", NAME), t("Content", BASE64))
        files = t("Attachments", attached) if file else NOTHING
        reminder = several(t("ReminderIsSet", "true"), t("ReminderMinutesBeforeStart", str(minutes)))
        item = ask.calendar_item(plan, item=several(files, reminder))
        written(scene.ews("organizer0").call(ask.create_item(item, invitations=ask.SEND_TO_ALL)))
        return
    more: dict[str, Any] = {"isReminderOn": True, "reminderMinutesBeforeStart": minutes}
    if file:
        more["attachments"] = [{"@odata.type": "#microsoft.graph.fileAttachment", "name": NAME, "contentBytes": BASE64}]
    scene.graph("organizer0").post("me/events", graph_requests.event(plan) | more).succeed("POST events")


def _attached(scene: Scene, who: str, protocol: str) -> list[tuple[object, bytes]]:
    """Names and contents of what hangs on the case's meeting in somebody's calendar, read over a protocol."""
    meeting = event_of(scene, scene.actor(f"{who}0", protocol))
    if protocol == "graph":
        found = scene.graph(f"{who}0").get(f"me/events/{segment(meeting.id)}/attachments").value
        return [(one.get("name"), base64.b64decode(str(one.get("contentBytes")))) for one in found]
    client = scene.ews(f"{who}0")
    item = read_item(client, MeetingRef(meeting.id))
    ids = [t("AttachmentId", Id=one.text("@Id")) for one in item.anywhere("t:AttachmentId")]
    answer = client.call(m("GetAttachment", m("AttachmentIds", *ids)))
    files = answer.body.anywhere("t:FileAttachment") if answer.body else ()
    return [(one.text("t:Name"), base64.b64decode(one.text("t:Content") or "")) for one in files]


@case(
    "cross-protocol.attachments",
    scenario=SCENARIO,
    verifies=("GRAPH-MIG-HNG-001", "GRAPH-MIG-HNG-002"),
    pairings=MIXED,
    needs=("attachments",),
)
def test_a_file_is_the_same_for_both(scene: Scene) -> None:
    _call(scene, 15, file=True)
    wanted = [(NAME, CONTENT)]
    theirs = _attached(scene, "attendee", scene.attendee.protocol)
    scene.expect("GRAPH-MIG-HNG-001", "the attendee's attachments", theirs).equals(wanted)
    for protocol in ("ews", "graph"):
        mine = _attached(scene, "organizer", protocol)
        scene.expect("GRAPH-MIG-HNG-002", f"the organizer's attachments over {protocol}", mine).equals(wanted)


@case(
    "cross-protocol.reminders",
    scenario=SCENARIO,
    verifies=("GRAPH-MIG-HNG-003",),
    pairings=MIXED,
)
def test_a_reminder_is_the_same_for_both(scene: Scene) -> None:
    _call(scene, 35, file=False)
    over_ews = event_of(scene, scene.actor("organizer0", "ews"))
    item = read_item(scene.ews("organizer0"), MeetingRef(over_ews.id))
    told = (item.text("t:ReminderIsSet"), item.text("t:ReminderMinutesBeforeStart"))
    scene.expect("GRAPH-MIG-HNG-003", "the reminder over EWS", told).equals(("true", "35"))
    over_graph = event_of(scene, scene.actor("organizer0", "graph"))
    event = scene.graph("organizer0").get(f"me/events/{segment(over_graph.id)}").members
    seen = (event.get("isReminderOn"), event.get("reminderMinutesBeforeStart"))
    scene.expect("GRAPH-MIG-HNG-003", "the reminder over Graph", seen).equals((True, 35))
