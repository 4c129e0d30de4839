"""The properties of messages: recipients, headers, conversations, classes, flags, and what is hidden from listings."""

import base64

import pytest
from lxml import etree

from reference_impl.ews.namespaces import t


def draft(speaker, inner="", *, disposition="SaveOnly", kind="Message", before="", folder=""):
    return speaker(
        f'<m:CreateItem MessageDisposition="{disposition}">{folder}<m:Items><t:{kind}>{before}'
        f"{inner}</t:{kind}></m:Items></m:CreateItem>"
    )


def saved(speaker, inner="", **fields):
    answer = draft(speaker, inner, **fields)
    assert answer.code == "NoError", answer.body.decode()
    (item_id,) = answer.ids("Message")
    return item_id


def people(name, *addresses):
    boxes = "".join(f"<t:Mailbox><t:EmailAddress>{address}</t:EmailAddress></t:Mailbox>" for address in addresses)
    return f"<t:{name}>{boxes}</t:{name}>"


TO = people("ToRecipients", "attendee0@example.com")


def send(speaker, inner=TO, **fields):
    answer = draft(
        speaker, inner, disposition="SendAndSaveCopy", before=fields.pop("before", "<t:Subject>News</t:Subject>")
    )
    assert answer.code == "NoError", answer.body.decode()


def update(speaker, item_id, changes, rest=""):
    return speaker.update(item_id, changes, sending=None, rest=f' MessageDisposition="SaveOnly"{rest}')


def addresses(element):
    return [found.text for found in element.iter(t("EmailAddress"))]


def test_all_recipients_of_a_draft_are_kept_changed_and_taken_away(organizer, tools):
    item_id = saved(
        organizer,
        people("ToRecipients", "attendee0@example.com", "x@elsewhere.example")
        + people("CcRecipients", "attendee1@example.com")
        + people("BccRecipients", "attendee2@example.com")
        + people("ReplyTo", "attendee3@example.com"),
    )
    shown = organizer.get(item_id)
    assert addresses(shown.one("ToRecipients")) == ["attendee0@example.com", "x@elsewhere.example"]
    assert addresses(shown.one("ReplyTo")) == ["attendee3@example.com"]
    assert (shown.text("DisplayTo"), shown.text("DisplayCc"), shown.text("DisplayBcc")) == (
        "Attendee 0; x@elsewhere.example",
        "Attendee 1",
        "Attendee 2",
    )
    changes = (
        tools.set_field("message:ReplyTo", people("ReplyTo", "attendee4@example.com"), "Message", "AppendToItemField")
        + tools.set_field("message:CcRecipients", people("CcRecipients", "attendee5@example.com"), "Message")
        + tools.delete_field("message:BccRecipients")
    )
    assert update(organizer, item_id, changes).code == "NoError"
    after = organizer.get(item_id)
    assert addresses(after.one("ReplyTo")) == ["attendee3@example.com", "attendee4@example.com"]
    assert addresses(after.one("CcRecipients")) == ["attendee5@example.com"]
    assert not after.all("BccRecipients")


def test_blind_copies_are_seen_by_the_sender_alone(organizer, attendee, other):
    send(organizer, TO + people("BccRecipients", "attendee1@example.com"))
    assert organizer.get(organizer.only("sentitems", "Message")).text("DisplayBcc") == "Attendee 1"
    for reader in (attendee, other):
        shown = reader.get(reader.only("inbox", "Message"))
        assert not shown.all("BccRecipients")
        assert shown.text("DisplayTo") == "Attendee 0"


def test_what_a_message_answers_and_refers_to_is_kept(organizer, tools):
    inner = (
        "<t:InternetMessageId>&lt;one@x&gt;</t:InternetMessageId><t:References>&lt;a@x&gt; &lt;b@x&gt;</t:References>"
    )
    item_id = saved(organizer, inner, before="<t:InReplyTo>&lt;b@x&gt;</t:InReplyTo>")
    shown = organizer.get(item_id)
    assert (shown.text("InReplyTo"), shown.text("References"), shown.text("InternetMessageId")) == (
        "<b@x>",
        "<a@x> <b@x>",
        "<one@x>",
    )
    assert update(organizer, item_id, tools.delete_field("item:InReplyTo")).code == "NoError"
    assert not organizer.get(item_id).all("InReplyTo")


