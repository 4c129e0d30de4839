"""The words in which the suite tells its recording proxy which case a request belongs to."""

from __future__ import annotations

CASES = "/_meetproof/cases"
CASE_HEADER = "meetproof-case"
UPSTREAM_HEADER = "meetproof-upstream"
HANDED_HEADER = "meetproof-handed"
"""Says that the suite will hand in the exchange itself: it may hang up before an answer ends."""
