"""Who is who: mailboxes by address and by id, and their passwords."""

from __future__ import annotations

import hmac
import struct
from typing import Final
from uuid import UUID

from reference_impl.domain.addressbook import is_called, matching
from reference_impl.domain.mailbox import Mailbox, MailboxKind, Person
from reference_impl.service.world import World

_DOMAIN_USER: Final = "S-1-5-21"


def find_mailbox(world: World, address: str) -> Mailbox | None:
    """The mailbox or distribution list with this SMTP address; case does not count."""
    return world.store.directory.find(address)


def mailbox_by_id(world: World, mailbox_id: str) -> Mailbox | None:
    """The mailbox or distribution list with this GUID."""
    return world.store.directory.by_id.get(mailbox_id)


def security_id(mailbox: Mailbox) -> str:
    """The mailbox's SID: it follows from its GUID, and back ([MS-DTYP] 2.4.2)."""
    parts = struct.unpack("<4I", UUID(mailbox.id).bytes)
    return "-".join((_DOMAIN_USER, *(str(part) for part in parts)))


def find_by_security_id(world: World, text: str) -> Mailbox | None:
    """The mailbox with this SID."""
    head, *parts = text.upper().rsplit("-", 4)
    if head != _DOMAIN_USER or not all(part.isdecimal() and int(part) < 2**32 for part in parts):
        return None
    return mailbox_by_id(world, str(UUID(bytes=struct.pack("<4I", *(int(part) for part in parts)))))


def people(world: World) -> tuple[Mailbox, ...]:
    """Every mailbox and list of the server, in the population's order."""
    return world.store.directory.mailboxes


def domains(world: World) -> tuple[str, ...]:
    """The domains of the server's addresses, in the population's order."""
    return tuple(dict.fromkeys(mailbox.person.key.rpartition("@")[2] for mailbox in people(world)))


def find_account(world: World, name: str) -> Mailbox | None:
    r"""The mailbox that a user name means: user@domain, DOMAIN\user, or the user alone where only one is called so.

    DOMAIN is an address's domain or its first label; before an address, and where it is empty, it says nothing. Lists
    and mailboxes without a password let nobody in.
    """
    domain, _, user = name.strip().rpartition("\\")
    if "@" in user:
        found = [find_mailbox(world, user)]
    else:
        found = [
            mailbox for mailbox in world.store.directory.by_user.get(user.casefold(), ()) if _is_in(mailbox, domain)
        ]
    mailbox = found[0] if len(found) == 1 else None
    is_account = mailbox is not None and mailbox.kind is not MailboxKind.LIST and mailbox.password
    return mailbox if is_account else None


def resolve(world: World, entry: str) -> tuple[Mailbox, ...]:
    """Everybody whom an incomplete name may mean."""
    return matching(entry, people(world))


def lists_called(world: World, name: str) -> tuple[Mailbox, ...]:
    """The distribution lists with this address, else those with this alias, display name or distinguished name."""
    by_address = find_mailbox(world, name)
    found = people(world) if by_address is None else (by_address,)
    return tuple(mailbox for mailbox in found if mailbox.kind is MailboxKind.LIST and is_called(mailbox, name))


def members(world: World, group: Mailbox) -> tuple[Mailbox | Person, ...]:
    """Who is on a list, each once, in order; lists on it are not opened, and people of elsewhere have no mailbox."""
    by_key = {address.strip().casefold(): address.strip() for address in group.members}
    return tuple(find_mailbox(world, address) or Person(address) for address in by_key.values())


def room_lists(world: World) -> tuple[Mailbox, ...]:
    """The lists by which rooms are found, hidden ones apart."""
    return tuple(mailbox for mailbox in people(world) if mailbox.is_room_list and not mailbox.is_hidden)


def all_rooms(world: World) -> tuple[Mailbox, ...]:
    """The rooms of the server, hidden ones apart, in the population's order."""
    return tuple(one for one in people(world) if one.kind is MailboxKind.ROOM and not one.is_hidden)


def rooms(world: World, room_list: Mailbox) -> tuple[Mailbox, ...]:
    """The rooms of a list, hidden ones apart."""
    return tuple(
        member
        for member in members(world, room_list)
        if isinstance(member, Mailbox) and member.kind is MailboxKind.ROOM and not member.is_hidden
    )


def authenticate(world: World, name: str, password: str) -> Mailbox | None:
    """The mailbox that a user name means, if the password is its own; an unknown name takes as long as a wrong one.

    Passwords are those of a test population and kept as they are: what NTLM answers cannot be checked against a salted
    hash, and its own unsalted one protects nothing.
    """
    mailbox = find_account(world, name)
    is_right = hmac.compare_digest((mailbox.password if mailbox else "").encode(), password.encode())
    return mailbox if is_right else None


def _is_in(mailbox: Mailbox, domain: str) -> bool:
    own = mailbox.person.key.partition("@")[2]
    return domain.casefold() in {"", own, own.partition(".")[0]}
