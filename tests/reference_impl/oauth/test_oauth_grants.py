"""Tokens for passwords, for applications and for refresh tokens: what they say, and why others are refused."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reference_impl.oauth.tokens import LIFETIME_SECONDS, REFRESH_SECONDS

GRAPH, EWS = "https://graph.microsoft.com", "https://outlook.office365.com"
CLIENT = "0d3e1b6c-4f57-4c1c-9a51-2a0f0d6f7f11"
SECRET = {"grant_type": "client_credentials", "client_id": CLIENT, "client_secret": "meetproof"}
GUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def test_an_access_token_says_whose_it_is_and_for_what(platform):
    answer = platform.password(client_id=CLIENT, scope=f"{GRAPH}/Calendars.ReadWrite {GRAPH}/User.Read")
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert (body["token_type"], body["expires_in"]) == ("Bearer", LIFETIME_SECONDS)
    assert body["scope"] == f"{GRAPH}/Calendars.ReadWrite {GRAPH}/User.Read"
    assert not {"refresh_token", "id_token", "client_info"} & set(body)
    claims = platform.claims(body["access_token"])
    alex = platform.graph(body["access_token"], "/me").json()
    assert claims == claims | {
        "aud": GRAPH,
        "iss": f"http://server.test/{platform.tenant}/",
        "tid": platform.tenant,
        "oid": alex["id"],
        "upn": "AlexW@contoso.com",
        "name": "Alex Wilber",
        "appid": CLIENT,
        "appidacr": "0",
        "idtyp": "user",
        "scp": "Calendars.ReadWrite User.Read",
        "ver": "1.0",
    }
    assert "roles" not in claims
    assert claims["exp"] - claims["iat"] == LIFETIME_SECONDS


def test_an_applications_token_has_roles_and_no_user(platform):
    body = platform.token(**SECRET, scope=f"{GRAPH}/.default").json()
    assert not {"refresh_token", "id_token", "scope"} & set(body)
    claims = platform.claims(body["access_token"])
    assert (claims["idtyp"], claims["appid"], claims["appidacr"]) == ("app", CLIENT, "1")
    assert claims["oid"] == claims["sub"]
    assert {"Calendars.ReadWrite", "Mail.Read"} <= set(claims["roles"])
    assert not {"User.Read", "Calendars.Read.Shared"} & set(claims["roles"])
    assert not {"scp", "upn", "name"} & set(claims)


def test_openid_gives_an_id_token_for_the_client(platform):
    body = platform.password(client_id=CLIENT, scope="openid profile email offline_access User.Read", client_info="1")
    claims = platform.claims(body.json()["id_token"])
    assert claims == claims | {
        "aud": CLIENT,
        "iss": f"http://server.test/{platform.tenant}/v2.0",
        "preferred_username": "AlexW@contoso.com",
        "email": "AlexW@contoso.com",
        "name": "Alex Wilber",
        "tid": platform.tenant,
        "ver": "2.0",
    }
    assert body.json()["scope"] == "User.Read email openid profile"
    assert body.json()["refresh_token"]
    bare = platform.claims(platform.password(client_id=CLIENT, scope="openid").json()["id_token"])
    assert not {"name", "email", "preferred_username"} & set(bare)
    other = platform.claims(platform.password(client_id="other", scope="openid").json()["id_token"])
    assert bare["oid"] == other["oid"]
    assert bare["sub"] != other["sub"]


def test_an_id_token_opens_nothing(platform):
    token = platform.password(scope="openid User.Read").json()["id_token"]
    assert platform.graph(token, "/me").status_code == 401


def test_everything_that_is_offered_is_meant_by_default(platform):
    body = platform.password(scope=f"{GRAPH}/.default").json()
    scopes = platform.claims(body["access_token"])["scp"].split()
    assert {"Calendars.ReadWrite", "Calendars.Read.Shared", "Mail.ReadWrite", "User.Read"} <= set(scopes)
    assert set(body["scope"].split()) == {f"{GRAPH}/{name}" for name in (*scopes, ".default")}


@pytest.mark.requirement("GRAPH-WIRE-002")
@pytest.mark.parametrize(
    ("scope", "graph", "ews"),
    [
        (f"{GRAPH}/.default", 200, 401),
        ("User.Read", 200, 401),
        ("00000003-0000-0000-c000-000000000000/User.Read", 200, 401),
        (f"{EWS}/.default", 401, 200),
        (f"{EWS}/EWS.AccessAsUser.All", 401, 200),
        ("https://outlook.office.com/EWS.AccessAsUser.All", 401, 200),
        ("EWS.AccessAsUser.All", 401, 200),
        (f"{EWS}//.default", 401, 200),
        (f"{EWS}/Calendars.ReadWrite", 401, 403),
        ("http://server.test/.default", 200, 200),
        (".default", 200, 200),
        ("", 200, 200),
    ],
)
def test_a_token_is_good_for_its_audience_only(platform, scope, graph, ews):
    token = platform.granted(scope=scope)
    answer = platform.graph(token, "/me")
    assert answer.status_code == graph
    if graph == 401:
        assert answer.json()["error"]["code"] == "InvalidAuthenticationToken"
    assert platform.ews(token).status_code == ews


IMPERSONATION = (
    "<t:ExchangeImpersonation><t:ConnectingSID><t:PrimarySmtpAddress>AlexW@contoso.com</t:PrimarySmtpAddress>"
    "</t:ConnectingSID></t:ExchangeImpersonation>"
)


def test_an_application_of_its_own_says_for_whom_it_acts(platform):
    graph = platform.token(**SECRET, scope=f"{GRAPH}/.default").json()["access_token"]
    ews = platform.token(**SECRET, scope=f"{EWS}/.default").json()["access_token"]
    assert platform.graph(graph, "/users/AlexW@contoso.com/events").status_code == 200
    answer = platform.graph(graph, "/me/events")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BadRequest")
    assert platform.graph(ews, "/users/AlexW@contoso.com/events").status_code == 401
    assert "NoError" in platform.ews(ews, IMPERSONATION).text
    refused = platform.ews(ews)
    assert refused.status_code == 500
    assert "ErrorInvalidExchangeImpersonationHeaderData" in refused.text
    assert platform.ews(graph, IMPERSONATION).status_code == 401


@pytest.mark.parametrize("damage", ["signature", "payload", "none", "another"])
def test_a_token_that_was_tampered_with_opens_nothing(platform, platform_with, damage):
    head, payload, signature = platform.granted(scope=".default").split(".")
    if damage == "another":  # one of another server
        token = platform_with(seed="elsewhere").granted(scope=".default")
    else:
        token = {
            "signature": f"{head}.{payload}.{signature[:-8]}AAAAAAAA",
            "payload": f"{head}.{payload[:-8]}AAAAAAAA.{signature}",
            "none": f"eyJhbGciOiJub25lIn0.{payload}.",
        }[damage]
    assert platform.graph(token, "/me").status_code == 401
    assert platform.ews(token).status_code == 401


def test_a_refresh_token_gives_another_token_for_the_same_client(platform):
    first = platform.password(client_id=CLIENT, scope=f"{GRAPH}/Calendars.Read offline_access openid").json()
    form = {"grant_type": "refresh_token", "client_id": CLIENT, "refresh_token": first["refresh_token"]}
    again = platform.token(**form).json()
    assert platform.claims(again["access_token"])["scp"] == "Calendars.Read"
    assert "id_token" in again
    other = platform.token(**form, scope=f"{EWS}/EWS.AccessAsUser.All").json()
    assert platform.ews(other["access_token"]).status_code == 200
    assert other["refresh_token"]
    stranger = platform.token(**form | {"client_id": "other"})
    assert (stranger.status_code, stranger.json()["error"]) == (400, "invalid_grant")


def test_a_refresh_token_is_no_access_token_and_expires(platform):
    token = platform.password(scope="User.Read offline_access").json()["refresh_token"]
    assert platform.graph(token, "/me").status_code == 401
    form = {"grant_type": "refresh_token", "refresh_token": token}
    clock = platform.app.world.clock
    clock.set(clock.now() + timedelta(seconds=REFRESH_SECONDS - 10))
    assert platform.token(**form).status_code == 200
    clock.set(clock.now() + timedelta(seconds=20))
    assert platform.token(**form).json()["error_codes"] == [70008]
    assert platform.token(**form | {"refresh_token": token[:-4] + "AAAA"}).json()["error_codes"] == [70000]


def test_an_older_endpoint_takes_a_resource_and_writes_numbers_as_texts(platform):
    body = platform.token("/common/oauth2/token", **SECRET, resource=f"{GRAPH}/").json()
    assert (body["expires_in"], body["resource"]) == (str(LIFETIME_SECONDS), GRAPH)
    assert int(body["expires_on"]) - int(body["not_before"]) == LIFETIME_SECONDS
    assert platform.claims(body["access_token"])["aud"] == GRAPH
    form = {"grant_type": "password", "username": "AlexW@contoso.com", "password": "meetproof", "resource": EWS}
    person = platform.token("/common/oauth2/token", **form).json()
    assert platform.ews(person["access_token"]).status_code == 200
    renewed = platform.token(
        "/common/oauth2/token", grant_type="refresh_token", refresh_token=person["refresh_token"], resource=GRAPH
    )
    assert platform.graph(renewed.json()["access_token"], "/me").status_code == 200


PASSWORD = {"grant_type": "password", "username": "AlexW@contoso.com", "password": "meetproof"}


@pytest.mark.parametrize(
    ("form", "status", "error", "number"),
    [
        ({}, 400, "invalid_request", 900144),
        ({"grant_type": "implicit"}, 400, "unsupported_grant_type", 70003),
        (PASSWORD | {"username": "ghost@contoso.com"}, 400, "invalid_grant", 50034),
        (PASSWORD | {"username": "list0@example.com"}, 400, "invalid_grant", 50034),
        (PASSWORD | {"password": "wrong"}, 400, "invalid_grant", 50126),
        (PASSWORD | {"password": ""}, 400, "invalid_request", 900144),
        (PASSWORD | {"scope": "https://files.example/Files.Read"}, 400, "invalid_resource", 500011),
        (PASSWORD | {"scope": f"{GRAPH}/User.Read {EWS}/.default"}, 400, "invalid_request", 28000),
        (PASSWORD | {"scope": "User Read!"}, 400, "invalid_scope", 70011),
        (PASSWORD | {"scope": f"{GRAPH}/"}, 400, "invalid_scope", 70011),
        (SECRET | {"client_secret": "wrong"}, 401, "invalid_client", 7000215),
        (SECRET | {"client_secret": ""}, 401, "invalid_client", 7000218),
        (SECRET | {"client_id": "ghost@contoso.com"}, 400, "unauthorized_client", 700016),
        (SECRET | {"client_id": "no-guid"}, 400, "unauthorized_client", 700016),
        (SECRET | {"scope": f"{GRAPH}/Calendars.Read"}, 400, "invalid_scope", 1002012),
        ({"grant_type": "authorization_code", "code": "0.ab", "client_id": CLIENT}, 400, "invalid_grant", 70000),
        ({"grant_type": "authorization_code", "client_id": CLIENT}, 400, "invalid_request", 900144),
        ({"grant_type": "refresh_token", "refresh_token": "ab"}, 400, "invalid_grant", 70000),
        ({"grant_type": "device_code", "device_code": "ab"}, 400, "bad_verification_code", 70018),
    ],
)
def test_a_refusal_is_explained_as_the_platform_explains_it(platform, form, status, error, number):
    """RFC 6749 section 5.2."""
    mine = "2e9a1c54-7a5a-4b0d-8a3e-000000000001"
    answer = platform("POST", "/common/oauth2/v2.0/token", data=form, headers={"client-request-id": mine})
    body = answer.json()
    assert (answer.status_code, body["error"], body["error_codes"]) == (status, error, [number])
    assert body["error_description"].startswith(f"AADSTS{number}: ")
    assert body["correlation_id"] == mine
    assert re.fullmatch(GUID, body["trace_id"])
    assert re.fullmatch(r"2026-01-05 \d\d:\d\d:\d\dZ", body["timestamp"])
    for member in ("trace_id", "correlation_id", "timestamp"):
        assert body[member] in body["error_description"]
    assert ("www-authenticate" in answer.headers) is (status == 401)


def test_a_parameter_comes_once(platform):
    answer = platform("POST", "/common/oauth2/v2.0/token", content=b"grant_type=password&grant_type=password")
    assert (answer.status_code, answer.json()["error_codes"]) == (400, [9000411])
    answer = platform("POST", "/common/oauth2/v2.0/token?grant_type=password", content=b"grant_type=implicit")
    assert (answer.status_code, answer.json()["error_codes"]) == (400, [70003])
    many = "&".join(f"p{number}=" for number in range(200)).encode()
    assert platform("POST", "/common/oauth2/v2.0/token", content=many).json()["error_codes"] == [9002313]


NAMES = ("grant_type", "client_id", "client_secret", "scope", "resource", "username", "password", "code")
WORDS = st.sampled_from(
    "|password|client_credentials|refresh_token|authorization_code|meetproof|AlexW@contoso.com|.default|openid|//|\0|é"
    f"|{GRAPH}/.default|a/b".split("|")
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(form=st.dictionaries(st.sampled_from((*NAMES, "refresh_token", "device_code", "x")), WORDS | st.text()))
def test_no_form_gets_more_than_a_refusal_or_a_token(platform, form):
    body = "&".join(f"{name}={value}" for name, value in form.items()).encode()
    answer = platform("POST", "/common/oauth2/v2.0/token", content=body)
    assert answer.status_code in {200, 400, 401}
    assert set(answer.json()) & {"access_token", "error"}


def test_a_long_scope_is_granted_and_too_long_a_one_refused(platform):
    names = " ".join(f"Permission.{number:04}" for number in range(1000))
    first = platform.password(scope=f"{names} User.Read offline_access").json()
    assert platform.graph(first["access_token"], "/me").status_code == 200
    again = platform.token(grant_type="refresh_token", refresh_token=first["refresh_token"]).json()
    assert again["scope"] == first["scope"]
    assert platform.password(scope=f"{names} {names}").json()["error_codes"] == [9002313]


def test_userinfo_is_the_persons(platform):
    token = platform.granted(scope="openid User.Read")
    told = platform("GET", "/oidc/userinfo", headers={"Authorization": f"Bearer {token}"}).json()
    assert told["email"] == "AlexW@contoso.com"
    assert platform("GET", "/oidc/userinfo").status_code == 401
    own = platform.token(**SECRET, scope=f"{GRAPH}/.default").json()["access_token"]
    assert platform("GET", "/oidc/userinfo", headers={"Authorization": f"Bearer {own}"}).status_code == 401
