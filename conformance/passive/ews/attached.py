"""Items that lie in attachments: what they cannot have, for they have no place in a mailbox."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from conformance.passive.check import PassiveCheck, Reading, by_rules
from conformance.passive.seen import Seen
from conformance.wire.namespaces import local, t

_ATTACHMENT = b"ItemAttachment"
_OF_A_PLACE = ("ItemId", "ParentFolderId", "ResponseObjects", "StoreEntryId", "InstanceKey", "ConversationId")


def attached(seen: Seen) -> Iterator[etree._Element]:
    """The items of an answer that lie in attachments."""
    if seen.answer is not None and _ATTACHMENT in seen.exchange.response.body:
        for attachment in seen.answer.iter(t(_ATTACHMENT.decode())):
            yield from (one for one in attachment.iterchildren(etree.Element) if one.find(t("ItemClass")) is not None)


def _without_a_place(item: etree._Element) -> Iterator[Reading]:
    more = [name for name in _OF_A_PLACE if item.find(t(name)) is not None]
    about = f"the properties of a {local(item.tag)} in an attachment"
    yield Reading(not more, about, f"none of {', '.join(_OF_A_PLACE)}", ", ".join(more), item)


CHECK: PassiveCheck = by_rules("ews-attached-items", attached, {"EWS-SEEN-077": _without_a_place})
