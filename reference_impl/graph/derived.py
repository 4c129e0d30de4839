"""Addresses that follow from those of the routes: numbers of listings, single properties, and their raw values.

OData 4.01 URL conventions, 4.6 (a property), 4.7 (its raw value) and 4.8 (how many there are).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from reference_impl.domain.copying import replace
from reference_impl.graph.address import Address
from reference_impl.graph.call import Asking, Call, Content, Result
from reference_impl.graph.negotiation import JSON, TEXT
from reference_impl.graph.odata.options import Options
from reference_impl.graph.refusals import MethodNotAllowed, OptionInvalid, SegmentUnknown
from reference_impl.graph.router import Found, Route, Router

COUNT: Final = "$count"
VALUE: Final = "$value"
COUNTED: Final = frozenset({"$filter", "$search"})
"""The options of a listing that matter to how many there are."""

_FORMAT: Final = frozenset({"$format"})
_NAME: Final = re.compile(r"[A-Za-z]\w*", re.ASCII)
_SELECTED: Final = re.compile(r"(?:\([^()']*\))?/\$entity$")

Answer = Callable[[Call], Result | Asking]


class Way(msgspec.Struct, frozen=True, gc=False):
    """What an address leads to: a route with its keys, the options there, the media type, and who answers.

    ``is_direct`` where the answer is the route's own.
    """

    found: Found
    offered: frozenset[str]
    produced: str
    answer: Answer
    is_direct: bool = False


def way_to(router: Router, method: str, address: Address) -> Way:
    """The way of a method and an address; SegmentUnknown, MethodNotAllowed."""
    last = address.steps[-1].text.lower() if address.steps else ""
    if last == COUNT:
        return _to_count(router, method, address)
    try:
        found = router.find(method, address)
    except SegmentUnknown:
        way = _to_property(router, address, is_raw=last == VALUE) if method == "GET" else None
        if way is None:
            raise
        return way
    offered = found.route.options | _FORMAT if method == "GET" else found.route.options
    return Way(found, offered, found.route.produces, found.route.answer, is_direct=True)


def _to_count(router: Router, method: str, address: Address) -> Way:
    found = router.find("GET", _shortened(address, 1))
    if COUNT not in found.route.options:
        raise SegmentUnknown(segment=COUNT)
    if method != "GET":
        raise MethodNotAllowed(method=method, offered="GET")
    return Way(found, found.route.options & COUNTED | _FORMAT, TEXT, _counted(found.route.answer))


def _to_property(router: Router, address: Address, *, is_raw: bool) -> Way | None:
    """The way to a member of an entity, where the address may name one."""
    behind = 2 if is_raw else 1
    if len(address.steps) < behind:
        return None
    step = address.steps[-behind]
    if step.is_key or step.arguments is not None or not _NAME.fullmatch(step.text):
        return None
    try:
        found = router.find("GET", _shortened(address, behind))
    except (SegmentUnknown, MethodNotAllowed):
        return None
    if not _shows_one(found.route):
        return None
    return Way(found, _FORMAT, TEXT if is_raw else JSON, _of_property(found.route.answer, step.text, is_raw=is_raw))


def _shows_one(route: Route) -> bool:
    return "$select" in route.options and "$top" not in route.options and route.produces == JSON


def _shortened(address: Address, steps: int) -> Address:
    return Address(address.version, address.is_personal, address.user, address.steps[:-steps])


def _counted(answer: Answer) -> Answer:
    """Of a listing the number of what there is, as text."""

    def count(call: Call) -> Result:
        asked = Options({**call.options.system, COUNT: "true", "$top": "1"}, call.options.parameters)
        body = _read(answer(replace(call, options=asked))).body or {}
        number = body.get("@odata.count", len(body.get("value", ())))
        return Result(200, content=Content(TEXT, str(number).encode()))

    return count


def _of_property(answer: Answer, name: str, *, is_raw: bool) -> Answer:
    """Of an entity one member: 204 where it is null or absent, its members or its value otherwise."""

    def show(call: Call) -> Result:
        try:
            entity = _read(answer(replace(call, options=Options({"$select": name}))))
        except OptionInvalid:
            raise SegmentUnknown(segment=name) from None
        body = entity.body or {}
        member = next((each for each in body if each.lower() == name.lower()), name)
        value = body.get(member)
        if value is None:
            return Result(204)
        if is_raw:
            return _raw(value)
        place = _SELECTED.sub("", entity.context)
        context = f"{place}('{body['id']}')/{member}" if "id" in body else f"{place}/{member}"
        return Result(200, value if isinstance(value, Mapping) else {"value": value}, context=context)

    return show


def _raw(value: Any) -> Result:
    if isinstance(value, Mapping | list):
        raise SegmentUnknown(segment=VALUE)
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return Result(200, content=Content(f"{TEXT};charset=utf-8", text.encode()))


def _read(result: Result | Asking) -> Result:
    assert isinstance(result, Result), "to read asks nobody"
    return result
