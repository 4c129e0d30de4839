"""Entries of the address book in answers: mailboxes with what they are, and the contacts that say more of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from reference_impl.domain.mailbox import Mailbox, MailboxKind, Person
from reference_impl.ews import xml
from reference_impl.ews.versions import Version


def entry(element: str, somebody: Mailbox | Person) -> str:
    """An element of type EmailAddressType; whoever has no mailbox here is a contact (DOC mailboxtype)."""
    person = somebody if isinstance(somebody, Person) else somebody.person
    return xml.node(
        element,
        xml.leaf("Name", person.name or person.address)
        + xml.leaf("EmailAddress", person.address)
        + xml.leaf("RoutingType", "SMTP")
        + xml.leaf("MailboxType", _mailbox_type(somebody)),
    )


def _mailbox_type(somebody: Mailbox | Person) -> str:
    if isinstance(somebody, Person):
        return "Contact"
    return "PublicDL" if somebody.kind is MailboxKind.LIST else "Mailbox"


class _Property(NamedTuple):
    """One property of a contact: how it is written, since when, and whether only AllProperties has it."""

    write: Callable[[Mailbox], str]
    since: str | None = None
    is_rare: bool = False


def _text(element: str, value: Callable[[Mailbox], str]) -> Callable[[Mailbox], str]:
    return lambda mailbox: xml.leaf(element, text) if (text := value(mailbox)) else ""


def _addresses(mailbox: Mailbox) -> str:
    return xml.node("EmailAddresses", f'<t:Entry Key="EmailAddress1">SMTP:{xml.text(mailbox.address)}</t:Entry>')


_PHONES: Final[Mapping[str, Callable[[Mailbox], str]]] = {
    "BusinessPhone": lambda mailbox: mailbox.card.business_phone,
    "MobilePhone": lambda mailbox: mailbox.card.mobile_phone,
}


def _phones(mailbox: Mailbox) -> str:
    numbers = ((key, value(mailbox)) for key, value in _PHONES.items())
    content = "".join(f'<t:Entry Key="{key}">{xml.text(number)}</t:Entry>' for key, number in numbers if number)
    return xml.node("PhoneNumbers", content) if content else ""


_CONTACT: Final = (
    _Property(_text("DisplayName", lambda mailbox: mailbox.person.name or mailbox.address)),
    _Property(_text("GivenName", lambda mailbox: mailbox.card.given_name)),
    _Property(_text("CompanyName", lambda mailbox: mailbox.card.company)),
    _Property(_addresses),
    _Property(_phones),
    _Property(_text("ContactSource", lambda _mailbox: "ActiveDirectory")),
    _Property(_text("Department", lambda mailbox: mailbox.card.department)),
    _Property(_text("JobTitle", lambda mailbox: mailbox.card.job_title)),
    _Property(_text("OfficeLocation", lambda mailbox: mailbox.card.office)),
    _Property(_text("Surname", lambda mailbox: mailbox.card.surname)),
    _Property(lambda _mailbox: xml.leaf("HasPicture", value=False), "Exchange2010", is_rare=True),
    _Property(_text("Alias", lambda mailbox: mailbox.alias), "Exchange2010_SP2", is_rare=True),
    _Property(_text("DirectoryId", lambda mailbox: mailbox.id), "Exchange2010_SP2", is_rare=True),
)
"""The properties of a contact from the directory, in schema order; what is not known has no element."""


def contact(mailbox: Mailbox, version: Version, shape: str) -> str:
    """The t:Contact of a directory entry in a base shape; it is no item, so IdOnly leaves nothing."""
    if shape == "IdOnly":
        return xml.node("Contact", "")
    return xml.node(
        "Contact",
        "".join(
            write(mailbox)
            for write, since, is_rare in _CONTACT
            if version.has(since) and (shape == "AllProperties" or not is_rare)
        ),
    )
