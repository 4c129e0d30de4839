"""The commands that look into cassettes, take them apart, put them together, and bring them in and out."""

import json

import pytest
import yaml

from conformance.cli import run_command
from conformance.model.exchange import Exchange, Request, Response
from conformance.tape.cassette import read_cassette, write_cassette
from conformance.tape.codec import encode

JSON = (("Content-Type", "application/json"),)


def exchange(number, actor, second=None, body=b'{"value": []}'):
    noted = {} if second is None else {"started": f"2026-03-02T08:00:{second:02}.000000Z"}
    request = Request("GET", f"https://graph.example/v1.0/me/events/{number}", (("Authorization", "Bearer secret-1"),))
    return Exchange(request, Response(200, "OK", JSON, body), {"actor": actor, **noted})


@pytest.fixture
def tape(tmp_path):
    path = tmp_path / "tape.yaml"
    head = {"case": "a", "variables": {"token": "mp1"}}
    write_cassette(path, head, [exchange(1, "ann@x.example", 4), exchange(2, "bob@x.example", 5)])
    return path


@pytest.fixture
def command(capsys):
    """Run ``meetproof cassette ARGUMENTS``: the exit code, and what it said to whom."""

    def run(*arguments):
        code = run_command(["cassette", *map(str, arguments)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def actors(path):
    return [one.meta["actor"][:3] for one in read_cassette(path).exchanges]


def test_show_lists_a_line_for_each_exchange(command, tape):
    code, said, _ = command("show", tape)
    assert code == 0
    assert [" ".join(line.split()) for line in said.splitlines()] == [
        f"{tape}: case a",
        "1 08:00:04 200 GET events/{id} 0/13 B ann@x.example",
        "2 08:00:05 200 GET events/{id} 0/13 B bob@x.example",
    ]


def test_show_gives_one_exchange_whole(command, tape):
    code, said, _ = command("show", tape, 2)
    assert code == 0
    assert "actor: bob@x.example" in said
    assert "GET https://graph.example/v1.0/me/events/2 HTTP/1.1\nAuthorization: Bearer REDACTED" in said
    assert said.endswith('{\n  "value": []\n}\n\n')
    assert "events/1" not in said


def test_show_keeps_the_secrets_of_recordings_that_others_made(command, tmp_path):
    path = tmp_path / "foreign.yaml"
    path.write_text(
        "version: 1\ninteractions:\n- request: {method: GET, uri: 'https://x.example/v1.0/me?access_token=hidden-0001',"
        " headers: {Authorization: [Bearer hidden-0002]}, body: null}\n"
        "  response: {status: {code: 200, message: OK}, headers: {}, body: {string: 'hidden-0002 was shown'}}\n"
    )
    code, said, _ = command("show", path, 1)
    assert code == 0
    assert "GET https://x.example/v1.0/me?access_token=REDACTED" in said
    assert "was shown" in said
    assert "hidden-" not in said


def test_show_refuses_a_number_that_there_is_not(command, tape):
    code, _, said = command("show", tape, 3)
    assert code == 64
    assert "no exchange 3" in said


def test_stats_sum_up(command, tape):
    code, said, _ = command("stats", tape, tape.parent)
    assert code == 0
    assert "exchanges   4: 0 bytes sent, 52 received" in said
    assert "times       2026-03-02T08:00:04.000000Z to 2026-03-02T08:00:05.000000Z" in said
    assert "actor       ann@x.example 2, bob@x.example 2" in said


def test_split_and_merge_undo_each_other(command, tape, tmp_path):
    code, said, _ = command("split", tape, "--by", "actor", "--out", tmp_path / "parts")
    assert code == 0
    assert said == f"{tmp_path}/parts/ann@x.example.yaml: 1 exchange\n{tmp_path}/parts/bob@x.example.yaml: 1 exchange\n"
    assert read_cassette(tmp_path / "parts" / "ann@x.example.yaml").head["part"] == {"actor": "ann@x.example"}
    code, _, _ = command("merge", tmp_path / "parts", "--out", tmp_path / "whole.yaml")
    assert code == 0
    whole = read_cassette(tmp_path / "whole.yaml")
    assert list(whole.exchanges) == list(read_cassette(tape).exchanges)
    assert whole.head == {
        "case": "a",
        "variables": {"token": "mp1"},
        "merged": ["ann@x.example.yaml", "bob@x.example.yaml"],
    }


def test_merge_puts_exchanges_into_the_order_of_their_times(command, tmp_path):
    write_cassette(tmp_path / "1.yaml", {}, [exchange(1, "ann", 1), exchange(2, "ann", 9)])
    write_cassette(tmp_path / "2.yaml", {}, [exchange(3, "bob", 5)])
    command("merge", tmp_path / "1.yaml", tmp_path / "2.yaml", "--out", tmp_path / "whole.yaml")
    assert actors(tmp_path / "whole.yaml") == ["ann", "bob", "ann"]


def test_nothing_is_written_over_unless_asked(command, tape, tmp_path):
    before = tape.read_bytes()
    for arguments in (("merge", tape, "--out", tape), ("import", tape, "--out", tape)):
        code, _, said = command(*arguments)
        assert code == 64
        assert "--force replaces it" in " ".join(said.split())
    (tmp_path / "bob@x.example.yaml").write_text("mine")
    code, _, _ = command("split", tape, "--by", "actor", "--out", tmp_path)
    assert code == 64
    assert tape.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bob@x.example.yaml", "tape.yaml"]
    assert command("split", tape, "--by", "actor", "--out", tmp_path, "--force")[0] == 0
    assert actors(tmp_path / "bob@x.example.yaml") == ["bob"]


def test_fmt_lays_a_cassette_of_vcrpy_out_anew_and_redacts_it(command, tape):
    ours = tape.read_bytes()
    loaded = yaml.safe_load(ours)
    loaded["interactions"][0]["request"]["headers"]["Authorization"] = ["Bearer secret-1"]
    tape.write_text(yaml.safe_dump(loaded))
    theirs = tape.read_bytes()
    assert command("fmt", "--check", tape)[:2] == (1, f"{tape}: would be laid out anew\n")
    assert tape.read_bytes() == theirs
    assert command("fmt", tape)[:2] == (0, f"{tape}: laid out anew\n")
    assert tape.read_bytes() == ours
    assert command("fmt", "--check", tape)[:2] == (0, "")


def test_a_cassette_comes_back_from_har_exactly(command, tape, tmp_path):
    assert command("export", tape, "--har", tmp_path / "tape.har")[0] == 0
    assert command("export", tape, "--har", tmp_path / "tape.har")[0] == 64
    assert json.loads((tmp_path / "tape.har").read_bytes())["log"]["creator"]["name"] == "meetproof"
    assert command("import", tmp_path / "tape.har", "--out", tmp_path / "back.yaml")[0] == 0
    assert (tmp_path / "back.yaml").read_bytes() == tape.read_bytes()


def test_secrets_of_foreign_traffic_do_not_reach_the_cassette(command, tmp_path):
    har = tmp_path / "traffic.har"
    asked = {
        "method": "GET",
        "url": "https://graph.example/v1.0/me",
        "headers": [{"name": "Authorization", "value": "Bearer very-secret-token"}],
    }
    told = {"status": 200, "headers": [], "content": {"text": "{}"}}
    har.write_text(json.dumps({"log": {"entries": [{"request": asked, "response": told}]}}))
    assert command("import", har, "--out", tmp_path / "out.yaml")[:2] == (0, f"{tmp_path}/out.yaml: 1 exchange\n")
    assert b"very-secret-token" not in (tmp_path / "out.yaml").read_bytes()


def test_a_foreign_file_of_no_known_kind_is_told_and_nothing_written(command, tmp_path):
    (tmp_path / "notes.txt").write_text("just words")
    (tmp_path / "bad.har").write_text('{"log": {}}')
    for name in ("notes.txt", "bad.har"):
        code, _, said = command("import", tmp_path / name, "--out", tmp_path / "out.yaml")
        assert code == 2
        assert name in said
        assert "HAR" in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.har", "notes.txt"]


def test_a_cut_cassette_is_told_and_read_as_far_as_it_goes(command, tape):
    tape.write_bytes(tape.read_bytes()[:-30])
    code, said, problem = command("stats", tape)
    assert code == 1
    assert "exchanges   1:" in said
    assert "the last exchange was cut" in problem


def test_a_file_that_is_no_cassette_is_told(command, tmp_path):
    (tmp_path / "notes.yaml").write_text("just words")
    code, _, said = command("show", tmp_path / "notes.yaml")
    assert code == 2
    assert "not a cassette" in said
    assert command("show", tmp_path / "missing.yaml")[0] == 64


def test_what_one_recording_alone_drew_makes_no_difference(tmp_path, capsys):
    told = [exchange(1, "ann@x.example", body=b'{"value": [{"subject": "Lunch mp1"}]}')]
    write_cassette(tmp_path / "drawn.yaml", {"variables": {"token": "mp1"}}, told)
    write_cassette(tmp_path / "bare.yaml", {}, told)
    assert run_command(["diff", str(tmp_path / "drawn.yaml"), str(tmp_path / "bare.yaml")]) == 0
    assert "no differences" in capsys.readouterr().out


def test_a_recording_of_others_is_exported_without_its_secrets(command, tmp_path):
    tape, har = tmp_path / "theirs.yaml", tmp_path / "theirs.har"
    tape.write_bytes(b"version: 1\ninteractions:\n" + encode(exchange(1, "ann@x.example", 4)))
    assert b"secret-1" in tape.read_bytes()
    assert command("export", tape, "--har", har)[0] == 0
    assert "Bearer REDACTED" in har.read_text()
    assert "secret-1" not in har.read_text()
