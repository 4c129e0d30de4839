"""Reminders over EWS: what items say of them, GetReminders, and what PerformReminderAction does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from conformance.actor import ews_requests as ask
from conformance.actor.acts import Changes, Draft
from conformance.actor.ews_client import EwsAnswer, EwsClient
from conformance.actor.ews_views import moment
from conformance.actor.times import xml_time
from conformance.actor.views import MeetingRef, Slot
from conformance.actor.xml import NOTHING, Markup, Node, m, several, t
from conformance.suites.case import EWS, case
from conformance.suites.ews.recurring import fresh, nth
from conformance.suites.ews.steps import invited
from conformance.suites.recurring import daily, slots
from conformance.suites.scene import Scene
from conformance.suites.steps import draft, first_listed, id_of, read_item, token, written

SCENARIO = "reminders"
MINUTES = 25


def _reminding(minutes: int | None) -> Markup:
    """ReminderIsSet and, where it is, how many minutes before the start."""
    if minutes is None:
        return t("ReminderIsSet", "false")
    return several(t("ReminderIsSet", "true"), t("ReminderMinutesBeforeStart", str(minutes)))


def _made(scene: Scene, minutes: int | None, plan: Draft | None = None) -> MeetingRef:
    """An appointment of organizer0's that reminds so many minutes before, or not at all."""
    item = ask.calendar_item(plan or draft(scene, required=()), item=_reminding(minutes))
    return written(scene.ews("organizer0").call(ask.create_item(item, invitations="SendToNone")))


def _get(client: EwsClient, span: Slot | None, most: str = "", kind: str = "") -> EwsAnswer:
    parts = (
        m("BeginTime", xml_time(span.start)) if span else NOTHING,
        m("EndTime", xml_time(span.end)) if span else NOTHING,
        m("MaxItems", most) if most else NOTHING,
        m("ReminderType", kind) if kind else NOTHING,
    )
    return client.call(m("GetReminders", *parts))


def _act(client: EwsClient, action: str, what: MeetingRef, until: datetime | None = None) -> EwsAnswer:
    later = t("NewReminderTime", xml_time(until)) if until else NOTHING
    one = t("ReminderItemAction", t("ActionType", action), ask.item_id(what), later)
    return client.call(m("PerformReminderAction", m("ReminderItemActions", one)))


def _code(answer: EwsAnswer) -> str:
    """The response code of operations whose response is itself the message."""
    if answer.fault:
        return answer.fault.code
    return (answer.body.text("m:ResponseCode") if answer.body else None) or answer.code


def _around(plan: Draft) -> Slot:
    """An interval that holds the reminder and the meeting."""
    return Slot(plan.slot.start - timedelta(hours=6), plan.slot.end + timedelta(hours=6))


def _found(scene: Scene, who: str, span: Slot) -> list[Node]:
    """The case's reminders of somebody in an interval."""
    answer = _get(scene.ews(who), span)
    reminders = answer.body.anywhere("t:Reminder") if answer.body else ()
    return [one for one in reminders if token(scene) in (one.text("t:Subject") or "")]


def _times(reminders: Sequence[Node]) -> list[datetime | None]:
    return [moment(one, "t:ReminderTime") for one in reminders]


@case("reminders.ews-settings", scenario=SCENARIO, verifies=("EWS-REM-001", "EWS-REM-002", "EWS-REM-003"), pairings=EWS)
def test_an_item_keeps_what_is_said_of_its_reminder(scene: Scene) -> None:
    organizer, plan = scene.ews("organizer0"), draft(scene, required=())
    for minutes in (0, 15, 10080):
        item = read_item(organizer, _made(scene, minutes))
        told = (item.text("t:ReminderIsSet"), item.text("t:ReminderMinutesBeforeStart"))
        scene.expect("EWS-REM-001", "ReminderIsSet and its minutes", told).equals(("true", str(minutes)))
        scene.expect("EWS-REM-003", "ReminderDueBy", moment(item, "t:ReminderDueBy")).equals(plan.slot.start)
    silent = read_item(organizer, _made(scene, None))
    scene.expect("EWS-REM-002", "ReminderIsSet of one without", silent.text("t:ReminderIsSet")).equals("false")


