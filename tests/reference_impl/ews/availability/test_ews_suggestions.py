"""GetUserAvailability: suggested meeting times."""

import base64
from datetime import UTC, date, datetime, time

import pytest

from reference_impl.directory.population import default_population
from reference_impl.domain.acts import Audience, EventDraft, Sending
from reference_impl.domain.copying import replace
from reference_impl.domain.global_ids import global_object_id
from reference_impl.domain.items import ShowAs
from reference_impl.domain.mailbox import Mailbox, MailboxKind, Person, WorkingHours
from reference_impl.domain.permissions import Level
from reference_impl.domain.recurrence import Frequency, Recurrence
from reference_impl.domain.timezone import zone
from reference_impl.ews.namespaces import m, t
from reference_impl.service import events
from reference_impl.service.directory import find_mailbox
from reference_impl.service.settings import Settings

OWN, GUEST, ROOM = "organizer0@example.com", "attendee0@example.com", "room0@example.com"


def times(answer):
    """The suggested times of all days."""
    return [text.removeprefix("2026-06-25T").removesuffix(":00") for text in answer.texts("MeetingTime")]


def standing(answer, start):
    """What is told of each asked mailbox at one time: element and text of its leaves."""
    (found,) = [each for each in answer.all("Suggestion") if each.findtext(t("MeetingTime")).endswith(start)]
    return [
        (each.tag.removeprefix(t("")).removesuffix("AttendeeConflictData"), *(leaf.text for leaf in each))
        for each in found.find(t("AttendeeConflictDataArray"))
    ]


@pytest.fixture
def busy(world):
    """A function that puts an hour of June 25th into somebody's calendar; the event."""

    def put(address, hour, end=None, show_as=ShowAs.BUSY, **more):
        start, last = (datetime(2026, 6, 25, each, tzinfo=UTC) for each in (hour, end or hour + 1))
        draft = EventDraft(start=start, end=last, show_as=show_as, **more)
        return events.create_event(world, find_mailbox(world, address), draft, Sending(Audience.NOBODY))

    return put


@pytest.mark.requirement("EWS-MTG-306")
def test_suggestions_alone_have_no_free_busy(organizer, ask, suggest):
    answer = organizer(ask(OWN, GUEST, options=suggest()))
    (response,) = answer.root.iter(m("GetUserAvailabilityResponse"))
    assert [child.tag for child in response] == [m("SuggestionsResponse")]
    assert answer.code == "NoError"
    assert answer.texts("Date") == ["2026-06-25T00:00:00"]
    assert answer.texts("DayQuality") == ["Excellent"]
    assert len(answer.all("Suggestion")) == 10


@pytest.mark.requirement("EWS-MTG-306")
def test_free_busy_alone_has_no_suggestions(organizer, ask):
    (response,) = organizer(ask(OWN)).root.iter(m("GetUserAvailabilityResponse"))
    assert [child.tag for child in response] == [m("FreeBusyResponseArray")]


@pytest.mark.parametrize("version", [None, "Exchange2007_SP1", "Exchange2010", "Exchange2016", "V2017_07_11"])
def test_both_halves_stand_side_by_side(organizer, ask, suggest, version):
    answer = organizer.at(version)(ask(OWN, "nobody@example.com", more=suggest()))
    (response,) = answer.root.iter(m("GetUserAvailabilityResponse"))
    assert [child.tag for child in response] == [m("FreeBusyResponseArray"), m("SuggestionsResponse")]
    assert answer.codes == ["NoError", "ErrorMailRecipientNotFound", "NoError"]


