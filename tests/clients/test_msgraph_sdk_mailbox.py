"""msgraph-sdk, unmodified, arranges and shares calendars, sets a mailbox up and finds rooms on the reference server."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, time

import pytest
from msgraph.generated.models.automatic_replies_setting import AutomaticRepliesSetting
from msgraph.generated.models.automatic_replies_status import AutomaticRepliesStatus
from msgraph.generated.models.calendar import Calendar
from msgraph.generated.models.calendar_color import CalendarColor
from msgraph.generated.models.calendar_group import CalendarGroup
from msgraph.generated.models.calendar_permission import CalendarPermission
from msgraph.generated.models.calendar_role_type import CalendarRoleType
from msgraph.generated.models.category_color import CategoryColor
from msgraph.generated.models.day_of_week import DayOfWeek
from msgraph.generated.models.email_address import EmailAddress
from msgraph.generated.models.event import Event
from msgraph.generated.models.external_audience_scope import ExternalAudienceScope
from msgraph.generated.models.locale_info import LocaleInfo
from msgraph.generated.models.mailbox_settings import MailboxSettings
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.outlook_category import OutlookCategory
from msgraph.generated.models.room import Room
from msgraph.generated.models.time_zone_base import TimeZoneBase
from msgraph.generated.models.working_hours import WorkingHours

from tests.clients.graph_clients import instant, moment, signed_in

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

ALEX, ADELE = "AlexW@contoso.com", "AdeleV@contoso.com"


def test_calendars_are_made_grouped_shared_and_deleted(meetproof_server):
    asyncio.run(arrange_calendars(meetproof_server))


async def arrange_calendars(server) -> None:
    async with signed_in(server, ALEX) as alex, signed_in(server, ADELE) as adele:
        group = await alex.me.calendar_groups.post(CalendarGroup(name="Clubs"))
        in_group = alex.me.calendar_groups.by_calendar_group_id(group.id).calendars
        made = await in_group.post(Calendar(name="Chess", color=CalendarColor.LightTeal))
        assert (made.name, made.color, made.is_default_calendar) == ("Chess", CalendarColor.LightTeal, False)
        calendar = alex.me.calendars.by_calendar_id(made.id)
        assert (await calendar.patch(Calendar(name="Go"))).name == "Go"
        assert [each.name for each in (await alex.me.calendars.get()).value] == ["Calendar", "Go"]

        everybody, *others = (await calendar.calendar_permissions.get()).value
        assert (everybody.email_address.name, others) == ("My Organization", [])
        share = CalendarPermission(email_address=EmailAddress(address=ADELE), role=CalendarRoleType.Write)
        given = await calendar.calendar_permissions.post(share)
        theirs = adele.users.by_user_id(ALEX).calendars.by_calendar_id(made.id)
        assert (await theirs.get()).can_edit is True
        start, end = moment("2026-08-14T12:00:00"), moment("2026-08-14T13:00:00")
        event = await theirs.events.post(Event(subject="Round 1", start=start, end=end))
        assert [each.id for each in (await calendar.events.get()).value] == [event.id]
        one = calendar.calendar_permissions.by_calendar_permission_id(given.id)
        assert (await one.patch(CalendarPermission(role=CalendarRoleType.Read))).role is CalendarRoleType.Read
        with pytest.raises(ODataError) as refusal:
            await theirs.events.by_event_id(event.id).patch(Event(subject="Mine"))
        assert (refusal.value.response_status_code, refusal.value.error.code) == (403, "ErrorAccessDenied")
        await one.delete()

        with pytest.raises(ODataError) as refusal:
            await alex.me.calendar_groups.by_calendar_group_id(group.id).delete()
        assert refusal.value.error.code == "ErrorInvalidRequest"
        await calendar.delete()
        await alex.me.calendar_groups.by_calendar_group_id(group.id).delete()
        assert [each.name for each in (await alex.me.calendars.get()).value] == ["Calendar"]


def test_a_mailbox_is_set_up(meetproof_server):
    asyncio.run(set_up_a_mailbox(meetproof_server))


async def set_up_a_mailbox(server) -> None:
    async with signed_in(server, ALEX) as alex:
        hours = WorkingHours(
            days_of_week=[DayOfWeek.Monday, DayOfWeek.Thursday],
            start_time=time(7, 30),
            end_time=time(15),
            time_zone=TimeZoneBase(name="Europe/Berlin"),
        )
        away = AutomaticRepliesSetting(
            status=AutomaticRepliesStatus.Scheduled,
            external_audience=ExternalAudienceScope.All,
            internal_reply_message="Away",
            external_reply_message="Away",
            scheduled_start_date_time=moment("2099-08-14T00:00:00"),
            scheduled_end_date_time=moment("2099-08-21T00:00:00"),
        )
        wanted = MailboxSettings(
            working_hours=hours, automatic_replies_setting=away, language=LocaleInfo(locale="da-DK")
        )
        await alex.me.mailbox_settings.patch(wanted)
        found = await alex.me.mailbox_settings.get()
        assert (found.working_hours.days_of_week, found.working_hours.start_time) == (
            [DayOfWeek.Monday, DayOfWeek.Thursday],
            time(7, 30),
        )
        assert found.working_hours.time_zone.name == "Europe/Berlin"
        assert found.automatic_replies_setting.status is AutomaticRepliesStatus.Scheduled
        assert instant(found.automatic_replies_setting.scheduled_end_date_time) == datetime(2099, 8, 21, tzinfo=UTC)
        assert (found.language.display_name, found.time_zone) == ("Danish (Denmark)", "Pacific Standard Time")

        category = OutlookCategory(display_name="Project", color=CategoryColor.Preset9)
        made = await alex.me.outlook.master_categories.post(category)
        assert made.color is CategoryColor.Preset9
        await alex.me.outlook.master_categories.by_outlook_category_id(made.id).delete()
        zones = (await alex.me.outlook.supported_time_zones.get()).value
        iana = (await alex.me.outlook.supported_time_zones_with_time_zone_standard("Iana").get()).value
        assert "Pacific Standard Time" in {zone.alias for zone in zones}
        assert "Europe/Berlin" in {zone.alias for zone in iana}
        assert "da-DK" in {language.locale for language in (await alex.me.outlook.supported_languages.get()).value}


def test_reminders_and_rooms_are_found(meetproof_server):
    asyncio.run(find_reminders_and_rooms(meetproof_server))


async def find_reminders_and_rooms(server) -> None:
    async with signed_in(server, ALEX) as alex:
        start, end = moment("2026-08-14T12:00:00"), moment("2026-08-14T13:00:00")
        event = await alex.me.events.post(
            Event(subject="Lunch", start=start, end=end, reminder_minutes_before_start=30)
        )
        window = ("2026-08-14T23:00:00", "2026-08-14T00:00:00")
        view = alex.me.reminder_view_with_start_date_time_with_end_date_time(*window)
        [reminder] = (await view.get()).value
        assert (reminder.event_id, reminder.event_subject) == (event.id, "Lunch")
        assert instant(reminder.reminder_fire_time) == datetime(2026, 8, 14, 11, 30, tzinfo=UTC)

        [room] = (await alex.places.graph_room.get()).value
        assert room.email_address == "room0@example.com"
        changed = await alex.places.by_place_id(room.id).patch(Room(capacity=8, building="North"))
        assert (changed.capacity, changed.building) == (8, "North")
        assert (await alex.places.graph_room_list.get()).value == []
        assert ALEX in {user.mail for user in (await alex.users.get()).value}
