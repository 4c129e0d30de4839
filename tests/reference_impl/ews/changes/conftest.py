"""Clients that keep copies of folders, and acts that change the folders under them."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest

from reference_impl.domain.acts import Audience, Delivery, Disposal, EventDraft, FolderRef, MessageDraft, Sending
from reference_impl.domain.copying import replace
from reference_impl.domain.errors import DomainError
from reference_impl.domain.items import CalendarItem, Message, TimeSlot
from reference_impl.domain.mailbox import Folder, FolderRole, Person
from reference_impl.domain.queries import Query
from reference_impl.domain.recurrence import Frequency, Recurrence
from reference_impl.ews.namespaces import local, m, t
from reference_impl.service import events, items, messages
from reference_impl.service.directory import find_mailbox

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
NOBODY = Sending(Audience.NOBODY, save_copy=False)
WINDOW = TimeSlot(NINE - timedelta(days=1), NINE + timedelta(days=90))
FOLDERS = ("calendar", "inbox", "deleteditems", "drafts")


def sync_request(folder, state="", maximum=512, ignore=(), shape="Default", rest="", mime=""):
    state = f"<m:SyncState>{state}</m:SyncState>" if state else ""
    ignored = f"<m:Ignore>{''.join(ignore)}</m:Ignore>" if ignore else ""
    target = folder_element(folder)
    return (
        f"<m:SyncFolderItems><m:ItemShape><t:BaseShape>{shape}</t:BaseShape>{mime}<t:AdditionalProperties>"
        '<t:FieldURI FieldURI="message:IsRead"/><t:FieldURI FieldURI="calendar:Start"/></t:AdditionalProperties>'
        f"</m:ItemShape><m:SyncFolderId>{target}</m:SyncFolderId>{state}{ignored}"
        f"<m:MaxChangesReturned>{maximum}</m:MaxChangesReturned>{rest}</m:SyncFolderItems>"
    )


def seen(element):
    """What a client keeps of an item: its change key, subject, start and read flag."""
    return {
        "kind": local(element.tag),
        "key": element.find(t("ItemId")).get("ChangeKey"),
        "subject": element.findtext(t("Subject")),
        "start": element.findtext(t("Start")),
        "is_read": element.findtext(t("IsRead")),
    }


@dataclass
class FolderCopy:
    """A client's copy of one folder, kept by SyncFolderItems; it insists on being told of nothing twice."""

    speaker: object
    folder: str
    is_patient: bool = False  # takes the end of an item that it never had
    items: dict = field(default_factory=dict)
    state: str = ""
    told: list = field(default_factory=list)  # what the last call told: (change, item id)

    def page(self, maximum=512, **options):
        """One call; whether it was the last one for now."""
        answer = self.speaker(sync_request(self.folder, self.state, maximum, **options))
        assert answer.code == "NoError"
        (self.state,) = [element.text for element in answer.root.iter(m("SyncState"))]
        (changes,) = answer.root.iter(m("Changes"))
        self.told = []
        assert len(changes) <= maximum
        for change in changes:
            self._apply(local(change.tag), change[0], change)
        ids = [item_id for _, item_id in self.told]
        assert len(ids) == len(set(ids)), "an item was told twice in one answer"
        (is_last,) = [element.text for element in answer.root.iter(m("IncludesLastItemInRange"))]
        return is_last == "true"

    def _apply(self, verb, element, change):
        named = element if local(element.tag) == "ItemId" else element.find(t("ItemId"))
        item_id = named.get("Id")
        self.told.append((verb, item_id))
        if verb == "Create":
            assert item_id not in self.items
            self.items[item_id] = seen(element)
        elif verb == "Update":
            assert item_id in self.items
            self.items[item_id] = seen(element)
        elif verb == "ReadFlagChange":
            self.items[item_id] |= {"key": named.get("ChangeKey"), "is_read": change.findtext(t("IsRead"))}
        else:
            assert verb == "Delete"
            assert self.is_patient or item_id in self.items
            self.items.pop(item_id, None)

    def catch_up(self, maximum=512):
        """Call until there is no more; how many calls it took."""
        calls = 1
        while not self.page(maximum):
            calls += 1
            assert calls < 1000
        return calls

    @property
    def truth(self):
        """What the folder really has."""
        answer = self.speaker.find(self.folder, shape="Default", paths=("message:IsRead", "calendar:Start"))
        (root,) = answer.root.iter(m("RootFolder"))
        return {item.find(t("ItemId")).get("Id"): seen(item) for item in root.find(t("Items"))}


