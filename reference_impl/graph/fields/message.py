"""The members of a message and of the meeting messages derived from it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from reference_impl.domain.attached import shows_attachments
from reference_impl.domain.conversation import first_index, index_of
from reference_impl.domain.items import (
    EventKind,
    Flag,
    FlagStatus,
    MeetingFacts,
    Message,
    MessageKind,
    RequestKind,
    Response,
)
from reference_impl.domain.queries import Order
from reference_impl.graph import ids
from reference_impl.graph.fields import text
from reference_impl.graph.fields.collections import EXTENDED, RECIPIENTS
from reference_impl.graph.fields.event import OWA
from reference_impl.graph.fields.field import ABSENT, BETA, V1, Field, Table, View
from reference_impl.graph.fields.recurrence import TYPES as TYPES_OF_EVENTS
from reference_impl.graph.fields.recurrence import patterned
from reference_impl.graph.fields.values import IMPORTANCE, RESPONSES, brief_local, local, moment, recipient
from reference_impl.graph.odata.filtering import Type
from reference_impl.mime.headers import headers_of
from reference_impl.service.item_ids import IdKind

EVENT_MESSAGE: Final = "eventMessage"
REQUEST: Final = "eventMessageRequest"
RESPONSE: Final = "eventMessageResponse"

TYPES: Final[Mapping[MessageKind, str | None]] = {
    MessageKind.NOTE: None,
    MessageKind.REQUEST: REQUEST,
    MessageKind.RESPONSE: RESPONSE,
    MessageKind.CANCELLATION: EVENT_MESSAGE,
    MessageKind.FORWARD_NOTICE: EVENT_MESSAGE,
}
REQUEST_KINDS: Final[Mapping[RequestKind | None, str]] = {
    None: "none",
    RequestKind.NEW: "newMeetingRequest",
    RequestKind.FULL_UPDATE: "fullUpdate",
    RequestKind.INFORMATIONAL_UPDATE: "informationalUpdate",
    RequestKind.SILENT_UPDATE: "silentUpdate",
    RequestKind.OUTDATED: "outdated",
    RequestKind.PRINCIPAL_COPY: "principalWantsCopy",
}
# The metadata of v1.0 misspells the tentative reply, that of beta does not.
RESPONSE_KINDS: Final[Mapping[Response | None, tuple[str, str]]] = {
    Response.ACCEPTED: ("meetingAccepted", "meetingAccepted"),
    Response.TENTATIVE: ("meetingTenativelyAccepted", "meetingTentativelyAccepted"),
    Response.DECLINED: ("meetingDeclined", "meetingDeclined"),
}
INFERENCES: Final[Mapping[bool, str]] = {True: "focused", False: "other"}
FLAGS: Final[Mapping[FlagStatus, str]] = {
    FlagStatus.NOT_FLAGGED: "notFlagged",
    FlagStatus.FLAGGED: "flagged",
    FlagStatus.COMPLETE: "complete",
}
_OTHER_KINDS: Final[Mapping[MessageKind, str]] = {
    MessageKind.NOTE: "none",
    MessageKind.REQUEST: "meetingRequest",
    MessageKind.CANCELLATION: "meetingCancelled",
    MessageKind.FORWARD_NOTICE: "none",
}


def type_name(message: Message) -> str | None:
    """The derived type of a message, None for plain mail."""
    return TYPES[message.kind] if message.meeting is not None else None


def message_id(message: Message, view: View) -> str:
    """The wire id of a message."""
    return ids.of_item(message, lasting=view.lasting_ids)


def _facts(message: Message) -> MeetingFacts:
    assert message.meeting is not None, "derived members are shown of meeting messages only"
    return message.meeting


def _kind(message: Message, version: str) -> str:
    if message.kind is MessageKind.RESPONSE:
        stable, beta = RESPONSE_KINDS[_facts(message).response]
        return beta if version == BETA else stable
    return _OTHER_KINDS[message.kind]


def _request_kind(message: Message) -> RequestKind | None:
    """What a request tells; one that a later one has superseded tells that."""
    return RequestKind.OUTDATED if message.is_out_of_date else _facts(message).request_kind


def _location(name: str) -> dict[str, str]:
    return {"displayName": name, "locationType": "default", "uniqueIdType": "unknown"}


def _previous_slot(message: Message, edge: str, view: View) -> Any:
    """The start or end before the update, null where that edge did not move."""
    facts = _facts(message)
    if facts.previous is None or getattr(facts.previous, edge) == getattr(facts, edge):
        return None
    return local(getattr(facts.previous, edge), view)


def _proposal(message: Message, view: View) -> Any:
    slot = _facts(message).proposal
    return {"start": brief_local(slot.start, view), "end": brief_local(slot.end, view)} if slot else ABSENT


def _delivery_receipt(message: Message) -> bool | None:
    """Whether it was asked for; of received mail nobody knows unless it says so."""
    return True if message.delivery_receipt_requested else False if message.is_draft or message.from_me else None


def _event_kind(facts: MeetingFacts) -> EventKind:
    """What the message is about: a series, one day of one, or a meeting that takes place once."""
    if facts.recurrence is not None:
        return EventKind.RECURRING_MASTER
    return EventKind.SINGLE if facts.day is None else EventKind.EXCEPTION


def _flag(flag: Flag, view: View) -> dict[str, Any]:
    """A followupFlag; members that say nothing are left out."""
    times = {"completedDateTime": flag.completed, "dueDateTime": flag.due, "startDateTime": flag.start}
    return {
        **{name: local(value, view) for name, value in times.items() if value is not None},
        "flagStatus": FLAGS[flag.status],
    }


def _conversation(message: Message) -> str:
    """The conversation that it belongs to, one of its own where it belongs to none, in hex."""
    return message.conversation_id or message.id


def _conversation_id(message: Message) -> str:
    return ids.opaque(bytes.fromhex(_conversation(message)))


def _conversation_index(message: Message) -> str:
    """Where it stands in its conversation."""
    index = index_of(message) or first_index(_conversation(message), message.created)
    return base64.b64encode(index).decode()


_ANY_MEETING: Final = frozenset({EVENT_MESSAGE, REQUEST, RESPONSE})
_REQUEST: Final = frozenset({REQUEST})
_RESPONSE: Final = frozenset({RESPONSE})
_BETA: Final = frozenset({BETA})

MESSAGE: Final[Table[Message]] = Table(
    (
        Field("@odata.type", lambda m, _: f"#microsoft.graph.{type_name(m)}", types=_ANY_MEETING, always=True),
        Field("@odata.etag", lambda m, _: ids.etag(m.version), always=True),
        Field("id", message_id, always=True),
        Field(
            "createdDateTime",
            lambda m, _: moment(m.created),
            filters=(("createdDateTime", Type.MOMENT, lambda m: m.created),),
            orders=(("createdDateTime", Order.CREATED),),
        ),
        Field(
            "lastModifiedDateTime",
            lambda m, _: moment(m.modified),
            filters=(("lastModifiedDateTime", Type.MOMENT, lambda m: m.modified),),
            orders=(("lastModifiedDateTime", Order.MODIFIED),),
        ),
        Field("changeKey", lambda m, _: ids.change_key(m.version)),
        Field(
            "categories",
            lambda m, _: list(m.categories),
            filters=(("categories", Type.TEXTS, lambda m: m.categories),),
        ),
        Field(
            "receivedDateTime",
            lambda m, _: moment(m.received or m.created),
            filters=(("receivedDateTime", Type.MOMENT, lambda m: m.received or m.created),),
            orders=(("receivedDateTime", Order.RECEIVED),),
        ),
        Field(
            "sentDateTime",
            lambda m, _: moment(m.sent or m.created),
            filters=(("sentDateTime", Type.MOMENT, lambda m: m.sent or m.created),),
        ),
        Field(
            "hasAttachments",
            lambda m, _: shows_attachments(m),
            filters=(("hasAttachments", Type.BOOLEAN, shows_attachments),),
        ),
        Field(
            "internetMessageId",
            lambda m, _: m.internet_message_id,
            filters=(("internetMessageId", Type.TEXT, lambda m: m.internet_message_id),),
        ),
        Field(
            "subject",
            lambda m, _: m.subject,
            filters=(("subject", Type.TEXT, lambda m: m.subject),),
            orders=(("subject", Order.SUBJECT),),
        ),
        Field("bodyPreview", lambda m, _: text.preview(m.body)),
        Field(
            "importance",
            lambda m, _: IMPORTANCE[m.importance],
            filters=(("importance", Type.WORD, lambda m: IMPORTANCE[m.importance]),),
        ),
        Field("parentFolderId", lambda m, _: ids.spell(IdKind.FOLDER, m.mailbox_id, m.folder_id)),
        Field(
            "conversationId",
            lambda m, _: _conversation_id(m),
            filters=(("conversationId", Type.TEXT, _conversation_id),),
        ),
        Field("conversationIndex", lambda m, _: _conversation_index(m)),
        Field(
            "internetMessageHeaders",
            lambda m, _: [{"name": name, "value": value} for name, value in headers_of(m)],
            on_request=True,
        ),
        Field("isDeliveryReceiptRequested", lambda m, _: _delivery_receipt(m)),
        Field("isReadReceiptRequested", lambda m, _: m.read_receipt_requested),
        Field("isRead", lambda m, _: m.is_read, filters=(("isRead", Type.BOOLEAN, lambda m: m.is_read),)),
        Field("isDraft", lambda m, _: m.is_draft, filters=(("isDraft", Type.BOOLEAN, lambda m: m.is_draft),)),
        Field(
            "webLink",
            lambda m, v: f"{OWA}?ItemID={quote(message_id(m, v), safe='')}&exvsurl=1&viewmodel=ReadMessageItem",
        ),
        Field(
            "inferenceClassification",
            lambda m, _: INFERENCES[m.is_focused],
            filters=(("inferenceClassification", Type.WORD, lambda m: INFERENCES[m.is_focused]),),
        ),
        Field("unsubscribeData", lambda _m, _v: [], versions=_BETA),
        Field("unsubscribeEnabled", lambda _m, _v: False, versions=_BETA),
        Field(
            "meetingMessageType",
            lambda m, v: _kind(m, v.version),
            types=_ANY_MEETING,
            filters=(("meetingMessageType", Type.WORD, lambda m: _kind(m, V1)),),
        ),
        Field("type", lambda m, _: TYPES_OF_EVENTS[_event_kind(_facts(m))], types=_ANY_MEETING),
        Field(
            "isOutOfDate",
            lambda m, _: m.is_out_of_date,
            types=_ANY_MEETING,
            filters=(("isOutOfDate", Type.BOOLEAN, lambda m: m.is_out_of_date),),
        ),
        Field("isAllDay", lambda m, _: _facts(m).is_all_day, types=_ANY_MEETING),
        Field("isDelegated", lambda m, _: m.is_delegated, types=_ANY_MEETING),
        Field("responseType", lambda m, _: RESPONSES[_facts(m).response or Response.NONE], types=_RESPONSE),
        Field("responseRequested", lambda m, _: _facts(m).response_requested, types=_REQUEST),
        Field("allowNewTimeProposals", lambda m, _: _facts(m).allow_new_time_proposals, types=_REQUEST),
        Field("meetingRequestType", lambda m, _: REQUEST_KINDS[_request_kind(m)], types=_REQUEST),
        Field("recurrence", lambda m, _: patterned(_facts(m)), types=_ANY_MEETING),
        Field("body", lambda m, v: text.shown(m.body, v.preferences)),
        Field("sender", lambda m, _: recipient(m.sent_by or m.sender)),
        Field(
            "from",
            lambda m, _: recipient(m.sender),
            filters=(
                ("from/emailAddress/address", Type.TEXT, lambda m: m.sender.address),
                ("from/emailAddress/name", Type.TEXT, lambda m: m.sender.name),
            ),
        ),
        Field("toRecipients", lambda m, _: [recipient(each) for each in m.to]),
        Field("ccRecipients", lambda m, _: [recipient(each) for each in m.cc]),
        Field("bccRecipients", lambda m, _: [recipient(each) for each in m.bcc]),
        Field("replyTo", lambda m, _: [recipient(each) for each in m.reply_to]),
        Field(
            "flag",
            lambda m, v: _flag(m.flag, v),
            filters=(("flag/flagStatus", Type.WORD, lambda m: FLAGS[m.flag.status]),),
        ),
        Field("startDateTime", lambda m, v: local(_facts(m).start, v), types=_ANY_MEETING),
        Field("endDateTime", lambda m, v: local(_facts(m).end, v), types=_ANY_MEETING),
        Field("location", lambda m, _: _location(_facts(m).location), types=_ANY_MEETING),
        Field("previousStartDateTime", lambda m, v: _previous_slot(m, "start", v), types=_REQUEST),
        Field("previousEndDateTime", lambda m, v: _previous_slot(m, "end", v), types=_REQUEST),
        Field(
            "previousLocation",
            lambda m, _: None if _facts(m).previous_location is None else _location(_facts(m).previous_location or ""),
            types=_REQUEST,
        ),
        Field("proposedNewTime", _proposal, types=_RESPONSE),
    ),
    type_of=type_name,
    collections={**RECIPIENTS, **EXTENDED},
    casts={EVENT_MESSAGE: _ANY_MEETING, REQUEST: _REQUEST, RESPONSE: _RESPONSE},
)
"""A message's members, in the order the service writes them; ``types`` say which derived types have them."""
