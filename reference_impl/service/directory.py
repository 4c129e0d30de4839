"""Who is who: mailboxes by address and by id, and their passwords."""

from __future__ import annotations

import hmac

from reference_impl.domain.mailbox import Mailbox, MailboxKind
from reference_impl.service.world import World


def find_mailbox(world: World, address: str) -> Mailbox | None:
    """The mailbox or distribution list with this SMTP address; case does not count."""
    return world.store.directory.find(address)


def mailbox_by_id(world: World, mailbox_id: str) -> Mailbox | None:
    """The mailbox or distribution list with this GUID."""
    return world.store.directory.by_id.get(mailbox_id)


def people(world: World) -> tuple[Mailbox, ...]:
    """Every mailbox and list of the server, in the population's order."""
    return world.store.directory.mailboxes


def authenticate(world: World, address: str, password: str) -> Mailbox | None:
    """The mailbox, if the password is its own; lists and mailboxes without a password let nobody in.

    An unknown address takes as long as a wrong password.
    """
    mailbox = find_mailbox(world, address)
    expected = mailbox.password if mailbox is not None else ""
    is_right = hmac.compare_digest(expected.encode(), password.encode())
    if mailbox is None or mailbox.kind is MailboxKind.LIST or not expected or not is_right:
        return None
    return mailbox
