"""A recording proxy that leaves redacting and writing to a process of its own."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import pytest

from conformance.model.exchange import Exchange, Request, Response
from conformance.proxy.apart import Apart
from conformance.proxy.captured import Captured, Passed, Route
from conformance.proxy.origins import parse_origin
from conformance.proxy.settings import settings
from conformance.proxy.shelf import CaseIsOpen, CaseUnknown, Shelf
from conformance.proxy.writing import Writing
from conformance.tape.cassette import CassetteError, read_cassette

ORIGIN = parse_origin("http://mail.example:8080")
ROUTE = Route(parse_origin("http://127.0.0.1:1"), ORIGIN, ORIGIN)
KEY = (("Authorization", "Bearer opaque-token-0123456789"),)


def captured(target, body=b"", headers=(), **more):
    return Captured(
        "POST", target, "HTTP/1.1", headers, body, 200, "OK", "HTTP/1.1", (), b"fine", ROUTE, None, {}
    )._replace(**more)


class Heard(list):
    def __call__(self, words, *, full=""):
        self.append((words, full))


def told(writing):
    """Everything that a writer can be told, to be written down in the same way by whoever does."""
    writing.write(captured("/first", b"see http://127.0.0.1:1/x", KEY, connection=1, started=1.0, finished=2.0))
    writing.write(captured("/leak?code=opaque", b"opaque-token-0123456789"))
    writing.begin(7, Request("PUT", "http://mail.example:8080/photo", KEY), (), is_text=False)
    for piece in (b"\0\1\2", bytes(range(256))):
        writing.piece(7, piece)
    writing.write(captured("/photo", None, sent=Passed(7, 259)))
    writing.begin(8, Request("PUT", "http://mail.example:8080/gone", ()), (), is_text=False)
    writing.piece(8, b"\0\1\2")
    writing.drop(8)
    writing.open_case("case", {"pairing": "ews-ews"})
    with pytest.raises(CaseIsOpen, match="is open already"):
        writing.open_case("case", {})
    assert [writing.has_case(stem) for stem in ("case", "other")] == [True, False]
    writing.write(captured("/case", case="case", notes={"worker": "gw1"}))
    writing.hand("case", Exchange(Request("GET", "http://mail.example:8080/h"), Response(200, "OK")), ROUTE)
    writing.refuse("case", "no answer")
    closed = writing.close_case("case")
    assert (closed.exchanges, closed.refused) == (2, ("no answer",))
    with pytest.raises(CaseUnknown, match="is not open"):
        writing.close_case("case")
    return [(one.path.name, one.exchanges) for one in writing.close()]


def test_it_writes_what_would_be_written_here(tmp_path, monkeypatch):
    results = []
    for kind in (Writing, Apart):
        here, heard = tmp_path / kind.__name__, Heard()
        here.mkdir()
        monkeypatch.chdir(here)
        closed = told(kind(settings(out="out", deterministic=True), heard))
        files = {path.relative_to(here): path.read_bytes() for path in sorted(here.rglob("*")) if path.is_file()}
        results.append((closed, heard, files))
    (closed, heard, files), apart = results
    assert apart == (closed, heard, files)
    assert closed == [("session.yaml", 2)]
    assert heard[0][0].startswith("not recorded: POST http://mail.example:8080/leak?code=REDACTED: ")
    assert heard[1:] == [("no answer", "")]
    assert sorted(map(str, files))[1:] == ["out/case.yaml", "out/session.yaml"]
    assert Path("out/bodies") in {path.parent for path in files}
    assert not any(b"opaque-token" in content for content in files.values())


def test_what_cannot_be_done_is_told_and_the_rest_goes_on(tmp_path):
    (tmp_path / "taken.yaml").mkdir()
    heard = Heard()
    writing = Apart(settings(out=str(tmp_path)), heard)
    with pytest.raises(CassetteError, match=r"taken.yaml: cannot be written"):
        writing.open_case("taken", {})
    writing.piece(99, b"of a body that nobody began")
    writing.write(captured("/first"))
    assert [one.exchanges for one in writing.close()] == [1]
    assert [words for words, _ in heard] == ["not recorded: 99"]


def test_a_writer_that_is_killed_is_told_and_holds_up_nothing(tmp_path):
    heard = Heard()
    writing = Apart(settings(out=str(tmp_path)), heard)
    writing.write(captured("/first"))
    assert not writing.has_case("case")
    writing._process.kill()
    writing._process.wait()
    for _ in range(3):
        writing.write(captured("/lost", bytes(100_000)))
    with pytest.raises(EOFError, match="nothing more is recorded"):
        writing.open_case("case", {})
    assert writing.close() == ()
    assert heard == [("the process that writes has ended: nothing more is recorded",) * 2]
    assert len(read_cassette(tmp_path / "session.yaml").exchanges) == 1


def test_a_proxy_that_is_killed_under_load_leaves_what_it_told(upstream, proxy, client, program, eventually):
    server = upstream(lambda handler, body: (200, [("Content-Type", "text/xml")], b"<a>" + body * 300 + b"</a>"))
    recording = proxy(server.origin, "--apart")
    answered = []

    def load(number):
        send = client(recording.url)
        try:
            for each in range(1000):
                body = b"%d-%d" % (number, each)
                send("POST", "/EWS/Exchange.asmx", [("Content-Type", "text/xml")], body)
                answered.append(body)
        except OSError:
            return

    threads = [threading.Thread(target=load, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    eventually(lambda: len(answered) > 60)
    recording.stop(signal.SIGKILL)
    for thread in threads:
        thread.join()
    tape = recording.out / "session.yaml"

    def is_whole():
        kept = read_cassette(tape)
        return not kept.damage and len(kept.exchanges) >= len(answered)

    eventually(is_whole)
    bodies = [one.request.body for one in read_cassette(tape).exchanges]
    assert set(answered) <= set(bodies)
    assert len(bodies) == len(set(bodies))
    assert len(bodies) <= len(answered) + len(threads), "only what was in flight besides"
    player = program("-m", "conformance.cli", "replay", tape, "--listen", "127.0.0.1:0", "--ready-json")
    send = client(next(iter(player.ready().values())))
    assert send("POST", "/EWS/Exchange.asmx", [("Content-Type", "text/xml")], answered[0])[0] == 200


def test_two_proxies_write_side_by_side(tmp_path):
    both = [Apart(settings(out=str(tmp_path)), Heard()) for _ in range(2)]
    for number in range(40):
        both[number % 2].write(captured(f"/{number}", b"x" * number))
    closed = [one for writing in both for one in writing.close()]
    assert sorted(one.path.name for one in closed) == ["session-2.yaml", "session.yaml"]
    targets = [[each.request.url[-2:] for each in read_cassette(one.path).exchanges] for one in closed]
    assert sorted(len(each) for each in targets) == [20, 20]
    assert not set(targets[0]) & set(targets[1])


def test_a_name_that_another_proxy_takes_at_the_same_moment_is_left_to_it(tmp_path, monkeypatch):
    shelf = Shelf(tmp_path)
    free, late = shelf._free, iter([tmp_path / "session.yaml"])
    monkeypatch.setattr(shelf, "_free", lambda stem: next(late, None) or free(stem))
    (tmp_path / "session.yaml").write_text("another's")
    shelf.append("session", {}, Exchange(Request("GET", "http://h/"), Response(200)))
    assert [one.path.name for one in shelf.close()] == ["session-2.yaml"]
    assert (tmp_path / "session.yaml").read_text() == "another's"
