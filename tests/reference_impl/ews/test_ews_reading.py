"""GetItem and FindItem: shapes, paths, views, restrictions, sorting."""

import pytest

from reference_impl.ews.namespaces import t

PAGE = '<m:IndexedPageItemView MaxEntriesReturned="{limit}" Offset="{offset}" BasePoint="{point}"/>'


@pytest.fixture
def events(organizer):
    """Five appointments on five days: subjects A to E, the first in June."""
    found = []
    for number, letter in enumerate("ABCDE"):
        day = 10 + number
        answer = organizer.create(
            sending="SendToNone",
            subject=letter,
            start=f"2026-06-{day}T10:00:00Z",
            end=f"2026-06-{day}T11:00:00Z",
            before='<t:Body BodyType="Text">Some text</t:Body>',
            inner=f"<t:Location>Room {number % 2}</t:Location>",
        )
        found += answer.ids("CalendarItem")
    return found


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


def test_found_items_show_less_than_read_ones(organizer, meeting):
    shown = organizer.find("calendar", shape="AllProperties").one("CalendarItem")
    hidden = {"Body", "ResponseObjects", "RequiredAttendees", "ConflictingMeetings"}
    assert not hidden & set(names(shown))
    (mailbox,) = shown.find(t("Organizer"))
    assert names(mailbox) == ["Name"]


def test_pages_follow_one_another(organizer, events):
    seen, offset = [], 0
    while True:
        answer = organizer.find("calendar", view=PAGE.format(limit=2, offset=offset, point="Beginning"))
        root = answer.root.find(".//{*}RootFolder")
        seen += answer.ids("CalendarItem")
        assert root.get("TotalItemsInView") == "5"
        offset = int(root.get("IndexedPagingOffset"))
        if root.get("IncludesLastItemInRange") == "true":
            break
    assert seen == events
    past = organizer.find("calendar", view=PAGE.format(limit=2, offset=9, point="Beginning"))
    assert (past.code, past.all("CalendarItem")) == ("NoError", [])


def test_pages_from_the_end_go_backwards(organizer, events):
    answer = organizer.find("calendar", view=PAGE.format(limit=2, offset=1, point="End"))
    assert answer.ids("CalendarItem") == events[2:4]
    assert answer.root.find(".//{*}RootFolder").get("IncludesLastItemInRange") == "false"


def test_fractions_start_where_they_say(organizer, events):
    view = '<m:FractionalPageItemView MaxEntriesReturned="2" Numerator="2" Denominator="5"/>'
    answer = organizer.find("calendar", view=view)
    assert answer.ids("CalendarItem") == events[2:4]
    root = answer.root.find(".//{*}RootFolder")
    assert (root.get("NumeratorOffset"), root.get("AbsoluteDenominator")) == ("4", "5")


@pytest.mark.parametrize(
    ("view", "code"),
    [
        (PAGE.format(limit=0, offset=0, point="Beginning"), "ErrorInvalidPagingMaxRows"),
        (PAGE.format(limit=5, offset=-1, point="Beginning"), "ErrorInvalidIndexedPagingParameters"),
        ('<m:FractionalPageItemView Numerator="3" Denominator="2"/>', "ErrorInvalidFractionalPagingParameters"),
        ('<m:FractionalPageItemView Numerator="-1" Denominator="2"/>', "ErrorInvalidFractionalPagingParameters"),
        ('<m:FractionalPageItemView Numerator="0" Denominator="0"/>', "ErrorInvalidFractionalPagingParameters"),
        ('<m:FractionalPageItemView Numerator="1" Denominator="1"/>', "NoError"),
        (
            '<m:CalendarView StartDate="2026-06-02T00:00:00Z" EndDate="2026-06-01T00:00:00Z"/>',
            "ErrorCalendarEndDateIsEarlierThanStartDate",
        ),
        (
            '<m:CalendarView StartDate="2026-06-01T00:00:00Z" EndDate="2028-06-01T00:00:01Z"/>',
            "ErrorCalendarViewRangeTooBig",
        ),
        ('<m:CalendarView StartDate="2026-06-01T00:00:00Z" EndDate="2028-06-01T00:00:00Z"/>', "NoError"),
        (
            '<m:CalendarView StartDate="0001-01-01T00:00:00Z" EndDate="2026-06-01T00:00:00Z"/>',
            "ErrorValueOutOfRange",
        ),
        (
            '<m:CalendarView MaxEntriesReturned="0" StartDate="2026-06-01T00:00:00Z" EndDate="2026-06-02T00:00:00Z"/>',
            "ErrorInvalidPagingMaxRows",
        ),
    ],
)
def test_views_must_make_sense(organizer, view, code):
    assert organizer.find("calendar", view=view).code == code


