"""Change notifications: subscriptions, listeners that prove themselves, and what they are told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from conformance.actor import graph_requests as ask
from conformance.actor.graph_client import GraphAnswer, GraphClient, segment
from conformance.client.listener import plain
from conformance.model.exchange import Exchange, Request, Response
from conformance.suites.case import GRAPH, case
from conformance.suites.graph.steps import Resource, act, call_meeting, created, own_event, patch
from conformance.suites.listening import proving, unwilling
from conformance.suites.scene import Scene
from conformance.suites.steps import draft, token

SCENARIO = "notifications"
PATH = "subscriptions"


def _end(scene: Scene, minutes: int) -> str:
    """A moment some minutes after the case began."""
    begun = datetime.fromisoformat(scene.variables["now"])
    return f"{begun + timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}"


def _wish(scene: Scene, **more: Any) -> dict[str, Any]:
    """A subscription to the own events; a member that is None is left out."""
    told = {
        "changeType": "created",
        "notificationUrl": scene.listener,
        "resource": "me/events",
        "expirationDateTime": _end(scene, 120),
        "clientState": f"State {token(scene)}",
    } | more
    return {name: value for name, value in told.items() if value is not None}


def _subscribe(scene: Scene, client: GraphClient, **more: Any) -> tuple[Resource, Exchange]:
    """A subscription whose listener has proven itself, and how it did."""
    scene.listen(proving)
    made = created(client.post(PATH, _wish(scene, **more)))
    proof = scene.hear("the validation of the listener")
    assert proof is not None, "something is waited for"
    return made, proof


def _end_it(client: GraphClient, made: Resource) -> GraphAnswer:
    return client.delete(f"{PATH}/{segment(str(made['id']))}")


def _told(heard: Exchange | None) -> list[Mapping[str, Any]]:
    """The notifications in what a listener was told."""
    try:
        value = json.loads(heard.request.body).get("value") if heard else None
    except ValueError:
        value = None
    return list(value) if isinstance(value, list) else []


def _news(scene: Scene, about: str) -> list[Mapping[str, Any]]:
    return _told(scene.hear(about))


@case(
    "notifications.subscribe",
    scenario=SCENARIO,
    verifies=("GRAPH-SUB-001", "GRAPH-SUB-004", "GRAPH-SUB-011", "GRAPH-SUB-012", "GRAPH-SUB-013", "GRAPH-SUB-017"),
    pairings=GRAPH,
    needs=("notifications",),
)
def test_an_invitation_is_told_to_a_listener_that_has_proven_itself(scene: Scene) -> None:
    attendee = scene.graph("attendee0")
    made, proof = _subscribe(scene, attendee)
    asked = parse_qs(urlsplit(proof.request.url).query)
    kind = (proof.request.header("Content-Type") or "").partition(";")[0]
    told = (proof.request.method, list(asked), kind)
    scene.expect("GRAPH-SUB-001", "how the listener is validated", told).equals(
        ("POST", ["validationToken"], "text/plain")
    )
    wish = _wish(scene)
    kept = {name: made.get(name) for name in ("resource", "changeType", "clientState", "notificationUrl")}
    scene.expect("GRAPH-SUB-004", "what the subscription tells", kept).equals({name: wish[name] for name in kept})
    scene.expect("GRAPH-SUB-004", "its id", made["id"]).is_present()
    call_meeting(scene)
    news = _news(scene, "the notification of the meeting")
    scene.require("GRAPH-SUB-011", "the changes told", [one.get("changeType") for one in news]).equals(["created"])
    copy = own_event(scene, "attendee0")
    one = news[0]
    members = (one.get("subscriptionId"), one.get("clientState"), bool(one.get("tenantId")))
    scene.expect("GRAPH-SUB-012", "subscriptionId, clientState and whether there is a tenantId", members).equals(
        (made["id"], wish["clientState"], True)
    )
    until = (one.get("subscriptionExpirationDateTime"), bool(one.get("resource")))
    scene.expect("GRAPH-SUB-012", "its end, and whether it names a resource", until).equals(
        (made.get("expirationDateTime"), True)
    )
    data = one.get("resourceData") or {}
    scene.expect("GRAPH-SUB-013", "the id of the resource", data.get("id")).equals(copy["id"])
    scene.expect("GRAPH-SUB-013", "its type", str(data.get("@odata.type")).casefold()).equals("#microsoft.graph.event")
    more = [bool(data.get(f"@odata.{name}")) for name in ("id", "etag")]
    scene.expect("GRAPH-SUB-013", "whether its address and version are told", more).equals([True, True])
    scene.expect("GRAPH-SUB-017", "the status of DELETE", _end_it(attendee, made).status).equals(204)
    call_meeting(scene, draft(scene, subject=f"Other {token(scene)}"))
    own_event(scene, "attendee0", f"Other {token(scene)}")
    scene.expect("GRAPH-SUB-017", "what is told after it has ended", scene.hear()).is_absent()


@case(
    "notifications.unproven",
    scenario=SCENARIO,
    verifies=("GRAPH-SUB-002", "GRAPH-SUB-003"),
    pairings=GRAPH,
    needs=("notifications",),
)
def test_a_listener_that_proves_nothing_is_not_subscribed(scene: Scene) -> None:
    client = scene.graph("organizer0")

    def echo(request: Request) -> Response:
        query = parse_qs(urlsplit(request.url).query)
        return plain(200, f"not {query.get('validationToken', [''])[0]}".encode())

    for about, answering in (("with 403", unwilling), ("with another token", echo)):
        scene.listen(answering)
        refused = client.post(PATH, _wish(scene))
        scene.expect("GRAPH-SUB-002", f"the status for a listener that answers {about}", refused.status).equals(400)
        scene.hear("the validation of the listener")
        mine = [one for one in client.get(PATH).value if one.get("clientState") == f"State {token(scene)}"]
        urls = [one for one in client.get(PATH).value if token(scene) in str(one.get("notificationUrl"))]
        scene.expect("GRAPH-SUB-003", "the subscriptions afterwards", [*mine, *urls]).equals([])


@case(
    "notifications.subscribe-refused",
    scenario=SCENARIO,
    verifies=("GRAPH-SUB-005", "GRAPH-SUB-008", "GRAPH-SUB-009", "GRAPH-SUB-010", "GRAPH-SUB-020"),
    pairings=GRAPH,
    needs=("notifications",),
)
def test_wrong_subscriptions_are_refused(scene: Scene) -> None:
    client = scene.graph("organizer0")
    for name in ("changeType", "notificationUrl", "resource", "expirationDateTime"):
        refused = client.post(PATH, _wish(scene, **{name: None}))
        scene.expect("GRAPH-SUB-005", f"the status without {name}", refused.status).equals(400)
    late = client.post(PATH, _wish(scene, expirationDateTime=_end(scene, 10080 + 1440)))
    scene.expect("GRAPH-SUB-008", "the status of an end eight days away", late.status).equals(400)
    talkative = client.post(PATH, _wish(scene, clientState="x" * 300))
    scene.expect("GRAPH-SUB-009", "the status of a clientState of 300 characters", talkative.status).equals(400)
    made, _ = _subscribe(scene, client)
    twin = client.post(PATH, _wish(scene))
    scene.expect("GRAPH-SUB-010", "the status of the same subscription again", twin.status).equals(409)
    stranger = scene.graph("attendee0").get(f"{PATH}/{segment(str(made['id']))}")
    scene.expect("GRAPH-SUB-020", "the status of somebody else's subscription", stranger.status).is_one_of(403, 404)
    _end_it(client, made)
    gone = client.get(f"{PATH}/{segment(str(made['id']))}")
    scene.expect("GRAPH-SUB-020", "the status of one that has ended", gone.status).equals(404)


@case(
    "notifications.renew",
    scenario=SCENARIO,
    verifies=("GRAPH-SUB-007", "GRAPH-SUB-015", "GRAPH-SUB-021"),
    pairings=GRAPH,
    needs=("notifications",),
)
def test_a_subscription_is_listed_and_renewed(scene: Scene) -> None:
    client = scene.graph("organizer0")
    made, _ = _subscribe(scene, client, expirationDateTime=_end(scene, 5))
    end = datetime.fromisoformat(str(made.get("expirationDateTime")).replace("Z", "+00:00")[:19] + "+00:00")
    asked = datetime.fromisoformat(_end(scene, 5))
    scene.expect("GRAPH-SUB-007", "an end that was asked for in five minutes", end).is_at_least(
        asked + timedelta(minutes=39)
    )
    listed = [one.get("id") for one in client.get(PATH).value]
    scene.expect("GRAPH-SUB-021", "the ids listed", listed).contains(made["id"])
    later = _end(scene, 300)
    path = f"{PATH}/{segment(str(made['id']))}"
    renewed = client.patch(path, {"expirationDateTime": later})
    told = (renewed.status, str(renewed.members.get("expirationDateTime"))[:19])
    scene.expect("GRAPH-SUB-015", "the status of a PATCH, and the end told", told).equals((200, later[:19]))
    read = str(client.get(path).members.get("expirationDateTime"))[:19]
    scene.expect("GRAPH-SUB-015", "the end read afterwards", read).equals(later[:19])
    _end_it(client, made)


@case(
    "notifications.kinds",
    scenario=SCENARIO,
    verifies=("GRAPH-SUB-022", "GRAPH-SUB-023", "GRAPH-SUB-024"),
    pairings=GRAPH,
    needs=("notifications",),
)
def test_changes_are_told_by_their_kinds(scene: Scene) -> None:
    client = scene.graph("organizer0")
    item = created(client.post("me/events", ask.event(draft(scene, required=()))))
    made, _ = _subscribe(scene, client, changeType="updated,deleted")
    other = created(client.post("me/events", ask.event(draft(scene, required=(), subject=f"Other {token(scene)}"))))
    patch(client, item, {"subject": f"Changed {token(scene)}"}).succeed("PATCH of a subject")
    changed = [(one.get("changeType"), _id(one)) for one in _news(scene, "the notification of the change")]
    scene.expect("GRAPH-SUB-022", "what is told of a change", changed).equals([("updated", item["id"])])
    client.delete(f"me/events/{segment(str(item['id']))}").succeed("DELETE of an event")
    deleted = [(one.get("changeType"), _id(one)) for one in _news(scene, "the notification of the end")]
    scene.expect("GRAPH-SUB-023", "what is told of a deletion", deleted).equals([("deleted", item["id"])])
    told = {identity for _, identity in (*changed, *deleted)}
    scene.expect("GRAPH-SUB-024", "whose changes are told", told).lacks(other["id"])
    _end_it(client, made)


def _id(notification: Mapping[str, Any]) -> object:
    return (notification.get("resourceData") or {}).get("id")


@case(
    "notifications.life",
    scenario=SCENARIO,
    verifies=("GRAPH-SUB-025", "GRAPH-SUB-026"),
    pairings=GRAPH,
    needs=("notifications",),
)
def test_the_life_of_a_meeting_is_told_to_its_organizer(scene: Scene) -> None:
    organizer, attendee = scene.graph("organizer0"), scene.graph("attendee0")
    meeting = call_meeting(scene)
    copy = own_event(scene, "attendee0")
    made, _ = _subscribe(scene, organizer, changeType="updated")
    act(attendee, copy, "accept", {"sendResponse": True}).succeed("accept")
    told = [(one.get("changeType"), _id(one)) for one in _news(scene, "the notification of the answer")]
    scene.expect("GRAPH-SUB-025", "what the organizer is told of an answer", told).equals([("updated", meeting["id"])])
    _end_it(organizer, made)
    heard, _ = _subscribe(scene, attendee, changeType="updated")
    act(organizer, meeting, "cancel").succeed("cancel")
    told = [(one.get("changeType"), _id(one)) for one in _news(scene, "the notification of the cancellation")]
    scene.expect("GRAPH-SUB-026", "what the attendee is told of a cancellation", told).equals([("updated", copy["id"])])
    _end_it(attendee, heard)


@case(
    "notifications.mail",
    scenario=SCENARIO,
    verifies=("GRAPH-SUB-027",),
    pairings=GRAPH,
    needs=("notifications",),
)
def test_mail_is_told_as_it_comes(scene: Scene) -> None:
    attendee = scene.graph("attendee0")
    made, _ = _subscribe(scene, attendee, resource="me/mailFolders('inbox')/messages")
    call_meeting(scene)
    news = _news(scene, "the notification of the request")
    kinds = [str((one.get("resourceData") or {}).get("@odata.type")).casefold() for one in news]
    scene.expect("GRAPH-SUB-027", "what is told of a request", kinds).equals(["#microsoft.graph.message"])
    found = [attendee.get(f"me/messages/{segment(str(_id(one)))}").members.get("subject") for one in news]
    scene.expect("GRAPH-SUB-027", "the subject of the message told", found).equals([draft(scene).subject])
    _end_it(attendee, made)


@case(
    "notifications.retried",
    scenario=SCENARIO,
    verifies=("GRAPH-SUB-014",),
    pairings=GRAPH,
    needs=("notifications", "patience"),
)
def test_a_notification_that_is_not_taken_comes_again(scene: Scene) -> None:
    client = scene.graph("organizer0")
    made, _ = _subscribe(scene, client)
    scene.listen(lambda _: plain(503))
    item = created(client.post("me/events", ask.event(draft(scene, required=()))))
    first = [_id(one) for one in _news(scene, "the notification")]
    scene.listen(proving)
    second = [_id(one) for one in _news(scene, "the notification again")]
    scene.expect("GRAPH-SUB-014", "what is told at first, and again", [first, second]).equals([[item["id"]]] * 2)
    _end_it(client, made)


@case(
    "notifications.lifecycle",
    scenario=SCENARIO,
    verifies=("GRAPH-SUB-018", "GRAPH-SUB-019", "GRAPH-SUB-028"),
    pairings=GRAPH,
    needs=("notifications",),
)
def test_a_subscription_that_ends_with_its_folder_is_told_to_the_address_for_that(scene: Scene) -> None:
    client = scene.graph("organizer0")
    folder = segment(str(created(client.post("me/mailFolders", {"displayName": f"Orders {token(scene)}"}))["id"]))
    elsewhere = f"{scene.listener}/lifecycle"
    scene.listen(proving)
    wish = _wish(scene, resource=f"me/mailFolders/{folder}/messages", lifecycleNotificationUrl=elsewhere)
    made = created(client.post(PATH, wish))
    proofs = [scene.hear("the validation of both addresses") for _ in range(2)]
    proven = sorted(urlsplit(one.request.url).path for one in proofs if one)
    wanted = sorted(urlsplit(url).path for url in (scene.listener, elsewhere))
    scene.expect("GRAPH-SUB-019", "the addresses that are validated", proven).equals(wanted)
    path = f"{PATH}/{segment(str(made['id']))}"
    late = client.patch(path, {"lifecycleNotificationUrl": f"{elsewhere}/other"}).status
    scene.expect("GRAPH-SUB-028", "the status of another lifecycleNotificationUrl", late).equals(400)
    client.post(f"me/mailFolders/{folder}/permanentDelete", {}).succeed("permanentDelete of the folder")
    heard = scene.hear("the end of the subscription")
    told = [
        (one.get("lifecycleEvent"), one.get("subscriptionId"), one.get("clientState"), "resourceData" in one)
        for one in _told(heard)
    ]
    scene.expect("GRAPH-SUB-018", "event, subscription, state, and whether there is data", told).equals(
        [("subscriptionRemoved", made["id"], wish["clientState"], False)]
    )
    where = urlsplit(heard.request.url).path if heard else None
    scene.expect("GRAPH-SUB-018", "the address that is told", where).equals(urlsplit(elsewhere).path)
