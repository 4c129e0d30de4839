"""Whether every answer meets the schema of its protocol."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conformance.model.verdict import Verdict
from conformance.passive.check import PassiveCheck, stateless
from conformance.passive.finding import Finding
from conformance.passive.seen import Seen
from conformance.wire.operation import Protocol

REQUIREMENTS: Mapping[Protocol, str] = {Protocol.EWS: "WIRE-EWS-SCHEMA", Protocol.GRAPH: "WIRE-GRAPH-SCHEMA"}
_TOLD = 5  # breaches told of one answer; the rest follow from the first as often as not


def look(seen: Seen) -> Iterator[Finding]:
    """One finding for each of an answer's first breaches of its schema, or that it has none."""
    requirement = REQUIREMENTS.get(seen.protocol)
    if requirement is None:
        return
    for breach in seen.violations[:_TOLD]:
        about = f"the answer to {seen.operation}, against its schema"
        yield Finding(requirement, Verdict.FAIL, about, "", breach.message, breach.path)
    if not seen.violations:
        yield Finding(requirement, Verdict.PASS)


CHECK: PassiveCheck = stateless("schema", REQUIREMENTS.values(), look)
