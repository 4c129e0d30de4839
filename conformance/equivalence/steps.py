"""What happens in a story, step by step, as data that a cast plays."""

# ruff: noqa: D102  the protocol says once what all steps have

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol

from conformance.actor.acts import Changes, Draft
from conformance.actor.recurrence import Pattern, Recurrence
from conformance.actor.views import Answer, EventView, Folder, MessageKind, MessageView, ShowAs, Slot
from conformance.equivalence.cast import ORGANIZER, Cast

SUBJECT = "Quarterly plan"
HOUR = 10
FIRST = "attendee0"


class Step(Protocol):
    """One deed of one person. ``concept`` names the row of the equivalence map that only one protocol has."""

    @property
    def words(self) -> str:
        """What is done, in words."""

    @property
    def who(self) -> str:
        """The person who does it, by role."""

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody it names, by role."""

    @property
    def concept(self) -> str:
        """The concept that one protocol lacks; empty where both have all that it takes."""

    @property
    def may_be_refused(self) -> bool:
        """Whether the story goes on where the server refuses."""

    def do(self, cast: Cast) -> None:
        """Act; Refused or NotThere where that is not possible."""


def own_event(cast: Cast, role: str) -> EventView:
    """The meeting in somebody's calendar; of a series the master."""
    actor = cast.speaker(role).actor
    found: EventView = cast.found(lambda: actor.find_event(cast.token), f"meeting in the calendar of {role}")
    return found


def event_or_occurrence(cast: Cast, role: str, occurrence: int | None) -> EventView:
    """The meeting in somebody's calendar, or one of a series by its place in time, from 0 on."""
    if occurrence is None:
        return own_event(cast, role)
    window = Slot(cast.at(0, occurrence), cast.at(0, occurrence + 1))
    speaker = cast.speaker(role)
    found = cast.found(
        lambda: speaker.occurrences(cast.token, window), f"occurrence {occurrence} in the calendar of {role}"
    )
    event: EventView = found[0]
    return event


def _of(occurrence: int | None) -> str:
    return "" if occurrence is None else f" in occurrence {occurrence + 1}"


@dataclass(frozen=True, slots=True)
class Call:
    """The organizer calls a meeting of an hour, or one that ``repeats`` on so many days in a row."""

    required: tuple[str, ...] = (FIRST,)
    optional: tuple[str, ...] = ()
    rooms: tuple[str, ...] = ()
    repeats: int | None = None
    allows_proposals: bool = True
    sends: bool = True

    who: ClassVar[str] = ORGANIZER
    may_be_refused: ClassVar[bool] = False

    @property
    def words(self) -> str:
        what = "a series" if self.repeats else "a meeting"
        return f"the organizer calls {what}" + ("" if self.sends else " and tells nobody")

    @property
    def people(self) -> tuple[str, ...]:
        return (ORGANIZER, *self.required, *self.optional, *self.rooms)

    @property
    def concept(self) -> str:
        return "" if self.sends else "sending"

    def do(self, cast: Cast) -> None:
        draft = Draft(
            subject=f"{SUBJECT} {cast.token}",
            slot=cast.slot(HOUR),
            required=cast.addresses(self.required),
            optional=cast.addresses(self.optional),
            rooms=cast.addresses(self.rooms),
            location="Conference room 7",
            body="Please bring your figures.",
            allows_proposals=self.allows_proposals,
            recurrence=self._recurrence(cast),
        )
        cast.speaker(ORGANIZER).call(draft, sends=self.sends)

    def _recurrence(self, cast: Cast) -> Recurrence | None:
        if self.repeats is None:
            return None
        return Recurrence(pattern=Pattern.DAILY, start=cast.day, count=self.repeats)


