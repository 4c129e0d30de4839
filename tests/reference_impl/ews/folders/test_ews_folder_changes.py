"""CreateFolder, UpdateFolder, MoveFolder and DeleteFolder in the own mailbox."""

import pytest

from reference_impl.ews.namespaces import MESSAGES, TYPES, t
from reference_impl.service.settings import Settings

KINDS = {
    "Folder": "IPF.Note",
    "CalendarFolder": "IPF.Appointment",
    "ContactsFolder": "IPF.Contact",
    "TasksFolder": "IPF.Task",
}
HIDDEN = '<t:ExtendedFieldURI PropertyTag="0x10f4" PropertyType="Boolean"/>'
NAMED = (
    '<t:ExtendedFieldURI DistinguishedPropertySetId="PublicStrings" PropertyName="colours" PropertyType="StringArray"/>'
)


def extended(path, *values):
    written = "".join(f"<t:Value>{value}</t:Value>" for value in values)
    content = f"<t:Values>{written}</t:Values>" if "Array" in path else written
    return f"<t:ExtendedProperty>{path}{content}</t:ExtendedProperty>"


@pytest.mark.parametrize("element", KINDS)
def test_a_folder_of_each_kind_is_made(organizer, folders, element):
    answer = folders.create(organizer, folders.named("msgfolderroot"), folders.folder("Plans", element))
    (made,) = answer.root.iter(f"{{{MESSAGES}}}Folders")
    assert [child.tag for child in made] == [t(element)]
    assert [child.tag for child in made[0]] == [t("FolderId")]
    shown = folders.get(organizer, folders.id_of(answer), base="AllProperties")
    assert (shown.text("DisplayName"), shown.text("FolderClass")) == ("Plans", KINDS[element])
    assert (shown.text("TotalCount"), shown.text("ChildFolderCount")) == ("0", "0")
    assert not shown.all("DistinguishedFolderId")
    (top,) = folders.get(organizer, folders.named("msgfolderroot")).all("FolderId")
    assert shown.one("ParentFolderId").get("Id") == top.get("Id")


@pytest.mark.parametrize(
    ("element", "folder_class", "made"),
    [
        ("Folder", "IPF.Note.Plans", "Folder"),
        ("Folder", "IPF.Mine", "Folder"),
        ("Folder", "IPF.Appointment", "CalendarFolder"),
        ("Folder", "IPF.Contact.Friends", "ContactsFolder"),
        ("Folder", "ipf.task", "TasksFolder"),
        ("Folder", "IPF.Appointments", "Folder"),
        ("CalendarFolder", "IPF.Appointment", "CalendarFolder"),
        ("CalendarFolder", "IPF.Note", None),
        ("TasksFolder", "IPF.Task.More", None),
    ],
)
def test_a_class_decides_the_kind_where_the_element_leaves_it_open(organizer, folders, element, folder_class, made):
    entry = folders.folder("Plans", element, before=f"<t:FolderClass>{folder_class}</t:FolderClass>")
    answer = folders.create(organizer, folders.named("msgfolderroot"), entry)
    if made is None:
        assert answer.code == "ErrorNoFolderClassOverride"
        return
    assert len(answer.all(made)) == 1
    assert folders.get(organizer, folders.id_of(answer), base="AllProperties").text("FolderClass") == folder_class


def test_folders_of_one_place_have_names_of_their_own(organizer, folders):
    top, entry = folders.named("msgfolderroot"), folders.folder
    answer = folders.create(organizer, top, entry("Plans"), entry("PLANS"), entry("inbox"), entry("Other"))
    assert answer.codes == ["NoError", "ErrorFolderExists", "ErrorFolderExists", "NoError"]
    assert folders.create(organizer, folders.named("inbox"), entry("Plans")).code == "NoError"


@pytest.mark.parametrize("name", [None, "", "   "])
def test_a_folder_needs_a_name(organizer, folders, name):
    answer = folders.create(organizer, folders.named("inbox"), folders.folder(name))
    assert answer.code == "ErrorFolderSavePropertyError"
    assert answer.one("FieldURI").get("FieldURI") == "folder:DisplayName"


