"""GetReminders and PerformReminderAction, and what items say of their reminders."""

import pytest
from lxml import etree

from reference_impl.ews.namespaces import m, t
from reference_impl.service.settings import Settings

DAILY = (
    "<t:Recurrence><t:DailyRecurrence><t:Interval>1</t:Interval></t:DailyRecurrence><t:NumberedRecurrence>"
    "<t:StartDate>2026-06-25</t:StartDate><t:NumberOfOccurrences>5</t:NumberOfOccurrences></t:NumberedRecurrence>"
    "</t:Recurrence>"
)
SAID = ("item:ReminderIsSet", "item:ReminderDueBy", "item:ReminderNextTime", "item:ReminderMinutesBeforeStart")


def reminders(speaker, begin="", end="", most="", kind=""):
    parts = {"BeginTime": begin, "EndTime": end, "MaxItems": most, "ReminderType": kind}
    inner = "".join(f"<m:{name}>{value}</m:{name}>" for name, value in parts.items() if value != "")
    return speaker(f"<m:GetReminders>{inner}</m:GetReminders>")


def subjects(answer):
    assert answer.code == "NoError", answer.body.decode()
    return answer.texts("Subject")


def act(speaker, *actions):
    """Each action is what is done, the ItemId, and perhaps until when."""
    inner = "".join(
        f"<t:ReminderItemAction><t:ActionType>{kind}</t:ActionType>{item_id}"
        + "".join(f"<t:NewReminderTime>{time}</t:NewReminderTime>" for time in until)
        + "</t:ReminderItemAction>"
        for kind, item_id, *until in actions
    )
    return speaker(
        f"<m:PerformReminderAction><m:ReminderItemActions>{inner}</m:ReminderItemActions></m:PerformReminderAction>"
    )


def updated(answer):
    assert answer.code == "NoError", answer.body.decode()
    (ids,) = answer.root.iter(m("UpdatedItemIds"))
    return [found.get("Id") for found in ids]


def id_of(element):
    return etree.fromstring(element).get("Id")


def said(speaker, item_id):
    answer = speaker.get(item_id, shape="IdOnly", paths=SAID)
    (item,) = answer.all("CalendarItem")
    return {etree.QName(child).localname: child.text for child in item if child.tag != t("ItemId")}


def occurrence(speaker, master, number):
    named = f'<t:OccurrenceItemId RecurringMasterId="{id_of(master)}" InstanceIndex="{number}"/>'
    (item_id,) = speaker.get(named, shape="IdOnly").ids("CalendarItem")
    return item_id


@pytest.fixture
def series(organizer):
    (item_id,) = organizer.create(after=DAILY, subject="Stand-up").ids("CalendarItem")
    return item_id


@pytest.mark.requirement("EWS-MTG-339")
def test_the_reminder_of_a_meeting_to_come_is_found_by_what_the_meeting_says_of_it(organizer, attendee):
    made = organizer.create(attendees=("attendee0@example.com",), before="", after="")
    organizer.create(start="2026-06-26T10:00:00Z", end="2026-06-26T11:00:00Z")
    (item_id,) = made.ids("CalendarItem")
    about = said(organizer, item_id)
    answer = reminders(organizer, about["ReminderNextTime"], about["ReminderDueBy"], 1, "All")
    (found,) = answer.all("Reminder")
    uid = organizer.get(item_id).text("UID")
    assert [(etree.QName(child).localname, child.text) for child in found] == [
        ("Subject", "Budget"),
        ("Location", None),
        ("ReminderTime", "2026-06-25T09:45:00Z"),
        ("StartDate", "2026-06-25T10:00:00Z"),
        ("EndDate", "2026-06-25T11:00:00Z"),
        ("ItemId", None),
        ("ReminderGroup", "Calendar"),
        ("UID", uid),
    ]
    assert found.find(t("ItemId")).get("Id") == id_of(item_id)
    (root,) = answer.root.iter(m("GetRemindersResponse"))
    assert root.get("ResponseClass") == "Success"
    assert subjects(reminders(attendee)) == ["Budget"], "the attendee is reminded too"


