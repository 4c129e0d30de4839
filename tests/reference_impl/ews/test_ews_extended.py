"""Extended properties: addresses, values, those that mirror others, searches."""

import base64
import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from reference_impl.domain.acts import EventDraft, MessageDraft
from reference_impl.domain.items import CalendarItem, Message
from reference_impl.ews.extended.addresses import extended_path
from reference_impl.ews.namespaces import TYPES
from reference_impl.mapi import calendar, messages

SET = "c11ff724-aa03-4555-9952-8fa248a11c3e"
NAMED = f'<t:ExtendedFieldURI PropertySetId="{SET}" PropertyName="Shoe" PropertyType="{{type}}"/>'
SHOE = NAMED.format(type="String")


def prop(path, *values):
    written = "".join(f"<t:Value>{value}</t:Value>" for value in values)
    is_array = "Array" in path
    return (
        f"<t:ExtendedProperty>{path}{f'<t:Values>{written}</t:Values>' if is_array else written}</t:ExtendedProperty>"
    )


def path(attributes, type_="String"):
    return f'<t:ExtendedFieldURI {attributes} PropertyType="{type_}"/>'


def appointment(number, type_):
    return path(f'DistinguishedPropertySetId="Appointment" PropertyId="{number}"', type_)


def common(number, type_):
    return path(f'DistinguishedPropertySetId="Common" PropertyId="{number}"', type_)


def meeting_set(number, type_):
    return path(f'DistinguishedPropertySetId="Meeting" PropertyId="{number}"', type_)


def public(name, type_="String"):
    return path(f'DistinguishedPropertySetId="PublicStrings" PropertyName="{name}"', type_)


def parsed(text):
    return etree.fromstring(text.replace("<t:ExtendedFieldURI", f'<t:ExtendedFieldURI xmlns:t="{TYPES}"', 1))


def value_of(speaker, item_id, *paths):
    return speaker.get(item_id, shape="IdOnly", paths=paths).texts("Value")


def made(organizer, *properties, **fields):
    answer = organizer.create(sending="SendToNone", before="".join(properties), **fields)
    assert answer.code == "NoError"
    (item_id,) = answer.ids("CalendarItem")
    return item_id


@given(st.integers(0, 0x7FFF), st.booleans())
def test_a_tag_is_the_same_in_hexadecimal_and_decimal(number, is_upper):
    spelled = f"0X{number:04X}" if is_upper else f"0x{number:x}"
    by_hex = extended_path(parsed(path(f'PropertyTag="{spelled}"')))
    assert by_hex.address == extended_path(parsed(path(f'PropertyTag="{number}"'))).address
    assert spelled in by_hex.xml


@pytest.mark.parametrize("name", ["Meeting", "Appointment", "Common", "PublicStrings", "InternetHeaders", "Task"])
def test_a_property_set_is_the_same_by_name_and_by_guid(name):
    by_name = extended_path(parsed(path(f'DistinguishedPropertySetId="{name}" PropertyId="7"', "Integer")))
    guid = by_name.address.property_set
    for spelled in (guid, guid.upper()):
        by_guid = extended_path(parsed(path(f'PropertySetId="{spelled}" PropertyId="7"', "Integer")))
        assert by_guid.address == by_name.address


@pytest.mark.requirement("EWS-MTG-234")
@pytest.mark.parametrize(
    ("attributes", "type_", "code"),
    [
        ('PropertyTag="0x3008" PropertyName="x"', "String", "ErrorInvalidExtendedProperty"),
        ('PropertyTag="99999"', "String", "ErrorInvalidExtendedProperty"),
        ('PropertyTag="0x8000"', "String", "ErrorNoPropertyTagForCustomProperties"),
        ('PropertyTag="0x1000"', "Null", "ErrorInvalidExtendedProperty"),
        ('PropertyTag="0x1000"', "Object", "ErrorInvalidExtendedProperty"),
        ("", "String", "ErrorInvalidExtendedProperty"),
    ],
)
def test_addresses_that_name_nothing_are_refused_wherever_they_stand(organizer, meeting, attributes, type_, code):
    wrong = path(attributes, type_)
    shown = organizer.get(meeting, shape="IdOnly", paths=(wrong,))
    assert shown.code == code
    assert shown.one("ExtendedFieldURI").get("PropertyType") == type_
    assert organizer.create(sending="SendToNone", before=prop(wrong, "x")).code == code
    assert organizer.update(meeting, f"<t:DeleteItemField>{wrong}</t:DeleteItemField>").code == code


