"""Clearing over EWS: whatever bears a case's words in its subject or its name is deleted for good, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from conformance.actor import ews_folders as folders
from conformance.actor import ews_requests as ask
from conformance.actor.acts import Refused
from conformance.actor.ews import find_items
from conformance.actor.ews_client import EwsClient
from conformance.actor.ews_views import reference
from conformance.actor.views import MeetingRef
from conformance.actor.xml import Markup, Node, m, t

# In this order: a meeting goes before the messages that its end brings about.
_FOLDERS = ("calendar", "inbox", "sentitems", "drafts", "deleteditems")
_WORDS_AT_ONCE = 20
_SUBJECT, _ROLE = "item:Subject", "calendar:MyResponseType"


class EwsClearing:
    """One mailbox. ``tells`` lets attendees know that a meeting is off, which rooms need whose mailbox is not ours."""

    def __init__(self, client: EwsClient, *, has_folders: bool) -> None:
        self.tells = False
        self._client = client
        self._has_folders = has_folders

    def clear(self, words: Sequence[str]) -> int:
        """Delete what bears one of the words; how many things that were. Refused, or what the transport raises."""
        count = 0
        for folder in _FOLDERS:
            for item in self._found(folder, words):
                is_called = folder == "calendar" and item.text("t:MyResponseType") == "Organizer"
                self._delete(reference(item), "SendOnlyToAll" if self.tells and is_called else "SendToNone")
                count += 1
        for node in self._folders(words) if self._has_folders else ():
            self._client.call(folders.delete_folder(_folder(node))).succeed("DeleteFolder")
            count += 1
        return count

    def _found(self, folder: str, words: Sequence[str]) -> Iterator[Node]:
        fields = (_SUBJECT, _ROLE) if folder == "calendar" else (_SUBJECT,)
        for start in range(0, len(words), _WORDS_AT_ONCE):
            some = words[start : start + _WORDS_AT_ONCE]
            try:
                items = find_items(self._client, folder, fields, restriction=_bearing(some, _SUBJECT))
            except Refused:
                items = find_items(self._client, folder, fields)
            yield from (item for item in items if _bears(item.text("t:Subject"), some))

    def _delete(self, item: MeetingRef, cancellations: str) -> None:
        answer = self._client.call(ask.delete_item(item, disposal="HardDelete", cancellations=cancellations))
        if answer.code != "ErrorItemNotFound":
            answer.succeed("DeleteItem")

    def _folders(self, words: Sequence[str]) -> list[Node]:
        asked = m(
            "FindFolder",
            m("FolderShape", t("BaseShape", "Default")),
            m("ParentFolderIds", ask.folder_id("msgfolderroot")),
            Traversal="Deep",
        )
        answer = self._client.call(asked).succeed("FindFolder")
        found = answer.body.anywhere("t:DisplayName") if answer.body else ()
        named = [node.element.getparent() for node in found if _bears(node.text(), words)]
        return [Node(element) for element in named if element is not None]


def _bears(text: str | None, words: Sequence[str]) -> bool:
    return any(word in (text or "") for word in words)


def _folder(node: Node) -> Markup:
    return folders.folder_ref(MeetingRef(node.text("t:FolderId/@Id") or ""))


def _bearing(words: Sequence[str], uri: str) -> Markup:
    """A restriction to items whose field holds one of the words."""
    each = [
        t(
            "Contains",
            t("FieldURI", FieldURI=uri),
            t("Constant", Value=word),
            ContainmentMode="Substring",
            ContainmentComparison="IgnoreCase",
        )
        for word in words
    ]
    return m("Restriction", each[0] if len(each) == 1 else t("Or", *each))
