"""Events that are fetched: Subscribe, GetEvents, Unsubscribe."""

from __future__ import annotations

from conformance.actor import ews_following as follow
from conformance.actor import ews_requests as ask
from conformance.actor.times import instant
from conformance.actor.views import Answer
from conformance.actor.xml import t
from conformance.model.verdict import Verdict
from conformance.suites.case import EWS, case
from conformance.suites.ews.following import Pulled, hearing, pulling, subscribed
from conformance.suites.ews.steps import invited
from conformance.suites.scene import Scene
from conformance.suites.steps import draft, first_listed, settle, token, written

SCENARIO = "notifications"
MANY = 60
NEVER = "0001-01-01T00:00:00Z"


@case(
    "notifications.pull",
    scenario=SCENARIO,
    verifies=("EWS-NTF-001", "EWS-NTF-002", "EWS-NTF-003", "EWS-NTF-004", "EWS-NTF-005", "EWS-NTF-006"),
    pairings=EWS,
    needs=("event-pulling",),
)
def test_an_invitation_raises_events_in_inbox_and_calendar(scene: Scene) -> None:
    attendee = scene.ews("attendee0")
    inbox, calendar = pulling(attendee, "inbox"), pulling(attendee, "calendar")
    scene.expect("EWS-NTF-001", "the watermark of a new subscription", inbox.watermark).is_present()
    started, begun = inbox.watermark, calendar.watermark
    quiet = inbox.fetch()
    if scene.has("quiet-mailboxes"):
        told = [(one.kind, bool(one.watermark)) for one in quiet]
        scene.expect("EWS-NTF-002", "what is told where nothing happened", told).equals([("StatusEvent", True)])
    else:
        scene.note("EWS-NTF-002", Verdict.NOT_APPLICABLE, "others may have done something in the Inbox meanwhile")
    notification = inbox.notification
    named = notification and [notification.text(f"t:{name}") for name in ("SubscriptionId", "PreviousWatermark")]
    scene.expect("EWS-NTF-003", "the subscription and watermark of a notification", named).equals([inbox.id, started])
    more = notification and notification.text("t:MoreEvents")
    scene.expect("EWS-NTF-003", "whether more events wait", more).equals("false")
    _, request = invited(scene)
    heard = hearing(scene, inbox, "NewMailEvent", "the new mail")
    of_request = [one for one in heard if one.item == request.id]
    scene.require("EWS-NTF-004", "the kinds of events of the request", [one.kind for one in of_request]).contains(
        "NewMailEvent"
    )
    mail = next(one for one in of_request if one.kind == "NewMailEvent")
    scene.expect("EWS-NTF-005", "its watermark and parent", (bool(mail.watermark), bool(mail.parent))).equals(
        (True, True)
    )
    scene.expect("EWS-NTF-005", "its time", instant(mail.time or NEVER)).is_more_than(instant(NEVER))
    event = first_listed(scene, attendee, "calendar", "CalendarItem")
    kinds = [one.kind for one in hearing(scene, calendar, "CreatedEvent", "the meeting") if one.item == event.id]
    scene.expect("EWS-NTF-006", "the kinds of events of the meeting in the calendar", kinds).contains("CreatedEvent")
    strays = [one.kind for one in Pulled(attendee, calendar.id, begun).news() if one.item == request.id]
    scene.expect("EWS-NTF-006", "the events of the request in the calendar", strays).equals([])


