"""GetFolder: folders by id or by distinguished name."""

from __future__ import annotations

from reference_impl.ews.call import Call
from reference_impl.ews.folder_shapes import read_folder_shape, write_folder
from reference_impl.ews.folders import folder_named
from reference_impl.ews.namespaces import m
from reference_impl.ews.operations.answers import NO_FOLDERS, each
from reference_impl.ews.tree import Element


def get_folder(request: Element, call: Call) -> str:
    """Answer a GetFolder."""
    shape_element, id_elements = request.find(m("FolderShape")), request.find(m("FolderIds"))
    assert shape_element is not None
    assert id_elements is not None

    def get(element: Element) -> str:
        shape = read_folder_shape(shape_element)
        return f"<m:Folders>{write_folder(folder_named(element, call), shape, call)}</m:Folders>"

    return each("GetFolder", id_elements, get, NO_FOLDERS)
