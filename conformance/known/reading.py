"""Expectation files read, with clear errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from conformance.known.failures import KNOWABLE, KnownFailure, KnownFailures
from conformance.model.toml import read_text, tables

_REQUIRED = ("requirement", "case", "message", "reason")
_KEYS = (*_REQUIRED, "pairing", "verdict")
_PAIRINGS = ("ews-ews", "ews-graph", "graph-ews", "graph-graph")
_VERDICTS = {verdict.word: verdict for verdict in KNOWABLE.values()}


class ExpectationsInvalid(ValueError):
    """An expectation file cannot be used; the message says what is wrong, where, and what is expected."""


def read_expectations(path: Path) -> KnownFailures:
    """The known failures that a TOML file lists; ExpectationsInvalid with file and entry when it cannot be used."""
    return expectations_of(read_text(path, ExpectationsInvalid), path.name)


def expectations_of(text: str, file: str) -> KnownFailures:
    """The known failures of a file's text."""
    entries = tuple(_entries(tables(text, file, "expected", ExpectationsInvalid), file))
    seen: set[tuple[str, str, str]] = set()
    for number, one in enumerate(entries):
        key = (one.requirement, one.case, one.pairing)
        if key in seen:
            raise ExpectationsInvalid(f"{file}: expected[{number}]: {one.name} is listed twice.")
        seen.add(key)
    return KnownFailures(entries, file)


def _entries(rows: list[dict[str, Any]], file: str) -> Iterator[KnownFailure]:
    for number, row in enumerate(rows):
        at = f"{file}: expected[{number}]"
        for key, value in row.items():
            if key not in _KEYS:
                raise ExpectationsInvalid(f"{at}.{key} is unknown; expected one of {', '.join(_KEYS)}.")
            if not isinstance(value, str):
                raise ExpectationsInvalid(f"{at}.{key} must be a string, got {value!r}.")
        for key in _REQUIRED:
            if not row.get(key) and (key != "message" or key not in row):
                raise ExpectationsInvalid(f"{at}.{key} is missing.")
        yield KnownFailure(
            requirement=row["requirement"],
            case=row["case"],
            message=row["message"],
            reason=row["reason"],
            pairing=_choice(row, "pairing", dict.fromkeys(_PAIRINGS), at) or "",
            verdict=_VERDICTS[_choice(row, "verdict", _VERDICTS, at) or "fail"],
        )


def _choice(row: Mapping[str, str], key: str, choices: Mapping[str, object], at: str) -> str | None:
    value = row.get(key)
    if value is not None and value not in choices:
        raise ExpectationsInvalid(f"{at}.{key} must be one of {', '.join(choices)}, got {value!r}.")
    return value
