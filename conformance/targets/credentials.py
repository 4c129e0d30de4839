"""Which secrets must be there before a suite begins, and how a person at a terminal is asked for them."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable, Iterator

from conformance.targets.secret import Secret
from conformance.targets.target import OAUTH, Account, Endpoint, Target, TargetKind


def needed_secrets(target: Target) -> tuple[Secret, ...]:
    """What must be there: all that the target file names, and what the first organizer and attendee sign in by.

    Other accounts may have no password: cases that need one are not applicable then.
    """
    return tuple(dict.fromkeys(_needed(target)))


def obtain_secrets(target: Target, ask: Callable[[str], str] | None = None) -> None:
    """See that every secret needed is in the environment; ``ask`` gets those that a person may type in.

    What is typed is put into this process's environment, for it and its workers. MissingPassword for the first that
    is not there.
    """
    for secret in needed_secrets(target):
        if not obtain_secret(secret, ask):
            raise secret.missing()


def obtain_secret(secret: Secret, ask: Callable[[str], str] | None = None) -> bool:
    """See that a secret is in the environment, as ``obtain_secrets`` does; whether it is."""
    if secret.variable in os.environ:
        return True
    typed = ask(f"{secret.title}: ") if ask is not None and secret.is_typed else ""
    if typed:
        os.environ[secret.variable] = typed
    return bool(typed)


def asking() -> Callable[[str], str] | None:
    """How to ask for a secret without showing it, where a person is at a terminal; None elsewhere."""
    try:
        return getpass.getpass if os.isatty(0) else None
    except OSError:
        return None


def _needed(target: Target) -> Iterator[Secret]:
    if target.kind is TargetKind.EMBEDDED:
        return
    for endpoint in target.endpoints:
        if endpoint.application_secret:
            yield endpoint.application_secret
    # Nothing can be played without the first of each.
    first = {account.role: account for account in reversed(target.accounts)}
    for account in target.accounts:
        tokens = [account.token_secret(endpoint.protocol) for endpoint in target.endpoints]
        yield from (token for token in tokens if token)
        is_named = bool(account.password_env) or account.password_prompt
        is_indispensable = account in {first.get("organizer"), first.get("attendee")}
        signs_in = any(_takes_a_password(account, endpoint) for endpoint in target.endpoints)
        if not account.secret and (is_named or (is_indispensable and signs_in)):
            yield account.password_secret


def _takes_a_password(account: Account, endpoint: Endpoint) -> bool:
    is_spoken_for = endpoint.is_for_applications or account.token_secret(endpoint.protocol) is not None
    return endpoint.auth != OAUTH or not is_spoken_for
