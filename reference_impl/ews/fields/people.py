"""People in answers and requests: recipients, attendees, single mailboxes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

from reference_impl.domain.items import Attendee, Role
from reference_impl.domain.mailbox import Person
from reference_impl.ews import words, xml
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.fields.model import Setter, Writing
from reference_impl.ews.namespaces import t
from reference_impl.ews.tree import Element, children
from reference_impl.ews.view import View

_SMTP: Final = re.compile(r"[^@\s<>\"(),;:\\\[\]]+@[^@\s<>\"(),;:\\\[\]]+")


_ADDRESS, _ROUTING, _NAME = t("EmailAddress"), t("RoutingType"), t("Name")
_MAILBOX: Final = t("Mailbox")
_RANKS: Final = {role: rank for rank, role in enumerate(Role)}


@lru_cache(maxsize=8192)
def mailbox(person: Person, *, name_only: bool = False) -> str:
    """A t:Mailbox; FindItem shows names only (DOC finditem-operation)."""
    name = xml.leaf("Name", person.name or person.address)
    if name_only:
        return f"<t:Mailbox>{name}</t:Mailbox>"
    return (
        f"<t:Mailbox>{name}<t:EmailAddress>{xml.text(person.address)}</t:EmailAddress>"
        "<t:RoutingType>SMTP</t:RoutingType></t:Mailbox>"
    )


def single(element: str, person: Person, view: View) -> str:
    """An element with one mailbox, such as Organizer or From."""
    return xml.node(element, mailbox(person, name_only=view.found))


def recipients(element: str, people: Iterable[Person]) -> str | None:
    """An element with the mailboxes of recipients; None for nobody."""
    content = "".join(mailbox(person) for person in people)
    return xml.node(element, content) if content else None


def attendees(element: str, entries: Iterable[Attendee], view: View, *, answers: bool) -> str | None:
    """An attendee list; ``answers`` tells whether this copy keeps the answers, as only the organizer's does."""
    content = "".join(_attendee(entry, view, answers=answers) for entry in entries)
    return xml.node(element, content) if content else None


def _attendee(entry: Attendee, view: View, *, answers: bool) -> str:
    parts = [mailbox(entry.person)]
    if not answers:
        return xml.node("Attendee", parts[0] + "<t:ResponseType>Unknown</t:ResponseType>")
    parts.append(xml.leaf("ResponseType", words.ATTENDEE_RESPONSE[entry.response]))
    if entry.response_time is not None:
        parts.append(xml.leaf("LastResponseTime", view.call.time(entry.response_time)))
    if entry.proposal is not None and view.call.version.has("Exchange2013"):
        parts.append(xml.leaf("ProposedStart", view.call.time(entry.proposal.start)))
        parts.append(xml.leaf("ProposedEnd", view.call.time(entry.proposal.end)))
    return xml.node("Attendee", "".join(parts))


def read_person(element: Element) -> Person:
    """The person of a t:Mailbox.

    Raises ErrorMissingInformationEmailAddress, ErrorInvalidRoutingType, and ErrorInvalidRecipients for what is no SMTP
    address.
    """
    told = {part.tag: part.text or "" for part in children(element)}
    return _person(told.get(_ADDRESS, ""), told.get(_ROUTING) or "SMTP", told.get(_NAME, ""))


@lru_cache(maxsize=8192)
def _person(address: str, routing: str, name: str) -> Person:
    """The same people are written to again and again."""
    address = address.strip()
    if routing.upper() == "SMTP" and address.upper().startswith("SMTP:"):
        address = address[5:]
    if not address:
        raise ResponseError("ErrorMissingInformationEmailAddress", "A recipient has no e-mail address.")
    if routing.upper() not in {"SMTP", "MAPIPDL"}:
        raise ResponseError("ErrorInvalidRoutingType", f"Recipients are routed by SMTP here; got {routing!r}.")
    if _SMTP.fullmatch(address) is None:
        raise ResponseError("ErrorInvalidRecipients", f"{address!r} is not an SMTP address.")
    return Person(address, name.strip())


def read_people(element: Element) -> tuple[Person, ...]:
    """The people of a recipient list, in order."""
    return tuple(read_person(mailbox_) for mailbox_ in element.iterchildren(_MAILBOX))


def set_attendees(role: Role) -> Setter:
    """Replace the attendees of one role."""

    def set_(target: Any, element: Element, _writing: Writing) -> Mapping[str, Any]:
        others = tuple(entry for entry in target.attendees if entry.role is not role)
        return {"attendees": _merged(others, _entries(element, role))}

    return set_


def append_attendees(role: Role) -> Setter:
    """Add attendees of one role to those there are."""

    def append(target: Any, element: Element, _writing: Writing) -> Mapping[str, Any]:
        return {"attendees": _merged(target.attendees, _entries(element, role))}

    return append


def _entries(element: Element, role: Role) -> tuple[Attendee, ...]:
    return tuple([Attendee(read_person(entry[0]), role) for entry in children(element)])


def _merged(first: tuple[Attendee, ...], second: tuple[Attendee, ...]) -> tuple[Attendee, ...]:
    """Both lists in order of role, each person once: whoever is named again takes the new role."""
    if not first:
        return second
    renamed = {entry.person.key for entry in second}
    kept = tuple(entry for entry in first if entry.person.key not in renamed)
    return tuple(sorted((*kept, *second), key=lambda entry: _RANKS[entry.role]))
