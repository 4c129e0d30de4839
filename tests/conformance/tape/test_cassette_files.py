"""Cassette files: appended, cut, continued, damaged, foreign."""

import os
import signal
import subprocess
import sys
import textwrap
import threading

import pytest
import yaml

from conformance.model.exchange import Exchange, Request, Response
from conformance.tape.cassette import CassetteError, CassetteWriter, LeakRefused, read_cassette, write_cassette

HEAD = {"case": "handling-meetings.accept", "pairing": "ews-ews", "variables": {"token": "k3f9"}}


def exchange(number: int, body: bytes = b"<a/>") -> Exchange:
    return Exchange(
        Request(
            "POST", f"https://meetproof.example/EWS/Exchange.asmx?n={number}", (("Content-Type", "text/xml"),), body
        ),
        Response(200, "OK", (("Content-Type", "text/xml"),), b"<b>%d</b>" % number),
        {"number": number},
    )


@pytest.fixture
def path(tmp_path):
    return tmp_path / "case--ews-ews.yaml"


def test_what_is_written_is_read_back_in_order(path):
    with CassetteWriter(path, HEAD) as writer:
        for number in range(5):
            writer.append(exchange(number))
    cassette = read_cassette(path)
    assert cassette.head == HEAD
    assert list(cassette.exchanges) == [exchange(number) for number in range(5)]
    assert cassette.exchanges[-1] == exchange(4)
    assert cassette.exchanges[1:3] == (exchange(1), exchange(2))
    assert cassette.damage == ""


def test_the_file_begins_with_version_and_head_and_is_yaml(path):
    write_cassette(path, HEAD, [exchange(1)])
    assert path.read_bytes().startswith(b"version: 1\nmeetproof: {")
    document = yaml.safe_load(path.read_text())
    assert list(document) == ["version", "meetproof", "interactions"]
    assert document["meetproof"] == HEAD


def test_a_cassette_without_exchanges_loads_in_yaml_too(path):
    CassetteWriter(path, HEAD).close()
    assert yaml.safe_load(path.read_text())["interactions"] == []
    assert len(read_cassette(path).exchanges) == 0


def test_every_exchange_is_on_disk_when_append_returns(path):
    writer = CassetteWriter(path, HEAD)
    for number in range(3):
        writer.append(exchange(number))
        assert len(read_cassette(path).exchanges) == number + 1
    writer.close()


def test_a_last_line_cut_anywhere_costs_only_itself(path):
    write_cassette(path, HEAD, [exchange(1), exchange(2)])
    whole = path.read_bytes()
    start = whole.rindex(b"\n- {") + 1
    for kept in range(len(whole) - 1 - start):
        path.write_bytes(whole[: start + kept])
        cassette = read_cassette(path)
        assert list(cassette.exchanges) == [exchange(1)]
        assert cassette.damage == (
            f"{path}:5: the last exchange was cut after {kept} bytes and is left out" if kept else ""
        )


def test_a_file_cut_in_its_head_says_so(path):
    write_cassette(path, HEAD, [exchange(1)])
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(CassetteError, match=r"yaml:2: the file ends in its head"):
        read_cassette(path)


@pytest.mark.parametrize("cut", [1, 5, 12])
def test_a_file_cut_before_its_first_exchange_is_empty(path, cut):
    write_cassette(path, HEAD, [exchange(1)])
    whole = path.read_bytes()
    path.write_bytes(whole[: whole.index(b"interactions:") + cut])
    assert len(read_cassette(path).exchanges) == 0


def test_a_damaged_line_in_the_middle_is_told_by_its_number(path):
    write_cassette(path, HEAD, [exchange(1), exchange(2), exchange(3)])
    lines = path.read_bytes().split(b"\n")
    lines[4] = lines[4][:50]
    path.write_bytes(b"\n".join(lines))
    cassette = read_cassette(path)
    assert cassette.exchanges[0] == exchange(1)
    assert cassette.exchanges[2] == exchange(3)
    with pytest.raises(CassetteError, match=r"yaml:5: not an exchange"):
        list(cassette.exchanges)


