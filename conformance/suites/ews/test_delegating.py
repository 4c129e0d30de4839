"""Who is a delegate of whom: AddDelegate, GetDelegate, UpdateDelegate and RemoveDelegate."""

from __future__ import annotations

from conformance.actor import ews_folders as folders
from conformance.actor import ews_people as people
from conformance.actor import ews_requests as ask
from conformance.actor.ews_people import DelegatePlan
from conformance.suites.case import EWS, case
from conformance.suites.ews.delegation import (
    DELEGATE,
    PRINCIPAL,
    codes,
    delegate_told,
    delegated,
    delegates_told,
    plan,
    root_code,
)
from conformance.suites.ews.sharing import levels_told
from conformance.suites.scene import Scene
from conformance.suites.steps import address, token

SCENARIO = "delegates"


@case(
    "delegates.add",
    scenario=SCENARIO,
    verifies=("EWS-DLG-001", "EWS-DLG-002", "EWS-DLG-003", "EWS-DLG-004", "EWS-DLG-044"),
    pairings=EWS,
    needs=("delegates",),
)
def test_a_delegate_is_added_and_told_with_permissions(scene: Scene) -> None:
    owner, who = address(scene, PRINCIPAL), address(scene, DELEGATE)
    client = scene.ews(PRINCIPAL)
    with delegated(scene, DelegatePlan(who, {"Calendar": "Editor", "Inbox": "Reviewer"}, True, True)) as added:
        scene.expect("EWS-DLG-001", "the codes of AddDelegate", (root_code(added), codes(added))).equals(
            ("NoError", ["NoError"])
        )
        told = delegate_told(client.call(people.get_delegate(owner)), who)
        wanted = {
            "CalendarFolderPermissionLevel": "Editor",
            "InboxFolderPermissionLevel": "Reviewer",
            "ReceiveCopiesOfMeetingMessages": "true",
            "ViewPrivateItems": "true",
        }
        scene.expect("EWS-DLG-001", "what GetDelegate tells of the delegate", told).holds(
            lambda given: wanted.items() <= given.items(), f"a delegate with {wanted}"
        )
        others = {name: told.get(f"{name}FolderPermissionLevel") for name in ("Contacts", "Journal", "Notes", "Tasks")}
        scene.expect("EWS-DLG-044", "the levels that were not given", others).equals(dict.fromkeys(others, "None"))
        bare = delegate_told(client.call(people.get_delegate(owner, who, permissions=False)), who)
        scene.expect("EWS-DLG-002", "the properties told without permissions", list(bare)).holds(
            lambda names: names and not any("Level" in name for name in names), "a delegate without any level"
        )
        shown = client.call(folders.get_folder(ask.folder_id("calendar"), ("folder:PermissionSet",)))
        entry = levels_told(shown).get(who.casefold())
        scene.expect("EWS-DLG-003", "the delegate's entry in the calendar's permissions", entry).equals("Editor")
        again = client.call(people.add_delegate(owner, plan(scene)))
        scene.expect("EWS-DLG-004", "the codes of a second AddDelegate", codes(again)).equals(
            ["ErrorDelegateAlreadyExists"]
        )


@case(
    "delegates.change",
    scenario=SCENARIO,
    verifies=("EWS-DLG-005", "EWS-DLG-006", "EWS-DLG-007"),
    pairings=EWS,
    needs=("delegates",),
)
def test_a_delegate_is_changed_and_removed(scene: Scene) -> None:
    owner, who = address(scene, PRINCIPAL), address(scene, DELEGATE)
    client = scene.ews(PRINCIPAL)
    with delegated(scene, plan(scene)):
        change = DelegatePlan(who, {"Tasks": "Author"}, sees_private=True)
        changed = client.call(people.update_delegate(owner, change))
        scene.expect("EWS-DLG-005", "the codes of UpdateDelegate", codes(changed)).equals(["NoError"])
        told = delegate_told(client.call(people.get_delegate(owner, who)), who)
        names = ("CalendarFolderPermissionLevel", "TasksFolderPermissionLevel", "ViewPrivateItems")
        scene.expect("EWS-DLG-005", "the properties named and those not", [told.get(one) for one in names]).equals(
            ["Editor", "Author", "true"]
        )
        copies = told.get("ReceiveCopiesOfMeetingMessages")
        scene.expect("EWS-DLG-005", "whether copies are received", copies).equals("true")
        for delivery in ("DelegatesAndMe", "DelegatesOnly", "DelegatesAndSendInformationToMe"):
            client.call(people.update_delegate(owner, delivery=delivery))
            kept = client.call(people.get_delegate(owner)).body
            word = kept.text("m:DeliverMeetingRequests") if kept else None
            scene.expect("EWS-DLG-006", "DeliverMeetingRequests once it was set", word).equals(delivery)
    left = client.call(people.get_delegate(owner))
    scene.expect("EWS-DLG-007", "the delegates after RemoveDelegate", delegates_told(left)).lacks(who.casefold())
    shown = client.call(folders.get_folder(ask.folder_id("calendar"), ("folder:PermissionSet",)))
    scene.expect("EWS-DLG-007", "whose entries the calendar has", list(levels_told(shown))).lacks(who.casefold())


@case(
    "delegates.refused",
    scenario=SCENARIO,
    verifies=("EWS-DLG-008", "EWS-DLG-009", "EWS-DLG-010", "EWS-DLG-011"),
    pairings=EWS,
    needs=("delegates",),
)
def test_wrong_words_about_delegates_are_refused(scene: Scene) -> None:
    owner, stranger = address(scene, PRINCIPAL), address(scene, "attendee2")
    client = scene.ews(PRINCIPAL)
    nobody = f"nobody-{token(scene)}@example.com"
    with delegated(scene, plan(scene)):
        refusals = (
            ("EWS-DLG-008", "UpdateDelegate", people.update_delegate(owner, DelegatePlan(stranger, {}, True))),
            ("EWS-DLG-008", "RemoveDelegate", people.remove_delegate(owner, stranger)),
            ("EWS-DLG-008", "GetDelegate", people.get_delegate(owner, stranger)),
        )
        for requirement, name, operation in refusals:
            answer = client.call(operation)
            scene.expect(requirement, f"the codes of {name} for one who is none", codes(answer)).equals(
                ["ErrorNotDelegate"]
            )
        unknown = client.call(people.add_delegate(owner, DelegatePlan(nobody, {}, False)))
        scene.expect("EWS-DLG-009", "the codes of AddDelegate for nobody", codes(unknown)).equals(
            ["ErrorDelegateNoUser"]
        )
        oneself = client.call(people.add_delegate(owner, DelegatePlan(owner, {}, False)))
        scene.expect("EWS-DLG-010", "the codes of AddDelegate for the owner", codes(oneself)).equals(
            ["ErrorDelegateCannotAddOwner"]
        )
        meddling = scene.ews(DELEGATE).call(people.remove_delegate(owner, address(scene, DELEGATE)))
        scene.expect("EWS-DLG-011", "the code of a delegate's own RemoveDelegate", root_code(meddling)).differs_from(
            "NoError"
        )
        kept = delegates_told(client.call(people.get_delegate(owner)))
        scene.expect("EWS-DLG-011", "the delegates afterwards", kept).contains(address(scene, DELEGATE).casefold())
