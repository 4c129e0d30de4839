"""Steps of the EWS cases about series: called, read, and seen through a CalendarView."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from conformance.actor import ews_requests as ask
from conformance.actor.acts import Draft
from conformance.actor.ews_client import EwsClient
from conformance.actor.ews_recurrence import occurrence_id
from conformance.actor.ews_views import slot
from conformance.actor.times import xml_time
from conformance.actor.views import MeetingRef, Slot
from conformance.actor.xml import Node
from conformance.expect import CaseStopped
from conformance.suites.recurring import daily
from conformance.suites.scene import Scene
from conformance.suites.steps import address, first_listed, id_of, read_item, token, written

SHOWN = ("item:Subject", "calendar:CalendarItemType", "calendar:Start", "calendar:End", "calendar:IsCancelled")


def spoken(scene: Scene, plan: Draft) -> Draft:
    """The series without what a schema older than 2010 has no word for."""
    if plan.recurrence is None or scene.speaks("Exchange2010"):
        return plan
    return replace(plan, recurrence=replace(plan.recurrence, first_day=""))


def called(scene: Scene, plan: Draft, invitations: str = "") -> MeetingRef:
    """A series made by organizer0, who invites whom it names; the case stops where it is refused."""
    sending = invitations or (ask.SEND_TO_ALL if plan.required or plan.optional else "SendToNone")
    return written(scene.ews("organizer0").call(ask.create_meeting(spoken(scene, plan), sending)))


def invited(scene: Scene, times: int = 5) -> tuple[Draft, MeetingRef, MeetingRef]:
    """A daily series called with attendee0: what it is, its id, and its request in the attendee's Inbox."""
    plan = daily(scene, times, required=(address(scene, "attendee0"),))
    master = called(scene, plan)
    return plan, master, first_listed(scene, scene.ews("attendee0"), "inbox", "MeetingRequest")


def nth(client: EwsClient, master: MeetingRef, number: int) -> Node:
    """An occurrence by its place in the series."""
    answer = client.call(ask.get_item(occurrence_id(MeetingRef(master.id), number)))
    if answer.code != "NoError" or answer.item is None:
        raise CaseStopped(f"occurrence {number}: expected the item, got {answer.code}")
    return answer.item


def seen(
    client: EwsClient, window: Slot, word: str, fields: Sequence[str] = (), version: str | None = ""
) -> tuple[Node, ...]:
    """The items of a CalendarView whose subjects hold a word, by their starts; the case stops where there is none."""
    span = ask.calendar_view(xml_time(window.start), xml_time(window.end))
    answer = client.call(ask.find_item("calendar", fields=(*SHOWN, *fields), view=span), version=version)
    if answer.code != "NoError":
        raise CaseStopped(f"FindItem with a CalendarView: expected the items, got {answer.code}")
    items = answer.messages[0].node.all("m:RootFolder/t:Items/*")
    found = (item for item in items if word in (item.text("t:Subject") or ""))
    return tuple(sorted(found, key=lambda item: item.text("t:Start") or ""))


def calendar(scene: Scene, who: str, window: Slot, fields: Sequence[str] = ()) -> tuple[Node, ...]:
    """What a case has in somebody's CalendarView."""
    return seen(scene.ews(who), window, token(scene), fields)


def read_all(client: EwsClient, items: Sequence[Node]) -> tuple[Node, ...]:
    """GetItem of several items that a view has listed."""
    if not items:
        return ()
    answer = client.call(ask.get_item(*(id_of(item) for item in items)))
    if answer.code != "NoError":
        raise CaseStopped(f"GetItem of occurrences: expected them, got {answer.code}")
    return answer.items


def times(items: Sequence[Node]) -> list[Slot | None]:
    """Start and End of each item."""
    return [slot(item, "t:Start", "t:End") for item in items]


def texts(items: Sequence[Node], path: str) -> list[str | None]:
    """One text of each item."""
    return [item.text(path) for item in items]


def fresh(client: EwsClient, item: MeetingRef) -> Node:
    """An item as it is now, whatever its change key has become."""
    return read_item(client, MeetingRef(item.id))