class TestPrintedExample:
    """The one request whose suggestions are printed (DOC how-to-get-free-busy-information-by-using-ews)."""

    @pytest.fixture
    def world(self, settings, tools):
        people = [
            Mailbox(
                id=f"00000000-0000-0000-0000-00000000000{number}",
                person=Person(f"{name}@contoso.com"),
                time_zone="Pacific Standard Time",
                working_hours=WorkingHours(start_minute=start),
            )
            for number, (name, start) in enumerate((("mack", 480), ("sadie", 540)))
        ]
        return tools.new_world(settings, (*default_population(), *people))

    @pytest.mark.requirement("EWS-MTG-304", "EWS-MTG-305")
    def test_its_suggestions_are_made(self, world, tools, ask, suggest):
        day, pacific = date(2014, 2, 13), zone("America/Los_Angeles")
        for name, first, last, show_as in (
            ("mack", 8, 10, ShowAs.FREE),
            ("mack", 11, 12, ShowAs.BUSY),
            ("sadie", 8, 10, ShowAs.FREE),
            ("sadie", 11, 12, ShowAs.BUSY),
            ("sadie", 15, 16, ShowAs.TENTATIVE),
        ):
            start, end = (datetime.combine(day, time(hour), pacific).astimezone(UTC) for hour in (first, last))
            draft = EventDraft(start=start, end=end, show_as=show_as)
            events.create_event(world, find_mailbox(world, f"{name}@contoso.com"), draft, Sending(Audience.NOBODY))
        context = '<t:TimeZoneContext><t:TimeZoneDefinition Id="Pacific Standard Time"/></t:TimeZoneContext>'
        window = {"start": "2014-02-13T00:00:00", "end": "2014-02-14T00:00:00"}
        options = suggest(
            **window,
            GoodThreshold=49,
            MaximumResultsByDay=2,
            MaximumNonWorkHourResultsByDay=0,
            MeetingDurationInMinutes=60,
            MinimumSuggestionQuality="Good",
        )
        people = (("mack@contoso.com", "Organizer", "false"), ("sadie@contoso.com", "Required", "false"))
        speaker = tools.speaker(world, "mack@contoso.com", "Exchange2010").saying(context)
        answer = speaker(ask(*people, view="FreeBusy", interval=30, zone="", more=options, **window))
        assert answer.codes == ["NoError"] * 3
        assert answer.texts("Date") == ["2014-02-13T00:00:00"]
        assert answer.texts("DayQuality") == ["Excellent"]
        assert answer.texts("MeetingTime") == ["2014-02-13T09:00:00", "2014-02-13T09:30:00"]
        assert answer.texts("IsWorkTime") == ["true", "true"]
        assert answer.texts("SuggestionQuality") == ["Excellent", "Excellent"]
        free = ("Individual", "Free")
        assert standing(answer, "09:00:00") == standing(answer, "09:30:00") == [free, free]


class TestEverybody:
    """Every kind of address that can be asked about."""

    @pytest.fixture
    def settings(self):
        return Settings(free_busy_list_members=5)

    @pytest.fixture
    def world(self, settings, tools):
        extra = [
            Mailbox(
                id="00000000-0000-0000-0000-000000000001",
                person=Person("closed@example.com"),
                default_access=Level.NONE,
            ),
            *(
                Mailbox(
                    id=f"00000000-0000-0000-0000-00000000000{2 + number}",
                    person=Person(f"{name}@example.com"),
                    kind=MailboxKind.LIST,
                    members=members,
                )
                for number, (name, members) in enumerate(
                    (
                        ("crowd", tuple(f"attendee{each}@example.com" for each in range(6))),
                        ("some", (GUEST, "attendee1@example.com", "closed@example.com", "stranger@elsewhere.example")),
                    )
                )
            ),
        ]
        return tools.new_world(settings, (*default_population(), *extra))

    @pytest.mark.requirement("EWS-MTG-301", "EWS-MTG-305")
    def test_each_is_told_in_its_place(self, organizer, busy, ask, suggest):
        busy(GUEST, 10)
        busy(ROOM, 10, show_as=ShowAs.OOF)
        busy("attendee1@example.com", 10, show_as=ShowAs.TENTATIVE)
        busy("attendee2@example.com", 10, show_as=ShowAs.WORKING_ELSEWHERE)
        people = (
            "stranger@elsewhere.example",
            ("list0@example.com", "Required"),
            (OWN, "Organizer"),
            ("crowd@example.com", "Optional"),
            (ROOM, "Room"),
            "closed@example.com",
            ("some@example.com", "Optional"),
            ("attendee2@example.com", "Resource"),
        )
        wanted = suggest(MaximumResultsByDay=48, MinimumSuggestionQuality="Poor")
        answer = organizer(ask(*people, options=wanted))
        assert standing(answer, "10:00:00") == [
            ("Unknown",),
            ("Group", "5", "3", "2", "0"),
            ("Individual", "Free"),
            ("TooBigGroup",),
            ("Individual", "OOF"),
            ("Individual", "NoData"),
            ("Group", "4", "0", "2", "2"),
            ("Individual", "WorkingElsewhere"),
        ]
        old = organizer.at("Exchange2010_SP2")(ask(*people, options=wanted))
        assert standing(old, "10:00:00")[-1] == ("Individual", "Free")
        assert standing(answer, "12:00:00")[1] == ("Group", "5", "5", "0", "0")


