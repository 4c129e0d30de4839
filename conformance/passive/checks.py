"""The table of passive checks: the rows of every module that has some."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from conformance.passive import http, lacking, operations, schema, structure
from conformance.passive.check import PassiveCheck
from conformance.passive.ews import (
    attached,
    availability,
    folders,
    identities,
    lookups,
    meetings,
    messages,
    offers,
    refusals,
    series,
    shapes,
    topics,
    views,
)
from conformance.passive.graph import answers, events, schedules, writes
from conformance.passive.graph import identities as graph_identities
from conformance.wire.operation import Protocol

_EWS = (
    *messages.CHECKS,
    meetings.CHECK,
    series.CHECK,
    offers.CHECK,
    shapes.CHECK,
    topics.CHECK,
    attached.CHECK,
    *folders.CHECKS,
    *views.CHECKS,
    lookups.CHECK,
    *availability.CHECKS,
    identities.CHECK,
    refusals.CHECK,
)
_GRAPH = (
    *answers.CHECKS,
    *events.CHECKS,
    schedules.CHECK,
    *writes.CHECKS,
    graph_identities.CHECK,
)


def _of(protocol: Protocol, checks: Iterable[PassiveCheck]) -> Iterable[PassiveCheck]:
    return (replace(check, protocol=protocol) for check in checks)


CHECKS: Final[tuple[PassiveCheck, ...]] = (
    schema.CHECK,
    structure.CHECK,
    operations.CHECK,
    lacking.CHECK,
    http.CHECK,
    *_of(Protocol.EWS, _EWS),
    *_of(Protocol.GRAPH, _GRAPH),
)


@functools.cache
def passive_requirements() -> frozenset[str]:
    """The catalogue ids that passive checks speak of."""
    return frozenset(requirement for check in CHECKS for requirement in check.requirements)
