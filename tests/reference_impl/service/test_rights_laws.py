"""Whatever the entries of a folder say, callers can do what a plain table says, and what is refused changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from reference_impl.directory.population import default_population
from reference_impl.domain.acts import (
    Audience,
    Delivery,
    Disposal,
    EventDraft,
    FolderDraft,
    FolderRef,
    MessageDraft,
    NewAttachment,
    Reply,
    Sending,
)
from reference_impl.domain.copying import replace
from reference_impl.domain.delegation import Delegate, Delegation
from reference_impl.domain.errors import DomainError
from reference_impl.domain.items import Attendee, Response, Sensitivity
from reference_impl.domain.mailbox import CALENDAR_CLASS, FolderRole, Person
from reference_impl.domain.permissions import FULL, LEVELS, Extent, FreeBusyAccess, Permission, Rights
from reference_impl.domain.queries import Query
from reference_impl.service import attachments, directory, events, folders, forwarding, items, responses
from reference_impl.service.rights import DELEGATION
from reference_impl.service.world import SeededIds, SteppedClock, World
from reference_impl.store.codec import encode
from reference_impl.store.store import open_store

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
NOBODY = Sending(Audience.NOBODY, save_copy=False)

rights = st.sampled_from(sorted(LEVELS.values(), key=str)) | st.builds(
    Rights,
    creates_items=st.booleans(),
    creates_folders=st.booleans(),
    is_owner=st.booleans(),
    is_visible=st.booleans(),
    edits=st.sampled_from(Extent),
    deletes=st.sampled_from(Extent),
    reads=st.sampled_from(FreeBusyAccess),
)


@dataclass(frozen=True)
class Case:
    """Who asks: with which rights in the first and the second calendar, delegate or not; about whose item, private?"""

    here: Rights
    there: Rights
    is_delegate: bool
    views_private: bool
    is_own: bool
    is_private: bool


cases = st.builds(
    Case,
    here=rights,
    there=rights,
    is_delegate=st.booleans(),
    views_private=st.booleans(),
    is_own=st.booleans(),
    is_private=st.booleans(),
)


class Scene:
    """Two calendars of one person, with an item in the first; another person has the rights of the case."""

    def __init__(self, case):
        self.clock = SteppedClock(datetime(2026, 1, 5, 8, tzinfo=UTC))
        self.world = World(store=open_store(), clock=self.clock, ids=SeededIds("rights"))
        self.world.store.populate(default_population()[:4], self.world.ids, self.clock.now())
        self.owner, self.guest = (
            directory.find_mailbox(self.world, f"{name}@example.com") for name in ("organizer0", "attendee0")
        )
        self.here, self.there = (self._calendar(name) for name in ("Here", "There"))
        self._enter(self.here, FULL)
        sensitivity = Sensitivity.PRIVATE if case.is_private else Sensitivity.NORMAL
        maker = self.guest if case.is_own else self.owner
        self.event = self.make(maker, sensitivity, "attendee1@example.com")
        self.received = self._received(sensitivity) if not case.is_own else None
        self._enter(self.here, case.here)
        self._enter(self.there, case.there)
        if case.is_delegate:
            delegation = Delegation((Delegate(self.guest.person.key, views_private=case.views_private),))
            with self.world.store.begin() as unit:
                unit.keep_setting(self.owner.id, DELEGATION, encode(delegation))

    def close(self):
        self.world.store.close()

    def _calendar(self, name):
        draft = FolderDraft(name=name, folder_class=CALENDAR_CLASS)
        made = folders.create_folder(self.world, self.owner, FolderRef(role=FolderRole.CALENDAR), draft)
        return FolderRef(id=made.id)

    def _enter(self, ref, rights):
        entries = (Permission(self.guest.person.key, rights),)
        folders.update_folder(self.world, self.owner, ref, lambda folder: replace(folder, permissions=entries))

    def _received(self, sensitivity):
        """A meeting that the owner was invited to, in the first calendar."""
        other = directory.find_mailbox(self.world, "attendee1@example.com")
        draft = EventDraft(
            start=NINE,
            end=NINE + timedelta(hours=1),
            sensitivity=sensitivity,
            attendees=(Attendee(Person(self.owner.address)),),
        )
        events.create_event(self.world, other, draft, Sending())
        (copy,) = items.find_items(self.world, self.owner, Query(folder=FolderRef(role=FolderRole.CALENDAR))).items
        return items.move_item(self.world, self.owner, copy.id, self.here)

    def make(self, by, sensitivity=Sensitivity.NORMAL, *people, sending=NOBODY):
        draft = EventDraft(
            start=NINE,
            end=NINE + timedelta(hours=1),
            sensitivity=sensitivity,
            attendees=tuple(Attendee(Person(address)) for address in people),
        )
        return events.create_event(self.world, self.owner, draft, sending, self.here, by)


def rename(item):
    return replace(item, subject="Other")


def rename_folder(folder):
    return replace(folder, name="Other")


ACTS = {
    "open": lambda s: items.get_item(s.world, s.owner, s.event.id, s.guest),
    "list": lambda s: items.find_items(s.world, s.owner, Query(folder=s.here), s.guest),
    "make": lambda s: s.make(s.guest),
    "invite": lambda s: s.make(s.guest, Sensitivity.NORMAL, "attendee1@example.com", sending=Sending()),
    "change": lambda s: events.update_event(s.world, s.owner, s.event.id, rename, NOBODY, by=s.guest),
    "tell": lambda s: events.update_event(s.world, s.owner, s.event.id, rename, Sending(), by=s.guest),
    "delete": lambda s: items.delete_item(s.world, s.owner, s.event.id, Disposal.HARD, NOBODY, s.guest),
    "throw away": lambda s: items.delete_item(s.world, s.owner, s.event.id, Disposal.TO_DELETED_ITEMS, NOBODY, s.guest),
    "cancel": lambda s: events.cancel_event(
        s.world, s.owner, s.event.id, None, Delivery(send=False, save_copy=False), s.guest
    ),
    "move": lambda s: items.move_item(s.world, s.owner, s.event.id, s.there, s.guest),
    "copy": lambda s: items.copy_item(s.world, s.owner, s.event.id, s.there, s.guest),
    "attach": lambda s: attachments.attach(
        s.world, s.owner, s.event.id, NewAttachment(name="a", content=b"a"), s.guest
    ),
    "forward": lambda s: forwarding.forward_meeting(
        s.world,
        s.owner,
        s.event.id,
        MessageDraft(to=(Person("attendee1@example.com"),)),
        Delivery(),
        by=s.guest,
    ),
    "open folder": lambda s: folders.get_folder(s.world, s.owner, s.here, s.guest),
    "rename folder": lambda s: folders.update_folder(s.world, s.owner, s.here, rename_folder, by=s.guest),
    "make folder": lambda s: folders.create_folder(s.world, s.owner, s.here, FolderDraft(name="Below"), s.guest),
    "move folder": lambda s: folders.move_folder(s.world, s.owner, s.here, s.there, s.guest),
    "delete folder": lambda s: folders.delete_folder(s.world, s.owner, s.here, Disposal.HARD, s.guest),
    "throw folder away": lambda s: folders.delete_folder(s.world, s.owner, s.here, Disposal.TO_DELETED_ITEMS, s.guest),
}
ANSWERS = {
    "accept": Reply(response=Response.ACCEPTED),
    "accept silently": Reply(response=Response.ACCEPTED, delivery=Delivery(send=False, save_copy=False)),
    "decline silently": Reply(response=Response.DECLINED, delivery=Delivery(send=False, save_copy=False)),
}

# The table: each act with what it takes, in the order in which it is asked for.
TABLE = {
    "open": ["item"],
    "list": ["folder", "reading"],
    "make": ["folder", "making"],
    "invite": ["folder", "making", "speaking"],
    "change": ["item", "editing"],
    "tell": ["item", "editing", "speaking"],
    "delete": ["item", "deleting"],
    "throw away": ["item", "deleting", "own mailbox"],
    "cancel": ["item", "editing", "deleting"],
    "move": ["item", "deleting", "other folder", "making there"],
    "copy": ["item", "other folder", "making there"],
    "attach": ["item", "editing"],
    "forward": ["item"],
    "open folder": ["folder"],
    "rename folder": ["folder", "owning"],
    "make folder": ["folder", "making folders"],
    "move folder": ["folder", "owning", "other folder", "making folders there"],
    "delete folder": ["folder", "owning"],
    "throw folder away": ["folder", "owning", "own mailbox"],
    "accept": ["item", "editing", "speaking"],
    "accept silently": ["item", "editing"],
    "decline silently": ["item", "editing", "deleting"],
}
REFUSALS = {
    "item": "ItemNotFound",
    "folder": "FolderNotFound",
    "other folder": "FolderNotFound",
    "reading": "AccessDenied",
    "editing": "AccessDenied",
    "deleting": "AccessDenied",
    "owning": "AccessDenied",
    "making": "CreatingItemsDenied",
    "making there": "CreatingItemsDenied",
    "making folders": "CreatingFoldersDenied",
    "making folders there": "CreatingFoldersDenied",
    "speaking": "SendingDenied",
    "own mailbox": "OthersDeletedItems",
}


def has(case, need):
    """What a case has of what an act takes, said a second time and as simply as it can be."""
    views = case.is_delegate and case.views_private
    reads = case.here.reads is FreeBusyAccess.FULL
    return {
        "item": case.here.is_visible and (case.is_own or (reads and (not case.is_private or views))),
        "folder": case.here.is_visible,
        "other folder": case.there.is_visible,
        "reading": reads,
        "editing": case.here.edits is Extent.ALL or (case.here.edits is Extent.OWNED and case.is_own),
        "deleting": case.here.deletes is Extent.ALL or (case.here.deletes is Extent.OWNED and case.is_own),
        "owning": case.here.is_owner,
        "making": case.here.creates_items,
        "making there": case.there.creates_items,
        "making folders": case.here.creates_folders,
        "making folders there": case.there.creates_folders,
        "speaking": case.is_delegate,
        "own mailbox": False,
    }[need]


def expected(case, act):
    return next((REFUSALS[need] for need in TABLE[act] if not has(case, need)), None)


def attempt(scene, act):
    """Try an act; the name of the refusal, if it is refused."""
    try:
        if act in ANSWERS:
            responses.respond(scene.world, scene.owner, scene.received.id, ANSWERS[act], scene.guest)
        else:
            ACTS[act](scene)
    except DomainError as error:
        return type(error).__name__
    return None


@settings(max_examples=60)
@given(case=cases, data=st.data())
def test_callers_can_do_what_the_table_says(case, data):
    """All that is refused is tried, as it leaves everything as it was; then something that is allowed."""
    acts = [act for act in TABLE if not (case.is_own and act in ANSWERS)]
    refused = {act: refusal for act in acts if (refusal := expected(case, act)) is not None}
    allowed = sorted(set(acts) - refused.keys())
    scene = Scene(case)
    try:
        before = scene.world.store.snapshot()
        assert {act: attempt(scene, act) for act in refused} == refused
        assert scene.world.store.snapshot() == before
        if allowed:
            act = data.draw(st.sampled_from(allowed))
            assert attempt(scene, act) is None, act
    finally:
        scene.close()


@settings(max_examples=50)
@given(case=cases)
def test_listings_hold_what_can_be_opened(case):
    scene = Scene(replace(case, here=replace(case.here, is_visible=True, reads=FreeBusyAccess.FULL)))
    try:
        found = items.find_items(scene.world, scene.owner, Query(folder=scene.here), scene.guest)
        everything = items.find_items(scene.world, scene.owner, Query(folder=scene.here))
        openable = set()
        for item in everything.items:
            try:
                openable.add(items.get_item(scene.world, scene.owner, item.id, scene.guest).id)
            except DomainError:
                continue
        assert {item.id for item in found.items} == openable
        assert found.total == len(openable)
    finally:
        scene.close()


@settings(max_examples=50)
@given(case=cases, act=st.sampled_from(sorted(ACTS)))
def test_owners_can_do_everything(case, act):
    """Entries are for others; where nobody is named who asks, the owner does."""
    scene = Scene(case)
    scene.guest = None if case.is_delegate else scene.owner
    try:
        ACTS[act](scene)
    finally:
        scene.close()
