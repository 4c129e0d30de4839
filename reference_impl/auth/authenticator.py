"""Credentials turned into a caller, or into the challenges of a 401 (RFC 9110 section 11)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Final

import msgspec

from reference_impl.auth.handshake import Handshake, LoginRefused, begins
from reference_impl.auth.login import Caller, Login
from reference_impl.auth.schemes import CHALLENGES, HANDSHAKES, Schemes
from reference_impl.domain.mailbox import Mailbox
from reference_impl.oauth.resources import ANY, EWS, EWS_DELEGATED, EWS_ROLE
from reference_impl.oauth.tokens import Grant, Tokens
from reference_impl.service import directory
from reference_impl.service.world import World

Challenge = tuple[str, str]

_EVERYTHING: Final = frozenset({"*"})
"""The permissions of who showed a password."""
_MOST_VERIFIED: Final = 1024


class Verdict(msgspec.Struct, frozen=True):
    """A caller, or none, and the WWW-Authenticate headers that the answer carries.

    ``is_forbidden`` means that the credentials are good and the dialect is not among what they allow.
    """

    caller: Caller | None = None
    challenges: tuple[Challenge, ...] = ()
    is_forbidden: bool = False


class Shown(msgspec.Struct, frozen=True):
    """The credentials of a request to a dialect, over a connection with this login."""

    credentials: str
    dialect: str
    login: Login | None


class Authenticator:
    """Reads the Authorization header of requests, and knows who is logged in on their connection."""

    def __init__(self, world: World, tokens: Tokens, schemes: Schemes) -> None:
        self._world = world
        self._tokens = tokens
        self._schemes = schemes
        self._verified: dict[str, Caller] = {}
        self._readers: Mapping[str, Callable[[Shown], Verdict | None]] = {
            "negotiate": partial(self._handshake, "negotiate"),
            "ntlm": partial(self._handshake, "ntlm"),
            "basic": self._basic,
            "bearer": self._bearer,
        }

    def judge(self, authorization: str, dialect: str, taken: frozenset[str], login: Login | None) -> Verdict:
        """Who makes a request, of a dialect that takes these schemes, over a connection with this login.

        Where there is no connection to log in there are no handshakes.
        """
        scheme, _, credentials = authorization.partition(" ")
        scheme = scheme.casefold()
        verdict: Verdict | None = None
        if scheme in taken and (login is not None or scheme not in HANDSHAKES):
            verdict = self._readers[scheme](Shown(credentials.strip(), dialect, login))
        elif not scheme and login and login.caller and not HANDSHAKES.isdisjoint(taken):
            verdict = Verdict(login.caller)
        if verdict is not None:
            return verdict
        offered = _offered(taken, can_log_in=login is not None)
        return Verdict(challenges=tuple(("WWW-Authenticate", CHALLENGES[name]) for name in offered))

    def _handshake(self, scheme: str, shown: Shown) -> Verdict | None:
        """The next step of a connection's login; whoever was logged in before no longer is."""
        assert shown.login is not None, "without a connection there are no handshakes"
        login, handshake = shown.login, shown.login.handshake
        login.handshake = login.caller = None
        try:
            token = base64.b64decode(shown.credentials, validate=True)
            if handshake is None or handshake.scheme != scheme or begins(token):
                handshake = Handshake(self._world, self._schemes, scheme)
            reply, mailbox = handshake.step(token)
        except (binascii.Error, LoginRefused):
            return None
        value = f"{CHALLENGES[scheme]} {base64.b64encode(reply).decode()}"
        challenges = (("WWW-Authenticate", value),) if reply else ()
        if mailbox is None:
            login.handshake = handshake
            return Verdict(challenges=challenges) if reply else None
        login.caller = Caller(mailbox, _EVERYTHING)
        return Verdict(login.caller, challenges)

    def _basic(self, shown: Shown) -> Verdict | None:
        """RFC 7617; credentials that were right stay so as long as the directory has that very mailbox."""
        caller = self._verified.get(shown.credentials)
        if caller is None or self._world.store.directory.by_id.get(caller.mailbox.id) is not caller.mailbox:
            mailbox = self._verify(shown.credentials)
            if mailbox is None:
                return None
            if len(self._verified) >= _MOST_VERIFIED:
                self._verified.clear()
            caller = self._verified[shown.credentials] = Caller(mailbox, _EVERYTHING)
        return Verdict(caller)

    def _verify(self, credentials: str) -> Mailbox | None:
        try:
            text = base64.b64decode(credentials, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            return None
        user, colon, password = text.partition(":")
        return directory.authenticate(self._world, user, password) if colon else None

    def _bearer(self, shown: Shown) -> Verdict | None:
        """RFC 6750 section 2.1."""
        grant = self._tokens.read(shown.credentials)
        if grant is None or shown.dialect not in grant.audiences:
            return None
        if shown.dialect == EWS and not _opens_ews(grant):
            return Verdict(is_forbidden=True)
        return Verdict(Caller(grant.mailbox, grant.scopes, grant.application, grant.client_id))


@cache
def _offered(taken: frozenset[str], *, can_log_in: bool) -> tuple[str, ...]:
    """Of the schemes that a dialect takes those that are offered, in the order of the challenges."""
    return tuple(name for name in CHALLENGES if name in taken and (can_log_in or name not in HANDSHAKES))


def _opens_ews(grant: Grant) -> bool:
    """Whether a token has the one permission of EWS there is for people, or the one for applications."""
    needed = EWS_ROLE if grant.application else EWS_DELEGATED
    return any(scope == ANY or scope.casefold() == needed.casefold() for scope in grant.scopes)
