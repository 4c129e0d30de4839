"""A small suite of its own for each test, played by pytest inside pytest."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

# Kept loaded: pytester unloads what a run in this process has imported.
import conformance.profiles
import conformance.report.html
import conformance.report.table
import conformance.suites.conftest  # noqa: F401

STRANGERS = ("schemathesis", "randomly", "cacheprovider", "hypothesispytest", "anyio", "recording")


def without_strangers():
    """Options that leave out plugins of others, which every run would load anew."""
    return [word for name in STRANGERS for word in ("-p", f"no:{name}")]


HEAD = """
import pytest
from conformance.suites.case import ALL, EWS, GRAPH, case
"""

TARGET = """
[target]
name = "A server of the tests"
delivery = "synchronous"
[ews]
url = "{origin}/EWS/Exchange.asmx"
version = "{version}"
[graph]
url = "{origin}/v1.0"
token_url = "{origin}/oauth2/v2.0/token"
[[accounts]]
address = "ann@example.com"
password_env = "PASSWORD_OF_THE_TESTS"
[[accounts]]
address = "bob@example.com"
password_env = "PASSWORD_OF_THE_TESTS"
"""

ENVELOPE = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><m:{name} '
    'xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"/></s:Body></s:Envelope>'
)


class Answers(BaseHTTPRequestHandler):
    """Grants tokens, answers Graph with a message's id, and EWS with an empty envelope."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self._answer(json.dumps({"error": {"code": "ErrorItemNotFound", "message": "Gone."}}), 404, "application/json")

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path.endswith("/token"):
            granted = {"access_token": "a-token-of-the-tests", "token_type": "Bearer", "expires_in": 60}
            self._answer(json.dumps(granted), 200, "application/json")
        else:
            self._answer(ENVELOPE.format(name="GetItemResponse"), 200, "text/xml; charset=utf-8")

    def _answer(self, text, status, kind):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="session")
def origin():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@dataclass
class Played:
    """What came of a small suite."""

    status: int
    output: str
    folder: Path

    @property
    def report(self):
        return json.loads((self.folder / "report.json").read_text(encoding="utf-8"))

    def case(self, name):
        return next(one for one in self.report["cases"] if f"{one['id']}[{one['pairing']}]" == name)

    def verdicts(self):
        return {f"{one['id']}[{one['pairing']}]": one["verdict"] for one in self.report["cases"]}


@pytest.fixture
def suite(pytester, origin, monkeypatch):
    """Plays test functions as a suite, with further pytest arguments."""
    monkeypatch.setenv("PASSWORD_OF_THE_TESTS", "pw")
    pytester.makeconftest("from conformance.suites.conftest import *")

    def play(text, *arguments, version="Exchange2013_SP1", target=True, process=False):
        pytester.makepyfile(test_suite=HEAD + text)
        file = pytester.path / "target.toml"
        file.write_text(TARGET.format(origin=origin, version=version))
        folder = pytester.path / "report"
        options = [f"--meetproof-report={folder}", *([f"--meetproof-target={file}"] if target else []), *arguments]
        run = pytester.runpytest_subprocess if process else pytester.runpytest_inprocess
        result = run(*without_strangers(), *options)
        return Played(int(result.ret), result.stdout.str() + result.stderr.str(), folder)

    return play
