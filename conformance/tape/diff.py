"""Two recordings told apart: in the words of meetings first, by path below."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from conformance.model.contrast import ABSENT, PRESENT, contrast
from conformance.model.exchange import Exchange
from conformance.tape.alignment import Pair, align, align_children
from conformance.tape.tree import SCOPE, Node, Shape, request_tree, response_tree, scoped
from conformance.tape.variables import by_variables
from conformance.tape.volatile import Kind, identity, in_one_alphabet, is_moment, is_opaque, tokens
from conformance.tape.words import sentence, sentence_of_order, sentence_of_thing
from conformance.wire.operation import operation
from conformance.wire.path import Scalar


@dataclass(frozen=True, slots=True)
class Place:
    """Where one side of a difference stands.

    ``exchange`` counts from 1. ``path`` begins with ``request`` or ``response`` and ends in the body, in a header or
    the like; it is empty where the whole exchange is meant. ``operation`` is told where the other side's is another.
    """

    exchange: int
    path: str = ""
    operation: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference between two recordings.

    ``path`` is where it is on the left, or on the right where only the right has it. ``left`` and ``right`` are the
    values, None where one side has none; ``words`` says it for people; ``operation`` is that of the exchange.
    ``left_at`` is None where the left has no such exchange, and ``right_at`` likewise; what one side lacks has its
    place there in what would hold it.
    """

    path: str
    left: Scalar
    right: Scalar
    words: str
    operation: str
    left_at: Place | None
    right_at: Place | None

    @property
    def exchange(self) -> int:
        """The exchange in the left recording, or in the right one where the left has none; 0 where neither has."""
        place = self.left_at or self.right_at
        return place.exchange if place else 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of comparing two recordings."""

    differences: tuple[Difference, ...]
    pairs: tuple[Pair, ...]  # places of exchanges side by side, from 0; None where there is no partner
    volatile: int  # values that differ where they may
    repeats: int  # reads that one side repeated more often while waiting
    naming: tuple[tuple[str, str], ...] = ()  # ids on the left with what the right calls them (``scoped``)

    @property
    def compared(self) -> int:
        """How many exchanges were set side by side."""
        return sum(1 for one, other in self.pairs if one is not None and other is not None)


Variables = Mapping[str, Any]
Contradicts = Callable[[str, str], bool]
"""Whether it is known otherwise that an id on the left is another one on the right."""


def compare(
    left: Sequence[Exchange], right: Sequence[Exchange], variables: tuple[Variables, Variables] | None = None
) -> tuple[Difference, ...]:
    """The differences of two recordings; none when they tell the same meetings."""
    return study(left, right, variables).differences


def study(
    left: Sequence[Exchange],
    right: Sequence[Exchange],
    variables: tuple[Variables, Variables] | None = None,
    contradicts: Contradicts | None = None,
) -> Comparison:
    """The differences of two recordings, and how much was compared and passed over.

    Exchanges are partners by actor and operation in order. Ids may have other names on the two sides, but one name
    each: of several namings the one that fits most places is taken, and the places that do not fit it differ.
    ``variables`` are what the two recordings drew before they began (``variables`` of the heads): where they differ,
    texts are compared by the variables' names, and dates by their distance from the variable ``date``. What
    ``contradicts`` what was known before of the names of ids is a difference.
    """
    aligned = align(left, right)
    spellings = _no_change, _no_change
    if variables is not None and dict(variables[0]) != dict(variables[1]):
        spellings = partial(by_variables, variables=variables[0]), partial(by_variables, variables=variables[1])
    found = _Search(spellings)
    for one, other in aligned.pairs:
        found.exchange(left, right, one, other)
    fitting = _fitting(found.claims)
    naming = dict.fromkeys((each.left, each.right) for each in found.claims if each.pair in fitting)
    told = found.told(lambda each: each.pair in fitting and not (contradicts and each.contradicts(contradicts)))
    return Comparison(told, aligned.pairs, found.volatile, aligned.repeats, tuple(naming))


def _no_change(text: str) -> str:
    return text


def _spelt(tree: Node, spell: Callable[[str], str]) -> Node:
    """The tree with its texts told by the recording's variables."""
    if spell is not _no_change:
        for leaf in tree.leaves():
            if leaf.kind is Kind.VALUE and isinstance(leaf.value, str):
                leaf.value = spell(leaf.value)
    return tree


