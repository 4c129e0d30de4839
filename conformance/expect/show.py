"""Values as people read them in a failure."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import is_dataclass
from datetime import datetime
from enum import Enum

LIMIT = 400


def show(value: object) -> str:
    """A value on one line, shortened in its middle beyond 400 characters."""
    text = _words(value)
    if len(text) <= LIMIT:
        return text
    half = LIMIT // 2
    return f"{text[:half]} …({len(text) - 2 * half} more)… {text[-half:]}"


def _words(value: object) -> str:  # noqa: PLR0911  one line for each kind of value
    match value:
        case None:
            return "nothing"
        case Enum():
            return _words(value.value)
        case datetime():
            return value.isoformat()
        case bytes():
            return repr(value[:LIMIT]) + (f" (and {len(value) - LIMIT} more bytes)" if len(value) > LIMIT else "")
        case str():
            return f'"{value}"' if value.isprintable() else repr(value)
        case Mapping():
            return "{" + ", ".join(f"{_words(key)}: {_words(one)}" for key, one in value.items()) + "}"
        case AbstractSet():
            return "{" + ", ".join(sorted(_words(one) for one in value)) + "}"
        case list() | tuple() if not hasattr(value, "_fields"):
            return "[" + ", ".join(_words(one) for one in value) + "]"
        case _ if type(value).__str__ is not object.__str__ and is_dataclass(value):
            return str(value)
        case _:
            return repr(value)
