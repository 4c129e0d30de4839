"""What the server might have said besides: parts that cases say are not there, and entries of lists that are empty.

The names come from the words of a case's checks and their requirements, the entries from what else is said on its tape.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import orjson
from lxml import etree

from conformance.catalogue import standard_catalogue
from conformance.model.record import Check
from conformance.wire.ews import parse
from conformance.wire.namespaces import prefixed
from conformance.wire.path import looks_like_xml, member, path_of

_NAME = re.compile(r"@odata\.[a-z]+[A-Z]\w+|\b[A-Z][a-z]+[A-Z]\w*|\b[a-z]+[A-Z]\w*|\b(?:When|Resources)\b")
_SPAN = {
    side: {"dateTime": f"2026-01-13T{hour}:00:00", "timeZone": "UTC"} for side, hour in (("start", 10), ("end", 11))
}
_MADE = ("2026-01-05T09:00:00Z", _SPAN)
_ITEM = re.compile(r"(?:CalendarItem|Message|Meeting(?:Request|Response|Cancellation))")
_ENTRIES = 6  # of one tape, as different as they are


def names_of(checks: Iterable[Check]) -> list[str]:
    """The names of elements and members that checks and their requirements speak of."""
    told = [
        " ".join((one.about, *one.expected, standard_catalogue().requirement(one.requirement).sentence))
        for one in checks
    ]
    names = dict.fromkeys(name for words in dict.fromkeys(told) for name in _NAME.findall(words))
    return [*names, *(f"@odata.{name}" for name in names if name.endswith("Link") and "." not in name)]


def additions(body: bytes, names: Iterable[str], entries: list[Any]) -> Iterator[tuple[str, Any]]:
    """Paths into a body and what may be added there: XML as text, or JSON; nothing where it is neither."""
    try:
        yield from _to_xml(body, names, entries) if looks_like_xml(body) else _to_json(body, names, entries)
    except ValueError:
        return


def _to_xml(body: bytes, names: Iterable[str], entries: list[Any]) -> Iterator[tuple[str, Any]]:
    for element in parse(body).iter(etree.Element):
        path = path_of(element)
        if prefixed(element.tag) == "t:Items" and not len(element):
            yield from ((path, entry) for entry in entries if isinstance(entry, str))
        prefix = prefixed(element.tag).partition(":")[0]
        if len(element) and prefix in {"t", "m"}:
            there = {etree.QName(child).localname for child in element}
            for name in names:
                if name not in there and name[0].isupper():
                    for kind in dict.fromkeys((prefix, "t")):
                        yield path, f"<{kind}:{name}>{_MADE[0]}</{kind}:{name}>"


def _to_json(body: bytes, names: Iterable[str], entries: list[Any]) -> Iterator[tuple[str, Any]]:
    if not body:
        return
    for path, value in _containers(orjson.loads(body), "$"):
        if isinstance(value, list):
            yield from ((path, entry) for entry in entries if isinstance(entry, dict))
        elif isinstance(value, dict):
            for name in names:
                if name not in value and not name[0].isupper():
                    yield from ((path, {name: made}) for made in _MADE)


def _containers(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict | list):
        yield path, value
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _containers(each, path + (member(key) if isinstance(value, dict) else f"[{key}]"))


def entries_of(bodies: Iterable[bytes]) -> list[Any]:
    """Items and entries that are told of in bodies, asked for or answered; of each kind the first few."""
    found: dict[Any, list[Any]] = {}
    for body in bodies:
        try:
            for kind, entry in _told(body):
                found.setdefault(kind, []).append(entry)
        except ValueError:
            continue
    return [entry for same in found.values() for entry in same[:_ENTRIES]]


def _told(body: bytes) -> Iterator[tuple[Any, Any]]:
    if looks_like_xml(body):
        for element in parse(body).iter(etree.Element):
            if _ITEM.fullmatch(name := etree.QName(element).localname):
                yield name, etree.tostring(element, encoding="unicode", with_tail=False)
    elif body:
        document = orjson.loads(body)
        listed = document.get("value") if isinstance(document, dict) else None
        for entry in listed if isinstance(listed, list) else [document]:
            if isinstance(entry, dict) and "access_token" not in entry:
                yield "an object", {"id": "added", **entry}
