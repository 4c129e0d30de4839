"""MimeContent: items told as iCalendar and as internet messages, made from such, and replaced by such."""

import base64
from email import message_from_bytes, policy

import pytest
from icalendar import Calendar
from lxml import etree

from reference_impl.ews.namespaces import t

MIME = "item:MimeContent"
EVENT = (
    "BEGIN:VEVENT\r\nUID:abc@elsewhere\r\nSUMMARY:From a file\r\nLOCATION:Here\r\nDTSTART:20260707T090000Z\r\n"
    "DTEND:20260707T100000Z\r\n{rest}END:VEVENT\r\n"
)
MAIL = (
    "From: Organizer 0 <organizer0@example.com>\r\nTo: attendee0@example.com\r\nSubject: From a file\r\n"
    "Message-ID: <1@elsewhere>\r\nX-Own: yes\r\n{head}Content-Type: text/plain; charset=utf-8\r\n\r\n"
    "Gr\u00fc\u00dfe\r\n"
)


def ics(rest="", method="PUBLISH", more=""):
    return f"BEGIN:VCALENDAR\r\nMETHOD:{method}\r\n{EVENT.format(rest=rest)}{more}END:VCALENDAR\r\n"


def mime(text):
    data = text if isinstance(text, bytes) else text.encode()
    return f"<t:MimeContent>{base64.b64encode(data).decode()}</t:MimeContent>"


def create(speaker, text, *, inner="", kind="CalendarItem", sending="SendToNone", disposition="SaveOnly", folder=""):
    asked = f'SendMeetingInvitations="{sending}"' if kind == "CalendarItem" else f'MessageDisposition="{disposition}"'
    content = text if text.startswith("<") else mime(text)
    return speaker(
        f"<m:CreateItem {asked}>{folder}<m:Items><t:{kind}>{content}{inner}</t:{kind}></m:Items></m:CreateItem>"
    )


def created(speaker, text, **request):
    answer = create(speaker, text, **request)
    assert answer.code == "NoError", answer.body.decode()
    (item_id,) = answer.ids(request.get("kind", "CalendarItem"))
    return item_id


def told(speaker, item_id):
    """The content of an item."""
    answer = speaker.get(item_id, shape="IdOnly", paths=(MIME,))
    assert answer.code == "NoError", answer.body.decode()
    element = answer.one("MimeContent")
    assert element.get("CharacterSet") == "UTF-8"
    return base64.b64decode(element.text)


def calendar(speaker, item_id):
    return Calendar.from_ical(told(speaker, item_id))


def message(speaker, item_id):
    return message_from_bytes(told(speaker, item_id), policy=policy.default)


def occurrence(speaker, master, index):
    """The id of an occurrence by its number."""
    key = etree.fromstring(master).get("Id")
    named = f'<t:OccurrenceItemId RecurringMasterId="{key}" InstanceIndex="{index}"/>'
    (item_id,) = speaker.get(named, shape="IdOnly").ids("CalendarItem")
    return item_id


def addresses(element):
    return [found.text for found in element.iter(t("EmailAddress"))]


# Reading


@pytest.mark.requirement("EWS-MTG-228", "EWS-MTG-229")
def test_the_content_of_a_calendar_item_is_its_calendar_and_comes_first(organizer):
    (item_id,) = organizer.create(sending="SendToNone").ids("CalendarItem")
    assert not organizer.get(item_id).all("MimeContent")
    asked = "<t:IncludeMimeContent>true</t:IncludeMimeContent>"
    answer = organizer.get(item_id, body_type=asked)
    item = answer.one("CalendarItem")
    assert item[0].tag == t("MimeContent")
    found = Calendar.from_ical(base64.b64decode(item[0].text))
    assert found["METHOD"] == "PUBLISH"
    (event,) = found.walk("VEVENT")
    assert (event["SUMMARY"], event["UID"]) == ("Budget", answer.text("UID"))


