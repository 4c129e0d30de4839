"""``meetproof check``: exit codes, what it tells, and how much memory it takes."""

from __future__ import annotations

import json
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.cli import EXIT_USAGE, run_command
from conformance.model.exchange import Exchange, Request, Response
from conformance.tape.cassette import write_cassette

ORIGIN = "https://graph.example/v1.0"
ID = "00000000-0000-4000-8000-000000000001"
HEADERS = (("Content-Type", "application/json"), ("request-id", ID))


def exchange(number=1, **members):
    """A page of one event's subject."""
    entry = {"@odata.etag": f'W/"k{number}="', "id": "AAA=", "subject": f"{number}", **members}
    value = {"@odata.context": f"{ORIGIN}/$metadata#users('a')/events(subject)", "value": [entry]}
    return Exchange(
        Request("GET", f"{ORIGIN}/me/events?$select=subject"), Response(200, "OK", HEADERS, json.dumps(value).encode())
    )


def with_members(one, **members):
    """The exchange with more members in its document."""
    document = json.loads(one.response.body) | members
    return replace(one, response=replace(one.response, body=json.dumps(document).encode()))


def test_nothing_found_is_told_in_one_line(tmp_path, capsys):
    write_cassette(tmp_path / "one.yaml", {}, [exchange()])
    assert run_command(["check", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("1 exchange of 1 cassette, ")
    assert out.endswith(" no requirements not met, no findings\n")


def test_a_finding_is_told_with_its_requirement_citation_place_and_values(tmp_path, capsys):
    path = tmp_path / "one.yaml"
    write_cassette(path, {}, [exchange(), exchange(importance="normal")])
    assert run_command(["check", str(path)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("GRAPH-SEEN-019  MUST  No selection shows members")
    assert lines[1:6] == [
        "    source:   Microsoft Graph documentation query-parameters",
        f"    where:    {path}: exchange 2 (GET events), response$.value[0]",
        "    checked:  the members of a selection",
        "    expected: subject, and id",
        "    actual:   importance",
    ]


def test_many_findings_of_one_kind_are_counted_and_all_stand_in_the_file(tmp_path, capsys):
    write_cassette(tmp_path / "one.yaml", {}, [exchange(number, importance="normal") for number in range(1, 8)])
    told = tmp_path / "found.json"
    assert run_command(["check", str(tmp_path / "one.yaml"), "--json", str(told)]) == 1
    assert "    and 4 more\n" in capsys.readouterr().out
    found = json.loads(told.read_text())
    assert [one["exchange"] for one in found["findings"]] == [1, 2, 3, 4, 5, 6, 7]
    assert found["exit_code"] == 1
    [row] = [one for one in found["requirements"] if one["id"] == "GRAPH-SEEN-019"]
    assert (row["held"], row["broken"], row["level"]) == (0, 7, "MUST")


def test_the_file_may_be_standard_output(tmp_path, capsys):
    write_cassette(tmp_path / "one.yaml", {}, [exchange()])
    assert run_command(["check", str(tmp_path), "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["findings"] == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("no cassette at all", "could not be told"),
        ("version: 1\ninteractions: []\n", "There is no exchange of EWS or Graph in it."),
    ],
)
def test_what_cannot_be_told_ends_with_two(tmp_path, capsys, text, words):
    (tmp_path / "one.yaml").write_text(text)
    assert run_command(["check", str(tmp_path)]) == 2
    assert words in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["nothing.yaml"], [], ["--strictly"]])
def test_a_mistake_of_the_users_ends_with_sixty_four(tmp_path, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    assert run_command(["check", *arguments]) == EXIT_USAGE


def test_strict_holds_answers_to_our_own_schemas(tmp_path, capsys):
    write_cassette(tmp_path / "one.yaml", {}, [with_members(exchange(), invented=1)])
    assert run_command(["check", str(tmp_path)]) == 0
    assert run_command(["check", "--strict", str(tmp_path)]) == 1


def peak(path: Path) -> int:
    """The most memory that checking a cassette takes, in bytes."""
    tracemalloc.start()
    try:
        assert run_command(["check", str(path)]) == 0
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_cassette(tmp_path, capsys):
    for name, count in (("warm", 10), ("short", 100), ("long", 1000)):
        write_cassette(tmp_path / f"{name}.yaml", {}, (exchange(number) for number in range(1, count + 1)))
    peak(tmp_path / "warm.yaml")  # what is read once: schemas, catalogue
    short, long = peak(tmp_path / "short.yaml"), peak(tmp_path / "long.yaml")
    assert long < short + 100_000, f"{short} bytes for 100 exchanges, {long} for 1,000"
