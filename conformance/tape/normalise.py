"""Exchanges with their volatile values renamed: the same value has the same name throughout, another value another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import orjson
from lxml import etree

from conformance.model.exchange import Exchange, Headers, Request, Response
from conformance.tape.volatile import (
    TAGS,
    VERSIONS,
    Kind,
    identity,
    in_one_alphabet,
    is_moment,
    is_opaque,
    kind_of_attribute,
    kind_of_element,
    kind_of_header,
    kind_of_member,
    kind_of_parameter,
    tokens,
)
from conformance.wire import graph
from conformance.wire.ews import NotXml, parse
from conformance.wire.namespaces import PREFIXES, local
from conformance.wire.path import looks_like_xml

_PREFIX = {Kind.IDENTITY: "id", Kind.MOMENT: "moment", Kind.DERIVED: "derived"}


@dataclass(slots=True)
class Names:
    """The names given so far: ``id-1``, ``moment-1`` ... in the order in which the values first stand."""

    given: dict[tuple[Kind, str], str] = field(default_factory=dict)
    count: dict[Kind, int] = field(default_factory=dict)

    def of(self, kind: Kind, text: str, version_of: str = "") -> str:
        """What a value at a place of this kind is called; a version by itself and by what it is a version of."""
        if not text or kind is Kind.VALUE or (kind is Kind.MOMENT and not is_moment(text)):
            return text
        if kind is Kind.LINK:
            return self._link(text)
        value = in_one_alphabet(f"{identity(text)}\0{version_of}" if version_of else identity(text))
        if (kind, value) not in self.given:
            self.count[kind] = self.count.get(kind, 0) + 1
            self.given[kind, value] = f"{_PREFIX[kind]}-{self.count[kind]}"
        return self.given[kind, value]

    def _link(self, text: str) -> str:
        parts, end = [], 0
        for start, stop, token in tokens(text):
            if is_opaque(token) or (Kind.IDENTITY, in_one_alphabet(token)) in self.given:
                parts += [text[end:start], self.of(Kind.IDENTITY, token)]
                end = stop
        return "".join([*parts, text[end:]])


def normalise(exchanges: Sequence[Exchange]) -> tuple[Exchange, ...]:
    """The exchanges with ids, stamps and tokens renamed by one bijection, and bodies written in one way.

    Metadata are kept. Normalising again changes nothing.
    """
    names = Names()
    return tuple(
        replace(each, request=_request(each.request, names), response=_response(each.response, names))
        for each in exchanges
    )


def normalise_request(request: Request) -> Request:
    """One request with its volatile values renamed."""
    return _request(request, Names())


def _request(request: Request, names: Names) -> Request:
    url = _url(request, names)
    body = _body(request.body, names)
    tagged = _named_last(request) if _has_tag(request.headers) else ""
    return replace(request, url=url, headers=_headers(request.headers, len(body), names, tagged), body=body)


def _response(response: Response, names: Names) -> Response:
    body = _body(response.body, names)
    tagged = _held(response.body) if _has_tag(response.headers) else ""
    return replace(response, headers=_headers(response.headers, len(body), names, tagged), body=body)


def _has_tag(headers: Headers) -> bool:
    return any(name.casefold() in TAGS for name, _ in headers)


def _named_last(request: Request) -> str:
    """The last id in a request's address, of which an entity tag in its headers is a version."""
    named = graph.segments(request.url) if graph.is_graph(request) else ()
    return next((each.text for each in reversed(named) if each.key and not (each.mailbox and "@" in each.text)), "")


def _held(body: bytes) -> str:
    """The id of what an answer holds, of which an entity tag in its headers is a version."""
    try:
        value = orjson.loads(body) if body else None
    except orjson.JSONDecodeError:
        return ""
    found = value.get("id") if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""


def _url(request: Request, names: Names) -> str:
    try:
        parts = urlsplit(request.url)
    except ValueError:
        return request.url
    path = parts.path
    if graph.is_graph(request):
        steps = [
            names.of(Kind.IDENTITY, each.text) if each.key and not (each.mailbox and "@" in each.text) else each.text
            for each in graph.segments(request.url)
        ]
        version = parts.path.strip("/").partition("/")[0]
        path = "/".join(["", version, *(quote(step, safe="@$()=',") for step in steps)])
    pairs = [
        (name, names.of(kind_of_parameter(name), value))
        for name, value in parse_qsl(parts.query, keep_blank_values=True, errors="surrogateescape")
    ]
    query = urlencode(pairs, errors="surrogateescape") if pairs else parts.query
    return parts._replace(path=path, query=query).geturl()


def _headers(pairs: Headers, length: int, names: Names, tagged: str) -> Headers:
    def told(name: str, value: str) -> str:
        if name == "content-length":
            return str(length)
        return names.of(kind_of_header(name), value, tagged if name in TAGS else "")

    return tuple((name, told(name.casefold(), value)) for name, value in pairs)


def _body(body: bytes, names: Names) -> bytes:
    if not body:
        return body
    if looks_like_xml(body):
        try:
            return _xml(parse(body, blanks=False), names)
        except NotXml:
            return body
    try:
        return orjson.dumps(_json(orjson.loads(body), "", "", names), option=orjson.OPT_SORT_KEYS)
    except (orjson.JSONDecodeError, TypeError):
        return body


def _xml(root: etree._Element, names: Names) -> bytes:
    """The document renamed, in the one spelling that canonical XML and the usual prefixes give it."""
    plain = _copy(root, None, names)
    etree.cleanup_namespaces(plain)
    return etree.tostring(plain, method="c14n", exclusive=True, with_comments=False)


def _copy(element: etree._Element, parent: etree._Element | None, names: Names) -> etree._Element:
    name = local(element.tag)
    known = {prefix: uri for prefix, uri in PREFIXES.items() if prefix != "xml"}
    copy = etree.Element(element.tag, nsmap=known) if parent is None else etree.SubElement(parent, element.tag)
    for attribute, value in sorted(element.attrib.items()):
        plain = local(str(attribute))
        owner = str(element.get("Id", "")) if plain in VERSIONS else ""
        copy.set(attribute, names.of(kind_of_attribute(name, plain), str(value), owner))
    copy.text = element.text
    if element.text and not len(element):
        copy.text = names.of(kind_of_element(name, str(element.get("HeaderName", ""))), element.text)
    copy.tail = element.tail if parent is not None else None
    for child in element.iterchildren(etree.Element):
        _copy(child, copy, names)
    return copy


def _json(value: Any, inside: str, name: str, names: Names) -> Any:
    match value:
        case dict():
            owner = value.get("id")
            return {
                key: names.of(Kind.IDENTITY, each, owner)
                if key in VERSIONS and isinstance(each, str) and isinstance(owner, str)
                else _json(each, name, key, names)
                for key, each in sorted(value.items())
            }
        case list():
            return [_json(each, inside, name, names) for each in value]
        case str():
            return names.of(kind_of_member(inside, name), value)
        case _:
            return value
