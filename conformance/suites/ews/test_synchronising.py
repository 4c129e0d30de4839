"""Copies of folders that SyncFolderItems keeps up to date."""

from __future__ import annotations

from conformance.actor import ews_folders as folders
from conformance.actor import ews_following as follow
from conformance.actor import ews_requests as ask
from conformance.actor.times import instant
from conformance.actor.views import Answer, MeetingRef
from conformance.actor.xml import Markup, t
from conformance.suites.case import EWS, case
from conformance.suites.ews.following import FolderCopy, Told, arriving, mine, verbs_of
from conformance.suites.ews.steps import invited, made_folder
from conformance.suites.scene import Scene
from conformance.suites.steps import draft, slot, token, written

SCENARIO = "synchronisation"
NEVER = "0001-01-01T00:00:00Z"


def _appointments(scene: Scene, count: int) -> list[MeetingRef]:
    """Appointments in the organizer's calendar, an hour apart."""
    organizer = scene.ews("organizer0")
    plans = (draft(scene, required=(), slot=slot(scene, 8 + number)) for number in range(count))
    return [written(organizer.call(ask.create_meeting(plan, "SendToNone"))) for plan in plans]


def _kind(told: Told) -> tuple[str, str]:
    """The change and the kind of item."""
    return told.verb, told.what.local if told.what else ""


def _refusal(scene: Scene, operation: Markup, who: str = "organizer0") -> str:
    return scene.ews(who).call(operation).code


