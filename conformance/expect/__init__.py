"""Soft expectations: each is noted against a requirement, and a failed one hides none of the others."""

from conformance.expect.expectation import CaseStopped, Expectation
from conformance.expect.ledger import CannotTell, Ledger, Place, UndeclaredRequirement
from conformance.expect.show import show
from conformance.expect.words import brief, state, tell

__all__ = [
    "CannotTell",
    "CaseStopped",
    "Expectation",
    "Ledger",
    "Place",
    "UndeclaredRequirement",
    "brief",
    "show",
    "state",
    "tell",
]
