"""TOML files that people write: arrays of tables read with errors that say where, and values written."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any


def read_text(path: Path, invalid: type[ValueError]) -> str:
    """The text of a file; ``invalid`` with its path when it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise invalid(f"{path}: there is no such file.") from None
    except (OSError, UnicodeDecodeError) as problem:
        raise invalid(f"{path}: cannot be read: {problem}.") from None


def tables(text: str, file: str, name: str, invalid: type[ValueError]) -> list[dict[str, Any]]:
    """The array of tables of one name that a file's text holds; ``invalid`` where it holds anything else."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise invalid(f"{file}: is not TOML: {problem}.") from None
    for key in document.keys() - {name}:
        raise invalid(f"{file}: {key!r} is unknown; expected [[{name}]] tables.")
    rows = document.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise invalid(f"{file}: {name} must be an array of tables: write [[{name}]].")
    return rows


def toml_value(value: object) -> str:
    """A string, number, truth or list of strings in JSON, which is the same value in TOML once DEL is escaped."""
    return json.dumps(value, ensure_ascii=False).replace(chr(127), "\\u007f")