@pytest.mark.requirement("EWS-MTG-304")
def test_length_number_and_quality_are_honoured(organizer, busy, ask, suggest):
    busy(OWN, 10, 12)
    busy(GUEST, 15, 17)
    two = (OWN, GUEST)
    assert " ".join(times(organizer(ask(*two, options=suggest(MaximumResultsByDay=48))))) == (
        "08:00 08:30 09:00 12:00 12:30 13:00 13:30 14:00 09:30 10:00 10:30 11:00 11:30 14:30 15:00 15:30 16:00"
    )
    assert times(organizer(ask(*two, options=suggest(MaximumResultsByDay=3)))) == ["08:00", "08:30", "09:00"]
    assert times(organizer(ask(*two, options=suggest(MaximumResultsByDay=0)))) == []
    good = suggest(MaximumResultsByDay=48, MinimumSuggestionQuality="Good")
    assert len(organizer(ask(*two, options=good)).all("Suggestion")) == 8
    long = suggest(MeetingDurationInMinutes=180, MinimumSuggestionQuality="Excellent")
    assert times(organizer(ask(*two, options=long))) == ["12:00"]
    longer = organizer(ask(*two, options=suggest(MeetingDurationInMinutes=540, MinimumSuggestionQuality="Fair")))
    assert times(longer) == []
    assert longer.texts("DayQuality") == ["Poor"]


def test_times_outside_work_are_suggested_where_they_are_wanted(organizer, ask, suggest):
    answer = organizer(ask(OWN, options=suggest(MaximumResultsByDay=20, MaximumNonWorkHourResultsByDay=2)))
    assert answer.texts("IsWorkTime") == ["true"] * 17 + ["false"] * 2
    assert times(answer)[17:] == ["00:00", "00:30"]
    saturday = {"start": "2026-06-27T00:00:00", "end": "2026-06-28T00:00:00"}
    weekend = organizer(ask(OWN, options=suggest(**saturday)))
    assert weekend.texts("DayQuality") == ["Poor"]
    assert not weekend.all("Suggestion")


def test_conflicts_of_some_may_be_out_of_the_question(organizer, busy, ask, suggest):
    busy(ROOM, 8, 16)
    guests = [f"attendee{number}@example.com" for number in range(4)]
    for exclude, found in (("true", ["16:00"]), ("1", ["16:00"]), ("false", None), (None, None)):
        answer = organizer(ask((ROOM, "Room", exclude), *guests, options=suggest(MaximumResultsByDay=48)))
        assert times(answer) == (found or ["16:00", *(f"{8 + half // 2:02}:{half % 2 * 3}0" for half in range(16))])


def test_the_organizer_s_hours_are_working_hours(world, tools, ask, suggest):
    """Alex works by the clock of the Pacific; the request counts by UTC."""
    speaker = tools.speaker(world, OWN)
    answer = speaker(ask(OWN, ("AlexW@contoso.com", "Organizer"), options=suggest(MaximumResultsByDay=48)))
    assert times(answer) == [
        "15:00",
        "15:30",
        "16:00",
        *(f"{16 + half // 2:02}:{half % 2 * 3}0" for half in range(1, 15)),
    ]
    without = speaker(ask(OWN, "AlexW@contoso.com", options=suggest(MaximumResultsByDay=3)))
    assert times(without) == ["15:00", "15:30", "16:00"]
    asking = tools.speaker(world, "AlexW@contoso.com")
    assert times(asking(ask(OWN, options=suggest(MaximumResultsByDay=1)))) == ["15:00"]


