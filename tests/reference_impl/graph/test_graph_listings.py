"""$select, $filter, $orderby, paging and counting; calendar views."""

from __future__ import annotations

import pytest


@pytest.fixture
def week(office, lunch):
    """Seven appointments, one a day at noon UTC, made in mixed order; subjects by day."""
    for day in (5, 2, 8, 3, 7, 4, 6):
        body = {
            **lunch,
            "subject": f"Day {day}'s",
            "attendees": [],
            "start": {"dateTime": f"2026-02-{day:02d}T12:00:00", "timeZone": "UTC"},
            "end": {"dateTime": f"2026-02-{day:02d}T13:00:00", "timeZone": "UTC"},
            "categories": ["odd" if day % 2 else "even", "all"],
            "isAllDay": False,
            "showAs": "free" if day == 8 else "busy",
        }
        assert office.alex.post("/v1.0/me/events", body).status == 201
    return office


def days(answer) -> list[int]:
    return [int(event["subject"][4]) for event in answer["value"]]


@pytest.mark.requirement("GRAPH-ODT-015", "GRAPH-ODT-019")
@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("subject eq 'Day 4''s'", [4]),
        ("subject eq 'DAY 4''S'", [4]),
        ("subject ne 'Day 4''s'", [2, 3, 5, 6, 7, 8]),
        ("startswith(subject,'Day 3')", [3]),
        ("contains(subject, '5')", [5]),
        ("endswith(subject,'7''s')", [7]),
        ("start/dateTime ge '2026-02-06T12:00'", [6, 7, 8]),
        ("start/dateTime gt '2026-02-06T12:00:00.0000000'", [7, 8]),
        ("start/dateTime lt '2026-02-03T12:00:00Z'", [2]),
        ("start/dateTime eq '2026-02-03T13:00:00+01:00'", [3]),
        ("end/dateTime le '2026-02-03T13:00'", [2, 3]),
        ("start/dateTime ge '2026-02-04' and end/dateTime lt '2026-02-06'", [4, 5]),
        ("startswith(subject,'Day 2') or startswith(subject,'Day 8')", [2, 8]),
        ("not (startswith(subject,'Day 2') or start/dateTime gt '2026-02-04T12:00')", [3, 4]),
        ("not startswith(subject,'Day 2') and start/dateTime lt '2026-02-04'", [3]),
        ("categories/any(c:c eq 'odd')", [3, 5, 7]),
        ("categories/any(c: startswith(c,'ev') )", [2, 4, 6, 8]),
        ("showAs eq 'free'", [8]),
        ("isAllDay eq false and isOrganizer", [2, 3, 4, 5, 6, 7, 8]),
        ("isCancelled eq true", []),
        ("subject eq null", []),
        ("createdDateTime lt 2026-01-05T08:00:03Z", [2, 5]),
        (
            "organizer/emailAddress/address eq 'alexw@contoso.com' and location/displayName ne 'x'",
            [2, 3, 4, 5, 6, 7, 8],
        ),
    ],
)
def test_a_filter_keeps_what_it_says(week, condition, expected):
    escaped = condition.replace("+", "%2B")
    answer = week.alex.get(f"/v1.0/me/events?$filter={escaped}&$orderby=start/dateTime")
    assert days(answer) == expected
    assert days(week.alex.get(f"/v1.0/me/events?%24filter={escaped.replace(' ', '+')}")) == expected


@pytest.mark.requirement("GRAPH-ODT-008", "GRAPH-ODT-017", "GRAPH-ODT-020", "GRAPH-ODT-023")
@pytest.mark.parametrize(
    ("options", "code"),
    [
        ("$filter=colour eq 'red'", "BadRequest"),
        ("$filter=recurrence eq null", "BadRequest"),
        ("$filter=subject eq", "BadRequest"),
        ("$filter=", "BadRequest"),
        ("$filter=subject eq 'a", "BadRequest"),
        ("$filter=subject eq 'a')", "BadRequest"),
        ("$filter=(subject eq 'a'", "BadRequest"),
        ("$filter=subject like 'a'", "BadRequest"),
        ("$filter=" + "(" * 200 + "isAllDay" + ")" * 200, "BadRequest"),
        ("$filter=" + "not " * 200 + "isAllDay", "BadRequest"),
        ("$filter=subject eq 5", "ErrorInvalidUrlQueryFilter"),
        ("$filter=isAllDay eq 'true'", "ErrorInvalidUrlQueryFilter"),
        ("$filter=isAllDay gt true", "ErrorInvalidUrlQueryFilter"),
        ("$filter=start/dateTime ge 'noon'", "ErrorInvalidUrlQueryFilter"),
        ("$filter=start/dateTime ge 2026-02-01T00:00:00Z", "ErrorInvalidUrlQueryFilter"),
        ("$filter=createdDateTime ge '2026-02-01T00:00:00Z'", "ErrorInvalidUrlQueryFilter"),
        ("$filter=subject/any(s:s eq 'a')", "ErrorInvalidUrlQueryFilter"),
        ("$filter=createdDateTime eq 2026-02-31T00:00:00Z", "BadRequest"),
        ("$select=colour", "BadRequest"),
        ("$select=subject,,start", "BadRequest"),
        ("$orderby=colour", "BadRequest"),
        ("$orderby=subject sideways", "BadRequest"),
        ("$top=0", "BadRequest"),
        ("$top=1001", "BadRequest"),
        ("$top=-1", "BadRequest"),
        ("$top=ten", "BadRequest"),
        ("$top=1&$top=2", "BadRequest"),
        ("$skip=-1", "BadRequest"),
        ("$count=perhaps", "BadRequest"),
        ("$search=%22lunch%22", "BadRequest"),
        ("$expand=calendar", "BadRequest"),
        ("$colour=red", "BadRequest"),
    ],
)
def test_an_option_that_is_not_understood_or_not_offered_is_refused(office, options, code):
    answer = office.alex.get(f"/v1.0/me/events?{options}")
    assert (answer.status, answer.code) == (400, code)


