"""Listings cost what their slice costs: indexes, counters, and memory that does not grow with the folder."""

import tracemalloc
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_impl.directory.population import default_population
from reference_impl.domain.copying import replace
from reference_impl.domain.items import Body, CalendarItem, Message, MessageKind
from reference_impl.domain.mailbox import FolderRole, Person
from reference_impl.domain.queries import (
    Denied,
    Every,
    Grouping,
    Order,
    Query,
    Related,
    Relation,
    Seek,
    Some,
)
from reference_impl.domain.recurrence import Frequency, Recurrence
from reference_impl.service.world import SeededIds
from reference_impl.store import rows
from reference_impl.store.codec import decode_once
from reference_impl.store.grouping import grouped
from reference_impl.store.listing import listing
from reference_impl.store.ranking import KNOWN, ranking
from reference_impl.store.selection import Shape, columns_of, counting, outline
from reference_impl.store.selection import rows as selected
from reference_impl.store.store import open_store

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
PEOPLE = tuple(Person(f"somebody{number}@example.net", f"Somebody {number}") for number in range(7))

AFTER_NOW = Related(Order.START, Relation.GREATER, NOW)


@pytest.fixture
def store():
    store = open_store()
    store.populate(default_population(), SeededIds("listings"), NOW)
    yield store
    store.close()


def inbox(store):
    mailbox = store.directory.find("organizer0@example.com")
    return store.directory.roles[mailbox.id, FolderRole.INBOX]


def message(folder, number, **fields):
    made = NOW + timedelta(minutes=number * 7919 % 1000)
    return Message(
        id=f"{number:032x}",
        mailbox_id=folder.mailbox_id,
        folder_id=folder.id,
        version=0,
        kind=MessageKind.NOTE,
        subject=f"Message {number * 31 % 97}",
        body=Body("Words that take some room. " * 20),
        sender=PEOPLE[number % len(PEOPLE)],
        received=made,
        created=made,
        modified=made,
        **fields,
    )


def event(folder, number, **fields):
    return CalendarItem(
        id=f"{number:032x}",
        mailbox_id=folder.mailbox_id,
        folder_id=folder.id,
        version=0,
        uid=f"uid{number}",
        start=NOW + number * HOUR,
        end=NOW + (number + 1) * HOUR,
        organizer=PEOPLE[0],
        created=NOW,
        modified=NOW,
        **fields,
    )


def steps(store, shape, statement=selected):
    """How the database means to read a selection."""
    with store.begin(write=False) as unit:
        text = unit.run.statements.shaped((statement, shape), lambda: statement(shape)).text
        arguments = (0,) * text.count("?")
        return [row[3] for row in unit.run.connection.execute("explain query plan " + text, arguments)]


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("key", [Order.START, Order.RECEIVED])
def test_an_indexed_order_is_read_in_order(store, key, descending, backwards):
    (column, _), *_ = columns_of(((key, descending),))
    of_events = True if key is Order.START else None
    shape = Shape(calendar_items=of_events, order=columns_of(((key, descending),)), backwards=backwards)
    plan = steps(store, shape)
    assert any(f"item_by_{column}" in step for step in plan), plan
    sorted_rest = [step for step in plan if "TEMP B-TREE" in step]
    assert all("LAST TERM" in step or "RIGHT PART" in step for step in sorted_rest), plan
    assert not sorted_rest or descending, plan


@pytest.mark.parametrize("query", [Query(order=((Order.START, False),), limit=2), Query(where=AFTER_NOW)])
def test_a_folder_of_nothing_but_calendar_items_is_read_by_their_index(store, monkeypatch, query):
    shapes = []
    for name in ("rows", "counting"):
        build = getattr(rows, name)
        monkeypatch.setattr(rows, name, lambda shape, build=build: shapes.append(shape) or build(shape))
    calendar = store.directory.roles[inbox(store).mailbox_id, FolderRole.CALENDAR]
    with store.begin() as unit:
        unit.run.statements.clear()
        unit.add(event(calendar, 1))
        unit.add(event(calendar, 2))
        assert listing(unit, calendar.mailbox_id, calendar.id, query).total > 0
        assert {shape.calendar_items for shape in shapes} == {True}
        shapes.clear()
        unit.add(message(calendar, 3))
        assert listing(unit, calendar.mailbox_id, calendar.id, query).total > 0
        assert {shape.calendar_items for shape in shapes} == {None}


