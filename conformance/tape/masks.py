"""Names that stand for people, and texts that stand for texts: keyed, so that the same one is the same everywhere.

A pseudonym is told from a name by its form, and a masked word by its letters, so that masking again changes nothing.
"""

from __future__ import annotations

import hmac
import re
from functools import lru_cache
from itertools import groupby
from typing import Final
from urllib.parse import unquote

ADDRESS: Final = re.compile(
    r"(?<![\w.%+@-])([\w.+'-](?:[\w.+'-]|%(?!40)[0-9A-Fa-f]{2})*)(@|%40)((?!odata\.)[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z][A-Za-z0-9-]+)"
)
"""An address as RFC 5321 has it, as far as mailboxes have such ones, or that in a URL."""
LEGACY: Final = re.compile(r"/o=[^/\"<>]+/ou=[^/\"<>]+/cn=[^/\"<>]+/cn=([^/\"<>;,\s]+)", re.IGNORECASE)
"""The name of a mailbox in an Exchange organization's directory (MS-OXOABK, section 2.2.1.1)."""
_OURS: Final = re.compile(r"p[0-9a-f]{10}@d[0-9a-f]{8}\.example\Z")
_OUR_LEGACY: Final = re.compile(r"p[0-9a-f]{10}\Z")
_OUR_NAME: Final = re.compile(r"Person [0-9A-F]{6}\Z")
_LETTERS: Final = "jqvxz"
_WORD: Final = re.compile(r"[^\W\d_]+")
_MASKED: Final = re.compile(rf"[{_LETTERS}]+\Z", re.IGNORECASE)
# What servers put before a subject (MS-OXCMAIL, MS-OXOCAL), which says what a message is.
_PREFIXES: Final = re.compile(
    r"(?:(?:Accepted|Tentative|Declined|Canceled|New Time Proposed|Updated|FW|Fwd|RE):\s*)+", re.IGNORECASE
)
_MARKUP: Final = re.compile(
    r"<!--.*?-->|<(style|script)\b.*?</\1\s*>|<[A-Za-z/!?][^<>]*>|&#?\w+;", re.DOTALL | re.IGNORECASE
)


class Masks:
    """Pseudonyms and masks of one key; with the same key they are the same ones in every recording."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._digest = lru_cache(maxsize=65536)(self._computed)

    def address(self, address: str) -> str:
        """The address that stands for one, percent-encoding undone; people of one domain stay people of one domain."""
        address = unquote(address).casefold()
        if _OURS.match(address):
            return address
        _, _, domain = address.rpartition("@")
        return f"p{self._digest('address', address)[:10]}@d{self._digest('domain', domain)[:8]}.example"

    def name(self, name: str, address: str = "") -> str:
        """The name that stands for one: that of an address's owner, where that is known."""
        if _OUR_NAME.match(name) or not name:
            return name
        owner = self.address(address) if address else f"name {' '.join(name.casefold().split())}"
        return f"Person {self._digest('name', owner)[:6].upper()}"

    def addresses_in(self, text: str) -> str:
        """A text with every address in it replaced, and every name in an Exchange directory."""
        if "@" in text or "%40" in text:
            text = ADDRESS.sub(self._in_text, text)
        return LEGACY.sub(self._legacy, text) if "/cn=" in text.casefold() else text

    def text(self, text: str) -> str:
        """A text of the same shape: every word another of as many letters, markup and what servers put first kept."""
        prefix = _PREFIXES.match(text)
        start = prefix.end() if prefix else 0
        parts, end = [text[:start]], start
        for markup in _MARKUP.finditer(text, start):
            parts += [_WORD.sub(self._word, text[end : markup.start()]), markup[0]]
            end = markup.end()
        return "".join([*parts, _WORD.sub(self._word, text[end:])])

    def content(self, content: bytes) -> bytes:
        """As many bytes that say nothing."""
        return (_LETTERS.encode() * (len(content) // len(_LETTERS) + 1))[: len(content)]

    def _in_text(self, found: re.Match[str]) -> str:
        masked = self.address(f"{found[1]}@{found[3]}")
        return masked if found[2] == "@" else masked.replace("@", "%40")

    def _legacy(self, found: re.Match[str]) -> str:
        name = found[1]
        masked = name if _OUR_LEGACY.match(name) else f"p{self._digest('legacy', name.casefold())[:10]}"
        return f"/o=Organization/ou=Exchange Administrative Group/cn=Recipients/cn={masked}"

    def _word(self, found: re.Match[str]) -> str:
        runs = ("".join(run) for _, run in groupby(found[0], str.isalpha))
        return "".join(self._letters(run) if run[0].isalpha() else run for run in runs)

    def _letters(self, word: str) -> str:
        if _MASKED.match(word):
            return word
        digest = self._digest("word", word.casefold())
        letters = (_LETTERS[int(digest[2 * at % 60 : 2 * at % 60 + 2], 16) % len(_LETTERS)] for at in range(len(word)))
        return "".join(new.upper() if old.isupper() else new for old, new in zip(word, letters, strict=True))

    def _computed(self, kind: str, text: str) -> str:
        return hmac.new(self._key, f"{kind}\0{text}".encode("utf-8", "surrogatepass"), "sha256").hexdigest()
