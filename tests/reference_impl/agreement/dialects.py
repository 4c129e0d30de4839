"""Two ways to say the same: the acts of a calendar's owner in EWS and in Graph, and what each tells of a mailbox.

What is told is brought to one form, by the words that stand for one another in both dialects.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lxml import etree

from reference_impl.ews.namespaces import MESSAGES, SOAP, TYPES, m, t
from reference_impl.ews.service import EwsEndpoint
from reference_impl.graph.service import GraphEndpoint
from reference_impl.http import HttpRequest
from reference_impl.service.directory import find_mailbox
from reference_impl.service.world import World

FIRST, LAST = "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"
ANSWERS = ("accept", "tentative", "decline")

RESPONSES = {
    "Unknown": "none",
    "Organizer": "organizer",
    "Tentative": "tentativelyAccepted",
    "Accept": "accepted",
    "Decline": "declined",
    "NoResponseReceived": "notResponded",
}
KINDS = {
    "Single": "singleInstance",
    "Occurrence": "occurrence",
    "Exception": "exception",
    "RecurringMaster": "seriesMaster",
}
BUSY = {"Free": "free", "Tentative": "tentative", "Busy": "busy", "OOF": "oof", "WorkingElsewhere": "workingElsewhere"}
ROLES = {"RequiredAttendees": "required", "OptionalAttendees": "optional", "Resources": "resource"}
MESSAGES_OF = {
    "IPM.Schedule.Meeting.Request": "meetingRequest",
    "IPM.Schedule.Meeting.Canceled": "meetingCancelled",
    "IPM.Schedule.Meeting.Resp.Pos": "meetingAccepted",
    "IPM.Schedule.Meeting.Resp.Tent": "meetingTenativelyAccepted",
    "IPM.Schedule.Meeting.Resp.Neg": "meetingDeclined",
}
PATTERNS = {
    "DailyRecurrence": "daily",
    "WeeklyRecurrence": "weekly",
    "AbsoluteMonthlyRecurrence": "absoluteMonthly",
    "RelativeMonthlyRecurrence": "relativeMonthly",
    "AbsoluteYearlyRecurrence": "absoluteYearly",
    "RelativeYearlyRecurrence": "relativeYearly",
}
NO_TIME = ("0001-01-01T00:00:00Z", "4501-01-01T00:00:00Z")


@dataclass(frozen=True)
class Slot:
    """From one hour of a day in February 2026 to the next."""

    day: int
    hour: int = 12

    @property
    def start(self) -> str:
        return f"2026-02-{self.day:02d}T{self.hour:02d}:00:00Z"

    @property
    def end(self) -> str:
        return f"2026-02-{self.day:02d}T{self.hour + 1:02d}:00:00Z"


@dataclass(frozen=True)
class Plan:
    """A meeting to be made: when, with whom, and how many days in a row."""

    slot: Slot
    subject: str
    people: tuple[str, ...] = ()
    days: int = 1
    importance: str = "normal"
    sensitivity: str = "normal"


class Ews:
    """One mailbox speaking EWS."""

    def __init__(self, world: World, address: str) -> None:
        self.world, self.endpoint, self.actor = world, EwsEndpoint(world), find_mailbox(world, address)

    def ask(self, operation: str) -> etree._Element:
        self.world.clock.tick()
        body = (
            f'<s:Envelope xmlns:s="{SOAP}" xmlns:m="{MESSAGES}" xmlns:t="{TYPES}"><s:Header>'
            f'<t:RequestServerVersion Version="Exchange2016"/></s:Header><s:Body>{operation}</s:Body></s:Envelope>'
        )
        request = HttpRequest("POST", "/EWS/Exchange.asmx", body=body.encode(), actor=self.actor)
        answer = self.endpoint.answer(request)
        assert answer.status == 200, answer.body.decode()
        return etree.fromstring(answer.body)

    def act(self, operation: str) -> bool:
        """Whether the act was carried out."""
        codes = {code.text for code in self.ask(operation).iter(m("ResponseCode"))}
        return codes == {"NoError"}

    # Acts

    def create(self, plan: Plan) -> bool:
        series = ""
        if plan.days > 1:
            day = plan.slot.start[:10]
            series = (
                "<t:Recurrence><t:DailyRecurrence><t:Interval>1</t:Interval></t:DailyRecurrence><t:NumberedRecurrence>"
                f"<t:StartDate>{day}</t:StartDate><t:NumberOfOccurrences>{plan.days}</t:NumberOfOccurrences>"
                "</t:NumberedRecurrence></t:Recurrence>"
            )
        return self.act(
            '<m:CreateItem SendMeetingInvitations="SendToAllAndSaveCopy"><m:Items><t:CalendarItem>'
            f"<t:Subject>{plan.subject}</t:Subject><t:Sensitivity>{plan.sensitivity.capitalize()}</t:Sensitivity>"
            f"<t:Importance>{plan.importance.capitalize()}</t:Importance><t:ReminderIsSet>true</t:ReminderIsSet>"
            "<t:ReminderMinutesBeforeStart>15</t:ReminderMinutesBeforeStart>"
            f"<t:Start>{plan.slot.start}</t:Start><t:End>{plan.slot.end}</t:End>"
            f"<t:LegacyFreeBusyStatus>Busy</t:LegacyFreeBusyStatus>{_people(plan.people)}{series}"
            "</t:CalendarItem></m:Items></m:CreateItem>"
        )

    def move(self, key: str, slot: Slot) -> bool:
        return self._update(
            key,
            _set("calendar:Start", f"<t:Start>{slot.start}</t:Start>"),
            _set("calendar:End", f"<t:End>{slot.end}</t:End>"),
        )

    def rename(self, key: str, subject: str) -> bool:
        return self._update(key, _set("item:Subject", f"<t:Subject>{subject}</t:Subject>"))

    def relocate(self, key: str, place: str) -> bool:
        return self._update(key, _set("calendar:Location", f"<t:Location>{place}</t:Location>"))

    def invite(self, key: str, people: tuple[str, ...]) -> bool:
        uri = "calendar:RequiredAttendees"
        change = _set(uri, _people(people)) if people else _unset(uri)
        return self._update(key, change, sending="SendToChangedAndSaveCopy")

    def mark(self, key: str, category: str) -> bool:
        change = _set("item:Categories", f"<t:Categories><t:String>{category}</t:String></t:Categories>")
        return self._update(key, change, sending="SendToNone")

    def _update(self, key: str, *changes: str, sending: str = "SendToAllAndSaveCopy") -> bool:
        return self.act(
            f'<m:UpdateItem ConflictResolution="AlwaysOverwrite" SendMeetingInvitationsOrCancellations="{sending}">'
            f"<m:ItemChanges><t:ItemChange>{self._id(key)}<t:Updates>{''.join(changes)}</t:Updates></t:ItemChange>"
            "</m:ItemChanges></m:UpdateItem>"
        )

    def respond(self, key: str, answer: str, slot: Slot | None, *, sends: bool) -> bool:
        kind = {"accept": "AcceptItem", "tentative": "TentativelyAcceptItem", "decline": "DeclineItem"}[answer]
        proposal = (
            f"<t:ProposedStart>{slot.start}</t:ProposedStart><t:ProposedEnd>{slot.end}</t:ProposedEnd>" if slot else ""
        )
        return self.act(
            f'<m:CreateItem MessageDisposition="{"SendAndSaveCopy" if sends else "SaveOnly"}"><m:Items><t:{kind}>'
            f"{self._id(key, 'ReferenceItemId')}{proposal}</t:{kind}></m:Items></m:CreateItem>"
        )

    def cancel(self, key: str) -> bool:
        return self.act(
            '<m:CreateItem MessageDisposition="SendAndSaveCopy"><m:Items><t:CancelCalendarItem>'
            f"{self._id(key, 'ReferenceItemId')}</t:CancelCalendarItem></m:Items></m:CreateItem>"
        )

    def delete(self, key: str) -> bool:
        return self.act(
            '<m:DeleteItem DeleteType="MoveToDeletedItems" SendMeetingCancellations="SendToAllAndSaveCopy"><m:ItemIds>'
            f"{self._id(key)}</m:ItemIds></m:DeleteItem>"
        )

    def _id(self, key: str, element: str = "ItemId") -> str:
        """The element of an item's id, with the change key that writes want."""
        spelt = in_ews(key)
        shown = self.ask(
            "<m:GetItem><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>"
            f'<m:ItemIds><t:ItemId Id="{spelt}"/></m:ItemIds></m:GetItem>'
        )
        found = next(shown.iter(t("ItemId")), None)
        change_key = "" if found is None else f' ChangeKey="{found.get("ChangeKey")}"'
        return f'<t:{element} Id="{spelt}"{change_key}/>'

    # What it tells

    def events(self) -> dict[str, dict[str, Any]]:
        """The calendar: its items, and the occurrences of a month."""
        view = f'<m:CalendarView StartDate="{FIRST}" EndDate="{LAST}"/>'
        ids = {*self._found("calendar", view), *self._found("calendar")}
        return dict(self._got(ids, _EVENT_PATHS, _event))

    def messages(self) -> dict[str, dict[str, Any]]:
        """The messages of the mailbox's own folders, the drafts apart."""
        ids = {key for folder in ("inbox", "sentitems", "deleteditems") for key in self._found(folder)}
        return {key: shown for key, shown in self._got(ids, _MESSAGE_PATHS, _message) if shown}

    def _found(self, folder: str, view: str = "") -> Iterator[str]:
        shown = self.ask(
            f'<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>{view}'
            f'<m:ParentFolderIds><t:DistinguishedFolderId Id="{folder}"/></m:ParentFolderIds></m:FindItem>'
        )
        return (found.get("Id") for found in shown.iter(t("ItemId")))

    def _got(self, ids: set[str], paths: str, read: Any) -> Iterator[tuple[str, dict[str, Any]]]:
        if not ids:
            return
        wanted = "".join(f'<t:ItemId Id="{each}"/>' for each in sorted(ids))
        shown = self.ask(
            "<m:GetItem><m:ItemShape><t:BaseShape>AllProperties</t:BaseShape><t:BodyType>Text</t:BodyType>"
            f"<t:AdditionalProperties>{paths}</t:AdditionalProperties></m:ItemShape>"
            f"<m:ItemIds>{wanted}</m:ItemIds></m:GetItem>"
        )
        for items in shown.iter(m("Items")):
            for item in items:
                yield in_graph(item.find(t("ItemId")).get("Id")), read(item)


