"""CreateAttachment, GetAttachment, DeleteAttachment, and attachments in the shapes of items."""

import base64

import pytest
from lxml import etree

from reference_impl.domain.acts import Delivery, MessageDraft, NewAttachment
from reference_impl.domain.items import Reference
from reference_impl.ews.ids import attachment_id, stored_id
from reference_impl.ews.namespaces import MESSAGES, m, t
from reference_impl.mapi.contents import mime_of
from reference_impl.service import attachments, messages
from reference_impl.service.directory import find_mailbox
from reference_impl.service.item_ids import IdKind
from reference_impl.service.settings import Settings

TEXT = base64.b64encode(b"Dear all").decode()
FILE = f"<t:FileAttachment><t:Name>agenda.txt</t:Name><t:Content>{TEXT}</t:Content></t:FileAttachment>"
FULL_FILE = (
    "<t:FileAttachment><t:Name>logo.png</t:Name><t:ContentType>image/png</t:ContentType><t:ContentId>logo@x"
    "</t:ContentId><t:ContentLocation>http://x/logo.png</t:ContentLocation><t:IsInline>true</t:IsInline>"
    f"<t:IsContactPhoto>false</t:IsContactPhoto><t:Content>{TEXT}</t:Content></t:FileAttachment>"
)
NOTE = (
    "<t:ItemAttachment><t:Name>Note</t:Name><t:Message><t:Subject>Inner</t:Subject>{inside}</t:Message>"
    "</t:ItemAttachment>"
)
DRAFT = (
    '<m:CreateItem MessageDisposition="SaveOnly"><m:Items><t:Message><t:Subject>Outer</t:Subject>{inside}'
    "</t:Message></m:Items></m:CreateItem>"
)


def attach(speaker, item_id, *attachments):
    parent = item_id.replace("t:ItemId", "m:ParentItemId")
    return speaker(
        f"<m:CreateAttachment>{parent}<m:Attachments>{''.join(attachments)}</m:Attachments></m:CreateAttachment>"
    )


def get_attachment(speaker, *found, shape=""):
    return speaker(f"<m:GetAttachment>{shape}<m:AttachmentIds>{ids_of(found)}</m:AttachmentIds></m:GetAttachment>")


def delete_attachment(speaker, *found):
    return speaker(f"<m:DeleteAttachment><m:AttachmentIds>{ids_of(found)}</m:AttachmentIds></m:DeleteAttachment>")


def ids_of(found):
    return "".join(f'<t:AttachmentId Id="{one.get("Id") if hasattr(one, "get") else one}"/>' for one in found)


def root_of(element):
    """The ItemId of the item that an answer names as the root."""
    return f'<t:ItemId Id="{element.get("RootItemId")}" ChangeKey="{element.get("RootItemChangeKey")}"/>'


def listed(speaker, item_id):
    """The names of an item's attachments, and whether the item is said to have any."""
    shown = speaker.get(item_id, shape="IdOnly", paths=("item:Attachments", "item:HasAttachments"))
    return shown.texts("Name"), shown.text("HasAttachments")


@pytest.fixture
def draft(organizer):
    (item_id,) = organizer(DRAFT.format(inside="")).ids("Message")
    return item_id


@pytest.mark.requirement("EWS-MTG-335")
def test_a_created_attachment_is_told_with_its_root_whose_change_key_is_new(organizer, meeting):
    answer = attach(organizer, meeting, FILE)
    created = answer.one("AttachmentId")
    before = etree.fromstring(f'<x xmlns:t="urn:x">{meeting}</x>')[0]
    assert created.get("RootItemId") == before.get("Id")
    assert created.get("RootItemChangeKey") != before.get("ChangeKey")
    assert (
        organizer.get(meeting, shape="IdOnly").ids("CalendarItem")[0]
        == organizer.get(root_of(created), shape="IdOnly").ids("CalendarItem")[0]
    )
    assert listed(organizer, meeting) == (["agenda.txt"], "true")


