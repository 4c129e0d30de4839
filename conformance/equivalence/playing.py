"""A story acted out by a cast, and what its mailboxes show afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from conformance.actor.acts import Refused
from conformance.actor.views import Slot
from conformance.equivalence.cast import ORGANIZER, Cast, NotThere
from conformance.equivalence.facts import Deed, Fact, Played, Thing
from conformance.equivalence.reading import NOTHING
from conformance.equivalence.scenarios import Scenario
from conformance.equivalence.sight import CALENDAR

DONE, REFUSED, IMPOSSIBLE = "done", "refused", "not possible"
_STILL = 3  # so many looks that show the same end the wait for deliveries
_FIRST_HOUR, _LAST_HOUR = 7, 13  # of the day, where free and busy hours are asked for


def play(scenario: Scenario, cast: Cast) -> Played:
    """Play a story to its end, or to the first step that cannot be taken, and look at everybody's mailbox.

    Looking may itself raise Refused, and NotThere where deliveries have not ended in time; what the cast's transport
    raises passes.
    """
    deeds: list[Deed] = []
    for step in scenario.steps:
        outcome, code = DONE, ""
        try:
            step.do(cast)
        except Refused as refusal:
            outcome, code = REFUSED, refusal.code
        except NotThere as problem:
            outcome, code = IMPOSSIBLE, str(problem)
        deeds.append(Deed(step.words, outcome, code, cast.here(), step.may_be_refused))
        if outcome != DONE and not step.may_be_refused:
            break
        if outcome == DONE:
            cast.settle(step.who, (role for role in scenario.readers if role != step.who))
    people = {role: cast.address(role) for role in scenario.people}
    return Played(cast.protocol, people, tuple(deeds), _stillness(scenario, cast))


def _stillness(scenario: Scenario, cast: Cast) -> Mapping[str, tuple[Thing, ...]]:
    """The mailboxes, once they no longer change."""
    shown = _mailboxes(scenario, cast)
    if not cast.waits:
        return shown
    latest, same = shown, 1

    def is_still() -> bool:
        nonlocal latest, same
        again = _mailboxes(scenario, cast)
        same = same + 1 if _plain(again) == _plain(latest) else 1
        latest = again
        return same >= _STILL

    if not cast.eventually(is_still, "the mailboxes to come to rest"):
        raise NotThere("the mailboxes did not come to rest")
    return latest


def _plain(mailboxes: Mapping[str, tuple[Thing, ...]]) -> object:
    return {
        role: [(thing.folder, thing.kind, {name: fact.value for name, fact in thing.facts.items()}) for thing in things]
        for role, things in mailboxes.items()
    }


def _mailboxes(scenario: Scenario, cast: Cast) -> Mapping[str, tuple[Thing, ...]]:
    reading = cast.reading(scenario.people)
    window = Slot(cast.at(0, -1), cast.at(0, scenario.days + 1)) if scenario.days else None
    shown = {role: cast.speaker(role).sight(reading, window, cast.here) for role in scenario.readers}
    hours = Slot(cast.at(_FIRST_HOUR), cast.at(_LAST_HOUR))
    for role in scenario.asks:
        answer = cast.speaker(ORGANIZER).free_busy(cast.address(role), hours, reading, cast.here)
        shown[ORGANIZER] = (*shown[ORGANIZER], answer)
    return {role: _named(things, shown[ORGANIZER]) for role, things in shown.items()}


def _named(things: tuple[Thing, ...], organizers: tuple[Thing, ...]) -> tuple[Thing, ...]:
    """The things of a mailbox with ids in words: which item a message belongs to, whose UID an item has."""
    own = {thing.id for thing in things if thing.folder == CALENDAR}
    uids = {thing.uid for thing in organizers if thing.folder == CALENDAR}
    return tuple(replace(thing, facts=_in_words(thing, own, uids)) for thing in things)


def _in_words(thing: Thing, own: set[str], uids: set[str]) -> Mapping[str, Fact]:
    facts = dict(thing.facts)
    if (linked := facts.get("event")) is not None and linked.value != NOTHING:
        words = "in the calendar" if linked.value in own else "elsewhere"
        facts["event"] = Fact(words, linked.path)
    if thing.folder == CALENDAR and thing.kind in {"meeting", "series"} and uids:
        words = "the organizer's" if thing.uid in uids else "another"
        facts["UID"] = Fact(words if thing.uid else NOTHING, thing.path)
    return facts
