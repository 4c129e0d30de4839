"""Where new items go: SavedItemFolderId, the folders it may name, and where copies of what is sent go."""

import pytest
from lxml import etree

from reference_impl.ews.namespaces import t

NEW_CALENDAR = (
    '<m:CreateFolder><m:ParentFolderId><t:DistinguishedFolderId Id="calendar"/></m:ParentFolderId><m:Folders>'
    "<t:CalendarFolder><t:DisplayName>Second</t:DisplayName></t:CalendarFolder></m:Folders></m:CreateFolder>"
)


def saved_in(element):
    return f"<m:SavedItemFolderId>{element}</m:SavedItemFolderId>"


@pytest.fixture
def second(organizer):
    """The FolderId of a second calendar."""
    found = organizer(NEW_CALENDAR).one("FolderId")
    return etree.tostring(found, with_tail=False).decode()


@pytest.mark.requirement("EWS-MTG-067")
def test_a_folder_that_is_gone_takes_no_item(organizer, second, everything):
    organizer(f'<m:DeleteFolder DeleteType="HardDelete"><m:FolderIds>{second}</m:FolderIds></m:DeleteFolder>')
    before = everything()
    assert organizer.create(folder=saved_in(second)).code == "ErrorFolderNotFound"
    assert everything() == before


@pytest.mark.requirement("EWS-MTG-077")
def test_the_saved_folder_holds_the_calendar_item_and_not_the_sent_copy(organizer, attendee, second):
    answer = organizer.create(attendees=("attendee0@example.com",), folder=saved_in(second))
    (item_id,) = answer.ids("CalendarItem")
    folder = organizer.get(item_id).one("ParentFolderId")
    assert folder.get("Id") == etree.fromstring(second).get("Id")
    assert organizer.find("calendar").all("CalendarItem") == []
    assert len(organizer.find("sentitems").all("MeetingRequest")) == 1
    assert len(attendee.find("inbox").all("MeetingRequest")) == 1
    assert organizer.get(item_id).one("CalendarItem").findtext(t("AppointmentState")) == "1"


@pytest.mark.parametrize("disposition", ["SendAndSaveCopy", "SendOnly", "SaveOnly"])
def test_whoever_answers_and_names_a_folder_names_one(organizer, attendee, meeting, tools, everything, disposition):
    request = attendee.only("inbox", "MeetingRequest").replace("t:ItemId", "t:ReferenceItemId")
    sent = meeting.replace("t:ItemId", "t:ReferenceItemId")
    new_subject = tools.set_field("item:Subject", "<t:Subject>X</t:Subject>")
    before = everything()
    for folder, code in (
        ('<t:FolderId Id="AAAA"/>', "ErrorInvalidIdMalformed"),
        ('<t:DistinguishedFolderId Id="voicemail"/>', "ErrorFolderNotFound"),
    ):
        named = saved_in(folder)
        for speaker, item in (
            (attendee, f"<t:AcceptItem>{request}</t:AcceptItem>"),
            (attendee, f"<t:DeclineItem>{request}</t:DeclineItem>"),
            (organizer, f"<t:CancelCalendarItem>{sent}</t:CancelCalendarItem>"),
        ):
            items = f"<m:Items>{item}</m:Items>"
            answer = speaker(f'<m:CreateItem MessageDisposition="{disposition}">{named}{items}</m:CreateItem>')
            assert answer.code == code
        change = f"<t:ItemChange>{meeting}<t:Updates>{new_subject}</t:Updates></t:ItemChange>"
        answer = organizer(
            f'<m:UpdateItem ConflictResolution="AlwaysOverwrite" MessageDisposition="{disposition}" '
            f'SendMeetingInvitationsOrCancellations="SendToNone">{named}<m:ItemChanges>{change}</m:ItemChanges>'
            "</m:UpdateItem>"
        )
        assert answer.code == code
    assert everything() == before
