"""The grammar of $filter that is understood (OData 4.01 URL conventions, 5.1.1): text to a tree."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from reference_impl.graph.refusals import OptionInvalid

COMPARISONS: Final = frozenset({"eq", "ne", "gt", "ge", "lt", "le"})
FUNCTIONS: Final = frozenset({"startswith", "endswith", "contains"})
DEEPEST: Final = 50

_LITERALS: Final = frozenset({"text", "moment", "number"})
_MIRRORED: Final = {"gt": "lt", "ge": "le", "lt": "gt", "le": "ge"}

Literal = str | bool | int | datetime | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A property against a literal; ``operator`` is a comparison word or a function's name."""

    path: str
    operator: str
    literal: Literal


@dataclass(frozen=True, slots=True)
class Junction:
    """Terms joined by ``and`` or ``or``."""

    word: str
    terms: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Negation:
    """A term that must not hold."""

    term: Expression


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Some element of a collection property for which the term holds; ``variable`` names the element."""

    path: str
    variable: str
    term: Expression


Expression = Comparison | Junction | Negation | AnyOf

_TOKEN: Final = re.compile(
    r"""\s*(?:
        (?P<text>'(?:[^']|'')*')
      | (?P<moment>\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,12})?)?(?:Z|[+-]\d{2}:\d{2})?)?)
      | (?P<number>-?\d{1,18}(?![\w.]))
      | (?P<path>[A-Za-z_][\w.]*(?:/[A-Za-z_][\w.]*)*)
      | (?P<mark>[(),:])
    )""",
    re.VERBOSE,
)


def parse_filter(text: str) -> Expression:
    """The tree of a $filter; OptionInvalid tells where it stops being understood."""
    parser = _Parser(text)
    expression = parser.disjunction(0)
    parser.end()
    return expression


class _Parser:
    """Recursive descent over the tokens; one instance per text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens: list[tuple[str, str, int]] = []
        position = 0
        while text[position:].strip():
            match = _TOKEN.match(text, position)
            if match is None:
                raise self._wrong(position)
            self._tokens.append((str(match.lastgroup), match[str(match.lastgroup)], match.start()))
            position = match.end()
        self._tokens.append(("end", "", len(text)))
        self._next = 0

    def disjunction(self, depth: int) -> Expression:
        return self._joined("or", depth)

    def end(self) -> None:
        if self._tokens[self._next][0] != "end":
            raise self._wrong()

    def _joined(self, word: str, depth: int) -> Expression:
        if depth > DEEPEST:
            raise OptionInvalid(reason=f"$filter is nested deeper than {DEEPEST} levels.")
        terms = [self._joined("and", depth) if word == "or" else self._term(depth)]
        while self._take_word(word):
            terms.append(self._joined("and", depth) if word == "or" else self._term(depth))
        return terms[0] if len(terms) == 1 else Junction(word, tuple(terms))

    def _term(self, depth: int) -> Expression:
        if depth > DEEPEST:
            raise OptionInvalid(reason=f"$filter is nested deeper than {DEEPEST} levels.")
        if self._take_word("not"):
            return Negation(self._term(depth + 1))
        if self._take_mark("("):
            inner = self.disjunction(depth + 1)
            self._need_mark(")")
            return inner
        if self._tokens[self._next][0] in _LITERALS:
            return self._mirrored()
        return self._of_property(depth)

    def _of_property(self, depth: int) -> Expression:
        """A term that begins with a property or a function."""
        name = self._need("path")
        if name.lower() in FUNCTIONS and self._take_mark("("):
            path = self._need("path")
            self._need_mark(",")
            literal = self._literal()
            self._need_mark(")")
            return Comparison(path, name.lower(), literal)
        collection, _, last = name.rpartition("/")
        if last.lower() == "any" and collection and self._take_mark("("):
            variable = self._need("path")
            self._need_mark(":")
            inner = self.disjunction(depth + 1)
            self._need_mark(")")
            return AnyOf(collection, variable, inner)
        kind, word, _ = self._tokens[self._next]
        if kind == "path" and word.lower() in COMPARISONS:
            self._next += 1
            return Comparison(name, word.lower(), self._literal())
        return Comparison(name, "eq", True)

    def _mirrored(self) -> Expression:
        """A comparison that begins with its literal."""
        literal = self._literal()
        kind, word, _ = self._tokens[self._next]
        if kind != "path" or word.lower() not in COMPARISONS:
            raise self._wrong()
        self._next += 1
        return Comparison(self._need("path"), _MIRRORED.get(word.lower(), word.lower()), literal)

    def _literal(self) -> Literal:
        kind, text, position = self._tokens[self._next]
        self._next += 1
        if kind == "text":
            return text[1:-1].replace("''", "'")
        if kind == "number":
            return int(text)
        if kind == "moment":
            try:
                moment = datetime.fromisoformat(text)
            except ValueError:
                raise self._wrong(position) from None
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
        words: dict[str, Literal] = {"true": True, "false": False, "null": None}
        if kind == "path" and text.lower() in words:
            return words[text.lower()]
        raise self._wrong(position)

    def _take_word(self, word: str) -> bool:
        kind, text, _ = self._tokens[self._next]
        if kind != "path" or text.lower() != word:
            return False
        self._next += 1
        return True

    def _take_mark(self, mark: str) -> bool:
        kind, text, _ = self._tokens[self._next]
        if kind != "mark" or text != mark:
            return False
        self._next += 1
        return True

    def _need(self, kind: str) -> str:
        found, text, _ = self._tokens[self._next]
        if found != kind:
            raise self._wrong()
        self._next += 1
        return text

    def _need_mark(self, mark: str) -> None:
        if not self._take_mark(mark):
            raise self._wrong()

    def _wrong(self, position: int | None = None) -> OptionInvalid:
        at = self._tokens[self._next][2] if position is None else position
        return OptionInvalid(reason=f"$filter is not understood at position {at}: {self._text!r}.")
