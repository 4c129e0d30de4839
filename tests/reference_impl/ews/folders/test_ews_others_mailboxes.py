"""Acting in the folders of other people: as far as their entries allow, and no further."""

from types import SimpleNamespace

import pytest

from reference_impl.domain.permissions import LEVELS, Extent, FreeBusyAccess
from reference_impl.ews.fields.permissions import LEVEL_NAMES, LEVELS_NAMED
from reference_impl.ews.namespaces import t

OWNER, GUEST = "organizer0@example.com", "attendee0@example.com"
LATER = {"start": "2026-06-26T10:00:00Z", "end": "2026-06-26T11:00:00Z"}


def rights_of(answer):
    return {child.tag.partition("}")[2]: child.text == "true" for child in answer.one("EffectiveRights")}


def saved_in(folder):
    return f"<m:SavedItemFolderId>{folder}</m:SavedItemFolderId>"


def delete(speaker, item_id, kind="HardDelete", sending="SendToNone"):
    return speaker(
        f'<m:DeleteItem DeleteType="{kind}" SendMeetingCancellations="{sending}">'
        f"<m:ItemIds>{item_id}</m:ItemIds></m:DeleteItem>"
    )


def move(speaker, item_id, folder, operation="MoveItem"):
    return speaker(
        f"<m:{operation}><m:ToFolderId>{folder}</m:ToFolderId><m:ItemIds>{item_id}</m:ItemIds></m:{operation}>"
    )


@pytest.fixture
def shared(organizer, attendee, folders, tools):
    """A calendar of the organizer's with one item of the organizer's; ``at`` gives the attendee a level there."""
    calendar = folders.made(organizer, "calendar", "Shared", element="CalendarFolder")
    (theirs,) = organizer.create(sending="SendToNone", folder=saved_in(calendar)).ids("CalendarItem")
    subject = tools.set_field("item:Subject", "<t:Subject>Other</t:Subject>")

    def at(level):
        folders.share(organizer, calendar, (GUEST, level), calendar=True)
        return space

    def make(**more):
        return attendee.create(sending="SendToNone", folder=saved_in(calendar), **LATER, **more)

    def view(speaker=attendee):
        return speaker(
            '<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>Default</t:BaseShape></m:ItemShape>'
            '<m:CalendarView StartDate="2026-06-01T00:00:00Z" EndDate="2026-07-01T00:00:00Z"/>'
            f"<m:ParentFolderIds>{calendar}</m:ParentFolderIds></m:FindItem>"
        )

    def change(item_id, sending="SendToNone"):
        return attendee.update(item_id, subject, sending=sending)

    space = SimpleNamespace(
        owner=organizer, guest=attendee, calendar=calendar, theirs=theirs, at=at, make=make, view=view, change=change
    )
    return space


@pytest.mark.requirement("EWS-MTG-067")
def test_what_is_not_to_be_seen_is_not_there(organizer, attendee, folders, world, tools):
    """No answer tells whether an id that nobody gave away means anything."""
    (event,) = organizer.create(sending="SendToNone").ids("CalendarItem")
    plans = folders.made(organizer, "inbox")
    before = world.store.snapshot()
    for folder in (
        plans,
        folders.named("inbox", OWNER),
        folders.named("calendar", OWNER),
        folders.named("root", OWNER),
    ):
        assert folders.get(attendee, folder).code == "ErrorFolderNotFound"
        assert folders.find(attendee, folder).code == "ErrorFolderNotFound"
        assert folders.create(attendee, folder, folders.folder()).code == "ErrorParentFolderNotFound"
        assert folders.delete(attendee, folder).code == "ErrorFolderNotFound"
        assert attendee.create(sending="SendToNone", folder=saved_in(folder)).code == "ErrorFolderNotFound"
    assert attendee.get(event).code == "ErrorItemNotFound"
    assert delete(attendee, event).code == "ErrorItemNotFound"
    subject = tools.set_field("item:Subject", "<t:Subject>Other</t:Subject>")
    assert attendee.update(event, subject).code == "ErrorItemNotFound"
    assert attendee.answer("AcceptItem", event).code == "ErrorItemNotFound"
    assert world.store.snapshot() == before


