"""Values of a body by their path.

In XML a path is an XPath with the prefixes ``s m t e``, read from the SOAP body's content
(``/m:GetItemResponse//t:Subject``; header blocks under ``/s:Header``); ``/.../`` stands for any depth. In JSON it is
``$.value[0].subject``, with ``$['@odata.etag']`` for names that are no words.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, cast

import orjson
from lxml import etree

from conformance.wire.ews import NotXml, parse
from conformance.wire.namespaces import BODY, ENVELOPE, HEADER, PREFIXES, prefixed

Scalar = str | int | float | bool | None

_FOREIGN = re.compile(r"\{([^}]*)\}([\w.-]+)")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_STEP = re.compile(r"\.([A-Za-z_][A-Za-z0-9_]*)|\[(\d+)\]|\[('(?:[^'\\]|\\.)*')\]")


class NoSuchPath(LookupError):
    """A path that leads to no value of the body, or is none."""


def read(body: bytes, path: str) -> Scalar:
    """The value at a path: an XML text or attribute, or a JSON scalar (an empty list or object as its JSON text).

    Raises:
        NoSuchPath: when the path leads nowhere, or to something with values below it.
        ValueError: when the body is neither XML nor JSON.
    """
    if path.startswith("$"):
        holder, key = _json_place(_json(body), path)
        return _scalar(holder[key], path)
    return _xml_text(_xml_node(parse(body), path), path)


def replace(body: bytes, path: str, value: Scalar) -> bytes:
    """The body with the value at a path replaced.

    Raises:
        NoSuchPath: when the path leads nowhere, or to something with values below it.
        ValueError: when the body is neither XML nor JSON.
    """
    if path.startswith("$"):
        document = [_json(body)]
        holder, key = _json_place(document[0], path, document)
        _scalar(holder[key], path)
        holder[key] = value
        return orjson.dumps(document[0])
    root = parse(body)
    _set_xml(_xml_node(root, path), "" if value is None else str(value), path)
    return _again(root)


def remove(body: bytes, path: str) -> bytes:
    """The body without the element, attribute, member or list entry at a path.

    Raises:
        NoSuchPath: when the path leads nowhere, or to the root.
        ValueError: when the body is neither XML nor JSON.
    """
    if path.startswith("$"):
        document = [_json(body)]
        holder, key = _json_place(document[0], path, document)
        if holder is document:
            raise NoSuchPath(f"{path}: the root cannot be removed")
        del holder[key]
        return orjson.dumps(document[0])
    root = parse(body)
    node = _xml_node(root, path)
    if etree.iselement(node):
        above = node.getparent()
        if above is None:
            raise NoSuchPath(f"{path}: the root cannot be removed")
        _keep_tail(node, above)
        above.remove(node)
    elif node.is_attribute:
        del node.getparent().attrib[node.attrname]
    else:
        _set_xml(node, "", path)
    return _again(root)


def leaves(body: bytes) -> Iterator[tuple[str, Scalar]]:
    """Every value of a body that has none below it, with its path, in the body's order.

    Raises:
        ValueError: when the body is neither XML nor JSON.
    """
    if looks_like_xml(body):
        root = parse(body)
        yield from _xml_leaves(root, "" if root.tag == ENVELOPE else "/" + prefixed(root.tag))
    else:
        yield from _json_leaves(_json(body), "$")


def looks_like_xml(body: bytes) -> bool:
    """Whether a body begins as XML does, in any encoding XML may have."""
    return body[:64].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<")


def member(name: str) -> str:
    """One step into a JSON object, as paths write it."""
    return f".{name}" if _WORD.match(name) else "['" + json.dumps(name)[1:-1].replace("'", "\\'") + "']"


def steps_of(element: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    """The child elements of an element with their steps; a number where siblings share a name."""
    children = list(element.iterchildren(etree.Element))
    names = [prefixed(child.tag) for child in children]
    if len(set(names)) == len(names):
        yield from zip(names, children, strict=True)
        return
    often = Counter(names)
    taken: dict[str, int] = {}
    for name, child in zip(names, children, strict=True):
        taken[name] = taken.get(name, 0) + 1
        yield (f"{name}[{taken[name]}]" if often[name] > 1 else name), child


def path_of(element: etree._Element) -> str:
    """The path of an element from the SOAP body's content on, or from its root outside SOAP."""
    steps: list[str] = []
    at: etree._Element | None = element
    while at is not None and at.tag != BODY:
        above = at.getparent()
        if above is None:
            steps += [] if at.tag == ENVELOPE else [prefixed(at.tag)]
        else:
            steps.append(next(step for step, child in steps_of(above) if child is at))
        at = above
    return "".join(f"/{step}" for step in reversed(steps))


