"""Logins of connections: NTLM and Negotiate as clients of pyspnego go through them, over real sockets."""

from __future__ import annotations

import base64
import http.client
import os
import socket
import struct
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import spnego
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_impl import server as server_module
from reference_impl.auth.handshake import Handshake, LoginRefused
from reference_impl.auth.schemes import choose_schemes
from reference_impl.directory.population import population_of
from reference_impl.protocol import H11, http_protocol
from reference_impl.server import Options, application

USER, PASSWORD = "organizer0@example.com", "meetproof"
PATH = "/EWS/Exchange.asmx"
ENVELOPE = (
    b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
    b' xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"'
    b' xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><s:Body><m:GetFolder>'
    b"<m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape>"
    b'<m:FolderIds><t:DistinguishedFolderId Id="calendar"/></m:FolderIds></m:GetFolder></s:Body></s:Envelope>'
)
OFFERS = ['Basic realm="meetproof"', "NTLM", "Negotiate", 'Bearer realm="meetproof"']
HANDSHAKES = ["ntlm", "negotiate"]


@pytest.fixture(scope="module", autouse=True)
def no_realm(tmp_path_factory):
    """Clients that know Kerberos would look for a realm in the network first."""
    config = tmp_path_factory.mktemp("kerberos") / "krb5.conf"
    config.write_text("[libdefaults]\n  dns_lookup_kdc = false\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KRB5_CONFIG", str(config))
        yield


@pytest.fixture
def connect():
    opened = []

    def open_connection(origin: str, source=None) -> http.client.HTTPConnection:
        where = urlsplit(origin)
        opened.append(http.client.HTTPConnection(where.hostname, where.port, timeout=10, source_address=source))
        return opened[-1]

    yield open_connection
    for connection in opened:
        connection.close()


def client(user=USER, password=PASSWORD, scheme="ntlm"):
    flags = {"ntlm": spnego.NegotiateOptions.use_ntlm, "negotiate": spnego.NegotiateOptions.use_negotiate}
    return spnego.client(user, password, hostname="localhost", service="HTTP", protocol=scheme, options=flags[scheme])


def ask(connection, authorization=None, body=ENVELOPE, method="POST", path=PATH):
    headers = {"Content-Type": "text/xml"} | ({"Authorization": authorization} if authorization else {})
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    return answer, answer.read()


def challenges(answer):
    return answer.headers.get_all("WWW-Authenticate") or []


def token_of(answer, scheme):
    (value,) = challenges(answer)
    name, _, token = value.partition(" ")
    assert name.lower() == scheme
    return base64.b64decode(token)


def shown(scheme, token):
    return f"{scheme} {base64.b64encode(token).decode()}"


def log_in(connection, user=USER, password=PASSWORD, scheme="ntlm"):
    """The last answer of a login; the first leg is sent without a body, as clients do."""
    context = client(user, password, scheme)
    answer, _ = ask(connection, shown(scheme, context.step()), body=b"")
    assert answer.status == 401
    answer, _ = ask(connection, shown(scheme, context.step(token_of(answer, scheme))))
    if answer.status == 200 and not context.complete:
        context.step(token_of(answer, scheme))
        assert context.complete
    return answer


@pytest.fixture(params=[http_protocol(), H11], ids=["httptools", "h11"])
def either_parser(request, monkeypatch):
    monkeypatch.setattr(server_module, "http_protocol", lambda: request.param)


@pytest.mark.parametrize("scheme", HANDSHAKES)
def test_a_login_holds_for_the_connection(either_parser, serve, connect, scheme):
    connection = connect(serve())
    assert log_in(connection, scheme=scheme).status == 200
    for _ in range(2):
        assert ask(connection)[0].status == 200


@pytest.mark.requirement("EWS-MTG-011")
@pytest.mark.parametrize("method", ["POST", "GET", "HEAD"])
def test_whoever_shows_nothing_is_told_what_is_taken(serve, connect, method):
    answer, body = ask(connect(serve()), method=method)
    assert (answer.status, challenges(answer)) == (401, OFFERS)
    assert b"Envelope" not in body


def test_a_reused_port_is_nobody_again(either_parser, serve, connect):
    origin = serve()
    first = connect(origin, ("127.0.0.77", 0))  # an address on which nobody else takes ports
    assert log_in(first).status == 200
    source = first.sock.getsockname()
    # A reset instead of a farewell leaves the port free at once.
    first.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    first.close()
    second = connect(origin, source)
    assert ask(second)[0].status == 401
    assert second.sock.getsockname() == source


def test_other_connections_are_not_logged_in(serve, connect):
    origin = serve()
    assert log_in(connect(origin)).status == 200
    assert ask(connect(origin))[0].status == 401