def test_each_attachment_of_a_request_has_an_answer_of_its_own(organizer, draft):
    answer = attach(organizer, draft, FILE, "<t:FileAttachment><t:Name>x</t:Name></t:FileAttachment>", FULL_FILE)
    assert answer.codes == ["NoError", "ErrorRequiredPropertyMissing", "NoError"]
    assert answer.one("ExceptionFieldURI").get("FieldURI") == "attachment:Content"
    last = answer.all("AttachmentId")[-1]
    assert organizer.get(draft, shape="IdOnly").one("ItemId").get("ChangeKey") == last.get("RootItemChangeKey")
    assert listed(organizer, draft) == (["agenda.txt", "logo.png"], "true")


def test_a_file_comes_back_as_it_was_given(organizer, draft):
    created = attach(organizer, draft, FULL_FILE).one("AttachmentId")
    answer = get_attachment(organizer, created)
    assert {child.tag: child.text for child in answer.one("FileAttachment") if child.tag != t("LastModifiedTime")} == {
        t("AttachmentId"): None,
        t("Name"): "logo.png",
        t("ContentType"): "image/png",
        t("ContentId"): "logo@x",
        t("ContentLocation"): "http://x/logo.png",
        t("Size"): "8",
        t("IsInline"): "true",
        t("IsContactPhoto"): "false",
        t("Content"): TEXT,
    }
    assert answer.one("AttachmentId").attrib == {"Id": created.get("Id")}
    of_2007 = get_attachment(organizer.at("Exchange2007_SP1"), created).one("FileAttachment")
    assert not {t("Size"), t("IsInline"), t("LastModifiedTime")} & {child.tag for child in of_2007}


def test_what_is_shown_in_the_body_does_not_count_as_attached(organizer, draft):
    attach(organizer, draft, FULL_FILE)
    assert listed(organizer, draft) == (["logo.png"], "false")
    attach(organizer, draft, FILE)
    assert listed(organizer, draft) == (["logo.png", "agenda.txt"], "true")
    found = organizer.find(
        "drafts",
        shape="AllProperties",
        rest="<m:Restriction><t:IsEqualTo><t:FieldURI FieldURI='item:HasAttachments'/><t:FieldURIOrConstant>"
        "<t:Constant Value='true'/></t:FieldURIOrConstant></t:IsEqualTo></m:Restriction>",
    )
    assert found.text("HasAttachments") == "true"
    assert not found.all("Attachments")


def test_attachments_are_listed_without_their_contents(organizer, draft):
    attach(organizer, draft, FILE, NOTE.format(inside=""))
    shown = organizer.get(draft)
    assert [child.tag for child in shown.one("Attachments")] == [t("FileAttachment"), t("ItemAttachment")]
    assert not shown.all("Content")
    assert not shown.one("ItemAttachment").findall(t("Message"))


def test_an_attached_message_comes_back_with_its_properties_and_no_place(organizer, draft):
    created = attach(
        organizer,
        draft,
        NOTE.format(
            inside='<t:Sensitivity>Private</t:Sensitivity><t:Body BodyType="HTML">&lt;b&gt;x&lt;/b&gt;</t:Body>'
        ),
    )
    answer = get_attachment(organizer, created.one("AttachmentId"))
    inner = answer.one("Message")
    assert (inner.findtext(t("Subject")), inner.findtext(t("Sensitivity"))) == ("Inner", "Private")
    assert inner.findtext(t("Body")) == "<b>x</b>"
    assert not {t("ItemId"), t("ParentFolderId"), t("ResponseObjects")} & {child.tag for child in inner}


def test_the_shape_says_in_which_form_an_attached_item_comes(organizer, draft):
    html = '<t:Body BodyType="HTML">&lt;b&gt;x&lt;/b&gt;</t:Body>'
    created = attach(organizer, draft, NOTE.format(inside=html)).one("AttachmentId")
    shape = (
        "<m:AttachmentShape><t:BodyType>Text</t:BodyType><t:AdditionalProperties>"
        '<t:FieldURI FieldURI="item:TextBody"/></t:AdditionalProperties></m:AttachmentShape>'
    )
    inner = get_attachment(organizer, created, shape=shape).one("Message")
    assert (inner.find(t("Body")).get("BodyType"), inner.findtext(t("Body"))) == ("Text", "x")
    assert inner.findtext(t("TextBody")) == "x"


