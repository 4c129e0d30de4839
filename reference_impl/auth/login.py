"""Who is logged in on a connection."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from reference_impl.auth.handshake import Handshake
from reference_impl.domain.mailbox import Mailbox


class Caller(msgspec.Struct, frozen=True):
    """An authenticated caller and what it may do."""

    mailbox: Mailbox
    scopes: frozenset[str]
    application: bool = False
    client_id: str = ""  # of a token


@dataclass(slots=True, eq=False)
class Login:
    """The caller whom a handshake has logged in on one connection, and the handshake that goes on; both end with it."""

    caller: Caller | None = None
    handshake: Handshake | None = None
