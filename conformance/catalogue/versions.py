"""The order of EWS schema versions, and which requirements a version is held to."""

from __future__ import annotations

import functools

from conformance.model.requirement import Requirement

# RequestServerVersion values, oldest first: declared rank, for build numbers do not order them.
EWS_VERSIONS = (
    "Exchange2007",
    "Exchange2007_SP1",
    "Exchange2010",
    "Exchange2010_SP1",
    "Exchange2010_SP2",
    "Exchange2013",
    "Exchange2013_SP1",
    "Exchange2015",
    "Exchange2016",
)
_RANK = {name: rank for rank, name in enumerate(EWS_VERSIONS)}


def applies_to(requirement: Requirement, version: str) -> bool:
    """Whether a requirement speaks of a schema version; unknown versions count as the newest."""
    return _lies_between(requirement.since, requirement.until, version)


@functools.lru_cache(maxsize=1024)  # every check of every exchange asks, and few versions are ever named
def _lies_between(since: str, until: str, version: str) -> bool:
    rank = _RANK.get(version, len(_RANK))
    return (_RANK[since] if since else 0) <= rank <= (_RANK[until] if until else len(_RANK))