def test_a_calendar_item_can_be_attached(organizer, draft):
    event = (
        "<t:ItemAttachment><t:Name>Party</t:Name><t:CalendarItem><t:Subject>Party</t:Subject>"
        "<t:Start>2026-07-01T18:00:00Z</t:Start><t:End>2026-07-01T22:00:00Z</t:End></t:CalendarItem></t:ItemAttachment>"
    )
    created = attach(organizer, draft, event).one("AttachmentId")
    inner = get_attachment(organizer, created).one("CalendarItem")
    assert (inner.findtext(t("Subject")), inner.findtext(t("Start"))) == ("Party", "2026-07-01T18:00:00Z")
    assert not organizer.find("calendar").all("CalendarItem")


def test_a_generic_item_comes_back_as_a_message(organizer, draft):
    item = "<t:ItemAttachment><t:Name>x</t:Name><t:Item><t:Subject>Thing</t:Subject></t:Item></t:ItemAttachment>"
    created = attach(organizer, draft, item).one("AttachmentId")
    assert get_attachment(organizer, created).one("Message").findtext(t("Subject")) == "Thing"


def test_attachments_of_attached_items_are_opened_and_deleted_by_ids_of_their_own(organizer, draft):
    inside = NOTE.format(inside=f"<t:Attachments>{FILE}{NOTE.format(inside='')}</t:Attachments>")
    created = attach(organizer, draft, inside).one("AttachmentId")
    nested = get_attachment(organizer, created).one("Message").find(t("Attachments"))
    file_id, note_id = (child.find(t("AttachmentId")).get("Id") for child in nested)
    assert get_attachment(organizer, file_id).text("Content") == TEXT
    assert get_attachment(organizer, note_id).one("Message").findtext(t("Subject")) == "Inner"

    deleted = delete_attachment(organizer, file_id)
    assert organizer.get(root_of(deleted.root.find(f".//{m('RootItemId')}")), shape="IdOnly").ids("Message")
    left = get_attachment(organizer, created).one("Message").find(t("Attachments"))
    assert [child.tag for child in left] == [t("ItemAttachment")]
    assert get_attachment(organizer, file_id).code == "ErrorInvalidAttachmentId"


def test_a_deleted_attachment_leaves_the_item_with_a_new_change_key(organizer, draft):
    first, second = attach(organizer, draft, FILE, FULL_FILE).all("AttachmentId")
    answer = delete_attachment(organizer, first)
    root = answer.root.find(f".//{m('RootItemId')}")
    assert root.get("RootItemId") == second.get("RootItemId")
    assert root.get("RootItemChangeKey") not in {first.get("RootItemChangeKey"), second.get("RootItemChangeKey")}
    assert listed(organizer, draft) == (["logo.png"], "false")
    assert delete_attachment(organizer, first, second).codes == ["ErrorInvalidAttachmentId", "NoError"]


@pytest.mark.requirement("EWS-MTG-336")
def test_unknown_attachments_are_not_found(organizer, attendee, draft, meeting):
    created = attach(organizer, draft, FILE).one("AttachmentId")
    delete_attachment(organizer, created)
    assert get_attachment(organizer, created).code == "ErrorInvalidAttachmentId"
    assert (
        get_attachment(attendee, attach(organizer, draft, FILE).one("AttachmentId")).code == "ErrorInvalidAttachmentId"
    )


def test_ids_that_name_no_attachment_are_refused_as_what_they_are(organizer, draft):
    item_id = etree.fromstring(f'<x xmlns:t="urn:x">{draft}</x>')[0].get("Id")
    expected = ["ErrorInvalidIdEmpty", "ErrorInvalidIdMalformed", "ErrorInvalidIdNotAnItemAttachmentId"]
    assert get_attachment(organizer, "", "AAAA", item_id).codes == expected
    created = attach(organizer, draft, FILE).one("AttachmentId").get("Id")
    assert organizer.get(f'<t:ItemId Id="{created}"/>').code == "ErrorInvalidIdMalformed"


