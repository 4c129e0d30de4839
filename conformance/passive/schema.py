"""Whether every answer meets the schema of its protocol."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping

from conformance.model.verdict import Verdict
from conformance.passive.check import PassiveCheck, stateless
from conformance.passive.finding import Finding
from conformance.passive.seen import Seen
from conformance.wire.operation import Protocol
from conformance.wire.validate import Violation

REQUIREMENTS: Mapping[Protocol, str] = {Protocol.EWS: "WIRE-EWS-SCHEMA", Protocol.GRAPH: "WIRE-GRAPH-SCHEMA"}
_TOLD = 20  # breaches told of one answer
_LACKING = re.compile(r"'(.+)' is a required property")
_INDEX = re.compile(r"\[\d+\]")


def look(seen: Seen) -> Iterator[Finding]:
    """One finding for each of the first breaches of its schema by an answer, or by what was sent to a listener.

    Or that there is none.
    """
    requirement = REQUIREMENTS.get(seen.protocol) or REQUIREMENTS.get(seen.sent)
    if requirement is None:
        return
    about = "a notification, against its schema"
    if seen.sent is Protocol.OTHER:
        about = f"the answer to {seen.operation}, against its schema"
    for breach in itertools.islice(_alike_once(seen.violations), _TOLD):
        yield Finding(requirement, Verdict.FAIL, about, "", breach.message, breach.path)
    if not seen.violations:
        yield Finding(requirement, Verdict.PASS)


def _alike_once(breaches: Iterable[Violation]) -> Iterator[Violation]:
    """Of breaches that say the same of entries of one list, the first; members that one object lacks, together."""
    told: set[tuple[str, str]] = set()
    lacking: dict[str, list[str]] = {}
    for breach in breaches:
        alike = (_INDEX.sub("", breach.path), breach.message)
        if alike in told:
            continue
        told.add(alike)
        if missing := _LACKING.fullmatch(breach.message):
            lacking.setdefault(breach.path, []).append(missing[1])
        else:
            yield breach
    for path, names in lacking.items():
        yield Violation(path, f"without {', '.join(names)}")


CHECK: PassiveCheck = stateless("schema", REQUIREMENTS.values(), look)
