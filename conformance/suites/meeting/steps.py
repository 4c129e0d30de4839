"""Steps that the cases of both protocols share: a series called, its occurrences seen, an answer awaited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from conformance.actor import ews_requests as ews_ask
from conformance.actor import ews_views, graph_requests, graph_views
from conformance.actor.acts import Actor, Draft
from conformance.actor.ews import EwsActor
from conformance.actor.graph import GraphActor
from conformance.actor.graph_client import segment
from conformance.actor.recurrence import Pattern, Recurrence
from conformance.actor.times import xml_time
from conformance.actor.views import EventView, Folder, MeetingRef, MessageKind, MessageView, ResponseState, Slot
from conformance.suites.scene import Scene
from conformance.suites.stage import NotApplicable
from conformance.suites.steps import address, draft, found, request_of, token

COUNT = 3
"""How many occurrences a series of these cases has."""


def call_meeting(scene: Scene, plan: Draft | None = None, *, recurs: bool = False) -> MeetingRef:
    """A meeting called by the organizer: a single one, or one on so many days in a row as ``COUNT`` says."""
    wanted = plan or draft(scene)
    if recurs:
        if not scene.has("series"):
            raise NotApplicable("The target does not declare the feature 'series'.")
        rule = Recurrence(pattern=Pattern.DAILY, start=wanted.slot.start.date(), count=COUNT)
        wanted = replace(wanted, recurrence=rule)
    return scene.organizer.schedule(wanted)


def invite(scene: Scene, plan: Draft | None = None, *, recurs: bool = False) -> tuple[MeetingRef, MessageView]:
    """A meeting called by the organizer, and the attendee's invitation to it."""
    meeting = call_meeting(scene, plan, recurs=recurs)
    return meeting, request_of(scene, scene.attendee)


def calendar_of(scene: Scene, actor: Actor, *, days: int = COUNT) -> list[EventView]:
    """What somebody's calendar shows of the case's meeting from the case's day on, in the order of time.

    Of what a view leaves out, such as attendees, nothing is told.
    """
    window = Slot(scene.at(0), scene.at(0) + timedelta(days=days))
    shown = (one for one in _viewed(actor, window) if token(scene) in one.subject)
    return sorted(shown, key=lambda one: one.start)


def _viewed(actor: Actor, window: Slot) -> Sequence[EventView]:
    start, end = xml_time(window.start), xml_time(window.end)
    if isinstance(actor, EwsActor):
        view = ews_ask.calendar_view(start, end)
        answer = actor.client.call(ews_ask.find_item("calendar", fields=_VIEWED, view=view)).succeed("FindItem")
        return [ews_views.event(item) for item in answer.messages[0].node.all("m:RootFolder/t:Items/t:CalendarItem")]
    assert isinstance(actor, GraphActor)
    path = f"me/calendarView?startDateTime={start}&endDateTime={end}&$top=100"
    return [graph_views.event(one) for one in actor.client.get(path).succeed("GET calendarView").value]


_VIEWED = ("item:Subject", *(f"calendar:{name}" for name in ("Start", "End", "MyResponseType", "LegacyFreeBusyStatus")))


def state_of(scene: Scene, actor: Actor, event: MeetingRef) -> tuple[EventView, list[tuple[Folder, str, str]]]:
    """Somebody's item, and ids and change keys of all mail of the case, for a comparison before and after."""
    listed = [
        (folder, one.id, one.change_key)
        for folder in (Folder.INBOX, Folder.SENT, Folder.DELETED, Folder.DRAFTS)
        for one in actor.messages(folder, token(scene))
    ]
    return actor.look(event), listed


def of_kind(scene: Scene, actor: Actor, folder: Folder, kind: MessageKind) -> list[MessageView]:
    """The messages of a kind in somebody's folder that belong to the case, latest first."""
    return [one for one in actor.messages(folder, token(scene)) if one.kind is kind]


def wait_for(scene: Scene, meeting: MeetingRef, wanted: ResponseState, who: str = "attendee0") -> EventView:
    """The organizer's meeting once it shows a response of somebody, else as it is at the deadline."""
    person = address(scene, who)
    latest: list[EventView] = []

    def look() -> bool:
        latest[:] = [scene.organizer.look(meeting)]
        return latest[0].response_of(person) is wanted

    scene.eventually(look, f"the answer {wanted}")
    return latest[0]


def settled(scene: Scene, who: str) -> None:
    """Wait until a later invitation has reached somebody, so that what has not arrived by now was not sent."""
    sender, reader = ("attendee", scene.organizer) if who == "organizer0" else ("organizer", scene.actor(who))
    marker = f"Marker {token(scene)[::-1]}"
    late = Slot(scene.at(20), scene.at(20) + timedelta(minutes=15))
    scene.actor(sender).schedule(draft(scene, subject=marker, required=(address(scene, who),), slot=late))
    found(scene, lambda: reader.find_request(marker), f"the marker in the Inbox of {who}")


def forward(actor: Actor, event: EventView | MeetingRef, to: str, comment: str) -> None:
    """Forward a meeting, by the own calendar item, to one more person."""
    if isinstance(actor, EwsActor):
        operation = ews_ask.forward(MeetingRef(event.id, event.change_key), (to,), comment)
        actor.client.call(operation).succeed("ForwardItem")
        return
    assert isinstance(actor, GraphActor)
    body = graph_requests.forward((to,), comment)
    actor.client.post(f"me/events/{segment(event.id)}/forward", body).succeed("forward")


def delete_message(actor: Actor, message: MessageView) -> None:
    """Delete a message of the own mailbox."""
    if isinstance(actor, EwsActor):
        actor.client.call(ews_ask.delete_item(MeetingRef(message.id))).succeed("DeleteItem")
        return
    assert isinstance(actor, GraphActor)
    actor.client.delete(f"me/messages/{segment(message.id)}").succeed("DELETE message")


def delete_event(actor: Actor, event: EventView | MeetingRef) -> None:
    """Delete a calendar item of the own mailbox, and tell everybody whom that concerns."""
    if isinstance(actor, EwsActor):
        operation = ews_ask.delete_item(MeetingRef(event.id), cancellations=ews_ask.SEND_TO_ALL)
        actor.client.call(operation).succeed("DeleteItem")
        return
    assert isinstance(actor, GraphActor)
    actor.client.delete(f"me/events/{segment(event.id)}").succeed("DELETE event")