def in_graph(key: str) -> str:
    """An id of EWS as Graph spells it."""
    return key.replace("/", "-").replace("+", "_")


def in_ews(key: str) -> str:
    """And the other way round."""
    return key.replace("-", "/").replace("_", "+")


_EVENT_PATHS = "".join(
    f'<t:FieldURI FieldURI="{uri}"/>'
    for uri in (
        "calendar:UID",
        "calendar:MyResponseType",
        "calendar:AppointmentReplyTime",
        "calendar:AllowNewTimeProposal",
        "calendar:IsResponseRequested",
        "calendar:OriginalStart",
        "item:HasAttachments",
        "item:LastModifiedTime",
        "item:Body",
    )
)
_WITH_EVENT = "$expand=microsoft.graph.eventMessage/event"
_MESSAGE_PATHS = '<t:FieldURI FieldURI="item:Body"/>'


def _people(addresses: tuple[str, ...]) -> str:
    if not addresses:
        return ""
    entries = "".join(
        f"<t:Attendee><t:Mailbox><t:EmailAddress>{each}</t:EmailAddress></t:Mailbox></t:Attendee>" for each in addresses
    )
    return f"<t:RequiredAttendees>{entries}</t:RequiredAttendees>"


def _set(uri: str, inner: str) -> str:
    return f'<t:SetItemField><t:FieldURI FieldURI="{uri}"/><t:CalendarItem>{inner}</t:CalendarItem></t:SetItemField>'


