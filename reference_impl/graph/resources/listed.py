"""Pages of short collections that are read whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from reference_impl.graph.call import Call, Result
from reference_impl.graph.fields.field import Table
from reference_impl.graph.odata.filtering import compile_filter
from reference_impl.graph.odata.options import DEFAULT_TOP
from reference_impl.graph.odata.selecting import read_properties, read_select
from reference_impl.graph.odata.syntax import parse_filter


def listed(call: Call, context: str, table: Table[Any], subjects: Iterable[Any], size: int = DEFAULT_TOP) -> Result:
    """The page of those subjects that $filter keeps, with the members that $select names; ``size`` is the usual one.

    They stand in the order of $orderby, which takes what $filter takes, else in their own.
    """
    selection = read_select(call.options, table.selectable(call.version))
    known = table.filterable(call.version)
    restriction = call.options.system.get("$filter")
    if restriction is not None:
        subjects = filter(compile_filter(parse_filter(restriction), known), subjects)
    every = list(subjects)
    for read, is_descending in reversed(read_properties(call.options, known)):
        every.sort(key=partial(_rank, read), reverse=is_descending)
    return call.table_page(context, table, every, selection, size)


def _rank(read: Callable[[Any], Any], subject: Any) -> tuple[bool, Any]:
    """Null comes first (OData 4.01 part 1, 11.2.6.2), and case does not count."""
    value = read(subject)
    return (value is not None, value.casefold() if isinstance(value, str) else value)
