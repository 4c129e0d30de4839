"""The liberties that real clients take with the schema, and what they are read as: one closed table.

Each entry repairs requests that do not follow the schema as they are. Nothing else in a request is forgiven.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from lxml import etree

from reference_impl.ews.namespaces import t
from reference_impl.ews.tree import Element


@dataclass(frozen=True, slots=True)
class Liberty:
    """One habit: who has it, what it looks like, and its reading."""

    name: str
    client: str
    sentence: str
    repair: Callable[[Element], None]


_BODIES: Final = (t("Body"), t("NewBodyContent"))


def _markup_in_bodies(envelope: Element) -> None:
    for body in list(envelope.iter(*_BODIES)):
        if len(body):
            body.text = _inside(body)
            for child in list(body):
                body.remove(child)


def _inside(element: Element) -> str:
    parts = [element.text or ""]
    for child in element:
        bare = etree.fromstring(etree.tostring(child, with_tail=False))
        for part in bare.iter(etree.Element):
            part.tag = etree.QName(part).localname
        etree.cleanup_namespaces(bare)
        parts += [etree.tostring(bare, encoding="unicode"), child.tail or ""]
    return "".join(parts)


LIBERTIES: Final = (
    Liberty(
        "markup in a body",
        "ews-javascript-api 0.15",
        "An HTML body comes unescaped, as child elements of t:Body; it is read as the text it would be if escaped.",
        _markup_in_bodies,
    ),
)


def take_liberties(envelope: Element) -> None:
    """Repair a parsed request in place."""
    for liberty in LIBERTIES:
        liberty.repair(envelope)