@dataclass(frozen=True, slots=True)
class Block:
    """Somebody enters an appointment of an hour in the own calendar."""

    who: str
    hour: int
    show_as: ShowAs
    is_private: bool = False

    concept: ClassVar[str] = ""
    may_be_refused: ClassVar[bool] = False

    @property
    def words(self) -> str:
        return f"{self.who} enters {'a private' if self.is_private else 'an'} appointment shown as {self.show_as}"

    @property
    def people(self) -> tuple[str, ...]:
        return (ORGANIZER, self.who)

    def do(self, cast: Cast) -> None:
        subject = f"Errand at {self.hour} {cast.token}"
        entry = Draft(
            subject=subject,
            slot=cast.slot(self.hour),
            location="Town",
            show_as=self.show_as,
            is_private=self.is_private,
        )
        cast.speaker(self.who).actor.schedule(entry)


@dataclass(frozen=True, slots=True)
class Respond:
    """An attendee answers: the invitation, or the calendar item; ``proposes`` is the hour of the day after."""

    answer: Answer
    who: str = FIRST
    comment: str = ""
    sends: bool = True
    proposes: int | None = None
    by_event: bool = False
    occurrence: int | None = None
    may_be_refused: bool = False

    @property
    def words(self) -> str:
        verb = {Answer.ACCEPT: "accepts", Answer.TENTATIVE: "tentatively accepts", Answer.DECLINE: "declines"}
        more = (
            _of(self.occurrence),
            " by the calendar" if self.by_event else "",
            " with a comment" if self.comment else "",
            " and proposes a new time" if self.proposes is not None else "",
            "" if self.sends else " and tells nobody",
        )
        return f"{self.who} {verb[self.answer]}" + "".join(more)

    @property
    def people(self) -> tuple[str, ...]:
        return (ORGANIZER, self.who)

    @property
    def concept(self) -> str:
        return "answer" if self.answer is Answer.ACCEPT and self.proposes is not None else ""

    def do(self, cast: Cast) -> None:
        actor = cast.speaker(self.who).actor
        invitation: MessageView | EventView
        if self.by_event or self.occurrence is not None:
            invitation = event_or_occurrence(cast, self.who, self.occurrence)
        else:
            invitation = cast.found(
                lambda: actor.find_request(cast.token), f"meeting request in the Inbox of {self.who}"
            )
        proposal = None if self.proposes is None else cast.slot(self.proposes, 1)
        actor.respond(self.answer, invitation, comment=self.comment, proposal=proposal, send=self.sends)


@dataclass(frozen=True, slots=True)
class Update:
    """The organizer changes the meeting; times are hours of the first day, or of the occurrence's."""

    hour: int | None = None
    subject: str | None = None
    location: str | None = None
    required: tuple[str, ...] | None = None
    optional: tuple[str, ...] | None = None
    occurrence: int | None = None
    sends: bool = True

    who: ClassVar[str] = ORGANIZER
    may_be_refused: ClassVar[bool] = False

    @property
    def words(self) -> str:
        named: Mapping[str, object] = {
            "time": self.hour,
            "subject": self.subject,
            "place": self.location,
            "people": self.required,
        }
        what = " and ".join(name for name, value in named.items() if value is not None)
        return f"the organizer changes the {what}{_of(self.occurrence)}" + ("" if self.sends else " and tells nobody")

    @property
    def people(self) -> tuple[str, ...]:
        return (ORGANIZER, *(self.required or ()), *(self.optional or ()))

    @property
    def concept(self) -> str:
        return "" if self.sends else "sending of changes"

    def do(self, cast: Cast) -> None:
        changes = Changes(
            subject=None if self.subject is None else f"{self.subject} {cast.token}",
            slot=None if self.hour is None else cast.slot(self.hour, self.occurrence or 0),
            location=self.location,
            required=None if self.required is None else cast.addresses(self.required),
            optional=None if self.optional is None else cast.addresses(self.optional),
        )
        event = event_or_occurrence(cast, ORGANIZER, self.occurrence)
        people_only = self.required is not None and self.hour is None and self.location is None
        cast.speaker(ORGANIZER).update(event, changes, sends=self.sends, to_changed=people_only, guarded=False)


