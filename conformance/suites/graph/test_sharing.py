"""Calendar permissions by role: how they are given, and what their holders may do."""

from __future__ import annotations

from typing import Any

from conformance.actor import graph_requests as ask
from conformance.actor.graph_client import segment
from conformance.suites.case import GRAPH, case
from conformance.suites.graph.sharing import GUEST, OWNER, PERMISSIONS, Shared, shared
from conformance.suites.graph.steps import Resource, created, event, received
from conformance.suites.scene import Scene
from conformance.suites.steps import address, draft, free_day, slot, token

SCENARIO = "sharing"


def _item(scene: Scene, subject: str, **more: Any) -> Resource:
    """An event of the owner's without anybody else."""
    plan = draft(scene, required=(), subject=f"{subject} {token(scene)}")
    return created(scene.graph(OWNER).post("me/events", ask.event(plan) | more))


def _listed(scene: Scene, space: Shared) -> list[str] | int:
    """The case's subjects that the guest finds in the calendar; the status where that is refused."""
    answer = space.guest.get(f"{space.calendar}/events?$top=50&$filter=contains(subject,'{token(scene)}')")
    return sorted(str(one.get("subject")) for one in answer.value) if answer.status == 200 else answer.status


def _theirs(space: Shared, what: Resource) -> str:
    """The guest's address of an event in the owner's calendar."""
    return f"{space.calendar.removesuffix('/calendar')}/events/{segment(str(what['id']))}"


@case(
    "sharing.permission",
    scenario=SCENARIO,
    verifies=("GRAPH-SHR-001", "GRAPH-SHR-002", "GRAPH-SHR-003", "GRAPH-SHR-004", "GRAPH-SHR-005"),
    pairings=GRAPH,
    needs=("sharing",),
)
def test_a_role_is_given_changed_and_taken(scene: Scene) -> None:
    who = address(scene, GUEST).casefold()
    with shared(scene, "read") as space:
        made = space.answer.members
        told = (made.get("role"), made.get("isRemovable"), str(made.get("emailAddress", {}).get("address")).casefold())
        scene.expect("GRAPH-SHR-001", "role, isRemovable and address of a new permission", told).equals(
            ("read", True, who)
        )
        allowed = made.get("allowedRoles")
        scene.expect("GRAPH-SHR-001", "allowedRoles", allowed).contains("freeBusyRead", "limitedRead", "read", "write")
        listed = [one.get("role") for one in space.owner.get(PERMISSIONS).value if one.get("id") == made.get("id")]
        scene.expect("GRAPH-SHR-001", "the role listed", listed).equals(["read"])
        changed = space.set_role("write")
        scene.expect("GRAPH-SHR-002", "the answer to a PATCH", (changed.status, changed.members.get("role"))).equals(
            (200, "write")
        )
        kept = {name: changed.members.get(name) for name in ("id", "emailAddress", "isRemovable")}
        scene.expect("GRAPH-SHR-002", "what a PATCH leaves alone", kept).equals({name: made.get(name) for name in kept})
        refused = space.set_role("custom")
        scene.expect("GRAPH-SHR-003", "the status of a role not allowed", refused.status).equals(400)
        again = space.owner.get(space.entry).members.get("role")
        scene.expect("GRAPH-SHR-003", "the role afterwards", again).equals("write")
        own = space.guest.get(f"{space.calendar}/calendarPermissions")
        scene.expect("GRAPH-SHR-005", "the permissions that a guest is told", own.value).equals(())
        entry = space.entry
    gone = scene.graph(OWNER).get(entry)
    scene.expect("GRAPH-SHR-004", "the status of a permission taken away", gone.status).equals(404)


@case(
    "sharing.organization",
    scenario=SCENARIO,
    verifies=("GRAPH-SHR-006", "GRAPH-SHR-007"),
    pairings=GRAPH,
    needs=("sharing",),
)
def test_everybody_else_has_an_entry_that_stays(scene: Scene) -> None:
    owner = scene.graph(OWNER)
    entries = [one for one in owner.get(PERMISSIONS).value if not (one.get("emailAddress") or {}).get("address")]
    scene.require("GRAPH-SHR-006", "the entries without an address", entries).has_length(1)
    told = (entries[0].get("isRemovable"), (entries[0].get("emailAddress") or {}).get("name"))
    scene.expect("GRAPH-SHR-006", "isRemovable and name", told).equals((False, "My Organization"))
    path = f"{PERMISSIONS}/{segment(str(entries[0].get('id')))}"
    scene.expect("GRAPH-SHR-007", "the status of its DELETE", owner.delete(path).status).equals(400)
    scene.expect("GRAPH-SHR-007", "the status of a GET afterwards", owner.get(path).status).equals(200)