@pytest.mark.parametrize("level", [name for name in LEVELS_NAMED if name != "Custom"])
def test_each_level_allows_what_it_says(shared, folders, level, world):
    """Making, reading, changing and deleting items, the caller's own and others'."""
    rights = LEVELS[LEVELS_NAMED[level]]
    space = shared.at("PublishingEditor")
    (own,) = space.make().ids("CalendarItem")
    space.at(level)
    if not rights.is_visible:
        assert space.make().code == "ErrorFolderNotFound"
        assert space.view().code == "ErrorFolderNotFound"
        assert space.guest.get(own + space.theirs).codes == ["ErrorItemNotFound"] * 2
        return
    reads = rights.reads is FreeBusyAccess.FULL
    assert space.make().code == ("NoError" if rights.creates_items else "ErrorCreateItemAccessDenied")
    assert space.view().code == ("NoError" if reads else "ErrorAccessDenied")
    assert space.guest.get(own).code == "NoError"
    assert space.guest.get(space.theirs).code == ("NoError" if reads else "ErrorItemNotFound")
    denied = "ErrorAccessDenied" if reads else "ErrorItemNotFound"
    for act, extent in ((space.change, rights.edits), (lambda item: delete(space.guest, item), rights.deletes)):
        before = world.store.snapshot()
        if extent is Extent.NONE:
            assert act(own).code == "ErrorAccessDenied"
        if extent is not Extent.ALL:
            assert act(space.theirs).code == denied
        assert world.store.snapshot() == before
        if extent is not Extent.NONE:
            assert act(own).code == "NoError"
        if extent is Extent.ALL:
            assert act(space.theirs).code == "NoError"


@pytest.mark.parametrize("level", [name for name in LEVELS_NAMED if name != "Custom"])
def test_effective_rights_tell_what_the_level_allows(shared, folders, level):
    rights = LEVELS[LEVELS_NAMED[level]]
    shared.at(level)
    if not rights.is_visible:
        return
    shown = folders.get(
        shared.guest, shared.calendar, paths=("folder:EffectiveRights", "folder:SharingEffectiveRights")
    )
    assert rights_of(shown) == {
        "CreateAssociated": rights.is_owner,
        "CreateContents": rights.creates_items,
        "CreateHierarchy": rights.creates_folders,
        "Delete": rights.is_owner,
        "Modify": rights.is_owner,
        "Read": rights.reads is FreeBusyAccess.FULL,
        "ViewPrivateItems": False,
    }
    assert shown.text("SharingEffectiveRights") == ("FullDetails" if rights.reads is FreeBusyAccess.FULL else "None")
    if rights.reads is FreeBusyAccess.FULL:
        item = rights_of(shared.guest.get(shared.theirs))
        assert item == {
            "CreateAssociated": False,
            "CreateContents": False,
            "CreateHierarchy": False,
            "Delete": rights.deletes is Extent.ALL,
            "Modify": rights.edits is Extent.ALL,
            "Read": True,
            "ViewPrivateItems": False,
        }
    assert not folders.get(shared.owner, shared.calendar, paths=("folder:SharingEffectiveRights",)).all(
        "SharingEffectiveRights"
    )


def test_names_of_folders_are_told_to_their_owners(organizer, attendee, folders):
    """Clients take a DistinguishedFolderId for a folder of the caller's own."""
    folders.share(organizer, folders.named("calendar"), (GUEST, "Reviewer"), calendar=True)
    for speaker, told in ((organizer, ["calendar"]), (attendee, [])):
        shown = folders.get(speaker, folders.named("calendar", OWNER), base="AllProperties")
        assert shown.texts("DistinguishedFolderId") == told


def test_items_made_in_a_shared_calendar_are_the_owners(shared):
    """The organizer of what a guest makes is the owner of the calendar."""
    (own,) = shared.at("Author").make(attendees=("attendee1@example.com",)).ids("CalendarItem")
    shown = shared.owner.get(own)
    assert shown.one("Organizer").findtext(f"{t('Mailbox')}/{t('EmailAddress')}") == OWNER
    assert shown.text("IsOrganizer") == "true"
    assert rights_of(shared.guest.get(own))["Modify"]


