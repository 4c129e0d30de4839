"""msgraph-sdk, unmodified, lives whole workflows on the reference server."""

from __future__ import annotations

import asyncio
import time
import warnings
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from azure.identity import ClientSecretCredential
from kiota_abstractions.api_error import APIError
from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph import GraphServiceClient
from msgraph.generated.models.attendee import Attendee
from msgraph.generated.models.attendee_base import AttendeeBase
from msgraph.generated.models.attendee_type import AttendeeType
from msgraph.generated.models.email_address import EmailAddress
from msgraph.generated.models.event import Event
from msgraph.generated.models.event_message import EventMessage
from msgraph.generated.models.event_message_request import EventMessageRequest
from msgraph.generated.models.event_message_response import EventMessageResponse
from msgraph.generated.models.free_busy_status import FreeBusyStatus
from msgraph.generated.models.item_body import ItemBody
from msgraph.generated.models.location import Location
from msgraph.generated.models.meeting_message_type import MeetingMessageType
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.recipient import Recipient
from msgraph.generated.models.response_type import ResponseType
from msgraph.generated.models.subscription import Subscription
from msgraph.generated.models.time_constraint import TimeConstraint
from msgraph.generated.models.time_slot import TimeSlot
from msgraph.generated.users.item.calendar.get_schedule.get_schedule_post_request_body import (
    GetSchedulePostRequestBody,
)
from msgraph.generated.users.item.events.item.accept.accept_post_request_body import AcceptPostRequestBody
from msgraph.generated.users.item.events.item.cancel.cancel_post_request_body import CancelPostRequestBody
from msgraph.generated.users.item.events.item.decline.decline_post_request_body import DeclinePostRequestBody
from msgraph.generated.users.item.events.item.forward.forward_post_request_body import ForwardPostRequestBody
from msgraph.generated.users.item.events.item.tentatively_accept.tentatively_accept_post_request_body import (
    TentativelyAcceptPostRequestBody,
)
from msgraph.generated.users.item.find_meeting_times.find_meeting_times_post_request_body import (
    FindMeetingTimesPostRequestBody,
)
from msgraph_core.requests.batch_request_builder import BatchRequestBuilder
from msgraph_core.requests.batch_request_content import BatchRequestContent
from msgraph_core.requests.batch_request_item import BatchRequestItem
from msgraph_core.tasks.page_iterator import PageIterator

from tests.clients.graph_clients import GRAPH, StaticCredential, instant, moment, opened, signed_in, transport_beneath
from tests.clients.listener import listening

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # the SDK's own
    from msgraph.generated.users.item.calendar_view.calendar_view_request_builder import CalendarViewRequestBuilder
    from msgraph.generated.users.item.calendar_view.delta.delta_request_builder import DeltaRequestBuilder
    from msgraph.generated.users.item.events.events_request_builder import EventsRequestBuilder

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

ORGANIZER, COMES, WAVERS, STAYS, NEW = (
    "organizer0@example.com",
    *(f"attendee{number}@example.com" for number in range(4)),
)
TEN, ELEVEN = datetime(2026, 3, 2, 10, tzinfo=UTC), datetime(2026, 3, 2, 11, tzinfo=UTC)