def _unset(uri: str) -> str:
    return f'<t:DeleteItemField><t:FieldURI FieldURI="{uri}"/></t:DeleteItemField>'


def _moment(text: str | None) -> str | None:
    if text is None or text in NO_TIME:
        return None
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat(timespec="seconds")


def _event(item: etree._Element) -> dict[str, Any]:
    def text(name: str) -> str | None:
        return item.findtext(t(name))

    recurrence = item.find(t("Recurrence"))
    return {
        "version": item.find(t("ItemId")).get("ChangeKey"),
        "kind": KINDS[text("CalendarItemType")],
        "subject": text("Subject") or "",
        "body": (text("Body") or "").strip(),
        "start": _moment(text("Start")),
        "end": _moment(text("End")),
        "original start": _moment(text("OriginalStart"))
        if text("CalendarItemType") in {"Occurrence", "Exception"}
        else None,
        "all day": text("IsAllDayEvent") == "true",
        "location": text("Location") or "",
        "shows": BUSY[text("LegacyFreeBusyStatus")],
        "importance": text("Importance").lower(),
        "sensitivity": text("Sensitivity").lower(),
        "categories": [each.text for each in item.iterfind(f"{t('Categories')}/{t('String')}")],
        "reminds": (text("ReminderIsSet") == "true", int(text("ReminderMinutesBeforeStart") or 0)),
        "attachments": text("HasAttachments") == "true",
        "cancelled": text("IsCancelled") == "true",
        "own answer": (RESPONSES[text("MyResponseType")], _moment(text("AppointmentReplyTime"))),
        "organizer": item.findtext(f"{t('Organizer')}/{t('Mailbox')}/{t('EmailAddress')}"),
        "asks": text("IsResponseRequested") == "true",
        "takes proposals": text("AllowNewTimeProposal") == "true",
        "people": sorted(
            _attendee(role, entry)
            for name, role in ROLES.items()
            for entry in item.iterfind(f"{t(name)}/{t('Attendee')}")
        ),
        "uid": text("UID"),
        "pattern": None if recurrence is None else PATTERNS[etree.QName(recurrence[0]).localname],
        "created": _moment(text("DateTimeCreated")),
        "modified": _moment(text("LastModifiedTime")),
    }


