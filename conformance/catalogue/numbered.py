"""Microsoft's numbered list of what [MS-OXWSMTGS] demands: its ids, whom they bind, and why nothing verifies some.

The ids, their sections and their sides are facts of the list; what it says is not copied.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

_FOLDER = Path(__file__).parent / "microsoft"
_PROTOCOL = "MS-OXWSMTGS"


@dataclass(frozen=True, slots=True)
class NumberedDemand:
    """One id of the list. ``side`` is client, server or both; ``kind`` protocol or product."""

    id: str
    section: str
    side: str
    kind: str
    is_normative: bool

    @property
    def document(self) -> str:
        """The document whose section it is."""
        return self.id.rpartition("_")[0]

    @property
    def why_not_counted(self) -> str:
        """Why a server is not held to it; empty where it is."""
        if not self.is_normative:
            return "informative"
        return "binds clients only" if self.side == "client" else ""


@functools.cache
def numbered_demands() -> Mapping[str, NumberedDemand]:
    """The whole list by id, in its own order."""
    lines = (_FOLDER / "ids.tsv").read_text(encoding="utf-8").splitlines()
    rows = [dict(zip(lines[0].split("\t"), line.split("\t"), strict=True)) for line in lines[1:]]
    return MappingProxyType(
        {
            row["id"]: NumberedDemand(row["id"], row["section"], row["side"], row["kind"], row["normative"] == "yes")
            for row in rows
        }
    )


@functools.cache
def unverified_reasons() -> Mapping[str, str]:
    """Why an id that binds a server is verified by nothing, by id."""
    groups = tomllib.loads((_FOLDER / "unverified.toml").read_text(encoding="utf-8")).get("group", [])
    return MappingProxyType({full_id(each): group["why"] for group in groups for each in group["ids"]})


def full_id(identifier: str) -> str:
    """An id with its document; requirements leave that of the list's own document out."""
    return identifier if "_" in identifier else f"{_PROTOCOL}_{identifier}"