def lived(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(story)


def invited(*addresses: str) -> list[Attendee]:
    return [Attendee(type=AttendeeType.Required, email_address=EmailAddress(address=address)) for address in addresses]


def meeting(*addresses: str, subject: str = "Budget", day: int = 2, hour: int = 10) -> Event:
    return Event(
        subject=subject,
        body=ItemBody(content="Figures, please."),
        start=moment(f"2026-03-{day:02}T{hour:02}:00:00"),
        end=moment(f"2026-03-{day:02}T{hour + 1:02}:00:00"),
        location=Location(display_name="Room 4"),
        attendees=invited(*addresses),
    )


async def own_event(client: GraphServiceClient) -> Event:
    [event] = (await client.me.events.get()).value
    return event


async def newest(client: GraphServiceClient) -> EventMessage:
    return (await client.me.mail_folders.by_mail_folder_id("inbox").messages.get()).value[0]


def statuses(event: Event) -> dict[str, ResponseType]:
    return {attendee.email_address.address: attendee.status.response for attendee in event.attendees}


def day_of(builder, **more):
    """A request for the days around the meeting."""
    window = {"start_date_time": "2026-03-01T00:00:00Z", "end_date_time": "2026-03-08T00:00:00Z"}
    return RequestConfiguration(query_parameters=builder(**window, **more))


@pytest.mark.requirement("GRAPH-EVT-001", "GRAPH-WIRE-012", "GRAPH-WIRE-017", "GRAPH-MSG-001", "GRAPH-MSG-010")
def test_a_meeting_is_called_answered_moved_forwarded_and_cancelled(meetproof_server):
    lived(live_a_meeting(meetproof_server))


async def live_a_meeting(server) -> None:
    async with (
        signed_in(server, ORGANIZER) as organizer,
        signed_in(server, COMES) as comes,
        signed_in(server, WAVERS) as wavers,
        signed_in(server, STAYS) as stays,
        signed_in(server, NEW) as new,
    ):
        called = await organizer.me.events.post(meeting(COMES, WAVERS, STAYS))
        assert called.is_organizer
        assert called.response_status.response is ResponseType.Organizer
        assert set(statuses(called).values()) == {ResponseType.None_}

        # Everybody is asked, and answers in a way of their own.
        request = await newest(comes)
        assert isinstance(request, EventMessageRequest)
        assert request.meeting_message_type is MeetingMessageType.MeetingRequest
        copy = await own_event(comes)
        assert copy.response_status.response is ResponseType.NotResponded
        assert copy.i_cal_u_id == called.i_cal_u_id
        await comes.me.events.by_event_id(copy.id).accept.post(AcceptPostRequestBody(comment="Yes", send_response=True))
        later = TimeSlot(start=moment("2026-03-02T14:00:00"), end=moment("2026-03-02T15:00:00"))
        await wavers.me.events.by_event_id((await own_event(wavers)).id).tentatively_accept.post(
            TentativelyAcceptPostRequestBody(comment="Later?", send_response=True, proposed_new_time=later)
        )
        next_day = TimeSlot(start=moment("2026-03-03T10:00:00"), end=moment("2026-03-03T11:00:00"))
        await stays.me.events.by_event_id((await own_event(stays)).id).decline.post(
            DeclinePostRequestBody(comment="Tomorrow?", send_response=True, proposed_new_time=next_day)
        )
        seen = await organizer.me.events.by_event_id(called.id).get()
        assert statuses(seen) == {
            COMES: ResponseType.Accepted,
            WAVERS: ResponseType.TentativelyAccepted,
            STAYS: ResponseType.Declined,
        }
        assert [instant(each.proposed_new_time.start) for each in seen.attendees if each.proposed_new_time] == [
            datetime(2026, 3, 2, 14, tzinfo=UTC),
            datetime(2026, 3, 3, 10, tzinfo=UTC),
        ]
        answers = (await organizer.me.mail_folders.by_mail_folder_id("inbox").messages.get()).value
        assert all(isinstance(answer, EventMessageResponse) for answer in answers)
        assert [answer.response_type for answer in answers] == [
            ResponseType.Declined,
            ResponseType.TentativelyAccepted,
            ResponseType.Accepted,
        ]

        # The organizer takes up a proposal, and everybody is asked anew.
        moved = await organizer.me.events.by_event_id(called.id).patch(Event(start=later.start, end=later.end))
        assert set(statuses(moved).values()) == {ResponseType.NotResponded}
        update = await newest(comes)
        assert isinstance(update, EventMessageRequest)
        assert instant(update.previous_start_date_time) == TEN
        assert instant((await own_event(comes)).start) == datetime(2026, 3, 2, 14, tzinfo=UTC)

        # Somebody passes it on.
        forward = ForwardPostRequestBody(
            comment="For you too.", to_recipients=[Recipient(email_address=EmailAddress(address=NEW))]
        )
        await comes.me.events.by_event_id(copy.id).forward.post(forward)
        assert (await own_event(new)).subject == "FW: Budget"

        # It is called off.
        await organizer.me.events.by_event_id(called.id).cancel.post(CancelPostRequestBody(comment="Not needed."))
        assert (await organizer.me.events.get()).value == []
        off = await own_event(comes)
        assert off.is_cancelled
        message = await newest(comes)
        assert message.meeting_message_type is MeetingMessageType.MeetingCancelled
        await comes.me.events.by_event_id(off.id).delete()
        assert (await comes.me.events.get()).value == []


@pytest.mark.requirement("GRAPH-ODT-007", "GRAPH-ODT-009", "GRAPH-ODT-011", "GRAPH-ODT-014", "GRAPH-ODT-015")
def test_events_are_listed_filtered_and_paged(meetproof_server):
    lived(list_events(meetproof_server))


async def list_events(server) -> None:
    async with signed_in(server, ORGANIZER) as organizer:
        for day in range(2, 7):
            await organizer.me.events.post(meeting(subject=f"Day {day}", day=day))
        asked = EventsRequestBuilder.EventsRequestBuilderGetQueryParameters(
            filter="start/dateTime ge '2026-03-03T00:00:00'", orderby=["start/dateTime desc"], select=["subject"], top=2
        )
        page = await organizer.me.events.get(RequestConfiguration(query_parameters=asked))
        assert [event.subject for event in page.value] == ["Day 6", "Day 5"]
        assert page.value[0].start is None
        subjects: list[str] = []

        def note(event: Event) -> bool:
            subjects.append(event.subject)
            return True

        await PageIterator(page, organizer.request_adapter).iterate(note)
        assert subjects == ["Day 6", "Day 5", "Day 4", "Day 3"]
        view = await organizer.me.calendar_view.get(
            day_of(CalendarViewRequestBuilder.CalendarViewRequestBuilderGetQueryParameters, orderby=["start/dateTime"])
        )
        assert [instant(event.start).day for event in view.value] == [2, 3, 4, 5, 6]


@pytest.mark.requirement("GRAPH-SCH-001", "GRAPH-SCH-008", "GRAPH-SCH-018", "GRAPH-FMT-001", "GRAPH-FMT-002")
def test_free_times_are_told_and_suggested(meetproof_server):
    lived(find_times(meetproof_server))


async def find_times(server) -> None:
    async with signed_in(server, ORGANIZER) as organizer, signed_in(server, COMES) as comes:
        await organizer.me.events.post(meeting(COMES))
        copy = await own_event(comes)
        await comes.me.events.by_event_id(copy.id).accept.post(AcceptPostRequestBody(send_response=True))
        asked = GetSchedulePostRequestBody(
            schedules=[ORGANIZER, COMES, "ghost@example.com"],
            start_time=moment("2026-03-02T08:00:00"),
            end_time=moment("2026-03-02T12:00:00"),
            availability_view_interval=60,
        )
        told = (await organizer.me.calendar.get_schedule.post(asked)).value
        assert [each.availability_view for each in told[:2]] == ["0020", "0020"]
        assert told[0].schedule_items[0].status is FreeBusyStatus.Busy
        assert told[2].error.response_code
        window = TimeSlot(start=moment("2026-03-02T08:00:00"), end=moment("2026-03-02T12:00:00"))
        wish = FindMeetingTimesPostRequestBody(
            attendees=[AttendeeBase(type=AttendeeType.Required, email_address=EmailAddress(address=COMES))],
            time_constraint=TimeConstraint(time_slots=[window]),
            meeting_duration=timedelta(hours=1),
            return_suggestion_reasons=True,
        )
        found = await organizer.me.find_meeting_times.post(wish)
        assert not found.empty_suggestions_reason
        starts = [instant(each.meeting_time_slot.start) for each in found.meeting_time_suggestions]
        assert starts
        assert not {TEN, TEN - timedelta(minutes=30), TEN + timedelta(minutes=30)} & set(starts)
        assert all(each.suggestion_reason for each in found.meeting_time_suggestions)


@pytest.mark.requirement("GRAPH-VIEW-007", "GRAPH-VIEW-009", "GRAPH-VIEW-010")
def test_changes_of_a_calendar_are_followed(meetproof_server):
    lived(follow_changes(meetproof_server))


async def follow_changes(server) -> None:
    async with signed_in(server, ORGANIZER) as organizer:
        kept = await organizer.me.events.post(meeting(subject="Kept"))
        gone = await organizer.me.events.post(meeting(subject="Gone", day=3))
        delta = organizer.me.calendar_view.delta
        page = await delta.get(day_of(DeltaRequestBuilder.DeltaRequestBuilderGetQueryParameters))
        seen = {event.id for event in page.value}
        while page.odata_next_link:
            page = await delta.with_url(page.odata_next_link).get()
            seen |= {event.id for event in page.value}
        assert seen == {kept.id, gone.id}
        await organizer.me.events.by_event_id(gone.id).delete()
        await organizer.me.events.by_event_id(kept.id).patch(Event(subject="Changed"))
        page = await delta.with_url(page.odata_delta_link).get()
        changed = {event.id: event for event in page.value}
        assert changed[kept.id].subject == "Changed"
        assert changed[gone.id].additional_data["@removed"] == {"reason": "deleted"}
        assert page.odata_delta_link
        page = await delta.with_url(page.odata_delta_link).get()
        assert page.value == []


@pytest.mark.requirement("GRAPH-BAT-001", "GRAPH-BAT-004", "GRAPH-BAT-008")
def test_several_requests_go_in_one_batch(meetproof_server):
    lived(send_a_batch(meetproof_server))


async def send_a_batch(server) -> None:
    async with signed_in(server, ORGANIZER) as organizer:
        create = organizer.me.events.to_post_request_information(meeting(COMES))
        content = BatchRequestContent()
        content.add_request("create", BatchRequestItem(create, id="create"))
        me = organizer.me.to_get_request_information()
        content.add_request("me", BatchRequestItem(me, id="me", depends_on=["create"]))
        missing = organizer.me.events.by_event_id("AAAA").to_get_request_information()
        content.add_request("missing", BatchRequestItem(missing, id="missing"))
        answered = await BatchRequestBuilder(organizer.request_adapter).post(content)
        # Of the bodies the SDK keeps only texts in base64, so the statuses tell.
        assert answered.get_response_status_codes() == {"create": 201, "me": 200, "missing": 400}
        assert (await own_event(organizer)).subject == "Budget"


@pytest.mark.requirement("GRAPH-SUB-001", "GRAPH-SUB-004", "GRAPH-SUB-011", "GRAPH-SUB-012", "GRAPH-SUB-015")
def test_changes_are_notified_until_the_subscription_ends(meetproof_server):
    lived(be_notified(meetproof_server))


async def be_notified(server) -> None:
    with listening() as listener:
        async with signed_in(server, ORGANIZER) as organizer:
            made = await organizer.subscriptions.post(
                Subscription(
                    change_type="created,updated,deleted",
                    notification_url=listener.url,
                    resource="me/events",
                    expiration_date_time=datetime.now(UTC) + timedelta(hours=1),
                    client_state="a secret of ours",
                )
            )
            assert listener.proofs == 1
            assert [each.id for each in (await organizer.subscriptions.get()).value] == [made.id]
            event = await organizer.me.events.post(meeting(COMES))
            created = await asyncio.to_thread(listener.wait_for, "created")
            assert created["subscriptionId"] == made.id
            assert created["clientState"] == "a secret of ours"
            assert created["resourceData"]["id"] == event.id
            await organizer.me.events.by_event_id(event.id).patch(Event(subject="Changed"))
            await asyncio.to_thread(listener.wait_for, "updated")
            one = organizer.subscriptions.by_subscription_id(made.id)
            later = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=2)
            renewed = await one.patch(Subscription(expiration_date_time=later))
            assert renewed.expiration_date_time == later
            await organizer.me.events.by_event_id(event.id).delete()
            await asyncio.to_thread(listener.wait_for, "deleted")
            await one.delete()
            await organizer.me.events.post(meeting())
            with pytest.raises(APIError):
                await one.get()
            assert [each for each in listener.told if each["changeType"] == "created"] == []


