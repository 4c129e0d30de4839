"""An exchange as a tree of named values, the same for XML, JSON, forms, URLs and headers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import orjson
from lxml import etree

from conformance.model.exchange import Exchange, Headers, Request, Response
from conformance.tape.bodies import TextBody, Unreadable
from conformance.tape.volatile import (
    TAGS,
    VERSIONS,
    Kind,
    kind_of_attribute,
    kind_of_element,
    kind_of_header,
    kind_of_member,
    kind_of_parameter,
)
from conformance.wire import graph
from conformance.wire.ews import NotXml, parse
from conformance.wire.namespaces import BODY, ENVELOPE, HEADER, local, prefixed
from conformance.wire.operation import Protocol, protocol
from conformance.wire.path import Scalar, looks_like_xml, member, steps_of, texts_of


class Shape(Enum):
    """How the children of a node belong together."""

    LEAF = auto()
    BAG = auto()  # by name
    LIST = auto()  # in order
    SET = auto()  # in any order


# The order of these says nothing: who is invited, what may be answered, which labels an item has.
_SETS = frozenset(
    {
        *("ResponseObjects", "RequiredAttendees", "OptionalAttendees", "Resources", "Categories", "ReplyTo"),
        *("ToRecipients", "CcRecipients", "BccRecipients", "EventTypes"),
        *("attendees", "toRecipients", "ccRecipients", "bccRecipients", "replyTo", "categories"),
    }
)
_LISTS = frozenset({"Items", "ResponseMessages", "ItemIds", "ItemChanges", "Updates", "Folders", "ParentFolderIds"})


@dataclass(slots=True, eq=False)
class Node:
    """A value with its name and kind, or several of them."""

    name: str  # local name, ``@Attribute``, member, header
    step: str  # how a path goes from the parent to here
    parent: Node | None
    shape: Shape = Shape.LEAF
    value: Scalar = None
    kind: Kind = Kind.VALUE
    children: list[Node] = field(default_factory=list)

    @property
    def path(self) -> str:
        """The path from the side of the exchange to here."""
        steps = []
        at: Node | None = self
        while at is not None:
            steps.append(at.step)
            at = at.parent
        return "".join(reversed(steps))

    @property
    def tag(self) -> str:
        """The name with its namespace's prefix where it has one."""
        return self.step.partition("[")[0].strip("/") if self.step.startswith("/") else self.name

    def child(self, *names: str) -> Node | None:
        """The first child of this name, and its child, and so on."""
        at: Node | None = self
        for name in names:
            at = None if at is None else next((each for each in at.children if each.name == name), None)
        return at

    def text(self, *names: str) -> str:
        """The text of a descendant by names; "" where there is none."""
        found = self.child(*names)
        if found is not None and found.shape is not Shape.LEAF:
            found = found.child("text()")
        return "" if found is None or found.value is None else str(found.value)

    def leaves(self) -> Iterator[Node]:
        """Every value from here down, in order."""
        if self.shape is Shape.LEAF:
            yield self
        for child in self.children:
            yield from child.leaves()

    def above(self) -> Iterator[Node]:
        """This node, its parent, and so on."""
        at: Node | None = self
        while at is not None:
            yield at
            at = at.parent


SCOPE = "\0"


def scoped(node: Node, text: str) -> str:
    """An identity by which a thing is known: that of a version together with the item it is a version of.

    An entity tag in a header is one of what the answer's body holds, or the request's address names; where neither
    tells, it is not said of what.
    """
    if node.name in TAGS:
        return f"{text}{SCOPE}{_tagged(node)}"
    if node.name not in VERSIONS or node.parent is None:
        return text
    return f"{text}{SCOPE}{node.parent.text('@Id') or node.parent.text('id')}"


def _tagged(header: Node) -> str:
    message = header.parent.parent if header.parent is not None else None
    if message is None:
        return ""
    body, address = message.child(""), message.child("url", "path")
    if address is None:
        return body.text("id") if body is not None else ""
    return next((str(step.value) for step in reversed(address.children) if step.kind is Kind.IDENTITY), "")


def request_tree(request: Request) -> Node:
    """A request as a tree: method, URL, headers and body."""
    root = Node("request", "request", None, Shape.BAG)
    _leaf(root, "method", ".method", request.method)
    _url(root, request)
    _headers(root, request.headers)
    _body(root, request, form=protocol(request) is Protocol.OAUTH)
    return root


def response_tree(exchange: Exchange) -> Node:
    """An answer as a tree: status, headers and body."""
    root = Node("response", "response", None, Shape.BAG)
    _leaf(root, "status", ".status", exchange.response.status)
    _headers(root, exchange.response.headers)
    _body(root, exchange.response)
    return root


