"""A shadow asks the candidate what the primary was asked, in the candidate's ids, and nobody waits for it."""

from __future__ import annotations

import base64
import itertools
import json
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from conformance.cli import run_command
from conformance.client.protocol import TransportFailed
from conformance.model.exchange import Exchange, Request, Response
from conformance.proxy.origins import parse_origin
from conformance.proxy.shadow.credentials import Credentials
from conformance.proxy.shadow.shadow import Shadow, Wanted
from conformance.proxy.shelf import Rotation
from conformance.tape.cassette import read_cassette
from conformance.tape.policies import Masking, Policy

PRIMARY, CANDIDATE = "https://old.example", "https://new.example"
JSON = ("Content-Type", "application/json")
SCHEMA = json.loads((Path(__file__).parents[3] / "schemas" / "divergence.schema.json").read_text(encoding="utf-8"))


class Server:
    """A calendar of Graph with ids of its own, asked as a transport is."""

    def __init__(self, origin, letter):
        self.origin, self.letter = origin, letter
        self.events = {f"event-{letter}-{number:04}": {"subject": f"Meeting {number}"} for number in range(3)}
        self.seen = []
        self.alter = lambda event: event
        self.made = itertools.count(100)

    def send(self, request):
        self.seen.append(request)
        return Exchange(request, Response(*self.answer(request)))

    def answer(self, request):
        path = request.url.removeprefix(self.origin).partition("?")[0]
        key = path.rpartition("/")[2]
        if path.endswith("/token"):
            return self.told(200, {"access_token": f"token-of-{self.letter}-0123456789", "token_type": "Bearer"})
        if (request.header("Authorization") or "").startswith("Bearer token-of-"):
            assert request.header("Authorization") == f"Bearer token-of-{self.letter}-0123456789"
        if request.method == "POST":
            key = f"event-{self.letter}-{next(self.made):04}"
            self.events[key] = json.loads(request.body)
            return self.told(201, {"id": key, **self.events[key]})
        if key == "events":
            listed = [self.alter({"id": key, **event}) for key, event in self.events.items()]
            return self.told(200, {"@odata.nextLink": f"{self.origin}/v1.0/me/events?$skip=9", "value": listed})
        if key not in self.events:
            return self.told(404, {"error": {"code": "ErrorItemNotFound"}})
        return self.told(200, self.alter({"id": key, **self.events[key]}))

    @staticmethod
    def told(status, value):
        return status, "", (JSON,), json.dumps(value).encode()


@pytest.fixture
def stage(tmp_path):
    """A primary, a candidate and the shadow between them: ``stage(**wanted)``; ``ask`` answers and mirrors."""

    started = []

    class Stage:
        def __init__(self, *, masking=None, credentials=None, accepted=lambda _: None, **wanted):
            self.primary, self.candidate = Server(PRIMARY, "p"), Server(CANDIDATE, "c")
            self.lines, self.clock = [], 1_767_600_000.0
            self.out = tmp_path / "out"
            wanted = Wanted(parse_origin(CANDIDATE), self.out, credentials=credentials or Credentials(), **wanted)
            self.shadow = Shadow(wanted, self.candidate, self.lines.append, lambda: self.clock, masking, accepted)
            self.tally = self.shadow.tally
            started.append(self)

        def exchange(self, method, path, body=None, headers=(), **meta):
            content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
            request = Request(method, f"{PRIMARY}{path}", tuple(headers), content)
            meta = {"connection": 1, "started": "2026-01-05T08:00:00.000000Z", **meta}
            return Exchange(request, Response(*self.primary.answer(request)), meta)

        def ask(self, *asked, **more):
            told = self.exchange(*asked, **more)
            self.shadow.tally.see()
            self.shadow.mirror(told, self.candidate)
            return json.loads(told.response.body)

        def divergences(self):
            self.shadow.stop(0.1)
            path = self.out / "divergences.jsonl"
            found = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
            for each in found:
                Draft202012Validator(SCHEMA).validate(each)
            return found

    yield Stage
    for one in started:
        one.shadow.stop(0.1)


def test_a_read_is_asked_of_the_candidate_in_its_own_ids(stage):
    on = stage()
    listed = on.ask("GET", "/v1.0/me/events")
    on.ask("GET", f"/v1.0/me/events/{listed['value'][1]['id']}")
    assert [each.url for each in on.candidate.seen] == [
        f"{CANDIDATE}/v1.0/me/events",
        f"{CANDIDATE}/v1.0/me/events/event-c-0001",
    ]
    assert on.divergences() == []
    assert (on.tally.compared, on.tally.exit_code) == (2, 0)


