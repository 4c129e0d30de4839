"""GetFolder and FindFolder: names, ids, shapes, restrictions and pages."""

import pytest

from reference_impl.ews.folders import DISTINGUISHED
from reference_impl.ews.namespaces import MESSAGES, t
from reference_impl.service.settings import Settings

EVERYTHING = ("FolderId", "ParentFolderId", "FolderClass", "DisplayName", "TotalCount", "ChildFolderCount")


def children(element):
    return [child.tag.rpartition("}")[2] for child in element]


@pytest.mark.parametrize("name", DISTINGUISHED)
def test_every_distinguished_folder_is_there_under_its_name(organizer, folders, name):
    answer = folders.get(organizer, folders.named(name), base="AllProperties")
    assert answer.code == "NoError"
    assert answer.text("DistinguishedFolderId") == name
    again = folders.get(organizer, folders.id_of(answer), base="AllProperties")
    assert again.text("DistinguishedFolderId") == name


def test_folders_have_the_element_of_their_kind(organizer, folders):
    kinds = {"calendar": "CalendarFolder", "contacts": "ContactsFolder", "tasks": "TasksFolder", "notes": "Folder"}
    for name, element in kinds.items():
        assert len(folders.get(organizer, folders.named(name)).all(element)) == 1


def test_folders_may_be_named_with_their_owner(organizer, folders):
    answer = folders.get(
        organizer,
        folders.named("inbox", "ORGANIZER0@example.com"),
        folders.named("inbox", "nobody@example.com"),
        folders.named("voicemail"),
        folders.named("inbox", "list0@example.com"),
    )
    assert answer.codes == ["NoError", "ErrorNonExistentMailbox", "ErrorFolderNotFound", "ErrorFolderNotFound"]


def test_an_items_id_is_no_folders(organizer, folders, meeting):
    item = meeting.replace("t:ItemId", "t:FolderId")
    assert folders.get(organizer, item).code == "ErrorCannotUseItemIdForFolderId"


@pytest.mark.parametrize(
    ("name", "default"),
    [
        ("inbox", ["FolderId", "DisplayName", "TotalCount", "ChildFolderCount", "UnreadCount"]),
        ("calendar", ["FolderId", "DisplayName", "ChildFolderCount"]),
        ("contacts", ["FolderId", "DisplayName", "TotalCount", "ChildFolderCount"]),
        ("tasks", ["FolderId", "DisplayName", "TotalCount", "ChildFolderCount", "UnreadCount"]),
    ],
)
def test_shapes_are_those_of_the_kind(organizer, folders, name, default):
    (shown,) = folders.get(organizer, folders.named(name), base="Default").root.iter(f"{{{MESSAGES}}}Folders")
    assert children(shown[0]) == default
    (shown,) = folders.get(organizer, folders.named(name)).root.iter(f"{{{MESSAGES}}}Folders")
    assert children(shown[0]) == ["FolderId"]
    (shown,) = folders.get(organizer, folders.named(name), base="AllProperties").root.iter(f"{{{MESSAGES}}}Folders")
    last = ["UnreadCount"] if "UnreadCount" in default else []
    assert children(shown[0]) == [*EVERYTHING, "EffectiveRights", "DistinguishedFolderId", *last]


def test_properties_come_with_their_version(organizer, folders):
    def shown(version):
        answer = folders.get(organizer.at(version), folders.named("inbox"), base="AllProperties")
        return children(answer.one("Folder"))[len(EVERYTHING) :]

    assert shown("Exchange2007") == ["UnreadCount"]
    assert shown("Exchange2007_SP1") == ["EffectiveRights", "PermissionSet", "UnreadCount"]
    assert shown("Exchange2010") == ["EffectiveRights", "PermissionSet", "UnreadCount"]
    assert shown("Exchange2013") == ["EffectiveRights", "DistinguishedFolderId", "UnreadCount"]
    before, after = (
        children(
            folders.get(organizer.at(version), folders.named("inbox"), base="AllProperties").one("EffectiveRights")
        )
        for version in ("Exchange2007_SP1", "Exchange2010")
    )
    assert after == [*before, "ViewPrivateItems"]


def test_permissions_are_told_to_who_asks_by_name(organizer, folders):
    answer = folders.get(organizer, folders.named("calendar"), paths=("folder:PermissionSet", "folder:UnreadCount"))
    assert children(answer.one("CalendarFolder")) == ["FolderId", "PermissionSet"]


def test_a_property_that_no_folder_has_is_refused_by_name(organizer, folders):
    answer = folders.get(organizer, folders.named("inbox"), paths=("folder:DisplayName", "item:Subject"))
    assert answer.code == "ErrorInvalidPropertyRequest"
    assert answer.one("FieldURI").get("FieldURI") == "item:Subject"


TAG = '<t:ExtendedFieldURI PropertyTag="{tag}" PropertyType="{type}"/>'


