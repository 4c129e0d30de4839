"""No request to the identity endpoints, however odd, finds a mistake of the server."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

PATHS = (
    *("/common/oauth2/v2.0/token", "/common/oauth2/token", "/common/oauth2/v2.0/authorize", "/oauth2/authorize"),
    *("/common/oauth2/v2.0/devicecode", "/common/oauth2/devicecode", "/devicelogin", "/common/oauth2/v2.0/logout"),
    *("/common/v2.0/.well-known/openid-configuration", "/.well-known/openid-configuration", "/oidc/userinfo"),
    *("/common/discovery/v2.0/keys", "/common/discovery/instance", "/common/userrealm/%40", "/common/userrealm/a@b"),
)
VALUES = {
    "grant_type": ("password", "client_credentials", "authorization_code", "refresh_token", "device_code"),
    "client_id": ("phone", "AlexW@contoso.com", "6f1d3f4e-5f0e-4a53-9a2e-d1b2c3a4e5f6"),
    "client_secret": ("meetproof",),
    "redirect_uri": ("http://localhost/x", "https://[", "msal1://auth", "http://localhost:99999/", "//x"),
    "response_type": ("code", "token"),
    "response_mode": ("query", "fragment", "form_post"),
    "scope": ("openid profile offline_access User.Read", ".default", "https:///.default", "/", "a//b"),
    "resource": ("https://graph.microsoft.com", "https://graph.microsoft.com/", "x"),
    "username": ("AlexW@contoso.com", "\\", "@"),
    "password": ("meetproof",),
    "answer": ("accept", "decline"),
    "code_challenge": ("a" * 43, "a"),
    "code_challenge_method": ("S256", "plain"),
    "client_info": ("1",),
    "prompt": ("none", "login"),
    "user_code": ("ABCDEFGHJ", "-"),
    "device_code": ("0",),
    "code": ("0",),
    "refresh_token": ("a.b.c", ".."),
    "authorization_endpoint": ("https://server.test/common/oauth2/v2.0/authorize", "https://[", "/"),
    "state": ("<b>",),
}
PARAMETERS = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(("", *values)) | st.text(max_size=20) for name, values in VALUES.items()}
)
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "authorization": st.sampled_from(("Basic", "Basic Og==", "Bearer x", "Bearer a.b.c", "Negotiate")),
        "client-request-id": st.sampled_from(("", "x", "2e9a1c54-7a5a-4b0d-8a3e-000000000001")),
    },
)
SIGN_IN = {"client_id": "phone", "redirect_uri": "http://localhost/x", "response_type": "code", "scope": "User.Read"}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(
    path=st.sampled_from(PATHS),
    method=st.sampled_from(("GET", "POST", "PUT", "HEAD", "OPTIONS")),
    parameters=PARAMETERS,
    headers=HEADERS,
    in_body=st.booleans(),
)
@example("/common/oauth2/v2.0/authorize", "GET", SIGN_IN | {"redirect_uri": "https://["}, {}, False)
@example("/common/discovery/instance", "GET", {"authorization_endpoint": "https://["}, {}, False)
def test_every_request_is_answered(platform, path, method, parameters, headers, in_body):
    text = "&".join(f"{name}={quote(value, safe='')}" for name, value in parameters.items())
    where = path if in_body or not text else f"{path}?{text}"
    answer = platform(method, where, content=text.encode() if in_body else b"", headers=headers)
    assert answer.status_code in {200, 302, 400, 401, 405}, answer.text
    assert "<b>" not in answer.text


@pytest.mark.parametrize("path", [path for path in PATHS if "logout" not in path and "userinfo" not in path])
def test_a_method_that_is_not_offered_is_refused(platform, path):
    answer = platform("DELETE", path)
    assert answer.status_code == 405
    assert answer.headers["allow"]


def test_a_body_too_large_is_refused(platform, monkeypatch):
    monkeypatch.setattr("reference_impl.app.BODY_LIMIT", 100)
    answer = platform("POST", "/common/oauth2/v2.0/token", content=b"x" * 101)
    assert (answer.status_code, answer.json()["error"]) == (413, "invalid_request")
