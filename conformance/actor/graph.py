"""An actor who speaks Microsoft Graph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from conformance.actor import graph_requests as ask
from conformance.actor import graph_views as read
from conformance.actor.acts import Changes, Draft, Refused, ref
from conformance.actor.graph_client import GraphClient, segment
from conformance.actor.times import xml_time
from conformance.actor.views import (
    Answer,
    EventView,
    Folder,
    MeetingRef,
    MessageKind,
    MessageView,
    Role,
    ScheduleView,
    Slot,
)

_EVENT_OF = "microsoft.graph.eventMessage/event"


@dataclass(frozen=True)
class GraphActor:
    """The meeting verbs over one mailbox's Graph resources."""

    client: GraphClient
    address: str
    protocol: str = "graph"

    def schedule(self, draft: Draft) -> MeetingRef:
        """POST events."""
        answer = self.client.post("me/events", ask.event(draft)).succeed("POST events")
        return self._written(answer.members, "POST events")

    def look(self, event: MeetingRef | EventView) -> EventView:
        """GET the event."""
        return read.event(self.client.get(f"me/events/{segment(event.id)}").succeed("GET event").members)

    def look_message(self, message: MessageView) -> MessageView:
        """GET the message, and the event it belongs to where it has one."""
        path = f"me/messages/{segment(message.id)}"
        found = self.client.get(path).succeed("GET message").members
        if read.message_kind(found) is MessageKind.NOTE:
            return read.message(found)
        linked = self.client.get(f"{path}/{_EVENT_OF}")
        return read.message(found, linked.members if linked.status == 200 else None)

    def find_event(self, token: str) -> EventView | None:
        """GET the default calendar's events."""
        return next((read.event(one) for one in self.client.named("me/calendar/events", token)), None)

    def view(self, token: str, window: Slot) -> tuple[EventView, ...]:
        """GET calendarView."""
        query = f"startDateTime={xml_time(window.start)}&endDateTime={xml_time(window.end)}"
        found = self.client.entries(f"me/calendarView?{query}&$top=100")
        events = (read.event(one) for one in found if token in str(one.get("subject")))
        return tuple(sorted(events, key=lambda event: event.start))

    def find_request(self, token: str) -> MessageView | None:
        """GET the Inbox, then the event of the latest request."""
        found = self.messages(Folder.INBOX, token)
        request = next((one for one in found if one.kind is MessageKind.REQUEST), None)
        return self.look_message(request) if request else None

    def messages(self, folder: Folder, token: str) -> tuple[MessageView, ...]:
        """GET a mail folder, latest first; the events of the messages are not read."""
        path = f"me/mailFolders/{ask.FOLDERS[folder]}/messages"
        return tuple(read.message(one) for one in self.client.named(path, token))

    def respond(
        self,
        answer: Answer,
        invitation: MessageView | EventView | MeetingRef,
        *,
        comment: str = "",
        proposal: Slot | None = None,
        send: bool = True,
    ) -> None:
        """POST accept, tentativelyAccept or decline on the event; a request is answered by the event it belongs to."""
        act = ask.ANSWERS[answer]
        event_id = invitation.id
        if isinstance(invitation, MessageView):
            event_id = invitation.event_id or self.look_message(invitation).event_id or ""
        body = ask.answer(comment, proposal, send=send)
        self.client.post(f"me/events/{segment(event_id)}/{act}", body).succeed(act)

    def update(self, event: MeetingRef | EventView, changes: Changes) -> MeetingRef:
        """PATCH the event; the whole attendee list is sent where any of it changes."""
        people = self._people(event, changes)
        path = f"me/events/{segment(event.id)}"
        answer = self.client.patch(path, ask.changed(changes, people)).succeed("PATCH event")
        return self._written(answer.members, "PATCH event")

    def cancel(self, event: MeetingRef | EventView, comment: str = "") -> None:
        """POST cancel."""
        self.client.post(f"me/events/{segment(event.id)}/cancel", {"comment": comment}).succeed("cancel")

    def remove(self, cancellation: MessageView) -> None:
        """DELETE the cancelled event that the cancellation belongs to."""
        event_id = cancellation.event_id or self.look_message(cancellation).event_id or ""
        self.client.delete(f"me/events/{segment(event_id)}").succeed("DELETE event")

    def availability(self, addresses: Sequence[str], window: Slot, interval_minutes: int) -> tuple[ScheduleView, ...]:
        """POST getSchedule, in UTC."""
        body = ask.schedule_question(addresses, window, interval_minutes)
        answer = self.client.post("me/calendar/getSchedule", body).succeed("getSchedule")
        if len(answer.value) != len(addresses):
            words = f"{len(answer.value)} entries for {len(addresses)} addresses"
            raise Refused("getSchedule", words, answer.exchange)
        return tuple(read.schedule(one) for one in answer.value)

    def _people(self, event: MeetingRef | EventView, changes: Changes) -> list[ask.Json]:
        wanted = {Role.REQUIRED: changes.required, Role.OPTIONAL: changes.optional, Role.RESOURCE: changes.rooms}
        if all(people is None for people in wanted.values()):
            return []
        known = event if isinstance(event, EventView) else self.look(event)
        lists = (
            tuple(one.address for one in known.attendees.values() if one.role is role) if people is None else people
            for role, people in wanted.items()
        )
        return ask.attendees(*lists)

    def _written(self, members: Any, act: str) -> MeetingRef:
        identity = members.get("id")
        if not identity:
            raise ValueError(f"{act}: expected an id in the answer, got {', '.join(members) or 'nothing'}")
        return ref(read.event(members))
