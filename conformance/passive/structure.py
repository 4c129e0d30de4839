"""Whether what answers show is built as the published types say, rule by rule (``catalogue/structure``).

A rule passes where what it speaks of stands in an answer, and is silent where it does not. The schema check judges
answers as wholes; these rules say which of the types is broken, and are written apart from the schemas.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lxml import etree

from conformance.catalogue.structure import ComplexType, Member, SimpleType, Structure, standard_structure
from conformance.model.verdict import Verdict
from conformance.passive.check import PassiveCheck, stateless
from conformance.passive.finding import Finding, judged
from conformance.passive.seen import Seen
from conformance.wire.namespaces import PREFIXES, prefixed, t

_TOLD = 3  # breaches told of one rule in one answer
_ZONE = r"(Z|[+-]\d\d:\d\d)?"
_DATE = r"-?\d{4,}-\d\d-\d\d"
_TIME = r"\d\d:\d\d:\d\d(\.\d+)?"

# The forms of plain values (XML Schema Part 2), white space around them taken away.
_FORMS: Mapping[str, re.Pattern[str]] = {
    "dateTime": re.compile(f"{_DATE}T{_TIME}{_ZONE}"),
    "date": re.compile(f"{_DATE}{_ZONE}"),
    "time": re.compile(f"{_TIME}{_ZONE}"),
    "duration": re.compile(r"-?P(?=.)(\d+Y)?(\d+M)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?"),
    "int": re.compile(r"[+-]?\d{1,10}"),
    "double": re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|-?INF|NaN"),
    "boolean": re.compile("true|false|0|1"),
}
_INT = range(-(2**31), 2**31)


@dataclass(slots=True)
class _Judgement:
    """What the rules say of one answer: those that hold somewhere, and where others do not."""

    held: set[str] = field(default_factory=set)
    broken: dict[str, list[Finding]] = field(default_factory=dict)

    def note(self, requirement: str, problem: str, about: str, at: etree._Element) -> None:
        """One rule met (``problem`` empty) or broken at a place; rules without a requirement say nothing."""
        if not requirement:
            return
        if not problem:
            self.held.add(requirement)
            return
        told = self.broken.setdefault(requirement, [])
        if len(told) < _TOLD:
            told.append(judged(requirement, False, about, actual=problem, at=at))

    def findings(self) -> Iterator[Finding]:
        """One PASS for each rule that holds wherever it was tried, and every breach that is told."""
        for requirement in self.held - self.broken.keys():
            yield Finding(requirement, Verdict.PASS)
        for told in self.broken.values():
            yield from told


@dataclass(frozen=True, slots=True)
class _Link:
    """A type among those that an element is of, and what is asked of it again and again."""

    type: ComplexType
    places: Mapping[str, int]  # of its members, in their order
    always: frozenset[int]  # places of those that are looked at even where they do not stand
    abouts: tuple[str, ...]  # the members in words, by their places
    many: frozenset[str]  # members that may stand more than once
    younger: frozenset[str]  # members of the types that extend it
    required: tuple[Member, ...]


def _link(one: ComplexType, younger: Sequence[ComplexType]) -> _Link:
    return _Link(
        one,
        {member.name: place for place, member in enumerate(one.members)},
        frozenset(place for place, member in enumerate(one.members) if member.required or member.name.startswith("@")),
        tuple(f"{member.name} of {one.name}" for member in one.members),
        frozenset(member.name for member in one.members if member.many),
        frozenset(member.name for each in younger for member in each.members),
        tuple(member for member in one.members if member.required),
    )


@dataclass(frozen=True, slots=True)
class _Rules:
    """The structure as the walk through an answer needs it."""

    structure: Structure
    roots: Mapping[str, ComplexType]  # by the tag as lxml writes it
    chains: dict[str, tuple[_Link, ...]] = field(default_factory=dict)  # by the name of the last type

    def chain(self, last: ComplexType) -> tuple[_Link, ...]:
        """A type behind those it extends, as far as they are described."""
        known = self.chains.get(last.name)
        if known is None:
            chain = [last]
            while (base := self.structure.types.get(chain[0].extends)) is not None:
                chain.insert(0, base)
            known = self.chains[last.name] = tuple(_link(one, chain[at:]) for at, one in enumerate(chain, start=1))
        return known


@functools.cache
def _rules() -> _Rules:
    structure = standard_structure()
    roots = {_tag(element): one for one in structure.types.values() for element in one.elements}
    return _Rules(structure, roots)


def look(seen: Seen) -> Iterator[Finding]:
    """One finding for each rule that the answer concerns."""
    answer = seen.answer
    if answer is None:
        return
    rules, judgement = _rules(), _Judgement()
    for element in answer.iter(*rules.roots):
        _judge(element, rules.roots[str(element.tag)], rules, judgement)
    yield from judgement.findings()


def _judge(element: etree._Element, known: ComplexType, rules: _Rules, judgement: _Judgement) -> str:
    """What an element lacks of its type, which is noted too; nothing when it is as it should be."""
    if known.is_item_list:
        problem = _items_only(element)
        judgement.note(known.requirement, problem, known.name, element)
        return problem
    chain = rules.chain(known)
    children: list[str] = []
    held: dict[str, list[etree._Element]] = {}
    for child in element.iterchildren(etree.Element):
        name = prefixed(child.tag)
        children.append(name)
        held.setdefault(name, []).append(child)
    first = ""
    for link in chain:
        each, problem = link.type, _wholly(element, children, link)
        standing = [link.places[name] for name in held if name in link.places]
        if not each.extends or standing:
            judgement.note(each.requirement, problem, each.name, element)
        first = first or problem
        for place in sorted(link.always.union(standing)):
            member = each.members[place]
            _judge_member(element, held.get(member.name, ()), member, link.abouts[place], rules, judgement)
        for choice in each.choices:
            count = sum(1 for child in children if child in choice.members)
            problem = "" if count == 1 else f"{count} of {', '.join(choice.members)}"
            judgement.note(choice.requirement, problem, choice.name, element)
    return first


def _wholly(element: etree._Element, children: list[str], link: _Link) -> str:
    """What of an element's content breaks the order or the closedness of one of its types."""
    known, places, many, younger = link.type, link.places, link.many, link.younger
    latest = -1 if not known.extends else None
    for child in children:
        place = places.get(child)
        if place is None:
            if latest is not None and child not in younger:
                return f"{child} is not where such an element may stand"
            continue
        if latest is not None and (place < latest or (place == latest and child not in many)):
            return f"{child} stands behind {known.members[latest].name}"
        latest = place
    if not known.extends and (
        unknown := [name for name in map(prefixed, map(str, element.keys())) if f"@{name}" not in places]
    ):
        return f"the attribute {unknown[0]} is not declared"
    lacking = [one.name for one in link.required if _absent(element, one, children)]
    return f"{lacking[0]} is missing" if lacking else ""


