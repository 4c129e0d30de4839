"""MSAL for Python and azure-identity, unmodified, obtain tokens by every grant, and the tokens open Graph and EWS."""

from __future__ import annotations

import html
import re
import threading

import httpx
import msal
import pytest
import requests
import trustme
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import ClientSecretCredential

GRAPH, EWS = "https://graph.microsoft.com", "https://outlook.office365.com"
USER = "AlexW@contoso.com"
PHONE = {
    "id": "6f1d3f4e-5f0e-4a53-9a2e-d1b2c3a4e5f6",
    "name": "Phone",
    "scopes": ["Calendars.ReadWrite", "User.Read", "EWS.AccessAsUser.All"],
    "redirects": ["http://localhost"],
}
_ISSUED = trustme.CA(key_type=trustme.KeyType.RSA).issue_cert("signer.example", key_type=trustme.KeyType.RSA)
KEY, CERTIFICATE = _ISSUED.private_key_pem.bytes().decode(), _ISSUED.cert_chain_pems[0].bytes().decode()
SIGNER = {"id": "signer", "certificates": [CERTIFICATE], "roles": ["Calendars.Read"]}
ROBOT = {
    "id": "0b8f2f7a-8f0d-4c86-bc62-b0a4e1d6f7a8",
    "name": "Robot",
    "secrets": ["the secret of a robot"],
    "roles": ["Calendars.Read"],
}

