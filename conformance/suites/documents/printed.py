"""The founding documents: their messages as files, each with what is known of it."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from conformance.suites.documents.canonical import canonical, substitute

FOLDER: Final = Path(__file__).parent


class Form(StrEnum):
    """How much of a message the document prints."""

    ENVELOPE = "envelope"  # a SOAP envelope
    BODY = "body"  # the one element of a SOAP body
    EXCERPT = "excerpt"  # an element from within a body, shortened
    HTTP = "http"  # start line, headers and JSON


class Direction(StrEnum):
    """Whether a message is sent to the server or comes from it."""

    REQUEST = "request"
    RESPONSE = "response"


class Text(StrEnum):
    """Which text of a message is meant."""

    PRINTED = "printed"
    CANONICAL = "canonical"
    CORRECTED = "corrected"


@dataclass(frozen=True, slots=True)
class DocumentMessage:
    """One message of a document.

    ``corrected`` is the text that does what the document says: of a file of its own where the document errs, else the
    canonical text. ``valid_as_printed``: a careful server takes (or a careful server could have sent) the printed text,
    ids and addresses aside. ``opaque`` are the printed ids and change keys, shortened by hand and never usable.
    """

    document: str
    name: str
    form: Form
    direction: Direction
    actor: str
    text_as_printed: str
    canonical: str
    corrected: str
    valid_as_printed: bool
    rulings: tuple[str, ...]
    addresses: tuple[str, ...]
    opaque: tuple[str, ...]

    def text(self, which: Text) -> str:
        """One of the three texts."""
        return {
            Text.PRINTED: self.text_as_printed,
            Text.CANONICAL: self.canonical,
            Text.CORRECTED: self.corrected,
        }[which]


@dataclass(frozen=True, slots=True)
class Document:
    """A founding document: where and when it was published, and its messages by name in its own order."""

    slug: str
    title: str
    sources: tuple[str, ...]
    date: str
    protocol: str
    messages: Mapping[str, DocumentMessage]


class UnknownMessage(LookupError):
    """No document has this name, or the document has no message of this name; the text lists those there are."""


def slugs() -> tuple[str, ...]:
    """The documents there are."""
    return tuple(sorted(path.parent.name for path in FOLDER.glob("*/document.toml")))


@functools.cache
def document(slug: str) -> Document:
    """The document of a slug such as ``handling-meetings``; UnknownMessage when there is none."""
    if slug not in slugs():
        raise UnknownMessage(f"There is no document {slug!r}; there are {', '.join(slugs())}.")
    folder = FOLDER / slug
    told = tomllib.loads((folder / "document.toml").read_text(encoding="utf-8"))
    messages = {row["name"]: _message(slug, folder, row) for row in told["message"]}
    return Document(
        slug, told["title"], tuple(told["sources"]), told["date"], told["protocol"], MappingProxyType(messages)
    )


def message(slug: str, name: str) -> DocumentMessage:
    """One message of a document, such as ``message("handling-meetings", "accept.request")``."""
    messages = document(slug).messages
    if name not in messages:
        raise UnknownMessage(f"{slug} has no message {name!r}; it has {', '.join(messages)}.")
    return messages[name]


def render(
    told: DocumentMessage,
    *,
    addresses: Mapping[str, str] | None = None,
    ids: Mapping[str, str] | None = None,
    which: Text = Text.CORRECTED,
) -> str:
    """A message's text with real mailbox addresses and ids in place of the printed ones.

    Addresses that are not given stay as printed. LookupError when a printed id has no replacement, for it leads nowhere
    (ruling 0005), or when something is replaced that the message does not have.
    """
    addresses, ids = dict(addresses or {}), dict(ids or {})
    for kind, given, known in (("address", addresses, told.addresses), ("id", ids, told.opaque)):
        strangers = sorted(set(given) - set(known))
        if strangers:
            raise LookupError(f"{told.document}, {told.name}: has no {kind} {', '.join(strangers)}; it has {known}.")
    left = [printed for printed in told.opaque if printed not in ids]
    if left:
        raise LookupError(f"{told.document}, {told.name}: no replacement for the printed {', '.join(left)}.")
    return substitute(told.text(which), addresses | ids)


def _message(slug: str, folder: Path, row: Mapping[str, Any]) -> DocumentMessage:
    printed = (folder / row["file"]).read_text(encoding="utf-8")
    sendable = canonical(printed)
    corrected = (folder / row["corrected"]).read_text(encoding="utf-8") if "corrected" in row else sendable
    return DocumentMessage(
        document=slug,
        name=row["name"],
        form=Form(row["form"]),
        direction=Direction(row["direction"]),
        actor=row["actor"],
        text_as_printed=printed,
        canonical=sendable,
        corrected=corrected,
        valid_as_printed=row["valid_as_printed"],
        rulings=tuple(row["rulings"]),
        addresses=tuple(row.get("addresses", ())),
        opaque=tuple(row.get("opaque", ())),
    )