@dataclass(slots=True)
class _Claim:
    """Two identities that stand at one place: the same thing if the naming holds."""

    nodes: tuple[Node, Node]
    left: str
    right: str
    exchanges: Pair
    operation: str
    order: int

    def contradicts(self, known: Contradicts) -> bool:
        """Whether an answer gives the right another name than was known; requests take over what was known."""
        return self.nodes[0].path.startswith("response") and known(self.left, self.right)

    @property
    def pair(self) -> tuple[str, str]:
        """Both identities, in whichever alphabet they are written."""
        return in_one_alphabet(self.left), in_one_alphabet(self.right)


@dataclass(slots=True)
class _Search:
    """One comparison under way."""

    spellings: tuple[Callable[[str], str], Callable[[str], str]]
    found: list[tuple[int, Difference]] = field(default_factory=list)
    claims: list[_Claim] = field(default_factory=list)
    volatile: int = 0
    _order: int = 0
    _ids: tuple[set[str], set[str]] = field(default_factory=lambda: (set(), set()))
    _exchanges: Pair = (None, None)
    _operation: str = ""

    def exchange(self, left: Sequence[Exchange], right: Sequence[Exchange], one: int | None, other: int | None) -> None:
        """Two exchanges, or one that has no partner."""
        place = one if one is not None else other
        assert place is not None
        there = left[place] if one is not None else right[place]
        self._exchanges, self._operation = (one, other), operation(there.request)
        if one is None or other is None:
            ours, theirs = (None, self._operation) if one is None else (self._operation, None)
            self._add(None, None, ours, theirs, contrast(self._operation, _state(ours), _state(theirs)))
            return
        spell, respell = self.spellings
        first, second = left[one], right[other]
        self.nodes(_spelt(request_tree(first.request), spell), _spelt(request_tree(second.request), respell))
        self.nodes(_spelt(response_tree(first), spell), _spelt(response_tree(second), respell))

    def nodes(self, left: Node, right: Node) -> None:
        """Two nodes that stand at one place."""
        if left.step != right.step and left.tag != right.tag:
            self._add(left, right, left.tag, right.tag, sentence(left, self._operation, left.tag, right.tag))
        if left.shape is Shape.LEAF and right.shape is Shape.LEAF:
            self._values(left, right)
            return
        left, right = _opened(left, right)
        if Shape.LEAF in (left.shape, right.shape) or (left.shape is Shape.BAG) != (right.shape is Shape.BAG):
            self._differ(left, right, _summary(left), _summary(right))
            return
        children = align_children(left, right)
        for one, other in children.pairs:
            if one is not None and other is not None:
                self.nodes(one, other)
            elif one is not None:
                self._alone(one, one, right)
            elif other is not None:
                self._alone(other, left, other)
        for one, other in children.moved:
            words = sentence_of_order(one, self._operation, one.step.strip("/"), other.step.strip("/"))
            self._add(one, other, one.path, other.path, words)
            self.nodes(one, other)

    def _alone(self, node: Node, left: Node, right: Node) -> None:
        """A node that only one side has; in the place of the other stands what would hold it."""
        if node.kind is Kind.DERIVED:
            self.volatile += 1
            return
        one, other = (_summary(node), None) if node is left else (None, _summary(node))
        if node.shape is Shape.LEAF:
            shown = _shown_alone(node)
            words = sentence(node, self._operation, *((shown, ABSENT) if node is left else (ABSENT, shown)))
        else:
            words = sentence_of_thing(node, self._operation, _state(one), _state(other))
        self._add(left, right, one, other, words, node.path)

    def _values(self, left: Node, right: Node) -> None:
        kind = left.kind if left.kind is right.kind else Kind.VALUE
        one, other = left.value, right.value
        if kind is Kind.IDENTITY and isinstance(one, str) and isinstance(other, str) and one and other:
            self._claim(left, right, scoped(left, identity(one)), scoped(right, identity(other)))
        elif type(one) is type(other) and one == other:
            if kind is Kind.LINK:
                self._link(left, right)
        elif kind is Kind.DERIVED or (kind is Kind.MOMENT and is_moment(one) and is_moment(other)):
            self.volatile += 1
        elif kind is not Kind.LINK or not self._link(left, right):
            if _number(one) and _number(other) and one == other:
                return
            self._differ(left, right, one, other)

    def _link(self, left: Node, right: Node) -> bool:
        """Whether two links are the same but for the identities in them, whose namings are claimed."""
        one, other = str(left.value), str(right.value)
        ours, theirs = tokens(one), tokens(other)
        if len(ours) != len(theirs) or _skeleton(one, ours) != _skeleton(other, theirs):
            return False
        pairs = [(a[2], b[2]) for a, b in zip(ours, theirs, strict=True)]
        if not all(a == b or self._are_ids(a, b) for a, b in pairs):
            return False
        for a, b in pairs:
            if self._are_ids(a, b):
                self._claim(left, right, a, b)
        return True

    def _are_ids(self, one: str, other: str) -> bool:
        """Whether two tokens of links are ids: by their looks, or because things before have them."""
        return (is_opaque(one) and is_opaque(other)) or (one in self._ids[0] and other in self._ids[1])

    def _claim(self, one: Node, other: Node, left: str, right: str) -> None:
        self._order += 1
        self._ids[0].add(left)
        self._ids[1].add(right)
        self.claims.append(_Claim((one, other), left, right, self._exchanges, self._operation, self._order))

    def _differ(self, one: Node, other: Node, left: Scalar, right: Scalar) -> None:
        self._add(one, other, left, right, sentence(one, self._operation, _shown(left), _shown(right)))

    def _add(
        self, one: Node | None, other: Node | None, left: Scalar, right: Scalar, words: str, path: str = ""
    ) -> None:
        """Note a difference of two nodes; ``path`` is that of the left one unless it is given."""
        self._order += 1
        places = _place(self._exchanges[0], one), _place(self._exchanges[1], other)
        at = path or (one.path if one else "")
        self.found.append((self._order, Difference(at, left, right, words, self._operation, *places)))

    def told(self, fits: Callable[[_Claim], bool]) -> tuple[Difference, ...]:
        """Everything found, with the identities that fit no consistent naming, in the order of the recordings."""
        for claim in self.claims:
            if fits(claim):
                self.volatile += claim.left != claim.right
                continue
            one, other = claim.left.partition(SCOPE)[0], claim.right.partition(SCOPE)[0]
            node = claim.nodes[0]
            words = sentence(node, claim.operation, one, other) + ", which is another thing there"
            places = (_place(at, node) for at, node in zip(claim.exchanges, claim.nodes, strict=True))
            told = Difference(node.path, one, other, words, claim.operation, *places)
            self.found.append((claim.order, told))
        return tuple(each for _, each in sorted(self.found, key=lambda entry: entry[0]))


