"""Which exchange of one recording belongs to which of the other, and which entry of a list to which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

from conformance.model.exchange import Exchange
from conformance.tape.actors import actor_of
from conformance.tape.tree import Node, Shape
from conformance.tape.volatile import Kind
from conformance.wire.operation import operation

Pair = tuple[int | None, int | None]

_READING = ("Get", "Find", "Sync", "Resolve", "Expand", "GET ", "HEAD ")


@dataclass(frozen=True, slots=True)
class Aligned:
    """Places of exchanges side by side, in order; one side is None where the other has no partner."""

    pairs: tuple[Pair, ...]
    repeats: int  # reads repeated more often on one side, of which only the last was compared


def align(left: Sequence[Exchange], right: Sequence[Exchange]) -> Aligned:
    """The exchanges of two recordings side by side, by who asked for what.

    A client that waits for a delivery repeats a read until it sees it; where one side repeated the same read more
    often, the last of each run are partners and the rest is only counted.
    """
    keys = [_key(each) for each in left], [_key(each) for each in right]
    if keys[0] == keys[1]:
        return Aligned(tuple((place, place) for place in range(len(left))), 0)
    runs = _runs(left), _runs(right)
    pairs: list[Pair] = []
    repeats = 0
    for one, other in _matched([keys[0][run[0]] for run in runs[0]], [keys[1][run[0]] for run in runs[1]]):
        ours = [] if one is None else runs[0][one]
        theirs = [] if other is None else runs[1][other]
        if ours and theirs and len(ours) != len(theirs) and keys[0][ours[0]][1].startswith(_READING):
            repeats += len(ours) + len(theirs) - 2
            ours, theirs = ours[-1:], theirs[-1:]
        longest = max(len(ours), len(theirs))
        pairs += [
            (ours[at] if at < len(ours) else None, theirs[at] if at < len(theirs) else None) for at in range(longest)
        ]
    return Aligned(tuple(pairs), repeats)


def _key(exchange: Exchange) -> tuple[str, str]:
    return actor_of(exchange), operation(exchange.request)


def _runs(exchanges: Sequence[Exchange]) -> list[list[int]]:
    """Places of neighbouring exchanges that ask the very same."""

    def asked(place: int) -> Hashable:
        request = exchanges[place].request
        return actor_of(exchanges[place]), request.method, request.url, request.body

    return [list(run) for _, run in groupby(range(len(exchanges)), key=asked)]


def _matched(left: Sequence[Hashable], right: Sequence[Hashable]) -> Iterator[Pair]:
    """Places of equal keys side by side, the rest in order: partners first, then what has none."""
    matcher: SequenceMatcher[Hashable] = SequenceMatcher(None, left, right, autojunk=False)
    for _, start, stop, begin, end in matcher.get_opcodes():
        common = min(stop - start, end - begin)
        yield from zip(range(start, start + common), range(begin, begin + common), strict=True)
        yield from ((place, None) for place in range(start + common, stop))
        yield from ((None, place) for place in range(begin + common, end))


@dataclass(frozen=True, slots=True)
class Children:
    """Children side by side; ``moved`` are partners that stand in another order."""

    pairs: tuple[tuple[Node | None, Node | None], ...]
    moved: tuple[tuple[Node, Node], ...] = ()


def align_children(left: Node, right: Node) -> Children:
    """The children of two nodes side by side: by name, by place, or by what they are about."""
    if left.shape is right.shape is Shape.BAG and _alike(left.children, right.children):
        return Children(tuple(zip(left.children, right.children, strict=True)))
    shape = _shape(left, right)
    if shape is Shape.BAG:
        return Children(tuple(_by_name(left.children, right.children)))
    attributes = tuple(_by_name(*([each for each in side.children if _unordered(each)] for side in (left, right))))
    ours, theirs = ([each for each in side.children if not _unordered(each)] for side in (left, right))
    labels = [label(each) for each in ours], [label(each) for each in theirs]
    if labels[0] == labels[1]:
        return Children((*attributes, *zip(ours, theirs, strict=True)))
    if shape is Shape.SET:
        return Children((*attributes, *_by_label(ours, theirs, labels)))
    found = _in_order(ours, theirs, labels)
    return Children((*attributes, *found.pairs), found.moved)


def _unordered(node: Node) -> bool:
    """Whether a child is an attribute, which has a name and no place (XML 1.0, section 3.1)."""
    return node.name.startswith("@")


def _alike(left: Sequence[Node], right: Sequence[Node]) -> bool:
    """Whether both have children of the same names in the same order, and none twice."""
    names = [each.name for each in left]
    return names == [each.name for each in right] and len(set(names)) == len(names)


def _shape(left: Node, right: Node) -> Shape:
    """How the children belong together; names that repeat on either side make a list of a bag."""
    if Shape.SET in (left.shape, right.shape):
        return Shape.SET
    if Shape.LIST in (left.shape, right.shape) or any(_repeats(each) for each in (left, right)):
        return Shape.BAG if "headers" in (left.name, right.name) else Shape.LIST
    return Shape.BAG


def _repeats(node: Node) -> bool:
    names = [each.name for each in node.children]
    return len(set(names)) != len(names)


def _by_name(left: Sequence[Node], right: Sequence[Node]) -> Iterator[tuple[Node | None, Node | None]]:
    waiting: dict[str, list[Node]] = defaultdict(list)
    for node in right:
        waiting[node.name].append(node)
    for node in left:
        yield node, waiting[node.name].pop(0) if waiting[node.name] else None
    taken = {id(node) for nodes in waiting.values() for node in nodes}
    yield from ((None, node) for node in right if id(node) in taken)


def _by_label(
    left: Sequence[Node], right: Sequence[Node], labels: tuple[list[str], list[str]]
) -> Iterator[tuple[Node | None, Node | None]]:
    waiting: dict[str, list[Node]] = defaultdict(list)
    for node, name in zip(right, labels[1], strict=True):
        waiting[name].append(node)
    alone: list[Node] = []
    for node, name in zip(left, labels[0], strict=True):
        if waiting[name]:
            yield node, waiting[name].pop(0)
        else:
            alone.append(node)
    kept = {id(node) for nodes in waiting.values() for node in nodes}
    yield from _by_name(alone, [node for node in right if id(node) in kept])


def _in_order(left: Sequence[Node], right: Sequence[Node], labels: tuple[list[str], list[str]]) -> Children:
    pairs: list[tuple[Node | None, Node | None]] = [
        (None if one is None else left[one], None if other is None else right[other])
        for one, other in _matched(labels[0], labels[1])
    ]
    apart = sum(one != other for one, other in zip(*labels, strict=False))
    if len(left) == len(right) and apart < sum(1 for one, other in pairs if _unlike(one, other)):
        return Children(tuple(zip(left, right, strict=True)))  # entries alike but for the changed one
    gone: dict[str, list[Node]] = defaultdict(list)
    for one, other in pairs:
        if one is not None and other is None:
            gone[label(one)].append(one)
    moved = []
    for one, other in pairs:
        if one is None and other is not None and gone[label(other)]:
            moved.append((gone[label(other)].pop(0), other))
    ids = {id(node) for pair in moved for node in pair}
    kept = tuple(pair for pair in pairs if id(pair[0]) not in ids and id(pair[1]) not in ids)
    return Children(kept, tuple(moved))


def _unlike(one: Node | None, other: Node | None) -> bool:
    return one is None or other is None or label(one) != label(other)


# What an entry of a list is about: the first of these that it has. Never a value that may vary between recordings.
_ABOUT: tuple[tuple[tuple[str, ...], ...], ...] = (
    (("emailAddress", "address"),),
    (("Mailbox", "EmailAddress"),),
    (("EmailAddress",),),
    (("scheduleId",),),
    (("Subject",), ("Start",), ("ItemClass",)),
    (("subject",), ("start", "dateTime"), ("@odata.type",)),
    (("StartTime",), ("EndTime",), ("CalendarEventDetails", "Subject")),
    (("start", "dateTime"), ("end", "dateTime")),
    (("FieldURI", "@FieldURI"),),
    (("DisplayName",),),
    (("displayName",),),
    (("Name",),),
    (("name",),),
)


def label(node: Node) -> str:
    """What an entry of a list is about: its address, its subject and start, or its own text."""
    if node.shape is Shape.LEAF:
        return f"{node.name}:{node.value!r}" if node.kind is Kind.VALUE else node.name
    for ways in _ABOUT:
        told = [node.text(*way) for way in ways]
        if told[0]:
            return f"{node.name}:{'|'.join(told).casefold()}"
    return node.name
