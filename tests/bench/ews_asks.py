"""The requests of the EWS benchmark and what a right answer to each contains."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from reference_impl.directory.population import PASSWORD
from tests.bench.calendars import GUESTS, MONDAY, ORGANIZER, PER_WEEK
from tests.bench.load import Ask

PATH = "/EWS/Exchange.asmx"
PAGE = 2 * PER_WEEK
"""The items of a CalendarView of two weeks, and of a page."""

_TYPES = "http://schemas.microsoft.com/exchange/services/2006/types"
_MESSAGES = "http://schemas.microsoft.com/exchange/services/2006/messages"
_OPENING = (
    '<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
    f' xmlns:t="{_TYPES}" xmlns:m="{_MESSAGES}"><s:Header><t:RequestServerVersion Version="Exchange2016"/></s:Header>'
)


def ask(caller: str, content: str, expected: Mapping[str, int], password: str = PASSWORD) -> Ask:
    """A request as a client of EWS sends it, with the caller's name and password."""
    body = f"{_OPENING}<s:Body>{content}</s:Body></s:Envelope>".encode()
    operation = content[3:].partition(" ")[0].partition(">")[0]
    headers = {
        "Content-Type": "text/xml; charset=utf-8",
        "SOAPAction": f'"{_MESSAGES}/{operation}"',
        "Authorization": f"Basic {base64.b64encode(f'{caller}:{password}'.encode()).decode()}",
    }
    return Ask(PATH, headers, body, {text.encode(): times for text, times in expected.items()})


def answered(times: int, items: int) -> dict[str, int]:
    """What stands in an answer of so many response messages and calendar items, all of them successes."""
    return {"<m:ResponseCode>NoError</m:ResponseCode>": times, "ResponseCode>": 2 * times, "</t:CalendarItem>": items}


def _moment(time: datetime) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%SZ}"


def get_item(caller: str, ids: Iterable[str], shape: str) -> list[Ask]:
    """GetItem, one item each."""
    return [
        ask(
            caller,
            f"<m:GetItem><m:ItemShape><t:BaseShape>{shape}</t:BaseShape></m:ItemShape>"
            f"<m:ItemIds>{one}</m:ItemIds></m:GetItem>",
            answered(1, 1) | {one[:-2]: 1},
        )
        for one in ids
    ]