def texts_of(element: etree._Element) -> Iterator[tuple[str, str]]:
    """The texts that stand directly in an element, blanks between elements left out, with their steps."""
    if not len(element):
        yield "", element.text or ""
        return
    count = 0
    for text in (element.text, *(child.tail for child in element)):
        if text:
            count += 1
            if text.strip():
                yield f"/text()[{count}]", text


def _xml_leaves(element: etree._Element, path: str) -> Iterator[tuple[str, Scalar]]:
    for name, value in element.attrib.items():
        yield f"{path}/@{prefixed(str(name))}", str(value)
    if element.tag not in {ENVELOPE, HEADER, BODY}:
        for step, text in texts_of(element):
            yield path + step, text
    for step, child in steps_of(element):
        if element.tag == ENVELOPE and child.tag == BODY:
            yield from _xml_leaves(child, path)
        else:
            yield from _xml_leaves(child, f"{path}/{step}")


def _json_leaves(value: Any, path: str) -> Iterator[tuple[str, Scalar]]:
    if isinstance(value, dict) and value:
        for name, each in value.items():
            yield from _json_leaves(each, path + member(name))
    elif isinstance(value, list) and value:
        for index, each in enumerate(value):
            yield from _json_leaves(each, f"{path}[{index}]")
    else:
        yield path, _scalar(value, path)


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as problem:
        raise ValueError(f"the body is neither XML nor JSON: {problem}") from problem


def _scalar(value: Any, path: str) -> Scalar:
    if isinstance(value, dict | list):
        if value:
            raise NoSuchPath(f"{path}: leads to {'an object' if isinstance(value, dict) else 'a list'}, not to a value")
        return "{}" if isinstance(value, dict) else "[]"
    return value  # type: ignore[no-any-return]  # orjson gives scalars else


def _json_place(document: Any, path: str, root: Any = None) -> tuple[Any, Any]:
    """The container and the key or index of the value at a path."""
    holder: Any = [document] if root is None else root
    key: Any = 0
    at = 1
    while at < len(path):
        step = _STEP.match(path, at)
        if step is None:
            raise NoSuchPath(f"{path}: not a path from character {at + 1} on")
        holder, at = holder[key], step.end()
        key = step[1] or (int(step[2]) if step[2] else _quoted(step[3]))
        if not _holds(holder, key):
            raise NoSuchPath(f"{path}: nothing at {path[:at]}")
    return holder, key


def _quoted(text: str) -> str:
    return str(json.loads('"' + text[1:-1].replace("\\'", "'") + '"'))


def _holds(holder: Any, key: Any) -> bool:
    if isinstance(key, int):
        return isinstance(holder, list) and key < len(holder)
    return isinstance(holder, dict) and key in holder


def _xml_node(root: etree._Element, path: str) -> Any:
    """The element or lxml's smart string at a path; of several, the first."""
    asked = path.replace("/.../", "//")
    if root.tag == ENVELOPE and not asked.startswith(("//", "/s:Envelope")):
        asked = ("/s:Envelope" if asked.startswith(("/s:Header", "/@")) else "/s:Envelope/s:Body") + asked
    asked = _FOREIGN.sub(r"*[namespace-uri()='\1' and local-name()='\2']", asked)
    try:
        found = root.getroottree().xpath(asked, namespaces=PREFIXES)
    except etree.XPathError as problem:
        raise NoSuchPath(f"{path}: not a path: {problem}") from problem
    if not isinstance(found, list) or not found:
        raise NoSuchPath(f"{path}: leads nowhere")
    return found[0]


def _xml_text(node: Any, path: str) -> str:
    if not etree.iselement(node):
        return str(node)
    if any(True for _ in node.iterchildren(etree.Element)):
        raise NoSuchPath(f"{path}: leads to an element with elements, not to a value")
    return "".join(str(text) for text in node.itertext())


def _set_xml(node: Any, value: str, path: str) -> None:
    try:
        if etree.iselement(node):
            _xml_text(node, path)
            tail = node.tail
            for child in list(node):
                node.remove(child)
            node.text, node.tail = value, tail
        elif node.is_attribute:
            node.getparent().set(node.attrname, value)
        elif node.is_tail:
            node.getparent().tail = value
        else:
            node.getparent().text = value
    except ValueError as problem:
        raise NotXml(f"{path}: {problem}") from problem


def _keep_tail(node: etree._Element, above: etree._Element) -> None:
    """Moves the text after an element to where it stays when the element goes."""
    if not node.tail:
        return
    before = node.getprevious()
    if before is None:
        above.text = (above.text or "") + node.tail
    else:
        before.tail = (before.tail or "") + node.tail


def _again(root: etree._Element) -> bytes:
    document = root.getroottree().docinfo
    return cast("bytes", etree.tostring(root, xml_declaration=True, encoding=document.encoding or "utf-8"))
