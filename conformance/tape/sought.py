"""Many texts sought at once: one pass over the data, however many they are (Aho and Corasick, 1975)."""

from __future__ import annotations

from collections.abc import Iterable

from ahocorasick_rs import BytesAhoCorasick, Implementation


class Sought:
    """Texts that are looked for together. Adding costs little: few of the others are sorted anew."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._levels: list[tuple[list[bytes], BytesAhoCorasick]] = []  # each more than the next
        self.add(texts)

    def add(self, texts: Iterable[str]) -> None:
        """Look for these, too."""
        patterns = [bytes_of(text) for text in texts if text]
        if not patterns:
            return
        while self._levels and len(self._levels[-1][0]) <= len(patterns):
            patterns += self._levels.pop()[0]
        self._levels.append((patterns, BytesAhoCorasick(patterns, implementation=Implementation.ContiguousNFA)))

    def within(self, text: str) -> bool:
        """Whether a text holds any of them."""
        return bool(self._levels) and self.among(bytes_of(text))

    def replaced(self, text: str, by: str) -> str:
        """A text with another in place of each of them."""
        data, put = bytes_of(text), bytes_of(by)
        for _, automaton in self._levels:
            kept, pieces = 0, []
            for _, start, end in automaton.find_matches_as_indexes(data):
                pieces += [data[kept:start], put]
                kept = end
            data = b"".join((*pieces, data[kept:]))
        return data.decode("utf-8", "surrogateescape")

    def among(self, data: bytes) -> bool:
        """Whether bytes hold any of them in UTF-8."""
        return any(automaton.find_matches_as_indexes(data) for _, automaton in self._levels)


def bytes_of(text: str) -> bytes:
    """The bytes that a text was read from, with lone surrogates where it has others."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        kinds = ("surrogatepass", "surrogateescape")
        return b"".join(letter.encode("utf-8", kinds["\udc80" <= letter <= "\udcff"]) for letter in text)
