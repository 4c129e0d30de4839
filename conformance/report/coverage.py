"""How far the ids of Microsoft's list that bind a server are verified, from the verdicts of a run."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from conformance.catalogue import Catalogue
from conformance.catalogue.numbered import NumberedDemand, full_id, numbered_demands, unverified_reasons
from conformance.report.templates import templates


class Standing(StrEnum):
    """What a run says of an id: verified, found unmet, left out with a reason, or open."""

    VERIFIED = "verified"
    FAILED = "failed"
    WAIVED = "waived"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class IdRow:
    """One id that binds a server: where it stands, which requirements say the same, and why nothing verifies it."""

    demand: NumberedDemand
    standing: Standing
    requirements: tuple[str, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SectionRow:
    """How many ids of one section stand where."""

    document: str
    section: str
    verified: int
    failed: int
    waived: int
    open: int

    @property
    def total(self) -> int:
        """All ids of the section that bind a server."""
        return self.verified + self.failed + self.waived + self.open


@dataclass(frozen=True, slots=True)
class Coverage:
    """Every id that binds a server, in the list's order."""

    rows: tuple[IdRow, ...]

    def count(self, standing: Standing) -> int:
        """How many ids stand so."""
        return sum(1 for row in self.rows if row.standing is standing)

    def sections(self) -> tuple[SectionRow, ...]:
        """The ids counted by document and section, in the order of the numbers."""
        found: dict[tuple[str, str], dict[Standing, int]] = {}
        for row in self.rows:
            place = (row.demand.document, row.demand.section)
            counts = found.setdefault(place, dict.fromkeys(Standing, 0))
            counts[row.standing] += 1
        return tuple(
            SectionRow(*place, *(counts[standing] for standing in Standing))
            for place, counts in sorted(
                found.items(), key=lambda one: (one[0][0] != "MS-OXWSMTGS", _numbers(one[0][1]))
            )
        )


def coverage(catalogue: Catalogue, verdicts: Mapping[str, str]) -> Coverage:
    """Where each id stands; ``verdicts`` are words such as ``pass`` by requirement, as a report has them."""
    saying: dict[str, list[str]] = {}
    for requirement in catalogue.requirements.values():
        for identifier in requirement.microsoft:
            saying.setdefault(full_id(identifier), []).append(requirement.id)
    return Coverage(
        tuple(
            _row(demand, saying.get(demand.id, ()), verdicts)
            for demand in numbered_demands().values()
            if not demand.why_not_counted
        )
    )


def verdicts_of(report: Path) -> Mapping[str, str]:
    """The verdicts of a ``report.json`` by requirement. ValueError where the file is no report."""
    try:
        rows = json.loads(report.read_text(encoding="utf-8"))["requirements"]
        return {row["id"]: row["verdict"] for row in rows}
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, KeyError, TypeError) as problem:
        raise ValueError(f"{report}: is no report of a run: {problem!r}") from problem


def as_json(found: Coverage) -> dict[str, Any]:
    """The coverage as JSON values."""
    return {
        "total": len(found.rows),
        **{standing.value: found.count(standing) for standing in Standing},
        "sections": [
            {
                "document": row.document,
                "section": row.section,
                "total": row.total,
                **{standing.value: getattr(row, standing.value) for standing in Standing},
            }
            for row in found.sections()
        ],
        "ids": [
            {
                "id": row.demand.id,
                "section": row.demand.section,
                "standing": row.standing.value,
                "requirements": list(row.requirements),
                "reason": row.reason,
            }
            for row in found.rows
        ],
    }


def as_html(found: Coverage, catalogue: Catalogue) -> str:
    """The coverage as one HTML page that needs neither network nor scripts."""
    return (
        templates(Path(__file__).parent)
        .get_template("coverage.html.j2")
        .render(
            found=found,
            counts={each.value: found.count(each) for each in Standing},
            requirements=catalogue.requirements,
        )
    )


def _row(demand: NumberedDemand, saying: Iterable[str], verdicts: Mapping[str, str]) -> IdRow:
    judged = {one: verdicts[one] for one in saying if one in verdicts}
    reason = unverified_reasons().get(demand.id, "")
    if {"fail", "warning"} & set(judged.values()):
        standing = Standing.FAILED
    elif "pass" in judged.values():
        standing = Standing.VERIFIED
    else:
        standing = Standing.WAIVED if reason else Standing.OPEN
    return IdRow(demand, standing, tuple(saying), "" if standing is Standing.VERIFIED else reason)


def _numbers(section: str) -> tuple[int, ...]:
    return tuple(int(part) for part in section.split("."))