def test_logins_side_by_side_do_not_mix(serve, connect):
    origin = serve()
    connections = [connect(origin) for _ in range(3)]
    contexts = [client(f"attendee{number}@example.com") for number in range(3)]
    replies = [
        token_of(ask(connection, shown("NTLM", context.step()), body=b"")[0], "ntlm")
        for connection, context in zip(connections, contexts, strict=True)
    ]
    for connection, context, reply in reversed(list(zip(connections, contexts, replies, strict=True))):
        assert ask(connection, shown("NTLM", context.step(reply)))[0].status == 200


@pytest.mark.parametrize("scheme", HANDSHAKES)
def test_a_wrong_password_gets_fresh_challenges_and_another_try(serve, connect, scheme):
    connection = connect(serve())
    answer = log_in(connection, password="wrong", scheme=scheme)
    assert (answer.status, challenges(answer)) == (401, OFFERS)
    assert ask(connection)[0].status == 401
    assert log_in(connection, scheme=scheme).status == 200


def test_a_failed_login_ends_the_one_before(serve, connect):
    connection = connect(serve())
    assert log_in(connection).status == 200
    assert log_in(connection, password="wrong").status == 401
    assert ask(connection)[0].status == 401


def test_an_answer_is_good_for_its_own_challenge_only(serve, connect):
    origin = serve()
    first, second = connect(origin), connect(origin)
    context = client()
    hello = shown("NTLM", context.step())
    reply = token_of(ask(first, hello, body=b"")[0], "ntlm")
    assert ask(second, hello, body=b"")[0].status == 401
    proof = shown("NTLM", context.step(reply))
    assert ask(second, proof)[0].status == 401
    assert ask(connect(origin), proof)[0].status == 401
    assert ask(first, proof)[0].status == 200


@pytest.mark.parametrize(
    "user",
    [
        USER,
        USER.upper(),
        "\\" + USER,
        "ELSEWHERE\\" + USER,
        "EXAMPLE\\organizer0",
        "example.com\\organizer0",
        "organizer0",
    ],
)
@pytest.mark.parametrize("scheme", [*HANDSHAKES, "basic"])
def test_a_user_may_be_named_in_every_usual_way(serve, connect, user, scheme):
    connection = connect(serve())
    if scheme == "basic":
        assert ask(connection, shown("Basic", f"{user}:{PASSWORD}".encode()))[0].status == 200
    else:
        assert log_in(connection, user, scheme=scheme).status == 200


@pytest.mark.parametrize(
    "user", ["nobody@example.com", "ELSEWHERE\\organizer0", "list0", "list0@example.com", "CONTOSO\\organizer0", "a:b"]
)
def test_a_name_without_a_mailbox_is_refused(serve, connect, user):
    connection = connect(serve())
    assert log_in(connection, user).status == 401
    assert ask(connection, shown("Basic", f"{user}:{PASSWORD}".encode()))[0].status == 401


def test_a_user_part_that_two_people_share_needs_its_domain(serve, connect):
    people = [{"address": f"ann@{domain}", "password": domain} for domain in ("example.com", "contoso.com")]
    origin = serve(mailboxes=population_of(people, "people"))
    assert log_in(connect(origin), "ann", "contoso.com").status == 401
    assert log_in(connect(origin), "CONTOSO\\ann", "contoso.com").status == 200
    assert log_in(connect(origin), "CONTOSO\\ann", "example.com").status == 401


@pytest.mark.parametrize("password", ["with:colon", "two\nlines", "s p a c e", "Grüße €", ""])
def test_any_password_can_be_proved(serve, connect, password):
    people = [{"address": "ann@example.com", "password": password}]
    connection = connect(serve(mailboxes=population_of(people, "people")))
    assert log_in(connection, "ann@example.com", password).status == (200 if password else 401)


def test_answers_to_lan_manager_passwords_are_refused(serve, connect, monkeypatch):
    """The hash of such a password is all zeros for clients that have none; nobody is let in by it."""
    monkeypatch.setenv("LM_COMPAT_LEVEL", "0")
    connection = connect(serve())
    context = client()
    reply = token_of(ask(connection, shown("NTLM", context.step()), body=b"")[0], "ntlm")
    proof = bytearray(context.step(reply))
    proof[20:28] = bytes(4) + proof[24:28]  # the length of NtChallengeResponse: none was given
    assert ask(connection, shown("NTLM", bytes(proof)))[0].status == 401


def test_other_credentials_on_the_connection_count_for_their_request(serve, connect):
    connection = connect(serve())
    assert log_in(connection).status == 200
    assert ask(connection, shown("Basic", b"attendee0@example.com:wrong"))[0].status == 401
    assert ask(connection, shown("Basic", b"attendee0@example.com:meetproof"))[0].status == 200
    assert ask(connection)[0].status == 200


