"""What a caller's token carries, and whom a key of an address names."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from reference_impl.domain.applications import permission_names
from reference_impl.domain.mailbox import Mailbox
from reference_impl.graph import refusals
from reference_impl.service import directory
from reference_impl.service.world import World

ANY_SCOPE: Final = "*"

_GUID: Final = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


@lru_cache(maxsize=1024)
def holds(held: frozenset[str], needed: frozenset[str]) -> bool:
    """Whether one of the needed permissions is held; hosts before their names, and case, do not count."""
    names = permission_names(held)
    return ANY_SCOPE in names or not names.isdisjoint(permission_names(needed))


def check_scopes(held: frozenset[str], needed: frozenset[str]) -> None:
    """ScopeMissing unless one of the needed permissions is held."""
    if not holds(held, needed):
        raise refusals.ScopeMissing(needed=", ".join(sorted(needed)))


def find_person(world: World, key: str) -> Mailbox | None:
    """Whom a key names: an object id or an address."""
    if _GUID.fullmatch(key):
        return directory.mailbox_by_id(world, key.lower())
    return directory.find_mailbox(world, key)


def reaches(world: World, client_id: str, owner: Mailbox) -> bool:
    """Whether an application may go into a mailbox (application access policies)."""
    application = world.tenant.application(client_id)
    return application is None or application.reaches(owner.address)
