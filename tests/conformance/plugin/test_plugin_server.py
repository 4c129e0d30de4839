from __future__ import annotations

from tests.conformance.plugin.conftest import without_strangers

pytest_plugins = ["pytester"]

REQUESTS = """
import json
import urllib.error
import urllib.request
from datetime import datetime
from email.utils import parsedate_to_datetime

import pytest

EVENT = {
    "subject": "x",
    "start": {"dateTime": "2026-02-02T10:00:00", "timeZone": "UTC"},
    "end": {"dateTime": "2026-02-02T11:00:00", "timeZone": "UTC"},
}
seen = []


def graph(server, address, body=None):
    form = f"grant_type=password&username={address}&password={server.password}".encode()
    with urllib.request.urlopen(server.token_url, form) as answer:
        token = json.load(answer)["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    request = urllib.request.Request(server.graph_url + "/me/events", body and json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer), parsedate_to_datetime(answer.headers["Date"])
"""

GOOD = """
@pytest.mark.parametrize("round", [1, 2])
def test_a_server_of_its_own(meetproof_server, round):
    assert graph(meetproof_server, "organizer0@example.com")[0]["value"] == []
    graph(meetproof_server, "organizer0@example.com", EVENT)
    assert len(graph(meetproof_server, "organizer0@example.com")[0]["value"]) == 1
    seen.append(meetproof_server.ews_url)
    assert len(set(seen)) == round


def test_population(meetproof_server):
    addresses = {mailbox.address for mailbox in meetproof_server.mailboxes}
    assert {"organizer0@example.com", "attendee9@example.com", "room0@example.com", "AlexW@contoso.com"} <= addresses
    assert meetproof_server.mailbox("room0").role == "room"
    assert meetproof_server.password == "meetproof"
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(meetproof_server.ews_url, b"<x/>")
    assert refusal.value.code == 401
    refusal.value.close()


HALL = {"address": "hall@here.example", "name": "Hall", "kind": "room"}


@pytest.mark.meetproof(mailboxes=["me@here.example", HALL], clock="2030-05-06T07:08:09Z", seed="s")
def test_marker(meetproof_server):
    assert [one.address for one in meetproof_server.mailboxes] == ["me@here.example", "hall@here.example"]
    assert [one.role for one in meetproof_server.mailboxes] == ["outsider", "room"]
    assert graph(meetproof_server, "me@here.example")[1].year == 2030
    meetproof_server.clock.set(datetime(2031, 1, 1))
    assert graph(meetproof_server, "me@here.example")[1].year == 2031
    before = meetproof_server.clock.advance(0)
    assert (meetproof_server.clock.advance(3600) - before).total_seconds() >= 3600
    assert list(meetproof_server.faults) == []
    meetproof_server.faults.clear()


INVITATION = EVENT | {"attendees": [{"emailAddress": {"address": "attendee0@example.com"}}]}


@pytest.mark.meetproof(clock="2030-05-06T07:08:09Z", delivery_delay=60)
def test_deliveries(meetproof_server):
    def invited():
        return len(graph(meetproof_server, "attendee0@example.com")[0]["value"])

    graph(meetproof_server, "organizer0@example.com", INVITATION)
    assert invited() == 0
    meetproof_server.clock.advance(60)
    assert invited() == 1
    assert meetproof_server.deliveries.hold() == 0
    for _ in range(3):
        graph(meetproof_server, "organizer0@example.com", INVITATION)
    meetproof_server.clock.advance(60)
    assert invited() == 1
    assert meetproof_server.deliveries.step() == 1
    assert invited() == 2
    meetproof_server.deliveries.release()
    assert invited() == 4
    assert meetproof_server.deliveries.step(5) == 0


@pytest.mark.meetproof(settings={"attendees": 1})
def test_settings(meetproof_server):
    two = INVITATION | {"attendees": INVITATION["attendees"] * 2}
    two["attendees"][1] = {"emailAddress": {"address": "attendee1@example.com"}}
    with pytest.raises(urllib.error.HTTPError, match="400"):
        graph(meetproof_server, "organizer0@example.com", two)
"""

BAD = """
@pytest.mark.meetproof(faults=["no-such-fault"])
def test_fault(meetproof_server): pass

@pytest.mark.meetproof(colour=1)
def test_option(meetproof_server): pass

@pytest.mark.meetproof(profile="moon")
def test_profile(meetproof_server): pass
"""

EXTRA_IS_MISSING = """
import importlib.util
import conformance.targets.farm as farm

real = importlib.util.find_spec
farm.find_spec = lambda name: None if name == "uvicorn" else real(name)
"""


def play(pytester, text):
    pytester.makepyfile(REQUESTS + text)
    return pytester.runpytest_subprocess(*without_strangers())


def test_each_test_has_a_server_of_its_own_that_starts_as_its_marker_says(pytester):
    play(pytester, GOOD).assert_outcomes(passed=6)


def test_what_the_marker_asks_in_vain_is_told_on_one_line(pytester):
    result = play(pytester, BAD)
    result.assert_outcomes(errors=3)
    output = result.stdout.str()
    assert "unknown fault no-such-fault" in output
    assert (
        "knows applications, auth, clock, delivery_delay, faults, mailboxes, profile, seed, settings, tls; got 'colour'"
        in output
    )
    assert "unknown profile 'moon'" in output
    assert "Traceback" not in output
    assert "During handling" not in output


def test_without_the_server_extra_the_fixture_says_what_to_install(pytester):
    pytester.makeconftest(EXTRA_IS_MISSING)
    result = play(pytester, "def test_it(meetproof_server): pass\n")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*uvicorn not installed*pip install 'meetproof?server?'*"])
