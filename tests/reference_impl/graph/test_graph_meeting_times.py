"""findMeetingTimes."""

from __future__ import annotations

import pytest

from reference_impl.domain.copying import replace
from reference_impl.domain.rooms import RoomFacts
from reference_impl.graph.reading.durations import read_minutes
from reference_impl.graph.refusals import BodyInvalid

FIND = "/v1.0/me/findMeetingTimes"


def moment(text: str, zone: str = "Pacific Standard Time") -> dict:
    return {"dateTime": text, "timeZone": zone}


def slot(start: str = "2026-02-02T09:00:00", end: str = "2026-02-02T11:00:00") -> dict:
    return {"start": moment(start), "end": moment(end)}


def ask(*addresses: str, slots: tuple = (slot(),), activity: str = "work", **more) -> dict:
    return {
        "attendees": [{"emailAddress": {"address": address}} for address in addresses],
        "timeConstraint": {"activityDomain": activity, "timeSlots": list(slots)},
        "meetingDuration": "PT1H",
        **more,
    }


def find(caller, body=None, **headers) -> dict:
    answer = caller.post(FIND, body, **headers)
    assert answer.status == 200
    return answer.json


def starts(result: dict) -> list[str]:
    found = [suggestion["meetingTimeSlot"]["start"] for suggestion in result["meetingTimeSuggestions"]]
    assert {start["timeZone"] for start in found} <= {"UTC"}
    return [start["dateTime"][11:16] for start in found]


@pytest.fixture
def occupy(office):
    """Puts an event from one hour of Monday (Pacific time) to another into somebody's calendar."""

    def put(address: str, start: str, end: str, status: str = "busy") -> None:
        body = {
            "subject": "Occupied",
            "start": moment(f"2026-02-02T{start}:00"),
            "end": moment(f"2026-02-02T{end}:00"),
            "showAs": status,
        }
        assert office.caller(address).post("/v1.0/me/events", body).status == 201

    return put


@pytest.mark.requirement("GRAPH-FMT-001", "GRAPH-FMT-002")
def test_suggestions_come_with_an_empty_reason(office):
    result = find(office.alex, ask("AdeleV@contoso.com"))
    assert result["emptySuggestionsReason"] == ""
    first = result["meetingTimeSuggestions"][0]
    assert first["organizerAvailability"] == "free"
    assert first["attendeeAvailability"] == [
        {
            "attendee": {
                "type": "required",
                "emailAddress": {"name": "Adele Vance", "address": "AdeleV@contoso.com"},
            },
            "availability": "free",
        }
    ]
    assert result["@odata.context"].endswith("#microsoft.graph.meetingTimeSuggestionsResult")


@pytest.mark.requirement("GRAPH-FMT-003")
def test_a_meeting_lasts_half_an_hour_unless_it_is_said(office):
    body = ask()
    del body["meetingDuration"]
    (first, *_) = find(office.alex, body)["meetingTimeSuggestions"]
    assert (first["meetingTimeSlot"]["start"]["dateTime"], first["meetingTimeSlot"]["end"]["dateTime"]) == (
        "2026-02-02T17:00:00.0000000",
        "2026-02-02T17:30:00.0000000",
    )


def test_everything_may_be_left_out(office):
    """It is Monday, midnight Pacific time: the week that begins, in Alex's working hours."""
    for body in (None, {}, {"timeConstraint": {"timeSlots": []}}, dict.fromkeys(ask(), None)):
        result = find(office.alex, body)
        assert starts(result) == ["16:00", "16:30", "17:00", "17:30", "18:00"]
        assert result["meetingTimeSuggestions"][0]["meetingTimeSlot"]["start"]["dateTime"].startswith("2026-01-05")


@pytest.mark.requirement("GRAPH-FMT-004")
def test_nothing_less_likely_than_wanted_is_suggested(office, occupy):
    occupy("AdeleV@contoso.com", "09:00", "10:00", "tentative")
    people = ("AdeleV@contoso.com", "attendee0@example.com")
    assert starts(find(office.alex, ask(*people))) == ["18:00", "17:00", "17:30"]
    assert starts(find(office.alex, ask(*people, minimumAttendeePercentage=75.5))) == ["18:00"]
    occupy("AdeleV@contoso.com", "09:00", "11:00")
    assert starts(find(office.alex, ask("AdeleV@contoso.com"))) == []