@pytest.mark.parametrize("kind", ["MeetingMessage", "MeetingRequest", "MeetingResponse", "MeetingCancellation", "Task"])
def test_what_cannot_be_attached_is_refused(organizer, draft, kind):
    item = f"<t:ItemAttachment><t:Name>x</t:Name><t:{kind}><t:Subject>x</t:Subject></t:{kind}></t:ItemAttachment>"
    assert attach(organizer, draft, item).code == "ErrorInvalidItemForOperationCreateItemAttachment"
    assert listed(organizer, draft) == ([], "false")


def test_an_attachment_needs_a_name_and_an_item(organizer, draft):
    nameless = attach(organizer, draft, f"<t:FileAttachment><t:Content>{TEXT}</t:Content></t:FileAttachment>")
    assert nameless.code == "ErrorRequiredPropertyMissing"
    assert nameless.one("ExceptionFieldURI").get("FieldURI") == "attachment:Name"
    empty = attach(organizer, draft, "<t:ItemAttachment><t:Name>x</t:Name></t:ItemAttachment>")
    assert empty.code == "ErrorMissingItemForCreateItemAttachment"


@pytest.mark.parametrize("content", ["\u00e9", "%%%%", "RGVh\u00a0cg==", "RGV-YQ=="])
def test_a_content_that_is_not_base64_is_a_fault_and_attaches_nothing(organizer, draft, content):
    wrong = f"<t:FileAttachment><t:Name>x</t:Name><t:Content>{content}</t:Content></t:FileAttachment>"
    assert attach(organizer, draft, FILE, wrong).fault == "ErrorSchemaValidation"
    assert listed(organizer, draft) == ([], "false")
    inside = f"<t:Attachments>{wrong}</t:Attachments>"
    assert organizer(DRAFT.format(inside=inside)).fault == "ErrorSchemaValidation"


def test_a_content_may_be_broken_into_lines(organizer, draft):
    (made,) = attach(organizer, draft, FILE.replace(TEXT, f"\n {TEXT[:4]}\r\n\t{TEXT[4:]} ")).all("AttachmentId")
    assert get_attachment(organizer, made).text("Content") == TEXT


def test_items_are_not_attached_to_each_other_without_end(organizer, draft):
    inside = NOTE.format(inside="")
    for _ in range(9):
        inside = NOTE.format(inside=f"<t:Attachments>{inside}</t:Attachments>")
    assert attach(organizer, draft, inside).code == "NoError"
    deeper = NOTE.format(inside=f"<t:Attachments>{inside}</t:Attachments>")
    assert attach(organizer, draft, deeper).code == "ErrorAttachmentNestLevelLimitExceeded"
    older = organizer.at("Exchange2010_SP1")
    assert attach(older, draft, deeper).code == "ErrorAttachmentSizeLimitExceeded"
    item = f"<t:Message><t:Subject>x</t:Subject><t:Attachments>{deeper}</t:Attachments></t:Message>"
    create = f'<m:CreateItem MessageDisposition="SaveOnly"><m:Items>{item}</m:Items></m:CreateItem>'
    assert organizer(create).code == "ErrorAttachmentNestLevelLimitExceeded"
    assert older(create).code == "ErrorAttachmentSizeLimitExceeded"


@pytest.mark.parametrize("settings", [Settings(attachment_bytes=7)])
def test_an_attachment_has_a_greatest_size(organizer, draft):
    assert attach(organizer, draft, FILE).code == "ErrorAttachmentSizeLimitExceeded"


@pytest.mark.parametrize("settings", [Settings(message_bytes=4000)])
def test_a_message_that_is_sent_has_a_greatest_size(organizer, attendee, tools, everything):
    big = base64.b64encode(bytes(4000)).decode()
    attachments = f"<t:Attachments>{FILE.replace(TEXT, big)}</t:Attachments>"
    before = everything()
    answer = organizer.create(attendees=("attendee0@example.com",), before=attachments)
    assert answer.code == "ErrorMessageSizeExceeded"
    assert everything() == before
    assert organizer.create(sending="SendToNone", before=attachments).code == "NoError"


