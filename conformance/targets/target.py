"""A target as a value: endpoints, accounts, delivery, and the proxy before it."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class TargetKind(StrEnum):
    """How cases reach a server: an existing one, or a fresh one per case from a farm."""

    LIVE = "live"
    EMBEDDED = "embedded"


class Delivery(StrEnum):
    """Whether a message has arrived when the request that sent it is answered."""

    SYNCHRONOUS = "synchronous"
    ASYNCHRONOUS = "asynchronous"


class MissingAccount(LookupError):
    """A case asked for an account the target does not offer: the case is not applicable."""


class MissingPassword(LookupError):
    """An account's password is nowhere to be found."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where one protocol answers, and how a client proves who it is.

    ``url`` is the EWS address or Graph's versioned root; ``auth`` is ``basic`` or ``oauth``, the latter by a password
    grant at ``token_url``. ``is_open`` tells that answers of Graph may have members that no schema declares.
    """

    protocol: str
    url: str
    auth: str
    token_url: str = ""
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """A mailbox, room, list or plain person of the target. The password stays out of ``repr``."""

    address: str
    name: str = ""
    role: str = "attendee"
    secret: str = field(default="", repr=False)
    password_env: str = ""

    @property
    def password(self) -> str:
        """The password itself, or that of the environment variable; MissingPassword when neither is set."""
        if self.secret:
            return self.secret
        if not self.password_env:
            raise MissingPassword(
                f"The account {self.address} has no password: set password_env in the target file to the name of "
                f"an environment variable that holds it."
            )
        try:
            return os.environ[self.password_env]
        except KeyError:
            raise MissingPassword(
                f"The password of {self.address} is expected in the environment variable {self.password_env}, "
                f"which is not set."
            ) from None

    @property
    def local_part(self) -> str:
        """The address before its @."""
        return self.address.partition("@")[0]


@dataclass(frozen=True, slots=True)
class Proxy:
    """The recording proxy: its own address, and the origin it writes into cassettes (empty: the server's own)."""

    url: str
    origin: str = ""


_INDEXED = re.compile(r"(?P<role>[a-z]+)(?P<index>[0-9]+)")

# The people of the founding documents, and who plays them where no account has their name.
_PLAYED_BY = {"alexw": "organizer0", "adelev": "attendee0"}


def find_account(accounts: Sequence[Account], name: str) -> Account:
    """The account of an address, a local part (``AlexW``) or a role with its index (``attendee1``).

    MissingAccount when there is none: the message names those there are.
    """
    wanted = name.casefold()
    for account in accounts:
        if wanted in {account.address.casefold(), account.local_part.casefold()}:
            return account
    indexed = _INDEXED.fullmatch(wanted)
    if indexed is not None:
        peers = [account for account in accounts if account.role == indexed["role"]]
        index = int(indexed["index"])
        if index < len(peers):
            return peers[index]
    if wanted in _PLAYED_BY:
        return find_account(accounts, _PLAYED_BY[wanted])
    offered = ", ".join(f"{account.address} ({account.role})" for account in accounts) or "none"
    raise MissingAccount(f"The target has no account for {name!r}; it offers: {offered}.")


@dataclass(frozen=True, slots=True)
class Target:
    """A server under test, as its target file describes it."""

    name: str
    kind: TargetKind
    accounts: tuple[Account, ...] = ()
    ews: Endpoint | None = None
    graph: Endpoint | None = None
    version: str = "Exchange2013_SP1"
    control: str = ""
    faults: frozenset[str] = frozenset()
    delivery: Delivery = Delivery.ASYNCHRONOUS
    deadline: float = 60.0
    features: frozenset[str] = frozenset()
    proxy: Proxy | None = None

    def has(self, feature: str) -> bool:
        """Whether the server has a feature: an embedded one has them all."""
        return self.kind is TargetKind.EMBEDDED or feature in self.features

    def endpoint(self, protocol: str) -> Endpoint | None:
        """The endpoint of ``ews`` or ``graph``."""
        return {"ews": self.ews, "graph": self.graph}[protocol]

    def require_passwords(self) -> None:
        """MissingPassword when an account names an environment variable that is not set."""
        for account in self.accounts:
            if account.password_env:
                _ = account.password

    def account(self, name: str) -> Account:
        """The account of an address, a local part or an indexed role; MissingAccount when there is none."""
        return find_account(self.accounts, name)
