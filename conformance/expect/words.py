"""A failed expectation in the words a person needs: the rule, its source, what was expected, what was found."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.catalogue import Ruling, cite
from conformance.model.record import Check, ShownExchange, ShownMessage
from conformance.model.requirement import Requirement


def state(requirement: Requirement, rulings: Mapping[str, Ruling]) -> str:
    """The rule and where it comes from, as two aligned lines."""
    rule = f"{requirement.id} ({requirement.level}): {requirement.sentence}"
    return "\n".join([rule, *_aligned({"source": f"{requirement.tier}: {cite(requirement, rulings)}"})])


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


def brief(exchange: ShownExchange, *, looked_at: bool) -> str:
    """An exchange shortened to what matters: the lines of the request after ``>``, those of the answer after ``<``."""
    outcome = " ".join(part for part in (str(exchange.status), exchange.code) if part)
    role = "looked at" if looked_at else "the act before"
    who = f"{exchange.who}: " if exchange.who else ""
    return "\n".join(
        [
            f"  {role}: exchange {exchange.number}, {who}{exchange.operation}, {outcome}",
            *(f"    > {line}" for line in _matters(exchange.request)),
            *(f"    < {line}" for line in _matters(exchange.response)),
        ]
    )


def _matters(message: ShownMessage) -> list[str]:
    lines = message.text.splitlines()
    told: list[str] = []
    end = 0
    for first, last in message.matters:
        told += ["…"] if first > end + 1 else []
        told += [line if len(line) <= _WIDEST else f"{line[:_WIDEST]} …" for line in lines[first - 1 : last]]
        end = last
    return told + (["…"] if end < len(lines) else [])


_WIDEST = 200  # characters of a line at a terminal


def _aligned(fields: Mapping[str, str]) -> list[str]:
    return [f"  {name + ':':<9} {value}" for name, value in fields.items() if value]