def test_both_answers_are_recorded_so_that_they_can_be_compared_again(stage, capsys):
    on = stage()
    headers = [("Authorization", "Bearer opaque-token-1234"), ("Accept-Encoding", "gzip"), ("Cookie", "crumb=abcdefgh")]
    listed = on.ask("GET", "/v1.0/me/events", headers=headers)
    on.candidate.alter = lambda event: {**event, "subject": "Other"}
    on.ask("GET", f"/v1.0/me/events/{listed['value'][1]['id']}")
    (told,) = on.divergences()
    sides = {side: read_cassette(on.out / side / "session.yaml") for side in ("primary", "candidate")}
    assert [len(each.exchanges) for each in sides.values()] == [2, 2]
    assert [each.head["shadow"] for each in sides.values()] == ["primary", "candidate"]
    assert {each.request.url.partition("/v1")[0] for one in sides.values() for each in one.exchanges} == {PRIMARY}
    assert b"opaque-token" not in b"".join(path.read_bytes() for path in on.out.rglob("*.*"))
    assert told["words"] == 'meeting "Meeting 1": the subject is "Meeting 1" on the left, "Other" on the right'
    assert told["primary"] == {"cassette": "primary/session.yaml", "exchange": 2, "value": "Meeting 1"}
    assert told["candidate"] == {"cassette": "candidate/session.yaml", "exchange": 2, "value": "Other"}
    assert run_command(["diff", str(on.out / "primary"), str(on.out / "candidate")]) == 1
    said = capsys.readouterr().out
    assert told["words"] in said
    assert "2 exchanges compared, 1 difference, " in said


def test_both_recordings_are_followed_by_others_together(stage):
    on = stage(rotation=Rotation(seconds=60))
    for number in range(3):
        on.ask("GET", "/v1.0/me/events")
        on.clock += 40
        if number == 1:
            on.candidate.alter = lambda event: {**event, "subject": "Other"}
    told = on.divergences()
    for side in ("primary", "candidate"):
        assert [len(read_cassette(path).exchanges) for path in sorted((on.out / side).iterdir())] == [1, 2]
    assert told[0]["candidate"]["cassette"] == "candidate/session-2.yaml"
    assert told[0]["candidate"]["exchange"] == 1


def test_a_kind_of_divergence_is_told_once_and_counted(stage):
    on = stage()
    on.candidate.alter = lambda event: {**event, "subject": "Other"}
    keys = [each["id"] for each in on.ask("GET", "/v1.0/me/calendar/events")["value"]]
    for key in keys:
        on.ask("GET", f"/v1.0/me/events/{key}")
    told = on.divergences()
    news = [line for line in on.lines if line.startswith("new divergence")]
    assert len(news) == len({each["kind"] for each in told})
    assert [each["first"] for each in told if each["operation"] == "GET events/{id}"] == [True, False, False]
    assert on.tally.exit_code == 1
    assert "     3 times" in "\n".join(on.tally.kinds())
    assert next(on.tally.lines()) == "4 exchanges: 4 compared, 4 of them diverge, in 2 kinds"


def test_what_people_have_accepted_is_passed_over(stage):
    on = stage(accepted=lambda found: found.path.endswith(".subject"))
    on.candidate.alter = lambda event: {**event, "subject": "Other", "showAs": "free"}
    on.ask("GET", "/v1.0/me/calendarView")
    on.ask("GET", "/v1.0/me/events")
    assert {each["path"].rpartition(".")[2] for each in on.divergences()} == {"showAs"}
    assert "3 differences passed over by accepted rules" in on.tally.lines()


def test_another_status_is_told_without_what_follows_from_it(stage):
    on = stage()
    listed = on.ask("GET", "/v1.0/me/events")
    del on.candidate.events["event-c-0002"]
    on.ask("GET", f"/v1.0/me/events/{listed['value'][2]['id']}")
    assert [each["path"] for each in on.divergences()] == ["response.status"]


def test_writes_stay_with_the_primary_unless_they_are_asked_for(stage):
    on = stage()
    made = on.ask("POST", "/v1.0/me/events", {"subject": "New"})
    on.ask("GET", f"/v1.0/me/events/{made['id']}")
    assert on.candidate.seen == []
    assert list(on.tally.lines())[1] == "not mirrored: 1 writes, 1 with ids unknown to the candidate"
    assert on.tally.exit_code == 2
    words = "GET events/{id}: request.url.path[3] has an id that the other server has not told"
    assert on.lines == [f"not mirrored: {words}; others with ids unknown to the candidate are counted"]


