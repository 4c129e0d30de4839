"""Basic and Bearer authentication over any transport."""

from __future__ import annotations

import base64
import json
from urllib.parse import parse_qsl

import pytest

from conformance.client.auth import (
    AuthenticatedTransport,
    AuthenticationFailed,
    Basic,
    Bearer,
    client_credentials,
    password_grant,
)
from conformance.model.exchange import Exchange, Request, Response

TOKEN_URL = "https://login.example/token"


class Server:
    """Gives numbered tokens and takes the latest only."""

    def __init__(self):
        self.requests = []
        self.issued = 0
        self.valid = set()

    def send(self, request):
        self.requests.append(request)
        return Exchange(request, self.answer(request))

    def answer(self, request):
        if request.url == TOKEN_URL:
            if dict(parse_qsl(request.body.decode()))["grant_type"] == "none":
                return Response(400, body=b'{"error": "unsupported_grant_type"}')
            self.issued += 1
            self.valid = {f"Bearer t{self.issued}"}
            return Response(200, body=json.dumps({"access_token": f"t{self.issued}", "expires_in": 1}).encode())
        return Response(200 if request.header("Authorization") in self.valid else 401)


def test_basic_is_shown_without_being_asked():
    server = Server()
    server.valid = {Basic("é@example.com", "p:w").authorization(server)}
    AuthenticatedTransport(server, Basic("é@example.com", "p:w")).send(Request("GET", "https://h/"))
    scheme, _, value = server.requests[0].header("Authorization").partition(" ")
    assert (scheme, base64.b64decode(value).decode()) == ("Basic", "é@example.com:p:w")


def test_a_token_is_fetched_once_through_the_same_transport():
    server = Server()
    bearer = Bearer(password_grant(TOKEN_URL, "a@example.com", "s&cret", scope="x y", client_id="app"))
    transport = AuthenticatedTransport(server, bearer)
    assert [transport.send(Request("GET", "https://h/")).response.status for _ in range(3)] == [200, 200, 200]
    assert [request.url for request in server.requests] == [TOKEN_URL, *["https://h/"] * 3]
    assert parse_qsl(server.requests[0].body.decode()) == [
        ("grant_type", "password"),
        ("client_id", "app"),
        ("scope", "x y"),
        ("username", "a@example.com"),
        ("password", "s&cret"),
    ]


def test_the_client_credentials_grant_names_the_client():
    server = Server()
    transport = AuthenticatedTransport(server, Bearer(client_credentials(TOKEN_URL, "id", "secret")))
    transport.send(Request("GET", "https://h/"))
    assert server.requests[0].body == b"grant_type=client_credentials&client_id=id&client_secret=secret"


def test_an_expired_token_is_fetched_anew_once():
    server = Server()
    transport = AuthenticatedTransport(server, Bearer(password_grant(TOKEN_URL, "a", "b")))
    transport.send(Request("GET", "https://h/"))
    server.valid = set()
    assert transport.send(Request("GET", "https://h/")).response.status == 200
    assert server.issued == 2


def test_a_token_refused_at_first_use_is_not_fetched_again():
    server = Server()
    transport = AuthenticatedTransport(server, Bearer("given"))
    with pytest.raises(AuthenticationFailed, match="answered 401 to the account, who signed in by Bearer"):
        transport.send(Request("GET", "https://h/"))
    assert len(server.requests) == 1


def test_a_request_keeps_its_own_authorization():
    server = Server()
    AuthenticatedTransport(server, Basic("a", "b")).send(Request("GET", "https://h/", (("authorization", "Mine"),)))
    assert server.requests[0].headers == (("authorization", "Mine"),)


def test_a_refusal_of_the_token_endpoint_is_quoted():
    bad = password_grant(TOKEN_URL, "a", "very-secret")
    bad = type(bad)(bad.url, (("grant_type", "none"), ("password", "very-secret")))
    with pytest.raises(AuthenticationFailed, match=r"got 400 saying .*unsupported_grant_type") as caught:
        AuthenticatedTransport(Server(), Bearer(bad)).send(Request("GET", "https://h/"))
    assert "very-secret" not in str(caught.value)


def test_passwords_are_not_shown_by_repr():
    assert "hidden" not in repr(Basic("a", "hidden"))
    assert "hidden" not in repr(password_grant(TOKEN_URL, "a", "hidden"))
