"""The shell around the dialects: routing, credentials, tokens and limits, over the ASGI interface."""

from __future__ import annotations

import asyncio
import base64
from datetime import timedelta
from urllib.parse import urlencode

import httpx
import pytest

from reference_impl.domain.copying import replace
from reference_impl.oauth.tokens import LIFETIME_SECONDS
from reference_impl.server import Options, application
from reference_impl.service import directory

USER, PASSWORD = "organizer0@example.com", "meetproof"
CLIENT = {"grant_type": "client_credentials", "client_id": USER, "client_secret": "meetproof"}
ENVELOPE = (
    b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
    b' xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"'
    b' xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><s:Body><m:GetFolder>'
    b"<m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape>"
    b'<m:FolderIds><t:DistinguishedFolderId Id="calendar"/></m:FolderIds></m:GetFolder></s:Body></s:Envelope>'
)


def basic(user: str = USER, password: str = PASSWORD) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def token_for(call, **form: str) -> httpx.Response:
    fields = {"grant_type": "password", "username": USER, "password": PASSWORD} | form
    return call(
        "POST",
        "/oauth2/v2.0/token",
        content=urlencode(fields),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )


def bearer(call, **form: str) -> dict[str, str]:
    return {"Authorization": "Bearer " + token_for(call, **form).json()["access_token"]}


@pytest.mark.requirement("EWS-MTG-001")
@pytest.mark.parametrize("path", ["/EWS/Exchange.asmx", "/ews/exchange.asmx", "/EWS/exchange.asmx/"])
def test_ews_answers_at_its_path_in_any_case(call, path):
    answer = call("POST", path, content=ENVELOPE, headers=basic())
    assert answer.status_code == 200
    assert b"NoError" in answer.content


@pytest.mark.requirement("EWS-MTG-006")
@pytest.mark.parametrize(
    "action", [None, "", '""', "http://schemas.microsoft.com/exchange/services/2006/messages/GetItem"]
)
def test_the_body_names_the_operation_whatever_the_action_says(call, action):
    headers = basic() | ({} if action is None else {"SOAPAction": action})
    answer = call("POST", "/EWS/Exchange.asmx", content=ENVELOPE, headers=headers)
    assert answer.status_code == 200
    assert b"<m:GetFolderResponse>" in answer.content


@pytest.mark.requirement("EWS-MTG-009", "EWS-MTG-012")
@pytest.mark.parametrize(("body", "status"), [(ENVELOPE, 200), (b"<no envelope", 500), (b"", 500)])
def test_answers_and_faults_are_xml_in_utf8(call, body, status):
    answer = call("POST", "/EWS/Exchange.asmx", content=body, headers=basic())
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/xml; charset=utf-8")
    assert answer.content.decode("utf-8").startswith('<?xml version="1.0" encoding="utf-8"?>')
    assert (b":Fault>" in answer.content) is (status == 500)


def test_the_domain_before_an_address_does_not_matter(call):
    assert call("POST", "/EWS/Exchange.asmx", content=ENVELOPE, headers=basic("CONTOSO\\" + USER)).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        basic(password="wrong"),
        basic(user="nobody@example.com"),
        {"Authorization": "Basic !!!"},
        {"Authorization": "Digest x"},
        {"Authorization": "Bearer x.y.z"},
    ],
    ids=["none", "wrong password", "unknown user", "not base64", "unknown scheme", "bad token"],
)
def test_bad_credentials_get_a_bare_401_from_ews(call, headers):
    answer = call("POST", "/EWS/Exchange.asmx", content=ENVELOPE, headers=headers)
    assert answer.status_code == 401
    assert 'Basic realm="meetproof"' in answer.headers.get_list("www-authenticate")
    assert b"Envelope" not in answer.content


def test_credentials_are_verified_once_and_again_when_the_mailbox_is_another(app, call, monkeypatch):
    asked = []
    verify = directory.authenticate
    monkeypatch.setattr(directory, "authenticate", lambda *given: asked.append(given[1:]) or verify(*given))

    def status(headers):
        return call("POST", "/EWS/Exchange.asmx", content=ENVELOPE, headers=headers).status_code

    assert [status(basic()), status(basic()), status(basic(password="wrong")), status(basic())] == [200, 200, 401, 200]
    assert asked == [(USER, PASSWORD), (USER, "wrong")]
    world = app.world
    changed = replace(world.store.directory.find(USER), password="changed")
    world.store.populate([changed], world.ids, world.clock.now())
    assert [status(basic()), status(basic(password="changed")), status(basic())] == [401, 200, 401]


def test_ews_takes_posts_only(call):
    answer = call("GET", "/EWS/Exchange.asmx", headers=basic())
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_a_path_nobody_serves_is_told_where_things_are(call):
    answer = call("GET", "/owa")
    assert answer.status_code == 404
    assert "/EWS/Exchange.asmx" in answer.text