def test_headers_of_a_message_come_whole_or_by_name(organizer, attendee):
    before = "<t:Subject>News</t:Subject><t:Importance>High</t:Importance>"
    send(organizer, TO, before=before)
    item_id = attendee.only("inbox", "Message")
    shown = attendee.get(item_id, shape="IdOnly", paths=("item:InternetMessageHeaders", "message:InternetMessageId"))
    headers = {header.get("HeaderName"): header.text for header in shown.all("InternetMessageHeader")}
    assert headers["From"] == "Organizer 0 <organizer0@example.com>"
    assert headers["To"] == "Attendee 0 <attendee0@example.com>"
    assert (headers["Subject"], headers["Importance"], headers["MIME-Version"]) == ("News", "high", "1.0")
    assert headers["Message-ID"] == shown.text("InternetMessageId")
    assert "Received" in headers
    one = '<t:IndexedFieldURI FieldURI="item:InternetMessageHeader" FieldIndex="subject"/>'
    by_name = attendee.get(item_id, shape="IdOnly", paths=(one,))
    assert [(header.get("HeaderName"), header.text) for header in by_name.all("InternetMessageHeader")] == [
        ("Subject", "News")
    ]
    none = one.replace("subject", "X-Nothing")
    assert not attendee.get(item_id, shape="IdOnly", paths=(none,)).all("InternetMessageHeaders")
    named = 'DistinguishedPropertySetId="InternetHeaders" PropertyName="Subject" PropertyType="String"'
    by_property = f"<t:ExtendedFieldURI {named}/>"
    assert attendee.get(item_id, shape="IdOnly", paths=(by_property,)).text("Value") == "News"
    whole = '<t:ExtendedFieldURI PropertyTag="0x007D" PropertyType="String"/>'
    assert "Subject: News\r\n" in attendee.get(item_id, shape="IdOnly", paths=(whole,)).text("Value")


def test_a_draft_has_no_headers_and_nobody_can_give_it_any(organizer):
    item_id = saved(organizer, TO)
    assert not organizer.get(item_id).all("InternetMessageHeaders")
    header = '<t:InternetMessageHeader HeaderName="X-A">a</t:InternetMessageHeader>'
    given = f"<t:InternetMessageHeaders>{header}</t:InternetMessageHeaders>"
    assert draft(organizer, before=given).code == "ErrorInvalidPropertySet"


def index_of(speaker, item_id):
    return base64.b64decode(speaker.get(item_id).text("ConversationIndex"))


def test_an_answer_goes_on_with_its_conversation(organizer, attendee):
    send(organizer)
    received = attendee.only("inbox", "Message")
    attendee.answer("ReplyToItem", received)
    answer = organizer.only("inbox", "Message")
    first, second = attendee.get(received), organizer.get(answer)
    assert first.one("ConversationId").get("Id") == second.one("ConversationId").get("Id")
    assert first.text("ConversationTopic") == second.text("ConversationTopic") == "News"
    assert second.text("InReplyTo") == first.text("InternetMessageId")
    assert second.text("References") == first.text("InternetMessageId")
    began, went_on = index_of(attendee, received), index_of(organizer, answer)
    assert (len(began), len(went_on), went_on[:22]) == (22, 27, began)
    assert index_of(organizer, organizer.only("sentitems", "Message")) == began
    attendee.answer("ForwardItem", received, before=people("ToRecipients", "attendee1@example.com"))
    assert second.text("Subject") == "RE: News"


def test_an_answer_goes_to_whom_the_sender_named(organizer, attendee, other):
    send(organizer, TO + people("ReplyTo", "attendee1@example.com"))
    attendee.answer("ReplyToItem", attendee.only("inbox", "Message"))
    assert other.only("inbox", "Message")
    assert not organizer.find("inbox").all("Message")


