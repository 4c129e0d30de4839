"""The token endpoint: the grants of RFC 6749 and RFC 8628, and the answers that carry tokens."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import orjson

from reference_impl.domain.mailbox import Mailbox
from reference_impl.http import HttpAnswer
from reference_impl.oauth.authority import Authority, Visit
from reference_impl.oauth.clients import read_client, read_own_client
from reference_impl.oauth.errors import (
    CODE_EXPIRED,
    CODE_INVALID,
    CODE_OF_ANOTHER,
    CODE_REDEEMED,
    DEVICE_CODE_BAD,
    DEVICE_DECLINED,
    DEVICE_EXPIRED,
    DEVICE_PENDING,
    GRANT_UNSUPPORTED,
    JSON,
    METHOD_WRONG,
    PASSWORD_WRONG,
    REDIRECT_CHANGED,
    USER_UNKNOWN,
    VERIFIER_WRONG,
    Kind,
    Refused,
)
from reference_impl.oauth.ledger import CODE_LIFETIME, Authorization
from reference_impl.oauth.resources import URIS, Wish, delegated, read_scope, roles, written
from reference_impl.oauth.tokens import LIFETIME_SECONDS, REFRESH_SECONDS, Client
from reference_impl.service import directory

_REFRESH: Final = "refresh"


@dataclass(frozen=True, slots=True)
class Basis:
    """What an answer with tokens for a person rests on: who signed in, for which client, asking for what."""

    person: Mailbox
    client: Client
    scope: str
    resource: str = ""
    nonce: str = ""
    is_refreshed: bool = False


def grant_tokens(authority: Authority, visit: Visit) -> HttpAnswer:
    """The answer of the token endpoint. Raises Refused."""
    if visit.request.method != "POST":
        raise Refused(METHOD_WRONG, offered="POST")
    kind = visit.need("grant_type")
    if kind not in GRANTS:
        raise Refused(GRANT_UNSUPPORTED, grant=kind, known=", ".join(sorted(GRANTS)))
    return GRANTS[kind](authority, visit)


def _password(authority: Authority, visit: Visit) -> HttpAnswer:
    client = read_client(authority.world, visit)
    name, password = visit.need("username"), visit.need("password")
    person = sign_in(authority, name, password)
    return _answer(authority, visit, Basis(person, client, visit.get("scope"), visit.get("resource")))


def sign_in(authority: Authority, name: str, password: str) -> Mailbox:
    """Whoever has this name and password. Raises Refused."""
    if directory.find_account(authority.world, name) is None:
        raise Refused(USER_UNKNOWN, user=name)
    person = directory.authenticate(authority.world, name, password)
    if person is None:
        raise Refused(PASSWORD_WRONG)
    return person


def _client_credentials(authority: Authority, visit: Visit) -> HttpAnswer:
    client = read_own_client(authority.world, visit)
    wish = read_scope(visit.get("scope"), visit.request.origin, visit.get("resource"))
    granted = roles(wish, client.application, authority.offered)
    token = authority.tokens.for_application(
        visit.request.origin, client, wish.dialects, granted, authority.tokens.unique()
    )
    return _json({"token_type": "Bearer", **_times(authority, visit, wish), "access_token": token})


def _authorization_code(authority: Authority, visit: Visit) -> HttpAnswer:
    client, code = read_client(authority.world, visit), visit.need("code")
    kept = authority.ledger.codes.get(code)
    if kept is None:
        known = authority.ledger.redeemed.get(code) is not None
        raise Refused(CODE_REDEEMED if known else CODE_INVALID, what="authorization code")
    until, authorization = kept
    now = authority.world.clock.now()
    _check_owner(authorization.application_id, client, "authorization code")
    if until <= now:
        raise Refused(CODE_EXPIRED, what="authorization code")
    if visit.get("redirect_uri") != authorization.redirect:
        raise Refused(REDIRECT_CHANGED)
    if not _fits(authorization, visit.get("code_verifier")):
        raise Refused(VERIFIER_WRONG)
    person = _person(authority, authorization.user_id, CODE_INVALID)
    basis = _basis(visit, authorization, person, client)
    answer = _answer(authority, visit, basis)
    if authority.ledger.codes.pop(code) is None:
        raise Refused(CODE_REDEEMED)
    authority.ledger.redeemed.put(code, None, now + CODE_LIFETIME, now)
    return answer


def _fits(authorization: Authorization, verifier: str) -> bool:
    """RFC 7636 section 4.6; a verifier without a challenge fits nothing."""
    if not authorization.challenge:
        return not verifier
    made = verifier
    if authorization.method == "S256":
        digest = hashlib.sha256(verifier.encode("utf-8", "replace")).digest()
        made = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return bool(verifier) and hmac.compare_digest(made.encode(), authorization.challenge.encode())


def _device_code(authority: Authority, visit: Visit) -> HttpAnswer:
    client = read_client(authority.world, visit)
    code = visit.get("code") or visit.need("device_code")
    kept = authority.ledger.devices.get(code)
    if kept is None:
        raise Refused(DEVICE_CODE_BAD)
    until, device = kept
    _check_owner(device.application_id, client, "device code")
    if device.is_declined:
        raise Refused(DEVICE_DECLINED)
    if device.authorization is None:
        raise Refused(DEVICE_EXPIRED if until <= authority.world.clock.now() else DEVICE_PENDING)
    person = _person(authority, device.authorization.user_id, DEVICE_CODE_BAD)
    answer = _answer(authority, visit, _basis(visit, device.authorization, person, client))
    if authority.ledger.devices.pop(code) is None:
        raise Refused(DEVICE_CODE_BAD)
    return answer


def _refresh_token(authority: Authority, visit: Visit) -> HttpAnswer:
    client = read_client(authority.world, visit)
    claims = authority.tokens.keys.unseal(visit.need("refresh_token"))
    if claims is None or claims.get("use") != _REFRESH:
        raise Refused(CODE_INVALID, what="refresh token")
    _check_owner(claims["client"], client, "refresh token")
    if claims["exp"] <= authority.tokens.now:
        raise Refused(CODE_EXPIRED, what="refresh token")
    person = _person(authority, claims["oid"], CODE_INVALID)
    scope, resource = visit.get("scope"), visit.get("resource")
    if not scope and not resource:
        scope, resource = claims["scope"], claims["resource"]
    return _answer(authority, visit, Basis(person, client, scope, resource, is_refreshed=True))


GRANTS: Final[dict[str, Callable[[Authority, Visit], HttpAnswer]]] = {
    "authorization_code": _authorization_code,
    "client_credentials": _client_credentials,
    "device_code": _device_code,
    "password": _password,
    "refresh_token": _refresh_token,
    "urn:ietf:params:oauth:grant-type:device_code": _device_code,
}


def _check_owner(application_id: str, client: Client, kind: str) -> None:
    if application_id.casefold() != client.application.key:
        raise Refused(CODE_OF_ANOTHER, what=kind)


def _person(authority: Authority, user_id: str, otherwise: Kind) -> Mailbox:
    person = directory.mailbox_by_id(authority.world, user_id)
    if person is None:
        raise Refused(otherwise, what="code")
    return person


def _basis(visit: Visit, authorization: Authorization, person: Mailbox, client: Client) -> Basis:
    scope, resource = visit.get("scope"), visit.get("resource")
    if not scope and not resource:
        scope, resource = authorization.scope, authorization.resource
    return Basis(person, client, scope, resource, authorization.nonce)


def _answer(authority: Authority, visit: Visit, basis: Basis) -> HttpAnswer:
    """The tokens of a person (RFC 6749 section 5.1, OpenID Connect Core section 3.1.3.3)."""
    tokens, origin, client = authority.tokens, visit.request.origin, basis.client
    wish = read_scope(basis.scope, origin, basis.resource)
    granted = delegated(wish, client.application, authority.offered)
    unique = tokens.unique()
    body: dict[str, object] = {
        "token_type": "Bearer",
        "scope": written(wish, granted),
        **_times(authority, visit, wish),
        "access_token": tokens.for_person(origin, basis.person, client, wish.dialects, granted, unique),
    }
    if basis.is_refreshed or visit.is_old or "offline_access" in wish.openid:
        body["refresh_token"] = _refresh(authority, basis, unique)
    if "openid" in wish.openid:
        body["id_token"] = tokens.identity(origin, basis.person, client, wish.openid, unique, basis.nonce)
    if visit.get("client_info") == "1":
        body["client_info"] = client_info(authority, basis.person)
    return _json(body)


def client_info(authority: Authority, person: Mailbox) -> str:
    """By what clients tell accounts apart: the person and the tenant."""
    told = orjson.dumps({"uid": person.id, "utid": authority.world.tenant.id})
    return base64.urlsafe_b64encode(told).rstrip(b"=").decode()


def _refresh(authority: Authority, basis: Basis, unique: str) -> str:
    return authority.tokens.keys.seal(
        {
            "use": _REFRESH,
            "oid": basis.person.id,
            "client": basis.client.application.id,
            "scope": basis.scope,
            "resource": basis.resource,
            "exp": authority.tokens.now + REFRESH_SECONDS,
            "uti": unique,
        }
    )


def _times(authority: Authority, visit: Visit, wish: Wish) -> dict[str, object]:
    """How long the token is good; endpoints of version 1 write numbers as texts and name the resource."""
    if not visit.is_old:
        return {"expires_in": LIFETIME_SECONDS, "ext_expires_in": LIFETIME_SECONDS}
    now = authority.tokens.now
    return {
        "expires_in": str(LIFETIME_SECONDS),
        "ext_expires_in": str(LIFETIME_SECONDS),
        "expires_on": str(now + LIFETIME_SECONDS),
        "not_before": str(now),
        "resource": wish.prefix or " ".join(sorted(URIS[dialect] for dialect in wish.dialects)),
    }


def _json(body: dict[str, object]) -> HttpAnswer:
    return HttpAnswer(200, JSON, orjson.dumps(body))
