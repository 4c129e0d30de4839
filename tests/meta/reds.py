"""Which requirements are seen to turn red, in whichever way."""

from __future__ import annotations

import json

from conformance.catalogue import operations, standard_catalogue, structure
from tests.conformance.passive.test_passive_rules import ROWS as MADE
from tests.meta import faulty, search, seen
from tests.meta.tables import read_rows

TABLED = {structure.AREA, operations.AREA}  # each rule broken in tests/conformance/passive/test_tables_in_golden_tapes


def seen_red() -> frozenset[str]:
    """The requirements that an altered answer, a named fault, a made recording or damage to a tape turns red."""
    faults = json.loads(faulty.TABLE.read_text(encoding="utf-8"))
    by_faults = {red for found in faults.values() for reds in found.values() for red in reds}
    by_answers = {red for table in (search.ALONE, search.TOGETHER, seen.TABLE) for red in read_rows(table, dict)}
    tabled = {one.id for one in standard_catalogue().requirements.values() if one.area in TABLED}
    return frozenset(by_faults | by_answers | MADE.keys() | tabled)