def test_the_order_of_arrival_is_read_in_order(store):
    for backwards in (False, True):
        plan = steps(store, Shape(backwards=backwards))
        assert not any("TEMP B-TREE" in step for step in plan), plan


@pytest.mark.parametrize(
    ("condition", "searched"),
    [
        (AFTER_NOW, "item_by_begins"),
        (Related(Order.RECEIVED, Relation.LESS_OR_EQUAL, NOW), "item_by_received"),
    ],
)
def test_conditions_on_indexed_columns_are_looked_up(store, condition, searched):
    of_events = True if condition.known is Order.START else None
    plan = steps(store, Shape(calendar_items=of_events, where=outline(condition)), counting)
    assert any(searched in step and "SEARCH" in step for step in plan), plan


CONDITIONS = (
    Related(Order.START, Relation.LESS, NOW + 3 * HOUR),
    Related(Order.START, Relation.LESS_OR_EQUAL, NOW + 3 * HOUR),
    Related(Order.END, Relation.GREATER_OR_EQUAL, NOW + 2 * HOUR),
    Related(Order.SUBJECT, Relation.BEGINS, "message 3"),
    Related(Order.SUBJECT, Relation.BEGINS, "\ud7ff"),
    Related(Order.UNREAD, Relation.EQUAL, 1),
    Denied(Related(Order.START, Relation.EQUAL, NOW)),
    Every((Related(Order.UNREAD, Relation.EQUAL, 0), Denied(Related(Order.END, Relation.LESS, NOW + 3 * HOUR)))),
    Some((Related(Order.CREATED, Relation.GREATER, NOW), Related(Order.SUBJECT, Relation.EQUAL, "straße".casefold()))),
)
RELATIONS = {
    Relation.EQUAL: lambda left, right: left == right,
    Relation.LESS: lambda left, right: left < right,
    Relation.LESS_OR_EQUAL: lambda left, right: left <= right,
    Relation.GREATER: lambda left, right: left > right,
    Relation.GREATER_OR_EQUAL: lambda left, right: left >= right,
    Relation.BEGINS: str.startswith,
}


def meant(condition, item):
    """What a condition says, told from the item."""
    match condition:
        case Related(known, relation, constant):
            value = KNOWN[known](item)
            return value is not None and RELATIONS[relation](value, constant)
        case Denied(part):
            return not meant(part, item)
        case Every(parts):
            return all(meant(part, item) for part in parts)
        case Some(parts):
            return any(meant(part, item) for part in parts)


@pytest.mark.parametrize("condition", CONDITIONS)
def test_the_database_and_the_items_agree_about_conditions(store, condition):
    folder = inbox(store)
    with store.begin() as unit:
        kept = [unit.add(message(folder, number, is_read=number % 2 == 0)) for number in range(8)]
        kept += [unit.add(event(folder, 100 + number)) for number in range(4)]
        kept.append(unit.add(replace(message(folder, 200), subject="Straße")))
        kept.append(unit.add(replace(message(folder, 201), subject="\ud7ffx")))
        kept.append(unit.add(replace(message(folder, 202), subject="\ue000")))
        recurrence = Recurrence(frequency=Frequency.DAILY, start=NOW.date())
        kept.append(unit.add(event(folder, 0x300, recurrence=recurrence)))
        page = listing(unit, folder.mailbox_id, folder.id, Query(where=condition))
    expected = tuple(item for item in kept if meant(condition, item))
    assert (page.items, page.total) == (expected, len(expected))