@pytest.mark.parametrize("item_class", ["IPM.Note.Shoe", "IPM.Shoe", "REPORT.IPM.Note.NDR", "IPM.Note"])
def test_a_message_may_have_a_class_of_its_own(organizer, item_class, tools):
    item_id = saved(organizer, before=f"<t:ItemClass>{item_class}</t:ItemClass>")
    assert organizer.get(item_id).text("ItemClass") == item_class
    changed = tools.set_field("item:ItemClass", "<t:ItemClass>IPM.Note.Hat</t:ItemClass>", "Message")
    assert update(organizer, item_id, changed).code == "NoError"
    assert organizer.get(item_id).text("ItemClass") == "IPM.Note.Hat"


@pytest.mark.parametrize("item_class", ["IPM.Appointment", "IPM.Schedule.Meeting.Request", "IPM.Task.Mine", ""])
def test_the_class_of_another_kind_is_refused(organizer, meeting, tools, item_class):
    written = f"<t:ItemClass>{item_class}</t:ItemClass>"
    assert draft(organizer, before=written).code == "ErrorObjectTypeChanged"
    changed = tools.set_field("item:ItemClass", written)
    expected = "NoError" if item_class == "IPM.Appointment" else "ErrorObjectTypeChanged"
    assert organizer.update(meeting, changed).code == expected


def test_a_culture_is_kept_and_deleted(organizer, tools):
    item_id = saved(organizer, before="<t:Culture>da-DK</t:Culture>")
    assert organizer.get(item_id).text("Culture") == "da-DK"
    assert update(organizer, item_id, tools.delete_field("item:Culture")).code == "NoError"
    assert organizer.get(item_id).text("Culture") == "en-US"


START, DUE, DONE = (
    f"<t:{name}>2026-07-0{day}T00:00:00Z</t:{name}>"
    for day, name in enumerate(("StartDate", "DueDate", "CompleteDate"), start=1)
)


@pytest.mark.parametrize(
    ("status", "dates", "code"),
    [
        ("Flagged", "", "NoError"),
        ("Flagged", START + DUE, "NoError"),
        ("Flagged", START, "ErrorInvalidArgument"),
        ("Flagged", DONE, "ErrorInvalidArgument"),
        ("Complete", DONE, "NoError"),
        ("Complete", "", "NoError"),
        ("Complete", START + DUE, "ErrorInvalidArgument"),
        ("NotFlagged", "", "NoError"),
        ("NotFlagged", DONE, "ErrorInvalidArgument"),
    ],
)
def test_a_flag_has_the_dates_of_its_status(organizer, tools, status, dates, code):
    flag = f"<t:Flag><t:FlagStatus>{status}</t:FlagStatus>{dates}</t:Flag>"
    item_id = saved(organizer)
    assert update(organizer, item_id, tools.set_field("item:Flag", flag, "Message")).code == code
    shown = organizer.get(item_id).one("Flag")
    assert shown.findtext(t("FlagStatus")) == (status if code == "NoError" else "NotFlagged")
    assert len(shown) == 1 + (dates.count("</") if code == "NoError" else 0)
    tag = '<t:ExtendedFieldURI PropertyTag="0x1090" PropertyType="Integer"/>'
    number = {"NotFlagged": "0", "Complete": "1", "Flagged": "2"}[shown.findtext(t("FlagStatus"))]
    assert organizer.get(item_id, shape="IdOnly", paths=(tag,)).text("Value") == number


def test_a_flag_stays_with_its_owner(organizer, attendee):
    flag = "<t:Flag><t:FlagStatus>Flagged</t:FlagStatus></t:Flag>"
    send(organizer, flag + TO)
    assert organizer.get(organizer.only("sentitems", "Message")).text("FlagStatus") == "Flagged"
    assert attendee.get(attendee.only("inbox", "Message")).text("FlagStatus") == "NotFlagged"
    assert not organizer.at("Exchange2010_SP2").get(organizer.only("sentitems", "Message")).all("Flag")


