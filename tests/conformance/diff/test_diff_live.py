"""Recordings played before live servers: the same meetings are the same whatever ids, people and days are there."""

from __future__ import annotations

import json
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import date, datetime

import pytest

from conformance.access import sign_in
from conformance.cli import run_command
from conformance.client.asgi import AsgiTransport
from conformance.client.protocol import TransportFailed
from conformance.diff import Recording, Verdict, compare_recordings
from conformance.diff.files import read_recording
from conformance.diff.live import compare_live
from conformance.diff.people import Unplayable, cast, given_people
from conformance.diff.playing import Player, fresh
from conformance.model.exchange import Exchange, Request, Response
from conformance.targets import Account, Delivery, Target, TargetKind
from reference_impl.directory.population import PASSWORD, population_of
from reference_impl.server import Options, application
from tests.conformance.conftest import one_line
from tests.conformance.equivalence.staged import REFERENCE
from tests.recorded import REFERENCE as TAPES

NOW = datetime.fromisoformat("2026-11-30T10:00:00Z")


def recorded(name):
    return read_recording(TAPES / f"{name}.yaml")


@contextmanager
def server(recording, *faults, mailboxes=None, accounts=REFERENCE.accounts, clock=None):
    """A player before a server of this process, whose ids are others than those recorded."""
    start = clock or datetime.fromisoformat(recording.head["variables"]["now"])
    options = Options(seed="another", clock=start, faults=frozenset(faults), mailboxes=mailboxes)
    app = application(options)
    target = replace(REFERENCE, accounts=tuple(replace(one, secret=PASSWORD) for one in accounts))
    with AsgiTransport(app) as transport:
        people = cast(recording, target, {})
        yield Player(target, people, lambda account, endpoint: sign_in(transport, account, endpoint), pytest.fail)
    app.world.store.close()


def differences(recording, player, drawn=None):
    played = player.play(recording, drawn or recording.head["variables"])
    assert played.problem == ""
    return compare_recordings("x", played.recorded, played.live)


@pytest.mark.parametrize(
    "name",
    [
        "answers.again.accept-decline--ews-ews",
        "answers.after-an-update.of-time-message--graph-graph",
        "cross-protocol.same-end.answer-twice--ews-graph",
        "cross-protocol.series-answer-one.decline--graph-ews",
        "attachments.ews-occurrence--ews-ews",
        "synchronisation.view-life--graph-graph",
    ],
)
def test_a_server_with_other_ids_tells_the_same_meetings(name):
    recording = recorded(name)
    with server(recording) as player:
        found = differences(recording, player)
    assert [one.words for one in found.differences] == []
    assert found.volatile > 0, "the ids are others"
    assert found.exchanges >= 4


def test_what_a_server_does_otherwise_is_told_in_the_words_of_meetings():
    recording = recorded("answers.again.accept-decline--ews-ews")
    with server(recording, "answer-not-noted") as player:
        found = differences(recording, player)
    answers = [one.words for one in found.differences if "attendee attendee0@example.com's answer" in one.words]
    assert answers
    assert all(' on the left, "none" on the right' in words for words in answers)


def test_on_a_server_with_a_life_of_its_own_the_days_and_the_mark_are_others():
    recording = recorded("answers.again.accept-decline--graph-graph")
    drawn = fresh(recording, NOW)
    old = recording.head["variables"]
    assert drawn["token"] != old["token"]
    moved = date.fromisoformat(drawn["date"]) - date.fromisoformat(old["date"])
    assert moved.days % 7 == 0
    assert 7 <= (date.fromisoformat(drawn["date"]) - NOW.date()).days < 14
    with server(recording, clock=NOW) as player:
        found = differences(recording, player, drawn)
        told = b"".join(exchange.response.body for exchange in found.right)
    assert [one.words for one in found.differences] == []
    assert drawn["token"].encode() in told
    assert old["token"].encode() not in told


def test_other_people_play_the_same_parts():
    recording = recorded("answers.again.accept-decline--ews-ews")
    names = {"ann": "Organizer 0", "bob": "Attendee 0"}
    tables = [{"address": f"{address}@mail.test", "name": name} for address, name in names.items()]
    accounts = (Account("ann@mail.test", role="organizer"), Account("bob@mail.test"))
    with server(recording, mailboxes=population_of(tables, "x"), accounts=accounts) as player:
        found = differences(recording, player)
    assert found.exchanges == 12
    assert [one.words for one in found.differences] == []
    assert not any(b"bob@mail.test" in exchange.response.body for exchange in found.right), (
        "told by their recorded names"
    )


def one(status=200, body=b"{}", method="GET", meta=None):
    request = Request(method, "https://g.example/v1.0/me/events", (("Authorization", "Bearer REDACTED"),))
    return Exchange(request, Response(status, "OK", (), body), meta or {"actor": "ann@g.example"})


