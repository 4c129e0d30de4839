"""Subscribe, GetEvents and Unsubscribe: events that are fetched."""

import base64
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from reference_impl.domain.changelog import Change
from reference_impl.domain.copying import replace
from reference_impl.domain.mailbox import FolderRole
from reference_impl.ews import ids
from reference_impl.ews.namespaces import MESSAGES, m, t
from reference_impl.service.directory import find_mailbox
from reference_impl.service.settings import Settings

SCRIPT = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 50)), max_size=15)
PATIENT = hypothesis_settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def folder_of(world, address, role):
    owner = find_mailbox(world, address)
    return world.store.directory.folder(owner.id, role)


def wire(folder):
    return ids.folder_id(folder.mailbox_id, folder.id)


@PATIENT
@given(scripts=st.lists(SCRIPT, min_size=1, max_size=4), size=st.integers(1, 7), choices=st.randoms())
def test_no_event_is_lost_or_doubled(tools, kit, scripts, size, choices):
    world = tools.new_world(Settings(events_per_notification=size))
    owner = tools.speaker(world, "organizer0@example.com")
    acts = kit.acts(world, owner.address)
    steady, forgetful = kit.subscriber.to(owner), kit.subscriber.to(owner)
    began = forgetful.watermark
    heard, marks = [], [began]
    for script in scripts:
        for act in script:
            acts.do(*act)
        heard += steady.news()
        forgetful.watermark = choices.choice(marks)
        told = forgetful.fetch()
        marks += [event["Watermark"] for _, event in told]
    forgetful.watermark = began
    again = forgetful.news()
    assert strip(again) == strip(heard)
    assert len({event["Watermark"] for _, event in again}) == len(again)
    for mark in marks:
        forgetful.watermark = mark
        assert strip(forgetful.news()) == strip(heard)[position(again, mark) :]
    world.store.close()


def strip(events):
    """The events without the numbers of unread items, which are those of the moment."""
    return [(name, {key: value for key, value in event.items() if key != "UnreadCount"}) for name, event in events]


def position(events, mark):
    """How many of the events a watermark leaves behind."""
    place = base64.b64decode(mark)[21:30]
    return sum(base64.b64decode(event["Watermark"])[21:30] <= place for _, event in events)


@PATIENT
@given(scripts=st.lists(SCRIPT, min_size=1, max_size=3))
def test_whoever_follows_the_events_knows_what_is_where(tools, kit, scripts):
    world = tools.new_world(Settings())
    owner = tools.speaker(world, "organizer0@example.com")
    acts = kit.acts(world, owner.address)
    places = {}
    subscriber = kit.subscriber.to(owner)
    for script in scripts:
        for act in script:
            acts.do(*act)
        for name, event in subscriber.news():
            if "ItemId" not in event:
                continue
            if name in {"CreatedEvent", "CopiedEvent", "MovedEvent"}:
                places[event["ItemId"]] = event["ParentFolderId"]
            if name == "MovedEvent":
                places.pop(event["OldItemId"], None)
            if name == "DeletedEvent":
                del places[event["ItemId"]]
            if name == "ModifiedEvent":
                assert places[event["ItemId"]] == event["ParentFolderId"]
        truth = {
            ids.item_id(item.mailbox_id, item.id): ids.folder_id(item.mailbox_id, item.folder_id)
            for item in acts.found()
        }
        assert places == truth
    world.store.close()


@pytest.mark.requirement("EWS-MTG-328")
def test_an_arriving_invitation_is_new_mail(organizer, attendee, kit):
    inbox, calendar = kit.subscriber.to(attendee, "inbox"), kit.subscriber.to(attendee, "calendar")
    organizer.create(attendees=(attendee.address,))
    request = attendee.find("inbox").one("ItemId")
    news = inbox.news()
    assert [name for name, _ in news] == ["CreatedEvent", "NewMailEvent", "ModifiedEvent"]
    assert {event["ItemId"] for _, event in news if "ItemId" in event} == {request.get("Id")}
    assert news[2][1]["UnreadCount"] == "1"
    assert calendar.names() == ["CreatedEvent", "FreeBusyChangedEvent", "ModifiedEvent"]


