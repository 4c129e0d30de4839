"""GetStreamingEvents: events as they happen, envelope by envelope, each held to its schema."""

import asyncio
import logging
from contextlib import aclosing, asynccontextmanager
from datetime import timedelta

import pytest
from lxml import etree

from reference_impl.ews.namespaces import ERRORS, TYPES, m, t
from reference_impl.ews.service import EwsEndpoint
from reference_impl.http import HttpRequest
from reference_impl.schemas import Direction, ews_schema
from reference_impl.service.directory import find_mailbox
from reference_impl.service.settings import Settings
from reference_impl.service.watching import watching


@pytest.fixture
def settings():
    """A minute of a stream takes a second."""
    return Settings(minute=1.0)


def subscribed(kit, speaker, *folders, **options):
    """The id of a new streaming subscription."""
    answer = speaker(kit.subscribe_request(*folders, mode="Streaming", **options))
    assert answer.code == "NoError", answer.body.decode()
    assert answer.root.find(f".//{m('Watermark')}") is None
    return answer.root.findtext(f".//{m('SubscriptionId')}")


def stream_request(*ids, minutes=1):
    named = "".join(f"<t:SubscriptionId>{one}</t:SubscriptionId>" for one in ids)
    return (
        f"<m:GetStreamingEvents><m:SubscriptionIds>{named}</m:SubscriptionIds>"
        f"<m:ConnectionTimeout>{minutes}</m:ConnectionTimeout></m:GetStreamingEvents>"
    )


class Envelope:
    """One envelope of a stream."""

    def __init__(self, chunk, version="Exchange2016"):
        root = etree.fromstring(chunk)
        assert b"<Envelope " in chunk, "where clients look for its beginning"
        assert chunk.endswith(b"</Envelope>"), "and for its end"
        schema = ews_schema(version, Direction.ANSWER)
        assert schema.validate(root), f"{schema.error_log}\n{chunk.decode()}"
        (self.message,) = root.iter(m("GetStreamingEventsResponseMessage"))
        self.code = self.message.findtext(m("ResponseCode"))
        self.status = self.message.findtext(m("ConnectionStatus"))
        self.bad = [one.text for one in self.message.iterfind(f"{m('ErrorSubscriptionIds')}/{m('SubscriptionId')}")]
        self.notifications = self.message.findall(f"{m('Notifications')}/{m('Notification')}")

    def told(self, kit):
        """What is told, by subscription."""
        return {
            notification.findtext(t("SubscriptionId")): [name for name, _ in kit.told_events(notification)]
            for notification in self.notifications
        }


@asynccontextmanager
async def stream(speaker, *ids, minutes=1):
    """The envelopes of an answer, to be awaited one by one; at the end None."""
    request = HttpRequest(
        method="POST",
        path="/EWS/Exchange.asmx",
        body=speaker.envelope(stream_request(*ids, minutes=minutes)),
        actor=find_mailbox(speaker.world, speaker.address),
    )
    speaker.world.clock.tick()
    answer = EwsEndpoint(speaker.world).answer(request)
    assert (answer.status, answer.body) == (200, b"")
    async with aclosing(answer.chunks) as chunks:

        async def following():
            async with asyncio.timeout(5):
                chunk = await anext(chunks, None)
            return None if chunk is None else Envelope(chunk, speaker.version)

        yield following


@pytest.mark.requirement("EWS-MTG-333")
def test_a_stream_opens_with_ok_tells_what_happens_and_ends_with_closed(organizer, kit, acts):
    async def talk():
        subscription = subscribed(kit, organizer, "inbox")
        acts.receive(0)
        began = asyncio.get_running_loop().time()
        async with stream(organizer, subscription) as following:
            first = await following()
            assert (first.code, first.status, first.notifications) == ("NoError", "OK", [])
            second = await following()
            assert second.told(kit) == {subscription: ["CreatedEvent", "NewMailEvent", "ModifiedEvent"]}
            assert second.status is None
            acts.read(0)
            assert (await following()).told(kit) == {subscription: ["ModifiedEvent", "ModifiedEvent"]}
            acts.write(0)  # elsewhere
            third = await following()
            assert (third.status, third.notifications) == ("OK", [])
            assert (await following()).status == "Closed"
            assert await following() is None
        assert asyncio.get_running_loop().time() - began >= 0.95

    asyncio.run(talk())