class Acts:
    """What happens to a mailbox, by number: each act finds its own object, or does nothing."""

    def __init__(self, world, address):
        self.world = world
        self.owner = find_mailbox(world, address)
        self.count = 0
        self.all = (
            self.plan,
            self.plan_series,
            self.write,
            self.receive,
            self.change,
            self.delete,
            self.discard,
            self.move,
            self.read,
            self.change_occurrence,
            self.delete_occurrence,
            self.read_and_change,
            self.copy,
        )

    def do(self, number, choice):
        """The act of that number on the object of that choice; refusals of the domain change nothing."""
        self.world.clock.tick()
        self.count += 1
        try:
            self.all[number % len(self.all)](choice)
        except DomainError:
            return

    def found(self, folder=None, **query):
        ref = None if folder is None else FolderRef(role=folder)
        return items.find_items(self.world, self.owner, Query(folder=ref, **query)).items

    def pick(self, found, choice):
        return found[choice % len(found)] if found else None

    def draft(self, **more):
        return EventDraft(
            start=NINE + self.count * HOUR, end=NINE + (self.count + 1) * HOUR, subject=f"P{self.count}", **more
        )

    def plan(self, _choice):
        events.create_event(self.world, self.owner, self.draft(), NOBODY)

    def plan_series(self, choice):
        recurrence = Recurrence(frequency=Frequency.DAILY, start=date(2026, 3, 2), count=2 + choice % 4)
        events.create_event(self.world, self.owner, self.draft(recurrence=recurrence), NOBODY)

    def write(self, _choice):
        draft = MessageDraft(subject=f"M{self.count}", to=(Person("attendee0@example.com"),))
        messages.create_message(self.world, self.owner, draft, Delivery(send=False))

    def receive(self, _choice):
        sender = find_mailbox(self.world, "attendee1@example.com")
        draft = MessageDraft(subject=f"R{self.count}", to=(self.owner.person,))
        messages.create_message(self.world, sender, draft, Delivery(send=True, save_copy=False))

    def _rename(self, item):
        if isinstance(item, CalendarItem):
            events.update_event(
                self.world, self.owner, item.id, lambda event: replace(event, subject=f"C{self.count}"), NOBODY
            )
        elif item is not None:
            items.update_message(
                self.world, self.owner, item.id, lambda message: replace(message, subject=f"C{self.count}")
            )

    def change(self, choice):
        self._rename(self.pick(self.found(), choice))

    def delete(self, choice):
        item = self.pick(self.found(), choice)
        if item is not None:
            items.delete_item(self.world, self.owner, item.id, Disposal.HARD)

    def discard(self, choice):
        item = self.pick(self.found(), choice)
        if item is not None:
            items.delete_item(self.world, self.owner, item.id, Disposal.TO_DELETED_ITEMS)

    def move(self, choice):
        item = self.pick(self.found(calendar_items=False), choice)
        if item is not None:
            role = (FolderRole.INBOX, FolderRole.DRAFTS, FolderRole.DELETED)[choice % 3]
            items.move_item(self.world, self.owner, item.id, FolderRef(role=role))

    def copy(self, choice):
        item = self.pick(self.found(), choice)
        if item is not None:
            role = (FolderRole.CALENDAR, FolderRole.INBOX, FolderRole.DELETED)[choice % 3]
            items.copy_item(self.world, self.owner, item.id, FolderRef(role=role))

    def read(self, choice):
        item = self.pick(self.found(calendar_items=False), choice)
        if isinstance(item, Message):
            items.set_read(self.world, self.owner, item.id, not item.is_read)

    def read_and_change(self, choice):
        self.read(choice)
        self._rename(self.pick(self.found(calendar_items=False), choice))

    def _occurrence(self, choice):
        found = self.found(FolderRole.CALENDAR, window=WINDOW)
        return self.pick([item for item in found if item.series_id is not None], choice)

    def change_occurrence(self, choice):
        self._rename(self._occurrence(choice))

    def delete_occurrence(self, choice):
        item = self._occurrence(choice)
        if item is not None:
            disposal = (Disposal.HARD, Disposal.TO_DELETED_ITEMS)[choice % 2]
            items.delete_item(self.world, self.owner, item.id, disposal)


