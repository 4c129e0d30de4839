"""Steps that cases share: what they draw, and how they get to where their own subject begins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from conformance.actor import ews_requests as ask
from conformance.actor.acts import Actor, Draft, Refused
from conformance.actor.ews import find_items
from conformance.actor.ews_client import EwsAnswer, EwsClient
from conformance.actor.views import EventView, Folder, MeetingRef, MessageKind, MessageView, Slot
from conformance.actor.xml import Node
from conformance.expect import CannotTell, CaseStopped
from conformance.suites.scene import Scene

Found = TypeVar("Found")


def token(scene: Scene) -> str:
    """The word by which this run of the case knows its own items."""
    return scene.token


def moment(scene: Scene, hour: int = 10, minute: int = 0, days: int = 0) -> datetime:
    """An instant on the case's day, or some days later, in UTC."""
    return scene.at(hour, minute) + timedelta(days=days)


def slot(scene: Scene, hour: int = 10, minutes: int = 60, days: int = 0) -> Slot:
    """An interval on the case's day."""
    start = moment(scene, hour, days=days)
    return Slot(start, start + timedelta(minutes=minutes))


def free_day(scene: Scene, protocol: str, *people: str) -> None:
    """Go to a day on which nobody named has anything, nor on the next: where others have entries too, it is sought.

    CannotTell when a month's working days are all taken.
    """
    if scene.has("quiet-mailboxes"):
        return
    addresses = [address(scene, who) for who in people]
    for _ in range(_DAYS_TRIED):
        window = Slot(moment(scene, 0), moment(scene, 0, days=2))
        schedules = scene.actor("organizer0", protocol).availability(addresses, window, 60)
        if not any(schedule.merged.strip("0") or schedule.events for schedule in schedules):
            return
        scene.move_on()
    raise CannotTell(f"No day was found on which {', '.join(addresses)} have nothing.")


_DAYS_TRIED = 20


def address(scene: Scene, who: str) -> str:
    """The address of a role such as ``attendee1``."""
    return scene.account(who).address


def draft(scene: Scene, **fields: Any) -> Draft:
    """A meeting of one hour on the case's day with attendee0, unless ``fields`` say otherwise."""
    plain = Draft(
        subject=f"Quarterly plan {token(scene)}",
        slot=slot(scene),
        required=(address(scene, "attendee0"),),
        location="Conference room 7",
        body="Please bring your figures.",
    )
    return replace(plain, **fields)


def found(scene: Scene, look: Callable[[], Found | None], about: str, requirement: str = "") -> Found:
    """What a look finds before the deadline; the case stops where it finds nothing, and the requirement has failed."""
    seen = scene.eventually(look, about)
    if requirement:
        scene.require(requirement, about, "found" if seen else None).is_present()
    if not seen:
        raise CaseStopped(f"{about}: not found before the deadline")
    return seen


def request_of(scene: Scene, actor: Actor, requirement: str = "") -> MessageView:
    """The invitation in an attendee's Inbox."""
    about = f"the meeting request in the Inbox of {actor.address}"
    return found(scene, lambda: actor.find_request(token(scene)), about, requirement)


def event_of(scene: Scene, actor: Actor, requirement: str = "") -> EventView:
    """The meeting in somebody's calendar."""
    about = f"the meeting in the calendar of {actor.address}"
    return found(scene, lambda: actor.find_event(token(scene)), about, requirement)


def message_of(scene: Scene, actor: Actor, kind: MessageKind, requirement: str = "") -> MessageView:
    """The latest message of a kind in somebody's Inbox, read in full."""

    def look() -> MessageView | None:
        listed = actor.messages(Folder.INBOX, token(scene))
        return next((one for one in listed if one.kind is kind), None)

    return actor.look_message(found(scene, look, f"a {kind} in the Inbox of {actor.address}", requirement))


def is_refusal(code: str) -> bool:
    """Whether a response code refuses: it is neither that of success nor that of a failure of the server's own."""
    return code not in {"NoError", "ErrorInternalServerError", "ErrorInternalServerTransientError"}


def written(answer: EwsAnswer) -> MeetingRef:
    """The id that a write gave back; the case stops where it gave none."""
    identity = answer.text("t:ItemId/@Id")
    if not identity:
        raise CaseStopped(f"an item id: expected one in the answer, got {answer.code}")
    return MeetingRef(identity, answer.text("t:ItemId/@ChangeKey") or "")


def read_item(
    client: EwsClient,
    what: MeetingRef,
    base: str = "AllProperties",
    fields: tuple[str, ...] = (),
    version: str | None = "",
) -> Node:
    """GetItem of one item; the case stops where it fails."""
    answer = client.call(ask.get_item(what, base=base, fields=fields), version=version)
    if answer.code != "NoError" or answer.item is None:
        raise CaseStopped(f"GetItem: expected the item, got {answer.code}")
    return answer.item


def present(client: EwsClient, item: MeetingRef) -> MeetingRef:
    """An item's id with its present change key."""
    shown = read_item(client, MeetingRef(item.id), base="IdOnly")
    return MeetingRef(item.id, shown.text("t:ItemId/@ChangeKey") or "")


def listed(client: EwsClient, folder: str, word: str, fields: tuple[str, ...] = ()) -> tuple[Node, ...]:
    """FindItem: the items of a folder whose subjects hold a word."""
    try:
        items = find_items(client, folder, ("item:Subject", "item:ItemClass", *fields))
    except Refused as refusal:
        raise CaseStopped(f"FindItem in {folder}: expected the items: {refusal}") from None
    return tuple(item for item in items if word in (item.text("t:Subject") or ""))


def names_in(client: EwsClient, folder: str, word: str) -> list[str]:
    """The element names of a folder's items whose subjects hold a word."""
    return [item.local for item in listed(client, folder, word)]


def arrived(scene: Scene, who: str, folder: str) -> list[str]:
    """The element names of somebody's items in a folder, once there are any."""
    client = scene.ews(who)
    return scene.eventually(lambda: names_in(client, folder, token(scene)), f"anything in the {folder} of {who}")


def id_of(node: Node) -> MeetingRef:
    """The id of an item element."""
    return MeetingRef(node.text("t:ItemId/@Id") or "", node.text("t:ItemId/@ChangeKey") or "")


def first_listed(
    scene: Scene, client: EwsClient, folder: str, name: str, word: str | None = None, requirement: str = ""
) -> MeetingRef:
    """The first item of a kind in a folder, once it has arrived; ``word`` marks it where the token does not."""

    def look() -> Node | None:
        items = listed(client, folder, token(scene) if word is None else word)
        return next((item for item in items if item.local == name), None)

    return id_of(found(scene, look, f"a {name} in {folder}", requirement))


@contextmanager
def undone(undo: Callable[[], object]) -> Iterator[None]:
    """A block after which something is undone, also where the block fails."""
    try:
        yield
    except BaseException:
        with suppress(Exception):  # what went wrong first is what is told
            undo()
        raise
    undo()


def settle(scene: Scene, who: str) -> None:
    """Wait until a later message has reached somebody, so that what has not arrived by now was not sent."""
    sender = "organizer0" if who != "organizer0" else "attendee0"
    marker = f"Marker {token(scene)[::-1]}"
    scene.ews(sender).call(ask.send_note(marker, (address(scene, who),))).succeed("CreateItem of a marker")
    found(scene, lambda: listed(scene.ews(who), "inbox", marker), f"the marker in the Inbox of {who}")