@pytest.mark.requirement("GRAPH-FMT-005", "GRAPH-FMT-006")
def test_the_likeliest_come_first_and_are_numbered(office, occupy):
    occupy("AdeleV@contoso.com", "09:00", "10:00")
    body = ask("AdeleV@contoso.com", "stranger@nowhere.test", "attendee0@example.com", minimumAttendeePercentage=0)
    result = find(office.alex, body)
    assert [
        (suggestion["order"], round(suggestion["confidence"], 2), start)
        for suggestion, start in zip(result["meetingTimeSuggestions"], starts(result), strict=True)
    ] == [(1, 83.0, "18:00"), (2, 49.67, "17:00"), (3, 49.67, "17:30")]
    availability = [each["availability"] for each in result["meetingTimeSuggestions"][1]["attendeeAvailability"]]
    assert availability == ["busy", "unknown", "free"]


@pytest.mark.parametrize("chance", [0, 20, 100])
def test_the_chance_of_the_tentative_is_a_switch(make_office, chance):
    office = make_office(tentative_chance=chance)
    body = {**slot(), "subject": "Perhaps", "showAs": "tentative"}
    office.adele.post("/v1.0/me/events", body)
    (first, *_) = find(office.alex, ask("AdeleV@contoso.com", minimumAttendeePercentage=0))["meetingTimeSuggestions"]
    assert first["confidence"] == chance


@pytest.mark.requirement("GRAPH-FMT-007")
def test_without_the_organizer_there_is_no_meeting_unless_that_is_optional(office, occupy):
    occupy("AlexW@contoso.com", "09:00", "11:00")
    assert find(office.alex, ask("AdeleV@contoso.com"))["emptySuggestionsReason"] == "organizerUnavailable"
    assert find(office.alex, ask())["emptySuggestionsReason"] == "organizerUnavailable"
    result = find(office.alex, ask("AdeleV@contoso.com", isOrganizerOptional=True))
    assert result["meetingTimeSuggestions"][0]["organizerAvailability"] == "busy"


@pytest.mark.parametrize(
    ("people", "more", "reason"),
    [
        (("attendee0@example.com",), {}, "attendeesUnavailable"),
        (("attendee0@example.com", "stranger@nowhere.test"), {}, "attendeesUnavailableOrUnknown"),
        (("AdeleV@contoso.com",), {"meetingDuration": "PT3H"}, "unknown"),
        (
            ("AdeleV@contoso.com",),
            {"locationConstraint": {"isRequired": True, "suggestLocation": True}},
            "locationsUnavailable",
        ),
    ],
)
def test_the_reason_tells_what_there_is_a_lack_of(office, occupy, people, more, reason):
    occupy("attendee0@example.com", "09:00", "11:00")
    occupy("room0@example.com", "08:00", "12:00")
    result = find(office.alex, ask(*people, **more))
    assert (result["emptySuggestionsReason"], result["meetingTimeSuggestions"]) == (reason, [])


@pytest.mark.requirement("GRAPH-FMT-008")
def test_there_are_five_suggestions_unless_another_number_is_said(office):
    wide = (slot(end="2026-02-02T17:00:00"),)
    assert len(starts(find(office.alex, ask(slots=wide)))) == 5
    assert len(starts(find(office.alex, ask(slots=wide, maxCandidates=2)))) == 2
    assert len(starts(find(office.alex, ask(slots=wide, maxCandidates=100)))) == 15


@pytest.mark.requirement("GRAPH-FMT-009")
def test_reasons_are_given_when_they_are_asked_for(office, occupy):
    occupy("AdeleV@contoso.com", "09:00", "10:00", "tentative")
    plain = find(office.alex, ask("AdeleV@contoso.com"))["meetingTimeSuggestions"]
    assert all("suggestionReason" not in suggestion for suggestion in plain)
    told = find(office.alex, ask("AdeleV@contoso.com", returnSuggestionReasons=True))["meetingTimeSuggestions"]
    assert [suggestion["suggestionReason"] for suggestion in told[:2]] == [
        "All attendees have time.",
        "The chance that an attendee comes is 50 percent on average.",
    ]
    (alone, *_) = find(office.alex, ask(returnSuggestionReasons=True))["meetingTimeSuggestions"]
    assert alone["suggestionReason"] == "The organizer has time."


@pytest.mark.requirement("GRAPH-FMT-010")
@pytest.mark.parametrize(
    ("activity", "found"),
    [
        ("work", []),
        ("unknown", []),
        ("personal", ["16:00", "16:30"]),
        ("unrestricted", ["15:00", "15:30", "16:00", "16:30"]),
    ],
)
def test_the_domain_of_activity_limits_the_hours(office, activity, found):
    """Saturday from seven to half past nine, Pacific time."""
    saturday = slot("2026-02-07T07:00:00", "2026-02-07T09:30:00")
    assert starts(find(office.alex, ask(slots=(saturday,), activity=activity))) == found


