"""GetUserAvailability: what of a calendar is told to whom, lists, and the switches of undecided points."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from reference_impl.directory.population import default_population
from reference_impl.domain.acts import Audience, EventDraft, Sending
from reference_impl.domain.copying import replace
from reference_impl.domain.items import ShowAs
from reference_impl.domain.mailbox import Mailbox, MailboxKind, Person
from reference_impl.domain.permissions import FreeBusyAccess, Level
from reference_impl.domain.timezone import zone
from reference_impl.ews.namespaces import t
from reference_impl.service import events
from reference_impl.service.directory import find_mailbox
from reference_impl.service.settings import Settings

OWN = "organizer0@example.com"
TIMES, SOME, ALL = FreeBusyAccess.TIME_ONLY, FreeBusyAccess.TIME_SUBJECT_LOCATION, FreeBusyAccess.FULL
LEVELS = {
    FreeBusyAccess.NONE: Level.NONE,
    TIMES: Level.TIME_ONLY,
    SOME: Level.TIME_SUBJECT_LOCATION,
    ALL: Level.REVIEWER,
}
DELIVERED = {
    TIMES: {
        "MergedOnly": "MergedOnly",
        "FreeBusy": "FreeBusy",
        "FreeBusyMerged": "FreeBusyMerged",
        "Detailed": "FreeBusy",
        "DetailedMerged": "FreeBusyMerged",
    },
    **{
        access: {view: view for view in ("MergedOnly", "FreeBusy", "FreeBusyMerged", "Detailed", "DetailedMerged")}
        for access in (SOME, ALL)
    },
}
"""Access -> asked view -> delivered view."""


def flags(details):
    return {name: details.findtext(t(name)) for name in ("IsMeeting", "IsReminderSet", "IsPrivate")}


class TestAccess:
    """What a calendar's owner lets others see decides the view."""

    @pytest.fixture(params=list(FreeBusyAccess))
    def access(self, request):
        return request.param

    @pytest.fixture
    def world(self, settings, access, tools):
        population = tuple(
            replace(mailbox, default_access=LEVELS[access]) if mailbox.address == OWN else mailbox
            for mailbox in default_population()
        )
        return tools.new_world(settings, population)

    @pytest.fixture
    def secret(self, organizer, day):
        """A private event beside the others."""
        organizer.create(
            sending="SendToNone",
            subject="Secret",
            before="<t:Sensitivity>Private</t:Sensitivity>",
            start="2026-06-25T16:00:00Z",
            end="2026-06-25T17:00:00Z",
        )

    @pytest.mark.requirement("EWS-MTG-292", "EWS-MTG-293")
    def test_each_level_has_its_views(self, organizer, attendee, secret, access, ask):
        if access is FreeBusyAccess.NONE:
            answer = attendee(ask(OWN, OWN.replace("0", "9"), "attendee0@example.com"))
            assert answer.codes == ["ErrorNoFreeBusyAccess", "ErrorMailRecipientNotFound", "NoError"]
            return
        for asked, delivered in DELIVERED[access].items():
            answer = attendee(ask(OWN, view=asked))
            assert answer.text("FreeBusyViewType") == delivered
            assert len(answer.all("CalendarEvent")) == (0 if delivered == "MergedOnly" else 5)
            assert bool(answer.all("MergedFreeBusy")) is ("Merged" in delivered)
            assert (b"Budget" in answer.body) is (b"Hall" in answer.body) is delivered.startswith("Detailed")
            assert bool(answer.all("WorkingHours")) is (delivered != "MergedOnly")
            assert len(answer.all("ID")) == (4 if access is ALL and delivered.startswith("Detailed") else 0)

    @pytest.mark.requirement("EWS-MTG-294")
    def test_a_private_event_is_a_time_and_a_flag(self, organizer, attendee, secret, access, ask):
        answer = attendee(ask(OWN))
        assert b"Secret" not in answer.body
        if access in {SOME, ALL}:
            (private,) = [found for found in answer.all("CalendarEventDetails") if flags(found)["IsPrivate"] == "true"]
            assert not {t("ID"), t("Subject"), t("Location")} & {child.tag for child in private}
            assert flags(private) == {"IsMeeting": "false", "IsReminderSet": "false", "IsPrivate": "true"}
            event = private.getparent()
            assert event.findtext(t("StartTime")) == "2026-06-25T16:00:00"
            assert event.findtext(t("BusyType")) == "Busy"
        own = organizer(ask(OWN))
        assert own.text("FreeBusyViewType") == "DetailedMerged"
        assert b"Secret" in own.body
        assert [flags(found)["IsPrivate"] for found in own.all("CalendarEventDetails")].count("true") == 1


