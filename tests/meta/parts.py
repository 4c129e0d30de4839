"""Parts of a body and what can be done to them: removed, doubled, swapped with the next of their kind, or added to."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

import orjson
from lxml import etree

from conformance.wire import path as paths
from conformance.wire.ews import parse
from conformance.wire.namespaces import PREFIXES

REMOVED, DOUBLED, SWAPPED = "removed", "doubled", "swapped"
ADDED = "+"
_LAST_STEP = re.compile(r"(/[^/]+|\.[A-Za-z]\w*|\[[^\]]+\])\Z")
_NUMBERED = re.compile(r"(.*(?<!/text\(\))\[)(\d+)\]\Z", re.DOTALL)


def changed_body(body: bytes, path: str, value: Any) -> bytes:
    """A body with another value at a path, or with its part removed, doubled, or swapped with the next one.

    After ``ADDED``, the path is of what is added to: XML to an element, an entry to a list, members to an object.

    Raises:
        NoSuchPath: when the path leads nowhere, or there is no next one.
        ValueError: when the body is neither XML nor JSON.
    """
    if path.startswith(ADDED):
        return _added(body, path.removeprefix(ADDED), value)
    if value == REMOVED:
        return paths.remove(body, path)
    if value not in {DOUBLED, SWAPPED}:
        return paths.replace(body, path, value)
    if not path.startswith("$"):
        root = parse(body)
        _move_element(paths._xml_node(root, path), path, value)
        return paths._again(root)
    document = orjson.loads(body)
    holder, place = paths._json_place(document, path)
    if not isinstance(holder, list) or (value == SWAPPED and place + 1 == len(holder)):
        raise paths.NoSuchPath(f"{path}: no entry of a list, or the last one")
    if value == DOUBLED:
        holder.insert(place, holder[place])
    else:
        holder[place : place + 2] = reversed(holder[place : place + 2])
    return orjson.dumps(document)


def _added(body: bytes, path: str, value: Any) -> bytes:
    if not path.startswith("$"):
        root = parse(body)
        names = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in PREFIXES.items() if prefix != "xml")
        paths._xml_node(root, path).extend(etree.fromstring(f"<added {names}>{value}</added>"))
        return paths._again(root)
    document = [orjson.loads(body)]
    holder, place = paths._json_place(document[0], path, document)
    if isinstance(holder[place], list):
        holder[place].append(value)
    else:
        holder[place].update(value)
    return orjson.dumps(document[0])


def _move_element(node: Any, path: str, value: str) -> None:
    following = node.getnext() if etree.iselement(node) else None
    if value == DOUBLED and etree.iselement(node):
        node.addnext(copy.deepcopy(node))
    elif following is not None and following.tag == node.tag:
        following.addnext(node)
    else:
        raise paths.NoSuchPath(f"{path}: no element, or none of its name follows")


def branches(body: bytes) -> Iterator[str]:
    """The path of everything in a body that has something below it, the root apart; the innermost first.

    Raises:
        ValueError: when the body is neither XML nor JSON.
    """
    found: dict[str, None] = {}
    for path, _ in paths.leaves(body):
        above = _LAST_STEP.sub("", path)
        while above not in {"", "$", "/s:Header", path}:
            found[above] = None
            path, above = above, _LAST_STEP.sub("", above)  # noqa: PLW2901  one step up
    yield from sorted(found, key=len, reverse=True)


def entries(every: list[str]) -> Iterator[tuple[str, bool]]:
    """The paths among these that are entries of a list, and whether another entry follows."""
    known = set(every)
    for path in every:
        if numbered := _NUMBERED.match(path):
            yield path, f"{numbered[1]}{int(numbered[2]) + 1}]" in known