class Scripted:
    """A server that gives prepared answers, one after the other."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []

    def send(self, request):
        self.asked.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return Exchange(request, answer)


SLOW = replace(
    REFERENCE, accounts=(Account("ann@g.example", secret="x"),), delivery=Delivery.ASYNCHRONOUS, deadline=5.0
)
FULL, EMPTY = b'{"value": [{"subject": "Lunch"}]}', b'{"value": []}'


def played(recording, transport, target=SLOW):
    pauses = []
    player = Player(target, cast(recording, target, {}), lambda *_: transport, pauses.append)
    return player.play(recording, {}), pauses


def test_what_takes_time_to_arrive_is_waited_for():
    recording = Recording((one(201, method="POST"), one(body=EMPTY), one(body=EMPTY), one(body=FULL)))
    transport = Scripted(Response(201, body=b"{}"), *(Response(200, body=body) for body in (EMPTY, EMPTY, FULL)))
    found, pauses = played(recording, transport)
    assert pauses == [0.25, 0.5]
    assert [exchange.response.body for exchange in found.live.exchanges] == [b"{}", FULL]
    assert found.passed_over == 2, "reads that only waited"
    assert transport.asked[0].header("Authorization") is None, "each account brings its own"


def test_what_never_arrives_is_waited_for_once_and_no_longer_than_the_deadline():
    recording = Recording((one(201, method="POST"), one(body=FULL), replace(one(body=FULL), meta={"actor": "ann"})))
    found, pauses = played(recording, Scripted(Response(201, "", (), b"{}"), Response(200, "", (), EMPTY)))
    assert sum(pauses) == SLOW.deadline
    assert len(found.live.exchanges) == 3
    quick = replace(SLOW, delivery=Delivery.SYNCHRONOUS)
    assert played(recording, Scripted(Response(200, "", (), EMPTY)), quick)[1] == []


def test_a_server_that_stops_answering_leaves_the_rest_untold():
    recording = Recording((one(201, method="POST"), one()))
    found, _ = played(recording, Scripted(Response(201, "", (), b"{}"), TransportFailed("it hung up")))
    assert (len(found.live.exchanges), found.problem) == (1, "exchange 2 (GET events): it hung up")


def test_logins_refused_logins_and_other_traffic_are_passed_over():
    token = Request("POST", "https://g.example/oauth2/v2.0/token", (), b"grant_type=password&username=ann")
    login = Exchange(token, Response(200, "OK", (), b"{}"))
    other = Exchange(Request("GET", "https://g.example/favicon.ico"), Response(200))
    found, _ = played(Recording((login, one(401), other, one())), Scripted(Response(200, "", (), b"{}")))
    assert (len(found.live.exchanges), found.passed_over, found.problem) == (1, 3, "")


@pytest.mark.parametrize(
    ("accounts", "given", "words"),
    [
        (
            (Account("zoe@g.example"),),
            (),
            "plays ann@g.example: name an account by --as ann@g.example=ADDRESS",
        ),
        ((Account("ann@g.example"),), ("ann@g.example=eve",), "has no account eve; it has ann@g.example"),
        ((Account("ann@g.example"),), ("eve@g.example",), "has no account eve@g.example; it has ann@g.example"),
        ((Account("zoe@g.example"),), ("ann=nobody",), "has no account nobody"),
        ((Account("ann@g.example"),), ("bob@g.example=ann",), "ann@g.example would play"),
    ],
)
def test_who_plays_nobody_or_two_is_told_with_what_to_do(accounts, given, words):
    recording = Recording((one(meta={"actor": "bob@g.example"}), one()))
    target = replace(SLOW, accounts=accounts)
    with pytest.raises(Unplayable, match=words):
        cast(recording, target, given_people(given)).account("ann@g.example")


def test_one_account_may_play_whoever_is_not_named():
    people = cast(
        Recording((one(meta={}),)), replace(SLOW, accounts=(Account("eve@x.example"),)), given_people(["eve@x.example"])
    )
    assert people.account("").address == "eve@x.example"


def test_a_recording_that_cannot_be_played_is_told_and_the_others_go_on(monkeypatch):
    monkeypatch.setattr("conformance.diff.live.lease_mailboxes", nullcontext)
    target = Target("mine", TargetKind.LIVE, (), graph=REFERENCE.graph)
    recordings = [("a", Recording((), damage="torn")), ("b", Recording((one(),))), ("c", Recording((one(401),)))]
    told = []
    results = list(compare_live(recordings, (None, target), {}, told.append))
    assert [result.verdict for result in results] == [Verdict.UNKNOWN] * 3
    assert results[0].problem == "torn"
    assert "nobody of the target plays ann@g.example" in results[1].problem
    assert "none of its requests can be made again" in results[2].problem
    assert told == ["what the requests made on mine stays there: the recording has no mark to find it by"] * 2


def test_the_command_plays_a_recording_before_the_reference_server(capsys):
    tape = str(TAPES / "answers.again.accept-decline--ews-ews.yaml")
    assert run_command(["diff", tape, "reference", "--json", "-"]) == 0
    (told,) = json.loads(capsys.readouterr().out)["recordings"]
    assert (told["verdict"], told["exchanges"], told["passed_over"]) == ("same", 12, 0)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["a.yaml", "b.yaml", "--with", "c.yaml"], "only two targets are compared with recordings"),
        (["a.toml", "reference", "--rules", "rules.toml"], "stories have no rules"),
        (["a.toml", "absent.yaml"], "no such file or folder: absent.yaml"),
        (["a.toml", "reference", "--with", "absent.yaml"], "no such file or folder: absent.yaml"),
        (["absent.toml", "a.yaml"], "there is no such file"),
        (["reference", "absent.toml", "--scenario", "x"], "no scenario is called so"),
    ],
)
def test_a_mistake_on_the_command_line_ends_with_64(arguments, words, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("a.yaml", "b.yaml", "c.yaml", "a.toml"):
        (tmp_path / name).touch()
    (tmp_path / "rules.toml").write_text("")
    assert run_command(["diff", *arguments]) == 64
    assert words in one_line(capsys.readouterr().err)