def test_an_editor_who_is_no_delegate_sends_nothing(shared, other, world):
    """Rights in a folder are none to speak for its owner (DOC delegate-access)."""
    space = shared.at("Editor")
    people = {"attendees": ("attendee1@example.com",)}
    before = world.store.snapshot()
    answer = space.guest.create(sending="SendToAllAndSaveCopy", folder=saved_in(space.calendar), **people)
    assert answer.code == "ErrorSendAsDenied"
    assert world.store.snapshot() == before
    (meeting,) = space.owner.create(folder=saved_in(space.calendar), **LATER, **people).ids("CalendarItem")
    before = world.store.snapshot()
    assert space.change(meeting, sending="SendToAllAndSaveCopy").code == "ErrorSendAsDenied"
    assert delete(space.guest, meeting, sending="SendToAllAndSaveCopy").code == "ErrorSendAsDenied"
    assert space.guest.answer("CancelCalendarItem", meeting).code == "ErrorSendAsDenied"
    assert world.store.snapshot() == before
    assert space.change(meeting).code == "NoError"
    assert len(other.find("inbox").all("MeetingRequest")) == 1


def test_items_stay_in_their_mailbox(shared, folders, world):
    """[MS-OXWSCDATA] ErrorCrossMailboxMoveCopy; a guest has no Deleted Items there (DOC deleteitem)."""
    space = shared.at("Editor")
    before = world.store.snapshot()
    for operation in ("MoveItem", "CopyItem"):
        answer = move(space.guest, space.theirs, folders.named("calendar"), operation)
        assert answer.code == "ErrorCrossMailboxMoveCopy"
    assert folders.move(space.guest, folders.named("inbox"), space.calendar).code == "ErrorCrossMailboxMoveCopy"
    assert delete(space.guest, space.theirs, "MoveToDeletedItems").code == "ErrorCannotDeleteObject"
    assert world.store.snapshot() == before


@pytest.mark.parametrize("operation", ["MoveItem", "CopyItem"])
def test_moving_takes_rights_at_both_ends(shared, folders, operation, world):
    second = folders.made(shared.owner, "calendar", "Second", element="CalendarFolder")
    space = shared.at("Reviewer")
    assert move(space.guest, space.theirs, second, operation).code == "ErrorFolderNotFound"
    folders.share(space.owner, second, (GUEST, "Reviewer"), calendar=True)
    before = world.store.snapshot()
    denied = "ErrorAccessDenied" if operation == "MoveItem" else "ErrorCreateItemAccessDenied"
    assert move(space.guest, space.theirs, second, operation).code == denied
    space.at("Editor")
    assert move(space.guest, space.theirs, second, operation).code == "ErrorCreateItemAccessDenied"
    folders.share(space.owner, second, (GUEST, "Contributor"), calendar=True)
    answer = move(space.guest, space.theirs, second, operation)
    assert answer.code == "NoError"
    assert world.store.snapshot() != before
    (moved,) = answer.ids("CalendarItem")
    assert space.owner.get(moved).code == "NoError"
    assert space.guest.get(moved).code == ("ErrorItemNotFound" if operation == "MoveItem" else "NoError")


def test_folders_are_made_by_leave_and_belong_to_who_makes_them(shared, folders, world):
    space = shared.at("Editor")
    before = world.store.snapshot()
    answer = folders.create(space.guest, space.calendar, folders.folder("Below", "CalendarFolder"))
    assert answer.code == "ErrorCreateSubfolderAccessDenied"
    assert world.store.snapshot() == before
    space.at("PublishingEditor")
    below = folders.made(space.guest, space.calendar, "Below", element="CalendarFolder")
    shown = folders.get(space.owner, below, paths=("folder:PermissionSet",))
    assert folders.levels(shown)[GUEST] == "Owner"
    rename = folders.set_field("folder:DisplayName", "<t:DisplayName>Other</t:DisplayName>", "CalendarFolder")
    assert folders.update(space.guest, below, rename).code == "NoError"
    assert folders.delete(space.guest, below, kind="MoveToDeletedItems").code == "ErrorCannotDeleteObject"
    assert folders.delete(space.guest, below).code == "NoError"