VALUES = [
    ("ApplicationTime", ["46000.25"], ["46000.25"]),
    ("Binary", ["AQ ID"], ["AQID"]),
    ("Boolean", ["1"], ["true"]),
    ("CLSID", [SET.upper()], [SET]),
    ("Currency", ["-12"], ["-12"]),
    ("Double", ["1e3"], ["1000.0"]),
    ("Float", ["INF"], ["INF"]),
    ("Integer", ["+007"], ["7"]),
    ("Long", [str(2**63 - 1)], [str(2**63 - 1)]),
    ("Short", ["-32768"], ["-32768"]),
    ("String", [" two words "], [" two words "]),
    ("SystemTime", ["2026-06-25T12:00:00+02:00"], ["2026-06-25T10:00:00Z"]),
    ("BinaryArray", ["AQID", ""], ["AQID", None]),
    ("CLSIDArray", [SET], [SET]),
    ("IntegerArray", ["1", "2"], ["1", "2"]),
    ("StringArray", ["a", "b", "a"], ["a", "b", "a"]),
    ("SystemTimeArray", ["2026-06-25T10:00:00Z"], ["2026-06-25T10:00:00Z"]),
]


@pytest.mark.requirement("EWS-MTG-233")
@pytest.mark.parametrize(("type_", "written", "shown"), VALUES, ids=[row[0] for row in VALUES])
def test_values_of_every_type_come_back_with_their_path(organizer, type_, written, shown):
    uri = NAMED.format(type=type_)
    item_id = made(organizer, prop(uri, *written))
    answer = organizer.get(item_id, shape="IdOnly", paths=(uri,))
    assert answer.texts("Value") == shown
    assert dict(answer.one("ExtendedFieldURI").attrib) == {
        "PropertySetId": SET,
        "PropertyName": "Shoe",
        "PropertyType": type_,
    }
    assert not organizer.get(item_id).all("ExtendedProperty")


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("Integer", "2147483648"),
        ("Integer", "one"),
        ("Integer", "1_000"),
        ("Integer", "\u0661"),
        ("Double", "1_0.5"),
        ("SystemTime", "2026-06-2\u0665T10:00:00Z"),
        ("Short", "40000"),
        ("Long", str(2**63)),
        ("Boolean", "yes"),
        ("Binary", "?"),
        ("CLSID", "c11ff724"),
        ("Double", "1,5"),
        ("SystemTime", "yesterday"),
        ("IntegerArray", "x"),
    ],
)
def test_a_value_that_is_none_of_its_type_is_refused_and_changes_nothing(organizer, everything, type_, value):
    uri = NAMED.format(type=type_)
    before = everything()
    answer = organizer.create(sending="SendToNone", before=prop(uri, value))
    assert answer.code == "ErrorInvalidExtendedPropertyValue"
    assert answer.one("ExtendedFieldURI").get("PropertyName") == "Shoe"
    assert everything() == before


def test_one_value_and_several_are_not_the_same(organizer):
    for type_, inner in (
        ("String", "<t:Values><t:Value>x</t:Value></t:Values>"),
        ("StringArray", "<t:Value>x</t:Value>"),
    ):
        written = f"<t:ExtendedProperty>{NAMED.format(type=type_)}{inner}</t:ExtendedProperty>"
        assert organizer.create(sending="SendToNone", before=written).code == "ErrorInvalidExtendedPropertyValue"


def change(verb, uri, inner, kind="CalendarItem"):
    return f"<t:{verb}>{uri}<t:{kind}>{inner}</t:{kind}></t:{verb}>"


def test_properties_are_set_replaced_and_deleted(organizer):
    item_id = made(organizer, prop(SHOE, "left"))
    assert organizer.update(item_id, change("SetItemField", SHOE, prop(SHOE, "right"))).code == "NoError"
    assert value_of(organizer, item_id, SHOE) == ["right"]
    assert organizer.update(item_id, f"<t:DeleteItemField>{SHOE}</t:DeleteItemField>").code == "NoError"
    assert value_of(organizer, item_id, SHOE) == []
    assert organizer.update(item_id, f"<t:DeleteItemField>{SHOE}</t:DeleteItemField>").code == "NoError"


