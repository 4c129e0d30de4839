"""DavMail, unmodified, lets calendars and mail programs live whole workflows on the reference server."""

from __future__ import annotations

import email
import email.policy
import imaplib
import json
import smtplib
import subprocess
from email.message import EmailMessage
from pathlib import Path

import pytest
from exchangelib.items import MeetingCancellation

from tests.clients.davmail_gateway import gateway
from tests.clients.environments import caldav_python

pytestmark = [
    pytest.mark.davmail,
    pytest.mark.xdist_group("davmail"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

SCRIPTS = Path(__file__).with_name("davmail")
ORGANIZER, ATTENDEE, OTHER = "organizer0@example.com", "attendee0@example.com", "attendee1@example.com"


@pytest.fixture(scope="module")
def python(request):
    return caldav_python(request.config.cache)


@pytest.fixture
def davmail(meetproof_server, tmp_path):
    with gateway(tmp_path, meetproof_server.ews_url) as running:
        yield running


@pytest.fixture
def lived(meetproof_server, davmail, python):
    """A function that has the library caldav live a workflow and gives what it saw."""

    def live(workflow):
        command = [str(python), str(SCRIPTS / f"{workflow}.py"), davmail.caldav_url, meetproof_server.password]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False)
        assert done.returncode == 0, f"{done.stderr}\n{davmail.log.read_text()}"
        return json.loads(done.stdout)

    return live


def test_a_meeting_is_called_answered_moved_and_cancelled_over_caldav(lived, account):
    assert lived("meeting") == {
        "calendar": "Calendar",
        "listed": [0, 1, 1, 0],
        "same": [False, False, True],
        "invited": [["Budget", "2026-03-02T10:00", "Room 4"]] * 3,
        "inbox": [True],
        "answered": {ATTENDEE: "ACCEPTED", OTHER: "TENTATIVE", "attendee2@example.com": "DECLINED"},
        "own": "ACCEPTED",
        "moved": [["Budget", "2026-03-02T14:00", "Room 5"]] * 2,
        "asked_again": "NEEDS-ACTION",
        "refused": True,
        "cancelled": ["Canceled: Budget", "2026-03-02T14:00", "Room 5", "CANCELLED"],
        "left": 0,
    }
    received = account(OTHER).inbox.all()
    assert sorted((type(item).__name__, item.subject) for item in received) == [
        ("MeetingCancellation", "Canceled: Budget"),
        *[("MeetingRequest", "Budget")] * 2,
    ]
    answers = account(ORGANIZER).inbox.all()
    assert {item.subject for item in answers} == {"Accepted: Budget", "Declined: Budget", "Tentative: Budget"}


def test_a_series_has_one_occurrence_moved_and_one_cancelled_over_caldav(lived, account):
    first, tuesday, third, last = (
        ["Jour fixe", "2026-03-02T10:00", "Room 4"],
        ["Jour fixe on Tuesday", "2026-03-10T12:00", "Room 4"],
        ["Jour fixe", "2026-03-16T10:00", "Room 4"],
        ["Jour fixe", "2026-03-23T10:00", "Room 4"],
    )
    assert lived("series") == {
        "invited": [first, ["Jour fixe", "2026-03-09T10:00", "Room 4"], third, last],
        "left": {
            "organizer": [first, tuesday, last],
            "attendee": [first, tuesday, ["Canceled: Jour fixe", *third[1:]], last],
        },
        "ended": ["Canceled: Jour fixe"],
    }
    cancellations = [item for item in account(OTHER).inbox.all() if isinstance(item, MeetingCancellation)]
    assert len(cancellations) == 2


def test_it_is_told_over_caldav_when_people_are_busy(lived):
    period = ["2026-03-02T10:00", "2026-03-02T11:30"]
    assert lived("availability") == {
        f"mailto:{ORGANIZER}": [["BUSY", *period]],
        f"mailto:{ATTENDEE}": [["BUSY-TENTATIVE", *period]],
        f"mailto:{OTHER}": [],
    }


def test_mail_is_sent_over_smtp_and_read_over_imap(davmail, meetproof_server):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = ATTENDEE, OTHER, "Grüße"
    message.set_content("Bis bald")
    with smtplib.SMTP("127.0.0.1", davmail.smtp) as smtp:
        smtp.login(ATTENDEE, meetproof_server.password)
        smtp.send_message(message)
    with imaplib.IMAP4("127.0.0.1", davmail.imap) as imap:
        imap.login(OTHER, meetproof_server.password)
        assert imap.select("INBOX") == ("OK", [b"1"])
        assert imap.search(None, "UNSEEN") == ("OK", [b"1"])
        _, [(_, data), *_] = imap.fetch("1", "(BODY[])")
        read = email.message_from_bytes(data, policy=email.policy.default)
        assert (read["Subject"], read.get_content().strip()) == ("Grüße", "Bis bald")
        assert imap.search(None, "SEEN") == ("OK", [b"1"])
        imap.copy("1", "Trash")
        assert imap.select("Trash") == ("OK", [b"1"])
