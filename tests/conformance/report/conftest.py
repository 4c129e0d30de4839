from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.catalogue import Catalogue, Ruling
from conformance.model.record import CaseRecord, Check, ShownExchange, ShownMessage
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
            microsoft=("R218",),
        )
        for name, level in (("A-1", Level.MUST), ("A-2", Level.SHOULD), ("A-3", Level.MAY))
    },
    {"0007": Ruling("0007", "What holds", "0007-x.md")},
)

URL = "https://x.example/EWS/Exchange.asmx"
ACT = ShownExchange(
    number=1,
    who="organizer",
    protocol="ews",
    operation="CreateItem",
    method="POST",
    url=URL,
    status=200,
    acts=True,
    request=ShownMessage("POST /EWS\n\n<create/>", ((1, 1), (3, 3))),
    response=ShownMessage("HTTP/1.1 200\n\n<created/>", ((1, 3),)),
)
LOOK = ShownExchange(
    number=2,
    who="attendee",
    protocol="ews",
    operation="GetItem",
    method="POST",
    url=URL,
    status=500,
    code="ErrorX",
    request=ShownMessage("POST /EWS\nHost: x\n\n<a>&amp;</a>", ((1, 1), (4, 4))),
    response=ShownMessage("HTTP/1.1 500\nA: b\nC: d\n\n<b/>", ((1, 1), (5, 5))),
)


def bare(exchange):
    """The exchange as a case that passed keeps it."""
    return replace(exchange, request=ShownMessage(), response=ShownMessage())


def record(case, pairing="ews-ews", scenario="wire", message="", **verdicts):
    """A case's record from a verdict for each requirement (``A_1=Verdict.PASS``)."""
    outcomes = tuple(
        Outcome(name.replace("_", "-"), verdict, "" if verdict is Verdict.PASS else f"{name} said <so>\x00")
        for name, verdict in verdicts.items()
    )
    checks = tuple(
        Check(one.requirement, "the thing", one.verdict, ('"a"', '"b"'), '"<script>"', 2, "t:Body") for one in outcomes
    )
    result = CaseResult(case, pairing, scenario, outcomes, 0.25, message)
    exchanges = (ACT, LOOK) if result.verdict > Verdict.SKIPPED else (bare(ACT), bare(LOOK))
    names = {"organizer's item": "AAMk<1>"} if result.verdict > Verdict.SKIPPED else {}
    return CaseRecord(result, checks, exchanges, f"{case}--{pairing}.yaml", names)


@pytest.fixture
def run_of():
    def make(*records, profiles=(), catalogue=CATALOGUE):
        target = RunTarget("A <server>", "live", "https://x.example/EWS/Exchange.asmx", "", "Exchange2013_SP1")
        return Run("0.1.0", target, "2026-01-05T08:00:00Z", 1.5, records, catalogue, profiles)

    return make


@pytest.fixture
def made():
    return record