@case("reminders.ews-bounds", scenario=SCENARIO, verifies=("EWS-REM-004",), pairings=EWS)
def test_minutes_beyond_five_years_are_no_minutes(scene: Scene) -> None:
    for minutes in ("-1", "2629801", "soon"):
        wrong = several(t("ReminderIsSet", "true"), t("ReminderMinutesBeforeStart", minutes))
        item = ask.calendar_item(draft(scene, required=()), item=wrong)
        answer = scene.ews("organizer0").call(ask.create_item(item, invitations="SendToNone"))
        scene.expect("EWS-REM-004", f"the fault for {minutes} minutes", answer.fault and answer.fault.code).equals(
            "ErrorSchemaValidation"
        )


@case(
    "reminders.ews-get",
    scenario=SCENARIO,
    verifies=(
        "EWS-REM-005",
        "EWS-REM-006",
        "EWS-REM-007",
        "EWS-REM-008",
        "EWS-REM-009",
        "EWS-REM-010",
        "EWS-REM-011",
        "EWS-REM-012",
    ),
    pairings=EWS,
    needs=("reminders",),
)
def test_the_reminder_of_a_meeting_tells_what_it_is_about(scene: Scene) -> None:
    organizer, plan = scene.ews("organizer0"), draft(scene, required=())
    made = _made(scene, MINUTES)
    _made(scene, None, draft(scene, required=(), subject=f"Silent {token(scene)}"))
    answer = _get(organizer, _around(plan))
    told = (answer.body.text("@ResponseClass") if answer.body else None, _code(answer))
    scene.expect("EWS-REM-005", "ResponseClass and ResponseCode", told).equals(("Success", "NoError"))
    found = _found(scene, "organizer0", _around(plan))
    scene.expect("EWS-REM-006", "the subjects reminded of", [one.text("t:Subject") for one in found]).equals(
        [plan.subject]
    )
    scene.expect("EWS-REM-007", "the places", [one.text("t:Location") for one in found]).equals([plan.location])
    due = plan.slot.start - timedelta(minutes=MINUTES)
    scene.expect("EWS-REM-008", "ReminderTime", _times(found)).equals([due])
    ends = [(moment(one, "t:StartDate"), moment(one, "t:EndDate")) for one in found]
    scene.expect("EWS-REM-009", "StartDate and EndDate", ends).equals([(plan.slot.start, plan.slot.end)])
    scene.expect("EWS-REM-010", "ItemId", [one.text("t:ItemId/@Id") for one in found]).equals([made.id])
    groups = [one.text("t:ReminderGroup") for one in found]
    scene.expect("EWS-REM-011", "ReminderGroup", groups).equals(["Calendar"])
    uid = read_item(organizer, made).text("t:UID")
    scene.expect("EWS-REM-012", "UID", [one.text("t:UID") for one in found]).equals([uid])


@case(
    "reminders.ews-span",
    scenario=SCENARIO,
    verifies=("EWS-REM-013", "EWS-REM-014", "EWS-REM-015", "EWS-REM-016"),
    pairings=EWS,
    needs=("reminders", "quiet-mailboxes"),
)
def test_reminders_are_asked_for_by_time_and_number(scene: Scene) -> None:
    organizer, plan = scene.ews("organizer0"), draft(scene, required=())
    _made(scene, MINUTES)
    _made(scene, MINUTES, draft(scene, required=(), subject=f"Second {token(scene)}"))
    span = _around(plan)
    early = Slot(span.start - timedelta(days=2), span.start)
    late = Slot(span.end, span.end + timedelta(days=2))
    scene.expect("EWS-REM-013", "reminders before", _found(scene, "organizer0", early)).is_absent()
    scene.expect("EWS-REM-013", "reminders after", _found(scene, "organizer0", late)).is_absent()
    scene.expect("EWS-REM-013", "reminders of the span", _found(scene, "organizer0", span)).has_length(2)
    answer = _get(organizer, span, most="1")
    reminders = answer.body.anywhere("t:Reminder") if answer.body else ()
    scene.expect("EWS-REM-014", "the reminders with MaxItems 1", reminders).has_length(1)
    many = _get(organizer, span, most="201")
    scene.expect("EWS-REM-015", "the fault with MaxItems 201", many.fault and many.fault.code).equals(
        "ErrorSchemaValidation"
    )
    backwards = _get(organizer, Slot(span.end, span.start))
    scene.expect("EWS-REM-016", "the code of a span that ends before it begins", _code(backwards)).differs_from(
        "NoError"
    )


