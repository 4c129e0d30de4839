"""Answers of both protocols read into the same views, beginning with the founding documents' own."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from lxml import etree

from conformance.actor import ews_views, graph_views
from conformance.actor.times import instant
from conformance.actor.views import MessageKind, RequestKind, ResponseState, Role, ShowAs, Slot
from conformance.actor.xml import NAMESPACES, Node
from conformance.suites.documents import http_text, message

PLAIN = "#microsoft.graph.eventMessage"
NEXT_DAY = Slot(instant("2019-08-16T19:00:00Z"), instant("2019-08-16T21:00:00Z"))


def node(text):
    names = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
    return Node(etree.fromstring(f"<root{names}>{text}</root>")[0])


def body_of(name):
    return json.loads(http_text(message("graph-propose-new-time", name).corrected).body)


def test_the_documents_calendar_item_is_read():
    event = ews_views.event(Node(etree.fromstring(message("handling-meetings", "get-meeting.response").corrected)))
    assert event.subject == "Meeting with attendee0, attendee1, attendee2"
    assert event.start == datetime(2006, 6, 25, 10, tzinfo=UTC)
    assert event.end - event.start == timedelta(hours=1)
    assert (event.organizer, event.is_organizer, event.my_response) == (
        "organizer0@example.com",
        True,
        ResponseState.ORGANIZER,
    )
    assert [(one.address.partition("@")[0], one.role, one.response) for one in event.attendees.values()] == [
        ("attendee0", Role.REQUIRED, ResponseState.ACCEPTED),
        ("attendee1", Role.REQUIRED, ResponseState.TENTATIVE),
        ("attendee2", Role.OPTIONAL, ResponseState.DECLINED),
        ("room0", Role.RESOURCE, ResponseState.NONE),
    ]
    assert event.attendee("ATTENDEE0@example.com").time == datetime(2006, 6, 19, 20, 43, 4, tzinfo=UTC)
    assert event.attendee("room0@example.com").time is None
    assert event.response_of("nobody@example.com") is None


def test_the_documents_event_is_read_with_its_proposal():
    event = graph_views.event(body_of("get-event.response"))
    assert event.start == datetime(2019, 8, 15, 19, tzinfo=UTC)
    entry = event.attendee("adelev@contoso.com")
    assert (entry.response, entry.proposal) == (ResponseState.TENTATIVE, NEXT_DAY)
    assert event.proposal_of("AdeleV@contoso.com") == NEXT_DAY


@pytest.mark.parametrize(
    ("name", "state"),
    [("create-event.response", ResponseState.NONE), ("update-event.response", ResponseState.NOT_RESPONDED)],
)
def test_both_dates_that_mean_never_are_no_time(name, state):
    event = graph_views.event(body_of(name))
    entry = event.attendee("AdeleV@contoso.com")
    assert (entry.response, entry.time, entry.proposal) == (state, None, None)
    assert event.show_as is ShowAs.BUSY


def test_the_documents_response_message_is_read():
    told = graph_views.message(body_of("list-messages.response")["value"][0])
    assert (told.kind, told.response, told.proposal) == (MessageKind.RESPONSE, ResponseState.TENTATIVE, NEXT_DAY)
    assert told.slot.start == datetime(2019, 8, 15, 19, tzinfo=UTC)
    assert told.sender == "AdeleV@contoso.com"


def test_the_documents_meeting_request_is_read():
    root = etree.fromstring(message("ews-propose-new-time", "get-request.response").corrected.encode())
    request = ews_views.message(Node(root).anywhere("t:MeetingRequest")[0])
    assert (request.kind, request.subject) == (MessageKind.REQUEST, "Competitive analysis: kick off meeting")
    assert request.slot.start == datetime(2013, 11, 9, 17, tzinfo=UTC)


def test_an_ews_response_has_its_answer_and_its_proposal():
    told = ews_views.message(
        node(
            '<t:MeetingResponse><t:ItemId Id="i" ChangeKey="k"/><t:From><t:Mailbox><t:EmailAddress>a@example.com'
            '</t:EmailAddress></t:Mailbox></t:From><t:AssociatedCalendarItemId Id="e" ChangeKey="ek"/>'
            "<t:ResponseType>Decline</t:ResponseType><t:ProposedStart>2019-08-16T19:00:00Z</t:ProposedStart>"
            "<t:ProposedEnd>2019-08-16T21:00:00Z</t:ProposedEnd></t:MeetingResponse>"
        )
    )
    assert (told.kind, told.response, told.proposal) == (MessageKind.RESPONSE, ResponseState.DECLINED, NEXT_DAY)
    assert (told.event_id, told.event_change_key, told.sender) == ("e", "ek", "a@example.com")


def test_an_ews_request_has_its_kind_and_no_answer_of_its_own():
    told = ews_views.message(
        node(
            "<t:MeetingRequest><t:IsOutOfDate>true</t:IsOutOfDate><t:ResponseType>NoResponseReceived</t:ResponseType>"
            "<t:MeetingRequestType>Outdated</t:MeetingRequestType>"
            "<t:AllowNewTimeProposal>false</t:AllowNewTimeProposal></t:MeetingRequest>"
        )
    )
    assert (told.kind, told.request_kind, told.response) == (MessageKind.REQUEST, RequestKind.OUTDATED, None)
    assert (told.is_out_of_date, told.allows_proposals) == (True, False)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ({"@odata.type": "#microsoft.graph.eventMessageRequest"}, MessageKind.REQUEST),
        ({"@odata.type": PLAIN, "meetingMessageType": "meetingCancelled"}, MessageKind.CANCELLATION),
        ({"@odata.type": PLAIN, "meetingMessageType": "none"}, MessageKind.NOTE),
        ({}, MessageKind.NOTE),
    ],
)
def test_a_graph_message_is_told_by_its_type(value, kind):
    assert graph_views.message_kind(value) is kind


def test_the_documents_free_busy_answers_are_read():
    told = message("availability", "get-user-availability.response").corrected
    found = Node(etree.fromstring(told.encode())).anywhere("m:FreeBusyResponse")
    first, second = (ews_views.schedule(f"user{n}@example.com", one) for n, one in enumerate(found, 1))
    assert [event.slot.start.hour for event in first.events] == [13, 14, 16]
    assert {event.show_as for event in first.events} == {ShowAs.BUSY}
    assert first.events[0].subject == "Meet with Contoso Account Executives"
    assert (second.events[0].show_as, second.events[0].subject, second.error) == (ShowAs.TENTATIVE, None, None)


def test_failed_schedules_have_their_code():
    failed = ews_views.schedule(
        "x@example.com",
        node(
            '<m:FreeBusyResponse><m:ResponseMessage ResponseClass="Error"><m:ResponseCode>ErrorMailRecipientNotFound'
            "</m:ResponseCode></m:ResponseMessage></m:FreeBusyResponse>"
        ),
    )
    assert (failed.error, failed.merged, failed.events) == ("ErrorMailRecipientNotFound", "", ())
    told = graph_views.schedule({"scheduleId": "x@example.com", "error": {"responseCode": "5009"}})
    assert (told.address, told.error, told.events) == ("x@example.com", "5009", ())


def test_an_item_without_times_is_refused_with_what_it_has():
    with pytest.raises(ValueError, match="expected Start and End in t:CalendarItem, got Subject"):
        ews_views.event(node("<t:CalendarItem><t:Subject>x</t:Subject></t:CalendarItem>"))
    with pytest.raises(ValueError, match="expected start and end in an event, got subject"):
        graph_views.event({"subject": "x"})
