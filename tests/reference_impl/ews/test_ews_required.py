"""What an answer must have: leaving any mandatory part out makes it invalid."""

import copy

import pytest
from lxml import etree

from reference_impl.ews.namespaces import ERRORS, m, s, t
from reference_impl.schemas import Direction, ews_schema

MANDATORY = {
    s("Header"),
    s("Body"),
    t("ServerVersionInfo"),
    m("ResponseMessages"),
    m("CreateItemResponse"),
    m("CreateItemResponseMessage"),
    m("GetItemResponse"),
    m("GetItemResponseMessage"),
    m("FindItemResponse"),
    m("FindItemResponseMessage"),
    m("UpdateItemResponse"),
    m("UpdateItemResponseMessage"),
    m("ResponseCode"),
    m("MessageText"),
    m("DescriptiveLinkKey"),
    m("Items"),
    m("Folders"),
    m("RootFolder"),
    m("ConflictResults"),
    m("FreeBusyResponseArray"),
    m("ResponseMessage"),
    m("AlternateId"),
    m("TimeZoneDefinitions"),
    m("ResolutionSet"),
    t("Items"),
    t("Count"),
    t("ItemId"),
    t("FolderId"),
    t("Mailbox"),
    t("EmailAddress"),
    t("FreeBusyViewType"),
    t("StartTime"),
    t("EndTime"),
    t("BusyType"),
    t("IsMeeting"),
    t("IsRecurring"),
    t("IsException"),
    t("IsReminderSet"),
    t("IsPrivate"),
    t("TimeZone"),
    t("WorkingPeriodArray"),
    t("WorkingPeriod"),
    t("Bias"),
    t("StandardTime"),
    t("DaylightTime"),
    t("StartTimeInMinutes"),
    t("Periods"),
    t("To"),
    "faultcode",
    "faultstring",
    "detail",
    f"{{{ERRORS}}}ResponseCode",
    f"{{{ERRORS}}}Message",
    t("LineNumber"),
    t("LinePosition"),
    t("Violation"),
}
FLAGS = {t(name) for name in ("IsMeeting", "IsRecurring", "IsException", "IsReminderSet", "IsPrivate")}
OPTIONAL_ATTRIBUTES = {
    "Version",
    "Name",
    "IndexedPagingOffset",
    "IsTruncated",
    "{http://www.w3.org/XML/1998/namespace}lang",
}
OPTIONAL_KEYS = {t("ParentFolderId"), t("FolderId")}

AVAILABILITY = (
    "<m:GetUserAvailabilityRequest><m:MailboxDataArray><t:MailboxData><t:Email><t:Address>organizer0@example.com"
    "</t:Address></t:Email><t:AttendeeType>Required</t:AttendeeType></t:MailboxData></m:MailboxDataArray>"
    "<t:FreeBusyViewOptions><t:TimeWindow><t:StartTime>2026-06-25T00:00:00</t:StartTime>"
    "<t:EndTime>2026-06-26T00:00:00</t:EndTime></t:TimeWindow><t:RequestedView>DetailedMerged</t:RequestedView>"
    "</t:FreeBusyViewOptions></m:GetUserAvailabilityRequest>"
)


@pytest.fixture
def answers(organizer, attendee, meeting, tools):
    """Answers of every operation, of success and failure, and a fault."""
    request_id = attendee.only("inbox", "MeetingRequest")
    folder = (
        "<m:GetFolder><m:FolderShape><t:BaseShape>AllProperties</t:BaseShape></m:FolderShape><m:FolderIds>"
        '<t:DistinguishedFolderId Id="inbox"/></m:FolderIds></m:GetFolder>'
    )
    rename = tools.set_field("item:Subject", "<t:Subject>Renamed</t:Subject>")
    identity = etree.fromstring(meeting).get("Id")
    return [
        organizer.get(meeting),
        attendee.get(request_id),
        organizer.get('<t:ItemId Id="AAAA"/>'),
        organizer.find("calendar", shape="AllProperties"),
        organizer.find("inbox", view='<m:IndexedPageItemView MaxEntriesReturned="0" Offset="0" BasePoint="End"/>'),
        organizer.update(meeting, rename),
        organizer.update(meeting, rename, sending=None),
        organizer.delete('<t:ItemId Id="AAAA"/>'),
        organizer(folder),
        organizer(folder.replace("inbox", "voicemail")),
        organizer(AVAILABILITY),
        organizer(AVAILABILITY.replace("organizer0@", "nobody@")),
        organizer("<m:GetServerTimeZones><m:Ids><t:Id>Romance Standard Time</t:Id></m:Ids></m:GetServerTimeZones>"),
        organizer(
            '<m:ConvertId DestinationFormat="HexEntryId"><m:SourceIds>'
            f'<t:AlternateId Format="EwsId" Id="{identity}" Mailbox="x@y"/></m:SourceIds></m:ConvertId>'
        ),
        organizer(
            '<m:ResolveNames ReturnFullContactData="false"><m:UnresolvedEntry>attendee3</m:UnresolvedEntry>'
            "</m:ResolveNames>"
        ),
        attendee.answer("AcceptItem", request_id),
        organizer("<m:GetItem/>"),
    ]


def schema_of(answer):
    return ews_schema("Exchange2016", Direction.FAULT if answer.status == 500 else Direction.ANSWER)


def is_repeated(element):
    """Whether a sibling of the same name would still be there."""
    parent = element.getparent()
    return parent is not None and len(parent.findall(element.tag)) > 1


def elements(answer):
    return list(answer.root.iter(etree.Element))


def without(answer, change):
    """A copy of the answer's tree after ``change`` was made to the element at the same place."""
    changed = copy.deepcopy(answer.root)
    change(list(changed.iter(etree.Element)))
    return changed


def is_mandatory(answer, element):
    if element.tag not in MANDATORY or is_repeated(element):
        return False
    if element.tag in FLAGS:
        return element.getparent().tag == t("CalendarEventDetails")
    if element.tag == t("TimeZone"):
        return element.getparent().tag == t("WorkingHours")
    return answer.status == 200 or element.tag not in {s("Header"), t("ServerVersionInfo")}


def test_no_mandatory_element_can_be_left_out(answers):
    tried = set()
    for answer in answers:
        schema = schema_of(answer)
        for index, element in enumerate(elements(answer)):
            if not is_mandatory(answer, element):
                continue
            cut = without(answer, lambda found, index=index: found[index].getparent().remove(found[index]))
            assert not schema.validate(cut), answer.root.getroottree().getpath(element)
            tried.add(element.tag)
    assert tried == MANDATORY


def test_no_mandatory_attribute_can_be_left_out(answers):
    tried = set()
    for answer in answers:
        schema = schema_of(answer)
        for index, element in enumerate(elements(answer)):
            for name in element.attrib:
                if name in OPTIONAL_ATTRIBUTES or (name == "ChangeKey" and element.tag in OPTIONAL_KEYS):
                    continue
                cut = without(answer, lambda found, index=index, name=name: found[index].attrib.pop(name))
                assert not schema.validate(cut), f"{answer.root.getroottree().getpath(element)}/@{name}"
                tried.add(name)
    assert {"ResponseClass", "Id", "ChangeKey", "TotalItemsInView", "IncludesLastItemInRange", "BodyType"} <= tried


def test_an_answer_with_an_element_it_should_not_have_is_invalid(answers):
    for answer in answers:
        schema = schema_of(answer)
        for index, element in enumerate(elements(answer)[:60]):
            grown = without(answer, lambda found, index=index: found[index].append(etree.Element(t("Surprise"))))
            assert not schema.validate(grown), answer.root.getroottree().getpath(element)