READ_ONLY = {
    "FolderId": '<t:FolderId Id="AAAA"/>',
    "ParentFolderId": '<t:ParentFolderId Id="AAAA"/>',
    "TotalCount": "<t:TotalCount>1</t:TotalCount>",
    "ChildFolderCount": "<t:ChildFolderCount>1</t:ChildFolderCount>",
    "UnreadCount": "<t:UnreadCount>1</t:UnreadCount>",
    "ManagedFolderInformation": "<t:ManagedFolderInformation/>",
    "DistinguishedFolderId": "<t:DistinguishedFolderId>inbox</t:DistinguishedFolderId>",
    "EffectiveRights": (
        "<t:EffectiveRights><t:CreateAssociated>true</t:CreateAssociated><t:CreateContents>true</t:CreateContents>"
        "<t:CreateHierarchy>true</t:CreateHierarchy><t:Delete>true</t:Delete><t:Modify>true</t:Modify>"
        "<t:Read>true</t:Read></t:EffectiveRights>"
    ),
}
BEFORE_THE_NAME = {"FolderId", "ParentFolderId"}


@pytest.mark.parametrize("element", READ_ONLY)
def test_what_the_server_decides_cannot_be_set(organizer, folders, element):
    place = "before" if element in BEFORE_THE_NAME else "after"
    answer = folders.create(organizer, folders.named("inbox"), folders.folder("Plans", **{place: READ_ONLY[element]}))
    assert answer.code == "ErrorInvalidPropertySet"
    assert answer.one("FieldURI").get("FieldURI") == f"folder:{element}"
    plans = folders.made(organizer)
    answer = folders.update(organizer, plans, folders.set_field(f"folder:{element}", READ_ONLY[element]))
    assert answer.code == "ErrorInvalidPropertySet"
    answer = folders.update(organizer, plans, folders.delete_field(f"folder:{element}"))
    assert answer.code == "ErrorInvalidPropertyDelete"


def test_a_folder_needs_a_parent_that_is_there(organizer, folders):
    plans = folders.made(organizer)
    folders.delete(organizer, plans)
    answer = folders.create(organizer, plans, folders.folder("Below"))
    assert answer.code == "ErrorParentFolderNotFound"
    assert answer.root.find(f".//{{{MESSAGES}}}Folders") is not None


def test_search_folders_are_not_made(organizer, folders):
    search = (
        '<t:SearchFolder><t:DisplayName>Found</t:DisplayName><t:SearchParameters Traversal="Deep"><t:Restriction>'
        '<t:Exists><t:FieldURI FieldURI="item:Subject"/></t:Exists></t:Restriction><t:BaseFolderIds>'
        '<t:DistinguishedFolderId Id="inbox"/></t:BaseFolderIds></t:SearchParameters></t:SearchFolder>'
    )
    assert folders.create(organizer, folders.named("inbox"), search).code == "ErrorInvalidFolderTypeForOperation"


def test_a_folder_is_renamed_and_has_another_change_key(organizer, folders):
    plans = folders.made(organizer)
    answer = folders.update(
        organizer, plans, folders.set_field("folder:DisplayName", "<t:DisplayName>Ideas</t:DisplayName>")
    )
    renamed = folders.id_of(answer)
    assert answer.code == "NoError"
    assert renamed != plans
    assert renamed.split('"')[1] == plans.split('"')[1]
    assert folders.get(organizer, renamed, base="Default").text("DisplayName") == "Ideas"
    assert folders.id_of(folders.get(organizer, plans)) == renamed


