"""Sort orders and groupings (DOC sortorder, groupby, aggregateon, standardgroupby)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from lxml import etree

from reference_impl.domain.items import Item
from reference_impl.domain.queries import Grouping, Key
from reference_impl.ews.call import Call
from reference_impl.ews.namespaces import local, t
from reference_impl.ews.search.paths import Properties, Property, item_property, sortable
from reference_impl.ews.tree import Element


def sort_order(element: Element, properties: Properties = item_property) -> tuple[tuple[Key, bool], ...]:
    """The keys of an m:SortOrder: the first weighs most, items without the property come first.

    Raises ErrorUnsupportedPathForSortGroup.
    """
    return tuple((_key(sortable(properties, order[0])), order.get("Order") == "Descending") for order in element)


def _key(found: Property) -> Key:
    return found.known or found.rank


_STANDARD_GROUPS: Final = {"ConversationTopic": ("message:ConversationTopic", "item:DateTimeReceived")}
"""StandardGroupBy -> what it groups by, and the property whose greatest value orders the groups."""


def grouping(element: Element, call: Call, properties: Properties = item_property) -> Grouping:
    """What an m:GroupBy or m:DistinguishedGroupBy gathers; the value of a group begins with its GroupIndex.

    Raises ErrorUnsupportedPathForSortGroup.
    """
    if local(element.tag) == "DistinguishedGroupBy":
        by, on = (_path(uri) for uri in _STANDARD_GROUPS[element.findtext(t("StandardGroupBy")) or ""])
        of_greatest = True
    else:
        by, aggregate_on = element
        on, of_greatest = aggregate_on[0], aggregate_on.get("Aggregate") == "Maximum"
    grouped = sortable(properties, by)
    return Grouping(
        value=lambda item: (_index(grouped, item, call), grouped.value(item)),
        aggregate=sortable(properties, on).rank,
        of_greatest=of_greatest,
        descending=element.get("Order") == "Descending",
    )


def _path(uri: str) -> Element:
    return etree.Element(t("FieldURI"), {"FieldURI": uri})


def _index(grouped: Property, item: Item, call: Call) -> str:
    """A value as text: what a group has instead of a name (DOC groupindex)."""
    value = (grouped.sorted_by or grouped.value)(item)
    entries = value if isinstance(value, tuple) else () if value is None else (value,)
    return "; ".join(_written(entry, call) for entry in entries)


def _written(value: object, call: Call) -> str:
    if isinstance(value, datetime):
        return call.time(value)
    return str(value).lower() if isinstance(value, bool) else str(value)
