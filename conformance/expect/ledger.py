"""The notes of one case: what was checked of each requirement it declared, and the verdicts that follow."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, NamedTuple

from conformance.catalogue import Catalogue, applies_to
from conformance.expect.expectation import Expectation
from conformance.expect.words import state, tell
from conformance.model.record import Check
from conformance.model.requirement import Level, Requirement
from conformance.model.verdict import Outcome, Verdict, worst


class UndeclaredRequirement(LookupError):
    """A case spoke of a requirement it does not declare in ``verifies``."""


class CannotTell(Exception):
    """The server gave no answer to the question, neither a good nor a bad one: what is unchecked is inconclusive."""


class Place(NamedTuple):
    """The exchange a check looked at.

    Its number (1 is the case's first, 0 none), its operation's name, the schema version it asked for, if it named one.
    """

    exchange: int = 0
    operation: str = ""
    version: str = ""


# From a check's words, its requirement's sentence, what it has read and its exchange's number to where that stands.
Finder = Callable[[str, str, Any, int], tuple[Place, str] | None]


def _nowhere() -> Place:
    return Place()


class Ledger:
    """Notes checks during a case and turns them into one outcome per declared requirement.

    ``where`` tells the latest exchange; ``recorded`` names the cassette. A check counts where its requirement applies
    to the schema version that the exchange asked for, ``version`` if it named none; a requirement without any check
    that counts is not applicable. A failed check of what only SHOULD or MAY be is a warning, unless ``is_strict``.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        declared: Iterable[str],
        *,
        where: Callable[[], Place] = _nowhere,
        recorded: str = "",
        version: str = "",
        is_strict: bool = False,
    ) -> None:
        self._catalogue = catalogue
        self._declared: dict[str, Requirement] = {name: catalogue.requirement(name) for name in declared}
        self._where = where
        self._recorded = recorded
        self._version = version
        self._is_strict = is_strict
        self._notes: list[tuple[Check, Place]] = []
        self._read: dict[int, Any] = {}  # what failed checks have read, by their position

    @property
    def checks(self) -> tuple[Check, ...]:
        """Every check so far, in order."""
        return tuple(check for check, _ in self._notes)

    @property
    def failed(self) -> bool:
        """Whether any requirement was found unmet so far."""
        return any(check.verdict in {Verdict.WARNING, Verdict.FAIL, Verdict.ERROR} for check, _ in self._notes)

    def expect(
        self,
        requirement: str,
        about: str,
        actual: Any,
        *,
        at: str = "",
        place: Place | None = None,
        stops: bool = False,
    ) -> Expectation:
        """Something read, to be judged against a declared requirement.

        ``about`` says in words what was read, ``at`` the path to it, ``place`` the exchange if it is not the latest.
        UndeclaredRequirement when the case does not declare it.
        """
        self._known(requirement)
        seen = place or self._where()

        def note(met: bool, expected: tuple[str, ...], shown: str) -> None:
            verdict = Verdict.PASS if met else Verdict.FAIL
            if not met:
                self._read[len(self._notes)] = actual
            self._note(Check(requirement, about, verdict, expected, shown, seen.exchange, at), seen)

        return Expectation(about, actual, note, stops)

    def note(
        self,
        requirement: str,
        verdict: Verdict,
        about: str,
        *,
        expected: str = "",
        actual: str = "",
        at: str = "",
        place: Place | None = None,
    ) -> None:
        """A verdict reached by other means, with its reason."""
        self._known(requirement)
        seen = place or self._where()
        alternatives = (expected,) if expected else ()
        self._note(Check(requirement, about, verdict, alternatives, actual, seen.exchange, at), seen)

    def locate(self, find: Finder) -> None:
        """Let failed checks without a path have the one that ``find`` gives, in an exchange of the same version."""
        for number, actual in self._read.items():
            check, seen = self._notes[number]
            if check.path:
                continue
            found = find(check.about, self._declared[check.requirement].sentence, actual, check.exchange)
            if found is None:
                continue
            place, path = found
            if (place.version or self._version) != (seen.version or self._version):
                continue
            self._notes[number] = (replace(check, exchange=place.exchange, path=path), place)

    def declare(self, requirement: str) -> None:
        """Take one more requirement upon the case: the passive checks, known only once a protocol was spoken."""
        self._declared.setdefault(requirement, self._catalogue.requirement(requirement))

    def outcomes(self, unchecked: Verdict = Verdict.ERROR, why: str = "") -> tuple[Outcome, ...]:
        """One outcome per declared requirement, in the order declared.

        ``unchecked`` is the verdict of those never checked: ERROR in a case that ran to its end, INCONCLUSIVE in one
        that stopped early; ``why`` is their message.
        """
        noted: dict[str, list[tuple[Check, Place]]] = {name: [] for name in self._declared}
        for check, place in self._notes:
            noted[check.requirement].append((check, place))
        return tuple(self._outcome(each, noted[name], unchecked, why) for name, each in self._declared.items())

    def _outcome(
        self, requirement: Requirement, noted: list[tuple[Check, Place]], unchecked: Verdict, why: str
    ) -> Outcome:
        counted = [(check, place) for check, place in noted if self._applies(requirement, place.version)]
        if not counted and (noted or not self._applies(requirement, "")):
            versions = {place.version or self._version for _, place in noted} or {self._version}
            reason = f"{requirement.id} does not apply to {', '.join(sorted(versions))}."
            return Outcome(requirement.id, Verdict.NOT_APPLICABLE, reason)
        if not counted:
            never = f"{requirement.id} was never checked: the case declares it in verifies but expects nothing of it."
            return Outcome(requirement.id, unchecked, why or never)
        verdict = worst(check.verdict for check, _ in counted)
        if verdict is Verdict.PASS:
            return Outcome(requirement.id, verdict)
        telling = [(check, place) for check, place in counted if check.verdict is verdict]
        return Outcome(requirement.id, verdict, self._explained(requirement, telling))

    def _applies(self, requirement: Requirement, asked: str) -> bool:
        version = asked or self._version
        return not version or applies_to(requirement, version)

    def _explained(self, requirement: Requirement, telling: list[tuple[Check, Place]]) -> str:
        told = [tell(check, place.operation, self._recorded) for check, place in telling]
        return "\n".join([state(requirement, self._catalogue.rulings), *told])

    def _known(self, requirement: str) -> None:
        if requirement not in self._declared:
            raise UndeclaredRequirement(
                f"The case speaks of {requirement} but does not declare it: add it to verifies of its @case."
            )

    def _note(self, check: Check, place: Place) -> None:
        if check.verdict is Verdict.FAIL and not (
            self._is_strict or self._declared[check.requirement].level is Level.MUST
        ):
            check = replace(check, verdict=Verdict.WARNING)
        self._notes.append((check, place))
