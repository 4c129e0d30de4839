"""Events that are pushed to a listener of the suite."""

from __future__ import annotations

from lxml import etree

from conformance.actor import ews_following as follow
from conformance.actor import ews_requests as ask
from conformance.actor.ews_client import EwsClient
from conformance.actor.xml import Node
from conformance.model.exchange import Exchange
from conformance.suites.case import EWS, case
from conformance.suites.ews.following import Event, events_in, subscribed
from conformance.suites.listening import proving, unwilling
from conformance.suites.scene import Scene
from conformance.suites.steps import address, draft, first_listed, token
from conformance.wire import ews
from conformance.wire.validate import push_violations

SCENARIO = "notifications"


def _notification(heard: Exchange) -> Node | None:
    """The notification in what was pushed; None where there is none."""
    try:
        root: etree._Element = ews.parse(heard.request.body)
    except ews.NotXml:
        return None
    return next(iter(Node(root).anywhere("m:Notification")), None)


def _events(heard: Exchange) -> list[Event]:
    found = _notification(heard)
    return events_in(found) if found else []


def _heard(scene: Scene, about: str) -> Exchange:
    heard = scene.hear(about)
    assert heard is not None, "something is waited for"
    return heard


def _until(scene: Scene, kind: str, about: str) -> tuple[Exchange, list[Event]]:
    """What is pushed until an event of a kind is, all events together."""
    told: list[Event] = []
    while True:
        heard = _heard(scene, about)
        told += _events(heard)
        if any(one.kind == kind for one in told):
            return heard, told


def _note(scene: Scene, sender: EwsClient, number: int) -> None:
    note = ask.send_note(f"Note {number} {token(scene)}", (address(scene, "attendee0"),))
    sender.call(note).succeed("CreateItem of a note")


@case(
    "notifications.push",
    scenario=SCENARIO,
    verifies=("EWS-NTF-040", "EWS-NTF-041", "EWS-NTF-042", "EWS-NTF-043", "EWS-NTF-044"),
    pairings=EWS,
    needs=("notifications",),
)
def test_an_invitation_is_pushed_until_the_listener_wants_no_more(scene: Scene) -> None:
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")
    scene.listen(proving)
    identity, mark = subscribed(attendee, follow.subscribe_push("inbox", url=scene.listener))
    scene.expect("EWS-NTF-040", "the watermark of a push subscription", mark).is_present()
    first = _heard(scene, "the first notification")
    first_kinds = [one.kind for one in _events(first)]
    scene.expect("EWS-NTF-041", "the events of the first notification", first_kinds).contains("StatusEvent")
    organizer.call(ask.create_meeting(draft(scene))).succeed("CreateItem of a meeting")
    pushed, told = _until(scene, "NewMailEvent", "the notification of the request")
    request = first_listed(scene, attendee, "inbox", "MeetingRequest")
    kinds = {one.kind for one in told if one.item == request.id}
    scene.expect("EWS-NTF-042", "the events of the request", kinds).contains("NewMailEvent")
    found = _notification(pushed)
    subscription = found.text("t:SubscriptionId") if found else None
    scene.expect("EWS-NTF-042", "the subscription told", subscription).equals(identity)
    breaches = [one.message for heard in (first, pushed) for one in push_violations(heard.request)]
    scene.expect("EWS-NTF-043", "the notifications against their schema", breaches).equals([])
    scene.listen(unwilling)
    _note(scene, organizer, 1)
    _until(scene, "NewMailEvent", "the notification of a note")
    _note(scene, organizer, 2)
    scene.expect("EWS-NTF-044", "what is pushed after the listener said Unsubscribe", scene.hear()).is_absent()


@case(
    "notifications.push-refused",
    scenario=SCENARIO,
    verifies=("EWS-NTF-045", "EWS-NTF-046"),
    pairings=EWS,
    needs=("notifications",),
)
def test_wrong_listeners_are_refused(scene: Scene) -> None:
    attendee = scene.ews("attendee0")
    for url in ("nowhere", "ftp://listener.example/"):
        code = attendee.call(follow.subscribe_push("inbox", url=url)).code
        scene.expect("EWS-NTF-045", f"the code for the URL {url}", code).equals("ErrorInvalidPushSubscriptionUrl")
    for minutes in (0, 1441):
        fault = attendee.call(follow.subscribe_push("inbox", url=scene.listener, minutes=minutes)).fault
        scene.expect("EWS-NTF-046", f"the fault for a status every {minutes} minutes", fault and fault.code).equals(
            "ErrorSchemaValidation"
        )
