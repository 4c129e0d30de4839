"""No answer can lose a part that the protocol always sends: the schemas notice, answer by answer, part by part."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest

from conformance.model.exchange import Exchange
from conformance.tape.cassette import read_cassette
from conformance.wire import path as paths
from conformance.wire import validate
from conformance.wire.json_schema import quick_verdict
from conformance.wire.operation import Protocol, protocol
from tests.recorded import REFERENCE

pytestmark = pytest.mark.slow

# What an EWS answer may be without: the properties that a shape asks for, entries of lists, and what the documents call
# optional.
OPTIONAL_EWS = re.compile(
    r"""/t:(Message|Meeting\w+|CalendarItem|Folder|CalendarFolder|ContactsFolder|TasksFolder)(\[\d+\])?/t:\w+$
    | /t:ResponseObjects/ | /t:Categories/ | /t:Body/@IsTruncated$
    | /t:Attendee(\[\d+\])?/t:(ResponseType|LastResponseTime|Proposed\w+)$
    | /t:Mailbox/t:(Name|RoutingType|MailboxType|EmailAddress)$
    | /t:CalendarEventDetails/t:(ID|Subject|Location)$
    | /t:(ToRecipients|CcRecipients)/t:Mailbox(\[\d+\])?/t:(Name|RoutingType|MailboxType|EmailAddress)$
    | /t:(ParentFolderId|FolderId)/@ChangeKey$ | /t:EffectiveRights/t:ViewPrivateItems$ | /t:ChangeHighlights/t:\w+$
    | /t:(StartTimeZone|EndTimeZone|TimeZoneDefinition)(\[\d+\])?/@Name$
    | /m:TimeZoneDefinitions/t:TimeZoneDefinition(\[\d+\])?$
    | /t:Periods/t:Period(\[\d+\])?$ | /t:ExtendedFieldURI/@\w+$
    | /m:FreeBusyView/t:(MergedFreeBusy|CalendarEventArray)$
    | /t:InternetMessageHeader(\[\d+\])?$
    | ^/s:Header/t:ServerVersionInfo(/@Version)?$ | /faultstring/@xml:lang$
    | /m:RootFolder/@(IndexedPagingOffset|NumeratorOffset|AbsoluteDenominator)$
    | /t:UserId/t:(SID|PrimarySmtpAddress|DisplayName|DistinguishedUser)$
    | /t:DelegatePermissions/t:\w+$ | /m:GetDelegateResponse/m:DeliverMeetingRequests$
    | /(m:DLExpansion/t:Mailbox|m:RoomLists/t:Address|t:Room(\[\d+\])?/t:Id)(\[\d+\])?/t:(Name|RoutingType|MailboxType)$
    | /t:ModifiedEvent(\[\d+\])?/t:UnreadCount$ | /m:ConnectionStatus$ | /m:SubscribeResponseMessage/m:Watermark$
    | /t:Delete(\[\d+\])?/t:ItemId/@ChangeKey$ | /t:WeeklyRecurrence/t:FirstDayOfWeek$
    | /t:(File|Item)Attachment(\[\d+\])?/t:(Name|ContentType|Size|LastModifiedTime|IsInline|IsContactPhoto)$
    | /t:InboxReminder(\[\d+\])?/t:\w+$ | /t:Reminder(\[\d+\])?/t:(Location|ReminderGroup|RecurringMasterItemId)$
    | /m:UpdatedItemIds/t:ItemId(\[\d+\])?$ | /t:MeetingTimeZone/@TimeZoneName$
    | /t:EnhancedLocation/(t:Annotation|t:PostalAddress/t:\w+)$
    """,
    re.VERBOSE,
)
TRIES = 4  # in how many answers one place is tried
# What a Graph answer may be without. Of what was expanded a request may select, and patterns need not be alike.
OPTIONAL_GRAPH = re.compile(
    r"""(?x) @odata\.(nextLink|count|deltaLink|context|type|mediaContentType)
    | transactionId | proposedNewTime | \[\d+\]$
    | recurrence\.pattern\.(month|dayOfMonth|firstDayOfWeek|index)$
    | recurrence\.range\.(endDate|recurrenceTimeZone|numberOfOccurrences)$
    | \.attachments\[\d+\] | ^\$\.item\. | \.exceptionOccurrences\[\d+\] | \.suggestionReason$
    | ^\$\.responses\[\d+\]\.(headers|body)\b  # the parts of a batch, which are of many kinds
    """
)
# What an entry of a delta may be without: all but the id of what is gone, and what $select left out.
OPTIONAL_DELTA = re.compile(r"^\$\.value\[\d+\]\.(?!id$)[\w.]+$")


def golden() -> list[tuple[str, Exchange]]:
    """One answer of each shape: the names of all its parts, in order."""
    shapes: dict[tuple[str, ...], tuple[str, Exchange]] = {}
    for file in sorted(REFERENCE.glob("*.yaml")):
        for number, exchange in enumerate(read_cassette(file).exchanges, start=1):
            if not exchange.response.body or protocol(exchange.request) not in {Protocol.EWS, Protocol.GRAPH}:
                continue
            try:
                parts = tuple(path for path, _ in paths.leaves(exchange.response.body))
            except ValueError:
                continue
            shapes.setdefault(parts, (f"{file.stem} {number}", exchange))
    return list(shapes.values())


def required(exchange: Exchange) -> Iterator[str]:
    """The paths of the parts that the answer may not be without."""
    optional = OPTIONAL_EWS if paths.looks_like_xml(exchange.response.body) else OPTIONAL_GRAPH
    for path, _ in paths.leaves(exchange.response.body):
        is_entry = "/delta?" in exchange.request.url + "?" and OPTIONAL_DELTA.search(path)
        if not optional.search(path) and not is_entry:
            yield path


@pytest.fixture
def is_invalid(monkeypatch):
    """Whether an answer breaks its schema, not in what: to tell that would take nine tenths of the time."""

    def told(document, reference, *, is_open=False):
        return () if quick_verdict(reference, is_open)(document) else [("", "")]

    def look(exchange):
        with monkeypatch.context() as patch:
            if "odata.metadata=none" not in (exchange.response.header("content-type") or ""):
                patch.setattr(validate, "breaches", told)
            return bool(validate.violations(exchange))

    return look


def test_losing_any_required_part_makes_an_answer_invalid(is_invalid):
    tried: Counter[str] = Counter()
    missed = []
    for name, exchange in golden():
        if is_invalid(exchange):
            missed.append(f"{name}: invalid as it is")
            continue
        for path in required(exchange):
            place = re.sub(r"\[\d+\]", "", path)
            if tried[place] == TRIES:
                continue
            tried[place] += 1
            body = paths.remove(exchange.response.body, path)
            if not is_invalid(replace(exchange, response=replace(exchange.response, body=body))):
                missed.append(f"{name}: {path}")
    assert missed == []
    assert tried.total() > 1000