def test_options_of_listings_are_refused_elsewhere(office, invited):
    for target in (f"events/{invited[0]}?$top=1", "calendar?$filter=name eq 'x'", "mailboxSettings?$top=1"):
        assert office.alex.get(f"/v1.0/me/{target}").code == "BadRequest"
    assert office.alex.post(f"/v1.0/me/events/{invited[0]}/cancel?$top=1").code == "BadRequest"
    assert office.alex.get(f"/v1.0/me/events/{invited[0]}?colour=red").status == 200


@pytest.mark.requirement("GRAPH-ODT-014")
def test_events_are_sorted_as_asked(week):
    assert days(week.alex.get("/v1.0/me/events")) == [2, 3, 4, 5, 6, 7, 8]
    assert days(week.alex.get("/v1.0/me/events?$orderby=start/dateTime desc")) == [8, 7, 6, 5, 4, 3, 2]
    assert days(week.alex.get("/v1.0/me/events?$orderby=createdDateTime")) == [5, 2, 8, 3, 7, 4, 6]
    assert days(week.alex.get("/v1.0/me/events?$orderby=subject%20asc")) == [2, 3, 4, 5, 6, 7, 8]


@pytest.mark.requirement(
    "GRAPH-ODT-009", "GRAPH-ODT-010", "GRAPH-ODT-011", "GRAPH-ODT-012", "GRAPH-ODT-013", "GRAPH-ODT-018"
)
def test_walking_the_next_links_visits_each_event_once_and_repeats_the_options(week):
    target = "/v1.0/me/events?$top=3&$select=subject&$count=true&$filter=startswith(subject,'Day%20')"
    seen: list[int] = []
    lengths: list[int] = []
    while target:
        answer = week.alex.get(target)
        seen += days(answer)
        lengths.append(len(answer["value"]))
        assert answer["@odata.count"] == 7
        assert all(set(event) == {"@odata.etag", "id", "subject"} for event in answer["value"])
        link = answer.json.get("@odata.nextLink")
        assert link is None or (link.startswith("http://server.test:8080/v1.0/me/events?") and '"' not in link)
        target = link.removeprefix("http://server.test:8080") if link else ""
    assert seen == [2, 3, 4, 5, 6, 7, 8]
    assert lengths == [3, 3, 1]


@pytest.mark.requirement("GRAPH-ODT-007", "GRAPH-ODT-010")
def test_the_page_is_ten_unless_said_otherwise_and_the_last_has_no_link(office, lunch):
    for number in range(12):
        office.alex.post("/v1.0/me/events", {**lunch, "subject": str(number), "attendees": []})
    first = office.alex.get("/v1.0/me/events")
    assert len(first["value"]) == 10
    assert first["@odata.nextLink"].endswith("/v1.0/me/events?$skip=10")
    assert "@odata.count" not in first.json
    assert "@odata.nextLink" not in office.alex.get("/v1.0/me/events?$skip=10").json
    assert "@odata.nextLink" not in office.alex.get("/v1.0/me/events?$top=12").json
    preferred = office.alex.get("/v1.0/me/events", prefer="odata.maxpagesize=5")
    assert len(preferred["value"]) == 5
    assert preferred.headers["preference-applied"] == "odata.maxpagesize=5"


@pytest.mark.requirement("GRAPH-ODT-002", "GRAPH-ODT-005", "GRAPH-ODT-006", "GRAPH-ODT-020")
def test_a_selection_names_members_in_any_case_and_keeps_id_and_etag(office, invited):
    answer = office.alex.get(f"/v1.0/me/events/{invited[0]}?$select=Subject,START,subject")
    assert list(answer.json) == ["@odata.context", "@odata.etag", "id", "subject", "start"]
    assert answer["@odata.context"].endswith("/events(subject,start)/$entity")
    assert office.alex.get(f"/v1.0/me/events/{invited[0]}?$select=*")["subject"] == "Lunch"
    assert office.alex.get(f"/v1.0/me/events/{invited[0]}?$select=uid").status == 400
    assert set(office.alex.get(f"/beta/me/events/{invited[0]}?$select=uid").json) >= {"uid"}


