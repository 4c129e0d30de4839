"""What FindItem answers: how much at most, and how much of each item."""

import pytest

from reference_impl.domain.mailbox import Person
from reference_impl.ews.namespaces import m, t
from reference_impl.service.settings import Settings
from tests.reference_impl.ews.finding.asking import compare, find, group, names, page, query, search, window

FEW = Settings(found_items=4, searched_items=2)
ANY = search(compare("IsNotEqualTo", "item:Subject", "nothing"))
JUNE = window("2026-06-01T00:00:00Z", "2026-07-01T00:00:00Z")
few = pytest.mark.parametrize("settings", [FEW])


@few
def test_more_than_an_answer_may_hold_has_to_be_asked_for_in_pages(organizer, events):
    answer = find(organizer).answer
    assert answer.code == "ErrorExceededFindCountLimit"
    assert (answer.one("Value").get("Name"), answer.text("Value")) == ("PolicyLimit", "4")
    assert find(organizer, view=JUNE).code == "ErrorExceededFindCountLimit"
    assert find(organizer, where=ANY).code == "ErrorExceededFindCountLimit"
    assert find(organizer, groups=group("item:Subject", "item:Subject")).code == "ErrorExceededFindCountLimit"


@few
@pytest.mark.parametrize("version", ["Exchange2007", "Exchange2007_SP1", "Exchange2010"])
def test_before_2010_sp1_the_server_is_busy_instead(organizer, events, version):
    speaker = organizer.at(version)
    for part in ({}, {"view": JUNE}, {"view": page(0, 5)}, {"where": ANY, "view": page(0, 3)}):
        assert find(speaker, **part).code == "ErrorServerBusy"
    assert find(speaker, view=page(0, 4)).subjects == ["A", "B", "C", "D"]


@few
def test_a_page_holds_what_an_answer_may_hold(organizer, events):
    found = find(organizer, view=page(0, 1000))
    assert (found.subjects, found.IncludesLastItemInRange) == (["A", "B", "C", "D"], False)
    assert (found.IndexedPagingOffset, found.TotalItemsInView) == (4, 5)
    assert find(organizer, view=page(4, 1000)).subjects == ["E"]
    assert find(organizer, view=page(0)).subjects == ["A", "B", "C", "D"]
    searched = find(organizer, where=ANY, view=page(1, 1000))
    assert (searched.subjects, searched.TotalItemsInView) == (["B", "C"], 5)
    assert find(organizer, query=query("NOT nothing"), view=page(0, 9)).subjects == ["A", "B"]


@few
def test_a_calendar_view_may_ask_for_less(organizer, events):
    short = window("2026-06-01T00:00:00Z", "2026-07-01T00:00:00Z", 3)
    assert find(organizer, view=short).subjects == ["A", "B", "C"]
    long = window("2026-06-01T00:00:00Z", "2026-07-01T00:00:00Z", 5)
    assert find(organizer, view=long).code == "ErrorExceededFindCountLimit"


@few
def test_the_folders_of_one_request_share_what_it_may_be_answered_with(organizer, filler, events):
    filler.message("mail")
    parents = "".join(f'<t:DistinguishedFolderId Id="{name}"/>' for name in ("inbox", "calendar", "inbox"))
    answer = find(organizer, parents, view=page(0, 5)).answer
    assert answer.codes == ["NoError", "NoError", "ErrorExceededFindCountLimit"]
    assert answer.texts("Subject") == ["mail", "A", "B", "C"]
    nothing = "".join(f'<t:DistinguishedFolderId Id="{name}"/>' for name in ("calendar", "drafts"))
    assert find(organizer, nothing, view=page(0, 4)).answer.codes == ["NoError", "NoError"]


# What is shown of an item


@pytest.mark.requirement("EWS-MTG-250", "EWS-MTG-251")
@pytest.mark.parametrize("view", ["", JUNE])
def test_found_items_show_less_than_read_ones(organizer, meeting, view):
    (item,) = find(organizer, view=view, shape="AllProperties").items
    shown = set(names(item))
    assert not shown & {"Body", "ResponseObjects", "RequiredAttendees", "ConflictingMeetings", "Recurrence"}
    assert {"Subject", "Organizer", "Start", "DisplayTo"} <= shown
    (mailbox,) = item.find(t("Organizer"))
    assert names(mailbox) == ["Name"]


