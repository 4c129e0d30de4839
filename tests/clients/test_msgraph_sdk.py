"""msgraph-sdk, unmodified, lives a meeting with a proposed new time on the reference server."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from msgraph import GraphServiceClient
from msgraph.generated.models.attendee import Attendee
from msgraph.generated.models.email_address import EmailAddress
from msgraph.generated.models.event import Event
from msgraph.generated.models.event_message_request import EventMessageRequest
from msgraph.generated.models.event_message_response import EventMessageResponse
from msgraph.generated.models.response_type import ResponseType
from msgraph.generated.models.time_slot import TimeSlot
from msgraph.generated.users.item.events.item.accept.accept_post_request_body import AcceptPostRequestBody
from msgraph.generated.users.item.events.item.tentatively_accept.tentatively_accept_post_request_body import (
    TentativelyAcceptPostRequestBody,
)

from tests.clients.graph_clients import instant, moment, signed_in

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


PACIFIC = "Pacific Standard Time"


async def live_a_lunch(server) -> None:
    async with signed_in(server, "AlexW@contoso.com") as alex, signed_in(server, "AdeleV@contoso.com") as adele:
        await have_lunch_moved(alex, adele)


async def have_lunch_moved(alex: GraphServiceClient, adele: GraphServiceClient) -> None:
    invited = Attendee(email_address=EmailAddress(address="AdeleV@contoso.com", name="Adele Vance"))
    lunch = await alex.me.events.post(
        Event(
            subject="Let's go for lunch",
            start=moment("2026-08-14T12:00:00", PACIFIC),
            end=moment("2026-08-14T14:00:00", PACIFIC),
            allow_new_time_proposals=True,
            attendees=[invited],
        )
    )

    [request] = (await adele.me.mail_folders.by_mail_folder_id("inbox").messages.get()).value
    assert isinstance(request, EventMessageRequest)
    assert request.allow_new_time_proposals
    [copy] = (await adele.me.events.get()).value
    assert copy.response_status.response is ResponseType.NotResponded

    proposal = TimeSlot(start=moment("2026-08-15T12:00:00", PACIFIC), end=moment("2026-08-15T14:00:00", PACIFIC))
    body = TentativelyAcceptPostRequestBody(comment="The next day?", send_response=True, proposed_new_time=proposal)
    await adele.me.events.by_event_id(copy.id).tentatively_accept.post(body)

    [response] = (await alex.me.mail_folders.by_mail_folder_id("inbox").messages.get()).value
    assert isinstance(response, EventMessageResponse)
    assert response.subject == "New Time Proposed: Let's go for lunch"
    assert response.response_type is ResponseType.TentativelyAccepted

    [attendee] = (await alex.me.events.by_event_id(lunch.id).get()).attendees
    assert attendee.status.response is ResponseType.TentativelyAccepted
    assert instant(attendee.proposed_new_time.start) == datetime(2026, 8, 15, 19, tzinfo=UTC)

    moved = await alex.me.events.by_event_id(lunch.id).patch(Event(start=proposal.start, end=proposal.end))
    assert instant(moved.start) == datetime(2026, 8, 15, 19, tzinfo=UTC)
    assert moved.attendees[0].status.response is ResponseType.NotResponded
    assert moved.attendees[0].proposed_new_time is None

    await adele.me.events.by_event_id(copy.id).accept.post(AcceptPostRequestBody(send_response=True))
    [attendee] = (await alex.me.events.by_event_id(lunch.id).get()).attendees
    assert attendee.status.response is ResponseType.Accepted


def test_a_lunch_is_proposed_moved_and_accepted(meetproof_server):
    asyncio.run(live_a_lunch(meetproof_server))
