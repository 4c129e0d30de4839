from datetime import UTC, datetime, timedelta

import pytest

from reference_impl.directory.population import default_population
from reference_impl.domain.acts import Delivery, Disposal, FolderRef, MessageDraft, Sending
from reference_impl.domain.copying import replace
from reference_impl.domain.errors import (
    AccessDenied,
    BadAddress,
    FolderNotFound,
    ItemNotFound,
    NoRecipients,
    SentRequestNotEditable,
)
from reference_impl.domain.items import Body, CalendarItem, MessageKind, Sensitivity, TimeSlot
from reference_impl.domain.mailbox import FolderRole, Mailbox, Person
from reference_impl.domain.permissions import Level
from reference_impl.domain.queries import Grouping, Order, Query
from reference_impl.service import events, folders, items, messages

NINE = datetime(2026, 1, 6, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def write(stage, actor=None, send=True, save_copy=True, **draft):
    stage.clock.tick()
    return messages.create_message(
        stage.world, actor or stage.organizer, MessageDraft(**draft), Delivery(send=send, save_copy=save_copy)
    )


def test_every_mailbox_has_its_folders_and_a_list_has_none(stage):
    found = folders.list_folders(stage.world, stage.attendee)
    assert {folder.role for folder in found} == set(FolderRole)
    assert len({folder.id for folder in found}) == len(found)
    by_id = {folder.id: folder for folder in found}
    for folder in found:
        assert folder.mailbox_id == stage.attendee.id
        assert folder.role is FolderRole.ROOT or by_id[folder.parent_id].role in {FolderRole.ROOT, FolderRole.TOP}
        assert folders.get_folder(stage.world, stage.attendee, FolderRef(id=folder.id)) == folder
        assert folders.get_folder(stage.world, stage.attendee, FolderRef(role=folder.role)) == folder
    assert folders.list_folders(stage.world, stage.who("list0")) == ()


@pytest.mark.parametrize("ref", [FolderRef(id="ab"), FolderRef()])
def test_an_unknown_folder_is_not_found(stage, ref):
    with pytest.raises(FolderNotFound):
        folders.get_folder(stage.world, stage.attendee, ref)
    with pytest.raises(FolderNotFound):
        items.find_items(stage.world, stage.attendee, Query(folder=ref))


def test_anothers_folder_is_not_found(stage):
    inbox = folders.get_folder(stage.world, stage.other, FolderRef(role=FolderRole.INBOX))
    with pytest.raises(FolderNotFound):
        folders.get_folder(stage.world, stage.attendee, FolderRef(id=inbox.id))


def test_a_folder_counts_its_items_unread_messages_and_folders(stage):
    stage.meet("attendee0")
    stage.meet("attendee0")
    inbox = folders.get_folder(stage.world, stage.attendee, FolderRef(role=FolderRole.INBOX))
    assert folders.counts(stage.world, inbox) == (2, 2, 0)
    items.set_read(stage.world, stage.attendee, stage.request(stage.attendee).id, True)
    assert folders.counts(stage.world, inbox) == (2, 1, 0)
    calendar = folders.get_folder(stage.world, stage.attendee, FolderRef(role=FolderRole.CALENDAR))
    assert folders.counts(stage.world, calendar) == (2, 0, 0)
    top = folders.get_folder(stage.world, stage.attendee, FolderRef(role=FolderRole.TOP))
    assert folders.counts(stage.world, top).children == len(FolderRole) - 2


def test_reading_marks_move_the_version_and_keep_the_id(stage):
    stage.meet("attendee0")
    request = stage.request(stage.attendee)
    read = items.set_read(stage.world, stage.attendee, request.id, True)
    assert read.is_read
    assert read.id == request.id
    assert read.version > request.version
    assert stage.now(stage.attendee, request) == read


def test_a_message_keeps_its_identity_whatever_the_edit(stage):
    saved = write(stage, send=False, subject="Draft", to=(stage.attendee.person,))
    edited = items.update_message(
        stage.world,
        stage.organizer,
        saved.id,
        lambda message: replace(message, subject="Better", id="x", mailbox_id="y", kind=MessageKind.REQUEST),
    )
    assert (edited.id, edited.subject, edited.kind) == (saved.id, "Better", MessageKind.NOTE)


def test_a_sent_request_takes_only_its_readers_marks(stage):
    stage.meet("attendee0")
    request = stage.request(stage.attendee)
    marked = items.update_message(
        stage.world, stage.attendee, request.id, lambda message: replace(message, categories=("Red",), is_read=True)
    )
    assert marked.categories == ("Red",)
    before = stage.snapshot()
    for change in ({"subject": "x"}, {"body": Body("x")}, {"to": ()}):
        with pytest.raises(SentRequestNotEditable):
            items.update_message(
                stage.world, stage.attendee, request.id, lambda message, change=change: replace(message, **change)
            )
    assert stage.snapshot() == before


def test_a_calendar_item_is_no_message(stage):
    event = stage.meet()
    with pytest.raises(ItemNotFound):
        items.set_read(stage.world, stage.organizer, event.id, True)


def test_a_moved_item_has_a_new_id_and_its_old_one_is_gone(stage):
    stage.meet("attendee0")
    request = stage.request(stage.attendee)
    moved = items.move_item(stage.world, stage.attendee, request.id, FolderRef(role=FolderRole.JUNK))
    assert moved.id != request.id
    assert stage.listed(stage.attendee, FolderRole.JUNK) == (moved,)
    assert stage.inbox(stage.attendee) == []
    with pytest.raises(ItemNotFound):
        items.get_item(stage.world, stage.attendee, request.id)
    before = stage.snapshot()
    with pytest.raises(FolderNotFound):
        items.move_item(stage.world, stage.attendee, moved.id, FolderRef(id="00"))
    assert stage.snapshot() == before


@pytest.mark.parametrize(("disposal", "left"), [(Disposal.TO_DELETED_ITEMS, 1), (Disposal.SOFT, 0), (Disposal.HARD, 0)])
def test_a_message_is_deleted_as_asked(stage, disposal, left):
    stage.meet("attendee0")
    request = stage.request(stage.attendee)
    deleted = items.delete_item(stage.world, stage.attendee, request.id, disposal, None)
    assert stage.inbox(stage.attendee) == []
    assert len(stage.deleted(stage.attendee)) == left
    if left:
        assert stage.deleted(stage.attendee) == (deleted,)
        assert deleted.id != request.id
    with pytest.raises(ItemNotFound):
        items.delete_item(stage.world, stage.attendee, request.id, disposal, None)


def test_a_listing_is_ordered_sliced_and_counted(stage):
    for subject, hours in (("beta", 3), ("Alpha", 1), ("gamma", 2), ("Alpha", 0)):
        stage.meet(subject=subject, start=NINE + hours * HOUR)
    calendar = FolderRef(role=FolderRole.CALENDAR)

    def subjects(**query):
        page = items.find_items(stage.world, stage.organizer, Query(folder=calendar, **query))
        return [item.subject for item in page.items], page.total, page.is_last

    everything = (["beta", "Alpha", "gamma", "Alpha"], 4, True)
    assert subjects() == everything
    assert subjects(order=((Order.START, False),)) == (["Alpha", "Alpha", "gamma", "beta"], 4, True)
    assert subjects(order=((Order.SUBJECT, True), (Order.START, False)))[0] == ["gamma", "beta", "Alpha", "Alpha"]
    assert subjects(order=((Order.CREATED, True),), limit=2) == (["Alpha", "gamma"], 4, False)
    assert subjects(order=((Order.CREATED, True),), limit=2, offset=2) == (["Alpha", "beta"], 4, True)
    assert subjects(offset=9) == ([], 4, True)
    assert subjects(keep=lambda item: item.subject == "Alpha", limit=1) == (["Alpha"], 2, False)
    assert subjects(keep=lambda item: item.subject == "Alpha", limit=1, offset=1) == (["Alpha"], 2, True)
    assert subjects(calendar_items=False) == ([], 0, True)
    assert subjects(limit=0) == ([], 4, False)


def test_a_whole_mailbox_can_be_listed(stage):
    stage.meet("attendee0")
    page = items.find_items(stage.world, stage.attendee, Query())
    assert [isinstance(item, CalendarItem) for item in page.items] == [False, True]
    assert items.find_items(stage.world, stage.attendee, Query(calendar_items=True)).total == 1
    assert items.find_items(stage.world, stage.attendee, Query(calendar_items=False)).total == 1


def test_a_window_keeps_what_overlaps_it_however_long(stage):
    day = timedelta(days=1)
    spans = {
        "ends at the start": (NINE - HOUR, NINE),
        "starts at the end": (NINE + HOUR, NINE + 2 * HOUR),
        "touches the start": (NINE - HOUR, NINE + timedelta(microseconds=1)),
        "inside": (NINE + HOUR / 4, NINE + HOUR / 2),
        "a day": (NINE - day, NINE + timedelta(minutes=1)),
        "more than a day": (NINE - 3 * day, NINE + HOUR / 2),
        "years": (NINE - 1000 * day, NINE + 500 * day),
        "over before": (NINE - 1000 * day, NINE - day),
    }
    for subject, (start, end) in spans.items():
        stage.meet(subject=subject, start=start, end=end)
    query = Query(
        folder=FolderRef(role=FolderRole.CALENDAR), window=TimeSlot(NINE, NINE + HOUR), order=((Order.START, False),)
    )
    found = items.find_items(stage.world, stage.organizer, query)
    assert [item.subject for item in found.items] == [
        "years",
        "more than a day",
        "a day",
        "touches the start",
        "inside",
    ]


def test_neighbours_overlap_or_touch(stage):
    stage.meet(subject="before", start=NINE - HOUR)
    stage.meet(subject="after", start=NINE + HOUR)
    stage.meet(subject="across", start=NINE - HOUR / 2)
    stage.meet(subject="within", start=NINE + HOUR / 4, end=NINE + HOUR / 2)
    stage.meet(subject="apart", start=NINE + 3 * HOUR)
    gone = stage.meet("attendee0", subject="gone")
    cancelled = events.cancel_event(stage.world, stage.organizer, gone.id, None, Delivery()).event
    items.move_item(stage.world, stage.organizer, cancelled.id, FolderRef(role=FolderRole.CALENDAR))
    event = stage.meet("attendee0")
    found = events.neighbours(stage.world, stage.organizer, event)
    assert [item.subject for item in found.conflicting] == ["across", "within"]
    assert [item.subject for item in found.adjacent] == ["before", "after"]
    assert events.neighbours(stage.world, stage.attendee, stage.request(stage.attendee)).conflicting == ()
    stage.meet("attendee0", subject="clash")
    request = next(item for item in stage.inbox(stage.attendee) if item.subject == "Plan" and item.kind == "request")
    assert [item.subject for item in events.neighbours(stage.world, stage.attendee, request).conflicting] == ["clash"]


def test_a_note_is_delivered_and_kept(stage):
    saved = write(
        stage,
        subject="Hello",
        body=Body("there"),
        to=(Person("ATTENDEE0@example.com"),),
        cc=(stage.other.person,),
        bcc=(stage.who("attendee2").person,),
    )
    assert stage.sent(stage.organizer) == (saved,)
    assert saved.to == (stage.attendee.person,)
    for name in ("attendee0", "attendee1", "attendee2"):
        (received,) = stage.inbox(stage.who(name))
        assert (received.subject, received.body, received.bcc) == ("Hello", Body("there"), ())
        assert received.kind is MessageKind.NOTE
        assert received.received == stage.clock.now()
        assert events.event_of_message(stage.world, stage.who(name), received) is None
        assert events.neighbours(stage.world, stage.who(name), received) == ((), ())
    assert len(saved.bcc) == 1


def test_one_may_write_to_oneself_and_to_lists(stage):
    write(stage, actor=stage.attendee, subject="Note", to=(stage.attendee.person, stage.who("list0").person))
    for number in range(5):
        assert len(stage.inbox(stage.who(f"attendee{number}"))) == 1


def test_an_unsent_note_is_a_draft_and_a_note_to_nobody_cannot_be_sent(stage):
    draft = write(stage, send=False, subject="Later")
    assert stage.drafts(stage.organizer) == (draft,)
    assert draft.is_draft
    before = stage.snapshot()
    with pytest.raises(NoRecipients):
        write(stage, subject="Never")
    with pytest.raises(BadAddress):
        write(stage, subject="Never", to=(Person("nobody at all"),))
    assert stage.snapshot() == before
    assert write(stage, save_copy=False, to=(stage.attendee.person,)) is None


def test_an_item_is_not_found_in_another_mailbox(stage):
    event = stage.meet("attendee0")
    for actor in (stage.attendee, stage.other):
        with pytest.raises(ItemNotFound):
            items.get_item(stage.world, actor, event.id)
        with pytest.raises(ItemNotFound):
            items.delete_item(stage.world, actor, event.id, Disposal.HARD, Sending())
        with pytest.raises(ItemNotFound):
            items.move_item(stage.world, actor, event.id, FolderRef(role=FolderRole.JUNK))
    assert stage.now(stage.organizer, event) == event


@pytest.mark.parametrize(
    ("level", "seen"),
    [
        (Level.NONE, FolderNotFound),
        (Level.TIME_ONLY, FolderNotFound),
        (Level.CONTRIBUTOR, AccessDenied),
        (Level.REVIEWER, ["open"]),
        (Level.EDITOR, ["open"]),
    ],
)
def test_others_find_what_they_may_read(make_stage, level, seen):
    host = Mailbox(id="host", person=Person("host@example.com"), access=(("organizer0@example.com", level),))
    stage = make_stage(population=(*default_population(), host))
    owner, reader = stage.who("host"), stage.organizer
    stage.meet(actor=owner, subject="open")
    stage.meet(actor=owner, subject="private", sensitivity=Sensitivity.PRIVATE)
    query = Query(folder=FolderRef(role=FolderRole.CALENDAR))
    assert [item.subject for item in items.find_items(stage.world, owner, query, owner).items] == ["open", "private"]
    by_subject = Grouping(
        value=lambda item: item.subject, aggregate=lambda item: item.subject, of_greatest=True, descending=False
    )
    if isinstance(seen, type):
        with pytest.raises(seen):
            items.find_items(stage.world, owner, query, reader)
        with pytest.raises(seen):
            items.find_groups(stage.world, owner, query, by_subject, reader)
        return
    found = items.find_items(stage.world, owner, query, reader)
    assert ([item.subject for item in found.items], found.total) == (seen, len(seen))
    window = replace(query, window=TimeSlot(NINE, NINE + HOUR))
    assert [item.subject for item in items.find_items(stage.world, owner, window, reader).items] == seen
    assert [group.value for group in items.find_groups(stage.world, owner, query, by_subject, reader).groups] == seen
    with pytest.raises(AccessDenied):
        items.find_items(stage.world, owner, Query(), reader)