@pytest.mark.parametrize("key", Order)
def test_the_database_and_the_items_agree_about_orders(store, key):
    folder = inbox(store)
    with store.begin() as unit:
        for number in range(8):
            unit.add(message(folder, number, is_read=number % 3 == 0))
            unit.add(event(folder, 100 + number * 5 % 8, subject=f"Message {number * 17 % 5}"))
        for backwards in (False, True):
            for descending in (False, True):
                query = Query(order=((key, descending),), offset=3, limit=9, backwards=backwards)
                ranked = replace(query, order=((KNOWN[key], descending),))
                assert listing(unit, folder.mailbox_id, folder.id, query) == listing(
                    unit, folder.mailbox_id, folder.id, ranked
                )


ROLES = (FolderRole.INBOX, FolderRole.CALENDAR, FolderRole.DELETED)


def scattered(unit, count):
    """Items of every sort in several folders of a mailbox, in the order of arrival."""
    places = [unit.directory.roles[inbox(unit).mailbox_id, role] for role in ROLES]
    kept = []
    for number in range(count):
        folder = places[number % 3]
        if number % 4:
            kind = MessageKind.TASK if number % 8 == 3 else MessageKind.NOTE
            item = message(folder, number, is_read=number % 3 == 0, is_associated=number % 5 == 0)
            kept.append(unit.add(replace(item, kind=kind)))
        else:
            kept.append(unit.add(event(folder, number, subject=f"Message {number * 17 % 5}")))
    return kept


def odd(item):
    return int(item.id, 16) % 2 == 1


SORTS = {
    None: lambda item: True,
    True: lambda item: isinstance(item, CalendarItem),
    False: lambda item: isinstance(item, Message) and item.kind is not MessageKind.TASK,
}


@pytest.mark.parametrize("calendar_items", SORTS)
@pytest.mark.parametrize("key", [None, *Order])
def test_a_mailbox_is_read_in_one_order_across_its_folders(store, key, calendar_items):
    order = ranking(() if key is None else ((key, False),))
    with store.begin() as unit:
        mailbox = inbox(store).mailbox_id
        fitting = [item for item in scattered(unit, 60) if not item.is_associated and SORTS[calendar_items](item)]
        for descending in (False, True) if key is not None else (False,):
            expected = sorted(fitting, key=order, reverse=descending)
            query = Query(
                calendar_items=calendar_items, order=() if key is None else ((key, descending),), offset=3, limit=8
            )
            page = listing(unit, mailbox, None, query)
            assert (page.items, page.total) == (tuple(expected[3:11]), len(expected))
            page = listing(unit, mailbox, None, replace(query, backwards=True))
            assert (page.items, page.total) == (tuple(expected[-11:-3]), len(expected))
            page = listing(unit, mailbox, None, replace(query, keep=odd))
            assert page.items == tuple([item for item in expected if odd(item)][3:11])


def test_whole_folders_and_mailboxes_are_counted_by_their_counters(store, monkeypatch):
    folder = inbox(store)

    def fail(_shape):
        raise AssertionError("items are counted one by one")

    with store.begin() as unit:
        found = [item for item in scattered(unit, 60) if not item.is_associated]
        monkeypatch.setattr(rows, "counting", fail)
        for place in (folder.id, None):
            for calendar_items, fits in SORTS.items():
                query = Query(calendar_items=calendar_items, limit=5, order=((Order.RECEIVED, True),))
                total = sum(1 for item in found if fits(item) and place in {None, item.folder_id})
                assert total > 3
                assert listing(unit, folder.mailbox_id, place, query).total == total
                page = listing(unit, folder.mailbox_id, place, replace(query, offset=Fraction(1, 3)))
                assert page.offset == total // 3


def test_of_a_mailbox_no_more_is_read_than_a_page_and_an_item_of_each_folder(store, monkeypatch):
    read = []

    def reading(kind, payload):
        read.append(payload)
        return decode_once(kind, payload)

    with store.begin() as unit:
        found = scattered(unit, 300)
        monkeypatch.setattr(rows, "decode_once", reading)
        query = Query(limit=5, order=((Order.RECEIVED, True),))
        assert len(listing(unit, inbox(store).mailbox_id, None, query).items) == 5
    assert len(read) <= 5 + len({item.folder_id for item in found})


