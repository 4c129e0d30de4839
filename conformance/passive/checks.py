"""The table of passive checks: one row for each module that has some."""

from __future__ import annotations

import functools
from typing import Final

from conformance.passive import lacking, operations, schema, structure
from conformance.passive.check import PassiveCheck

CHECKS: Final[tuple[PassiveCheck, ...]] = (schema.CHECK, structure.CHECK, operations.CHECK, lacking.CHECK)


@functools.cache
def passive_requirements() -> frozenset[str]:
    """The catalogue ids that passive checks speak of."""
    return frozenset(requirement for check in CHECKS for requirement in check.requirements)
