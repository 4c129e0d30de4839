"""Applications that are registered: who they prove to be, what they may, and where their users are sent back to."""

from __future__ import annotations

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from reference_impl.directory.population import PopulationError, read_population, read_tenant
from reference_impl.directory.tenants import tenant_of

GRAPH = "https://graph.microsoft.com"
ROBOT = {
    "id": "aaaaaaaa-0000-0000-0000-000000000001",
    "name": "Robot",
    "secrets": ["old secret", "new secret"],
    "roles": ["Calendars.Read", "full_access_as_app"],
    "mailboxes": ["AlexW@contoso.com"],
}
PHONE = {
    "id": "aaaaaaaa-0000-0000-0000-000000000002",
    "name": "Phone",
    "scopes": ["Calendars.Read", "User.Read"],
    "redirects": ["http://localhost/back", "https://phone.example/back", "msauth.phone://auth"],
}


@pytest.fixture
def registered(platform_with):
    return platform_with(ROBOT, PHONE)


def robots(platform, **more):
    form = {"grant_type": "client_credentials", "client_id": ROBOT["id"], "client_secret": "new secret"}
    return platform.token(**form | {"scope": f"{GRAPH}/.default"} | more)


@pytest.mark.parametrize(
    ("more", "status", "error"),
    [
        ({}, 200, None),
        ({"client_secret": "old secret"}, 200, None),
        ({"client_secret": "meetproof"}, 401, "invalid_client"),
        ({"client_secret": ""}, 401, "invalid_client"),
        ({"client_id": "AlexW@contoso.com"}, 400, "unauthorized_client"),
        ({"client_id": ROBOT["id"].upper()}, 200, None),
        ({"client_id": ""}, 400, "invalid_request"),
        ({"client_id": PHONE["id"]}, 401, "invalid_client"),
    ],
)
def test_a_client_proves_who_it_is(registered, more, status, error):
    answer = robots(registered, **more)
    assert (answer.status_code, answer.json().get("error")) == (status, error)


def test_roles_are_those_that_were_granted(registered):
    token = robots(registered).json()["access_token"]
    assert registered.claims(token)["roles"] == ["Calendars.Read"]
    assert registered.graph(token, "/users/AlexW@contoso.com/events").status_code == 200
    answer = registered.graph(token, "/users/AlexW@contoso.com/messages")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "ErrorAccessDenied")
    answer = registered.graph(token, "/users/AlexW@contoso.com")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "Authorization_RequestDenied")


def test_roles_reach_the_mailboxes_that_they_are_limited_to(registered):
    token = robots(registered).json()["access_token"]
    answer = registered.graph(token, "/users/AdeleV@contoso.com/events")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "ErrorAccessDenied")
    ews = robots(registered, scope="https://outlook.office365.com/.default").json()["access_token"]
    for address, words in (("AlexW@contoso.com", "NoError"), ("AdeleV@contoso.com", "ErrorImpersonateUserDenied")):
        header = (
            "<t:ExchangeImpersonation><t:ConnectingSID>"
            f"<t:PrimarySmtpAddress>{address}</t:PrimarySmtpAddress></t:ConnectingSID></t:ExchangeImpersonation>"
        )
        assert words in registered.ews(ews, header).text


def test_a_role_that_was_not_granted_closes_ews(platform_with):
    platform = platform_with(ROBOT | {"roles": ["Calendars.Read"]})
    token = robots(platform, scope="https://outlook.office365.com/.default").json()["access_token"]
    assert platform.claims(token)["roles"] == []
    assert platform.ews(token).status_code == 403


def test_a_person_consents_to_what_is_registered(registered):
    phone = {"client_id": PHONE["id"]}
    assert registered.claims(registered.granted(**phone, scope="Calendars.Read"))["scp"] == "Calendars.Read"
    default = registered.claims(registered.granted(**phone, scope=f"{GRAPH}/.default"))
    assert default["scp"] == "Calendars.Read User.Read"
    nothing = registered.claims(registered.granted(**phone))
    assert nothing["scp"] == "Calendars.Read User.Read"
    for scope in ("Mail.Read", "Calendars.Read Mail.Read", "https://outlook.office365.com/.default"):
        refused = registered.password(**phone, scope=scope).json()
        assert (refused["error"], refused["error_codes"]) == ("invalid_grant", [65001])
        assert refused["suberror"] == "consent_required"


def test_a_client_that_is_not_public_shows_its_secret_for_people_too(registered):
    refused = registered.password(client_id=ROBOT["id"], scope="Calendars.Read")
    assert (refused.status_code, refused.json()["error_codes"]) == (401, [7000218])
    assert registered.password(client_id=ROBOT["id"], client_secret="new secret", scope="User.Read").status_code == 200
    assert registered.password(scope="User.Read").json()["error_codes"] == [900144]
    assert registered.password(client_id="stranger", scope="User.Read").json()["error_codes"] == [700016]


