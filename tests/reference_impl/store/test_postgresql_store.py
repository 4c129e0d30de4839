"""The same acts on PostgreSQL: a throw-away cluster is made for these tests and removed afterwards."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from reference_impl.app import Application
from reference_impl.directory.population import default_population
from reference_impl.domain.acts import ConflictResolution, Delivery, EventDraft, FolderRef, Reply, Sending
from reference_impl.domain.copying import replace
from reference_impl.domain.errors import StaleVersion
from reference_impl.domain.items import Attendee, Message, MessageKind, Response, TimeSlot
from reference_impl.domain.mailbox import FolderRole, Person
from reference_impl.domain.mailboxevents import MailboxEventKind
from reference_impl.domain.queries import Denied, Every, Order, Query, Related, Relation, Seek
from reference_impl.domain.recurrence import Frequency, Recurrence
from reference_impl.server import bind, listen
from reference_impl.service import directory, events, folders, items, notifications, responses
from reference_impl.service.availability import free_busy
from reference_impl.service.notifications import Wish
from reference_impl.service.reminders import ReminderScope, ReminderSpan, dismiss, reminders_in
from reference_impl.service.subscriptions import Mode
from reference_impl.service.synchronisation import sync_items
from reference_impl.service.world import SeededIds, SteppedClock, World
from reference_impl.store.connections import WRITER_LOCK
from reference_impl.store.listing import listing
from reference_impl.store.store import open_store

pytestmark = pytest.mark.postgresql

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


def program(name):
    folders = [*Path("/usr/lib/postgresql").glob("*/bin")]
    found = shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), *map(str, sorted(folders))]))
    if found is None:
        pytest.skip("absent tool: PostgreSQL")
    return found


def as_server_user(*command):
    """PostgreSQL refuses to run as root, so root lends it the user of the package."""
    if os.geteuid() != 0:
        return list(command)
    return ["runuser", "-u", "postgres", "--", *command]


@pytest.fixture(scope="module")
def cluster():
    initdb, pg_ctl = program("initdb"), program("pg_ctl")
    if os.geteuid() == 0:
        try:
            owner = pwd.getpwnam("postgres")
        except KeyError:
            pytest.skip("absent tool: PostgreSQL (root needs the user postgres to run it)")
    folder = Path(tempfile.mkdtemp(prefix="meetproof-postgresql-"))
    if os.geteuid() == 0:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = folder / "data"

    def run(*command, check=True):
        # The server keeps its starter's pipes open, so nothing is captured.
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run(as_server_user(*command), check=check, cwd=folder, timeout=120, **quiet)

    try:
        run(initdb, "-D", data, "-U", "meetproof", "-A", "trust", "-E", "UTF8")
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        run(pg_ctl, "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
        yield f"postgresql://meetproof@127.0.0.1:{port}/postgres"
    finally:
        run(pg_ctl, "-D", data, "-m", "immediate", "stop", check=False)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def url(cluster, request):
    """A database of its own for each test."""
    import psycopg

    name = f"test_{abs(hash(request.node.name))}"
    with psycopg.connect(cluster, autocommit=True) as connection:
        connection.execute(f"create database {name}")
    return cluster.rsplit("/", 1)[0] + f"/{name}"


def opened(url, seed="postgresql"):
    world = World(store=open_store(url), clock=SteppedClock(NOW), ids=SeededIds(seed))
    world.store.populate(default_population(), world.ids, NOW)
    return world


def play(world):
    """A meeting's whole life."""
    organizer = directory.find_mailbox(world, "organizer0@example.com")
    attendee = directory.find_mailbox(world, "attendee0@example.com")
    draft = EventDraft(
        start=NOW,
        end=NOW + HOUR,
        subject="Plan",
        attendees=(Attendee(Person("list0@example.com")),),
        transaction_id="once",
    )
    event = events.create_event(world, organizer, draft, Sending())
    assert events.create_event(world, organizer, draft, Sending()).id == event.id
    world.clock.tick()
    (request,) = items.find_items(world, attendee, Query(folder=FolderRef(role=FolderRole.INBOX))).items
    slot = TimeSlot(NOW + 2 * HOUR, NOW + 3 * HOUR)
    responses.respond(world, attendee, request.id, Reply(response=Response.TENTATIVE, proposal=slot))
    world.clock.tick()
    with pytest.raises(StaleVersion):
        events.update_event(
            world, organizer, event.id, lambda item: item, Sending(), 1, ConflictResolution.NEVER_OVERWRITE
        )
    events.update_event(
        world, organizer, event.id, lambda item: replace(item, start=slot.start, end=slot.end), Sending()
    )
    window = TimeSlot(NOW, NOW + 4 * HOUR)
    schedule = free_busy(world, organizer, [attendee.address], window, 60, days_limit=42, mailboxes_limit=100)[0]
    busy = items.find_items(
        world,
        attendee,
        Query(folder=FolderRef(role=FolderRole.CALENDAR), window=slot, order=((Order.SUBJECT, True),), limit=1),
    )
    world.clock.tick()
    cancelled = events.cancel_event(world, organizer, event.id, None, Delivery())
    inbox = folders.get_folder(world, attendee, FolderRef(role=FolderRole.INBOX))
    return (
        schedule.slots,
        busy,
        cancelled,
        folders.counts(world, inbox),
        events.find_transaction(world, organizer, "once"),
    )