def test_only_owners_change_a_folder(shared, folders, world):
    space = shared.at("PublishingEditor")
    fresh = folders.id_of(folders.get(space.guest, space.calendar))
    rename = folders.set_field("folder:DisplayName", "<t:DisplayName>Other</t:DisplayName>", "CalendarFolder")
    before = world.store.snapshot()
    assert folders.update(space.guest, fresh, rename).code == "ErrorAccessDenied"
    assert folders.delete(space.guest, fresh).code == "ErrorAccessDenied"
    assert world.store.snapshot() == before
    space.at("Owner")
    fresh = folders.id_of(folders.get(space.guest, space.calendar))
    assert folders.update(space.guest, fresh, rename).code == "NoError"


def test_private_items_are_not_there_for_others(shared, folders):
    """DOC delegate-access, ViewPrivateItems; whoever made one still sees it."""
    private = "<t:Sensitivity>Private</t:Sensitivity>"
    space = shared.at("Editor")
    (hidden,) = space.owner.create(
        sending="SendToNone", folder=saved_in(space.calendar), subject="Hidden", before=private
    ).ids("CalendarItem")
    (own,) = space.make(subject="Own", before=private).ids("CalendarItem")
    assert space.guest.get(hidden).code == "ErrorItemNotFound"
    assert space.change(hidden).code == "ErrorItemNotFound"
    assert space.guest.get(own).code == "NoError"
    assert space.view().texts("Subject") == ["Budget", "Own"]
    assert len(space.view(space.owner).texts("Subject")) == 3
    assert space.guest.get(space.theirs).text("ConflictingMeetingCount") == "0"


def test_folders_that_are_not_to_be_seen_are_left_out(shared, folders):
    space = shared.at("Reviewer")
    folders.made(space.owner, space.calendar, "Seen", element="CalendarFolder")
    hidden = folders.made(space.owner, space.calendar, "Hidden", element="CalendarFolder")
    folders.share(space.owner, hidden, calendar=True)
    assert folders.names(folders.find(space.guest, space.calendar)) == ["Seen"]
    assert folders.names(folders.find(space.owner, space.calendar)) == ["Hidden", "Seen"]
    synchronised = space.guest(
        "<m:SyncFolderHierarchy><m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape>"
        f"<m:SyncFolderId>{space.calendar}</m:SyncFolderId></m:SyncFolderHierarchy>"
    )
    assert synchronised.texts("DisplayName") == ["Seen"]


def synchronise(speaker, folder, state=""):
    written = f"<m:SyncState>{state}</m:SyncState>" if state else ""
    return speaker(
        "<m:SyncFolderItems><m:ItemShape><t:BaseShape>Default</t:BaseShape></m:ItemShape>"
        f"<m:SyncFolderId>{folder}</m:SyncFolderId>{written}"
        "<m:MaxChangesReturned>10</m:MaxChangesReturned></m:SyncFolderItems>"
    )


def test_synchronising_tells_what_is_to_be_seen(shared, tools):
    space = shared.at("Contributor")
    assert synchronise(space.guest, space.calendar).code == "ErrorAccessDenied"
    space.at("Reviewer")
    more = {"sending": "SendToNone", "folder": saved_in(space.calendar), **LATER}
    space.owner.create(before="<t:Sensitivity>Private</t:Sensitivity>", subject="Hidden", **more)
    first = synchronise(space.guest, space.calendar)
    assert first.texts("Subject") == ["Budget"]
    state = first.root.findtext(".//{*}SyncState")
    hide = tools.set_field("item:Sensitivity", "<t:Sensitivity>Private</t:Sensitivity>")
    assert space.owner.update(space.theirs, hide, sending="SendToNone").code == "NoError"
    second = synchronise(space.guest, space.calendar, state)
    assert [change.tag for change in second.root.find(".//{*}Changes")] == [t("Delete")]


def test_nobody_subscribes_to_the_events_of_another(shared):
    request = (
        f"<m:Subscribe><m:PullSubscriptionRequest><t:FolderIds>{shared.calendar}</t:FolderIds><t:EventTypes>"
        "<t:EventType>CreatedEvent</t:EventType></t:EventTypes><t:Timeout>10</t:Timeout>"
        "</m:PullSubscriptionRequest></m:Subscribe>"
    )
    assert shared.guest(request).code == "ErrorFolderNotFound"
    space = shared.at("Owner")
    assert space.guest(request).code == "ErrorSubscriptionDelegateAccessNotSupported"
    assert space.owner(request).code == "NoError"


