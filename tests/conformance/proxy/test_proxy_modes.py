"""What a recording proxy can be besides a server's front, and what it does when its disk is full."""

from __future__ import annotations

import ssl
import sys

import httpx
import pytest

from conformance.tape.cassette import read_cassette

LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
from conformance.proxy.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


def hello(handler, body):
    return 200, [("Content-Type", "text/plain"), ("Location", f"http://{handler.headers['Host']}/x")], b"hello"


@pytest.fixture
def started(program, tmp_path):
    """Start a proxy with options: its process, with ``url`` and ``out``."""

    def start(*options, out="out", code=None):
        run = ("-c", code) if code else ("-m", "conformance.proxy")
        place = tmp_path / out
        process = program(*run, "--out", place, "--ready-json", *options, environment={"HOME": str(tmp_path)})
        process.url, process.out = process.ready()["proxy"], place
        return process

    return start


def get(proxy, url, verify=True):
    with httpx.Client(proxy=proxy.url, verify=verify, trust_env=False, timeout=20) as client:
        return client.get(url)


def test_clients_that_are_told_of_a_regular_proxy_are_recorded(upstream, started):
    server = upstream(hello)
    recording = started("--mode", "regular")
    answer = get(recording, f"{server.origin}/a")
    assert (answer.text, answer.headers["Location"]) == ("hello", f"{server.origin}/x"), "the client knows the server"
    assert recording.stop() == (0, "")
    (exchange,) = read_cassette(recording.out / "session.yaml").exchanges
    assert exchange.request.url == f"{server.origin}/a"


def test_https_is_recorded_for_clients_that_trust_the_proxy(upstream, started, authority, tmp_path):
    server = upstream(hello)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority("localhost"))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    recording = started("--mode", "regular", "--upstream-ca", authority.ca)
    trusted = ssl.create_default_context(cafile=tmp_path / ".mitmproxy" / "mitmproxy-ca-cert.pem")
    url = f"https://localhost:{server.server_port}/a"
    assert get(recording, url, trusted).text == "hello"
    assert recording.stop() == (0, "")
    assert [one.request.url for one in read_cassette(recording.out / "session.yaml").exchanges] == [url]


def test_a_proxy_goes_on_to_the_next_one(upstream, started):
    server = upstream(hello)
    last = started("--mode", "regular", out="last")
    first = started("--mode", "upstream", "--upstream", last.url, out="first")
    assert get(first, f"{server.origin}/a").text == "hello"
    for recording in (first, last):
        assert recording.stop() == (0, "")
        (exchange,) = read_cassette(recording.out / "session.yaml").exchanges
        assert exchange.request.url == f"{server.origin}/a"


@pytest.mark.parametrize(
    ("options", "mode"),
    [
        ({}, "reverse:http://meetproof.invalid:80"),
        ({"upstream": "https://mail.example"}, "reverse:https://mail.example:443"),
        ({"mode": "regular"}, "regular"),
        ({"mode": "upstream", "upstream": "http://proxy.example:3128"}, "upstream:http://proxy.example:3128"),
        ({"mode": "transparent"}, "transparent"),  # clients are led to it by routing, which takes a network of its own
    ],
)
def test_modes_are_mitmproxys(runner, tmp_path, options, mode):
    assert runner._mode(runner.ProxyOptions(str(tmp_path), **options)) == mode


@pytest.mark.parametrize("option", ["ca", "certificate", "client_certificate"])
def test_a_file_that_is_not_there_is_told(runner, tmp_path, option):
    wanted = runner.ProxyOptions(str(tmp_path), "https://h", **{option: str(tmp_path / "none.pem")})
    with pytest.raises(runner.ProxyFailed, match="no such file: ") as problem:
        runner.run(wanted, print)
    assert problem.value.status == 64


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--mode", "forward"), "--mode: expected one of reverse, regular, upstream, transparent, got 'forward'"),
        (("--mode", "regular", "--upstream", "http://h"), "--upstream: a regular proxy has none"),
        (("--mode", "upstream"), "--upstream: expected the proxy to go on to"),
        (("--on-full", "wait"), "--on-full: expected one of pass, stop, got 'wait'"),
    ],
)
def test_modes_that_make_no_sense_are_told(program, tmp_path, options, words):
    code, said = program("-m", "conformance.proxy", "--out", tmp_path, *options).stop_by_itself()
    assert code == 64
    assert words in said


@pytest.mark.skipif(sys.platform == "win32", reason="limits of files are POSIX")
@pytest.mark.parametrize("stops", [False, True])
def test_a_full_disk_is_told_and_leaves_nothing_half_written(upstream, started, client, stops):
    server = upstream(lambda *_: (200, [], b"x" * 1000))
    recording = started("--upstream", server.origin, *(["--on-full", "stop"] if stops else []), code=LIMITED)
    send = client(recording.url)
    statuses = [send("GET", f"/{number}")[0] for number in range(6)]
    code, said = recording.stop()
    assert code == 0
    assert "session.yaml: exchange not written: " in said
    tape = read_cassette(recording.out / "session.yaml")
    kept = len(tape.exchanges)
    assert 0 < kept < 6
    assert tape.damage == ""
    assert statuses == ([200] * (kept + 1) + [507] * (5 - kept) if stops else [200] * 6)
    assert len(server.seen) == (kept + 1 if stops else 6)


@pytest.mark.skipif(sys.platform == "win32", reason="limits of files are POSIX")
def test_a_large_body_that_the_disk_does_not_take_passes_and_is_left_out_whole(upstream, started, client):
    body = bytes(range(256)) * 40
    server = upstream(lambda *_: (200, [("Content-Type", "application/octet-stream")], body))
    recording = started("--upstream", server.origin, "--spool", "1KB", "--apart", code=LIMITED)
    assert client(recording.url)("GET", "/photo")[2] == body
    assert recording.stop()[0] == 0
    (exchange,) = read_cassette(recording.out / "session.yaml").exchanges
    assert "could not be written: File too large" in exchange.meta["response_left_out"]
    assert list((recording.out / "bodies").iterdir()) == []