def test_an_associated_item_is_not_in_the_folders_listing(organizer):
    def counts():
        answer = organizer(
            "<m:GetFolder><m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape><m:FolderIds>"
            '<t:DistinguishedFolderId Id="drafts"/></m:FolderIds></m:GetFolder>'
        )
        return answer.text("TotalCount"), answer.text("UnreadCount")

    item_id = saved(organizer, "<t:IsRead>false</t:IsRead>", before="<t:IsAssociated>true</t:IsAssociated>")
    assert organizer.get(item_id).text("IsAssociated") == "true"
    assert not organizer.find("drafts").all("Message")
    assert counts() == ("0", "0")
    saved(organizer, "<t:IsRead>false</t:IsRead>")
    assert counts() == ("1", "1")
    assert organizer.delete(item_id, kind="HardDelete", sending=None).code == "NoError"
    assert counts() == ("1", "1")


@pytest.mark.parametrize("scope", ["NormalItems", "NormalAndAssociatedItems"])
def test_synchronisation_tells_of_associated_items_where_asked(organizer, scope):
    saved(organizer, before="<t:IsAssociated>true</t:IsAssociated>")
    answer = organizer(
        "<m:SyncFolderItems><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape><m:SyncFolderId>"
        '<t:DistinguishedFolderId Id="drafts"/></m:SyncFolderId><m:MaxChangesReturned>9</m:MaxChangesReturned>'
        f"<m:SyncScope>{scope}</m:SyncScope></m:SyncFolderItems>"
    )
    assert len(answer.all("Create")) == (scope == "NormalAndAssociatedItems")


def test_being_associated_is_decided_at_creation(organizer, meeting, tools):
    changed = tools.set_field("item:IsAssociated", "<t:IsAssociated>true</t:IsAssociated>")
    assert organizer.update(meeting, changed).code == "ErrorInvalidPropertySet"


def test_query_strings_open_the_item_in_a_browser(organizer, meeting):
    identity = etree.fromstring(meeting).get("Id")
    shown = organizer.get(meeting)
    assert identity[:20] in shown.text("WebClientReadFormQueryString").replace("%2B", "+").replace("%2F", "/")
    assert not shown.all("WebClientEditFormQueryString")
    older = organizer.at("Exchange2010_SP2").get(meeting)
    assert older.text("WebClientReadFormQueryString").startswith("?ae=Item&a=Open&t=IPM.Appointment&id=")
    assert "&s=Draft&" in older.text("WebClientEditFormQueryString")
    assert not organizer.at("Exchange2007_SP1").get(meeting).all("WebClientReadFormQueryString")


@pytest.mark.parametrize(
    "path",
    ["ItemId", "ParentFolderId", "DateTimeReceived", "Size", "DateTimeSent", "DateTimeCreated", "DisplayTo", "Preview"],
)
@pytest.mark.requirement("EWS-MTG-072")
def test_what_the_server_decides_cannot_be_set(organizer, path):
    values = {
        "ItemId": '<t:ItemId Id="AAAA" ChangeKey="AAAA"/>',
        "ParentFolderId": '<t:ParentFolderId Id="AAAA" ChangeKey="AAAA"/>',
        "Size": "<t:Size>5</t:Size>",
        "DisplayTo": "<t:DisplayTo>x</t:DisplayTo>",
        "Preview": "<t:Preview>x</t:Preview>",
    }
    written = values.get(path, f"<t:{path}>2026-01-01T00:00:00Z</t:{path}>")
    assert draft(organizer, before=written).code == "ErrorInvalidPropertySet"


def test_a_draft_can_be_saved_unread(organizer):
    assert organizer.get(saved(organizer)).text("IsRead") == "true"
    assert organizer.get(saved(organizer, "<t:IsRead>false</t:IsRead>")).text("IsRead") == "false"


def test_a_generic_item_becomes_a_message(organizer):
    item_id = saved(organizer, before="<t:Subject>Thing</t:Subject>", kind="Item")
    assert organizer.get(item_id).text("Subject") == "Thing"
