"""vcrpy plays our cassettes to ordinary clients, in recorded order, without any network."""

import socket

import httpx
import pytest
import requests
import vcr
from vcr.errors import CannotOverwriteExistingCassetteException

from conformance.model.exchange import Exchange, Request, Response
from conformance.tape.cassette import read_cassette, write_cassette

pytest_plugins = ["pytester"]

URL = "https://meetproof.example/EWS/Exchange.asmx"


def exchange(number, *, url=URL, body=None, headers=()):
    answer = f"<answer n='{number}'>\u2028\x85é</answer>".encode() if body is None else body
    return Exchange(
        Request(
            "POST", url, (("Content-Type", "text/xml"), ("Authorization", "Basic b3JnOnNlY3JldC1wdw==")), b"<ask/>"
        ),
        Response(200, "OK", (("Content-Type", "text/xml; charset=utf-8"), *headers), answer),
    )


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def with_httpx(url):
    with httpx.Client(trust_env=False) as client:
        answer = client.post(url, content=b"<ask/>", headers={"Content-Type": "text/xml"})
        return answer.status_code, answer.content, answer.headers.get_list("Set-Cookie")


def with_requests(url):
    answer = requests.post(url, data=b"<ask/>", headers={"Content-Type": "text/xml"}, timeout=5)
    return answer.status_code, answer.content, answer.raw.headers.getlist("Set-Cookie")


CLIENTS = {"httpx": with_httpx, "requests": with_requests}


@pytest.mark.parametrize("client", CLIENTS)
def test_repeated_requests_get_their_answers_in_recorded_order(tmp_path, no_network, client):
    cookies = (("Set-Cookie", "a=1; Path=/"), ("Set-Cookie", "b=2; Path=/"))
    recorded = [exchange(1), exchange(2, headers=cookies), exchange(3, body=b"\xff\x00\x01")]
    write_cassette(tmp_path / "x.yaml", {"case": "x"}, recorded)
    with vcr.use_cassette(str(tmp_path / "x.yaml"), record_mode="none") as played:
        answers = [CLIENTS[client](URL) for _ in recorded]
        assert played.all_played
        with pytest.raises(CannotOverwriteExistingCassetteException):
            CLIENTS[client](URL)
    assert [content for _, content, _ in answers] == [each.response.body for each in recorded]
    assert [status for status, _, _ in answers] == [200] * 3
    assert answers[1][2] == ["a=REDACTED; Path=/", "b=REDACTED; Path=/"]


@pytest.mark.parametrize("client", CLIENTS)
def test_different_urls_are_told_apart(tmp_path, no_network, client):
    urls = ["https://meetproof.example/v1.0/me/events?$top=1", "https://meetproof.example/v1.0/me/events?$top=2"]
    write_cassette(tmp_path / "x.yaml", {}, [exchange(n, url=url) for n, url in enumerate(urls)])
    with vcr.use_cassette(str(tmp_path / "x.yaml"), record_mode="none"):
        assert b"n='1'" in CLIENTS[client](urls[1])[1]
        assert b"n='0'" in CLIENTS[client](urls[0])[1]


def test_a_cassette_recorded_by_vcrpy_is_read(tmp_path, httpserver_free_port):
    path = tmp_path / "theirs.yaml"
    with vcr.use_cassette(str(path), record_mode="all"):
        answer = httpx.get(f"http://127.0.0.1:{httpserver_free_port}/hello", trust_env=False)
    (theirs,) = read_cassette(path).exchanges
    assert (theirs.request.method, theirs.response.status) == ("GET", 200)
    assert theirs.response.body == answer.content == b"hi \xff"
    assert theirs.response.header("x-seen") == "1"


@pytest.fixture
def httpserver_free_port():
    import threading
    from http.server import BaseHTTPRequestHandler, HTTPServer

    class Hello(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("X-Seen", "1")
            self.send_header("Content-Length", "4")
            self.end_headers()
            self.wfile.write(b"hi \xff")

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Hello)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


UNDER_PYTEST_RECORDING = """
import httpx
import pytest

@pytest.mark.vcr("session.yaml")
@pytest.mark.block_network
def test_what_was_recorded_is_answered_again(vcr):
    with httpx.Client(trust_env=False) as client:
        answers = [client.post("URL", content=b"<ask/>") for _ in range(2)]
    assert [answer.content for answer in answers] == [b"<first/>", b"<second/>"]
    assert vcr.all_played
"""


def test_pytest_recording_plays_our_cassettes_by_their_name(pytester):
    recorded = [exchange(1, body=b"<first/>"), exchange(2, body=b"<second/>")]
    file = pytester.makepyfile(test_theirs=UNDER_PYTEST_RECORDING.replace("URL", URL))
    folder = file.parent / "cassettes" / "test_theirs"  # where pytest-recording seeks those of a module
    folder.mkdir(parents=True)
    write_cassette(folder / "session.yaml", {}, recorded)
    played = pytester.runpytest_inprocess("-p", "no:meetproof", "-p", "no:schemathesis", "--record-mode=none")
    played.assert_outcomes(passed=1)