def test_graph_knows_no_logins(serve, connect):
    connection = connect(serve())
    assert log_in(connection).status == 200
    answer, _ = ask(connection, method="GET", path="/v1.0/me")
    assert answer.status == 401
    context = client()
    answer, _ = ask(connection, shown("NTLM", context.step()), method="GET", path="/v1.0/me")
    assert (answer.status, [value.partition(" ")[0] for value in challenges(answer)]) == (401, ["Bearer"])


@pytest.mark.parametrize(
    "authorization",
    ["NTLM", "NTLM !!!", "NTLM TlRM", "Negotiate", "Negotiate YAAA", "NTLM TlRMTVNTUAADAAAA", "NTLM TlRMTVNTUAABAAAA"],
)
def test_a_token_of_no_sense_is_refused(serve, connect, authorization):
    connection = connect(serve())
    answer, _ = ask(connection, authorization)
    assert (answer.status, challenges(answer)) == (401, OFFERS)
    assert log_in(connection).status == 200


@pytest.fixture(scope="module")
def world():
    app = application(Options(seed="logins"))
    yield app.world
    app.world.store.close()


@settings(max_examples=80, deadline=None)
@given(data=st.data(), scheme=st.sampled_from(HANDSHAKES))
def test_no_token_breaks_a_handshake(world, data, scheme):
    """Whatever is changed in a proof, it is refused in an orderly way or proves the same as before."""
    handshake, context = Handshake(world, choose_schemes(), scheme), client(scheme=scheme)
    reply, _ = handshake.step(context.step())
    proof = bytearray(context.step(reply))
    for _ in range(data.draw(st.integers(1, 4))):
        proof[data.draw(st.integers(0, len(proof) - 1))] = data.draw(st.integers(0, 255))
    try:
        _, mailbox = handshake.step(bytes(proof))
    except LoginRefused:
        return
    assert mailbox is None or mailbox.address == USER


@settings(max_examples=80, deadline=None)
@given(
    token=st.binary(max_size=80), head=st.sampled_from([b"", b"NTLMSSP\0\1\0\0\0", b"NTLMSSP\0\3\0\0\0", b"\x60\x40"])
)
def test_no_first_token_lets_anybody_in(world, token, head):
    for scheme in HANDSHAKES:
        try:
            _, mailbox = Handshake(world, choose_schemes(), scheme).step(head + token)
        except LoginRefused:
            continue
        assert mailbox is None


def test_passwords_reach_neither_the_disk_nor_the_environment(serve, connect, monkeypatch):
    """The file that pyspnego reads is one in memory, and gone after each step."""
    monkeypatch.setenv("NTLM_USER_FILE", "/what/was/there/before")
    kept = []
    real = os.memfd_create
    monkeypatch.setattr(os, "memfd_create", lambda *arguments: kept.append(real(*arguments)) or kept[-1])
    assert log_in(connect(serve())).status == 200
    assert len(kept) == 2
    assert os.environ["NTLM_USER_FILE"] == "/what/was/there/before"
    assert "KRB5_KTNAME" not in os.environ
    for descriptor in kept:
        link = Path(f"/proc/self/fd/{descriptor}")
        assert not link.exists() or "memfd:meetproof" not in str(link.readlink())


def test_only_the_schemes_asked_for_are_offered_and_taken(serve, connect):
    origin = serve(auth=["bearer", "ntlm"])
    answer, _ = ask(connect(origin))
    assert challenges(answer) == ["NTLM", 'Bearer realm="meetproof"']
    assert ask(connect(origin), shown("Basic", f"{USER}:{PASSWORD}".encode()))[0].status == 401
    assert ask(connect(origin), shown("Negotiate", client(scheme="negotiate").step()))[0].status == 401
    assert log_in(connect(origin)).status == 200


def test_a_server_without_handshakes_logs_no_connection_in(serve, connect):
    connection = connect(serve(auth=["basic"]))
    assert ask(connection, shown("Basic", f"{USER}:{PASSWORD}".encode()))[0].status == 200
    assert ask(connection)[0].status == 401


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"auth": ["basic", "digest"]}, "unknown authentication scheme digest"),
        ({"auth": []}, "needs an authentication scheme"),
        ({"keytab": "missing"}, "cannot be read"),
        ({"keytab": "text"}, "is no keytab"),
    ],
)
def test_schemes_that_cannot_be_are_told(tmp_path, options, words):
    (tmp_path / "text").write_text("text")
    if "keytab" in options:
        pytest.importorskip("gssapi", reason="absent tool: gssapi")
        options = {"keytab": tmp_path / options["keytab"]}
    with pytest.raises(ValueError, match=words):
        application(Options(**options))


def test_ntlm_is_not_offered_where_it_cannot_work(monkeypatch):
    monkeypatch.delattr(os, "memfd_create")
    assert choose_schemes().names == ("basic", "bearer")
    with pytest.raises(ValueError, match="only Linux has"):
        choose_schemes(["ntlm"])
