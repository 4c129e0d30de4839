"""Whatever is sent: a 4xx with the envelope, or success, never a failure of the server."""

from __future__ import annotations

import copy
import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

NAMES = (
    "subject",
    "Start",
    "end",
    "dateTime",
    "timeZone",
    "attendees",
    "emailAddress",
    "address",
    "name",
    "body",
    "type",
)
MORE = ("contentType", "content", "location", "displayName", "recurrence", "isAllDay", "proposedNewTime", "@odata.type")
WORDS = st.sampled_from((*NAMES, *MORE, "sendResponse", "comment", "schedules", "categories"))
DATES = ("2026-02-02T12:00:00", "9999-12-31T23:59:59", "0001-01-01", "4500-12-31T23:59:59.9999999")
KNOWN = ("UTC", "Pacific Standard Time", "tzone://Microsoft/Custom", "AdeleV@contoso.com", "a@b", "required", "html")
TEXTS = st.one_of(st.text(max_size=8), st.sampled_from((*DATES, *KNOWN, "true", "", "-1", "1e400")))
VALUES = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(allow_nan=False, allow_infinity=False), TEXTS
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.one_of(WORDS, TEXTS), inner, max_size=4)),
    max_leaves=12,
)
RELAXED = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)


SLOT = {"start": {"dateTime": "2026-02-03T12:00:00"}, "end": {"dateTime": "2026-02-03T13:00:00", "timeZone": "UTC"}}
GOOD: dict[str, dict[str, Any]] = {
    "create": {
        "subject": "x",
        "body": {"contentType": "html", "content": "<p>x"},
        "location": {"displayName": "x", "address": {"city": "x"}, "coordinates": {"latitude": 1.5}},
        "locations": [{"displayName": "x"}],
        "attendees": [{"emailAddress": {"address": "AdeleV@contoso.com", "name": "x"}, "type": "required"}],
        "categories": ["x"],
        "isAllDay": False,
        "showAs": "free",
        "importance": "low",
        "sensitivity": "private",
        "reminderMinutesBeforeStart": 5,
        "transactionId": "x",
        "recurrence": {
            "pattern": {"type": "relativeMonthly", "interval": 1, "daysOfWeek": ["monday"], "index": "first"},
            "range": {
                "type": "endDate",
                "startDate": "2026-02-03",
                "endDate": "2026-05-01",
                "recurrenceTimeZone": "UTC",
            },
        },
        "extensions": [{"extensionName": "x", "y": {"z": [1]}}],
        "attachments": [{"@odata.type": "#microsoft.graph.fileAttachment", "name": "x", "contentBytes": "eA=="}],
        "isOnlineMeeting": "false",
        "onlineMeetingProvider": "unknown",
        "singleValueExtendedProperties": [{"id": "Integer 0x7E01", "value": "5"}],
        **SLOT,
    },
    "tentativelyAccept": {"comment": "x", "sendResponse": "true", "proposedNewTime": SLOT},
    "cancel": {"comment": "x"},
    "schedule": {
        "schedules": ["AdeleV@contoso.com", "list0@example.com"],
        "startTime": SLOT["start"],
        "endTime": SLOT["end"],
        "availabilityViewInterval": 15,
    },
    "snoozeReminder": {"newReminderTime": SLOT["start"]},
    "attach": {
        "@odata.type": "#microsoft.graph.itemAttachment",
        "name": "x",
        "item": {"@odata.type": "microsoft.graph.event", "subject": "x", **SLOT},
    },
    "extend": {"extensionName": "x", "y": {"z": [1]}},
    "upload": {"AttachmentItem": {"attachmentType": "file", "name": "x", "size": 4000000, "isInline": False}},
    "mark": {"isRead": True, "importance": "high", "categories": ["x"]},
}
GOOD["update"] = {
    name: value for name, value in GOOD["create"].items() if name not in {"transactionId", "attachments", "extensions"}
}