def _attendee(role: str, entry: etree._Element) -> tuple[Any, ...]:
    answer = RESPONSES[entry.findtext(t("ResponseType")) or "Unknown"]
    return (
        role,
        entry.findtext(f"{t('Mailbox')}/{t('EmailAddress')}"),
        answer,
        _moment(entry.findtext(t("LastResponseTime"))) or "",
        _moment(entry.findtext(t("ProposedStart"))) or "",
        _moment(entry.findtext(t("ProposedEnd"))) or "",
    )


def _message(item: etree._Element) -> dict[str, Any]:
    def text(name: str) -> str | None:
        return item.findtext(t(name))

    kind = MESSAGES_OF.get(text("ItemClass") or "")
    if kind is None:
        return {}
    request = text("MeetingRequestType")
    return {
        "version": item.find(t("ItemId")).get("ChangeKey"),
        "kind": kind,
        "request": None if request is None else request[0].lower() + request[1:],
        "subject": text("Subject") or "",
        "body": (text("Body") or "").strip(),
        "read": text("IsRead") == "true",
        "out of date": text("IsOutOfDate") == "true",
        "delegated": text("IsDelegated") == "true",
        "conversation": in_graph(item.find(t("ConversationId")).get("Id")),
        "place": text("ConversationIndex"),
        "event": _event_of(item),
        "before": _before(item) if request is not None else None,
        "from": item.findtext(f"{t('From')}/{t('Mailbox')}/{t('EmailAddress')}"),
        "to": [each.text for each in item.iterfind(f"{t('ToRecipients')}/{t('Mailbox')}/{t('EmailAddress')}")],
        "proposed": (_moment(text("ProposedStart")), _moment(text("ProposedEnd"))),
        "sent": _moment(text("DateTimeSent")),
    }


