"""The fixture that plays recordings to a client under test."""

from __future__ import annotations

import os
import socket
import threading
from pathlib import Path

import h11  # noqa: F401
import httpx  # noqa: F401
import pytest

import conformance.proxy.replayed  # noqa: F401  kept loaded: pytester unloads what a run in this process has imported
from conformance.model.exchange import Exchange, Request, Response
from conformance.tape.cassette import CassetteWriter
from conformance.tape.policies import KEY, masking_of

pytest_plugins = ["pytester"]

ORIGIN = "https://mail.example"
JSON = (("Content-Type", "application/json"),)
GOLDEN = Path(__file__).parents[3] / "cassettes" / "reference" / "answers.after-a-cancellation.accept--ews-graph.yaml"
CLIENT = """
import httpx
import pytest

def look(replay):
    with httpx.Client(base_url=replay.graph_url, trust_env=False, verify=False) as client:
        answer = client.get("/me/events")
        return answer.status_code, answer.text

def create(replay, subject):
    with httpx.Client(base_url=replay.graph_url, trust_env=False, verify=False) as client:
        kind = {"Content-Type": "application/json"}
        return client.post("/me/events", content='{"subject": "%s"}' % subject, headers=kind)
"""


def exchange(method, url, body=b"", answer=b"{}", status=200):
    return Exchange(Request(method, url, JSON if body else (), body), Response(status, "", JSON, answer))


def events(origin=ORIGIN):
    """A look, an invitation and a look again."""
    url = f"{origin}/v1.0/me/events"
    return (
        exchange("GET", url, answer=b'{"value": []}'),
        exchange("POST", url, b'{"subject": "Lunch"}', b'{"id": "1"}', 201),
        exchange("GET", url, answer=f'{{"value": [{{"id": "1"}}], "@odata.nextLink": "{url}?$skip=1"}}'.encode()),
    )


@pytest.fixture
def tape(pytester):
    """Write a cassette beside the tests: ``tape(name, exchanges)``."""

    def write(name="lunch.yaml", exchanges=None):
        with CassetteWriter(pytester.path / name, {}) as writer:
            for each in events() if exchanges is None else exchanges:
                writer.append(each)

    return write


@pytest.fixture
def play(pytester, monkeypatch):
    """Play tests of a client, by the plugin alone."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def run(text, *arguments, ini=""):
        pytester.makeini(f"[pytest]\n{ini}")
        pytester.makepyfile(test_client=CLIENT + text)
        return pytester.runpytest_inprocess("-p", "conformance.plugin", "-p", "no:cacheprovider", *arguments)

    return run


ALL = """
@pytest.mark.meetproof_replay("lunch.yaml")
def test_it(meetproof_replay):
    assert look(meetproof_replay) == (200, '{"value": []}')
    assert create(meetproof_replay, "Lunch").json() == {"id": "1"}
    assert meetproof_replay.unplayed == ("GET /v1.0/me/events",)
    assert f'"@odata.nextLink": "{meetproof_replay.graph_url}/me/events?$skip=1"' in look(meetproof_replay)[1]
    assert (meetproof_replay.misses, meetproof_replay.extra, meetproof_replay.unplayed) == ((), (), ())
"""


def test_a_client_that_asks_what_was_recorded_passes(play, tape):
    tape()
    play(ALL).assert_outcomes(passed=1)


def test_what_was_not_asked_for_fails_a_test_that_passed(play, tape):
    tape()
    result = play("""
@pytest.mark.meetproof_replay("lunch.yaml")
def test_it(meetproof_replay):
    look(meetproof_replay)
""")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "lunch.yaml was not played as recorded:",
            "2 of 3 recorded exchanges were not asked for (allow='unplayed' does not mind):",
            "    POST /v1.0/me/events",
            "    GET /v1.0/me/events",
        ]
    )
    assert "Traceback" not in result.stdout.str()


def test_a_request_that_was_not_recorded_fails_and_explains_itself_although_the_client_says_nothing(play, tape):
    tape()
    result = play("""
