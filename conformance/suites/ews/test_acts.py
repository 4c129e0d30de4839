"""The operations on calendar items over EWS: by which ids they take an item, and what they refuse."""

from __future__ import annotations

from datetime import timedelta

from conformance.actor import ews_requests as ask
from conformance.actor.ews_recurrence import master_id, occurrence_id
from conformance.actor.times import instant, xml_time
from conformance.actor.views import MeetingRef
from conformance.actor.xml import Markup, m, t
from conformance.suites.case import EWS, case
from conformance.suites.ews.whole import daily, people, whole_item
from conformance.suites.scene import Scene
from conformance.suites.steps import address, listed, moment, names_in, read_item, token, written

SCENARIO = "operations"
_OLD = "Exchange2010_SP2"
_NOT_A_SERIES = "ErrorCalendarCannotUseIdForOccurrenceId"
_NOT_AN_OCCURRENCE = "ErrorCalendarCannotUseIdForRecurringMasterId"


def _made(scene: Scene, item: Markup) -> MeetingRef:
    return written(scene.ews("organizer0").call(ask.create_item(item, invitations="SendToNone")))


def _occurrence(series: MeetingRef, number: int) -> Markup:
    return occurrence_id(MeetingRef(series.id), number)


def _master(occurrence: MeetingRef) -> Markup:
    return master_id(MeetingRef(occurrence.id))


def _taken(operation: str, identifier: Markup) -> Markup:
    """CopyItem or MoveItem of one item into Deleted Items."""
    return ask.take(operation, identifier, ask.folder_id("deleteditems"))


def _delete(identifier: Markup) -> Markup:
    return ask.delete_item(identifier, disposal="HardDelete", cancellations="SendToNone")


