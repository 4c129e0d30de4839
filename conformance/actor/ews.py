"""An actor who speaks EWS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from conformance.actor import ews_requests as ask
from conformance.actor import ews_views as read
from conformance.actor.acts import Changes, Draft, Refused, ref
from conformance.actor.ews_client import EwsAnswer, EwsClient
from conformance.actor.times import xml_time
from conformance.actor.views import (
    Answer,
    EventView,
    Folder,
    MeetingRef,
    MessageKind,
    MessageView,
    ScheduleView,
    Slot,
)
from conformance.actor.xml import NOTHING, Markup, Node, m


def _written(node: Node | None, act: str, answer: EwsAnswer) -> MeetingRef:
    identity = node.text("t:ItemId/@Id") if node else None
    if node is None or not identity:
        raise Refused(act, "no item id in the answer", answer.exchange)
    return MeetingRef(identity, node.text("t:ItemId/@ChangeKey") or "")


def find_items(
    client: EwsClient,
    folder: str,
    fields: Sequence[str] = ("item:Subject", "item:ItemClass"),
    order: Markup = NOTHING,
    restriction: Markup = NOTHING,
) -> tuple[Node, ...]:
    """FindItem: every item of a folder.

    The first hundred are all there is in a small one; a larger one is read again in pages of a thousand.
    """
    answer = client.call(ask.find_item(folder, fields=fields, order=order, restriction=restriction)).succeed(
        f"FindItem in {folder}"
    )
    root = answer.messages[0].node.one("m:RootFolder") if answer.messages else None
    found = root.all("t:Items/*") if root else ()
    if root is None or root.text("@IncludesLastItemInRange") != "false":
        return found
    found = ()
    while root is not None and root.text("@IncludesLastItemInRange") == "false":
        view = m("IndexedPageItemView", MaxEntriesReturned=str(_PAGE), Offset=str(len(found)), BasePoint="Beginning")
        asked = ask.find_item(folder, fields=fields, order=order, view=view, restriction=restriction)
        answer = client.call(asked).succeed(f"FindItem in {folder}")
        root = answer.messages[0].node.one("m:RootFolder") if answer.messages else None
        page = root.all("t:Items/*") if root else ()
        found += page
        if not page:
            break
    return found


_PAGE = 1000


@dataclass(frozen=True)
class EwsActor:
    """The meeting verbs over one mailbox's EWS endpoint."""

    client: EwsClient
    address: str
    protocol: str = "ews"

    def schedule(self, draft: Draft) -> MeetingRef:
        """CreateItem, SendToAllAndSaveCopy."""
        answer = self.client.call(ask.create_meeting(draft)).succeed("CreateItem of a meeting")
        return _written(answer.item, "CreateItem of a meeting", answer)

    def look(self, event: MeetingRef | EventView) -> EventView:
        """GetItem, all properties."""
        answer = self.client.call(ask.get_item(ref(event))).succeed("GetItem of a calendar item")
        if answer.item is None:
            raise Refused("GetItem of a calendar item", "no item in the answer", answer.exchange)
        return read.event(answer.item)

    def look_message(self, message: MessageView) -> MessageView:
        """GetItem, all properties."""
        return self._messages(MeetingRef(message.id, message.change_key))[0]

    def find_event(self, token: str) -> EventView | None:
        """FindItem in the calendar, then GetItem."""
        found = self._found("calendar", token)
        return self.look(found[0]) if found else None

    def view(self, token: str, window: Slot) -> tuple[EventView, ...]:
        """FindItem with a CalendarView, then one GetItem of all that hold the token."""
        span = ask.calendar_view(xml_time(window.start), xml_time(window.end))
        answer = self.client.call(ask.find_item("calendar", view=span)).succeed("FindItem with a CalendarView")
        shown = answer.messages[0].node.all("m:RootFolder/t:Items/*") if answer.messages else ()
        found = [read.reference(item) for item in shown if token in (item.text("t:Subject") or "")]
        if not found:
            return ()
        answer = self.client.call(ask.get_item(*found)).succeed("GetItem of occurrences")
        return tuple(sorted((read.event(item) for item in answer.items), key=lambda event: event.start))

    def find_request(self, token: str) -> MessageView | None:
        """FindItem in the Inbox, then GetItem of the latest request."""
        found = self.messages(Folder.INBOX, token)
        return next((one for one in found if one.kind is MessageKind.REQUEST), None)

    def messages(self, folder: Folder, token: str) -> tuple[MessageView, ...]:
        """FindItem in a mail folder, latest first, then one GetItem of all that hold the token."""
        found = self._found(ask.FOLDERS[folder], token)
        return self._messages(*found) if found else ()

    def respond(
        self,
        answer: Answer,
        invitation: MessageView | EventView | MeetingRef,
        *,
        comment: str = "",
        proposal: Slot | None = None,
        send: bool = True,
    ) -> None:
        """CreateItem of AcceptItem, TentativelyAcceptItem or DeclineItem; SaveOnly where nothing is sent."""
        operation = ask.respond(
            answer,
            MeetingRef(invitation.id, invitation.change_key),
            comment=comment,
            proposal=proposal,
            disposition="SendAndSaveCopy" if send else "SaveOnly",
        )
        self.client.call(operation).succeed(ask.ANSWERS[answer])

    def update(self, event: MeetingRef | EventView, changes: Changes) -> MeetingRef:
        """UpdateItem, AlwaysOverwrite, SendToAllAndSaveCopy."""
        answer = self.client.call(ask.update_item(ref(event), *ask.updates_of(changes))).succeed("UpdateItem")
        return _written(answer.item, "UpdateItem", answer)

    def cancel(self, event: MeetingRef | EventView, comment: str = "") -> None:
        """CreateItem of CancelCalendarItem."""
        self.client.call(ask.cancel(ref(event), comment)).succeed("CancelCalendarItem")

    def remove(self, cancellation: MessageView) -> None:
        """CreateItem of RemoveItem."""
        self.client.call(ask.remove(MeetingRef(cancellation.id, cancellation.change_key))).succeed("RemoveItem")

    def availability(self, addresses: Sequence[str], window: Slot, interval_minutes: int) -> tuple[ScheduleView, ...]:
        """GetUserAvailability, DetailedMerged, in UTC."""
        operation = ask.availability(
            addresses, xml_time(window.start)[:-1], xml_time(window.end)[:-1], interval=interval_minutes
        )
        answer = self.client.call(operation).succeed("GetUserAvailability")
        found = answer.body.all("m:FreeBusyResponseArray/m:FreeBusyResponse") if answer.body else ()
        if len(found) != len(addresses):
            words = f"{len(found)} entries for {len(addresses)} addresses"
            raise Refused("GetUserAvailability", words, answer.exchange)
        return tuple(read.schedule(address, node) for address, node in zip(addresses, found, strict=True))

    def _found(self, folder: str, token: str) -> tuple[MeetingRef, ...]:
        order = NOTHING if folder == "calendar" else ask.LATEST_FIRST
        return tuple(
            read.reference(node)
            for node in find_items(self.client, folder, order=order)
            if token in (node.text("t:Subject") or "") and (folder == "calendar" or node.name != "t:CalendarItem")
        )

    def _messages(self, *references: MeetingRef) -> tuple[MessageView, ...]:
        answer = self.client.call(ask.get_item(*references)).succeed("GetItem of messages")
        return tuple(read.message(node) for node in answer.items)
