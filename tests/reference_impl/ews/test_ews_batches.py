"""Requests about several things: each has its answer, and some failures end the request."""

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
    others = "<t:Mailbox><t:EmailAddress>attendee0@example.com</t:EmailAddress></t:Mailbox>"
    denied = f'<t:DistinguishedFolderId Id="inbox">{others}</t:DistinguishedFolderId>'
    answer = get_folders(organizer, INBOX, denied, INBOX, '<t:FolderId Id="AAAA"/>')
    assert answer.codes == [
        "NoError",
        "ErrorAccessDenied",
        "ErrorBatchProcessingStopped",
        "ErrorBatchProcessingStopped",
    ]
    classes = [message.get("ResponseClass") for message in answer.root.iter(m("GetFolderResponseMessage"))]
    assert classes == ["Success", "Error", "Warning", "Warning"]
    assert len(answer.root.findall(f".//{{{MESSAGES}}}MessageText")) == 3
