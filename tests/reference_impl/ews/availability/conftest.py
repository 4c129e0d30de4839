"""GetUserAvailability requests."""

from types import SimpleNamespace

import pytest

NO_CHANGE = (
    "<t:Bias>0</t:Bias><t:Time>00:00:00</t:Time><t:DayOrder>0</t:DayOrder><t:Month>0</t:Month>"
    "<t:DayOfWeek>Sunday</t:DayOfWeek>"
)


def sunday(bias, hour, week, month):
    """A change of the clock on a Sunday."""
    return (
        f"<t:Bias>{bias}</t:Bias><t:Time>{hour:02}:00:00</t:Time><t:DayOrder>{week}</t:DayOrder>"
        f"<t:Month>{month}</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek>"
    )


def zone(bias, standard=NO_CHANGE, daylight=NO_CHANGE):
    return (
        f"<t:TimeZone><t:Bias>{bias}</t:Bias><t:StandardTime>{standard}</t:StandardTime>"
        f"<t:DaylightTime>{daylight}</t:DaylightTime></t:TimeZone>"
    )


ZONES = SimpleNamespace(
    utc=zone(0),
    pacific_of_2006=zone(480, sunday(0, 2, 5, 10), sunday(-60, 2, 1, 4)),
    berlin=zone(-60, sunday(0, 3, 5, 10), sunday(-60, 2, 5, 3)),
)


def span(name, start, end):
    return f"<t:{name}><t:StartTime>{start}</t:StartTime><t:EndTime>{end}</t:EndTime></t:{name}>"


def leaf(name, value):
    return "" if value is None else f"<t:{name}>{value}</t:{name}>"


def mailbox(address, kind="Required", exclude=None):
    return (
        f"<t:MailboxData><t:Email><t:Address>{address}</t:Address></t:Email><t:AttendeeType>{kind}</t:AttendeeType>"
        f"{leaf('ExcludeConflicts', exclude)}</t:MailboxData>"
    )


def ask(
    *people,
    start="2026-06-25T00:00:00",
    end="2026-06-26T00:00:00",
    interval=60,
    view="DetailedMerged",
    zone=ZONES.utc,
    options=None,
    more="",
):
    """A request about addresses, or (address, attendee type, ExcludeConflicts) each.

    ``options`` stand in place of a FreeBusyViewOptions made of window, interval and view; ``more`` after it.
    """
    data = "".join(mailbox(*((person,) if isinstance(person, str) else person)) for person in people)
    merged = leaf("MergedFreeBusyIntervalInMinutes", interval)
    default = (
        f"<t:FreeBusyViewOptions>{span('TimeWindow', start, end)}{merged}{leaf('RequestedView', view)}"
        "</t:FreeBusyViewOptions>"
    )
    return (
        f"<m:GetUserAvailabilityRequest>{zone}<m:MailboxDataArray>{data}</m:MailboxDataArray>"
        f"{default if options is None else options}{more}</m:GetUserAvailabilityRequest>"
    )


def suggest(start="2026-06-25T00:00:00", end="2026-06-26T00:00:00", **options):
    """SuggestionsViewOptions; other elements by name, in any order."""
    before = ("GoodThreshold", "MaximumResultsByDay", "MaximumNonWorkHourResultsByDay", "MeetingDurationInMinutes")
    first = "".join(leaf(name, options.pop(name, None)) for name in (*before, "MinimumSuggestionQuality"))
    last = "".join(leaf(name, options.pop(name, None)) for name in ("CurrentMeetingTime", "GlobalObjectId"))
    assert not options
    window = "" if start is None else span("DetailedSuggestionsWindow", start, end)
    return f"<t:SuggestionsViewOptions>{first}{window}{last}</t:SuggestionsViewOptions>"


@pytest.fixture(name="suggest", scope="session")
def suggest_fixture():
    """The builder of SuggestionsViewOptions."""
    return suggest


@pytest.fixture(name="ask", scope="session")
def ask_fixture():
    """The builder of requests above."""
    return ask


@pytest.fixture(scope="session")
def zones():
    """The zones above as t:TimeZone elements, by name."""
    return ZONES


@pytest.fixture
def day(organizer):
    """A day of the organizer's with one event of each status that others care about."""
    for start, end, status, subject in (
        ("10:00", "11:00", "Busy", "Budget"),
        ("11:30", "12:10", "Tentative", "Lunch"),
        ("14:59", "15:01", "OOF", "Errand"),
        ("20:00", "21:00", "Free", "Music"),
    ):
        organizer.create(
            sending="SendToNone",
            subject=subject,
            start=f"2026-06-25T{start}:00Z",
            end=f"2026-06-25T{end}:00Z",
            inner=f"<t:LegacyFreeBusyStatus>{status}</t:LegacyFreeBusyStatus><t:Location>Hall</t:Location>",
        )