def test_times_are_local_by_the_rules_of_the_request(organizer, busy, ask, suggest, zones):
    busy(OWN, 8, 10)
    answer = organizer(ask(OWN, zone=zones.berlin, options=suggest(MaximumResultsByDay=1)))
    assert answer.texts("MeetingTime") == ["2026-06-25T12:00:00"]
    answer = organizer(ask(OWN, zone="", options=suggest(MaximumResultsByDay=1)))
    assert (answer.text("Date"), answer.text("MeetingTime")) == ("2026-06-25T00:00:00Z", "2026-06-25T10:00:00Z")


def test_the_window_is_whole_days(organizer, ask, suggest, zones):
    window = {"start": "2026-06-25T09:00:00", "end": "2026-06-26T09:00:00"}
    answer = organizer(ask(OWN, options=suggest(MaximumResultsByDay=1, **window)))
    assert answer.texts("Date") == ["2026-06-25T00:00:00", "2026-06-26T00:00:00"]
    assert answer.texts("MeetingTime") == ["2026-06-25T08:00:00", "2026-06-26T08:00:00"]
    autumn = {"start": "2026-10-01T00:00:00", "end": "2026-11-12T00:00:00"}
    days = organizer(ask(OWN, zone=zones.berlin, options=suggest(**autumn))).texts("Date")
    assert (len(days), days[0], days[-1]) == (42, "2026-10-01T00:00:00", "2026-11-11T00:00:00")


@pytest.mark.parametrize(
    ("day", "following", "number", "missing"),
    [("2026-03-29", "2026-03-30", 46, {"02:00:00", "02:30:00"}), ("2026-10-25", "2026-10-26", 48, set())],
)
def test_days_on_which_the_clock_changes_have_the_times_that_it_shows(
    organizer, ask, suggest, zones, day, following, number, missing
):
    options = suggest(
        f"{day}T00:00:00", f"{following}T00:00:00", MaximumResultsByDay=48, MaximumNonWorkHourResultsByDay=48
    )
    shown = organizer(ask(OWN, zone=zones.berlin, options=options)).texts("MeetingTime")
    every = {f"{half // 2:02}:{half % 2 * 3}0:00" for half in range(48)}
    assert len(shown) == number
    assert set(shown) == {f"{day}T{clock}" for clock in every - missing}


@pytest.mark.parametrize("name", ["utc", "berlin", "pacific_of_2006"])
@pytest.mark.parametrize("day", ["1601-01-02", "4500-12-30"])
def test_calendars_have_suggestions_from_end_to_end(organizer, ask, suggest, zones, name, day):
    options = suggest(f"{day}T00:00:00", f"{day}T23:59:59", MaximumNonWorkHourResultsByDay=48)
    answer = organizer(ask(OWN, GUEST, zone=getattr(zones, name), options=options))
    assert answer.texts("Date") == [f"{day}T00:00:00"]
    assert answer.texts("DayQuality") == ["Excellent"]


