"""exchangelib, unmodified, follows the changes of a mailbox on the reference server."""

from __future__ import annotations

import queue
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from exchangelib import Account, CalendarItem, Message
from exchangelib.errors import ErrorInvalidPushSubscriptionUrl, ErrorInvalidSubscription, ErrorInvalidSyncStateData
from exchangelib.items import SEND_TO_ALL_AND_SAVE_COPY, MeetingRequest
from exchangelib.properties import CreatedEvent, FreeBusyChangedEvent, ModifiedEvent, MovedEvent, NewMailEvent
from exchangelib.services import SendNotification

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


@pytest.fixture
def organizer(account):
    return account("organizer0@example.com")


@pytest.fixture
def attendee(account):
    return account("attendee0@example.com")


def invite(organizer: Account, *attendees: str) -> CalendarItem:
    zone = organizer.default_timezone
    item = CalendarItem(
        account=organizer,
        folder=organizer.calendar,
        subject="Budget",
        start=START.astimezone(zone),
        end=(START + timedelta(hours=1)).astimezone(zone),
        required_attendees=list(attendees),
    )
    item.save(send_meeting_invitations=SEND_TO_ALL_AND_SAVE_COPY)
    return item


def kinds(events) -> list[type]:
    return [type(event) for event in events]


def test_items_are_synchronised(organizer):
    calendar = organizer.calendar
    items = [invite(organizer) for _ in range(3)]
    created = list(calendar.sync_items(max_changes_returned=2))
    assert [change for change, _ in created] == ["create"] * 3
    assert {item.id for _, item in created} == {item.id for item in items}
    assert list(calendar.sync_items()) == []
    items[0].subject = "Other"
    items[0].save(update_fields=["subject"])
    items[1].delete()
    changes = dict(calendar.sync_items())
    assert changes.keys() == {"update", "delete"}
    assert changes["update"].subject == "Other"
    assert changes["delete"].id == created[1][1].id
    calendar.item_sync_state = None
    assert len(list(calendar.sync_items(ignore=[created[0][1]], only_fields=["subject"]))) == 1
    with pytest.raises(ErrorInvalidSyncStateData):
        list(calendar.sync_items(sync_state="nonsense"))


def test_a_read_flag_is_synchronised(organizer, attendee):
    invite(organizer, "attendee0@example.com")
    assert [change for change, _ in attendee.inbox.sync_items()] == ["create"]
    request = attendee.inbox.get()
    assert isinstance(request, MeetingRequest)
    request.is_read = True
    request.save(update_fields=["is_read"])
    ((change, (item_id, is_read)),) = attendee.inbox.sync_items()
    assert (change, item_id.id, is_read) == ("read_flag_change", request.id, True)


def test_folders_are_synchronised(organizer):
    root = organizer.root
    found = list(root.sync_hierarchy())
    assert {change for change, _ in found} == {"create"}
    assert {"Inbox", "Calendar", "Deleted Items"} <= {folder.name for _, folder in found}
    assert list(root.sync_hierarchy()) == []
    with pytest.raises(ErrorInvalidSyncStateData):
        list(organizer.inbox.sync_hierarchy(sync_state=root.folder_sync_state))


def test_events_are_pulled(organizer, attendee):
    with attendee.inbox.pull_subscription() as (subscription, watermark):
        invite(organizer, "attendee0@example.com")
        (notification,) = attendee.inbox.get_events(subscription, watermark)
        assert kinds(notification.events) == [CreatedEvent, NewMailEvent, ModifiedEvent]
        assert notification.events[1].item_id.id == attendee.inbox.get().id
        assert notification.events[2].unread_count == 1
        assert (notification.previous_watermark, notification.more_events) == (watermark, False)
        (notification,) = attendee.inbox.get_events(subscription, notification.events[-1].watermark)
        assert [event.ELEMENT_NAME for event in notification.events] == ["StatusEvent"]


def test_events_of_a_whole_mailbox_are_pulled(organizer):
    draft = Message(account=organizer, folder=organizer.drafts, subject="Draft").save()
    with organizer.pull_subscription() as (subscription, watermark):
        draft.move_to_trash()
        item = invite(organizer)
        (notification,) = organizer.root.get_events(subscription, watermark)
        moved = [event for event in notification.events if isinstance(event, MovedEvent)]
        assert [(event.item_id.id, event.old_parent_folder_id.id) for event in moved] == [
            (organizer.trash.get().id, organizer.drafts.id)
        ]
        busy = [event for event in notification.events if isinstance(event, FreeBusyChangedEvent)]
        assert [event.item_id.id for event in busy] == [item.id]


def test_events_are_streamed(organizer, attendee):
    with attendee.inbox.streaming_subscription() as subscription:
        invite(organizer, "attendee0@example.com")
        (notification,) = attendee.inbox.get_streaming_events(
            subscription, connection_timeout=1, max_notifications_returned=1
        )
        assert notification.subscription_id == subscription
        assert kinds(notification.events) == [CreatedEvent, NewMailEvent, ModifiedEvent]
        later = threading.Timer(0.3, invite, (organizer, "attendee0@example.com"))
        later.start()
        (notification,) = attendee.inbox.get_streaming_events(
            subscription, connection_timeout=1, max_notifications_returned=1
        )
        later.join()
        assert NewMailEvent in kinds(notification.events)


def test_a_bad_streaming_subscription_is_named(attendee):
    with (
        attendee.inbox.streaming_subscription() as subscription,
        pytest.raises(ErrorInvalidSubscription, match="AAA-") as refused,
    ):
        list(attendee.inbox.get_streaming_events(["AAA-", subscription], connection_timeout=1))
    assert subscription not in refused.value.value


@contextmanager
def listener(heard: queue.Queue, service: SendNotification):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            for notification in service.parse(body):
                heard.put(notification)
            answer = service.ok_payload()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/"
        finally:
            server.shutdown()
            thread.join()


def test_events_are_pushed(organizer, attendee):
    heard = queue.Queue()
    with (
        listener(heard, SendNotification(protocol=None)) as url,
        attendee.inbox.push_subscription(callback_url=url) as (subscription, watermark),
    ):
        first = heard.get(timeout=5)
        assert [event.ELEMENT_NAME for event in first.events] == ["StatusEvent"]
        assert (first.subscription_id, first.previous_watermark) == (subscription, watermark)
        invite(organizer, "attendee0@example.com")
        notification = heard.get(timeout=5)
        assert kinds(notification.events) == [CreatedEvent, NewMailEvent, ModifiedEvent]
        assert notification.previous_watermark == first.events[-1].watermark


def test_events_are_pushed_to_this_machine_only(attendee):
    with pytest.raises(ErrorInvalidPushSubscriptionUrl, match=r"192\.0\.2\.1"):
        attendee.inbox.subscribe_to_push("http://192.0.2.1/")
