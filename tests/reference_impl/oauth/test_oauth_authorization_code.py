"""Signing in by a page, and the code that goes back to the client."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta

import pytest

from reference_impl.oauth.ledger import CODE_LIFETIME
from tests.reference_impl.oauth.calling import form_of, members_of

AUTHORIZE = "/common/oauth2/v2.0/authorize"
VERIFIER = "a-verifier-of-the-client.that_is~long-enough-for-RFC-7636"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
REDIRECT = "http://localhost:8400/back"
ASKED = {
    "client_id": "client",
    "response_type": "code",
    "redirect_uri": REDIRECT,
    "scope": "openid profile offline_access Calendars.ReadWrite",
    "state": "a state & more",
    "nonce": "n-1",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}


def signed_in(platform, asked, **typed):
    page = platform("GET", AUTHORIZE, params=asked)
    assert page.status_code == 200, page.text
    action, fields = form_of(page)
    return platform("POST", action, data=fields | {"username": "AlexW@contoso.com", "password": "meetproof"} | typed)


def code_of(platform, **more):
    answer = signed_in(platform, ASKED | more)
    assert answer.status_code == 302
    return members_of(answer.headers["location"])["code"]


def redeemed(platform, code, **more):
    form = {"grant_type": "authorization_code", "client_id": "client", "code": code, "redirect_uri": REDIRECT}
    return platform.token(**form | {"code_verifier": VERIFIER} | more)


def test_the_page_leads_to_a_code_and_the_code_to_tokens(platform):
    answer = signed_in(platform, ASKED)
    assert answer.status_code == 302
    assert answer.headers["location"].startswith(REDIRECT + "?")
    back = members_of(answer.headers["location"])
    assert back["state"] == ASKED["state"]
    tokens = redeemed(platform, back["code"]).json()
    claims = platform.claims(tokens["id_token"])
    assert (claims["nonce"], claims["preferred_username"]) == ("n-1", "AlexW@contoso.com")
    assert platform.graph(tokens["access_token"], "/me/events").status_code == 200
    assert tokens["refresh_token"]


def test_a_wrong_password_shows_the_page_again_with_what_was_typed(platform):
    answer = signed_in(platform, ASKED, password="wrong")
    assert answer.status_code == 200
    assert 'role="alert"' in answer.text
    action, fields = form_of(answer)
    assert fields["username"] == "AlexW@contoso.com"
    assert fields["password"] == ""
    done = platform("POST", action, data=fields | {"password": "meetproof"})
    assert members_of(done.headers["location"])["state"] == ASKED["state"]


def test_the_page_says_who_asks_and_for_what(platform_with):
    asked = ASKED | {"client_id": "booking", "login_hint": "adele@contoso.com"}
    platform = platform_with({"id": "booking", "name": "<Booking> tool", "redirects": ["http://localhost/back"]})
    page = platform("GET", AUTHORIZE, params=asked)
    assert "&lt;Booking&gt; tool" in page.text
    assert "Calendars.ReadWrite" in page.text
    assert form_of(page)[1]["username"] == "adele@contoso.com"
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_nothing_of_a_request_becomes_markup(platform):
    page = platform("GET", AUTHORIZE, params=ASKED | {"state": '"><script>alert(1)</script>', "login_hint": "<b>"})
    assert "<script" not in page.text
    assert "<b>" not in page.text


@pytest.mark.parametrize("mode", ["query", "fragment", "form_post"])
def test_the_answer_goes_back_as_the_client_asked(platform, mode):
    asked = ASKED | {"response_mode": mode, "redirect_uri": REDIRECT + "?page=1"}
    answer = signed_in(platform, asked)
    if mode == "form_post":
        action, fields = form_of(answer)
        assert (action, fields["state"]) == (asked["redirect_uri"], ASKED["state"])
        assert fields["code"]
        return
    back = members_of(answer.headers["location"], mode)
    assert back["code"]
    assert members_of(answer.headers["location"])["page"] == "1"


def test_whoever_cancels_sends_the_client_away(platform):
    answer = signed_in(platform, ASKED, answer="decline")
    back = members_of(answer.headers["location"])
    assert (back["error"], back["state"]) == ("access_denied", ASKED["state"])
    assert "code" not in back


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": ""}, "invalid_request"),
        ({"response_mode": "web_message"}, "unsupported_response_mode"),
        ({"scope": "User.Read https://files.example/.default"}, "invalid_resource"),
        ({"scope": "no scope!"}, "invalid_scope"),
        ({"prompt": "none"}, "login_required"),
        ({"code_challenge_method": "S512"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
    ],
)
def test_a_request_that_cannot_be_met_is_told_to_the_client(platform, more, error):
    answer = platform("GET", AUTHORIZE, params=ASKED | more)
    assert answer.status_code == 302
    back = members_of(answer.headers["location"])
    assert (back["error"], back["state"]) == (error, ASKED["state"])
    assert back["error_description"].startswith("AADSTS")


@pytest.mark.parametrize(
    "more",
    [
        {"client_id": ""},
        {"redirect_uri": ""},
        {"redirect_uri": "http://elsewhere.example/back"},
        {"redirect_uri": "javascript://server.test/%0aalert(1)"},
        {"redirect_uri": "data:text/html,x"},
        {"redirect_uri": "https://"},
        {"redirect_uri": REDIRECT + "#fragment"},
        {"redirect_uri": "http://[::1/back"},
    ],
)
def test_nobody_is_sent_where_it_is_not_safe(platform, more):
    answer = platform("GET", AUTHORIZE, params=ASKED | more)
    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert "AADSTS" in answer.text


@pytest.mark.parametrize(
    ("more", "number"),
    [
        ({"code_verifier": VERIFIER + "x"}, 501481),
        ({"code_verifier": ""}, 501481),
        ({"redirect_uri": "http://localhost:8400/other"}, 500112),
        ({"client_id": "other"}, 700003),
    ],
)
def test_a_code_is_good_only_with_what_belongs_to_it(platform, more, number):
    code = code_of(platform)
    refused = redeemed(platform, code, **more)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert refused.json()["error_codes"] == [number]
    assert redeemed(platform, code).status_code == 200


def test_a_code_is_redeemed_once(platform):
    code = code_of(platform)
    assert redeemed(platform, code).status_code == 200
    assert redeemed(platform, code).json()["error_codes"] == [54005]


def test_a_code_expires(platform):
    code = code_of(platform)
    clock = platform.app.world.clock
    clock.set(clock.now() + CODE_LIFETIME + timedelta(seconds=1))
    assert redeemed(platform, code).json()["error_codes"] == [70008]


def test_without_a_challenge_there_is_nothing_to_verify(platform):
    code = code_of(platform, code_challenge="", code_challenge_method="")
    assert redeemed(platform, code).json()["error_codes"] == [501481]
    assert redeemed(platform, code, code_verifier="").status_code == 200


def test_a_plain_challenge_is_the_verifier(platform):
    code = code_of(platform, code_challenge=VERIFIER, code_challenge_method="plain")
    assert redeemed(platform, code).status_code == 200


def test_signing_out_is_a_page(platform):
    assert platform("GET", "/common/oauth2/v2.0/logout").status_code == 200
