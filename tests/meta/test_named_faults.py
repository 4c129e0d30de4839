"""Every named fault of the reference server is found, and for the right requirements."""

from __future__ import annotations

import json

import pytest

from conformance.catalogue import standard_catalogue
from reference_impl.faults import FAULTS
from tests.meta.faulty import TABLE, reds_of

EXPECTED = json.loads(TABLE.read_text(encoding="utf-8"))


def test_the_table_names_every_fault():
    assert list(EXPECTED) == [fault.name for fault in FAULTS]


@pytest.mark.parametrize("fault", EXPECTED)
def test_every_fault_fails_a_requirement_of_the_catalogue(fault):
    assert EXPECTED[fault]
    for requirement in EXPECTED[fault]:
        standard_catalogue().requirement(requirement)


@pytest.mark.slow
@pytest.mark.parametrize("fault", EXPECTED)
def test_a_named_fault_turns_exactly_its_requirements_red(fault):
    assert reds_of(fault) == EXPECTED[fault]
