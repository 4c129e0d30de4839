"""Applications that ask for tokens, as the directory of a tenant has them registered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid5

DEFAULT_TENANT: Final = "7ebd79c9-7b9f-5bf8-a9ad-b29c8a3349fb"
"""The id of a tenant that is given no other."""


@dataclass(frozen=True, slots=True)
class Application:
    """One registration.

    A secret proves who the application is, and so does what the key of a certificate (PEM) signed; a public one needs
    neither. ``scopes`` are the delegated permissions
    consented to and ``roles`` the application permissions granted, None for every one. ``mailboxes`` are the addresses
    that its roles reach, none for every one.
    """

    id: str
    name: str
    secrets: tuple[str, ...] = ()
    certificates: tuple[str, ...] = ()
    redirects: tuple[str, ...] = ()
    is_public: bool = False
    scopes: tuple[str, ...] | None = None
    roles: tuple[str, ...] | None = None
    mailboxes: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The id as compared: case does not count."""
        return self.id.casefold()

    def reaches(self, address: str) -> bool:
        """Whether its roles open the mailbox with this address."""
        return not self.mailboxes or address.casefold() in {each.casefold() for each in self.mailboxes}


@dataclass(frozen=True, slots=True)
class Tenant:
    """Whose directory it is: a GUID, and the registrations; without any, everybody's application is let in."""

    id: str = DEFAULT_TENANT
    applications: tuple[Application, ...] = ()

    def principal(self, application_id: str) -> str:
        """The GUID of an application's own entry in the directory."""
        return str(uuid5(UUID(self.id), application_id.casefold()))

    def application(self, application_id: str) -> Application | None:
        """The registration with this id."""
        return next((each for each in self.applications if each.key == application_id.casefold()), None)


def permission_names(given: Iterable[str]) -> frozenset[str]:
    """Permissions as compared: without the resource they are of, and without regard to case."""
    return frozenset(each.rpartition("/")[2].casefold() for each in given)
