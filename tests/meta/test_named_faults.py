"""Every named fault of the reference server is found, and for the right requirements."""

from __future__ import annotations

import json

import pytest

from conformance.catalogue import standard_catalogue
from reference_impl.faults import FAULTS
from tests.meta.faulty import TABLE, reds_of
from tests.meta.playing import playables

EXPECTED = json.loads(TABLE.read_text(encoding="utf-8"))
PLAYED = 8  # cases that find the fault, and as many others; `make mutants` plays all


def spread(stems):
    """Some of them from all over."""
    stems = sorted(stems)
    return stems[:: max(1, len(stems) // PLAYED)]


def test_the_table_names_every_fault():
    assert list(EXPECTED) == [fault.name for fault in FAULTS]


@pytest.mark.parametrize("fault", EXPECTED)
def test_every_fault_fails_a_requirement_of_the_catalogue(fault):
    assert EXPECTED[fault]
    for requirements in EXPECTED[fault].values():
        for requirement in requirements:
            standard_catalogue().requirement(requirement)


@pytest.mark.slow
@pytest.mark.sampled(3)
@pytest.mark.parametrize("fault", EXPECTED)
def test_a_named_fault_turns_exactly_its_requirements_red(fault):
    stems = spread(EXPECTED[fault]) + spread(playables().keys() - EXPECTED[fault].keys())
    assert reds_of(fault, stems) == {stem: EXPECTED[fault][stem] for stem in stems if stem in EXPECTED[fault]}
