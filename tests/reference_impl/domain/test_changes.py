from datetime import UTC, datetime, timedelta

import pytest

from reference_impl.domain.acts import Audience
from reference_impl.domain.changes import MATTERS, Change, Matter, audience_of, change, update_kind
from reference_impl.domain.copying import replace
from reference_impl.domain.correspondence import cancelled_subject
from reference_impl.domain.items import Attendee, CalendarItem, RequestKind, Role
from reference_impl.domain.mailbox import Person

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)
BASE = CalendarItem(
    id="i",
    mailbox_id="m",
    folder_id="f",
    version=1,
    uid="u",
    start=NOW,
    end=NOW + timedelta(hours=1),
    organizer=Person("o@example.com"),
    attendees=(Attendee(Person("a@example.com")), Attendee(Person("b@example.com"))),
    created=NOW,
    modified=NOW,
)
BOOKKEEPING = {
    "id",
    "lasting_id",
    "mailbox_id",
    "folder_id",
    "version",
    "uid",
    "organizer",
    "is_organizer",
    "my_response",
    "reply_time",
    "sequence",
    "request_sent",
    "reminded_through",
    "sent_slot",
    "sent_location",
    "sent_recurrence",
    "uninvited",
    "exceptions",
    "deleted",
    "series_id",
    "day",
    "original_start",
    "is_exception",
    "is_cancelled",
    "transaction_id",
    "is_associated",
    "created",
    "creator",
    "arrival",
    "modified",
}


def test_every_property_is_either_a_matter_or_bookkeeping():
    names = set(CalendarItem.__struct_fields__)
    assert set(MATTERS) | BOOKKEEPING == names
    assert not set(MATTERS) & BOOKKEEPING


def test_people_are_told_apart_by_address():
    after = replace(BASE, attendees=(Attendee(Person("A@Example.com", "New name")), Attendee(Person("c@example.com"))))
    difference = change(BASE, after)
    assert difference.matters == {Matter.PEOPLE}
    assert [entry.person.key for entry in difference.added] == ["c@example.com"]
    assert [entry.person.key for entry in difference.removed] == ["b@example.com"]
    assert [entry.person.key for entry in difference.stayed] == ["a@example.com"]


def test_another_role_is_a_matter_of_people_without_comers_or_goers():
    after = replace(BASE, attendees=(replace(BASE.attendees[0], role=Role.OPTIONAL), BASE.attendees[1]))
    difference = change(BASE, after)
    assert (difference.matters, difference.added, difference.removed) == ({Matter.PEOPLE}, (), ())


@pytest.mark.parametrize(
    ("matters", "audience"),
    [
        (set(), Audience.NOBODY),
        ({Matter.PRIVATE}, Audience.NOBODY),
        ({Matter.PEOPLE}, Audience.CHANGED),
        ({Matter.PEOPLE, Matter.PRIVATE}, Audience.CHANGED),
        ({Matter.PEOPLE, Matter.CONTENT}, Audience.EVERYBODY),
        ({Matter.TIME}, Audience.EVERYBODY),
    ],
)
def test_the_audience_follows_the_matter_only_where_asked_to(matters, audience):
    difference = Change(frozenset(matters), (), (), ())
    assert audience_of(Audience.AS_NEEDED, difference) is audience
    for asked in (Audience.NOBODY, Audience.EVERYBODY, Audience.CHANGED):
        assert audience_of(asked, difference) is asked


ANN, BOB = (Attendee(Person(f"{name}@example.com")) for name in ("ann", "bob"))


@pytest.mark.parametrize(
    ("matters", "added", "removed", "is_rescheduled", "kind"),
    [
        ({Matter.TIME}, (), (), True, RequestKind.FULL_UPDATE),
        ({Matter.PEOPLE}, (ANN,), (), False, RequestKind.FULL_UPDATE),
        ({Matter.PEOPLE}, (ANN,), (BOB,), False, RequestKind.FULL_UPDATE),
        ({Matter.CONTENT}, (), (), False, RequestKind.INFORMATIONAL_UPDATE),
        (set(), (), (), False, RequestKind.INFORMATIONAL_UPDATE),
        ({Matter.PEOPLE, Matter.CONTENT}, (), (BOB,), False, RequestKind.INFORMATIONAL_UPDATE),
        ({Matter.PEOPLE}, (), (BOB,), False, RequestKind.SILENT_UPDATE),
        ({Matter.PEOPLE}, (), (BOB,), True, RequestKind.FULL_UPDATE),
    ],
)
def test_an_update_is_labelled_by_what_it_brings(matters, added, removed, is_rescheduled, kind):
    difference = Change(frozenset(matters), added, removed, ())
    assert update_kind(difference, is_rescheduled=is_rescheduled, is_silent_on_people=True) is kind


def test_silent_updates_can_be_switched_off():
    difference = Change(frozenset({Matter.PEOPLE}), (), (BOB,), ())
    kind = update_kind(difference, is_rescheduled=False, is_silent_on_people=False)
    assert kind is RequestKind.INFORMATIONAL_UPDATE


def test_a_subject_is_marked_as_cancelled_once():
    assert cancelled_subject(cancelled_subject("Plan")) == "Canceled: Plan"
