"""Copies of calendars and mail folders that delta queries keep up to date."""

from __future__ import annotations

from typing import Any

from conformance.actor import graph_requests as ask
from conformance.actor.graph_client import GraphClient, segment
from conformance.suites.case import GRAPH, case
from conformance.suites.graph.following import DELTA, NEXT, REMOVED, Rounds, hearing, is_removed, named, of
from conformance.suites.graph.following import view_of_the_day as view
from conformance.suites.graph.steps import Resource, act, call_meeting, own_event, patch, received
from conformance.suites.scene import Scene
from conformance.suites.steps import draft, slot, token

SCENARIO = "synchronisation"
INBOX = "me/mailFolders/inbox/messages/delta?$select=subject,isRead"


def _appointments(scene: Scene, count: int) -> list[Resource]:
    """Appointments of organizer0 on the case's day, an hour apart."""
    return [call_meeting(scene, draft(scene, required=(), slot=slot(scene, 8 + number))) for number in range(count)]


def _links(rounds: Rounds) -> list[tuple[bool, bool]]:
    """Of each page, whether it leads on and whether it ends the round."""
    return [(NEXT in page.members, DELTA in page.members) for page in rounds.pages]


def _delete(client: GraphClient, what: Resource) -> None:
    client.delete(f"me/events/{segment(str(what['id']))}").succeed("DELETE of an event")


@case(
    "synchronisation.view",
    scenario=SCENARIO,
    verifies=("GRAPH-DLT-001", "GRAPH-DLT-002", "GRAPH-DLT-003", "GRAPH-DLT-004", "GRAPH-DLT-005", "GRAPH-DLT-006"),
    pairings=GRAPH,
    needs=("synchronisation",),
)
def test_a_view_is_told_once_and_then_what_changed(scene: Scene) -> None:
    organizer = scene.graph("organizer0")
    kept, moved, gone = _appointments(scene, 3)
    rounds = Rounds(organizer, view(scene), {"Prefer": "odata.maxpagesize=2"})
    first = named(rounds.follow(), token(scene))
    ends = _links(rounds)
    scene.expect("GRAPH-DLT-002", "whether the last page ends the round", ends[-1]).equals((False, True))
    scene.expect("GRAPH-DLT-002", "whether earlier pages lead on", set(ends[:-1])).is_one_of({(True, False)}, set())
    most = max(len(page.value) for page in rounds.pages)
    scene.expect("GRAPH-DLT-005", "the most entries of a page", most).is_at_most(2)
    scene.require("GRAPH-DLT-001", "the events of the first round", [one["id"] for one in first]).has_members(
        [one["id"] for one in (kept, moved, gone)]
    )
    contexts = {str(page.members.get("@odata.context")).rpartition("$metadata#")[2] for page in rounds.pages}
    scene.expect("GRAPH-DLT-006", "the contexts of the pages", contexts).equals({"Collection(event)"})
    quiet = rounds.follow()
    scene.expect("GRAPH-DLT-003", "a round in which nothing happened", named(quiet, token(scene))).equals([])
    patch(organizer, moved, {"subject": f"Other plan {token(scene)}"}).succeed("PATCH of a subject")
    _delete(organizer, gone)
    (new,) = _appointments(scene, 1)
    told = rounds.follow()
    scene.expect("GRAPH-DLT-003", "what is told of the event left alone", of(told, kept["id"])).equals([])
    changed = [one.get("subject") for one in of(told, moved["id"])]
    scene.expect("GRAPH-DLT-003", "the subject told of the changed event", changed).equals(
        [f"Other plan {token(scene)}"]
    )
    scene.expect("GRAPH-DLT-003", "what is told of the new event", of(told, new["id"])).has_length(1)
    ended = [one.get(REMOVED) for one in of(told, gone["id"])]
    scene.expect("GRAPH-DLT-004", "what is told of the deleted event", ended).equals([{"reason": "deleted"}])
    beyond = [sorted(one.keys() - {"@odata.type"}) for one in of(told, gone["id"])]
    scene.expect("GRAPH-DLT-004", "the members of its entry", beyond).equals([sorted([REMOVED, "id"])])


