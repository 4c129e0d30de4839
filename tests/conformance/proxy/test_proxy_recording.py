"""A recording proxy in front of a real server: what the server sees, what the client gets, what is written down."""

from __future__ import annotations

import gzip
import json
import signal
import threading

import pytest

from conformance.tape.cassette import read_cassette

XML = "text/xml; charset=utf-8"
JSON = [("Content-Type", "application/json")]


def hello(handler, body):
    return 200, [("Content-Type", "text/plain"), ("X-Twice", "1"), ("x-twice", "2")], b"you said " + body


def linking(handler, body):
    """An answer full of links to the host that the request named, as servers make them."""
    origin = f"http://{handler.headers['Host']}"
    content = json.dumps(
        {
            "@odata.context": f"{origin}/v1.0/$metadata",
            "@odata.nextLink": f"{origin}/v1.0/me/events?%24skip=10",
            "uploadUrl": f"{origin}/upload?next={origin.replace(':', '%3A').replace('/', '%2F')}",
            "escaped": "HERE",
            "asked": body.decode(),
        }
    ).replace("HERE", origin.replace("/", "\\/"))
    headers = [("Content-Type", "application/json"), ("Location", f"{origin}/v1.0/x"), ("OData-EntityId", origin)]
    return 201, headers, content.encode()


def test_the_cassette_holds_the_traffic(upstream, proxy, client):
    server = upstream(hello)
    recording = proxy(server.origin)
    send = client(recording.url)
    answers = [
        send("POST", "/a?b=c%20d", [("X-One", "1"), ("x-one", "2")], b"first"),
        send("GET", "/empty"),
        send("PATCH", "/bytes", [("Content-Type", "application/octet-stream")], bytes(range(256))),
    ]
    assert recording.stop() == (0, "")
    cassette = read_cassette(recording.out / "session.yaml")
    assert cassette.head["origin"] == server.origin
    first, second, third = cassette.exchanges
    host = server.origin.removeprefix("http://")
    assert (first.request.method, first.request.url) == ("POST", f"{server.origin}/a?b=c%20d")
    assert first.request.headers == (("Host", host), ("X-One", "1"), ("x-one", "2"), ("Content-Length", "5"))
    assert first.request.body == b"first"
    for exchange, (status, headers, body) in zip(cassette.exchanges, answers, strict=True):
        assert exchange.response.status == status
        assert list(exchange.response.headers) == headers
        assert exchange.response.body == body
    assert second.request.body == b""
    assert third.request.body == bytes(range(256))
    assert first.meta["connection"] == third.meta["connection"] == 1
    assert first.meta["started"] <= first.meta["finished"] <= second.meta["started"]


def test_the_upstream_sees_its_own_host_and_none_of_our_headers(upstream, proxy, client):
    server = upstream(hello)
    recording = proxy(server.origin)
    send = client(recording.url)
    send(
        "POST", "/", [("Meetproof-Case", "c"), ("meetproof-worker", "gw1"), ("X-A", "b")], b"x", host="mail.example.com"
    )
    _, _, headers, _ = server.seen[0]
    assert headers == (("Host", server.origin.removeprefix("http://")), ("X-A", "b"), ("Content-Length", "1"))
    recording.stop()
    (exchange,) = read_cassette(recording.out / "c.yaml").exchanges
    assert exchange.request.headers == headers
    assert exchange.meta["worker"] == "gw1"


def test_links_lead_the_client_to_the_proxy_and_the_record_to_the_canonical_origin(upstream, proxy, client):
    server = upstream(linking)
    recording = proxy(server.origin, "--origin", "https://meetproof.example")
    send = client(recording.url)
    body = f'{{"url": "{recording.url}/v1.0/me"}}'.encode()
    _, headers, content = send("POST", "/v1.0/$batch", [*JSON, ("Referer", recording.url + "/")], body)
    given = json.loads(content)
    assert given["@odata.nextLink"] == f"{recording.url}/v1.0/me/events?%24skip=10"
    assert given["@odata.context"].startswith(recording.url)
    assert given["escaped"] == recording.url
    assert given["uploadUrl"].endswith(recording.url.replace(":", "%3A").replace("/", "%2F"))
    assert dict(headers)["Location"] == f"{recording.url}/v1.0/x"
    assert dict(headers)["OData-EntityId"] == recording.url
    assert server.seen[0][3] == f'{{"url": "{server.origin}/v1.0/me"}}'.encode()
    assert dict(server.seen[0][2])["Referer"] == server.origin + "/"
    recording.stop()
    text = (recording.out / "session.yaml").read_text()
    assert server.origin.removeprefix("http://") not in text
    assert recording.url.removeprefix("http://") not in text
    (exchange,) = read_cassette(recording.out / "session.yaml").exchanges
    assert exchange.request.url == "https://meetproof.example/v1.0/$batch"
    assert exchange.request.header("Host") == "meetproof.example"
    assert exchange.request.body == b'{"url": "https://meetproof.example/v1.0/me"}'
    assert exchange.request.header("Content-Length") == str(len(exchange.request.body))
    recorded = json.loads(exchange.response.body)
    assert recorded["@odata.nextLink"] == "https://meetproof.example/v1.0/me/events?%24skip=10"
    assert recorded["escaped"] == "https://meetproof.example"
    assert exchange.response.header("Content-Length") == str(len(exchange.response.body))


