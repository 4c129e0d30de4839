"""XML documents, read safely and put together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml import etree

Element = etree._Element  # noqa: SLF001  lxml has no public name for the class of elements

_NONE: Mapping[str, str] = {}


def read_xml(body: bytes) -> Element:
    """The root of a document without a document type. Raises ValueError for what is no such text."""
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as problem:
        raise ValueError(str(problem)) from problem
    if root.getroottree().docinfo.internalDTD is not None:
        raise ValueError("it has a document type declaration")
    return root


def write_xml(root: Element) -> bytes:
    """A document in UTF-8."""
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


class Vocabulary:
    """Makes elements of one namespace, which is the default one where no prefix is given."""

    def __init__(self, namespace: str, prefixes: Mapping[str | None, str] | None = None) -> None:
        self._head = f"{{{namespace}}}" if namespace else ""
        default: Mapping[str | None, str] = {None: namespace} if namespace else {}
        self._prefixes: Any = dict(prefixes or default)  # the stubs know of no default namespace

    def __call__(self, name: str, *content: Element | str, attributes: Mapping[str, str] = _NONE) -> Element:
        """An element with a text or with child elements."""
        element = etree.Element(self._head + name, dict(attributes), self._prefixes)
        for part in content:
            if isinstance(part, str):
                element.text = part
            else:
                element.append(part)
        return element
