"""The declared list of places where secrets stand."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

REDACTED = "REDACTED"
"""What stands in place of a secret."""


class Place(StrEnum):
    """Where a rule looks."""

    CREDENTIALS = "credentials"  # a header holding a scheme and credentials
    CHALLENGE = "challenge"  # a header holding challenges, some with a token
    COOKIES = "cookies"  # a header of name=value pairs
    SET_COOKIE = "set-cookie"  # a header of one name=value pair and attributes
    HEADER = "header"  # a header that is a secret as a whole
    PARAMETER = "parameter"  # a parameter of a URL or of a form
    MEMBER = "member"  # a member of a JSON object, at any depth
    ELEMENT = "element"  # an XML element by its local name, at any depth
    ATTRIBUTE = "attribute"  # an XML attribute by its local name


@dataclass(frozen=True, slots=True)
class Rule:
    """Names at one kind of place whose values are secrets; case, ``-`` and ``_`` make no difference."""

    place: Place
    names: frozenset[str]
    shortest: int = 6  # values below this length are redacted, but not searched for elsewhere


def folded(text: str) -> str:
    """A text as rules compare names."""
    return text.casefold().replace("-", "").replace("_", "")


fold = lru_cache(maxsize=4096)(folded)
"""The same of a name, remembered."""


def rule(place: Place, *names: str, shortest: int = 6) -> Rule:
    """A rule for these names."""
    return Rule(place, frozenset(fold(name) for name in names), shortest)


_TOKENS = (
    *("access_token", "refresh_token", "id_token", "authtoken", "subject_token", "actor_token", "tempauth", "api_key"),
    *("client_secret", "client_assertion", "assertion", "user_assertion", "device_code", "code_verifier", "app_secret"),
    *("password", "passwd", "pwd", "new_password", "old_password", "otp", "secret", "private_key"),
)

SECRETS: tuple[Rule, ...] = (
    rule(Place.CREDENTIALS, "Authorization", "Proxy-Authorization", "X-MS-Authorization"),
    rule(Place.CHALLENGE, "WWW-Authenticate", "Proxy-Authenticate", "Authentication-Info", "Proxy-Authentication-Info"),
    rule(Place.COOKIES, "Cookie", shortest=8),
    rule(Place.SET_COOKIE, "Set-Cookie", "Set-Cookie2", shortest=8),
    rule(Place.HEADER, "X-API-Key", "X-Auth-Token", "X-Access-Token", "X-MS-Token-AAD-Access-Token", "X-OWA-Canary"),
    rule(Place.PARAMETER, *_TOKENS, "code", "token", "sig", "signature", "sharedaccesssignature"),
    rule(Place.MEMBER, *_TOKENS, "token_value", "authorization", "proxy-authorization", "cookie", "set-cookie"),
    rule(Place.ELEMENT, *_TOKENS, "BinarySecurityToken", "TokenValue", "SecurityToken", "SerializedSecurityContext"),
    rule(Place.ATTRIBUTE, *_TOKENS),
)
