"""Distribution lists over EWS: who is on them, and what an invitation to one brings to its members."""

from __future__ import annotations

from conformance.actor import ews_people as people
from conformance.actor import ews_requests as ask
from conformance.actor.ews_client import EwsAnswer
from conformance.actor.views import Answer, MeetingRef
from conformance.suites.case import EWS, case
from conformance.suites.ews.steps import entry_of
from conformance.suites.scene import Scene
from conformance.suites.stage import NotApplicable
from conformance.suites.steps import address, draft, first_listed, read_item, token, written

SCENARIO = "distribution-lists"


def _members(answer: EwsAnswer) -> dict[str, str | None]:
    """The mailbox type of each member, by its address in lower case."""
    found = answer.root.anywhere("m:DLExpansion") if answer.root else ()
    members = [one for expansion in found for one in expansion]
    return {(one.text("t:EmailAddress") or "").casefold(): one.text("t:MailboxType") for one in members}


@case(
    "distribution-lists.expand",
    scenario=SCENARIO,
    verifies=("EWS-LST-001", "EWS-LST-002", "EWS-LST-003"),
    pairings=EWS,
    needs=("distribution-lists",),
)
def test_a_list_is_expanded_into_its_members(scene: Scene) -> None:
    client = scene.ews("organizer0")
    answer = client.call(people.expand_dl(address(scene, "list0")))
    members = _members(answer)
    scene.expect("EWS-LST-001", "the members of the list", members).is_present()
    scene.expect("EWS-LST-001", "their mailbox types", set(members.values())).lacks(None)
    found = answer.root.anywhere("m:DLExpansion") if answer.root else ()
    told = [(one.text("@TotalItemsInView"), one.text("@IncludesLastItemInRange")) for one in found]
    scene.expect("EWS-LST-002", "the count of the members, and whether these are all", told).equals(
        [(str(len(members)), "true")]
    )
    unknown = client.call(people.expand_dl(f"nowhere-{token(scene)}@example.com"))
    told_of = (unknown.code, len(_members(unknown)))
    scene.expect("EWS-LST-003", "the code and the members of an unknown list", told_of).is_one_of(
        ("NoError", 0), ("ErrorNameResolutionNoResults", 0)
    )


@case(
    "distribution-lists.nested",
    scenario=SCENARIO,
    verifies=("EWS-LST-004", "EWS-LST-005"),
    pairings=EWS,
    needs=("nested-lists",),
)
def test_a_list_on_a_list_is_a_member_and_invited_through(scene: Scene) -> None:
    organizer = scene.ews("organizer0")
    members = _members(organizer.call(people.expand_dl(address(scene, "list1"))))
    scene.expect("EWS-LST-004", "the members of the outer list", members).equals(
        {address(scene, "attendee2").casefold(): "Mailbox", address(scene, "list0").casefold(): "PublicDL"}
    )
    plan = draft(scene, required=(address(scene, "list1"),))
    organizer.call(ask.create_meeting(plan)).succeed("CreateItem of a meeting with a list")
    for who in ("attendee0", "attendee1", "attendee2"):
        first_listed(scene, scene.ews(who), "inbox", "MeetingRequest", requirement="EWS-LST-005")


@case(
    "distribution-lists.invite",
    scenario=SCENARIO,
    verifies=("EWS-LST-006", "EWS-LST-007", "EWS-LST-008", "EWS-LST-009"),
    pairings=EWS,
    needs=("distribution-lists",),
)
def test_the_members_of_an_invited_list_are_invited(scene: Scene) -> None:
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")
    listed, who = address(scene, "list0"), address(scene, "attendee0")
    if who.casefold() not in _members(organizer.call(people.expand_dl(listed))):
        raise NotApplicable(f"{who} is not on the list {listed}.")
    meeting = written(organizer.call(ask.create_meeting(draft(scene, required=(listed,)))))
    request = first_listed(scene, attendee, "inbox", "MeetingRequest", requirement="EWS-LST-006")
    own = read_item(attendee, first_listed(scene, attendee, "calendar", "CalendarItem"))
    for side, item in (("a member", own), ("the organizer", read_item(organizer, meeting))):
        told = [(one.text("t:Mailbox/t:EmailAddress") or "").casefold() for one in item.anywhere("t:Attendee")]
        scene.expect("EWS-LST-007", f"the attendees that {side} reads", told).equals([listed.casefold()])
    attendee.call(ask.respond(Answer.ACCEPT, request)).succeed("AcceptItem")
    response = read_item(organizer, first_listed(scene, organizer, "inbox", "MeetingResponse"))
    sender = (response.text("t:From/t:Mailbox/t:EmailAddress") or "").casefold()
    scene.expect("EWS-LST-008", "the sender of a member's response", sender).equals(who.casefold())

    def answered() -> str | None:
        found = entry_of(read_item(organizer, MeetingRef(meeting.id)), who)
        return found.text("t:ResponseType") if found else None

    scene.eventually(lambda: answered() == "Accept", "the member's answer")
    scene.expect("EWS-LST-009", "the organizer's entry of the member", answered()).equals("Accept")
    kept = entry_of(read_item(organizer, MeetingRef(meeting.id)), listed)
    scene.expect("EWS-LST-009", "the organizer's entry of the list", kept).is_present()


@case(
    "distribution-lists.resolve",
    scenario=SCENARIO,
    verifies=("EWS-LST-010",),
    pairings=EWS,
    needs=("distribution-lists",),
)
def test_a_list_is_found_by_its_address(scene: Scene) -> None:
    answer = scene.ews("organizer0").call(people.resolve_names(address(scene, "list0")))
    found = answer.root.anywhere("t:Mailbox") if answer.root else ()
    told = [((one.text("t:EmailAddress") or "").casefold(), one.text("t:MailboxType")) for one in found]
    scene.expect("EWS-LST-010", "what ResolveNames finds", told).contains(
        (address(scene, "list0").casefold(), "PublicDL")
    )