def attached_event(rule, end="2026-06-25T11:00:00Z"):
    return (
        "<t:ItemAttachment><t:Name>x</t:Name><t:CalendarItem><t:Subject>x</t:Subject><t:Start>2026-06-25T10:00:00Z"
        f"</t:Start><t:End>{end}</t:End>{rule}</t:CalendarItem></t:ItemAttachment>"
    )


def repeated(interval=1, start="2026-06-25", count=3, days=None):
    kind, more = ("Daily", "") if days is None else ("Weekly", f"<t:DaysOfWeek>{days}</t:DaysOfWeek>")
    return (
        f"<t:Recurrence><t:{kind}Recurrence><t:Interval>{interval}</t:Interval>{more}</t:{kind}Recurrence>"
        f"<t:NumberedRecurrence><t:StartDate>{start}</t:StartDate><t:NumberOfOccurrences>{count}"
        "</t:NumberOfOccurrences></t:NumberedRecurrence></t:Recurrence>"
    )


@pytest.mark.parametrize(
    ("attachment", "code"),
    [
        (attached_event(repeated(interval=0)), "ErrorCalendarOutOfRange"),
        (attached_event(repeated(count=0)), "ErrorCalendarOutOfRange"),
        (attached_event(repeated(days="")), "ErrorCalendarInvalidRecurrence"),
        (attached_event(repeated(start="0001-01-01")), "ErrorValueOutOfRange"),
        (attached_event("", end="2026-06-24T10:00:00Z"), "ErrorCalendarEndDateIsEarlierThanStartDate"),
        (attached_event("", end="2036-06-24T10:00:00Z"), "ErrorCalendarDurationIsTooLong"),
    ],
)
def test_an_attached_calendar_item_keeps_the_rules_of_calendars(organizer, draft, everything, attachment, code):
    before = everything()
    assert attach(organizer, draft, attachment).code == code
    assert organizer(DRAFT.format(inside=f"<t:Attachments>{attachment}</t:Attachments>")).code == code
    assert everything() == before


def test_an_attached_series_can_be_read(organizer, draft):
    (made,) = attach(organizer, draft, attached_event(repeated())).all("AttachmentId")
    assert get_attachment(organizer, made).text("NumberOfOccurrences") == "3"


def test_attachments_come_with_created_items(organizer):
    attachments = f"<t:Attachments>{FILE}{NOTE.format(inside='')}</t:Attachments>"
    (event,) = organizer.create(sending="SendToNone", before=attachments).ids("CalendarItem")
    assert listed(organizer, event) == (["agenda.txt", "Note"], "true")
    (message,) = organizer(DRAFT.format(inside=attachments)).ids("Message")
    assert listed(organizer, message) == (["agenda.txt", "Note"], "true")


def test_attachments_are_not_set_by_update_item(organizer, meeting, tools):
    change = tools.set_field("item:Attachments", f"<t:Attachments>{FILE}</t:Attachments>")
    assert organizer.update(meeting, change).code == "ErrorInvalidPropertySet"


def test_attachments_travel_with_the_meeting(organizer, attendee):
    attachments = f"<t:Attachments>{FILE}</t:Attachments>"
    organizer.create(attendees=("attendee0@example.com",), before=attachments)
    for folder, name in (("inbox", "MeetingRequest"), ("calendar", "CalendarItem")):
        item_id = attendee.only(folder, name)
        assert listed(attendee, item_id) == (["agenda.txt"], "true")
        (own,) = attendee.get(item_id, shape="IdOnly", paths=("item:Attachments",)).all("AttachmentId")
        assert get_attachment(attendee, own).text("Content") == TEXT
        assert get_attachment(organizer, own).code == "ErrorInvalidAttachmentId"