def test_links_follow_the_name_that_the_client_uses_for_the_proxy(upstream, proxy, client):
    server = upstream(linking)
    recording = proxy(server.origin)
    _, headers, _ = client(recording.url)("GET", "/", host="proxy.example:81")
    assert dict(headers)["Location"] == "http://proxy.example:81/v1.0/x"


def test_compressed_and_chunked_answers_reach_the_client_and_the_record(upstream, proxy, client):
    def answer(handler, body):
        text = f"<Url>http://{handler.headers['Host']}/EWS</Url>".encode()
        if handler.path == "/gzip":
            return 200, [("Content-Type", XML), ("Content-Encoding", "gzip")], gzip.compress(text)
        return 200, [("Content-Type", XML), ("Transfer-Encoding", "chunked")], text

    server = upstream(answer)
    recording = proxy(server.origin, "--origin", "https://meetproof.example")
    send = client(recording.url)
    _, headers, zipped = send("GET", "/gzip")
    assert dict(headers)["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped) == f"<Url>{recording.url}/EWS</Url>".encode()
    assert send("GET", "/chunked")[2] == f"<Url>{recording.url}/EWS</Url>".encode()
    recording.stop()
    first, second = read_cassette(recording.out / "session.yaml").exchanges
    assert first.response.body == second.response.body == b"<Url>https://meetproof.example/EWS</Url>"
    assert first.response.header("Content-Encoding") is None
    assert first.response.header("Content-Length") == str(len(first.response.body))
    assert first.meta["response_coding"] == "gzip"


SECRETS = (
    "dGhlLXVzZXI6aHVudGVyMg==",
    "hunter2-form",
    "eyJhbGciOiJub25lIn0.e30.c2VjcmV0LXNpZ25hdHVyZQ",
    "crumbly-cookie",
)


def test_secrets_never_reach_the_disk(upstream, proxy, client):
    basic, password, token, cookie = SECRETS

    def answer(handler, body):
        content = json.dumps({"access_token": token, "token_type": "Bearer", "expires_in": 3600}).encode()
        return 200, [*JSON, ("Set-Cookie", f"session={cookie}; Path=/")], content

    server = upstream(answer)
    recording = proxy(server.origin)
    send = client(recording.url)
    form = f"grant_type=password&username=a%40example.com&password={password}".encode()
    _, _, content = send("POST", "/token", [("Content-Type", "application/x-www-form-urlencoded")], form)
    assert json.loads(content)["access_token"] == token
    send("GET", "/me", [("Authorization", f"Bearer {token}"), ("Cookie", f"session={cookie}")])
    send("GET", "/ews", [("Authorization", f"Basic {basic}")])
    assert [dict(seen[2]).get("Authorization") for seen in server.seen] == [None, f"Bearer {token}", f"Basic {basic}"]
    assert server.seen[0][3] == form
    recording.stop()
    written = b"".join(path.read_bytes() for path in recording.out.iterdir())
    assert len(read_cassette(recording.out / "session.yaml").exchanges) == 3
    for secret in SECRETS:
        assert secret.encode() not in written


def test_a_leak_refuses_the_write_and_says_so_while_the_traffic_passes(upstream, proxy, client):
    def answer(handler, body):
        return 200, [("Content-Type", "text/plain")], body

    server = upstream(answer)
    recording = proxy(server.origin)
    send = client(recording.url)
    assert send.case("leaky")[0] == 201
    mark = ("meetproof-case", "leaky")
    send("GET", "/", [mark, ("Authorization", "Bearer opaque-token-0123456789")])
    assert send("POST", "/", [mark], b"look: opaque-token-0123456789")[2] == b"look: opaque-token-0123456789"
    status, told = send.close_case("leaky")
    assert (status, told["exchanges"]) == (200, 1)
    assert "not recorded: POST" in told["refused"][0]
    assert "secret" in told["refused"][0]
    code, said = recording.stop()
    assert code == 0
    assert "not recorded: POST" in said
    assert "opaque-token" not in said
    assert b"opaque-token" not in (recording.out / "leaky.yaml").read_bytes()


def test_a_password_that_is_a_word_of_the_traffic_does_not_stop_the_recording(upstream, proxy, client):
    recording = proxy(upstream(hello).origin, "--origin", "https://meetproof.example")
    send = client(recording.url)
    form = b"grant_type=password&username=organizer0%40example.com&password=meetproof"
    send("POST", "/token", [("Content-Type", "application/x-www-form-urlencoded"), ("User-Agent", "meetproof")], form)
    send(
        "GET",
        "/",
        [("User-Agent", "meetproof"), ("Authorization", "Basic b3JnYW5pemVyMEBleGFtcGxlLmNvbTptZWV0cHJvb2Y=")],
    )
    assert recording.stop() == (0, "")
    assert len(read_cassette(recording.out / "session.yaml").exchanges) == 2


def test_cases_in_parallel_are_kept_apart_and_in_order(upstream, proxy, client):
    server = upstream(hello)
    recording = proxy(server.origin, "--deterministic")
    stems = [f"case-{number}--ews-ews" for number in range(6)]

    def play(stem):
        send = client(recording.url)
        assert send.case(stem, {"pairing": "ews-ews", "variables": {"token": stem}})[0] == 201
        for number in range(20):
            send("POST", f"/{stem}", [("meetproof-case", stem)], b"%d" % number)
        told.append(send.close_case(stem))

    told = []
    threads = [threading.Thread(target=play, args=(stem,)) for stem in stems]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    recording.stop()
    assert [status for status, _ in told] == [200] * 6
    for stem in stems:
        cassette = read_cassette(recording.out / f"{stem}.yaml")
        assert cassette.head["variables"] == {"token": stem}
        assert cassette.head["case"] == stem
        assert [exchange.request.body for exchange in cassette.exchanges] == [b"%d" % number for number in range(20)]
        assert {exchange.request.url.rpartition("/")[2] for exchange in cassette.exchanges} == {stem}
    assert not (recording.out / "session.yaml").exists()


def test_deterministic_recordings_of_equal_traffic_are_equal(upstream, proxy, client, tmp_path):
    files = []
    for run in ("one", "two"):
        server = upstream(linking)
        recording = proxy(server.origin, "--origin", "https://meetproof.example", "--deterministic", out=tmp_path / run)
        send = client(recording.url)
        send.case("c", {"variables": {"date": "2026-01-05"}})
        for number in range(3):
            body = f"{recording.url}/{number}".encode()
            send("POST", f"/{number}", [("meetproof-case", "c"), ("meetproof-worker", run)], body)
        send.close_case("c")
        recording.stop()
        files.append((recording.out / "c.yaml").read_bytes())
    assert files[0] == files[1]
    assert files[0].count(b"meetproof.example") > 10


def test_the_case_protocol_answers_in_json(upstream, proxy, client):
    recording = proxy(upstream(hello).origin)
    send = client(recording.url)
    assert send.close_case("a")[0] == 404
    status, told = send.case("a")
    assert (status, told) == (201, {"case": "a", "cassette": str(recording.out / "a.yaml")})
    assert send.case("a")[0] == 409
    assert send.close_case("a") == (
        200,
        {"case": "a", "cassette": str(recording.out / "a.yaml"), "exchanges": 0, "refused": []},
    )
    assert send.case("a")[0] == 409
    assert send.case("../a")[0] == 400
    assert send("GET", "/_meetproof/anything")[0] == 404
    assert len(read_cassette(recording.out / "a.yaml").exchanges) == 0


def test_a_cassette_that_cannot_be_begun_is_told_and_nothing_is_forwarded(upstream, proxy, client):
    server = upstream(hello)
    recording = proxy(server.origin)
    (recording.out / "taken.yaml").mkdir()
    status, told = client(recording.url).case("taken")
    assert status == 500
    assert "taken.yaml: cannot be written" in told["error"]
    status, told = client(recording.url).case("odd", {"number": float("nan")})
    assert (status, list(told)) == (500, ["error"])
    assert server.seen == []


def test_a_case_recorded_again_takes_the_place_of_the_earlier_run(upstream, proxy, client, tmp_path):
    server = upstream(hello)
    for words in (b"first", b"second"):
        recording = proxy(server.origin)
        send = client(recording.url)
        send.case("again")
        send("POST", "/", [("meetproof-case", "again")], words)
        send("POST", "/", [], words)
        recording.stop()
    (exchange,) = read_cassette(recording.out / "again.yaml").exchanges
    assert exchange.request.body == b"second"
    assert [path.name for path in sorted(recording.out.iterdir())] == ["again.yaml", "session-2.yaml", "session.yaml"]


def test_each_request_may_name_its_own_upstream_on_this_machine(upstream, proxy, client):
    one, two = upstream(linking), upstream(linking)
    recording = proxy(None, "--origin", "https://meetproof.example")
    send = client(recording.url)
    for server in (one, two, one):
        _, headers, _ = send("GET", "/x", [("meetproof-upstream", server.origin), ("meetproof-case", "c")])
        assert dict(headers)["Location"] == f"{recording.url}/v1.0/x"
    assert (len(one.seen), len(two.seen)) == (2, 1)
    assert dict(two.seen[0][2])["Host"] == two.origin.removeprefix("http://")
    assert send("GET", "/x")[0] == 421
    assert send("GET", "/x", [("meetproof-upstream", "http://192.0.2.1")])[0] == 403
    assert send("GET", "/x", [("meetproof-upstream", "rubbish")])[0] == 400
    recording.stop()
    assert len(read_cassette(recording.out / "c.yaml").exchanges) == 3


def test_a_fixed_upstream_is_not_left_on_a_requests_word(upstream, proxy, client):
    one, two = upstream(hello), upstream(hello)
    recording = proxy(one.origin)
    client(recording.url)("GET", "/", [("meetproof-upstream", two.origin)])
    assert (len(one.seen), len(two.seen)) == (1, 0)


def test_an_upstream_that_is_down_gives_502_and_nothing_is_written(upstream, proxy, client):
    recording = proxy("http://127.0.0.1:1")
    send = client(recording.url)
    send.case("down")
    status, _, body = send("GET", "/x?access_token=opaque-token-1234", [("meetproof-case", "down")])
    assert status == 502
    assert b"127.0.0.1" in body
    told = client(recording.url).close_case("down")[1]
    assert told["exchanges"] == 0
    assert "no answer from http://127.0.0.1:1 to GET /x?access_token=REDACTED: " in told["refused"][0]
    assert "no answer from http://127.0.0.1:1" in recording.stop()[1]


def test_a_killed_proxy_leaves_a_cassette_that_loads(upstream, proxy, client):
    recording = proxy(upstream(hello).origin)
    send = client(recording.url)
    for number in range(25):
        send("POST", "/", [], b"%d" % number)
    recording.stop(signal.SIGKILL)
    exchanges = read_cassette(recording.out / "session.yaml").exchanges
    assert [exchange.request.body for exchange in exchanges] == [b"%d" % number for number in range(25)]


def test_traffic_may_be_split_by_host(upstream, proxy, client):
    one, two = upstream(hello), upstream(hello)
    recording = proxy(None, "--split", "host")
    for server in (one, two):
        client(recording.url)("GET", "/", [("meetproof-upstream", server.origin)])
    recording.stop()
    names = {f"{server.origin.removeprefix('http://').replace(':', '_')}.yaml" for server in (one, two)}
    assert {path.name for path in recording.out.iterdir()} == names


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_proxy_stops_cleanly(upstream, proxy, client, number):
    recording = proxy(upstream(hello).origin)
    client(recording.url).case("open")
    assert recording.stop(number) == (0, "")
    assert len(read_cassette(recording.out / "open.yaml").exchanges) == 0


@pytest.mark.parametrize(
    "body", [b'<a><t:b c="1" t:d="2">x</t:b>', b"<a", b"\xff\xfe<", b'{"a":', b"<a>&undeclared;</b>"]
)
def test_malformed_bodies_are_recorded_like_any_other(upstream, proxy, client, body):
    recording = proxy(upstream(hello).origin)
    client(recording.url)("POST", "/", [("Content-Type", "text/xml; charset=utf-8")], body)
    assert recording.stop() == (0, "")
    (exchange,) = read_cassette(recording.out / "session.yaml").exchanges
    assert exchange.request.body == body
