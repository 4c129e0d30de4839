"""A real EWS client, recorded before the reference server and then served by the recording alone."""

from __future__ import annotations

import pytest

from conformance.tape.cassette import read_cassette

pytest_plugins = ["pytester"]

CLIENT = """
import sys
from exchangelib import DELEGATE, Account, CalendarItem, Configuration, Credentials, EWSDateTime, EWSTimeZone

def account(name):
    address = f"{name}@example.com"
    endpoint = sys.argv[1] + "/EWS/Exchange.asmx"
    configuration = Configuration(
        service_endpoint=endpoint, credentials=Credentials(address, "meetproof"), auth_type="basic"
    )
    return Account(address, config=configuration, access_type=DELEGATE)

organizer, attendee, zone = account("organizer0"), account("attendee0"), EWSTimeZone("UTC")
meeting = CalendarItem(
    account=organizer,
    folder=organizer.calendar,
    subject="Weekly planning",
    start=EWSDateTime(2026, 1, 6, 10, tzinfo=zone),
    end=EWSDateTime(2026, 1, 6, 11, tzinfo=zone),
    required_attendees=["attendee0@example.com"],
    uid="a-uid-that-does-not-change",
)
meeting.save(send_meeting_invitations="SendToAllAndSaveCopy")
request = attendee.inbox.get(subject="Weekly planning")
request.accept(body="Gladly")
meeting.refresh()
print(type(request).__name__, meeting.required_attendees[0].response_type)
"""


@pytest.fixture
def run_client(program):
    def run(url):
        process = program("-W", "ignore", "-c", CLIENT, url)
        said, complained = process.popen.communicate(timeout=60)
        assert process.popen.returncode == 0, complained
        return said.strip()

    return run


def test_exchangelib_is_recorded_and_then_served_by_the_recording(program, run_client, tmp_path, pytester, monkeypatch):
    command = ("-c", "from conformance.cli import main; main()")
    server = program(*command, "serve", "--port", "0", "--ready-json", "--clock", "2026-01-05T08:00:00Z")
    upstream = server.ready()["ews"].partition("/EWS")[0]
    recorder = program(*command, "record", "--upstream", upstream, "--out", tmp_path, "--ready-json")
    assert run_client(recorder.ready()["proxy"]) == "MeetingRequest Accept"
    assert recorder.stop() == (0, "")
    server.stop()
    exchanges = read_cassette(tmp_path / "session.yaml").exchanges
    assert {exchange.meta.get("actor") for exchange in exchanges} >= {"organizer0@example.com", "attendee0@example.com"}
    player = program(*command, "replay", tmp_path, "--ready-json")
    assert run_client(player.ready()["replay"]) == "MeetingRequest Accept"
    assert player.stop() == (0, "")
    pytester.makepyfile(f"""
import subprocess, sys, pytest

@pytest.mark.meetproof_replay({str(tmp_path / "session.yaml")!r})
def test_it(meetproof_replay):
    command = [sys.executable, "-W", "ignore", "-c", {CLIENT!r}, meetproof_replay.url]
    assert subprocess.check_output(command, text=True).strip() == "MeetingRequest Accept"
""")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.runpytest_inprocess("-p", "conformance.plugin", "-p", "no:cacheprovider").assert_outcomes(passed=1)
