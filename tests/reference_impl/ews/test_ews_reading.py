"""GetItem: shapes and paths."""

import pytest


def names(element):
    return [child.tag.rpartition("}")[2] for child in element]


@pytest.mark.requirement("EWS-MTG-226", "EWS-MTG-230")
def test_id_only_is_the_id_and_what_was_named(organizer, meeting):
    assert names(organizer.get(meeting, shape="IdOnly").one("CalendarItem")) == ["ItemId"]
    paths = ("calendar:End", "item:Subject", "calendar:Start")
    assert names(organizer.get(meeting, shape="IdOnly", paths=paths).one("CalendarItem")) == [
        "ItemId",
        "Subject",
        "Start",
        "End",
    ]


@pytest.mark.requirement("EWS-MTG-227")
def test_the_default_shape_of_a_calendar_item(organizer, meeting):
    expected = [
        "ItemId",
        "Subject",
        "ResponseObjects",
        "HasAttachments",
        "IsAssociated",
        "Start",
        "End",
        "LegacyFreeBusyStatus",
        "CalendarItemType",
        "Organizer",
    ]
    assert names(organizer.get(meeting, shape="Default").one("CalendarItem")) == expected
    before_2010 = organizer.at("Exchange2007_SP1").get(meeting, shape="Default").one("CalendarItem")
    assert names(before_2010) == [name for name in expected if name != "IsAssociated"]


@pytest.mark.requirement("EWS-MTG-228")
def test_properties_that_must_be_named_are_not_in_all_properties(organizer, meeting):
    named_only = {"MimeContent", "UniqueBody", "NormalizedBody", "TextBody"}
    assert not named_only & set(names(organizer.get(meeting).one("CalendarItem")))
    shown = organizer.get(meeting, paths=("item:TextBody", "item:UniqueBody", "item:NormalizedBody"))
    assert {"TextBody", "UniqueBody", "NormalizedBody"} <= set(names(shown.one("CalendarItem")))


@pytest.mark.requirement("EWS-MTG-231")
def test_a_named_property_without_a_value_is_left_out(organizer, meeting):
    shown = organizer.get(
        meeting, shape="IdOnly", paths=("calendar:AppointmentReplyTime", "calendar:Recurrence", "item:Attachments")
    )
    assert (shown.code, names(shown.one("CalendarItem"))) == ("NoError", ["ItemId"])


@pytest.mark.requirement("EWS-MTG-232")
def test_a_property_of_another_kind_is_refused_by_name(organizer, attendee, meeting):
    attendee.answer("ReplyToItem", attendee.only("inbox", "MeetingRequest"))
    mail = organizer.only("inbox", "Message")
    for uri in ("meeting:AssociatedCalendarItemId", "calendar:Start", "contacts:GivenName", "task:Status"):
        answer = organizer.get(mail, shape="IdOnly", paths=("item:Subject", uri))
        assert answer.code == "ErrorInvalidPropertyRequest"
        assert answer.one("FieldURI").get("FieldURI") == uri
        assert answer.root.find(".//{*}Items") is not None


def test_a_request_for_many_kinds_is_answered_with_what_each_has(organizer, attendee, meeting):
    attendee.answer("ReplyToItem", attendee.only("inbox", "MeetingRequest"))
    mail = organizer.only("inbox", "Message")
    paths = ("item:Subject", "meeting:ProposedStart", "meetingRequest:MeetingRequestType", "task:Status")
    assert names(organizer.get(mail, shape="IdOnly", paths=paths).one("Message")) == ["ItemId", "Subject"]


@pytest.mark.parametrize(("asked", "expected"), [("Text", "Text"), ("HTML", "HTML"), ("Best", "HTML")])
def test_bodies_come_in_the_type_asked_for(organizer, asked, expected):
    html = '<t:Body BodyType="HTML">&lt;p&gt;Ham &amp;amp; eggs&lt;/p&gt;&lt;p&gt;now&lt;/p&gt;</t:Body>'
    (item_id,) = organizer.create(sending="SendToNone", before=html).ids("CalendarItem")
    body = organizer.get(item_id, body_type=f"<t:BodyType>{asked}</t:BodyType>").one("Body")
    assert body.get("BodyType") == expected
    assert body.text == ("Ham & eggs\nnow" if asked == "Text" else "<p>Ham &amp; eggs</p><p>now</p>").replace(
        "\n", "\r\n"
    )


def test_a_text_body_becomes_html(organizer):
    text = '<t:Body BodyType="Text">1 &lt; 2\nyes</t:Body>'
    (item_id,) = organizer.create(sending="SendToNone", before=text).ids("CalendarItem")
    body = organizer.get(item_id, body_type="<t:BodyType>HTML</t:BodyType>").text("Body")
    assert body.startswith("<html>")
    assert "1 &lt; 2<br>" in body


GLOBAL_ID = '<t:ExtendedFieldURI DistinguishedPropertySetId="Meeting" PropertyId="35" PropertyType="Binary"/>'
UNKNOWN = (
    '<t:ExtendedFieldURI PropertySetId="00020329-0000-0000-C000-000000000046" PropertyName="x" PropertyType="String"/>'
)


def test_known_extended_properties_are_answered_with_their_path(organizer, attendee, meeting):
    shown = organizer.get(meeting, shape="IdOnly", paths=("calendar:UID", GLOBAL_ID, UNKNOWN))
    assert names(shown.one("CalendarItem")) == ["ItemId", "ExtendedProperty", "UID"]
    (path, value) = shown.one("ExtendedProperty")
    assert dict(path.attrib) == {
        "DistinguishedPropertySetId": "Meeting",
        "PropertyId": "35",
        "PropertyType": "Binary",
    }
    request_id = attendee.only("inbox", "MeetingRequest")
    assert attendee.get(request_id, shape="IdOnly", paths=(GLOBAL_ID,)).text("Value") == value.text


@pytest.mark.parametrize(
    "attributes",
    [
        'PropertyTag="0x3008" PropertyName="x"',
        'PropertyTag="0x3008" DistinguishedPropertySetId="Meeting"',
        'DistinguishedPropertySetId="Meeting"',
        'PropertyId="3"',
        'DistinguishedPropertySetId="Meeting" PropertySetId="00020329-0000-0000-C000-000000000046" PropertyId="3"',
        "",
    ],
)
def test_contradictory_extended_paths_are_refused(organizer, meeting, attributes):
    path = f'<t:ExtendedFieldURI {attributes} PropertyType="Binary"/>'
    assert organizer.get(meeting, paths=(path,)).code == "ErrorInvalidExtendedProperty"


@pytest.mark.parametrize(
    "version", ["Exchange2007", "Exchange2007_SP1", "Exchange2010", "Exchange2010_SP2", "Exchange2013", "Exchange2016"]
)
def test_no_version_sees_what_came_later(organizer, attendee, meeting, version):
    """The schema of the version, applied to every answer, is the judge."""
    attendee.answer("TentativelyAcceptItem", attendee.only("inbox", "MeetingRequest"))
    organizer.answer("CancelCalendarItem", meeting)
    for speaker in (organizer.at(version), attendee.at(version)):
        for folder in ("inbox", "calendar", "sentitems", "deleteditems"):
            found = speaker.find(folder, shape="AllProperties")
            for kind in ("CalendarItem", "MeetingRequest", "MeetingResponse", "MeetingCancellation"):
                for item_id in found.ids(kind):
                    for shape in ("Default", "AllProperties"):
                        assert speaker.get(item_id, shape=shape).code == "NoError"