@case(
    "reminders.ews-old-schema",
    scenario=SCENARIO,
    verifies=("EWS-REM-017",),
    pairings=EWS,
    needs=("reminders",),
)
def test_schemas_before_2013_know_no_operations_for_reminders(scene: Scene) -> None:
    answer = scene.ews("organizer0").call(m("GetReminders"), version="Exchange2010_SP2")
    scene.expect("EWS-REM-017", "whether GetReminders was answered", _code(answer)).differs_from("NoError")


@case(
    "reminders.ews-dismiss",
    scenario=SCENARIO,
    verifies=("EWS-REM-018", "EWS-REM-019", "EWS-REM-020"),
    pairings=EWS,
    needs=("reminders",),
)
def test_a_dismissed_reminder_is_gone(scene: Scene) -> None:
    organizer, plan = scene.ews("organizer0"), draft(scene, required=())
    made = _made(scene, MINUTES)
    answer = _act(organizer, "Dismiss", made)
    scene.expect("EWS-REM-018", "the code of PerformReminderAction", _code(answer)).equals("NoError")
    updated = [one.text("@Id") for one in answer.body.all("m:UpdatedItemIds/t:ItemId")] if answer.body else []
    scene.expect("EWS-REM-019", "UpdatedItemIds", updated).equals([made.id])
    left = _found(scene, "organizer0", _around(plan))
    scene.expect("EWS-REM-018", "the reminders afterwards", left).is_absent()
    item = fresh(organizer, made)
    scene.expect("EWS-REM-020", "the item's times", moment(item, "t:Start")).equals(plan.slot.start)
    scene.expect("EWS-REM-020", "its ReminderIsSet", item.text("t:ReminderIsSet")).equals("false")


@case(
    "reminders.ews-snooze",
    scenario=SCENARIO,
    verifies=("EWS-REM-021", "EWS-REM-022"),
    pairings=EWS,
    needs=("reminders",),
)
def test_a_reminder_is_put_off(scene: Scene) -> None:
    organizer, plan = scene.ews("organizer0"), draft(scene, required=())
    made = _made(scene, MINUTES)
    later = plan.slot.start - timedelta(minutes=5)
    answer = _act(organizer, "Snooze", made, later)
    scene.expect("EWS-REM-021", "the code of PerformReminderAction", _code(answer)).equals("NoError")
    scene.expect("EWS-REM-021", "ReminderTime afterwards", _times(_found(scene, "organizer0", _around(plan)))).equals(
        [later]
    )
    item = fresh(organizer, made)
    told = (moment(item, "t:Start"), item.text("t:ReminderMinutesBeforeStart"))
    scene.expect("EWS-REM-022", "Start and minutes of the item", told).equals((plan.slot.start, str(MINUTES)))


@case(
    "reminders.ews-update",
    scenario=SCENARIO,
    verifies=("EWS-REM-023", "EWS-REM-024"),
    pairings=EWS,
    needs=("reminders",),
)
def test_a_reminder_follows_its_item(scene: Scene) -> None:
    organizer, plan = scene.ews("organizer0"), draft(scene, required=())
    made = _made(scene, MINUTES)
    minutes = ask.set_field("item:ReminderMinutesBeforeStart", t("ReminderMinutesBeforeStart", "45"))
    organizer.call(ask.update_item(made, minutes, sending="SendToNone")).succeed("UpdateItem of the minutes")
    due = plan.slot.start - timedelta(minutes=45)
    scene.expect("EWS-REM-023", "ReminderTime", _times(_found(scene, "organizer0", _around(plan)))).equals([due])
    later = Slot(plan.slot.start + timedelta(hours=2), plan.slot.end + timedelta(hours=2))
    now = id_of(fresh(organizer, made))
    moved = ask.update_item(now, *ask.updates_of(Changes(slot=later)), sending="SendToNone")
    organizer.call(moved).succeed("UpdateItem of the time")
    due += timedelta(hours=2)
    scene.expect("EWS-REM-024", "ReminderTime", _times(_found(scene, "organizer0", _around(plan)))).equals([due])