@case(
    "operations.by-item-id",
    scenario=SCENARIO,
    verifies=("EWS-ACT-001", "EWS-ACT-004", "EWS-ACT-007", "EWS-ACT-009", "EWS-ACT-010", "EWS-ACT-011", "EWS-ACT-014"),
    pairings=EWS,
)
def test_an_item_outside_of_a_series_is_taken_by_its_own_id(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    item = _made(scene, whole_item(scene))
    shown = organizer.call(ask.get_item(ask.item_id(item)))
    scene.expect("EWS-ACT-007", "the subject", shown.text("t:Subject")).contains(token(scene))
    scene.expect("EWS-ACT-011", "IsMeeting", shown.text("t:IsMeeting")).equals("false")
    copy = written(organizer.call(_taken("CopyItem", ask.item_id(item))))
    scene.expect("EWS-ACT-001", "the id of the copy", copy.id).differs_from(item.id)
    both = names_in(organizer, "calendar", token(scene)) + names_in(organizer, "deleteditems", token(scene))
    scene.expect("EWS-ACT-001", "items in both folders", both).equals(["CalendarItem", "CalendarItem"])
    place = ask.set_field("calendar:Location", t("Location", "Elsewhere"))
    organizer.call(ask.update_item(item, place, sending="SendToNone"))
    scene.expect("EWS-ACT-009", "Location", read_item(organizer, item).text("t:Location")).equals("Elsewhere")
    moved = written(organizer.call(_taken("MoveItem", ask.item_id(item))))
    scene.expect("EWS-ACT-004", "the calendar", names_in(organizer, "calendar", token(scene))).is_absent()
    deleted = names_in(organizer, "deleteditems", token(scene))
    scene.expect("EWS-ACT-004", "Deleted Items", deleted).equals(["CalendarItem", "CalendarItem"])
    for gone in (moved, copy):
        organizer.call(_delete(ask.item_id(gone)))
    left = names_in(organizer, "deleteditems", token(scene))
    scene.expect("EWS-ACT-010", "Deleted Items", left).is_absent()
    nowhere = ask.item_id(MeetingRef(moved.id))
    for name, operation in (
        ("GetItem", ask.get_item(nowhere)),
        ("CopyItem", _taken("CopyItem", nowhere)),
        ("MoveItem", _taken("MoveItem", nowhere)),
        ("UpdateItem", ask.update_item(moved, place, sending="SendToNone")),
        ("DeleteItem", _delete(nowhere)),
    ):
        code = organizer.call(operation).code
        scene.expect("EWS-ACT-014", f"the code of {name}", code).equals("ErrorItemNotFound")


@case(
    "operations.by-ids-of-a-series",
    scenario=SCENARIO,
    verifies=("EWS-ACT-002", "EWS-ACT-003", "EWS-ACT-005", "EWS-ACT-006", "EWS-ACT-008"),
    pairings=EWS,
)
def test_a_series_is_taken_by_its_occurrences_and_they_by_it(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    series = _made(scene, whole_item(scene, {"Recurrence": daily(scene)}))
    single = _made(scene, whole_item(scene, {"Subject": f"Alone {token(scene)}"}, 14))
    second = organizer.call(ask.get_item(_occurrence(series, 2)))
    scene.expect("EWS-ACT-008", "the second occurrence", second.text("t:CalendarItemType")).equals("Occurrence")
    occurrence = written(second)
    back = organizer.call(ask.get_item(_master(occurrence)))
    scene.expect("EWS-ACT-008", "its series", back.text("t:ItemId/@Id")).equals(series.id)
    refused = organizer.call(_taken("CopyItem", _master(single))).code
    scene.expect("EWS-ACT-003", "the code of CopyItem", refused).equals(_NOT_AN_OCCURRENCE)
    refused = organizer.call(_taken("MoveItem", _occurrence(single, 1))).code
    scene.expect("EWS-ACT-005", "the code of MoveItem", refused).equals(_NOT_A_SERIES)
    refused = organizer.call(_delete(_occurrence(single, 1))).code
    scene.expect("EWS-ACT-006", "the code of DeleteItem", refused).equals(_NOT_A_SERIES)
    calendar = sorted(item.text("t:Subject") or "" for item in listed(organizer, "calendar", token(scene)))
    scene.expect("EWS-ACT-006", "items in the calendar", len(calendar)).equals(2)
    copied = written(organizer.call(_taken("CopyItem", _master(occurrence))))
    kind = read_item(organizer, copied).text("t:CalendarItemType")
    scene.expect("EWS-ACT-002", "CalendarItemType of the copy", kind).equals("RecurringMaster")


@case(
    "operations.reminders-of-old",
    scenario=SCENARIO,
    verifies=("EWS-ACT-012", "EWS-ACT-013"),
    pairings=EWS,
)
def test_operations_on_reminders_are_younger_than_2010(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    item = _made(scene, whole_item(scene))
    window = (xml_time(moment(scene, 0)), xml_time(moment(scene, 23)))
    asked = m("GetReminders", m("BeginTime", window[0]), m("EndTime", window[1]))
    code = organizer.call(asked, version=_OLD).code
    scene.expect("EWS-ACT-012", "the code of GetReminders", code).is_one_of(*_UNKNOWN)
    action = t("ReminderItemAction", t("ActionType", "Dismiss"), ask.item_id(item))
    code = organizer.call(m("PerformReminderAction", m("ReminderItemActions", action)), version=_OLD).code
    scene.expect("EWS-ACT-013", "the code of PerformReminderAction", code).is_one_of(*_UNKNOWN)


# How an operation is refused that the schema of the version does not know.
_UNKNOWN = ("ErrorSchemaValidation", "ErrorInvalidRequest", "ErrorIncorrectSchemaVersion", "ErrorInvalidServerVersion")


@case(
    "operations.sending",
    scenario=SCENARIO,
    verifies=(
        "EWS-ACT-015",
        "EWS-ACT-016",
        "EWS-ACT-017",
        "EWS-ACT-018",
        "EWS-ACT-019",
        "EWS-ACT-020",
        "EWS-ACT-021",
        "EWS-ACT-022",
    ),
    pairings=EWS,
)
def test_the_organizers_own_item_follows_however_the_attendees_are_told(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    guests = people("RequiredAttendees", address(scene, "attendee0"))
    for created, deleted, sending, updates in (
        ("EWS-ACT-015", "EWS-ACT-017", "SendOnlyToAll", _UPDATES[:2]),
        ("EWS-ACT-016", "EWS-ACT-018", "SendToAllAndSaveCopy", _UPDATES[2:]),
    ):
        subject = f"Told by {sending} {token(scene)}"
        item = whole_item(scene, {"Subject": subject, "RequiredAttendees": guests})
        meeting = written(organizer.call(ask.create_item(item, invitations=sending)))
        scene.expect(created, "the calendar", names_in(organizer, "calendar", subject)).equals(["CalendarItem"])
        for requirement, telling in updates:
            place = ask.set_field("calendar:Location", t("Location", f"Room {telling}"))
            organizer.call(ask.update_item(meeting, place, sending=telling))
            shown = read_item(organizer, meeting).text("t:Location")
            scene.expect(requirement, f"Location after {telling}", shown).equals(f"Room {telling}")
        organizer.call(ask.delete_item(meeting, cancellations=sending))
        scene.expect(deleted, "the calendar", names_in(organizer, "calendar", subject)).is_absent()


_UPDATES = (
    ("EWS-ACT-019", "SendOnlyToAll"),
    ("EWS-ACT-020", "SendOnlyToChanged"),
    ("EWS-ACT-021", "SendToAllAndSaveCopy"),
    ("EWS-ACT-022", "SendToChangedAndSaveCopy"),
)


def _patterns(scene: Scene) -> tuple[tuple[Markup, Markup], ...]:
    """Every pattern of a series, each with one of the ranges."""
    start = t("StartDate", scene.date.isoformat())
    day, month = str(scene.date.day), scene.date.strftime("%B")
    last = t("EndDate", (scene.date + timedelta(days=800)).isoformat())
    every, monday = t("Interval", "1"), t("DaysOfWeek", "Monday")
    endless, numbered = t("NoEndRecurrence", start), t("NumberedRecurrence", start, t("NumberOfOccurrences", "3"))
    second = t("DayOfWeekIndex", "Second")
    return (
        (t("RelativeYearlyRecurrence", monday, second, t("Month", month)), endless),
        (t("AbsoluteYearlyRecurrence", t("DayOfMonth", day), t("Month", month)), numbered),
        (t("RelativeMonthlyRecurrence", every, monday, second), t("EndDateRecurrence", start, last)),
        (t("AbsoluteMonthlyRecurrence", every, t("DayOfMonth", day)), numbered),
        (t("WeeklyRecurrence", every, t("DaysOfWeek", "Monday Thursday")), endless),
        (t("DailyRecurrence", t("Interval", "2")), numbered),
    )


@case("operations.patterns", scenario=SCENARIO, verifies=("EWS-ACT-023", "EWS-ACT-024"), pairings=EWS)
def test_every_pattern_and_range_is_shown_and_so_are_changed_and_deleted_occurrences(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    for pattern, extent in _patterns(scene):
        series = _made(scene, whole_item(scene, {"Recurrence": t("Recurrence", pattern, extent)}))
        given = [part[3:].partition(">")[0] for part in (pattern, extent)]
        shown = read_item(organizer, series).names("t:Recurrence")
        scene.expect("EWS-ACT-023", "the elements of Recurrence", shown).equals(tuple(given))
    second = written(organizer.call(ask.get_item(_occurrence(series, 2))))
    place = ask.set_field("calendar:Location", t("Location", "Elsewhere"))
    organizer.call(ask.update_item(second, place, sending="SendToNone")).succeed("UpdateItem")
    organizer.call(_delete(_occurrence(series, 3))).succeed("DeleteItem")
    master = read_item(organizer, series)
    changed = master.texts("t:ModifiedOccurrences/t:Occurrence/t:OriginalStart")
    scene.expect("EWS-ACT-024", "ModifiedOccurrences", [instant(one) for one in changed]).equals(
        [moment(scene, 10, days=2)]
    )
    deleted = master.texts("t:DeletedOccurrences/t:DeletedOccurrence/t:Start")
    scene.expect("EWS-ACT-024", "DeletedOccurrences", [instant(one) for one in deleted]).equals(
        [moment(scene, 10, days=4)]
    )


@case("operations.reminders", scenario=SCENARIO, verifies=("EWS-ACT-025", "EWS-ACT-026"), pairings=EWS)
def test_a_reminder_is_told_and_dismissed(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    reminded = Markup(
        whole_item(scene, {"Location": "Under the clock"}).replace(
            "</t:Subject>",
            "</t:Subject><t:ReminderIsSet>true</t:ReminderIsSet>"
            "<t:ReminderMinutesBeforeStart>15</t:ReminderMinutesBeforeStart>",
        )
    )
    item = read_item(organizer, _made(scene, reminded))
    span = (m("BeginTime", xml_time(moment(scene, 4))), m("EndTime", xml_time(moment(scene, 16))))
    answer = organizer.call(m("GetReminders", *span))
    told = answer.body.anywhere("t:Reminder") if answer.body else ()
    mine = next((one for one in told if token(scene) in (one.text("t:Subject") or "")), None)
    scene.require("EWS-ACT-025", "the reminder", mine and mine.local).is_present()
    for path, wanted in (
        ("t:Subject", item.text("t:Subject")),
        ("t:Location", "Under the clock"),
        ("t:ItemId/@Id", item.text("t:ItemId/@Id")),
        ("t:UID", item.text("t:UID")),
    ):
        scene.expect("EWS-ACT-025", path, mine.text(path) if mine else None).equals(wanted)
    for path, hour in (("t:StartDate", 10), ("t:EndDate", 11)):
        when = instant((mine.text(path) if mine else None) or "0001-01-01T00:00:00Z")
        scene.expect("EWS-ACT-025", path, when).equals(moment(scene, hour))
    identity = MeetingRef(item.text("t:ItemId/@Id") or "", item.text("t:ItemId/@ChangeKey") or "")
    action = t("ReminderItemAction", t("ActionType", "Dismiss"), ask.item_id(identity))
    done = organizer.call(m("PerformReminderAction", m("ReminderItemActions", action)))
    ids = [one.text("@Id") for one in (done.body.anywhere("t:ItemId") if done.body else ())]
    scene.expect("EWS-ACT-026", "the ids of what was dismissed", ids).equals([identity.id])