def _event_of(item: etree._Element) -> str | None:
    """The id of the event that a message is about."""
    found = item.find(t("AssociatedCalendarItemId"))
    return None if found is None else in_graph(found.get("Id") or "")


def _before(item: etree._Element) -> tuple[str | None, ...]:
    """Start, end and place before an update, as far as it changed them."""
    found = item.find(t("ChangeHighlights"))
    if found is None:
        return (None, None, None)
    return (_moment(found.findtext(t("Start"))), _moment(found.findtext(t("End"))), found.findtext(t("Location")))


class Graph:
    """One mailbox speaking Graph."""

    def __init__(self, world: World, address: str) -> None:
        self.world, self.endpoint, self.actor = world, GraphEndpoint(world), find_mailbox(world, address)

    def ask(self, method: str, target: str, body: Any = None) -> tuple[int, Any]:
        self.world.clock.tick()
        path, _, query = target.partition("?")
        request = HttpRequest(
            method,
            f"/v1.0/me/{path}",
            query,
            {"content-type": "application/json", "prefer": 'outlook.body-content-type="text"'},
            b"" if body is None else json.dumps(body).encode(),
            "http://server.test",
            self.actor,
            frozenset({"*"}),
        )
        answer = self.endpoint.answer(request)
        assert answer.status < 500
        return answer.status, json.loads(answer.body) if answer.body else None

    def act(self, method: str, target: str, body: Any = None) -> bool:
        """Whether the act was carried out."""
        return self.ask(method, target, body)[0] < 300

    # Acts

    def create(self, plan: Plan) -> bool:
        body: dict[str, Any] = {
            "subject": plan.subject,
            "importance": plan.importance,
            "sensitivity": plan.sensitivity,
            "attendees": _invited(plan.people),
            **_times(plan.slot),
        }
        if plan.days > 1:
            day = plan.slot.start[:10]
            extent = {"type": "numbered", "startDate": day, "numberOfOccurrences": plan.days}
            body["recurrence"] = {"pattern": {"type": "daily", "interval": 1}, "range": extent}
        return self.act("POST", "events", body)

    def move(self, key: str, slot: Slot) -> bool:
        return self.act("PATCH", f"events/{key}", _times(slot))

    def rename(self, key: str, subject: str) -> bool:
        return self.act("PATCH", f"events/{key}", {"subject": subject})

    def relocate(self, key: str, place: str) -> bool:
        return self.act("PATCH", f"events/{key}", {"location": {"displayName": place}})

    def invite(self, key: str, people: tuple[str, ...]) -> bool:
        return self.act("PATCH", f"events/{key}", {"attendees": _invited(people)})

    def mark(self, key: str, category: str) -> bool:
        return self.act("PATCH", f"events/{key}", {"categories": [category]})

    def respond(self, key: str, answer: str, slot: Slot | None, *, sends: bool) -> bool:
        act = {"accept": "accept", "tentative": "tentativelyAccept", "decline": "decline"}[answer]
        proposal = {} if slot is None else {"proposedNewTime": _times(slot)}
        return self.act("POST", f"events/{key}/{act}", {"sendResponse": sends, **proposal})

    def cancel(self, key: str) -> bool:
        return self.act("POST", f"events/{key}/cancel")

    def delete(self, key: str) -> bool:
        return self.act("DELETE", f"events/{key}")

    # What it tells

    def events(self) -> dict[str, dict[str, Any]]:
        """The calendar: its items, and the occurrences of a month."""
        rows = [
            *self._rows(f"calendarView?startDateTime={FIRST}&endDateTime={LAST}&$top=1000"),
            *self._rows("events?$top=1000"),
        ]
        return {row["id"]: _told_event(row) for row in rows}

    def messages(self) -> dict[str, dict[str, Any]]:
        """The messages of the mailbox's own folders, the drafts apart."""
        rows = [
            row
            for folder in ("inbox", "sentitems", "deleteditems")
            for row in self._rows(f"mailFolders/{folder}/messages?$top=1000&{_WITH_EVENT}")
        ]
        return {row["id"]: _told_message(row) for row in rows if row.get("meetingMessageType", "none") != "none"}

    def _rows(self, target: str) -> list[dict[str, Any]]:
        status, body = self.ask("GET", target)
        assert status == 200, body
        rows: list[dict[str, Any]] = body["value"]
        return rows


