"""O365, unmodified, lives a meeting on the reference server over Graph."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest
from O365 import Account, MSGraphProtocol
from O365.utils.token import MemoryTokenBackend

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

START = datetime(2026, 3, 2, 10, 0, tzinfo=ZoneInfo("UTC"))


def bearer(server, address: str) -> str:
    form = {"grant_type": "password", "username": address, "password": server.password, "client_id": "tests"}
    answer = httpx.post(server.token_url, data=form, trust_env=False)
    assert answer.status_code == 200, answer.text
    return answer.json()["access_token"]


@pytest.fixture
def account(meetproof_server):
    base = meetproof_server.graph_url.removesuffix("v1.0")

    class Protocol(MSGraphProtocol):
        _protocol_url = base

    class Tokens(MemoryTokenBackend):
        def __init__(self, token: str) -> None:
            super().__init__()
            self.token = token

        def get_access_token(self, *, username=None):
            return {"secret": self.token, "expires_on": "4102444800"}

        def token_is_expired(self, *, username=None):
            return False

        @property
        def has_data(self):
            return True

    opened = []

    def open_account(address: str) -> Account:
        tokens = Tokens(bearer(meetproof_server, address))
        opened.append(Account(("client", "secret"), protocol=Protocol(), token_backend=tokens, username=address))
        return opened[-1]

    yield open_account
    for account in opened:
        account.con.session.close()


def invite(organizer: Account, *attendees: str):
    event = organizer.schedule().get_default_calendar().new_event("Budget")
    event.start, event.end = START, START + timedelta(hours=1)
    event.location = "Room 4"
    for attendee in attendees:
        event.attendees.add(attendee)
    assert event.save()
    return event


def own_event(account: Account):
    calendar = account.schedule().get_default_calendar()
    return next(iter(calendar.get_events(include_recurring=False)))


def status(account: Account) -> dict[str, str]:
    return {attendee.address: attendee.response_status.status.value for attendee in own_event(account).attendees}


def test_the_organizer_sees_an_acceptance_and_a_tentative_acceptance(account):
    organizer = account("organizer0@example.com")
    invite(organizer, "attendee0@example.com", "attendee1@example.com")
    assert own_event(account("attendee0@example.com")).accept_event("I come.")
    assert own_event(account("attendee1@example.com")).accept_event("Perhaps.", tentatively=True)
    assert status(organizer) == {
        "attendee0@example.com": "accepted",
        "attendee1@example.com": "tentatively_accepted",
    }


def test_the_invitation_in_the_inbox_leads_to_the_attendees_event(account):
    invite(account("organizer0@example.com"), "attendee0@example.com")
    attendee = account("attendee0@example.com")
    message = next(iter(attendee.mailbox().inbox_folder().get_messages()))
    assert message.is_event_message
    assert message.get_event().subject == "Budget"


def test_a_cancelled_meeting_is_cancelled_for_the_attendee(account):
    organizer = account("organizer0@example.com")
    invite(organizer, "attendee0@example.com")
    assert own_event(organizer).cancel_event("Not needed any more.")
    assert own_event(account("attendee0@example.com")).is_cancelled
