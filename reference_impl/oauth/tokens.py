"""Access tokens and id tokens: their claims, named as the platform names them, and the reading of what they grant.

Access tokens are of version 1.0, as those for Graph and Exchange are; id tokens are of version 2.0.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import msgspec

from reference_impl.domain.applications import Application
from reference_impl.domain.mailbox import Mailbox, Person
from reference_impl.oauth.keys import Keys
from reference_impl.oauth.resources import URIS
from reference_impl.service import directory
from reference_impl.service.world import World

LIFETIME_SECONDS: Final = 3600
REFRESH_SECONDS: Final = 90 * 24 * 3600

_DIALECTS: Final = {uri: dialect for dialect, uri in URIS.items()}


class Grant(msgspec.Struct, frozen=True, gc=False):
    """What a valid token says: whose it is, for which dialects, with which permissions, and by which client.

    An application's own token is its own: ``mailbox`` is then its entry in the directory, which holds no mail unless a
    mailbox is its registration.
    """

    mailbox: Mailbox
    scopes: frozenset[str]
    audiences: frozenset[str]
    application: bool
    client_id: str


class _Parts(msgspec.Struct, frozen=True, gc=False):
    """An access token of this server, taken apart; ``entry`` is an application's own in the directory."""

    expires: int  # seconds since 1970
    holder: str  # an id of the directory
    scopes: frozenset[str]
    audiences: frozenset[str]
    client_id: str
    entry: Mailbox | None


@dataclass(frozen=True, slots=True)
class Client:
    """Who asks for tokens: a registration, and the mailbox that stands for it, if one does.

    ``is_proven`` means that it has shown its secret.
    """

    application: Application
    is_proven: bool = False
    mailbox: Mailbox | None = None


class Tokens:
    """Issues and reads the tokens of one server, whose secret of 32 bytes tells its own from others'."""

    def __init__(self, world: World, secret: bytes) -> None:
        self._world = world
        self.keys = Keys(secret)
        self._parts = lru_cache(maxsize=1024)(self._taken_apart)

    @property
    def now(self) -> int:
        """The time of the server, in seconds since 1970."""
        return int(self._world.clock.now().timestamp())

    def issuer(self, origin: str) -> str:
        """The issuer of id tokens."""
        return f"{origin}/{self._world.tenant.id}/v2.0"

    def unique(self) -> str:
        """The id of the tokens of one answer."""
        return _base64(self._world.ids.token(8))

    def for_person(
        self, origin: str, person: Mailbox, client: Client, dialects: Iterable[str], scopes: Iterable[str], unique: str
    ) -> str:
        """The access token of a client that acts for a person."""
        claims = {
            "acr": "1",
            "amr": ["pwd"],
            "idtyp": "user",
            "name": person.person.name or person.address,
            "oid": person.id,
            "scp": " ".join(scopes),
            "sub": _pairwise(person.id, client.application.key),
            "unique_name": person.address,
            "upn": person.address,
        }
        return self._access(origin, client, dialects, unique, claims)

    def for_application(
        self, origin: str, client: Client, dialects: Iterable[str], roles: Iterable[str], unique: str
    ) -> str:
        """The access token of a client of its own."""
        own = client.mailbox.id if client.mailbox else self._world.tenant.principal(client.application.id)
        claims = {"idtyp": "app", "oid": own, "roles": list(roles), "sub": own}
        return self._access(origin, client, dialects, unique, claims)

    def _access(
        self, origin: str, client: Client, dialects: Iterable[str], unique: str, claims: Mapping[str, object]
    ) -> str:
        now, tenant = self.now, self._world.tenant.id
        audiences = sorted(URIS[dialect] for dialect in dialects)
        return self.keys.sign(
            {
                "aud": audiences[0] if len(audiences) == 1 else audiences,
                "iss": f"{origin}/{tenant}/",
                "iat": now,
                "nbf": now,
                "exp": now + LIFETIME_SECONDS,
                "app_displayname": client.application.name,
                "appid": client.application.id,
                "appidacr": "1" if client.is_proven else "0",
                **claims,
                "tid": tenant,
                "uti": unique,
                "ver": "1.0",
            }
        )

    def identity(
        self, origin: str, person: Mailbox, client: Client, openid: frozenset[str], unique: str, nonce: str = ""
    ) -> str:
        """The id token (OpenID Connect Core section 2)."""
        now = self.now
        profile = {"name": person.person.name or person.address, "preferred_username": person.address}
        return self.keys.sign(
            {
                "aud": client.application.id,
                "iss": self.issuer(origin),
                "iat": now,
                "nbf": now,
                "exp": now + LIFETIME_SECONDS,
                "auth_time": now,
                **({"nonce": nonce} if nonce else {}),
                "oid": person.id,
                **(profile if "profile" in openid else {}),
                **({"email": person.address} if "email" in openid else {}),
                "sub": _pairwise(person.id, client.application.key),
                "tid": self._world.tenant.id,
                "uti": unique,
                "ver": "2.0",
            }
        )

    def read(self, token: str) -> Grant | None:
        """The grant of an access token of this server that has not expired, else nothing."""
        parts = self._parts(token)
        if parts is None or parts.expires <= self._world.clock.now().timestamp():
            return None
        mailbox = directory.mailbox_by_id(self._world, parts.holder) or parts.entry
        if mailbox is None:
            return None
        return Grant(mailbox, parts.scopes, parts.audiences, parts.entry is not None, parts.client_id)

    def _taken_apart(self, token: str) -> _Parts | None:
        claims = self.keys.read(token)
        if claims is None or "idtyp" not in claims:
            return None
        audience, entry, scopes = claims["aud"], None, claims.get("scp", "").split()
        if claims["idtyp"] == "app":
            person = Person(f"{claims['appid']}@{claims['tid']}", claims["app_displayname"])
            entry, scopes = Mailbox(id=claims["oid"], person=person), claims["roles"]
        return _Parts(
            expires=claims["exp"],
            holder=claims["oid"],
            scopes=frozenset(scopes),
            audiences=frozenset(_DIALECTS[uri] for uri in ([audience] if isinstance(audience, str) else audience)),
            client_id=claims["appid"],
            entry=entry,
        )


def _pairwise(person: str, client: str) -> str:
    """A subject that no two clients have in common (OpenID Connect Core section 8.1)."""
    return _base64(hashlib.sha256(f"{person}\0{client}".encode()).digest())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
