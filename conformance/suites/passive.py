"""The passive checks of every exchange of every case, noted against the case's ledger."""

from __future__ import annotations

from collections.abc import Iterable

from conformance.expect import Ledger, Place
from conformance.model.verdict import Verdict
from conformance.passive import Seen, Watch
from conformance.suites.observed import Observed
from conformance.tape.actors import speaker_of


def watch_over(seen: Iterable[Observed], ledger: Ledger, *, is_open: bool = False) -> None:
    """Note against the ledger what the passive checks find, taking upon the case every requirement they speak of.

    What holds is noted once for each requirement, at the last exchange in which it did; what does not, wherever it was
    found. ``is_open`` lets answers of Graph have members that their schema does not declare.
    """
    watch = Watch()
    held: dict[str, int] = {}
    latest: dict[str, Place] = {}
    for one in seen:
        if one.is_heard:
            continue
        place = one.place
        for finding in watch.see(Seen(one.exchange, one.number, speaker_of(one.exchange), is_open=is_open)):
            requirement = finding.requirement
            if finding.verdict is Verdict.PASS:
                held[requirement] = held.get(requirement, 0) + 1
                latest[requirement] = place
                continue
            ledger.declare(requirement)
            ledger.note(
                requirement,
                finding.verdict,
                finding.about,
                expected=finding.expected,
                actual=finding.actual,
                at=finding.path,
                place=place,
            )
    for requirement, count in held.items():
        ledger.declare(requirement)
        about = f"{count} {'place' if count == 1 else 'places'} of the answers"
        ledger.note(requirement, Verdict.PASS, about, actual="as required", place=latest[requirement])