def test_writes_that_are_mirrored_give_ids_their_names(stage):
    on = stage(writes=True)
    made = on.ask("POST", "/v1.0/me/events", {"subject": "New"})
    on.ask("GET", f"/v1.0/me/events/{made['id']}")
    assert on.candidate.seen[1].url == f"{CANDIDATE}/v1.0/me/events/event-c-0100"
    assert on.tally.exit_code == 0


def test_servers_with_copies_of_one_store_share_their_ids(stage):
    on = stage(same_ids=True)
    on.primary.events = on.candidate.events = {"event-of-both-1": {"subject": "One"}}
    on.ask("GET", "/v1.0/me/events/event-of-both-1")
    assert (on.tally.compared, on.tally.exit_code) == (1, 0)


def test_a_token_of_the_primarys_is_the_candidates_there(stage):
    on = stage()
    token = on.ask("POST", "/oauth2/v2.0/token", b"grant_type=password&username=ann&password=hidden-word")
    on.ask("GET", "/v1.0/me/events", headers=[("Authorization", f"Bearer {token['access_token']}")])
    renew = b"grant_type=refresh_token&refresh_token=" + token["access_token"].encode()
    on.ask("POST", "/oauth2/v2.0/token", renew)
    assert on.candidate.seen[1].header("Authorization") == "Bearer token-of-c-0123456789"
    assert on.candidate.seen[2].body.endswith(b"refresh_token=token-of-c-0123456789")
    on.shadow.stop(0.1)
    written = b"".join(path.read_bytes() for path in on.out.rglob("*.*"))
    assert b"token-of-" not in written
    assert b"hidden-word" not in written


def test_a_secret_of_the_primarys_stands_in_neither_recording(stage):
    on = stage()
    token = on.ask("POST", "/oauth2/v2.0/token", b"grant_type=password&username=ann&password=hidden-word")
    on.ask("GET", f"/v1.0/me/events?note={token['access_token']}")
    on.shadow.stop(0.1)
    assert "token-of-p" in on.candidate.seen[-1].url
    assert b"token-of-" not in b"".join(path.read_bytes() for path in on.out.rglob("*.*"))
    assert "2 not recorded" in on.tally.lines()


