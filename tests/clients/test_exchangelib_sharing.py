"""exchangelib, unmodified, walks folders, shares them, and acts in another person's calendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from exchangelib import Account, CalendarItem, Mailbox
from exchangelib.errors import (
    ErrorAccessDenied,
    ErrorDeleteDistinguishedFolder,
    ErrorFolderExists,
    ErrorFolderNotFound,
    ErrorItemNotFound,
    ErrorSendAsDenied,
)
from exchangelib.folders import Calendar, Contacts, DistinguishedFolderId, Folder, Messages, SingleFolderQuerySet
from exchangelib.items import SEND_TO_ALL_AND_SAVE_COPY, SEND_TO_NONE, MeetingRequest, MeetingResponse

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

PRINCIPAL, OTHER, GUEST = "organizer0@example.com", "attendee0@example.com", "attendee1@example.com"
START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def calendar_of(account: Account, address: str) -> Calendar:
    """Another person's calendar, as somebody opens it who sees nothing else of the mailbox."""
    folder_id = DistinguishedFolderId(id=Calendar.DISTINGUISHED_FOLDER_ID, mailbox=Mailbox(email_address=address))
    folder = Calendar(root=account.root, _distinguished_id=folder_id)
    found = SingleFolderQuerySet(account=account, folder=folder).resolve()
    if isinstance(found, Exception):
        raise found
    return found


@pytest.fixture
def ask(meetproof_server):
    """A function that asks in our own words for what exchangelib has none; the number of successes is told."""

    def ask(address: str, operation: str, successes: int) -> None:
        body = (
            '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
            ' xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"'
            ' xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types">'
            '<s:Header><t:RequestServerVersion Version="Exchange2016"/></s:Header>'
            f"<s:Body>{operation}</s:Body></s:Envelope>"
        )
        answer = httpx.post(
            meetproof_server.ews_url,
            content=body,
            headers={"Content-Type": "text/xml"},
            auth=(address, meetproof_server.password),
        )
        assert answer.text.count("NoError") == successes, answer.text

    return ask


@pytest.fixture
def share(ask):
    """A function that gives somebody a level in the owner's calendar."""

    def share(owner: Account, level: str) -> None:
        calendar = owner.calendar
        calendar.refresh()
        ask(
            PRINCIPAL,
            f'<m:UpdateFolder><m:FolderChanges><t:FolderChange><t:FolderId Id="{calendar.id}"'
            f' ChangeKey="{calendar.changekey}"/><t:Updates><t:SetFolderField>'
            '<t:FieldURI FieldURI="folder:PermissionSet"/><t:CalendarFolder><t:PermissionSet><t:CalendarPermissions>'
            f"<t:CalendarPermission><t:UserId><t:PrimarySmtpAddress>{OTHER}</t:PrimarySmtpAddress></t:UserId>"
            f"<t:CalendarPermissionLevel>{level}</t:CalendarPermissionLevel></t:CalendarPermission>"
            "</t:CalendarPermissions></t:PermissionSet></t:CalendarFolder></t:SetFolderField></t:Updates>"
            "</t:FolderChange></m:FolderChanges></m:UpdateFolder>",
            successes=1,
        )

    return share


def event(account: Account, folder: Calendar, subject: str = "Budget", **fields: object) -> CalendarItem:
    zone = account.default_timezone
    return CalendarItem(
        account=account,
        folder=folder,
        subject=subject,
        start=START.astimezone(zone),
        end=(START + timedelta(hours=1)).astimezone(zone),
        **fields,
    )


def test_folders_are_made_renamed_moved_and_deleted(account):
    mailbox = account(PRINCIPAL)
    plans = Messages(parent=mailbox.inbox, name="Plans")
    plans.save()
    with pytest.raises(ErrorFolderExists):
        Messages(parent=mailbox.inbox, name="plans").save()
    below = Messages(parent=plans, name="Below")
    below.save()
    plans.name = "Old plans"
    plans.save(update_fields=["name"])
    before = plans.id
    plans.move(mailbox.drafts)
    assert plans.id == before
    mailbox.root.clear_cache()
    walked = mailbox.root.get_folder(plans)
    assert walked.absolute.endswith("/Drafts/Old plans")
    assert [child.name for child in walked.children] == ["Below"]
    plans.delete()
    with pytest.raises(ErrorDeleteDistinguishedFolder):
        mailbox.inbox.delete()
    mailbox.root.clear_cache()
    assert [folder.name for folder in mailbox.drafts.children] == []


def test_the_tree_is_walked(account):
    mailbox = account(PRINCIPAL)
    for parent, name, kind in ((mailbox.calendar, "Projects", Calendar), (mailbox.contacts, "Partners", Contacts)):
        kind(parent=parent, name=name).save()
    mailbox.root.clear_cache()
    tree = {folder.name: type(folder) for folder in mailbox.root.walk()}
    assert issubclass(tree["Projects"], Calendar)
    assert issubclass(tree["Partners"], Contacts)
    assert {"Inbox", "Calendar", "Sent Items", "Deleted Items"} <= tree.keys()
    assert (mailbox.calendar / "Projects").child_folder_count == 0
    assert isinstance(mailbox.root / "Top of Information Store" / "Inbox", Folder)