def test_series_are_opened_by_their_occurrences(shared):
    weekly = (
        "<t:Recurrence><t:DailyRecurrence><t:Interval>1</t:Interval></t:DailyRecurrence><t:NumberedRecurrence>"
        "<t:StartDate>2026-06-25</t:StartDate><t:NumberOfOccurrences>3</t:NumberOfOccurrences>"
        "</t:NumberedRecurrence></t:Recurrence>"
    )
    made = shared.owner.create(sending="SendToNone", folder=saved_in(shared.calendar), after=weekly, subject="Daily")
    assert made.code == "NoError", made.body
    master = made.one("ItemId").get("Id")
    second = f'<t:OccurrenceItemId RecurringMasterId="{master}" InstanceIndex="2"/>'
    assert shared.guest.get(second).code == "ErrorItemNotFound"
    space = shared.at("Reviewer")
    shown = space.guest.get(second)
    assert shown.text("CalendarItemType") == "Occurrence"
    assert space.change(shown.ids("CalendarItem")[0]).code == "ErrorAccessDenied"
    space.at("Editor")
    assert space.change(shown.ids("CalendarItem")[0]).code == "NoError"
    assert space.owner.get(second).text("Subject") == "Other"


def test_what_hangs_on_items_goes_with_them(shared, tools):
    attachment = (
        "<m:Attachments><t:FileAttachment><t:Name>a.txt</t:Name><t:Content>YQ==</t:Content></t:FileAttachment>"
        "</m:Attachments>"
    )

    def attach(speaker):
        parent = shared.theirs.replace("t:ItemId", "m:ParentItemId")
        return speaker(f"<m:CreateAttachment>{parent}{attachment}</m:CreateAttachment>")

    def open_(speaker, found, operation="GetAttachment"):
        named = f'<t:AttachmentId Id="{found}"/>'
        return speaker(f"<m:{operation}><m:AttachmentIds>{named}</m:AttachmentIds></m:{operation}>")

    found = attach(shared.owner).one("AttachmentId").get("Id")
    assert open_(shared.guest, found).code == "ErrorInvalidAttachmentId"
    assert attach(shared.guest).code == "ErrorItemNotFound"
    space = shared.at("Reviewer")
    assert open_(space.guest, found).text("Content") == "YQ=="
    assert open_(space.guest, found, "DeleteAttachment").code == "ErrorAccessDenied"
    assert attach(space.guest).code == "ErrorAccessDenied"
    space.at("Editor")
    assert attach(space.guest).code == "NoError"
    assert open_(space.guest, found, "DeleteAttachment").code == "NoError"


MESSAGE = (
    '<m:CreateItem MessageDisposition="{disposition}">{folder}<m:Items><t:Message><t:Subject>Hello</t:Subject>'
    "<t:ToRecipients><t:Mailbox><t:EmailAddress>attendee1@example.com</t:EmailAddress></t:Mailbox></t:ToRecipients>"
    "{author}</t:Message></m:Items></m:CreateItem>"
)


def named_author(address):
    return f"<t:From><t:Mailbox><t:EmailAddress>{address}</t:EmailAddress></t:Mailbox></t:From>"


def test_nobody_sends_in_the_name_of_others(organizer, attendee, folders, world):
    """DOC ErrorSendAsDenied: neither by naming them nor by sending what lies in their folders."""
    folders.share(organizer, folders.named("drafts"), (GUEST, "Editor"))
    drafts = saved_in(folders.named("drafts", OWNER))
    before = world.store.snapshot()
    for disposition in ("SaveOnly", "SendOnly", "SendAndSaveCopy"):
        written = MESSAGE.format(disposition=disposition, folder="", author=named_author(OWNER))
        assert attendee(written).code == "ErrorSendAsDenied"
    written = MESSAGE.format(disposition="SendAndSaveCopy", folder=drafts, author="")
    assert attendee(written).code == "ErrorSendAsDenied"
    assert world.store.snapshot() == before
    saved = attendee(MESSAGE.format(disposition="SaveOnly", folder=drafts, author=""))
    (draft,) = saved.ids("Message")
    shown = organizer.get(draft)
    who = {name: shown.one(name).findtext(f"{t('Mailbox')}/{t('EmailAddress')}") for name in ("From", "Sender")}
    assert who == {"From": OWNER, "Sender": GUEST}
    send = f'<m:SendItem SaveItemToFolder="false"><m:ItemIds>{draft}</m:ItemIds></m:SendItem>'
    assert attendee(send).code == "ErrorSendAsDenied"
    assert organizer(send).code == "NoError"


