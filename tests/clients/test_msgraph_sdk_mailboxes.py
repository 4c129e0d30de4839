"""msgraph-sdk, unmodified, uses what belongs to a mailbox: series, attachments, shared calendars, settings, mail."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Coroutine
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph import GraphServiceClient
from msgraph.generated.models.attendee import Attendee
from msgraph.generated.models.calendar import Calendar
from msgraph.generated.models.calendar_permission import CalendarPermission
from msgraph.generated.models.calendar_role_type import CalendarRoleType
from msgraph.generated.models.category_color import CategoryColor
from msgraph.generated.models.day_of_week import DayOfWeek
from msgraph.generated.models.email_address import EmailAddress
from msgraph.generated.models.event import Event
from msgraph.generated.models.event_type import EventType
from msgraph.generated.models.exchange_id_format import ExchangeIdFormat
from msgraph.generated.models.file_attachment import FileAttachment
from msgraph.generated.models.item_body import ItemBody
from msgraph.generated.models.mail_folder import MailFolder
from msgraph.generated.models.mailbox_settings import MailboxSettings
from msgraph.generated.models.message import Message
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.outlook_category import OutlookCategory
from msgraph.generated.models.patterned_recurrence import PatternedRecurrence
from msgraph.generated.models.recipient import Recipient
from msgraph.generated.models.recurrence_pattern import RecurrencePattern
from msgraph.generated.models.recurrence_pattern_type import RecurrencePatternType
from msgraph.generated.models.recurrence_range import RecurrenceRange
from msgraph.generated.models.recurrence_range_type import RecurrenceRangeType
from msgraph.generated.models.response_type import ResponseType
from msgraph.generated.models.working_hours import WorkingHours
from msgraph.generated.users.item.events.item.cancel.cancel_post_request_body import CancelPostRequestBody
from msgraph.generated.users.item.events.item.decline.decline_post_request_body import DeclinePostRequestBody
from msgraph.generated.users.item.messages.item.move.move_post_request_body import MovePostRequestBody
from msgraph.generated.users.item.messages.item.reply.reply_post_request_body import ReplyPostRequestBody
from msgraph.generated.users.item.send_mail.send_mail_post_request_body import SendMailPostRequestBody
from msgraph.generated.users.item.translate_exchange_ids.translate_exchange_ids_post_request_body import (
    TranslateExchangeIdsPostRequestBody,
)

from tests.clients.graph_clients import instant, moment, signed_in

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # the SDK's own
    from msgraph.generated.users.item.events.item.instances.instances_request_builder import InstancesRequestBuilder

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

OWNER, OTHER = "organizer0@example.com", "attendee0@example.com"


def lived(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(story)


def to(address: str) -> list[Recipient]:
    return [Recipient(email_address=EmailAddress(address=address))]


def weekly(count: int) -> PatternedRecurrence:
    pattern = RecurrencePattern(type=RecurrencePatternType.Weekly, interval=1, days_of_week=[DayOfWeek.Monday])
    window = RecurrenceRange(
        type=RecurrenceRangeType.Numbered, start_date=date(2026, 3, 2), number_of_occurrences=count
    )
    return PatternedRecurrence(pattern=pattern, range=window)


async def occurrences(client: GraphServiceClient, master: str) -> list[Event]:
    window = InstancesRequestBuilder.InstancesRequestBuilderGetQueryParameters(
        start_date_time="2026-03-01T00:00:00Z", end_date_time="2026-05-01T00:00:00Z"
    )
    found = await client.me.events.by_event_id(master).instances.get(RequestConfiguration(query_parameters=window))
    return sorted(found.value, key=lambda event: event.start.date_time)


@pytest.mark.requirement("GRAPH-REC-001")
def test_a_series_has_one_occurrence_moved_one_cancelled_and_one_declined(meetproof_server):
    lived(live_a_series(meetproof_server))


async def live_a_series(server) -> None:
    async with signed_in(server, OWNER) as owner, signed_in(server, OTHER) as other:
        made = await owner.me.events.post(
            Event(
                subject="Jour fixe",
                start=moment("2026-03-02T10:00:00"),
                end=moment("2026-03-02T11:00:00"),
                recurrence=weekly(4),
                attendees=[Attendee(email_address=EmailAddress(address=OTHER))],
            )
        )
        assert made.type is EventType.SeriesMaster
        first, second, third, fourth = await occurrences(owner, made.id)
        assert {each.type for each in (first, second, third, fourth)} == {EventType.Occurrence}
        moved = Event(start=moment("2026-03-10T10:00:00"), end=moment("2026-03-10T11:00:00"))
        changed = await owner.me.events.by_event_id(second.id).patch(moved)
        assert changed.type is EventType.Exception
        await owner.me.events.by_event_id(third.id).cancel.post(CancelPostRequestBody(comment="Holidays."))
        [master] = (await other.me.events.get()).value
        theirs = await occurrences(other, master.id)
        assert [instant(each.start).day for each in theirs if not each.is_cancelled] == [2, 10, 23]
        await other.me.events.by_event_id(theirs[0].id).decline.post(DeclinePostRequestBody(send_response=True))
        seen = (await occurrences(owner, made.id))[0]
        assert seen.attendees[0].status.response is ResponseType.Declined
        whole = await owner.me.events.by_event_id(made.id).get()
        assert whole.recurrence.range.number_of_occurrences == 4
        assert whole.attendees[0].status.response is ResponseType.None_


@pytest.mark.requirement("GRAPH-ATT-001", "GRAPH-ATT-002", "GRAPH-ATT-004")
def test_files_hang_on_an_event(meetproof_server):
    lived(attach_files(meetproof_server))


async def attach_files(server) -> None:
    async with signed_in(server, OWNER) as owner:
        event = await owner.me.events.post(
            Event(subject="Budget", start=moment("2026-03-02T10:00:00"), end=moment("2026-03-02T11:00:00"))
        )
        hung = owner.me.events.by_event_id(event.id).attachments
        agenda = FileAttachment(
            odata_type="#microsoft.graph.fileAttachment",
            name="agenda.txt",
            content_type="text/plain",
            content_bytes=b"First, second",
        )
        made = await hung.post(agenda)
        [listed] = (await hung.get()).value
        assert (listed.id, listed.name) == (made.id, "agenda.txt")
        assert (await owner.me.events.by_event_id(event.id).get()).has_attachments
        await hung.by_attachment_id(made.id).delete()
        assert (await hung.get()).value == []


@pytest.mark.requirement("GRAPH-CAL-001", "GRAPH-CAL-002", "GRAPH-CAL-004")
def test_a_calendar_is_shared_and_used_by_another(meetproof_server):
    lived(share_a_calendar(meetproof_server))


async def share_a_calendar(server) -> None:
    async with signed_in(server, OWNER) as owner, signed_in(server, OTHER) as other:
        theirs = other.users.by_user_id(OWNER).calendar.events
        event = Event(subject="For you", start=moment("2026-03-02T10:00:00"), end=moment("2026-03-02T11:00:00"))
        with pytest.raises(ODataError) as refused:
            await theirs.post(event)
        assert refused.value.response_status_code in {403, 404}
        shared = await owner.me.calendar.calendar_permissions.post(
            CalendarPermission(email_address=EmailAddress(address=OTHER), role=CalendarRoleType.Write)
        )
        assert shared.role is CalendarRoleType.Write
        made = await theirs.post(event)
        assert made.organizer.email_address.address == OWNER
        assert [each.subject for each in (await owner.me.events.get()).value] == ["For you"]
        own = await owner.me.calendars.post(Calendar(name="Projects"))
        assert "Projects" in {each.name for each in (await owner.me.calendars.get()).value}
        await owner.me.calendars.by_calendar_id(own.id).delete()
        assert (await owner.me.calendar.get()).is_default_calendar


@pytest.mark.requirement("GRAPH-MBX-001", "GRAPH-MBX-002", "GRAPH-MBX-006", "GRAPH-MBX-007", "GRAPH-MIG-011")
def test_settings_categories_zones_and_ids_are_told(meetproof_server):
    lived(arrange_a_mailbox(meetproof_server))


async def arrange_a_mailbox(server) -> None:
    async with signed_in(server, OWNER) as owner:
        hours = WorkingHours(days_of_week=[DayOfWeek.Monday], start_time=time(9), end_time=time(12), time_zone=None)
        changed = await owner.me.mailbox_settings.patch(MailboxSettings(working_hours=hours))
        assert changed.working_hours.end_time == time(12)
        assert (await owner.me.mailbox_settings.get()).time_zone == "UTC"
        categories = owner.me.outlook.master_categories
        made = await categories.post(OutlookCategory(display_name="Customers", color=CategoryColor.Preset3))
        assert "Customers" in {each.display_name for each in (await categories.get()).value}
        await categories.by_outlook_category_id(made.id).delete()
        zones = (await owner.me.outlook.supported_time_zones.get()).value
        assert "Romance Standard Time" in {each.alias for each in zones}
        event = await owner.me.events.post(
            Event(subject="Budget", start=moment("2026-03-02T10:00:00"), end=moment("2026-03-02T11:00:00"))
        )
        asked = TranslateExchangeIdsPostRequestBody(
            input_ids=[event.id], source_id_type=ExchangeIdFormat.RestId, target_id_type=ExchangeIdFormat.EwsId
        )
        [translated] = (await owner.me.translate_exchange_ids.post(asked)).value
        assert (translated.source_id, bool(translated.target_id)) == (event.id, True)


def test_mail_is_sent_answered_and_filed(meetproof_server):
    lived(write_mail(meetproof_server))


async def write_mail(server) -> None:
    async with signed_in(server, OWNER) as owner, signed_in(server, OTHER) as other:
        message = Message(subject="Figures", body=ItemBody(content="Where are they?"), to_recipients=to(OTHER))
        await owner.me.send_mail.post(SendMailPostRequestBody(message=message, save_to_sent_items=True))
        inbox = other.me.mail_folders.by_mail_folder_id("inbox")
        [received] = (await inbox.messages.get()).value
        assert (received.subject, received.from_.email_address.address) == ("Figures", OWNER)
        await other.me.messages.by_message_id(received.id).reply.post(ReplyPostRequestBody(comment="Here."))
        [answer] = (await owner.me.mail_folders.by_mail_folder_id("inbox").messages.get()).value
        assert answer.subject == "RE: Figures"
        assert answer.received_date_time <= datetime.now(UTC)
        filed = await other.me.mail_folders.post(MailFolder(display_name="Budget"))
        await other.me.messages.by_message_id(received.id).move.post(MovePostRequestBody(destination_id=filed.id))
        assert (await inbox.messages.get()).value == []
        [kept] = (await other.me.mail_folders.by_mail_folder_id(filed.id).messages.get()).value
        assert kept.subject == "Figures"