@pytest.mark.meetproof_replay("lunch.yaml", allow="unplayed")
def test_it(meetproof_replay):
    answer = create(meetproof_replay, "Dinner")
    assert answer.status_code == 404
    assert [answer.text] == [f"{miss}\\n" for miss in meetproof_replay.misses]
""")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "POST /v1.0/me/events: no recorded request matches",
            "nearest is exchange 2 of 3: POST /v1.0/me/events",
            '  - "subject": "Lunch"',
            '  + "subject": "Dinner"',
        ]
    )


def test_a_request_that_comes_too_often_fails(play, tape):
    tape()
    result = play("""
@pytest.mark.meetproof_replay("lunch.yaml", allow="unplayed")
def test_it(meetproof_replay):
    assert [look(meetproof_replay)[0] for _ in range(3)] == [200, 200, 404]
    assert len(meetproof_replay.extra) == 1
    assert meetproof_replay.misses == ()
""")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["GET /v1.0/me/events: every recorded answer to this request has been played"])


ALLOWING = """
def client(replay, departure):
    look(replay)
    if departure != "unplayed":
        create(replay, "Lunch")
        look(replay)
    if departure == "extra":
        look(replay)
    if departure == "misses":
        create(replay, "Dinner")

@pytest.mark.parametrize("departure", ["unplayed", "extra", "misses"])
class TestAllows:
    @pytest.mark.meetproof_replay("lunch.yaml")
    def test_usual(self, meetproof_replay, departure):
        client(meetproof_replay, departure)

    @pytest.mark.meetproof_replay("lunch.yaml", allow="extra")
    def test_one(self, meetproof_replay, departure):
        client(meetproof_replay, departure)

    @pytest.mark.meetproof_replay("lunch.yaml", allow=["misses", "extra"])
    def test_two(self, meetproof_replay, departure):
        client(meetproof_replay, departure)

    @pytest.mark.meetproof_replay("lunch.yaml", allow=())
    def test_none(self, meetproof_replay, departure):
        client(meetproof_replay, departure)
"""


@pytest.mark.parametrize(
    ("ini", "usual"),
    [("", ["unplayed", "extra", "misses"]), ("meetproof_replay_allow = unplayed misses", ["extra"])],
)
def test_each_check_can_be_switched_off_by_a_test_and_for_all(play, tape, ini, usual):
    tape()
    result = play(ALLOWING, ini=ini)
    failed = [
        report.nodeid.rpartition("::test_")[2]
        for report in result.reprec.getreports("pytest_runtest_logreport")
        if report.failed and report.when == "teardown"
    ]
    assert sorted(failed) == sorted(
        f"{test}[{departure}]"
        for test, departures in {
            "usual": usual,
            "one": ["unplayed", "misses"],
            "two": ["unplayed"],
            "none": ["unplayed", "extra", "misses"],
        }.items()
        for departure in departures
    )


def test_a_test_that_fails_by_itself_says_only_why_and_tells_the_misses_beside(play, tape):
    tape()
    result = play("""
@pytest.mark.meetproof_replay("lunch.yaml")
def test_it(meetproof_replay):
    create(meetproof_replay, "Dinner").raise_for_status()
""")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*Captured log call*", "WARNING*POST /v1.0/me/events: no recorded request matches"])
    assert "were not asked for" not in result.stdout.str()


def test_a_test_that_is_known_to_fail_is_no_error(play, tape):
    tape()
    play("""
@pytest.mark.xfail(reason="known")
@pytest.mark.meetproof_replay("lunch.yaml")
def test_it(meetproof_replay):
    assert look(meetproof_replay)[0] == 500

@pytest.mark.meetproof_replay("lunch.yaml")
def test_that(meetproof_replay):
    pytest.skip("not here")
""").assert_outcomes(xfailed=1, skipped=1)


def test_what_a_fixture_asks_while_it_is_taken_down_counts(play, tape):
    tape(exchanges=events()[:2])
    play("""
@pytest.fixture
def client(meetproof_replay):
    yield meetproof_replay
    create(meetproof_replay, "Lunch")

@pytest.mark.meetproof_replay("lunch.yaml")
def test_it(client):
    look(client)
