"""What clients read before they ask: OpenID discovery, instance discovery, keys, and the kind of an account."""

from __future__ import annotations

from typing import Final
from urllib.parse import unquote, urlsplit

import orjson

from reference_impl.http import HttpAnswer
from reference_impl.oauth.authority import ANY_TENANT, Authority, Visit
from reference_impl.oauth.errors import INSTANCE_UNKNOWN, MALFORMED, METHOD_WRONG, Refused
from reference_impl.oauth.resources import OPENID, URIS
from reference_impl.service import directory

_JSON: Final = (
    ("Content-Type", "application/json"),
    ("Cache-Control", "max-age=86400, private"),
    ("Access-Control-Allow-Origin", "*"),
)
_ANY_ISSUER: Final = "{tenantid}"  # as the platform writes it for common and organizations, braces and all
_CLAIMS: Final = (
    *("sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "preferred_username", "name", "tid", "ver", "email"),
)


def openid_configuration(authority: Authority, visit: Visit) -> HttpAnswer:
    """OpenID Connect Discovery section 3, with what the platform adds. Raises Refused."""
    _check_get(visit)
    origin, tenant = visit.request.origin, authority.world.tenant.id
    is_any = visit.tenant.casefold() in ANY_TENANT - {""}
    below = f"{origin}/{visit.tenant.casefold() if is_any else tenant}"
    oauth, keys = ("oauth2", "discovery") if visit.is_old else ("oauth2/v2.0", "discovery/v2.0")
    issued = f"{origin}/{_ANY_ISSUER if is_any else tenant}/{'' if visit.is_old else 'v2.0'}"
    host = urlsplit(origin).netloc
    return _json(
        {
            "token_endpoint": f"{below}/{oauth}/token",
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic", "private_key_jwt"],
            "jwks_uri": f"{below}/{keys}/keys",
            "response_modes_supported": ["query", "fragment", "form_post"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code"],
            "grant_types_supported": [
                *("authorization_code", "client_credentials", "password", "refresh_token"),
                "urn:ietf:params:oauth:grant-type:device_code",
            ],
            "code_challenge_methods_supported": ["plain", "S256"],
            "scopes_supported": sorted(OPENID),
            "issuer": issued,
            "request_uri_parameter_supported": False,
            "userinfo_endpoint": f"{origin}/oidc/userinfo",
            "authorization_endpoint": f"{below}/{oauth}/authorize",
            "device_authorization_endpoint": f"{below}/{oauth}/devicecode",
            "end_session_endpoint": f"{below}/{oauth}/logout",
            "claims_supported": list(_CLAIMS),
            "tenant_region_scope": None,
            "cloud_instance_name": host,
            "cloud_graph_host_name": host,
            "msgraph_host": urlsplit(URIS["graph"]).netloc,
        }
    )


def instance(authority: Authority, visit: Visit) -> HttpAnswer:
    """Whether an authority is one of this cloud, and where its tenant is described. Raises Refused.

    The host is compared without its port, which some clients leave out.
    """
    _check_get(visit)
    try:
        asked = urlsplit(visit.need("authorization_endpoint"))
    except ValueError:
        raise Refused(MALFORMED, reason="the authorization_endpoint is no address.") from None
    here = urlsplit(visit.request.origin)
    if asked.hostname != here.hostname:
        raise Refused(INSTANCE_UNKNOWN, host=asked.hostname or "")
    tenant, _, rest = asked.path.strip("/").partition("/")
    authority.check_tenant(unquote(tenant))
    version = "/v2.0" if "v2.0" in rest else ""
    name = here.netloc
    return _json(
        {
            "tenant_discovery_endpoint": f"{visit.request.origin}/{tenant}{version}/.well-known/openid-configuration",
            "api-version": visit.get("api-version") or "1.0",
            "metadata": [{"preferred_network": name, "preferred_cache": name, "aliases": [name]}],
        }
    )


def keys(authority: Authority, visit: Visit) -> HttpAnswer:
    """The keys that tokens are checked with. Raises Refused."""
    _check_get(visit)
    return _json(authority.tokens.keys.published(authority.tokens.issuer(visit.request.origin)))


def user_realm(authority: Authority, visit: Visit) -> HttpAnswer:
    """Where the password of an account is checked: here, for the domains of this tenant. Raises Refused."""
    _check_get(visit)
    name = unquote(visit.request.path.rpartition("/")[2])
    domain = name.rpartition("@")[2].casefold()
    is_ours = domain in directory.domains(authority.world)
    body = {"ver": "1.0", "account_type": "Managed" if is_ours else "Unknown", "domain_name": domain}
    if is_ours:
        body |= {"cloud_instance_name": visit.request.origin, "cloud_audience_urn": "urn:federation:MicrosoftOnline"}
    return _json(body)


def _check_get(visit: Visit) -> None:
    if visit.request.method != "GET":
        raise Refused(METHOD_WRONG, offered="GET")


def _json(body: object) -> HttpAnswer:
    return HttpAnswer(200, _JSON, orjson.dumps(body))