@dataclass(frozen=True, slots=True)
class OverwriteUnseen:
    """The organizer changes the place, then writes another by the item as it was before."""

    who: ClassVar[str] = ORGANIZER
    people: ClassVar[tuple[str, ...]] = (ORGANIZER,)
    concept: ClassVar[str] = ""
    may_be_refused: ClassVar[bool] = True
    words: ClassVar[str] = "the organizer writes over a change not seen"

    def do(self, cast: Cast) -> None:
        speaker, before = cast.speaker(ORGANIZER), own_event(cast, ORGANIZER)
        for place, guarded in (("Upstairs", False), ("Downstairs", True)):
            speaker.update(before, Changes(location=place), sends=True, to_changed=False, guarded=guarded)


@dataclass(frozen=True, slots=True)
class Cancel:
    """The organizer calls the meeting off, or one occurrence."""

    comment: str = ""
    occurrence: int | None = None

    who: ClassVar[str] = ORGANIZER
    people: ClassVar[tuple[str, ...]] = (ORGANIZER,)
    concept: ClassVar[str] = ""
    may_be_refused: ClassVar[bool] = False

    @property
    def words(self) -> str:
        what = "the meeting" if self.occurrence is None else f"occurrence {self.occurrence + 1}"
        return f"the organizer cancels {what}"

    def do(self, cast: Cast) -> None:
        event = event_or_occurrence(cast, ORGANIZER, self.occurrence)
        cast.speaker(ORGANIZER).actor.cancel(event, self.comment)


@dataclass(frozen=True, slots=True)
class Remove:
    """An attendee takes a cancelled meeting off the calendar."""

    who: str = FIRST

    concept: ClassVar[str] = ""
    may_be_refused: ClassVar[bool] = False

    @property
    def words(self) -> str:
        return f"{self.who} removes the cancelled meeting"

    @property
    def people(self) -> tuple[str, ...]:
        return (ORGANIZER, self.who)

    def do(self, cast: Cast) -> None:
        actor = cast.speaker(self.who).actor

        def notice() -> MessageView | None:
            messages = actor.messages(Folder.INBOX, cast.token)
            return next((one for one in messages if one.kind is MessageKind.CANCELLATION), None)

        actor.remove(cast.found(notice, f"cancellation in the Inbox of {self.who}"))


@dataclass(frozen=True, slots=True)
class Forward:
    """Somebody passes the meeting on."""

    to: str
    who: str = FIRST
    comment: str = ""

    concept: ClassVar[str] = ""
    may_be_refused: ClassVar[bool] = False

    @property
    def words(self) -> str:
        return f"{self.who} forwards the meeting to {self.to}"

    @property
    def people(self) -> tuple[str, ...]:
        return (ORGANIZER, self.who, self.to)

    def do(self, cast: Cast) -> None:
        event = own_event(cast, self.who)
        cast.speaker(self.who).forward(event, cast.addresses((self.to,)), self.comment)


@dataclass(frozen=True, slots=True)
class Delete:
    """Somebody deletes the meeting, or one occurrence, from the own calendar."""

    who: str = ORGANIZER
    occurrence: int | None = None
    sends: bool = True

    may_be_refused: ClassVar[bool] = False

    @property
    def words(self) -> str:
        return f"{self.who} deletes the meeting{_of(self.occurrence)}" + ("" if self.sends else " and tells nobody")

    @property
    def people(self) -> tuple[str, ...]:
        return (ORGANIZER, self.who)

    @property
    def concept(self) -> str:
        return "" if self.sends else "sending of a deletion"

    def do(self, cast: Cast) -> None:
        event = event_or_occurrence(cast, self.who, self.occurrence)
        cast.speaker(self.who).delete(event, sends=self.sends)
