"""A target as a value: endpoints, accounts, delivery, and the proxy before it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from conformance.targets.secret import Secret


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


class Grant(StrEnum):
    """How a token is come by where an account has none of its own (RFC 6749, sections 4.3 and 4.4)."""

    PASSWORD = "password"  # noqa: S105  a grant's name
    CLIENT_CREDENTIALS = "client_credentials"


_BY_DEFAULT = "MEETPROOF_PASSWORD_"

AUTHS = (BASIC, NTLM, NEGOTIATE, OAUTH) = ("basic", "ntlm", "negotiate", "oauth")
"""The ways to prove who one is, as target files call them."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where one protocol answers, and how a client proves who it is.

    ``url`` is the EWS address or Graph's versioned root; ``auth`` is one of ``AUTHS``. Tokens of ``oauth`` are fetched
    at ``token_url`` by the ``grant``; where an account has a token of its own, that is shown. ``is_open`` tells that
    answers of Graph may have members that no schema declares. ``secret`` is the application's, and stays out of
    ``repr``; mostly it is in the environment variable ``client_secret_env``.
    """

    protocol: str
    url: str
    auth: str
    token_url: str = ""
    is_open: bool = False
    grant: str = Grant.PASSWORD.value
    client_id: str = ""
    scope: str = ""
    client_secret_env: str = ""
    secret: str = field(default="", repr=False)

    @property
    def application_secret(self) -> Secret | None:
        """Where the application's secret is looked for; None where it has none, or has it in itself."""
        if self.secret or not self.client_secret_env:
            return None
        return Secret(self.client_secret_env, f"the secret of the application {self.client_id}")

    @property
    def client_secret(self) -> str:
        """The application's secret, empty where it has none; MissingPassword when the variable is not set."""
        return self.application_secret.read() if self.application_secret else self.secret

    @property
    def is_for_applications(self) -> bool:
        """Whether an application signs in and says for whom it speaks, instead of each person."""
        return self.auth == OAUTH and self.grant == Grant.CLIENT_CREDENTIALS


@dataclass(frozen=True, slots=True)
class Account:
    """A mailbox, room, list or plain person of the target. The password stays out of ``repr``.

    ``user`` is the name to sign in by, where that is not the address; each ``..._env`` names an environment variable.
    """

    address: str
    name: str = ""
    role: str = "attendee"
    secret: str = field(default="", repr=False)
    password_env: str = ""
    password_prompt: bool = False
    user: str = ""
    ews_token_env: str = ""
    graph_token_env: str = ""

    @property
    def password_secret(self) -> Secret:
        """Where the password is looked for.

        Where no variable is named it is made of the address: ``MEETPROOF_PASSWORD_ANN_EXAMPLE_ORG``.
        """
        variable = self.password_env or _BY_DEFAULT + re.sub(r"[^A-Za-z0-9]+", "_", self.address).upper()
        return Secret(variable, f"the password of {self.address}")

    @property
    def password(self) -> str:
        """The password itself, or that of the environment variable; MissingPassword when neither is set."""
        return self.secret or self.password_secret.read()

    def token_secret(self, protocol: str) -> Secret | None:
        """Where the account's own token for ``ews`` or ``graph`` is looked for; None where it has none."""
        variable = {"ews": self.ews_token_env, "graph": self.graph_token_env}[protocol]
        what = f"the token of {self.address} for {protocol}"
        return Secret(variable, what, is_typed=False) if variable else None

    @property
    def login(self) -> str:
        """The name to sign in by."""
        return self.user or self.address

    @property
    def local_part(self) -> str:
        """The address before its @."""
        return self.address.partition("@")[0]


LISTEN = "127.0.0.1:8091"
"""Where the suite listens on this machine, unless a target file says otherwise."""


@dataclass(frozen=True, slots=True)
class Notify:
    """Where a server reaches the suite's listener, and where that listens on this machine (``host:port``)."""

    url: str
    listen: str = LISTEN

    @property
    def place(self) -> tuple[str, int]:
        """Host and port to listen on."""
        host, _, port = self.listen.rpartition(":")
        return host, int(port)


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
    """A server under test, as its target file describes it.

    ``deadline`` is how long a delivery may take, ``timeout`` how long an answer; both are in seconds. ``tls_ca`` is the
    path of a file of authorities, in PEM, that are trusted beside the usual ones.
    """

    name: str
    kind: TargetKind
    accounts: tuple[Account, ...] = ()
    ews: Endpoint | None = None
    graph: Endpoint | None = None
    version: str = "Exchange2013_SP1"
    controls: tuple[str, ...] = ()
    faults: frozenset[str] = frozenset()
    delivery: Delivery = Delivery.ASYNCHRONOUS
    deadline: float = 60.0
    features: frozenset[str] = frozenset()
    proxy: Proxy | None = None
    notify: Notify | None = None
    tls_ca: str = ""
    timeout: float = 30.0

    @property
    def control(self) -> str:
        """Where an embedded server's farm takes orders; of several farms, one for each worker process, the first."""
        return self.controls[0] if self.controls else ""

    def for_worker(self, number: int) -> Target:
        """The target as one of several worker processes has it: with a farm of its own, as far as there are so many."""
        return replace(self, controls=(self.controls[number % len(self.controls)],)) if self.controls else self

    def has(self, feature: str) -> bool:
        """Whether the server has a feature: an embedded one has them all."""
        return self.kind is TargetKind.EMBEDDED or feature in self.features

    def endpoint(self, protocol: str) -> Endpoint | None:
        """The endpoint of ``ews`` or ``graph``."""
        return {"ews": self.ews, "graph": self.graph}[protocol]

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """The endpoints there are."""
        return tuple(endpoint for endpoint in (self.ews, self.graph) if endpoint is not None)

    def account(self, name: str) -> Account:
        """The account of an address, a local part or an indexed role; MissingAccount when there is none."""
        return find_account(self.accounts, name)
