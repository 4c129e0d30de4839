"""What it is for a text to contain another (DOC contains), and for words to stand near each other."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from heapq import heapify, heapreplace
from typing import Final

Folding = Callable[[str], str]

_WORD: Final = re.compile(r"\w+")


def folding(comparison: str) -> Folding:
    """What a ContainmentComparison does to texts before they are compared."""
    ignores_case = "Case" in comparison or "Loose" in comparison
    ignores_marks = "NonSpac" in comparison or "Loose" in comparison

    def fold(text: str) -> str:
        if ignores_marks:
            decomposed = unicodedata.normalize("NFKD", text)
            text = "".join(character for character in decomposed if not unicodedata.combining(character))
        return text.casefold() if ignores_case else text

    return fold


def _places(text: str, wanted: str) -> Iterator[int]:
    place = text.find(wanted)
    while place >= 0:
        yield place
        place = text.find(wanted, place + 1)


def _splits_word(text: str, place: int) -> bool:
    """Whether a word goes on beyond a place."""
    return 0 < place < len(text) and bool(_WORD.fullmatch(text[place - 1 : place + 1]))


def begins_words(text: str, wanted: str) -> bool:
    """Whether a text stands in another where a word of that begins."""
    return any(not _splits_word(text, place) for place in _places(text, wanted))


def is_phrase_of(text: str, wanted: str) -> bool:
    """Whether a text is made of whole words of another; how they are spaced does not count."""
    text, wanted = " ".join(text.split()), " ".join(wanted.split())
    return any(
        not _splits_word(text, place) and not _splits_word(text, place + len(wanted)) for place in _places(text, wanted)
    )


def starts_words(text: str, wanted: str) -> bool:
    """Whether words of a text, one after the other, begin with the words of another."""
    words, beginnings = _WORD.findall(text), _WORD.findall(wanted)
    if not beginnings:
        return wanted in text
    return any(
        all(word.startswith(beginning) for word, beginning in zip(words[first:], beginnings, strict=False))
        for first in range(len(words) - len(beginnings) + 1)
    )


MODES: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "FullString": lambda text, wanted: text == wanted,
    "Prefixed": lambda text, wanted: text.startswith(wanted),
    "Substring": lambda text, wanted: wanted in text,
    "PrefixOnWords": begins_words,
    "ExactPhrase": is_phrase_of,
}
"""ContainmentMode -> whether the first text contains the second."""


def are_near(text: str, phrases: Sequence[tuple[str, bool]], distance: int, *, ordered: bool) -> bool:
    """Whether phrases stand in a text with so many other words between them at most.

    A phrase comes with whether its last word may go on. Words are what counts, not the signs between them.
    """
    words = _WORD.findall(text)
    wanted = [(_WORD.findall(phrase), goes_on) for phrase, goes_on in phrases]
    spots = [list(_spots(words, phrase, goes_on=goes_on)) for phrase, goes_on in wanted]
    if not all(spots):
        return False
    own = sum(len(phrase) for phrase, _ in wanted)
    return any(span - own <= distance for span in (_ordered_spans(spots) if ordered else _spans(spots)))


Spot = tuple[int, int]
"""Where a phrase stands: from which word to before which."""


def _spots(words: list[str], phrase: list[str], *, goes_on: bool) -> Iterator[Spot]:
    if not phrase:
        return
    *whole, last = phrase
    for first in range(len(words) - len(phrase) + 1):
        end = first + len(phrase)
        fits = words[end - 1].startswith(last) if goes_on else words[end - 1] == last
        if fits and words[first : end - 1] == whole:
            yield first, end


def _ordered_spans(spots: list[list[Spot]]) -> Iterator[int]:
    """From each place of the first phrase, how many words there are to the end of the last, one after the other."""
    for first, end in spots[0]:
        reached = end
        for later in spots[1:]:
            place = bisect_left(later, (reached, 0))
            if place == len(later):
                return
            reached = later[place][1]
        yield reached - first


def _spans(spots: list[list[Spot]]) -> Iterator[int]:
    """How many words there are around one place of each phrase, for every choice that could be the nearest."""
    heap = [(places[0], number, 0) for number, places in enumerate(spots)]
    heapify(heap)
    reached = max(places[0][1] for places in spots)
    while True:
        (first, _), number, place = heap[0]
        yield reached - first
        if place + 1 == len(spots[number]):
            return
        heapreplace(heap, (spots[number][place + 1], number, place + 1))
        reached = max(reached, spots[number][place + 1][1])