@case(
    "synchronisation.view-window",
    scenario=SCENARIO,
    verifies=("GRAPH-DLT-007", "GRAPH-DLT-008"),
    pairings=GRAPH,
    needs=("synchronisation",),
)
def test_a_view_is_followed_within_its_window(scene: Scene) -> None:
    organizer = scene.graph("organizer0")
    (within,) = _appointments(scene, 1)
    rounds = Rounds(organizer, view(scene))
    rounds.follow()
    outside = call_meeting(scene, draft(scene, required=(), slot=slot(scene, 10, days=3)))
    patch(organizer, within, ask.times(slot(scene, 10, days=4))).succeed("PATCH of the times")
    told = rounds.follow()
    left = [is_removed(one) for one in of(told, within["id"])]
    scene.expect("GRAPH-DLT-008", "whether an event that left the window is told as removed", left).equals([True])
    shown = [one for one in of(told, outside["id"]) if not is_removed(one)]
    scene.expect("GRAPH-DLT-007", "an event made outside of the window", shown).equals([])


@case(
    "synchronisation.view-refused",
    scenario=SCENARIO,
    verifies=("GRAPH-DLT-009", "GRAPH-DLT-010", "GRAPH-DLT-011", "GRAPH-DLT-012"),
    pairings=GRAPH,
    needs=("synchronisation",),
)
def test_wrong_questions_for_changes_are_refused(scene: Scene) -> None:
    organizer = scene.graph("organizer0")
    unbounded = organizer.get("me/calendarView/delta")
    scene.expect("GRAPH-DLT-009", "the status without a window", unbounded.status).equals(400)
    _appointments(scene, 1)
    for option in ("$filter=isAllDay eq true", "$orderby=subject", "$search=plan"):
        answer = organizer.get(f"{view(scene)}&{option}")
        found = named(answer.value, token(scene))
        told = "refused" if answer.status == 400 else f"{answer.status}, {len(found)} event"
        scene.expect("GRAPH-DLT-010", f"the answer with {option.partition('=')[0]}", told).is_one_of(
            "refused", "200, 1 event"
        )
    unknown = organizer.get("me/calendarView/delta?$deltatoken=bm9ib2R5cw")
    scene.expect("GRAPH-DLT-011", "the answer to a token that nobody gave", unknown.refusal).is_one_of(
        (410, "SyncStateNotFound"), (410, "resyncRequired")
    )
    rounds = Rounds(organizer, view(scene))
    rounds.follow()
    foreign = scene.graph("attendee0").get(rounds.link)
    scene.expect("GRAPH-DLT-012", "the answer to somebody else's link", foreign.status).is_one_of(410, 404, 403, 400)


@case(
    "synchronisation.mail",
    scenario=SCENARIO,
    verifies=("GRAPH-DLT-020", "GRAPH-DLT-021", "GRAPH-DLT-022", "GRAPH-DLT-023"),
    pairings=GRAPH,
    needs=("synchronisation",),
)
def test_mail_is_told_when_it_comes_is_read_and_goes(scene: Scene) -> None:
    attendee = scene.graph("attendee0")
    rounds = Rounds(attendee, INBOX)
    rounds.follow()
    call_meeting(scene)
    come = named(
        hearing(scene, rounds, lambda one: token(scene) in str(one.get("subject")), "the request"), token(scene)
    )
    scene.require("GRAPH-DLT-020", "the messages told", [one.get("isRead") for one in come]).equals([False])
    request = come[0]
    chosen = sorted(name for name in request if not name.startswith("@"))
    scene.expect("GRAPH-DLT-023", "the members told of a message", chosen).equals(["id", "isRead", "subject"])
    path = f"me/messages/{segment(str(request['id']))}"
    attendee.patch(path, {"isRead": True}).succeed("PATCH of isRead")
    read = [one.get("isRead") for one in of(rounds.follow(), request["id"])]
    scene.expect("GRAPH-DLT-021", "isRead of the message once it was read", read).equals([True])
    attendee.delete(path).succeed("DELETE of a message")
    gone = [one.get(REMOVED) for one in of(rounds.follow(), request["id"])]
    scene.expect("GRAPH-DLT-022", "what is told of a message that went", gone).is_one_of(
        [{"reason": "deleted"}], [{"reason": "changed"}]
    )


