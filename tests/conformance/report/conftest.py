from __future__ import annotations

import pytest

from conformance.catalogue import Catalogue, Ruling
from conformance.model.record import CaseRecord, Check, ShownExchange
from conformance.model.requirement import Level, Requirement, Source, Tier
from conformance.model.verdict import CaseResult, Outcome, Verdict
from conformance.report import Run, RunTarget

CATALOGUE = Catalogue(
    {
        name: Requirement(
            name,
            f"<{name}> holds & stays.",
            level,
            "area",
            Tier.DOCUMENTED,
            (Source("MS-OXWSMTGS", "3.1"),),
            rulings=("0007",),
        )
        for name, level in (("A-1", Level.MUST), ("A-2", Level.SHOULD), ("A-3", Level.MAY))
    },
    {"0007": Ruling("0007", "What holds", "0007-x.md")},
)

EXCHANGE = ShownExchange(
    1,
    "GetItem",
    "POST",
    "https://x.example/EWS/Exchange.asmx",
    200,
    "POST /EWS\n\n<a>&amp;</a>",
    "HTTP/1.1 200\n\n<b/>",
)


def record(case, pairing="ews-ews", scenario="wire", message="", **verdicts):
    """A case's record from a verdict for each requirement (``A_1=Verdict.PASS``)."""
    outcomes = tuple(
        Outcome(name.replace("_", "-"), verdict, "" if verdict is Verdict.PASS else f"{name} said <so>\x00")
        for name, verdict in verdicts.items()
    )
    checks = tuple(
        Check(one.requirement, "the thing", one.verdict, ('"a"', '"b"'), '"<script>"', 1, "t:Body") for one in outcomes
    )
    result = CaseResult(case, pairing, scenario, outcomes, 0.25, message)
    return CaseRecord(result, checks, (EXCHANGE,), f"{case}--{pairing}.yaml")


@pytest.fixture
def run_of():
    def make(*records, profiles=()):
        target = RunTarget("A <server>", "live", "https://x.example/EWS/Exchange.asmx", "", "Exchange2013_SP1")
        return Run("0.1.0", target, "2026-01-05T08:00:00Z", 1.5, records, CATALOGUE, profiles)

    return make


@pytest.fixture
def made():
    return record
