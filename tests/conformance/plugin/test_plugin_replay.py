from __future__ import annotations

import json

import pytest

from conformance.model.exchange import Exchange, Request, Response
from conformance.tape.cassette import CassetteWriter

pytest_plugins = ["pytester"]

CASE = """
@case("fake.listens", scenario="wire", verifies=["GRAPH-WIRE-005"], pairings=GRAPH)
def test_it(scene):
    answer = scene.graph("attendee0").get(f"me/messages/{scene.token}")
    scene.expect("GRAPH-WIRE-005", "the code", answer.code, at="$.error.code").equals("ErrorItemNotFound")
    address = scene.account("attendee0").address
    scene.expect("GRAPH-WIRE-005", "the address", address).equals("bob@recorded.example")
    scene.expect("GRAPH-WIRE-005", "the day", scene.date.isoformat()).equals("2026-01-12")
"""

ORIGIN = "https://meetproof.example"
HEAD = {
    "case": "fake.listens",
    "pairing": "graph-graph",
    "origin": ORIGIN,
    "variables": {"token": "mp0123456789", "date": "2026-01-12", "now": "2026-01-05T08:00:00Z"},
    "target": {
        "name": "A recorded server",
        "version": "Exchange2013_SP1",
        "delivery": "synchronous",
        "endpoints": {
            "graph": {"url": f"{ORIGIN}/v1.0", "auth": "oauth", "token_url": f"{ORIGIN}/oauth2/v2.0/token"},
        },
        "accounts": [
            {"address": "ann@recorded.example", "name": "Ann", "role": "organizer"},
            {"address": "bob@recorded.example", "name": "Bob", "role": "attendee"},
        ],
    },
}


def answer(value, status=200):
    headers = (("Content-Type", "application/json"), ("request-id", "00000000-0000-0000-0000-000000000000"))
    return Response(status, "", headers, json.dumps(value).encode())


def write(folder, code="ErrorItemNotFound", head=HEAD):
    form = "grant_type=password&username=bob%40recorded.example&password=REDACTED"
    token = Request(
        "POST",
        f"{ORIGIN}/oauth2/v2.0/token",
        (("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json")),
        form.encode(),
    )
    granted = answer({"access_token": "REDACTED", "token_type": "Bearer", "expires_in": 3600})
    message = Request("GET", f"{ORIGIN}/v1.0/me/messages/mp0123456789", (("Accept", "application/json"),))
    identity = "00000000-0000-0000-0000-000000000000"
    inner = {"date": "2026-01-05T08:00:00", "request-id": identity, "client-request-id": identity}
    refused = answer({"error": {"code": code, "message": "Gone.", "innerError": inner}}, 404)
    folder.mkdir(exist_ok=True)
    with CassetteWriter(folder / "fake.listens--graph-graph.yaml", head) as writer:
        for exchange in (Exchange(token, granted), Exchange(message, refused)):
            writer.append(exchange)


def test_a_recording_is_played_without_a_target(suite, tmp_path):
    write(tmp_path / "tapes")
    played = suite(CASE, f"--meetproof-replay={tmp_path / 'tapes'}", target=False)
    assert played.verdicts() == {"fake.listens[graph-graph]": "pass"}, played.output
    assert played.report["target"]["kind"] == "replay"


def test_an_altered_answer_fails_the_requirement_it_speaks_of(suite, tmp_path):
    write(tmp_path / "tapes", code="ErrorAccessDenied")
    played = suite(CASE, f"--meetproof-replay={tmp_path / 'tapes'}", target=False)
    found = {one["id"]: one["verdict"] for one in played.case("fake.listens[graph-graph]")["requirements"]}
    assert found["GRAPH-WIRE-005"] == "fail"
    assert played.report["exit_code"] == 1
    assert 'actual:   "ErrorAccessDenied"' in played.output
    assert "fake.listens--graph-graph.yaml, interaction 2" in played.output


def test_no_socket_is_opened_while_a_recording_is_played(suite, tmp_path):
    write(tmp_path / "tapes")
    text = CASE.replace(
        "def test_it(scene):",
        "def test_it(scene):\n    import socket\n    socket.create_connection(('127.0.0.1', 9))",
    )
    played = suite(text, f"--meetproof-replay={tmp_path / 'tapes'}", target=False)
    assert played.verdicts() == {"fake.listens[graph-graph]": "error"}
    assert "sockets are blocked while recordings are played" in played.output


def test_a_case_that_ends_before_its_recording_is_an_error(suite, tmp_path):
    write(tmp_path / "tapes")
    checked = "scene.expect('GRAPH-WIRE-005', 'it', 1).equals(1)"
    text = CASE.replace("def test_it(scene):", f"def test_it(scene):\n    {checked}\n    return")
    played = suite(text, f"--meetproof-replay={tmp_path / 'tapes'}", target=False)
    assert played.verdicts() == {"fake.listens[graph-graph]": "error"}
    assert "The recording holds 2 more exchanges than the case asked for." in played.output
    assert played.report["exit_code"] == 2


@pytest.mark.parametrize(
    ("ending", "verdict"), [("scene.require('GRAPH-WIRE-005', 'it', 1).equals(2)", "fail"), ("1 / 0", "error")]
)
def test_a_case_that_stops_early_by_failing_says_only_why_it_failed(suite, tmp_path, ending, verdict):
    write(tmp_path / "tapes")
    text = CASE.replace("def test_it(scene):", f"def test_it(scene):\n    {ending}")
    played = suite(text, f"--meetproof-replay={tmp_path / 'tapes'}", target=False)
    assert played.verdicts() == {"fake.listens[graph-graph]": verdict}
    assert "more exchange" not in played.output


def test_a_request_that_was_not_recorded_is_inconclusive_and_explained(suite, tmp_path):
    write(tmp_path / "tapes")
    text = CASE.replace("me/messages/", "me/events/")
    played = suite(text, f"--meetproof-replay={tmp_path / 'tapes'}", target=False)
    assert played.verdicts() == {"fake.listens[graph-graph]": "inconclusive"}
    assert "is not the next recorded request" in played.output


def test_a_case_that_was_not_recorded_is_skipped(suite, tmp_path):
    (tmp_path / "tapes").mkdir()
    played = suite(CASE, f"--meetproof-replay={tmp_path / 'tapes'}", target=False)
    assert played.verdicts() == {"fake.listens[graph-graph]": "skipped"}
    assert "fake.listens--graph-graph.yaml is missing" in played.case("fake.listens[graph-graph]")["message"]
    assert played.report["exit_code"] == 2
    assert played.report["profiles"][0]["result"] == "partial"


@pytest.mark.parametrize("missing", ["target", "variables"])
def test_a_cassette_that_describes_no_case_is_skipped_with_the_reason(suite, tmp_path, missing):
    write(tmp_path / "tapes", head={name: value for name, value in HEAD.items() if name != missing})
    played = suite(CASE, f"--meetproof-replay={tmp_path / 'tapes'}", target=False)
    assert played.verdicts() == {"fake.listens[graph-graph]": "skipped"}
    assert "does not describe a case" in played.case("fake.listens[graph-graph]")["message"]
