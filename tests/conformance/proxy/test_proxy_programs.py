"""The recording proxy as a program, and the addon inside a stock mitmdump."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import sys
from pathlib import Path

import pytest

import conformance.proxy
from conformance.tape.cassette import read_cassette

ADDON = Path(conformance.proxy.__file__).with_name("addon.py")
MITMDUMP = Path(sys.executable).with_name("mitmdump")


def hello(handler, body):
    return 200, [("Content-Type", "text/plain"), ("Location", f"http://{handler.headers['Host']}/x")], b"hello"


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


@pytest.fixture
def mitmdump(tmp_path):
    started = []

    def start(*arguments):
        port = free_port()
        command = [MITMDUMP, "-s", ADDON, "--set", f"confdir={tmp_path / 'conf'}", "--listen-host", "127.0.0.1"]
        popen = subprocess.Popen(
            [*map(str, command), "-p", str(port), *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ADDON.parents[2]), "PYTHONUNBUFFERED": "1"},
        )
        started.append(popen)
        return popen, f"http://127.0.0.1:{port}"

    yield start
    for popen in started:
        if popen.poll() is None:
            popen.kill()
        popen.communicate(timeout=20)


def wait_for(popen, words):
    said = []
    for line in popen.stdout:
        said.append(line)
        if words in line:
            return
    raise AssertionError("".join(said))


def test_the_addon_records_in_a_stock_mitmdump_in_reverse(upstream, client, mitmdump, tmp_path):
    server = upstream(hello)
    out = tmp_path / "out"
    popen, url = mitmdump(
        "--mode",
        f"reverse:{server.origin}",
        "--set",
        f"meetproof_out={out}",
        "--set",
        "meetproof_origin=https://meetproof.example",
    )
    wait_for(popen, "reverse proxy to")
    send = client(url)
    assert send.case("c", {"pairing": "x"})[0] == 201
    _, headers, body = send("GET", "/a", [("meetproof-case", "c")])
    assert (dict(headers)["Location"], body) == (f"{url}/x", b"hello")
    send("GET", "/b")
    assert "meetproof-case" not in dict(server.seen[0][2])
    send.connection.close()
    wait_for(popen, "client disconnect")  # Python 3.11 grumbles about connections that are open at the end
    popen.terminate()
    said = popen.communicate(timeout=20)[0]
    assert "Traceback" not in said
    assert f"recorded 1 exchanges in {out / 'c.yaml'}" in said
    cassette = read_cassette(out / "c.yaml")
    assert cassette.head == {"case": "c", "origin": "https://meetproof.example", "pairing": "x"}
    assert cassette.exchanges[0].response.header("Location") == "https://meetproof.example/x"
    assert read_cassette(out / "session.yaml").exchanges[0].request.url == "https://meetproof.example/b"


def test_the_addon_records_in_a_stock_mitmdump_as_a_regular_proxy(upstream, client, mitmdump, tmp_path):
    server = upstream(hello)
    popen, url = mitmdump("--set", f"meetproof_out={tmp_path / 'out'}", "--set", "meetproof_split=host")
    wait_for(popen, "listening")
    host = server.origin.removeprefix("http://")
    _, headers, _ = client(url)("GET", f"{server.origin}/a", host=host)
    assert dict(headers)["Location"] == f"{server.origin}/x"
    popen.terminate()
    popen.communicate(timeout=20)
    (exchange,) = read_cassette(tmp_path / "out" / f"{host.replace(':', '_')}.yaml").exchanges
    assert exchange.request.url == f"{server.origin}/a"


def test_a_stock_mitmdump_names_a_wrong_option(mitmdump, tmp_path):
    popen, _ = mitmdump("--set", f"meetproof_out={tmp_path}", "--set", "meetproof_origin=nonsense")
    said, _ = popen.communicate(timeout=20)
    assert "meetproof_origin" in said
    assert "expected a URL that begins with http:// or https://" in said
    assert popen.returncode == 1


def test_a_port_in_use_is_told_plainly(program, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, said = program("-m", "conformance.proxy", "--out", tmp_path, "--port", port).stop_by_itself()
    assert (code, said) == (2, f"meetproof: cannot listen on 127.0.0.1:{port}: Address already in use\n")


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--upstream", "mail.example.com"], 64, "--upstream: 'mail.example.com': expected a URL that begins with"),
        (["--upstream", "http://h/EWS"], 64, "leave out '/EWS'"),
        (["--origin", "x"], 64, "--origin: 'x': expected a URL"),
        (["--split", "day"], 64, "--split: expected one of run, host, got 'day'"),
        (["--port", "70000"], 64, "expected a port from 0 to 65535, got 70000"),
        (["--port", "many"], 64, "--port"),
        (["--nonsense"], 64, "--nonsense"),
        (["--upstream", "https://h", "--upstream-ca", "/nowhere.pem"], 64, "no such file: /nowhere.pem"),
        (["--host", "192.0.2.1"], 2, "cannot listen on 192.0.2.1:0"),
    ],
)
def test_wrong_options_are_explained_without_a_traceback(program, tmp_path, options, code, words):
    found, said = program("-m", "conformance.proxy", "--out", tmp_path / "out", *options).stop_by_itself()
    assert found == code
    assert words in said
    assert "Traceback" not in said


def test_a_folder_that_cannot_be_written_is_told_plainly(program, tmp_path):
    (tmp_path / "file").touch()
    arguments = ("-m", "conformance.proxy", "--out", tmp_path / "file" / "out")
    code, said = program(*arguments, cwd=tmp_path).stop_by_itself()
    assert code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert "--out: cannot write to the folder" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(("option", "status"), [("--upstream-ca", 200), ("--insecure", 200), (None, 502)])
def test_an_upstream_with_tls_is_recorded_if_its_certificate_is_trusted(
    upstream, proxy, client, authority, tmp_path, option, status
):
    seen = []
    server = upstream(hello)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority("localhost"))
    context.sni_callback = lambda _, name, __: seen.append(name)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    origin = f"https://localhost:{server.server_port}"
    options = {"--upstream-ca": ["--upstream-ca", authority.ca], "--insecure": ["--insecure"], None: []}[option]
    recording = proxy(origin, *options)
    found, headers, _ = client(recording.url)("GET", "/a")
    assert found == status
    assert seen == ["localhost"]
    recording.stop()
    if status == 200:
        assert dict(headers)["Location"] == f"http://{origin.removeprefix('https://')}/x", (
            "another scheme is no link home"
        )
        (exchange,) = read_cassette(recording.out / "session.yaml").exchanges
        assert exchange.request.url == f"{origin}/a"


@pytest.mark.parametrize(("number", "warned"), [("11.0.2", True), ("12.1.0", False)])
def test_a_proxy_on_old_libraries_says_so_to_people(runner, monkeypatch, capsys, number, warned):
    monkeypatch.setattr("mitmproxy.version.VERSION", number)
    wanted = runner.ProxyOptions("tapes", "http://upstream.test")
    runner.announce("http://127.0.0.1:1", wanted, ready_json=False)
    assert ("record production traffic with Python 3.12 or newer" in capsys.readouterr().err) is warned
    runner.announce("http://127.0.0.1:1", wanted, ready_json=True)
    assert tuple(capsys.readouterr()) == ('{"proxy": "http://127.0.0.1:1"}\n', ""), "programs read no advice"