@case(
    "synchronisation.first-and-next",
    scenario=SCENARIO,
    verifies=("EWS-SYN-001", "EWS-SYN-002", "EWS-SYN-003", "EWS-SYN-004", "EWS-SYN-005"),
    pairings=EWS,
    needs=("synchronisation",),
)
def test_a_copy_is_told_everything_once_and_then_what_changed(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    kept, moved, gone = _appointments(scene, 3)
    copy = FolderCopy(organizer, "calendar")
    first = mine(copy.follow(), token(scene))
    scene.require("EWS-SYN-001", "what is told of three items", [one.verb for one in first]).equals(["Create"] * 3)
    told = {one.id for one in first}
    scene.expect("EWS-SYN-001", "the ids told", told).equals({kept.id, moved.id, gone.id})
    scene.expect("EWS-SYN-002", "what is told where nothing changed", mine(copy.follow(), token(scene))).equals([])
    place = ask.set_field("calendar:Location", t("Location", "Elsewhere"))
    later = written(organizer.call(ask.update_item(moved, place, sending="SendToNone")))
    organizer.call(ask.delete_item(gone, disposal="HardDelete", cancellations="SendToNone"))
    (new,) = _appointments(scene, 1)
    told_of = copy.follow()
    scene.expect("EWS-SYN-002", "what is told of the item left alone", verbs_of(told_of, kept.id)).equals([])
    scene.expect("EWS-SYN-002", "what is told of a new item", verbs_of(told_of, new.id)).equals(["Create"])
    scene.expect("EWS-SYN-003", "what is told of a changed item", verbs_of(told_of, moved.id)).equals(["Update"])
    keys = [one.change_key for one in told_of if one.id == moved.id]
    scene.expect("EWS-SYN-003", "its change key", keys).equals([later.change_key])
    scene.expect("EWS-SYN-004", "what is told of a deleted item", verbs_of(told_of, gone.id)).equals(["Delete"])
    inside = [one.node.names() for one in told_of if one.id == gone.id]
    scene.expect("EWS-SYN-004", "what a Delete holds", inside).equals([("ItemId",)])
    scene.expect("EWS-SYN-005", "the changes once they are told", copy.follow()).holds(
        lambda told: not {one.id for one in told} & {kept.id, moved.id, gone.id, new.id}, "nothing of these items"
    )


@case(
    "synchronisation.pages",
    scenario=SCENARIO,
    verifies=("EWS-SYN-006", "EWS-SYN-007", "EWS-SYN-008", "EWS-SYN-009"),
    pairings=EWS,
    needs=("synchronisation",),
)
def test_changes_come_in_pages_and_each_of_them_once(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    copy = FolderCopy(organizer, "calendar")
    copy.follow()
    started = copy.state
    made = _appointments(scene, 5)
    told: list[Told] = []
    sizes: list[int] = []
    ends: list[bool] = []
    while not ends or not ends[-1]:
        page, is_last = copy.page(2)
        told += page
        sizes.append(len(page))
        ends.append(is_last)
        if len(ends) > 20:
            break
    scene.expect("EWS-SYN-006", "the most changes in one answer", max(sizes)).is_at_most(2)
    scene.expect("EWS-SYN-007", "whether the first answer says it is the last", ends[0]).is_false()
    listed = [one.id for one in mine(told, token(scene))]
    scene.expect("EWS-SYN-007", "the items of all answers", listed).has_members([one.id for one in made])
    again = FolderCopy(organizer, "calendar", state=started)
    repeated = [one.id for one in mine(again.follow(), token(scene))]
    scene.expect("EWS-SYN-008", "the items told to an earlier state", repeated).has_members([one.id for one in made])
    ignoring = FolderCopy(organizer, "calendar", state=started)
    left = [one.id for one in mine(ignoring.follow(ignore=made[:2]), token(scene))]
    scene.expect("EWS-SYN-009", "the items told beside those ignored", left).has_members([one.id for one in made[2:]])


@case(
    "synchronisation.refused",
    scenario=SCENARIO,
    verifies=("EWS-SYN-010", "EWS-SYN-011", "EWS-SYN-012", "EWS-SYN-013", "EWS-SYN-014", "EWS-SYN-015"),
    pairings=EWS,
    needs=("synchronisation",),
)
def test_wrong_questions_for_changes_are_refused(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    for maximum in (0, follow.MOST_CHANGES + 1):
        fault = organizer.call(follow.sync_items("calendar", maximum=maximum)).fault
        scene.expect("EWS-SYN-010", f"the fault for {maximum} changes", fault and fault.code).equals(
            "ErrorSchemaValidation"
        )
    damaged = organizer.call(follow.sync_items("calendar", "bm8gc3RhdGU="))
    scene.expect("EWS-SYN-011", "the code for a state that nobody gave", damaged.code).equals(
        "ErrorInvalidSyncStateData"
    )
    message = damaged.messages[0].node if damaged.messages else None
    left = message and (message.text("m:SyncState"), message.text("m:IncludesLastItemInRange"))
    scene.expect("EWS-SYN-015", "the state and the end that a refusal tells", left).equals(("", "true"))
    copy = FolderCopy(organizer, "calendar")
    copy.page()
    foreign = _refusal(scene, follow.sync_items("inbox", copy.state))
    scene.expect("EWS-SYN-012", "the code for the state of another folder", foreign).equals("ErrorInvalidSyncStateData")
    hierarchy = organizer.call(follow.sync_hierarchy())
    state = hierarchy.messages[0].node.text("m:SyncState") if hierarchy.messages else None
    wrong = _refusal(scene, follow.sync_items("calendar", state or "bm9uZQ=="))
    scene.expect("EWS-SYN-012", "the code for the state of a hierarchy", wrong).equals("ErrorInvalidSyncStateData")
    mime = follow.sync_items("calendar", extra=[t("IncludeMimeContent", "true")])
    scene.expect("EWS-SYN-013", "the code for MIME content", _refusal(scene, mime)).equals(
        "ErrorInvalidPropertyForOperation"
    )
    gone = made_folder(organizer, f"Gone {token(scene)}")
    organizer.call(folders.delete_folder(folders.folder_ref(gone)))
    code = _refusal(scene, follow.sync_items(folders.folder_ref(gone)))
    scene.expect("EWS-SYN-014", "the code for a folder that is gone", code).equals("ErrorSyncFolderNotFound")


@case(
    "synchronisation.shape",
    scenario=SCENARIO,
    verifies=("EWS-SYN-016", "EWS-SYN-017"),
    pairings=EWS,
    needs=("synchronisation",),
)
def test_changes_tell_what_was_asked_for_but_no_bodies(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    plan = draft(scene, required=())
    made = written(organizer.call(ask.create_meeting(plan, "SendToNone")))
    copy = FolderCopy(organizer, "calendar", ("item:Subject", "calendar:Start", "calendar:Location"))
    item = next((one.what for one in copy.follow() if one.id == made.id), None)
    asked = item and (item.text("t:Subject"), instant(item.text("t:Start") or NEVER), item.text("t:Location"))
    scene.expect("EWS-SYN-016", "what a change tells of the item", asked).equals(
        (plan.subject, plan.slot.start, plan.location)
    )
    full = organizer.call(follow.sync_items("calendar", base="AllProperties", fields=()))
    items = full.root.anywhere("t:CalendarItem") if full.root else ()
    names = next((one.names() for one in items if one.text("t:ItemId/@Id") == made.id), None)
    scene.expect("EWS-SYN-017", "all properties of a change", names).lacks("Body", "Attachments")


@case(
    "synchronisation.read-flag",
    scenario=SCENARIO,
    verifies=("EWS-SYN-018", "EWS-SYN-019"),
    pairings=EWS,
    needs=("synchronisation",),
)
def test_a_message_that_is_read_or_moved_is_told_as_such(scene: Scene) -> None:
    attendee = scene.ews("attendee0")
    inbox, deleted = FolderCopy(attendee, "inbox"), FolderCopy(attendee, "deleteditems")
    for copy in (inbox, deleted):
        copy.follow()
    _, request = invited(scene)
    inbox.follow()
    read = ask.set_field("message:IsRead", t("IsRead", "true"), "MeetingRequest")
    attendee.call(ask.update_item(request, read, sending=None, disposition="SaveOnly")).succeed("UpdateItem of IsRead")
    flags = [one for one in inbox.follow() if one.id == request.id]
    scene.expect("EWS-SYN-018", "what is told of a message that was read", [one.verb for one in flags]).equals(
        ["ReadFlagChange"]
    )
    scene.expect("EWS-SYN-018", "its IsRead", [one.node.text("t:IsRead") for one in flags]).equals(["true"])
    attendee.call(ask.delete_item(request)).succeed("DeleteItem of a request")
    left = verbs_of(inbox.follow(), request.id)
    scene.expect("EWS-SYN-019", "what is told where a message has left", left).equals(["Delete"])
    come = [one.verb for one in mine(deleted.follow(), token(scene))]
    scene.expect("EWS-SYN-019", "what is told where it has come", come).equals(["Create"])


@case(
    "synchronisation.life",
    scenario=SCENARIO,
    verifies=("EWS-SYN-020", "EWS-SYN-021", "EWS-SYN-022", "EWS-SYN-023"),
    pairings=EWS,
    needs=("synchronisation",),
)
def test_the_life_of_a_meeting_is_told_on_both_sides(scene: Scene) -> None:
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")
    theirs = FolderCopy(organizer, "calendar")
    inbox, own = FolderCopy(attendee, "inbox"), FolderCopy(attendee, "calendar")
    for copy in (theirs, inbox, own):
        copy.follow()
    meeting = written(organizer.call(ask.create_meeting(draft(scene))))
    called = verbs_of(theirs.follow(), meeting.id)
    scene.expect("EWS-SYN-020", "what the organizer is told of the new meeting", called).equals(["Create"])
    mail = arriving(scene, inbox, "Create", token(scene), "the request in the attendee's Inbox")
    scene.require("EWS-SYN-020", "what the attendee's Inbox tells", [_kind(one) for one in mail]).equals(
        [("Create", "MeetingRequest")]
    )
    events = arriving(scene, own, "Create", token(scene), "the meeting in the attendee's calendar")
    scene.require("EWS-SYN-020", "what the attendee's calendar tells", [_kind(one) for one in events]).equals(
        [("Create", "CalendarItem")]
    )
    (request,), (event,) = mail, events
    attendee.call(ask.respond(Answer.ACCEPT, request.ref)).succeed("AcceptItem")
    scene.expect("EWS-SYN-021", "what is told of the request answered", verbs_of(inbox.follow(), request.id)).equals(
        ["Delete"]
    )
    scene.expect("EWS-SYN-021", "what is told of the meeting accepted", verbs_of(own.follow(), event.id)).contains(
        "Update"
    )
    tally = arriving(scene, theirs, "Update", token(scene), "the answer in the organizer's calendar")
    scene.expect("EWS-SYN-022", "what the organizer is told of an answer", verbs_of(tally, meeting.id)).contains(
        "Update"
    )
    inbox.follow()
    own.follow()
    organizer.call(ask.cancel(meeting)).succeed("CancelCalendarItem")
    gone = verbs_of(theirs.follow(), meeting.id)
    scene.expect("EWS-SYN-023", "what the organizer is told of the meeting called off", gone).equals(["Delete"])
    notices = arriving(scene, inbox, "Create", token(scene), "the cancellation in the attendee's Inbox")
    scene.expect("EWS-SYN-023", "what the attendee's Inbox tells", [_kind(one) for one in notices]).equals(
        [("Create", "MeetingCancellation")]
    )
    last = arriving(scene, own, "Update", token(scene), "the cancellation in the attendee's calendar")
    scene.expect("EWS-SYN-023", "what the attendee's calendar tells", [_kind(one) for one in last]).contains(
        ("Update", "CalendarItem")
    )