def test_a_change_needs_the_change_key_that_is_current(organizer, folders):
    plans = folders.made(organizer)
    rename = folders.set_field("folder:DisplayName", "<t:DisplayName>Ideas</t:DisplayName>")
    bare = f'<t:FolderId Id="{plans.split(chr(34))[1]}"/>'
    assert folders.update(organizer, bare, rename).code == "ErrorChangeKeyRequiredForWriteOperations"
    assert folders.update(organizer, bare.replace("/>", ' ChangeKey="x"/>'), rename).code == "ErrorInvalidChangeKey"
    assert folders.update(organizer, plans, rename).code == "NoError"
    again = folders.set_field("folder:DisplayName", "<t:DisplayName>More</t:DisplayName>")
    assert folders.update(organizer, plans, again).code == "ErrorChangeKeyRequiredForWriteOperations"
    assert folders.get(organizer, plans, base="Default").text("DisplayName") == "Ideas"


@pytest.mark.parametrize("settings", [Settings(change_key_required=False)])
def test_a_change_may_need_no_change_key(organizer, folders):
    plans = folders.made(organizer)
    bare = f'<t:FolderId Id="{plans.split(chr(34))[1]}"/>'
    rename = folders.set_field("folder:DisplayName", "<t:DisplayName>Ideas</t:DisplayName>")
    assert folders.update(organizer, bare, rename).code == "NoError"


