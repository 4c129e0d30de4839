"""exchangelib, unmodified, finds items: filters, orders, views, counts and pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from exchangelib import Account, CalendarItem, Message, Q
from exchangelib.items import SEND_TO_NONE

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
MANY = 260


def event(owner: Account, number: int) -> CalendarItem:
    start = (START + timedelta(hours=number)).astimezone(owner.default_timezone)
    return CalendarItem(
        account=owner,
        folder=owner.calendar,
        subject=f"Event {number:03}",
        location=f"Room {number % 3}",
        start=start,
        end=start + timedelta(hours=1),
        is_all_day=False,
        importance="High" if number % 2 else "Low",
        categories=["Even"] if number % 2 == 0 else None,
    )


@pytest.fixture
def owner(account) -> Account:
    """An account with more events than a page of exchangelib's, or an answer to a search, holds."""
    opened = account("organizer0@example.com")
    opened.bulk_create(
        folder=opened.calendar,
        items=[event(opened, number) for number in range(MANY)],
        send_meeting_invitations=SEND_TO_NONE,
    )
    return opened


def found(queryset) -> list[int]:
    return [int(subject.removeprefix("Event ")) for subject in queryset.values_list("subject", flat=True)]


def test_everything_is_found_page_by_page(owner):
    everything = owner.calendar.all()
    assert everything.count() == MANY
    assert found(everything.order_by("start")) == list(range(MANY))
    assert found(everything.order_by("-subject")) == list(range(MANY))[::-1]
    assert found(everything.order_by("location", "-start"))[:3] == [258, 255, 252]
    everything.page_size = 7
    assert sorted(found(everything)) == list(range(MANY))
    part = owner.calendar.all().order_by("start").only("subject")[40:43]
    assert [item.subject for item in part] == ["Event 040", "Event 041", "Event 042"]
    last = owner.calendar.all().order_by("start").reverse().only("subject")[:2]
    assert [item.subject for item in last] == ["Event 259", "Event 258"]


def test_filters_find_what_fits(owner):
    noon = (START + timedelta(hours=100)).astimezone(owner.default_timezone)
    calendar = owner.calendar
    assert sorted(found(calendar.filter(start__gte=noon))) == list(range(100, MANY))
    assert sorted(found(calendar.filter(start__lt=noon, end__gt=noon - timedelta(hours=2)))) == [98, 99]
    assert found(calendar.filter(start__range=(noon, noon + timedelta(hours=1))).order_by("start")) == [100, 101]
    assert found(calendar.filter(subject="Event 017")) == [17]
    assert found(calendar.filter(subject__iexact="EVENT 017")) == [17]
    assert found(calendar.filter(subject__startswith="Event 01").order_by("subject")) == list(range(10, 20))
    assert found(calendar.filter(subject__icontains="NT 25").order_by("subject")) == list(range(250, 260))
    assert sorted(found(calendar.filter(subject__in=["Event 003", "Event 001"]))) == [1, 3]
    assert calendar.filter(importance="High").count() == MANY // 2
    assert calendar.filter(categories__contains=["Even"]).count() == MANY // 2
    assert calendar.exclude(location="Room 1").count() == sum(number % 3 != 1 for number in range(MANY))
    assert calendar.filter(Q(subject="Event 001") | Q(location="Room 2")).count() == 1 + sum(
        number % 3 == 2 for number in range(MANY)
    )
    assert calendar.filter(~Q(subject__contains="Event"), location__exists=True).count() == 0
    assert calendar.filter(categories__exists=False).count() == MANY // 2
    assert calendar.filter("subject:017").count() == 1
    assert calendar.get(subject="Event 200").location == "Room 2"
    assert calendar.filter(subject="nothing").exists() is False


def test_a_view_is_cut_where_it_is_told_to(owner):
    start = START.astimezone(owner.default_timezone)
    day = owner.calendar.view(start=start, end=start + timedelta(days=1))
    assert [item.subject for item in day] == [f"Event {number:03}" for number in range(24)]
    assert day.count() == 24
    short = owner.calendar.view(start=start, end=start + timedelta(days=30), max_items=5)
    assert [item.subject for item in short] == [f"Event {number:03}" for number in range(5)]


def test_mail_is_found_by_its_marks(account):
    sender, reader = account("organizer0@example.com"), account("attendee0@example.com")
    for number in range(3):
        Message(account=sender, subject=f"Mail {number}", body="Words", to_recipients=["attendee0@example.com"]).send()
    inbox = reader.inbox
    (first,) = inbox.filter(subject="Mail 0")
    first.is_read = True
    first.save(update_fields=["is_read"])
    assert sorted(inbox.filter(is_read=False).values_list("subject", flat=True)) == ["Mail 1", "Mail 2"]
    assert inbox.filter(is_read=True).count() == 1
    assert inbox.filter(sender="organizer0@example.com").count() == 3
    assert inbox.filter(body__contains="Words").count() == 3
    assert [item.subject for item in inbox.all().order_by("-datetime_received")[:1]] == ["Mail 2"]
    assert inbox.unread_count == 3
    inbox.refresh()
    assert (inbox.unread_count, inbox.total_count) == (2, 3)
