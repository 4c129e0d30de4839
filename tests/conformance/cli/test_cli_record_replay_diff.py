"""The commands record, replay and diff, end to end, as a user starts them."""

from __future__ import annotations

import contextlib
import itertools
import json
import re
import signal
import socket

import pytest

from conformance.cli import run_command
from conformance.tape.cassette import read_cassette, write_cassette
from tests.conformance.conftest import Client, Process, one_line, serving

JSON = [("Content-Type", "application/json")]
MEETPROOF = ("-c", "from conformance.cli import main; main()")


@pytest.fixture
def meetproof(program):
    """Start ``meetproof ARGUMENTS``."""

    def start(*arguments, **more):
        return program(*MEETPROOF, *arguments, **more)

    return start


def calendar():
    """A small server whose answers depend on what went before."""
    numbers = itertools.count(1)
    events = []

    def answer(handler, body):
        origin = f"http://{handler.headers['Host']}"
        if handler.command == "POST":
            events.append({"id": f"event-{next(numbers)}", **json.loads(body)})
            return (
                201,
                [*JSON, ("Location", f"{origin}/v1.0/me/events/{events[-1]['id']}")],
                json.dumps(events[-1]).encode(),
            )
        listed = {"@odata.nextLink": f"{origin}/v1.0/me/events?$skip=10", "value": events}
        return 200, JSON, json.dumps(listed).encode()

    return answer


SUBJECTS = ("Planning", "Review")


def play(send):
    """What a client does: look, create two events, look again."""
    answers = [send("GET", "/v1.0/me/events", [("Authorization", "Bearer opaque-token-of-adele")])]
    bodies = [json.dumps({"subject": subject}).encode() for subject in SUBJECTS]
    answers += [send("POST", "/v1.0/me/events", JSON, body) for body in bodies]
    answers.append(send("GET", "/v1.0/me/events", [("Authorization", "Bearer opaque-token-of-adele")]))
    return [(status, body) for status, _, body in answers]


def record(out):
    """Record what a client does by the command; the cassette, where it was asked, and the answers."""
    with serving(calendar()) as server, contextlib.ExitStack() as stack:
        process = Process([*MEETPROOF, "record", "--upstream", server.origin, "--out", out, "--ready-json"])
        stack.callback(process.stop)
        url = process.ready()["proxy"]
        client = Client(url)
        stack.callback(client.connection.close)
        answers = play(client)
        assert process.stop() == (0, "")
    return out / "session.yaml", url, answers


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """A recording that no test may alter."""
    return record(tmp_path_factory.mktemp("recorded") / "one")


def test_what_was_recorded_is_replayed_to_a_client(recorded, meetproof, client):
    cassette, url, answers = recorded
    assert len(read_cassette(cassette).exchanges) == 4
    assert b"opaque-token" not in cassette.read_bytes()
    process = meetproof("replay", cassette, "--listen", "127.0.0.1:0", "--ready-json")
    told = process.ready()
    assert told["exchanges"] == 4
    replayed = play(client(told["replay"]))
    assert replayed == [(status, body.replace(url.encode(), told["replay"].encode())) for status, body in answers]
    assert told["replay"].encode() in replayed[0][1], "links lead to the replaying server"
    assert process.stop() == (0, "")


def test_a_request_that_was_not_recorded_gets_404_and_an_explanation(recorded, meetproof, client):
    cassette, _, _ = recorded
    process = meetproof("replay", cassette, "--ready-json")
    send = client(process.ready()["replay"])
    status, headers, body = send("POST", "/v1.0/me/events", JSON, b'{"subject": "Party"}')
    assert (status, dict(headers)["Content-Type"]) == (404, "text/plain; charset=utf-8")
    assert b"no recorded request matches" in body
    assert b'+ "subject": "Party"' in body
    code, said = process.stop()
    assert code == 1
    assert "POST /v1.0/me/events: no recorded request matches" in said


def test_a_repeated_request_beyond_the_recording_misses(recorded, meetproof, client):
    cassette, _, _ = recorded
    process = meetproof("replay", cassette.parent, "--ready-json")
    send = client(process.ready()["replay"])
    assert [send("GET", "/v1.0/me/events")[0] for _ in range(3)] == [200, 200, 404]


