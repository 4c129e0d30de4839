"""Leases of what cases share before a live server: its mailboxes, and the weeks on which meetings are held."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta
from urllib.parse import urlsplit

from conformance.isolation.locks import locked
from conformance.targets import Target

WEEKS = 260
"""From how many weeks ahead those of cases are taken: five years, so that few meet on one."""

FURTHER = 3
"""How many weeks a case gets beside its first, for when that turns out to be taken by other people."""

_PATIENCE = 600.0


class InUse(Exception):
    """The mailboxes are used by other cases, for longer than anybody waits; the message says which."""


@contextmanager
def lease_mailboxes(target: Target, *, is_alone: bool = False, patience: float = _PATIENCE) -> Iterator[None]:
    """Have the target's mailboxes while the block runs: together with other cases, or alone.

    Cases that know their items by a token may share a mailbox; those that change what all of it is subject to, such as
    its delegates, may not. Who waits to be alone is not overtaken. InUse after ``patience`` seconds.
    """
    with ExitStack() as stack:
        with locked("gate", wait=patience) as is_open:
            _check(is_open, "the gate to all mailboxes")
            for address, name in sorted(_mailboxes(target).items()):
                is_held = stack.enter_context(locked(name, is_shared=not is_alone, wait=patience))
                _check(is_held, address)
        yield


@contextmanager
def lease_weeks(target: Target, today: date, count: int = 1) -> Iterator[tuple[date, ...]]:
    """Have weeks to oneself while the block runs, named by their Mondays: ``count`` in a row, then some further ones.

    They begin a week from ``today`` or later. InUse where too many others have theirs.
    """
    first = today + timedelta(days=7 - today.weekday() + 7)
    service = _services(target)[0]
    start = secrets.randbelow(WEEKS)
    with ExitStack() as stack:
        held: list[date] = []
        for number in range(2 * WEEKS):
            monday = first + timedelta(weeks=(start + number) % WEEKS)
            if monday in held:
                break
            if len(held) < count and held and monday != held[-1] + timedelta(weeks=1):
                held = []  # those before are kept from others until the end, and not used
            if stack.enter_context(locked(_name(service, monday.isoformat()))):
                held.append(monday)
            elif len(held) < count:
                held = []
            if len(held) == count + FURTHER:
                break
        _check(len(held) >= count, f"every week of {service}")
        yield tuple(held)


def _check(is_held: bool, what: str) -> None:
    if not is_held:
        raise InUse(f"Other cases have had {what} for themselves all the time.")


def _services(target: Target) -> list[str]:
    return sorted({urlsplit(endpoint.url).netloc.casefold() for endpoint in target.endpoints})


def _mailboxes(target: Target) -> dict[str, str]:
    """The lock of each mailbox, by its address at each service."""
    places = [(service, account.address.casefold()) for service in _services(target) for account in target.accounts]
    return {f"{address} at {service}": _name(service, address) for service, address in places}


def _name(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
