"""Clients log in to EWS by each scheme that they know: exchangelib, and httpx with pyspnego."""

from __future__ import annotations

import base64

import httpx
import pytest
import spnego
from exchangelib import BASIC, DELEGATE, IMPERSONATION, NTLM, OAUTH2, Account, Configuration, Credentials

from tests.clients.exchangelib_clients import application, exchangelib_accounts

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

USER = "organizer0@example.com"


@pytest.fixture
def opened(meetproof_server):
    with exchangelib_accounts(meetproof_server) as open_account:
        yield open_account


@pytest.mark.parametrize("user", [USER, "EXAMPLE\\organizer0"])
@pytest.mark.parametrize("auth_type", [NTLM, BASIC])
def test_exchangelib_opens_a_calendar(opened, meetproof_server, auth_type, user):
    account = opened(USER, Credentials(user, meetproof_server.password), auth_type)
    assert account.calendar.all().count() == 0
    assert account.protocol.auth_type == auth_type


def test_exchangelib_finds_ntlm_by_itself(opened, meetproof_server):
    account = opened(USER, auth_type=None)
    assert account.calendar.all().count() == 0
    assert account.protocol.auth_type == NTLM


@pytest.mark.meetproof(tls=True)
def test_exchangelib_finds_a_server_by_its_name_alone(meetproof_server, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(meetproof_server.ca_file))
    where = f"localhost:{httpx.URL(meetproof_server.ews_url).port}"
    config = Configuration(server=where, credentials=Credentials(USER, meetproof_server.password))
    account = Account(USER, config=config, autodiscover=False, access_type=DELEGATE)
    assert account.calendar.all().count() == 0
    assert account.protocol.service_endpoint == f"https://{where}/EWS/Exchange.asmx"
    assert account.protocol.auth_type == NTLM
    account.protocol.close()


@pytest.mark.meetproof(auth=["basic", "bearer"])
def test_exchangelib_finds_basic_where_there_is_no_ntlm(opened, meetproof_server):
    account = opened(USER, auth_type=None)
    assert account.calendar.all().count() == 0
    assert account.protocol.auth_type == BASIC


def test_exchangelib_speaks_for_others_with_an_applications_token(opened, meetproof_server, monkeypatch):
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    account = opened("attendee0@example.com", application(meetproof_server, USER), OAUTH2, IMPERSONATION)
    assert account.calendar.all().count() == 0


class SpnegoAuth(httpx.Auth):
    """The HTTP side of a login by pyspnego (RFC 4559)."""

    requires_response_body = True

    def __init__(self, scheme: str, user: str, password: str) -> None:
        self._scheme = scheme
        self._credentials = user, password

    def auth_flow(self, request):
        # Kerberos would look for a realm in the network.
        flags = {"NTLM": spnego.NegotiateOptions.use_ntlm, "Negotiate": spnego.NegotiateOptions.use_negotiate}
        context = spnego.client(
            *self._credentials,
            hostname=request.url.host,
            service="HTTP",
            protocol=self._scheme.lower(),
            options=flags[self._scheme],
        )
        answer = yield request
        token = context.step()
        while answer.status_code == 401 and token:
            request.headers["Authorization"] = f"{self._scheme} {base64.b64encode(token).decode()}"
            answer = yield request
            offers = dict(value.partition(" ")[::2] for value in answer.headers.get_list("WWW-Authenticate"))
            reply = base64.b64decode(offers.get(self._scheme, ""))
            token = context.step(reply) if reply else b""


@pytest.mark.parametrize("scheme", ["NTLM", "Negotiate"])
def test_httpx_with_pyspnego_logs_in_once(meetproof_server, scheme, tmp_path, monkeypatch):
    config = tmp_path / "krb5.conf"
    config.write_text("[libdefaults]\n  dns_lookup_kdc = false\n")
    monkeypatch.setenv("KRB5_CONFIG", str(config))
    with httpx.Client(trust_env=False) as client:
        login = SpnegoAuth(scheme, USER, meetproof_server.password)
        assert client.get(meetproof_server.ews_url, auth=login).status_code == 405
        assert client.get(meetproof_server.ews_url).status_code == 405
    with httpx.Client(trust_env=False) as client:
        assert client.get(meetproof_server.ews_url, auth=SpnegoAuth(scheme, USER, "wrong")).status_code == 401