@pytest.mark.requirement("EWS-MTG-329")
def test_an_empty_queue_gives_one_status_event(organizer, kit, acts):
    subscriber = kit.subscriber.to(organizer, "inbox")
    events = subscriber.fetch()
    assert [name for name, _ in events] == ["StatusEvent"]
    assert not subscriber.more
    acts.write(0)
    assert subscriber.names() == []
    acts.receive(0)
    assert subscriber.names() == ["CreatedEvent", "NewMailEvent", "ModifiedEvent"]
    assert subscriber.names() == []


@pytest.mark.requirement("EWS-MTG-330")
def test_fifty_events_come_at_a_time(organizer, kit, acts):
    subscriber = kit.subscriber.to(organizer, "drafts", events=("CreatedEvent",))
    for _ in range(101):
        acts.write(0)
    sizes = []
    while True:
        sizes.append(len(subscriber.fetch()))
        if not subscriber.more:
            break
    assert sizes == [50, 50, 1]


def test_exactly_fifty_events_leave_no_more(organizer, kit, acts):
    subscriber = kit.subscriber.to(organizer, "drafts", events=("CreatedEvent",))
    for _ in range(50):
        acts.write(0)
    assert len(subscriber.fetch()) == 50
    assert not subscriber.more


def test_an_item_that_moves_tells_its_old_and_new_place(organizer, kit, acts, world):
    acts.write(0)
    old = organizer.only("drafts", "Message")
    subscribers = [kit.subscriber.to(organizer, *folders) for folders in ((), ("drafts",), ("inbox",), ("calendar",))]
    acts.move(0)
    new = organizer.find("inbox").one("ItemId").get("Id")
    everything, drafts, inbox, calendar = [subscriber.news() for subscriber in subscribers]
    assert calendar == []
    assert [name for name, _ in everything] == ["ModifiedEvent", "MovedEvent", "ModifiedEvent"]
    assert [name for name, _ in drafts] == ["ModifiedEvent", "MovedEvent"]
    assert [name for name, _ in inbox] == ["MovedEvent", "ModifiedEvent"]
    moved = everything[1][1]
    assert moved["ItemId"] == new
    assert moved["OldItemId"] in old
    assert moved["ParentFolderId"] == wire(folder_of(world, organizer.address, FolderRole.INBOX))
    assert moved["OldParentFolderId"] == wire(folder_of(world, organizer.address, FolderRole.DRAFTS))
    assert list(moved) == [
        "Watermark",
        "TimeStamp",
        "ItemId",
        "ParentFolderId",
        "OldItemId",
        "OldParentFolderId",
    ]


def test_a_copy_tells_what_it_was_made_from(organizer, kit, acts, world):
    acts.write(0)
    original = organizer.only("drafts", "Message")
    subscriber, elsewhere = kit.subscriber.to(organizer, "inbox"), kit.subscriber.to(organizer, "calendar")
    answer = organizer(
        '<m:CopyItem><m:ToFolderId><t:DistinguishedFolderId Id="inbox"/></m:ToFolderId>'
        f"<m:ItemIds>{original}</m:ItemIds></m:CopyItem>"
    )
    (name, copied), (modified, _) = subscriber.news()
    assert (name, modified) == ("CopiedEvent", "ModifiedEvent")
    assert copied["ItemId"] == answer.one("ItemId").get("Id")
    assert copied["OldItemId"] in original
    assert copied["OldParentFolderId"] == wire(folder_of(world, organizer.address, FolderRole.DRAFTS))
    assert elsewhere.news() == []


def test_a_deletion_is_timed_when_it_happened(organizer, kit, acts, world):
    acts.do(2, 0)
    subscriber = kit.subscriber.to(organizer, events=("DeletedEvent",))
    world.clock.set(world.clock.now() + timedelta(minutes=5))
    acts.do(5, 0)
    happened = world.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    ((name, event),) = subscriber.news()
    assert (name, event["TimeStamp"]) == ("DeletedEvent", happened)


def test_a_folder_tells_how_many_of_its_items_are_unread(organizer, kit, acts):
    acts.receive(0)
    acts.receive(0)
    subscriber = kit.subscriber.to(organizer, "inbox", events=("ModifiedEvent",))
    acts.read(0)
    (_, item), (_, folder) = subscriber.news()
    assert "UnreadCount" not in item
    assert "FolderId" in folder
    assert folder["UnreadCount"] == "1"


