"""Events that are streamed: GetStreamingEvents, whose answer stays open."""

from __future__ import annotations

from conformance.actor import ews_following as follow
from conformance.actor import ews_requests as ask
from conformance.actor.ews_client import EwsAnswer
from conformance.actor.xml import Node
from conformance.suites.case import EWS, case
from conformance.suites.ews.following import Event, events_in, pulling, subscribed
from conformance.suites.scene import Scene
from conformance.suites.steps import draft, first_listed

SCENARIO = "notifications"
UNKNOWN = "c3Vic2NyaXB0aW9uLW9mLW5vYm9keQ=="


def _message(answer: EwsAnswer) -> Node | None:
    return answer.messages[0].node if answer.messages else None


def _status(answer: EwsAnswer) -> str | None:
    """OK, Closed, or None where an envelope tells of events alone."""
    message = _message(answer)
    return message.text("m:ConnectionStatus") if message else None


def _events(answer: EwsAnswer) -> dict[str, list[Event]]:
    """The events that an envelope tells, by subscription."""
    message = _message(answer)
    notifications = message.all("m:Notifications/m:Notification") if message else ()
    return {one.text("t:SubscriptionId") or "": events_in(one) for one in notifications}


@case(
    "notifications.stream",
    scenario=SCENARIO,
    verifies=("EWS-NTF-030", "EWS-NTF-031", "EWS-NTF-032", "EWS-NTF-033"),
    pairings=EWS,
    needs=("event-streaming",),
)
def test_an_invitation_is_told_while_the_answer_is_open(scene: Scene) -> None:
    organizer, attendee = scene.ews("organizer0"), scene.ews("attendee0")
    identity, mark = subscribed(attendee, follow.subscribe_streaming("inbox"))
    scene.expect("EWS-NTF-030", "the watermark of a streaming subscription", mark).is_absent()
    told: list[Event] = []
    called: list[EwsAnswer] = []

    def hear(answer: EwsAnswer) -> bool:
        told.extend(_events(answer).get(identity, ()))
        if not called:
            called.append(organizer.call(ask.create_meeting(draft(scene))).succeed("CreateItem of a meeting"))
        return any(one.kind == "NewMailEvent" for one in told)

    envelopes = attendee.stream(follow.get_streaming_events(identity), hear)
    first = (envelopes[0].code, _status(envelopes[0]))
    scene.require("EWS-NTF-031", "the first envelope", first).equals(("NoError", "OK"))
    request = first_listed(scene, attendee, "inbox", "MeetingRequest")
    kinds = {one.kind for one in told if one.item == request.id}
    scene.expect("EWS-NTF-032", "the events of the request", kinds).contains("NewMailEvent")
    operations = {one.body.local if one.body else None for one in envelopes}
    scene.expect("EWS-NTF-033", "what the envelopes hold", operations).equals({"GetStreamingEventsResponse"})


@case(
    "notifications.stream-refused",
    scenario=SCENARIO,
    verifies=("EWS-NTF-034", "EWS-NTF-035", "EWS-NTF-036"),
    pairings=EWS,
    needs=("event-streaming", "event-pulling"),
)
def test_wrong_questions_for_streams_are_refused(scene: Scene) -> None:
    attendee = scene.ews("attendee0")
    identity, _ = subscribed(attendee, follow.subscribe_streaming("inbox"))
    for minutes in (0, 31):
        fault = attendee.call(follow.get_streaming_events(identity, minutes=minutes)).fault
        scene.expect("EWS-NTF-034", f"the fault for {minutes} minutes", fault and fault.code).equals(
            "ErrorSchemaValidation"
        )
    refused = attendee.call(follow.get_streaming_events(identity, UNKNOWN))
    scene.expect("EWS-NTF-035", "the code with an unknown subscription", refused.code).is_one_of(
        "ErrorInvalidSubscription", "ErrorSubscriptionNotFound"
    )
    message = _message(refused)
    bad = message.texts("m:ErrorSubscriptionIds/m:SubscriptionId") if message else ()
    scene.expect("EWS-NTF-035", "the ids told to be at fault", bad).equals((UNKNOWN,))
    pulled = pulling(attendee, "inbox")
    wrong = attendee.call(follow.get_streaming_events(pulled.id)).code
    scene.expect("EWS-NTF-036", "the code with a subscription to fetch from", wrong).is_one_of(
        "ErrorInvalidSubscription", "ErrorInvalidPullSubscriptionId", "ErrorSubscriptionNotFound"
    )


@case(
    "notifications.stream-closed",
    scenario=SCENARIO,
    verifies=("EWS-NTF-037",),
    pairings=EWS,
    needs=("event-streaming", "patience"),
)
def test_a_stream_ends_when_its_time_is_over(scene: Scene) -> None:
    attendee = scene.ews("attendee0")
    identity, _ = subscribed(attendee, follow.subscribe_streaming("drafts"))
    envelopes = attendee.stream(follow.get_streaming_events(identity, minutes=1), lambda _: False)
    statuses = [_status(one) for one in envelopes]
    scene.expect("EWS-NTF-037", "the last envelope's status", statuses[-1]).equals("Closed")
    scene.expect("EWS-NTF-037", "the statuses before", set(statuses[:-1])).equals({"OK"})
