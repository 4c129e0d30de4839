"""The folders that every mailbox has: of which kind each is answered, and what all properties of it are."""

from __future__ import annotations

from conformance.actor import ews_requests as ask
from conformance.actor.xml import Node, m, t
from conformance.suites.case import EWS, case
from conformance.suites.scene import Scene

# The name that a folder is asked by, the element that answers, and the class of the folder.
_KINDS = (
    ("calendar", "CalendarFolder", "IPF.Appointment"),
    ("contacts", "ContactsFolder", "IPF.Contact"),
    ("tasks", "TasksFolder", "IPF.Task"),
    ("inbox", "Folder", "IPF.Note"),
    ("drafts", "Folder", "IPF.Note"),
    ("sentitems", "Folder", "IPF.Note"),
    ("deleteditems", "Folder", "IPF.Note"),
)
_ALWAYS = frozenset(
    {
        *("FolderId", "ParentFolderId", "FolderClass", "DisplayName", "TotalCount", "ChildFolderCount"),
        *("EffectiveRights", "DistinguishedFolderId", "PermissionSet"),
    }
)


@case(
    "properties.folders",
    scenario="properties",
    verifies=("EWS-PROP-089", "EWS-PROP-090", "EWS-PROP-091", "EWS-PROP-092"),
    pairings=EWS,
)
def test_folders_are_answered_by_kind_and_with_all_properties(scene: Scene) -> None:
    shape = m(
        "FolderShape",
        t("BaseShape", "AllProperties"),
        t("AdditionalProperties", t("FieldURI", FieldURI="folder:PermissionSet")),
    )
    asked = m("GetFolder", shape, m("FolderIds", *(ask.folder_id(name) for name, _, _ in _KINDS)))
    shown = [_folder(message.node) for message in scene.ews("organizer0").call(asked).messages]
    for (name, element, kind), folder in zip(_KINDS, shown, strict=False):
        told = folder and (folder.local, folder.text("t:FolderClass"))
        scene.expect("EWS-PROP-089", f"the element and the class of {name}", told).equals((element, kind))
        missing = sorted(_ALWAYS - set(folder.names() if folder else ()))
        scene.expect("EWS-PROP-090", f"the properties that {name} lacks", missing).equals([])
        itself = folder and folder.text("t:DistinguishedFolderId")
        scene.expect("EWS-PROP-091", f"the name that {name} tells of itself", itself).equals(name)
        strangers = [] if folder is None else [_level(folder, user) for user in ("Default", "Anonymous")]
        expected = ["FreeBusyTimeOnly" if name == "calendar" else "None", "None"]
        scene.expect("EWS-PROP-092", f"what strangers may in {name}", strangers).equals(expected)
    scene.expect("EWS-PROP-089", "the folders answered", shown).has_length(len(_KINDS))


def _folder(message: Node) -> Node | None:
    folders = message.one("m:Folders")
    return next(iter(folders), None) if folders else None


def _level(folder: Node, user: str) -> str | None:
    """The level of everybody or nobody known, as a folder's permissions tell it."""
    name = "CalendarPermission" if folder.local == "CalendarFolder" else "Permission"
    entries = (one for one in folder.anywhere(f"t:{name}") if one.text("t:UserId/t:DistinguishedUser") == user)
    return next((one.text(f"t:{name}Level") for one in entries), None)