@pytest.mark.requirement("EWS-MTG-293")
def test_one_request_may_have_several_views(organizer, attendee, day, ask):
    """The population lets the organizer see attendee9 in full, and the others' times only."""
    answer = organizer(ask(OWN, "attendee9@example.com", "attendee0@example.com", "list0@example.com"))
    shown = [found.text for found in answer.all("FreeBusyViewType")]
    assert shown == ["DetailedMerged", "DetailedMerged", "FreeBusyMerged", "MergedOnly"]


@pytest.mark.requirement("EWS-MTG-292")
def test_details_tell_meetings_and_reminders(organizer, meeting, ask):
    (details,) = organizer(ask(OWN)).all("CalendarEventDetails")
    assert flags(details) == {"IsMeeting": "true", "IsReminderSet": "true", "IsPrivate": "false"}


@pytest.mark.requirement("EWS-MTG-300")
@pytest.mark.parametrize("view", ["MergedOnly", "FreeBusy", "FreeBusyMerged", "Detailed", "DetailedMerged"])
def test_a_list_is_merged_into_one_stream(organizer, attendee, other, ask, view):
    for speaker, hour in ((attendee, 10), (other, 12)):
        speaker.create(sending="SendToNone", start=f"2026-06-25T{hour}:00:00Z", end=f"2026-06-25T{hour + 1}:00:00Z")
    answer = organizer(ask("list0@example.com", view=view))
    assert answer.text("FreeBusyViewType") == "MergedOnly"
    assert answer.text("MergedFreeBusy") == "0" * 10 + "202" + "0" * 11
    assert not answer.all("CalendarEventArray")
    assert not answer.all("WorkingHours")


class TestSmallLists:
    """A list with more members than are expanded."""

    @pytest.fixture
    def settings(self):
        return Settings(free_busy_list_members=4)

    @pytest.mark.requirement("EWS-MTG-301")
    def test_a_list_too_large_is_not_expanded(self, organizer, ask):
        answer = organizer(ask("list0@example.com", OWN))
        assert answer.codes == ["ErrorFreeBusyDLLimitReached", "NoError"]
        text = answer.root.findtext(".//{*}MessageText")
        assert "5" in text
        assert "4" in text


class TestFewEvents:
    """More events than are told of one mailbox."""

    @pytest.fixture
    def settings(self):
        return Settings(free_busy_events=3)

    def test_too_many_events_are_the_mailbox_own_error(self, organizer, day, ask):
        answer = organizer(ask(OWN, "attendee0@example.com"))
        assert answer.codes == ["ErrorResultSetTooBig", "NoError"]
        assert organizer(ask(OWN, end="2026-06-25T15:00:00")).code == "NoError"


class TestUnknownMembers:
    """A list with a member whom nobody knows."""

    @pytest.fixture
    def world(self, settings, tools):
        odd = Mailbox(
            id="00000000-0000-0000-0000-000000000001",
            person=Person("odd@example.com"),
            kind=MailboxKind.LIST,
            members=("stranger@example.com", "attendee0@example.com"),
        )
        return tools.new_world(settings, (*default_population(), odd))

    @pytest.fixture(params=[False, True])
    def settings(self, request):
        return Settings(working_elsewhere_has_digit=request.param)

    @pytest.mark.parametrize("version", ["Exchange2010", "Exchange2013"])
    def test_they_are_no_data_where_nobody_is_busy(self, organizer, attendee, ask, settings, version):
        attendee.create(sending="SendToNone", start="2026-06-25T01:00:00Z", end="2026-06-25T02:00:00Z")
        answer = organizer.at(version)(ask("odd@example.com", end="2026-06-25T03:00:00"))
        no_data = "5" if settings.working_elsewhere_has_digit and version == "Exchange2013" else "4"
        assert answer.text("MergedFreeBusy") == f"{no_data}2{no_data}"