def places(body: Any) -> list[tuple[Any, ...]]:
    """The path of every member and element, and of the whole."""
    steps = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    return [(), *((step, *rest) for step, value in steps for rest in places(value))]


def damaged(body: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The body with another value at a path."""
    if not path:
        return value
    changed = copy.copy(body)
    changed[path[0]] = damaged(body[path[0]], path[1:], value)
    return changed


@st.composite
def damaged_bodies(draw: st.DrawFn) -> tuple[str, Any]:
    request = draw(st.sampled_from(sorted(GOOD)))
    body: Any = GOOD[request]
    for _ in range(draw(st.integers(0, 2))):
        body = damaged(body, draw(st.sampled_from(places(body))), draw(VALUES))
    return request, body


@RELAXED
@given(case=damaged_bodies())
def test_no_body_makes_the_server_fail(office, invited, case):
    request, body = case
    message = office.adele.get("/v1.0/me/mailFolders/inbox/messages")["value"][0]["id"]
    caller, method, target = {
        "create": (office.alex, "POST", "/v1.0/me/events"),
        "update": (office.alex, "PATCH", f"/v1.0/me/events/{invited[0]}"),
        "tentativelyAccept": (office.adele, "POST", f"/v1.0/me/events/{invited[1]}/tentativelyAccept"),
        "snoozeReminder": (office.alex, "POST", f"/v1.0/me/events/{invited[0]}/snoozeReminder"),
        "attach": (office.alex, "POST", f"/v1.0/me/events/{invited[0]}/attachments"),
        "extend": (office.alex, "POST", f"/v1.0/me/events/{invited[0]}/extensions"),
        "upload": (office.alex, "POST", f"/v1.0/me/events/{invited[0]}/attachments/createUploadSession"),
        "cancel": (office.adele, "POST", f"/v1.0/me/events/{invited[1]}/cancel"),
        "schedule": (office.alex, "POST", "/v1.0/me/calendar/getSchedule"),
        "mark": (office.adele, "PATCH", f"/v1.0/me/messages/{message}"),
    }[request]
    assert caller(method, target, json.dumps(body).encode()).status in {200, 201, 202, 400, 409, 413}
    assert (
        office.alex.get("/v1.0/me/events?$top=1", prefer='outlook.timezone="Line Islands Standard Time"').status == 200
    )


@RELAXED
@given(raw=st.binary(max_size=30))
def test_no_bytes_make_the_server_fail(office, invited, raw):
    assert office.alex.post("/v1.0/me/events", raw).status == 400
    assert office.adele.post(f"/v1.0/me/events/{invited[1]}/accept", raw).status in {202, 400}


OPERATORS = (" eq ", " ne ", " ge ", " and ", " or ", "not ", "(", ")", ",", "startswith(", "endswith(", " ", "/", ":")
LITERALS = ("'x'", "''", "'", "true", "null", "5", "9" * 20, "2026-01-01T00:00:00Z", "'2026-01-01'", "é")
PATHS = ("subject", "start/dateTime", "isAllDay", "categories/any(c:", "c", "createdDateTime")
PIECES = st.sampled_from((*OPERATORS, *LITERALS, *PATHS, "microsoft.graph.eventMessage/meetingMessageType"))


@RELAXED
@given(pieces=st.lists(PIECES, max_size=9), place=st.sampled_from(["events", "messages"]))
def test_no_filter_makes_the_server_fail(office, invited, pieces, place):
    answer = office.alex.get(f"/v1.0/me/{place}?$filter={quote(''.join(pieces))}&$orderby=createdDateTime")
    assert answer.status in {200, 400}


@RELAXED
@given(query=st.text(alphabet="$&=%+'?/ \"tops(kip)0123é\x00", max_size=25))
def test_no_query_makes_the_server_fail(office, invited, query):
    assert office.alex.get(f"/v1.0/me/events?{query}").status in {200, 400}
    assert office.alex.get(f"/v1.0/me/calendarView?startDateTime={query}&endDateTime=2026-01-01").status in {200, 400}


@RELAXED
@given(tail=st.text(alphabet="/%()'=.eventsmAg0_-é\x00", max_size=25))
def test_no_path_makes_the_server_fail(office, tail):
    for head in ("/v1.0/", "/v1.0/me/", "/v1.0/users/", "/v1.0/me/events/", "/v1.0/me/mailFolders('"):
        answer = office.alex.get(f"{head}{tail}")
        assert answer.status in {200, 400, 403, 404, 405}


@RELAXED
@given(header=st.text(alphabet='outlok.timezne="UTC,; \\body-html0\xe9', max_size=30))
def test_no_preference_makes_the_server_fail(office, header):
    for prefer in (header, f"outlook.timezone={header}", f"odata.maxpagesize={header}", f'outlook.timezone="{header}"'):
        answer = office.alex.get("/v1.0/me/events", prefer=prefer, if_match=header, accept="*/*")
        assert answer.status in {200, 400}


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_no_condition_makes_the_server_fail(office, invited, method):
    before = office.alex.get(f"/v1.0/me/events/{invited[0]}").json
    for condition in ("", '""', 'W/""', 'W/"====="', '"\xe9"', "W/", ",,,", 'W/"' + "A" * 5000 + '"'):
        body = {"subject": "x"} if method == "PATCH" else None
        assert office.alex(method, f"/v1.0/me/events/{invited[0]}", body, if_match=condition).status == 412
    assert office.alex.get(f"/v1.0/me/events/{invited[0]}").json == before


@RELAXED
@given(header=st.text(alphabet='aplictonjs/*;=.dmx q,01-none"\xe9', max_size=40))
def test_no_header_makes_the_server_fail(office, invited, header):
    for name in ("accept", "if_none_match", "if_match", "content_encoding", "client_request_id"):
        answer = office.alex.sent("GET", f"/v1.0/me/events/{invited[0]}", **{name: header})
        assert answer.status in {200, 304, 406, 415}
    assert office.alex.sent("GET", f"/v1.0/me/events?$format={quote(header)}").status in {200, 406}


ENTRIES = st.fixed_dictionaries(
    {},
    optional={
        "id": st.one_of(st.sampled_from(["1", "2", "3"]), VALUES),
        "method": st.one_of(st.sampled_from(["GET", "post", "PATCH", "DELETE", "PUT"]), TEXTS),
        "url": st.one_of(
            st.sampled_from(["/me", "me/events", "/me/calendar/getSchedule", "/$batch", "//x", "http://[", "/users/%"]),
            st.text(alphabet="/%()'=.meventsAg0?$#:@", max_size=20),
        ),
        "headers": st.one_of(st.just({"Content-Type": "application/json"}), st.just({"content-type": "x/y"}), VALUES),
        "body": VALUES,
        "dependsOn": st.one_of(st.lists(st.sampled_from(["1", "2", "3"]), max_size=2), VALUES),
        "atomicityGroup": TEXTS,
    },
)


@RELAXED
@given(requests=st.lists(ENTRIES, max_size=4))
def test_no_batch_makes_the_server_fail(office, requests):
    answer = office.alex.post("/v1.0/$batch", {"requests": requests})
    assert answer.status in {200, 400}
    if answer.status == 200:
        assert sorted(each["id"] for each in answer["responses"]) == sorted(each["id"] for each in requests)
        assert all(each["status"] < 500 for each in answer["responses"])


FORMATS = st.sampled_from(["entryId", "ewsId", "immutableEntryId", "restId", "restImmutableEntryId"])


@RELAXED
@given(given_ids=st.lists(st.text(max_size=12), min_size=1, max_size=3), source=FORMATS, target=FORMATS)
def test_no_id_makes_the_server_fail(office, given_ids, source, target):
    body = {"inputIds": given_ids, "sourceIdType": source, "targetIdType": target}
    answer = office.alex.post("/v1.0/me/translateExchangeIds", body)
    assert answer.status in {200, 400}
    if answer.status == 200:
        assert all("errorDetails" in each for each in answer["value"])
