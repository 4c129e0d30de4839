"""MAPI properties that are another spelling of what items have anyway: what they read, and what writing them sets."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from reference_impl.domain.extended import ExtendedAddress
from reference_impl.domain.items import Importance, Item, Sensitivity
from reference_impl.mapi.values import time_text
from reference_impl.service.item_ids import IdKind, pack_id

Values = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """One property: its values on an item, None where it has none; and, if it can be set, what attributes it sets.

    ``absent`` are the values as which the property is set when it is deleted; without them it cannot be. ``write_new``
    sets it on an item that is being made, where that is another matter.
    """

    read: Callable[[Any], Values | None]
    write: Callable[[Values], Mapping[str, Any]] | None = None
    absent: Values | None = None
    write_new: Callable[[Values], Mapping[str, Any]] | None = None


Knowledge = Mapping[ExtendedAddress, Known]

IMPORTANCES: Final = (Importance.LOW, Importance.NORMAL, Importance.HIGH)
SENSITIVITIES: Final = (Sensitivity.NORMAL, Sensitivity.PERSONAL, Sensitivity.PRIVATE, Sensitivity.CONFIDENTIAL)


def text(value: Callable[[Any], str]) -> Callable[[Any], Values | None]:
    """A reader of a string; empty text is no value."""

    def read(item: Any) -> Values | None:
        found = value(item)
        return (found,) if found else None

    return read


def number(value: Callable[[Any], int | None]) -> Callable[[Any], Values | None]:
    """A reader of a whole number."""

    def read(item: Any) -> Values | None:
        found = value(item)
        return None if found is None else (str(int(found)),)

    return read


def flag(value: Callable[[Any], bool]) -> Callable[[Any], Values | None]:
    """A reader of a boolean."""
    return lambda item: ("true" if value(item) else "false",)


def moment(value: Callable[[Any], datetime | None]) -> Callable[[Any], Values | None]:
    """A reader of a moment."""

    def read(item: Any) -> Values | None:
        found = value(item)
        return None if found is None else (time_text(found),)

    return read


def binary(value: Callable[[Any], bytes | None]) -> Callable[[Any], Values | None]:
    """A reader of bytes."""

    def read(item: Any) -> Values | None:
        found = value(item)
        return None if found is None else (base64.b64encode(found).decode(),)

    return read


def set_text(attribute: str) -> Callable[[Values], Mapping[str, Any]]:
    """A string set."""
    return lambda values: {attribute: values[0]}


def set_number(attribute: str) -> Callable[[Values], Mapping[str, Any]]:
    """A whole number set."""
    return lambda values: {attribute: int(values[0])}


def set_flag(attribute: str, *, negated: bool = False) -> Callable[[Values], Mapping[str, Any]]:
    """A boolean set, or its contrary."""
    return lambda values: {attribute: (values[0] == "true") is not negated}


def set_moment(attribute: str) -> Callable[[Values], Mapping[str, Any]]:
    """A moment set."""
    return lambda values: {attribute: datetime.fromisoformat(values[0])}


def set_one_of(attribute: str, choices: tuple[Any, ...]) -> Callable[[Values], Mapping[str, Any]]:
    """The choice with a number set. ValueError for a number that names none."""

    def write(values: Values) -> Mapping[str, Any]:
        place = int(values[0])
        if not 0 <= place < len(choices):
            raise ValueError(f"the numbers are 0 to {len(choices) - 1}")
        return {attribute: choices[place]}

    return write


def entry_id(item: Item) -> bytes:
    """The item's id in bytes."""
    return pack_id(IdKind.ITEM, item.mailbox_id, item.id)


def parent_entry_id(item: Item) -> bytes:
    """The id of the item's folder in bytes."""
    return pack_id(IdKind.FOLDER, item.mailbox_id, item.folder_id)