def test_a_killed_recorder_leaves_a_file_that_loads(path):
    program = f"""
        from conformance.model.exchange import Exchange, Request, Response
        from conformance.tape.cassette import CassetteWriter
        writer = CassetteWriter({str(path)!r}, {{}})
        while True:
            request = Request("POST", "https://a/", (), b"x" * 20000)
            writer.append(Exchange(request, Response(200, "OK", (), b"y" * 20000)))
            print(flush=True)
    """
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(program)], stdout=subprocess.PIPE) as recorder:
        for _ in range(20):
            recorder.stdout.readline()
        os.kill(recorder.pid, signal.SIGKILL)
        recorder.wait()
    cassette = read_cassette(path)
    assert len(cassette.exchanges) >= 20
    assert all(each.response.body == b"y" * 20000 for each in cassette.exchanges)


def test_a_full_disk_leaves_nothing_half_written(path, monkeypatch):
    writer = CassetteWriter(path, HEAD)
    writer.append(exchange(1))
    before = path.read_bytes()
    true_write = os.write
    monkeypatch.setattr(os, "write", lambda file, text: true_write(file, text[:30]))
    with pytest.raises(CassetteError, match="exchange not written: No space left"):
        writer.append(exchange(2))
    assert path.read_bytes() == before
    monkeypatch.undo()
    writer.append(exchange(3))
    writer.close()
    assert list(read_cassette(path).exchanges) == [exchange(1), exchange(3)]


def test_threads_share_a_writer(path):
    with CassetteWriter(path, HEAD) as writer:
        threads = [threading.Thread(target=lambda: [writer.append(exchange(n)) for n in range(50)]) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(each.meta["number"] for each in read_cassette(path).exchanges) == sorted([*range(50)] * 4)


def test_an_existing_file_is_refused_replaced_or_continued(path):
    write_cassette(path, HEAD, [exchange(1)])
    with pytest.raises(CassetteError, match="the file exists"):
        CassetteWriter(path, HEAD)
    with CassetteWriter(path, {"case": "other"}, existing="append") as writer:
        writer.append(exchange(2))
    assert read_cassette(path).head == HEAD
    assert list(read_cassette(path).exchanges) == [exchange(1), exchange(2)]
    with CassetteWriter(path, {"case": "other"}, existing="replace") as writer:
        writer.append(exchange(3))
    assert read_cassette(path).head == {"case": "other"}
    assert list(read_cassette(path).exchanges) == [exchange(3)]


@pytest.mark.parametrize("cut", [0, 1, 20, 150])
def test_a_cut_cassette_can_be_continued(path, cut):
    write_cassette(path, HEAD, [exchange(1), exchange(2)])
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) - cut])
    with CassetteWriter(path, HEAD, existing="append") as writer:
        writer.append(exchange(3))
    kept = [exchange(1), exchange(2)] if cut < 2 else [exchange(1)]
    assert list(read_cassette(path).exchanges) == [*kept, exchange(3)]
    assert len(yaml.safe_load(path.read_text())["interactions"]) == len(kept) + 1


def test_an_empty_cassette_can_be_continued(path):
    CassetteWriter(path, HEAD).close()
    with CassetteWriter(path, {}, existing="append") as writer:
        writer.append(exchange(1))
    assert list(read_cassette(path).exchanges) == [exchange(1)]
    assert len(yaml.safe_load(path.read_text())["interactions"]) == 1


def test_a_checkout_with_other_line_ends_still_reads(path):
    write_cassette(path, HEAD, [exchange(1, b"<a>\r\n</a>")])
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert list(read_cassette(path).exchanges) == [exchange(1, b"<a>\r\n</a>")]


