"""What a caller's token carries, and whom a key of an address names."""

from __future__ import annotations

import re
from typing import Final

from reference_impl.domain.mailbox import Mailbox
from reference_impl.graph import refusals
from reference_impl.service import directory
from reference_impl.service.world import World

ANY_SCOPE: Final = "*"

_GUID: Final = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


def check_scopes(held: frozenset[str], needed: frozenset[str]) -> None:
    """One of the needed permissions is held; names are compared without their host and without regard to case."""
    names = {scope.rpartition("/")[2].lower() for scope in held}
    if ANY_SCOPE not in names and not names & {scope.lower() for scope in needed}:
        raise refusals.ScopeMissing(needed=", ".join(sorted(needed)))


def find_person(world: World, key: str) -> Mailbox | None:
    """Whom a key names: an object id or an address."""
    if _GUID.fullmatch(key):
        return directory.mailbox_by_id(world, key.lower())
    return directory.find_mailbox(world, key)
