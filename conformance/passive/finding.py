"""What a passive check has to say of one place of one exchange."""

from __future__ import annotations

from typing import NamedTuple

from lxml import etree

from conformance.model.verdict import Verdict
from conformance.wire.path import path_of


class Finding(NamedTuple):
    """One thing looked at: PASS where what the requirement speaks of occurred and holds, FAIL where it does not.

    ``about`` says in words what was read, ``expected`` and ``actual`` what was wanted and found, ``path`` where. They
    may be empty for a PASS.
    """

    requirement: str
    verdict: Verdict
    about: str = ""
    expected: str = ""
    actual: str = ""
    path: str = ""


def judged(
    requirement: str,
    is_met: bool,
    about: str,
    *,
    expected: str = "",
    actual: object = "",
    at: str | etree._Element = "",
) -> Finding:
    """A finding from what was read; ``at`` is the path, or an element of the answer whose path is told on failure."""
    if is_met:
        return Finding(requirement, Verdict.PASS)
    path = at if isinstance(at, str) else f"response{path_of(at)}"
    return Finding(requirement, Verdict.FAIL, about, expected, _shown(actual), path)


_LONGEST = 300


def _shown(value: object) -> str:
    text = "absent" if value is None else str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text)} characters)"
