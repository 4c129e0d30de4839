"""Mailboxes full of other people's things, and a look at all that is in them, byte for byte."""

from __future__ import annotations

import base64
import re

import httpx

PASSWORD = "meetproof"
FOLDERS = ("calendar", "inbox", "sentitems", "drafts", "deleteditems", "tasks")
SOAP = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" '
    'xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><s:Header>'
    '<t:RequestServerVersion Version="Exchange2016"/></s:Header><s:Body>{}</s:Body></s:Envelope>'
)
MEETING = (
    '<m:CreateItem SendMeetingInvitations="{sending}"><m:Items><t:CalendarItem><t:Subject>{subject}</t:Subject>'
    "<t:Start>{day}T{hour:02}:00:00Z</t:Start><t:End>{day}T{hour:02}:45:00Z</t:End>{people}</t:CalendarItem></m:Items>"
    "</m:CreateItem>"
)
NOTE = (
    '<m:CreateItem MessageDisposition="SendAndSaveCopy"><m:Items><t:Message><t:Subject>{subject}</t:Subject>'
    "<t:ToRecipients><t:Mailbox><t:EmailAddress>{to}</t:EmailAddress></t:Mailbox></t:ToRecipients></t:Message>"
    "</m:Items></m:CreateItem>"
)
FIND = (
    '<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape><m:ParentFolderIds>'
    '<t:DistinguishedFolderId Id="{}"/></m:ParentFolderIds></m:FindItem>'
)
GET = (
    "<m:GetItem><m:ItemShape><t:BaseShape>AllProperties</t:BaseShape></m:ItemShape><m:ItemIds>"
    '<t:ItemId Id="{}"/></m:ItemIds></m:GetItem>'
)
HIERARCHY = (
    '<m:FindFolder Traversal="Deep"><m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape>'
    '<m:ParentFolderIds><t:DistinguishedFolderId Id="msgfolderroot"/></m:ParentFolderIds></m:FindFolder>'
)


class Person:
    """Somebody with a mailbox, who has nothing to do with the suite."""

    def __init__(self, ews: str, address: str) -> None:
        shown = base64.b64encode(f"{address}:{PASSWORD}".encode()).decode()
        headers = {"Authorization": f"Basic {shown}", "Content-Type": "text/xml; charset=utf-8"}
        self._client = httpx.Client(trust_env=False, headers=headers, timeout=60)
        self._ews = ews
        self.address = address

    def call(self, operation: str) -> str:
        answer = self._client.post(self._ews, content=SOAP.format(operation).encode())
        assert answer.status_code == 200, answer.text
        return answer.text

    def meet(self, subject: str, day: str, hour: int, *others: str) -> None:
        """Call a meeting, or keep an appointment where there are no others."""
        attendees = "".join(
            f"<t:Attendee><t:Mailbox><t:EmailAddress>{one}</t:EmailAddress></t:Mailbox></t:Attendee>" for one in others
        )
        people = f"<t:RequiredAttendees>{attendees}</t:RequiredAttendees>" if others else ""
        sending = "SendToAllAndSaveCopy" if others else "SendToNone"
        answer = self.call(MEETING.format(sending=sending, subject=subject, day=day, hour=hour, people=people))
        assert "NoError" in answer, answer

    def write(self, subject: str, to: str) -> None:
        assert "NoError" in self.call(NOTE.format(subject=subject, to=to))

    def everything(self) -> dict[str, str]:
        """Every item as GetItem shows it, by its id, and the folders with their counts."""
        found = {"folders": re.sub(r' ChangeKey="[^"]*"', "", self.call(HIERARCHY))}
        for folder in FOLDERS:
            for identity in re.findall(r'ItemId Id="([^"]+)"', self.call(FIND.format(folder))):
                found[identity] = self.call(GET.format(identity))
        return found

    def close(self) -> None:
        self._client.close()