""").assert_outcomes(passed=1)


def test_several_servers_in_one_test_keep_apart_and_free_their_ports_and_threads(play, tape):
    tape()
    tape("tapes/left.yaml", [exchange("GET", f"{ORIGIN}/v1.0/me/events", answer=b"left")])
    tape("tapes/right.yaml", [exchange("GET", f"{ORIGIN}/beta/me/events", answer=b"right")])
    before = threading.active_count()
    result = play(
        """
def test_apart(meetproof_replay_factory):
    left, right = meetproof_replay_factory("tapes/left.yaml"), meetproof_replay_factory("tapes/right.yaml")
    assert (look(right), look(left)) == ((200, "right"), (200, "left"))
    assert (left.graph_url[-5:], right.graph_url[-5:]) == ("/v1.0", "/beta")

def test_together(meetproof_replay_factory):
    both = meetproof_replay_factory("tapes")
    print("PORT", both.url.rpartition(":")[2])
    assert look(both) == (200, "left")
    with httpx.Client(trust_env=False, verify=False) as client:
        assert client.get(f"{both.url}/beta/me/events").text == "right"

def test_both_are_checked(meetproof_replay_factory):
    left = meetproof_replay_factory("tapes/left.yaml")
    meetproof_replay_factory("tapes/right.yaml", allow="misses")
    create(left, "Lunch")
""",
        "-rP",
    )
    result.assert_outcomes(passed=3, errors=1)
    output = result.stdout.str()
    assert "tapes/left.yaml was not played as recorded:" in output
    assert "tapes/right.yaml was not played as recorded:" in output
    [port] = [line.split()[1] for line in result.outlines if line.startswith("PORT")]
    socket.create_server(("127.0.0.1", int(port))).close()
    assert threading.active_count() == before


def test_a_folder_of_all_tests_can_be_named(play, tape, pytester):
    tape("recordings/lunch.yaml")
    (pytester.path / "tests").mkdir()
    result = play(ALL, ini="meetproof_replay_folder = recordings")
    result.assert_outcomes(passed=1)


def test_what_was_recorded_at_several_hosts_is_played_by_one_and_leads_nowhere_else(play, tape):
    token = exchange("POST", "https://login.example/t/oauth2/v2.0/token", b"grant_type=password", b'{"scope": ""}')
    tape(exchanges=[token, *events("https://graph.example")])
    play("""
@pytest.mark.meetproof_replay("lunch.yaml")
def test_it(meetproof_replay):
    assert meetproof_replay.token_url == f"{meetproof_replay.url}/t/oauth2/v2.0/token"
    with httpx.Client(trust_env=False, verify=False) as client:
        client.post(meetproof_replay.token_url, data={"grant_type": "password"})
    look(meetproof_replay)
    create(meetproof_replay, "Lunch")
    assert f'"@odata.nextLink": "{meetproof_replay.graph_url}/me/events?$skip=1"' in look(meetproof_replay)[1]
""").assert_outcomes(passed=1)


def test_addresses_that_were_not_recorded_are_the_usual_ones(play, tape):
    tape(exchanges=[])
    play("""
@pytest.mark.meetproof_replay("lunch.yaml")
def test_it(meetproof_replay):
    url = meetproof_replay.url
    assert meetproof_replay.ews_url == f"{url}/EWS/Exchange.asmx"
    assert meetproof_replay.graph_url == f"{url}/v1.0"
    assert meetproof_replay.token_url == f"{url}/oauth2/v2.0/token"
""").assert_outcomes(passed=1)


def test_a_recording_with_pseudonyms_is_played_to_a_client_with_the_true_names(play, pytester, monkeypatch):
    monkeypatch.setenv(KEY, "a key of the tests")
    asked = exchange("GET", f"{ORIGIN}/v1.0/users/ann@mail.example/events")
    with CassetteWriter(pytester.path / "people.yaml", {}, masking=masking_of("people", os.environ)) as writer:
        assert "ann@" not in writer.append(asked).request.url
    text = """
