"""What there is to tell of a mailbox and of the server that keeps it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from reference_impl.domain.mailbox import Mailbox, MailboxKind
from reference_impl.service import directory
from reference_impl.service.world import World

_GROUP: Final = "/o=Meetproof/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)"
DEPLOYMENT: Final = str(uuid.uuid5(uuid.NAMESPACE_URL, "urn:meetproof:deployment"))


@dataclass(frozen=True, slots=True)
class Service:
    """A server's build, the schema versions of its EWS from the oldest on, and its authentication schemes."""

    build: tuple[int, int, int, int]
    schemas: tuple[str, ...]
    schemes: tuple[str, ...]

    @property
    def version(self) -> str:
        """The build as CasVersion writes it."""
        major, minor, build, revision = self.build
        return f"{major}.{minor:02}.{build:04}.{revision:03}"

    @property
    def version_number(self) -> str:
        """The build in the hexadecimal form of ServerVersion: bits 22 on the major, 16 on the minor number."""
        major, minor, build, _ = self.build
        return f"{0x70008000 | major << 22 | minor << 16 | build:08X}"

    @property
    def auth_package(self) -> str:
        """The best scheme with a password; only clients that say they can handle it are told of Negotiate."""
        return "Ntlm" if "ntlm" in self.schemes else "Basic"


@dataclass(frozen=True, slots=True)
class Account:
    """A mailbox on a service, as addressed at an origin (scheme://host:port)."""

    mailbox: Mailbox
    service: Service
    origin: str

    @property
    def ews_url(self) -> str:
        """The EWS endpoint."""
        return ews_url(self.origin)

    @property
    def is_https(self) -> bool:
        """Whether the services are reached over TLS."""
        return self.origin.startswith("https:")

    @property
    def server(self) -> str:
        """The host that keeps the mailbox."""
        return urlsplit(self.origin).hostname or ""

    @property
    def user_dn(self) -> str:
        """The mailbox's legacy distinguished name."""
        return self.mailbox.distinguished_name

    @property
    def server_dn(self) -> str:
        """The server's legacy distinguished name."""
        return f"{_GROUP}/cn=Configuration/cn=Servers/cn={self.server}"

    @property
    def database_dn(self) -> str:
        """The legacy distinguished name of the mailbox database."""
        return f"{self.server_dn}/cn=Microsoft Private MDB"


def ews_url(origin: str) -> str:
    """The EWS endpoint of a server at that origin."""
    return f"{origin}/EWS/Exchange.asmx"


def find_mailbox(world: World, address: str) -> Mailbox | None:
    """The mailbox of that address; a list has no services."""
    mailbox = directory.find_mailbox(world, address)
    return mailbox if mailbox is not None and mailbox.kind is not MailboxKind.LIST else None


def find_legacy_dn(world: World, name: str) -> Mailbox | None:
    """The mailbox of that legacy distinguished name; case does not count."""
    wanted = name.strip().casefold()
    named = (each for each in directory.people(world) if each.distinguished_name.casefold() == wanted)
    mailbox = next(named, None)
    return mailbox if mailbox is not None and mailbox.kind is not MailboxKind.LIST else None
