"""Real clients, and mishaps on the way, before one recording proxy that writes apart."""

from __future__ import annotations

import base64
import contextlib
import json
import socket
import threading
from types import SimpleNamespace
from urllib.parse import quote, urlsplit

import pytest
import spnego
from exchangelib import BASIC, DELEGATE, IMPERSONATION, NTLM, OAUTH2, Credentials

from conformance.model.casewords import UPSTREAM_HEADER
from conformance.model.verdict import Verdict
from conformance.passive import Seen, Watch
from conformance.tape.cassette import read_cassette, write_cassette
from conformance.wire.operation import Protocol, operation
from tests.bench.bench_proxy import resident
from tests.clients.exchangelib_clients import application, exchangelib_accounts, password
from tests.clients.kerberos import realm
from tests.clients.o365_clients import o365_accounts
from tests.conformance.conftest import Client, Process
from tests.recorded import REFERENCE

pytestmark = [
    pytest.mark.xdist_group("live-proxy"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

USER = "organizer0@example.com"
NOISE = bytes(range(256)) * 256


@pytest.fixture(scope="module")
def live(tmp_path_factory):
    """The reference server behind a proxy, with its addresses there; requests may name other upstreams."""
    out = tmp_path_factory.mktemp("live")
    server = Process(["-m", "reference_impl", "serve", "--ready-json"])
    ready = server.ready()
    proxy = Process(
        [
            *("-m", "conformance.proxy", "--apart", "--routed", "--ready-json", "--out", out, "--spool", "1MB"),
            *("--upstream", ready["ews"].partition("/EWS")[0]),
        ]
    )
    url = proxy.ready()["proxy"]

    def here(address):
        return f"{url}{urlsplit(address).path}"

    yield SimpleNamespace(
        url=url,
        tape=out / "session.yaml",
        pid=proxy.popen.pid,
        ews_url=here(ready["ews"]),
        graph_url=here(ready["graph"]),
        token_url=here(ready["token"]),
        password="meetproof",
        ca_file=None,
    )
    told = proxy.stop()
    server.stop()
    assert told[0] == 0
    assert "Traceback" not in told[1]
    assert read_cassette(out / "session.yaml").damage == ""


@pytest.fixture
def recorded(live, eventually):
    """What the proxy writes down after now that has a text in its request's address or body, once it is there."""
    before = len(read_cassette(live.tape).exchanges) if live.tape.exists() else 0

    def look(text, count=1):
        def found():
            exchanges = read_cassette(live.tape).exchanges[before:] if live.tape.exists() else ()
            matching = [one for one in exchanges if text in one.request.url or text.encode() in one.request.body]
            return matching if len(matching) >= count else None

        return eventually(found)

    return look


LOGINS = {
    BASIC: (password, DELEGATE),
    # exchangelib shares connections between accounts of one name.
    NTLM: (lambda server, _: Credentials("EXAMPLE\\organizer0", server.password), DELEGATE),
    OAUTH2: (application, IMPERSONATION),
}


@pytest.mark.parametrize("how", LOGINS)
def test_exchangelib_is_recorded_by_each_login(live, recorded, how, monkeypatch):
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    credentials, access_type = LOGINS[how]
    with exchangelib_accounts(live) as open_one:
        assert open_one(USER, credentials(live, USER), how, access_type).calendar.all().count() == 0
    exchange = recorded("FindItem")[-1]
    assert (operation(exchange.request), exchange.response.status) == ("FindItem", 200)
    scheme = {BASIC: "Basic", NTLM: "NTLM", OAUTH2: "Bearer"}[how]
    sent = {one.request.header("Authorization") for one in recorded("/EWS/") if one.request.header("Authorization")}
    assert sent == {f"{scheme} REDACTED"}
    if how == BASIC:
        assert exchange.meta["actor"] == USER


def test_a_client_of_graph_is_recorded(live, recorded):
    with o365_accounts(live) as open_one:
        calendar = open_one(USER).schedule().get_default_calendar()
        assert calendar.name
    exchange = recorded("/v1.0/")[-1]
    assert (exchange.response.status, exchange.request.header("Authorization")) == (200, "Bearer REDACTED")


CALENDAR = (
    b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
    b' xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"'
    b' xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><s:Body><m:GetFolder>'
    b"<m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape>"
    b'<m:FolderIds><t:DistinguishedFolderId Id="calendar"/></m:FolderIds></m:GetFolder></s:Body></s:Envelope>'
)


class Visitor:
    """A client of EWS with one connection, over which somebody may log in by a Kerberos ticket."""

    def __init__(self, stack, url, *headers):
        self.client = Client(url)
        stack.callback(self.client.connection.close)
        self.headers = [("Content-Type", "text/xml; charset=utf-8"), *headers]
        self.tokens = []

    def look(self, *headers):
        status, told, body = self.client("POST", "/EWS/Exchange.asmx", [*self.headers, *headers], CALENDAR)
        return status, [value for name, value in told if name.casefold() == "www-authenticate"], body

    def log_in(self, monkeypatch, ticket):
        """Log in once the server asks for it (RFC 4559, section 4.2); what the mailbox answers."""
        status, challenges, _ = self.look()
        assert (status, "Negotiate" in challenges) == (401, True)
        with monkeypatch.context() as patched:
            for name in ("KRB5_CONFIG", "KRB5CCNAME"):
                patched.setenv(name, ticket[name])
            login = spnego.client(hostname="localhost", service="HTTP", protocol="negotiate")
            self.tokens.append(login.step())
            status, [reply], body = self.look(
                ("Authorization", f"Negotiate {base64.b64encode(self.tokens[0]).decode()}")
            )
            self.tokens.append(base64.b64decode(reply.removeprefix("Negotiate ")))
            login.step(self.tokens[1])
        assert login.complete
        assert login.negotiated_protocol == "kerberos"
        assert status == 200
        return body


def traces(token):
    """Pieces of a token as it is and in base64, at each place where that can begin."""
    plain = [base64.b64encode(token[start:]) for start in range(3)]
    forms = [token, token.hex().encode(), *plain, *(quote(form, safe="").encode() for form in plain)]
    forms += [form.translate(bytes.maketrans(b"+/", b"-_")) for form in plain]
    return {form[start : start + 24] for form in forms for start in range(0, len(form) - 24, 12)}


@pytest.mark.kerberos
def test_kerberos_tickets_log_one_connection_in_each_and_stay_off_the_disk(
    live, recorded, program, tmp_path, monkeypatch, meetproof_replay_factory
):
    pytest.importorskip("gssapi", reason="absent tool: gssapi")
    with contextlib.ExitStack() as stack:
        made = stack.enter_context(realm(tmp_path, "organizer0", "AlexW"))
        server = program(
            *("-m", "reference_impl", "serve", "--host", "localhost", "--keytab", made.keytab, "--ready-json"),
            environment=made.environment,
        )
        mark = (UPSTREAM_HEADER, server.ready()["ews"].partition("/EWS")[0])
        organizer, alex, stranger = (Visitor(stack, live.url, mark) for _ in range(3))
        own = organizer.log_in(monkeypatch, made.ticket("organizer0"))
        others = alex.log_in(monkeypatch, made.ticket("AlexW"))
        assert own != others
        answers = [own, others]
        for visitor, mailbox in (organizer, own), (alex, others), (organizer, own), (alex, others):
            answers.append(mailbox)
            assert visitor.look()[::2] == (200, mailbox)
        assert stranger.look()[0] == 401
        exchanges = recorded("GetFolder", 9)
        server.stop()
    assert [one.meta["connection"] - exchanges[0].meta["connection"] for one in exchanges] == [
        0,
        0,
        1,
        1,
        0,
        1,
        0,
        1,
        2,
    ]
    assert {one.request.header("Authorization") for one in exchanges} == {None, "Negotiate REDACTED"}
    disk = b"".join(file.read_bytes() for file in live.tape.parent.rglob("*") if file.is_file())
    for token in (*organizer.tokens, *alex.tokens):
        assert any(trace in b"Negotiate " + base64.b64encode(token) for trace in traces(token))
        assert not [trace for trace in traces(token) if trace in disk]

    write_cassette(tmp_path / "kerberos.yaml", {}, exchanges)
    replay = meetproof_replay_factory(tmp_path / "kerberos.yaml")
    with contextlib.ExitStack() as stack:
        visitor = Visitor(stack, replay.url)
        assert [visitor.look(("Authorization", "Negotiate YIIC"))[2] for _ in range(2)] == answers[:2]
        assert [visitor.look()[2] for _ in range(4)] == answers[2:]
        assert visitor.look()[0] == 401


class Sending:
    """An upstream that reads a request and then sends what it is told to, piece by piece, and closes."""

    def __init__(self, head, pieces):
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.origin = f"http://127.0.0.1:{self.listening.getsockname()[1]}"
        self.left = threading.Event()
        self.thread = threading.Thread(target=self.serve, args=(head, pieces), daemon=True)
        self.thread.start()

    def serve(self, head, pieces):
        connection, _ = self.listening.accept()
        with connection:
            connection.recv(65536)
            try:
                connection.sendall(head)
                for piece in pieces:
                    connection.sendall(piece)
            except OSError:
                self.left.set()

    def close(self):
        self.listening.close()
        self.thread.join(20)


@pytest.fixture
def sending():
    """Start an upstream: ``sending(length, pieces)``."""
    started = []

    def start(length, pieces):
        kind = b"Content-Type: application/octet-stream\r\n"
        length = b"Transfer-Encoding: chunked" if length is None else b"Content-Length: %d" % length
        started.append(Sending(b"HTTP/1.1 200 OK\r\n" + kind + length + b"\r\n\r\n", pieces))
        return started[-1]

    yield start
    for each in started:
        each.close()


def asked(live, upstream, target):
    """A connection to the proxy over which a request was sent that goes to this upstream."""
    connection = socket.create_connection(("127.0.0.1", urlsplit(live.url).port), timeout=60)
    head = f"GET {target} HTTP/1.1\r\nHost: h\r\nmeetproof-upstream: {upstream.origin}\r\n\r\n"
    connection.sendall(head.encode())
    return connection


def test_a_big_answer_takes_no_memory(live, recorded, sending, request):
    size = (500 if request.config.getoption("--thorough") else 64) * 2**20
    upstream = sending(size, (NOISE for _ in range(size // len(NOISE))))
    before, most, came = resident(live.pid), 0, 0
    with asked(live, upstream, "/big") as connection:
        while came < size:
            data = connection.recv(1 << 20)
            assert data
            came += len(data)
            most = max(most, resident(live.pid))
    (exchange,) = recorded("/big")
    assert exchange.meta["response_body"]["bytes"] == size
    assert most - before < 40 * 2**20


def test_a_client_that_leaves_ends_its_exchange_only(live, recorded, sending):
    upstream = sending(200 * 2**20, (NOISE for _ in range(3200)))
    with asked(live, upstream, "/leaves") as connection:
        connection.recv(1 << 20)
    (exchange,) = recorded("/leaves")
    assert "disconnect" in exchange.meta["response_cut"]
    assert upstream.left.wait(20)
    send = Client(live.url)
    with contextlib.closing(send.connection):
        assert send("GET", "/EWS/Services.wsdl")[0] < 500


@pytest.mark.parametrize(("length", "target"), [(2**22, "/dies"), (None, "/dies-in-a-chunk")])
def test_an_upstream_that_dies_leaves_what_it_sent(live, recorded, sending, length, target):
    piece = NOISE if length else b"5\r\n<a/>\n\r\n10000\r\n"
    with asked(live, sending(length, [piece]), target) as connection:
        while connection.recv(1 << 20):
            pass
    (exchange,) = recorded(target)
    assert exchange.meta["response_cut"]
    assert exchange.response.status == 200
    assert exchange.response.body.startswith(b"" if length else b"<a/>\n")


def test_secrets_split_by_chunks_do_not_reach_the_disk(live, recorded, sending):
    body = b'{"access_token": "a-secret-across-chunks-0001"}'
    chunks = b"".join(b"1\r\n%c\r\n" % letter for letter in body)
    upstream = sending(None, [chunks[:40], chunks[40:], b"0\r\n\r\n"])
    with asked(live, upstream, "/chunks") as connection:
        while b"0\r\n\r\n" not in (data := connection.recv(65536)) and data:
            pass
    (exchange,) = recorded("/chunks")
    assert json.loads(exchange.response.body) == {"access_token": "REDACTED"}


def test_what_a_server_sends_a_listener_is_recorded_redacted_and_checked(live, recorded, upstream):
    pushed = next(
        one
        for one in read_cassette(REFERENCE / "notifications.push--ews-ews.yaml").exchanges
        if Seen(one).sent is Protocol.EWS
    )
    listener = upstream(lambda *_: (200, [("Content-Type", "text/xml")], pushed.response.body))
    send = Client(live.url)
    headers = [("Content-Type", "text/xml"), ("Authorization", "Bearer of-the-listener-0001")]
    send("POST", "/heard", [*headers, ("meetproof-upstream", listener.origin)], pushed.request.body)
    send.connection.close()
    (exchange,) = recorded("/heard")
    assert exchange.request.header("Authorization") == "Bearer REDACTED"
    found = list(Watch().see(Seen(exchange)))
    assert [(one.requirement, one.verdict) for one in found] == [("WIRE-EWS-SCHEMA", Verdict.PASS)]
