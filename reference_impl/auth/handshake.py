"""NTLM and Negotiate logins, of which pyspnego knows how they go ([MS-NLMP], RFC 4178, RFC 4559)."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from reference_impl.auth.schemes import Schemes
from reference_impl.domain.mailbox import Mailbox
from reference_impl.service import directory
from reference_impl.service.world import World

if TYPE_CHECKING:
    from spnego import ContextProxy

_NEGOTIATE: Final = b"NTLMSSP\x00\x01\x00\x00\x00"
_AUTHENTICATE: Final = b"NTLMSSP\x00\x03\x00\x00\x00"
_INITIAL_TOKEN: Final = b"\x60"  # RFC 2743 section 3.1
_NO_KEYTAB: Final = "MEMORY:meetproof"  # a server without a keytab has no key, whatever keytab its machine has


class LoginRefused(Exception):
    """A token that makes no sense or proves nothing."""


def begins(token: bytes) -> bool:
    """Whether a token is the first of a login."""
    return token.startswith((_INITIAL_TOKEN, _NEGOTIATE))


class Handshake:
    """One login, token by token; ``scheme`` is ntlm or negotiate."""

    def __init__(self, world: World, schemes: Schemes, scheme: str) -> None:
        self.scheme = scheme
        self._world = world
        self._keytab = _NO_KEYTAB if schemes.keytab is None else f"FILE:{schemes.keytab}"
        self._context: ContextProxy | None = None

    def step(self, token: bytes) -> tuple[bytes, Mailbox | None]:
        """The server's next token, empty where there is none, and the mailbox once it is logged in.

        Raises LoginRefused.
        """
        if not token:
            raise LoginRefused(f"{self.scheme}: an empty token")
        try:
            with _told(_user_line(self._world, token), self._keytab):
                reply, principal = self._step(token)
        except Exception as problem:  # pyspnego lets those of its parsers through
            raise LoginRefused(f"{self.scheme}: {problem}") from problem
        if principal is None:
            return reply, None
        mailbox = self._mailbox(principal)
        if mailbox is None:
            raise LoginRefused(f"{self.scheme}: {principal} has no mailbox")
        return reply, mailbox

    def _step(self, token: bytes) -> tuple[bytes, str | None]:
        import spnego

        if self._context is None:
            flags = {"ntlm": spnego.NegotiateOptions.use_ntlm, "negotiate": spnego.NegotiateOptions.use_negotiate}
            self._context = spnego.server(protocol=self.scheme, options=flags[self.scheme])
        reply = self._context.step(token) or b""
        return reply, (self._context.client_principal or "") if self._context.complete else None

    def _mailbox(self, principal: str) -> Mailbox | None:
        """A realm of Kerberos need not be the domain of the addresses."""
        mailbox = directory.find_account(self._world, principal)
        if mailbox is None and self._context is not None and self._context.negotiated_protocol == "kerberos":
            return directory.find_account(self._world, principal.partition("@")[0])
        return mailbox


@contextmanager
def _told(user: str, keytab: str) -> Iterator[None]:
    """For one step of a login, the environment by which alone both libraries can be told of secrets.

    pyspnego reads passwords from a file: this one is in memory, holds one line and is gone after the step.
    """
    environment = {"KRB5_KTNAME": keytab}
    before = {name: os.environ.get(name) for name in ("NTLM_USER_FILE", *environment)}
    descriptor = os.memfd_create("meetproof") if hasattr(os, "memfd_create") else None
    try:
        if descriptor is not None:
            os.write(descriptor, user.encode())
            environment["NTLM_USER_FILE"] = f"/proc/self/fd/{descriptor}"
        os.environ.update(environment)
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        if descriptor is not None:
            os.close(descriptor)


def _user_line(world: World, token: bytes) -> str:
    """The line of a user file (smbpasswd's format) for the user whom an NTLM token names, as the token spells the name.

    The hash of the LAN Manager password is random: such answers are refused.
    """
    from spnego._ntlm_raw.crypto import ntowfv1
    from spnego._ntlm_raw.messages import Authenticate

    start = token.find(_AUTHENTICATE)  # SPNEGO wraps it
    if start < 0:
        return ""
    message = Authenticate.unpack(token[start:])
    name = f"{message.domain_name}\\{message.user_name}" if message.domain_name else message.user_name or ""
    mailbox = directory.find_account(world, name)
    if mailbox is None or ":" in name or len(name.splitlines()) != 1:
        return ""
    return f"{name}:0:{secrets.token_hex(16)}:{ntowfv1(mailbox.password).hex()}:[U]:\n"