def test_extended_properties_tell_what_others_tell_and_unknown_ones_are_left_out(organizer, attendee, meeting, folders):
    asked = [
        TAG.format(tag=tag, type=kind)
        for tag, kind in (
            ("0x3001", "String"),
            ("0x3602", "Integer"),
            ("13827", "Integer"),
            ("0x360a", "Boolean"),
            ("0x3613", "String"),
            ("0x3601", "Integer"),
            ("0x6707", "String"),
        )
    ]
    answer = folders.get(attendee, folders.named("inbox"), paths=("folder:UnreadCount", *asked))
    assert children(answer.one("Folder")) == ["FolderId", *["ExtendedProperty"] * 6, "UnreadCount"]
    assert answer.texts("Value") == ["Inbox", "1", "1", "false", "IPF.Note", "1"]
    paths = [path.get("PropertyTag") for path in answer.all("ExtendedFieldURI")]
    assert paths == ["0x3001", "0x3602", "13827", "0x360a", "0x3613", "0x3601"]
    root = folders.get(attendee, folders.named("root"), paths=(TAG.format(tag="0x3601", type="Integer"),))
    assert root.text("Value") == "0"


def test_a_folder_tells_when_something_in_it_or_a_folder_right_below_it_last_changed(organizer, folders):
    path = TAG.format(tag="0x670a", type="SystemTime")

    def told(folder_id):
        return folders.get(organizer, folder_id, paths=(path,)).text("Value")

    calendar, inbox = folders.named("calendar"), folders.named("inbox")
    moments, untouched = [told(calendar)], told(inbox)
    (item_id,) = organizer.create(sending="SendToNone").ids("CalendarItem")
    moments.append(told(calendar))
    assert told(calendar) == moments[-1]
    organizer.delete(item_id, kind="HardDelete")
    moments.append(told(calendar))
    folder_id = folders.made(organizer, "calendar", element="CalendarFolder")
    moments.append(told(calendar))
    organizer.create(sending="SendToNone", folder=f"<m:SavedItemFolderId>{folder_id}</m:SavedItemFolderId>")
    assert told(calendar) == moments[-1] < told(folder_id)
    assert moments == sorted(set(moments))
    assert told(inbox) == untouched


def test_a_contradictory_extended_path_is_refused(organizer, folders):
    path = '<t:ExtendedFieldURI PropertyTag="0x3001" PropertyName="x" PropertyType="String"/>'
    assert folders.get(organizer, folders.named("inbox"), paths=(path,)).code == "ErrorInvalidExtendedProperty"


def test_folders_are_found_at_once_or_at_any_depth(organizer, folders):
    assert folders.names(folders.find(organizer, folders.named("root"))) == ["Top of Information Store"]
    plans = folders.made(organizer, "inbox", "Plans")
    folders.made(organizer, plans, "Deeper")
    folders.made(organizer, "inbox", "archive")
    assert folders.names(folders.find(organizer, folders.named("inbox"))) == ["archive", "Plans"]
    assert folders.names(folders.find(organizer, folders.named("inbox"), "Deep")) == ["archive", "Plans", "Deeper"]
    deep = folders.names(folders.find(organizer, folders.named("root"), "Deep"))
    assert {"Inbox", "Calendar", "Sent Items", "Deeper"} <= set(deep)
    assert deep.index("Inbox") < deep.index("Plans") < deep.index("Deeper") < deep.index("Journal")
    assert folders.names(folders.find(organizer, folders.named("root"), "SoftDeleted")) == []


