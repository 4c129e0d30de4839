"""Every rule of the tables that the golden tapes show is met there, and is seen to be broken by each damage to it."""

from __future__ import annotations

import functools
from dataclasses import replace

import pytest

from conformance.catalogue.operations import standard_operations
from conformance.catalogue.structure import standard_structure
from conformance.model.verdict import Verdict
from conformance.passive import Seen, Watch, lacking, operations, structure
from conformance.tape.cassette import read_cassette
from tests.conformance.passive.damage import damages
from tests.recorded import REFERENCE

CHECKS = (structure.CHECK, operations.CHECK, lacking.CHECK)
RULES = sorted([*standard_structure().requirements, *standard_operations()])
KEPT = 4  # places of each rule that are damaged


@functools.cache
def golden():
    """What the golden tapes show: for each rule the first places where it holds, and every breach."""
    held, broken = {}, []
    for path in sorted(REFERENCE.glob("*.yaml")):
        exchanges = read_cassette(path).exchanges
        watch = Watch(CHECKS)
        for number, exchange in enumerate(exchanges, start=1):
            for finding in watch.see(Seen(exchange, number)):
                if finding.verdict is Verdict.FAIL:
                    broken.append((path.stem, number, finding))
                    continue
                places = held.setdefault(finding.requirement, [])
                if len(places) < KEPT:
                    places.append((exchanges, number))
    return held, broken


def reds(exchanges, number, body):
    """The rules that are broken once an exchange of a tape has another answer."""
    watch = Watch(CHECKS)
    for place, exchange in enumerate(exchanges[: number - 1], start=1):
        if b"AllProperties" in exchange.request.body:  # what is absent is compared with what was there before
            list(watch.see(Seen(exchange, place)))
    changed = exchanges[number - 1]
    changed = replace(changed, response=replace(changed.response, body=body))
    return {one.requirement for one in watch.see(Seen(changed, number)) if one.verdict is Verdict.FAIL}


def test_the_golden_tapes_break_no_rule():
    assert golden()[1] == []


@pytest.mark.parametrize("rule", RULES)
def test_every_damage_to_what_a_rule_speaks_of_is_seen(rule):
    places = golden()[0].get(rule, [])
    tried = {way.name: seen_by(rule, places, way) for way in damages()[rule]}
    assert [name for name, is_seen in tried.items() if is_seen is False] == []
    assert not places or any(tried.values()), "nothing of it can be damaged"


def seen_by(rule, places, way):
    """Whether the rule is broken by one damage at least; None where no place can be damaged so."""
    tried = None
    for exchanges, number in places:
        for body in way.bodies(exchanges[number - 1].response.body):
            tried = rule in reds(exchanges, number, body)
            if tried:
                return True
    return tried
