"""Calendars and mail folders in which there is something to find."""

from datetime import UTC, datetime, timedelta

import pytest

from reference_impl.domain.copying import replace
from reference_impl.domain.items import CalendarItem, Importance, Message, MessageKind, Sensitivity
from reference_impl.domain.mailbox import FolderRole, Person
from reference_impl.ews import ids
from reference_impl.service.directory import find_mailbox

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)
NOBODY = Person("nobody@example.net", "Nobody")


@pytest.fixture
def events(organizer):
    """The ids of five appointments on five days: subjects A to E, the first in June."""
    found = []
    for number, letter in enumerate("ABCDE"):
        day = 10 + number
        answer = organizer.create(
            sending="SendToNone",
            subject=letter,
            start=f"2026-06-{day}T10:00:00Z",
            end=f"2026-06-{day}T11:00:00Z",
            before='<t:Body BodyType="Text">Some text</t:Body>',
            inner=f"<t:Location>Room {number % 2}</t:Location>",
        )
        found += [element.get("Id") for element in answer.all("ItemId")]
    return found


class Filler:
    """Puts items straight into a mailbox's folders, one after the other."""

    def __init__(self, world, address):
        self.world = world
        self.owner = find_mailbox(world, address)
        self._count = 0

    def folder(self, name):
        return self.world.store.directory.roles[self.owner.id, FolderRole(name)]

    def _common(self, folder):
        self._count += 1
        return {
            "id": f"{self._count:032x}",
            "mailbox_id": self.owner.id,
            "folder_id": self.folder(folder).id,
            "version": 0,
            "created": MONDAY + timedelta(minutes=self._count),
            "modified": MONDAY + timedelta(minutes=self._count),
        }

    def message(self, subject, folder="inbox", **fields):
        common = self._common(folder) | {"kind": MessageKind.NOTE, "sender": NOBODY, "subject": subject}
        return self.add(Message(**(common | fields)))

    def event(self, subject, folder="calendar", **fields):
        common = self._common(folder) | {"subject": subject, "start": MONDAY, "end": MONDAY + HOUR}
        common |= {"uid": f"uid{self._count}", "organizer": self.owner.person}
        return self.add(CalendarItem(**(common | fields)))

    def add(self, item):
        return self.add_all([item])[0]

    def add_all(self, items):
        with self.world.store.begin() as unit:
            return [unit.add(item) for item in items]

    def id_of(self, item):
        return ids.item_id(item.mailbox_id, item.id)


@pytest.fixture
def filler(world):
    return Filler(world, "organizer0@example.com")


@pytest.fixture
def mails(filler):
    """Six messages in the Inbox, of two senders and about three topics, in no order of time."""
    anna, bert = Person("anna@example.net", "Anna Lind"), Person("bert@example.net", "Bert Öhman")
    hours = {"Plan": 5, "RE: Plan": 1, "budget": 3, "Budget review": 6, "RE: budget": 2, "Zebra crossing": 4}
    return [
        filler.message(
            subject,
            sender=bert if subject.startswith(("RE", "Z")) else anna,
            to=(filler.owner.person,),
            received=MONDAY + hour * HOUR,
            sent=MONDAY + hour * HOUR - timedelta(minutes=1),
            is_read=hour % 2 == 0,
            importance=(Importance.HIGH, Importance.LOW, Importance.NORMAL)[hour % 3],
            sensitivity=Sensitivity.PRIVATE if hour == 3 else Sensitivity.NORMAL,
            categories=("Red", "Blue") if hour < 3 else (),
        )
        for subject, hour in hours.items()
    ]


@pytest.fixture
def later():
    """A function that gives an item with other attributes."""
    return replace
