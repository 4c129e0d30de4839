"""Subscribe to pushes: which listeners are reached, and the letters they get."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from reference_impl.ews.namespaces import MESSAGES, SOAP, m, t
from reference_impl.ews.pushing import SendNotification
from reference_impl.ews.versions import NAMES, version
from reference_impl.schemas import Direction, ews_schema
from reference_impl.service.callbacks import Callbacks
from reference_impl.service.pushing import Verdict
from reference_impl.service.settings import Settings

HERE = "http://127.0.0.1:9/listener"


def push_request(kit, *folders, url=HERE, minutes=30, rest="", **options):
    asked = f"<t:StatusFrequency>{minutes}</t:StatusFrequency><t:URL>{url}</t:URL>{rest}"
    return kit.subscribe_request(*folders, mode="Push", rest=asked, **options)


def pushed(world):
    """The one subscription whose events are pushed."""
    (subscription,) = [one for one in world.subscriptions._known.values() if one.push is not None]
    return subscription


@pytest.fixture
def settings():
    return Settings(notified=("Listener.Example.org", "192.0.2.0/24", "2001:db8::7"))


@pytest.mark.parametrize(
    "url",
    [
        HERE,
        "https://127.9.8.7/x?y=1",
        "http://[::1]:8080/",
        "http://localhost:8080/",
        "http://test.localhost/",
        "HTTP://LOCALHOST./",
        "https://listener.example.org/hear",
        "https://listener.example.org.:443/",
        "http://192.0.2.77/",
        "http://[2001:db8::7]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:192.0.2.1]/",
    ],
)
def test_listeners_on_this_machine_and_named_ones_may_be_told(organizer, kit, world, url):
    answer = organizer(push_request(kit, "inbox", url=url))
    assert answer.code == "NoError"
    assert answer.root.findtext(f".//{m('SubscriptionId')}") == pushed(world).id
    assert answer.root.findtext(f".//{m('Watermark')}")
    assert pushed(world).push.url == url


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "0 characters"),
        (" ", "0 characters"),
        ("http://127.0.0.1/" + "x" * 2066, "2083 characters"),
        ("ftp://127.0.0.1/", "http or https"),
        ("file:///etc/passwd", "http or https"),
        ("127.0.0.1:80", "http or https"),
        ("http://", "http or https"),
        ("http:///x", "http or https"),
        ("http://127.0.0.1:99999/", "ort"),
        ("http://127.0.0.1:x/", "ort"),
        ("http://[::1/", "IPv6"),
        ("http://192.168.0.1/", "192.168.0.1 is neither"),
        ("http://169.254.169.254/latest/", "169.254.169.254 is neither"),
        ("http://0.0.0.0/", "0.0.0.0 is neither"),
        ("http://[::]/", ":: is neither"),
        ("http://[::ffff:192.168.0.1]/", "::ffff:192.168.0.1 is neither"),
        ("http://[2001:db8::8]/", "2001:db8::8 is neither"),
        ("http://example.org/", "example.org is neither"),
        ("http://listener.example.org.evil.net/", "evil.net is neither"),
        ("http://localhost.evil.net/", "localhost.evil.net is neither"),
        ("http://127.0.0.1.evil.net/", "127.0.0.1.evil.net is neither"),
        ("http://127.0.0.1@evil.net/", "evil.net is neither"),
        ("http://2130706433/", "2130706433 is neither"),
        ("http://0x7f.1/", "0x7f.1 is neither"),
        ("http://127.1/", "127.1 is neither"),
    ],
)
def test_no_other_listener_is_told(organizer, kit, world, url, words):
    answer = organizer(push_request(kit, "inbox", url=url))
    assert answer.code == "ErrorInvalidPushSubscriptionUrl"
    assert words in answer.root.findtext(f".//{{{MESSAGES}}}MessageText")
    assert world.subscriptions._known == {}


@given(st.ip_addresses())
def test_of_all_addresses_only_loopback_is_reached_by_default(address):
    assert Callbacks().reaches(address) == address.is_loopback


@pytest.mark.parametrize("host", ["", "a b", "http://x", "192.0.2.0/99", "x/y", "ünïcode"])
def test_a_host_that_is_none_cannot_be_named(host):
    with pytest.raises(ValueError, match="no host name, address or network"):
        Callbacks([host])


@pytest.mark.parametrize(("minutes", "fault"), [(0, True), (1, False), (1440, False), (1441, True)])
def test_the_frequency_of_reports_has_bounds(organizer, kit, minutes, fault):
    answer = organizer(push_request(kit, "inbox", minutes=minutes))
    assert (answer.status == 500) == fault


def test_caller_data_came_with_exchange_2013(organizer, kit):
    request = push_request(kit, "inbox", rest="<t:CallerData>x</t:CallerData>")
    assert organizer.at("Exchange2013")(request).code == "NoError"
    assert organizer.at("Exchange2010_SP2")(request).fault == "ErrorSchemaValidation"


def test_a_push_can_go_on_where_another_subscription_was_left(organizer, kit, acts, world):
    acts.write(0)
    subscriber = kit.subscriber.to(organizer)
    acts.write(0)
    organizer(push_request(kit, watermark=subscriber.watermark))
    letter = letter_to(world)
    assert [name for name, _ in kit.told_events(letter)] == ["CreatedEvent", "ModifiedEvent"]
    assert letter.findtext(t("PreviousWatermark")) == subscriber.watermark


def letter_to(world, *, is_due=False, asked=None):
    """The Notification of the letter that is written now, valid as it stands."""
    subscription = pushed(world)
    letter = subscription.push.dialect.letter(world, subscription, is_due=is_due)
    if letter is None:
        return None
    assert dict(letter.headers) == {
        "Content-Type": "text/xml; charset=utf-8",
        "SOAPAction": f'"{MESSAGES}/SendNotification"',
    }
    root = etree.fromstring(letter.body)
    name = asked or "Exchange2016"
    schema = ews_schema(name, Direction.PUSH)
    assert schema.validate(root), schema.error_log
    assert root.find(f".//{t('RequestServerVersion')}").get("Version") == name
    (notification,) = root.iter(m("Notification"))
    assert notification.findtext(t("SubscriptionId")) == subscription.id
    return notification


@pytest.mark.parametrize("name", NAMES)
def test_letters_are_in_the_words_of_the_subscribers_version(organizer, kit, acts, world, name):
    events = tuple(event for event in kit.all_events if event != "FreeBusyChangedEvent")
    assert organizer.at(name)(push_request(kit, "inbox", "calendar", events=events)).code == "NoError"
    assert letter_to(world) is None
    (status,) = kit.told_events(letter_to(world, is_due=True, asked=name))
    assert status[0] == "StatusEvent"
    acts.receive(0)
    acts.plan(0)
    told = letter_to(world, asked=name)
    assert [event for event, _ in kit.told_events(told)] == [
        "CreatedEvent",
        "NewMailEvent",
        "ModifiedEvent",
        "CreatedEvent",
        "ModifiedEvent",
    ]


def test_pushes_cannot_be_fetched_nor_ended_by_asking(organizer, kit, world):
    answer = organizer(push_request(kit, "inbox"))
    watermark = answer.root.findtext(f".//{m('Watermark')}")
    assert organizer(kit.events_request(pushed(world).id, watermark)).code == "ErrorInvalidPullSubscriptionId"
    end = f"<m:Unsubscribe><m:SubscriptionId>{pushed(world).id}</m:SubscriptionId></m:Unsubscribe>"
    assert organizer(end).code == "ErrorInvalidPullSubscriptionId"


def result(status, root="SendNotificationResult"):
    return (
        f'<s:Envelope xmlns:s="{SOAP}"><s:Body><{root} xmlns="{MESSAGES}"><SubscriptionStatus>{status}'
        f"</SubscriptionStatus></{root}></s:Body></s:Envelope>"
    ).encode()


@pytest.mark.parametrize(
    ("status", "body", "verdict"),
    [
        (200, result("OK"), Verdict.TAKEN),
        (200, result("\n OK "), Verdict.TAKEN),
        (200, result("Unsubscribe"), Verdict.UNWANTED),
        (200, result("Whatever"), Verdict.NOT_TAKEN),
        (200, result("OK", root="SomethingElse"), Verdict.NOT_TAKEN),
        (200, b"", Verdict.NOT_TAKEN),
        (200, b"OK", Verdict.NOT_TAKEN),
        (200, b"<a>", Verdict.NOT_TAKEN),
        (200, b'<!DOCTYPE a [<!ENTITY x "OK">]><a>&x;</a>', Verdict.NOT_TAKEN),
        (202, result("OK"), Verdict.NOT_TAKEN),
        (500, result("Unsubscribe"), Verdict.NOT_TAKEN),
        (302, result("OK"), Verdict.NOT_TAKEN),
    ],
)
def test_a_listeners_answer_says_what_it_made_of_a_letter(status, body, verdict):
    assert SendNotification(version("Exchange2016")).verdict(status, body) is verdict