@case(
    "notifications.pull-kinds",
    scenario=SCENARIO,
    verifies=("EWS-NTF-007", "EWS-NTF-008", "EWS-NTF-009", "EWS-NTF-010"),
    pairings=EWS,
    needs=("event-pulling",),
)
def test_each_act_raises_its_event(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    everything = pulling(organizer, "calendar")
    deletions = pulling(organizer, "calendar", events=("DeletedEvent", "MovedEvent"))
    busy = pulling(organizer, "calendar", events=("FreeBusyChangedEvent",))
    plan = draft(scene, required=())
    kept, gone = (written(organizer.call(ask.create_meeting(plan, "SendToNone"))) for _ in range(2))
    everything.news()
    place = ask.set_field("calendar:Location", t("Location", "Elsewhere"))
    organizer.call(ask.update_item(kept, place, sending="SendToNone")).succeed("UpdateItem of a place")
    changed = {one.kind for one in everything.news() if one.item == kept.id}
    scene.expect("EWS-NTF-007", "the events of a changed item", changed).equals({"ModifiedEvent"})
    organizer.call(ask.delete_item(gone, disposal="HardDelete", cancellations="SendToNone")).succeed("DeleteItem")
    ended = {one.kind for one in everything.news() if one.item == gone.id}
    scene.expect("EWS-NTF-008", "the events of an item deleted for good", ended).equals({"DeletedEvent"})
    only = {one.kind for one in deletions.news()}
    scene.expect("EWS-NTF-009", "the events told to who wants deletions", only).equals({"DeletedEvent"})
    free_busy = {one.kind for one in busy.news()}
    scene.expect("EWS-NTF-010", "the events told to who wants changes of free/busy", free_busy).equals(
        {"FreeBusyChangedEvent"}
    )


@case(
    "notifications.pull-moved",
    scenario=SCENARIO,
    verifies=("EWS-NTF-011", "EWS-NTF-012"),
    pairings=EWS,
    needs=("event-pulling",),
)
def test_a_message_that_moves_tells_where_it_was(scene: Scene) -> None:
    attendee = scene.ews("attendee0")
    _, request = invited(scene)
    here, there = pulling(attendee, "inbox"), pulling(attendee, "deleteditems")
    operation = follow.subscribe_pull(everything=True)
    everywhere = Pulled(attendee, *subscribed(attendee, operation))
    attendee.call(ask.delete_item(request)).succeed("DeleteItem of a request")
    told = [
        (
            one.old_item == request.id,
            one.item not in {"", request.id},
            bool(one.old_parent),
            one.parent != one.old_parent,
        )
        for one in here.news()
        if one.kind == "MovedEvent"
    ]
    scene.expect("EWS-NTF-011", "old and new item and folder of the MovedEvent", told).equals(
        [(True, True, True, True)]
    )
    come = {one.kind for one in there.news() if one.old_item == request.id}
    scene.expect("EWS-NTF-011", "the event where the message has come", come).equals({"MovedEvent"})
    heard = {one.kind for one in everywhere.news() if one.old_item == request.id}
    scene.expect("EWS-NTF-012", "the event told to a subscription to all folders", heard).equals({"MovedEvent"})


@case(
    "notifications.pull-again",
    scenario=SCENARIO,
    verifies=("EWS-NTF-013", "EWS-NTF-014", "EWS-NTF-015"),
    pairings=EWS,
    needs=("event-pulling",),
)
def test_events_are_told_from_any_watermark_on(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    pulled = pulling(organizer, "drafts", events=("CreatedEvent",))
    started = pulled.watermark
    notes = (
        t("Message", t("Subject", f"Note {number} {token(scene)}"), t("Body", "Later.", BodyType="Text"))
        for number in range(MANY)
    )
    organizer.call(ask.create_item(*notes, disposition="SaveOnly", folder="drafts")).succeed("CreateItem of notes")
    first = pulled.fetch()
    more = pulled.notification.text("t:MoreEvents") if pulled.notification else None
    scene.expect("EWS-NTF-013", "the most events of one answer", len(first)).is_at_most(50)
    scene.expect("EWS-NTF-013", "whether more wait then", more).equals("true" if len(first) < MANY else "false")
    rest = pulled.news()
    items = [one.item for one in (*first, *rest)]
    scene.expect("EWS-NTF-014", "how many items the answers tell, each once", (len(items), len(set(items)))).equals(
        (MANY, MANY)
    )
    again = Pulled(organizer, pulled.id, started)
    repeated = [one.item for one in again.fetch()]
    scene.expect("EWS-NTF-015", "the events told from the first watermark again", repeated).equals(items[: len(first)])


@case(
    "notifications.pull-refused",
    scenario=SCENARIO,
    verifies=(
        "EWS-NTF-016",
        "EWS-NTF-017",
        "EWS-NTF-018",
        "EWS-NTF-019",
        "EWS-NTF-020",
        "EWS-NTF-021",
    ),
    pairings=EWS,
    needs=("event-pulling",),
)
def test_wrong_questions_for_events_are_refused(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    for minutes in (0, 1441):
        fault = organizer.call(follow.subscribe_pull("inbox", minutes=minutes)).fault
        scene.expect("EWS-NTF-016", f"the fault for a timeout of {minutes}", fault and fault.code).equals(
            "ErrorSchemaValidation"
        )
    nowhere = organizer.call(follow.subscribe_pull()).code
    scene.expect("EWS-NTF-017", "the code without folders", nowhere).equals("ErrorInvalidSubscriptionRequest")
    pulled = pulling(organizer, "inbox")
    stranger = scene.ews("attendee0").call(follow.get_events(pulled.id, pulled.watermark)).code
    scene.expect("EWS-NTF-018", "the code for somebody else", stranger).equals("ErrorSubscriptionAccessDenied")
    wrong = organizer.call(follow.get_events(pulled.id, "bm8gd2F0ZXJtYXJr")).code
    scene.expect("EWS-NTF-019", "the code for a watermark that nobody gave", wrong).is_one_of(
        "ErrorInvalidWatermark", "ErrorMissingWatermark"
    )
    scene.expect("EWS-NTF-019", "the events afterwards", [one.kind for one in pulled.fetch()]).is_present()
    ended = organizer.call(follow.unsubscribe(pulled.id)).code
    scene.expect("EWS-NTF-020", "the code of Unsubscribe", ended).equals("NoError")
    late = organizer.call(follow.get_events(pulled.id, pulled.watermark)).code
    scene.expect("EWS-NTF-020", "the code of GetEvents afterwards", late).is_one_of(
        "ErrorSubscriptionNotFound", "ErrorSubscriptionUnsubscribed"
    )
    again = organizer.call(follow.unsubscribe(pulled.id)).code
    scene.expect("EWS-NTF-021", "the code of a second Unsubscribe", again).is_one_of(
        "ErrorSubscriptionNotFound", "ErrorSubscriptionUnsubscribed"
    )


@case(
    "notifications.pull-life",
    scenario=SCENARIO,
    verifies=("EWS-NTF-022", "EWS-NTF-023"),
    pairings=EWS,
    needs=("event-pulling",),
)
def test_the_organizer_hears_of_answers_and_the_attendee_of_the_end(scene: Scene) -> None:
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")
    meeting, request = invited(scene)
    event = first_listed(scene, attendee, "calendar", "CalendarItem")
    theirs, own, mail = pulling(organizer, "calendar"), pulling(attendee, "calendar"), pulling(attendee, "inbox")
    attendee.call(ask.respond(Answer.ACCEPT, request)).succeed("AcceptItem")
    heard = {one.kind for one in hearing(scene, theirs, "ModifiedEvent", "the answer") if one.item == meeting.id}
    scene.expect("EWS-NTF-022", "the events of the organizer's meeting", heard).equals({"ModifiedEvent"})
    own.news()
    mail.news()
    organizer.call(ask.cancel(meeting)).succeed("CancelCalendarItem")
    kinds = {one.kind for one in hearing(scene, mail, "NewMailEvent", "the cancellation")}
    scene.expect("EWS-NTF-023", "the events in the attendee's Inbox", kinds).contains("NewMailEvent")
    settle(scene, "attendee0")
    changed = {one.kind for one in own.news() if one.item == event.id}
    scene.expect("EWS-NTF-023", "the events of the attendee's meeting", changed).equals({"ModifiedEvent"})
