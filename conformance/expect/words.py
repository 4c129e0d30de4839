"""A failed expectation in the words a person needs: the rule, its source, what was expected, what was found."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.catalogue import Ruling, cite
from conformance.model.record import Check
from conformance.model.requirement import Requirement


def state(requirement: Requirement, rulings: Mapping[str, Ruling]) -> str:
    """The rule and where it comes from, as two aligned lines."""
    rule = f"{requirement.id} ({requirement.level}): {requirement.sentence}"
    return "\n".join([rule, *_aligned({"source": cite(requirement, rulings)})])


def tell(check: Check, operation: str = "", recorded: str = "") -> str:
    """One check as aligned lines; ``operation`` names its exchange, ``recorded`` the cassette to look into."""
    number = f"exchange {check.exchange}" if check.exchange else ""
    place = f"{number} ({operation})" if number and operation else number
    fields = {
        "checked": check.about,
        "expected": "\n            or ".join(check.expected),
        "actual": check.actual,
        "where": ", ".join(part for part in (place, check.path) if part),
        "look at": f"{recorded}, interaction {check.exchange}" if recorded and check.exchange else "",
    }
    return "\n".join(_aligned(fields))


def _aligned(fields: Mapping[str, str]) -> list[str]:
    return [f"  {name + ':':<9} {value}" for name, value in fields.items() if value]
