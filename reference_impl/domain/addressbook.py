"""Finding people by what somebody remembers of their names: ambiguous name resolution."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

from reference_impl.domain.mailbox import Mailbox

_ROUTED: Final = re.compile(r"(smtp|ex|sip|x400|x500|sms|fax):(.*)", re.IGNORECASE)
_EXACTLY: Final = "="


def matching(entry: str, mailboxes: Iterable[Mailbox]) -> tuple[Mailbox, ...]:
    """The mailboxes and lists that an entry may mean, hidden ones apart, in their order.

    An entry begins the address, the alias, the display name or one of its words, the given name, the surname or the
    office; two words begin given name and surname, in either order. With ``=`` before it the entry is the whole of one
    of these, with a routing type before it (``SMTP:``, ``EX:``) an address of that type (DOC unresolvedentry).
    """
    wanted = entry.strip().casefold()
    routed = _ROUTED.fullmatch(wanted)
    if routed is not None:
        is_meant = _by_address(routed[1], routed[2].strip())
    elif wanted.startswith(_EXACTLY):
        is_meant = _by_whole(wanted.removeprefix(_EXACTLY).strip())
    else:
        is_meant = _by_beginning(wanted)
    return tuple(mailbox for mailbox in mailboxes if not mailbox.is_hidden and is_meant(mailbox))


def is_called(mailbox: Mailbox, name: str) -> bool:
    """Whether a name is the whole address, alias, display name or distinguished name of a mailbox or list."""
    wanted = name.strip().casefold()
    routed = _ROUTED.fullmatch(wanted)
    if routed is not None:
        wanted = routed[2].strip()
    known = (mailbox.address, mailbox.alias, mailbox.person.name, mailbox.distinguished_name)
    return bool(wanted) and wanted in {text.casefold() for text in known}


def _by_address(routing: str, wanted: str) -> Callable[[Mailbox], bool]:
    if routing == "smtp":
        return lambda mailbox: mailbox.person.key.startswith(wanted)
    if routing == "ex":
        return lambda mailbox: mailbox.distinguished_name.casefold() == wanted
    return lambda _mailbox: False


def _by_whole(wanted: str) -> Callable[[Mailbox], bool]:
    return lambda mailbox: wanted in _attributes(mailbox)


def _by_beginning(wanted: str) -> Callable[[Mailbox], bool]:
    first, _, second = (part.strip() for part in wanted.partition(" "))

    def is_meant(mailbox: Mailbox) -> bool:
        words = mailbox.person.name.casefold().split()
        if any(text.startswith(wanted) for text in (*_attributes(mailbox), *words)):
            return True
        given, surname = (name.casefold() for name in _names(mailbox))
        return bool(second) and (
            (given.startswith(first) and surname.startswith(second))
            or (given.startswith(second) and surname.startswith(first))
        )

    return is_meant


def _attributes(mailbox: Mailbox) -> tuple[str, ...]:
    texts = (mailbox.address, mailbox.alias, mailbox.person.name, *_names(mailbox), mailbox.card.office)
    return tuple(text.casefold() for text in texts if text)


def _names(mailbox: Mailbox) -> tuple[str, str]:
    """Given name and surname: those of the card, else the first word of the display name and the rest."""
    first, _, rest = mailbox.person.name.partition(" ")
    return mailbox.card.given_name or first, mailbox.card.surname or rest
