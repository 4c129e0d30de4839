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
from reference_impl.ews.tree import Element, Parts, children, parts_of
from reference_impl.service import items

_SHAPE, _PARENTS, _ORDER = m("ItemShape"), m("ParentFolderIds"), m("SortOrder")
_RESTRICTION, _QUERY_STRING = m("Restriction"), m("QueryString")
_GROUP, _DISTINGUISHED_GROUP = m("GroupBy"), m("DistinguishedGroupBy")

_SHELVES: Final = {
    "Shallow": Shelf.NORMAL,
    "Associated": Shelf.ASSOCIATED,
    "SoftDeleted": Shelf.RECOVERABLE,
}


def find_item(request: Element, call: Call) -> str:
    """Answer a FindItem: one response message per folder."""
    parts, shelf = parts_of(request), _SHELVES[request.get("Traversal", "Shallow")]
    allowance = allowance_of(parts, call.world.settings)

    def find(parent: Element) -> str:
        shape = read_shape(parts[_SHAPE])
        check_findable(shape)
        return _found(parts, shelf, folder_named(parent, call), allowance, shape, call)

    return each("FindItem", children(parts[_PARENTS]), find)


def _found(parts: Parts, shelf: Shelf, folder: Folder, allowance: Allowance, shape: Shape, call: Call) -> str:
    search, highlights = _search(parts, call)
    paging, query = viewed(parts, _query(parts, shelf, folder, search), folder, call)
    if search is not None and search.is_exact and query.window is None:
        query = replace(query, keep=None)
    gathered = _grouping(parts, call)
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


def _search(parts: Parts, call: Call) -> tuple[Search | None, str]:
    """What a request looks for by a restriction or a query string, and the words that an answer is to highlight.

    A query looks through one folder, so nothing deleted is there for ReturnDeletedItems, and nothing is kept for
    ResetCache to forget.
    """
    wanted, written = parts.get(_RESTRICTION), parts.get(_QUERY_STRING)
    if wanted is not None and written is not None:
        raise ResponseError("ErrorInvalidOperation", "A QueryString excludes a Restriction.")
    if wanted is not None:
        return restriction(wanted, call), ""
    sought = None if written is None else query_string(written.text or "", call)
    if written is None or sought is None:
        return None, ""
    is_highlighted = written.get("ReturnHighlightTerms", "").strip() in {"true", "1"}
    return Search(sought.keep), highlights(sought) if is_highlighted else ""


def _query(parts: Parts, shelf: Shelf, folder: Folder, search: Search | None) -> Query:
    order = parts.get(_ORDER)
    return Query(
        folder=FolderRef(id=folder.id),
        shelf=shelf,
        where=None if search is None else search.where,
        keep=None if search is None else search.keep,
        order=() if order is None else sort_order(order),
    )


def _grouping(parts: Parts, call: Call) -> Grouping | None:
    element = parts.get(_GROUP, parts.get(_DISTINGUISHED_GROUP))
    return None if element is None else grouping(element, call)


def _finds_nothing(query: Query, search: Search | None, call: Call) -> bool:
    """Soft-deleted items are found by no search, and since Exchange2010 not at all (DOC finditem, deleteitem)."""
    if query.shelf is Shelf.RECOVERABLE:
        return search is not None or query.window is not None or call.version.has("Exchange2010")
    return query.shelf is Shelf.ASSOCIATED and query.window is not None


def _root(page: Page | GroupedPage, paging: Paging, shape: Shape, call: Call) -> str:
    start = page.total - page.offset - page.size if paging.backwards else page.offset
    attributes = paging.attributes(Slice(start, page.size, page.total))
    if isinstance(page, Page):
        element, parts = "Items", write_found(page.items, shape, call)
    else:
        element, parts = "Groups", [_group(group, shape, call) for group in page.groups]
    return _around(f"<m:RootFolder{attributes}>", element, parts, "</m:RootFolder>")


def _group(group: Group, shape: Shape, call: Call) -> str:
    text = str(group.number) if call.world.settings.groups_are_numbered else group.value[0]
    opening = "<t:GroupedItems>" + xml.leaf("GroupIndex", text)
    return _around(opening, "Items", write_found(group.items, shape, call), "</t:GroupedItems>")


def _around(opening: str, element: str, parts: list[str], closing: str) -> str:
    """The parts in their element, between an opening and a closing: what is long is put together once."""
    if not parts:
        return f"{opening}<t:{element}/>{closing}"
    return "".join((opening, f"<t:{element}>", *parts, f"</t:{element}>", closing))
