"""Where a requirement comes from, on one line."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.catalogue.loader import Ruling
from conformance.model.requirement import Requirement


def cite(requirement: Requirement, rulings: Mapping[str, Ruling]) -> str:
    """The documents with their sections, then the rulings with their titles."""
    documents = [f"{source.document} {source.section}".strip() for source in requirement.sources]
    ruled = [
        f"ruling {number}, {rulings[number].title}" if number in rulings else f"ruling {number}"
        for number in requirement.rulings
    ]
    return "; ".join(documents + ruled)
