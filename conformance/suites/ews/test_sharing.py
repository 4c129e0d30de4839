"""What others may do in somebody's calendar, level by level."""

from __future__ import annotations

from typing import NamedTuple

from conformance.actor import ews_folders as folders
from conformance.actor import ews_people as people
from conformance.actor import ews_requests as ask
from conformance.actor.ews_client import EwsClient
from conformance.actor.times import instant, xml_time
from conformance.actor.views import MeetingRef
from conformance.actor.xml import t
from conformance.suites.case import EWS, case
from conformance.suites.ews.sharing import (
    GUEST,
    OWNER,
    SharedCalendar,
    create_in,
    default_calendar_shared,
    levels_told,
    shared_calendar,
)
from conformance.suites.scene import Scene
from conformance.suites.steps import address, draft, free_day, is_refusal, moment, read_item, slot, token, written

SCENARIO = "sharing"
NEVER = "0001-01-01T00:00:00Z"


class Allowed(NamedTuple):
    """What somebody did in another's calendar; None where there was nothing to do it to."""

    makes: bool
    reads: bool
    changes_own: bool | None
    changes_theirs: bool
    deletes_own: bool | None
    deletes_theirs: bool


LEVELS = (
    ("EWS-SHR-001", "None", Allowed(False, False, None, False, None, False)),
    ("EWS-SHR-002", "Contributor", Allowed(True, False, False, False, False, False)),
    ("EWS-SHR-003", "Reviewer", Allowed(False, True, None, False, None, False)),
    ("EWS-SHR-004", "NoneditingAuthor", Allowed(True, True, False, False, True, False)),
    ("EWS-SHR-005", "Author", Allowed(True, True, True, False, True, False)),
    ("EWS-SHR-006", "Editor", Allowed(True, True, True, True, True, True)),
    ("EWS-SHR-007", "Owner", Allowed(True, True, True, True, True, True)),
)


def _changes(client: EwsClient, item: MeetingRef) -> bool:
    place = ask.set_field("calendar:Location", t("Location", "Elsewhere"))
    return client.call(ask.update_item(item, place, sending="SendToNone")).code == "NoError"


def _deletes(client: EwsClient, item: MeetingRef) -> bool:
    operation = ask.delete_item(item, disposal="HardDelete", cancellations="SendToNone")
    return client.call(operation).code == "NoError"


def _tried(space: SharedCalendar, word: str) -> Allowed:
    """What the guest can do, tried out on an item of the owner's and, if one can be made, on one of the guest's."""
    theirs = written(space.make(space.owner, subject=f"Theirs {word}"))
    made = space.make(space.guest, subject=f"Own {word}")
    own = written(made) if made.code == "NoError" else None
    reads = f"Theirs {word}" in space.seen(space.guest)
    return Allowed(
        makes=own is not None,
        reads=reads,
        changes_own=_changes(space.guest, own) if own else None,
        changes_theirs=_changes(space.guest, theirs),
        deletes_own=_deletes(space.guest, own) if own else None,
        deletes_theirs=_deletes(space.guest, theirs),
    )


@case(
    "sharing.levels",
    scenario=SCENARIO,
    verifies=(
        "EWS-SHR-001",
        "EWS-SHR-002",
        "EWS-SHR-003",
        "EWS-SHR-004",
        "EWS-SHR-005",
        "EWS-SHR-006",
        "EWS-SHR-007",
        "EWS-SHR-008",
    ),
    pairings=EWS,
    needs=("sharing",),
)
def test_each_level_allows_what_it_says(scene: Scene) -> None:
    with shared_calendar(scene) as space:
        for requirement, level, allowed in LEVELS:
            set_to = space.share(level)
            scene.expect("EWS-SHR-008", f"the code of setting {level}", set_to.code).equals("NoError")
            word = f"{level} {token(scene)}"
            scene.expect(requirement, f"what {level} lets somebody do", _tried(space, word)).equals(allowed)
            left = f"Theirs {word}" in space.seen(space.owner)
            scene.expect(requirement, "whether the owner's item is left", left).equals(not allowed.deletes_theirs)
        shown = space.owner.call(folders.get_folder(space.folder, ("folder:PermissionSet",)))
        entry = levels_told(shown).get(address(scene, GUEST).casefold())
        scene.expect("EWS-SHR-008", "the level told of the guest", entry).equals("Owner")


