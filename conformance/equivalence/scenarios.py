"""The stories that are told in both protocols."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.actor.views import Answer, ShowAs
from conformance.equivalence.cast import ORGANIZER, ROOM
from conformance.equivalence.steps import (
    FIRST,
    Block,
    Call,
    Cancel,
    Delete,
    Forward,
    OverwriteUnseen,
    Remove,
    Respond,
    Step,
    Update,
)

SECOND, THIRD = "attendee1", "attendee2"
SHARING = "attendee9"
"""Who shows others the details of the calendar, on a server with so many people; elsewhere that story is not told."""
AREAS = ("call", "answer", "propose", "update", "cancel", "forward", "delete", "series", "availability")


@dataclass(frozen=True, slots=True)
class Scenario:
    """A story: its name (which begins with its area), a sentence, its steps, and what the server must offer.

    ``days`` is how many days its series covers, 0 without one; ``asks`` names whose free and busy hours the organizer
    asks for at the end; ``is_part`` tells that other stories show the same, so that the suite need not play it.
    """

    name: str
    sentence: str
    steps: tuple[Step, ...]
    needs: frozenset[str] = frozenset()
    days: int = 0
    asks: tuple[str, ...] = ()
    is_part: bool = False

    @property
    def area(self) -> str:
        """What it is about."""
        return self.name.partition("-")[0]

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody in it, by role, the organizer first."""
        return tuple(dict.fromkeys(role for step in self.steps for role in step.people))

    @property
    def readers(self) -> tuple[str, ...]:
        """Those whose mailboxes are looked at: rooms have none that anybody may open."""
        return tuple(role for role in self.people if not role.startswith(ROOM.rstrip("0")))


_PROPOSALS = frozenset({"propose-new-time"})
_AVAILABILITY = frozenset({"availability"})
_SERIES = Call(repeats=3)
_COMMENT = "I will let you know."


def _scenario(name: str, sentence: str, *steps: Step, **more: object) -> Scenario:
    return Scenario(name, sentence, steps, **more)  # type: ignore[arg-type]  # its fields


