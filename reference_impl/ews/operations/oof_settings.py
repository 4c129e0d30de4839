"""GetUserOofSettings and SetUserOofSettings: who is told what while somebody is away ([MS-OXWOOF])."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from reference_impl.domain.errors import MailboxNotFound
from reference_impl.domain.items import TimeSlot
from reference_impl.domain.mailbox import Mailbox
from reference_impl.domain.oof import ExternalAudience, OofSettings, OofState, ReplyText
from reference_impl.ews import ids, xml
from reference_impl.ews.call import Call
from reference_impl.ews.errors import ClientFault, ResponseError
from reference_impl.ews.fields.setters import flag_of, text_of
from reference_impl.ews.namespaces import XML_LANGUAGE, t
from reference_impl.ews.operations.answers import failure, speaking_of, success
from reference_impl.ews.tree import Element
from reference_impl.service.directory import find_mailbox
from reference_impl.service.item_ids import IdKind
from reference_impl.service.out_of_office import oof_settings, set_oof_settings

_STATE: Final = {state: state.value.capitalize() for state in OofState}
_AUDIENCE: Final = {audience: audience.value.capitalize() for audience in ExternalAudience}
_STATE_OF: Final = {word: state for state, word in _STATE.items()}
_AUDIENCE_OF: Final = {word: audience for audience, word in _AUDIENCE.items()}

_REPLIES: Final = (("InternalReply", "internal"), ("ExternalReply", "external"))
_DECLINING: Final = ("DeclineMeetingReply", "declining")
_FLAGS: Final = (
    ("DeclineEventsForScheduledOOF", "declines_events"),
    ("DeclineAllEventsForScheduledOOF", "declines_all_events"),
    ("CreateOOFEvent", "creates_event"),
)
_SUBJECT: Final = ("OOFEventSubject", "event_subject")
_REQUESTS: Final = ("AutoDeclineFutureRequestsWhenOOF", "declines_requests")


def get_user_oof_settings(request: Element, call: Call) -> str:
    """Answer a GetUserOofSettings."""
    return _answered("GetUserOofSettings", lambda: _told(_owner(request, call), call))


def set_user_oof_settings(request: Element, call: Call) -> str:
    """Answer a SetUserOofSettings."""
    return _answered("SetUserOofSettings", lambda: _set(request, call))


def _answered(operation: str, act: Callable[[], str]) -> str:
    """The response element: a response message, and what the act has to tell beside it."""
    try:
        with speaking_of():
            told = act()
        head = success("", name="ResponseMessage")
    except ResponseError as error:
        head, told = failure("", error, name="ResponseMessage"), ""
    return f"<m:{operation}Response>{head}{told}</m:{operation}Response>"


def _owner(request: Element, call: Call) -> Mailbox:
    """The mailbox named, which must be the caller's own; before 2010 everything else was a fault of its own form."""
    address = (request.findtext(f"{t('Mailbox')}/{t('Address')}") or "").strip()
    owner = find_mailbox(call.world, address)
    if owner is None:
        raise MailboxNotFound(address=address)
    if owner.id != call.actor.id:
        if not call.version.has("Exchange2010"):
            raise ClientFault(
                "Microsoft.Exchange.Data.Storage.AccessDeniedException: User is not mailbox owner. "
                f"User = {call.actor.id}, MailboxGuid = {owner.id} ---> User is not mailbox owner."
            )
        raise ResponseError("ErrorAccessDenied", f"{call.actor.address} is not the owner of {owner.address}.")
    return owner


def _set(request: Element, call: Call) -> str:
    owner, element = _owner(request, call), request.find(t("UserOofSettings"))
    assert element is not None
    unwanted = element.findall(f"{t('EventsToDeleteIDs')}/{t('EventToDeleteID')}")
    tokens = [_token(text_of(event_id).strip(), owner) for event_id in unwanted]
    set_oof_settings(call.world, owner, _read(element, call), tokens)
    return ""


def _token(event_id: str, owner: Mailbox) -> str:
    stored = ids.stored_id(event_id, IdKind.ITEM)
    if stored.mailbox_id != owner.id:
        raise ResponseError("ErrorItemNotFound", "The event is not in this mailbox.")
    return stored.token


def _read(element: Element, call: Call) -> OofSettings:
    duration = element.find(t("Duration"))
    slot = None if duration is None else TimeSlot(_time(duration, "StartTime", call), _time(duration, "EndTime", call))
    said: dict[str, Any] = {}
    for name, attribute in (*_REPLIES, _DECLINING):
        reply = element.find(t(name))
        if reply is not None:
            said[attribute] = ReplyText(reply.findtext(t("Message")) or "", reply.get(XML_LANGUAGE, ""))
    for name, attribute in (*_FLAGS, _REQUESTS):
        flag = element.find(t(name))
        if flag is not None:
            said[attribute] = flag_of(flag)
    return OofSettings(
        state=_STATE_OF[(element.findtext(t("OofState")) or "").strip()],
        audience=_AUDIENCE_OF[(element.findtext(t("ExternalAudience")) or "").strip()],
        slot=slot,
        event_subject=element.findtext(t(_SUBJECT[0])),
        **said,
    )


def _time(duration: Element, name: str, call: Call) -> datetime:
    return call.read_time(duration.findtext(t(name)) or "")


def _told(owner: Mailbox, call: Call) -> str:
    settings = oof_settings(call.world, owner)
    content = xml.leaf("OofState", _STATE[settings.state]) + xml.leaf("ExternalAudience", _AUDIENCE[settings.audience])
    if settings.slot is not None:
        start, end = (call.time(moment) for moment in (settings.slot.start, settings.slot.end))
        content += f"<t:Duration><t:StartTime>{start}</t:StartTime><t:EndTime>{end}</t:EndTime></t:Duration>"
    content += "".join(_reply(name, getattr(settings, attribute) or ReplyText()) for name, attribute in _REPLIES)
    if call.version.has("Exchange2016"):
        content += _plan(settings, owner)
    allowed = _AUDIENCE[call.world.settings.external_replies]
    return f"<t:OofSettings>{content}</t:OofSettings><m:AllowExternalOof>{allowed}</m:AllowExternalOof>"


def _reply(name: str, reply: ReplyText) -> str:
    language = f' xml:lang="{xml.attribute(reply.language)}"' if reply.language else ""
    return f"<t:{name}{language}>{xml.leaf('Message', reply.content)}</t:{name}>"


def _plan(settings: OofSettings, owner: Mailbox) -> str:
    """What is to become of the calendar, as far as it was ever said."""
    parts: Mapping[str, bool | str | None] = {
        **{name: getattr(settings, attribute) for name, attribute in (*_FLAGS, _SUBJECT, _REQUESTS)},
        "OOFEventID": None if settings.event_id is None else ids.item_id(owner.id, settings.event_id),
    }
    declining = "" if settings.declining is None else _reply(_DECLINING[0], settings.declining)
    return declining + "".join(xml.leaf(name, value) for name, value in parts.items() if value is not None)