def test_replay_speaks_to_people_and_tells_what_was_not_asked_for(recorded, meetproof):
    cassette, _, _ = recorded
    process = meetproof("replay", cassette)
    line = process.popen.stdout.readline()
    assert line.startswith("playing 4 exchanges at http://127.0.0.1:")
    code, said = process.stop(signal.SIGINT)
    assert code == 1
    assert said.startswith("meetproof replay: 4 of 4 recorded exchanges were not asked for")
    assert said.count("POST /v1.0/me/events") == 2


def test_replay_does_not_mind_what_was_not_asked_for_when_told(recorded, meetproof):
    cassette, _, _ = recorded
    process = meetproof("replay", cassette, "--partial", "--ready-json")
    process.ready()
    assert process.stop(signal.SIGINT) == (0, "")


def test_a_recording_is_proved_without_playing_it(recorded, capsys):
    cassette, _, _ = recorded
    assert run_command(["replay", "--prove", str(cassette)]) == 0
    assert re.search(r"one/session.yaml: \d+ alterations of its requests: all are noticed", capsys.readouterr().out)


def test_an_empty_recording_proves_nothing(tmp_path, capsys):
    write_cassette(tmp_path / "empty.yaml", {}, [])
    assert run_command(["replay", "--prove", str(tmp_path / "empty.yaml")]) == 2
    assert capsys.readouterr().out == f"{tmp_path / 'empty.yaml'}: nothing is proved: it holds no requests\n"


def test_record_speaks_to_people(upstream, meetproof, tmp_path):
    server = upstream(calendar())
    process = meetproof("record", "--upstream", server.origin, "--out", tmp_path / "o", "--listen", "0")
    line = process.popen.stdout.readline()
    assert line.startswith("recording http://127.0.0.1:")
    assert f" -> {server.origin} into " in line
    assert process.stop(signal.SIGINT)[0] == 0


@pytest.fixture
def command(capsys):
    """``meetproof ARGUMENTS`` in this process: the exit code, and what was said to either output."""

    def run(*arguments):
        return run_command(list(map(str, arguments))), *capsys.readouterr()

    return run


def test_two_recordings_of_one_act_do_not_differ(recorded, command, tmp_path):
    again, _, _ = record(tmp_path / "two")
    code, said, _ = command("diff", recorded[0], again)
    assert code == 0
    assert said.startswith("1 recording, 4 exchanges compared, no differences, ")


@pytest.fixture
def altered(recorded, tmp_path):
    """Two copies of a recording, one with a value changed."""
    cassette, _, _ = recorded
    tape = read_cassette(cassette)
    copies = [tmp_path / name / "session.yaml" for name in ("copy", "altered")]
    for copy in copies:
        write_cassette(copy, tape.head, tape.exchanges)
        assert copy.read_bytes() == cassette.read_bytes()
    copies[1].write_bytes(cassette.read_bytes().replace(b"Review", b"Revise"))
    return copies


def test_a_difference_is_told_in_words_and_by_path(altered, command, tmp_path):
    code, said, _ = command("diff", *altered)
    assert code == 1
    assert "Review" in said
    assert "Revise" in said
    assert "    exchange 3 (POST events): " in said
    code, said, _ = command("diff", *altered, "--json", tmp_path / "d.json")
    told = json.loads((tmp_path / "d.json").read_text())
    assert code == 1
    (cassette,) = told["recordings"]
    assert cassette["name"] == "session.yaml"
    assert {(each["left"]["value"], each["right"]["value"]) for each in cassette["differences"]} >= {
        ("Review", "Revise")
    }
    code, said, _ = command("diff", *altered, "--json", "-")
    assert json.loads(said) == told


def test_folders_are_compared_by_the_names_of_their_cassettes(altered, command):
    left, right = (path.parent for path in altered)
    code, said, _ = command("diff", left, left)
    assert (code, said) == (0, "1 recording, 4 exchanges compared, no differences, no volatile values passed over\n")
    (left / "only.yaml").write_bytes((left / "session.yaml").read_bytes())
    (right / "session.yaml").write_bytes((left / "session.yaml").read_bytes())
    code, said, _ = command("diff", left, right)
    assert code == 1
    assert said.splitlines() == [
        f"only.yaml: only in {left}",
        "2 recordings, 4 exchanges compared, 1 difference, no volatile values passed over",
    ]


