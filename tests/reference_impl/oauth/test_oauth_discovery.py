"""What clients read before they ask for tokens."""

from __future__ import annotations

import pytest

ORIGIN = "http://server.test"


@pytest.mark.parametrize(
    ("prefix", "below", "issuer", "oauth", "keys"),
    [
        ("/{tenant}/v2.0", "{tenant}", "{tenant}/v2.0", "oauth2/v2.0", "discovery/v2.0"),
        ("/contoso.com/v2.0", "{tenant}", "{tenant}/v2.0", "oauth2/v2.0", "discovery/v2.0"),
        ("/CONTOSO.com/v2.0", "{tenant}", "{tenant}/v2.0", "oauth2/v2.0", "discovery/v2.0"),
        ("/common/v2.0", "common", "{{tenantid}}/v2.0", "oauth2/v2.0", "discovery/v2.0"),
        ("/organizations/v2.0", "organizations", "{{tenantid}}/v2.0", "oauth2/v2.0", "discovery/v2.0"),
        ("/v2.0", "{tenant}", "{tenant}/v2.0", "oauth2/v2.0", "discovery/v2.0"),
        ("/{tenant}", "{tenant}", "{tenant}/", "oauth2", "discovery"),
        ("/common", "common", "{{tenantid}}/", "oauth2", "discovery"),
        ("", "{tenant}", "{tenant}/", "oauth2", "discovery"),
    ],
)
def test_the_discovery_document_names_the_endpoints_of_its_tenant_and_version(
    platform, prefix, below, issuer, oauth, keys
):
    """OpenID Connect Discovery section 3."""
    path, below, issuer = (each.format(tenant=platform.tenant) for each in (prefix, below, issuer))
    answer = platform("GET", f"{path}/.well-known/openid-configuration")
    assert answer.status_code == 200
    told = answer.json()
    base = f"{ORIGIN}/{below}"
    assert told["issuer"] == f"{ORIGIN}/{issuer}"
    assert told["token_endpoint"] == f"{base}/{oauth}/token"
    assert told["authorization_endpoint"] == f"{base}/{oauth}/authorize"
    assert told["device_authorization_endpoint"] == f"{base}/{oauth}/devicecode"
    assert told["jwks_uri"] == f"{base}/{keys}/keys"
    assert told["id_token_signing_alg_values_supported"] == ["RS256"]


@pytest.mark.parametrize("prefix", ["/common/v2.0", "/common"])
def test_every_endpoint_that_is_named_answers(platform, prefix):
    told = platform("GET", f"{prefix}/.well-known/openid-configuration").json()
    places = {name: place for name, place in told.items() if name.endswith("_endpoint") or name == "jwks_uri"}
    assert len(places) == 6
    for name, place in places.items():
        assert platform("GET", place.removeprefix(ORIGIN)).status_code != 404, name


@pytest.mark.parametrize(
    "path",
    [
        "/elsewhere.example/v2.0/.well-known/openid-configuration",
        "/00000000-0000-0000-0000-000000000000/.well-known/openid-configuration",
        "/elsewhere.example/oauth2/v2.0/token",
        "/elsewhere.example/discovery/v2.0/keys",
    ],
)
def test_another_tenant_is_not_found(platform, path):
    answer = platform("GET", path)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_tenant")
    assert answer.json()["error_codes"] == [90002]


def test_a_configured_tenant_id_is_the_servers(platform_with):
    own = "11111111-2222-3333-4444-555555555555"
    platform = platform_with(tenant={"id": own})
    document = platform("GET", f"/{own}/v2.0/.well-known/openid-configuration").json()
    assert document["issuer"] == f"{ORIGIN}/{own}/v2.0"
    assert platform.claims(platform.granted())["tid"] == own


@pytest.mark.parametrize("host", ["server.test", "server.test:443"])
def test_instance_discovery_leads_to_the_tenants_document(platform, host):
    """The host's port does not count, as MSAL leaves it out."""
    asked = {"authorization_endpoint": f"https://{host}/contoso.com/oauth2/v2.0/authorize", "api-version": "1.1"}
    told = platform("GET", "/common/discovery/instance", params=asked).json()
    place = told["tenant_discovery_endpoint"]
    assert place == f"{ORIGIN}/contoso.com/v2.0/.well-known/openid-configuration"
    assert platform("GET", place.removeprefix(ORIGIN)).status_code == 200
    [known] = told["metadata"]
    assert known["preferred_network"] in known["aliases"]


def test_an_older_authority_is_described_by_the_older_document(platform):
    asked = {"authorization_endpoint": "http://server.test/common/oauth2/authorize"}
    told = platform("GET", "/common/discovery/instance", params=asked).json()
    assert told["tenant_discovery_endpoint"] == f"{ORIGIN}/common/.well-known/openid-configuration"


@pytest.mark.parametrize(
    ("endpoint", "error"),
    [
        ("https://login.example/common/oauth2/v2.0/authorize", "invalid_instance"),
        ("https://server.test/elsewhere.example/oauth2/v2.0/authorize", "invalid_tenant"),
        ("", "invalid_request"),
    ],
)
def test_an_instance_of_elsewhere_is_refused(platform, endpoint, error):
    answer = platform("GET", "/common/discovery/instance", params={"authorization_endpoint": endpoint})
    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_the_keys_are_public_and_the_same_at_both_versions(platform):
    old, new = (platform("GET", f"/common/discovery{version}/keys").json() for version in ("", "/v2.0"))
    assert old == new
    [key] = new["keys"]
    assert (key["kty"], key["use"], key["alg"]) == ("RSA", "sig", "RS256")
    assert not {"d", "p", "q", "dp", "dq", "qi"} & set(key)


@pytest.mark.parametrize(("user", "kind"), [("AlexW@contoso.com", "Managed"), ("zoe@elsewhere.example", "Unknown")])
def test_the_realm_of_a_user_is_managed_here(platform, user, kind):
    told = platform("GET", f"/common/userrealm/{user}", params={"api-version": "1.0"}).json()
    assert told["account_type"] == kind


@pytest.mark.parametrize("path", ["/common/discovery/instance", "/common/v2.0/.well-known/openid-configuration"])
def test_documents_are_only_read(platform, path):
    answer = platform("POST", path)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
