"""Subscribe and Unsubscribe: being told of what happens in folders ([MS-OXWSNTIF])."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from reference_impl.ews.call import Call
from reference_impl.ews.errors import ResponseError
from reference_impl.ews.folders import folder_named
from reference_impl.ews.namespaces import local, m, t
from reference_impl.ews.notifications import KINDS, read_watermark, write_watermark
from reference_impl.ews.operations.answers import failure, response, speaking_of, success
from reference_impl.ews.pushing import SendNotification
from reference_impl.ews.tree import Element
from reference_impl.service import notifications
from reference_impl.service.notifications import Wish
from reference_impl.service.pushing import Push
from reference_impl.service.subscriptions import Mode


def subscribe(request: Element, call: Call) -> str:
    """Answer a Subscribe; streams have no watermark."""
    try:
        with speaking_of():
            message = success("Subscribe", _subscribed(request[0], call))
    except ResponseError as error:
        message = failure("Subscribe", error)
    return response("Subscribe", [message])


def _subscribed(asked: Element, call: Call) -> str:
    text = asked.findtext(t("Watermark"))
    wish = Wish(
        kinds=frozenset(KINDS[element.text or ""] for element in asked.iterfind(f"{t('EventTypes')}/{t('EventType')}")),
        folders=_folders(asked, call),
        after=read_watermark(text, call.actor.id) if text else None,
        **_MODES[local(asked.tag)](asked, call),
    )
    subscription = notifications.subscribe(call.world, call.actor, wish)
    mark = f"<m:Watermark>{write_watermark(subscription.start, call.actor.id)}</m:Watermark>"
    return f"<m:SubscriptionId>{subscription.id}</m:SubscriptionId>{'' if wish.mode is Mode.STREAMING else mark}"


def _folders(asked: Element, call: Call) -> frozenset[str] | None:
    """The folders of one mailbox, None for all of them; nobody subscribes for another (DOC delegation errors)."""
    named = asked.find(t("FolderIds"))
    wants_all = asked.get("SubscribeToAllFolders") in {"true", "1"}
    if wants_all == (named is not None):
        raise ResponseError(
            "ErrorInvalidSubscriptionRequest", "A subscription either names folders or is to all folders of a mailbox."
        )
    folders = [] if named is None else [folder_named(element, call) for element in named]
    if any(folder.mailbox_id != call.actor.id for folder in folders):
        raise ResponseError(
            "ErrorSubscriptionDelegateAccessNotSupported", "Only the owner of a mailbox can subscribe to its events."
        )
    return None if named is None else frozenset(folder.id for folder in folders)


def _pull(asked: Element, _call: Call) -> Mapping[str, Any]:
    return {"mode": Mode.PULL, "lifetime": timedelta(minutes=int(asked.findtext(t("Timeout")) or 0))}


def _streaming(_asked: Element, call: Call) -> Mapping[str, Any]:
    return {"mode": Mode.STREAMING, "lifetime": timedelta(minutes=call.world.settings.streaming_minutes)}


def _push(asked: Element, call: Call) -> Mapping[str, Any]:
    """CallerData is for servers' own use (DOC callerdata), so nothing is kept of it."""
    url = (asked.findtext(t("URL")) or "").strip()
    minutes = int(asked.findtext(t("StatusFrequency")) or 0)
    return {"mode": Mode.PUSH, "push": Push(url, minutes, minutes, SendNotification(call.version))}


_MODES: Final[Mapping[str, Callable[[Element, Call], Mapping[str, Any]]]] = {
    "PullSubscriptionRequest": _pull,
    "PushSubscriptionRequest": _push,
    "StreamingSubscriptionRequest": _streaming,
}


def unsubscribe(request: Element, call: Call) -> str:
    """Answer an Unsubscribe."""
    try:
        with speaking_of():
            notifications.unsubscribe(call.world, call.actor, request.findtext(m("SubscriptionId")) or "")
        message = success("Unsubscribe")
    except ResponseError as error:
        message = failure("Unsubscribe", error)
    return response("Unsubscribe", [message])
