"""Small XML: elements written as text, and answers read by short paths. Prefixes are fixed: s, m, t, e."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from lxml import etree

from conformance.wire import ews
from conformance.wire.namespaces import PREFIXES, local, prefixed

NAMESPACES = {name: PREFIXES[name] for name in ("s", "m", "t", "e")}


class Markup(str):
    """Text that is XML already."""

    __slots__ = ()


def element(name: str, *content: str, **attributes: str | None) -> Markup:
    """An element; plain text is escaped, markup is kept, attributes that are None are left out."""
    told = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items() if value is not None)
    inside = "".join(part if isinstance(part, Markup) else escape(part, quote=False) for part in content)
    return Markup(f"<{name}{told}>{inside}</{name}>" if inside else f"<{name}{told}/>")


def t(name: str, *content: str, **attributes: str | None) -> Markup:
    """An element of the types namespace."""
    return element(f"t:{name}", *content, **attributes)


def m(name: str, *content: str, **attributes: str | None) -> Markup:
    """An element of the messages namespace."""
    return element(f"m:{name}", *content, **attributes)


def several(*parts: str) -> Markup:
    """Markup one after another."""
    return Markup("".join(parts))


NOTHING = Markup("")


def parse(body: bytes) -> etree._Element | None:
    """The root of an XML document that others read, too; None where it is none that this project takes."""
    try:
        return ews.read(body)
    except ews.NotXml:
        return None


@dataclass(frozen=True, slots=True)
class Node:
    """An element of an answer. Paths are steps such as ``t:ItemId``, joined by ``/``; ``@Id`` at the end is a name."""

    element: etree._Element

    @property
    def name(self) -> str:
        """The prefixed name, such as ``t:CalendarItem``; the plain name outside the known namespaces."""
        return prefixed(str(self.element.tag))

    @property
    def local(self) -> str:
        """The name without its prefix."""
        return local(str(self.element.tag))

    def all(self, path: str) -> tuple[Node, ...]:
        """Every element at a path."""
        return tuple(Node(found) for found in self.element.findall(path, NAMESPACES))

    def one(self, path: str) -> Node | None:
        """The first element at a path."""
        return next(iter(self.all(path)), None)

    def text(self, path: str = ".") -> str | None:
        """The text, or the attribute, at a path; None where there is none."""
        steps, at, attribute = path.partition("@")
        steps = steps.rstrip("/") or "."
        found = self if steps == "." else self.one(steps)
        if found is None:
            return None
        if at:
            value = found.element.get(attribute)
            return None if value is None else str(value)
        return "".join(str(piece) for piece in found.element.itertext())

    def texts(self, path: str) -> tuple[str, ...]:
        """The text of every element at a path."""
        return tuple(node.text() or "" for node in self.all(path))

    def names(self, path: str = ".") -> tuple[str, ...]:
        """The local names of the children of the element at a path, in order; empty where there is none."""
        found = self if path == "." else self.one(path)
        return tuple(child.local for child in found) if found else ()

    def anywhere(self, name: str) -> tuple[Node, ...]:
        """Every descendant of a name such as ``t:Subject``."""
        return self.all(f".//{name}")

    def __iter__(self) -> Iterator[Node]:
        return (Node(child) for child in self.element.iterchildren("*"))

    def __bool__(self) -> bool:
        return True