def test_the_path_and_the_property_of_a_change_are_one(organizer, meeting):
    hat = SHOE.replace("Shoe", "Hat")
    assert organizer.update(meeting, change("SetItemField", SHOE, prop(hat, "x"))).code == "ErrorUpdatePropertyMismatch"
    spelled = SHOE.replace(SET, SET.upper())
    assert organizer.update(meeting, change("SetItemField", spelled, prop(SHOE, "x"))).code == "NoError"
    both = prop(SHOE, "x") + prop(hat, "y")
    assert organizer.update(meeting, change("SetItemField", SHOE, both)).code == "ErrorIncorrectUpdatePropertyCount"
    subject = change("SetItemField", SHOE, "<t:Subject>x</t:Subject>")
    assert organizer.update(meeting, subject).code == "ErrorUpdatePropertyMismatch"
    appended = change("AppendToItemField", SHOE, prop(SHOE, "x"))
    assert organizer.update(meeting, appended).code == "ErrorInvalidPropertyAppend"


def test_properties_are_private_to_the_copy(organizer, attendee):
    answer = organizer.create(attendees=("attendee0@example.com",), before=prop(SHOE, "left"))
    assert value_of(organizer, answer.ids("CalendarItem")[0], SHOE) == ["left"]
    assert value_of(attendee, attendee.only("calendar", "CalendarItem"), SHOE) == []
    request_id = attendee.only("inbox", "MeetingRequest")
    setting = change("SetItemField", SHOE, prop(SHOE, "mine"), "MeetingRequest")
    assert attendee.update(request_id, setting, sending=None, rest=' MessageDisposition="SaveOnly"').code == "NoError"
    assert value_of(attendee, request_id, SHOE) == ["mine"]


def test_mail_keeps_its_properties(organizer, attendee):
    organizer(
        '<m:CreateItem MessageDisposition="SendAndSaveCopy"><m:Items><t:Message><t:Subject>x</t:Subject>'
        f"{prop(SHOE, 'left')}<t:ToRecipients><t:Mailbox><t:EmailAddress>attendee0@example.com</t:EmailAddress>"
        "</t:Mailbox></t:ToRecipients></t:Message></m:Items></m:CreateItem>"
    )
    assert value_of(attendee, attendee.only("inbox", "Message"), SHOE) == ["left"]


def test_one_occurrence_has_properties_of_its_own(organizer):
    weekly = (
        "<t:Recurrence><t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Thursday</t:DaysOfWeek>"
        "</t:WeeklyRecurrence><t:NumberedRecurrence><t:StartDate>2026-06-25</t:StartDate>"
        "<t:NumberOfOccurrences>3</t:NumberOfOccurrences></t:NumberedRecurrence></t:Recurrence>"
    )
    master = made(organizer, prop(SHOE, "series"), after=weekly)
    master_id = etree.fromstring(master).get("Id")
    second = f'<t:OccurrenceItemId RecurringMasterId="{master_id}" InstanceIndex="2"/>'
    assert value_of(organizer, second, SHOE) == ["series"]
    (occurrence,) = organizer.get(second, shape="IdOnly").ids("CalendarItem")
    organizer.update(occurrence, change("SetItemField", SHOE, prop(SHOE, "own")))
    assert value_of(organizer, second, SHOE) == ["own"]
    assert value_of(organizer, master, SHOE) == ["series"]
    goid, clean = (
        base64.b64decode(value)
        for value in value_of(organizer, second, meeting_set(3, "Binary"), meeting_set(35, "Binary"))
    )
    assert goid[16:20] == bytes([2026 >> 8, 2026 & 255, 7, 2])
    assert clean == goid[:16] + bytes(4) + goid[20:]
    assert value_of(organizer, second, public("urn:schemas:calendar:instancetype", "Integer")) == ["3"]
    assert value_of(organizer, master, public("urn:schemas:calendar:instancetype", "Integer")) == ["1"]
    assert value_of(organizer, master, appointment(0x8231, "Integer")) == ["2"]