@case(
    "sharing.folders",
    scenario=SCENARIO,
    verifies=("EWS-SHR-009", "EWS-SHR-010"),
    pairings=EWS,
    needs=("sharing",),
)
def test_publishing_levels_make_folders_and_only_owners_change_them(scene: Scene) -> None:
    with shared_calendar(scene) as space:
        made = []
        for level in ("Author", "PublishingAuthor", "Editor", "PublishingEditor"):
            space.share(level)
            below = folders.create_folder(f"{level} {token(scene)}", space.folder, "CalendarFolder")
            made.append((level, not is_refusal(space.guest.call(below).code)))
        scene.expect("EWS-SHR-009", "who makes folders below", made).equals(
            [("Author", False), ("PublishingAuthor", True), ("Editor", False), ("PublishingEditor", True)]
        )
        entry = folders.calendar_permission(people.by_address(address(scene, GUEST)), "Owner")
        meddling = space.give(space.guest, entry)
        scene.expect("EWS-SHR-010", "the code of a PublishingEditor's UpdateFolder", meddling.code).is_one_of(
            "ErrorAccessDenied", "ErrorItemSavePropertyError", "ErrorFolderSavePropertyError"
        )
        shown = space.owner.call(folders.get_folder(space.folder, ("folder:PermissionSet",)))
        kept = levels_told(shown).get(address(scene, GUEST).casefold())
        scene.expect("EWS-SHR-010", "the level told afterwards", kept).equals("PublishingEditor")


FLAGS = ("CanCreateItems", "CanCreateSubFolders", "IsFolderOwner", "IsFolderVisible")
EXTENTS = ("EditItems", "DeleteItems", "ReadItems")
# Level -> the flags that are true, then which items it lets change and delete, and what read ([MS-OXCPERM] 2.2.7).
RIGHTS = {
    "None": ((), "None", "None", "None"),
    "FreeBusyTimeOnly": ((), "None", "None", "TimeOnly"),
    "FreeBusyTimeAndSubjectAndLocation": ((), "None", "None", "TimeAndSubjectAndLocation"),
    "Contributor": (("CanCreateItems", "IsFolderVisible"), "None", "None", "None"),
    "Reviewer": (("IsFolderVisible",), "None", "None", "FullDetails"),
    "NoneditingAuthor": (("CanCreateItems", "IsFolderVisible"), "None", "Owned", "FullDetails"),
    "Author": (("CanCreateItems", "IsFolderVisible"), "Owned", "Owned", "FullDetails"),
    "PublishingAuthor": (("CanCreateItems", "CanCreateSubFolders", "IsFolderVisible"), "Owned", "Owned", "FullDetails"),
    "Editor": (("CanCreateItems", "IsFolderVisible"), "All", "All", "FullDetails"),
    "PublishingEditor": (("CanCreateItems", "CanCreateSubFolders", "IsFolderVisible"), "All", "All", "FullDetails"),
}


@case(
    "sharing.rights",
    scenario=SCENARIO,
    verifies=("EWS-SHR-011", "EWS-SHR-012", "EWS-SHR-013"),
    pairings=EWS,
    needs=("sharing",),
)
def test_levels_are_told_with_the_rights_they_consist_of(scene: Scene) -> None:
    with shared_calendar(scene) as space:
        for level, rights in RIGHTS.items():
            space.share(level)
            scene.expect("EWS-SHR-011", f"the rights of {level}", _rights(space)).equals(rights)
        asked = [t("CanCreateItems", "true"), t("IsFolderVisible", "true"), t("EditItems", "All")]
        custom = space.share("Custom", *asked, t("ReadItems", "FullDetails"))
        scene.expect("EWS-SHR-012", "the code of setting Custom", custom.code).equals("NoError")
        scene.expect("EWS-SHR-012", "the rights of Custom", _rights(space)).equals(
            (("CanCreateItems", "IsFolderVisible"), "All", "None", "FullDetails")
        )
        done = _tried(space, f"Custom {token(scene)}")
        scene.expect("EWS-SHR-012", "what it lets somebody do", done).equals(
            Allowed(True, True, True, True, False, False)
        )
        space.share("Reviewer")
        own = space.guest.call(folders.get_folder(space.folder, ("folder:EffectiveRights",)))
        found = next(iter(own.root.anywhere("t:EffectiveRights")), None) if own.root else None
        told = found and [found.text(f"t:{name}") for name in ("CreateContents", "Modify", "Read")]
        scene.expect("EWS-SHR-013", "EffectiveRights of a Reviewer", told).equals(["false", "false", "true"])


def _rights(space: SharedCalendar) -> tuple[object, ...]:
    """The rights of the guest as the permission set tells them, in the form of ``RIGHTS``."""
    shown = space.owner.call(folders.get_folder(space.folder, ("folder:PermissionSet",)))
    who = address(space.scene, GUEST).casefold()
    for entry in shown.root.anywhere("t:CalendarPermission") if shown.root else ():
        if (entry.text("t:UserId/t:PrimarySmtpAddress") or "").casefold() == who:
            flags = tuple(name for name in FLAGS if entry.text(f"t:{name}") == "true")
            return (flags, *(entry.text(f"t:{name}") for name in EXTENTS))
    return ()


