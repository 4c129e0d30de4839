"""Rules on what golden tapes do not show: each is seen to hold of one recording, and alone to fail of another."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from conformance.catalogue import standard_catalogue
from conformance.model.exchange import Exchange, Request, Response
from conformance.model.verdict import Verdict
from conformance.passive import CHECKS, Seen, Watch

NAMES = (
    'xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"'
    ' xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"'
    ' xmlns:e="http://schemas.microsoft.com/exchange/services/2006/errors"'
)
ASKED = '<t:RequestServerVersion Version="Exchange2016"/>'
INFO = '<t:ServerVersionInfo MajorVersion="15" MinorVersion="1" MajorBuildNumber="2" MinorBuildNumber="3"/>'
XML = (("Content-Type", "text/xml; charset=utf-8"),)
IDENTITY = "00000000-0000-4000-8000-000000000001"
JSON = (("Content-Type", "application/json"), ("request-id", IDENTITY))
GRAPH = "https://graph.example/v1.0"


def envelope(head, body):
    return f"<s:Envelope {NAMES}><s:Header>{head}</s:Header><s:Body>{body}</s:Body></s:Envelope>".encode()


def ews(question, answer, status=200):
    request = Request("POST", "https://mail.example/EWS/Exchange.asmx", (), envelope(ASKED, question))
    return Exchange(request, Response(status, "", XML, envelope(INFO, answer)))


def fault(code, more=""):
    detail = f"<e:ResponseCode>{code}</e:ResponseCode><e:Message>No.</e:Message>{more}"
    return f"<s:Fault><faultcode>t:{code}</faultcode><faultstring>No.</faultstring><detail>{detail}</detail></s:Fault>"


def message(operation, payload, code="NoError"):
    kind = "Success" if code == "NoError" else "Error"
    text = "" if code == "NoError" else "<m:MessageText>No.</m:MessageText>"
    key = "" if code == "NoError" else "<m:DescriptiveLinkKey>0</m:DescriptiveLinkKey>"
    inner = f"{text}<m:ResponseCode>{code}</m:ResponseCode>{key}{payload}"
    one = f'<m:{operation}ResponseMessage ResponseClass="{kind}">{inner}</m:{operation}ResponseMessage>'
    return f"<m:{operation}Response><m:ResponseMessages>{one}</m:ResponseMessages></m:{operation}Response>"


def got(properties, base="AllProperties", *, kind="CalendarItem", shape="", key="k1", identity="AAA="):
    """GetItem of one item."""
    asked = f"<m:ItemShape><t:BaseShape>{base}</t:BaseShape>{shape}</m:ItemShape>"
    question = f'<m:GetItem>{asked}<m:ItemIds><t:ItemId Id="{identity}"/></m:ItemIds></m:GetItem>'
    item = f'<t:{kind}><t:ItemId Id="{identity}" ChangeKey="{key}"/>{properties}</t:{kind}>'
    return ews(question, message("GetItem", f"<m:Items>{item}</m:Items>"))


def asked(identity, code, operation="GetItem", attributes=""):
    """GetItem or DeleteItem of an id, answered without an item."""
    shape = "<m:ItemShape><t:BaseShape>Default</t:BaseShape></m:ItemShape>" if operation == "GetItem" else ""
    named = f'<m:ItemIds><t:ItemId Id="{identity}"/></m:ItemIds>'
    payload = "<m:Items/>" if operation == "GetItem" else ""
    question = f"<m:{operation} {attributes}>{shape}{named}</m:{operation}>"
    return ews(question, message(operation, payload, code))


def created(
    properties="", code="NoError", *, asks="", attributes='SendMeetingInvitations="SendToNone"', kind="CalendarItem"
):
    """CreateItem of one item, answered with its id and more."""
    question = f"<m:CreateItem {attributes}><m:Items><t:{kind}>{asks}</t:{kind}></m:Items></m:CreateItem>"
    item = f'<t:CalendarItem><t:ItemId Id="AAA=" ChangeKey="k1"/>{properties}</t:CalendarItem>'
    payload = f"<m:Items>{item}</m:Items>" if code == "NoError" else "<m:Items/>"
    return ews(question, message("CreateItem", payload, code))


def updated(
    properties="", code="NoError", *, key="k2", stale="k1", attributes='ConflictResolution="AutoResolve"', sends=True
):
    """UpdateItem of one calendar item, answered with its id and more."""
    send = 'SendMeetingInvitationsOrCancellations="SendToNone"' if sends else ""
    change = "<t:SetItemField><t:CalendarItem><t:Subject>New</t:Subject></t:CalendarItem></t:SetItemField>"
    named = f'<t:ItemId Id="AAA=" ChangeKey="{stale}"/>'
    changes = f"<m:ItemChanges><t:ItemChange>{named}<t:Updates>{change}</t:Updates></t:ItemChange></m:ItemChanges>"
    question = f"<m:UpdateItem {attributes} {send}>{changes}</m:UpdateItem>"
    item = f'<t:CalendarItem><t:ItemId Id="AAA=" ChangeKey="{key}"/>{properties}</t:CalendarItem>'
    payload = f"<m:Items>{item}</m:Items>" if code == "NoError" else "<m:Items/>"
    return ews(question, message("UpdateItem", payload, code))


def page(count, total, last, view="", kind="Single"):
    """FindItem of some calendar items."""
    shape = "<m:ItemShape><t:BaseShape>AllProperties</t:BaseShape></m:ItemShape>"
    folder = '<m:ParentFolderIds><t:DistinguishedFolderId Id="calendar"/></m:ParentFolderIds>'
    question = f'<m:FindItem Traversal="Shallow">{shape}{view}{folder}</m:FindItem>'
    items = f"<t:CalendarItem><t:CalendarItemType>{kind}</t:CalendarItemType></t:CalendarItem>" * count
    told = f'TotalItemsInView="{total}" IncludesLastItemInRange="{last}"'
    return ews(question, message("FindItem", f"<m:RootFolder {told}><t:Items>{items}</t:Items></m:RootFolder>"))


def subscribed(kind, more):
    question = f"<m:Subscribe><m:{kind}SubscriptionRequest/></m:Subscribe>"
    return ews(question, message("Subscribe", f"<m:SubscriptionId>AAA=</m:SubscriptionId>{more}"))


def notified(events):
    notification = f"<m:Notification><t:SubscriptionId>AAA=</t:SubscriptionId>{events}</m:Notification>"
    return ews("<m:GetEvents/>", message("GetEvents", notification))


def attached(properties):
    """GetAttachment of a message."""
    one = f"<t:Message>{properties}<t:ItemClass>IPM.Note</t:ItemClass></t:Message>"
    attachment = f'<t:ItemAttachment><t:AttachmentId Id="BBB="/>{one}</t:ItemAttachment>'
    return ews("<m:GetAttachment/>", message("GetAttachment", f"<m:Attachments>{attachment}</m:Attachments>"))


def folder(properties, kind="TasksFolder"):
    """GetFolder of one folder."""
    known = "<t:DisplayName>F</t:DisplayName>{}<t:ChildFolderCount>0</t:ChildFolderCount>".format
    told = f'<t:{kind}><t:FolderId Id="AAA="/>{known(properties)}</t:{kind}>'
    question = "<m:GetFolder><m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape></m:GetFolder>"
    return ews(question, message("GetFolder", f"<m:Folders>{told}</m:Folders>"))


def permitted(level, is_contact):
    """GetFolder of a folder with one permission."""
    told = (
        f"<t:IsFolderContact>{is_contact}</t:IsFolderContact>"
        f"<t:CalendarPermissionLevel>{level}</t:CalendarPermissionLevel>"
    )
    every = f"<t:CalendarPermissions><t:CalendarPermission>{told}</t:CalendarPermission></t:CalendarPermissions>"
    return folder(f"<t:PermissionSet>{every}</t:PermissionSet>", "CalendarFolder")


def resolved(count, kind, code):
    candidates = f"<m:ResolutionSet>{'<t:Resolution/>' * count}</m:ResolutionSet>"
    inner = f"<m:ResponseCode>{code}</m:ResponseCode>{candidates}"
    told = f'<m:ResolveNamesResponseMessage ResponseClass="{kind}">{inner}</m:ResolveNamesResponseMessage>'
    messages = f"<m:ResponseMessages>{told}</m:ResponseMessages>"
    return ews("<m:ResolveNames/>", f"<m:ResolveNamesResponse>{messages}</m:ResolveNamesResponse>")


def synchronised(count):
    """A round of SyncFolderItems that asks for one change."""
    question = "<m:SyncFolderItems><m:MaxChangesReturned>1</m:MaxChangesReturned></m:SyncFolderItems>"
    changes = f"<m:Changes>{'<t:Delete/>' * count}</m:Changes>"
    told = f"<m:SyncState>s</m:SyncState><m:IncludesLastItemInRange>true</m:IncludesLastItemInRange>{changes}"
    return ews(question, message("SyncFolderItems", told))


def found(properties):
    """FindItem of one calendar item in a CalendarView of 2026-03-02."""
    view = '<m:CalendarView StartDate="2026-03-02T00:00:00Z" EndDate="2026-03-03T00:00:00Z"/>'
    shape = "<m:ItemShape><t:BaseShape>AllProperties</t:BaseShape></m:ItemShape>"
    folder = '<m:ParentFolderIds><t:DistinguishedFolderId Id="calendar"/></m:ParentFolderIds>'
    question = f'<m:FindItem Traversal="Shallow">{shape}{view}{folder}</m:FindItem>'
    item = f'<t:CalendarItem><t:ItemId Id="AAA=" ChangeKey="k1"/>{properties}</t:CalendarItem>'
    root = f'<m:RootFolder TotalItemsInView="1" IncludesLastItemInRange="true"><t:Items>{item}</t:Items></m:RootFolder>'
    return ews(question, message("FindItem", root))


def responded(element, code="NoError"):
    """A response object on the item that ``got`` shows."""
    question = (
        f'<m:CreateItem MessageDisposition="SendOnly"><m:Items><t:{element}>'
        f'<t:ReferenceItemId Id="AAA=" ChangeKey="k1"/></t:{element}></m:Items></m:CreateItem>'
    )
    return ews(question, message("CreateItem", "<m:Items/>", code))


def occurrence(index, code):
    shape = "<m:ItemShape><t:BaseShape>Default</t:BaseShape></m:ItemShape>"
    named = f'<t:OccurrenceItemId RecurringMasterId="AAA=" InstanceIndex="{index}"/>'
    question = f"<m:GetItem>{shape}<m:ItemIds>{named}</m:ItemIds></m:GetItem>"
    return ews(question, message("GetItem", "<m:Items/>", code))


def availability(start, end, *, suggestions=False, answer="", wanted="FreeBusy", kind="FreeBusy", content="", boxes=1):
    """GetUserAvailability of one mailbox, granted; slots of an hour."""
    window = f"<t:TimeWindow><t:StartTime>{start}</t:StartTime><t:EndTime>{end}</t:EndTime></t:TimeWindow>"
    hour = "<t:MergedFreeBusyIntervalInMinutes>60</t:MergedFreeBusyIntervalInMinutes>"
    viewed = f"<t:RequestedView>{wanted}</t:RequestedView>"
    options = f"<t:FreeBusyViewOptions>{window}{hour}{viewed}</t:FreeBusyViewOptions>"
    wish = "<t:SuggestionsViewOptions/>" if suggestions else ""
    people = f"<m:MailboxDataArray>{'<t:MailboxData/>' * boxes}</m:MailboxDataArray>"
    question = f"<m:GetUserAvailabilityRequest>{people}{options}{wish}</m:GetUserAvailabilityRequest>"
    told = '<m:ResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode></m:ResponseMessage>'
    view = f"<m:FreeBusyView><t:FreeBusyViewType>{kind}</t:FreeBusyViewType>{content}</m:FreeBusyView>"
    granted = f"<m:FreeBusyResponse>{told}{view}</m:FreeBusyResponse>"
    array = f"<m:FreeBusyResponseArray>{granted}</m:FreeBusyResponseArray>"
    return ews(question, f"<m:GetUserAvailabilityResponse>{array}{answer}</m:GetUserAvailabilityResponse>")


def refused(start, end, code):
    """The same, refused as a whole."""
    return Exchange(availability(start, end).request, Response(500, "", XML, envelope(INFO, fault(code))))


def suggested(entries):
    data = "<t:UnknownAttendeeConflictData/>" * entries
    array = f"<t:AttendeeConflictDataArray>{data}</t:AttendeeConflictDataArray>"
    return f"<m:SuggestionsResponse>{array}</m:SuggestionsResponse>"


def graph(path, value, status=200, headers=JSON, *, method="GET", sent=(), body=None):
    """A request to Graph; no value is no body."""
    request = Request(method, f"{GRAPH}/{path}", sent, b"" if body is None else json.dumps(body).encode())
    return Exchange(request, Response(status, "", headers, b"" if value is None else json.dumps(value).encode()))


def listed(path, *entries, link=""):
    context = {"@odata.context": f"{GRAPH}/$metadata#users('a')/events"}
    return graph(path, context | {"value": list(entries)} | ({"@odata.nextLink": link} if link else {}))


def event(**members):
    context = f"{GRAPH}/$metadata#users('a')/events/$entity"
    return graph("me/events/AAA=", {"@odata.context": context, "id": "AAA=", "showAs": "free", **members})


def day(number, hour=0):
    return {"dateTime": f"2026-03-{number:02}T{hour:02}:00:00.0000000", "timeZone": "UTC"}


def invitation(**members):
    kind = {"@odata.type": "#microsoft.graph.eventMessageRequest", "meetingMessageType": "meetingRequest"}
    return listed("me/messages", kind | members)


def scheduled(start, end):
    """getSchedule of one address on 2026-03-02."""
    asked = {"schedules": ["a"], "startTime": day(2), "endTime": day(3), "availabilityViewInterval": 720}
    entry = {
        "scheduleId": "a",
        "availabilityView": "00",
        "scheduleItems": [{"status": "free", "start": start, "end": end}],
    }
    return graph("me/calendar/getSchedule", {"value": [entry]}, method="POST", body=asked)


def posted(**members):
    return graph("me/events", {"id": "A"} | members, 201, method="POST", body={"subject": "S"})


def repeated(**members):
    return event(recurrence={"pattern": {}, "range": {"startDate": "2026-03-02", **members}})


KIND = "<t:CalendarItemType>{}</t:CalendarItemType>".format
RECURRENCE = (
    "<t:Recurrence><t:DailyRecurrence/><t:NumberedRecurrence><t:NumberOfOccurrences>4</t:NumberOfOccurrences>"
    "</t:NumberedRecurrence></t:Recurrence>"
)
NINE, TEN = "2026-03-02T09:00:00Z", "2026-03-02T10:00:00Z"
TIMES = f"<t:Start>{NINE}</t:Start><t:End>{TEN}</t:End>"
MASTER = TIMES + KIND("RecurringMaster") + RECURRENCE
MODIFIED = (
    "<t:ModifiedOccurrences><t:Occurrence><t:OriginalStart>{}</t:OriginalStart></t:Occurrence></t:ModifiedOccurrences>"
).format
OWNED = "<t:AppointmentState>1</t:AppointmentState>"
RECEIVED = "<t:AppointmentState>3</t:AppointmentState>"
OFF = (
    "<t:LegacyFreeBusyStatus>{}</t:LegacyFreeBusyStatus><t:IsCancelled>true</t:IsCancelled>"
    "<t:AppointmentState>7</t:AppointmentState>"
).format
TOPIC = "<t:Subject>Declined: S</t:Subject><t:ConversationTopic>{}</t:ConversationTopic>".format
OFFERS = "<t:ResponseObjects><t:{}/></t:ResponseObjects>".format
BUSY = '<t:MessageXml><t:Value Name="BackOffMilliseconds">{}</t:Value></t:MessageXml>'.format
QUESTION = "<m:GetServerTimeZones/>"
DAY_ONE, DAY_TWO, SPRING = "2026-03-02T00:00:00", "2026-03-03T00:00:00", "2026-06-02T00:00:00"
THROTTLED = {"error": {"code": "TooManyRequests", "message": "Later."}}

ANSWERED = "<m:GetServerTimeZonesResponse/>"
TEXTED = (
    '<m:GetServerTimeZonesResponse><m:ResponseMessages><m:GetServerTimeZonesResponseMessage ResponseClass="Success">'
    "{}<m:ResponseCode>NoError</m:ResponseCode></m:GetServerTimeZonesResponseMessage></m:ResponseMessages>"
    "</m:GetServerTimeZonesResponse>"
).format
DELETED = graph("me/events/A", None, 204, JSON[1:], method="DELETE")
MINE = "<t:MyResponseType>{}</t:MyResponseType>".format
EVENT = (
    "<t:CalendarEventArray><t:CalendarEvent><t:StartTime>{}</t:StartTime><t:EndTime>{}</t:EndTime>"
    "<t:BusyType>Busy</t:BusyType></t:CalendarEvent></t:CalendarEventArray>"
).format
MERGED = "<t:MergedFreeBusy>{}</t:MergedFreeBusy>".format
SUBJECT = "<t:Subject>S</t:Subject>"
GUEST = "<t:Attendee><t:Mailbox><t:EmailAddress>room@example.com</t:EmailAddress></t:Mailbox></t:Attendee>"
RESOURCE, REQUIRED = f"<t:Resources>{GUEST}</t:Resources>", f"<t:RequiredAttendees>{GUEST}</t:RequiredAttendees>"
MARK = "<m:Watermark>w</m:Watermark>"
NEVER = 'ConflictResolution="NeverOverwrite"'
FEW = '<m:IndexedPageItemView MaxEntriesReturned="1" Offset="0" BasePoint="Beginning"/>'
HARD = 'DeleteType="HardDelete"'
BACKWARDS = f"<t:Start>{TEN}</t:Start><t:End>{NINE}</t:End>"
VIEW = "me/calendarView?startDateTime=2026-03-02T00:00:00Z&endDateTime=2026-03-03T00:00:00Z"

# A requirement, a recording in which it holds, and one in which it does not.
ROWS = {
    "EWS-SEEN-009": (
        [ews(QUESTION, fault("ErrorServerBusy", BUSY("100")), 500)],
        [ews(QUESTION, fault("ErrorServerBusy", BUSY("soon")), 500)],
    ),
    "EWS-SEEN-010": ([ews(QUESTION, ANSWERED)], [ews(QUESTION, "<m:GetItemResponse/>")]),
    "EWS-SEEN-014": (
        [ews(QUESTION, TEXTED(""))],
        [ews(QUESTION, TEXTED("<m:MessageText>Well done.</m:MessageText>"))],
    ),
    "EWS-SEEN-015": (
        [ews("<m:SyncFolderItems/>", message("SyncFolderItems", "", "ErrorInvalidSyncStateData"))],
        [asked("AAA=", "ErrorInvalidSyncStateData")],
    ),
    "EWS-SEEN-046": ([got(TOPIC("S"), kind="MeetingResponse")], [got(TOPIC("Declined: S"), kind="MeetingResponse")]),
    "EWS-SEEN-066": (
        [got(OFFERS("AcceptItem/><t:DeclineItem"), kind="MeetingRequest")],
        [got(OFFERS("AcceptItem"), kind="MeetingRequest")],
    ),
    "EWS-SEEN-077": ([attached("")], [attached('<t:ItemId Id="AAB=" ChangeKey="k1"/>')]),
    "EWS-SEEN-078": ([folder("<t:TotalCount>1</t:TotalCount>")], [folder("")]),
    "EWS-SEEN-079": ([permitted("Owner", "true")], [permitted("Editor", "true")]),
    "GRAPH-SEEN-007": (
        [graph("me/events", {"error": {"code": "ErrorItemNotFound", "message": "No."}}, 404)],
        [graph("me/events", {"error": {"code": "ErrorItemNotFound", "message": "No."}}, 405)],
    ),
    "EWS-SEEN-030": ([got(TIMES)], [got(BACKWARDS)]),
    "EWS-SEEN-032": (
        [got(f"<t:Start>{NINE}</t:Start><t:End>2026-03-03T09:00:00Z</t:End><t:IsAllDayEvent>true</t:IsAllDayEvent>")],
        [got(f"<t:Start>{NINE}</t:Start><t:End>2026-03-02T15:00:00Z</t:End><t:IsAllDayEvent>true</t:IsAllDayEvent>")],
    ),
    "EWS-SEEN-033": ([got(TIMES)], [got("<t:Start>2026-03-02T09:00:00</t:Start>")]),
    "EWS-SEEN-036": ([got(RECEIVED, kind="MeetingRequest")], [got(OWNED, kind="MeetingRequest")]),
    "EWS-SEEN-038": ([got(MINE("Organizer") + OWNED)], [got(MINE("NoResponseReceived") + OWNED)]),
    "EWS-SEEN-039": ([got(MINE("Accept") + RECEIVED)], [got(MINE("Organizer") + RECEIVED)]),
    "EWS-SEEN-060": ([got(OFFERS("CancelCalendarItem") + OWNED)], [got(OFFERS("DeclineItem") + OWNED)]),
    "EWS-SEEN-061": ([got(OFFERS("DeclineItem") + RECEIVED)], [got(OFFERS("CancelCalendarItem") + RECEIVED)]),
    "EWS-SEEN-062": (
        [got(OFFERS("ReplyToItem"), kind="MeetingResponse")],
        [got(OFFERS("DeclineItem"), kind="MeetingResponse")],
    ),
    "EWS-SEEN-065": (
        [got(OFFERS("ForwardItem") + "<t:IsMeeting>false</t:IsMeeting>")],
        [got(OFFERS("ReplyToItem") + "<t:IsMeeting>false</t:IsMeeting>")],
    ),
    "EWS-SEEN-070": ([got("", "IdOnly")], [got(SUBJECT, "IdOnly")]),
    "EWS-SEEN-071": ([got(SUBJECT)], [got("<t:MimeContent>QQ==</t:MimeContent>")]),
    "EWS-SEEN-072": ([created()], [created(SUBJECT)]),
    "EWS-SEEN-073": ([updated()], [updated(SUBJECT)]),
    "EWS-SEEN-074": ([found(TIMES)], [found('<t:Body BodyType="Text">B</t:Body>')]),
    "EWS-SEEN-075": (
        [got('<t:Body BodyType="Text">B</t:Body>', shape="<t:BodyType>Text</t:BodyType>")],
        [got('<t:Body BodyType="HTML">B</t:Body>', shape="<t:BodyType>Text</t:BodyType>")],
    ),
    "EWS-SEEN-076": (
        [got(TIMES, shape='<t:AdditionalProperties><t:FieldURI FieldURI="calendar:Start"/></t:AdditionalProperties>')],
        [got("", shape='<t:AdditionalProperties><t:FieldURI FieldURI="calendar:Start"/></t:AdditionalProperties>')],
    ),
    "EWS-SEEN-080": ([page(1, 1, "true")], [page(2, 1, "true")]),
    "EWS-SEEN-081": ([page(1, 2, "false", FEW)], [page(2, 2, "true", FEW)]),
    "EWS-SEEN-085": ([page(1, 1, "true")], [page(1, 1, "true", kind="Occurrence")]),
    "EWS-SEEN-087": ([synchronised(1)], [synchronised(2)]),
    "EWS-SEEN-047": ([got(OFF("Free"))], [got(OFF("Busy"))]),
    "EWS-SEEN-050": ([got(MASTER)], [got(TIMES + KIND("Single") + RECURRENCE)]),
    "EWS-SEEN-051": ([got(MASTER)], [got(TIMES + KIND("RecurringMaster") + MODIFIED(NINE))]),
    "EWS-SEEN-053": (
        [got(f"<t:OriginalStart>{NINE}</t:OriginalStart>" + KIND("Exception"))],
        [got(f"<t:OriginalStart>{NINE}</t:OriginalStart>" + KIND("Single"))],
    ),
    "EWS-SEEN-054": (
        [got(MASTER + MODIFIED("2026-03-04T10:00:00Z"))],
        [got(MASTER + MODIFIED("2026-03-04T00:00:00Z"))],
    ),
    "EWS-SEEN-064": (
        [got(OFFERS("DeclineItem") + MASTER + RECEIVED)],
        [got(OFFERS("ProposeNewTime") + MASTER + RECEIVED)],
    ),
    "EWS-SEEN-084": ([found(TIMES + KIND("Occurrence"))], [found(MASTER)]),
    "EWS-SEEN-086": (
        [found(TIMES)],
        [found("<t:Start>2026-03-04T09:00:00Z</t:Start><t:End>2026-03-04T10:00:00Z</t:End>")],
    ),
    "EWS-SEEN-102": ([refused(DAY_ONE, SPRING, "ErrorTimeIntervalTooBig")], [availability(DAY_ONE, SPRING)]),
    "EWS-SEEN-101": ([refused(DAY_TWO, DAY_ONE, "ErrorInvalidTimeInterval")], [availability(DAY_TWO, DAY_ONE)]),
    "EWS-SEEN-103": (
        [availability(DAY_ONE, DAY_TWO, suggestions=True, answer="<m:SuggestionsResponse/>")],
        [availability(DAY_ONE, DAY_TWO, suggestions=True)],
    ),
    "EWS-SEEN-104": (
        [availability(DAY_ONE, DAY_TWO, suggestions=True, answer=suggested(1))],
        [availability(DAY_ONE, DAY_TWO, suggestions=True, answer=suggested(2))],
    ),
    "EWS-SEEN-090": ([subscribed("Pull", MARK)], [subscribed("Pull", "")]),
    "EWS-SEEN-091": ([notified("<t:StatusEvent/>")], [notified("")]),
    "EWS-SEEN-092": (
        [resolved(1, "Success", "NoError"), resolved(2, "Warning", "ErrorNameResolutionMultipleResults")],
        [resolved(2, "Success", "NoError")],
    ),
    "EWS-SEEN-100": ([availability(DAY_ONE, DAY_TWO)], [availability(DAY_ONE, DAY_TWO, boxes=2)]),
    "EWS-SEEN-105": (
        [availability(DAY_ONE, DAY_TWO)],
        [availability(DAY_ONE, DAY_TWO, kind="Detailed")],
    ),
    "EWS-SEEN-107": (
        [availability(DAY_ONE, DAY_TWO, wanted="FreeBusyMerged", kind="FreeBusyMerged", content=MERGED("0" * 24))],
        [availability(DAY_ONE, DAY_TWO, wanted="FreeBusyMerged")],
    ),
    "EWS-SEEN-108": (
        [availability(DAY_ONE, DAY_TWO, wanted="MergedOnly", kind="MergedOnly", content=MERGED("0" * 24))],
        [availability(DAY_ONE, DAY_TWO, wanted="MergedOnly", kind="MergedOnly", content=MERGED("0" * 23))],
    ),
    "EWS-SEEN-109": tuple(
        [
            availability(
                DAY_ONE,
                DAY_TWO,
                wanted="FreeBusyMerged",
                kind="FreeBusyMerged",
                content=MERGED("0" * 9 + digit + "0" * 14) + EVENT("2026-03-02T09:15:00", "2026-03-02T09:30:00"),
            )
        ]
        for digit in ("2", "1")
    ),
    "EWS-SEEN-110": (
        [availability(DAY_ONE, DAY_TWO, content=EVENT("2026-03-02T09:00:00", "2026-03-02T10:00:00"))],
        [availability(DAY_ONE, DAY_TWO, content=EVENT("2026-03-04T09:00:00", "2026-03-04T10:00:00"))],
    ),
    "EWS-SEEN-121": ([got(SUBJECT), updated()], [got(SUBJECT), updated(key="k1")]),
    "EWS-SEEN-122": (
        [got(""), got("", key="k2"), updated(code="ErrorIrresolvableConflict", attributes=NEVER)],
        [got(""), got("", key="k2"), updated(key="k3", attributes=NEVER)],
    ),
    "EWS-SEEN-123": (
        [asked("AAA=", "NoError", "DeleteItem", HARD), asked("AAA=", "ErrorItemNotFound")],
        [asked("AAA=", "NoError", "DeleteItem", HARD), got("")],
    ),
    "EWS-SEEN-124": ([created(), got("")], [created(), asked("AAA=", "ErrorItemNotFound")]),
    "EWS-SEEN-129": ([created(asks=RESOURCE), got(RESOURCE)], [created(asks=RESOURCE), got(REQUIRED)]),
    "EWS-SEEN-140": (
        [created(code="ErrorMessageDispositionRequired", kind="AcceptItem", attributes="")],
        [created(kind="AcceptItem", attributes="")],
    ),
    "EWS-SEEN-141": (
        [created(code="ErrorSendMeetingInvitationsRequired", attributes="")],
        [created(attributes="")],
    ),
    "EWS-SEEN-142": (
        [updated(code="ErrorSendMeetingInvitationsOrCancellationsRequired", sends=False)],
        [updated(sends=False)],
    ),
    "EWS-SEEN-143": (
        [created(code="ErrorCalendarEndDateIsEarlierThanStartDate", asks=BACKWARDS)],
        [created(asks=BACKWARDS)],
    ),
    "EWS-SEEN-144": (
        [created(code="ErrorInvalidItemForOperationCreateItem", kind="MeetingRequest")],
        [created(kind="MeetingRequest")],
    ),
    "EWS-SEEN-147": ([asked("!!!", "ErrorInvalidIdMalformed")], [asked("!!!", "ErrorItemNotFound")]),
    "EWS-SEEN-145": (
        [got(OWNED), responded("AcceptItem", "ErrorCalendarIsOrganizerForAccept")],
        [got(OWNED), responded("AcceptItem")],
    ),
    "EWS-SEEN-146": (
        [got(RECEIVED), responded("CancelCalendarItem", "ErrorCalendarIsNotOrganizer")],
        [got(RECEIVED), responded("CancelCalendarItem")],
    ),
    "EWS-SEEN-148": (
        [got(MASTER), occurrence(5, "ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange")],
        [got(MASTER), occurrence(5, "ErrorItemNotFound")],
    ),
    "GRAPH-SEEN-001": ([event()], [graph("me", {"id": "a"}, headers=JSON[:1])]),
    "GRAPH-SEEN-002": (
        [
            graph(
                "me", {"id": "a"}, headers=(*JSON, ("client-request-id", "mine")), sent=(("client-request-id", "mine"),)
            )
        ],
        [graph("me", {"id": "a"}, sent=(("client-request-id", "mine"),))],
    ),
    "GRAPH-SEEN-005": (
        [graph("me/events", {"error": {"code": "X", "message": "No."}}, 404)],
        [graph("me/events", None, 404, JSON[1:])],
    ),
    "GRAPH-SEEN-010": ([event()], [graph("me", {"@odata.context": "/v1.0/me", "id": "a"})]),
    "GRAPH-SEEN-012": (
        [listed("me/messages?$skip=1", link=f"{GRAPH}/me/messages?$skip=2")],
        [listed("me/messages?$skip=1", link=f"{GRAPH}/me/messages?$skip=1")],
    ),
    "GRAPH-SEEN-014": ([listed("me/messages?$top=1", {})], [listed("me/messages?$top=1", {}, {})]),
    "GRAPH-SEEN-015": (
        [
            graph(
                "me/calendarView/delta",
                {"value": [{}], "@odata.deltaLink": GRAPH},
                sent=(("Prefer", "odata.maxpagesize=1"),),
            )
        ],
        [
            graph(
                "me/calendarView/delta",
                {"value": [{}, {}], "@odata.deltaLink": GRAPH},
                sent=(("Prefer", "odata.maxpagesize=1"),),
            )
        ],
    ),
    "GRAPH-SEEN-019": (
        [graph("me?$select=mail", {"id": "a", "mail": "a@example.com"})],
        [graph("me?$select=mail", {"mail": "a@example.com", "displayName": "A"})],
    ),
    "GRAPH-SEEN-020": (
        [listed("me/events", {}, link=f"{GRAPH}/me/events?$skip=1")],
        [listed("me/events", {}, link=f"{GRAPH}/me/events?$skip=10")],
    ),
    "GRAPH-SEEN-034": (
        [listed("me/events", {"id": "A", "showAs": "free", "type": "singleInstance"})],
        [listed("me/events", {"id": "A", "showAs": "free", "type": "occurrence"})],
    ),
    "GRAPH-SEEN-035": (
        [listed(VIEW, {"id": "A", "showAs": "free", "start": day(2, 9), "end": day(2, 10)})],
        [listed(VIEW, {"id": "A", "showAs": "free", "start": day(4, 9), "end": day(4, 10)})],
    ),
    "GRAPH-SEEN-038": ([event(bodyPreview="x" * 255)], [event(bodyPreview="x" * 256)]),
    "GRAPH-SEEN-043": (
        [event(isCancelled=True, isOrganizer=False, showAs="free")],
        [event(isCancelled=True, isOrganizer=False, showAs="busy")],
    ),
    "GRAPH-SEEN-053": (
        [invitation(startDateTime=day(2, 9), endDateTime=day(2, 10))],
        [invitation(startDateTime=day(2, 10), endDateTime=day(2, 9))],
    ),
    "GRAPH-SEEN-073": ([scheduled(day(2, 9), day(2, 10))], [scheduled(day(4, 9), day(4, 10))]),
    "GRAPH-SEEN-081": ([posted(isOrganizer=True)], [posted(isOrganizer=False)]),
    "GRAPH-SEEN-084": (
        [graph("me/events/A", {"id": "A", "showAs": "free", "subject": "B"}, method="PATCH", body={"Subject": "B"})],
        [graph("me/events/A", {"id": "A", "showAs": "free", "subject": "A"}, method="PATCH", body={"Subject": "B"})],
    ),
    "GRAPH-SEEN-101": (
        [DELETED, graph("me/events/A", {"error": {"code": "ErrorItemNotFound", "message": "No."}}, 404)],
        [DELETED, graph("me/events/A", {"id": "A"})],
    ),
    "GRAPH-SEEN-004": (
        [graph("me/events", THROTTLED, 429, (*JSON, ("Retry-After", "10")))],
        [graph("me/events", THROTTLED, 429)],
    ),
    "GRAPH-SEEN-031": (
        [event(isAllDay=True, start=day(2), end=day(3))],
        [event(isAllDay=True, start=day(2, 9), end=day(3, 9))],
    ),
    "GRAPH-SEEN-039": (
        [repeated(type="endDate", endDate="2026-03-09"), repeated(type="numbered", numberOfOccurrences=1)],
        [repeated(type="endDate", endDate="2026-03-01")],
    ),
    "WIRE-SEEN-006": (
        [event()],
        [Exchange(Request("GET", f"{GRAPH}/me"), Response(200, "", JSON, b"no JSON"))],
    ),
    "WIRE-SEEN-002": (
        [graph("me/events", THROTTLED, 429, (*JSON, ("Retry-After", "Mon, 02 Mar 2026 09:00:00 GMT")))],
        [graph("me/events", THROTTLED, 429, (*JSON, ("Retry-After", "soon")))],
    ),
}
OF_ANY = [
    check
    for check in CHECKS
    if any(standard_catalogue().requirement(one).area.startswith("passive-") for one in check.requirements)
]


def verdicts(exchanges):
    """What is found of each requirement on any exchange: whether it holds everywhere."""
    watch = Watch(OF_ANY)
    told = {}
    for number, exchange in enumerate(exchanges, start=1):
        for finding in watch.see(Seen(exchange, number, "ann")):
            told.setdefault(finding.requirement, set()).add(finding.verdict)
    return {requirement: found == {Verdict.PASS} for requirement, found in told.items()}


@pytest.mark.parametrize("requirement", ROWS)
def test_a_rule_holds_where_it_should_and_where_it_does_not_it_fails_alone(requirement):
    good, bad = (verdicts(exchanges) for exchanges in ROWS[requirement])
    # An answer that refuses as a whole is none to which a rule on granted answers has to say anything.
    assert good.get(requirement, requirement in {"EWS-SEEN-101", "EWS-SEEN-102"})
    assert [one for one, holds in good.items() if not holds] == []
    assert [one for one, holds in bad.items() if not holds] == [requirement]


def under(version, exchange):
    """The exchange as if it had asked for another schema version."""
    body = exchange.request.body.replace(b"Exchange2016", version.encode())
    return replace(exchange, request=replace(exchange.request, body=body))


@pytest.mark.parametrize(
    ("looks", "red"),
    [
        ([("Exchange2016", "WorkingElsewhere"), ("Exchange2010", "Free")], False),
        ([("Exchange2010", "Free"), ("Exchange2016", "WorkingElsewhere")], False),
        ([("Exchange2016", "WorkingElsewhere"), ("Exchange2010", "Free"), ("Exchange2016", "WorkingElsewhere")], False),
        ([("Exchange2010", "Free"), ("Exchange2016", "Busy")], True),
        ([("Exchange2016", "WorkingElsewhere"), ("Exchange2013", "Free")], True),
    ],
)
def test_a_change_key_stands_for_what_each_schema_version_can_say(looks, red):
    watch = Watch(CHECKS)
    exchanges = [
        under(version, got(f"<t:LegacyFreeBusyStatus>{status}</t:LegacyFreeBusyStatus>")) for version, status in looks
    ]
    found = [one for number, each in enumerate(exchanges, start=1) for one in watch.see(Seen(each, number, "ann"))]
    broken = [one for one in found if one.requirement == "EWS-SEEN-120" and one.verdict is Verdict.FAIL]
    assert bool(broken) is red