EVENT_MIRRORS = [
    (path('PropertyTag="0x0037"'), "Budget"),
    (path('PropertyTag="0x001A"'), "IPM.Appointment"),
    (path('PropertyTag="23"', "Integer"), "1"),
    (path('PropertyTag="0x0060"', "SystemTime"), "2026-06-25T10:00:00Z"),
    (appointment(0x820D, "SystemTime"), "2026-06-25T10:00:00Z"),
    (appointment(0x820E, "SystemTime"), "2026-06-25T11:00:00Z"),
    (appointment(0x8213, "Integer"), "60"),
    (appointment(0x8205, "Integer"), "2"),
    (appointment(0x8217, "Integer"), "1"),
    (appointment(0x8218, "Integer"), "1"),
    (appointment(0x8223, "Boolean"), "false"),
    (appointment(0x8201, "Integer"), "0"),
    (common(0x8501, "Integer"), "15"),
    (common(0x8503, "Boolean"), "true"),
    (common(0x8560, "SystemTime"), "2026-06-25T09:45:00Z"),
    (common(0x8506, "Boolean"), "false"),
]


@pytest.mark.parametrize(("uri", "expected"), EVENT_MIRRORS, ids=lambda value: value[:70])
def test_mapi_properties_of_a_meeting_mirror_its_own(organizer, meeting, uri, expected):
    assert value_of(organizer, meeting, uri) == [expected]


def test_mapi_properties_of_the_copy_and_the_messages_mirror_theirs(organizer, attendee, meeting):
    copy_id, request_id = attendee.only("calendar", "CalendarItem"), attendee.only("inbox", "MeetingRequest")
    assert value_of(attendee, copy_id, appointment(0x8217, "Integer"), appointment(0x8218, "Integer")) == ["3", "5"]
    shown = value_of(
        attendee, request_id, meeting_set(0x26, "Integer"), appointment(0x8208, "String"), path('PropertyTag="0x001A"')
    )
    assert shown == ["1", "IPM.Schedule.Meeting.Request"]
    start = "<t:ProposedStart>2026-06-26T10:00:00Z</t:ProposedStart><t:ProposedEnd>2026-06-26T10:30:00Z</t:ProposedEnd>"
    attendee.answer("TentativelyAcceptItem", request_id, after=start)
    response_id = organizer.only("inbox", "MeetingResponse")
    shown = value_of(
        organizer,
        response_id,
        appointment(0x8250, "SystemTime"),
        appointment(0x8256, "Integer"),
        appointment(0x8257, "Boolean"),
        meeting_set(0x26, "Integer"),
    )
    assert shown == ["2026-06-26T10:00:00Z", "30", "true"]


MIRRORS_THAT_CAN_BE_SET = [
    (path('PropertyTag="0x0037"'), "New", "Subject", "New"),
    (path('PropertyTag="0x1000"'), "The agenda", "Body", "The agenda"),
    (path('PropertyTag="0x0017"', "Integer"), "2", "Importance", "High"),
    (path('PropertyTag="0x0036"', "Integer"), "3", "Sensitivity", "Confidential"),
    (common(0x8506, "Boolean"), "true", "Sensitivity", "Private"),
    (public("Keywords", "StringArray"), "Red", "String", "Red"),
    (appointment(0x8205, "Integer"), "3", "LegacyFreeBusyStatus", "OOF"),
    (appointment(0x8208, "String"), "Hall", "Location", "Hall"),
    (appointment(0x820D, "SystemTime"), "2026-06-25T10:30:00Z", "Start", "2026-06-25T10:30:00Z"),
    (appointment(0x820E, "SystemTime"), "2026-06-25T12:00:00Z", "End", "2026-06-25T12:00:00Z"),
    (appointment(0x825A, "Boolean"), "true", "AllowNewTimeProposal", "false"),
    (common(0x8501, "Integer"), "30", "ReminderMinutesBeforeStart", "30"),
    (common(0x8503, "Boolean"), "false", "ReminderIsSet", "false"),
]


@pytest.mark.parametrize(("uri", "value", "element", "expected"), MIRRORS_THAT_CAN_BE_SET, ids=lambda value: value[:70])
def test_setting_a_mirror_sets_what_it_mirrors(organizer, meeting, uri, value, element, expected):
    assert organizer.update(meeting, change("SetItemField", uri, prop(uri, value))).code == "NoError"
    assert organizer.get(meeting).text(element) == expected
    assert value_of(organizer, meeting, uri) == [value]