@pytest.mark.requirement("GRAPH-FMT-010")
def test_working_hours_are_those_of_the_settings(office):
    hours = {"startTime": "10:00:00", "daysOfWeek": ["monday"]}
    office.alex.patch("/v1.0/me/mailboxSettings", {"workingHours": hours})
    assert starts(find(office.alex, ask(meetingDuration="PT30M"))) == ["18:00", "18:30"]


@pytest.mark.requirement("GRAPH-FMT-011")
def test_times_follow_the_preferred_zone_and_it_is_echoed(office):
    prefer = 'outlook.timezone="Asia/Tokyo"'
    answer = office.alex.post(FIND, ask(), prefer=prefer)
    (first, *_) = answer["meetingTimeSuggestions"]
    assert first["meetingTimeSlot"]["start"] == {"dateTime": "2026-02-03T02:00:00.0000000", "timeZone": "Asia/Tokyo"}
    assert answer.headers["preference-applied"] == prefer


@pytest.mark.requirement("GRAPH-FMT-012")
def test_parameters_may_be_texts_and_in_any_case(office, occupy):
    occupy("AlexW@contoso.com", "09:00", "10:00")
    occupy("AdeleV@contoso.com", "10:00", "10:30")
    body = {
        "Attendees": [{"Type": "Required", "EmailAddress": {"Name": "A", "Address": "adelev@contoso.com"}}],
        "LocationConstraint": {
            "isRequired": "false",
            "suggestLocation": "false",
            "locations": [{"resolveAvailability": "false", "displayName": "Conf room Hood"}],
        },
        "timeConstraint": {"activityDomain": "Work", "timeSlots": [slot()]},
        "isOrganizerOptional": "True",
        "meetingDuration": "0:30:00",
        "returnSuggestionReasons": "true",
        "minimumAttendeePercentage": "100",
        "maxCandidates": "2",
    }
    result = find(office.alex, body)
    assert starts(result) == ["17:00", "17:30"]
    (first, _) = result["meetingTimeSuggestions"]
    assert [place["displayName"] for place in first["locations"]] == ["Conf room Hood"]
    assert "suggestionReason" in first
    assert starts(find(office.alex, {**body, "minimumAttendeePercentage": "99.5"})) == ["17:00", "17:30"]


def place(address: str = "room0@example.com", **more) -> dict:
    return {"locationEmailAddress": address, **more}


def rooms(office, **facts: RoomFacts) -> None:
    room = office.caller("room0@example.com").actor
    made = [
        replace(room, id="", person=replace(room.person, address=f"{name}@example.com", name=name)) for name in facts
    ]
    mailboxes = [
        replace(each, id=f"00000000-0000-0000-0000-{number:012}", room=facts[each.person.name])
        for number, each in enumerate(made)
    ]
    office.world.store.populate(mailboxes, office.world.ids, office.world.clock.now())


def suggested_places(office, constraint: dict, *people: str) -> list[str]:
    body = ask(*people, locationConstraint=constraint, meetingDuration="PT2H")
    (first,) = find(office.alex, body)["meetingTimeSuggestions"]
    return [each.get("locationEmailAddress", each["displayName"]) for each in first["locations"]]


def test_rooms_that_hold_everybody_are_suggested_the_smallest_first(office):
    rooms(office, hall=RoomFacts(capacity=100), cell=RoomFacts(capacity=1), nook=RoomFacts(capacity=2))
    expected = ["nook@example.com", "hall@example.com", "room0@example.com"]
    assert suggested_places(office, {"suggestLocation": True}, "AdeleV@contoso.com") == expected
    assert suggested_places(office, {"isRequired": True}, "AdeleV@contoso.com") == expected
    assert suggested_places(office, {}) == []


def test_a_room_that_was_named_and_is_taken_makes_room_for_another(office, occupy):
    rooms(office, hall=RoomFacts(capacity=100))
    assert suggested_places(office, {"locations": [place()]}) == ["room0@example.com"]
    occupy("room0@example.com", "09:00", "10:00", "tentative")
    assert suggested_places(office, {"locations": [place()]}) == ["hall@example.com"]
    assert suggested_places(office, {"locations": [place(resolveAvailability=False)]}) == ["room0@example.com"]
    assert suggested_places(office, {"locations": [{"displayName": "ROOM0@example.com"}]}) == ["hall@example.com"]
    assert suggested_places(office, {"locations": [{"displayName": "Café"}, {}]}) == ["Café"]
    assert suggested_places(office, {"locations": [place("elsewhere@nowhere.test")]}) == ["elsewhere@nowhere.test"]