def test_events_of_a_stream_have_no_watermarks(organizer, kit, acts):
    async def talk():
        async with stream(organizer, subscribed(kit, organizer, "inbox")) as following:
            await following()
            acts.receive(0)
            (notification,) = (await following()).notifications
        parts = [part.tag.removeprefix(f"{{{TYPES}}}") for part in notification]
        assert parts == ["SubscriptionId", "CreatedEvent", "NewMailEvent", "ModifiedEvent"]
        created = notification.find(t("CreatedEvent"))
        assert [part.tag for part in created] == [t("TimeStamp"), t("ItemId"), t("ParentFolderId")]

    asyncio.run(talk())


def test_heartbeats_come_while_nothing_happens(tools, kit):
    world = tools.new_world(Settings(minute=1.0))
    owner = tools.speaker(world, "organizer0@example.com")

    async def talk():
        loop = asyncio.get_running_loop()
        began = loop.time()
        async with stream(owner, subscribed(kit, owner), minutes=2) as following:
            seen = []
            while (envelope := await following()) is not None:
                assert envelope.notifications == []
                seen.append((envelope.status, loop.time() - began))
        assert [status for status, _ in seen] == ["OK", "OK", "OK", "Closed"]
        assert all(moment > due - 0.05 for (_, moment), due in zip(seen, [0, 0.75, 1.5, 2], strict=True))

    asyncio.run(talk())
    world.store.close()


def test_one_stream_tells_of_several_subscriptions(organizer, kit, acts):
    async def talk():
        inbox = subscribed(kit, organizer, "inbox", events=("CreatedEvent",))
        drafts = subscribed(kit, organizer, "drafts", events=("CreatedEvent",))
        async with stream(organizer, inbox, drafts) as following:
            await following()
            acts.receive(0)
            acts.write(0)
            assert (await following()).told(kit) == {inbox: ["CreatedEvent"], drafts: ["CreatedEvent"]}
            acts.write(0)
            assert (await following()).told(kit) == {drafts: ["CreatedEvent"]}

    asyncio.run(talk())


def test_what_happens_between_two_streams_is_told_in_the_second(organizer, kit, acts):
    async def talk():
        subscription = subscribed(kit, organizer, "drafts", events=("CreatedEvent",))
        async with stream(organizer, subscription) as following:
            await following()
            acts.write(0)
            assert (await following()).told(kit) == {subscription: ["CreatedEvent"]}
            assert (await following()).status == "OK"
        acts.write(0)
        acts.write(0)
        async with stream(organizer, subscription) as following:
            await following()
            assert (await following()).told(kit) == {subscription: ["CreatedEvent", "CreatedEvent"]}

    asyncio.run(talk())


def test_what_was_not_taken_is_told_again(organizer, kit, acts):
    async def talk():
        subscription = subscribed(kit, organizer, "drafts", events=("CreatedEvent",))
        acts.write(0)
        async with stream(organizer, subscription) as following:
            await following()
            assert (await following()).told(kit) == {subscription: ["CreatedEvent"]}
        async with stream(organizer, subscription) as following:
            await following()
            assert (await following()).told(kit) == {subscription: ["CreatedEvent"]}
            acts.write(0)
            assert (await following()).told(kit) == {subscription: ["CreatedEvent"]}

    asyncio.run(talk())


def test_many_events_come_fifty_at_a_time(organizer, kit, acts):
    async def talk():
        subscription = subscribed(kit, organizer, "drafts", events=("CreatedEvent",))
        for _ in range(101):
            acts.write(0)
        async with stream(organizer, subscription) as following:
            await following()
            assert [len((await following()).told(kit)[subscription]) for _ in range(3)] == [50, 50, 1]

    asyncio.run(talk())


def test_a_bad_subscription_refuses_the_connection(organizer, attendee, kit):
    async def talk():
        good = subscribed(kit, organizer, "inbox")
        foreign = subscribed(kit, attendee, "inbox")
        pulled = kit.subscriber.to(organizer, "inbox").id
        async with stream(organizer, good, foreign, pulled, "AAA&amp;-") as following:
            refused = await following()
            assert (refused.code, refused.status) == ("ErrorInvalidSubscription", "Closed")
            assert refused.bad == [foreign, pulled, "AAA&-"]
            assert await following() is None
        async with stream(organizer, good) as following:
            assert (await following()).status == "OK"

    asyncio.run(talk())


