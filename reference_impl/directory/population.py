"""The people of a server: the default ones, or those of a TOML file."""

from __future__ import annotations

import tomllib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args, get_type_hints

from reference_impl.directory.tables import PopulationError, Table
from reference_impl.directory.tenants import tenant_of
from reference_impl.domain.applications import Tenant
from reference_impl.domain.copying import replace
from reference_impl.domain.errors import NoSuchTimeZone
from reference_impl.domain.mailbox import BookingPolicy, BusinessCard, Mailbox, MailboxKind, Person, WorkingHours
from reference_impl.domain.permissions import LEVELS, Level
from reference_impl.domain.places import PostalAddress
from reference_impl.domain.rooms import BookingKind, RoomFacts
from reference_impl.domain.timezone import to_windows

PASSWORD = "meetproof"  # noqa: S105  the documented password of made-up people

_TABLES = frozenset({"mailbox", "application", "tenant"})
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_ACCESS: Mapping[str, Level] = {**{str(level): level for level in LEVELS}, "full": Level.REVIEWER}
"""The names of access to a calendar; who sees all of it reads it like a reviewer."""


def mailbox_id(address: str) -> str:
    """The GUID of the mailbox with this address: it follows from the address, so it is the same at every start."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"mailto:{address.casefold()}"))


def default_population() -> tuple[Mailbox, ...]:
    """An organizer, ten attendees, a room and a list at example.com, and two people at contoso.com.

    The last attendee shows the organizer all details of the calendar; everybody else shows others only free and busy.
    """
    attendees = [_person(f"attendee{number}@example.com", f"Attendee {number}", time_zone="UTC") for number in range(9)]
    sharing = _person("attendee9@example.com", "Attendee 9", time_zone="UTC")
    attendees.append(replace(sharing, access=(("organizer0@example.com", Level.REVIEWER),)))
    return (
        _person("organizer0@example.com", "Organizer 0", time_zone="UTC", may_impersonate=True),
        *attendees,
        Mailbox(
            id=mailbox_id("room0@example.com"),
            person=Person("room0@example.com", "room0@example.com"),
            kind=MailboxKind.ROOM,
            password=PASSWORD,
        ),
        Mailbox(
            id=mailbox_id("list0@example.com"),
            person=Person("list0@example.com", "List 0"),
            kind=MailboxKind.LIST,
            members=tuple(attendee.address for attendee in attendees[:5]),
        ),
        _person("AlexW@contoso.com", "Alex Wilber", time_zone="Pacific Standard Time"),
        _person("AdeleV@contoso.com", "Adele Vance", time_zone="Pacific Standard Time"),
    )


def _person(address: str, name: str, *, time_zone: str, may_impersonate: bool = False) -> Mailbox:
    return Mailbox(
        id=mailbox_id(address),
        person=Person(address, name),
        password=PASSWORD,
        time_zone=time_zone,
        may_impersonate=may_impersonate,
    )


def read_population(path: str | Path) -> tuple[Mailbox, ...]:
    """The mailboxes of a TOML file of ``[[mailbox]]`` tables, beside which ``read_tenant`` reads others.

    Members of a table: address (needed), name, kind (user, room, equipment, list), password, time_zone (Windows or
    IANA), working_days, working_from and working_until ("HH:MM"), default_access and access (address = level; none,
    time_only, time_subject_location, full, or a permission level such as reviewer or editor), auto_accept and booking
    (of a room or equipment that answers by its calendar, a table), room (what is told of a room or list of rooms, a
    table), may_impersonate, hidden (from address lists), members and room_list (of a list), and what an address book
    says: given_name, surname, alias, job_title, department, company, office, business_phone, mobile_phone; redirect
    (an address or URL where Autodiscover tells clients to look instead). Raises PopulationError.
    """
    where, document = Path(path), _document(Path(path))
    tables = document.get("mailbox")
    if not set(document) <= _TABLES or not isinstance(tables, list) or not tables:
        raise PopulationError(
            f"{where}: expected [[mailbox]] tables, and [[application]] and [tenant] if any, "
            f"got {', '.join(sorted(document)) or 'nothing'}. "
            "Describe each mailbox in a [[mailbox]] table of its own."
        )
    return population_of(tables, str(where))


def read_tenant(path: str | Path) -> Tenant:
    """The tenant of the same file: what ``tenant_of`` reads of its [tenant] table and [[application]] tables.

    Raises PopulationError.
    """
    document = _document(Path(path))
    return tenant_of(document.get("tenant", {}), document.get("application", []), str(path))


def _document(where: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(where.read_text(encoding="utf-8"))
    except OSError as error:
        raise PopulationError(f"{where} cannot be read: {error.strerror}. Give the path of a TOML file.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PopulationError(f"{where} is not TOML: {error}.") from error


def population_of(tables: Sequence[object], where: str) -> tuple[Mailbox, ...]:
    """The mailboxes of tables with the members that ``read_population`` names. Raises PopulationError."""
    mailboxes = tuple(
        _Mailbox(f"{where}, mailbox {number}", table, "mailbox").mailbox()
        for number, table in enumerate(tables, start=1)
    )
    seen: set[str] = set()
    for mailbox in mailboxes:
        if mailbox.person.key in seen:
            raise PopulationError(f"{where}: {mailbox.address} is described twice. Remove one of the two tables.")
        seen.add(mailbox.person.key)
    return mailboxes


class _Mailbox(Table):
    """One [[mailbox]] table being read."""

    def mailbox(self) -> Mailbox:
        """The mailbox that the table describes."""
        address = self._take("address", str, "")
        if "@" not in address:
            raise self._wrong("address", "an SMTP address such as anna@example.com", address)
        kind = self._choice("kind", MailboxKind, MailboxKind.USER)
        mailbox = Mailbox(
            id=mailbox_id(address),
            person=Person(address, self._take("name", str, address.partition("@")[0])),
            kind=kind,
            password=self._take("password", str, "" if kind is MailboxKind.LIST else PASSWORD),
            time_zone=self._time_zone(),
            working_hours=self._working_hours(),
            default_access=self._level("default_access", self._left.pop("default_access", Level.TIME_ONLY)),
            access=self._access(),
            auto_accept=self._take("auto_accept", bool, False),
            booking=self._booking(),
            may_impersonate=self._take("may_impersonate", bool, False),
            members=self._texts("members", ()),
            is_room_list=self._take("room_list", bool, False),
            is_hidden=self._take("hidden", bool, False),
            card=BusinessCard(**{entry.name: self._take(entry.name, str, "") for entry in fields(BusinessCard)}),
            redirect=self._redirect(),
            room=self._room(kind),
        )
        if mailbox.members and kind is not MailboxKind.LIST:
            raise PopulationError(f'{self._where}: a {kind} has no members. Set kind = "list" or remove members.')
        if mailbox.is_room_list and kind is not MailboxKind.LIST:
            raise PopulationError(f'{self._where}: a {kind} lists no rooms. Set kind = "list" or remove room_list.')
        self._finish()
        return mailbox

    def _time_zone(self) -> str:
        name = self._take("time_zone", str, "UTC")
        try:
            return to_windows(name)
        except NoSuchTimeZone:
            raise self._wrong("time_zone", "a Windows or IANA zone name", name) from None

    def _redirect(self) -> str:
        value: str = self._take("redirect", str, "")
        if value and "@" not in value and not value.startswith("https://"):
            raise self._wrong("redirect", "an SMTP address or an https URL", value)
        return value

    def _working_hours(self) -> WorkingHours:
        usual = WorkingHours()
        days = self._texts("working_days", tuple(_DAYS[day] for day in sorted(usual.days)))
        for day in days:
            if day.lower() not in _DAYS:
                raise self._wrong("working_days", "names of days such as monday", day)
        start = self._minutes("working_from", usual.start_minute)
        end = self._minutes("working_until", usual.end_minute)
        if end <= start:
            raise PopulationError(f"{self._where}: working_until must be later than working_from.")
        return WorkingHours(frozenset(_DAYS.index(day.lower()) for day in days), start, end)

    def _minutes(self, name: str, default: int) -> int:
        value = self._left.pop(name, f"{default // 60:02}:{default % 60:02}")
        hours, _, minutes = value.partition(":") if isinstance(value, str) else ("", "", "")
        if not (
            hours.isdecimal() and minutes.isdecimal() and int(minutes) < 60 and int(hours) * 60 + int(minutes) <= 1440
        ):
            raise self._wrong(name, 'a time such as "08:30"', value)
        return int(hours) * 60 + int(minutes)

    def _booking(self) -> BookingPolicy:
        """The members of a [mailbox.booking] table are those of BookingPolicy."""
        value = self._left.pop("booking", {})
        if not isinstance(value, dict):
            raise self._wrong("booking", "a table", value)
        usual = BookingPolicy()
        for name, given in value.items():
            known = getattr(usual, name, None)
            if known is None:
                raise self._wrong("booking", f"a table of {', '.join(one.name for one in fields(usual))}", name)
            if type(given) is not type(known) or (isinstance(given, int) and given < 0):
                expected = "true or false" if isinstance(known, bool) else "a whole number"
                raise self._wrong(f"booking.{name}", expected, given)
        return BookingPolicy(**value)

    def _room(self, kind: MailboxKind) -> RoomFacts:
        """The members of a [mailbox.room] table are those of RoomFacts; address is a table of PostalAddress."""
        given = self._left.pop("room", {})
        if given and kind not in {MailboxKind.ROOM, MailboxKind.LIST}:
            raise PopulationError(f'{self._where}: a {kind} is no place. Set kind = "room" or remove room.')
        facts = self._facts("room", RoomFacts, given, special={"tags", "booking", "address"})
        if "tags" in facts:
            facts["tags"] = self._listed("room.tags", facts["tags"])
        if "booking" in facts:
            facts["booking"] = self._chosen("room.booking", BookingKind, facts["booking"])
        if "address" in facts:
            address = self._facts("room.address", PostalAddress, facts["address"], special=set())
            facts["address"] = PostalAddress(**address)
        return RoomFacts(**facts)

    def _facts(self, name: str, kind: type[Any], given: Any, special: set[str]) -> dict[str, Any]:
        """The members of a table, each of the type that its field has."""
        if not isinstance(given, dict):
            raise self._wrong(name, "a table", given)
        hints = get_type_hints(kind)
        for member, value in given.items():
            if member not in hints:
                raise self._wrong(name, f"a table of {', '.join(hints)}", member)
            types = get_args(hints[member]) or (hints[member],)
            allowed = (*types, int) if float in types else types
            if member not in special and type(value) not in allowed:
                raise self._wrong(f"{name}.{member}", types[0].__name__, value)
        return dict(given)

    def _access(self) -> tuple[tuple[str, Level], ...]:
        value = self._left.pop("access", {})
        if not isinstance(value, Mapping):
            raise self._wrong("access", "a table of address = level", value)
        return tuple((str(address).casefold(), self._level("access", level)) for address, level in value.items())

    def _level(self, name: str, value: object) -> Level:
        level = _ACCESS.get(value) if isinstance(value, str) else None
        if level is None:
            raise self._wrong(name, "one of " + ", ".join(_ACCESS), value)
        return level
