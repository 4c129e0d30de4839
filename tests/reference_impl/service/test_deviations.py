"""Each named deviation does what its sentence says, and the same look at a faithful server shows the opposite."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import reference_impl.service
from reference_impl.domain.acts import ConflictResolution, Delivery, Sending
from reference_impl.domain.copying import replace
from reference_impl.domain.errors import DomainError
from reference_impl.domain.items import MessageKind, Response, Sensitivity, TimeSlot
from reference_impl.domain.mailbox import Mailbox, Person
from reference_impl.domain.permissions import Level
from reference_impl.service import events
from reference_impl.service.availability import free_busy
from reference_impl.service.deviations import ACT_FAULTS

NINE = datetime(2026, 1, 6, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
LATER = {"start": NINE + HOUR, "end": NINE + 2 * HOUR}
HOST = Mailbox(id="host", person=Person("host@example.com"), default_access=Level.REVIEWER)


def answered(stage, response=Response.TENTATIVE, **reply):
    event = stage.meet("attendee0", "attendee1")
    stage.answer(stage.attendee, stage.request(stage.attendee), response, **reply)
    return event


def answer_not_noted(stage):
    return stage.entry(answered(stage)).response is Response.NONE


def answer_time_not_noted(stage):
    entry = stage.entry(answered(stage))
    assert entry.response is Response.TENTATIVE
    return entry.response_time is None


def proposal_not_noted(stage):
    entry = stage.entry(answered(stage, proposal=TimeSlot(**LATER)))
    assert entry.response is Response.TENTATIVE
    return entry.proposal is None


def answers_survive_new_time(stage):
    event = answered(stage)
    stage.change(event, **LATER)
    return stage.entry(event).response is Response.TENTATIVE


def cancellation_ignored(stage):
    event = stage.meet("attendee0")
    events.cancel_event(stage.world, stage.organizer, event.id, None, Delivery())
    assert stage.inbox(stage.attendee, MessageKind.CANCELLATION)
    return not stage.copy(stage.attendee).is_cancelled


def declined_copy_stays(stage):
    answered(stage, Response.DECLINED)
    return len(stage.calendar(stage.attendee)) == 1


def older_requests_stay_current(stage):
    event = stage.meet("attendee0")
    old = stage.request(stage.attendee)
    stage.change(event, **LATER)
    return not stage.now(stage.attendee, old).is_out_of_date


def private_details_told(stage):
    stage.meet(actor=stage.who("host"), sensitivity=Sensitivity.PRIVATE)
    window = TimeSlot(NINE, NINE + HOUR)
    (schedule,) = free_busy(
        stage.world, stage.organizer, ["host@example.com"], window, 30, days_limit=42, mailboxes_limit=100
    )
    assert schedule.events[0].is_private
    return schedule.events[0].item is not None


def proposals_always_allowed(stage):
    stage.meet("attendee0", allow_new_time_proposals=False)
    try:
        stage.answer(stage.attendee, stage.request(stage.attendee), proposal=TimeSlot(**LATER))
    except DomainError:
        return False
    return True


def removed_not_told(stage):
    event = stage.meet("attendee0", "attendee1")
    stage.change(event, attendees=stage.guests("attendee0"))
    return stage.inbox(stage.other, MessageKind.CANCELLATION) == []


def request_stays_in_inbox(stage):
    answered(stage)
    return len(stage.inbox(stage.attendee)) == 1


def sent_copy_missing(stage):
    stage.meet("attendee0")
    assert len(stage.inbox(stage.attendee)) == 1
    return stage.sent(stage.organizer) == ()


def sequence_stands_still(stage):
    return stage.change(stage.meet("attendee0"), **LATER).sequence == 0


def stale_writer_wins(stage):
    event = answered(stage)
    try:
        events.update_event(
            stage.world,
            stage.organizer,
            event.id,
            lambda item: replace(item, subject="x"),
            Sending(),
            event.version,
            ConflictResolution.NEVER_OVERWRITE,
        )
    except DomainError:
        return False
    return True


@pytest.mark.parametrize("name", sorted(ACT_FAULTS))
def test_a_deviation_shows_exactly_when_it_is_switched_on(make_stage, name):
    from reference_impl.directory.population import default_population

    look = globals()[name.replace("-", "_")]
    people = (*default_population(), HOST)
    assert look(make_stage(population=people, faults=frozenset({name})))
    assert not look(make_stage(population=people))
    others = frozenset(ACT_FAULTS) - {name}
    alone = [other for other in sorted(others) if look_is_undisturbed(make_stage, people, look, other)]
    assert len(alone) >= len(others) - 3, "a deviation changes little else"


def look_is_undisturbed(make_stage, people, look, other):
    try:
        return not look(make_stage(population=people, faults=frozenset({other})))
    except AssertionError:
        return False


def test_each_deviation_is_looked_for_at_one_place():
    folder = Path(reference_impl.service.__file__).parent
    text = "\n".join(path.read_text() for path in folder.glob("*.py") if path.name != "deviations.py")
    looked_for = re.findall(r'"([a-z-]+)" (?:not )?in world\.faults', text)
    assert sorted(looked_for) == sorted(ACT_FAULTS)
