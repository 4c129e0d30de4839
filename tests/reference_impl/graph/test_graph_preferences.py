"""The Prefer header: zones, body formats, and what is said to have been applied."""

from __future__ import annotations

import pytest

PACIFIC = 'outlook.timezone="Pacific Standard Time"'


@pytest.mark.requirement("GRAPH-PREF-001", "GRAPH-PREF-003", "GRAPH-PREF-006")
@pytest.mark.parametrize(
    ("zone", "hour"),
    [
        ("UTC", 12),
        ("Pacific Standard Time", 4),
        ("pacific standard time", 4),
        ("America/Los_Angeles", 4),
        ("Tokyo Standard Time", 21),
        ("Asia/Tokyo", 21),
        ("Europe/Copenhagen", 13),
        ("Etc/GMT+12", 0),
    ],
)
def test_times_are_shown_in_the_preferred_zone_by_either_kind_of_name(office, invited, zone, hour):
    answer = office.alex.get(f"/v1.0/me/events/{invited[0]}", prefer=f'outlook.timezone="{zone}"')
    assert answer["start"] == {"dateTime": f"2026-02-02T{hour:02d}:00:00.0000000", "timeZone": zone}
    assert answer.headers["preference-applied"] == f'outlook.timezone="{zone}"'


@pytest.mark.requirement("GRAPH-PREF-002")
def test_without_a_preference_times_are_utc_and_nothing_is_said_to_be_applied(office, invited):
    answer = office.alex.get(f"/v1.0/me/events/{invited[0]}", prefer="")
    assert answer["start"]["timeZone"] == "UTC"
    assert "preference-applied" not in answer.headers


@pytest.mark.requirement("GRAPH-PREF-005")
def test_an_unknown_zone_is_refused(office, invited):
    for zone in ("Mars/Olympus", "tzone://Microsoft/Custom", "../../etc/passwd", "\xe9"):
        answer = office.alex.get("/v1.0/me/events", prefer=f'outlook.timezone="{zone}"')
        assert (answer.status, answer.code) == (400, "TimeZoneNotSupportedException")


@pytest.mark.requirement("GRAPH-PREF-008", "GRAPH-PREF-013")
def test_several_preferences_are_honoured_and_unknown_ones_ignored(office, invited):
    prefer = f'{PACIFIC}, outlook.body-content-type="text", IdType="ImmutableId", respond-async; wait=5'
    answer = office.alex.get(f"/v1.0/me/events/{invited[0]}", prefer=prefer)
    assert answer["body"] == {"contentType": "text", "content": "Shall we?"}
    assert answer["start"]["timeZone"] == "Pacific Standard Time"
    assert answer.headers["preference-applied"] == f'{PACIFIC}, outlook.body-content-type="text", IdType="ImmutableId"'


@pytest.mark.requirement("GRAPH-PREF-009")
def test_the_html_body_is_the_default_whatever_was_sent(office, lunch):
    lunch["body"] = {"contentType": "text", "content": "1 < 2\nand so on"}
    event = office.alex.post("/v1.0/me/events", lunch)
    assert event["body"]["contentType"] == "html"
    assert "<body>\r\n1 &lt; 2<br>\r\nand so on\r\n</body>" in event["body"]["content"]
    assert event["bodyPreview"] == "1 < 2\nand so on"
    text = office.alex.get(f"/v1.0/me/events/{event['id']}", prefer="outlook.body-content-type=text")
    assert text["body"] == {"contentType": "text", "content": "1 < 2\nand so on"}


def test_a_body_read_can_be_written_back_unchanged(office, invited):
    body = office.alex.get(f"/v1.0/me/events/{invited[0]}")["body"]
    assert office.alex.patch(f"/v1.0/me/events/{invited[0]}", {"body": body})["body"] == body


def test_the_preview_is_the_text_of_the_body_at_most_255_characters_long(office, lunch):
    lunch["body"]["content"] = "<html><head><title>no</title></head><body><p>a&amp;b</p>" + "x" * 300 + "</body></html>"
    event = office.alex.post("/v1.0/me/events", lunch)
    assert event["bodyPreview"].startswith("a&b")
    assert len(event["bodyPreview"]) == 255
    assert event["body"]["content"] == lunch["body"]["content"]


def test_an_event_without_a_body_has_an_empty_one(office, lunch):
    del lunch["body"]
    assert office.alex.post("/v1.0/me/events", lunch)["body"] == {"contentType": "html", "content": ""}


