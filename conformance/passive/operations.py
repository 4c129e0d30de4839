"""Whether the answers to operations have the element, the header, the classes and the codes that belong to them."""

from __future__ import annotations

import functools
from collections.abc import Iterator

from lxml import etree

from conformance.catalogue.operations import operation_requirement, standard_operations
from conformance.passive.check import PassiveCheck, stateless
from conformance.passive.finding import Finding, judged
from conformance.passive.seen import Seen
from conformance.wire.namespaces import FAULT, MESSAGES, m, t
from conformance.wire.schemas import folder

_WARNINGS = frozenset({"ErrorBatchProcessingStopped", "ErrorDelegateMustBeCalendarEditor"})
"""Codes that may also come with the class Warning ([MS-OXWSCDATA] ResponseCodeType)."""


@functools.cache
def response_codes() -> frozenset[str]:
    """Every value of ResponseCodeType."""
    schema = etree.parse(str(folder() / "ews" / "types-codes.xsd")).getroot()
    names = {"xs": "http://www.w3.org/2001/XMLSchema"}
    found = schema.iterfind("xs:simpleType[@name='ResponseCodeType']//xs:enumeration", names)
    return frozenset(each.get("value", "") for each in found)


def look(seen: Seen) -> Iterator[Finding]:
    """What the rules of the operation that was asked for say of its answer."""
    question, answered = seen.question, seen.answered
    if question is None or answered is None or etree.QName(question).namespace != MESSAGES:
        return
    name = etree.QName(question).localname
    if operation_requirement(name, "answer") not in standard_operations():
        return
    answer = answered.content
    if answer is not None and answer.tag == FAULT:
        return
    yield judged(
        operation_requirement(name, "answer"),
        answer is not None and answer.tag == m(f"{name}Response"),
        f"the element that answers {name}",
        expected=f"{name}Response",
        actual=None if answer is None else etree.QName(answer).localname,
    )
    versions = [block for block in answered.headers if block.tag == t("ServerVersionInfo")]
    yield judged(
        operation_requirement(name, "header"),
        len(versions) == 1 and (versions[0].get("MajorVersion") or "").isdecimal(),
        f"the ServerVersionInfo headers of the answer to {name}",
        expected="one with a MajorVersion",
        actual=len(versions),
    )
    for message in seen.messages:
        yield from _of_message(name, message.response_class, message.code, message.element)


def _of_message(name: str, found: str, code: str, element: etree._Element) -> Iterator[Finding]:
    def rule(part: str, is_met: bool, about: str, actual: str) -> Finding:
        return judged(operation_requirement(name, part), is_met, f"{about} of {name}", actual=actual, at=element)

    if code == "NoError":
        yield rule("success", found == "Success", "the class of an answer with NoError", found)
    elif code not in _WARNINGS:
        yield rule("error", found == "Error", f"the class of an answer with {code}", found)
    if found == "Success":
        yield rule("no_error", code == "NoError", "the code of a success", code)
    if found == "Error":
        yield rule("code", code in response_codes(), "the code of an error", code)


CHECK: PassiveCheck = stateless("operations", standard_operations(), look)
"""Every rule on the answers to operations."""