def test_an_attachment_added_later_travels_with_the_next_update(organizer, attendee, meeting, tools):
    attach(organizer, meeting, FILE)
    assert listed(attendee, attendee.only("calendar", "CalendarItem")) == ([], "false")
    organizer.update(meeting, tools.set_field("calendar:Location", "<t:Location>Hall</t:Location>"))
    assert listed(attendee, attendee.only("calendar", "CalendarItem")) == (["agenda.txt"], "true")
    requests = attendee.find("inbox", shape="IdOnly", paths=("item:HasAttachments",))
    assert sorted(requests.texts("HasAttachments")) == ["false", "true"]


def test_an_item_keeps_its_attachments_when_it_moves(organizer, draft):
    created = attach(organizer, draft, FILE).one("AttachmentId")
    moved = organizer(
        '<m:MoveItem><m:ToFolderId><t:DistinguishedFolderId Id="inbox"/></m:ToFolderId><m:ItemIds>'
        f"{draft}</m:ItemIds></m:MoveItem>"
    )
    (item_id,) = moved.ids("Message")
    assert listed(organizer, item_id) == (["agenda.txt"], "true")
    (own,) = organizer.get(item_id, shape="IdOnly", paths=("item:Attachments",)).all("AttachmentId")
    assert own.get("Id") != created.get("Id")
    assert get_attachment(organizer, own, created).codes == ["NoError", "ErrorInvalidAttachmentId"]


def test_nothing_can_be_attached_to_a_received_request(organizer, attendee, meeting):
    request_id = attendee.only("inbox", "MeetingRequest")
    assert attach(attendee, request_id, FILE).code == "ErrorSentMeetingRequestUpdate"
    assert attach(attendee, attendee.only("calendar", "CalendarItem"), FILE).code == "NoError"


def test_bytes_count_once_however_often_they_are_attached(organizer, draft, meeting):
    for item_id in (draft, draft, meeting):
        attach(organizer, item_id, FILE)
    found = organizer.get(draft, shape="IdOnly", paths=("item:Attachments",)).all("AttachmentId")
    delete_attachment(organizer, found[0])
    assert get_attachment(organizer, found[1]).text("Content") == TEXT
    assert f"{{{MESSAGES}}}Attachments" in {element.tag for element in get_attachment(organizer, found[0]).root.iter()}


def test_a_reference_made_elsewhere_is_told_to_clients_that_know_of_such(organizer, meeting):
    owner = find_mailbox(organizer.world, organizer.address)
    token = stored_id(etree.fromstring(meeting).get("Id"), IdKind.ITEM).token
    reference = Reference(url="https://files.example.com/x", provider="oneDriveBusiness", permission="view")
    made = attachments.attach(organizer.world, owner, token, NewAttachment(name="Link", content=reference))
    shown = organizer.get(meeting, shape="IdOnly", paths=("item:Attachments",))
    (element,) = shown.all("ReferenceAttachment")
    told = {child.tag.partition("}")[2]: child.text for child in element}
    assert told["AttachLongPathName"] == "https://files.example.com/x"
    assert (told["ProviderType"], told["PermissionType"], told["AttachmentIsFolder"]) == ("OneDrivePro", "1", "false")
    own_id = attachment_id(made.item.mailbox_id, made.item.id, (made.attachment.id,))
    assert get_attachment(organizer, own_id).text("AttachLongPathName") == "https://files.example.com/x"
    older = organizer.at("Exchange2013_SP1")
    assert older.get(meeting, shape="IdOnly", paths=("item:Attachments",)).all("ReferenceAttachment") == []
    assert get_attachment(older, own_id).code == "ErrorInvalidAttachmentId"
    assert "MIME-Version" in mime_text(organizer, meeting)


def mime_text(speaker, item_id):
    """The content of a message that a meeting is forwarded with, in which references have no place."""
    owner = find_mailbox(speaker.world, speaker.address)
    reference = Reference(url="https://files.example.com/x")
    draft = MessageDraft(subject="Link", attachments=(NewAttachment(name="Link", content=reference),))
    message = messages.create_message(speaker.world, owner, draft, Delivery(send=False))
    text = mime_of(speaker.world, message, owner.person).decode()
    assert "files.example.com" not in text
    return text