def test_folders_tell_what_becomes_of_them(organizer, kit, world):
    inbox = folder_of(world, organizer.address, FolderRole.INBOX)
    deleted = folder_of(world, organizer.address, FolderRole.DELETED)
    subscriber = kit.subscriber.to(organizer)
    made = kit.add_folder(world, organizer.address, "Made", inbox)
    with world.store.begin() as unit:
        made = unit.put_folder(replace(made, name="Named"))
    with world.store.begin() as unit:
        made = unit.put_folder(replace(made, parent_id=deleted.id), Change.FOLDER_MOVED)
    with world.store.begin() as unit:
        unit.remove_folder(made)
    subjects = [(name, event["FolderId"], event["ParentFolderId"]) for name, event in subscriber.news()]
    top = wire(folder_of(world, organizer.address, FolderRole.TOP))
    assert subjects == [
        ("CreatedEvent", wire(made), wire(inbox)),
        ("ModifiedEvent", wire(inbox), top),
        ("ModifiedEvent", wire(made), wire(inbox)),
        ("MovedEvent", wire(made), wire(deleted)),
        ("ModifiedEvent", wire(inbox), top),
        ("ModifiedEvent", wire(deleted), top),
        ("DeletedEvent", wire(made), wire(deleted)),
        ("ModifiedEvent", wire(deleted), top),
    ]


def test_a_moved_folder_tells_its_old_and_new_parent(organizer, kit, world):
    inbox = folder_of(world, organizer.address, FolderRole.INBOX)
    deleted = folder_of(world, organizer.address, FolderRole.DELETED)
    made = kit.add_folder(world, organizer.address, "Made", inbox)
    subscribers = [kit.subscriber.to(organizer, folder, events=("MovedEvent",)) for folder in ("inbox", "deleteditems")]
    with world.store.begin() as unit:
        unit.put_folder(replace(made, parent_id=deleted.id), Change.FOLDER_MOVED)
    first, second = [subscriber.news() for subscriber in subscribers]
    assert [event for _, event in first] == [event for _, event in second]
    ((_, moved),) = first
    assert moved["FolderId"] == moved["OldFolderId"] == wire(made)
    assert (moved["ParentFolderId"], moved["OldParentFolderId"]) == (wire(deleted), wire(inbox))


BUSY = "FreeBusyChangedEvent"


@pytest.mark.parametrize(
    ("uri", "value", "is_told"),
    [
        ("calendar:Start", "<t:Start>2026-06-25T10:30:00Z</t:Start>", True),
        ("calendar:End", "<t:End>2026-06-25T12:00:00Z</t:End>", True),
        ("calendar:LegacyFreeBusyStatus", "<t:LegacyFreeBusyStatus>OOF</t:LegacyFreeBusyStatus>", True),
        ("calendar:IsAllDayEvent", "<t:IsAllDayEvent>true</t:IsAllDayEvent>", True),
        ("item:Subject", "<t:Subject>Other</t:Subject>", False),
        ("calendar:Location", "<t:Location>There</t:Location>", False),
        ("item:Categories", "<t:Categories><t:String>Red</t:String></t:Categories>", False),
    ],
)
def test_free_busy_changes_with_times_and_status(organizer, kit, tools, uri, value, is_told):
    organizer.create(sending="SendToNone")
    subscriber = kit.subscriber.to(organizer, "calendar")
    organizer.update(organizer.only("calendar", "CalendarItem"), tools.set_field(uri, value), sending="SendToNone")
    assert subscriber.names() == ["ModifiedEvent", *([BUSY] if is_told else []), "ModifiedEvent"]


def test_free_busy_changes_with_occurrences(organizer, kit, acts):
    acts.plan_series(3)
    subscriber = kit.subscriber.to(organizer, "calendar", events=(BUSY,))
    acts.change_occurrence(1)
    assert subscriber.names() == []
    acts.delete_occurrence(0)
    assert subscriber.names() == [BUSY]
    acts.discard(0)
    assert subscriber.names() == [BUSY]


def test_a_response_changes_free_busy(organizer, attendee, kit, meeting):
    subscriber = kit.subscriber.to(attendee, "calendar", events=(BUSY,))
    attendee.answer("AcceptItem", attendee.only("inbox", "MeetingRequest"))
    assert subscriber.names() == [BUSY]


