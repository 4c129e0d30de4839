"""Pages of short collections that are read whole."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from reference_impl.graph.call import Call, Result
from reference_impl.graph.fields.field import Table
from reference_impl.graph.odata.filtering import compile_filter
from reference_impl.graph.odata.options import DEFAULT_TOP
from reference_impl.graph.odata.selecting import read_select
from reference_impl.graph.odata.syntax import parse_filter


def listed(call: Call, context: str, table: Table[Any], subjects: Iterable[Any], size: int = DEFAULT_TOP) -> Result:
    """The page of those subjects that $filter keeps, with the members that $select names; ``size`` is the usual one."""
    selection = read_select(call.options, table.selectable(call.version))
    restriction = call.options.system.get("$filter")
    if restriction is not None:
        subjects = filter(compile_filter(parse_filter(restriction), table.filterable(call.version)), subjects)
    return call.table_page(context, table, subjects, selection, size)