@case(
    "synchronisation.mail-changes",
    scenario=SCENARIO,
    verifies=("GRAPH-DLT-024",),
    pairings=GRAPH,
    needs=("synchronisation",),
)
def test_only_the_changes_wanted_are_told(scene: Scene) -> None:
    attendee = scene.graph("attendee0")
    everything, created = Rounds(attendee, INBOX), Rounds(attendee, f"{INBOX}&changeType=created")
    for rounds in (everything, created):
        rounds.follow()
    call_meeting(scene)
    request = received(scene, "attendee0", "eventMessageRequest")
    first = [len(of(rounds.follow(), request["id"])) for rounds in (everything, created)]
    scene.require("GRAPH-DLT-024", "how often the new message is told, to all and with changeType", first).equals(
        [1, 1]
    )
    attendee.patch(f"me/messages/{segment(str(request['id']))}", {"isRead": True}).succeed("PATCH of isRead")
    later = [len(of(rounds.follow(), request["id"])) for rounds in (everything, created)]
    scene.expect("GRAPH-DLT-024", "how often its reading is told", later).equals([1, 0])


@case(
    "synchronisation.mail-folders",
    scenario=SCENARIO,
    verifies=("GRAPH-DLT-025", "GRAPH-DLT-026"),
    pairings=GRAPH,
    needs=("synchronisation",),
)
def test_mail_folders_are_told_when_they_come_and_go(scene: Scene) -> None:
    client = scene.graph("organizer0")
    rounds = Rounds(client, "me/mailFolders/delta")
    inbox = client.get("me/mailFolders/inbox").members.get("id")
    scene.expect("GRAPH-DLT-025", "what the first round tells of the Inbox", of(rounds.follow(), inbox)).has_length(1)
    name = f"Plans {token(scene)}"
    made = client.post("me/mailFolders", {"displayName": name}).succeed("POST of a mail folder").members
    told = [one.get("displayName") for one in of(rounds.follow(), made.get("id"))]
    scene.expect("GRAPH-DLT-025", "what is told of a new folder", told).equals([name])
    client.post(f"me/mailFolders/{segment(str(made.get('id')))}/permanentDelete", {}).succeed("permanentDelete")
    gone = [is_removed(one) for one in of(rounds.follow(), made.get("id"))]
    scene.expect("GRAPH-DLT-026", "whether a deleted folder is told as removed", gone[-1:]).equals([True])


@case(
    "synchronisation.view-life",
    scenario=SCENARIO,
    verifies=("GRAPH-DLT-013", "GRAPH-DLT-014", "GRAPH-DLT-015"),
    pairings=GRAPH,
    needs=("synchronisation",),
)
def test_the_life_of_a_meeting_is_told_on_both_sides(scene: Scene) -> None:
    organizer, attendee = scene.graph("organizer0"), scene.graph("attendee0")
    theirs, own = Rounds(organizer, view(scene)), Rounds(attendee, view(scene))
    for rounds in (theirs, own):
        rounds.follow()
    meeting = call_meeting(scene)
    called = of(theirs.follow(), meeting["id"])
    scene.expect("GRAPH-DLT-013", "what the organizer is told of the meeting", called).has_length(1)
    come = named(hearing(scene, own, lambda one: token(scene) in str(one.get("subject")), "the meeting"), token(scene))
    scene.require("GRAPH-DLT-013", "how the attendee's event stands", [_answer(one) for one in come]).equals(
        ["notResponded"]
    )
    copy = own_event(scene, "attendee0")
    act(attendee, copy, "accept", {"sendResponse": True}).succeed("accept")
    accepted = [_answer(one) for one in named(own.follow(), token(scene))]
    scene.expect("GRAPH-DLT-014", "how the attendee's event stands after the answer", accepted).contains("accepted")
    heard = hearing(
        scene, theirs, lambda one: bool(of([one], meeting["id"])) and "accepted" in _answers(one), "the answer"
    )
    told = [_answers(one) for one in of(heard, meeting["id"])][-1:]
    scene.expect("GRAPH-DLT-014", "the answers told to the organizer", told).equals([["accepted"]])
    act(organizer, meeting, "cancel").succeed("cancel")
    gone = [is_removed(one) for one in of(theirs.follow(), meeting["id"])]
    scene.expect("GRAPH-DLT-015", "whether the organizer's event is told as removed", gone).equals([True])
    heard = hearing(scene, own, lambda one: one.get("isCancelled") or is_removed(one), "the cancellation")
    last = [one.get("isCancelled") for one in named(heard, token(scene))][-1:]
    scene.expect("GRAPH-DLT-015", "isCancelled of the attendee's event", last).equals([True])


def _answer(entry: Any) -> str | None:
    status = entry.get("responseStatus") or {}
    return status.get("response")


def _answers(entry: Any) -> list[str]:
    return [str((one.get("status") or {}).get("response")) for one in entry.get("attendees") or ()]
