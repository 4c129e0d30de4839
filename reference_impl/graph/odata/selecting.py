"""$select and $orderby over a resource's field table."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

import msgspec

from reference_impl.domain.queries import Order
from reference_impl.graph.odata.filtering import Filterable, Type
from reference_impl.graph.odata.options import Options
from reference_impl.graph.refusals import OptionInvalid

_DIRECTIONS: Final = {"": False, "asc": False, "desc": True}


class Selection(msgspec.Struct, frozen=True, gc=False):
    """The members asked for, in the order asked; None means all of them."""

    names: tuple[str, ...] | None = None

    def keeps(self, name: str, *, by_name: bool = False) -> bool:
        """Whether a member is shown; with ``by_name`` only where it is named."""
        return not by_name if self.names is None else name in self.names

    @property
    def suffix(self) -> str:
        """What the context says of it."""
        return f"({','.join(self.names)})" if self.names is not None else ""


def read_select(options: Options, selectable: Mapping[str, str]) -> Selection:
    """The members named by $select; ``selectable`` maps what may be named, in lower case, to the member's name."""
    text = options.system.get("$select")
    if text is None or text.strip() == "*":
        return Selection()
    names: list[str] = []
    for part in text.split(","):
        asked = part.strip()
        name = selectable.get(asked.lower())
        if name is None:
            raise OptionInvalid(reason=f"Could not find a property named {asked!r} to select.")
        if name not in names:
            names.append(name)
    return Selection(tuple(names))


def read_orderby(options: Options, sortable: Mapping[str, Order]) -> tuple[tuple[str, Order, bool], ...]:
    """The sort keys of $orderby: path in lower case, the order it stands for, whether descending."""
    text = options.system.get("$orderby")
    if text is None:
        return ()
    keys: list[tuple[str, Order, bool]] = []
    for part in text.split(","):
        path, _, direction = part.strip().partition(" ")
        order = sortable.get(path.lower())
        descending = _DIRECTIONS.get(direction.strip().lower())
        if order is None or descending is None:
            known = ", ".join(sorted(sortable))
            raise OptionInvalid(reason=f"Cannot sort by {part.strip()!r}; known: {known}, each with asc or desc.")
        keys.append((path.lower(), order, descending))
    return tuple(keys)


def read_properties(options: Options, table: Mapping[str, Filterable]) -> tuple[tuple[Callable[[Any], Any], bool], ...]:
    """The sort keys of $orderby where a collection is sorted as it is read: how each is read, whether descending."""
    text = options.system.get("$orderby")
    keys: list[tuple[Callable[[Any], Any], bool]] = []
    for part in () if text is None else text.split(","):
        path, _, direction = part.strip().partition(" ")
        found, descending = table.get(path.lower()), _DIRECTIONS.get(direction.strip().lower())
        if found is None or found.type is Type.TEXTS or descending is None:
            known = ", ".join(sorted(name for name, each in table.items() if each.type is not Type.TEXTS))
            raise OptionInvalid(reason=f"Cannot sort by {part.strip()!r}; known: {known}, each with asc or desc.")
        keys.append((found.read, descending))
    return tuple(keys)


def leads(ordered: Collection[str], filtered: Collection[str]) -> bool:
    """Whether the sort keys come first in the filter, in the same order (messages; InefficientFilter otherwise)."""
    first_seen = list(dict.fromkeys(filtered))
    return list(ordered) == first_seen[: len(ordered)]
