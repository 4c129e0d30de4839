"""Delegates get meeting messages and act for the one who made them delegates."""

from __future__ import annotations

import pytest

from conformance.actor import ews_folders as folders
from conformance.actor import ews_people as people
from conformance.actor import ews_requests as ask
from conformance.actor.ews_people import DelegatePlan
from conformance.actor.views import Answer, MeetingRef
from conformance.actor.xml import Node, t
from conformance.suites.case import EWS, case
from conformance.suites.ews.delegation import (
    DELEGATE,
    FORM,
    PRINCIPAL,
    delegated,
    invite_principal,
    mailbox_in,
    plan,
)
from conformance.suites.ews.sharing import create_in
from conformance.suites.ews.steps import entry_of
from conformance.suites.scene import Scene
from conformance.suites.steps import address, draft, first_listed, names_in, read_item, settle, slot, token, written

SCENARIO = "delegates"
ANSWERS = {"AcceptItem", "TentativelyAcceptItem", "DeclineItem"}


def _copy(scene: Scene, requirement: str = "", name: str = "MeetingRequest") -> tuple[MeetingRef, Node]:
    """The delegate's copy of a meeting message."""
    client = scene.ews(DELEGATE)
    found = first_listed(scene, client, "inbox", name, requirement=requirement)
    return found, read_item(client, found)


def _own(scene: Scene) -> Node:
    """The principal's own request."""
    client = scene.ews(PRINCIPAL)
    return read_item(client, first_listed(scene, client, "inbox", "MeetingRequest"))


def _associated(message: Node) -> MeetingRef:
    """The calendar item that a message belongs to."""
    return MeetingRef(message.text("t:AssociatedCalendarItemId/@Id") or "")


@case(
    "delegates.informed",
    scenario=SCENARIO,
    verifies=("EWS-DLG-020", "EWS-DLG-021", "EWS-DLG-022", "EWS-DLG-023", "EWS-DLG-024"),
    pairings=EWS,
    needs=("delegates",),
)
def test_the_delegate_gets_the_request_and_the_principal_a_copy_for_information(scene: Scene) -> None:
    principal = address(scene, PRINCIPAL).casefold()
    with delegated(scene, plan(scene), FORM):
        invite_principal(scene)
        _, copy = _copy(scene, "EWS-DLG-020")
        scene.expect("EWS-DLG-020", "IsDelegated of the delegate's copy", copy.text("t:IsDelegated")).equals("true")
        kind = copy.text("t:MeetingRequestType")
        scene.expect("EWS-DLG-020", "MeetingRequestType of the copy", kind).equals("NewMeetingRequest")
        stands_for = mailbox_in(copy, "ReceivedRepresenting")
        scene.expect("EWS-DLG-021", "ReceivedRepresenting of the copy", stands_for).equals(principal)
        own = _own(scene)
        scene.expect("EWS-DLG-022", "MeetingRequestType of the principal's", own.text("t:MeetingRequestType")).equals(
            "PrincipalWantsCopy"
        )
        scene.expect("EWS-DLG-020", "IsDelegated of the principal's", own.text("t:IsDelegated")).equals("false")
        scene.expect("EWS-DLG-023", "the answers that the principal is offered", own.names("t:ResponseObjects")).holds(
            lambda offered: not ANSWERS & set(offered), "none of AcceptItem, TentativelyAcceptItem and DeclineItem"
        )
        first_listed(scene, scene.ews(PRINCIPAL), "calendar", "CalendarItem", requirement="EWS-DLG-024")
        elsewhere = names_in(scene.ews(DELEGATE), "calendar", token(scene))
        scene.expect("EWS-DLG-024", "the delegate's own calendar", elsewhere).is_absent()


@case(
    "delegates.delivery",
    scenario=SCENARIO,
    verifies=("EWS-DLG-025", "EWS-DLG-026"),
    pairings=EWS,
    needs=("delegates",),
)
@pytest.mark.parametrize("delivery", ["DelegatesOnly", "DelegatesAndMe"])
def test_meeting_messages_go_where_they_are_delivered(scene: Scene, delivery: str) -> None:
    with delegated(scene, plan(scene), delivery):
        invite_principal(scene)
        _copy(scene, "EWS-DLG-025")
        settle(scene, PRINCIPAL)
        inbox = names_in(scene.ews(PRINCIPAL), "inbox", token(scene))
        wanted = ["MeetingRequest"] if delivery == "DelegatesAndMe" else []
        scene.expect("EWS-DLG-025", "the requests in the principal's Inbox", inbox).equals(wanted)
        client = scene.ews(PRINCIPAL)
        event = read_item(client, first_listed(scene, client, "calendar", "CalendarItem"))
        offered = event.names("t:ResponseObjects")
        scene.expect("EWS-DLG-026", "the answers that the principal's calendar offers", offered).contains(*ANSWERS)


