"""What the codes of refusals tell of the answers that they stand in (``codes.toml``)."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any


@functools.cache
def statuses_of_codes() -> Mapping[str, tuple[int, ...]]:
    """The HTTP statuses of Graph's answers by their error codes, of those codes that are tied to some."""
    return _by_code("status", "statuses")


@functools.cache
def operations_of_codes() -> Mapping[str, tuple[str, ...]]:
    """The operations of EWS that a response code speaks of, of those codes that speak of some alone."""
    return _by_code("operation", "operations")


def _by_code(table: str, column: str) -> Mapping[str, tuple[Any, ...]]:
    rows = tomllib.loads(Path(__file__).with_name("codes.toml").read_text(encoding="utf-8"))[table]
    return MappingProxyType({code: tuple(row[column]) for row in rows for code in row["codes"]})
