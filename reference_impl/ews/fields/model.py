"""What a field table says of one property."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from enum import Enum, auto
from typing import Any

import msgspec

from reference_impl.domain.acts import EventDraft, MessageDraft
from reference_impl.domain.items import Item
from reference_impl.ews.call import Call
from reference_impl.ews.tree import Element
from reference_impl.ews.view import View


class Kind(Enum):
    """How a property's values are compared."""

    TEXT = auto()
    TIME = auto()
    NUMBER = auto()
    FLAG = auto()
    CHOICE = auto()  # an enumeration, which takes no part in comparisons


class Writing(msgspec.Struct, frozen=True):
    """How a value is read from a request: the call, the zones of offset-less starts and ends, and the way to read an
    item that is attached.
    """

    call: Call
    start_zone: tzinfo
    end_zone: tzinfo
    read_item: Callable[[Element], EventDraft | MessageDraft]


Reader = Callable[[View], str | None]
"""The item as a call sees it -> the property's element, finished, if it has a value."""

Setter = Callable[[Any, Element, Writing], Mapping[str, Any]]
"""(the item or draft as it is, the property's element, how to read it) -> the attributes that change."""

Eraser = Callable[[Any], Mapping[str, Any]]
"""The item as it is -> the attributes that change when the property is deleted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One property of one kind of item.

    ``read`` gives the finished element or None. ``value`` gives what searches and sorts compare; a property without it
    is calculated. ``create`` and ``update`` set it, ``append`` adds to it, ``delete`` takes it away.
    """

    uri: str
    element: str
    read: Reader
    since: str | None = None
    named_only: bool = False  # not part of AllProperties
    found: bool = True  # FindItem answers it
    kind: Kind = Kind.TEXT
    value: Callable[[Item], Any] | None = None
    create: Setter | None = None
    update: Setter | None = None
    append: Setter | None = None
    delete: Eraser | None = None
    ignored: bool = False  # a value in a request is passed over, not refused


Table = tuple[Field, ...]