def test_a_meetings_life_is_the_same_as_on_sqlite(url):
    here = opened(url)
    there = opened("sqlite://")
    assert play(here) == play(there)
    mine, theirs = here.store.snapshot(), there.store.snapshot()
    assert mine == theirs
    here.store.close()
    there.store.close()


def followed(world):
    """What a client is told of the attendee's Inbox and mailbox after a meeting's life, and anew."""
    attendee = directory.find_mailbox(world, "attendee0@example.com")
    inbox = folders.get_folder(world, attendee, FolderRef(role=FolderRole.INBOX))
    wish = Wish(mode=Mode.PULL, kinds=frozenset(MailboxEventKind), folders=None)
    subscription = notifications.subscribe(world, attendee, wish)
    told = [sync_items(world, attendee, inbox, None, 1)]
    play(world)
    told.append(sync_items(world, attendee, inbox, told[-1].state, 1))
    while not told[-1].is_last:
        told.append(sync_items(world, attendee, inbox, told[-1].state, 1))
    told.append(sync_items(world, attendee, inbox, None, 512))
    return told, notifications.telling(world, subscription, subscription.start)


def test_changes_are_told_the_same_as_on_sqlite(url):
    here, there = opened(url), opened("sqlite://")
    told, telling = followed(here)
    assert (told, telling) == followed(there)
    assert [len(part.changes) for part in told] == [0, 1, 1, 2]
    assert len(telling.events) > 5
    here.store.close()
    there.store.close()


def listed(world):
    """Slices of an Inbox that is larger than what is read at once, and of its mailbox, which has more."""
    organizer = directory.find_mailbox(world, "organizer0@example.com")
    inbox, drafts = (
        folders.get_folder(world, organizer, FolderRef(role=role)) for role in (FolderRole.INBOX, FolderRole.DRAFTS)
    )
    with world.store.begin() as unit:
        for number in range(800):
            made = NOW + timedelta(minutes=number * 7919 % 1000)
            unit.add(
                Message(
                    id=f"{number:032x}",
                    mailbox_id=inbox.mailbox_id,
                    folder_id=inbox.id if number < 600 else drafts.id,
                    version=0,
                    kind=MessageKind.NOTE,
                    subject=f"Message {number % 50}",
                    sender=Person("somebody@example.net"),
                    received=made,
                    created=NOW,
                    modified=made,
                    is_read=number % 3 == 0,
                )
            )
        known = ((Order.SUBJECT, True), (Order.RECEIVED, False))
        told = ((lambda item: item.subject[-1], True),)
        unread = Every(
            (Related(Order.UNREAD, Relation.EQUAL, 1), Denied(Related(Order.SUBJECT, Relation.BEGINS, "message 4")))
        )
        absent = Related(Order.START, Relation.LESS, NOW)
        queries = (
            Query(order=known, offset=400, limit=30),
            Query(order=known, limit=30, backwards=True, keep=lambda item: "1" in item.subject),
            Query(order=told, offset=Fraction(1, 2), limit=5),
            Query(order=known, offset=Seek(lambda item: item.subject == "Message 7"), limit=5),
            Query(where=unread, order=((Order.START, False), (Order.RECEIVED, True)), limit=9),
            Query(where=absent),
        )
        places = (inbox.id, None)
        return [listing(unit, inbox.mailbox_id, place, query) for place in places for query in queries]