def test_a_stream_that_takes_over_a_subscription_ends_the_one_before(organizer, kit, acts):
    async def talk():
        one, two = (subscribed(kit, organizer, "drafts", events=("CreatedEvent",)) for _ in range(2))
        async with stream(organizer, one, two) as first:
            await first()
            async with stream(organizer, two) as second:
                assert (await second()).status == "OK"
                ended = await first()
                assert (ended.code, ended.status) == ("ErrorNewEventStreamConnectionOpened", "Closed")
                assert await first() is None
                acts.write(0)
                assert (await second()).told(kit) == {two: ["CreatedEvent"]}
                async with stream(organizer, two) as third:
                    assert (await third()).status == "OK"
                    assert (await second()).code == "ErrorNewEventStreamConnectionOpened"

    asyncio.run(talk())


def test_a_subscription_that_is_ended_leaves_its_stream(organizer, kit, acts):
    async def talk():
        one, two = (subscribed(kit, organizer, "drafts", events=("CreatedEvent",)) for _ in range(2))
        async with stream(organizer, one, two) as following:
            await following()
            assert organizer(unsubscribe(one)).code == "NoError"
            acts.write(0)
            assert (await following()).told(kit) == {two: ["CreatedEvent"]}
            assert organizer(unsubscribe(two)).code == "NoError"
            assert (await following()).status == "Closed"

    asyncio.run(talk())


def unsubscribe(subscription):
    return f"<m:Unsubscribe><m:SubscriptionId>{subscription}</m:SubscriptionId></m:Unsubscribe>"


class TestOfTwo:
    @pytest.fixture
    def settings(self):
        return Settings(minute=5.0, streams=2, streamed_subscriptions=2)

    def test_a_mailbox_has_so_many_streams(self, organizer, attendee, kit):
        async def talk():
            ids = [subscribed(kit, organizer, "inbox") for _ in range(3)]
            async with stream(organizer, ids[0]) as one, stream(organizer, ids[1]) as two:
                await one()
                await two()
                async with stream(organizer, ids[2]) as three:
                    refused = await three()
                    assert (refused.code, refused.status) == ("ErrorExceededConnectionCount", "Closed")
                async with stream(attendee, subscribed(kit, attendee, "inbox")) as of_another:
                    assert (await of_another()).status == "OK"
                async with stream(organizer, ids[1]) as again:
                    assert (await again()).status == "OK"
            async with stream(organizer, ids[2]) as three:
                assert (await three()).status == "OK"

        asyncio.run(talk())

    def test_a_stream_has_so_many_subscriptions(self, organizer, kit):
        async def talk():
            ids = [subscribed(kit, organizer, "inbox") for _ in range(3)]
            async with stream(organizer, *ids) as following:
                refused = await following()
                assert (refused.code, refused.bad) == ("ErrorExceededSubscriptionCount", [])

        asyncio.run(talk())


def test_200_subscriptions_may_share_a_connection():
    assert Settings().streamed_subscriptions == 200


def test_a_streaming_subscription_lives_half_an_hour_without_a_connection(organizer, kit, world, acts):
    async def talk():
        subscription = subscribed(kit, organizer, "inbox", events=("NewMailEvent",))
        world.clock.set(world.clock.now() + timedelta(minutes=29))
        async with stream(organizer, subscription) as following:
            assert (await following()).status == "OK"
            world.clock.set(world.clock.now() + timedelta(hours=5))
            subscribed(kit, organizer, "inbox")  # when others are forgotten that lay idle
            acts.receive(0)
            assert (await following()).told(kit) == {subscription: ["NewMailEvent"]}
        world.clock.set(world.clock.now() - timedelta(hours=5) + timedelta(minutes=29))
        async with stream(organizer, subscription) as following:
            assert (await following()).status == "OK"
        world.clock.set(world.clock.now() + timedelta(minutes=31))
        async with stream(organizer, subscription) as following:
            assert (await following()).bad == [subscription]

    asyncio.run(talk())


def test_events_of_a_stream_cannot_be_fetched(organizer, kit):
    subscription = subscribed(kit, organizer, "inbox")
    watermark = kit.subscriber.to(organizer).watermark
    assert organizer(kit.events_request(subscription, watermark)).code == "ErrorInvalidPullSubscriptionId"


