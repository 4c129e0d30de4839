"""Making somebody a delegate for the length of a case, and what the two of them then see."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from conformance.actor import ews_people as people
from conformance.actor import ews_requests as ask
from conformance.actor.ews_client import EwsAnswer
from conformance.actor.ews_people import DelegatePlan
from conformance.actor.views import MeetingRef
from conformance.actor.xml import Node
from conformance.expect import CaseStopped
from conformance.suites.scene import Scene
from conformance.suites.steps import address, draft, undone, written

PRINCIPAL, DELEGATE = "attendee0", "attendee1"

FORM = "DelegatesAndSendInformationToMe"
"""How meeting messages are delivered where nothing else was ever said: delegates answer, the principal is informed."""


def root_code(answer: EwsAnswer) -> str:
    """The code of the whole request, which is a response message itself."""
    return answer.fault.code if answer.fault else (answer.body.text("m:ResponseCode") or "" if answer.body else "")


def codes(answer: EwsAnswer) -> list[str]:
    """The codes about single users."""
    return [message.code for message in answer.messages]


def delegate_told(answer: EwsAnswer, who: str) -> dict[str, str]:
    """What an answer tells of one delegate: the text of each property, by its name."""
    for user in answer.body.anywhere("m:DelegateUser") if answer.body else ():
        if (user.text("t:UserId/t:PrimarySmtpAddress") or "").casefold() == who.casefold():
            return {leaf.local: leaf.text() or "" for leaf in _leaves(user)}
    return {}


def _leaves(node: Node) -> Iterator[Node]:
    for child in node:
        if tuple(child):
            yield from _leaves(child)
        else:
            yield child


def delegates_told(answer: EwsAnswer) -> list[str]:
    """The addresses of the delegates that an answer tells of."""
    found = answer.body.anywhere("m:DelegateUser") if answer.body else ()
    return [(user.text("t:UserId/t:PrimarySmtpAddress") or "").casefold() for user in found]


def plan(scene: Scene, calendar: str = "Editor", *, copies: bool = True, private: bool | None = None) -> DelegatePlan:
    """What the case's delegate is to be."""
    return DelegatePlan(address(scene, DELEGATE), {"Calendar": calendar}, copies, private)


@contextmanager
def delegated(scene: Scene, wanted: DelegatePlan, delivery: str = "") -> Iterator[EwsAnswer]:
    """A delegate of attendee0 while the block runs; afterwards there is none, and meeting messages go where they went.

    The case stops where the delegate cannot be made.
    """
    owner, client = address(scene, PRINCIPAL), scene.ews(PRINCIPAL)
    before = client.call(people.get_delegate(owner))
    usual = (before.body.text("m:DeliverMeetingRequests") or "") if before.body else ""
    added = client.call(people.add_delegate(owner, wanted, delivery=delivery))
    if codes(added) != ["NoError"]:
        raise CaseStopped(f"AddDelegate: expected a delegate, got {root_code(added)} {codes(added)}")

    def undo() -> None:
        client.call(people.remove_delegate(owner, wanted.address))
        if usual and delivery and usual != delivery:
            client.call(people.update_delegate(owner, delivery=usual))

    with undone(undo):
        yield added


def invite_principal(scene: Scene, **fields: object) -> MeetingRef:
    """A meeting that organizer0 calls with the principal."""
    return written(scene.ews("organizer0").call(ask.create_meeting(draft(scene, **fields))))


def mailbox_in(node: Node | None, name: str) -> str:
    """The address in a property such as From, in lower case."""
    return (node.text(f"t:{name}/t:Mailbox/t:EmailAddress") or "").casefold() if node else ""