def test_all_day_events_are_at_midnight_in_every_zone(office, lunch):
    lunch |= {
        "isAllDay": True,
        "start": {"dateTime": "2026-02-02T00:00:00", "timeZone": "Pacific Standard Time"},
        "end": {"dateTime": "2026-02-03T00:00:00", "timeZone": "Pacific Standard Time"},
    }
    key = office.alex.post("/v1.0/me/events", lunch)["id"]
    for zone in ("UTC", "Pacific Standard Time", "Asia/Tokyo"):
        event = office.alex.get(f"/v1.0/me/events/{key}", prefer=f'outlook.timezone="{zone}"')
        assert event["start"] == {"dateTime": "2026-02-02T00:00:00.0000000", "timeZone": zone}
        assert event["end"] == {"dateTime": "2026-02-03T00:00:00.0000000", "timeZone": zone}


def test_daylight_saving_time_counts(office, lunch):
    lunch |= {
        "start": {"dateTime": "2026-07-01T09:00:00", "timeZone": "W. Europe Standard Time"},
        "end": {"dateTime": "2026-07-01T10:00:00.1234567", "timeZone": "Europe/Berlin"},
    }
    event = office.alex.post("/v1.0/me/events", lunch)
    assert event["start"] == {"dateTime": "2026-07-01T07:00:00.0000000", "timeZone": "UTC"}
    assert event["end"] == {"dateTime": "2026-07-01T08:00:00.1234560", "timeZone": "UTC"}
    assert event["originalStartTimeZone"] == "W. Europe Standard Time"
    assert event["originalEndTimeZone"] == "Europe/Berlin"


@pytest.mark.requirement("GRAPH-PREF-004")
def test_answers_without_a_body_apply_no_preference(office, invited):
    answer = office.adele.post(f"/v1.0/me/events/{invited[1]}/accept", {}, prefer=PACIFIC)
    assert "preference-applied" not in answer.headers


UNSAFE = '<p onclick="run()">Hi <a href="javascript:run()">you</a><script>run()</script><iframe src="x"></iframe></p>'


def test_of_html_only_what_is_safe_is_shown_unless_all_of_it_is_wanted(office, lunch):
    made = office.alex.post("/v1.0/me/events", {**lunch, "body": {"contentType": "html", "content": UNSAFE}})
    safe = made["body"]["content"]
    assert "Hi" in safe
    assert not any(word in safe for word in ("onclick", "javascript:", "<script", "<iframe", "run()"))
    target = f"/v1.0/me/events/{made['id']}"
    whole = office.alex.get(target, prefer="outlook.allow-unsafe-html")
    assert UNSAFE in whole["body"]["content"]
    assert whole.headers["preference-applied"] == "outlook.allow-unsafe-html"
    copy = office.adele.get("/v1.0/me/messages", prefer="outlook.allow-unsafe-html, IdType=ImmutableId")["value"][0]
    assert UNSAFE in copy["body"]["content"]
    assert office.adele.get("/v1.0/me/messages")["value"][0]["body"]["content"] == safe


def test_html_without_anything_unsafe_is_shown_as_it_was_sent(office, lunch):
    plain = '<p style="color: red">On Monday = free; <img src="cid:1"> <b>once</b><br>data: 1&#8217;s</P>'
    made = office.alex.post("/v1.0/me/events", {**lunch, "body": {"contentType": "html", "content": plain}})
    assert plain in made["body"]["content"]


@pytest.mark.parametrize(
    "link", ["java&#115;cript:x()", "java&Tab;script&colon;x()", " JavaScript:x()", "data:text/html,x"]
)
def test_a_link_that_runs_something_is_taken_away_however_it_is_written(office, lunch, link):
    body = {"contentType": "html", "content": f'<a href="{link}">x</a>'}
    shown = office.alex.post("/v1.0/me/events", {**lunch, "body": body})["body"]["content"]
    assert "href" not in shown


def test_a_round_of_changes_says_that_they_are_tracked(office, lunch):
    for _ in range(2):
        office.alex.post("/v1.0/me/events", {**lunch, "attendees": []})
    target = "/v1.0/me/calendarView/delta?startDateTime=2026-02-01&endDateTime=2026-03-01"
    prefer = "odata.track-changes, odata.maxpagesize=1"
    for _ in range(2):
        answer = office.alex.get(target, prefer=prefer)
        assert set(answer.headers["preference-applied"].split(", ")) == set(prefer.split(", "))
        target = answer.json.get("@odata.nextLink", "").removeprefix("http://server.test:8080") or target
    assert "preference-applied" not in office.alex.get("/v1.0/me/events?$top=1", prefer="odata.track-changes").headers