def test_found_folders_come_in_pages(organizer, folders):
    everything = folders.names(folders.find(organizer, folders.named("root"), "Deep"))
    view = '<m:IndexedPageFolderView MaxEntriesReturned="3" Offset="2" BasePoint="Beginning"/>'
    page = folders.find(organizer, folders.named("root"), "Deep", view=view)
    assert folders.names(page) == everything[2:5]
    root = page.root.find(f".//{{{MESSAGES}}}RootFolder")
    assert (root.get("IndexedPagingOffset"), root.get("IncludesLastItemInRange")) == ("5", "false")
    assert root.get("TotalItemsInView") == str(len(everything))
    view = '<m:FractionalPageFolderView MaxEntriesReturned="2" Numerator="1" Denominator="2"/>'
    page = folders.find(organizer, folders.named("root"), "Deep", view=view)
    assert folders.names(page) == everything[len(everything) // 2 :][:2]
    view = '<m:IndexedPageFolderView MaxEntriesReturned="0" Offset="0" BasePoint="Beginning"/>'
    assert folders.find(organizer, folders.named("root"), view=view).code == "ErrorInvalidPagingMaxRows"


@pytest.mark.parametrize("settings", [Settings(found_items=4, searched_items=2)])
def test_more_folders_than_an_answer_may_hold_have_to_be_asked_for_in_pages(organizer, folders):
    root, anything = folders.named("root"), is_equal("folder:DisplayName", "nothing", "IsNotEqualTo")
    everything = [*folders.names(folders.find(organizer, root)), *("a", "b", "c", "d", "e")]
    for name in everything[1:]:
        folders.made(organizer, "root", name)
    page = '<m:IndexedPageFolderView MaxEntriesReturned="9" Offset="{}" BasePoint="Beginning"/>'.format
    answer = folders.find(organizer, root)
    assert (answer.code, answer.text("Value")) == ("ErrorExceededFindCountLimit", "4")
    assert folders.find(organizer.at("Exchange2010"), root).code == "ErrorServerBusy"
    found = folders.find(organizer, root, view=page(0))
    assert len(folders.names(found)) == 4
    assert found.root.find(f".//{{{MESSAGES}}}RootFolder").get("IncludesLastItemInRange") == "false"
    assert len(folders.names(folders.find(organizer, root, view=page(4)))) == 2
    assert len(folders.names(folders.find(organizer, root, view=page(0), restriction=anything))) == 2
    assert folders.find(organizer, root, restriction=anything).code == "ErrorExceededFindCountLimit"


def is_equal(uri, value, verb="IsEqualTo"):
    path = uri if uri.startswith("<") else f'<t:FieldURI FieldURI="{uri}"/>'
    return f'<t:{verb}>{path}<t:FieldURIOrConstant><t:Constant Value="{value}"/></t:FieldURIOrConstant></t:{verb}>'


def contains(uri, value, mode="Substring"):
    return (
        f'<t:Contains ContainmentMode="{mode}" ContainmentComparison="IgnoreCase"><t:FieldURI FieldURI="{uri}"/>'
        f'<t:Constant Value="{value}"/></t:Contains>'
    )


SEARCHES = {
    "by name": (is_equal("folder:DisplayName", "Drafts"), ["Drafts"]),
    "by part of a name": (contains("folder:DisplayName", "ITEMS"), ["Deleted Items", "Sent Items"]),
    "by class": (is_equal("folder:FolderClass", "IPF.Task"), ["Tasks"]),
    "by the class's tag": (is_equal(TAG.format(tag="0x3613", type="String"), "IPF.Contact"), ["Contacts"]),
    "by number": (is_equal("folder:UnreadCount", "0", "IsGreaterThan"), ["Inbox"]),
    "by what is in it": (is_equal("folder:TotalCount", "1"), ["Calendar", "Inbox"]),
    "by two conditions": (
        f"<t:And>{is_equal('folder:TotalCount', '1')}<t:Not>{is_equal('folder:DisplayName', 'Inbox')}</t:Not></t:And>",
        ["Calendar"],
    ),
    "by either": (
        f"<t:Or>{is_equal('folder:DisplayName', 'Notes')}{is_equal('folder:DisplayName', 'Outbox')}</t:Or>",
        ["Notes", "Outbox"],
    ),
    "by children": (is_equal("folder:ChildFolderCount", "1", "IsGreaterThanOrEqualTo"), ["Top of Information Store"]),
    "by what items have": ('<t:Exists><t:FieldURI FieldURI="item:Subject"/></t:Exists>', []),
}


@pytest.mark.parametrize("search", SEARCHES)
def test_folders_are_searched_by_restrictions(attendee, meeting, folders, search):
    restriction, expected = SEARCHES[search]
    answer = folders.find(attendee, folders.named("root"), "Deep", restriction=restriction)
    assert sorted(folders.names(answer)) == expected


@pytest.mark.parametrize(
    ("restriction", "code"),
    [
        (is_equal("folder:FolderId", "x"), "ErrorUnsupportedPathForQuery"),
        (is_equal("folder:PermissionSet", "x"), "ErrorUnsupportedPathForQuery"),
        (is_equal("folder:TotalCount", "many"), "ErrorInvalidValueForProperty"),
        (contains("folder:TotalCount", "1"), "ErrorContainsFilterWrongType"),
    ],
)
def test_searches_that_mean_nothing_are_refused(organizer, folders, restriction, code):
    assert folders.find(organizer, folders.named("root"), "Deep", restriction=restriction).code == code


def test_searches_over_two_parents_have_two_answers(organizer, folders):
    folders.made(organizer, "inbox", "Plans")
    both = folders.named("inbox") + folders.named("voicemail") + folders.named("drafts")
    answer = folders.find(organizer, both)
    assert answer.codes == ["NoError", "ErrorFolderNotFound", "NoError"]
    assert folders.names(answer) == ["Plans"]


def test_a_folders_change_key_is_that_of_its_items_parent(organizer, folders, meeting):
    shown = organizer.get(meeting, shape="IdOnly", paths=("item:ParentFolderId",)).one("ParentFolderId")
    (calendar,) = folders.get(organizer, folders.named("calendar")).all("FolderId")
    assert dict(shown.attrib) == dict(calendar.attrib)
    assert shown.tag == t("ParentFolderId")
