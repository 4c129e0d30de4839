"""GetItem: items by id, in a shape."""

from __future__ import annotations

from reference_impl.ews.call import Call
from reference_impl.ews.operations.answers import NO_ITEMS, each
from reference_impl.ews.operations.references import items_of
from reference_impl.ews.shapes import Shape, check_shape, read_shape, write_item
from reference_impl.ews.tree import Element, children
from reference_impl.ews.view import View


def get_item(request: Element, call: Call) -> str:
    """Answer a GetItem, which has a shape and ids."""
    shape: Shape | None = None

    def get(element: Element) -> str:
        nonlocal shape
        if shape is None:
            shape = read_shape(request[0])
        written: list[str] = []
        for item in items_of(element, call):
            view = View(call, item, shape.rendering)
            if not written:
                check_shape(shape, view.element)
            written.append(write_item(view, shape))
        return f"<m:Items>{''.join(written)}</m:Items>"

    return each("GetItem", children(request[1]), get, NO_ITEMS)