def create_item(count: int) -> list[Ask]:
    """CreateItem of a meeting with two attendees, who get their requests at once."""
    asks = []
    for number in range(count):
        start = MONDAY + timedelta(hours=number)
        attendees = "".join(
            f"<t:Attendee><t:Mailbox><t:EmailAddress>{guest}</t:EmailAddress></t:Mailbox></t:Attendee>"
            for guest in (GUESTS[number % 5], GUESTS[5 + number // 5 % 5])
        )
        asks.append(
            ask(
                ORGANIZER,
                '<m:CreateItem SendMeetingInvitations="SendToAllAndSaveCopy"><m:Items><t:CalendarItem>'
                f'<t:Subject>Review {number}</t:Subject><t:Body BodyType="Text">What is open, what is next.</t:Body>'
                f"<t:Start>{_moment(start)}</t:Start><t:End>{_moment(start + timedelta(hours=1))}</t:End>"
                f"<t:Location>Room 7</t:Location><t:RequiredAttendees>{attendees}</t:RequiredAttendees>"
                "</t:CalendarItem></m:Items></m:CreateItem>",
                answered(1, 1) | {"<t:ItemId ": 1},
            )
        )
    return asks


def find_item(caller: str, items: int, view: str, *, shape: str = "Default", password: str = PASSWORD) -> Ask:
    """FindItem in the calendar; ``view`` is what stands between the shape and the folder."""
    return ask(
        caller,
        f'<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>{shape}</t:BaseShape></m:ItemShape>{view}'
        '<m:ParentFolderIds><t:DistinguishedFolderId Id="calendar"/></m:ParentFolderIds></m:FindItem>',
        answered(1, items),
        password,
    )


def calendar_view(caller: str, start: datetime, days: int, items: int, *, shape: str = "Default") -> Ask:
    """FindItem with a CalendarView."""
    end = start + timedelta(days=days)
    view = f'<m:CalendarView StartDate="{_moment(start)}" EndDate="{_moment(end)}"/>'
    return find_item(caller, items, view, shape=shape)


def calendar_views(caller: str, weeks: int, *, shape: str = "Default") -> list[Ask]:
    """Every two weeks in succession, each with 50 items."""
    starts = (MONDAY + timedelta(weeks=week) for week in range(weeks - 1))
    return [calendar_view(caller, start, 14, PAGE, shape=shape) for start in starts]


def page(caller: str, *, restriction: str = "", order: str = "", way: str = "Ascending") -> Ask:
    """FindItem for the first 50 items, in the order of their making or of a property."""
    view = f'<m:IndexedPageItemView MaxEntriesReturned="{PAGE}" Offset="0" BasePoint="Beginning"/>'
    by = f'<t:FieldOrder Order="{way}"><t:FieldURI FieldURI="{order}"/></t:FieldOrder>'
    return find_item(caller, PAGE, view + restriction + (f"<m:SortOrder>{by}</m:SortOrder>" if order else ""))


SUBSTRING = (
    '<m:Restriction><t:Contains ContainmentMode="Substring" ContainmentComparison="IgnoreCase">'
    '<t:FieldURI FieldURI="item:Subject"/><t:Constant Value="AT 1"/></t:Contains></m:Restriction>'
)
"""A restriction to subjects with a text that most of them have, which only looking at each can tell."""


def user_availability(caller: str, addresses: Iterable[str], weeks: int) -> list[Ask]:
    """GetUserAvailability over seven days, each with 25 meetings in every mailbox."""
    asked = [
        f"<t:MailboxData><t:Email><t:Address>{address}</t:Address></t:Email><t:AttendeeType>Required</t:AttendeeType>"
        "<t:ExcludeConflicts>false</t:ExcludeConflicts></t:MailboxData>"
        for address in addresses
    ]
    change = "<t:Bias>0</t:Bias><t:Time>02:00:00</t:Time><t:DayOrder>5</t:DayOrder><t:Month>{}</t:Month>"
    zone = "".join(
        f"<t:{name}>{change.format(month)}<t:DayOfWeek>Sunday</t:DayOfWeek></t:{name}>"
        for name, month in (("StandardTime", 10), ("DaylightTime", 3))
    )
    asks = []
    for week in range(weeks):
        start = MONDAY + timedelta(weeks=week)
        asks.append(
            ask(
                caller,
                f"<m:GetUserAvailabilityRequest><t:TimeZone><t:Bias>0</t:Bias>{zone}</t:TimeZone>"
                f"<m:MailboxDataArray>{''.join(asked)}</m:MailboxDataArray><t:FreeBusyViewOptions><t:TimeWindow>"
                f"<t:StartTime>{start:%Y-%m-%dT%H:%M:%S}</t:StartTime>"
                f"<t:EndTime>{start + timedelta(days=7):%Y-%m-%dT%H:%M:%S}</t:EndTime></t:TimeWindow>"
                "<t:MergedFreeBusyIntervalInMinutes>30</t:MergedFreeBusyIntervalInMinutes>"
                "<t:RequestedView>DetailedMerged</t:RequestedView></t:FreeBusyViewOptions>"
                "</m:GetUserAvailabilityRequest>",
                answered(len(asked), 0) | {"</t:CalendarEvent>": len(asked) * PER_WEEK},
            )
        )
    return asks


def ids_in(answer: bytes) -> list[str]:
    """The ItemId elements of an answer."""
    return re.findall(r"<t:ItemId [^>]*/>", answer.decode())


def codes_in(answer: bytes) -> list[str]:
    """The response codes of an answer or a fault."""
    return re.findall(r"ResponseCode[^>]*>(\w+)<", answer.decode())