@case(
    "reminders.ews-everybodys-own",
    scenario=SCENARIO,
    verifies=("EWS-REM-025", "EWS-REM-026"),
    pairings=EWS,
    needs=("reminders",),
)
def test_everybody_has_a_reminder_of_ones_own(scene: Scene) -> None:
    organizer, attendee, plan = scene.ews("organizer0"), scene.ews("attendee0"), draft(scene)
    meeting, _ = invited(scene)
    copy = first_listed(scene, attendee, "calendar", "CalendarItem")
    before = _times(_found(scene, "attendee0", _around(plan)))
    scene.expect("EWS-REM-025", "the attendee's reminder", before).has_length(1)
    minutes = ask.set_field("item:ReminderMinutesBeforeStart", t("ReminderMinutesBeforeStart", "55"))
    organizer.call(ask.update_item(meeting, minutes, sending="SendToNone")).succeed("UpdateItem of the minutes")
    after = _times(_found(scene, "attendee0", _around(plan)))
    scene.expect("EWS-REM-026", "the attendee's reminder afterwards", after).equals(before)
    _act(attendee, "Dismiss", MeetingRef(copy.id, id_of(fresh(attendee, copy)).change_key))
    mine = _times(_found(scene, "organizer0", _around(plan)))
    scene.expect("EWS-REM-026", "the organizer's reminder", mine).equals([plan.slot.start - timedelta(minutes=55)])


@case(
    "reminders.ews-series",
    scenario=SCENARIO,
    verifies=("EWS-REM-027", "EWS-REM-028", "EWS-REM-029"),
    pairings=EWS,
    needs=("reminders", "series"),
)
def test_the_reminder_of_an_occurrence_names_its_series(scene: Scene) -> None:
    organizer, plan = scene.ews("organizer0"), daily(scene)
    found = slots(plan, 5)
    item = ask.calendar_item(plan, item=_reminding(MINUTES))
    master = written(organizer.call(ask.create_item(item, invitations="SendToNone")))
    first = Slot(found[0].start - timedelta(hours=6), found[0].end)
    reminders = _found(scene, "organizer0", first)
    due = found[0].start - timedelta(minutes=MINUTES)
    scene.expect("EWS-REM-027", "ReminderTime of the first", _times(reminders)).equals([due])
    series = [one.text("t:RecurringMasterItemId/@Id") for one in reminders]
    scene.expect("EWS-REM-028", "RecurringMasterItemId", series).equals([master.id])
    occurrence = nth(organizer, MeetingRef(master.id), 1)
    _act(organizer, "Dismiss", id_of(occurrence))
    second = Slot(found[0].end, found[1].end)
    due = found[1].start - timedelta(minutes=MINUTES)
    scene.expect("EWS-REM-029", "the first day's reminders", _found(scene, "organizer0", first)).is_absent()
    scene.expect("EWS-REM-029", "the second day's", _times(_found(scene, "organizer0", second))).equals([due])
    kind = nth(organizer, MeetingRef(master.id), 1).text("t:CalendarItemType")
    scene.expect("EWS-REM-029", "the dismissed occurrence", kind).equals("Occurrence")


@case(
    "reminders.ews-nothing-to-remind-of",
    scenario=SCENARIO,
    verifies=("EWS-REM-030",),
    pairings=EWS,
    needs=("reminders",),
)
def test_what_is_deleted_reminds_of_nothing(scene: Scene) -> None:
    organizer, plan = scene.ews("organizer0"), draft(scene, required=())
    made = _made(scene, MINUTES)
    scene.expect("EWS-REM-030", "the reminders before", _found(scene, "organizer0", _around(plan))).has_length(1)
    organizer.call(ask.delete_item(made, cancellations="SendToNone")).succeed("DeleteItem")
    left = _found(scene, "organizer0", _around(plan))
    scene.expect("EWS-REM-030", "the reminders afterwards", left).is_absent()
