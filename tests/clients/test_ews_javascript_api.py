"""ews-javascript-api, unmodified, lives whole workflows on the reference server."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.clients.environments import node_modules

pytestmark = [pytest.mark.node, pytest.mark.npm, pytest.mark.xdist_group("node")]

SCRIPTS = Path(__file__).with_name("node")


@pytest.fixture(scope="module")
def modules(request):
    return node_modules(request.config.cache)


@pytest.fixture
def lived(meetproof_server, modules):
    """A function that has Node live a workflow and gives what its client saw."""

    def live(workflow, scheme="basic"):
        server = meetproof_server
        environment = {**os.environ, "NODE_PATH": str(modules), "NODE_EXTRA_CA_CERTS": str(server.ca_file or "")}
        command = ["node", str(SCRIPTS / f"{workflow}.cjs"), server.ews_url, server.password, scheme, server.token_url]
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return live


@pytest.mark.parametrize(
    "scheme",
    ["basic", "bearer", pytest.param("ntlm", marks=pytest.mark.meetproof(tls=True))],
)
def test_a_meeting_is_called_answered_moved_and_cancelled(lived, scheme):
    seen = lived("meeting", scheme)
    assert {"Calendar", "Inbox", "Sent Items", "Deleted Items"} <= set(seen.pop("folders"))
    assert seen == {
        "calendar": "Calendar",
        "request": {
            "from": "organizer0@example.com",
            "start": "2026-03-02T10:00",
            "answer": "NoResponseReceived",
            "isMeeting": True,
            "wasSent": True,
        },
        "answered": {
            "attendee0@example.com": "Accept",
            "attendee1@example.com": "Tentative",
            "attendee2@example.com": "Decline",
        },
        "responses": [
            ["Accepted: Budget", "Accept"],
            ["Declined: Budget", "Decline"],
            ["Tentative: Budget", "Tentative"],
        ],
        "moved": ["2026-03-02T14:00", "Room 5", "NoResponseReceived"],
        "cancelled": ["Canceled: Budget", "Canceled: Budget", True],
        "gone": "The item was not found in this mailbox.",
        "left": 0,
    }


def test_a_series_has_one_occurrence_moved_one_cancelled_and_one_declined(lived):
    assert lived("series") == {
        "request": ["RecurringMaster", 5],
        "planned": [f"2026-03-{day:02}T10:00" for day in (2, 9, 16, 23, 30)],
        "changed": [f"2026-03-{day:02}T10:00" for day in (2, 10, 16, 23, 30)],
        "moved": ["Jour fixe on Tuesday", "2026-03-09T10:00", "2026-03-10T10:00"],
        "master": {
            "type": "RecurringMaster",
            "occurrences": 5,
            "days": ["Monday"],
            "first": "2026-03-02T10:00",
            "last": "2026-03-30T10:00",
            "modified": [["2026-03-09T10:00", "2026-03-10T10:00"], ["2026-03-30T10:00", "2026-03-30T10:00"]],
            "deleted": ["2026-03-16T10:00"],
        },
        "declined": ["Decline"],
        "beyond": "The series has no occurrence with the number 6.",
        "left": [f"2026-03-{day:02}T10:00" for day in (2, 10, 16, 23)],
        "cancellations": ["Canceled: Jour fixe", "Canceled: Jour fixe"],
        "ended": [],
    }


def test_availability_is_told_and_times_are_suggested(lived):
    hours = ["Monday Tuesday Wednesday Thursday Friday", "PT8H", "PT17H"]
    assert lived("availability") == {
        "views": [
            {
                "code": "NoError",
                "events": [["2026-03-02T10:00", "2026-03-02T11:30", "Busy", "Budget"]],
                "merged": "F" * 20 + "BBB" + "F" * 25,
                "hours": hours,
            },
            {
                "code": "NoError",
                "events": [["2026-03-02T10:00", "2026-03-02T11:30", "Tentative", None]],
                "merged": "F" * 20 + "TTT" + "F" * 25,
                "hours": hours,
            },
            {"code": "ErrorMailRecipientNotFound", "events": [], "merged": "", "hours": None},
        ],
        "suggestions": [
            [
                "2026-03-02T00:00",
                "Excellent",
                [[f"2026-03-02T{time}", True] for time in ("08:00", "08:30", "09:00", "11:30")],
            ]
        ],
    }


def test_attachments_reach_whoever_is_invited(lived):
    agenda, note = ["agenda.txt", "text/plain", "First, second"], ["Note", "EmailMessage", "Inner"]
    assert lived("attachments") == {
        "before": [note, agenda, ["draft.txt", None, "Unfinished"]],
        "has": [True, True, True],
        "request": [note, agenda],
        "copy": [note, agenda],
    }


def test_changes_are_synchronised_fetched_and_streamed(lived):
    seen = lived("changes")
    assert seen.pop("folders") > 10
    assert "Created" in seen.pop("streamed")
    assert seen == {
        "empty": 0,
        "created": [["Create", "Day 2"], ["Create", "Day 3"], ["Create", "Day 4"]],
        "pulled": ["Created", "FreeBusyChanged", "Modified"],
        "changed": [["Update", "Room 5"], ["Delete", None]],
        "after": ["Deleted", "FreeBusyChanged", "Modified"],
        "gone": "The subscription was not found.",
    }


PEOPLE = [
    {"address": "anna@example.com", "name": "Anna Berg", "given_name": "Anna"},
    {"address": "bo@example.com", "name": "Bo Berg"},
    {"address": "room1@example.com", "name": "Room One", "kind": "room"},
    {"address": "rooms@example.com", "name": "Rooms", "kind": "list", "room_list": True}
    | {"members": ["room1@example.com"]},
    {"address": "all@example.com", "name": "Everybody", "kind": "list"}
    | {"members": ["anna@example.com", "bo@example.com"]},
]


@pytest.mark.meetproof(mailboxes=PEOPLE, clock="2026-02-27T08:00:00Z")
def test_people_rooms_and_absences_are_found(lived):
    assert lived("people") == {
        "found": [
            ["Anna Berg", "anna@example.com", "Mailbox", "Anna"],
            ["Bo Berg", "bo@example.com", "Mailbox", None],
        ],
        "members": [["Anna Berg", "anna@example.com", "Mailbox"], ["Bo Berg", "bo@example.com", "Mailbox"]],
        "lists": [["Rooms", "rooms@example.com", "PublicGroup"]],
        "rooms": [["Room One", "room1@example.com", "Mailbox"]],
        "away": {
            "state": "Scheduled",
            "audience": "Known",
            "from": "2026-03-02T00:00",
            "until": "2026-03-09T00:00",
            "replies": ["In the mountains.", "Away."],
        },
    }


def test_a_delegate_calls_a_meeting_for_the_principal_until_dismissed(lived):
    hidden = "The folder was not found in this mailbox."
    assert lived("delegates") == {
        "before": hidden,
        "added": {
            "scope": "DelegatesAndMe",
            "who": "attendee0@example.com",
            "levels": ["Editor", "Reviewer", "None"],
            "copies": True,
            "private": False,
        },
        "request": ["organizer0@example.com", "attendee0@example.com", "organizer0@example.com"],
        "own": [["Called for another"], ["Called for another"]],
        "updated": ["DelegatesOnly", ["Editor", "None", "None"]],
        "removed": 0,
        "after": hidden,
    }


def test_the_service_is_found_by_autodiscover(lived, meetproof_server):
    assert lived("autodiscover") == {
        "settings": [meetproof_server.ews_url, "Attendee 0", "attendee0@example.com"],
        "unknown": "InvalidUser",
        "calendar": "Calendar",
    }