class TestMovingAMeeting:
    """The meeting that is to be moved is no conflict, and its time comes first."""

    def wanted(self, suggest, **more):
        return suggest(MaximumResultsByDay=3, MinimumSuggestionQuality="Excellent", **more)

    def test_the_current_time_comes_first(self, organizer, busy, ask, suggest):
        options = self.wanted(suggest, CurrentMeetingTime="2026-06-25T13:10:00")
        assert times(organizer(ask(OWN, options=options))) == ["13:10", "08:00", "08:30"]
        busy(OWN, 13)
        assert times(organizer(ask(OWN, options=options))) == ["08:00", "08:30", "09:00"]

    @pytest.mark.parametrize("spelling", ["hexadecimal", "lower", "base64", "uid"])
    def test_the_meeting_does_not_conflict_with_itself(self, organizer, attendee, ask, suggest, spelling):
        created = organizer.create(
            attendees=(GUEST,), start="2026-06-25T10:00:00Z", end="2026-06-25T11:00:00Z", subject="Moving"
        )
        organizer.create(sending="SendToNone", start="2026-06-25T12:00:00Z", end="2026-06-25T13:00:00Z")
        (item_id,) = created.ids("CalendarItem")
        uid = organizer.get(item_id, paths=("calendar:UID",)).text("UID")
        goid = {
            "hexadecimal": uid.upper(),
            "lower": uid.lower(),
            "base64": base64.b64encode(global_object_id(uid)).decode(),
            "uid": uid,
        }[spelling]
        at_ten = {"MinimumSuggestionQuality": "Poor", "MaximumResultsByDay": 48}
        without = organizer(ask(OWN, GUEST, options=suggest(**at_ten)))
        assert standing(without, "10:00:00") == [("Individual", "Busy"), ("Individual", "Tentative")]
        moving = organizer(ask(OWN, GUEST, options=suggest(GlobalObjectId=goid, **at_ten)))
        assert standing(moving, "10:00:00") == [("Individual", "Free"), ("Individual", "Free")]
        assert standing(moving, "12:00:00") == [("Individual", "Busy"), ("Individual", "Free")]
        other = organizer(ask(OWN, GUEST, options=suggest(GlobalObjectId=f"{goid}00", **at_ten)))
        assert standing(other, "10:00:00") == standing(without, "10:00:00")
        assert organizer(ask(OWN, GUEST, options=suggest(GlobalObjectId="", **at_ten))).code == "NoError"

    def test_a_foreign_uid_is_known_too(self, organizer, busy, ask, suggest):
        busy(OWN, 10, uid="once@example.com")
        wrapped = global_object_id("once@example.com")
        for goid in ("once@example.com", wrapped.hex(), base64.b64encode(wrapped).decode()):
            options = suggest(GlobalObjectId=goid, MaximumResultsByDay=48)
            assert standing(organizer(ask(OWN, options=options)), "10:00:00") == [("Individual", "Free")]

    def test_one_occurrence_or_the_whole_series(self, organizer, world, busy, ask, suggest):
        recurrence = Recurrence(frequency=Frequency.DAILY, start=date(2026, 6, 25), count=3)
        whole = global_object_id(busy(OWN, 10, recurrence=recurrence).uid)
        day = date(2026, 6, 26)
        one = whole[:16] + day.year.to_bytes(2, "big") + bytes((day.month, day.day)) + whole[20:]
        days = {"start": "2026-06-25T00:00:00", "end": "2026-06-27T00:00:00"}
        for goid, found in ((whole, ["Free", "Free"]), (one, ["Busy", "Free"])):
            options = suggest(
                GlobalObjectId=goid.hex(), MaximumResultsByDay=48, MinimumSuggestionQuality="Poor", **days
            )
            answer = organizer(ask(OWN, options=options))
            told = [each for each in answer.all("Suggestion") if each.findtext(t("MeetingTime")).endswith("10:00:00")]
            assert [each.findtext(f".//{t('BusyType')}") for each in told] == found


WRONG = [
    ({"GoodThreshold": -1}, "ErrorMeetingSuggestionGenerationFailed"),
    ({"GoodThreshold": 51}, "ErrorMeetingSuggestionGenerationFailed"),
    ({"MaximumResultsByDay": 49}, "ErrorMeetingSuggestionGenerationFailed"),
    ({"MaximumResultsByDay": -1}, "ErrorMeetingSuggestionGenerationFailed"),
    ({"MaximumNonWorkHourResultsByDay": 49}, "ErrorMeetingSuggestionGenerationFailed"),
    ({"MeetingDurationInMinutes": 29}, "ErrorMeetingSuggestionGenerationFailed"),
    ({"MeetingDurationInMinutes": 1441}, "ErrorMeetingSuggestionGenerationFailed"),
    ({"end": "2026-08-06T00:00:01"}, "ErrorTimeIntervalTooBig"),
]
ALWAYS_FAULTS = [
    ({"end": "2026-06-25T00:00:00"}, "ErrorInvalidTimeInterval"),
    ({"end": "2026-06-24T00:00:00"}, "ErrorInvalidTimeInterval"),
    ({"end": "12026-06-25T00:00:00"}, "ErrorValueOutOfRange"),
    ({"CurrentMeetingTime": "12026-06-25T00:00:00"}, "ErrorValueOutOfRange"),
    ({"start": None}, "ErrorSchemaValidation"),
    ({"MinimumSuggestionQuality": "Best"}, "ErrorSchemaValidation"),
    ({"GoodThreshold": "many"}, "ErrorSchemaValidation"),
]


