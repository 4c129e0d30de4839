"""How EWS cases follow what happens in folders: copies kept by synchronisation, subscriptions whose events are read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from conformance.actor import ews_following as ask
from conformance.actor.ews_client import EwsAnswer, EwsClient
from conformance.actor.views import MeetingRef
from conformance.actor.xml import Markup, Node
from conformance.expect import CaseStopped
from conformance.suites.scene import Scene

_PAGES = 500


@dataclass(frozen=True, slots=True)
class Told:
    """One change that a synchronisation tells; ``what`` is the item or folder, or None where only the id is told."""

    verb: str
    id: str
    change_key: str
    node: Node
    what: Node | None = None

    @property
    def ref(self) -> MeetingRef:
        """The item, to act upon."""
        return MeetingRef(self.id, self.change_key)


@dataclass
class FolderCopy:
    """What somebody keeps of a folder by SyncFolderItems; the state says how far it goes."""

    client: EwsClient
    folder: str | Markup
    fields: Sequence[str] = ("item:Subject", "item:ItemClass")
    state: str = ""
    answers: list[EwsAnswer] = field(default_factory=list)

    def page(self, maximum: int = ask.MOST_CHANGES, ignore: Sequence[MeetingRef] = ()) -> tuple[list[Told], bool]:
        """The changes of one answer, and whether they are the last for now; the case stops where it is refused."""
        operation = ask.sync_items(self.folder, self.state, maximum=maximum, ignore=ignore, fields=self.fields)
        answer = self.client.call(operation)
        message = answer.messages[0].node if answer.code == "NoError" else None
        if message is None:
            raise CaseStopped(f"SyncFolderItems: expected the changes, got {answer.code}")
        self.answers.append(answer)
        self.state = message.text("m:SyncState") or ""
        changes = message.one("m:Changes")
        is_last = message.text("m:IncludesLastItemInRange") != "false"
        return [_told(change) for change in changes] if changes else [], is_last

    def follow(self, maximum: int = ask.MOST_CHANGES, ignore: Sequence[MeetingRef] = ()) -> list[Told]:
        """Every change up to now, in as many answers as that takes."""
        self.answers = []
        told: list[Told] = []
        for _ in range(_PAGES):
            found, is_last = self.page(maximum, ignore)
            told += found
            if is_last:
                return told
        raise CaseStopped(f"SyncFolderItems: expected an end of the changes, got none in {_PAGES} answers")


def _told(change: Node) -> Told:
    what = next(iter(change), None)
    if what is None:
        raise CaseStopped(f"a change: expected an item or an id in {change.local}, got nothing")
    named = what if what.local in {"ItemId", "FolderId"} else what.one("t:ItemId") or what.one("t:FolderId")
    identity, key = (named.text("@Id") or "", named.text("@ChangeKey") or "") if named else ("", "")
    return Told(change.local, identity, key, change, None if named is what else what)


def mine(told: Iterable[Told], word: str) -> list[Told]:
    """The changes that tell of items whose subjects hold a word."""
    return [one for one in told if one.what and word in (one.what.text("t:Subject") or "")]


def verbs_of(told: Iterable[Told], identity: str) -> list[str]:
    """What is told of one item, in order."""
    return [one.verb for one in told if one.id == identity]


def arriving(scene: Scene, copy: FolderCopy, verb: str, word: str, about: str) -> list[Told]:
    """What a copy is told until it is told this of an item with a word, all rounds together."""
    heard: list[Told] = []

    def look() -> list[Told]:
        heard.extend(copy.follow())
        return [one for one in mine(heard, word) if one.verb == verb]

    scene.eventually(look, about)
    return mine(heard, word)


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a subscription; ids are those of the item or folder, where it is told."""

    kind: str
    watermark: str
    item: str
    folder: str
    parent: str
    old_item: str
    old_parent: str
    time: str
    node: Node


def events_in(notification: Node) -> list[Event]:
    """The events of a notification, in order."""
    return [_event(one) for one in notification if one.local.endswith("Event")]


def _event(node: Node) -> Event:
    return Event(
        kind=node.local,
        watermark=node.text("t:Watermark") or "",
        item=node.text("t:ItemId/@Id") or "",
        folder=node.text("t:FolderId/@Id") or "",
        parent=node.text("t:ParentFolderId/@Id") or "",
        old_item=node.text("t:OldItemId/@Id") or "",
        old_parent=node.text("t:OldParentFolderId/@Id") or "",
        time=node.text("t:TimeStamp") or "",
        node=node,
    )


def subscribed(client: EwsClient, operation: Markup) -> tuple[str, str]:
    """The id and the watermark of a new subscription; the case stops where it is refused."""
    answer = client.call(operation)
    message = answer.messages[0].node if answer.code == "NoError" else None
    identity = message.text("m:SubscriptionId") if message else None
    if not message or not identity:
        raise CaseStopped(f"Subscribe: expected a subscription, got {answer.code}")
    return identity, message.text("m:Watermark") or ""


@dataclass
class Pulled:
    """A pull subscription, read from watermark to watermark."""

    client: EwsClient
    id: str
    watermark: str
    notification: Node | None = None

    def fetch(self) -> list[Event]:
        """The events of one GetEvents; the case stops where it is refused."""
        answer = self.client.call(ask.get_events(self.id, self.watermark))
        message = answer.messages[0].node if answer.code == "NoError" else None
        self.notification = message.one("m:Notification") if message else None
        if self.notification is None:
            raise CaseStopped(f"GetEvents: expected a notification, got {answer.code}")
        events = events_in(self.notification)
        self.watermark = next((one.watermark for one in reversed(events) if one.watermark), self.watermark)
        return events

    def news(self) -> list[Event]:
        """Every event that waits; what only tells that the subscription lives is left out."""
        found: list[Event] = []
        for _ in range(_PAGES):
            found += self.fetch()
            if self.notification is None or self.notification.text("t:MoreEvents") != "true":
                break
        return [one for one in found if one.kind != "StatusEvent"]


def pulling(client: EwsClient, *folders: str | Markup, events: Sequence[str] = ask.EVENTS) -> Pulled:
    """A new pull subscription to some folders."""
    return Pulled(client, *subscribed(client, ask.subscribe_pull(*folders, events=events)))


def hearing(scene: Scene, pulled: Pulled, wanted: str, about: str) -> list[Event]:
    """What a subscription is told until it is told an event of a kind, all rounds together."""
    heard: list[Event] = []

    def look() -> list[Event]:
        heard.extend(pulled.news())
        return [one for one in heard if one.kind == wanted]

    scene.eventually(look, about)
    return heard
