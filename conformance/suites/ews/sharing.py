"""Calendars of a case's own that others are given permissions in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from conformance.actor import ews_folders as folders
from conformance.actor import ews_people as people
from conformance.actor import ews_requests as ask
from conformance.actor.acts import Draft
from conformance.actor.ews_client import EwsAnswer, EwsClient
from conformance.actor.views import MeetingRef
from conformance.actor.xml import Markup, Node, m, t
from conformance.expect import CaseStopped
from conformance.suites.ews.steps import made_folder
from conformance.suites.scene import Scene
from conformance.suites.steps import address, draft, token, undone, written

OWNER, GUEST = "attendee0", "attendee1"


def levels_told(answer: EwsAnswer) -> dict[str, str]:
    """The levels in the permission set of a calendar, by address in lower case or by the name of everybody's entry."""
    found: dict[str, str] = {}
    for entry in answer.root.anywhere("t:CalendarPermission") if answer.root else ():
        user = entry.text("t:UserId/t:DistinguishedUser") or entry.text("t:UserId/t:PrimarySmtpAddress") or ""
        found[user if "@" not in user else user.casefold()] = entry.text("t:CalendarPermissionLevel") or ""
    return found


def create_in(folder: Markup, plan: Draft, invitations: str = "SendToNone") -> Markup:
    """CreateItem of a calendar item in a folder."""
    item = ask.calendar_item(plan)
    return m("CreateItem", m("SavedItemFolderId", folder), m("Items", item), SendMeetingInvitations=invitations)


@dataclass
class SharedCalendar:
    """A calendar of attendee0 with one item of the owner's, to which attendee1 is given levels."""

    scene: Scene
    owner: EwsClient
    guest: EwsClient
    folder: Markup
    theirs: MeetingRef

    def share(self, level: str, *rights: Markup) -> EwsAnswer:
        """Give the guest a level, and nobody else."""
        everybody = folders.calendar_permission(t("DistinguishedUser", "Default"), "None")
        entry = folders.calendar_permission(people.by_address(address(self.scene, GUEST)), level, *rights)
        return self.give(self.owner, everybody, entry)

    def give(self, client: EwsClient, *entries: Markup) -> EwsAnswer:
        """Set the entries of the calendar, which takes its present change key."""
        return client.call(folders.set_calendar_permissions(self.fresh(client), *entries))

    def fresh(self, client: EwsClient) -> Markup:
        """The calendar with its present change key; without one for whom it is not there."""
        shown = client.call(folders.get_folder(self.folder, base="IdOnly"))
        found = next(iter(shown.root.anywhere("t:FolderId")), None) if shown.root else None
        if found is None:
            return self.folder
        return folders.folder_ref(MeetingRef(found.text("@Id") or "", found.text("@ChangeKey") or ""))

    def make(self, client: EwsClient, **fields: Any) -> EwsAnswer:
        """CreateItem of an appointment there."""
        plan = draft(self.scene, required=(), **fields)
        return client.call(create_in(self.folder, plan))

    def seen(self, client: EwsClient) -> list[str]:
        """The subjects of what somebody finds there; the code alone where that is refused."""
        answer = client.call(folders.find_in(self.folder))
        if answer.code != "NoError" or answer.root is None:
            return [answer.code]
        return [one.text() or "" for one in answer.root.anywhere("t:Subject")]


@contextmanager
def shared_calendar(scene: Scene) -> Iterator[SharedCalendar]:
    """A calendar that is there while the block runs."""
    owner, guest = scene.ews(OWNER), scene.ews(GUEST)
    made = made_folder(owner, f"Shared {token(scene)}", ask.folder_id("calendar"), "CalendarFolder")
    folder = folders.folder_ref(MeetingRef(made.id))

    def undo() -> None:
        owner.call(folders.delete_folder(folder))

    with undone(undo):
        theirs = written(owner.call(create_in(folder, draft(scene, required=()))))
        yield SharedCalendar(scene, owner, guest, folder, theirs)


def entries_of(answer: EwsAnswer) -> list[Markup]:
    """The entries of a calendar's permission set as they can be set again."""
    found = answer.root.anywhere("t:CalendarPermission") if answer.root else ()
    return [_entry(one) for one in found]


def _entry(node: Node) -> Markup:
    level = node.text("t:CalendarPermissionLevel") or "None"
    named = ("t:UserId/t:DistinguishedUser", "t:UserId/t:PrimarySmtpAddress", "t:UserId/t:SID")
    user = next((t(path.rpartition(":")[2], text) for path in named if (text := node.text(path))), Markup(""))
    rights = [t(one.local, one.text() or "") for one in node if one.local not in {"UserId", "CalendarPermissionLevel"}]
    return folders.calendar_permission(user, level, *(rights if level == "Custom" else ()))


@contextmanager
def default_calendar_shared(scene: Scene, level: str) -> Iterator[EwsAnswer]:
    """The default calendar of attendee0, in which attendee1 has a level while the block runs.

    Its other entries stay as they are; those of attendee1 come back at the end. Gives the answer that set it.
    """
    owner, guest = scene.ews(OWNER), address(scene, GUEST).casefold()
    calendar = ask.folder_id("calendar")
    before = owner.call(folders.get_folder(calendar, ("folder:PermissionSet",)))
    if before.code != "NoError":
        raise CaseStopped(f"GetFolder: expected the permissions of the calendar, got {before.code}")
    kept = entries_of(before)
    others = [one for one in kept if guest not in one.casefold()]
    given = folders.calendar_permission(people.by_address(address(scene, GUEST)), level)

    def undo() -> None:
        owner.call(folders.set_calendar_permissions(calendar, *kept))

    with undone(undo):
        yield owner.call(folders.set_calendar_permissions(calendar, *others, given))
