"""Organizers and attendees in iCalendar (RFC 5545 sections 3.8.4.1 and 3.8.4.3, [MS-OXCICAL] 2.1.3.1.1.20.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from icalendar import vCalAddress

from reference_impl.domain.items import Attendee, Response, Role
from reference_impl.domain.mailbox import Person
from reference_impl.mime import words
from reference_impl.mime.errors import MimeUnconvertible

_MAILTO: Final = "mailto:"


def address_of(person: Person) -> vCalAddress:
    """A person as a calendar address."""
    value = vCalAddress(_MAILTO + "".join(person.address.split()))
    if person.name:
        value.params["CN"] = words.line(person.name)
    return value


def attendee_of(entry: Attendee, answer: Response, *, asks: bool) -> vCalAddress:
    """One attendee with an answer, asked for one or not."""
    value = address_of(entry.person)
    if entry.role is Role.RESOURCE:
        value.params["CUTYPE"] = "RESOURCE"
    value.params["ROLE"] = words.ROLES[entry.role]
    value.params["PARTSTAT"] = words.ANSWERS[answer]
    value.params["RSVP"] = "TRUE" if asks else "FALSE"
    return value


@dataclass(frozen=True, slots=True)
class Invited:
    """One attendee as a calendar names it; ``asks`` says whether an answer is awaited."""

    entry: Attendee
    asks: bool


def read_person(value: Any) -> Person:
    """The person of a calendar address. Raises MimeUnconvertible for one without an address."""
    text = str(value).strip()
    address = text[len(_MAILTO) :] if text[: len(_MAILTO)].lower() == _MAILTO else text
    if not words.line(address):
        raise MimeUnconvertible("an organizer or attendee has no address")
    name = words.line(str(_params(value).get("CN", "")))
    return Person(name=name, address=words.line(address))


def read_attendee(value: Any) -> Invited:
    """An attendee with the answer that the calendar has noted. Raises MimeUnconvertible for one without an address."""
    params = {name.upper(): str(said).upper() for name, said in _params(value).items()}
    answer = words.ANSWERS_OF.get(params.get("PARTSTAT", ""), Response.NONE)
    return Invited(Attendee(read_person(value), _role(params), answer), params.get("RSVP") == "TRUE")


def _params(value: Any) -> Mapping[str, Any]:
    params: Mapping[str, Any] = getattr(value, "params", {})
    return params


def _role(params: Mapping[str, str]) -> Role:
    if params.get("CUTYPE") in {"RESOURCE", "ROOM"} or params.get("ROLE") == words.ROLES[Role.RESOURCE]:
        return Role.RESOURCE
    return Role.OPTIONAL if params.get("ROLE") == words.ROLES[Role.OPTIONAL] else Role.REQUIRED