@pytest.mark.requirement("EWS-MTG-250", "EWS-MTG-251")
def test_found_messages_name_who_sent_them_and_no_more(organizer, attendee, meeting):
    for shape in ("Default", "AllProperties"):
        (item,) = find(attendee, "inbox", shape=shape).items
        assert not set(names(item)) & {"Body", "ToRecipients", "CcRecipients", "RequiredAttendees", "ResponseObjects"}
        (mailbox,) = item.find(t("From"))
        assert names(mailbox) == ["Name"]


@pytest.mark.parametrize(
    "uri",
    [
        "item:Body",
        "item:TextBody",
        "item:UniqueBody",
        "item:NormalizedBody",
        "item:MimeContent",
        "item:Attachments",
        "item:ResponseObjects",
        "message:ToRecipients",
        "calendar:RequiredAttendees",
        "calendar:Recurrence",
        "calendar:ConflictingMeetings",
    ],
)
def test_what_only_reading_shows_cannot_be_asked_for(organizer, events, uri):
    answer = find(organizer, paths=("item:Subject", uri)).answer
    assert answer.code == "ErrorInvalidPropertyForOperation"
    assert answer.one("FieldURI").get("FieldURI") == uri


def test_mime_content_cannot_be_asked_for(organizer, events):
    include = "<t:IncludeMimeContent>{}</t:IncludeMimeContent>"
    assert find(organizer, mime=include.format("true")).code == "ErrorInvalidPropertyForOperation"
    assert find(organizer, mime=include.format("false")).code == "NoError"


LONG = "x" * 300
SET = "aa3df801-4fc7-401f-bbc1-7c93d6498c2e"
PROPERTY = f'<t:ExtendedFieldURI PropertySetId="{SET}" PropertyName="{{}}" PropertyType="{{}}"/>'
PATHS = (PROPERTY.format("text", "String"), PROPERTY.format("data", "Binary"))


def test_long_texts_are_cut_short(organizer, filler, tools):
    data = "QUJD" * 300
    kept = "".join(
        f"<t:ExtendedProperty>{path}<t:Value>{value}</t:Value></t:ExtendedProperty>"
        for path, value in zip(PATHS, (LONG, data), strict=True)
    )
    (item_id,) = organizer.create(sending="SendToNone", before=kept, inner=f"<t:Location>{LONG}</t:Location>").ids(
        "CalendarItem"
    )
    paths = ("calendar:Location", *PATHS)
    (found,) = find(organizer, paths=paths).items
    assert found.findtext(t("Location")) == LONG[:255]
    text, binary = (value.text for value in found.iter(t("Value")))
    assert (text, len(binary)) == (LONG[:255], 684)  # 512 bytes
    assert data.startswith(binary[:680])
    read = organizer.get(item_id, paths=PATHS)
    assert read.text("Location") == LONG
    assert [value.text for value in read.all("Value")] == [LONG, data]
    assert find(organizer, where=search(compare("IsEqualTo", "calendar:Location", LONG))).ids == find(organizer).ids


def test_lists_of_names_are_cut_short(organizer, filler):
    filler.message("to many", to=tuple(Person(f"somebody{number}@example.com") for number in range(30)))
    (found,) = find(organizer, "inbox", paths=("item:DisplayTo",)).items
    assert len(found.findtext(t("DisplayTo"))) == 255


@pytest.mark.parametrize("version", ["Exchange2007_SP1", "Exchange2010", "Exchange2013", "Exchange2016"])
def test_every_version_is_answered_by_its_schema(organizer, mails, events, version):
    speaker = organizer.at(version)
    for part in ({}, {"view": page(1, 2, "End")}, {"groups": group("item:Subject", "item:DateTimeCreated")}):
        assert find(speaker, "inbox", shape="AllProperties", **part).code == "NoError"
    assert find(speaker, view=JUNE, shape="AllProperties").answer.root.find(f".//{m('RootFolder')}") is not None
