"""Absences: who is told, how often and in which words; and what an absence does to the calendar."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_impl.domain.acts import Delivery, MessageDraft
from reference_impl.domain.copying import replace
from reference_impl.domain.errors import ItemNotFound, OofDurationInvalid, OofPlanInvalid, OofReplyMissing
from reference_impl.domain.items import BodyType, MessageKind, Response, ShowAs, TimeSlot
from reference_impl.domain.mailbox import Person
from reference_impl.domain.oof import ExternalAudience, OofSettings, OofState, ReplyText, announced
from reference_impl.domain.recurrence import Frequency, Recurrence
from reference_impl.service import messages
from reference_impl.service.out_of_office import oof_settings, set_oof_settings
from reference_impl.service.settings import Settings

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)
NINE = datetime(2026, 1, 6, 9, tzinfo=UTC)
DAY = timedelta(days=1)
WEEK = TimeSlot(NINE - timedelta(hours=9), NINE + timedelta(days=5))
INSIDE = ReplyText("Back on Monday.")
OUTSIDE = ReplyText("<p>Away.</p>")


def away(**said):
    defaults = {"state": OofState.ENABLED, "internal": INSIDE, "external": OUTSIDE}
    return OofSettings(**(defaults | said))


def planned(**said):
    return away(state=OofState.SCHEDULED, slot=WEEK, **said)


def write(stage, sender, *to, cc=(), bcc=(), subject="Numbers"):
    stage.clock.tick()
    people = {"to": to, "cc": cc, "bcc": bcc}
    draft = MessageDraft(
        subject=subject, **{name: tuple(Person(one) for one in named) for name, named in people.items()}
    )
    messages.create_message(stage.world, sender, draft, Delivery())


def replies(stage, mailbox):
    return stage.inbox(mailbox, MessageKind.AUTOMATIC_REPLY)


def test_a_colleague_is_told_in_the_internal_words(stage):
    set_oof_settings(stage.world, stage.attendee, away())
    write(stage, stage.organizer, stage.attendee.address)
    (reply,) = replies(stage, stage.organizer)
    assert (reply.subject, reply.body.content, reply.body.type) == (
        "Automatic reply: Numbers",
        "Back on Monday.",
        BodyType.TEXT,
    )
    assert (reply.sender, reply.to) == (stage.attendee.person, (stage.organizer.person,))
    assert [message.subject for message in stage.inbox(stage.attendee)] == ["Numbers"]
    assert stage.sent(stage.attendee) == ()


def test_somebody_of_another_domain_is_told_in_the_external_words(stage):
    set_oof_settings(stage.world, stage.attendee, away())
    alex = stage.who("AlexW@contoso.com")
    write(stage, alex, stage.attendee.address)
    (reply,) = replies(stage, alex)
    assert (reply.body.content, reply.body.type) == ("<p>Away.</p>", BodyType.HTML)


@pytest.mark.parametrize(
    ("audience", "allowed", "told"),
    [
        (ExternalAudience.ALL, ExternalAudience.ALL, 1),
        (ExternalAudience.ALL, ExternalAudience.KNOWN, 0),
        (ExternalAudience.ALL, ExternalAudience.NONE, 0),
        (ExternalAudience.KNOWN, ExternalAudience.ALL, 0),
        (ExternalAudience.NONE, ExternalAudience.ALL, 0),
    ],
)
def test_the_audience_and_the_server_limit_who_outside_is_told(make_stage, audience, allowed, told):
    stage = make_stage(settings=Settings(external_replies=allowed))
    set_oof_settings(stage.world, stage.attendee, away(audience=audience))
    alex = stage.who("AlexW@contoso.com")
    for sender in (alex, stage.organizer):
        write(stage, sender, stage.attendee.address)
    assert len(replies(stage, alex)) == told
    assert len(replies(stage, stage.organizer)) == 1


def test_a_receipt_is_not_replied_to(stage):
    set_oof_settings(stage.world, stage.organizer, away())
    draft = MessageDraft(subject="Numbers", to=(stage.attendee.person,), delivery_receipt_requested=True)
    messages.create_message(stage.world, stage.organizer, draft, Delivery())
    assert [message.subject for message in stage.inbox(stage.organizer)] == ["Delivered: Numbers"]
    assert not replies(stage, stage.attendee)


@pytest.mark.parametrize(
    ("headers", "told"),
    [((), 1), ((("Auto-Submitted", "no"),), 1), ((("auto-submitted", "auto-replied; owner-email=x"),), 0)],
)
def test_what_a_machine_sent_is_not_replied_to(stage, headers, told):
    set_oof_settings(stage.world, stage.attendee, away())
    draft = MessageDraft(subject="Numbers", to=(stage.attendee.person,), headers=headers)
    messages.create_message(stage.world, stage.organizer, draft, Delivery())
    assert len(replies(stage, stage.organizer)) == told


def test_everybody_is_told_once_while_the_absence_lasts(stage):
    set_oof_settings(stage.world, stage.attendee, away())
    for _ in range(3):
        write(stage, stage.organizer, stage.attendee.address)
        write(stage, stage.other, stage.attendee.address)
    assert len(replies(stage, stage.organizer)) == len(replies(stage, stage.other)) == 1


def test_other_words_do_not_begin_another_absence_but_a_return_ends_it(stage):
    set_oof_settings(stage.world, stage.attendee, away())
    write(stage, stage.organizer, stage.attendee.address)
    stage.clock.tick()
    set_oof_settings(stage.world, stage.attendee, away(internal=ReplyText("Back on Tuesday.")))
    write(stage, stage.organizer, stage.attendee.address)
    assert len(replies(stage, stage.organizer)) == 1
    stage.clock.tick()
    set_oof_settings(stage.world, stage.attendee, OofSettings())
    write(stage, stage.organizer, stage.attendee.address)
    assert len(replies(stage, stage.organizer)) == 1
    set_oof_settings(stage.world, stage.attendee, away())
    write(stage, stage.organizer, stage.attendee.address)
    assert len(replies(stage, stage.organizer)) == 2


def test_a_scheduled_absence_is_told_of_while_it_lasts(stage):
    set_oof_settings(stage.world, stage.attendee, planned())
    write(stage, stage.organizer, stage.attendee.address)
    assert replies(stage, stage.organizer) == []
    stage.clock.set(WEEK.start)
    write(stage, stage.organizer, stage.attendee.address)
    assert len(replies(stage, stage.organizer)) == 1
    stage.clock.set(WEEK.end)
    write(stage, stage.other, stage.attendee.address)
    assert replies(stage, stage.other) == []


def test_without_words_nobody_is_told(stage):
    set_oof_settings(stage.world, stage.attendee, away(internal=ReplyText(), external=ReplyText()))
    for sender in (stage.organizer, stage.who("AlexW@contoso.com")):
        write(stage, sender, stage.attendee.address)
        assert replies(stage, sender) == []


def test_two_who_are_away_do_not_talk_forever(stage):
    for mailbox in (stage.organizer, stage.attendee):
        set_oof_settings(stage.world, mailbox, away())
    write(stage, stage.organizer, stage.attendee.address)
    assert len(replies(stage, stage.organizer)) == 1
    assert replies(stage, stage.attendee) == []


def test_invitations_are_replied_to_and_answers_are_not(stage):
    for mailbox in (stage.organizer, stage.attendee):
        set_oof_settings(stage.world, mailbox, away())
    stage.meet("attendee0")
    assert len(replies(stage, stage.organizer)) == 1
    stage.answer(stage.attendee, stage.request(stage.attendee))
    assert replies(stage, stage.attendee) == []
    assert [message.kind for message in stage.inbox(stage.organizer)] == [
        MessageKind.AUTOMATIC_REPLY,
        MessageKind.RESPONSE,
    ]


def test_nobody_tells_themselves(stage):
    set_oof_settings(stage.world, stage.attendee, away())
    write(stage, stage.attendee, stage.attendee.address)
    assert replies(stage, stage.attendee) == []


@pytest.mark.parametrize(
    ("people", "told"),
    [
        ({"to": ("attendee0@example.com",)}, 1),
        ({"to": ("attendee1@example.com",), "cc": ("attendee0@example.com",)}, 1),
        ({"to": ("attendee1@example.com",), "bcc": ("attendee0@example.com",)}, 1),
        ({"to": ("list0@example.com", "attendee0@example.com")}, 1),
        ({"to": ("list0@example.com",)}, 0),
        ({"to": ("attendee8@example.com",), "cc": ("list0@example.com",)}, 0),
    ],
)
def test_what_came_by_a_list_alone_is_not_answered(stage, people, told):
    set_oof_settings(stage.world, stage.attendee, away())
    write(stage, stage.organizer, *people.pop("to"), **people)
    assert len(stage.inbox(stage.attendee)) == 1
    assert len(replies(stage, stage.organizer)) == told


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        (away(state=OofState.SCHEDULED), OofDurationInvalid),
        (away(state=OofState.SCHEDULED, slot=TimeSlot(NINE, NINE)), OofDurationInvalid),
        (away(state=OofState.SCHEDULED, slot=TimeSlot(NINE, NINE - DAY)), OofDurationInvalid),
        (away(state=OofState.SCHEDULED, slot=TimeSlot(NOW - DAY, NOW)), OofDurationInvalid),
        (away(internal=None), OofReplyMissing),
        (away(external=None), OofReplyMissing),
        (planned(internal=None), OofReplyMissing),
    ],
)
def test_what_cannot_be_followed_is_refused_and_changes_nothing(stage, settings, error):
    set_oof_settings(stage.world, stage.attendee, away())
    before = stage.snapshot()
    with pytest.raises(error):
        set_oof_settings(stage.world, stage.attendee, settings)
    assert stage.snapshot() == before


def test_no_external_words_are_needed_where_nobody_outside_is_told(stage):
    kept = set_oof_settings(stage.world, stage.attendee, away(external=None, audience=ExternalAudience.NONE))
    assert oof_settings(stage.world, stage.attendee) == kept


moments = st.datetimes(timezones=st.just(UTC))
texts = st.none() | st.builds(ReplyText, st.text(), st.sampled_from(["", "en", "da-DK"]))
said = st.builds(
    OofSettings,
    state=st.sampled_from(OofState),
    slot=st.none() | st.builds(TimeSlot, moments, moments),
    internal=texts,
    since=st.none() | moments,
)


@given(said, said, moments)
def test_an_announcement_keeps_its_beginning_exactly_while_it_goes_on(before, after, now):
    made = announced(before, after, now)
    goes_on = after.state is not OofState.DISABLED and (before.state, before.slot) == (after.state, after.slot)
    assert made.since == (before.since if goes_on else now)
    assert replace(made, since=after.since) == after


# What an absence does to the calendar


@pytest.fixture
def online(make_stage):
    return make_stage(settings=Settings.online())


def test_elsewhere_an_absence_leaves_the_calendar_alone(stage):
    stage.meet("attendee0")
    everything = planned(
        declines_events=True, declines_all_events=True, creates_event=True, declines_requests=True, declining=INSIDE
    )
    kept = set_oof_settings(stage.world, stage.attendee, everything)
    assert (kept.event_id, kept.declines_all_events) == (None, True)
    assert [event.my_response for event in stage.calendar(stage.attendee)] == [Response.NOT_RESPONDED]
    stage.clock.set(NINE)
    stage.meet("attendee0", subject="Later", start=NINE + DAY)
    assert {event.my_response for event in stage.calendar(stage.attendee)} == {Response.NOT_RESPONDED}


def test_an_absence_puts_itself_on_the_calendar_and_moves_with_its_times(online):
    kept = set_oof_settings(online.world, online.attendee, planned(creates_event=True, event_subject="Ski"))
    (event,) = online.calendar(online.attendee)
    assert (event.id, event.subject, event.show_as, event.slot) == (kept.event_id, "Ski", ShowAs.OOF, WEEK)
    later = TimeSlot(WEEK.start + DAY, WEEK.end + DAY)
    moved = away(state=OofState.SCHEDULED, slot=later, creates_event=True)
    again = set_oof_settings(online.world, online.attendee, moved)
    (event,) = online.calendar(online.attendee)
    assert (again.event_id, event.slot) == (kept.event_id, later)


def test_an_absence_declines_what_is_in_its_way(online):
    of_others = online.meet("attendee0", "attendee1", subject="Theirs")
    own = online.meet("organizer0", actor=online.attendee, subject="Own")
    online.meet(actor=online.attendee, subject="Alone")
    after = online.meet("attendee0", subject="After", start=WEEK.end + DAY)
    set_oof_settings(
        online.world,
        online.attendee,
        planned(declines_events=True, declines_all_events=True, declining=ReplyText("I am away."), creates_event=True),
    )
    assert {event.subject for event in online.calendar(online.attendee)} == {"Out of office", "After"}
    assert {item.subject for item in online.deleted(online.attendee)} == {"Theirs", "Canceled: Own", "Alone"}
    assert online.entry(of_others).response is Response.DECLINED
    assert online.entry(after).response is Response.NONE
    (declined,) = online.inbox(online.organizer, MessageKind.RESPONSE)
    assert (declined.subject, declined.body.content) == ("Declined: Theirs", "I am away.")
    (cancelled,) = online.inbox(online.organizer, MessageKind.CANCELLATION)
    assert (cancelled.meeting.uid, cancelled.body.content) == (own.uid, "I am away.")


def test_an_absence_declines_the_occurrences_in_its_way(online):
    daily = Recurrence(frequency=Frequency.DAILY, start=NINE.date(), count=10)
    series = online.meet("attendee0", recurrence=daily)
    set_oof_settings(online.world, online.attendee, planned(declines_events=True, declines_all_events=True))
    (left,) = online.calendar(online.attendee)
    assert left.uid == series.uid
    assert [day.isoformat() for day in left.deleted] == [f"2026-01-{day:02}" for day in range(6, 11)]
    assert len(online.inbox(online.organizer, MessageKind.RESPONSE)) == 5


def test_an_absence_declines_the_events_that_are_named(online):
    online.meet("attendee0", subject="One")
    online.meet("attendee0", subject="Two")
    unwanted = next(event.id for event in online.calendar(online.attendee) if event.subject == "Two")
    set_oof_settings(online.world, online.attendee, planned(declines_events=True), [unwanted])
    assert [event.subject for event in online.calendar(online.attendee)] == ["One"]
    before = online.snapshot()
    for no_event in (unwanted, online.inbox(online.attendee)[0].id):
        with pytest.raises(ItemNotFound):
            set_oof_settings(online.world, online.attendee, planned(declines_events=True), [no_event])
    assert online.snapshot() == before


@pytest.mark.parametrize(
    ("settings", "unwanted"),
    [
        (away(declines_requests=True), ()),
        (away(declines_events=True), ()),
        (planned(declines_all_events=True), ()),
        (planned(), ("x",)),
        (planned(declines_events=True, declines_all_events=True), ("x",)),
    ],
)
def test_contradictory_plans_are_refused(online, settings, unwanted):
    before = online.snapshot()
    with pytest.raises(OofPlanInvalid):
        set_oof_settings(online.world, online.attendee, settings, unwanted)
    assert online.snapshot() == before


def test_requests_that_arrive_during_the_absence_are_declined(online):
    settings = planned(declines_requests=True, declining=ReplyText("I am away."))
    set_oof_settings(online.world, online.attendee, settings)
    early = online.meet("attendee0", subject="Early")
    assert online.entry(early).response is Response.NONE
    online.clock.set(WEEK.start + DAY)
    meeting = online.meet("attendee0", subject="Plan", start=WEEK.end + DAY)
    assert online.entry(meeting).response is Response.DECLINED
    assert [message.subject for message in online.inbox(online.organizer)] == [
        "Declined: Plan",
        "Automatic reply: Plan",
    ]
    assert online.inbox(online.organizer, MessageKind.RESPONSE)[0].body.content == "I am away."
    assert [event.subject for event in online.calendar(online.attendee)] == ["Early"]