@pytest.mark.requirement("EWS-MTG-339")
@pytest.mark.parametrize("number", [1, 3, 5])
def test_the_reminder_of_an_occurrence_names_its_series(organizer, series, number):
    item_id = occurrence(organizer, series, number)
    about = said(organizer, item_id)
    answer = reminders(organizer, about["ReminderNextTime"], about["ReminderDueBy"], 1)
    assert answer.one("ItemId").get("Id") == id_of(item_id)
    assert answer.one("RecurringMasterItemId").get("Id") == id_of(series)


def test_private_meetings_remind_and_times_are_those_of_the_zone_asked_for(organizer):
    private = "<t:Sensitivity>Private</t:Sensitivity>"
    organizer.create(subject="Secret", before=private)
    zone = '<t:TimeZoneContext><t:TimeZoneDefinition Id="Romance Standard Time"/></t:TimeZoneContext>'
    answer = reminders(organizer.saying(zone), "2026-06-25T11:45:00", "2026-06-25T11:45:00")
    assert subjects(answer) == ["Secret"]
    assert answer.text("StartDate") == "2026-06-25T12:00:00+02:00"


def test_all_is_meant_where_nothing_is_said(organizer):
    for day in (27, 25, 26):
        organizer.create(start=f"2026-06-{day}T10:00:00Z", end=f"2026-06-{day}T11:00:00Z", subject=f"{day}")
    assert subjects(reminders(organizer)) == subjects(reminders(organizer, kind="All")) == ["25", "26", "27"]
    assert subjects(reminders(organizer, most=0)) == ["25", "26", "27"]
    assert subjects(reminders(organizer, most=2)) == ["25", "26"]
    assert subjects(reminders(organizer, begin="2026-06-26T09:45:00Z")) == ["26", "27"]
    assert subjects(reminders(organizer, end="2026-06-26T09:44:59Z")) == ["25"]


def test_what_goes_on_is_current_and_what_is_over_is_old(organizer):
    organizer.create(start="2026-01-05T06:00:00Z", end="2026-01-05T07:00:00Z", subject="over")
    organizer.create(start="2026-01-05T07:00:00Z", end="2026-01-05T12:00:00Z", subject="now")
    organizer.create(start="2026-01-05T09:00:00Z", end="2026-01-05T10:00:00Z", subject="later")
    morning = ("2026-01-05T00:00:00Z", "2026-01-05T12:00:00Z")
    assert subjects(reminders(organizer, *morning)) == ["over", "now", "later"]
    assert subjects(reminders(organizer, *morning, kind="Old")) == ["over"]
    from_eight = ("2026-01-05T08:00:00Z", "2026-01-05T12:00:00Z")
    assert subjects(reminders(organizer, *from_eight)) == ["later"]
    assert subjects(reminders(organizer, *from_eight, kind="Current")) == ["now", "later"]


def test_a_span_must_not_end_before_it_begins(organizer):
    answer = reminders(organizer, "2026-06-25T10:00:00Z", "2026-06-25T09:00:00Z")
    assert answer.code == "ErrorInvalidOperation"
    (root,) = answer.root.iter(m("GetRemindersResponse"))
    assert root.findtext(m("MessageText")) == "EndDate is earlier than StartDate"


@pytest.mark.parametrize("span", [{}, {"begin": "2026-06-25T10:00:00Z"}, {"end": "2026-06-25T10:00:00Z"}])
def test_old_reminders_are_those_of_a_whole_span(organizer, span):
    assert reminders(organizer, **span, kind="Old").code == "ErrorInvalidOperation"