def test_a_calendar_view_needs_a_calendar_and_takes_no_search(organizer):
    view = '<m:CalendarView StartDate="2026-06-01T00:00:00Z" EndDate="2026-06-02T00:00:00Z"/>'
    assert organizer.find("inbox", view=view).code == "ErrorCalendarFolderIsInvalidForCalendarView"
    search = '<m:Restriction><t:Exists><t:FieldURI FieldURI="item:Subject"/></t:Exists></m:Restriction>'
    assert organizer.find("calendar", view=view, rest=search).code == "ErrorInvalidOperation"
    rest = order(("item:Subject", "Ascending"))
    assert organizer.find("calendar", view=view, rest=rest).code == "ErrorInvalidOperation"


def test_two_views_are_a_schema_fault(organizer):
    view = PAGE.format(limit=5, offset=0, point="Beginning")
    assert organizer.find("calendar", view=view + view).fault == "ErrorSchemaValidation"


def test_a_calendar_view_holds_what_overlaps_it(organizer, events):
    view = '<m:CalendarView StartDate="2026-06-11T10:30:00Z" EndDate="2026-06-13T10:00:00Z"/>'
    answer = organizer.find("calendar", view=view)
    assert answer.ids("CalendarItem") == events[1:3]
    root = answer.root.find(".//{*}RootFolder")
    assert root.get("IndexedPagingOffset") is None
    short = view.replace("<m:CalendarView", '<m:CalendarView MaxEntriesReturned="1"')
    cut = organizer.find("calendar", view=short)
    root = cut.root.find(".//{*}RootFolder")
    assert cut.ids("CalendarItem") == events[1:2]
    assert (root.get("TotalItemsInView"), root.get("IncludesLastItemInRange")) == ("2", "false")


def test_a_calendar_view_reads_naive_times_in_the_context(organizer, events):
    zone = '<t:TimeZoneContext><t:TimeZoneDefinition Id="Pacific Standard Time"/></t:TimeZoneContext>'
    view = '<m:CalendarView StartDate="2026-06-11T03:30:00" EndDate="2026-06-12T02:00:00"/>'
    assert organizer.saying(zone).find("calendar", view=view).ids("CalendarItem") == events[1:2]


def search(expression):
    return f"<m:Restriction>{expression}</m:Restriction>"


def compare(kind, uri, value):
    return (
        f'<t:{kind}><t:FieldURI FieldURI="{uri}"/><t:FieldURIOrConstant><t:Constant Value="{value}"/>'
        f"</t:FieldURIOrConstant></t:{kind}>"
    )


def contains(uri, value, mode="Substring", comparison="Exact"):
    return (
        f'<t:Contains ContainmentMode="{mode}" ContainmentComparison="{comparison}"><t:FieldURI FieldURI="{uri}"/>'
        f'<t:Constant Value="{value}"/></t:Contains>'
    )


START = "calendar:Start"
NOON = "2026-06-12T10:00:00Z"
TWO_PROPERTIES = (
    '<t:IsLessThan><t:FieldURI FieldURI="calendar:Start"/><t:FieldURIOrConstant>'
    '<t:FieldURI FieldURI="calendar:End"/></t:FieldURIOrConstant></t:IsLessThan>'
)
SEARCHES = {
    "equal": (compare("IsEqualTo", "item:Subject", "C"), "C"),
    "not equal": (compare("IsNotEqualTo", "item:Subject", "C"), "ABDE"),
    "greater": (compare("IsGreaterThan", START, NOON), "DE"),
    "greater or equal": (compare("IsGreaterThanOrEqualTo", START, NOON), "CDE"),
    "less": (compare("IsLessThan", START, NOON), "AB"),
    "less or equal, with an offset": (compare("IsLessThanOrEqualTo", START, "2026-06-12T12:00:00+02:00"), "ABC"),
    "less than the last moment": (compare("IsLessThan", START, "9999-12-31T23:59:59-14:00"), "ABCDE"),
    "greater than the first moment": (compare("IsGreaterThan", START, "0001-01-01T00:00:00+14:00"), "ABCDE"),
    "and": (
        f"<t:And>{compare('IsGreaterThan', START, NOON)}{compare('IsEqualTo', 'calendar:Location', 'Room 1')}</t:And>",
        "D",
    ),
    "or": (
        f"<t:Or>{compare('IsEqualTo', 'item:Subject', 'A')}{compare('IsEqualTo', 'item:Subject', 'E')}</t:Or>",
        "AE",
    ),
    "not": (f"<t:Not>{compare('IsEqualTo', 'item:Subject', 'A')}</t:Not>", "BCDE"),
    "exists": ('<t:Exists><t:FieldURI FieldURI="calendar:Location"/></t:Exists>', "ABCDE"),
    "exists without a value": ('<t:Exists><t:FieldURI FieldURI="item:Categories"/></t:Exists>', ""),
    "a substring": (contains("calendar:Location", "oom 1"), "BD"),
    "a substring of another case": (contains("calendar:Location", "ROOM 1"), ""),
    "a substring whatever the case": (contains("calendar:Location", "ROOM 1", comparison="IgnoreCase"), "BD"),
    "a prefix": (contains("calendar:Location", "Room", mode="Prefixed"), "ABCDE"),
    "the whole": (contains("calendar:Location", "Room", mode="FullString"), ""),
    "the beginning of a word": (contains("item:Body", "tex", mode="PrefixOnWords"), "ABCDE"),
    "a phrase": (contains("item:Body", "Some text", mode="ExactPhrase"), "ABCDE"),
    "marks ignored": (contains("calendar:Location", "Röom", comparison="IgnoreNonSpacingCharacters"), "ABCDE"),
    "a flag": (compare("IsEqualTo", "calendar:IsMeeting", "false"), "ABCDE"),
    "a number": (compare("IsGreaterThan", "item:Size", "1000000"), ""),
    "two properties": (TWO_PROPERTIES, "ABCDE"),
    "a property these items do not have": (compare("IsEqualTo", "message:IsRead", "true"), ""),
    "a property nobody has": (compare("IsEqualTo", "contacts:GivenName", "x"), ""),
}


