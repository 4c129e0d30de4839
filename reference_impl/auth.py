"""Who is calling: Basic and Bearer credentials turned into a mailbox."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from reference_impl.domain.mailbox import Mailbox
from reference_impl.oauth import TokenIssuer
from reference_impl.service import directory
from reference_impl.service.world import World


@dataclass(frozen=True, slots=True)
class Caller:
    """An authenticated caller and what it may do."""

    mailbox: Mailbox
    scopes: frozenset[str]
    application: bool = False


class Authenticator:
    """Reads the Authorization header for one dialect."""

    def __init__(self, world: World, tokens: TokenIssuer) -> None:
        self._world = world
        self._tokens = tokens
        self._schemes: Mapping[str, Callable[[str, str], Caller | None]] = {
            "basic": self._basic,
            "bearer": self._bearer,
        }

    def caller(self, authorization: str, dialect: str, schemes: frozenset[str]) -> Caller | None:
        """The caller, or nothing where the credentials are absent, of another scheme, or wrong."""
        scheme, _, credentials = authorization.partition(" ")
        name = scheme.casefold()
        return self._schemes[name](credentials.strip(), dialect) if name in schemes else None

    def _basic(self, credentials: str, _dialect: str) -> Caller | None:
        """RFC 7617; the user name is the address, with or without a leading domain and backslash."""
        try:
            user, colon, password = base64.b64decode(credentials, validate=True).decode("utf-8").partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        mailbox = directory.authenticate(self._world, user.rpartition("\\")[2], password) if colon else None
        return Caller(mailbox, frozenset({"*"})) if mailbox else None

    def _bearer(self, credentials: str, dialect: str) -> Caller | None:
        grant = self._tokens.read(credentials)
        if grant is None or dialect not in grant.audiences:
            return None
        return Caller(grant.mailbox, grant.scopes, grant.application)