@pytest.mark.requirement("GRAPH-ODT-016")
def test_the_meeting_is_found_by_its_global_id_in_each_mailbox(office, invited):
    uid = office.alex.get(f"/v1.0/me/events/{invited[0]}")["iCalUId"]
    for caller, key in ((office.alex, invited[0]), (office.adele, invited[1])):
        found = caller.get(f"/v1.0/me/events?$filter=iCalUId eq '{uid}'")["value"]
        assert [event["id"] for event in found] == [key]


VIEW = "/v1.0/me/calendarView"


@pytest.mark.requirement("GRAPH-WIRE-015", "GRAPH-PREF-007", "GRAPH-VIEW-003", "GRAPH-VIEW-004")
@pytest.mark.parametrize(
    ("window", "expected"),
    [
        ("startDateTime=2026-02-03T00:00:00&endDateTime=2026-02-05T00:00:00", [3, 4]),
        ("STARTDATETIME=2026-02-03T00:00:00Z&enddatetime=2026-02-05T00:00:00Z", [3, 4]),
        ("startDateTime=2026-02-03T12:30:00&endDateTime=2026-02-03T12:40:00", [3]),
        ("startDateTime=2026-02-03T13:00:00&endDateTime=2026-02-04T12:00:00", []),
        ("startDateTime=2026-02-03T12:59:59&endDateTime=2026-02-04T12:00:01", [3, 4]),
        ("startDateTime=2026-02-03T13:30:00%2B01:00&endDateTime=2026-02-03T13:40:00%2B01:00", [3]),
        ("startDateTime=2026-02-03T13:30:00+01:00&endDateTime=2026-02-03T13:40:00+01:00", [3]),
        ("startDateTime=2026-02-03T04:30:00-08:00&endDateTime=2026-02-03T04:40:00-08:00", [3]),
        ("startDateTime=2026-02-03&endDateTime=2026-02-04", [3]),
        ("startDateTime=2026-02-01T00:00:00.0000000Z&endDateTime=2026-03-01T00:00:00.000Z", [2, 3, 4, 5, 6, 7, 8]),
    ],
)
def test_a_view_has_what_overlaps_its_window(week, window, expected):
    assert days(week.alex.get(f"{VIEW}?{window}")) == expected
    tokyo = week.alex.get(f"{VIEW}?{window}", prefer='outlook.timezone="Tokyo Standard Time"')
    assert days(tokyo) == expected


@pytest.mark.requirement("GRAPH-VIEW-001", "GRAPH-VIEW-005")
@pytest.mark.parametrize(
    ("window", "code"),
    [
        ("", "ErrorInvalidParameter"),
        ("startDateTime=2026-02-03", "ErrorInvalidParameter"),
        ("endDateTime=2026-02-03", "ErrorInvalidParameter"),
        ("startDateTime=noon&endDateTime=2026-02-03", "ErrorInvalidParameter"),
        ("startDateTime=2026-02-30&endDateTime=2026-03-03", "ErrorInvalidParameter"),
        ("startDateTime=2026-02-04&endDateTime=2026-02-03", "ErrorInvalidParameter"),
        ("startDateTime=2026-01-01&endDateTime=2031-01-01", "ErrorInvalidRequest"),
    ],
)
def test_a_view_needs_a_window_of_at_most_1825_days(office, window, code):
    answer = office.alex.get(f"{VIEW}?{window}")
    assert (answer.status, answer.code) == (400, code)
    assert office.alex.get(f"{VIEW}?startDateTime=2026-01-01&endDateTime=2030-12-31").status == 200


def test_a_view_is_paged_filtered_and_selected_like_a_listing(week):
    target = f"{VIEW}?startDateTime=2026-02-01&endDateTime=2026-03-01&$top=2&$select=subject&$count=true"
    answer = week.alex.get(target)
    assert days(answer) == [2, 3]
    assert answer["@odata.count"] == 7
    assert "startDateTime=2026-02-01" in answer["@odata.nextLink"]
    following = week.alex.get(answer["@odata.nextLink"].removeprefix("http://server.test:8080"))
    assert days(following) == [4, 5]
    assert days(week.alex.get(target + "&$filter=start/dateTime ge '2026-02-07'")) == [7, 8]


def test_the_default_calendar_is_addressed_in_three_ways(office, invited):
    calendar = office.alex.get("/v1.0/me/calendar")["id"]
    for place in ("events", "calendar/events", f"calendars/{calendar}/events"):
        assert [event["id"] for event in office.alex.get(f"/v1.0/me/{place}")["value"]] == [invited[0]]
        assert office.alex.get(f"/v1.0/me/{place}/{invited[0]}").status == 200
    inbox = office.alex.get("/v1.0/me/mailFolders/inbox")["id"]
    assert office.alex.get(f"/v1.0/me/calendars/{inbox}/events").code == "ErrorItemNotFound"
    assert office.alex.get(f"/v1.0/me/mailFolders/{calendar}").code == "ErrorItemNotFound"
