"""Notifications over one protocol of what happens over the other."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from conformance.actor.graph_client import segment
from conformance.actor.views import Answer
from conformance.suites.case import case
from conformance.suites.ews.following import hearing, pulling
from conformance.suites.graph.steps import created
from conformance.suites.listening import proving
from conformance.suites.scene import Scene
from conformance.suites.steps import draft, event_of, request_of, token

SCENARIO = "notifications"


@case(
    "notifications.told-to-graph",
    scenario=SCENARIO,
    verifies=("GRAPH-SUB-030",),
    pairings=("ews-graph",),
    needs=("notifications",),
)
def test_an_invitation_of_ews_is_told_to_graph(scene: Scene) -> None:
    client = scene.graph("attendee0")
    scene.listen(proving)
    end = datetime.fromisoformat(scene.variables["now"]) + timedelta(minutes=120)
    wish = {
        "changeType": "created",
        "notificationUrl": scene.listener,
        "resource": "me/events",
        "expirationDateTime": f"{end:%Y-%m-%dT%H:%M:%SZ}",
    }
    made = created(client.post("subscriptions", wish))
    scene.hear("the validation of the listener")
    scene.organizer.schedule(draft(scene))
    heard = scene.hear("the notification of the meeting")
    event = event_of(scene, scene.attendee)
    try:
        news = json.loads(heard.request.body)["value"] if heard else []
        told = [(one["changeType"], one["resourceData"]["id"]) for one in news]
    except (ValueError, KeyError, TypeError):
        told = []
    scene.expect("GRAPH-SUB-030", "what Graph tells of the meeting", told).equals([("created", event.id)])
    client.delete(f"subscriptions/{segment(str(made['id']))}")


@case(
    "notifications.told-to-ews",
    scenario=SCENARIO,
    verifies=("EWS-NTF-050",),
    pairings=("graph-ews", "ews-graph"),
    needs=("event-pulling",),
)
def test_what_graph_does_is_told_to_ews(scene: Scene) -> None:
    inbox, theirs = pulling(scene.ews("attendee0"), "inbox"), pulling(scene.ews("organizer0"), "calendar")
    meeting = scene.organizer.schedule(draft(scene))
    kinds = {one.kind for one in hearing(scene, inbox, "NewMailEvent", "the request")}
    scene.expect("EWS-NTF-050", "the events of an invitation in the Inbox", kinds).contains("NewMailEvent")
    theirs.news()
    scene.attendee.respond(Answer.ACCEPT, request_of(scene, scene.attendee))
    kinds = {one.kind for one in hearing(scene, theirs, "ModifiedEvent", "the answer")}
    scene.expect("EWS-NTF-050", "the events of an answer in the organizer's calendar", kinds).contains("ModifiedEvent")
    scene.expect("EWS-NTF-050", "the meeting", (meeting.id, token(scene))).is_present()