def add_folder(world, address, name, parent):
    """A new mail folder below another."""
    owner = find_mailbox(world, address)
    now = world.clock.now()
    with world.store.begin() as unit:
        return unit.add_folder(
            Folder(
                id=world.ids.token(16).hex(),
                mailbox_id=owner.id,
                name=name,
                parent_id=parent.id,
                created=now,
                modified=now,
            )
        )


ALL_EVENTS = (
    "CopiedEvent",
    "CreatedEvent",
    "DeletedEvent",
    "ModifiedEvent",
    "MovedEvent",
    "NewMailEvent",
    "FreeBusyChangedEvent",
)


def folder_element(folder):
    return folder if folder.startswith("<") else f'<t:DistinguishedFolderId Id="{folder}"/>'


def subscribe_request(*folders, mode="Pull", events=ALL_EVENTS, watermark="", rest=None):
    """A Subscribe to these folders, or to all where none is named."""
    named = f"<t:FolderIds>{''.join(map(folder_element, folders))}</t:FolderIds>" if folders else ""
    everything = "" if folders else ' SubscribeToAllFolders="true"'
    kinds = "".join(f"<t:EventType>{event}</t:EventType>" for event in events)
    mark = f"<t:Watermark>{watermark}</t:Watermark>" if watermark else ""
    rest = {"Pull": "<t:Timeout>10</t:Timeout>"}.get(mode, "") if rest is None else rest
    name = f"m:{mode}SubscriptionRequest"
    inner = f"{named}<t:EventTypes>{kinds}</t:EventTypes>{mark}{rest}"
    return f"<m:Subscribe><{name}{everything}>{inner}</{name}></m:Subscribe>"


def events_request(subscription_id, watermark):
    return (
        f"<m:GetEvents><m:SubscriptionId>{subscription_id}</m:SubscriptionId>"
        f"<m:Watermark>{watermark}</m:Watermark></m:GetEvents>"
    )


def told_events(notification):
    """The events of a notification: name, and what is inside by name, ids without their change keys."""
    return [
        (local(event.tag), {local(part.tag): part.get("Id") or part.text for part in event})
        for event in notification
        if local(event.tag).endswith("Event")
    ]


@dataclass
class Subscriber:
    """A client that fetches events; it goes on from the last watermark."""

    speaker: object
    id: str
    watermark: str
    more: bool = False

    @classmethod
    def to(cls, speaker, *folders, **options):
        answer = speaker(subscribe_request(*folders, **options))
        assert answer.code == "NoError", answer.body.decode()
        return cls(
            speaker, answer.root.find(f".//{m('SubscriptionId')}").text, answer.root.find(f".//{m('Watermark')}").text
        )

    def ask(self, watermark=None):
        return self.speaker(events_request(self.id, watermark or self.watermark))

    def fetch(self):
        """The events of one call."""
        answer = self.ask()
        assert answer.code == "NoError", answer.body.decode()
        (notification,) = answer.root.iter(m("Notification"))
        assert notification.findtext(t("SubscriptionId")) == self.id
        assert notification.findtext(t("PreviousWatermark")) == self.watermark
        self.more = notification.findtext(t("MoreEvents")) == "true"
        events = told_events(notification)
        self.watermark = events[-1][1]["Watermark"]
        return events

    def news(self):
        """All events that wait, without the status events."""
        found = self.fetch()
        while self.more:
            found += self.fetch()
        return [event for event in found if event[0] != "StatusEvent"]

    def names(self):
        return [name for name, _ in self.news()]


@pytest.fixture
def acts(world, organizer):
    return Acts(world, organizer.address)


@pytest.fixture
def kit():
    """The builders above, for tests, which cannot import a conftest."""
    return SimpleNamespace(
        subscribe_request=subscribe_request,
        events_request=events_request,
        told_events=told_events,
        subscriber=Subscriber,
        all_events=ALL_EVENTS,
        sync_request=sync_request,
        copy=FolderCopy,
        acts=Acts,
        add_folder=add_folder,
        folders=FOLDERS,
        nobody=NOBODY,
    )
