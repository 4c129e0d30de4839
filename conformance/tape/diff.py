"""Two recordings told apart: in the words of meetings first, by path below."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from conformance.model.exchange import Exchange
from conformance.tape.alignment import Aligned, align, align_children
from conformance.tape.tree import Node, Shape, request_tree, response_tree
from conformance.tape.variables import by_variables
from conformance.tape.volatile import VERSIONS, Kind, identity, is_moment, is_opaque, tokens
from conformance.tape.words import sentence, sentence_of_thing
from conformance.wire.operation import operation
from conformance.wire.path import Scalar

_SCOPE = "\0"
ABSENT = "absent"
PRESENT = "present"


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference between two recordings.

    ``path`` begins with ``request`` or ``response`` and ends in the body, in a header or the like; ``left`` and
    ``right`` are the values, None where one side has none; ``words`` says it for people; ``exchange`` is the place in
    the left recording (in the right one where the left has no partner), counted from 1.
    """

    path: str
    left: Scalar
    right: Scalar
    words: str
    exchange: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of comparing two recordings."""

    differences: tuple[Difference, ...]
    compared: int  # exchanges set side by side
    volatile: int  # values that differ where they may
    repeats: int  # reads that one side repeated more often while waiting


Variables = Mapping[str, Any]


def compare(
    left: Sequence[Exchange], right: Sequence[Exchange], variables: tuple[Variables, Variables] | None = None
) -> tuple[Difference, ...]:
    """The differences of two recordings; none when they tell the same meetings."""
    return study(left, right, variables).differences


def study(
    left: Sequence[Exchange], right: Sequence[Exchange], variables: tuple[Variables, Variables] | None = None
) -> Comparison:
    """The differences of two recordings, and how much was compared and passed over.

    Exchanges are partners by actor and operation in order. Ids may have other names on the two sides, but one name
    each: of several namings the one that fits most places is taken, and the places that do not fit it differ.
    ``variables`` are what the two recordings drew before they began (``variables`` of the heads): where they differ,
    texts are compared by the variables' names, and dates by their distance from the variable ``date``.
    """
    aligned = align(left, right)
    spellings = _no_change, _no_change
    if variables is not None and dict(variables[0]) != dict(variables[1]):
        spellings = partial(by_variables, variables=variables[0]), partial(by_variables, variables=variables[1])
    found = _Search(spellings)
    for one, other in aligned.pairs:
        found.exchange(left, right, one, other)
    return Comparison(found.told(), _together(aligned), found.volatile, aligned.repeats)


def _no_change(text: str) -> str:
    return text


def _spelt(tree: Node, spell: Callable[[str], str]) -> Node:
    """The tree with its texts told by the recording's variables."""
    if spell is not _no_change:
        for leaf in tree.leaves():
            if leaf.kind is Kind.VALUE and isinstance(leaf.value, str):
                leaf.value = spell(leaf.value)
    return tree


def _together(aligned: Aligned) -> int:
    return sum(1 for one, other in aligned.pairs if one is not None and other is not None)


@dataclass(slots=True)
class _Claim:
    """Two identities that stand at one place: the same thing if the naming holds."""

    node: Node
    left: str
    right: str
    exchange: int
    operation: str
    order: int


