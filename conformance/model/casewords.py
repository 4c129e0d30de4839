"""The words in which the suite tells its recording proxy which case a request belongs to."""

from __future__ import annotations

CASES = "/_meetproof/cases"
CASE_HEADER = "meetproof-case"
UPSTREAM_HEADER = "meetproof-upstream"
