"""The keys of a server: RS256 for the tokens that others check, HS256 for those that only it reads again (RFC 7518)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey, RSAKey
from joserfc.jws import JWSRegistry

_BITS: Final = 2048


class Sizes(JWSRegistry):
    """Room for what the platform's tokens hold: chains of certificates in the head, and many permissions."""

    max_header_length = 32 * 1024
    max_payload_length = 64 * 1024


_SIGNED: Final = Sizes(algorithms=["RS256"])
_SEALED: Final = Sizes(algorithms=["HS256"])


@cache
def _signing_key() -> RSAKey:
    """One key for all servers of a process: making one takes longer than starting a server."""
    return RSAKey.generate_key(_BITS, private=True)


class Keys:
    """The keys of one server, told apart from others' by an id that follows from its secret of 32 bytes."""

    def __init__(self, secret: bytes) -> None:
        self._sealing = OctKey.import_key(secret)
        self._id = base64.urlsafe_b64encode(hashlib.sha256(secret).digest()[:15]).decode()

    def sign(self, claims: Mapping[str, object]) -> str:
        """A JWT that everybody can check."""
        return jwt.encode({"alg": "RS256", "typ": "JWT", "kid": self._id}, dict(claims), _signing_key())

    def read(self, token: str) -> Mapping[str, Any] | None:
        """The claims of a JWT that this server signed, whether it has expired or not."""
        try:
            read = jwt.decode(token, _signing_key(), registry=_SIGNED)
        except (JoseError, ValueError, TypeError):
            return None
        return read.claims if read.header.get("kid") == self._id else None

    def seal(self, claims: Mapping[str, object]) -> str:
        """A text that only this server reads."""
        return jwt.encode({"alg": "HS256"}, dict(claims), self._sealing)

    def unseal(self, text: str) -> Mapping[str, Any] | None:
        """What was sealed, or nothing where this server did not do it."""
        try:
            return jwt.decode(text, self._sealing, registry=_SEALED).claims
        except (JoseError, ValueError, TypeError):
            return None

    def published(self, issuer: str) -> dict[str, object]:
        """The JSON Web Key Set (RFC 7517 section 5)."""
        public = _signing_key().as_dict(private=False)
        return {
            "keys": [
                {**public, "use": "sig", "alg": "RS256", "kid": self._id, "x5t": self._id, "issuer": issuer},
            ]
        }