@case(
    "sharing.roles",
    scenario=SCENARIO,
    verifies=("GRAPH-SHR-008", "GRAPH-SHR-009", "GRAPH-SHR-010", "GRAPH-SHR-011", "GRAPH-SHR-012"),
    pairings=GRAPH,
    needs=("sharing",),
)
def test_a_role_decides_what_its_holder_does(scene: Scene) -> None:
    open_item, hidden = _item(scene, "Open"), _item(scene, "Hidden", sensitivity="private")
    with shared(scene, "freeBusyRead") as space:
        plan = draft(scene, required=(), subject=f"Guest's {token(scene)}")
        scene.expect("GRAPH-SHR-008", "what freeBusyRead finds", _listed(scene, space)).equals(403)
        space.set_role("read")
        scene.expect("GRAPH-SHR-009", "what read finds", _listed(scene, space)).equals([open_item["subject"]])
        opened = space.guest.get(_theirs(space, open_item)).members
        body = str((opened.get("body") or {}).get("content"))
        scene.expect("GRAPH-SHR-009", "the body that read opens", body).contains("Please bring your figures.")
        made = space.guest.post(f"{space.calendar}/events", ask.event(plan))
        scene.expect("GRAPH-SHR-010", "the answer to a POST with read", made.refusal).equals((403, "ErrorAccessDenied"))
        shown = space.guest.get(space.calendar).members
        scene.expect("GRAPH-SHR-012", "canEdit and canShare of read", _can(shown)).equals((False, False))
        space.set_role("write")
        shown = space.guest.get(space.calendar).members
        scene.expect("GRAPH-SHR-012", "canEdit and canShare of write", _can(shown)).equals((True, False))
        own = space.guest.post(f"{space.calendar}/events", ask.event(plan))
        scene.expect("GRAPH-SHR-011", "the status of a POST with write", own.status).equals(201)
        organizer = str(((own.members.get("organizer") or {}).get("emailAddress") or {}).get("address")).casefold()
        scene.expect("GRAPH-SHR-011", "the organizer of what it made", organizer).equals(
            address(scene, OWNER).casefold()
        )
        patched = space.guest.patch(_theirs(space, open_item), {"subject": f"Changed {token(scene)}"})
        scene.expect("GRAPH-SHR-011", "the status of a PATCH with write", patched.status).equals(200)
        seen = _listed(scene, space)
        scene.expect("GRAPH-SHR-009", "what write finds", seen).equals(
            sorted([f"Changed {token(scene)}", plan.subject])
        )
        deleted = space.guest.delete(_theirs(space, open_item))
        scene.expect("GRAPH-SHR-011", "the status of a DELETE with write", deleted.status).equals(204)
    left = event(scene.graph(OWNER), str(hidden["id"])).get("subject")
    scene.expect("GRAPH-SHR-009", "the private event that only its owner sees", left).equals(hidden["subject"])
    scene.expect("GRAPH-SHR-008", "what is found without a role", _listed(scene, space)).is_one_of(403, 404)


def _can(calendar: Resource) -> tuple[object, object]:
    return calendar.get("canEdit"), calendar.get("canShare")


@case(
    "sharing.schedule",
    scenario=SCENARIO,
    verifies=("GRAPH-SHR-013", "GRAPH-SHR-014", "GRAPH-SHR-015"),
    pairings=GRAPH,
    needs=("sharing", "availability"),
)
def test_a_role_decides_what_schedules_tell(scene: Scene) -> None:
    free_day(scene, "graph", OWNER)
    plan = draft(scene, required=())
    created(scene.graph(OWNER).post("me/events", ask.event(plan)))
    with shared(scene, "freeBusyRead") as space:
        for requirement, role, details in (
            ("GRAPH-SHR-013", "freeBusyRead", (None, None)),
            ("GRAPH-SHR-014", "limitedRead", (plan.subject, plan.location)),
            ("GRAPH-SHR-015", "read", (plan.subject, plan.location)),
        ):
            space.set_role(role)
            scene.expect(requirement, f"subject and place told to {role}", _details(scene)).equals(details)


def _details(scene: Scene) -> tuple[object, object] | None:
    """Subject and location of the one event that the guest is told of the owner's hour; None without one."""
    question = ask.schedule_question((address(scene, OWNER),), slot(scene), 60)
    answer = scene.graph(GUEST).post("me/calendar/getSchedule", question)
    items = answer.at("value", 0, "scheduleItems") or []
    return (items[0].get("subject"), items[0].get("location") or None) if len(items) == 1 else None


@case(
    "delegates.graph",
    scenario="delegates",
    verifies=("GRAPH-SHR-016", "GRAPH-SHR-017", "GRAPH-SHR-018"),
    pairings=GRAPH,
    needs=("sharing",),
)
def test_a_delegate_by_role_gets_and_answers_invitations(scene: Scene) -> None:
    organizer = scene.graph("organizer0")
    hidden = _item(scene, "Hidden", sensitivity="private")
    with shared(scene, "delegateWithoutPrivateEventAccess") as space:
        seen = _listed(scene, space)
        scene.expect("GRAPH-SHR-018", "the private event to a delegate without access to it", seen).equals([])
        space.set_role("delegateWithPrivateEventAccess")
        seen = _listed(scene, space)
        scene.expect("GRAPH-SHR-018", "the private event to a delegate with access to it", seen).equals(
            [hidden["subject"]]
        )
        plan = draft(scene, subject=f"Call {token(scene)}", slot=slot(scene, 14))
        meeting = created(organizer.post("me/events", ask.event(plan)))
        copy = received(scene, GUEST, "eventMessageRequest", requirement="GRAPH-SHR-016")
        scene.expect("GRAPH-SHR-016", "isDelegated of the delegate's copy", copy.get("isDelegated")).equals(True)
        theirs = space.guest.named(f"{space.calendar}/events", plan.subject)
        found = next(iter(theirs), {"id": "none"})
        done = space.guest.post(f"{_theirs(space, found)}/accept", {"sendResponse": True})
        scene.expect("GRAPH-SHR-017", "the status of a delegate's accept", done.status).equals(202)
        answers = scene.eventually(lambda: _accepted(event(organizer, str(meeting["id"]))), "the answer")
        scene.expect("GRAPH-SHR-017", "who has accepted", answers).equals([address(scene, OWNER).casefold()])


def _accepted(meeting: Resource) -> list[str]:
    entries = meeting.get("attendees") or ()
    return [
        str(one["emailAddress"]["address"]).casefold()
        for one in entries
        if (one.get("status") or {}).get("response") == "accepted"
    ]
