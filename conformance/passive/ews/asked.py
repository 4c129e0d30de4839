"""What a request asked of single items, beside the response message that answers each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from lxml import etree

from conformance.passive.ews.items import Item
from conformance.passive.seen import Seen
from conformance.wire.namespaces import FAULT, m, t

ENTRIES: Mapping[str, str] = {
    m("CreateItem"): "Items",
    m("GetItem"): "ItemIds",
    m("DeleteItem"): "ItemIds",
    m("MoveItem"): "ItemIds",
    m("CopyItem"): "ItemIds",
    m("SendItem"): "ItemIds",
    m("UpdateItem"): "ItemChanges",
}
"""Where a request about items has its entries, one for each response message."""
_IMPERSONATION = t("ExchangeImpersonation")


class Answered(NamedTuple):
    """One entry of a request and its response message: the operation, the entry, the id it names, class and code."""

    operation: str  # the tag of the request's element
    question: etree._Element
    entry: etree._Element
    id: str
    change_key: str
    message: etree._Element
    response_class: str
    code: str

    @property
    def succeeded(self) -> bool:
        """Whether the entry was carried out."""
        return self.response_class == "Success"

    def items(self, seen: Seen) -> Iterator[Item]:
        """The items that the response message shows."""
        found = self.message.find(m("Items"))
        if found is not None:
            for element in found.iterchildren(etree.Element):
                yield Item(seen, element)


def answered(seen: Seen) -> Iterator[Answered]:
    """The entries of a request with their response messages; nothing where their numbers differ."""
    question, answer = seen.question, seen.answer
    if question is None or answer is None or question.tag not in ENTRIES or answer.tag == FAULT:
        return
    entries, messages = question.find(m(ENTRIES[str(question.tag)])), answer.find(m("ResponseMessages"))
    if entries is None or messages is None or len(entries) != len(messages):
        return
    for entry, message in zip(entries, messages, strict=True):
        named = next((each for each in entry.iter(t("ItemId"), t("ReferenceItemId"))), None)
        named = None if entry.find(t("OccurrenceItemId")) is not None else named
        yield Answered(
            str(question.tag),
            question,
            entry,
            "" if named is None else named.get("Id", ""),
            "" if named is None else named.get("ChangeKey", ""),
            message,
            message.get("ResponseClass", ""),
            (message.findtext(m("ResponseCode")) or "").strip(),
        )


def mailbox(seen: Seen) -> str:
    """Whose mailbox a request speaks of, as far as it can be seen: who spoke, and whom it impersonates."""
    blocks = () if seen.asked is None else seen.asked.headers
    acting = next((block for block in blocks if block.tag == _IMPERSONATION), None)
    if acting is None:
        return seen.actor
    return f"{seen.actor} as {' '.join(str(text).strip() for text in acting.itertext())}".casefold()
