"""Calendar items as iCalendar and back, recurrences held to the rules of dateutil, zones to their own clocks."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from itertools import islice

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from reference_impl.domain import series
from reference_impl.domain.copying import replace
from reference_impl.domain.items import (
    Attachment,
    AttachmentKind,
    Attendee,
    Body,
    BodyType,
    CalendarItem,
    Importance,
    Response,
    Role,
    Sensitivity,
    ShowAs,
)
from reference_impl.domain.mailbox import Person
from reference_impl.domain.recurrence import EVERY_DAY, WEEKDAYS, WEEKEND, Frequency, Recurrence, day_at, days_between
from reference_impl.domain.series import normalised
from reference_impl.domain.timezone import windows_names, zone
from reference_impl.domain.zonerules import Era, ZoneDefinition, zone_text
from reference_impl.mime.calendars import calendar_of
from reference_impl.mime.errors import MimeUnconvertible
from reference_impl.mime.event_reading import PROPERTIES, read_calendar
from reference_impl.mime.zones import read_zone, write_zone

ZONES = (
    "UTC",
    "W. Europe Standard Time",
    "Europe/Copenhagen",
    "America/Los_Angeles",
    "Australia/Lord_Howe",
    "India Standard Time",
)
ORGANIZER = Person("organizer@example.com", 'Olga Örn, "O"; & co')
GUESTS = (Person("one@example.com", "One"), Person("two@example.com"), Person("room@example.com", "Room: 5"))

words = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"]), max_size=30
)
"""Words without blanks or breaks, which header fields may fold."""

lines = st.lists(words, max_size=4).map("\n".join)


@st.composite
def recurrences(draw, start):
    frequency = draw(st.sampled_from(Frequency))
    is_relative = frequency in {Frequency.RELATIVE_MONTHLY, Frequency.RELATIVE_YEARLY}
    is_absolute = frequency in {Frequency.ABSOLUTE_MONTHLY, Frequency.ABSOLUTE_YEARLY}
    is_weekly = frequency is Frequency.WEEKLY
    is_yearly = frequency in {Frequency.ABSOLUTE_YEARLY, Frequency.RELATIVE_YEARLY}
    days = frozenset()
    if is_weekly:
        days = draw(st.frozensets(st.integers(0, 6), min_size=1))
    if is_relative:
        days = draw(st.sampled_from([EVERY_DAY, WEEKDAYS, WEEKEND, *(frozenset({day}) for day in range(7))]))
    end = draw(st.sampled_from(["never", "until", "count"]))
    return Recurrence(
        frequency=frequency,
        interval=draw(st.integers(1, 4)),
        days=days,
        first_day=draw(st.integers(0, 6)) if is_weekly else 6,
        day_of_month=draw(st.integers(1, 31)) if is_absolute else 1,
        week=draw(st.integers(1, 5)) if is_relative else 1,
        month=draw(st.integers(1, 12)) if is_yearly else 1,
        start=start,
        until=start + timedelta(days=draw(st.integers(3700, 5000))) if end == "until" else None,
        count=draw(st.integers(1, 4)) if end == "count" else None,
    )


@st.composite
def calendar_items(draw, *, recurring=None):
    zone_name = draw(st.sampled_from(ZONES))
    is_all_day = draw(st.booleans())
    day = draw(st.dates(date(2021, 1, 1), date(2030, 12, 31)))
    clock = datetime(day.year, day.month, day.day, tzinfo=zone(zone_name))
    minutes = 0 if is_all_day else draw(st.integers(0, 24 * 60 - 1))
    start = (clock + timedelta(minutes=minutes)).astimezone(UTC)
    length = timedelta(days=1) if is_all_day else timedelta(minutes=draw(st.integers(1, 300)))
    end = (clock + length).astimezone(UTC) if is_all_day else start + length
    is_organizer = draw(st.booleans())
    people = draw(st.lists(st.sampled_from(GUESTS), unique=True))
    made = CalendarItem(
        id="ab" * 16,
        mailbox_id="m",
        folder_id="f",
        version=7,
        uid=draw(words.filter(bool)),
        start=start,
        end=end,
        subject=draw(lines),
        body=Body(draw(lines), draw(st.sampled_from(BodyType))),
        start_zone=zone_name,
        end_zone=zone_name,
        is_all_day=is_all_day,
        location=draw(lines),
        show_as=draw(st.sampled_from([value for value in ShowAs if value is not ShowAs.NO_DATA])),
        organizer=ORGANIZER,
        is_organizer=is_organizer,
        attendees=tuple(
            Attendee(
                person, draw(st.sampled_from(Role)), draw(st.sampled_from(Response)) if is_organizer else Response.NONE
            )
            for person in people
        ),
        my_response=Response.ORGANIZER if is_organizer else draw(st.sampled_from(Response)),
        response_requested=draw(st.booleans()),
        allow_new_time_proposals=draw(st.booleans()),
        do_not_forward=draw(st.booleans()),
        sequence=draw(st.integers(0, 9)),
        sensitivity=draw(st.sampled_from(Sensitivity)),
        importance=draw(st.sampled_from(Importance)),
        categories=tuple(draw(st.lists(words.filter(bool), unique=True, max_size=3))),
        reminder_is_set=(is_set := draw(st.booleans())),
        reminder_minutes=draw(st.integers(0, 20000)) if is_set else 15,
        recurrence=None,
        created=datetime(2026, 1, 1, tzinfo=UTC),
        modified=datetime(2026, 1, 1, tzinfo=UTC),
    )
    if recurring if recurring is not None else draw(st.booleans()):
        series = normalised(replace(made, recurrence=draw(recurrences(day))))
        first = series.start.astimezone(zone(zone_name)).date()
        return replace(series, recurrence=replace(series.recurrence, start=first))
    return made


def no_content(attachment):
    raise AssertionError(f"nothing hangs there: {attachment}")


def written(item, owner=ORGANIZER, content=no_content):
    return calendar_of(item, owner, content).decode()


def draft_of(text, floating="Asia/Tokyo"):
    return read_calendar(text, floating).draft


ALWAYS_ALIKE = PROPERTIES - {"body", "attendees", "response_requested", "end_zone"}


@given(calendar_items())
def test_a_calendar_item_comes_back_from_its_calendar_as_it_was(item):
    draft = draft_of(written(item))
    assert {name: getattr(draft, name) for name in ALWAYS_ALIKE} == {name: getattr(item, name) for name in ALWAYS_ALIKE}
    assert draft.uid == item.uid
    assert (draft.body == item.body) or not item.body.content
    if item.is_meeting:
        assert draft.called.organizer == ORGANIZER
        assert draft.called.sequence == item.sequence
        assert [(one.person, one.role) for one in draft.attendees] == [(one.person, one.role) for one in item.attendees]
        assert draft.response_requested is (item.response_requested or not item.attendees)


@given(calendar_items(recurring=True))
def test_the_rule_of_a_series_means_the_same_days_to_others(item):
    event = Calendar.from_ical(written(item)).walk("VEVENT")[0]
    start = datetime(item.recurrence.start.year, item.recurrence.start.month, item.recurrence.start.day)  # noqa: DTZ001
    rule = item.recurrence
    text = event["RRULE"].to_ical().decode()
    if rule.until is not None:
        text = text.replace(event["RRULE"]["UNTIL"][0].strftime("%Y%m%dT%H%M%SZ"), f"{rule.until:%Y%m%d}T000000")
    theirs = [moment.date() for moment in islice(rrulestr(text, dtstart=start), 30)]
    ours = list(islice(days_between(rule, rule.start, date(2500, 1, 1)), 30))
    assert theirs == ours


@given(calendar_items(recurring=True), st.data())
def test_a_series_comes_back_with_what_became_of_its_occurrences(item, data):
    numbers = [number for number in range(1, 5) if day_at(item.recurrence, number) is not None]
    changed = sorted(data.draw(st.sets(st.sampled_from(numbers))))
    for number in changed:
        before = series.occurrence_at(item, number)
        after = replace(before, subject=data.draw(words), end=before.end + timedelta(minutes=5), is_all_day=False)
        item = series.with_exception(item, after)
    gone = [number for number in numbers if number not in changed][1:]
    item = series.without(item, [day_at(item.recurrence, number) for number in gone])
    draft = draft_of(written(item))
    assert draft.deleted == item.deleted
    assert [one.day for one in draft.exceptions] == [one.day for one in item.exceptions]
    for read, kept in zip(draft.exceptions, series.exceptions_of(item), strict=True):
        assert (read.changes["start"], read.changes["end"]) == (kept.start, kept.end)
        assert read.changes.get("subject", draft.subject) == kept.subject


@given(calendar_items(), st.data())
def test_an_occurrence_is_told_from_its_series(item, data):
    if item.recurrence is None:
        assert not read_calendar(written(item), "UTC").is_occurrence
        return
    number = data.draw(st.sampled_from([number for number in range(1, 4) if day_at(item.recurrence, number)]))
    found = series.occurrence_at(item, number)
    read = read_calendar(written(found), "UTC")
    assert read.is_occurrence
    assert (read.draft.start, read.draft.end, read.draft.recurrence) == (found.start, found.end, None)


@pytest.mark.parametrize("name", windows_names())
def test_a_zone_is_described_so_that_whoever_does_not_know_it_has_its_clock(name):
    described = Calendar()
    described.add_component(write_zone(name, 2026))
    text = described.to_ical().decode().replace(f"TZID:{name}", "TZID:Elsewhere")
    own = zone(read_zone("Elsewhere", Calendar.from_ical(text)))
    for hour in range(0, 365 * 24, 3):
        moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hour)
        assert moment.astimezone(own).utcoffset() == moment.astimezone(zone(name)).utcoffset()


def event(*lines, calendar=()):
    inside = "\r\n".join(("UID:u", *lines))
    outside = "".join(f"{line}\r\n" for line in calendar)
    return f"BEGIN:VCALENDAR\r\n{outside}BEGIN:VEVENT\r\n{inside}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"


def test_days_and_floating_times_are_those_of_the_readers_zone():
    day = draft_of(event("DTSTART;VALUE=DATE:20260707"), "Europe/Copenhagen")
    assert day.is_all_day
    assert (day.start, day.end) == (datetime(2026, 7, 6, 22, tzinfo=UTC), datetime(2026, 7, 7, 22, tzinfo=UTC))
    floating = draft_of(event("DTSTART:20260707T090000", "DURATION:P1DT1H"), "Europe/Copenhagen")
    assert (floating.start, floating.start_zone) == (datetime(2026, 7, 7, 7, tzinfo=UTC), "Europe/Copenhagen")
    assert floating.end == datetime(2026, 7, 8, 8, tzinfo=UTC)


def test_a_day_of_a_duration_may_be_one_of_23_hours():
    draft = draft_of(event("DTSTART;TZID=Europe/Copenhagen:20260328T120000", "DURATION:P1D"))
    assert draft.end - draft.start == timedelta(hours=23)


def test_what_exchange_leaves_unsaid_is_said_by_others():
    start = "DTSTART:20260707T090000Z"
    assert draft_of(event(start, "TRANSP:TRANSPARENT")).show_as is ShowAs.FREE
    assert draft_of(event(start, "STATUS:TENTATIVE")).show_as is ShowAs.TENTATIVE
    assert draft_of(event(start, "STATUS:TENTATIVE", "X-MICROSOFT-CDO-BUSYSTATUS:OOF")).show_as is ShowAs.OOF
    assert draft_of(event(start, "PRIORITY:2")).importance is Importance.HIGH
    assert draft_of(event(start, "PRIORITY:7")).importance is Importance.LOW
    assert draft_of(event(start, "PRIORITY:0")).importance is Importance.NORMAL
    assert draft_of(event(start, "CLASS:X-UNHEARD-OF")).sensitivity is Sensitivity.NORMAL


def alarm(*lines):
    return ("BEGIN:VALARM", *lines, "END:VALARM")


@pytest.mark.parametrize(
    ("alarms", "expected"),
    [
        ((), (False, 15)),
        (alarm("ACTION:DISPLAY", "TRIGGER:-PT1H"), (True, 60)),
        (alarm("ACTION:AUDIO", "TRIGGER;RELATED=END:-PT1H30M"), (True, 30)),
        (alarm("ACTION:DISPLAY", "TRIGGER;VALUE=DATE-TIME:20260707T080000Z"), (True, 60)),
        (alarm("ACTION:DISPLAY", "TRIGGER:PT5M"), (True, 0)),
        (alarm("ACTION:EMAIL", "TRIGGER:-PT1H"), (False, 15)),
    ],
)
def test_the_first_alarm_that_is_no_mail_is_the_reminder(alarms, expected):
    draft = draft_of(event("DTSTART:20260707T090000Z", "DTEND:20260707T100000Z", *alarms))
    assert (draft.reminder_is_set, draft.reminder_minutes) == expected


def test_what_is_published_without_guests_is_the_readers_own_appointment():
    published = event("DTSTART:20260707T090000Z", "ORGANIZER:mailto:o@example.com", calendar=["METHOD:PUBLISH"])
    assert draft_of(published).called is None
    requested = event("DTSTART:20260707T090000Z", "ORGANIZER:mailto:o@example.com", calendar=["METHOD:REQUEST"])
    assert draft_of(requested).called.organizer == Person("o@example.com")


def test_an_html_body_is_preferred_and_files_come_along():
    draft = draft_of(
        event(
            "DTSTART:20260707T090000Z",
            "DESCRIPTION:Plain",
            "X-ALT-DESC;FMTTYPE=text/html:<p>Rich\\, and\\nlong</p>",
            "ATTACH:http://example.com/elsewhere",
            "ATTACH;ENCODING=BASE64;VALUE=BINARY;FMTTYPE=text/plain;X-FILENAME=a.txt:YWJj",
        )
    )
    assert draft.body == Body("<p>Rich, and\nlong</p>", BodyType.HTML)
    assert [(one.name, one.content, one.content_type) for one in draft.attachments] == [("a.txt", b"abc", "text/plain")]


def test_files_of_an_item_are_in_its_calendar_and_items_are_not():
    attachment = Attachment(id="1", name='Ä;,".txt', digest="d", size=3, modified=datetime(2026, 1, 1, tzinfo=UTC))
    inner = replace(attachment, id="2", kind=AttachmentKind.ITEM)
    item = replace(
        draft_item(),
        attachments=(attachment, inner),
    )
    draft = draft_of(written(item, content=lambda one: {"1": b"\x00\xff"}[one.id]))
    assert [(one.name, one.content) for one in draft.attachments] == [('Ä;,".txt', b"\x00\xff")]


def draft_item(**changes):
    at = datetime(2026, 7, 7, 9, tzinfo=UTC)
    made = CalendarItem(
        id="i",
        mailbox_id="m",
        folder_id="f",
        version=1,
        uid="u",
        start=at,
        end=at + timedelta(hours=1),
        organizer=ORGANIZER,
        created=at,
        modified=at,
    )
    return replace(made, **changes)


def test_a_zone_of_the_readers_own_never_passes_for_a_known_one():
    eras = (Era(None, timedelta(hours=3)),)
    for name in ("W. Europe Standard Time", "", "Planet"):
        own = zone_text(ZoneDefinition(name, eras))
        draft = draft_of(written(draft_item(start_zone=own, end_zone=own)))
        assert draft.start == draft_item().start
        assert zone(draft.start_zone).utcoffset(None) in {None, timedelta(hours=3)}


@pytest.mark.parametrize("name", ZONES)
def test_the_zone_that_times_are_told_in_is_described_beside_them(name):
    (described,) = Calendar.from_ical(written(draft_item(start_zone=name, end_zone=name))).walk("VTIMEZONE")
    assert described["TZID"] == name


def test_the_second_of_two_hours_of_the_same_name_is_told_in_utc():
    for start in (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)):
        item = draft_item(start=start, end=start + timedelta(minutes=5), start_zone="Europe/Copenhagen")
        assert draft_of(written(item)).start == start


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Dear reader",
        "BEGIN:VCALENDAR\r\n",
        "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
        "BEGIN:VEVENT\r\nDTSTART:20260707T090000Z\r\nEND:VEVENT\r\n",
        event(),
        event("DTSTART:yesterday"),
        event("DTSTART;TZID=Nowhere:20260707T090000"),
        event("DTSTART:20260707T090000Z", calendar=["METHOD:CANCEL"]),
        event("DTSTART:20260707T090000Z", "RRULE:FREQ=HOURLY"),
        event("DTSTART:20260707T090000Z", "RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY"),
        event("DTSTART:20260707T090000Z", "RRULE:FREQ=DAILY", "RDATE:20260708T100000Z"),
        event("DTSTART:20260707T090000Z", "RRULE:FREQ=DAILY;BYHOUR=9"),
        event("DTSTART:20260707T090000Z", "RRULE:FREQ=DAILY;INTERVAL=2;BYDAY=MO"),
        event("DTSTART:20260707T090000Z", "RRULE:FREQ=MONTHLY;BYMONTHDAY=1,15"),
        event("DTSTART:20260707T090000Z", "RRULE:FREQ=MONTHLY;BYDAY=1MO,3MO"),
        event("DTSTART:20260707T090000Z", "RRULE:FREQ=MONTHLY;BYDAY=6MO"),
        event("DTSTART:20260707T090000Z", "RRULE:FREQ=YEARLY;BYWEEKNO=20"),
        event("DTSTART:20260707T090000Z", "TZID:Nowhere", "END:VTIMEZONE"),
        event("DTSTART:20260707T090000Z", "ATTENDEE;CN=Nobody:mailto:"),
        event("DTSTART:20260707T090000Z") * 2,
        event("DTSTART:20260707T090000Z", "END:VEVENT", "BEGIN:VEVENT", "UID:v", "DTSTART:20260707T090000Z"),
        event("DTSTART:20260707T090000Z", "END:VEVENT", "BEGIN:VEVENT", "UID:u", "RECURRENCE-ID:20260707T090000Z"),
    ],
)
def test_what_no_calendar_item_can_be_is_refused(text):
    with pytest.raises(MimeUnconvertible):
        read_calendar(text, "UTC")


ZONED = (
    "BEGIN:VTIMEZONE",
    "TZID:Mine",
    "BEGIN:STANDARD",
    "DTSTART:16010101T000000",
    "TZOFFSETFROM:{offset}",
    "TZOFFSETTO:{offset}",
    "END:STANDARD",
    "END:VTIMEZONE",
)


def test_a_zone_is_fourteen_hours_away_at_most():
    def zoned(offset):
        lines = [line.format(offset=offset) for line in ZONED]
        return event("DTSTART;TZID=Mine:20260707T090000", calendar=lines)

    assert draft_of(zoned("+1400")).start == datetime(2026, 7, 6, 19, tzinfo=UTC)
    for offset in ("+1401", "-1500", "+2359"):
        with pytest.raises(MimeUnconvertible):
            read_calendar(zoned(offset), "UTC")


@given(calendar_items(), st.data())
def test_a_broken_calendar_is_read_or_refused(item, data):
    text = written(item)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(text) - 1))
        length = data.draw(st.integers(0, 12))
        text = text[:place] + data.draw(st.text(max_size=6)) + text[place + length :]
    with suppress(MimeUnconvertible):
        read_calendar(text, "UTC")