@case(
    "sharing.refused",
    scenario=SCENARIO,
    verifies=("EWS-SHR-014", "EWS-SHR-015"),
    pairings=EWS,
    needs=("sharing",),
)
def test_wrong_entries_are_refused(scene: Scene) -> None:
    guest = people.by_address(address(scene, GUEST))
    nobody = people.by_address(f"nobody-{token(scene)}@example.com")
    with shared_calendar(scene) as space:
        space.share("Reviewer")
        twice = [folders.calendar_permission(guest, level) for level in ("Editor", "Reviewer")]
        for requirement, entries, code in (
            ("EWS-SHR-014", twice, "ErrorDuplicateUserIdsSpecified"),
            ("EWS-SHR-015", [folders.calendar_permission(nobody, "Editor")], "ErrorInvalidUserInfo"),
        ):
            refused = space.give(space.owner, *entries)
            scene.expect(requirement, "the code of UpdateFolder", refused.code).equals(code)
            shown = space.owner.call(folders.get_folder(space.folder, ("folder:PermissionSet",)))
            kept = levels_told(shown).get(address(scene, GUEST).casefold())
            scene.expect(requirement, "the level of the guest afterwards", kept).equals("Reviewer")


@case(
    "sharing.items",
    scenario=SCENARIO,
    verifies=("EWS-SHR-016", "EWS-SHR-017", "EWS-SHR-018"),
    pairings=EWS,
    needs=("sharing",),
)
def test_an_editor_makes_the_owners_items_and_sees_no_private_ones(scene: Scene) -> None:
    owner_address = address(scene, OWNER).casefold()
    with shared_calendar(scene) as space:
        space.share("Editor")
        made = written(space.make(space.guest, subject=f"Made {token(scene)}"))
        shown = read_item(space.owner, MeetingRef(made.id))
        organizer = (shown.text("t:Organizer/t:Mailbox/t:EmailAddress") or "").casefold()
        scene.expect("EWS-SHR-016", "Organizer of what an Editor makes", organizer).equals(owner_address)
        hide = ask.set_field("item:Sensitivity", t("Sensitivity", "Private"))
        space.owner.call(ask.update_item(space.theirs, hide, sending="SendToNone")).succeed("UpdateItem of Sensitivity")
        hidden = space.guest.call(ask.get_item(MeetingRef(space.theirs.id))).code
        scene.expect("EWS-SHR-017", "the code of GetItem of a private item", hidden).equals("ErrorItemNotFound")
        scene.expect("EWS-SHR-017", "what an Editor finds", space.seen(space.guest)).equals([f"Made {token(scene)}"])
        plan = draft(scene, required=(address(scene, "attendee2"),), subject=f"Called {token(scene)}")
        called = space.guest.call(create_in(space.folder, plan, "SendToAllAndSaveCopy"))
        scene.expect("EWS-SHR-018", "the code of an Editor's invitation", called.code).is_one_of(
            "ErrorSendAsDenied", "ErrorAccessDenied"
        )
        kept = space.seen(space.owner)
        scene.expect("EWS-SHR-018", "what the calendar holds", kept).lacks(plan.subject)


@case(
    "sharing.free-busy",
    scenario=SCENARIO,
    verifies=("EWS-SHR-019", "EWS-SHR-020", "EWS-SHR-021", "EWS-SHR-022"),
    pairings=EWS,
    needs=("sharing", "availability"),
)
def test_the_level_decides_what_availability_tells(scene: Scene) -> None:
    free_day(scene, "ews", OWNER)
    owner, guest = scene.ews(OWNER), scene.ews(GUEST)
    plan = draft(scene, required=())
    made = written(owner.call(ask.create_meeting(plan, "SendToNone")))
    wanted = (
        ("EWS-SHR-019", "FreeBusyTimeOnly", (None, None)),
        ("EWS-SHR-020", "FreeBusyTimeAndSubjectAndLocation", (plan.subject, plan.location)),
        ("EWS-SHR-021", "Reviewer", (plan.subject, plan.location)),
    )
    for requirement, level, details in wanted:
        with default_calendar_shared(scene, level) as set_to:
            scene.expect(requirement, f"the code of setting {level}", set_to.code).equals("NoError")
            scene.expect(requirement, f"subject and place told to {level}", _details(scene)).equals(details)
            opened = guest.call(ask.get_item(MeetingRef(made.id))).code == "NoError"
            scene.expect("EWS-SHR-022", f"whether {level} opens the item", opened).equals(level == "Reviewer")


def _details(scene: Scene) -> tuple[str | None, str | None] | None:
    """Subject and location of the one event that attendee1 is told of attendee0's day; None without an event."""
    window = (xml_time(moment(scene, 0))[:-1], xml_time(moment(scene, 0, days=1))[:-1])
    answer = scene.ews(GUEST).call(ask.availability((address(scene, OWNER),), *window, interval=60, view="Detailed"))
    start = slot(scene).start
    for event in answer.root.anywhere("t:CalendarEvent") if answer.root else ():
        if instant(event.text("t:StartTime") or NEVER) == start:
            inside = event.one("t:CalendarEventDetails")
            break
    else:
        return None
    return (inside.text("t:Subject"), inside.text("t:Location")) if inside else (None, None)
