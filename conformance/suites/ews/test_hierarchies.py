"""Copies of folder trees that SyncFolderHierarchy keeps up to date."""

from __future__ import annotations

from conformance.actor import ews_folders as folders
from conformance.actor import ews_following as follow
from conformance.actor.ews_client import EwsClient
from conformance.actor.xml import Node
from conformance.expect import CaseStopped
from conformance.suites.case import EWS, case
from conformance.suites.ews.following import FolderCopy
from conformance.suites.ews.steps import made_folder
from conformance.suites.scene import Scene
from conformance.suites.steps import token

SCENARIO = "synchronisation"


class Tree:
    """What somebody keeps of the folders below the top one."""

    def __init__(self, client: EwsClient) -> None:
        self._client = client
        self.state = ""
        self.is_last = ""

    def follow(self) -> dict[str, Node]:
        """The changes up to now, by the id of their folder; the case stops where they are refused."""
        answer = self._client.call(follow.sync_hierarchy(state=self.state))
        message = answer.messages[0].node if answer.code == "NoError" else None
        if message is None:
            raise CaseStopped(f"SyncFolderHierarchy: expected the changes, got {answer.code}")
        self.state = message.text("m:SyncState") or ""
        self.is_last = message.text("m:IncludesLastFolderInRange") or ""
        changes = message.one("m:Changes")
        return {_id(change): change for change in changes} if changes else {}


def _id(change: Node) -> str:
    return next((one.text("@Id") or "" for one in change.anywhere("t:FolderId")), "")


def _told(changes: dict[str, Node], identity: str) -> tuple[str, str | None]:
    """What is told of a folder: the change and its name."""
    change = changes.get(identity)
    names = [one.text() for one in change.anywhere("t:DisplayName")] if change else []
    return (change.local if change else "nothing", next(iter(names), None))


@case(
    "synchronisation.folders",
    scenario=SCENARIO,
    verifies=("EWS-SYN-030", "EWS-SYN-031", "EWS-SYN-032", "EWS-SYN-033"),
    pairings=EWS,
    needs=("synchronisation",),
)
def test_folders_are_told_when_they_come_change_and_go(scene: Scene) -> None:
    client = scene.ews("organizer0")
    name = f"Plans {token(scene)}"
    tree = Tree(client)
    first = tree.follow()
    verbs = {change.local for change in first.values()}
    scene.expect("EWS-SYN-030", "what is told without a state", verbs).equals({"Create"})
    kinds = {one.local for change in first.values() for one in change}
    scene.expect("EWS-SYN-030", "the kinds of folders told", kinds).contains("CalendarFolder")
    scene.expect("EWS-SYN-033", "whether these are the last folders", tree.is_last).equals("true")
    made = made_folder(client, name)
    scene.expect("EWS-SYN-031", "what is told of a new folder", _told(tree.follow(), made.id)).equals(("Create", name))
    client.call(folders.rename_folder(folders.folder_ref(made), f"Other {name}")).succeed("UpdateFolder of a name")
    renamed = _told(tree.follow(), made.id)
    scene.expect("EWS-SYN-031", "what is told of a renamed folder", renamed).equals(("Update", f"Other {name}"))
    client.call(folders.delete_folder(folders.folder_ref(made))).succeed("DeleteFolder")
    last = tree.follow()
    scene.expect("EWS-SYN-031", "what is told of a deleted folder", _told(last, made.id)).equals(("Delete", None))
    left = _told(tree.follow(), made.id)
    scene.expect("EWS-SYN-032", "what is told where nothing changed", left).equals(("nothing", None))


@case(
    "synchronisation.folders-refused",
    scenario=SCENARIO,
    verifies=("EWS-SYN-034",),
    pairings=EWS,
    needs=("synchronisation",),
)
def test_states_of_something_else_are_refused(scene: Scene) -> None:
    client = scene.ews("organizer0")
    copy = FolderCopy(client, "calendar")
    copy.page()
    for about, state in (("that nobody gave", "bm8gc3RhdGU="), ("of a folder's items", copy.state)):
        code = client.call(follow.sync_hierarchy(state=state)).code
        scene.expect("EWS-SYN-034", f"the code for a state {about}", code).equals("ErrorInvalidSyncStateData")
