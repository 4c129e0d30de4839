"""Where a requirement comes from, on one line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conformance.catalogue.documents import anchor
from conformance.catalogue.loader import Ruling
from conformance.model.requirement import Requirement


def cite(requirement: Requirement, rulings: Mapping[str, Ruling]) -> str:
    """The documents with their sections, Microsoft's own ids, then the rulings with their titles."""
    return "; ".join(words for words, _ in citations(requirement, rulings))


def citations(requirement: Requirement, rulings: Mapping[str, Ruling]) -> Iterator[tuple[str, str]]:
    """The parts of a citation, each with the address where it can be read, if it has one."""
    for source in requirement.sources:
        yield f"{source.document} {source.section}".strip(), anchor(source)
    if requirement.microsoft:
        yield f"Microsoft's {', '.join(requirement.microsoft)}", ""
    for number in requirement.rulings:
        yield f"ruling {number}, {rulings[number].title}" if number in rulings else f"ruling {number}", ""
