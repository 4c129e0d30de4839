"""GetItem: items by id, in a shape."""

from __future__ import annotations

from reference_impl.ews.call import Call
from reference_impl.ews.namespaces import m
from reference_impl.ews.operations.answers import NO_ITEMS, each
from reference_impl.ews.operations.references import items_of
from reference_impl.ews.shapes import check_shape, read_shape, write_item
from reference_impl.ews.tree import Element, child
from reference_impl.ews.view import View

_SHAPE, _IDS = m("ItemShape"), m("ItemIds")


def get_item(request: Element, call: Call) -> str:
    """Answer a GetItem."""
    shape_element, id_elements = child(request, _SHAPE), child(request, _IDS)
    assert shape_element is not None
    assert id_elements is not None

    def get(element: Element) -> str:
        shape = read_shape(shape_element)
        views = [View(call, item, shape.rendering) for item in items_of(element, call)]
        check_shape(shape, views[0].element)
        return f"<m:Items>{''.join(write_item(view, shape) for view in views)}</m:Items>"

    return each("GetItem", id_elements, get, NO_ITEMS)