@given(st.lists(st.tuples(st.sampled_from(("read", "move", "remove", "show")), st.integers(0, 19)), max_size=12))
def test_counters_tell_what_a_folder_has(acts):
    store = open_store()
    store.populate(default_population(), SeededIds("counters"), NOW)
    with store.begin() as unit:
        held = scattered(unit, 20)
        folders = sorted({item.folder_id for item in held})
        for number, (act, choice) in enumerate(acts):
            before = held.pop(choice % len(held))
            if act == "remove":
                unit.remove(before)
            elif act == "move":
                place = folders[(folders.index(before.folder_id) + 1) % len(folders)]
                held.append(unit.relocate(before, place, f"{1000 + number:032x}"))
            elif act == "show":
                held.append(unit.put(before, replace(before, is_associated=not before.is_associated)))
            else:
                changes = {"is_read": not before.is_read} if isinstance(before, Message) else {"subject": "Read"}
                held.append(unit.put(before, replace(before, **changes)))
        for folder in unit.directory.folders_of[inbox(store).mailbox_id]:
            shown = [item for item in held if item.folder_id == folder.id and not item.is_associated]
            share = unit.share(folder)
            assert share.total == len(shown)
            assert share.unread == sum(1 for item in shown if isinstance(item, Message) and not item.is_read)
            assert (share.events, share.messages) == tuple(sum(map(SORTS[sort], shown)) for sort in (True, False))
            assert share.associated == sum(1 for item in held if item.folder_id == folder.id) - len(shown)
    store.close()


def test_statements_of_ever_new_shapes_are_not_all_kept(store):
    folder = inbox(store)
    with store.begin(write=False) as unit:
        for number in range(1100):
            unit.run.statements.shaped(number, lambda: counting(Shape()))
        assert len(unit.run.statements) <= 1000
        assert listing(unit, folder.mailbox_id, folder.id, Query()).total == 0


# Memory


def by_length(item):
    return len(item.body.content)


def late(item):
    return item.received > NOW + timedelta(minutes=600)


QUERIES = {
    "a page of what fits": Query(keep=lambda item: "3" in item.subject, limit=20),
    "a page in an order that is known": Query(order=((Order.RECEIVED, True),), limit=20, offset=40),
    "the same of what fits": Query(order=((Order.RECEIVED, True),), keep=late, limit=20),
    "a page in an order that is told": Query(order=((by_length, False),), limit=20, offset=40),
    "from a fraction on": Query(keep=late, offset=Fraction(1, 2), limit=20),
    "from a condition on": Query(order=((Order.SUBJECT, False),), offset=Seek(late), limit=20),
    "from a condition on, in an order that is told": Query(
        order=((by_length, True),), offset=Seek(late), limit=1, backwards=True
    ),
}
BY_SENDER = Grouping(
    value=lambda item: item.sender, aggregate=lambda item: item.received, of_greatest=True, descending=True
)


@pytest.fixture(scope="module")
def small_and_large():
    """Two stores with an Inbox of 1,000 and of 6,000 messages."""
    stores = []
    for count in (1_000, 6_000):
        store = open_store()
        store.populate(default_population(), SeededIds("large"), NOW)
        folder = inbox(store)
        with store.begin() as unit:
            for number in range(count):
                unit.add(message(folder, number))
        stores.append(store)
    yield stores
    for store in stores:
        store.close()


def peak(store, act):
    """The most memory, in bytes, that an act takes at once."""
    folder = inbox(store)
    with store.begin(write=False) as unit:
        act(unit, folder)
        tracemalloc.start()
        try:
            act(unit, folder)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()


ACTS = {
    name: lambda unit, folder, query=query: listing(unit, folder.mailbox_id, folder.id, query)
    for name, query in QUERIES.items()
} | {"in groups": lambda unit, folder: grouped(unit, folder.mailbox_id, folder.id, Query(limit=20), BY_SENDER)}


@pytest.mark.parametrize("name", ACTS)
def test_a_slice_takes_as_much_memory_however_large_the_folder(small_and_large, name):
    small, large = (peak(store, ACTS[name]) for store in small_and_large)
    assert large < 1.2 * small + 20_000, (small, large)