def test_naming_oneself_is_always_possible(attendee, other):
    assert attendee(MESSAGE.format(disposition="SendOnly", folder="", author=named_author(GUEST))).code == "NoError"
    shown = other.get(other.only("inbox", "Message"))
    assert shown.one("From").findtext(f"{t('Mailbox')}/{t('EmailAddress')}") == GUEST


def test_requests_in_an_inbox_are_answered_by_leave(organizer, attendee, other, meeting, folders, world):
    """Reading a request is not answering it; answering needs the Inbox and the calendar, and speaking for the owner."""
    request = attendee.only("inbox", "MeetingRequest")
    guest = "attendee1@example.com"
    folders.share(attendee, folders.named("inbox"), (guest, "Reviewer"))
    assert other.get(request).code == "NoError"
    before = world.store.snapshot()
    for kind in ("AcceptItem", "DeclineItem", "TentativelyAcceptItem"):
        assert other.answer(kind, request).code == "ErrorAccessDenied"
    assert world.store.snapshot() == before
    folders.share(attendee, folders.named("inbox"), (guest, "Editor"))
    before = world.store.snapshot()
    assert other.answer("AcceptItem", request).code == "ErrorAccessDenied"
    assert world.store.snapshot() == before
    folders.share(attendee, folders.named("calendar"), (guest, "Editor"), calendar=True)
    before = world.store.snapshot()
    assert other.answer("AcceptItem", request).code == "ErrorSendAsDenied"
    assert world.store.snapshot() == before
    assert other.answer("AcceptItem", request, disposition="SaveOnly").code == "NoError"
    shown = attendee.get(attendee.only("calendar", "CalendarItem"))
    assert shown.text("MyResponseType") == "Accept"
    assert organizer.get(meeting).texts("ResponseType") == ["Unknown", "Unknown"]


def test_a_guest_forwards_in_the_own_name(organizer, attendee, other, folders, meeting):
    folders.share(organizer, folders.named("calendar"), ("attendee2@example.com", "Reviewer"), calendar=True)
    guest = attendee.__class__(attendee.world, "attendee2@example.com")
    third = attendee.__class__(attendee.world, "attendee3@example.com")
    people = (
        "<t:ToRecipients><t:Mailbox><t:EmailAddress>attendee3@example.com</t:EmailAddress></t:Mailbox></t:ToRecipients>"
    )
    assert guest.answer("ForwardItem", meeting, before=people).code == "NoError"
    shown = third.get(third.only("inbox", "MeetingRequest"))
    assert shown.one("From").findtext(f"{t('Mailbox')}/{t('EmailAddress')}") == "attendee2@example.com"
    assert len(guest.find("sentitems").ids("MeetingRequest")) == 1


@pytest.mark.requirement("EWS-MTG-027")
def test_whoever_impersonates_acts_as_the_owner(organizer, attendee, folders):
    """Impersonation is no sharing: who acts as somebody is not asked for entries."""
    plans = folders.made(attendee, "calendar", element="CalendarFolder")
    header = (
        "<t:ExchangeImpersonation><t:ConnectingSID>"
        f"<t:PrimarySmtpAddress>{GUEST}</t:PrimarySmtpAddress></t:ConnectingSID></t:ExchangeImpersonation>"
    )
    as_guest = organizer.saying(header)
    assert folders.get(organizer, plans).code == "ErrorFolderNotFound"
    shown = folders.get(as_guest, plans, paths=("folder:EffectiveRights",))
    assert all(rights_of(shown).values())
    (own,) = as_guest.create(sending="SendToNone", folder=saved_in(plans)).ids("CalendarItem")
    assert attendee.get(own).code == "NoError"


def test_levels_have_a_name_in_the_protocol():
    assert set(LEVEL_NAMES.values()) == set(LEVELS_NAMED)