@pytest.mark.parametrize("name", SEARCHES)
def test_restrictions_find_what_fits(organizer, events, name):
    expression, expected = SEARCHES[name]
    answer = organizer.find("calendar", rest=search(expression), paths=("item:Subject",))
    assert answer.code == "NoError"
    assert "".join(answer.texts("Subject")) == expected


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        (compare("IsEqualTo", "item:ResponseObjects", "x"), "ErrorUnsupportedPathForQuery"),
        (compare("IsEqualTo", "calendar:ConflictingMeetingCount", "0"), "ErrorUnsupportedPathForQuery"),
        (compare("IsEqualTo", "item:Importance", "high"), "ErrorInvalidValueForProperty"),
        (compare("IsEqualTo", START, "soon"), "ErrorInvalidValueForProperty"),
        (compare("IsEqualTo", "calendar:IsMeeting", "perhaps"), "ErrorInvalidValueForProperty"),
        (compare("IsEqualTo", "item:Size", "big"), "ErrorInvalidValueForProperty"),
        (contains(START, "2026"), "ErrorContainsFilterWrongType"),
        ('<t:Exists><t:FieldURI FieldURI="item:ResponseObjects"/></t:Exists>', "ErrorUnsupportedPathForQuery"),
        ('<t:Exists><t:FieldURI FieldURI="message:IsRead"/></t:Exists>', "ErrorInvalidPropertyForExists"),
        ("<t:Not>" * 70 + compare("IsEqualTo", "item:Subject", "x") + "</t:Not>" * 70, "ErrorRestrictionTooComplex"),
    ],
)
def test_restrictions_that_cannot_be_are_refused(organizer, expression, code):
    assert organizer.find("calendar", rest=search(expression)).code == code


def order(*fields):
    inner = "".join(f'<t:FieldOrder Order="{way}"><t:FieldURI FieldURI="{uri}"/></t:FieldOrder>' for uri, way in fields)
    return f"<m:SortOrder>{inner}</m:SortOrder>"


def test_results_are_sorted_by_several_fields(organizer, events):
    rest = order(("calendar:Location", "Descending"), ("item:Subject", "Ascending"))
    answer = organizer.find("calendar", rest=rest, paths=("item:Subject",))
    assert "".join(answer.texts("Subject")) == "BDACE"
    page = PAGE.format(limit=2, offset=1, point="Beginning")
    answer = organizer.find("calendar", view=page, rest=rest, paths=("item:Subject",))
    assert "".join(answer.texts("Subject")) == "DA"


def test_calculated_properties_cannot_be_sorted_by(organizer):
    rest = order(("item:ResponseObjects", "Ascending"))
    assert organizer.find("calendar", rest=rest).code == "ErrorUnsupportedPathForSortGroup"


def test_soft_deleted_and_associated_items_are_none(organizer, events):
    for traversal in ("SoftDeleted", "Associated"):
        answer = organizer(
            f'<m:FindItem Traversal="{traversal}"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>'
            '<m:ParentFolderIds><t:DistinguishedFolderId Id="calendar"/></m:ParentFolderIds></m:FindItem>'
        )
        assert (answer.code, answer.all("CalendarItem")) == ("NoError", [])


def test_every_folder_has_its_own_response_message(organizer, events):
    answer = organizer(
        '<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>'
        '<m:ParentFolderIds><t:DistinguishedFolderId Id="calendar"/><t:FolderId Id="AAAA"/>'
        '<t:DistinguishedFolderId Id="inbox"/></m:ParentFolderIds></m:FindItem>'
    )
    assert answer.codes == ["NoError", "ErrorInvalidIdMalformed", "NoError"]


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