@pytest.mark.requirement("GRAPH-WIRE-005")
def test_a_refusal_has_a_code(meetproof_server):
    lived(be_refused(meetproof_server))


async def be_refused(server) -> None:
    async with signed_in(server, ORGANIZER) as organizer, signed_in(server, COMES) as comes:
        called = await organizer.me.events.post(meeting(COMES))
        for act, code in (
            (organizer.me.events.by_event_id(called.id).accept.post(AcceptPostRequestBody()), "ErrorInvalidRequest"),
            (comes.me.events.by_event_id(called.id).get(), "ErrorItemNotFound"),
            (organizer.users.by_user_id("ghost@example.com").events.get(), "ErrorInvalidUser"),
        ):
            with pytest.raises(ODataError) as refused:
                await act
            assert refused.value.error.code == code


@pytest.mark.requirement("GRAPH-WIRE-024", "GRAPH-WIRE-026")
@pytest.mark.meetproof(settings={"graph_requests_per_minute": 20})
def test_whoever_asks_too_often_waits_as_told(meetproof_server, monkeypatch):
    lived(ask_too_often(meetproof_server, monkeypatch))


async def ask_too_often(server, monkeypatch) -> None:
    async with signed_in(server, ORGANIZER) as organizer:
        transport = transport_beneath(organizer.request_adapter)
        send, until, waits = transport.handle_async_request, 0.0, []

        async def watched(request: httpx.Request) -> httpx.Response:
            nonlocal until
            waits.append(time.monotonic() - until if until else 0.0)
            response = await send(request)
            told = response.headers.get("Retry-After")
            until = time.monotonic() + float(told) if response.status_code == 429 else 0.0
            return response

        monkeypatch.setattr(transport, "handle_async_request", watched)
        for _ in range(22):
            assert (await organizer.me.get()).mail == ORGANIZER
        assert any(waits), "nobody was asked to wait"
        assert min(waits) >= 0


