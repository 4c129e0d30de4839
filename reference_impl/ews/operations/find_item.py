"""FindItem: the items of folders, by view, restriction, sort order and grouping ([MS-OXWSSRCH], DOC finditem)."""

from __future__ import annotations

from typing import Final

from reference_impl.domain.acts import FolderRef
from reference_impl.domain.copying import replace
from reference_impl.domain.mailbox import Folder
from reference_impl.domain.queries import Group, GroupedPage, Grouping, Page, Query, Shelf
from reference_impl.ews import xml
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.folders import folder_named
from reference_impl.ews.namespaces import m
from reference_impl.ews.operations.answers import each
from reference_impl.ews.operations.item_views import viewed
from reference_impl.ews.operations.paging import Allowance, Paging, Slice, Way, allowance_of
from reference_impl.ews.search.expressions import Search, restriction
from reference_impl.ews.search.query_strings import highlights
from reference_impl.ews.search.query_strings import query as query_string
from reference_impl.ews.search.sorting import grouping, sort_order
from reference_impl.ews.shapes import Shape, check_findable, read_shape, write_found
from reference_impl.ews.tree import Element
from reference_impl.service import items

_SHELVES: Final = {
    "Shallow": Shelf.NORMAL,
    "Associated": Shelf.ASSOCIATED,
    "SoftDeleted": Shelf.RECOVERABLE,
}


def find_item(request: Element, call: Call) -> str:
    """Answer a FindItem: one response message per folder."""
    shape_element, parents = request.find(m("ItemShape")), request.find(m("ParentFolderIds"))
    assert shape_element is not None
    assert parents is not None
    allowance = allowance_of(request, call.world.settings)

    def find(parent: Element) -> str:
        shape = read_shape(shape_element)
        check_findable(shape)
        return _found(request, folder_named(parent, call), allowance, shape, call)

    return each("FindItem", parents, find)


def _found(request: Element, folder: Folder, allowance: Allowance, shape: Shape, call: Call) -> str:
    search, highlights = _search(request, call)
    paging, query = viewed(request, _query(request, folder, search), folder, call)
    if search is not None and search.is_exact and query.window is None:
        query = replace(query, keep=None)
    gathered = _grouping(request, call)
    page: Page | GroupedPage
    if _finds_nothing(query, search, call):
        page = Page((), 0, 0) if gathered is None else GroupedPage((), 0, 0, 0)
    else:
        owner = call.owner(folder.mailbox_id)
        query = replace(query, limit=allowance.limit(paging.limit))
        if gathered is None:
            page = items.find_items(call.world, owner, query, call.actor)
        else:
            page = items.find_groups(call.world, owner, query, gathered, call.actor)
    is_paged = paging.way is not Way.ALL
    allowance.take(paging.limit, max(page.total - page.offset, 0), page.size, call.version, is_paged=is_paged)
    return _root(page, paging, shape, call) + highlights


def _search(request: Element, call: Call) -> tuple[Search | None, str]:
    """What a request looks for by a restriction or a query string, and the words that an answer is to highlight.

    A query looks through one folder, so nothing deleted is there for ReturnDeletedItems, and nothing is kept for
    ResetCache to forget.
    """
    wanted, written = request.find(m("Restriction")), request.find(m("QueryString"))
    if wanted is not None and written is not None:
        raise ResponseError("ErrorInvalidOperation", "A QueryString excludes a Restriction.")
    if wanted is not None:
        return restriction(wanted, call), ""
    sought = None if written is None else query_string(written.text or "", call)
    if written is None or sought is None:
        return None, ""
    is_highlighted = written.get("ReturnHighlightTerms", "").strip() in {"true", "1"}
    return Search(sought.keep), highlights(sought) if is_highlighted else ""


def _query(request: Element, folder: Folder, search: Search | None) -> Query:
    order = request.find(m("SortOrder"))
    query = Query(
        folder=FolderRef(id=folder.id),
        shelf=_SHELVES[request.get("Traversal", "Shallow")],
        order=() if order is None else sort_order(order),
    )
    return query if search is None else replace(query, where=search.where, keep=search.keep)


def _grouping(request: Element, call: Call) -> Grouping | None:
    for name in ("GroupBy", "DistinguishedGroupBy"):
        element = request.find(m(name))
        if element is not None:
            return grouping(element, call)
    return None


def _finds_nothing(query: Query, search: Search | None, call: Call) -> bool:
    """Soft-deleted items are found by no search, and since Exchange2010 not at all (DOC finditem, deleteitem)."""
    if query.shelf is Shelf.RECOVERABLE:
        return search is not None or query.window is not None or call.version.has("Exchange2010")
    return query.shelf is Shelf.ASSOCIATED and query.window is not None


def _root(page: Page | GroupedPage, paging: Paging, shape: Shape, call: Call) -> str:
    start = page.total - page.offset - page.size if paging.backwards else page.offset
    attributes = paging.attributes(Slice(start, page.size, page.total))
    if isinstance(page, Page):
        content = xml.node("Items", write_found(page.items, shape, call))
    else:
        content = xml.node("Groups", "".join(_group(group, shape, call) for group in page.groups))
    return f"<m:RootFolder{attributes}>{content}</m:RootFolder>"


def _group(group: Group, shape: Shape, call: Call) -> str:
    text = str(group.number) if call.world.settings.groups_are_numbered else group.value[0]
    return xml.node(
        "GroupedItems", xml.leaf("GroupIndex", text) + xml.node("Items", write_found(group.items, shape, call))
    )
