"""Attachments in the service: on occurrences, on what is sent, and for as long as anything uses them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_impl.domain.acts import Delivery, Disposal, FolderDraft, FolderRef, MessageDraft, NewAttachment
from reference_impl.domain.attached import size_of
from reference_impl.domain.errors import AttachmentNotFound, ItemNotFound
from reference_impl.domain.items import Attachment, MessageKind
from reference_impl.domain.mailbox import FolderRole, Person
from reference_impl.domain.queries import Query, Shelf
from reference_impl.domain.recurrence import Frequency, Recurrence
from reference_impl.domain.series import first_occurrence
from reference_impl.service import items, messages
from reference_impl.service.attachments import attach, detach, open_attachment
from reference_impl.service.folders import create_folder, delete_folder

AGENDA = NewAttachment(name="agenda.txt", content=b"First, second")


def contents(stage):
    """How often each content is used, by its digest."""
    with stage.world.store.begin(write=False) as unit:
        rows = unit.run.connection.execute("SELECT digest, uses FROM content").fetchall()
    return dict(rows)


def test_what_is_attached_to_an_occurrence_makes_it_an_exception(stage):
    daily = Recurrence(frequency=Frequency.DAILY, start=stage.clock.now().date(), count=3)
    master = stage.meet(recurrence=daily)
    occurrence = first_occurrence(stage.now(stage.organizer, master))
    made = attach(stage.world, stage.organizer, occurrence.id, AGENDA)
    assert made.item.id == occurrence.id
    assert made.item.is_exception
    opened = open_attachment(stage.world, stage.organizer, occurrence.id, (made.attachment.id,))
    assert opened.data == b"First, second"
    assert stage.now(stage.organizer, master).attachments == ()
    assert detach(stage.world, stage.organizer, occurrence.id, (made.attachment.id,)).attachments == ()
    assert contents(stage) == {}


def test_occurrences_have_the_attachments_of_their_series(stage):
    daily = Recurrence(frequency=Frequency.DAILY, start=stage.clock.now().date(), count=3)
    master = stage.meet(recurrence=daily, attachments=(AGENDA,))
    occurrence = first_occurrence(stage.now(stage.organizer, master))
    (attachment,) = occurrence.attachments
    opened = open_attachment(stage.world, stage.organizer, occurrence.id, (attachment.id,))
    assert (opened.data, opened.attachment) == (b"First, second", attachment)


def test_what_can_be_got_back_keeps_what_is_attached_to_it_as_long_as_its_folder_lasts(stage):
    calendar = stage.world.store.directory.roles[stage.organizer.id, FolderRole.CALENDAR]
    projects = create_folder(
        stage.world,
        stage.organizer,
        FolderRef(id=calendar.id),
        FolderDraft(name="Projects", folder_class=calendar.folder_class),
    )
    event = stage.meet(attachments=(AGENDA,))
    moved = items.move_item(stage.world, stage.organizer, event.id, FolderRef(id=projects.id))
    items.delete_item(stage.world, stage.organizer, moved.id, Disposal.SOFT)
    assert list(contents(stage).values()) == [1]
    where = Query(folder=FolderRef(id=projects.id), shelf=Shelf.RECOVERABLE)
    page = items.find_items(stage.world, stage.organizer, where)
    assert ([item.id for item in page.items], page.total) == ([moved.id], 1)
    with pytest.raises(ItemNotFound):
        items.get_item(stage.world, stage.organizer, moved.id)
    delete_folder(stage.world, stage.organizer, FolderRef(id=projects.id), Disposal.HARD)
    assert contents(stage) == {}
    assert stage.snapshot()["recoverable"] == ()


def test_a_content_lives_as_long_as_anything_uses_it(stage):
    event = stage.meet("attendee0", "attendee1", attachments=(AGENDA,))
    (uses,) = contents(stage).values()
    assert uses == 6  # the meeting, the copy in Sent Items, two requests and two copies
    items.delete_item(stage.world, stage.organizer, event.id, Disposal.HARD)
    assert list(contents(stage).values()) == [5]
    for mailbox in (stage.attendee, stage.other, stage.organizer):
        for item in (*stage.inbox(mailbox), *stage.calendar(mailbox), *stage.sent(mailbox)):
            items.delete_item(stage.world, mailbox, item.id, Disposal.HARD)
    assert contents(stage) == {}


def test_a_refused_draft_leaves_no_content(stage):
    before = stage.snapshot()
    draft = MessageDraft(to=(Person("no address"),), attachments=(AGENDA,))
    with pytest.raises(Exception, match="no address"):
        messages.create_message(stage.world, stage.organizer, draft, Delivery())
    assert contents(stage) == {}
    assert stage.snapshot() == before


def test_mail_brings_its_attachments(stage):
    draft = MessageDraft(
        subject="Read",
        to=(Person("attendee0@example.com"),),
        attachments=(AGENDA, NewAttachment(name="n", content=MessageDraft(subject="In", attachments=(AGENDA,)))),
    )
    messages.create_message(stage.world, stage.organizer, draft, Delivery())
    (received,) = stage.inbox(stage.attendee, MessageKind.NOTE)
    file, note = received.attachments
    assert open_attachment(stage.world, stage.attendee, received.id, (file.id,)).data == b"First, second"
    inner = open_attachment(stage.world, stage.attendee, received.id, (note.id,)).attached.item
    assert inner.subject == "In"
    path = (note.id, inner.attachments[0].id)
    assert open_attachment(stage.world, stage.attendee, received.id, path).data == b"First, second"


def test_a_way_that_leads_nowhere_is_not_found(stage):
    draft = MessageDraft(attachments=(AGENDA, NewAttachment(name="n", content=MessageDraft())))
    kept = messages.create_message(stage.world, stage.organizer, draft, Delivery(send=False))
    file, note = (attachment.id for attachment in kept.attachments)
    for path in (("00" * 8,), (file, note), (note, file), (note, "00" * 8)):
        for act in (open_attachment, detach):
            with pytest.raises(AttachmentNotFound):
                act(stage.world, stage.organizer, kept.id, path)


trees = st.recursive(
    st.binary(max_size=5),
    lambda inner: st.builds(
        lambda parts: MessageDraft(attachments=tuple(NewAttachment(name="x", content=part) for part in parts)),
        st.lists(inner, max_size=3),
    ),
    max_leaves=6,
)


def test_whatever_is_attached_can_be_opened_and_taken_away(stage):
    @given(trees)
    @settings(deadline=None, max_examples=30)
    def check(tree):
        draft = MessageDraft(attachments=(NewAttachment(name="x", content=tree),))
        kept = messages.create_message(stage.world, stage.organizer, draft, Delivery(send=False))
        (outer,) = kept.attachments
        assert size_of(kept) >= 1024 + outer.size
        check_inside(stage, kept, (outer,), (tree,))
        detach(stage.world, stage.organizer, kept.id, (outer.id,))
        assert contents(stage) == {}

    check()


def check_inside(stage, kept, path, given_path):
    opened = open_attachment(stage.world, stage.organizer, kept.id, tuple(one.id for one in path))
    assert opened.attachment == path[-1]
    expected = given_path[-1]
    if isinstance(expected, bytes):
        assert opened.data == expected
        return
    assert len(opened.attached.item.attachments) == len(expected.attachments)
    for inner, part in zip(opened.attached.item.attachments, expected.attachments, strict=True):
        assert isinstance(inner, Attachment)
        check_inside(stage, kept, (*path, inner), (*given_path, part.content))