@pytest.mark.parametrize(
    ("redirect", "status"),
    [
        ("http://localhost:8400/back", 200),
        ("http://localhost/back", 200),
        ("http://127.0.0.1:8400/back", 400),
        ("http://localhost:8400/other", 400),
        ("https://phone.example/back", 200),
        ("https://phone.example:444/back", 400),
        ("https://phone.example/back/", 400),
        ("msauth.phone://auth", 200),
        ("", 200),
    ],
)
def test_users_are_sent_back_to_registered_places_only(registered, redirect, status):
    """RFC 8252 section 7.3."""
    asked = {"client_id": PHONE["id"], "response_type": "code", "redirect_uri": redirect, "scope": "User.Read"}
    assert registered("GET", "/common/oauth2/v2.0/authorize", params=asked).status_code == status


KEY = RSAKey.generate_key(2048)
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
SIGNER = {"id": "signer", "certificates": [KEY.as_pem(private=False).decode()], "roles": ["Calendars.Read"]}
SIGNED = {"iss": "signer", "sub": "signer", "aud": "http://server.test/common/oauth2/v2.0/token", "exp": 4102444800}


@pytest.mark.parametrize(
    ("change", "status", "number"),
    [
        ({}, 200, None),
        ({"alg": "PS256"}, 200, None),
        ({"alg": "RS512"}, 401, 700027),
        ({"key": RSAKey.generate_key(2048)}, 401, 700027),
        ({"iss": "other"}, 401, 700021),
        ({"aud": "https://login.example/common/oauth2/v2.0/token"}, 401, 700023),
        ({"exp": 1767225600}, 401, 700024),
        ({"exp": None}, 401, 700024),
        ({"type": "urn:other"}, 400, 50027),
    ],
    ids=lambda each: "-".join(each) if isinstance(each, dict) else None,
)
def test_a_client_with_a_certificate_signs(platform_with, change, status, number):
    """RFC 7523 section 3."""
    platform = platform_with(SIGNER)
    claims = SIGNED | {name: value for name, value in change.items() if name in SIGNED}
    head = {"alg": change.get("alg", "RS256")}
    answer = platform.token(
        grant_type="client_credentials",
        client_id="signer",
        scope=f"{GRAPH}/.default",
        client_assertion_type=change.get("type", ASSERTION),
        client_assertion=jwt.encode(head, claims, change.get("key", KEY), algorithms=[head["alg"]]),
    )
    assert (answer.status_code, answer.json().get("error_codes", [None])) == (status, [number])
    if status == 200:
        assert platform.claims(answer.json()["access_token"])["roles"] == ["Calendars.Read"]


def test_a_file_registers_applications_beside_mailboxes(tmp_path):
    path = tmp_path / "people.toml"
    path.write_text(
        """
        [tenant]
        id = "11111111-2222-3333-4444-555555555555"

        [[mailbox]]
        address = "anna@example.org"

        [[application]]
        id = "robot"
        secrets = ["s"]
        roles = ["Calendars.Read"]

        [[application]]
        id = "phone"
        redirects = ["http://localhost"]
        """
    )
    assert [mailbox.address for mailbox in read_population(path)] == ["anna@example.org"]
    tenant = read_tenant(path)
    robot, phone = tenant.applications
    assert tenant.id == "11111111-2222-3333-4444-555555555555"
    assert (robot.name, robot.is_public, robot.roles, robot.scopes) == ("robot", False, ("Calendars.Read",), None)
    assert (phone.is_public, phone.redirects) == (True, ("http://localhost",))


@pytest.mark.parametrize(
    ("tenant", "applications", "words"),
    [
        ({"id": "contoso"}, [], "id must be a GUID"),
        ({"name": "Contoso"}, [], "unknown name"),
        ({}, [{}], "application 1: id must be"),
        ({}, [{"id": "a"}, {"id": "A"}], "registered twice"),
        ({}, [{"id": "a", "public": False}], "needs secrets"),
        ({}, [{"id": "a", "certificates": ["MIIB"]}], "a list of texts in PEM"),
        ({}, [{"id": "a", "roles": "Calendars.Read"}], "roles must be a list of texts"),
        ({}, [{"id": "a", "redirects": ["back"]}], "redirects must be"),
        ({}, [{"id": "a", "redirects": ["http://localhost/#x"]}], "redirects must be"),
        ({}, [{"id": "a", "secret": "s"}], "unknown secret"),
        ({}, ["a"], "expected a table"),
        ({}, "a", "expected [[application]] tables"),
        ("a", [], "expected a table"),
    ],
)
def test_a_faulty_table_is_refused_with_the_reason(tenant, applications, words):
    with pytest.raises(PopulationError) as refusal:
        tenant_of(tenant, applications, "people.toml")
    assert words in str(refusal.value)