def test_only_the_events_asked_for_are_told(organizer, kit, acts):
    subscribers = {kind: kit.subscriber.to(organizer, events=(kind,)) for kind in kit.all_events}
    acts.receive(0)
    acts.plan(0)
    acts.do(8, 0)
    acts.move(0)
    acts.copy(1)
    acts.delete(0)
    for kind, subscriber in subscribers.items():
        names = set(subscriber.names())
        assert names == {kind}


def test_a_subscription_goes_on_where_another_was_left(organizer, kit, acts):
    first = kit.subscriber.to(organizer, "drafts", events=("CreatedEvent",))
    acts.write(0)
    assert first.names() == ["CreatedEvent"]
    acts.write(0)
    acts.write(0)
    second = kit.subscriber.to(organizer, "drafts", events=("CreatedEvent",), watermark=first.watermark)
    assert second.watermark == first.watermark
    assert second.names() == ["CreatedEvent", "CreatedEvent"]


def test_a_watermark_is_that_of_the_subscriptions_events(organizer, attendee, kit, acts, tools):
    early = kit.subscriber.to(organizer)
    before = early.watermark
    acts.write(0)
    late = kit.subscriber.to(organizer)
    foreign = kit.subscriber.to(attendee).watermark
    damaged = before[:-2] + ("A" if before[-2] != "A" else "B") + "="
    for text in (foreign, damaged, "AAAA", "!", before[:-4], "AAAAAAAAAAAAAAAAAQ=="):
        assert late.ask(text).code == "ErrorInvalidWatermark"
        refused = organizer(kit.subscribe_request("inbox", watermark=text))
        assert refused.code == "ErrorInvalidWatermark"
    assert late.ask(before).code == "ErrorInvalidWatermark"
    assert early.ask(before).code == "NoError"
    anew = tools.speaker(tools.new_world(Settings()), organizer.address)
    acts.write(0)
    refused = anew(kit.subscribe_request("inbox", watermark=late.watermark))
    assert refused.code == "ErrorInvalidWatermark"
    assert organizer(kit.events_request(late.id, "")).fault == "ErrorSchemaValidation"


@pytest.mark.requirement("EWS-MTG-331")
def test_a_subscription_that_was_ended_is_not_found(organizer, kit):
    subscriber = kit.subscriber.to(organizer, "inbox")
    end = f"<m:Unsubscribe><m:SubscriptionId>{subscriber.id}</m:SubscriptionId></m:Unsubscribe>"
    assert organizer(end).code == "NoError"
    assert subscriber.ask().code == "ErrorSubscriptionNotFound"
    assert organizer(end).code == "ErrorSubscriptionNotFound"


@pytest.mark.parametrize("subscription_id", [str(UUID(int=7)), "x", "JgBibjFwcjAzbWIyMDIu"])
def test_an_unknown_subscription_is_not_found(organizer, kit, subscription_id):
    watermark = kit.subscriber.to(organizer).watermark
    assert organizer(kit.events_request(subscription_id, watermark)).code == "ErrorSubscriptionNotFound"
    end = f"<m:Unsubscribe><m:SubscriptionId>{subscription_id}</m:SubscriptionId></m:Unsubscribe>"
    assert organizer(end).code == "ErrorSubscriptionNotFound"


def test_a_subscription_is_its_makers_own(organizer, attendee, kit):
    subscriber = kit.subscriber.to(organizer, "inbox")
    end = f"<m:Unsubscribe><m:SubscriptionId>{subscriber.id}</m:SubscriptionId></m:Unsubscribe>"
    request = kit.events_request(subscriber.id, subscriber.watermark)
    assert attendee(request).code == "ErrorSubscriptionAccessDenied"
    assert attendee(end).code == "ErrorSubscriptionAccessDenied"
    assert subscriber.ask().code == "NoError"


def test_a_subscription_that_lies_idle_expires(organizer, kit, world, acts):
    subscriber = kit.subscriber.to(organizer, rest="<t:Timeout>10</t:Timeout>")
    for _ in range(3):
        world.clock.set(world.clock.now() + timedelta(minutes=9))
        assert subscriber.ask().code == "NoError"
    world.clock.set(world.clock.now() + timedelta(minutes=11))
    assert subscriber.ask().code == "ErrorExpiredSubscription"
    assert subscriber.ask().code == "ErrorSubscriptionNotFound"
    acts.write(0)
    anew = kit.subscriber.to(organizer, watermark=subscriber.watermark, events=("CreatedEvent",))
    assert anew.names() == ["CreatedEvent"]