def test_calculated_mirrors_are_neither_set_nor_deleted(organizer, meeting):
    for uri, value in (
        (path('PropertyTag="0x3008"', "SystemTime"), "2026-06-25T10:30:00Z"),
        (appointment(0x8213, "Integer"), "5"),
        (meeting_set(3, "Binary"), "AQID"),
    ):
        assert (
            organizer.update(meeting, change("SetItemField", uri, prop(uri, value))).code == "ErrorInvalidPropertySet"
        )
        deleted = organizer.update(meeting, f"<t:DeleteItemField>{uri}</t:DeleteItemField>")
        assert deleted.code == "ErrorInvalidPropertyDelete"
    wrong = appointment(0x8205, "Integer")
    setting = organizer.update(meeting, change("SetItemField", wrong, prop(wrong, "9")))
    assert setting.code == "ErrorInvalidExtendedPropertyValue"
    keywords = public("Keywords", "StringArray")
    assert organizer.update(meeting, f"<t:DeleteItemField>{keywords}</t:DeleteItemField>").code == "NoError"


def test_the_content_of_a_received_message_is_not_set_by_its_mirrors(attendee, meeting):
    request_id = attendee.only("inbox", "MeetingRequest")
    subject, read = path('PropertyTag="0x0037"'), path('PropertyTag="0x0E69"', "Boolean")
    saved = {"sending": None, "rest": ' MessageDisposition="SaveOnly"'}
    refused = attendee.update(
        request_id, change("SetItemField", subject, prop(subject, "x"), "MeetingRequest"), **saved
    )
    assert refused.code == "ErrorInvalidPropertySet"
    marked = attendee.update(request_id, change("SetItemField", read, prop(read, "true"), "MeetingRequest"), **saved)
    assert marked.code == "NoError"
    assert attendee.get(request_id).text("IsRead") == "true"


def restriction(inner):
    return f"<m:Restriction>{inner}</m:Restriction>"


def comparison(verb, uri, value):
    return f"<t:{verb}>{uri}<t:FieldURIOrConstant><t:Constant Value='{value}'/></t:FieldURIOrConstant></t:{verb}>"


def test_items_are_numbered_in_the_order_in_which_they_came_to_their_folder(organizer):
    article = path('PropertyTag="0x0E23"', "Integer")
    items = [made(organizer, subject=subject) for subject in ("First", "Second", "Third")]
    numbers = [int(value_of(organizer, item, article)[0]) for item in items]
    assert 0 < numbers[0] < numbers[1] < numbers[2]
    assert organizer.update(items[0], "<t:DeleteItemField>" + SHOE + "</t:DeleteItemField>").code == "NoError"
    assert int(value_of(organizer, items[0], article)[0]) == numbers[0]


def test_items_are_found_and_sorted_by_extended_properties(organizer):
    size = NAMED.format(type="Integer")
    for number in (9, 10, 100):
        made(organizer, prop(size, number), subject=f"S{number}")
    made(organizer, subject="bare")

    def found(rest):
        return organizer.find("calendar", shape="IdOnly", paths=("item:Subject",), rest=rest).texts("Subject")

    assert found(restriction(comparison("IsGreaterThan", size, "9"))) == ["S10", "S100"]
    assert found(restriction(comparison("IsEqualTo", size, "9"))) == ["S9"]
    assert found(restriction(f"<t:Exists>{size}</t:Exists>")) == ["S9", "S10", "S100"]
    order = f'<m:SortOrder><t:FieldOrder Order="Descending">{size}</t:FieldOrder></m:SortOrder>'
    assert found(order) == ["S100", "S10", "S9", "bare"]
    start = appointment(0x820D, "SystemTime")
    assert len(found(restriction(comparison("IsEqualTo", start, "2026-06-25T10:00:00Z")))) == 4


@pytest.mark.parametrize(
    "knowledge", [messages.ITEM_PROPERTIES, messages.MESSAGE_PROPERTIES, calendar.EVENT_PROPERTIES, calendar.PRIVACY]
)
def test_what_a_mirror_sets_are_attributes_of_items_and_of_drafts(knowledge):
    samples = {
        "Boolean": "true",
        "Integer": "1",
        "String": "x",
        "StringArray": "x",
        "SystemTime": "2026-06-25T10:00:00Z",
    }
    kinds = {
        id(messages.ITEM_PROPERTIES): (CalendarItem, Message, EventDraft, MessageDraft),
        id(messages.MESSAGE_PROPERTIES): (Message, MessageDraft),
        id(calendar.EVENT_PROPERTIES): (CalendarItem, EventDraft),
        id(calendar.PRIVACY): (CalendarItem, Message, EventDraft, MessageDraft),
    }[id(knowledge)]
    for address, known in knowledge.items():
        if known.write is None:
            continue
        for kind in kinds:
            assert known.write((samples[address.type],)).keys() <= set(inspect.signature(kind).parameters), address