def test_people_are_asked_once_and_the_organizer_is_none_of_them(office):
    people = ("AdeleV@contoso.com", "ALEXW@contoso.com", "adelev@contoso.com", "list0@example.com")
    (first, *_) = find(office.alex, ask(*people))["meetingTimeSuggestions"]
    shown = [each["attendee"]["emailAddress"]["address"] for each in first["attendeeAvailability"]]
    assert shown == ["AdeleV@contoso.com", "list0@example.com"]
    assert first["confidence"] == 100.0


WRONG = {
    "no duration at all": (ask(meetingDuration="soon"), "RequestBodyRead"),
    "no time": (ask(meetingDuration="PT0S"), "ErrorInvalidRequest"),
    "more than a day": (ask(meetingDuration="P1DT1M"), "ErrorInvalidRequest"),
    "half a minute": (ask(meetingDuration="PT30S"), "RequestBodyRead"),
    "no candidates": (ask(maxCandidates=0), "ErrorInvalidRequest"),
    "more than all": (ask(minimumAttendeePercentage=101), "ErrorInvalidRequest"),
    "a word for a number": (ask(maxCandidates="many"), "RequestBodyRead"),
    "an empty window": (ask(slots=(slot(end="2026-02-02T09:00:00"),)), "ErrorInvalidTimeInterval"),
    "a window of 63 days": (ask(slots=(slot(end="2026-04-07T09:00:00"),)), "ErrorTimeIntervalTooBig"),
    "an unknown zone": (
        ask(slots=({"start": moment("2026-02-02T09:00:00", "Mars"), "end": moment("2026-02-02T10:00:00")},)),
        "TimeZoneNotSupportedException",
    ),
    "an unknown domain": (ask(activity="sleep"), "RequestBodyRead"),
    "an attendee without an address": ({"attendees": [{"type": "required"}]}, "RequestBodyRead"),
    "too many people": (ask(*(f"a{number}@b.test" for number in range(101))), "ErrorMailboxDataArrayTooBig"),
    "an unknown member": (ask(weather="fine"), "RequestBodyRead"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_looked_for_is_refused(office, name):
    body, code = WRONG[name]
    answer = office.alex.post(FIND, body)
    assert (answer.status, answer.code) == (400, code)


def test_only_signed_in_people_who_share_find_times_and_only_for_themselves(office):
    reader = office.caller("AlexW@contoso.com", scopes=frozenset({"Calendars.Read.Shared"}))
    assert reader.post(FIND, {}).status == 200
    assert reader.post("/v1.0/users/AlexW@contoso.com/findMeetingTimes", {}).status == 200
    for caller, target in (
        (office.caller("AlexW@contoso.com", scopes=frozenset({"Calendars.ReadWrite"})), FIND),
        (reader, "/v1.0/users/AdeleV@contoso.com/findMeetingTimes"),
        (office.caller("AlexW@contoso.com", application=True), "/v1.0/users/AdeleV@contoso.com/findMeetingTimes"),
    ):
        answer = caller.post(target, {})
        assert (answer.status, answer.code) == (403, "ErrorAccessDenied")


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("PT1H", 60),
        ("pt1h30m", 90),
        ("P1D", 1440),
        ("PT90M", 90),
        ("PT3600S", 60),
        ("PT60.0S", 1),
        ("1:00:00", 60),
        ("0:15", 15),
    ],
)
def test_durations_are_whole_minutes(text, minutes):
    assert read_minutes(text, "meetingDuration") == minutes


@pytest.mark.parametrize("text", ["", "P", "PT", "P1DT", "1", "PT1X", "PT30S", "1:60", "-PT1H", "P1M"])
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(BodyInvalid):
        read_minutes(text, "meetingDuration")


def test_answers_about_times_are_whole(office, see_damage):
    wanted = {"suggestLocation": True, "locations": [{"displayName": "Café"}, place()]}
    body = ask("AdeleV@contoso.com", locationConstraint=wanted, returnSuggestionReasons=True, maxCandidates=1)
    assert see_damage([("meetingTimeSuggestionsResult.schema.json", find(office.alex, body))], {"suggestionReason"})
