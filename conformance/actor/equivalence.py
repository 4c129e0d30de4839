"""How the two protocols spell one fact: the equivalence map, as data.

``EQUAL`` is the same fact in two spellings, ``MAPPED`` one whose spelling depends on the viewer or loses a shade,
``ONE_SIDED`` one that the other protocol cannot express.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from conformance.actor.views import EventKind, MessageKind, RequestKind, ResponseState, ShowAs


class Relation(StrEnum):
    """How far two spellings agree."""

    EQUAL = "equal"
    MAPPED = "mapped"
    ONE_SIDED = "one-sided"


@dataclass(frozen=True, slots=True)
class Equivalence:
    """One concept in both spellings; an empty spelling is one that does not exist."""

    concept: str
    meaning: str
    ews: str
    graph: str
    relation: Relation
    source: str


_RESPONSES = "MS-OXWSMTGS ResponseTypeType; Graph responseType"
_BUSY = "MS-OXWSCDATA LegacyFreeBusyType; Graph freeBusyStatus"
_REQUESTS = "MS-OXWSMTGS MeetingRequestTypeType; Graph meetingRequestType"
_MESSAGES = "MS-OXWSMTGS item classes; Graph eventMessage"
_KINDS = "MS-OXWSMTGS CalendarItemTypeType; Graph eventType"

EQUIVALENCES: tuple[Equivalence, ...] = (
    Equivalence("response", ResponseState.NONE, "Unknown", "none", Relation.EQUAL, _RESPONSES),
    Equivalence("response", ResponseState.ORGANIZER, "Organizer", "organizer", Relation.EQUAL, _RESPONSES),
    Equivalence("response", ResponseState.TENTATIVE, "Tentative", "tentativelyAccepted", Relation.EQUAL, _RESPONSES),
    Equivalence("response", ResponseState.ACCEPTED, "Accept", "accepted", Relation.EQUAL, _RESPONSES),
    Equivalence("response", ResponseState.DECLINED, "Decline", "declined", Relation.EQUAL, _RESPONSES),
    Equivalence(
        "response", ResponseState.NOT_RESPONDED, "NoResponseReceived", "notResponded", Relation.EQUAL, _RESPONSES
    ),
    Equivalence(
        "response after a reset, at the organizer",
        ResponseState.NOT_RESPONDED,
        "Unknown",
        "notResponded",
        Relation.MAPPED,
        "Graph: propose new meeting times, last step; MS-OXOCAL 3.1.4.7.2",
    ),
    Equivalence("event kind", EventKind.SINGLE, "Single", "singleInstance", Relation.EQUAL, _KINDS),
    Equivalence("event kind", EventKind.OCCURRENCE, "Occurrence", "occurrence", Relation.EQUAL, _KINDS),
    Equivalence("event kind", EventKind.EXCEPTION, "Exception", "exception", Relation.EQUAL, _KINDS),
    Equivalence("event kind", EventKind.MASTER, "RecurringMaster", "seriesMaster", Relation.EQUAL, _KINDS),
    Equivalence("show as", ShowAs.FREE, "Free", "free", Relation.EQUAL, _BUSY),
    Equivalence("show as", ShowAs.TENTATIVE, "Tentative", "tentative", Relation.EQUAL, _BUSY),
    Equivalence("show as", ShowAs.BUSY, "Busy", "busy", Relation.EQUAL, _BUSY),
    Equivalence("show as", ShowAs.OOF, "OOF", "oof", Relation.EQUAL, _BUSY),
    Equivalence("show as", ShowAs.WORKING_ELSEWHERE, "WorkingElsewhere", "workingElsewhere", Relation.EQUAL, _BUSY),
    Equivalence("show as", ShowAs.NO_DATA, "NoData", "unknown", Relation.EQUAL, _BUSY),
    Equivalence("request kind", RequestKind.NONE, "None", "none", Relation.EQUAL, _REQUESTS),
    Equivalence("request kind", RequestKind.NEW, "NewMeetingRequest", "newMeetingRequest", Relation.EQUAL, _REQUESTS),
    Equivalence("request kind", RequestKind.FULL_UPDATE, "FullUpdate", "fullUpdate", Relation.EQUAL, _REQUESTS),
    Equivalence(
        "request kind",
        RequestKind.INFORMATIONAL_UPDATE,
        "InformationalUpdate",
        "informationalUpdate",
        Relation.EQUAL,
        _REQUESTS,
    ),
    Equivalence("request kind", RequestKind.SILENT_UPDATE, "SilentUpdate", "silentUpdate", Relation.EQUAL, _REQUESTS),
    Equivalence("request kind", RequestKind.OUTDATED, "Outdated", "outdated", Relation.EQUAL, _REQUESTS),
    Equivalence(
        "request kind",
        RequestKind.PRINCIPAL_COPY,
        "PrincipalWantsCopy",
        "principalWantsCopy",
        Relation.EQUAL,
        _REQUESTS,
    ),
    Equivalence("message", MessageKind.REQUEST, "MeetingRequest", "eventMessageRequest", Relation.EQUAL, _MESSAGES),
    Equivalence("message", MessageKind.RESPONSE, "MeetingResponse", "eventMessageResponse", Relation.EQUAL, _MESSAGES),
    Equivalence(
        "message",
        MessageKind.CANCELLATION,
        "MeetingCancellation",
        "eventMessage",
        Relation.MAPPED,
        "Graph eventMessage: cancellations have no type of their own, meetingMessageType tells them",
    ),
    Equivalence("message", MessageKind.NOTE, "Message", "message", Relation.EQUAL, _MESSAGES),
    Equivalence(
        "answer",
        "acceptance with a new time",
        "AcceptItem with ProposedStart and ProposedEnd",
        "",
        Relation.ONE_SIDED,
        "Graph event: accept takes no proposedNewTime",
    ),
    Equivalence(
        "sending",
        "a meeting kept without inviting anybody",
        "SendToNone",
        "",
        Relation.ONE_SIDED,
        "Graph event: creating and updating always send",
    ),
    Equivalence(
        "sending of changes",
        "a meeting changed without telling anybody",
        "UpdateItem with SendToNone",
        "",
        Relation.ONE_SIDED,
        "Graph event-update: attendees are told of changes",
    ),
    Equivalence(
        "sending of a deletion",
        "a meeting deleted without telling anybody",
        "DeleteItem with SendToNone",
        "",
        Relation.ONE_SIDED,
        "Graph event-delete: deleting a meeting cancels it for its attendees",
    ),
    Equivalence(
        "message acted upon",
        "where a request that was answered lies, and a cancellation whose meeting was removed",
        "Deleted Items, after AcceptItem or RemoveItem of the message",
        "Inbox, for Graph acts on the event alone",
        Relation.MAPPED,
        "Handling Meetings (Exchange Web Services); Graph event-accept, event-delete",
    ),
    Equivalence(
        "sequence number",
        "how often a meeting was changed",
        "AppointmentSequenceNumber",
        "",
        Relation.ONE_SIDED,
        "MS-OXWSMTGS CalendarItemType; the Graph event has no such property",
    ),
    Equivalence(
        "deleted calendar item",
        "a meeting in Deleted Items",
        "CalendarItem in deleteditems",
        "",
        Relation.ONE_SIDED,
        "Graph mailFolder: a folder's messages are its mail, events are read in calendars",
    ),
    Equivalence(
        "proposal in an entry",
        "the time an attendee proposed, in the attendee's entry",
        "ProposedStart and ProposedEnd of an Attendee, from Exchange2016 on",
        "proposedNewTime of an attendee",
        Relation.MAPPED,
        "MS-OXWSMTGS AttendeeType; Graph attendee",
    ),
    Equivalence(
        "no answer time",
        "nobody has answered yet",
        "LastResponseTime absent",
        "0001-01-01T00:00:00Z or 4501-01-01T00:00:00Z",
        Relation.MAPPED,
        "Graph: propose new meeting times, first and last answers",
    ),
)


def _spelled(concept: str, side: str) -> Mapping[str, str]:
    return {
        str(getattr(row, side)): row.meaning for row in EQUIVALENCES if row.concept == concept and getattr(row, side)
    }


EWS_RESPONSES: Mapping[str, ResponseState] = {k: ResponseState(v) for k, v in _spelled("response", "ews").items()}
GRAPH_RESPONSES: Mapping[str, ResponseState] = {k: ResponseState(v) for k, v in _spelled("response", "graph").items()}
EWS_SHOW_AS: Mapping[str, ShowAs] = {k: ShowAs(v) for k, v in _spelled("show as", "ews").items()}
GRAPH_SHOW_AS: Mapping[str, ShowAs] = {k: ShowAs(v) for k, v in _spelled("show as", "graph").items()}
EWS_REQUESTS: Mapping[str, RequestKind] = {k: RequestKind(v) for k, v in _spelled("request kind", "ews").items()}
GRAPH_REQUESTS: Mapping[str, RequestKind] = {k: RequestKind(v) for k, v in _spelled("request kind", "graph").items()}
EWS_MESSAGES: Mapping[str, MessageKind] = {k: MessageKind(v) for k, v in _spelled("message", "ews").items()}
GRAPH_MESSAGES: Mapping[str, MessageKind] = {k: MessageKind(v) for k, v in _spelled("message", "graph").items()}
EWS_KINDS: Mapping[str, EventKind] = {k: EventKind(v) for k, v in _spelled("event kind", "ews").items()}
GRAPH_KINDS: Mapping[str, EventKind] = {k: EventKind(v) for k, v in _spelled("event kind", "graph").items()}

EWS_SPELLING_OF_SHOW_AS: Mapping[ShowAs, str] = {value: key for key, value in EWS_SHOW_AS.items()}
GRAPH_SPELLING_OF_SHOW_AS: Mapping[ShowAs, str] = {value: key for key, value in GRAPH_SHOW_AS.items()}

NO_TIME = ("0001-01-01", "4501-01-01")
"""The dates by which Graph says that there is no answer time."""