_NO_CHILDREN: Final[list[Node]] = []  # of all leaves, which get none: a list of its own for each costs much


def _leaf(parent: Node, name: str, step: str, value: Scalar, kind: Kind = Kind.VALUE) -> None:
    parent.children.append(Node(name, step, parent, Shape.LEAF, value, kind, _NO_CHILDREN))


def _url(root: Node, request: Request) -> None:
    url = Node("url", ".url", root, Shape.BAG)
    root.children.append(url)
    try:
        parts = urlsplit(request.url)
    except ValueError:
        _leaf(url, "text", "", request.url)
        return
    _leaf(url, "origin", ".origin", f"{parts.scheme}://{parts.netloc}", Kind.IDENTITY)
    if graph.is_graph(request):
        steps = Node("path", ".path", url, Shape.LIST)
        url.children.append(steps)
        _leaf(steps, "version", "[0]", parts.path.strip("/").partition("/")[0].casefold())
        for number, segment in enumerate(graph.segments(request.url), start=1):
            opaque = segment.key and not (segment.mailbox and "@" in segment.text)
            _leaf(steps, "segment", f"[{number}]", segment.text, Kind.IDENTITY if opaque else Kind.VALUE)
    else:
        _leaf(url, "path", ".path", parts.path)
    _parameters(url, ".query", parts.query)


def _parameters(parent: Node, step: str, text: str) -> None:
    pairs = Node("parameters", step, parent, Shape.BAG)
    parent.children.append(pairs)
    for name, value in parse_qsl(text, keep_blank_values=True, errors="surrogateescape"):
        _leaf(pairs, name, f".{name}", value, kind_of_parameter(name))


def _headers(root: Node, headers: Headers) -> None:
    block = Node("headers", ".headers", root, Shape.BAG)
    root.children.append(block)
    for name, value in headers:
        _leaf(block, name.casefold(), f".{name.casefold()}", value, kind_of_header(name))


def _body(root: Node, message: Request | Response, *, form: bool = False) -> None:
    if not message.body:
        return
    try:
        body = TextBody.of(message)
    except Unreadable:
        _leaf(root, "body", ".body", message.body.hex())
        return
    plain = message.body if not body.codings else body.text.encode(body.charset)
    if form:
        _parameters(root, ".form", body.text)
    elif looks_like_xml(plain) and (element := _xml(plain)) is not None:
        _envelope(root, element)
    elif (value := _json(plain)) is not None:
        _value(root, "", "$", value, "")
    else:
        _leaf(root, "body", ".body", body.text)


def _xml(body: bytes) -> etree._Element | None:
    try:
        return parse(body)
    except NotXml:
        return None


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError:
        return None


def _envelope(root: Node, element: etree._Element) -> None:
    """A SOAP envelope by its header and by what its body holds; any other document by its root."""
    if element.tag != ENVELOPE:
        _element(root, f"/{prefixed(element.tag)}", element)
        return
    for part in element.iterchildren(HEADER, BODY):
        if part.tag == HEADER:
            _element(root, "/s:Header", part)
        else:
            for step, content in steps_of(part):
                _element(root, f"/{step}", content)


def _element(parent: Node, step: str, element: etree._Element) -> None:
    name = local(element.tag)
    if not len(element) and not element.attrib:
        _leaf(parent, name, step, _element_text(name, element.text or ""), kind_of_element(name))
        return
    node = Node(name, step, parent, _shape(name))
    parent.children.append(node)
    for attribute, value in element.attrib.items():
        plain = local(str(attribute))
        _leaf(node, f"@{plain}", f"/@{prefixed(str(attribute))}", str(value), kind_of_attribute(name, plain))
    for text_step, text in texts_of(element):
        _leaf(node, "text()", text_step, text, kind_of_element(name, element.get("HeaderName", "")))
    for child_step, child in steps_of(element):
        _element(node, f"/{child_step}", child)


def _element_text(name: str, text: str) -> str:
    """A text; of a fault code, whose prefix says nothing, the name alone."""
    return text.rpartition(":")[2] if name == "faultcode" else text


def _value(parent: Node, name: str, step: str, value: Any, inside: str) -> None:
    if isinstance(value, Mapping):
        node = Node(name, step, parent, Shape.BAG)
        parent.children.append(node)
        for key, each in value.items():
            _value(node, key, member(key), each, name)
    elif isinstance(value, list):
        node = Node(name, step, parent, Shape.SET if name in _SETS else Shape.LIST)
        parent.children.append(node)
        for index, each in enumerate(value):
            _value(node, name, f"[{index}]", each, inside)
    else:
        _leaf(parent, name, step, value, kind_of_member(inside, name))


def _shape(name: str) -> Shape:
    if name in _SETS:
        return Shape.SET
    return Shape.LIST if name in _LISTS else Shape.BAG