@pytest.mark.requirement("EWS-MTG-338")
@pytest.mark.parametrize("most", [201, -1])
def test_more_than_two_hundred_are_not_asked_for(organizer, most):
    assert reminders(organizer, most=most).fault == "ErrorSchemaValidation"
    assert reminders(organizer, most=200).code == "NoError"


def test_servers_before_exchange2013_know_nothing_of_it(organizer, series):
    for version in ("Exchange2007_SP1", "Exchange2010_SP2"):
        assert reminders(organizer.at(version)).fault == "ErrorSchemaValidation"
        assert act(organizer.at(version), ("Dismiss", series)).fault == "ErrorSchemaValidation"


@pytest.mark.requirement("EWS-MTG-340")
def test_a_dismissed_reminder_is_gone_and_says_so(organizer):
    (item_id,) = organizer.create().ids("CalendarItem")
    answer = act(organizer, ("Dismiss", item_id, "Thursday, June 25, 2026"))
    assert updated(answer) == [id_of(item_id)]
    (root,) = answer.root.iter(m("PerformReminderActionResponse"))
    assert root.get("ResponseClass") == "Success"
    assert subjects(reminders(organizer)) == []
    assert said(organizer, item_id) == {
        "ReminderDueBy": "2026-06-25T10:00:00Z",
        "ReminderIsSet": "false",
        "ReminderMinutesBeforeStart": "15",
    }


@pytest.mark.requirement("EWS-MTG-340")
def test_what_reminds_of_nothing_is_not_updated(organizer):
    (item_id,) = organizer.create().ids("CalendarItem")
    (kept,) = organizer.create(subject="Kept").ids("CalendarItem")
    assert updated(act(organizer, ("Dismiss", item_id))) == [id_of(item_id)]
    assert updated(act(organizer, ("Dismiss", item_id), ("Dismiss", kept))) == [id_of(kept)]
    organizer.delete(item_id, kind="HardDelete")
    assert updated(act(organizer, ("Dismiss", item_id))) == []


def test_a_reminder_is_put_off(organizer):
    (item_id,) = organizer.create().ids("CalendarItem")
    assert updated(act(organizer, ("Snooze", item_id, "2026-06-25T09:45:00Z"))) == [], "no later than it was"
    assert updated(act(organizer, ("Snooze", item_id, "2026-06-25T10:30:00Z"))) == [id_of(item_id)]
    assert reminders(organizer).text("ReminderTime") == "2026-06-25T10:30:00Z"
    about = said(organizer, item_id)
    assert (about["ReminderNextTime"], about["ReminderIsSet"]) == ("2026-06-25T10:30:00Z", "true")
    assert about["ReminderDueBy"] == "2026-06-25T10:00:00Z"


def test_occurrences_are_dismissed_and_put_off_each_and_stay_what_they_are(organizer, series):
    first, second = (occurrence(organizer, series, number) for number in (1, 2))
    assert updated(act(organizer, ("Dismiss", first))) == [id_of(first)]
    assert reminders(organizer).one("ItemId").get("Id") == id_of(second)
    assert updated(act(organizer, ("Snooze", second, "2026-06-26T12:00:00Z"))) == [id_of(second)]
    assert reminders(organizer).text("ReminderTime") == "2026-06-26T12:00:00Z"
    assert said(organizer, first)["ReminderIsSet"] == "false"
    assert said(organizer, second)["ReminderIsSet"] == said(organizer, series)["ReminderIsSet"] == "true"
    assert said(organizer, series)["ReminderNextTime"] == "2026-06-26T12:00:00Z"
    assert said(organizer, series)["ReminderDueBy"] == "2026-06-26T10:00:00Z"
    for item_id in (first, second):
        assert organizer.get(item_id).text("CalendarItemType") == "Occurrence"
    assert updated(act(organizer, ("Snooze", second, "2026-06-27T09:45:00Z"))) == [id_of(second)]
    assert reminders(organizer).text("StartDate") == "2026-06-27T10:00:00Z", "put off past the next one"


