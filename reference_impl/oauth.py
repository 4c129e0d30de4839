"""OAuth 2.0 tokens: the password and client-credentials grants, and the reading of what they gave.

RFC 6749 sections 4.3, 4.4, 5.1 and 5.2; access tokens are signed JWTs whose claims are named as Microsoft's are.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, unquote_plus

import orjson
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from reference_impl.domain.mailbox import Mailbox, MailboxKind
from reference_impl.http import HttpAnswer, HttpRequest
from reference_impl.service import directory
from reference_impl.service.world import World

LIFETIME_SECONDS: Final = 3600
CLIENT_SECRET: Final = "meetproof"  # noqa: S105  the published secret of every registered client of this test server
ANY_SCOPE: Final = "*"
GRAPH: Final = "graph"
EWS: Final = "ews"
# Which dialects a token is good for follows from the host named in the requested scope; a bare name is good for both.
AUDIENCES: Final = {
    "https://graph.microsoft.com": frozenset({GRAPH}),
    "https://outlook.office365.com": frozenset({EWS}),
    "https://outlook.office.com": frozenset({EWS}),
}


@dataclass(frozen=True, slots=True)
class Grant:
    """What a valid token says: whose it is, for which dialects, with which permissions."""

    mailbox: Mailbox
    scopes: frozenset[str]
    audiences: frozenset[str]
    application: bool


class TokenIssuer:
    """Issues and reads the tokens of one server, signed with its key of 32 bytes."""

    def __init__(self, world: World, key: bytes) -> None:
        self._world = world
        self._key = OctKey.import_key(key)

    def answer(self, request: HttpRequest) -> HttpAnswer:
        """The token endpoint: a token, or the error object of RFC 6749 section 5.2."""
        if request.method != "POST":
            return HttpAnswer(405, (("Allow", "POST"),))
        form = {name: values[-1] for name, values in parse_qs(request.body.decode("utf-8", "replace")).items()}
        kind = form.get("grant_type", "")
        grants = {"password": self._password_grant, "client_credentials": self._client_grant}
        if not kind:
            return _refusal("invalid_request", "Expected a form with a grant_type, got none.")
        if kind not in grants:
            offered = " and ".join(sorted(grants))
            return _refusal("unsupported_grant_type", f"Expected grant_type {offered}, got {kind!r}.")
        mailbox = grants[kind](form | _client_of(request.headers.get("authorization", "")))
        if mailbox is None and kind == "client_credentials":
            expected = f"the address of a mailbox as client_id and {CLIENT_SECRET!r} as client_secret"
            return _refusal("invalid_client", f"The client is not known: expected {expected}.", status=401)
        if mailbox is None:
            return _refusal("invalid_grant", "The user name or the password is wrong.")
        return self._issue(mailbox, form.get("scope", ""), application=kind == "client_credentials")

    def failed(self, _request: HttpRequest) -> HttpAnswer:
        """The error object that owns up to a mistake of this server."""
        return _refusal("server_error", "The server failed on this request; its log tells why.", status=500)

    def too_large(self, _request: HttpRequest, limit: int) -> HttpAnswer:
        """The error object for a body of more than ``limit`` bytes, which was not read."""
        return _refusal("invalid_request", f"A request may have {limit} bytes at most.", status=413)

    def read(self, token: str) -> Grant | None:
        """The grant of a token of this server that has not expired, else nothing."""
        try:
            claims = jwt.decode(token, self._key, algorithms=["HS256"]).claims
        except (JoseError, ValueError, TypeError):
            return None
        if claims["exp"] <= self._world.clock.now().timestamp():
            return None
        mailbox = directory.mailbox_by_id(self._world, claims["oid"])
        if mailbox is None:
            return None
        scopes = frozenset(claims["roles"] if claims["idtyp"] == "app" else claims["scp"].split())
        return Grant(mailbox, scopes, frozenset(claims["aud"]), claims["idtyp"] == "app")

    def _password_grant(self, form: dict[str, str]) -> Mailbox | None:
        return directory.authenticate(self._world, form.get("username", ""), form.get("password", ""))

    def _client_grant(self, form: dict[str, str]) -> Mailbox | None:
        """Every mailbox is a registered client; lists are none."""
        mailbox = directory.find_mailbox(self._world, form.get("client_id", ""))
        is_client = mailbox is not None and mailbox.kind is not MailboxKind.LIST
        return mailbox if is_client and form.get("client_secret") == CLIENT_SECRET else None

    def _issue(self, mailbox: Mailbox, requested: str, *, application: bool) -> HttpAnswer:
        scopes, audiences = _read_scope(requested)
        now = int(self._world.clock.now().timestamp())
        claims: dict[str, object] = {
            "aud": sorted(audiences),
            "iss": "meetproof",
            "iat": now,
            "exp": now + LIFETIME_SECONDS,
            "jti": self._world.ids.token(8).hex(),
            "oid": mailbox.id,
            "idtyp": "app" if application else "user",
        }
        claims["roles" if application else "scp"] = sorted(scopes) if application else " ".join(sorted(scopes))
        token = jwt.encode({"alg": "HS256", "typ": "JWT"}, claims, self._key)
        body = {
            "token_type": "Bearer",
            "scope": requested,
            "expires_in": LIFETIME_SECONDS,
            "access_token": token,
        }
        return HttpAnswer(
            200, (("Content-Type", "application/json"), ("Cache-Control", "no-store")), orjson.dumps(body)
        )


def _read_scope(requested: str) -> tuple[frozenset[str], frozenset[str]]:
    """The permissions and audiences of a scope string; ``.default`` and nothing at all mean every permission."""
    scopes: set[str] = set()
    audiences: set[str] = set()
    for item in requested.split():
        host, slash, name = item.rpartition("/")
        audiences |= AUDIENCES.get(host, frozenset({EWS, GRAPH})) if slash else frozenset({EWS, GRAPH})
        if name not in {"openid", "profile", "email", "offline_access"}:
            scopes.add(ANY_SCOPE if name in {".default", "EWS.AccessAsUser.All"} else name)
    return frozenset(scopes or {ANY_SCOPE}), frozenset(audiences or {EWS, GRAPH})


def _client_of(authorization: str) -> dict[str, str]:
    """The client's id and secret where they come as Basic credentials (RFC 6749 section 2.3.1)."""
    scheme, _, credentials = authorization.partition(" ")
    if scheme.casefold() != "basic":
        return {}
    try:
        user, _, secret = base64.b64decode(credentials, validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return {}
    return {"client_id": unquote_plus(user), "client_secret": unquote_plus(secret)}


def _refusal(code: str, description: str, *, status: int = 400) -> HttpAnswer:
    body = orjson.dumps({"error": code, "error_description": description})
    challenge = (("WWW-Authenticate", 'Basic realm="meetproof"'),) if status == 401 else ()
    return HttpAnswer(status, (("Content-Type", "application/json"), ("Cache-Control", "no-store"), *challenge), body)
