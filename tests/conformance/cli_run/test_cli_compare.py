"""``meetproof compare`` as people call it."""

from __future__ import annotations

import json

import pytest

from conformance.cli import run_command

GOOD = """
[target]
name = "mine"
[graph]
url = "http://127.0.0.1:9/v1.0"
token_url = "http://127.0.0.1:9/token"
[[accounts]]
address = "a@example.com"
password_env = "THE_PASSWORD"
[[accounts]]
address = "b@example.com"
password_env = "THE_PASSWORD"
"""


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--left-protocol", "imap"], "expected ews or graph, got 'imap'"),
        (["--scenario", "nonsense-*"], "no scenario is called so; there are: call, call-room"),
        (["--left", "absent.toml"], "there is no such file"),
        (["--left", "mine.toml", "--left-protocol", "ews"], "mine.toml has no [ews] endpoint"),
        (["--left", "mine.toml", "--right", "mine.toml"], "mine.toml has no [ews] endpoint"),
        (["--left", "mine.toml", "--left-protocol", "graph", "--left-fault", "x"], "only the reference server"),
        (["--right-fault", "no-such-fault"], "unknown fault no-such-fault"),
    ],
)
def test_a_mistake_on_the_command_line_ends_with_64_and_one_plain_sentence(
    capsys, tmp_path, monkeypatch, arguments, told
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("THE_PASSWORD", "x")
    (tmp_path / "mine.toml").write_text(GOOD)
    assert run_command(["compare", *arguments]) == 64
    error = capsys.readouterr().err
    assert told in " ".join(error.split())
    assert "Traceback" not in error


def test_the_reference_server_is_the_same_in_both_protocols_and_not_with_a_fault(capsys, tmp_path):
    chosen = ["--scenario", "answer-accept", "--scenario", "call-silently"]
    assert run_command(["compare", *chosen, "--html", str(tmp_path / "page.html")]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[:4] == [
        "left:  Meetproof reference server, EWS",
        "right: Meetproof reference server, Graph",
        "call-silently: gap",
        "answer-accept: same",
    ]
    assert told[-1] == "2 scenarios: 1 same, 1 gap"
    assert (tmp_path / "page.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    faulty = ["--left-protocol", "graph", "--right-protocol", "graph", "--right-fault", "answer-not-noted"]
    assert run_command(["compare", *chosen, *faulty, "--json", "-"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["exit_code"] == 1
    words = [one["words"] for one in found["scenarios"][1]["differences"]]
    assert (
        words[0] == 'organizer0: calendar: meeting: attendee attendee0 is "accepted" on the left, "none" on the right'
    )


@pytest.mark.parametrize(
    ("left", "right", "given", "spoken"),
    [
        ("one", "one", ("", ""), ("ews", "graph")),
        ("one", "one", ("graph", ""), ("graph", "ews")),
        ("one", "one", ("", "ews"), ("graph", "ews")),
        ("one", "one", ("graph", "graph"), ("graph", "graph")),
        ("one", "two", ("", ""), ("ews", "ews")),
        ("one", "two", ("graph", ""), ("graph", "graph")),
        ("one", "two", ("", "graph"), ("graph", "graph")),
    ],
)
def test_one_target_is_compared_in_two_protocols_and_two_targets_in_one(left, right, given, spoken):
    from conformance.cli.compare import _protocols

    assert _protocols(left, right, *given) == spoken