@dataclass(slots=True)
class _Search:
    """One comparison under way."""

    spellings: tuple[Callable[[str], str], Callable[[str], str]]
    found: list[tuple[int, Difference]] = field(default_factory=list)
    claims: list[_Claim] = field(default_factory=list)
    volatile: int = 0
    _order: int = 0
    _exchange: int = 0
    _operation: str = ""

    def exchange(self, left: Sequence[Exchange], right: Sequence[Exchange], one: int | None, other: int | None) -> None:
        """Two exchanges, or one that has no partner."""
        place = one if one is not None else other
        assert place is not None
        there = left[place] if one is not None else right[place]
        self._exchange, self._operation = place + 1, operation(there.request)
        if one is None or other is None:
            sides = (None, self._operation) if one is None else (self._operation, None)
            words = f"{self._operation}: {_state(sides[0])} -> {_state(sides[1])}"
            self._add("", sides[0], sides[1], words)
            return
        spell, respell = self.spellings
        ours, theirs = left[one], right[other]
        self.nodes(_spelt(request_tree(ours.request), spell), _spelt(request_tree(theirs.request), respell))
        self.nodes(_spelt(response_tree(ours), spell), _spelt(response_tree(theirs), respell))

    def nodes(self, left: Node, right: Node) -> None:
        """Two nodes that stand at one place."""
        if left.tag != right.tag:
            self._add(left.path, left.tag, right.tag, sentence(left, self._operation, left.tag, right.tag))
        if left.shape is Shape.LEAF and right.shape is Shape.LEAF:
            self._values(left, right)
            return
        left, right = _opened(left, right)
        if Shape.LEAF in (left.shape, right.shape) or (left.shape is Shape.BAG) != (right.shape is Shape.BAG):
            self._differ(left, _summary(left), _summary(right))
            return
        children = align_children(left, right)
        for one, other in children.pairs:
            if one is not None and other is not None:
                self.nodes(one, other)
            else:
                self._alone(one, other)
        for one, other in children.moved:
            words = sentence_of_thing(one, self._operation, one.step.strip("/"), other.step.strip("/"))
            self._add(one.path, one.path, other.path, f"{words}, another place in the order")
            self.nodes(one, other)

    def _alone(self, one: Node | None, other: Node | None) -> None:
        """A node that only one side has."""
        node = one if one is not None else other
        assert node is not None
        if node.kind is Kind.DERIVED:
            self.volatile += 1
            return
        left, right = (_summary(node), None) if one is not None else (None, _summary(node))
        if node.shape is Shape.LEAF:
            words = sentence(node, self._operation, _shown_alone(one), _shown_alone(other))
        else:
            words = sentence_of_thing(node, self._operation, _state(left), _state(right))
        self._add(node.path, left, right, words)

    def _values(self, left: Node, right: Node) -> None:
        kind = left.kind if left.kind is right.kind else Kind.VALUE
        one, other = left.value, right.value
        if kind is Kind.IDENTITY and isinstance(one, str) and isinstance(other, str) and one and other:
            self._claim(left, _scoped(left, identity(one)), _scoped(right, identity(other)))
        elif type(one) is type(other) and one == other:
            if kind is Kind.LINK:
                self._link(left, str(one), str(other))
        elif kind is Kind.DERIVED or (kind is Kind.MOMENT and is_moment(one) and is_moment(other)):
            self.volatile += 1
        elif kind is not Kind.LINK or not self._link(left, str(one), str(other)):
            if _number(one) and _number(other) and one == other:
                return
            self._differ(left, one, other)

    def _link(self, node: Node, one: str, other: str) -> bool:
        """Whether two links are the same but for the identities in them, whose namings are claimed."""
        ours, theirs = tokens(one), tokens(other)
        if len(ours) != len(theirs) or _skeleton(one, ours) != _skeleton(other, theirs):
            return False
        pairs = [(a[2], b[2]) for a, b in zip(ours, theirs, strict=True)]
        if not all(a == b or (is_opaque(a) and is_opaque(b)) for a, b in pairs):
            return False
        for a, b in pairs:
            if is_opaque(a) and is_opaque(b):
                self._claim(node, a, b)
        return True

    def _claim(self, node: Node, left: str, right: str) -> None:
        self._order += 1
        self.claims.append(_Claim(node, left, right, self._exchange, self._operation, self._order))

    def _differ(self, node: Node, left: Scalar, right: Scalar) -> None:
        self._add(node.path, left, right, sentence(node, self._operation, _shown(left), _shown(right)))

    def _add(self, path: str, left: Scalar, right: Scalar, words: str) -> None:
        self._order += 1
        self.found.append((self._order, Difference(path, left, right, words, self._exchange)))

    def told(self) -> tuple[Difference, ...]:
        """Everything found, with the identities that fit no consistent naming, in the order of the recordings."""
        fitting = _fitting(self.claims)
        for claim in self.claims:
            if (claim.left, claim.right) in fitting:
                self.volatile += claim.left != claim.right
                continue
            one, other = claim.left.partition(_SCOPE)[0], claim.right.partition(_SCOPE)[0]
            words = sentence(claim.node, claim.operation, one, other) + ", which is another thing there"
            told = Difference(claim.node.path, one, other, words, claim.exchange)
            self.found.append((claim.order, told))
        return tuple(each for _, each in sorted(self.found, key=lambda entry: entry[0]))


def _scoped(node: Node, text: str) -> str:
    """An identity as it is claimed: a version together with the item it is a version of."""
    if node.name not in VERSIONS or node.parent is None:
        return text
    return f"{text}{_SCOPE}{node.parent.text('@Id') or node.parent.text('id')}"


def _fitting(claims: Sequence[_Claim]) -> set[tuple[str, str]]:
    """The pairs of the one-to-one naming that fits most places; of pairs that contradict equally often, none."""
    counted = Counter((each.left, each.right) for each in claims)
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


def _shown_alone(node: Node | None) -> str:
    """A value beside nothing; an empty one is told by its presence."""
    if node is None:
        return ABSENT
    return PRESENT if node.value in (None, "") else _shown(node.value)


def _shown(value: Scalar) -> str:
    if value is None:
        return ABSENT
    if value == "":
        return "(empty)"
    return str(value).lower() if isinstance(value, bool) else str(value)