def test_listings_are_the_same_as_on_sqlite(url):
    here, there = opened(url), opened("sqlite://")
    found = listed(here)
    assert found == listed(there)
    assert [page.total for page in found] == [600, 168, 600, 600, 312, 0, 800, 224, 800, 800, 415, 0]
    here.store.close()
    there.store.close()


def test_reminders_are_the_same_as_on_sqlite(url):
    def remind(world):
        organizer = directory.find_mailbox(world, "organizer0@example.com")
        daily = Recurrence(frequency=Frequency.DAILY, start=NOW.date(), count=5)
        for hour in range(4):
            draft = EventDraft(start=NOW + hour * HOUR, end=NOW + 2 * hour * HOUR, subject=f"{hour}")
            events.create_event(world, organizer, draft, Sending())
            events.create_event(world, organizer, replace(draft, recurrence=daily), Sending())
        world.clock.set(NOW + 26 * HOUR)
        span = (NOW + HOUR, NOW + 40 * HOUR)
        spans = [ReminderSpan(*span, scope, limit) for scope in ReminderScope for limit in (1, 3, 200)]
        found = [reminders_in(world, organizer, wanted) for wanted in (*spans, replace(spans[0], begin=None, end=None))]
        dismiss(world, organizer, found[2][-1].event.id)
        return [*found, reminders_in(world, organizer, spans[2])]

    here, there = opened(url), opened("sqlite://")
    assert remind(here) == remind(there)
    here.store.close()
    there.store.close()


def test_everything_is_there_after_a_restart(url):
    world = opened(url)
    play(world)
    before = world.store.snapshot()
    world.store.close()
    again = opened(url, seed="another day")
    assert again.store.snapshot() == before
    again.store.close()


def test_a_refused_act_changes_nothing(url):
    world = opened(url)
    organizer = directory.find_mailbox(world, "organizer0@example.com")
    draft = EventDraft(start=NOW, end=NOW + HOUR, attendees=(Attendee(Person("attendee0@example.com")),))
    event = events.create_event(world, organizer, draft, Sending())
    before = world.store.snapshot()

    def fail():
        with world.store.begin() as unit:
            unit.remove(event)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert world.store.snapshot() == before
    world.store.close()


