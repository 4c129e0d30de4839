"""lxml's element as a type, and what its type information forgets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from lxml import etree

Element: TypeAlias = etree._Element  # noqa: SLF001  lxml has no public name for its elements

Parts: TypeAlias = Mapping[str, Element]
"""The children of an element by their tags."""


def children(element: Element) -> list[Element]:
    """The children: what ``list`` makes of an element, in half of its time."""
    found: Any = element
    whole: list[Element] = found[:]
    return whole


def child(element: Element, tag: str) -> Element | None:
    """The first child with this tag, of an element that has few: what ``find`` finds, in a quarter of its time."""
    for part in children(element):
        if part.tag == tag:
            return part
    return None


def parts_of(element: Element) -> Parts:
    """The children by their tags, of equal ones the first: for who would search for several."""
    parts: dict[str, Element] = {}
    for part in children(element):
        parts.setdefault(part.tag, part)
    return parts


def text_in(element: Element, tag: str) -> str | None:
    """The text of the first child with this tag: what ``findtext`` finds, but None where it is empty."""
    found = child(element, tag)
    return None if found is None else found.text


def line_of(element: Element) -> int:
    """The line of the document on which an element begins."""
    line: Any = element.sourceline
    return int(line or 1)