SCENARIOS: tuple[Scenario, ...] = (
    _scenario("call", "A meeting is called.", Call(required=(FIRST, SECOND), optional=(THIRD,))),
    _scenario(
        "call-room", "A meeting is called in a room.", Call(rooms=(ROOM,)), needs=frozenset({"rooms"}), is_part=True
    ),
    _scenario("call-silently", "A meeting is kept without inviting anybody.", Call(sends=False)),
    _scenario("answer-accept", "An attendee accepts.", Call(), Respond(Answer.ACCEPT), is_part=True),
    _scenario("answer-tentative", "An attendee accepts tentatively.", Call(), Respond(Answer.TENTATIVE), is_part=True),
    _scenario("answer-decline", "An attendee declines.", Call(), Respond(Answer.DECLINE), is_part=True),
    _scenario(
        "answer-with-comment",
        "Two attendees answer with a comment.",
        Call(required=(FIRST, SECOND)),
        Respond(Answer.ACCEPT, comment=_COMMENT),
        Respond(Answer.DECLINE, SECOND, comment=_COMMENT),
    ),
    _scenario(
        "answer-unsent",
        "Two attendees answer for themselves, and nobody is told.",
        Call(required=(FIRST, SECOND)),
        Respond(Answer.ACCEPT, sends=False),
        Respond(Answer.DECLINE, SECOND, sends=False),
    ),
    _scenario(
        "answer-twice",
        "An attendee answers by the calendar, and otherwise later.",
        Call(),
        Respond(Answer.TENTATIVE, by_event=True),
        Respond(Answer.ACCEPT, by_event=True),
    ),
    _scenario(
        "propose-tentatively",
        "An attendee proposes a new time and the organizer takes it up.",
        Call(),
        Respond(Answer.TENTATIVE, proposes=15),
        needs=_PROPOSALS,
        is_part=True,
    ),
    _scenario(
        "propose-declining",
        "An attendee declines and proposes a new time.",
        Call(),
        Respond(Answer.DECLINE, proposes=15),
        needs=_PROPOSALS,
    ),
    _scenario(
        "propose-accepting",
        "An attendee accepts and proposes a new time nonetheless.",
        Call(),
        Respond(Answer.ACCEPT, proposes=15),
        needs=_PROPOSALS,
    ),
    _scenario(
        "propose-taken-up",
        "A proposed time is taken up.",
        Call(),
        Respond(Answer.TENTATIVE, proposes=15),
        Update(hour=15),
        needs=_PROPOSALS,
    ),
    _scenario(
        "propose-unwelcome",
        "A new time is proposed where the organizer allows none.",
        Call(allows_proposals=False),
        Respond(Answer.TENTATIVE, proposes=15, may_be_refused=True),
        needs=_PROPOSALS,
    ),
    _scenario(
        "update-time",
        "A meeting that was accepted is moved.",
        Call(),
        Respond(Answer.ACCEPT),
        Update(hour=14),
        is_part=True,
    ),
    _scenario(
        "update-place",
        "A meeting that was accepted gets another place.",
        Call(),
        Respond(Answer.ACCEPT),
        Update(location="Upstairs"),
    ),
    _scenario("update-subject", "A meeting gets another subject.", Call(), Update(subject="Yearly plan"), is_part=True),
    _scenario(
        "update-people",
        "One attendee goes, another comes.",
        Call(required=(FIRST, SECOND)),
        Update(required=(FIRST,), optional=(THIRD,)),
    ),
    _scenario("update-silently", "A meeting is changed and nobody is told.", Call(), Update(hour=14, sends=False)),
    _scenario("update-unseen", "A change is written over another that was not seen.", Call(), OverwriteUnseen()),
    _scenario("cancel", "A meeting is cancelled.", Call(), Respond(Answer.ACCEPT), Cancel("The figures are late.")),
    _scenario("cancel-removed", "A cancelled meeting is removed.", Call(), Cancel(), Remove()),
    _scenario("forward", "An attendee forwards a meeting.", Call(), Forward(THIRD, comment="Do come.")),
    _scenario(
        "forward-by-organizer", "The organizer forwards a meeting.", Call(), Forward(THIRD, ORGANIZER), is_part=True
    ),
    _scenario("delete", "The organizer deletes a meeting.", Call(), Delete()),
    _scenario("delete-by-attendee", "An attendee deletes a meeting.", Call(), Respond(Answer.ACCEPT), Delete(FIRST)),
    _scenario("delete-silently", "A meeting is deleted and nobody is told.", Call(), Delete(sends=False)),
    _scenario("series", "A series is called and accepted.", _SERIES, Respond(Answer.ACCEPT), days=3),
    _scenario(
        "series-exception",
        "One occurrence of a series is moved, another is cancelled.",
        _SERIES,
        Update(hour=14, occurrence=1),
        Cancel(occurrence=2),
        days=3,
    ),
    _scenario(
        "series-answers",
        "Occurrences of a series are answered, one by one.",
        _SERIES,
        Respond(Answer.ACCEPT, occurrence=0),
        Respond(Answer.DECLINE, occurrence=1),
        days=3,
    ),
    _scenario(
        "series-deleted-occurrence",
        "One occurrence of a series is deleted.",
        _SERIES,
        Delete(occurrence=1),
        days=3,
        is_part=True,
    ),
    _scenario(
        "availability",
        "Somebody's hours are asked for.",
        Block(FIRST, 8, ShowAs.FREE),
        Block(FIRST, 9, ShowAs.TENTATIVE),
        Block(FIRST, 10, ShowAs.BUSY),
        Block(FIRST, 11, ShowAs.OOF),
        needs=_AVAILABILITY,
        asks=(FIRST,),
    ),
    _scenario(
        "availability-private",
        "Somebody's hours are asked for, one of them private.",
        Block(SHARING, 8, ShowAs.BUSY),
        Block(SHARING, 9, ShowAs.BUSY, is_private=True),
        needs=_AVAILABILITY,
        asks=(SHARING,),
        is_part=True,
    ),
    _scenario(
        "availability-answers",
        "The hours of those who answered a meeting are asked for.",
        Call(required=(FIRST, SECOND, THIRD)),
        Respond(Answer.ACCEPT),
        Respond(Answer.DECLINE, SECOND),
        needs=_AVAILABILITY,
        asks=(FIRST, SECOND, THIRD),
    ),
)
