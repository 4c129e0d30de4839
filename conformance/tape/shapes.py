"""Where a difference stands whichever entry of a list it is in, and what its values look like."""

from __future__ import annotations

import re
from typing import Final

from conformance.tape.diff import Difference
from conformance.tape.volatile import is_moment, is_opaque
from conformance.wire.path import Scalar

_NUMBER_OF_ENTRY: Final = re.compile(r"\[\d+\]")
# The shapes of texts, the first that fits.
_TEXTS: Final = (
    ("boolean", re.compile(r"true|false", re.IGNORECASE)),
    ("number", re.compile(r"-?\d+(\.\d+)?")),
    ("date", re.compile(r"\d{4}-\d\d-\d\d(Z|[+-]\d\d:\d\d)?")),
    ("GUID", re.compile(r"\{?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?", re.IGNORECASE)),
    ("URL", re.compile(r"https?://\S+", re.IGNORECASE)),
    ("address", re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")),
)
SHAPES: Final = ("absent", "empty", "moment", *(name for name, _ in _TEXTS), "id", "text")
"""What a value can look like."""


def general(path: str) -> str:
    """A path without the numbers of the entries that it leads through."""
    return _NUMBER_OF_ENTRY.sub("", path)


def kind_of(found: Difference) -> tuple[str, str]:
    """What differences of one kind share: the operation, and the general path."""
    return found.operation, general(found.path)


def shape_of(value: Scalar) -> str:
    """What a value looks like, one of ``SHAPES``; a value that is not there is ``absent``."""
    match value:
        case None:
            return "absent"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
    text = value.strip()
    if not text:
        return "empty"
    if is_moment(text):
        return "moment"
    named = next((name for name, pattern in _TEXTS if pattern.fullmatch(text)), None)
    return named or ("id" if is_opaque(text) else "text")