def test_two_servers_on_one_database_take_turns(url):
    """Acts that touch the same mailboxes in opposite order neither deadlock nor lose a change."""
    first, second = opened(url), opened(url, seed="second")
    failures = []

    def work(world, organizer, attendee):
        try:
            for _ in range(15):
                draft = EventDraft(start=NOW, end=NOW + HOUR, attendees=(Attendee(Person(attendee)),))
                events.create_event(world, directory.find_mailbox(world, organizer), draft, Sending())
        except Exception as failure:  # noqa: BLE001  shown below
            failures.append(failure)

    names = ("organizer0@example.com", "attendee0@example.com")
    threads = [
        threading.Thread(target=work, args=(world, *(names if turn % 2 else names[::-1])))
        for turn, world in enumerate((first, second, first, second))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    for name in names:
        mailbox = directory.find_mailbox(first, name)
        assert items.find_items(first, mailbox, Query(folder=FolderRef(role=FolderRole.CALENDAR))).total == 60
        log = [
            row[1]
            for row in first.store.snapshot()["change_log"]
            if row[0] == first.store.directory.numbers.mailboxes[mailbox.id]
        ]
        assert log == list(range(1, len(log) + 1))
    first.store.close()
    second.store.close()


def test_a_server_answers_others_while_one_request_waits_for_the_database(url):
    import httpx
    import psycopg

    world = opened(url)
    transport = httpx.ASGITransport(app=Application(world))
    organizer = {"auth": ("organizer0@example.com", "meetproof")}
    form = {"grant_type": "password", "username": "organizer0@example.com", "password": "meetproof"}
    event = {"subject": "Late", "start": {"dateTime": "2026-02-02T10:00:00", "timeZone": "UTC"}}

    async def talk(turn: psycopg.Connection) -> None:
        async with httpx.AsyncClient(transport=transport, base_url="http://server.test") as client:
            token = (await client.post("/oauth2/v2.0/token", data=form)).json()["access_token"]
            headers = {"Authorization": f"Bearer {token}"}
            writing = asyncio.create_task(
                client.post("/v1.0/me/events", json=event | {"end": event["start"]}, headers=headers)
            )
            for _ in range(3):
                assert (await asyncio.wait_for(client.get("/v1.0/me/events", headers=headers), 5)).json()["value"] == []
                assert (await asyncio.wait_for(client.get("/EWS/Exchange.asmx", **organizer), 5)).status_code == 405
            assert not writing.done()
            turn.rollback()
            assert (await asyncio.wait_for(writing, 5)).status_code == 201

    with psycopg.connect(url) as turn:
        turn.execute("select pg_advisory_xact_lock(%s)", [WRITER_LOCK])
        asyncio.run(talk(turn))
    world.store.close()


def test_a_stream_hears_of_what_a_worker_thread_commits(url):
    """Requests are answered in worker threads here, and so is what a stream reads."""
    import httpx

    world = opened(url)
    app = Application(world)
    auth = ("organizer0@example.com", "meetproof")

    def envelope(operation):
        return (
            '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" '
            'xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" '
            'xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><s:Header><t:RequestServerVersion '
            f'Version="Exchange2016"/></s:Header><s:Body>{operation}</s:Body></s:Envelope>'
        )

    subscribe = (
        '<m:Subscribe><m:StreamingSubscriptionRequest SubscribeToAllFolders="true"><t:EventTypes><t:EventType>'
        "CreatedEvent</t:EventType></t:EventTypes></m:StreamingSubscriptionRequest></m:Subscribe>"
    )
    write = (
        '<m:CreateItem MessageDisposition="SaveOnly"><m:Items><t:Message><t:Subject>Draft</t:Subject></t:Message>'
        "</m:Items></m:CreateItem>"
    )

    async def talk() -> None:
        listening = await listen(app, bind("127.0.0.1", 0))
        async with httpx.AsyncClient(base_url=listening.origin, auth=auth, trust_env=False) as client:

            async def ask(operation: str) -> str:
                answer = await client.post(
                    "/EWS/Exchange.asmx", content=envelope(operation), headers={"Content-Type": "text/xml"}
                )
                return answer.text

            subscription = (await ask(subscribe)).partition("<m:SubscriptionId>")[2].partition("<")[0]
            stream = (
                f"<m:GetStreamingEvents><m:SubscriptionIds><t:SubscriptionId>{subscription}</t:SubscriptionId>"
                "</m:SubscriptionIds><m:ConnectionTimeout>1</m:ConnectionTimeout></m:GetStreamingEvents>"
            )
            options = {"content": envelope(stream), "headers": {"Content-Type": "text/xml"}}
            async with client.stream("POST", "/EWS/Exchange.asmx", **options) as answer:
                chunks = answer.aiter_text()
                assert "<m:ConnectionStatus>OK<" in await asyncio.wait_for(anext(chunks), 5)
                assert "NoError" in await ask(write)
                assert "<t:CreatedEvent>" in await asyncio.wait_for(anext(chunks), 5)
        listening.stop()
        await listening.task

    asyncio.run(talk())
    world.store.close()
