"""Everything that a refused request could have changed, to be compared before and after it.

Where the mailboxes are not quiet, others come and go: only what bears the case's token is compared there.
"""

from __future__ import annotations

from conformance.actor import ews_requests as ask
from conformance.actor.ews_client import EwsClient
from conformance.suites.scene import Scene
from conformance.suites.steps import listed, token

Identities = list[tuple[str | None, str | None]]
FOLDERS = ("calendar", "inbox", "sentitems", "deleteditems", "drafts")
PATHS = ("me/calendar/events", *(f"me/mailFolders/{name}/messages" for name in FOLDERS[1:]))
PEOPLE = ("organizer0", "attendee0")


def of_ews(scene: Scene) -> dict[str, Identities]:
    """Ids and change keys of every item, by person and folder, read over EWS."""
    return {f"{who}: {folder}": _in_folder(scene, scene.ews(who), folder) for who in PEOPLE for folder in FOLDERS}


def of_graph(scene: Scene) -> dict[str, Identities]:
    """Ids and etags of every event and message, by person and folder, read over Graph."""
    mine = "" if scene.has("quiet-mailboxes") else f"&$filter=contains(subject,'{token(scene)}')"
    return {
        f"{who}: {path}": [
            (one.get("id"), one.get("@odata.etag"))
            for one in scene.graph(who).get(f"{path}?$top=100&$select=subject{mine}").succeed(f"GET {path}").value
        ]
        for who in PEOPLE
        for path in PATHS
    }


def _in_folder(scene: Scene, client: EwsClient, folder: str) -> Identities:
    if scene.has("quiet-mailboxes"):
        answer = client.call(ask.find_item(folder, fields=())).succeed(f"FindItem in {folder}")
        items = tuple(item for message in answer.messages for item in message.node.all("m:RootFolder/t:Items/*"))
    else:
        items = listed(client, folder, token(scene))
    return [(item.text("t:ItemId/@Id"), item.text("t:ItemId/@ChangeKey")) for item in items]