@case(
    "delegates.no-copies",
    scenario=SCENARIO,
    verifies=("EWS-DLG-027", "EWS-DLG-028"),
    pairings=EWS,
    needs=("delegates",),
)
def test_a_delegate_without_copies_gets_none(scene: Scene) -> None:
    with delegated(scene, plan(scene, copies=False)):
        invite_principal(scene)
        kind = _own(scene).text("t:MeetingRequestType")
        scene.expect("EWS-DLG-028", "MeetingRequestType of the principal's", kind).equals("NewMeetingRequest")
        settle(scene, DELEGATE)
        inbox = names_in(scene.ews(DELEGATE), "inbox", token(scene))
        scene.expect("EWS-DLG-027", "the requests in the delegate's Inbox", inbox).is_absent()


@case(
    "delegates.answer",
    scenario=SCENARIO,
    verifies=("EWS-DLG-030", "EWS-DLG-031", "EWS-DLG-032", "EWS-DLG-033"),
    pairings=EWS,
    needs=("delegates",),
)
def test_a_delegate_answers_in_the_principals_name(scene: Scene) -> None:
    organizer, delegate = scene.ews("organizer0"), scene.ews(DELEGATE)
    principal, who = (address(scene, one).casefold() for one in (PRINCIPAL, DELEGATE))
    with delegated(scene, plan(scene), FORM):
        meeting = invite_principal(scene)
        reference, copy = _copy(scene)
        refused = delegate.call(ask.respond(Answer.ACCEPT, reference)).code
        scene.expect("EWS-DLG-033", "the code of AcceptItem of the copy", refused).equals(
            "ErrorCalendarIsDelegatedForAccept"
        )
        done = delegate.call(ask.respond(Answer.ACCEPT, _associated(copy)))
        scene.require("EWS-DLG-030", "the code of AcceptItem of the principal's item", done.code).equals("NoError")
        response = read_item(organizer, first_listed(scene, organizer, "inbox", "MeetingResponse"))
        scene.expect("EWS-DLG-031", "From of the response", mailbox_in(response, "From")).equals(principal)
        scene.expect("EWS-DLG-031", "Sender of the response", mailbox_in(response, "Sender")).equals(who)
        entry = entry_of(read_item(organizer, meeting), address(scene, PRINCIPAL))
        answer = entry and entry.text("t:ResponseType")
        scene.expect("EWS-DLG-030", "the organizer's entry of the principal", answer).equals("Accept")
        stranger = entry_of(read_item(organizer, meeting), address(scene, DELEGATE))
        scene.expect("EWS-DLG-030", "the organizer's entry of the delegate", stranger).is_absent()
        client = scene.ews(PRINCIPAL)
        own = read_item(client, first_listed(scene, client, "calendar", "CalendarItem"))
        scene.expect("EWS-DLG-030", "MyResponseType of the principal's item", own.text("t:MyResponseType")).equals(
            "Accept"
        )
        sent = [names_in(scene.ews(one), "sentitems", token(scene)) for one in (DELEGATE, PRINCIPAL)]
        scene.expect("EWS-DLG-032", "Sent Items of delegate and principal", sent).equals([["MeetingResponse"], []])


@case(
    "delegates.organize",
    scenario=SCENARIO,
    verifies=("EWS-DLG-034", "EWS-DLG-035", "EWS-DLG-036"),
    pairings=EWS,
    needs=("delegates",),
)
def test_a_delegate_calls_a_meeting_for_the_principal(scene: Scene) -> None:
    delegate, guest = scene.ews(DELEGATE), scene.ews("attendee2")
    principal, who = (address(scene, one).casefold() for one in (PRINCIPAL, DELEGATE))
    calendar = folders.folder_of("calendar", address(scene, PRINCIPAL))
    with delegated(scene, plan(scene), FORM):
        wanted = draft(scene, required=(address(scene, "attendee2"),))
        made = delegate.call(create_in(calendar, wanted, "SendToAllAndSaveCopy"))
        scene.require("EWS-DLG-034", "the code of CreateItem in the principal's calendar", made.code).equals("NoError")
        meeting = written(made)
        request = read_item(guest, first_listed(scene, guest, "inbox", "MeetingRequest"))
        told = [mailbox_in(request, name) for name in ("Organizer", "From", "Sender")]
        scene.expect("EWS-DLG-035", "Organizer, From and Sender of the request", told).equals(
            [principal, principal, who]
        )
        own = read_item(scene.ews(PRINCIPAL), MeetingRef(meeting.id))
        scene.expect("EWS-DLG-034", "Organizer of the principal's item", mailbox_in(own, "Organizer")).equals(principal)
        elsewhere = names_in(delegate, "calendar", token(scene))
        scene.expect("EWS-DLG-034", "the delegate's own calendar", elsewhere).is_absent()
        event = first_listed(scene, guest, "calendar", "CalendarItem")
        guest.call(ask.respond(Answer.TENTATIVE, event)).succeed("TentativelyAcceptItem")
        _, response = _copy(scene, "EWS-DLG-036", "MeetingResponse")
        scene.expect("EWS-DLG-036", "IsDelegated of the answer", response.text("t:IsDelegated")).equals("true")
        stands_for = mailbox_in(response, "ReceivedRepresenting")
        scene.expect("EWS-DLG-036", "ReceivedRepresenting of the answer", stands_for).equals(principal)