def _place(exchange: int | None, node: Node | None) -> Place | None:
    return None if exchange is None else Place(exchange + 1, node.path if node else "")


def _fitting(claims: Sequence[_Claim]) -> set[tuple[str, str]]:
    """The pairs of the one-to-one naming that fits most places; of pairs that contradict equally often, none."""
    counted = Counter(each.pair for each in claims)
    best_of_left: dict[str, int] = {}
    best_of_right: dict[str, int] = {}
    for (left, right), count in counted.items():
        best_of_left[left] = max(count, best_of_left.get(left, 0))
        best_of_right[right] = max(count, best_of_right.get(right, 0))
    strong = {
        (left, right)
        for (left, right), count in counted.items()
        if count == best_of_left[left] and count == best_of_right[right]
    }
    lefts, rights = Counter(left for left, _ in strong), Counter(right for _, right in strong)
    return {(left, right) for left, right in strong if lefts[left] == rights[right] == 1}


def _opened(left: Node, right: Node) -> tuple[Node, Node]:
    """A bare text beside one with attributes, both as nodes with children."""
    return _as_parent(left, right), _as_parent(right, left)


def _as_parent(node: Node, other: Node) -> Node:
    if node.shape is not Shape.LEAF or not any(each.name.startswith(("@", "text()")) for each in other.children):
        return node
    opened = Node(node.name, node.step, node.parent, Shape.BAG)
    opened.children.append(Node("text()", "", opened, Shape.LEAF, node.value, node.kind))
    return opened


def _skeleton(link: str, found: Sequence[tuple[int, int, str]]) -> list[str]:
    edges = [0, *(edge for start, stop, _ in found for edge in (start, stop)), len(link)]
    return [link[edges[at] : edges[at + 1]] for at in range(0, len(edges), 2)]


def _number(value: Scalar) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _summary(node: Node) -> Scalar:
    """A value, or of something with values below it the values in one line."""
    if node.shape is Shape.LEAF:
        return node.value
    values = [str(each.value) for each in node.leaves() if each.value not in (None, "") and each.kind is Kind.VALUE]
    return ", ".join(values) or ("{}" if node.shape is Shape.BAG else "[]")


def _state(value: Scalar) -> str:
    return ABSENT if value is None else PRESENT


def _shown_alone(node: Node) -> str:
    """A value beside nothing; an empty one is told by its presence."""
    return PRESENT if node.value in (None, "") else _shown(node.value)


def _shown(value: Scalar) -> str:
    if value is None:
        return ABSENT
    if value == "":
        return "(empty)"
    return str(value).lower() if isinstance(value, bool) else str(value)