pytestmark = [
    pytest.mark.meetproof(tls=True, applications=[PHONE, ROBOT, SIGNER]),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


class Session(requests.Session):
    """MSAL leaves the port of an authority out where it asks for a user's realm; this puts it back."""

    def __init__(self, server):
        super().__init__()
        self.trust_env = False
        self.verify = str(server.ca_file)
        self._origin = httpx.URL(server.authority_url)

    def request(self, method, url, *arguments, **options):
        place = httpx.URL(url)
        if place.host == self._origin.host and place.port is None:
            url = str(place.copy_with(port=self._origin.port))
        return super().request(method, url, *arguments, **options)


@pytest.fixture(autouse=True)
def trusted(meetproof_server, monkeypatch):
    """An authority that the environment names beats the one that MSAL is given (requests)."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(meetproof_server.ca_file))


@pytest.fixture
def browser(meetproof_server):
    with httpx.Client(verify=str(meetproof_server.ca_file), trust_env=False) as client:
        yield client


@pytest.fixture
def phone(meetproof_server):
    return msal.PublicClientApplication(
        PHONE["id"],
        authority=meetproof_server.authority_url,
        instance_discovery=False,
        http_client=Session(meetproof_server),
    )


@pytest.fixture
def graph(meetproof_server, browser):
    """A function that gets something from Graph with what MSAL obtained."""

    def get(obtained, path):
        headers = {"Authorization": f"Bearer {obtained['access_token']}"}
        return browser.get(meetproof_server.graph_url + path, headers=headers)

    return get


def form_of(page):
    """Where the form of a page leads, and what it holds."""
    [action] = re.findall(r'<form method="post" action="([^"]*)"', page.text)
    fields = re.findall(r'<input [^>]*?name="([^"]+)"(?: value="([^"]*)")?', page.text)
    return html.unescape(action), {html.unescape(name): html.unescape(value) for name, value in fields}


def typed(browser, page, **typed):
    """The answer to the form of a page with these fields typed in."""
    action, fields = form_of(page)
    return browser.post(page.url.join(action), data=fields | typed)


def test_a_password_gives_tokens_that_are_cached_and_refreshed(phone, graph, meetproof_server):
    scopes = [f"{GRAPH}/Calendars.ReadWrite"]
    first = phone.acquire_token_by_username_password(USER, meetproof_server.password, scopes)
    assert first["id_token_claims"]["preferred_username"] == USER
    assert graph(first, "/me/events").status_code == 200
    [account] = phone.get_accounts()
    assert account["username"] == USER
    cached = phone.acquire_token_silent(scopes, account)
    assert cached["access_token"] == first["access_token"]
    renewed = phone.acquire_token_silent(scopes, account, force_refresh=True)
    assert renewed["access_token"] != first["access_token"]
    assert graph(renewed, "/me/events").status_code == 200
    other = phone.acquire_token_silent([f"{EWS}/EWS.AccessAsUser.All"], account)
    assert graph(other, "/me").status_code == 401


def test_a_page_gives_a_code_and_the_code_tokens(phone, graph, browser, meetproof_server):
    redirect = "http://localhost:8400"
    flow = phone.initiate_auth_code_flow(
        ["User.Read"], redirect_uri=redirect, login_hint=USER, response_mode="form_post"
    )
    assert "code_challenge=" in flow["auth_uri"]
    done = typed(browser, browser.get(flow["auth_uri"]), password=meetproof_server.password)
    action, back = form_of(done)
    assert action == redirect
    obtained = phone.acquire_token_by_auth_code_flow(flow, back)
    assert obtained["id_token_claims"]["name"] == "Alex Wilber"
    assert graph(obtained, "/me").json()["mail"] == USER
    again = phone.acquire_token_by_auth_code_flow(flow, back)
    assert again["error"] == "invalid_grant"


def test_a_browser_that_msal_opens_brings_the_code_back_to_it(phone, graph, browser, meetproof_server):
    """MSAL listens on a port of its own choice on loopback."""

    def sign_in(uri):
        action, fields = form_of(typed(browser, browser.get(uri), username=USER, password=meetproof_server.password))
        assert httpx.URL(action).host == "localhost"
        assert httpx.post(action, data=fields, trust_env=False).status_code == 200

    def visit(uri):
        visits.append(threading.Thread(target=sign_in, args=(uri,)))
        visits[-1].start()

    visits = []
    obtained = phone.acquire_token_interactive(["User.Read"], auth_uri_callback=visit, timeout=30)
    for each in visits:
        each.join(30)
    assert graph(obtained, "/me").json()["mail"] == USER


def test_a_devices_code_gives_tokens(phone, graph, browser, meetproof_server):
    flow = phone.initiate_device_flow(["User.Read"])
    page = browser.get(flow["verification_uri"])
    done = typed(browser, page, user_code=flow["user_code"], username=USER, password=meetproof_server.password)
    assert "Signed in" in done.text
    obtained = phone.acquire_token_by_device_flow(flow)
    assert graph(obtained, "/me").json()["mail"] == USER


def test_a_secret_gives_an_application_its_roles(graph, meetproof_server):
    robot = msal.ConfidentialClientApplication(
        ROBOT["id"],
        client_credential=ROBOT["secrets"][0],
        authority=meetproof_server.authority_url,
        instance_discovery=False,
        verify=str(meetproof_server.ca_file),
    )
    obtained = robot.acquire_token_for_client([f"{GRAPH}/.default"])
    assert graph(obtained, f"/users/{USER}/events").status_code == 200
    assert graph(obtained, f"/users/{USER}/messages").status_code == 403
    assert graph(obtained, "/me/events").status_code == 400
    cached = robot.acquire_token_for_client([f"{GRAPH}/.default"])
    assert (cached["access_token"], cached["token_source"]) == (obtained["access_token"], "cache")


def test_a_certificate_gives_an_application_its_roles(graph, meetproof_server):
    signer = msal.ConfidentialClientApplication(
        SIGNER["id"],
        client_credential={"private_key": KEY, "public_certificate": CERTIFICATE},
        authority=meetproof_server.authority_url,
        instance_discovery=False,
        verify=str(meetproof_server.ca_file),
    )
    obtained = signer.acquire_token_for_client([f"{GRAPH}/.default"])
    assert graph(obtained, f"/users/{USER}/events").status_code == 200


@pytest.mark.parametrize(
    ("user", "password", "scope", "number"),
    [
        (USER, "wrong", "User.Read", 50126),
        ("ghost@contoso.com", "wrong", "User.Read", 50034),
        (USER, "meetproof", "Mail.Read", 65001),
        (USER, "meetproof", "https://files.example/Files.Read", 500011),
    ],
)
def test_a_refusal_is_told(phone, user, password, scope, number):
    refused = phone.acquire_token_by_username_password(user, password, [scope])
    assert refused["error_codes"] == [number]
    assert refused["error_description"].startswith(f"AADSTS{number}: ")
    assert refused["correlation_id"]


def test_an_authority_is_validated_where_it_is_asked_to_be(meetproof_server):
    instance = httpx.URL(meetproof_server.authority_url).copy_with(path="/common/discovery/instance")
    application = msal.PublicClientApplication(
        PHONE["id"],
        authority=str(instance.copy_with(path="/common")),
        instance_discovery=str(instance),
        verify=str(meetproof_server.ca_file),
    )
    assert application.authority.token_endpoint.endswith("/common/oauth2/v2.0/token")
    with pytest.raises(ValueError, match="not known"):
        msal.PublicClientApplication(
            PHONE["id"],
            authority="https://login.example/common",
            instance_discovery=str(instance),
            verify=str(meetproof_server.ca_file),
        )


def test_a_tenant_that_there_is_not_is_told(meetproof_server):
    with pytest.raises(ValueError, match="double check your tenant"):
        msal.PublicClientApplication(
            PHONE["id"],
            authority=str(httpx.URL(meetproof_server.authority_url).copy_with(path="/elsewhere.example")),
            instance_discovery=False,
            verify=str(meetproof_server.ca_file),
        )


def test_azure_identity_obtains_tokens(graph, meetproof_server, browser):
    place = httpx.URL(meetproof_server.authority_url)
    shared = {
        "authority": str(place.copy_with(path="")),
        "disable_instance_discovery": True,
        "connection_verify": str(meetproof_server.ca_file),
        "retry_total": 0,
    }
    tenant = place.path.strip("/")
    with ClientSecretCredential(tenant, ROBOT["id"], ROBOT["secrets"][0], **shared) as credential:
        token = credential.get_token(f"{GRAPH}/.default").token
    assert graph({"access_token": token}, f"/users/{USER}/events").status_code == 200
    with (
        ClientSecretCredential(tenant, ROBOT["id"], "wrong", **shared) as credential,
        pytest.raises(ClientAuthenticationError, match="AADSTS7000215"),
    ):
        credential.get_token(f"{GRAPH}/.default")
