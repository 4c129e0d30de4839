"""Whether items keep from requests of a version what that version does not know.

That something is absent tells nothing unless it could have been there. So an absence is judged only where the same item
has shown the member before, to a request of another version, and where everything is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from conformance.catalogue import applies_to, standard_catalogue
from conformance.catalogue.structure import Absence, standard_structure
from conformance.passive.check import PassiveCheck
from conformance.passive.finding import Finding, judged
from conformance.passive.memory import Recent
from conformance.passive.seen import Seen
from conformance.wire.namespaces import PREFIXES, prefixed, t

_SHAPE = t("BaseShape")
_KEPT = 500  # items of which it is remembered what they have shown


class Lacking:
    """What items have shown so far; told each exchange, it judges the absences in it."""

    def __init__(self) -> None:
        self._shown: Recent[str, set[str]] = Recent(_KEPT)
        self._by_element: dict[str, list[Absence]] = {}
        for absence in standard_structure().absences:
            prefix, _, local = absence.element.partition(":")
            self._by_element.setdefault(f"{{{PREFIXES[prefix]}}}{local}", []).append(absence)

    def __call__(self, seen: Seen) -> Iterator[Finding]:
        """What is judged of the items of one answer."""
        if seen.answer is None or not _asks_for_everything(seen):
            return
        for element in seen.answer.iter(*self._by_element):
            absences = self._by_element[str(element.tag)]
            if identifier := _id(element):
                yield from self._judge(element, identifier, absences, seen.version)

    def _judge(
        self, element: etree._Element, identifier: str, absences: list[Absence], version: str
    ) -> Iterator[Finding]:
        shown = self._shown[identifier] = self._shown.get(identifier) or set()
        members = {prefixed(child.tag) for child in element.iterchildren(etree.Element)}
        for absence in absences:
            is_there = absence.member in members
            if not applies_to(standard_catalogue().requirement(absence.requirement), version):
                shown |= {absence.requirement} if is_there else set()
            elif absence.requirement in shown:
                about = f"{absence.member} of an item that has it"
                yield judged(absence.requirement, not is_there, about, expected="absent", actual="there", at=element)


def _asks_for_everything(seen: Seen) -> bool:
    asked = None if seen.question is None else next(seen.question.iter(_SHAPE), None)
    return asked is not None and (asked.text or "").strip() == "AllProperties"


def _id(element: etree._Element) -> str:
    for name in ("ItemId", "FolderId"):
        found = element.find(t(name))
        if found is not None:
            return found.get("Id") or ""
    return ""


CHECK: PassiveCheck = PassiveCheck("lacking", tuple(one.requirement for one in standard_structure().absences), Lacking)
"""Every rule on what items do not show to some versions."""
