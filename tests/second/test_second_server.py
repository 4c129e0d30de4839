"""The suite before a server that shares nothing with the reference server, right or made to be wrong."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.model.verdict import Verdict
from tests.second.play import PEOPLE, played
from tests.second.server import PASSWORD, SecondServer, serving

# What the second server does as EWS says it is done, case by case.
PASSED = (
    *(f"cross-protocol.{name}" for name in ("answer-the-event", "attendees", "cancel", "schedule", "update")),
    *(f"cross-protocol.answer.{name}" for name in ("accept", "decline", "tentative")),
    *(f"handling-meetings.{name}" for name in ("accept", "tentative", "decline", "request", "remove", "unknown-ids")),
    *(f"handling-meetings.answer.{name}" for name in ("accept", "decline", "tentative")),
    *(f"handling-meetings.answer-{name}" for name in ("again", "only-saved", "only-sent", "the-item", "to-nothing")),
    *(f"handling-meetings.answer-refused-{name}" for name in ("to-mail", "to-the-organizer", "when-cancelled")),
    *(f"handling-meetings.{name}" for name in ("answer-without-disposition", "attendee-item", "create-appointment")),
    *(f"handling-meetings.create-and-{name}" for name in ("save-copy", "send-only", "send-to-none")),
    *(f"handling-meetings.{name}" for name in ("cancel", "cancel-refused", "reschedule", "reschedule-resets")),
    *(f"handling-meetings.delete-{name}" for name in ("and-save-copy", "only-to-all", "refused", "to-none")),
    *(f"handling-meetings.update-{name}" for name in ("deleted", "only-to-all", "to-none")),
    *(f"wire.ews-{name}" for name in ("answer", "credentials", "malformed", "methods.delete", "methods.put")),
)
# What it can be made to leave undone, and the requirements that the suite then finds unmet: these and no others.
SWITCHES = {
    "a deletion says how": {"EWS-MTG-205"},
    "a removal removes": {"EWS-MTG-223", "GRAPH-MIG-001"},
    "answers are counted": {
        *("EWS-MTG-123", "EWS-MTG-124", "EWS-MTG-125", "EWS-MTG-129", "EWS-MTG-144"),
        *("GRAPH-MIG-002", "GRAPH-MIG-005"),
    },
    "answers end with the time": {"EWS-MTG-181"},
    "declined meetings go": {"EWS-MTG-118", "GRAPH-MIG-002"},
    "elements in order": {
        *("WIRE-EWS-SCHEMA", "EWS-TYPE-CALENDARITEM", "EWS-TYPE-MEETINGMESSAGE", "EWS-TYPE-MEETINGREQUESTMESSAGE"),
        *("EWS-TYPE-MEETINGRESPONSEMESSAGE", "EWS-TYPE-MEETINGCANCELLATIONMESSAGE"),
    },
    "one meeting has one UID": {"EWS-MTG-104", "GRAPH-MIG-006"},
    "only the organizer cancels": {"EWS-MTG-218"},
    "sent answers are kept": {"EWS-MTG-120", "GRAPH-MIG-002"},
    "sent invitations are kept": {"EWS-MTG-052"},
    "subjects tell what happened": {"EWS-MTG-146", "EWS-MTG-225"},
    "the state of a cancellation": {"EWS-MTG-215", "EWS-SEEN-035"},
    "the words of a cancellation": {"EWS-MTG-216", "GRAPH-MIG-001"},
}
# The cases that find all that; the others are played before the server as it should be.
TELLING = (
    *(
        "cross-protocol.answer.accept",
        "cross-protocol.answer.decline",
        "cross-protocol.cancel",
        "cross-protocol.schedule",
    ),
    *(f"handling-meetings.{name}" for name in ("accept", "tentative", "decline", "answer-again", "answer.accept")),
    *(f"handling-meetings.{name}" for name in ("answer-only-sent", "answer-the-item", "cancel", "cancel-refused")),
    *(f"handling-meetings.{name}" for name in ("create-and-save-copy", "delete-refused", "remove", "request")),
    *(f"handling-meetings.{name}" for name in ("reschedule", "reschedule-resets", "update-to-none")),
)
TARGET = """
[target]
name = "A second server"
delivery = "synchronous"
[ews]
url = "{url}"
"""


@pytest.mark.parametrize("case", PASSED)
def test_what_it_does_is_found_right(case):
    outcomes, why = played(f"{case}--ews-ews")
    found = {one.requirement: one.message for one in outcomes if one.verdict > Verdict.NOT_APPLICABLE}
    assert found == {}, why
    assert any(one.verdict is Verdict.PASS for one in outcomes)


@pytest.mark.parametrize("switch", SWITCHES)
def test_what_it_is_made_to_get_wrong_is_found_and_nothing_else(switch):
    found = set()
    for case in TELLING:
        outcomes, why = played(f"{case}--ews-ews", [switch])
        found |= {one.requirement for one in outcomes if one.verdict is Verdict.FAIL}
        assert all(one.verdict is not Verdict.ERROR for one in outcomes), why
    assert found == SWITCHES[switch]


@pytest.mark.parametrize("proxy", ["--proxy", "--no-proxy"])
def test_it_is_played_over_the_network_and_neither_headers_of_ours_nor_items_are_left_with_it(tmp_path, proxy):
    server = SecondServer(PEOPLE)
    with serving(server) as (url, headers):
        accounts = [f'[[accounts]]\naddress = "{address}"\npassword_env = "THE_PASSWORD"\n' for address in PEOPLE]
        (tmp_path / "target.toml").write_text(TARGET.format(url=url) + "".join(accounts))
        command = [sys.executable, "-P", "-m", "conformance.cli", "run", "--target", "target.toml", proxy]
        done = subprocess.run(
            [*command, "-k", "(cross-protocol.answer or cross-protocol.attendees) and ews-ews"],
            cwd=tmp_path,
            env={**os.environ, "THE_PASSWORD": PASSWORD},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
    assert done.returncode in {0, 2}, done.stdout + done.stderr  # 2: the profiles are played in part
    verdicts = json.loads((tmp_path / "meetproof-report" / "report.json").read_text(encoding="utf-8"))["verdicts"]
    assert {word: count for word, count in verdicts.items() if count} == {"pass": 5}
    assert server.mailboxes.items == {}
    assert len(headers) > 50
    assert {name.lower() for name in headers} <= {
        *("host", "user-agent", "accept-encoding", "connection", "authorization", "content-type", "content-length"),
    }
    tapes = sorted((tmp_path / "meetproof-report" / "cassettes").glob("*.yaml"))
    assert len(tapes) == (5 if proxy == "--proxy" else 0)


@pytest.mark.parametrize("file", ["mailboxes.py", "server.py"])
def test_it_shares_no_code_with_the_suite_or_the_reference_server(file):
    tree = ast.parse(Path(__file__).with_name(file).read_text(encoding="utf-8"))
    names = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    names |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert not [name for name in names if name.startswith(("conformance", "reference_impl"))]
