"""exchangelib, unmodified, lives whole workflows, however it logs in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from exchangelib import (
    BASIC,
    DELEGATE,
    IMPERSONATION,
    NTLM,
    OAUTH2,
    Account,
    CalendarItem,
    OAuth2AuthorizationCodeCredentials,
)
from exchangelib.errors import ErrorItemNotFound
from exchangelib.items import SEND_TO_ALL_AND_SAVE_COPY, MeetingCancellation, MeetingRequest, MeetingResponse
from exchangelib.properties import Attendee, Mailbox

from tests.clients.exchangelib_clients import application, exchangelib_accounts, password

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def bearer(server, address):
    form = {"grant_type": "password", "username": address, "password": server.password}
    token = httpx.post(server.token_url, data=form, trust_env=False).json()
    return OAuth2AuthorizationCodeCredentials(access_token=token)


LOGINS = {
    "basic": (BASIC, password, DELEGATE),
    "ntlm": (NTLM, password, DELEGATE),
    "bearer": (OAUTH2, bearer, DELEGATE),
    "application": (OAUTH2, application, IMPERSONATION),
}


@pytest.fixture(params=LOGINS)
def account(request, meetproof_server, monkeypatch):
    """A function that opens somebody's mailbox, by each way to log in."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    auth_type, credentials, access_type = LOGINS[request.param]
    opened: dict[str, Account] = {}
    with exchangelib_accounts(meetproof_server) as open_one:

        def open_account(address: str) -> Account:
            if address not in opened:
                opened[address] = open_one(address, credentials(meetproof_server, address), auth_type, access_type)
            return opened[address]

        yield open_account


def received(account: Account, kind: type):
    return [item for item in account.inbox.all().order_by("-datetime_received") if isinstance(item, kind)]


def answers(attendees) -> dict[str, str]:
    return {attendee.mailbox.email_address: attendee.response_type for attendee in attendees or ()}


def test_a_meeting_is_called_answered_moved_and_cancelled(account):
    organizer = account("organizer0@example.com")
    required, optional = account("attendee0@example.com"), account("attendee1@example.com")
    zone = organizer.default_timezone
    meeting = CalendarItem(
        account=organizer,
        folder=organizer.calendar,
        subject="Büdget €",
        body="Numbers, please.",
        location="Room 4",
        start=START.astimezone(zone),
        end=(START + HOUR).astimezone(zone),
        required_attendees=["attendee0@example.com"],
        optional_attendees=["attendee1@example.com"],
        resources=[Attendee(mailbox=Mailbox(email_address="room0@example.com"), response_type="Unknown")],
    )
    meeting.save(send_meeting_invitations=SEND_TO_ALL_AND_SAVE_COPY)

    (request,) = received(required, MeetingRequest)
    assert (request.subject, request.location, request.start) == ("Büdget €", "Room 4", START)
    assert request.sender.email_address == "organizer0@example.com"
    request.accept(body="I come.")
    (copy,) = optional.calendar.view(start=START, end=START + HOUR)
    later = START + timedelta(days=1)
    copy.tentatively_accept(
        body="The next day?",
        proposed_start=later.astimezone(zone),
        proposed_end=(later + HOUR).astimezone(zone),
    )

    meeting.refresh()
    assert answers(meeting.required_attendees) == {"attendee0@example.com": "Accept"}
    assert answers(meeting.optional_attendees) == {"attendee1@example.com": "Tentative"}
    proposal, acceptance = sorted(
        received(organizer, MeetingResponse), key=lambda response: response.subject, reverse=True
    )
    assert (acceptance.subject, acceptance.text_body) == ("Accepted: Büdget €", "I come.")
    assert proposal.proposed_start == later

    meeting.start, meeting.end = later.astimezone(zone), (later + HOUR).astimezone(zone)
    meeting.save(update_fields=["start", "end"], send_meeting_invitations=SEND_TO_ALL_AND_SAVE_COPY)
    (moved,) = required.calendar.view(start=later, end=later + HOUR)
    assert moved.my_response_type == "NoResponseReceived"
    (update,) = received(required, MeetingRequest)
    assert update.meeting_request_type == "FullUpdate"
    update.decline(body="Not on Tuesdays.")
    assert list(required.calendar.view(start=later, end=later + HOUR)) == []

    views = organizer.protocol.get_free_busy_info(
        accounts=[(organizer, "Organizer", False), ("attendee1@example.com", "Required", False)],
        start=later.replace(hour=0).astimezone(zone),
        end=later.replace(hour=0).astimezone(zone) + timedelta(days=1),
        merged_free_busy_interval=60,
    )
    assert [[event.busy_type for event in view.calendar_events] for view in views] == [["Busy"], ["Tentative"]]

    meeting.refresh()
    meeting.cancel(body="Not needed any more.")
    (cancellation,) = received(optional, MeetingCancellation)
    assert (cancellation.subject, cancellation.text_body) == ("Canceled: Büdget €", "Not needed any more.")
    (cancelled,) = optional.calendar.view(start=later, end=later + HOUR)
    assert (cancelled.is_cancelled, cancelled.legacy_free_busy_status) == (True, "Free")
    with pytest.raises(ErrorItemNotFound):
        meeting.refresh()


def test_changes_are_followed_while_a_meeting_lives(account):
    organizer, attendee = account("organizer0@example.com"), account("attendee0@example.com")
    zone = organizer.default_timezone
    assert list(attendee.calendar.sync_items()) == []
    assert {kind for kind, _ in attendee.root.sync_hierarchy()} == {"create"}
    assert list(attendee.root.sync_hierarchy()) == []
    with attendee.calendar.streaming_subscription() as subscription:
        meeting = CalendarItem(
            account=organizer,
            folder=organizer.calendar,
            subject="Budget",
            start=START.astimezone(zone),
            end=(START + HOUR).astimezone(zone),
            required_attendees=["attendee0@example.com"],
        )
        meeting.save(send_meeting_invitations=SEND_TO_ALL_AND_SAVE_COPY)
        stream = attendee.calendar.get_streaming_events(subscription, connection_timeout=1)
        notification = next(stream)
        stream.close()
        ((kind, created),) = attendee.calendar.sync_items()
        assert (kind, created.subject) == ("create", "Budget")
        assert created.id in {event.item_id.id for event in notification.events if event.item_id}
        meeting.refresh()
        meeting.cancel()
        ((kind, updated),) = attendee.calendar.sync_items()
        assert (kind, updated.is_cancelled) == ("update", True)
