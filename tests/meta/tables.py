"""Tables of alterations as files: one row for each requirement, told by the name ``red``."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, TypeVar

Row = TypeVar("Row")


def read_rows(table: Path, row: Callable[..., Row]) -> dict[str, Row]:
    """A table by requirement."""
    return {each.pop("red"): row(**each) for each in json.loads(table.read_text(encoding="utf-8"))}


def write_rows(table: Path, rows: Mapping[str, Any]) -> None:
    """Write a table, whose rows are dataclasses, by requirement."""
    told = [json.dumps({"red": red, **said(row)}) for red, row in sorted(rows.items())]
    table.write_text("[\n" + ",\n".join(told) + "\n]\n", encoding="utf-8")


def said(row: Any) -> dict[str, Any]:
    """The fields of a row that are not as they are where nothing is said."""
    values = {each.name: getattr(row, each.name) for each in fields(row)}
    usual = {each.name: each.default for each in fields(row) if each.default is not MISSING}
    return {name: value for name, value in values.items() if name not in usual or value != usual[name]}
