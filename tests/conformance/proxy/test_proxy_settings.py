"""What the recorder is told: sizes, times, filters, rotation."""

from __future__ import annotations

import pytest

from conformance.model.exchange import Exchange, Request, Response
from conformance.proxy.settings import settings
from conformance.proxy.shelf import Rotation, Shelf
from conformance.tape.cassette import read_cassette


def exchange(url="https://graph.example/v1.0/me/events", actor="ann@x.example", method="GET"):
    return Exchange(Request(method, url), Response(200), {"actor": actor})


@pytest.mark.parametrize(
    ("text", "bytes_"), [("", 0), ("100", 100), ("64K", 65536), ("64 KB", 65536), ("2MiB", 2**21), ("1g", 2**30)]
)
def test_sizes_are_read(text, bytes_):
    assert settings(out="out", rotate_size=text).rotate_size == bytes_


@pytest.mark.parametrize(("text", "seconds"), [("", 0), ("90s", 90), ("30m", 1800), ("12H", 43200), ("1 d", 86400)])
def test_times_are_read(text, seconds):
    assert settings(out="out", rotate_time=text).rotate_time == seconds


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"rotate_size": "much"}, "meetproof_rotate_size: expected a number of bytes such as 100MB, got 'much'"),
        ({"rotate_time": "10"}, "meetproof_rotate_time: expected a time such as 30m, 12h or 1d, got '10'"),
        ({"spool": "-1"}, "meetproof_spool: expected a number of bytes"),
        ({"only": ["colour=red"]}, "meetproof_only: expected host=PATTERN, mailbox=PATTERN, operation=PATTERN"),
        ({"only": ["host"]}, "meetproof_only: expected"),
        ({"only": ["host="]}, "meetproof_only: expected"),
    ],
)
def test_what_makes_no_sense_is_told(options, words):
    with pytest.raises(ValueError, match=words):
        settings(out="out", **options)


def test_the_command_names_its_option(program):
    asked = ("record", "--upstream", "http://127.0.0.1:1", "--out", "x", "--rotate-size", "much")
    code, said = program("-c", "from conformance.cli import main; main()", *asked).stop_by_itself()
    assert code == 64
    assert "--rotate-size: expected a number of bytes" in said


@pytest.mark.parametrize(
    ("patterns", "takes"),
    [
        ([], True),
        (["host=*.example"], True),
        (["host=mail.*"], False),
        (["host=mail.*", "host=graph.*"], True),
        (["mailbox=ann@*"], True),
        (["mailbox=ANN@X.example", "operation=POST *"], False),
        (["operation=get events"], True),
    ],
)
def test_each_named_trait_must_fit_one_of_its_patterns(patterns, takes):
    assert settings(out="out", only=patterns).only.takes(exchange()) is takes


def test_the_mailbox_is_the_one_in_the_path_before_that_of_who_asks():
    only = settings(out="out", only=["mailbox=bob@*"]).only
    assert only.takes(exchange("https://graph.example/v1.0/users/Bob@x.example/events"))
    assert not only.takes(exchange("https://graph.example/v1.0/users/ann@x.example/events", actor="bob@x.example"))


def test_only_what_was_asked_for_is_recorded(upstream, proxy, client):
    recording = proxy(upstream(lambda *_: (200, [], b"")).origin, "--only", "operation=GET *")
    send = client(recording.url)
    assert [send(method, "/v1.0/me/events")[0] for method in ("GET", "POST", "GET")] == [200, 200, 200]
    assert recording.stop() == (0, "")
    recorded = read_cassette(recording.out / "session.yaml").exchanges
    assert [one.request.method for one in recorded] == ["GET", "GET"]


def test_a_cassette_of_its_size_is_followed_by_another(upstream, proxy, client):
    recording = proxy(upstream(lambda *_: (200, [], b"x" * 500)).origin, "--rotate-size", "2K")
    send = client(recording.url)
    for number in range(6):
        send("GET", f"/{number}")
    assert recording.stop() == (0, "")
    tapes = [read_cassette(recording.out / name) for name in ("session.yaml", "session-2.yaml")]
    told = [one.request.url[-1] for tape in tapes for one in tape.exchanges]
    assert told == list("012345")[: len(told)]
    assert len(list(recording.out.glob("*.yaml"))) > 1
    assert all(tape.head["origin"] for tape in tapes)


def test_a_cassette_of_its_age_is_followed_by_another(tmp_path):
    times = iter([0.0, 30.0, 60.0, 60.0, 61.0])
    shelf = Shelf(tmp_path, rotation=Rotation(seconds=60), now=lambda: next(times))
    for _ in range(4):
        shelf.append("session", {}, exchange())
    assert [(one.path.name, one.exchanges) for one in shelf.close()] == [("session.yaml", 2), ("session-2.yaml", 2)]


def test_a_recording_of_people_is_played_to_a_client_that_knows_their_names(
    upstream, proxy, client, program, monkeypatch
):
    monkeypatch.setenv("MEETPROOF_KEY", "of the test")
    body = b'{"value": [{"emailAddress": {"name": "Ann Miller", "address": "ann@x.example"}}]}'
    server = upstream(lambda *_: (200, [("Content-Type", "application/json")], body))
    recording = proxy(server.origin, "--policy", "people")
    assert client(recording.url)("GET", "/v1.0/users/ann@x.example/events")[2] == body, (
        "the traffic itself is as it was"
    )
    assert recording.stop() == (0, "")
    tape = recording.out / "session.yaml"
    assert b"x.example" not in tape.read_bytes()
    assert b"Miller" not in tape.read_bytes()
    assert read_cassette(tape).head["policy"] == "people"
    command = ("replay", tape, "--policy", "people", "--ready-json")
    process = program("-c", "from conformance.cli import main; main()", *command)
    status, _, answer = client(process.ready()["replay"])("GET", "/v1.0/users/ann@x.example/events")
    assert status == 200
    assert b"Person " in answer
    assert process.stop() == (0, "")


def test_a_policy_that_there_is_not_is_told(program):
    asked = ("record", "--upstream", "http://127.0.0.1:1", "--out", "x", "--policy", "some")
    code, said = program("-c", "from conformance.cli import main; main()", *asked).stop_by_itself()
    assert code == 64
    assert "--policy: expected one of secrets, people, everything, got 'some'" in said
