"""Permissions and delegates that are given over one protocol, seen over the other."""

from __future__ import annotations

from conformance.actor import ews_folders as folders
from conformance.actor import ews_people as people
from conformance.actor import ews_requests as ask
from conformance.actor.ews_people import DelegatePlan
from conformance.suites.case import case
from conformance.suites.ews.delegation import delegate_told, delegated
from conformance.suites.ews.sharing import levels_told
from conformance.suites.graph.sharing import GUEST, OWNER, PERMISSIONS, shared
from conformance.suites.scene import Scene
from conformance.suites.steps import address

ROLES = (
    ("freeBusyRead", "FreeBusyTimeOnly"),
    ("limitedRead", "FreeBusyTimeAndSubjectAndLocation"),
    ("read", "Reviewer"),
    ("write", "Editor"),
)


@case(
    "sharing.roles-and-levels",
    scenario="sharing",
    verifies=("GRAPH-SHR-020",),
    pairings=("graph-ews",),
    needs=("sharing",),
)
def test_a_role_is_a_level(scene: Scene) -> None:
    client, who = scene.ews(OWNER), address(scene, GUEST).casefold()
    with shared(scene, "freeBusyRead") as space:
        for role, level in ROLES:
            space.set_role(role)
            shown = client.call(folders.get_folder(ask.folder_id("calendar"), ("folder:PermissionSet",)))
            scene.expect("GRAPH-SHR-020", f"the level of {role}", levels_told(shown).get(who)).equals(level)


@case(
    "delegates.by-role",
    scenario="delegates",
    verifies=("GRAPH-SHR-021",),
    pairings=("graph-ews",),
    needs=("sharing", "delegates"),
)
def test_a_delegate_by_role_is_a_delegate_to_ews(scene: Scene) -> None:
    client, who = scene.ews(OWNER), address(scene, GUEST)
    asked = people.get_delegate(address(scene, OWNER))
    with shared(scene, "delegateWithPrivateEventAccess") as space:
        for role, private in (
            ("delegateWithPrivateEventAccess", "true"),
            ("delegateWithoutPrivateEventAccess", "false"),
        ):
            space.set_role(role)
            told = delegate_told(client.call(asked), who)
            names = ("CalendarFolderPermissionLevel", "ViewPrivateItems", "ReceiveCopiesOfMeetingMessages")
            scene.expect("GRAPH-SHR-021", f"what GetDelegate tells of {role}", [told.get(one) for one in names]).equals(
                ["Editor", private, "true"]
            )
        space.set_role("write")
        left = delegate_told(client.call(asked), who)
        scene.expect("GRAPH-SHR-021", "what GetDelegate tells of write", left).equals({})


@case(
    "delegates.to-graph",
    scenario="delegates",
    verifies=("GRAPH-SHR-022",),
    pairings=("ews-graph",),
    needs=("sharing", "delegates"),
)
def test_a_delegate_of_ews_has_a_delegates_role(scene: Scene) -> None:
    owner, who = scene.graph(OWNER), address(scene, GUEST)
    for private, role in ((False, "delegateWithoutPrivateEventAccess"), (True, "delegateWithPrivateEventAccess")):
        with delegated(scene, DelegatePlan(who, {"Calendar": "Editor"}, True, private)):
            told = [
                one.get("role")
                for one in owner.get(PERMISSIONS).value
                if str((one.get("emailAddress") or {}).get("address")).casefold() == who.casefold()
            ]
            scene.expect("GRAPH-SHR-022", f"the role where ViewPrivateItems is {private}", told).equals([role])
