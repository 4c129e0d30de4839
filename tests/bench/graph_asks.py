"""The requests of the Graph benchmark and what a right answer to each contains."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from urllib.parse import urlencode

from reference_impl.directory.population import PASSWORD
from tests.bench.calendars import GUESTS, MONDAY, PER_WEEK
from tests.bench.load import Ask, Served

PAGE = 2 * PER_WEEK
"""The events of a calendarView of two weeks, and of a page."""


def token_of(server: Served, address: str) -> str:
    """An access token for Graph, by name and password."""
    form = {"grant_type": "password", "username": address, "password": PASSWORD}
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    status, body = server.send("POST", "/oauth2/v2.0/token", headers, urlencode(form).encode())
    assert status == 200, body
    return str(json.loads(body)["access_token"])


def ask(
    token: str, path: str, expected: Mapping[str, int], *, body: object = None, method: str = "GET", status: int = 200
) -> Ask:
    """A request as a client of Graph sends it."""
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    if body is not None:
        headers["Content-Type"] = "application/json"
    content = b"" if body is None else json.dumps(body).encode()
    counted = {text.encode(): times for text, times in expected.items()}
    return Ask(f"/v1.0/me{path}", headers, content, counted, method, status)


def ids_in(answer: bytes) -> list[str]:
    """The ids of the events of a page."""
    return [event["id"] for event in json.loads(answer)["value"]]


def get_event(token: str, ids: Iterable[str]) -> list[Ask]:
    """GET of one event each."""
    return [ask(token, f"/events/{one}", {'"@odata.etag":': 1, f'"id":"{one}"': 1}) for one in ids]


def _zoned(time: datetime) -> dict[str, str]:
    return {"dateTime": f"{time:%Y-%m-%dT%H:%M:%S}", "timeZone": "UTC"}


def create_event(token: str, count: int) -> list[Ask]:
    """POST of a meeting with two attendees, who get their requests at once."""
    asks = []
    for number in range(count):
        start = MONDAY + timedelta(hours=number)
        guests = (GUESTS[number % 5], GUESTS[5 + number // 5 % 5])
        event = {
            "subject": f"Review {number}",
            "body": {"contentType": "text", "content": "What is open, what is next."},
            "start": _zoned(start),
            "end": _zoned(start + timedelta(hours=1)),
            "location": {"displayName": "Room 7"},
            "attendees": [{"emailAddress": {"address": guest}, "type": "required"} for guest in guests],
        }
        asks.append(ask(token, "/events", {'"@odata.etag":': 1}, body=event, method="POST", status=201))
    return asks


def _events(count: int) -> dict[str, int]:
    return {'"@odata.etag":': count}


def calendar_views(token: str, weeks: int) -> list[Ask]:
    """Every two weeks in succession, each with 50 events."""
    starts = (MONDAY + timedelta(weeks=week) for week in range(weeks - 1))
    return [calendar_view(token, start, 14, PAGE) for start in starts]


def calendar_view(token: str, start: datetime, days: int, count: int) -> Ask:
    """GET calendarView, all on one page."""
    window = {
        "startDateTime": f"{start:%Y-%m-%dT%H:%M:%SZ}",
        "endDateTime": f"{start + timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}",
    }
    return ask(token, f"/calendarView?{urlencode(window)}&$top={PAGE}", _events(count))


def page(token: str, query: str) -> Ask:
    """The first 50 events, in an order."""
    return ask(token, f"/events?$top={PAGE}{query}", _events(PAGE))


def schedules(token: str, addresses: Iterable[str], weeks: int) -> list[Ask]:
    """getSchedule over seven days, each with 25 meetings in every mailbox."""
    asked = list(addresses)
    asks = []
    for week in range(weeks):
        start = MONDAY + timedelta(weeks=week)
        body = {
            "schedules": asked,
            "startTime": _zoned(start),
            "endTime": _zoned(start + timedelta(days=7)),
            "availabilityViewInterval": 30,
        }
        expected = {'"scheduleId":': len(asked), '"status":': len(asked) * PER_WEEK}
        asks.append(ask(token, "/calendar/getSchedule", expected, body=body, method="POST"))
    return asks