@pytest.mark.requirement("EWS-MTG-332")
@pytest.mark.parametrize(("minutes", "fault"), [(0, True), (1, False), (1440, False), (1441, True)])
def test_the_timeout_has_bounds(organizer, kit, minutes, fault):
    answer = organizer(kit.subscribe_request("inbox", rest=f"<t:Timeout>{minutes}</t:Timeout>"))
    assert (answer.status == 500) == fault
    assert (answer.fault if fault else answer.code) == ("ErrorSchemaValidation" if fault else "NoError")


class TestOfTwo:
    @pytest.fixture
    def settings(self):
        return Settings(subscriptions=2)

    def test_a_mailbox_has_so_many_subscriptions(self, organizer, attendee, kit, world):
        subscribers = [kit.subscriber.to(organizer, "inbox") for _ in range(2)]
        assert organizer(kit.subscribe_request("inbox")).code == "ErrorExceededSubscriptionCount"
        kit.subscriber.to(attendee, "inbox")
        world.clock.set(world.clock.now() + timedelta(minutes=8))
        assert subscribers[0].ask().code == "NoError"
        world.clock.set(world.clock.now() + timedelta(minutes=8))
        kit.subscriber.to(organizer, "inbox")
        assert organizer(kit.subscribe_request("inbox")).code == "ErrorExceededSubscriptionCount"
        assert subscribers[1].ask().code == "ErrorExpiredSubscription"
        assert subscribers[0].ask().code == "NoError"


def test_subscriptions_survive_another_setting_of_the_world(organizer, kit, world):
    subscriber = kit.subscriber.to(organizer, "inbox")
    subscriber.speaker = replace(organizer, world=replace(world, faults=frozenset({"sent-copy-missing"})))
    assert subscriber.ask().code == "NoError"


def test_a_subscription_names_folders_or_is_to_all(organizer, kit, world):
    both = kit.subscribe_request("inbox").replace(
        "<m:PullSubscriptionRequest>", '<m:PullSubscriptionRequest SubscribeToAllFolders="true">'
    )
    neither = kit.subscribe_request().replace('"true"', '"false"')
    assert [organizer(request).code for request in (both, neither)] == ["ErrorInvalidSubscriptionRequest"] * 2
    assert organizer(kit.subscribe_request("publicfoldersroot")).code == "ErrorFolderNotFound"
    assert organizer(kit.subscribe_request('<t:FolderId Id="AAAA"/>')).code == "ErrorInvalidIdMalformed"


def test_what_is_younger_than_the_version_is_refused(organizer, kit):
    free_busy = kit.subscribe_request("calendar", events=("FreeBusyChangedEvent",))
    for request, version, code in [
        (free_busy, "Exchange2007_SP1", "ErrorSchemaValidation"),
        (kit.subscribe_request(events=("CreatedEvent",)), "Exchange2007_SP1", "ErrorSchemaValidation"),
        (free_busy, "Exchange2010", "NoError"),
        (kit.subscribe_request(events=("CreatedEvent",)), "Exchange2010", "NoError"),
        (kit.subscribe_request("inbox", events=("CreatedEvent",)), "Exchange2007", "NoError"),
    ]:
        answer = organizer.at(version)(request)
        assert (answer.fault if answer.status == 500 else answer.code) == code


def test_an_unknown_kind_of_event_is_a_schema_fault(organizer, kit):
    for events in (("StatusEvent",), ("DreamtEvent",), ()):
        assert organizer(kit.subscribe_request("inbox", events=events)).fault == "ErrorSchemaValidation"


def test_reading_events_changes_nothing_in_the_store(organizer, kit, acts, world):
    subscriber = kit.subscriber.to(organizer)
    acts.write(0)
    before = world.store.snapshot()
    subscriber.news()
    assert world.store.snapshot() == before


def test_change_keys_in_events_are_those_of_the_items(organizer, kit, acts):
    subscriber = kit.subscriber.to(organizer, "inbox", events=("NewMailEvent",))
    acts.receive(0)
    (told,) = subscriber.ask().root.iter(t("NewMailEvent"))
    (found,) = organizer.find("inbox").all("ItemId")
    assert dict(told.find(t("ItemId")).attrib) == dict(found.attrib)
    assert told.getparent().tag == m("Notification")
    assert told.getparent().getparent().tag == f"{{{MESSAGES}}}GetEventsResponseMessage"
