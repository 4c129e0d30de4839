"""@microsoft/microsoft-graph-client and msal-node, unmodified, live whole workflows on the reference server."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.clients.environments import node_modules

ROBOT = {"id": "robot", "secrets": ["s3cret"], "roles": ["Calendars.ReadWrite"]}

# The client sends tokens, and follows absolute links, over HTTPS alone.
pytestmark = [
    pytest.mark.node,
    pytest.mark.npm,
    pytest.mark.xdist_group("node"),
    pytest.mark.meetproof(tls=True),
]

SCRIPTS = Path(__file__).with_name("node")


@pytest.fixture(scope="module")
def modules(request):
    return node_modules(request.config.cache)


@pytest.fixture
def lived(meetproof_server, modules):
    """A function that has Node live a workflow and gives what its client saw."""

    def live(workflow):
        server = meetproof_server
        environment = {**os.environ, "NODE_PATH": str(modules), "NODE_EXTRA_CA_CERTS": str(server.ca_file)}
        script = SCRIPTS / f"graph_{workflow}.cjs"
        command = ["node", str(script), server.graph_url, server.password, server.token_url, server.authority_url]
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return live


@pytest.mark.requirement("GRAPH-EVT-001", "GRAPH-WIRE-012", "GRAPH-MSG-001", "GRAPH-MSG-005", "GRAPH-MSG-009")
def test_a_meeting_is_called_answered_moved_forwarded_and_cancelled(lived):
    assert lived("meeting") == {
        "called": [True, "organizer"],
        "request": ["#microsoft.graph.eventMessageRequest", "meetingRequest"],
        "answered": {
            "attendee0@example.com": "accepted",
            "attendee1@example.com": "tentativelyAccepted",
            "attendee2@example.com": "declined",
        },
        "proposed": [
            {"dateTime": "2026-03-02T14:00:00.0000000", "timeZone": "UTC"},
            {"dateTime": "2026-03-03T10:00:00.0000000", "timeZone": "UTC"},
        ],
        "responses": ["New Time Proposed: Budget", "New Time Proposed: Budget", "Accepted: Budget"],
        "moved": ["2026-03-02T14:00:00.0000000", "notResponded"],
        "update": {"dateTime": "2026-03-02T10:00:00.0000000", "timeZone": "UTC"},
        "forwarded": "FW: Budget",
        "refused": [[400, "ErrorInvalidRequest"], [400, "ErrorInvalidRequest"]],
        "cancelled": [True, "meetingCancelled"],
        "left": 0,
    }


@pytest.mark.requirement("GRAPH-ODT-009", "GRAPH-ODT-011", "GRAPH-ODT-018", "GRAPH-SCH-001", "GRAPH-FMT-001")
def test_a_calendar_is_listed_and_free_times_are_told_and_suggested(lived):
    seen = lived("times")
    assert seen.pop("suggested")
    assert seen == {
        "listed": [[f"Day 0{day}", f"2026-03-0{day}T11:00:00.0000000"] for day in range(2, 7)],
        "found": 4,
        "free": ["0020", "0000"],
    }


@pytest.mark.requirement("GRAPH-PREF-014", "GRAPH-VIEW-007", "GRAPH-VIEW-009", "GRAPH-VIEW-010")
def test_changes_of_a_calendar_are_followed(lived):
    assert lived("delta") == {
        "first": ["Gone", "Kept"],
        "changed": ["Changed"],
        "removed": ["deleted"],
        "quiet": 0,
    }


@pytest.mark.requirement("GRAPH-WIRE-024", "GRAPH-WIRE-026")
@pytest.mark.meetproof(tls=True, settings={"graph_requests_per_minute": 20})
def test_whoever_asks_too_often_waits_as_told(lived):
    seen = lived("throttled")
    assert seen.pop("refused") >= 1
    assert seen == {"answered": 22, "early": []}


@pytest.mark.requirement("GRAPH-BAT-001", "GRAPH-BAT-005", "GRAPH-BAT-006", "GRAPH-BAT-008")
def test_several_requests_go_in_one_batch(lived):
    assert lived("batch") == {
        "statuses": {"1": 201, "2": 200, "3": 400, "4": 424},
        "created": "First",
        "listed": ["First"],
    }


@pytest.mark.requirement("GRAPH-SUB-001", "GRAPH-SUB-011", "GRAPH-SUB-012", "GRAPH-SUB-013", "GRAPH-SUB-017")
def test_changes_are_notified_until_the_subscription_ends(lived):
    assert lived("changes") == {
        "created": ["ours", True, True],
        "updated": "#Microsoft.Graph.Event",
        "renewed": True,
        "deleted": "deleted",
        "ended": [404, "ResourceNotFound"],
        "proofs": 1,
    }


@pytest.mark.meetproof(tls=True, applications=[ROBOT, {"id": "phone"}])
def test_msal_node_obtains_the_tokens(lived):
    assert lived("login") == {
        "account": "AlexW@contoso.com",
        "me": "Alex Wilber",
        "refreshed": True,
        "device": "AlexW@contoso.com",
        "robot": [0, [403, "ErrorAccessDenied"], [400, "BadRequest"]],
    }
