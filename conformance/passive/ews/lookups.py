"""Subscriptions, what they tell, and names that are looked up: whether an answer fits what was asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

from conformance.passive.check import PassiveCheck, Reading, by_rules
from conformance.passive.seen import Seen
from conformance.wire.ews import ResponseMessage
from conformance.wire.namespaces import local, m, t

_OF_NOTIFICATION = frozenset({"SubscriptionId", "PreviousWatermark", "MoreEvents"})  # the rest are events


class Told(NamedTuple):
    """A response message beside the request it answers."""

    question: etree._Element
    message: ResponseMessage


def answers(seen: Seen) -> Iterator[Told]:
    """The response messages of an answer, each with the request."""
    if seen.question is not None:
        for message in seen.messages:
            yield Told(seen.question, message)


def _watermark(told: Told) -> Iterator[Reading]:
    wanted = next(told.question.iterchildren(etree.Element), None)
    if told.question.tag == m("Subscribe") and wanted is not None and told.message.response_class == "Success":
        is_streaming = wanted.tag == m("StreamingSubscriptionRequest")
        found = told.message.element.findtext(m("Watermark"))
        expected = "absent" if is_streaming else "present"
        about = f"the Watermark that answers a {local(wanted.tag)}"
        yield Reading(bool(found) != is_streaming, about, expected, found, told.message.element)


def _events(told: Told) -> Iterator[Reading]:
    notification = told.message.element.find(m("Notification"))
    if told.question.tag == m("GetEvents") and notification is not None:
        events = [each for each in notification.iterchildren(etree.Element) if local(each.tag) not in _OF_NOTIFICATION]
        yield Reading(bool(events), "the events of a notification", "a StatusEvent at least", "none", notification)


def _candidates(told: Told) -> Iterator[Reading]:
    found = told.message.element.find(m("ResolutionSet"))
    if told.question.tag != m("ResolveNames") or found is None:
        return
    count = len(found.findall(t("Resolution")))
    expected = ("Success", "NoError") if count == 1 else ("Warning", "ErrorNameResolutionMultipleResults")
    actual = (told.message.response_class, told.message.code)
    if count:
        about = f"the answer with {count} {'candidate' if count == 1 else 'candidates'}"
        yield Reading(actual == expected, about, " ".join(expected), " ".join(actual), told.message.element)


CHECK: PassiveCheck = by_rules(
    "ews-lookups",
    answers,
    {"EWS-SEEN-090": _watermark, "EWS-SEEN-091": _events, "EWS-SEEN-092": _candidates},
)
