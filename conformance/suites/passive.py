"""What is checked of every exchange of every case, whatever the case is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from conformance.expect import Ledger, Place
from conformance.model.verdict import Verdict
from conformance.suites.observed import Observed
from conformance.wire.operation import Protocol
from conformance.wire.validate import violations

SCHEMA_REQUIREMENTS: Mapping[Protocol, str] = {Protocol.EWS: "WIRE-EWS-SCHEMA", Protocol.GRAPH: "WIRE-GRAPH-SCHEMA"}
"""The requirement that answers meet their schema, for each protocol; taken upon every case that speaks it."""

_TOLD = 5  # breaches told of one answer; the rest follow from the first as often as not


def check_schemas(seen: Iterable[Observed], ledger: Ledger, *, is_open: bool = False) -> None:
    """Note against the ledger whether every answer meets the schema of its protocol, that of Graph open or strict."""
    valid: dict[Protocol, int] = {}
    for one in seen:
        if one.protocol not in SCHEMA_REQUIREMENTS:
            continue
        requirement = SCHEMA_REQUIREMENTS[one.protocol]
        ledger.declare(requirement)
        place = one.place
        breaches = violations(one.exchange, is_open=is_open)
        for breach in breaches[:_TOLD]:
            ledger.note(
                requirement,
                Verdict.FAIL,
                f"the answer to {one.operation}, against its schema",
                actual=breach.message,
                at=breach.path,
                place=place,
            )
        if not breaches:
            valid[one.protocol] = valid.get(one.protocol, 0) + 1
    for protocol, count in valid.items():
        about = f"{count} {'answer' if count == 1 else 'answers'} against the schema"
        ledger.note(SCHEMA_REQUIREMENTS[protocol], Verdict.PASS, about, actual="valid", place=Place())
