"""The tenant of a server and the applications registered in it, from the tables of a population file."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from reference_impl.directory.tables import PopulationError, Table
from reference_impl.domain.applications import DEFAULT_TENANT, Application, Tenant


def tenant_of(table: object, applications: object, where: str) -> Tenant:
    """The tenant of a table with its ``id`` (a GUID), and of its applications' tables.

    Members of such a table: id (needed; a GUID or any other text), name, secrets, certificates (PEM), redirects
    (absolute URIs; for those on loopback the port does not count), public (false where there are secrets or
    certificates), scopes (delegated permissions) and roles (application permissions), all where they are absent, and
    mailboxes (addresses that the roles are limited to). Raises PopulationError.
    """
    if not isinstance(applications, Sequence) or isinstance(applications, str):
        raise PopulationError(f"{where}: expected [[application]] tables, got {applications!r}.")
    registered = tuple(
        _Application(f"{where}, application {number}", each, "application").application()
        for number, each in enumerate(applications, start=1)
    )
    seen: set[str] = set()
    for application in registered:
        if application.key in seen:
            raise PopulationError(f"{where}: {application.id} is registered twice. Remove one of the two tables.")
        seen.add(application.key)
    return Tenant(_Tenant(f"{where}, tenant", table, "tenant").id(), registered)


class _Tenant(Table):
    """The [tenant] table being read."""

    def id(self) -> str:
        """The GUID of the tenant."""
        value = self._take("id", str, DEFAULT_TENANT)
        self._finish()
        try:
            return str(UUID(value))
        except ValueError:
            raise self._wrong("id", "a GUID", value) from None


class _Application(Table):
    """One [[application]] table being read."""

    def application(self) -> Application:
        """The registration that the table describes."""
        identifier = self._take("id", str, "").strip()
        if not identifier:
            raise self._wrong("id", "the id that the client shows, such as a GUID", identifier)
        secrets, certificates = self._texts("secrets", ()), self._texts("certificates", ())
        if not all(each.strip().startswith("-----BEGIN ") for each in certificates):
            raise self._wrong("certificates", "a list of texts in PEM", list(certificates))
        application = Application(
            id=identifier,
            name=self._take("name", str, identifier),
            secrets=secrets,
            certificates=certificates,
            redirects=self._redirects(),
            is_public=self._take("public", bool, not (secrets or certificates)),
            scopes=self._permissions("scopes"),
            roles=self._permissions("roles"),
            mailboxes=self._texts("mailboxes", ()),
        )
        if not application.is_public and not (secrets or certificates):
            raise PopulationError(f"{self._where}: an application that is not public needs secrets or certificates.")
        self._finish()
        return application

    def _permissions(self, name: str) -> tuple[str, ...] | None:
        return self._texts(name, ()) if name in self._left else None

    def _redirects(self) -> tuple[str, ...]:
        given = self._texts("redirects", ())
        for each in given:
            if ":" not in each or "#" in each:
                raise self._wrong("redirects", "a list of absolute URIs without fragments", each)
        return given