def test_several_calendars_hold_their_own_items(account):
    mailbox = account(PRINCIPAL)
    projects = Calendar(parent=mailbox.calendar, name="Projects")
    projects.save()
    event(mailbox, projects).save(send_meeting_invitations=SEND_TO_NONE)
    zone = mailbox.default_timezone
    window = {"start": START.astimezone(zone), "end": (START + timedelta(days=1)).astimezone(zone)}
    assert [item.subject for item in projects.view(**window)] == ["Budget"]
    assert list(mailbox.calendar.view(**window)) == []
    projects.refresh()
    assert projects.total_count == 1


def entries(folder: Folder) -> dict[str, object]:
    folder.refresh()
    listed = folder.permission_set.calendar_permissions or folder.permission_set.permissions
    return {entry.user_id.primary_smtp_address or entry.user_id.distinguished_user: entry for entry in listed}


def test_permissions_are_read(account, share):
    """Setting them is beyond exchangelib, which writes their elements in an order that the schema does not know."""
    owner = account(PRINCIPAL)
    share(owner, "Author")
    shown = entries(owner.calendar)
    assert (shown[OTHER].calendar_permission_level, shown[OTHER].can_create_items) == ("Author", True)
    assert shown[OTHER].edit_items == "Owned"
    assert shown["Default"].calendar_permission_level == "FreeBusyTimeOnly"
    assert set(entries(owner.inbox)) == {"Default", "Anonymous"}
    assert owner.inbox.effective_rights.modify is True


def test_a_shared_calendar_is_opened_as_far_as_it_is_shared(account, share):
    owner, guest = account(PRINCIPAL), account(OTHER)
    event(owner, owner.calendar).save(send_meeting_invitations=SEND_TO_NONE)
    with pytest.raises(ErrorFolderNotFound):
        calendar_of(guest, PRINCIPAL)

    share(owner, "Reviewer")
    shared = calendar_of(guest, PRINCIPAL)
    assert (shared.effective_rights.read, shared.effective_rights.create_contents) == (True, False)
    (found,) = shared.all()
    found.subject = "Other"
    with pytest.raises(ErrorAccessDenied):
        found.save(update_fields=["subject"], send_meeting_invitations=SEND_TO_NONE)

    share(owner, "Editor")
    found.save(update_fields=["subject"], send_meeting_invitations=SEND_TO_NONE)
    event(guest, shared, "Made by the guest").save(send_meeting_invitations=SEND_TO_NONE)
    assert sorted(item.subject for item in owner.calendar.all()) == ["Made by the guest", "Other"]
    assert list(guest.calendar.all()) == []
    private = event(owner, owner.calendar, "Secret", sensitivity="Private")
    private.save(send_meeting_invitations=SEND_TO_NONE)
    assert "Secret" not in {item.subject for item in shared.all()}
    with pytest.raises(ErrorSendAsDenied):
        event(guest, shared, required_attendees=[GUEST]).save(send_meeting_invitations=SEND_TO_ALL_AND_SAVE_COPY)

    share(owner, "None")
    with pytest.raises(ErrorItemNotFound):
        found.refresh()


def test_a_delegate_organizes_and_answers_for_the_principal(account, ask):
    principal, delegate, guest = account(PRINCIPAL), account(OTHER), account(GUEST)
    ask(
        PRINCIPAL,
        f"<m:AddDelegate><m:Mailbox><t:EmailAddress>{PRINCIPAL}</t:EmailAddress></m:Mailbox><m:DelegateUsers>"
        f"<t:DelegateUser><t:UserId><t:PrimarySmtpAddress>{OTHER}</t:PrimarySmtpAddress></t:UserId>"
        "<t:DelegatePermissions><t:CalendarFolderPermissionLevel>Editor</t:CalendarFolderPermissionLevel>"
        "</t:DelegatePermissions><t:ReceiveCopiesOfMeetingMessages>true</t:ReceiveCopiesOfMeetingMessages>"
        "</t:DelegateUser></m:DelegateUsers></m:AddDelegate>",
        successes=2,
    )
    (shown,) = principal.delegates
    assert shown.user_id.primary_smtp_address == OTHER
    assert shown.delegate_permissions.calendar_folder_permission_level == "Editor"
    assert shown.receive_copies_of_meeting_messages is True

    shared = calendar_of(delegate, PRINCIPAL)
    event(delegate, shared, required_attendees=[GUEST]).save(send_meeting_invitations=SEND_TO_ALL_AND_SAVE_COPY)
    request = next(item for item in guest.inbox.all() if isinstance(item, MeetingRequest))
    assert (request.author.email_address, request.sender.email_address) == (PRINCIPAL, OTHER)
    assert request.organizer.email_address == PRINCIPAL

    event(guest, guest.calendar, "Lunch", required_attendees=[PRINCIPAL]).save(
        send_meeting_invitations=SEND_TO_ALL_AND_SAVE_COPY
    )
    copy = next(item for item in delegate.inbox.all() if isinstance(item, MeetingRequest))
    assert copy.is_delegated is True
    assert (copy.received_by.email_address, copy.received_representing.email_address) == (OTHER, PRINCIPAL)
    lunch = shared.get(subject="Lunch")
    lunch.accept(body="With pleasure.")
    response = next(item for item in guest.inbox.all() if isinstance(item, MeetingResponse))
    assert (response.author.email_address, response.sender.email_address) == (PRINCIPAL, OTHER)
    assert principal.calendar.get(subject="Lunch").my_response_type == "Accept"