def _times(slot: Slot) -> dict[str, Any]:
    return {
        "start": {"dateTime": slot.start.rstrip("Z"), "timeZone": "UTC"},
        "end": {"dateTime": slot.end.rstrip("Z"), "timeZone": "UTC"},
    }


def _invited(people: tuple[str, ...]) -> list[dict[str, Any]]:
    return [{"emailAddress": {"address": each}, "type": "required"} for each in people]


def _told_event(row: dict[str, Any]) -> dict[str, Any]:
    status = row["responseStatus"]
    return {
        "version": row["changeKey"],
        "kind": row["type"],
        "subject": row["subject"],
        "body": row["body"]["content"].strip(),
        "start": _moment(row["start"]["dateTime"][:19]),
        "end": _moment(row["end"]["dateTime"][:19]),
        "original start": _moment(row.get("originalStart")),
        "all day": row["isAllDay"],
        "location": row["location"]["displayName"],
        "shows": row["showAs"],
        "importance": row["importance"],
        "sensitivity": row["sensitivity"],
        "categories": row["categories"],
        "reminds": (row["isReminderOn"], row["reminderMinutesBeforeStart"]),
        "attachments": row["hasAttachments"],
        "cancelled": row["isCancelled"],
        "own answer": (status["response"], _moment(status["time"])),
        "organizer": row["organizer"]["emailAddress"]["address"],
        "asks": row["responseRequested"],
        "takes proposals": row["allowNewTimeProposals"],
        "people": sorted(_told_attendee(each) for each in row["attendees"]),
        "uid": row["iCalUId"][:32] + "0" * 8 + row["iCalUId"][40:],  # without the day of an occurrence
        "pattern": None if row["recurrence"] is None else row["recurrence"]["pattern"]["type"],
        "created": _moment(row["createdDateTime"]),
        "modified": _moment(row["lastModifiedDateTime"]),
    }


def _told_attendee(each: dict[str, Any]) -> tuple[Any, ...]:
    answer = each["status"]["response"]
    proposal = each.get("proposedNewTime")
    return (
        each["type"],
        each["emailAddress"]["address"],
        "none" if answer == "notResponded" else answer,  # EWS knows one word for both in lists of attendees
        _moment(each["status"]["time"]) or "",
        "" if proposal is None else _moment(proposal["start"]["dateTime"][:19]),
        "" if proposal is None else _moment(proposal["end"]["dateTime"][:19]),
    )


def _told_message(row: dict[str, Any]) -> dict[str, Any]:
    proposal = row.get("proposedNewTime")
    slot = (None, None)
    if proposal is not None:
        slot = (_moment(proposal["start"]["dateTime"][:19]), _moment(proposal["end"]["dateTime"][:19]))
    return {
        "version": row["changeKey"],
        "kind": row["meetingMessageType"],
        "request": row.get("meetingRequestType"),
        "subject": row["subject"],
        "body": row["body"]["content"].strip(),
        "read": row["isRead"],
        "out of date": row["isOutOfDate"],
        "delegated": row["isDelegated"],
        "conversation": row["conversationId"],
        "place": row["conversationIndex"],
        "event": (row["event"] or {}).get("id"),
        "before": _told_before(row) if "meetingRequestType" in row else None,
        "from": row["from"]["emailAddress"]["address"],
        "to": [each["emailAddress"]["address"] for each in row["toRecipients"]],
        "proposed": slot,
        "sent": _moment(row["sentDateTime"]),
    }


def _told_before(row: dict[str, Any]) -> tuple[str | None, ...]:
    start, end, place = (row[f"previous{name}"] for name in ("StartDateTime", "EndDateTime", "Location"))
    slot = (None if edge is None else _moment(edge["dateTime"][:19]) for edge in (start, end))
    return (*slot, None if place is None else place["displayName"])