@pytest.mark.meetproof_replay("people.yaml"{policy})
def test_it(meetproof_replay):
    with httpx.Client(trust_env=False, verify=False) as client:
        client.get(f"{{meetproof_replay.graph_url}}/users/ann@mail.example/events").raise_for_status()
"""
    play(text.format(policy=', policy="people"')).assert_outcomes(passed=1)
    play(text.format(policy="")).assert_outcomes(failed=1)


def test_cassettes_that_no_test_plays_are_told_where_that_is_asked_for(play, tape):
    folder = "meetproof_replay_folder = tapes"
    tape("tapes/lunch.yaml")
    assert play(ALL, "--meetproof-replay-orphans", ini=folder).ret == 0
    tape("tapes/old/dinner.yaml")
    assert play(ALL, ini=folder).ret == 0
    for workers in ((), ("-p", "xdist", "-n", "1")):
        result = play(ALL, "--meetproof-replay-orphans", *workers, ini=folder)
        result.assert_outcomes(passed=1)
        assert result.ret == 1
        assert [line for line in result.outlines if "no test has played" in line] == [
            "no test has played tapes/old/dinner.yaml"
        ]


def test_orphans_are_looked_for_in_a_folder(play):
    result = play("", "--meetproof-replay-orphans")
    assert result.ret == 4
    result.stderr.fnmatch_lines(["*--meetproof-replay-orphans needs the ini option meetproof_replay_folder.*"])


BAD = """
def test_none(meetproof_replay): pass

@pytest.mark.meetproof_replay("absent.yaml")
def test_absent(meetproof_replay): pass

@pytest.mark.meetproof_replay("empty")
def test_empty(meetproof_replay): pass

@pytest.mark.meetproof_replay("test_client.py")
def test_other(meetproof_replay): pass

@pytest.mark.meetproof_replay("lunch.yaml", allow="all")
def test_allow(meetproof_replay): pass

@pytest.mark.meetproof_replay("lunch.yaml", colour=1)
def test_option(meetproof_replay): pass

@pytest.mark.meetproof_replay("lunch.yaml", policy="none")
def test_policy(meetproof_replay): pass
"""


def test_what_cannot_be_played_is_told_on_one_line(play, tape, pytester):
    tape()
    (pytester.path / "empty").mkdir()
    result = play(BAD)
    result.assert_outcomes(errors=7)
    output = result.stdout.str()
    for words in (
        "meetproof_replay(...) needs the cassettes to play, such as 'tapes/accept.yaml'",
        f"no such file or folder: {pytester.path / 'absent.yaml'}",
        f"no cassette (*.yaml) in the folder {pytester.path / 'empty'}",
        "not a cassette: mapping values are not allowed in this context",
        "can allow misses, extra, unplayed; got 'all'",
        "knows allow, policy; got 'colour'",
        "policy: expected one of secrets, people, everything, got 'none'",
    ):
        assert words in output
    assert "Traceback" not in output
    assert "During handling" not in output


def test_the_golden_recordings_are_played_to_any_client_also_by_workers(play):
    """EWS by the organizer, Graph by the attendee; two worker processes have a server each."""
    result = play(
        f"""
from conformance.tape.cassette import read_cassette

@pytest.mark.parametrize("turn", [1, 2])
@pytest.mark.meetproof_replay({str(GOLDEN)!r})
def test_it(meetproof_replay, turn):
    exchanges = read_cassette({str(GOLDEN)!r}).exchanges
    with httpx.Client(trust_env=False, verify=False) as client:
        for exchange in exchanges:
            request = exchange.request
            url = meetproof_replay.url + request.url.removeprefix("https://meetproof.example")
            headers = [(name, value) for name, value in request.headers if name not in ("Host", "Content-Length")]
            answer = client.request(request.method, url, headers=headers, content=request.body)
            assert answer.status_code == exchange.response.status
    assert meetproof_replay.ews_url.endswith("/EWS/Exchange.asmx")
    assert meetproof_replay.token_url.endswith("/oauth2/v2.0/token")
""",
        *("-p", "xdist", "-n", "2"),
    )
    result.assert_outcomes(passed=2)
