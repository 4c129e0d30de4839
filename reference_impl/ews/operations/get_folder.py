"""GetFolder: folders by id or by distinguished name."""

from __future__ import annotations

from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.folders import folder_named, read_folder_shape, write_folder
from reference_impl.ews.namespaces import m
from reference_impl.ews.operations.answers import NO_FOLDERS, failure, response, speaking_of, success
from reference_impl.ews.tree import Element


def get_folder(request: Element, call: Call) -> str:
    """Answer a GetFolder."""
    shape_element, id_elements = request.find(m("FolderShape")), request.find(m("FolderIds"))
    assert shape_element is not None
    assert id_elements is not None
    shape = read_folder_shape(shape_element)
    messages: list[str] = []
    for element in id_elements:
        try:
            with speaking_of():
                folder = write_folder(folder_named(element, call), shape, call)
            messages.append(success("GetFolder", f"<m:Folders>{folder}</m:Folders>"))
        except ResponseError as error:
            messages.append(failure("GetFolder", error, NO_FOLDERS))
    return response("GetFolder", messages)