class TestWorkingElsewhere:
    """The digit of working elsewhere is a switch; the event tells it from Exchange2013 on."""

    @pytest.fixture(params=[False, True])
    def settings(self, request):
        return Settings(working_elsewhere_has_digit=request.param)

    @pytest.mark.parametrize(
        ("version", "word"), [("Exchange2010_SP2", "Free"), ("Exchange2013", "WorkingElsewhere"), (None, "Free")]
    )
    def test_an_hour_elsewhere(self, organizer, ask, settings, version, word):
        organizer.create(
            sending="SendToNone",
            start="2026-06-25T01:00:00Z",
            end="2026-06-25T02:00:00Z",
            inner="<t:LegacyFreeBusyStatus>WorkingElsewhere</t:LegacyFreeBusyStatus>",
        )
        answer = organizer.at(version)(ask(OWN, end="2026-06-25T03:00:00"))
        has_digit = settings.working_elsewhere_has_digit and word == "WorkingElsewhere"
        assert answer.text("MergedFreeBusy") == ("040" if has_digit else "000")
        assert answer.text("BusyType") == word


class TestErrorsOfEachMailbox:
    """Wrong arguments of a view, told by each mailbox; a server may do so."""

    @pytest.fixture
    def settings(self):
        return Settings(view_errors_are_faults=False)

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"end": "2026-08-06T00:00:01"}, "ErrorTimeIntervalTooBig"),
            ({"interval": 4}, "ErrorInvalidMergedFreeBusyInterval"),
            ({"view": "None"}, "ErrorInvalidFreeBusyViewType"),
        ],
    )
    def test_wrong_arguments_of_a_view(self, organizer, ask, changes, code):
        answer = organizer(ask(OWN, "nobody@example.com", **changes))
        assert answer.codes == [code, code]
        assert [found.text for found in answer.all("FreeBusyViewType")] == ["None", "None"]

    @pytest.mark.parametrize(
        ("changes", "code"),
        [({"end": "2026-06-25T00:00:00"}, "ErrorInvalidTimeInterval"), ({"options": ""}, "ErrorMissingArgument")],
    )
    def test_what_leaves_nothing_to_ask_is_a_fault_all_the_same(self, organizer, ask, changes, code):
        assert organizer(ask(OWN, **changes)).fault == code


class TestFailuresWithoutAView:
    """A server may leave out the view of a mailbox about which it tells nothing."""

    @pytest.fixture
    def settings(self):
        return Settings(failed_view_is_told=False)

    @pytest.mark.requirement("EWS-MTG-284")
    def test_an_unknown_mailbox_has_a_message_alone(self, organizer, ask):
        answer = organizer(ask("nobody@example.com"))
        assert answer.code == "ErrorMailRecipientNotFound"
        assert not answer.all("FreeBusyViewType")


LOCAL_START = datetime(2026, 10, 24, 12)  # noqa: DTZ001  the clock of Berlin, which goes back the next night
spans = st.lists(
    st.tuples(
        st.integers(-300, 2000), st.integers(1, 400), st.sampled_from([ShowAs.TENTATIVE, ShowAs.BUSY, ShowAs.OOF])
    ),
    max_size=5,
)


@pytest.mark.requirement("EWS-MTG-285", "EWS-MTG-286")
@hypothesis_settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spans, st.integers(1, 1700), st.integers(5, 90))
def test_digits_count_every_minute_of_the_request_s_own_clock(tools, ask, zones, spans, length, interval):
    """Minute by minute, across the night in which an hour comes twice."""
    world = tools.new_world(Settings())
    speaker = tools.speaker(world, OWN)
    berlin = zone("Europe/Berlin")
    start = LOCAL_START.replace(tzinfo=berlin).astimezone(UTC)
    minute = timedelta(minutes=1)
    for first, minutes, show_as in spans:
        draft = EventDraft(start=start + first * minute, end=start + (first + minutes) * minute, show_as=show_as)
        events.create_event(world, find_mailbox(world, OWN), draft, Sending(Audience.NOBODY))
    local_end = LOCAL_START + max(length, interval) * minute
    end = local_end.replace(tzinfo=berlin).astimezone(UTC)
    strength = {None: "0", ShowAs.TENTATIVE: "1", ShowAs.BUSY: "2", ShowAs.OOF: "3"}
    by_minute = [
        max(["0", *(strength[show_as] for first, minutes, show_as in spans if first <= number < first + minutes)])
        for number in range((end - start) // minute)
    ]
    expected = [max(by_minute[first : first + interval]) for first in range(0, len(by_minute), interval)]
    window = {"start": LOCAL_START.isoformat(), "end": local_end.isoformat()}
    answer = speaker(ask(OWN, zone=zones.berlin, view="MergedOnly", interval=interval, **window))
    assert answer.text("MergedFreeBusy") == "".join(expected)
    world.store.close()