def _absent(element: etree._Element, member: Member, children: list[str]) -> bool:
    if member.name.startswith("@"):
        return member.name[1:] not in element.attrib
    return member.name not in children


def _judge_member(
    element: etree._Element,
    found: Sequence[etree._Element],
    member: Member,
    about: str,
    rules: _Rules,
    judgement: _Judgement,
) -> None:
    if member.name.startswith("@"):
        value = element.get(member.name[1:])
        if value is not None:
            judgement.note(member.requirement, _plain_problem(str(value), member.value, rules), about, element)
        elif (child := element.find(t(member.name[1:]))) is not None:
            judgement.note(member.requirement, "an element in place of the attribute", about, child)
        elif member.required:
            judgement.note(member.requirement, "absent", about, element)
        return
    if not found and member.required:
        judgement.note(member.requirement, "absent", about, element)
    if len(found) > 1 and not member.many:
        judgement.note(member.requirement, f"{len(found)} times", about, element)
    for child in found:
        judgement.note(member.requirement, _value_problem(child, member.value, rules, judgement), about, child)


def _value_problem(child: etree._Element, value: str, rules: _Rules, judgement: _Judgement) -> str:
    """Why an element's content is not a value of a type; nothing when it is."""
    if value == "anything":
        return ""
    known = rules.structure.types.get(value)
    if known is not None:
        if (child.text or "").strip():
            return f"the text {child.text!r} in place of elements"
        return _judge(child, known, rules, judgement)
    if next(child.iterchildren(etree.Element), None) is not None:
        return "an element with elements, where a plain value belongs"
    text = child.text or ""
    problem = _plain_problem(text, value, rules)
    simple = rules.structure.simple.get(value)
    if simple is not None:
        judgement.note(simple.requirement, problem, simple.name, child)
    return problem


def _plain_problem(text: str, value: str, rules: _Rules) -> str:
    if value == "string":
        return ""
    simple = rules.structure.simple.get(value)
    if simple is not None:
        return "" if _is_of(text, simple) else f"{text!r} is no {value}"
    form = _FORMS.get(value)
    if form is None:
        raise LookupError(f"the structure describes no type {value}")
    plain = text.strip()
    fits = form.fullmatch(plain) is not None and (value != "int" or int(plain) in _INT)
    return "" if fits else f"{text!r} is no {value}"


def _is_of(text: str, simple: SimpleType) -> bool:
    if simple.form:
        return re.fullmatch(simple.form, text) is not None
    words = text.split() if simple.is_list else [text.strip()]
    return bool(words) and set(words) <= simple.values


def _items_only(element: etree._Element) -> str:
    children = list(element.iterchildren(etree.Element))
    if not children:
        return "no item"
    other = next((child for child in children if child.find(t("ItemId")) is None), None)
    return "" if other is None else f"{prefixed(other.tag)} is no item"


def _tag(name: str) -> str:
    """A name with our prefix as lxml writes it."""
    prefix, _, local = name.partition(":")
    return f"{{{PREFIXES[prefix]}}}{local}"


def _requirements() -> set[str]:
    """The ids of all rules but those on what is absent, which are judged elsewhere."""
    structure = standard_structure()
    return structure.requirements.keys() - {one.requirement for one in structure.absences}


CHECK: PassiveCheck = stateless("structure", sorted(_requirements()), look)
"""Every rule on what an element holds."""