def basic(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@pytest.mark.parametrize(
    ("user", "environment", "expected"),
    [
        ("", {}, basic("ann@old.example", "own")),
        ("", {"MEETPROOF_CANDIDATE_PASSWORD_ANN_OLD_EXAMPLE": "hers"}, basic("ann@old.example", "hers")),
        ("svc", {"MEETPROOF_CANDIDATE_PASSWORD": "his"}, basic("svc", "his")),
        ("", {"MEETPROOF_CANDIDATE_TOKEN": "given-token"}, "Bearer given-token"),
    ],
)
def test_credentials_pass_on_or_come_from_the_environment(stage, user, environment, expected):
    on = stage(credentials=Credentials(user, environment))
    on.ask("GET", "/v1.0/me/events", headers=[("Authorization", basic("ann@old.example", "own")), ("Cookie", "a=b")])
    (seen,) = on.candidate.seen
    assert [value for name, value in seen.headers if name == "Authorization"] == [expected]
    assert seen.header("Cookie") is None
    assert read_cassette(on.out / "candidate" / "session.yaml").exchanges[0].request.header("Cookie") == "a=REDACTED"
    assert expected.rpartition(" ")[2] not in (on.out / "candidate" / "session.yaml").read_text()
    assert on.tally.exit_code == 0


def test_a_login_of_a_connection_cannot_be_passed_on(stage):
    on = stage()
    login = [("Authorization", "NTLM TlRMTVNTUAAB")]
    on.ask("GET", "/v1.0/me/events", headers=login)
    on.ask("POST", "/v1.0/me/calendarView/delta", {}, headers=login, connection=3)
    for connection in (1, 3):
        on.ask("GET", "/v1.0/me/events", connection=connection)
    on.ask("GET", "/v1.0/me/events", connection=2)
    assert (len(on.candidate.seen), on.tally.compared) == (1, 1)
    assert "3 by logins that cannot be passed on" in list(on.tally.lines())[1]


def test_who_signs_in_otherwise_is_not_asked_to_log_in(stage):
    on = stage(credentials=Credentials("", {"MEETPROOF_CANDIDATE_TOKEN": "given-token"}))
    refused = on.exchange("GET", "/v1.0/me/events", headers=[("Authorization", "NTLM TlRMTVNTUAAB")])
    on.shadow.mirror(replace(refused, response=Response(401, "", (("WWW-Authenticate", "NTLM"),))), on.candidate)
    on.shadow.mirror(refused, on.candidate)
    assert (len(on.candidate.seen), on.tally.compared, on.tally.exit_code) == (1, 1, 0)


def test_a_candidate_that_does_not_answer_leaves_it_open(stage):
    on = stage()

    def fail(request):
        raise TransportFailed(f"{request.method} {request.url}: no answer in time")

    on.candidate.send = fail
    on.ask("GET", "/v1.0/me/events?access_token=opaque-token-1234")
    on.ask("GET", "/v1.0/me/events")
    assert on.lines == ["could not be compared: GET events: no answer in time; others are counted"]
    assert list(on.tally.lines())[-1] == "2 could not be compared"
    assert on.tally.exit_code == 2


def test_how_things_stand_is_told_at_an_interval(stage):
    on = stage(every=60)
    for _ in range(4):
        on.ask("GET", "/v1.0/me/events")
        on.clock += 25
    assert on.lines == ["4 exchanges: 4 compared, none diverges"]


def test_what_a_policy_hides_stands_in_no_divergence(stage):
    on = stage(masking=Masking(Policy.EVERYTHING, b"key"))
    on.candidate.alter = lambda event: {**event, "subject": "Other words"}
    on.ask("GET", "/v1.0/me/events/delta", actor="ann@old.example")
    on.ask("GET", "/v1.0/me/events", actor="ann@old.example")
    told = on.divergences()
    assert told
    text = (on.out / "divergences.jsonl").read_text()
    assert "Meeting" not in text
    assert "Other words" not in text
    assert "ann@old.example" not in text
    assert {each["actor"] for each in told} != {""}


def test_a_secret_stands_in_no_divergence(stage):
    on = stage()
    on.candidate.alter = lambda event: {**event, "subject": "look: opaque-token-1234"}
    on.ask("GET", "/v1.0/me/events", headers=[("Authorization", "Bearer opaque-token-1234")])
    told = on.divergences()
    assert "opaque-token" not in "\n".join([*on.lines, *on.tally.kinds()])
    assert "opaque-token" not in (on.out / "divergences.jsonl").read_text()
    assert told[0]["primary"] == {"cassette": "", "exchange": 0, "value": None}
    assert "not recorded: " in on.lines[0]


def test_nobody_waits_for_the_candidate_and_what_is_too_much_is_dropped(stage):
    on = stage(waiting=4)
    asked, goes_on = threading.Event(), threading.Event()
    answer = on.candidate.send

    def slow(request):
        asked.set()
        assert goes_on.wait(10)
        return answer(request)

    on.candidate.send = slow
    on.shadow.start()
    on.shadow.take(on.exchange("GET", "/v1.0/me/events", actor="ann@old.example"))
    assert asked.wait(10)
    for _ in range(3):
        on.shadow.take(on.exchange("GET", "/v1.0/me/events", actor="ann@old.example"))
    assert (on.tally.seen, on.tally.compared) == (4, 0)
    goes_on.set()
    on.shadow.stop()
    assert on.tally.compared == 2
    assert "2 dropped, for the candidate is too slow" in list(on.tally.lines())[1]
    assert on.lines[0].startswith("not mirrored: GET events; others dropped")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--primary", PRIMARY, "--candidate", "new.example"], "expected a URL that begins with http"),
        (["--primary", PRIMARY, "--candidate", CANDIDATE, "--candidate-user", "svc"], "MEETPROOF_CANDIDATE_PASSWORD"),
        (["--primary", PRIMARY, "--candidate", CANDIDATE, "--candidate-ca", "/nowhere.pem"], "/nowhere.pem"),
        (["--primary", PRIMARY, "--candidate", CANDIDATE, "--listen", "x"], "expected [HOST:]PORT"),
        (["--primary", "nonsense", "--candidate", CANDIDATE], "nonsense"),
        (["--primary", PRIMARY, "--candidate", CANDIDATE, "--rotate-size", "big"], "such as 100MB, got 'big'"),
        (["--primary", PRIMARY, "--candidate", CANDIDATE, "--rules", "/nowhere.toml"], "there is no such file"),
    ],
)
def test_wrong_options_are_explained(tmp_path, capsys, monkeypatch, arguments, words):
    monkeypatch.delenv("MEETPROOF_CANDIDATE_PASSWORD", raising=False)
    assert run_command(["shadow", *arguments, "--out", str(tmp_path)]) == 64
    assert words in capsys.readouterr().err
