"""Answers damaged on purpose: for one rule of the tables, every way in which a place of an answer can break it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from conformance.catalogue.operations import SENTENCES, operation_requirement
from conformance.catalogue.structure import Absence, Choice, ComplexType, Member, SimpleType, standard_structure
from conformance.wire import ews
from conformance.wire.namespaces import BODY, HEADER, PREFIXES, SOAP, m, t

FOREIGN = t("ElementOfNobody")
Change = Callable[[etree._Element], bool]  # changes an element if it can; tells whether it did


@dataclass(frozen=True, slots=True)
class Damage:
    """One way to break a rule: what becomes of an element."""

    name: str
    change: Change

    def bodies(self, body: bytes) -> Iterator[bytes]:
        """The answer with one element changed, for each element that can be."""
        count = sum(1 for _ in ews.parse(body).iter(etree.Element))
        for number in range(count):
            root = ews.parse(body)
            element = next(each for place, each in enumerate(root.iter(etree.Element)) if place == number)
            if self.change(element):
                yield etree.tostring(root)


def damages() -> Mapping[str, tuple[Damage, ...]]:
    """Every way to break each rule of the tables, by the rule's requirement."""
    structure = standard_structure()
    found: dict[str, tuple[Damage, ...]] = {}
    for known in structure.types.values():
        found[known.requirement] = _of_type(known)
        found |= {member.requirement: tuple(_of_member(member)) for member in known.members}
        found |= {choice.requirement: (_of_choice(choice),) for choice in known.choices}
    found |= {simple.requirement: (_of_simple(simple),) for simple in structure.simple.values()}
    found |= {absence.requirement: (_of_absence(absence),) for absence in structure.absences}
    for rule, change in _OF_OPERATIONS.items():
        for name in ("CopyItem", "CreateItem", "DeleteItem", "GetItem", "MoveItem", "UpdateItem", *_REMINDERS):
            found[operation_requirement(name, rule)] = (Damage(rule, change),)
    assert _OF_OPERATIONS.keys() == SENTENCES.keys()
    found.pop("", None)
    return found


_REMINDERS = ("GetReminders", "PerformReminderAction")


def tag(name: str) -> str:
    prefix, _, local = name.partition(":")
    return f"{{{PREFIXES[prefix]}}}{local}"


def _foreign(element: etree._Element) -> bool:
    if element.tag.startswith(f"{{{SOAP}}}"):
        return False
    etree.SubElement(element, FOREIGN)
    return True


def _of_type(known: ComplexType) -> tuple[Damage, ...]:
    if known.extends and known.members:
        names = {tag(one.name) for one in known.members}

        def foreign_behind(element: etree._Element) -> bool:
            return any(child.tag in names for child in element) and _foreign(element)

        def own_first(element: etree._Element) -> bool:
            own = [child for child in element if child.tag in names]
            if not own or element.index(own[0]) == 0:
                return False
            element.insert(0, own[0])
            return True

        return Damage("an element of nobody", foreign_behind), Damage("own members before those extended", own_first)
    return (Damage("an element of nobody", _foreign),)


def _of_member(member: Member) -> Iterator[Damage]:
    if member.name.startswith("@"):
        yield Damage("an element in place of the attribute", lambda element: _from_attribute(element, member.name[1:]))
        return
    wanted = tag(member.name)
    known = standard_structure()
    if member.value in known.types or member.value == "string":
        yield Damage("an element of nobody", lambda element: element.tag == wanted and _foreign(element))
    else:
        yield Damage("a wrong value", lambda element: element.tag == wanted and _text(element, ""))
    if not member.many:
        yield Damage("twice", lambda element: element.tag == wanted and _twice(element))
    if member.required:
        yield Damage("missing", lambda element: element.tag == wanted and _gone(element))


def _of_choice(choice: Choice) -> Damage:
    names = {tag(name) for name in choice.members}
    return Damage("missing", lambda element: element.tag in names and _gone(element))


def _of_simple(simple: SimpleType) -> Damage:
    text = "" if simple.form else "ValueOfNobody"
    return Damage("a wrong value", lambda element: len(element) == 0 and _text(element, text))


def _of_absence(absence: Absence) -> Damage:
    def show(element: etree._Element) -> bool:
        if element.tag != tag(absence.element):
            return False
        for step in absence.member.split("/"):
            found = element.find(step, PREFIXES)
            element = etree.SubElement(element, tag(step)) if found is None else found
        return True

    return Damage("shown", show)


def _from_attribute(element: etree._Element, name: str) -> bool:
    if name not in element.attrib:
        return False
    etree.SubElement(element, t(name)).text = element.attrib.pop(name)
    return True


def _text(element: etree._Element, text: str) -> bool:
    if len(element) or element.text == text:
        return False
    element.text = text
    return True


def _twice(element: etree._Element) -> bool:
    element.addnext(copy.deepcopy(element))
    return True


def _gone(element: etree._Element) -> bool:
    element.getparent().remove(element)
    return True


def _renamed(element: etree._Element) -> bool:
    above = element.getparent()
    if above is None or above.tag != BODY:
        return False
    element.tag = m("AnswerOfNobody")
    return True


def _classed(is_success: bool, word: str) -> Change:
    def change(element: etree._Element) -> bool:
        code = element.findtext(m("ResponseCode"))
        if "ResponseClass" not in element.attrib or (code == "NoError") is not is_success:
            return False
        element.set("ResponseClass", word)
        return True

    return change


def _coded(found: str, code: str) -> Change:
    def change(element: etree._Element) -> bool:
        told = element.find(m("ResponseCode"))
        if element.get("ResponseClass") != found or told is None:
            return False
        told.text = code
        return True

    return change


_OF_OPERATIONS: Mapping[str, Change] = {
    "answer": _renamed,
    "header": lambda element: element.getparent() is not None and element.getparent().tag == HEADER and _gone(element),
    "success": _classed(True, "Error"),
    "no_error": _coded("Success", "ErrorItemNotFound"),
    "error": _classed(False, "Success"),
    "code": _coded("Error", "ErrorOfNobody"),
}
