"""Signing in on a device that has no browser (RFC 8628)."""

from __future__ import annotations

import pytest

from reference_impl.oauth.ledger import DEVICE_LIFETIME
from tests.reference_impl.oauth.calling import form_of

GRANT = "urn:ietf:params:oauth:grant-type:device_code"


def begun(platform, **more):
    answer = platform("POST", "/common/oauth2/v2.0/devicecode", data={"client_id": "tv", "scope": "User.Read"} | more)
    assert answer.status_code == 200, answer.text
    return answer.json()


def asked(platform, device, **more):
    return platform.token(**{"grant_type": GRANT, "client_id": "tv", "device_code": device["device_code"]} | more)


def entered(platform, **typed):
    action, fields = form_of(platform("GET", "/devicelogin"))
    return platform("POST", action, data=fields | {"username": "AlexW@contoso.com", "password": "meetproof"} | typed)


def test_the_device_waits_until_the_code_is_entered(platform):
    device = begun(platform)
    assert device["verification_uri"] == "http://server.test/devicelogin"
    assert device["user_code"] in device["message"]
    pending = asked(platform, device)
    assert (pending.status_code, pending.json()["error"]) == (400, "authorization_pending")
    assert pending.json()["error_codes"] == [70016]
    page = entered(platform, user_code=device["user_code"].lower())
    assert "Signed in" in page.text
    token = asked(platform, device).json()["access_token"]
    assert platform.graph(token, "/me").json()["mail"] == "AlexW@contoso.com"
    assert asked(platform, device).json()["error"] == "bad_verification_code"


@pytest.mark.parametrize(
    "typed", [{"password": "wrong"}, {"user_code": "ABCDEFGHJ"}, {"username": "ghost@contoso.com"}, {"password": ""}]
)
def test_what_is_typed_wrong_is_asked_for_again(platform, typed):
    device = begun(platform)
    page = entered(platform, **{"user_code": device["user_code"]} | typed)
    assert 'role="alert"' in page.text
    assert asked(platform, device).json()["error"] == "authorization_pending"


def test_a_device_that_is_declined_gets_nothing(platform):
    device = begun(platform)
    assert "Declined" in entered(platform, user_code=device["user_code"], answer="decline").text
    assert asked(platform, device).json()["error"] == "authorization_declined"
    assert 'role="alert"' in entered(platform, user_code=device["user_code"]).text


def test_a_code_is_entered_once_and_in_time(platform):
    device = begun(platform)
    entered(platform, user_code=device["user_code"])
    assert 'role="alert"' in entered(platform, user_code=device["user_code"]).text
    late = begun(platform)
    clock = platform.app.world.clock
    clock.set(clock.now() + DEVICE_LIFETIME)
    assert 'role="alert"' in entered(platform, user_code=late["user_code"]).text
    assert asked(platform, late).json()["error"] == "expired_token"


def test_a_device_code_is_its_clients(platform):
    device = begun(platform)
    entered(platform, user_code=device["user_code"])
    refused = asked(platform, device, client_id="other")
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert asked(platform, device).status_code == 200


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"client_id": ""}, "invalid_request"),
        ({"scope": "no scope!"}, "invalid_scope"),
        ({"scope": "https://files.example/.default"}, "invalid_resource"),
    ],
)
def test_a_device_is_refused_before_it_waits(platform, form, error):
    answer = platform("POST", "/common/oauth2/v2.0/devicecode", data={"client_id": "tv"} | form)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_an_older_device_names_a_resource(platform):
    told = platform(
        "POST", "/common/oauth2/devicecode", data={"client_id": "tv", "resource": "https://graph.microsoft.com"}
    ).json()
    assert told["verification_url"].endswith("/devicelogin")
    entered(platform, user_code=told["user_code"])
    form = {"grant_type": "device_code", "client_id": "tv", "code": told["device_code"]}
    body = platform.token("/common/oauth2/token", **form).json()
    assert platform.graph(body["access_token"], "/me").status_code == 200


def test_nothing_of_a_request_becomes_markup(platform):
    page = entered(platform, user_code='"><script>alert(1)</script>')
    assert "<script" not in page.text
