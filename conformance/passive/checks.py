"""The table of passive checks: the rows of every module that has some."""

from __future__ import annotations

import functools
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

CHECKS: Final[tuple[PassiveCheck, ...]] = (
    schema.CHECK,
    structure.CHECK,
    operations.CHECK,
    lacking.CHECK,
    http.CHECK,
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
    *answers.CHECKS,
    *events.CHECKS,
    schedules.CHECK,
    *writes.CHECKS,
    graph_identities.CHECK,
)


@functools.cache
def passive_requirements() -> frozenset[str]:
    """The catalogue ids that passive checks speak of."""
    return frozenset(requirement for check in CHECKS for requirement in check.requirements)