def test_what_cannot_be_read_cannot_be_told(recorded, command, tmp_path):
    (tmp_path / "broken.yaml").write_text("not a cassette")
    code, said, _ = command("diff", recorded[0], tmp_path / "broken.yaml")
    assert code == 2
    assert "could not be told" in said
    (tmp_path / "empty").mkdir()
    assert command("diff", tmp_path / "empty", tmp_path / "empty")[0] == 2


def test_replaying_what_is_no_cassette_is_told_plainly(command, tmp_path):
    (tmp_path / "broken.yaml").write_text("not a cassette")
    code, _, said = command("replay", tmp_path / "broken.yaml")
    assert code == 2
    assert "broken.yaml" in said


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of ldap3, which mitmproxy brings
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["record", "--out", "o"], "--upstream"),
        (
            ["record", "--upstream", "mail.example.com", "--out", "o"],
            "expected a URL that begins with http:// or https://",
        ),
        (["record", "--upstream", "http://h", "--out", "o", "--listen", "x"], "expected [HOST:]PORT"),
        (["record", "--upstream", "http://h", "--out", "o", "--split", "day"], "--split: expected one of run, host"),
        (["replay"], "CASSETTE"),
        (["replay", "nowhere.yaml"], "no such file or folder: nowhere.yaml"),
        (["replay", "."], "no cassette (*.yaml) in the folder"),
        (["diff", "nowhere.yaml"], "B"),
        (["diff", "nowhere.yaml", "nowhere.yaml"], "no such file or folder: nowhere.yaml"),
        (["diff", ".", "file"], "expected two files or two folders"),
    ],
)
def test_a_mistake_of_the_users_ends_with_64_and_an_explanation(command, tmp_path, monkeypatch, arguments, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    code, _, said = command(*arguments)
    assert code == 64
    assert words in one_line(said)


def run(process):
    said, complained = process.popen.communicate(timeout=30)
    return process.popen.returncode, said, complained


@pytest.mark.parametrize("command", ["record", "replay"])
def test_a_port_in_use_ends_with_2(meetproof, tmp_path, command):
    write_cassette(tmp_path / "c.yaml", {}, ())
    with socket.create_server(("127.0.0.1", 0)) as taken:
        where = f"127.0.0.1:{taken.getsockname()[1]}"
        more = ["--upstream", "http://h", "--out", tmp_path] if command == "record" else [tmp_path / "c.yaml"]
        code, _, said = run(meetproof(command, *more, "--listen", where))
    assert (code, said) == (2, f"meetproof {command}: cannot listen on {where}: Address already in use\n")


def test_serve_starts_the_reference_server_and_hands_on_its_options(meetproof, client):
    process = meetproof("serve", "--port", "0", "--ready-json", "--seed", "s")
    told = process.ready()
    status, _, _ = client(told["ews"])("POST", "/EWS/Exchange.asmx", [("Content-Type", "text/xml")], b"<x/>")
    assert status == 401
    assert process.stop()[0] == 0


def test_serve_names_what_is_not_installed(meetproof, tmp_path):
    hide = tmp_path / "sitecustomize.py"
    hide.write_text(
        "import importlib.util as u\nfind = u.find_spec\n"
        "u.find_spec = lambda name, *more: None if name == 'uvicorn' else find(name, *more)\n"
    )
    code, _, said = run(meetproof("serve", environment={"PYTHONPATH": str(tmp_path)}))
    assert (code, said) == (64, "meetproof serve needs uvicorn: pip install 'meetproof[server]'\n")


def test_record_names_what_is_not_installed(meetproof, tmp_path):
    (tmp_path / "mitmproxy.py").write_text("raise ModuleNotFoundError('gone', name='mitmproxy')\n")
    arguments = ["record", "--upstream", "http://h", "--out", tmp_path / "o"]
    code, _, said = run(meetproof(*arguments, environment={"PYTHONPATH": str(tmp_path)}))
    assert (code, said) == (64, "meetproof record needs mitmproxy: pip install 'meetproof[proxy]'\n")


def test_replay_does_without_mitmproxy(recorded, meetproof, client, tmp_path):
    cassette, _, answers = recorded
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "mitmproxy.py").write_text("raise ModuleNotFoundError('gone', name='mitmproxy')\n")
    process = meetproof("replay", cassette, "--ready-json", environment={"PYTHONPATH": str(hidden)})
    assert [status for status, _ in play(client(process.ready()["replay"]))] == [status for status, _ in answers]
