"""What the same items show to requests of different schema versions over EWS."""

from __future__ import annotations

from typing import Final

from conformance.actor import ews_requests as ask
from conformance.actor.ews_client import EwsClient
from conformance.actor.views import Answer, MeetingRef
from conformance.actor.xml import Markup, t
from conformance.suites.case import EWS, case
from conformance.suites.ews.whole import ZONE, daily, people, place, whole_item
from conformance.suites.scene import Scene
from conformance.suites.steps import address, first_listed, moment, present, read_item, slot, written

SCENARIO = "properties"
NEWEST, SP1, OF_2010, OF_2007 = "Exchange2016", "Exchange2013_SP1", "Exchange2010_SP2", "Exchange2007_SP1"

# Properties that came with a version, as far as an item of these cases has them.
_YOUNGER: Final = {
    SP1: {"InboxReminders"},
    OF_2010: {
        "InboxReminders",
        "EnhancedLocation",
        "StartWallClock",
        "EndWallClock",
        "StartTimeZoneId",
        "EndTimeZoneId",
        "IsOrganizer",
    },
}
_OLDEST: Final = _YOUNGER[OF_2010] | {"StartTimeZone", "EndTimeZone"}


def _zone() -> Markup:
    """A MeetingTimeZone with both of its changes, as the oldest schema describes zones."""

    def change(name: str, offset: str, index: str, month: str, label: str) -> Markup:
        rule = t("RelativeYearlyRecurrence", t("DaysOfWeek", "Sunday"), t("DayOfWeekIndex", index), t("Month", month))
        return t(name, t("Offset", offset), rule, t("Time", "02:00:00"), TimeZoneName=label)

    return t(
        "MeetingTimeZone",
        t("BaseOffset", "PT8H"),
        change("Standard", "PT0H", "First", "November", "Winter"),
        change("Daylight", "-PT1H", "Second", "March", "Summer"),
        TimeZoneName=ZONE,
    )


def _read_by_all(scene: Scene, client: EwsClient, item: MeetingRef, versions: tuple[str, ...], what: str) -> None:
    """Read an item by each version, the newest first, and look for what came later."""
    for version in versions:
        shown = set(read_item(client, item, version=version).names())
        later = _OLDEST if version == OF_2007 else _YOUNGER.get(version, set())
        scene.expect("EWS-MTG-019", f"younger properties of {what} under {version}", sorted(shown & later)).is_absent()


@case(
    "properties.older-schemas",
    scenario=SCENARIO,
    verifies=("EWS-MTG-019", "EWS-PROP-062", "EWS-PROP-063", "EWS-PROP-064", "EWS-PROP-078"),
    pairings=EWS,
    needs=("exchange2016", "propose-new-time"),
)
def test_no_version_sees_what_came_after_it_in_a_meeting(scene: Scene) -> None:
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")
    reminder = t("InboxReminder", t("ReminderOffset", "30"), t("Message", "Soon"), t("IsOrganizerReminder", "true"))
    told = {
        "RequiredAttendees": people("RequiredAttendees", address(scene, "attendee0")),
        "InboxReminders": t("InboxReminders", reminder),
        "StartTimeZone": t("StartTimeZone", Id=ZONE),
        "EndTimeZone": t("EndTimeZone", Id=ZONE),
        "EnhancedLocation": place(),
    }
    made = ask.create_item(whole_item(scene, told), invitations="SendToAllAndSaveCopy")
    meeting = written(organizer.call(made, version=NEWEST))
    request = first_listed(scene, attendee, "inbox", "MeetingRequest")
    _read_by_all(scene, attendee, request, (NEWEST, SP1, OF_2010, OF_2007), "the request")
    newest = read_item(attendee, request, version=NEWEST)
    scene.expect("EWS-PROP-062", "TimeZone of the request", newest.text("t:TimeZone")).is_absent()
    scene.expect("EWS-PROP-063", "StartTimeZone", newest.text("t:StartTimeZone/@Id")).equals(ZONE)
    scene.expect("EWS-PROP-064", "EndTimeZone", newest.text("t:EndTimeZone/@Id")).equals(ZONE)
    oldest = read_item(attendee, request, version=OF_2007)
    scene.expect("EWS-PROP-078", "MeetingTimeZone", oldest.text("t:MeetingTimeZone")).is_absent()
    proposal = slot(scene, 15)
    attendee.call(ask.respond(Answer.TENTATIVE, request, proposal=proposal)).succeed("TentativelyAcceptItem")
    response = first_listed(scene, organizer, "inbox", "MeetingResponse")
    _read_by_all(scene, organizer, response, (NEWEST, SP1, OF_2010, OF_2007), "the response")
    _read_by_all(scene, organizer, meeting, (NEWEST, SP1, OF_2010, OF_2007), "the item")
    later = moment(scene, 16).strftime("%Y-%m-%dT%H:%M:%SZ")
    organizer.call(ask.update_item(meeting, ask.set_field("calendar:End", t("End", later)))).succeed("UpdateItem")
    update = first_listed(scene, attendee, "inbox", "MeetingRequest")
    _read_by_all(scene, attendee, update, (NEWEST, OF_2010), "the update")
    organizer.call(ask.cancel(present(organizer, meeting))).succeed("CancelCalendarItem")
    notice = first_listed(scene, attendee, "inbox", "MeetingCancellation")
    _read_by_all(scene, attendee, notice, (NEWEST, OF_2010, OF_2007), "the cancellation")


@case(
    "properties.older-schemas-of-series",
    scenario=SCENARIO,
    verifies=("EWS-MTG-019", "EWS-PROP-060", "EWS-PROP-061", "EWS-PROP-077"),
    pairings=EWS,
    needs=("exchange2016",),
)
def test_no_version_sees_what_came_after_it_in_a_series(scene: Scene) -> None:
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")
    told = {
        "RequiredAttendees": people("RequiredAttendees", address(scene, "attendee0")),
        "Recurrence": daily(scene),
        "MeetingTimeZone": _zone(),
    }
    made = ask.create_item(whole_item(scene, told), invitations="SendToAllAndSaveCopy")
    series = written(organizer.call(made, version=OF_2007))
    _read_by_all(scene, organizer, series, (OF_2007, OF_2010, NEWEST), "the series")
    request = first_listed(scene, attendee, "inbox", "MeetingRequest")
    _read_by_all(scene, attendee, request, (OF_2007, NEWEST, OF_2010), "the request")
    for requirement, client, item in (("EWS-PROP-060", organizer, series), ("EWS-PROP-061", attendee, request)):
        named = read_item(client, item, version=OF_2010).text("t:TimeZone")
        scene.expect(requirement, "TimeZone", named).is_present()
    oldest = read_item(attendee, request, version=OF_2007)
    scene.expect("EWS-PROP-077", "MeetingTimeZone", oldest.text("t:MeetingTimeZone/t:BaseOffset")).is_present()
    attendee.call(ask.respond(Answer.ACCEPT, request)).succeed("AcceptItem")
    response = first_listed(scene, organizer, "inbox", "MeetingResponse")
    _read_by_all(scene, organizer, response, (NEWEST, OF_2010, OF_2007), "the response")
    organizer.call(ask.cancel(present(organizer, series))).succeed("CancelCalendarItem")
    notice = first_listed(scene, attendee, "inbox", "MeetingCancellation")
    _read_by_all(scene, attendee, notice, (NEWEST, OF_2010, OF_2007), "the cancellation")