def test_a_meeting_is_told_as_a_request_with_the_answers_that_its_reader_knows(organizer, attendee):
    (item_id,) = organizer.create(attendees=["attendee0@example.com"]).ids("CalendarItem")
    attendee.answer("AcceptItem", attendee.only("inbox", "MeetingRequest"))
    for speaker, own in ((organizer, item_id), (attendee, attendee.only("calendar", "CalendarItem"))):
        found = calendar(speaker, own)
        assert found["METHOD"] == "REQUEST"
        (event,) = found.walk("VEVENT")
        assert str(event["ORGANIZER"]) == "mailto:organizer0@example.com"
        assert event["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"


def test_a_series_is_told_with_its_changed_and_deleted_occurrences(organizer, tools):
    rule = "RRULE:FREQ=DAILY;COUNT=4\r\n"
    master = created(organizer, ics(rule))
    second, third = (occurrence(organizer, master, index) for index in (2, 3))
    organizer.update(second, tools.set_field("item:Subject", "<t:Subject>Other</t:Subject>"), sending="SendToNone")
    organizer.delete(third)
    whole, changed = calendar(organizer, master).walk("VEVENT")
    assert whole["RRULE"].to_ical() == b"FREQ=DAILY;COUNT=4;INTERVAL=1"
    assert [moment.dt.day for moment in whole["EXDATE"].dts] == [9]
    assert (changed["SUMMARY"], changed["RECURRENCE-ID"].dt.day) == ("Other", 8)
    (alone,) = calendar(organizer, second).walk("VEVENT")
    assert (alone["SUMMARY"], alone["RECURRENCE-ID"].dt.day) == ("Other", 8)


def test_messages_of_meetings_bring_their_calendar(organizer, attendee):
    organizer.create(attendees=["attendee0@example.com"])
    request = attendee.only("inbox", "MeetingRequest")
    attendee.answer("DeclineItem", request)
    for speaker, found, method in (
        (attendee, attendee.only("deleteditems", "MeetingRequest"), "REQUEST"),
        (organizer, organizer.only("inbox", "MeetingResponse"), "REPLY"),
    ):
        root = message(speaker, found)
        (part,) = (part for part in root.walk() if part.get_content_type() == "text/calendar")
        assert part.get_param("method") == method
        assert Calendar.from_ical(part.get_content())["METHOD"] == method


def test_a_message_is_told_with_what_hangs_on_it(organizer):
    data = base64.b64encode(b"abc").decode()
    item_id = created(
        organizer,
        f"<t:Subject>News</t:Subject><t:Attachments><t:FileAttachment><t:Name>a.txt</t:Name><t:Content>{data}"
        "</t:Content></t:FileAttachment><t:ItemAttachment><t:Name>Inner</t:Name><t:Message><t:Subject>Inner"
        "</t:Subject></t:Message></t:ItemAttachment></t:Attachments>",
        kind="Message",
    )
    file, inner = message(organizer, item_id).iter_attachments()
    assert (file.get_filename(), file.get_payload(decode=True)) == ("a.txt", b"abc")
    assert inner.get_content_type() == "message/rfc822"
    assert inner.get_content()["Subject"] == "Inner"


def test_an_attached_item_is_told_as_its_attachment_asks(organizer):
    item_id = created(
        organizer,
        "<t:Subject>Outer</t:Subject><t:Attachments><t:ItemAttachment><t:Name>Inner</t:Name><t:Message><t:Subject>"
        "Inner</t:Subject><t:Attachments><t:FileAttachment><t:Name>a.txt</t:Name><t:Content>YWJj</t:Content>"
        "</t:FileAttachment></t:Attachments></t:Message></t:ItemAttachment></t:Attachments>",
        kind="Message",
    )
    attachment = organizer.get(item_id).one("AttachmentId").get("Id")
    answer = organizer(
        "<m:GetAttachment><m:AttachmentShape><t:IncludeMimeContent>true</t:IncludeMimeContent></m:AttachmentShape>"
        f'<m:AttachmentIds><t:AttachmentId Id="{attachment}"/></m:AttachmentIds></m:GetAttachment>'
    )
    root = message_from_bytes(base64.b64decode(answer.text("MimeContent")), policy=policy.default)
    (file,) = root.iter_attachments()
    assert (root["Subject"], file.get_payload(decode=True)) == ("Inner", b"abc")


def test_lists_do_not_tell_contents(organizer):
    assert organizer.find("calendar", paths=(MIME,)).code == "ErrorInvalidPropertyForOperation"


# Making


def test_a_calendar_item_is_made_of_a_calendar_and_properties_beside_it_win(organizer):
    item_id = created(organizer, ics("DESCRIPTION:Bring cake\r\n"), inner="<t:Subject>Another</t:Subject>")
    shown = organizer.get(item_id)
    assert (shown.text("Subject"), shown.text("Location"), shown.text("UID")) == ("Another", "Here", "abc@elsewhere")
    assert (shown.text("Start"), shown.text("End")) == ("2026-07-07T09:00:00Z", "2026-07-07T10:00:00Z")
    assert shown.text("ReminderIsSet") == "false"
    assert shown.text("Body") == "Bring cake"


def test_a_series_is_made_with_what_became_of_its_occurrences(organizer):
    changed = (
        "BEGIN:VEVENT\r\nUID:abc@elsewhere\r\nRECURRENCE-ID:20260708T090000Z\r\nSUMMARY:Other\r\n"
        "DTSTART:20260708T140000Z\r\nDTEND:20260708T150000Z\r\nEND:VEVENT\r\n"
    )
    rest = "RRULE:FREQ=DAILY;COUNT=4\r\nEXDATE:20260709T090000Z\r\n"
    shown = organizer.get(created(organizer, ics(rest, more=changed)))
    assert shown.text("CalendarItemType") == "RecurringMaster"
    assert shown.one("ModifiedOccurrences").findtext(f".//{t('Start')}") == "2026-07-08T14:00:00Z"
    assert shown.one("DeletedOccurrences").findtext(f".//{t('Start')}") == "2026-07-09T09:00:00Z"
    view = '<m:CalendarView StartDate="2026-07-01T00:00:00Z" EndDate="2026-08-01T00:00:00Z"/>'
    found = organizer.find("calendar", shape="Default", view=view)
    assert found.texts("Subject") == ["From a file", "Other", "From a file"]


def test_an_occurrence_that_is_none_of_its_series_is_refused(organizer):
    changed = EVENT.format(rest="RECURRENCE-ID:20300101T090000Z\r\n")
    answer = create(organizer, ics("RRULE:FREQ=DAILY;COUNT=4\r\n", more=changed))
    assert answer.code == "ErrorCalendarInvalidRecurrence"
    assert not organizer.find("calendar").all("CalendarItem")


PEOPLE = (
    "ORGANIZER;CN=Organizer 0:mailto:organizer0@example.com\r\n"
    "ATTENDEE;ROLE=REQ-PARTICIPANT;RSVP=TRUE:mailto:attendee0@example.com\r\n"
    "ATTENDEE;ROLE=OPT-PARTICIPANT;PARTSTAT=TENTATIVE:mailto:attendee1@example.com\r\n"
)


def test_invitations_go_out_to_those_whom_a_calendar_names(organizer, attendee, other):
    created(organizer, ics(PEOPLE, method="REQUEST"), sending="SendToAllAndSaveCopy")
    for reader in (attendee, other):
        assert reader.get(reader.only("inbox", "MeetingRequest")).text("Subject") == "From a file"
    shown = organizer.get(organizer.only("calendar", "CalendarItem"))
    assert addresses(shown.one("OptionalAttendees")) == ["attendee1@example.com"]
    assert (shown.text("IsOrganizer"), shown.text("MyResponseType")) == ("true", "Organizer")


def test_a_meeting_that_another_has_called_is_kept_as_an_attendees_copy(other):
    item_id = created(other, ics(PEOPLE + "SEQUENCE:2\r\n", method="REQUEST"))
    shown = other.get(item_id)
    assert addresses(shown.one("Organizer")) == ["organizer0@example.com"]
    assert (shown.text("IsOrganizer"), shown.text("MyResponseType")) == ("false", "Tentative")
    assert shown.text("AppointmentSequenceNumber") == "2"
    assert "AcceptItem" in [child.tag.rpartition("}")[2] for child in shown.one("ResponseObjects")]


def test_nobody_invites_to_a_meeting_of_another(other):
    answer = create(other, ics(PEOPLE, method="REQUEST"), sending="SendToAllAndSaveCopy")
    assert answer.code == "ErrorCalendarIsNotOrganizer"
    assert not other.find("calendar").all("CalendarItem")


def test_what_a_calendar_client_sends_beside_a_calendar_is_taken(organizer):
    def extended(path, value):
        return f"<t:ExtendedProperty><t:ExtendedFieldURI {path}/><t:Value>{value}</t:Value></t:ExtendedProperty>"

    inner = (
        extended('DistinguishedPropertySetId="Common" PropertyId="34051" PropertyType="Boolean"', "false")
        + extended('PropertyTag="0x10f3" PropertyType="String"', "a.EML")
        + extended('DistinguishedPropertySetId="Appointment" PropertyId="33303" PropertyType="Integer"', "1")
    )
    shown = organizer.get(created(organizer, ics(PEOPLE), inner=inner))
    assert shown.text("ReminderIsSet") == "false"
    assert shown.text("AppointmentState") == "1"


def test_a_message_is_made_of_a_message(organizer, attendee):
    item_id = created(organizer, MAIL.format(head="Importance: high\r\n"), kind="Message")
    shown = organizer.get(item_id)
    assert (shown.text("Subject"), shown.text("Importance"), shown.text("IsDraft")) == ("From a file", "High", "true")
    assert shown.text("Body").strip() == "Gr\u00fc\u00dfe"
    assert shown.text("InternetMessageId") == "<1@elsewhere>"
    assert addresses(shown.one("ToRecipients")) == ["attendee0@example.com"]
    answer = create(organizer, MAIL.format(head=""), kind="Message", disposition="SendAndSaveCopy")
    assert answer.code == "NoError"
    arrived = attendee.only("inbox", "Message")
    headers = attendee.get(arrived).one("InternetMessageHeaders")
    assert "yes" in [found.text for found in headers if found.get("HeaderName") == "X-Own"]


def test_nobody_sends_in_the_name_of_another(organizer, attendee):
    mail = MAIL.format(head="").replace("organizer0", "attendee1")
    assert create(organizer, mail, kind="Message", disposition="SendOnly").code == "ErrorSendAsDenied"
    draft = organizer.get(created(organizer, mail, kind="Message"))
    assert addresses(draft.one("From")) == ["organizer0@example.com"]
    assert not attendee.find("inbox").all("Message")


FLAGS_PATH = '<t:ExtendedFieldURI PropertyTag="0x0E07" PropertyType="Integer"/>'
FLAGS = f"<t:ExtendedProperty>{FLAGS_PATH}<t:Value>{{}}</t:Value></t:ExtendedProperty>"


@pytest.mark.parametrize(("flags", "is_read"), [(0, "false"), (1, "true")])
def test_mail_from_elsewhere_is_kept_as_what_it_was(organizer, flags, is_read):
    head = (
        "Date: Mon, 06 Jul 2026 12:00:00 +0200\r\n"
        "Received: from a by b; Mon, 06 Jul 2026 12:01:00 +0200\r\nSender: x@elsewhere.example\r\n"
    )
    mail = MAIL.format(head=head).replace("Organizer 0 <organizer0@example.com>", "Ann <ann@elsewhere.example>")
    inbox = '<m:SavedItemFolderId><t:DistinguishedFolderId Id="inbox"/></m:SavedItemFolderId>'
    item_id = created(organizer, mail, kind="Message", folder=inbox, inner=FLAGS.format(flags))
    shown = organizer.get(item_id)
    assert (shown.text("IsDraft"), shown.text("IsRead"), shown.text("IsFromMe")) == ("false", is_read, "false")
    assert addresses(shown.one("From")) == ["ann@elsewhere.example"]
    assert (shown.text("DateTimeSent"), shown.text("DateTimeReceived")) == (
        "2026-07-06T10:00:00Z",
        "2026-07-06T10:01:00Z",
    )
    assert organizer.only("inbox", "Message")
    assert message(organizer, item_id).get_all("Received") == ["from a by b; Mon, 06 Jul 2026 12:01:00 +0200"]


def test_a_stored_message_is_marked_as_read_by_its_flags_but_never_becomes_a_draft_again(organizer, attendee, tools):
    create(organizer, MAIL.format(head=""), kind="Message", disposition="SendOnly")
    item_id = attendee.only("inbox", "Message")
    change = f"<t:SetItemField>{FLAGS_PATH}<t:Message>{FLAGS.format(9)}</t:Message></t:SetItemField>"
    answer = attendee.update(item_id, change, sending=None, rest=' MessageDisposition="SaveOnly"')
    assert answer.code == "NoError"
    shown = attendee.get(item_id)
    assert (shown.text("IsRead"), shown.text("IsDraft")) == ("true", "false")


def test_attached_items_are_made_of_contents_too(organizer):
    item_id = created(
        organizer,
        "<t:Subject>Outer</t:Subject><t:Attachments><t:ItemAttachment><t:Name>Plan</t:Name><t:CalendarItem>"
        f"{mime(ics())}</t:CalendarItem></t:ItemAttachment></t:Attachments>",
        kind="Message",
    )
    attachment = organizer.get(item_id).one("AttachmentId").get("Id")
    answer = organizer(
        f'<m:GetAttachment><m:AttachmentIds><t:AttachmentId Id="{attachment}"/></m:AttachmentIds></m:GetAttachment>'
    )
    assert answer.one("CalendarItem").findtext(t("Subject")) == "From a file"


# Replacing


def update(speaker, item_id, content, kind="CalendarItem", verb="SetItemField"):
    change = f'<t:{verb}><t:FieldURI FieldURI="{MIME}"/><t:{kind}>{content}</t:{kind}></t:{verb}>'
    rest = ' MessageDisposition="SaveOnly"'
    return speaker.update(item_id, change, sending="SendToAllAndSaveCopy", rest=rest)


def test_a_meeting_changed_by_a_calendar_is_updated_with_everybody(organizer, attendee):
    (item_id,) = organizer.create(attendees=["attendee0@example.com"]).ids("CalendarItem")
    uid = organizer.get(item_id).text("UID")
    files = "ATTACH;ENCODING=BASE64;VALUE=BINARY;X-FILENAME=a.txt:YWJj\r\n"
    assert update(organizer, item_id, mime(ics(PEOPLE + files))).code == "NoError"
    shown = organizer.get(item_id)
    assert (shown.text("Subject"), shown.text("UID"), shown.text("HasAttachments")) == ("From a file", uid, "true")
    arrived = attendee.get(attendee.only("calendar", "CalendarItem"))
    assert (arrived.text("Start"), arrived.text("HasAttachments")) == ("2026-07-07T09:00:00Z", "true")


def test_what_was_told_can_be_given_back(organizer):
    (item_id,) = organizer.create(attendees=["attendee0@example.com"], sending="SendToNone").ids("CalendarItem")
    before = told(organizer, item_id)
    assert update(organizer, item_id, mime(before)).code == "NoError"
    first, second = (Calendar.from_ical(text).walk("VEVENT")[0] for text in (before, told(organizer, item_id)))
    for event in (first, second):
        for name in ("DTSTAMP", "SEQUENCE", "X-MICROSOFT-CDO-APPT-SEQUENCE"):
            del event[name]
    assert first == second


def test_a_draft_is_replaced_by_a_message(organizer):
    item_id = created(organizer, MAIL.format(head=""), kind="Message")
    changed = MAIL.format(head="").replace("From a file", "Changed").replace("attendee0", "attendee1")
    assert update(organizer, item_id, mime(changed), "Message").code == "NoError"
    shown = organizer.get(item_id)
    assert (shown.text("Subject"), shown.text("DisplayTo")) == ("Changed", "attendee1@example.com")


def test_an_occurrence_is_changed_by_its_own_calendar_alone(organizer):
    master = created(organizer, ics("RRULE:FREQ=DAILY;COUNT=4\r\n"))
    second = occurrence(organizer, master, 2)
    alone = told(organizer, second).replace(b"From a file", b"Changed")
    assert update(organizer, second, mime(alone)).code == "NoError"
    assert organizer.get(second).text("Subject") == "Changed"
    assert organizer.get(master).text("Subject") == "From a file"
    assert update(organizer, master, mime(alone)).code == "ErrorMimeContentConversionFailed"
    assert update(organizer, second, mime(told(organizer, master))).code != "NoError"


# Refusing


@pytest.mark.parametrize(
    ("kind", "content", "code"),
    [
        ("CalendarItem", "<t:MimeContent>no base64!</t:MimeContent>", "ErrorMimeContentInvalidBase64String"),
        ("CalendarItem", mime("Dear reader"), "ErrorMimeContentConversionFailed"),
        ("CalendarItem", mime(b"\xff\xfe"), "ErrorMimeContentConversionFailed"),
        ("CalendarItem", mime(ics(method="CANCEL")), "ErrorMimeContentConversionFailed"),
        ("CalendarItem", mime(ics("RECURRENCE-ID:20260707T090000Z\r\n")), "ErrorMimeContentConversionFailed"),
        ("CalendarItem", mime(ics("RRULE:FREQ=HOURLY\r\n")), "ErrorMimeContentConversionFailed"),
        ("CalendarItem", mime(ics("ATTENDEE;CN=Nobody:mailto:\r\n")), "ErrorMimeContentConversionFailed"),
        (
            "CalendarItem",
            mime(ics()).replace("<t:MimeContent>", '<t:MimeContent CharacterSet="klingon">'),
            "ErrorMimeContentConversionFailed",
        ),
        ("Message", mime("no message"), "ErrorMimeContentInvalid"),
        ("Message", "<t:MimeContent>%</t:MimeContent>", "ErrorMimeContentInvalidBase64String"),
        (
            "Message",
            mime(f"Content-Type: text/calendar; method=REQUEST\r\n\r\n{ics(method='REQUEST')}"),
            "ErrorUnsupportedMimeConversion",
        ),
    ],
)
def test_contents_that_make_no_item_are_refused_and_make_none(organizer, kind, content, code):
    assert create(organizer, content, kind=kind).code == code
    assert not organizer.find("calendar").all("CalendarItem")
    assert not organizer.find("drafts").all("Message")


def test_a_calendar_in_another_charset_is_read_by_it(organizer):
    data = ics("DESCRIPTION:\u00e9\r\n").encode("latin-1")
    content = mime(data).replace("<t:MimeContent>", '<t:MimeContent CharacterSet="iso-8859-1">')
    assert organizer.get(created(organizer, content)).text("Body") == "\u00e9"


def test_a_meeting_message_takes_no_content(organizer, attendee):
    organizer.create(attendees=["attendee0@example.com"])
    request = attendee.only("inbox", "MeetingRequest")
    assert (
        update(attendee, request, mime(MAIL.format(head="")), "MeetingRequest").code == "ErrorUnsupportedMimeConversion"
    )


def test_a_task_takes_no_content_either(organizer):
    assert create(organizer, MAIL.format(head=""), kind="Task").code == "ErrorUnsupportedMimeConversion"


def test_a_content_is_neither_lengthened_nor_deleted(organizer, tools):
    item_id = created(organizer, ics())
    assert update(organizer, item_id, mime(ics()), verb="AppendToItemField").code == "ErrorInvalidPropertyAppend"
    assert organizer.update(item_id, tools.delete_field(MIME)).code == "ErrorInvalidPropertyDelete"
