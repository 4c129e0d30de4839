"""GetEvents: what has happened since a watermark ([MS-OXWSNTIF])."""

from __future__ import annotations

from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.namespaces import m
from reference_impl.ews.notifications import read_watermark, write_queued
from reference_impl.ews.operations.answers import failure, response, speaking_of, success
from reference_impl.ews.tree import Element
from reference_impl.service import notifications


def get_events(request: Element, call: Call) -> str:
    """Answer a GetEvents: from any watermark of the subscription on, however often it is asked."""
    try:
        with speaking_of():
            message = success("GetEvents", f"<m:Notification>{_notification(request, call)}</m:Notification>")
    except ResponseError as error:
        message = failure("GetEvents", error)
    return response("GetEvents", [message])


def _notification(request: Element, call: Call) -> str:
    subscription = notifications.pull_subscription(call.world, call.actor, request.findtext(m("SubscriptionId")) or "")
    after = read_watermark(request.findtext(m("Watermark")) or "", subscription.mailbox_id)
    return write_queued(subscription, notifications.telling(call.world, subscription, after), after)
