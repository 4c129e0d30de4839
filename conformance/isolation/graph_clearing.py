"""Clearing over Graph: what bears a case's words in its subject or its name is deleted for good, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from conformance.actor.graph_client import GraphClient, segment

_COLLECTIONS = ("me/events", "me/messages", "me/mailFolders/deleteditems/messages")
_FOLDERS = ("me/calendars", "me/mailFolders", "me/mailFolders/deleteditems/childFolders")
_GONE = 404


class GraphClearing:
    """One mailbox. Whoever deletes a meeting of their own over Graph lets its attendees know."""

    def __init__(self, client: GraphClient, *, has_folders: bool) -> None:
        self._client = client
        self._has_folders = has_folders

    def clear(self, words: Sequence[str]) -> int:
        """Delete what bears one of the words; how many things that were. Refused, or what the transport raises."""
        count = 0
        for word in words:
            for collection in _COLLECTIONS:
                kind = "events" if collection.endswith("events") else "messages"
                for found in self._client.named(collection, word):
                    self._delete(f"me/{kind}/{segment(str(found['id']))}")
                    count += 1
        for path in self._folders(words) if self._has_folders else ():
            self._delete(path)
            count += 1
        return count

    def _delete(self, path: str) -> None:
        """Gone for good where the server knows how; else by DELETE, once to the deleted ones and once from there."""
        if self._client.post(f"{path}/permanentDelete", {}).status in {204, _GONE}:
            return
        answer = self._client.delete(path)
        if answer.status != _GONE:
            answer.succeed(f"DELETE {path}")

    def _folders(self, words: Sequence[str]) -> Iterator[str]:
        for collection in _FOLDERS:
            answer = self._client.get(f"{collection}?$top=200").succeed(f"GET {collection}")
            kind = "calendars" if collection.endswith("calendars") else "mailFolders"
            for one in answer.value:
                if any(word in str(one.get("displayName") or one.get("name")) for word in words):
                    yield f"me/{kind}/{segment(str(one['id']))}"
