"""Logins that belong to a connection."""

from __future__ import annotations

import base64

import pytest

from conformance.access import sign_in
from conformance.client.auth import AuthenticationFailed
from conformance.client.handshake import LoggedInTransport, replayed
from conformance.client.live import LiveTransport
from conformance.model.exchange import Exchange, Request, Response
from conformance.targets import Account, Endpoint

ASKED = Request("GET", "https://h.example/EWS/Exchange.asmx")
USER = "organizer0@example.com"


class Server:
    """Logs a connection in by two tokens, and forgets it when told to."""

    def __init__(self, challenge=b"c"):
        self.seen = []
        self.is_in = False
        self.challenge = base64.b64encode(challenge).decode()

    def send(self, request):
        shown = request.header("Authorization")
        self.seen.append(shown)
        self.is_in = self.is_in or shown == "NTLM second"
        told = (("WWW-Authenticate", "Basic"), ("WWW-Authenticate", f"NTLM {self.challenge}" if shown else "NTLM"))
        return Exchange(request, Response(200) if self.is_in else Response(401, headers=told))


def login(_):
    return lambda challenge: "second" if challenge else "first"


def test_a_connection_is_logged_in_once_and_again_when_the_server_asks():
    server = Server()
    transport = LoggedInTransport(server, "ntlm", login, "ann")
    for _ in range(2):
        assert transport.send(ASKED).response.status == 200
    server.is_in = False
    assert transport.send(ASKED).response.status == 200
    assert server.seen == ["NTLM first", "NTLM second", None, None, "NTLM first", "NTLM second"]


def test_a_request_with_credentials_of_its_own_is_sent_as_it_is():
    server = Server()
    asked = Request("GET", ASKED.url, (("Authorization", "Bearer x"),))
    assert LoggedInTransport(server, "ntlm", login, "ann").send(asked).response.status == 401
    assert server.seen == ["Bearer x"]


def test_a_refusal_says_who_and_what_the_server_offers():
    def wrong(_):
        return lambda _challenge: "wrong"

    with pytest.raises(AuthenticationFailed, match="answered 401 to ann, who signed in by ntlm; it offers Basic, NTLM"):
        LoggedInTransport(Server(), "ntlm", wrong, "ann").send(ASKED)


def test_before_a_recording_the_tokens_are_whatever_they_are():
    server = Server()
    server.challenge = "REDACTED"
    transport = LoggedInTransport(server, "ntlm", replayed, "ann")
    with pytest.raises(AuthenticationFailed):
        transport.send(ASKED)
    assert server.seen == ["NTLM replayed"] * 6


@pytest.mark.parametrize("scheme", ["ntlm", "negotiate"])
def test_the_reference_server_logs_people_in_each_on_a_connection_of_their_own(
    meetproof_server, scheme, tmp_path, monkeypatch
):
    config = tmp_path / "krb5.conf"
    config.write_text("[libdefaults]\n  dns_lookup_kdc = false\n")
    monkeypatch.setenv("KRB5_CONFIG", str(config))
    endpoint = Endpoint("ews", meetproof_server.ews_url, scheme)
    people = [
        Account(USER, secret="meetproof"),
        Account("attendee0@example.com", user="EXAMPLE\\attendee0", secret="meetproof"),
    ]
    with LiveTransport() as shared:
        ways = [sign_in(shared, account, endpoint) for account in people]
        assert [way.send(Request("GET", endpoint.url)).response.status for way in ways * 2] == [405] * 4
        wrong = sign_in(shared, Account(USER, secret="wrong"), endpoint)
        with pytest.raises(AuthenticationFailed, match=f"401 to {USER}, who signed in by {scheme}"):
            wrong.send(Request("GET", endpoint.url))