def test_a_reformatted_cassette_still_reads_the_same(path):
    odd = Exchange(
        Request("POST", "https://a/", (("A", "1"), ("B", "2"), ("A", "3")), b"\xff\x00", "HTTP/2.0"),
        Response(200, "", (), b"x"),
    )
    write_cassette(path, HEAD, [exchange(1), odd])
    document = yaml.safe_load(path.read_text())
    path.write_text("# by hand\n" + yaml.safe_dump(document, sort_keys=True))
    assert list(read_cassette(path).exchanges) == [exchange(1), odd]
    assert read_cassette(path).head == HEAD


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "expected a mapping"),
        ("version: 1\ninteractions:\n- {a: b}\n", "interaction 1: not an interaction in vcrpy's layout: KeyError"),
        ("version: 2\ninteractions: []\n", "version 2 of the cassette layout, expected 1"),
        ("version: 1\ninteractions:\n- {a: [b}\n", r"yaml:3: not a cassette"),
        ("version: 1\nmeetproof: {oops\n", r"yaml:2: the head is not JSON"),
        ("version: 1\nmeetproof: {}\nwrong:\n- {}\n", "expected a mapping"),
        ("interactions: !!python/object:os.system []\n", "not a cassette"),
    ],
)
def test_what_is_no_cassette_is_told_with_its_place(path, text, told):
    path.write_text(text)
    with pytest.raises(CassetteError, match=told):
        read_cassette(path)


def test_a_missing_file_is_told(path):
    with pytest.raises(CassetteError, match=r"cannot be read: No such file"):
        read_cassette(path)


def test_metadata_that_are_no_json_are_refused_and_nothing_is_written(path):
    with CassetteWriter(path, HEAD) as writer, pytest.raises(CassetteError, match=r"meta\.when"):
        writer.append(Exchange(Request("GET", "https://a/"), Response(200), {"when": object()}))
    assert len(read_cassette(path).exchanges) == 0


def test_a_leak_refuses_the_write_and_names_the_place_only(path):
    secret = "hunter2-correct-horse"
    login = Exchange(
        Request(
            "POST",
            "https://a/token",
            (("Content-Type", "application/x-www-form-urlencoded"),),
            f"password={secret}".encode(),
        ),
        Response(200, "OK", (("X-Debug", f"seen {secret}"),)),
    )
    with CassetteWriter(path, HEAD) as writer:
        with pytest.raises(LeakRefused) as refusal:
            writer.append(login)
        assert "response header X-Debug" in str(refusal.value)
        assert secret not in str(refusal.value)
        with pytest.raises(LeakRefused, match="response body"):  # remembered for later exchanges
            writer.append(Exchange(Request("GET", "https://a/"), Response(200, "OK", (), secret.encode())))
        with pytest.raises(LeakRefused, match=r"meta\.note"):
            writer.append(Exchange(Request("GET", "https://a/"), Response(200), {"note": secret}))
        with pytest.raises(LeakRefused, match=r"head\.note"):
            CassetteWriter(path.with_name("other.yaml"), {"note": secret}, secrets=writer.secrets)
    assert secret.encode() not in path.read_bytes()
    assert not path.with_name("other.yaml").exists()


def test_a_closed_cassette_takes_no_more(path):
    writer = CassetteWriter(path, HEAD)
    writer.close()
    writer.close()
    with pytest.raises(CassetteError, match="closed"):
        writer.append(exchange(1))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("interactions: 3", "expected a list of `interactions`"),
        ("interactions: [1]", "interaction 1: not an interaction"),
        ("meetproof: 3\ninteractions: []", "the head is a int, not a mapping"),
        ('meetproof: {"variables": 3}\ninteractions: []', "variables in the head is a int, not a mapping"),
        ("meetproof:\n  target: [1]\ninteractions: []", "target in the head is a list, not a mapping"),
    ],
)
def test_what_has_another_shape_is_no_cassette(path, text, words):
    path.write_text(f"version: 1\n{text}\n")
    with pytest.raises(CassetteError, match=words):
        read_cassette(path)
