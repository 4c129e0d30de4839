"""EWS and Graph over one world: whoever acts by whichever protocol, both show the same (facts of both are mapped)."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from lxml import etree

from reference_impl.directory.population import default_population
from reference_impl.ews.namespaces import MESSAGES, SOAP, TYPES, m, t
from reference_impl.ews.service import EwsEndpoint
from reference_impl.graph.service import GraphEndpoint
from reference_impl.http import HttpRequest
from reference_impl.service.directory import find_mailbox
from reference_impl.service.world import SeededIds, SteppedClock, World
from reference_impl.store.store import open_store

ALEX, ADELE, THIRD = "AlexW@contoso.com", "AdeleV@contoso.com", "attendee0@example.com"
PEOPLE = (ALEX, ADELE, THIRD)
NOON = datetime(2026, 2, 2, 12, tzinfo=UTC)

RESPONSES = {
    "Unknown": "none",
    "Organizer": "organizer",
    "Tentative": "tentativelyAccepted",
    "Accept": "accepted",
    "Decline": "declined",
    "NoResponseReceived": "notResponded",
}
SHOWN = {"Free": "free", "Tentative": "tentative", "Busy": "busy", "OOF": "oof", "WorkingElsewhere": "workingElsewhere"}
KINDS = {
    "Single": "singleInstance",
    "Occurrence": "occurrence",
    "Exception": "exception",
    "RecurringMaster": "seriesMaster",
}
CLASSES = {
    "IPM.Schedule.Meeting.Request": ("eventMessageRequest", "meetingRequest"),
    "IPM.Schedule.Meeting.Canceled": ("eventMessage", "meetingCancelled"),
    "IPM.Schedule.Meeting.Resp.Pos": ("eventMessageResponse", "meetingAccepted"),
    "IPM.Schedule.Meeting.Resp.Tent": ("eventMessageResponse", "meetingTenativelyAccepted"),
    "IPM.Schedule.Meeting.Resp.Neg": ("eventMessageResponse", "meetingDeclined"),
    "IPM.Schedule.Meeting.Notification.Forward": ("eventMessage", "none"),
}
ROLES = {"RequiredAttendees": "required", "OptionalAttendees": "optional", "Resources": "resource"}
FOLDERS = ("inbox", "sentitems", "deleteditems")


class Both:
    """Two endpoints over one world, and what they show of its mailboxes."""

    def __init__(self) -> None:
        clock = SteppedClock(datetime(2026, 1, 5, 8, tzinfo=UTC))
        self.world = World(store=open_store(), clock=clock, ids=SeededIds("both"))
        self.world.store.populate(default_population(), self.world.ids, clock.now())
        self._ews, self._graph = EwsEndpoint(self.world), GraphEndpoint(self.world)

    def ews(self, who: str, operation: str) -> etree._Element:
        body = (
            f'<s:Envelope xmlns:s="{SOAP}" xmlns:m="{MESSAGES}" xmlns:t="{TYPES}"><s:Header>'
            f'<t:RequestServerVersion Version="Exchange2016"/></s:Header><s:Body>{operation}</s:Body></s:Envelope>'
        ).encode()
        answer = self._ews.answer(self._request(who, "POST", "/EWS/Exchange.asmx", body))
        root = etree.fromstring(answer.body)
        assert answer.status == 200, answer.body
        assert {code.text for code in root.iter(m("ResponseCode"))} == {"NoError"}, answer.body
        return root

    def graph(self, who: str, method: str, path: str, body: Any = None) -> Any:
        path, _, query = path.partition("?")
        sent = b"" if body is None else json.dumps(body).encode()
        answer = self._graph.answer(self._request(who, method, f"/v1.0/me{path}", sent, query))
        assert answer.status < 300, answer.body
        return json.loads(answer.body) if answer.body else None

    def _request(self, who: str, method: str, path: str, body: bytes, query: str = "") -> HttpRequest:
        self.world.clock.tick()
        return HttpRequest(
            method=method,
            path=path,
            query=query,
            headers={"content-type": "application/json" if method != "POST" or "EWS" not in path else "text/xml"},
            body=body,
            origin="http://server.test",
            actor=find_mailbox(self.world, who),
            scopes=frozenset({"*"}),
        )

    def items(self, who: str, folder: str) -> list[etree._Element]:
        """All that EWS tells of what is in a folder."""
        found = self.ews(
            who,
            '<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>'
            f'<m:ParentFolderIds><t:DistinguishedFolderId Id="{folder}"/></m:ParentFolderIds></m:FindItem>',
        )
        ids = "".join(etree.tostring(each, with_tail=False).decode() for each in found.iter(t("ItemId")))
        if not ids:
            return []
        shape = "<m:ItemShape><t:BaseShape>AllProperties</t:BaseShape></m:ItemShape>"
        told = self.ews(who, f"<m:GetItem>{shape}<m:ItemIds>{ids}</m:ItemIds></m:GetItem>")
        return [each for items in told.iter(m("Items")) for each in items]


def moment(text: str | None) -> datetime | None:
    return None if not text else datetime.fromisoformat(text).astimezone(UTC)


def local(given: dict[str, str] | None) -> datetime | None:
    return None if given is None else datetime.fromisoformat(given["dateTime"][:19]).replace(tzinfo=UTC)


def answered(text: str | None) -> datetime | None:
    """The time of an answer; Graph writes two moments for none."""
    return None if text is None or text[:4] in {"0001", "4501"} else moment(text)


def awaited(response: str) -> str:
    """An attendee who has not answered: Graph has a word of its own for one who is asked again (ruling 0044)."""
    return "none" if response == "notResponded" else response


def wire_id(ews_id: str) -> str:
    return ews_id.replace("/", "-").replace("+", "_")


# An event


def event_in_ews(item: etree._Element) -> dict[str, Any]:
    def text(name: str) -> str | None:
        return item.findtext(t(name))

    attendees = [
        (
            role,
            entry.findtext(f"{t('Mailbox')}/{t('EmailAddress')}"),
            awaited(RESPONSES[entry.findtext(t("ResponseType")) or "Unknown"]),
            moment(entry.findtext(t("LastResponseTime"))),
            (moment(entry.findtext(t("ProposedStart"))), moment(entry.findtext(t("ProposedEnd")))),
        )
        for name, role in (
            ("RequiredAttendees", "required"),
            ("OptionalAttendees", "optional"),
            ("Resources", "resource"),
        )
        for entry in item.iterfind(f"{t(name)}/{t('Attendee')}")
    ]
    return {
        "id": wire_id(item.find(t("ItemId")).get("Id")),
        "change_key": item.find(t("ItemId")).get("ChangeKey"),
        "subject": text("Subject"),
        "slot": (moment(text("Start")), moment(text("End"))),
        "location": text("Location") or "",
        "uid": text("UID"),
        "is_all_day": text("IsAllDayEvent") == "true",
        "is_cancelled": text("IsCancelled") == "true",
        "kind": KINDS[text("CalendarItemType") or ""],
        "show_as": SHOWN[text("LegacyFreeBusyStatus") or ""],
        "my_response": RESPONSES[text("MyResponseType") or ""],
        "organizer": item.findtext(f"{t('Organizer')}/{t('Mailbox')}/{t('EmailAddress')}"),
        "attendees": sorted(attendees, key=str),
        "importance": (text("Importance") or "").lower(),
        "sensitivity": (text("Sensitivity") or "").lower(),
        "response_requested": text("IsResponseRequested") == "true",
        "proposals_allowed": text("AllowNewTimeProposal") == "true",
        "reminder": (text("ReminderIsSet") == "true", int(text("ReminderMinutesBeforeStart") or 0)),
        "has_attachments": text("HasAttachments") == "true",
        "created": moment(text("DateTimeCreated")),
    }


def event_in_graph(event: dict[str, Any]) -> dict[str, Any]:
    attendees = [
        (
            each["type"],
            each["emailAddress"]["address"],
            awaited(each["status"]["response"]),
            answered(each["status"]["time"]),
            tuple(local((each.get("proposedNewTime") or {}).get(edge)) for edge in ("start", "end")),
        )
        for each in event["attendees"]
    ]
    return {
        "id": event["id"],
        "change_key": event["changeKey"],
        "subject": event["subject"],
        "slot": (local(event["start"]), local(event["end"])),
        "location": event["location"]["displayName"],
        "uid": event["iCalUId"],
        "is_all_day": event["isAllDay"],
        "is_cancelled": event["isCancelled"],
        "kind": event["type"],
        "show_as": event["showAs"],
        "my_response": event["responseStatus"]["response"],
        "organizer": event["organizer"]["emailAddress"]["address"],
        "attendees": sorted(attendees, key=str),
        "importance": event["importance"],
        "sensitivity": event["sensitivity"],
        "response_requested": event["responseRequested"],
        "proposals_allowed": event["allowNewTimeProposals"],
        "reminder": (event["isReminderOn"], event["reminderMinutesBeforeStart"]),
        "has_attachments": event["hasAttachments"],
        "created": moment(event["createdDateTime"]),
    }


# A message


def message_in_ews(item: etree._Element) -> dict[str, Any]:
    def text(name: str) -> str | None:
        return item.findtext(t(name))

    def flag(name: str) -> bool:
        return text(name) == "true"

    kind = CLASSES.get(text("ItemClass") or "", (None, None))
    request = kind[0] == "eventMessageRequest"
    highlights = item.find(t("ChangeHighlights"))

    def before(name: str) -> str | None:
        return None if highlights is None else highlights.findtext(t(name))

    associated = item.find(t("AssociatedCalendarItemId"))
    request_type = text("MeetingRequestType") or ""
    return {
        "id": wire_id(item.find(t("ItemId")).get("Id")),
        "change_key": item.find(t("ItemId")).get("ChangeKey"),
        "kind": kind,
        "subject": text("Subject"),
        "is_read": flag("IsRead"),
        "from": item.findtext(f"{t('From')}/{t('Mailbox')}/{t('EmailAddress')}"),
        "message_id": text("InternetMessageId"),
        "event": None if associated is None else wire_id(associated.get("Id")),
        "is_out_of_date": flag("IsOutOfDate"),
        "is_delegated": flag("IsDelegated"),
        "request_type": f"{request_type[:1].lower()}{request_type[1:]}" if request else None,
        "proposal": (moment(text("ProposedStart")), moment(text("ProposedEnd"))),
        "previous": (moment(before("Start")), moment(before("End")), before("Location")) if request else None,
    }


def message_in_graph(message: dict[str, Any]) -> dict[str, Any]:
    type_name = message.get("@odata.type", "").removeprefix("#microsoft.graph.") or None
    request = type_name == "eventMessageRequest"
    proposal = message.get("proposedNewTime") or {}
    location = message.get("previousLocation")
    previous = (
        local(message.get("previousStartDateTime")),
        local(message.get("previousEndDateTime")),
        location and location["displayName"],
    )
    return {
        "id": message["id"],
        "change_key": message["changeKey"],
        "kind": (type_name, message.get("meetingMessageType")),
        "subject": message["subject"],
        "is_read": message["isRead"],
        "from": message["from"]["emailAddress"]["address"],
        "message_id": message["internetMessageId"],
        "event": (message.get("event") or {}).get("id"),
        "is_out_of_date": message["isOutOfDate"],
        "is_delegated": message["isDelegated"],
        "request_type": message.get("meetingRequestType"),
        "proposal": (local(proposal.get("start")), local(proposal.get("end"))),
        "previous": previous if request else None,
    }


def compared(both: Both) -> None:
    """Each mailbox through each protocol."""
    expand = "$expand=microsoft.graph.eventMessage/event&$top=100"
    for who in PEOPLE:
        left = [event_in_ews(each) for each in both.items(who, "calendar")]
        right = [event_in_graph(each) for each in both.graph(who, "GET", "/events?$top=100")["value"]]
        assert by_id(left) == by_id(right), who
        for folder in FOLDERS:
            messages = [each for each in both.items(who, folder) if not each.tag.endswith("CalendarItem")]
            told = both.graph(who, "GET", f"/mailFolders/{folder}/messages?{expand}")["value"]
            one, other = by_id(map(message_in_ews, messages)), by_id(map(message_in_graph, told))
            assert one == other, (who, folder)


def by_id(found: Any) -> dict[str, dict[str, Any]]:
    return {each["id"]: each for each in found}


# What people do, by either protocol


def iso(value: datetime) -> str:
    return value.isoformat().replace("+00:00", "Z")


def graph_slot(start: datetime) -> dict[str, Any]:
    edges = {"start": start, "end": start + timedelta(hours=1)}
    return {name: {"dateTime": iso(value)[:-1], "timeZone": "UTC"} for name, value in edges.items()}


def call_meeting(both: Both, protocol: str, people: tuple[str, ...]) -> None:
    if protocol == "graph":
        attendees = [{"emailAddress": {"address": each}, "type": "required"} for each in people]
        body = {"subject": "Lunch", "location": {"displayName": "Harry's Bar"}, "attendees": attendees}
        both.graph(ALEX, "POST", "/events", {**body, **graph_slot(NOON)})
        return
    mailboxes = (f"<t:Mailbox><t:EmailAddress>{each}</t:EmailAddress></t:Mailbox>" for each in people)
    entries = "".join(f"<t:Attendee>{each}</t:Attendee>" for each in mailboxes)
    end = iso(NOON + timedelta(hours=1))
    both.ews(
        ALEX,
        '<m:CreateItem SendMeetingInvitations="SendToAllAndSaveCopy"><m:Items><t:CalendarItem>'
        f"<t:Subject>Lunch</t:Subject><t:Start>{iso(NOON)}</t:Start><t:End>{end}</t:End>"
        "<t:Location>Harry's Bar</t:Location>"
        f"<t:RequiredAttendees>{entries}</t:RequiredAttendees></t:CalendarItem></m:Items></m:CreateItem>",
    )


def own_event(both: Both, who: str) -> etree._Element | None:
    return next(iter(both.items(who, "calendar")), None)


def answer(both: Both, protocol: str, who: str, kind: str, proposal: datetime | None) -> None:
    event = own_event(both, who)
    if event is None or event.findtext(t("IsCancelled")) == "true":
        return
    reference = event.find(t("ItemId"))
    if protocol == "graph":
        act = {"Accept": "accept", "Tentative": "tentativelyAccept", "Decline": "decline"}[kind]
        body = {} if proposal is None or kind == "Accept" else {"proposedNewTime": graph_slot(proposal)}
        both.graph(who, "POST", f"/events/{wire_id(reference.get('Id'))}/{act}", {"comment": "Well", **body})
        return
    element = {"Accept": "AcceptItem", "Tentative": "TentativelyAcceptItem", "Decline": "DeclineItem"}[kind]
    proposed = ""
    if proposal is not None:
        end = iso(proposal + timedelta(hours=1))
        proposed = f"<t:ProposedStart>{iso(proposal)}</t:ProposedStart><t:ProposedEnd>{end}</t:ProposedEnd>"
    item = f'<t:ReferenceItemId Id="{reference.get("Id")}" ChangeKey="{reference.get("ChangeKey")}"/>'
    both.ews(
        who,
        f'<m:CreateItem MessageDisposition="SendAndSaveCopy"><m:Items><t:{element}>{item}{proposed}</t:{element}>'
        "</m:Items></m:CreateItem>",
    )


def update(both: Both, protocol: str, change: str, hours: int) -> None:
    event = own_event(both, ALEX)
    if event is None:
        return
    key = event.find(t("ItemId"))
    start = NOON + timedelta(hours=hours)
    if protocol == "graph":
        body = graph_slot(start) if change == "time" else {"location": {"displayName": f"Room {hours}"}}
        both.graph(ALEX, "PATCH", f"/events/{wire_id(key.get('Id'))}", body)
        return
    fields = (
        {"calendar:Start": ("Start", iso(start)), "calendar:End": ("End", iso(start + timedelta(hours=1)))}
        if change == "time"
        else {"calendar:Location": ("Location", f"Room {hours}")}
    )
    sets = "".join(
        f'<t:SetItemField><t:FieldURI FieldURI="{uri}"/><t:CalendarItem><t:{name}>{value}</t:{name}></t:CalendarItem>'
        "</t:SetItemField>"
        for uri, (name, value) in fields.items()
    )
    both.ews(
        ALEX,
        '<m:UpdateItem ConflictResolution="AlwaysOverwrite" '
        'SendMeetingInvitationsOrCancellations="SendToAllAndSaveCopy">'
        f"<m:ItemChanges><t:ItemChange>{etree.tostring(key, with_tail=False).decode()}<t:Updates>{sets}</t:Updates>"
        "</t:ItemChange></m:ItemChanges></m:UpdateItem>",
    )


def call_off(both: Both, protocol: str) -> None:
    event = own_event(both, ALEX)
    if event is None:
        return
    key = event.find(t("ItemId"))
    if protocol == "graph":
        both.graph(ALEX, "POST", f"/events/{wire_id(key.get('Id'))}/cancel", {"comment": "Ill"})
        return
    item = f'<t:ReferenceItemId Id="{key.get("Id")}" ChangeKey="{key.get("ChangeKey")}"/>'
    both.ews(
        ALEX,
        '<m:CreateItem MessageDisposition="SendAndSaveCopy"><m:Items><t:CancelCalendarItem>'
        f"{item}</t:CancelCalendarItem></m:Items></m:CreateItem>",
    )


WITHOUT_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)  # an example takes half a second
PROTOCOLS = st.sampled_from(["ews", "graph"])
HOURS = st.integers(1, 8)
ACTS = st.one_of(
    st.tuples(
        st.just(answer),
        PROTOCOLS,
        st.sampled_from([ADELE, THIRD]),
        st.sampled_from(["Accept", "Tentative", "Decline"]),
        st.one_of(st.none(), HOURS.map(lambda hour: NOON + timedelta(days=1, hours=hour))),
    ),
    st.tuples(st.just(update), PROTOCOLS, st.sampled_from(["time", "place"]), HOURS),
)


@pytest.mark.requirement(
    "GRAPH-MIG-001",
    "GRAPH-MIG-002",
    "GRAPH-MIG-003",
    "GRAPH-MIG-005",
    "GRAPH-MIG-006",
    "GRAPH-MIG-007",
    "GRAPH-MIG-008",
)
@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow], phases=WITHOUT_SHRINKING)
@given(first=PROTOCOLS, acts=st.lists(ACTS, max_size=5), last=st.one_of(st.none(), PROTOCOLS))
def test_whoever_acts_by_whichever_protocol_both_show_the_same(first, acts, last):
    both = Both()
    call_meeting(both, first, (ADELE, THIRD))
    for act, *arguments in acts:
        act(both, *arguments)
    if last is not None:
        call_off(both, last)
    compared(both)


@pytest.mark.requirement("GRAPH-MIG-004")
def test_an_acceptance_with_a_proposal_shows_in_graph_as_both():
    both = Both()
    call_meeting(both, "graph", (ADELE,))
    answer(both, "ews", ADELE, "Accept", NOON + timedelta(days=1))
    (event,) = both.graph(ALEX, "GET", "/events")["value"]
    (attendee,) = event["attendees"]
    assert attendee["status"]["response"] == "accepted"
    assert local(attendee["proposedNewTime"]["start"]) == NOON + timedelta(days=1)
    compared(both)


@pytest.mark.requirement("GRAPH-MIG-002")
@pytest.mark.parametrize("kind", ["Accept", "Tentative", "Decline"])
def test_an_answer_by_either_protocol_leaves_the_organizer_the_same(kind):
    seen = []
    for protocol in ("ews", "graph"):
        both = Both()
        call_meeting(both, "ews", (ADELE, THIRD))
        answer(both, protocol, ADELE, kind, None)
        (event,) = both.graph(ALEX, "GET", "/events")["value"]
        seen.append([(each["emailAddress"]["address"], each["status"]["response"]) for each in event["attendees"]])
    assert seen[0] == seen[1]


@pytest.mark.requirement("GRAPH-MIG-005")
def test_change_keys_of_both_protocols_advance_together():
    both = Both()
    call_meeting(both, "ews", (ADELE,))
    keys = []
    for protocol in ("ews", "graph", "ews"):
        update(both, protocol, "place", len(keys) + 1)
        event = own_event(both, ALEX)
        (other,) = both.graph(ALEX, "GET", "/events")["value"]
        keys.append(event.find(t("ItemId")).get("ChangeKey"))
        assert keys[-1] == other["changeKey"]
        assert other["@odata.etag"] == f'W/"{keys[-1]}"'
    assert len(set(keys)) == 3


@pytest.mark.requirement("GRAPH-MIG-010")
def test_merged_free_busy_and_the_availability_view_agree():
    both = Both()
    call_meeting(both, "graph", (ADELE,))
    for hour, shown in ((2, "free"), (4, "oof"), (6, "busy")):
        body = {"subject": shown, "showAs": shown, **graph_slot(NOON + timedelta(hours=hour))}
        both.graph(ADELE, "POST", "/events", body)
    window = {"start": NOON - timedelta(hours=2), "end": NOON + timedelta(hours=10)}
    asked = {f"{name}Time": {"dateTime": iso(value)[:-1], "timeZone": "UTC"} for name, value in window.items()}
    asked = {"schedules": [ADELE], "availabilityViewInterval": 60, **asked}
    (schedule,) = both.graph(ALEX, "POST", "/calendar/getSchedule", asked)["value"]
    zone = (
        "<t:TimeZone><t:Bias>0</t:Bias><t:StandardTime><t:Bias>0</t:Bias><t:Time>00:00:00</t:Time><t:DayOrder>1</t:DayOrder>"
        "<t:Month>1</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek></t:StandardTime><t:DaylightTime><t:Bias>0</t:Bias>"
        "<t:Time>00:00:00</t:Time><t:DayOrder>1</t:DayOrder><t:Month>1</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek>"
        "</t:DaylightTime></t:TimeZone>"
    )
    told = both.ews(
        ALEX,
        f"<m:GetUserAvailabilityRequest>{zone}<m:MailboxDataArray><t:MailboxData><t:Email><t:Address>{ADELE}</t:Address>"
        "</t:Email><t:AttendeeType>Required</t:AttendeeType></t:MailboxData></m:MailboxDataArray><t:FreeBusyViewOptions>"
        f"<t:TimeWindow><t:StartTime>{iso(window['start'])[:-1]}</t:StartTime><t:EndTime>{iso(window['end'])[:-1]}</t:EndTime>"
        "</t:TimeWindow><t:MergedFreeBusyIntervalInMinutes>60</t:MergedFreeBusyIntervalInMinutes>"
        "<t:RequestedView>DetailedMerged</t:RequestedView></t:FreeBusyViewOptions></m:GetUserAvailabilityRequest>",
    )
    assert schedule["availabilityView"] == told.findtext(f".//{t('MergedFreeBusy')}") == "001000302000"


@pytest.mark.requirement("GRAPH-MIG-011")
def test_the_id_of_one_protocol_translates_into_one_that_opens_the_same_item():
    both = Both()
    call_meeting(both, "ews", (ADELE,))
    event = own_event(both, ALEX)
    asked = {"inputIds": [event.find(t("ItemId")).get("Id")], "sourceIdType": "ewsId", "targetIdType": "restId"}
    (translated,) = both.graph(ALEX, "POST", "/translateExchangeIds", asked)["value"]
    assert both.graph(ALEX, "GET", f"/events/{translated['targetId']}")["iCalUId"] == event.findtext(t("UID"))
    assert base64.b64decode(translated["targetId"], b"_-")


@pytest.mark.requirement("GRAPH-MIG-012")
def test_graph_goes_on_where_ews_is_never_asked():
    both = Both()
    call_meeting(both, "graph", (ADELE,))
    (event,) = both.graph(ADELE, "GET", "/events")["value"]
    both.graph(ADELE, "POST", f"/events/{event['id']}/accept", {})
    (called,) = both.graph(ALEX, "GET", "/events")["value"]
    assert called["attendees"][0]["status"]["response"] == "accepted"
