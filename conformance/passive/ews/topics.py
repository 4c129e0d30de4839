"""What meeting messages are about: the topic beside the subject."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lxml import etree

from conformance.passive.check import PassiveCheck, Reading, by_rules
from conformance.passive.ews.items import CANCELLATION, REQUEST, RESPONSE
from conformance.passive.seen import Seen
from conformance.wire.namespaces import local, t

_TOPIC = b"ConversationTopic"
_FORWARDED = "FW: "
_PREFIXES: Mapping[str, tuple[str, ...]] = {
    REQUEST: (_FORWARDED,),
    RESPONSE: ("Accepted: ", "Tentative: ", "Declined: ", "New Time Proposed: "),
    CANCELLATION: ("Canceled: ", _FORWARDED),
    "MeetingMessage": ("Meeting Forward Notification: ",),
    "Message": ("Meeting Forward Notification: ", _FORWARDED),
}
"""What the subject of a kind of message begins with beside what the message is about."""


def messages(seen: Seen) -> Iterator[etree._Element]:
    """The items of an answer that tell a topic."""
    if seen.answer is not None and _TOPIC in seen.exchange.response.body:
        for topic in seen.answer.iter(t(_TOPIC.decode())):
            if (item := topic.getparent()) is not None:
                yield item


def _without_prefix(item: etree._Element) -> Iterator[Reading]:
    subject, topic = (item.findtext(t(name)) or "" for name in ("Subject", "ConversationTopic"))
    prefix = next((one for one in _PREFIXES.get(local(item.tag), ()) if subject.startswith(one)), None)
    if prefix is not None:
        about = f"the topic of a {local(item.tag)} of the subject {subject}"
        yield Reading(topic != subject, about, subject.removeprefix(prefix), topic, item)


CHECK: PassiveCheck = by_rules("ews-topics", messages, {"EWS-SEEN-046": _without_prefix})