@case(
    "delegates.cancelled",
    scenario=SCENARIO,
    verifies=("EWS-DLG-037", "EWS-DLG-038"),
    pairings=EWS,
    needs=("delegates",),
)
def test_cancellations_go_to_delegates_who_remove_nothing(scene: Scene) -> None:
    organizer, delegate = scene.ews("organizer0"), scene.ews(DELEGATE)
    with delegated(scene, plan(scene), FORM):
        meeting = invite_principal(scene)
        _copy(scene)
        organizer.call(ask.cancel(meeting)).succeed("CancelCalendarItem")
        reference, copy = _copy(scene, "EWS-DLG-037", "MeetingCancellation")
        scene.expect("EWS-DLG-037", "IsDelegated of the cancellation", copy.text("t:IsDelegated")).equals("true")
        refused = delegate.call(ask.remove(reference)).code
        scene.expect("EWS-DLG-038", "the code of RemoveItem", refused).equals("ErrorCalendarIsDelegatedForRemove")
        left = names_in(scene.ews(PRINCIPAL), "calendar", token(scene))
        scene.expect("EWS-DLG-038", "the principal's calendar", left).equals(["CalendarItem"])


@case(
    "delegates.private",
    scenario=SCENARIO,
    verifies=("EWS-DLG-039", "EWS-DLG-040"),
    pairings=EWS,
    needs=("delegates",),
)
def test_private_items_are_seen_by_delegates_who_may(scene: Scene) -> None:
    owner, who = address(scene, PRINCIPAL), address(scene, DELEGATE)
    client, delegate = scene.ews(PRINCIPAL), scene.ews(DELEGATE)
    private = written(client.call(_private_item(scene)))
    with delegated(scene, plan(scene)):
        hidden = delegate.call(ask.get_item(MeetingRef(private.id))).code
        scene.expect("EWS-DLG-039", "the code of GetItem without ViewPrivateItems", hidden).equals("ErrorItemNotFound")
        client.call(people.update_delegate(owner, DelegatePlan(who, {}, sees_private=True)))
        shown = delegate.call(ask.get_item(MeetingRef(private.id)))
        scene.expect("EWS-DLG-040", "the subject with ViewPrivateItems", shown.text("t:Subject")).contains(token(scene))


def _private_item(scene: Scene) -> str:
    item = t(
        "CalendarItem",
        t("Subject", f"Hidden {token(scene)}"),
        t("Sensitivity", "Private"),
        t("Start", f"{slot(scene).start:%Y-%m-%dT%H:%M:%SZ}"),
        t("End", f"{slot(scene).end:%Y-%m-%dT%H:%M:%SZ}"),
    )
    return ask.create_item(item, invitations="SendToNone")


@case(
    "delegates.no-rights",
    scenario=SCENARIO,
    verifies=("EWS-DLG-041", "EWS-DLG-042"),
    pairings=EWS,
    needs=("delegates",),
)
def test_a_delegate_acts_in_folders_only_as_far_as_the_level_goes(scene: Scene) -> None:
    delegate = scene.ews(DELEGATE)
    calendar = folders.folder_of("calendar", address(scene, PRINCIPAL))
    with delegated(scene, plan(scene, calendar="Reviewer", copies=False)):
        theirs = written(scene.ews(PRINCIPAL).call(ask.create_meeting(draft(scene, required=()), "SendToNone")))
        seen = delegate.call(ask.get_item(MeetingRef(theirs.id)))
        scene.expect("EWS-DLG-042", "the subject that a Reviewer reads", seen.text("t:Subject")).contains(token(scene))
        made = delegate.call(create_in(calendar, draft(scene, required=(), subject=f"Mine {token(scene)}")))
        scene.expect("EWS-DLG-041", "the code of a Reviewer's CreateItem", made.code).is_one_of(
            "ErrorCreateItemAccessDenied", "ErrorAccessDenied"
        )
        kept = names_in(scene.ews(PRINCIPAL), "calendar", token(scene))
        scene.expect("EWS-DLG-041", "the principal's calendar", kept).equals(["CalendarItem"])
    lost = delegate.call(ask.get_item(MeetingRef(theirs.id)))
    scene.expect("EWS-DLG-042", "the subject once one is no delegate", lost.text("t:Subject")).is_absent()


@case(
    "delegates.afterwards",
    scenario=SCENARIO,
    verifies=("EWS-DLG-043",),
    pairings=EWS,
    needs=("delegates",),
)
def test_who_is_no_delegate_any_more_gets_no_copies(scene: Scene) -> None:
    with delegated(scene, plan(scene), FORM):
        pass
    invite_principal(scene)
    own = _own(scene)
    kind = own.text("t:MeetingRequestType")
    scene.expect("EWS-DLG-043", "MeetingRequestType of the principal's request", kind).equals("NewMeetingRequest")
    scene.expect("EWS-DLG-043", "the answers offered", own.names("t:ResponseObjects")).contains(*ANSWERS)
    settle(scene, DELEGATE)
    inbox = names_in(scene.ews(DELEGATE), "inbox", token(scene))
    scene.expect("EWS-DLG-043", "the requests in the former delegate's Inbox", inbox).is_absent()
