"""GetItem: items by id, in a shape."""

from __future__ import annotations

from reference_impl.ews.call import Call
from reference_impl.ews.operations.answers import NO_ITEMS, each
from reference_impl.ews.operations.references import items_of
from reference_impl.ews.shapes import Shape, check_shape, read_shape, write_item
from reference_impl.ews.tree import Element
from reference_impl.ews.view import View


def get_item(request: Element, call: Call) -> str:
    """Answer a GetItem, which has a shape and ids."""
    shape: Shape | None = None

    def get(element: Element) -> str:
        nonlocal shape
        if shape is None:
            shape = read_shape(request[0])
        views = [View(call, item, shape.rendering) for item in items_of(element, call)]
        check_shape(shape, views[0].element)
        return f"<m:Items>{''.join([write_item(view, shape) for view in views])}</m:Items>"

    return each("GetItem", request[1], get, NO_ITEMS)
