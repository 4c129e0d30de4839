"""Query strings: what words, dates, numbers and kinds in them find (DOC querystring, how-to-perform-an-aqs-search)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from reference_impl.domain.attached import shows_attachments, size_of
from reference_impl.domain.items import CalendarItem, Importance, Item, Message, MessageKind, Role
from reference_impl.domain.mailbox import Person
from reference_impl.mapi.transport import received, sent
from reference_impl.mime.bodies import as_text
from reference_impl.search.aqs import Both, Either, Not, Term, TooDeep, Tree, parse
from reference_impl.search.containment import folding, is_phrase_of, starts_words
from reference_impl.search.dates import Today, read_date

_FOLD: Final = folding("IgnoreCase")
_TEXT: Final = re.compile(r'"([^"]*)"?(\*?)|([^\s()"]+)')
_WORD: Final = re.compile(r"[^\s()\"]+")
_RELATION: Final = re.compile(r"(>=|<=|>|<|=)?\s*")
_RANGE: Final = re.compile(r"\s*\.\.\s*")
_NUMBER: Final = re.compile(r"\d{1,18}")


Predicate = Callable[[Any], bool]
Texts = Mapping[str, tuple[tuple[str, ...], Callable[[Item], Iterator[str]]]]
"""Keyword -> the scopes of its words, and the texts in which they are looked for."""


class QueryInvalid(ValueError):
    """What is no query."""


@dataclass(frozen=True, slots=True)
class Sought:
    """A query as it is looked for: what it keeps, and its words with the scopes in which they are."""

    keep: Predicate
    terms: tuple[tuple[str, str], ...]


class _Words(NamedTuple):
    """Words behind a keyword: each the beginning of one, or all of them together as they stand."""

    text: str
    is_phrase: bool
    goes_on: bool

    def stand_in(self, text: str) -> bool:
        """Whether a text has them; case does not count."""
        found, wanted = _FOLD(text), _FOLD(self.text)
        return is_phrase_of(found, wanted) if self.is_phrase and not self.goes_on else starts_words(found, wanted)


class _Between(NamedTuple):
    """From a value until before another; None is no bound."""

    low: Any
    high: Any

    def has(self, value: Any) -> bool:
        """Whether a value lies there."""
        return (self.low is None or value >= self.low) and (self.high is None or value < self.high)


# What keywords are about


def _names(people: Iterator[Person]) -> Iterator[str]:
    for person in people:
        yield person.name
        yield person.address


def _invited(item: CalendarItem, role: Role) -> Iterator[Person]:
    return (attendee.person for attendee in item.attendees if attendee.role is role)


def _from(item: Item) -> Iterator[str]:
    return _names(iter((item.sender if isinstance(item, Message) else item.organizer,)))


def _to(item: Item) -> Iterator[str]:
    return _names(iter(item.to) if isinstance(item, Message) else _invited(item, Role.REQUIRED))


def _cc(item: Item) -> Iterator[str]:
    return _names(iter(item.cc) if isinstance(item, Message) else _invited(item, Role.OPTIONAL))


def _bcc(item: Item) -> Iterator[str]:
    return _names(iter(item.bcc) if isinstance(item, Message) else _invited(item, Role.RESOURCE))


def _participants(item: Item) -> Iterator[str]:
    for people in (_to, _cc, _bcc):
        yield from people(item)


def _everything(item: Item) -> Iterator[str]:
    yield item.subject
    yield from _from(item)
    yield from _participants(item)
    yield from (attachment.name for attachment in item.attachments)
    yield as_text(item.body)


TEXTS: Final[Texts] = {
    "": (("Subject", "Body"), _everything),
    "subject": (("Subject",), lambda item: iter((item.subject,))),
    "body": (("Body",), lambda item: iter((as_text(item.body),))),
    "content": (("Body",), lambda item: iter((as_text(item.body),))),
    "from": (("From",), _from),
    "to": (("To",), _to),
    "cc": (("Cc",), _cc),
    "bcc": (("Bcc",), _bcc),
    "participants": (("To", "Cc", "Bcc"), _participants),
    "attachment": (("Attachment",), lambda item: (attachment.name for attachment in item.attachments)),
    "category": (("Category",), lambda item: iter(item.categories)),
}
"""Attachments have but names here."""

_TIMES: Final[Mapping[str, Callable[[Item], datetime]]] = {"received": received, "sent": sent}
_NUMBERS: Final[Mapping[str, Callable[[Item], int]]] = {"size": size_of}
_FLAGS: Final[Mapping[str, Callable[[Item], bool | None]]] = {
    "isread": lambda item: item.is_read if isinstance(item, Message) else None,
    "hasattachment": shows_attachments,
    "hasattachments": shows_attachments,
    "isflagged": lambda _item: False,
}


def _is_mail(item: Item) -> bool:
    return isinstance(item, Message) and item.kind is MessageKind.NOTE


def _is_nothing(_item: Item) -> bool:
    return False


def _is_of(importance: Importance) -> Predicate:
    return lambda item: bool(item.importance is importance)


_KINDS: Final[Mapping[str, Predicate]] = {
    "email": _is_mail,
    "meetings": lambda item: not _is_mail(item),
    **dict.fromkeys(
        ("contacts", "docs", "faxes", "im", "journals", "notes", "posts", "rssfeeds", "tasks", "voicemail"), _is_nothing
    ),
}
"""kind -> what is of it; of most kinds there is nothing in this server."""

_CHOICES: Final[Mapping[str, Mapping[str, Predicate]]] = {
    "kind": _KINDS,
    "importance": {str(value): _is_of(value) for value in Importance},
}

KEYWORDS: Final = frozenset(TEXTS) | _TIMES.keys() | _NUMBERS.keys() | _FLAGS.keys() | _CHOICES.keys()


# Reading values


def read_query(text: str, today: Today, texts: Texts = TEXTS) -> Sought | None:
    """What a query string looks for; None if it says nothing. Days are those of today's zone.

    ``texts`` are the keywords behind which words stand. Raises QueryInvalid for what is no value of its keyword.
    """
    try:
        tree = parse(text, KEYWORDS | frozenset(texts), Reader(today, texts))
    except TooDeep as problem:
        raise QueryInvalid(f"{problem}.") from None
    return None if tree is None else Sought(predicate(tree, texts), tuple(dict.fromkeys(_terms(tree, texts))))


class Reader:
    """Reads the values of each keyword."""

    def __init__(self, today: Today, texts: Texts = TEXTS) -> None:
        self._today = today
        self._texts = texts

    def __call__(self, keyword: str, text: str, place: int) -> tuple[object, int]:
        """The value of a keyword that begins at a place, and where it ends. Raises QueryInvalid."""
        if keyword in self._texts:
            found = _TEXT.match(text, place)
            assert found is not None, "a value begins with no space"
            if found[3] is not None:
                return _Words(found[3].rstrip("*"), is_phrase=False, goes_on=True), found.end()
            return _Words(found[1], is_phrase=True, goes_on=bool(found[2])), found.end()
        if keyword in _TIMES:
            return self._between(keyword, text, place, self._span)
        if keyword in _NUMBERS:
            return self._between(keyword, text, place, _number)
        found = _WORD.match(text, place)
        word = "" if found is None else found[0].lower()
        known = {"true": True, "false": False} if keyword in _FLAGS else _CHOICES[keyword]
        if found is None or word not in known:
            raise _no_value(keyword, text, place)
        return known[word], found.end()

    def _span(self, text: str, place: int) -> tuple[_Between, int] | None:
        try:
            found = read_date(text, place, self._today)
        except (ValueError, OverflowError):
            return None
        return None if found is None else (_Between(*found[0]), found[1])

    def _between(
        self, keyword: str, text: str, place: int, read: Callable[[str, int], tuple[_Between, int] | None]
    ) -> tuple[_Between, int]:
        relation = _RELATION.match(text, place)
        assert relation is not None
        first = read(text, relation.end())
        if first is None:
            raise _no_value(keyword, text, place)
        (low, high), end = first
        dots = _RANGE.match(text, end)
        if dots is not None and relation[1] is None:
            last = read(text, dots.end())
            if last is None:
                raise _no_value(keyword, text, place)
            return _Between(low, last[0].high), last[1]
        return _RELATIONS[relation[1] or "="](low, high), end


_RELATIONS: Final[Mapping[str, Callable[[Any, Any], _Between]]] = {
    "=": _Between,
    ">": lambda _low, high: _Between(high, None),
    ">=": lambda low, _high: _Between(low, None),
    "<": lambda low, _high: _Between(None, low),
    "<=": lambda _low, high: _Between(None, high),
}


def _number(text: str, place: int) -> tuple[_Between, int] | None:
    found = _NUMBER.match(text, place)
    return None if found is None else (_Between(int(found[0]), int(found[0]) + 1), found.end())


def _no_value(keyword: str, text: str, place: int) -> QueryInvalid:
    return QueryInvalid(f"{text[place : place + 40]!r} is no value of {keyword}.")


# Finding


def predicate(tree: Tree, texts: Texts = TEXTS) -> Predicate:
    """What a tree keeps."""
    match tree:
        case Both(parts):
            every = [predicate(part, texts) for part in parts]
            return lambda item: all(holds(item) for holds in every)
        case Either(parts):
            some = [predicate(part, texts) for part in parts]
            return lambda item: any(holds(item) for holds in some)
        case Not(part):
            denied = predicate(part, texts)
            return lambda item: not denied(item)
        case Term(keyword, value):
            return _term(keyword, value, texts)


def _term(keyword: str, value: Any, texts: Texts) -> Predicate:
    if keyword in texts:
        _, texts_of = texts[keyword]
        return lambda item: any(value.stand_in(text) for text in texts_of(item))
    if keyword in _FLAGS:
        flag = _FLAGS[keyword]
        return lambda item: flag(item) is value
    if keyword in _CHOICES:
        choice: Predicate = value
        return choice
    number: Callable[[Item], Any] = _TIMES[keyword] if keyword in _TIMES else _NUMBERS[keyword]
    return lambda item: value.has(number(item))


def _terms(tree: Tree, texts: Texts) -> Iterator[tuple[str, str]]:
    """The words that are looked for, each with its scopes; what is denied is not looked for."""
    match tree:
        case Both(parts) | Either(parts):
            for part in parts:
                yield from _terms(part, texts)
        case Term(keyword, _Words(text, _, _)):
            for scope in texts[keyword][0]:
                yield scope, text