@pytest.mark.parametrize(
    ("action", "code"),
    [
        (("Snooze", "{}"), "ErrorMissingArgument"),
        (("Snooze", "{}", "tomorrow"), "ErrorValueOutOfRange"),
        (("Snooze", "{}", ""), "ErrorMissingArgument"),
        (("Dismiss", '<t:ItemId Id="nothing" ChangeKey="CQAAAAAAAAAAAAAB"/>'), "ErrorInvalidIdMalformed"),
        (("Dismiss", '<t:ItemId Id="" ChangeKey="CQAAAAAAAAAAAAAB"/>'), "ErrorInvalidIdEmpty"),
        (("Dismiss", "{bare}"), "ErrorChangeKeyRequiredForWriteOperations"),
    ],
)
def test_a_request_that_cannot_be_understood_changes_nothing(organizer, everything, action, code):
    (item_id,) = organizer.create().ids("CalendarItem")
    before = everything()
    kind, named, *until = action
    named = named.replace("{bare}", f'<t:ItemId Id="{id_of(item_id)}"/>').replace("{}", item_id)
    assert act(organizer, ("Dismiss", item_id), (kind, named, *until)).code == code
    assert everything() == before


@pytest.mark.parametrize("settings", [Settings(change_key_required=False)])
def test_a_change_key_may_be_left_out_where_none_is_required(organizer, settings):
    (item_id,) = organizer.create().ids("CalendarItem")
    assert updated(act(organizer, ("Dismiss", f'<t:ItemId Id="{id_of(item_id)}"/>'))) == [id_of(item_id)]


def test_nobody_dismisses_what_reminds_somebody_else(organizer, attendee):
    (item_id,) = organizer.create(attendees=("attendee0@example.com",)).ids("CalendarItem")
    assert updated(act(attendee, ("Dismiss", item_id))) == []
    assert subjects(reminders(organizer)) == subjects(reminders(attendee)) == ["Budget"]


def test_a_reminder_can_be_due_at_another_time_than_the_start(organizer, tools):
    zone = '<t:StartTimeZone Id="Romance Standard Time"/>'
    due = "<t:ReminderDueBy>2026-06-25T09:00:00</t:ReminderDueBy>"
    (item_id,) = organizer.create(before=due, after=zone).ids("CalendarItem")
    assert said(organizer, item_id)["ReminderDueBy"] == "2026-06-25T07:00:00Z"
    assert reminders(organizer).text("ReminderTime") == "2026-06-25T06:45:00Z"
    later = tools.set_field("item:ReminderDueBy", "<t:ReminderDueBy>2026-06-25T09:30:00Z</t:ReminderDueBy>")
    assert organizer.update(item_id, later).code == "NoError"
    assert said(organizer, item_id)["ReminderNextTime"] == "2026-06-25T09:15:00Z"


def test_the_next_reminder_can_be_set(organizer, series, tools):
    item_id = occurrence(organizer, series, 1)
    later = tools.set_field("item:ReminderNextTime", "<t:ReminderNextTime>2026-06-25T10:10:00Z</t:ReminderNextTime>")
    assert organizer.update(item_id, later).code == "NoError"
    assert reminders(organizer).text("ReminderTime") == "2026-06-25T10:10:00Z"
    assert organizer.get(item_id).text("CalendarItemType") == "Occurrence"
    again = occurrence(organizer, series, 1)
    minutes = "<t:ReminderMinutesBeforeStart>5</t:ReminderMinutesBeforeStart>"
    assert organizer.update(again, tools.set_field("item:ReminderMinutesBeforeStart", minutes)).code == "NoError"
    assert reminders(organizer).text("ReminderTime") == "2026-06-25T09:55:00Z"
    (single,) = organizer.create(subject="Single").ids("CalendarItem")
    assert organizer.update(single, later).code == "NoError"
    assert subjects(reminders(organizer, begin="2026-06-25T10:00:00Z")) == ["Single", "Stand-up"]
