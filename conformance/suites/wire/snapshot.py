"""Everything that a refused request could have changed, to be compared before and after it."""

from __future__ import annotations

from conformance.actor import ews_requests as ask
from conformance.suites.scene import Scene

FOLDERS = ("calendar", "inbox", "sentitems", "deleteditems", "drafts")
PATHS = ("me/calendar/events", *(f"me/mailFolders/{name}/messages" for name in FOLDERS[1:]))
PEOPLE = ("organizer0", "attendee0")


def of_ews(scene: Scene) -> dict[str, list[tuple[str | None, str | None]]]:
    """Ids and change keys of every item, by person and folder, read over EWS."""
    return {
        f"{who}: {folder}": [
            (item.text("t:ItemId/@Id"), item.text("t:ItemId/@ChangeKey"))
            for message in scene.ews(who)
            .call(ask.find_item(folder, fields=()))
            .succeed(f"FindItem in {folder}")
            .messages
            for item in message.node.all("m:RootFolder/t:Items/*")
        ]
        for who in PEOPLE
        for folder in FOLDERS
    }


def of_graph(scene: Scene) -> dict[str, list[tuple[str | None, str | None]]]:
    """Ids and etags of every event and message, by person and folder, read over Graph."""
    return {
        f"{who}: {path}": [
            (one.get("id"), one.get("@odata.etag"))
            for one in scene.graph(who).get(f"{path}?$top=100&$select=subject").succeed(f"GET {path}").value
        ]
        for who in PEOPLE
        for path in PATHS
    }
