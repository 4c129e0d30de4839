"""Requests about several things: each has its answer, and some failures end the request."""

from reference_impl.domain.copying import replace
from reference_impl.ews.namespaces import MESSAGES, m

INBOX = '<t:DistinguishedFolderId Id="inbox"/>'
NOBODYS = '<t:DistinguishedFolderId Id="voicemail"/>'


def get_folders(speaker, *inner):
    return speaker(
        "<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape>"
        f"<m:FolderIds>{''.join(inner)}</m:FolderIds></m:GetFolder>"
    )


def test_a_failure_leaves_the_others_alone(organizer):
    answer = get_folders(organizer, NOBODYS, INBOX, NOBODYS, INBOX)
    assert answer.codes == ["ErrorFolderNotFound", "NoError", "ErrorFolderNotFound", "NoError"]


def test_a_denial_ends_the_batch_with_warnings(organizer):
    """What comes before is done, what comes after is not even looked at (DOC responsecode)."""
    attendee9 = replace(organizer, address="attendee9@example.com")
    moments = [f"2026-06-{day}T10:00:00Z" for day in (25, 26)]
    own, kept = (
        organizer.create(sending="SendToNone", start=moment, end=moment).ids("CalendarItem")[0] for moment in moments
    )
    (read_only,) = attendee9.create(sending="SendToNone").ids("CalendarItem")
    answer = organizer(
        '<m:DeleteItem DeleteType="HardDelete" SendMeetingCancellations="SendToNone">'
        f'<m:ItemIds>{own}{read_only}{kept}<t:ItemId Id="AAAA"/></m:ItemIds></m:DeleteItem>'
    )
    assert answer.codes == [
        "NoError",
        "ErrorAccessDenied",
        "ErrorBatchProcessingStopped",
        "ErrorBatchProcessingStopped",
    ]
    classes = [message.get("ResponseClass") for message in answer.root.iter(m("DeleteItemResponseMessage"))]
    assert classes == ["Success", "Error", "Warning", "Warning"]
    assert len(answer.root.findall(f".//{{{MESSAGES}}}MessageText")) == 3
    assert organizer.get(own + kept).codes == ["ErrorItemNotFound", "NoError"]
