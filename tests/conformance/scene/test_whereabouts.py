from __future__ import annotations

from datetime import UTC, datetime

import orjson
import pytest

from conformance.actor.views import ResponseState, Slot
from conformance.model.exchange import Exchange, Request, Response
from conformance.suites.observed import Observed
from conformance.suites.whereabouts import Whereabouts
from conformance.wire.operation import operation, protocol


def ews(number, items):
    body = (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" '
        'xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" '
        'xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><s:Body><m:GetItemResponse>'
        f"<m:ResponseCode>NoError</m:ResponseCode><m:Items>{items}</m:Items></m:GetItemResponse></s:Body></s:Envelope>"
    )
    return seen(number, Request("POST", "https://x.example/EWS/Exchange.asmx"), body.encode())


def graph(number, answer, status=200):
    body = b"" if answer is None else orjson.dumps(answer)
    return seen(number, Request("GET", "https://x.example/v1.0/me/events"), body, status)


def seen(number, request, body, status=200):
    return Observed(number, protocol(request), operation(request), Exchange(request, Response(status, "", (), body)))


ITEM = (
    "<t:CalendarItem><t:ItemId Id='an-id-of-some-length'/><t:Subject>Plan</t:Subject>"
    "<t:Start>2026-01-12T10:00:00Z</t:Start><t:ReminderDueBy>2026-01-12T10:00:00Z</t:ReminderDueBy><t:IsMeeting>true</t:IsMeeting><t:MyResponseType>Unknown"
    "</t:MyResponseType><t:ResponseObjects><t:AcceptItem/></t:ResponseObjects></t:CalendarItem>"
)
INSIDE = "/m:GetItemResponse/m:Items/t:CalendarItem"
EVENT = {
    "id": "an-id",
    "subject": "Plan",
    "isCancelled": False,
    "seriesMasterId": None,
    "start": {"dateTime": "2026-01-12T10:00:00.0000000", "timeZone": "UTC"},
    "attendees": [{"status": {"response": "none"}}],
}
SAID = (ews(1, ITEM), graph(2, EVENT))
TEN, ELEVEN = datetime(2026, 1, 12, 10, tzinfo=UTC), datetime(2026, 1, 12, 11, tzinfo=UTC)


def found(about, actual, exchange=1, sentence="", said=SAID):
    where = Whereabouts(said).of(about, sentence, actual, exchange)
    return where and (where[0].exchange, where[1])


@pytest.mark.parametrize(
    ("about", "actual", "path"),
    [
        ("IsMeeting of the item", "true", f"{INSIDE}/t:IsMeeting"),
        ("the subject", "Plan", f"{INSIDE}/t:Subject"),
        ("what it is called", "Plan", f"{INSIDE}/t:Subject"),
        ("its id", "an-id-of-some-length", f"{INSIDE}/t:ItemId/@Id"),
        ("the answer", ResponseState.NONE, f"{INSIDE}/t:MyResponseType"),
        ("when it is", Slot(TEN, ELEVEN), f"{INSIDE}/t:Start"),
        ("when it is", [TEN, ELEVEN], f"{INSIDE}/t:Start"),
        ("what may be answered", ("AcceptItem",), f"{INSIDE}/t:ResponseObjects/t:AcceptItem"),
        ("the code", "NoError", "/m:GetItemResponse/m:ResponseCode"),
        ("the HTTP status", 200, "response.status"),
        ("AppointmentReplyTime", None, INSIDE),
    ],
)
def test_a_value_of_an_ews_answer_is_found(about, actual, path):
    assert found(about, actual) == (1, path)


@pytest.mark.parametrize(
    ("about", "actual", "path"),
    [
        ("isCancelled at the attendee", False, "$.isCancelled"),
        ("when it is", Slot(TEN, ELEVEN), "$.start.dateTime"),
        ("the organizer's entry", ResponseState.NONE, "$.attendees[0].status.response"),
        ("the time of the answer", None, "$"),
    ],
)
def test_a_value_of_a_graph_answer_is_found(about, actual, path):
    assert found(about, actual, 2) == (2, path)


def test_the_latest_answer_counts_before_earlier_ones():
    assert found("the subject", "Plan", 2) == (2, "$.subject")
    assert found("MyResponseType", "Unknown", 2) == (1, f"{INSIDE}/t:MyResponseType")


def test_a_word_of_the_requirement_names_what_the_check_does_not():
    assert found("the flag", "no such value", sentence="IsMeeting is true.") == (1, f"{INSIDE}/t:IsMeeting")


@pytest.mark.parametrize(
    ("said", "path"),
    [
        (graph(1, {"value": [{"a": "x"}]}), "$.value[0]"),
        (graph(1, {"value": [{"a": "x"}, {"a": "y"}]}), "$.value"),
        (graph(1, None, 202), "response.status"),
        (ews(1, "<t:CalendarItem><t:Size>1</t:Size></t:CalendarItem>" * 2), "/m:GetItemResponse"),
    ],
)
def test_what_is_missing_is_missing_in_the_whole_of_what_was_answered(said, path):
    assert found("it", None, said=(said,)) == (1, path)


def test_where_nothing_was_answered_nothing_is_told():
    assert found("it", "x", 0, said=()) is None
    assert found("it", "x", said=(seen(1, Request("GET", "https://x.example/other"), b"x"),)) is None
    assert (
        found("it", "xyz", said=(graph(1, None), seen(2, Request("POST", "https://x.example/token"), b"xyz")))
        is not None
    )