@pytest.mark.parametrize(("changes", "code"), [*WRONG, *ALWAYS_FAULTS])
@pytest.mark.parametrize("has_views", [False, True])
def test_wrong_arguments_are_faults(organizer, ask, suggest, changes, code, has_views):
    asked = {"more": suggest(**changes)} if has_views else {"options": suggest(**changes)}
    assert organizer(ask(OWN, **asked)).fault == code


def test_a_wrong_argument_is_named_with_its_range(organizer, ask, suggest):
    answer = organizer(ask(OWN, options=suggest(MeetingDurationInMinutes=15)))
    assert "30 to 1440; got 15" in answer.root.findtext(".//{*}Message")


@pytest.mark.requirement("EWS-MTG-299")
def test_too_many_mailboxes_are_a_fault(organizer, ask, suggest):
    crowd = [f"a{number}@example.com" for number in range(101)]
    assert organizer(ask(*crowd, options=suggest())).fault == "ErrorMailboxDataArrayTooBig"
    answer = organizer(ask(*crowd[:100], options=suggest(MaximumResultsByDay=1)))
    assert len(answer.all("UnknownAttendeeConflictData")) == 100


class TestErrorsOfTheSuggestions:
    """Wrong arguments of the suggestions, told in their own response; a server may do so."""

    @pytest.fixture
    def settings(self):
        return Settings(view_errors_are_faults=False)

    @pytest.mark.parametrize(("changes", "code"), WRONG)
    def test_the_other_half_is_answered(self, organizer, ask, suggest, changes, code):
        answer = organizer(ask(OWN, more=suggest(**changes)))
        assert answer.codes == ["NoError", code]
        assert not answer.all("SuggestionDayResult")

    @pytest.mark.parametrize(("changes", "code"), ALWAYS_FAULTS)
    def test_what_leaves_nothing_to_ask_is_a_fault_all_the_same(self, organizer, ask, suggest, changes, code):
        assert organizer(ask(OWN, more=suggest(**changes))).fault == code

    def test_suggestions_are_made_although_the_view_is_wrong(self, organizer, ask, suggest):
        answer = organizer(ask(OWN, view="None", more=suggest()))
        assert answer.codes == ["ErrorInvalidFreeBusyViewType", "NoError"]
        assert answer.texts("DayQuality") == ["Excellent"]


class TestPrivateCalendars:
    """Of a calendar that tells times alone, and of private events, the status is told as of any other."""

    @pytest.fixture
    def world(self, settings, tools):
        population = tuple(
            replace(mailbox, default_access=Level.REVIEWER) if mailbox.address == GUEST else mailbox
            for mailbox in default_population()
        )
        return tools.new_world(settings, population)

    def test_only_statuses_are_told(self, organizer, attendee, ask, suggest):
        attendee.create(
            sending="SendToNone",
            subject="Secret",
            before="<t:Sensitivity>Private</t:Sensitivity>",
            start="2026-06-25T10:00:00Z",
            end="2026-06-25T11:00:00Z",
        )
        answer = organizer(ask(GUEST, options=suggest(MaximumResultsByDay=48, MinimumSuggestionQuality="Poor")))
        assert standing(answer, "10:00:00") == [("Individual", "Busy")]
        assert b"Secret" not in answer.body
