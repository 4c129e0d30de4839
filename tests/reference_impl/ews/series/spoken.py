"""Series in the words of EWS: patterns, ranges, occurrences by their place, and the ids of what is made."""

from lxml import etree

from reference_impl.ews.namespaces import t

DAILY = "<t:DailyRecurrence><t:Interval>1</t:Interval></t:DailyRecurrence>"
START = "<t:StartDate>2026-03-02</t:StartDate>"
FIVE = f"<t:NumberedRecurrence>{START}<t:NumberOfOccurrences>5</t:NumberOfOccurrences></t:NumberedRecurrence>"
PATTERNS = {
    "DailyRecurrence": "<t:Interval>3</t:Interval>",
    "WeeklyRecurrence": "<t:Interval>2</t:Interval><t:DaysOfWeek>Monday Thursday</t:DaysOfWeek>"
    "<t:FirstDayOfWeek>Monday</t:FirstDayOfWeek>",
    "AbsoluteMonthlyRecurrence": "<t:Interval>1</t:Interval><t:DayOfMonth>2</t:DayOfMonth>",
    "RelativeMonthlyRecurrence": "<t:Interval>1</t:Interval><t:DaysOfWeek>Weekday</t:DaysOfWeek>"
    "<t:DayOfWeekIndex>Last</t:DayOfWeekIndex>",
    "AbsoluteYearlyRecurrence": "<t:DayOfMonth>2</t:DayOfMonth><t:Month>March</t:Month>",
    "RelativeYearlyRecurrence": "<t:DaysOfWeek>Monday</t:DaysOfWeek><t:DayOfWeekIndex>First</t:DayOfWeekIndex>"
    "<t:Month>March</t:Month>",
}
MONTHLY = f"<t:AbsoluteMonthlyRecurrence>{PATTERNS['AbsoluteMonthlyRecurrence']}</t:AbsoluteMonthlyRecurrence>"
RANGES = {
    "NoEndRecurrence": "<t:StartDate>2026-03-02Z</t:StartDate>",
    "EndDateRecurrence": "<t:StartDate>2026-03-02Z</t:StartDate><t:EndDate>2030-03-02Z</t:EndDate>",
    "NumberedRecurrence": "<t:StartDate>2026-03-02Z</t:StartDate><t:NumberOfOccurrences>3</t:NumberOfOccurrences>",
}
ZONE = '<t:StartTimeZone Id="Romance Standard Time"/><t:EndTimeZone Id="Romance Standard Time"/>'
ATTENDEES = ("attendee0@example.com", "attendee1@example.com")


def recurrence(pattern=DAILY, extent=FIVE):
    return f"<t:Recurrence>{pattern}{extent}</t:Recurrence>"


def series_of(speaker, *, rule=None, zone="", attendees=(), **fields):
    """The ItemId of a new series at nine, from Monday the second of March."""
    fields = {"start": "2026-03-02T09:00:00Z", "end": "2026-03-02T10:00:00Z"} | fields
    answer = speaker.create(attendees=attendees, after=(rule or recurrence()) + zone, **fields)
    assert answer.code == "NoError", answer.body.decode()
    (item_id,) = answer.ids("CalendarItem")
    return item_id


def id_of(item_id):
    return etree.fromstring(item_id).get("Id")


def at(master, number, key=""):
    return f'<t:OccurrenceItemId RecurringMasterId="{id_of(master)}" InstanceIndex="{number}"{key}/>'


def master_of(occurrence):
    return f'<t:RecurringMasterItemId OccurrenceId="{id_of(occurrence)}"/>'


def occurrence(speaker, master, number):
    """The ItemId of one occurrence, as the server gives it."""
    (item_id,) = speaker.get(at(master, number), shape="IdOnly").ids("CalendarItem")
    return item_id


def view(speaker, first="2026-03-01T00:00:00Z", last="2026-03-31T00:00:00Z", **more):
    return speaker.find("calendar", view=f'<m:CalendarView StartDate="{first}" EndDate="{last}"/>', **more)


def answers_of(speaker, item_id):
    item = speaker.get(item_id).one("CalendarItem")
    return [entry.findtext(t("ResponseType")) for entry in item.find(t("RequiredAttendees"))]
