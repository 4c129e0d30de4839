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
