"""Clients that prove who they are by signing (RFC 7523 section 2.2), as those with a certificate do."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from reference_impl.domain.applications import Application
from reference_impl.oauth.errors import (
    ASSERTION_EXPIRED,
    ASSERTION_FOR_ANOTHER,
    ASSERTION_OF_ANOTHER,
    ASSERTION_UNKNOWN,
    Refused,
)
from reference_impl.oauth.keys import Sizes

KIND: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_REGISTRY: Final = Sizes(algorithms=["RS256", "PS256"])


def check_assertion(application: Application, assertion: str, origin: str, now: float) -> None:
    """Raise Refused unless one of the application's keys signed it for this server, of itself, and it is still good."""
    claims = next(filter(None, (_claims(assertion, pem) for pem in application.certificates)), None)
    if claims is None:
        raise Refused(ASSERTION_UNKNOWN, client=application.id)
    subjects = {str(claims.get(name, "")).casefold() for name in ("iss", "sub")}
    if subjects != {application.key}:
        raise Refused(ASSERTION_OF_ANOTHER, client=application.id)
    audience = claims.get("aud")
    if not any(str(each).startswith(f"{origin}/") for each in (audience if isinstance(audience, list) else [audience])):
        raise Refused(ASSERTION_FOR_ANOTHER, audience=audience)
    expires = claims.get("exp")
    if not isinstance(expires, int | float) or expires <= now:
        raise Refused(ASSERTION_EXPIRED)


def _claims(assertion: str, pem: str) -> dict[str, Any] | None:
    try:
        return jwt.decode(assertion, _key(pem), registry=_REGISTRY).claims
    except (JoseError, ValueError, TypeError):
        return None


@lru_cache(maxsize=64)
def _key(pem: str) -> RSAKey:
    return RSAKey.import_key(pem)
