"""Copies of frozen values."""

from __future__ import annotations

import dataclasses
from typing import Any, TypeVar, cast

import msgspec

Value = TypeVar("Value")


def replace(value: Value, /, **changes: Any) -> Value:
    """A copy of a Struct or of a dataclass instance with other attributes.

    Raises TypeError for an attribute that its class does not have.
    """
    if isinstance(value, msgspec.Struct):
        return cast("Value", msgspec.structs.replace(value, **changes))
    return cast("Value", dataclasses.replace(cast("Any", value), **changes))