@pytest.mark.requirement("EWS-MTG-334")
@pytest.mark.parametrize("minutes", [0, 31])
def test_the_time_of_a_connection_has_bounds(organizer, kit, minutes):
    request = stream_request(subscribed(kit, organizer, "inbox"), minutes=minutes)
    assert organizer(request).fault == "ErrorSchemaValidation"


def test_streams_came_with_exchange_2010_sp1(organizer, kit):
    subscribe = kit.subscribe_request("inbox", mode="Streaming")
    for version in ("Exchange2007_SP1", "Exchange2010"):
        assert organizer.at(version)(subscribe).fault == "ErrorSchemaValidation"
        assert organizer.at(version)(stream_request("x")).fault == "ErrorSchemaValidation"

    async def talk():
        speaker = organizer.at("Exchange2010_SP1")
        async with stream(speaker, subscribed(kit, speaker, "inbox")) as following:
            assert (await following()).status == "OK"

    asyncio.run(talk())


def test_a_stream_has_neither_a_timeout_nor_a_watermark_of_its_own(organizer, kit):
    for rest in ("<t:Timeout>10</t:Timeout>", "<t:Watermark>AAAA</t:Watermark>"):
        request = kit.subscribe_request("inbox", mode="Streaming", rest=rest)
        assert organizer(request).fault == "ErrorSchemaValidation"


def test_nothing_is_left_of_a_stream_that_ended(organizer, kit, world, acts):
    async def talk():
        subscription = subscribed(kit, organizer, "inbox")
        async with stream(organizer, subscription) as following:
            await following()
            assert len(world.store.listeners) == 1
        assert world.store.listeners == []
        assert world.subscriptions._streams == set()
        async with stream(organizer, "x") as following:
            await following()
        async with stream(organizer, subscription):
            pass  # gone before the first envelope
        assert world.store.listeners == []
        assert world.subscriptions._streams == set()

    asyncio.run(talk())
    acts.receive(0)


def test_a_mistake_of_the_server_ends_a_stream_with_a_fault(organizer, kit, world, monkeypatch, caplog):
    async def talk():
        subscription = subscribed(kit, organizer, "inbox")
        monkeypatch.setattr("reference_impl.ews.operations.get_streaming_events.telling", None)
        request = HttpRequest("POST", "/", body=organizer.envelope(stream_request(subscription)), actor=owner)
        chunks = [chunk async for chunk in EwsEndpoint(world).answer(request).chunks]
        assert len(chunks) == 2
        fault = etree.fromstring(chunks[1])
        assert ews_schema("Exchange2016", Direction.FAULT).validate(fault)
        assert fault.findtext(f".//{{{ERRORS}}}ResponseCode") == "ErrorInternalServerError"

    owner = find_mailbox(world, organizer.address)
    with caplog.at_level(logging.CRITICAL, "meetproof.server"):
        asyncio.run(talk())
    assert world.subscriptions._streams == set()


def test_a_commit_in_another_thread_wakes_a_watch(organizer, acts, world):
    async def talk():
        with watching(world.store, acts.owner.id) as watch:
            await asyncio.to_thread(acts.write, 0)
            assert await watch.wait(5)
            watch.rest()
            assert not await watch.wait(0.01)
            await asyncio.to_thread(acts.receive, 0)
            assert await watch.wait(5)

    asyncio.run(talk())


def test_a_watch_sleeps_through_what_happens_elsewhere(world, kit, attendee):
    async def talk():
        with watching(world.store, find_mailbox(world, attendee.address).id) as watch:
            kit.acts(world, "organizer0@example.com").plan(0)
            assert not await watch.wait(0.05)

    asyncio.run(talk())


def test_streams_read_a_remote_database_in_worker_threads(organizer, kit, acts, world, monkeypatch):
    threads = []

    async def to_thread(act, *arguments):
        threads.append(act.__name__)
        return act(*arguments)

    async def talk():
        subscription = subscribed(kit, organizer, "inbox")
        monkeypatch.setattr(world.store, "is_remote", True)
        monkeypatch.setattr(asyncio, "to_thread", to_thread)
        async with stream(organizer, subscription) as following:
            await following()
            acts.receive(0)
            assert (await following()).notifications

    asyncio.run(talk())
    assert set(threads) == {"_told"}