CHANGES = {
    "two properties": (
        "folder:DisplayName",
        "<t:FolderClass>IPF.Note</t:FolderClass><t:DisplayName>A</t:DisplayName>",
        "ErrorIncorrectUpdatePropertyCount",
    ),
    "no property": ("folder:DisplayName", "", "ErrorIncorrectUpdatePropertyCount"),
    "another property": (
        "folder:DisplayName",
        "<t:FolderClass>IPF.Note</t:FolderClass>",
        "ErrorUpdatePropertyMismatch",
    ),
    "a property of items": ("item:Subject", "<t:DisplayName>A</t:DisplayName>", "ErrorInvalidPropertyRequest"),
    "another kind": ("folder:FolderClass", "<t:FolderClass>IPF.Task</t:FolderClass>", "ErrorObjectTypeChanged"),
    "a taken name": ("folder:DisplayName", "<t:DisplayName>INBOX</t:DisplayName>", "ErrorFolderExists"),
    "no name": ("folder:DisplayName", "<t:DisplayName> </t:DisplayName>", "ErrorFolderSavePropertyError"),
    "an extended property that is calculated": (
        '<t:ExtendedFieldURI PropertyTag="0x3602" PropertyType="Integer"/>',
        extended('<t:ExtendedFieldURI PropertyTag="0x3602" PropertyType="Integer"/>', "5"),
        "ErrorInvalidPropertySet",
    ),
    "an extended property at another path": (HIDDEN, extended(NAMED, "red"), "ErrorUpdatePropertyMismatch"),
    "no value of its type": (HIDDEN, extended(HIDDEN, "perhaps"), "ErrorInvalidExtendedPropertyValue"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_changes_that_cannot_be_made_change_nothing(organizer, world, folders, change):
    uri, inner, code = CHANGES[change]
    plans = folders.made(organizer)
    before = world.store.snapshot()
    good = folders.set_field("folder:FolderClass", "<t:FolderClass>IPF.Note.Plans</t:FolderClass>")
    assert folders.update(organizer, plans, good, folders.set_field(uri, inner)).code == code
    assert world.store.snapshot() == before


def test_nothing_is_appended_to_a_folder(organizer, folders):
    """[MS-OXWSFOLD] R507."""
    plans = folders.made(organizer)
    change = folders.set_field("folder:DisplayName", "<t:DisplayName>A</t:DisplayName>", verb="AppendToFolderField")
    assert folders.update(organizer, plans, change).code == "ErrorInvalidPropertyAppend"


def test_a_name_and_a_class_cannot_be_deleted(organizer, folders):
    plans = folders.made(organizer)
    for uri in ("folder:DisplayName", "folder:FolderClass"):
        assert folders.update(organizer, plans, folders.delete_field(uri)).code == "ErrorInvalidPropertyDelete"
    assert folders.update(organizer, plans, folders.delete_field("item:Body")).code == "ErrorInvalidPropertyRequest"


def test_changes_are_applied_in_their_order(organizer, folders):
    plans = folders.made(organizer)
    answer = folders.update(
        organizer,
        plans,
        folders.set_field("folder:DisplayName", "<t:DisplayName>One</t:DisplayName>"),
        folders.set_field("folder:FolderClass", "<t:FolderClass>IPF.Note.Plans</t:FolderClass>"),
        folders.set_field("folder:DisplayName", "<t:DisplayName>Two</t:DisplayName>"),
    )
    shown = folders.get(organizer, folders.id_of(answer), base="AllProperties")
    assert (shown.text("DisplayName"), shown.text("FolderClass")) == ("Two", "IPF.Note.Plans")


def test_extended_properties_are_kept(organizer, folders):
    plans = folders.made(organizer, after=extended(HIDDEN, "true") + extended(NAMED, "red", "green"))
    shown = folders.get(organizer, plans, paths=(NAMED, HIDDEN, "folder:DisplayName"))
    assert [child.tag for child in shown.one("Folder")] == [
        t(name) for name in ("FolderId", "DisplayName", "ExtendedProperty", "ExtendedProperty")
    ]
    assert shown.texts("Value") == ["red", "green", "true"]
    same_set = NAMED.replace(
        'DistinguishedPropertySetId="PublicStrings"', 'PropertySetId="00020329-0000-0000-C000-000000000046"'
    )
    changed = folders.update(
        organizer, plans, folders.set_field(same_set, extended(same_set, "blue")), folders.delete_field(HIDDEN)
    )
    assert folders.get(organizer, folders.id_of(changed), paths=(NAMED, HIDDEN)).texts("Value") == ["blue"]
    found = folders.find(
        organizer,
        folders.named("root"),
        "Deep",
        restriction=(
            f"<t:IsEqualTo>{NAMED}<t:FieldURIOrConstant><t:Constant Value='blue'/></t:FieldURIOrConstant></t:IsEqualTo>"
        ),
    )
    assert folders.names(found) == ["Plans"]


def test_extended_properties_that_follow_from_others_cannot_be_set(organizer, folders):
    name = '<t:ExtendedFieldURI PropertyTag="0x3001" PropertyType="String"/>'
    entry = folders.folder(after=extended(name, "Other"))
    assert folders.create(organizer, folders.named("inbox"), entry).code == "ErrorInvalidPropertySet"
    plans = folders.made(organizer)
    assert folders.get(organizer, plans, paths=(name,)).text("Value") == "Plans"
    changes = (folders.set_field(name, extended(name, "Other")), folders.delete_field(name))
    codes = [folders.update(organizer, plans, change).code for change in changes]
    assert codes == ["ErrorInvalidPropertySet", "ErrorInvalidPropertyDelete"]


def test_one_value_is_no_array_and_an_array_no_value(organizer, folders):
    single = extended(NAMED, "x").replace("<t:Values>", "").replace("</t:Values>", "")
    several = (
        extended(HIDDEN, "true")
        .replace("<t:Value>", "<t:Values><t:Value>")
        .replace("</t:Value>", "</t:Value></t:Values>")
    )
    for wrong in (single, several):
        answer = folders.create(organizer, folders.named("inbox"), folders.folder(after=wrong))
        assert answer.code == "ErrorInvalidExtendedPropertyValue"


def test_a_folder_is_moved_with_everything_in_it_and_keeps_its_id(organizer, folders, tools):
    """[MS-OXWSFOLD] R429, R430, R594 to R596."""
    plans = folders.made(organizer, "drafts", element="CalendarFolder")
    below = folders.made(organizer, plans, "Below")
    saved = f"<m:SavedItemFolderId>{plans}</m:SavedItemFolderId>"
    (event,) = organizer.create(sending="SendToNone", folder=saved).ids("CalendarItem")
    answer = folders.move(organizer, folders.named("inbox"), plans)
    moved = folders.id_of(answer)
    assert answer.code == "NoError"
    assert moved.split('"')[1] == plans.split('"')[1]
    assert moved != plans
    shown = folders.get(organizer, moved, base="AllProperties")
    assert (shown.text("DisplayName"), shown.text("TotalCount"), shown.text("ChildFolderCount")) == ("Plans", "1", "1")
    (inbox,) = folders.get(organizer, folders.named("inbox")).all("FolderId")
    assert shown.one("ParentFolderId").get("Id") == inbox.get("Id")
    assert folders.names(folders.find(organizer, folders.named("inbox"), "Deep")) == ["Plans", "Below"]
    assert folders.names(folders.find(organizer, folders.named("drafts"), "Deep")) == []
    assert folders.get(organizer, below).code == "NoError"
    assert organizer.get(event).code == "NoError"


def test_moves_that_cannot_be_made_change_nothing(organizer, attendee, world, folders):
    plans = folders.made(organizer)
    below = folders.made(organizer, plans, "Below")
    folders.made(organizer, "inbox", "plans")
    gone = folders.made(organizer, "inbox", "Gone")
    folders.delete(organizer, gone)
    before = world.store.snapshot()
    inbox = folders.named("inbox")
    assert folders.move(organizer, inbox, plans, folders.named("sentitems"), gone).codes == [
        "ErrorMoveCopyFailed",
        "ErrorMoveDistinguishedFolder",
        "ErrorFolderNotFound",
    ]
    assert folders.move(organizer, below, plans).code == "ErrorMoveCopyFailed"
    assert folders.move(organizer, plans, plans).code == "ErrorMoveCopyFailed"
    assert folders.move(organizer, gone, plans).code == "ErrorToFolderNotFound"
    assert world.store.snapshot() == before


def test_born_folders_stay_what_they_are(organizer, world, folders):
    before = world.store.snapshot()
    for name in ("inbox", "calendar", "root", "deleteditems"):
        for kind in ("HardDelete", "SoftDelete", "MoveToDeletedItems"):
            assert folders.delete(organizer, folders.named(name), kind=kind).code == "ErrorDeleteDistinguishedFolder"
        rename = folders.set_field("folder:DisplayName", "<t:DisplayName>Mine</t:DisplayName>")
        assert folders.update(organizer, folders.named(name), rename).code == "ErrorFolderSaveFailed"
    assert world.store.snapshot() == before


def test_born_folders_take_other_changes(organizer, folders):
    change = folders.set_field(HIDDEN, extended(HIDDEN, "true"))
    same = folders.set_field("folder:DisplayName", "<t:DisplayName>Inbox</t:DisplayName>")
    assert folders.update(organizer, folders.named("inbox"), change, same).code == "NoError"
    assert folders.get(organizer, folders.named("inbox"), paths=(HIDDEN,)).text("Value") == "true"


@pytest.mark.parametrize("kind", ["HardDelete", "SoftDelete"])
def test_a_folder_is_deleted_with_everything_in_it(organizer, world, folders, kind):
    before = world.store.snapshot()
    plans = folders.made(organizer, element="CalendarFolder")
    below = folders.made(organizer, plans, "Below", element="CalendarFolder")
    events = [
        organizer.create(sending="SendToNone", folder=f"<m:SavedItemFolderId>{place}</m:SavedItemFolderId>").ids(
            "CalendarItem"
        )[0]
        for place in (plans, below)
    ]
    assert folders.delete(organizer, plans, kind=kind).code == "NoError"
    assert folders.get(organizer, plans, below).codes == ["ErrorFolderNotFound", "ErrorFolderNotFound"]
    assert organizer.get("".join(events)).codes == ["ErrorItemNotFound", "ErrorItemNotFound"]
    after = world.store.snapshot()
    left = tuple(row for row in after["folder"] if not row[3])  # of those that are gone the number is kept
    assert (left, after["folder_count"], after["item"]) == (before["folder"], before["folder_count"], before["item"])
    assert folders.delete(organizer, plans, kind=kind).code == "ErrorFolderNotFound"


def test_deleted_folders_are_gathered_in_deleted_items(organizer, folders):
    deleted = folders.named("deleteditems")
    for _ in range(3):
        plans = folders.made(organizer)
        below = folders.made(organizer, plans, "Below")
        assert folders.delete(organizer, plans, kind="MoveToDeletedItems").code == "NoError"
        assert folders.get(organizer, plans, below).codes == ["NoError", "NoError"]
    assert folders.names(folders.find(organizer, deleted)) == ["Plans", "Plans1", "Plans2"]
    assert folders.names(folders.find(organizer, deleted, "Deep")).count("Below") == 3
    assert folders.delete(organizer, plans, kind="HardDelete").code == "NoError"
    assert folders.names(folders.find(organizer, deleted)) == ["Plans", "Plans1"]


def test_a_meeting_in_a_deleted_calendar_is_a_deleted_meeting(organizer, folders, tools):
    plans = folders.made(organizer, "calendar", element="CalendarFolder")
    saved = f"<m:SavedItemFolderId>{plans}</m:SavedItemFolderId>"
    (event,) = organizer.create(attendees=("attendee0@example.com",), folder=saved).ids("CalendarItem")
    assert folders.delete(organizer, plans, kind="MoveToDeletedItems").code == "NoError"
    change = tools.set_field("item:Subject", "<t:Subject>Other</t:Subject>")
    assert organizer.update(event, change).code == "ErrorCalendarCannotUpdateDeletedItem"
    assert organizer.update(event, change, sending="SendToNone").code == "NoError"


@pytest.mark.requirement("EWS-MTG-077")
def test_each_calendar_is_a_calendar(organizer, attendee, folders):
    """Views, conflicts and meetings work in any calendar folder."""
    plans = folders.made(organizer, "calendar", element="CalendarFolder")
    saved = f"<m:SavedItemFolderId>{plans}</m:SavedItemFolderId>"
    (event,) = organizer.create(attendees=("attendee0@example.com",), folder=saved).ids("CalendarItem")
    organizer.create(sending="SendToNone", folder=saved, subject="Beside it")
    organizer.create(sending="SendToNone", subject="Elsewhere")
    assert len(organizer.find("calendar").all("CalendarItem")) == 1
    view = '<m:CalendarView StartDate="2026-06-01T00:00:00Z" EndDate="2026-07-01T00:00:00Z"/>'
    found = organizer(
        '<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>Default</t:BaseShape></m:ItemShape>'
        f"{view}<m:ParentFolderIds>{plans}</m:ParentFolderIds></m:FindItem>"
    )
    assert sorted(found.texts("Subject")) == ["Beside it", "Budget"]
    shown = organizer.get(event)
    assert shown.text("ConflictingMeetingCount") == "1"
    assert [found.findtext(t("Subject")) for found in shown.one("ConflictingMeetings")] == ["Beside it"]
    attendee.answer("AcceptItem", attendee.only("inbox", "MeetingRequest"))
    assert organizer.get(event).texts("ResponseType") == ["Accept"]
    (kept,) = organizer.get(event, shape="IdOnly", paths=("item:ParentFolderId",)).all("ParentFolderId")
    assert kept.get("Id") == plans.split('"')[1]


@pytest.mark.requirement("EWS-MTG-066", "EWS-MTG-245")
def test_a_mail_folder_is_no_place_for_calendar_items(organizer, folders):
    plans = folders.made(organizer)
    answer = organizer.create(sending="SendToNone", folder=f"<m:SavedItemFolderId>{plans}</m:SavedItemFolderId>")
    assert answer.code == "ErrorCannotCreateCalendarItemInNonCalendarFolder"
    view = '<m:CalendarView StartDate="2026-06-01T00:00:00Z" EndDate="2026-07-01T00:00:00Z"/>'
    answer = organizer(
        '<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>'
        f"{view}<m:ParentFolderIds>{plans}</m:ParentFolderIds></m:FindItem>"
    )
    assert answer.code == "ErrorCalendarFolderIsInvalidForCalendarView"


def test_a_request_must_follow_the_schema(organizer, folders):
    answer = organizer(f"<m:CreateFolder><m:Folders>{folders.folder()}</m:Folders></m:CreateFolder>")
    assert answer.fault == "ErrorSchemaValidation"
    assert answer.root.findtext(f".//{{{TYPES}}}Violation")
