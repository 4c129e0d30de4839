"""Printed text made sendable: true namespaces, declared prefixes, an envelope, real addresses and ids."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from conformance.actor.xml import NAMESPACES
from conformance.model.exchange import Headers, header

_BULK_REWRITTEN: Final = re.compile(r"https(?=://schemas\.(?:xmlsoap\.org/soap/|microsoft\.com/exchange/services/))")
_START_TAG: Final = re.compile(r"<(?P<name>[A-Za-z_][\w.:-]*)(?P<rest>(?:\s[^<>]*)?)>")
_PREFIX: Final = re.compile(r"</?([A-Za-z_][\w.-]*):")
_DECLARED: Final = re.compile(r"\sxmlns:([A-Za-z_][\w.-]*)\s*=")
_DECLARATION: Final = re.compile(r"\A\s*<\?xml[^>]*\?>\s*")
_UNSAFE: Final = re.compile(r"[\s<>&\"'\\\x00-\x1f]")
_WORD: Final = r"[A-Za-z0-9+=_.@-]"


def canonical(printed: str) -> str:
    """The text with the https: spelling of EWS and SOAP namespaces undone and known prefixes declared on its root.

    Idempotent; text that needs neither comes back as it is (rulings 0001, 0002 and 0025).
    """
    text = _BULK_REWRITTEN.sub("http", printed)
    root = _START_TAG.search(text)
    if root is None:
        return text
    missing = sorted((set(_PREFIX.findall(text)) - set(_DECLARED.findall(text))) & set(NAMESPACES))
    if not missing:
        return text
    declarations = "".join(f' xmlns:{prefix}="{NAMESPACES[prefix]}"' for prefix in missing)
    return text[: root.end("name")] + declarations + text[root.end("name") :]


def in_envelope(body: str, version: str | None = None, headers: Sequence[str] = ()) -> str:
    """A SOAP 1.1 envelope of our own around one element, as text.

    ``version`` becomes a RequestServerVersion header, ``headers`` are further header blocks, which may use the
    prefixes t and m. Without either there is no Header. An XML declaration before the element is dropped.
    """
    blocks = [f'<t:RequestServerVersion Version="{version}"/>'] if version else []
    blocks += headers
    declared = "".join(f' xmlns:{prefix}="{NAMESPACES[prefix]}"' for prefix in ("s", "t", "m"))
    head = f"<s:Header>{''.join(blocks)}</s:Header>" if blocks else ""
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<s:Envelope{declared}>{head}'
        f"<s:Body>{_DECLARATION.sub('', body).strip()}</s:Body></s:Envelope>"
    )


def substitute(text: str, replacements: Mapping[str, str]) -> str:
    """The text with each printed address or id, as a whole word, replaced, all at once.

    ValueError for a replacement that would need escaping in XML or JSON.
    """
    for printed, real in replacements.items():
        if _UNSAFE.search(real) or not real:
            raise ValueError(f"Cannot put {real!r} in place of {printed!r}: it would need escaping.")
    if not replacements:
        return text
    words = "|".join(re.escape(printed) for printed in sorted(replacements, key=len, reverse=True))
    return re.sub(rf"(?<!{_WORD})(?:{words})(?!{_WORD})", lambda found: replacements[found[0]], text)


@dataclass(frozen=True, slots=True)
class HttpText:
    """An HTTP message as a document prints it: start line, header pairs, body text (empty where there is none)."""

    start: str
    headers: Headers
    body: str

    @property
    def method(self) -> str:
        """The request's method; meaningless for an answer."""
        return self.start.split(" ", 1)[0]

    @property
    def url(self) -> str:
        """The request's absolute URL; meaningless for an answer."""
        return self.start.split(" ", 1)[1]

    @property
    def status(self) -> int:
        """The answer's status; ValueError for a request."""
        return int(self.start.split(" ")[1])

    def header(self, name: str) -> str | None:
        """The first value of a header, its name compared without case."""
        return header(self.headers, name)


def http_text(text: str) -> HttpText:
    """A printed HTTP message taken apart: start line, header lines, an empty line, the body."""
    head, _, body = text.partition("\n\n")
    start, *lines = head.strip().splitlines()
    pairs = [line.partition(":") for line in lines]
    return HttpText(start, tuple((name.strip(), value.strip()) for name, _, value in pairs), body.strip())