@pytest.mark.requirement("GRAPH-MIG-012")
def test_graph_and_autodiscover_go_on_where_ews_is_switched_off():
    app = application(Options(settings={"ews_is_offered": False}))

    async def calls():
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://server.test") as client:
            ews = await client.post("/EWS/Exchange.asmx", content=ENVELOPE, headers=basic())
            stranger = await client.post("/EWS/Exchange.asmx", content=ENVELOPE)
            form = {"grant_type": "password", "username": USER, "password": PASSWORD}
            token = (await client.post("/oauth2/v2.0/token", data=form)).json()["access_token"]
            graph = await client.get("/v1.0/me/events", headers={"Authorization": f"Bearer {token}"})
            found = await client.get(
                "/autodiscover/autodiscover.json", params={"Email": USER, "Protocol": "AutodiscoverV1"}
            )
            return ews, stranger, graph, found

    ews, stranger, graph, found = asyncio.run(calls())
    app.world.store.close()
    assert (ews.status_code, b"Envelope" in ews.content) == (403, False)
    assert (stranger.status_code, graph.status_code, found.status_code) == (401, 200, 200)


def test_one_token_opens_both_dialects(call):
    headers = bearer(call)
    assert call("POST", "/EWS/Exchange.asmx", content=ENVELOPE, headers=headers).status_code == 200
    assert call("GET", "/v1.0/me", headers=headers).json()["mail"] == USER


def test_a_token_for_ews_alone_is_refused_by_graph(call):
    headers = bearer(call, scope="https://outlook.office365.com/EWS.AccessAsUser.All")
    assert call("POST", "/EWS/Exchange.asmx", content=ENVELOPE, headers=headers).status_code == 200
    answer = call("GET", "/v1.0/me", headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "InvalidAuthenticationToken")


def test_a_token_without_the_scope_is_forbidden(call):
    headers = bearer(call, scope="https://graph.microsoft.com/User.Read")
    answer = call("GET", "/v1.0/me/events", headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "ErrorAccessDenied")


def test_basic_credentials_are_nothing_to_graph(call):
    assert call("GET", "/v1.0/me", headers=basic()).status_code == 401


def test_an_expired_token_is_refused(app, call):
    headers = bearer(call)
    app.world.clock.set(app.world.clock.now() + timedelta(seconds=LIFETIME_SECONDS))
    assert call("GET", "/v1.0/me", headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"password": "wrong"}, 400, "invalid_grant"),
        ({"password": PASSWORD + "\0"}, 400, "invalid_grant"),
        ({"username": "nobody@example.com"}, 400, "invalid_grant"),
        ({"username": "list0@example.com"}, 400, "invalid_grant"),
        (CLIENT | {"client_secret": "wrong"}, 401, "invalid_client"),
        (CLIENT | {"client_id": "nobody@example.com"}, 400, "unauthorized_client"),
        (CLIENT | {"client_id": "list0@example.com"}, 400, "unauthorized_client"),
        ({"grant_type": "implicit"}, 400, "unsupported_grant_type"),
        ({"grant_type": ""}, 400, "invalid_request"),
    ],
)
def test_a_refused_grant_is_explained(call, form, status, error):
    """RFC 6749 section 5.2."""
    answer = token_for(call, **form)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["error_description"]
    assert ("www-authenticate" in answer.headers) is (status == 401)


@pytest.mark.parametrize("content", [b"", b"\xff%zz&&=&a", b"grant_type=password&username=%ff", b"{}"])
def test_a_form_of_no_sense_is_refused(call, content):
    assert call("POST", "/oauth2/v2.0/token", content=content).status_code == 400


def test_a_client_may_name_itself_in_the_header(call):
    """RFC 6749 section 2.3.1."""
    form = urlencode({"grant_type": "client_credentials"})
    for secret, status in (("meetproof", 200), ("wrong", 401)):
        answer = call("POST", "/oauth2/v2.0/token", content=form, headers=basic(password=secret))
        assert answer.status_code == status
    for broken in ("Basic !!!", "Basic /zr/", "Basic"):
        answer = call("POST", "/oauth2/v2.0/token", content=form, headers={"Authorization": broken})
        assert answer.status_code == 401


def test_an_application_gets_a_token_of_its_own(call):
    form = {"grant_type": "client_credentials", "client_id": USER, "client_secret": "meetproof"}
    headers = bearer(call, **form, scope="https://graph.microsoft.com/.default")
    assert call("GET", "/v1.0/me", headers=headers).status_code == 400
    assert call("GET", f"/v1.0/users/{USER}/events", headers=headers).status_code == 200


def test_the_token_endpoint_takes_posts_only(call):
    assert call("GET", "/oauth2/v2.0/token").status_code == 405


@pytest.mark.requirement("GRAPH-WIRE-010")
def test_every_answer_is_dated_by_the_servers_clock(call):
    dates = [call("GET", path).headers["date"] for path in ("/nothing", "/v1.0/me")]
    assert dates == ["Mon, 05 Jan 2026 08:00:01 GMT", "Mon, 05 Jan 2026 08:00:02 GMT"]


def test_the_same_script_gets_the_same_answers(call):
    def script() -> list[bytes]:
        app = application(Options(seed="again"))

        async def talk() -> list[bytes]:
            async with httpx.AsyncClient(
                transport=httpx.ASGITransport(app=app), base_url="http://server.test"
            ) as client:
                posts = [await client.post("/EWS/Exchange.asmx", content=ENVELOPE, headers=basic()) for _ in range(2)]
                return [bytes(str(post.headers), "ascii") + post.content for post in posts]

        answers = asyncio.run(talk())
        app.world.store.close()
        return answers

    assert script() == script()