ROBOT = {"id": "robot", "secrets": ["s3cret"], "roles": ["Calendars.ReadWrite"]}


@pytest.mark.meetproof(applications=[ROBOT, {"id": "tests"}])
def test_an_application_follows_a_mailbox_of_somebody(meetproof_server):
    lived(follow_somebody(meetproof_server))


async def follow_somebody(server) -> None:
    form = {"grant_type": "client_credentials", "client_id": ROBOT["id"], "client_secret": ROBOT["secrets"][0]}
    form["scope"] = f"{GRAPH}/.default"
    async with httpx.AsyncClient(trust_env=False) as plain:
        token = (await plain.post(server.token_url, data=form)).json()["access_token"]
    with listening() as listener:
        async with opened(server, StaticCredential(token)) as robot, signed_in(server, ORGANIZER) as organizer:
            made = await robot.subscriptions.post(
                Subscription(
                    change_type="created",
                    notification_url=listener.url,
                    resource=f"users/{ORGANIZER}/events",
                    expiration_date_time=datetime.now(UTC) + timedelta(hours=1),
                )
            )
            event = await organizer.me.events.post(meeting())
            told = await asyncio.to_thread(listener.wait_for, "created")
            assert (told["subscriptionId"], told["resourceData"]["id"]) == (made.id, event.id)
            assert (await organizer.subscriptions.get()).value == []
            await robot.subscriptions.by_subscription_id(made.id).delete()
            page = await robot.users.by_user_id(ORGANIZER).calendar_view.delta.get(
                day_of(DeltaRequestBuilder.DeltaRequestBuilderGetQueryParameters)
            )
            assert [each.id for each in page.value] == [event.id]


@pytest.mark.meetproof(tls=True, applications=[ROBOT])
def test_an_application_signs_in_by_itself_over_https(meetproof_server, monkeypatch):
    """Nothing is put in the SDK's way: azure-identity obtains the token, and the SDK trusts the server's authority."""
    monkeypatch.setenv("SSL_CERT_FILE", str(meetproof_server.ca_file))
    lived(work_as_an_application(meetproof_server))


async def work_as_an_application(server) -> None:
    place = httpx.URL(server.authority_url)
    credential = ClientSecretCredential(
        place.path.strip("/"),
        ROBOT["id"],
        ROBOT["secrets"][0],
        authority=str(place.copy_with(path="")),
        disable_instance_discovery=True,
        connection_verify=str(server.ca_file),
    )
    async with opened(server, credential) as robot:
        events = robot.users.by_user_id(ORGANIZER).events
        created = await events.post(meeting(COMES))
        assert created.organizer.email_address.address == ORGANIZER
        assert [event.id for event in (await events.get()).value] == [created.id]
        with pytest.raises(ODataError) as refused:
            await robot.users.by_user_id(ORGANIZER).messages.get()
        assert (refused.value.response_status_code, refused.value.error.code) == (403, "ErrorAccessDenied")
    credential.close()
