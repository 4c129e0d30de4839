"""Change notifications of Graph over real sockets, to real listeners."""

from __future__ import annotations

import base64
import hmac
import json
import queue
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from tests.reference_impl.shell.listeners import opened

MINUTE = 0.2
SCHEMAS = Path(__file__).parents[3] / "schemas" / "graph"
REGISTRY = Registry().with_resources(
    [
        (each["$id"], Resource.from_contents(each))
        for each in (json.loads(p.read_text()) for p in SCHEMAS.glob("*.json"))
        if "$id" in each
    ]
)
BASE = json.loads((SCHEMAS / "index.json").read_text())["base"]
ALEX, ADELE = "AlexW@contoso.com", "AdeleV@contoso.com"
LUNCH = {
    "subject": "Lunch",
    "start": {"dateTime": "2026-02-02T12:00:00", "timeZone": "UTC"},
    "end": {"dateTime": "2026-02-02T13:00:00", "timeZone": "UTC"},
}


def holds(definition, body):
    """Whether a letter, or an answer, is as its schema has it."""
    validator = Draft202012Validator({"$ref": f"{BASE}{definition}"}, registry=REGISTRY)
    assert [f"{error.json_path}: {error.message}" for error in validator.iter_errors(body)] == []
    return body


@dataclass
class Listener:
    """A web service that proves itself and hears letters; ``statuses`` answer these in turn, the last one for ever."""

    statuses: list = field(default_factory=lambda: [202])
    proof: object = lambda token: (200, "text/plain; charset=utf-8", token)
    asked: queue.Queue = field(default_factory=queue.Queue)
    heard: queue.Queue = field(default_factory=queue.Queue)
    url: str = ""

    def respond(self, handler):
        body = handler.rfile.read(int(handler.headers["Content-Length"] or 0))
        token = parse_qs(urlsplit(handler.path).query).get("validationToken")
        if token is not None:
            self.asked.put((handler.path, dict(handler.headers), body))
            status, media_type, answer = self.proof(token[0])
            answer = answer.encode()
        else:
            self.heard.put((time.monotonic(), json.loads(body)))
            assert handler.headers["Content-Type"] == "application/json; charset=utf-8"
            status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
            media_type, answer = "text/plain", b""
        handler.send_response(status)
        handler.send_header("Content-Type", media_type)
        handler.send_header("Content-Length", str(len(answer)))
        handler.end_headers()
        handler.wfile.write(answer)

    def letter(self):
        return holds("changeNotification.schema.json#/$defs/changes", self.heard.get(timeout=20)[1])["value"]

    def changes(self):
        """The changes of the next letter: types and where they are."""
        return [(each["changeType"], each["resourceData"]["id"]) for each in self.letter()]

    def lifecycle(self):
        (news,) = holds("changeNotification.schema.json#/$defs/lifecycle", self.heard.get(timeout=20)[1])["value"]
        return news

    def is_quiet(self, seconds=0.5):
        try:
            self.heard.get(timeout=seconds)
        except queue.Empty:
            return True
        return False


@pytest.fixture
def listener():
    with opened(Listener()) as listener:
        yield listener


@pytest.fixture
def second():
    with opened(Listener()) as listener:
        yield listener


@dataclass
class Client:
    """Speaks Graph to a server as one person."""

    origin: str
    person: str = ALEX
    application: str = ""  # whose token it is, where nobody is signed in
    scope: str = ""

    def __call__(self, method, path, body=None, status=200, **headers):
        form = {"grant_type": "password", "username": self.person, "password": "meetproof", "scope": self.scope}
        if self.application:
            form = {"grant_type": "client_credentials", "client_id": self.application, "client_secret": "meetproof"}
            form["scope"] = "https://graph.microsoft.com/.default"
        token = httpx.post(f"{self.origin}/oauth2/v2.0/token", data=form, trust_env=False).json()["access_token"]
        answer = httpx.request(
            method,
            f"{self.origin}/v1.0{path}",
            json=body,
            headers={"Authorization": f"Bearer {token}", **headers},
            trust_env=False,
            timeout=30,
        )
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def subscribe(self, url, status=201, **terms):
        body = {
            "changeType": "created,updated,deleted",
            "notificationUrl": url,
            "resource": "me/events",
            "expirationDateTime": self.after(days=1),
            "clientState": "secret",
            **terms,
        }
        sent = {name: value for name, value in body.items() if value is not None}
        answer = self("POST", "/subscriptions", sent, status)
        return holds("subscription.schema.json#/$defs/entity", answer) if status == 201 else answer["error"]["code"]

    def after(self, **time):
        return (NOW + timedelta(**time)).isoformat().replace("+00:00", "Z")

    def create(self, **changes):
        return self("POST", "/me/events", {**LUNCH, **changes}, 201)["id"]


NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)


@pytest.fixture
def alex(app, listening):
    """Alex's client of a server whose minutes are short and whose clock starts at NOW."""
    app.use(replace(app.world, settings=replace(app.world.settings, minute=MINUTE, events_per_notification=2)))
    app.world.clock.set(NOW)
    with listening(app) as origin:
        yield Client(origin)


def known(app):
    return list(app.world.subscriptions._known.values())


def eventually(condition):
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.requirement("GRAPH-SUB-001", "GRAPH-SUB-004")
def test_a_listener_proves_itself_before_there_is_a_subscription(alex, app, listener):
    made = alex.subscribe(f"{listener.url}?mine=1", latestSupportedTlsVersion="V1_3")
    path, headers, body = listener.asked.get(timeout=5)
    assert parse_qs(urlsplit(path).query).keys() == {"mine", "validationToken"}
    assert (headers["Content-Type"], body) == ("text/plain; charset=utf-8", b"")
    expected = {
        "resource": "me/events",
        "changeType": "created,updated,deleted",
        "clientState": "secret",
        "notificationUrl": f"{listener.url}?mine=1",
        "expirationDateTime": alex.after(days=1),
        "latestSupportedTlsVersion": "v1_3",
        "includeResourceData": False,
    }
    assert {name: made[name] for name in expected} == expected
    assert [each.id for each in known(app)] == [made["id"]]
    assert alex("GET", f"/subscriptions/{made['id']}")["id"] == made["id"]
    (listed,) = alex("GET", "/subscriptions?$select=changeType")["value"]
    assert listed == {"id": made["id"], "changeType": made["changeType"]}


@pytest.mark.requirement("GRAPH-SUB-002", "GRAPH-SUB-003")
@pytest.mark.parametrize(
    "proof",
    [
        lambda token: (201, "text/plain", token),
        lambda token: (200, "application/json", token),
        lambda token: (200, "text/plain", f'"{token}"'),
        lambda token: (200, "text/plain", ""),
        lambda _token: (500, "text/plain", "no"),
    ],
)
def test_a_listener_that_does_not_send_the_token_back_is_not_subscribed(alex, app, listener, proof):
    listener.proof = proof
    assert alex.subscribe(listener.url, 400) == "InvalidRequest"
    assert known(app) == []


def test_nobody_listens_and_nobody_is_subscribed(alex, app, listener):
    with opened(Listener()) as gone:
        url = gone.url
    assert alex.subscribe(url, 400) == "InvalidRequest"
    assert alex.subscribe(listener.url, 400, lifecycleNotificationUrl=url) == "InvalidRequest"
    assert known(app) == []


@pytest.mark.requirement("GRAPH-SUB-006")
@pytest.mark.parametrize("member", ["notificationUrl", "lifecycleNotificationUrl"])
@pytest.mark.parametrize("url", ["http://listener.example.org/", "https://192.0.2.1/", "ftp://localhost/", "nowhere"])
def test_only_this_machine_and_named_hosts_are_ever_asked(alex, app, listener, member, url):
    assert alex.subscribe(listener.url, 400, **{member: url}) == "InvalidRequest"
    assert listener.asked.empty()
    assert known(app) == []


@pytest.mark.requirement("GRAPH-SUB-006")
def test_a_server_may_demand_https(alex, app, listener):
    app.use(replace(app.world, settings=replace(app.world.settings, listeners_need_tls=True)))
    assert alex.subscribe(listener.url, 400) == "InvalidRequest"
    assert listener.asked.empty()


@pytest.mark.requirement("GRAPH-SUB-005", "GRAPH-SUB-009")
@pytest.mark.parametrize(
    "terms",
    [
        {"changeType": None},
        {"notificationUrl": None},
        {"resource": None},
        {"expirationDateTime": None},
        {"changeType": "created,moved"},
        {"changeType": ""},
        {"clientState": "x" * 129},
        {"resource": "me/contacts"},
        {"resource": "me/events/AAA"},
        {"resource": "events"},
        {"resource": "https://graph.microsoft.com/v1.0/me/events"},
        {"resource": "me/messages?$top=5"},
        {"resource": "me/messages?$filter=nothing eq 1"},
        {"expirationDateTime": "tomorrow"},
        {"latestSupportedTlsVersion": "v2"},
        {"unheard": "of"},
        {"includeResourceData": True},
    ],
)
def test_incomplete_or_impossible_terms_are_refused_before_anybody_is_asked(alex, app, listener, terms):
    alex.subscribe(**{"url": listener.url, "status": 400, **terms})
    assert listener.asked.empty()
    assert known(app) == []


@pytest.mark.requirement("GRAPH-SUB-007", "GRAPH-SUB-008")
def test_a_subscription_lasts_45_minutes_at_least_and_seven_days_at_most(alex, app, listener):
    short = alex.subscribe(listener.url, expirationDateTime=alex.after(minutes=1))
    end = datetime.fromisoformat(short["expirationDateTime"])
    assert abs(end - app.world.clock.now() - timedelta(minutes=45)) < timedelta(seconds=30)
    alex.subscribe(listener.url, resource="me/messages", expirationDateTime=alex.after(minutes=10080))
    late = alex.after(minutes=10081)
    assert alex.subscribe(listener.url, 400, resource="me/calendar/events", expirationDateTime=late) == "InvalidRequest"
    assert len(known(app)) == 2


@pytest.mark.requirement("GRAPH-SUB-010")
def test_nobody_subscribes_twice_to_the_same_changes(alex, listener):
    alex.subscribe(listener.url, changeType="created,updated")
    again = {"resource": f"/users/{ALEX}/calendar/events", "changeType": "Updated, created"}
    assert alex.subscribe(listener.url, 409, **again) == "Conflict"
    alex.subscribe(listener.url, changeType="created")
    alex.subscribe(listener.url, resource="me/messages", changeType="created,updated")
    Client(alex.origin, ADELE).subscribe(listener.url, changeType="created,updated")


@pytest.mark.requirement("GRAPH-SUB-011", "GRAPH-SUB-012", "GRAPH-SUB-013")
def test_each_change_of_an_event_is_notified_with_what_identifies_it(alex, app, listener):
    made = alex.subscribe(listener.url)
    key = alex.create()
    (notice,) = listener.letter()
    owner = alex("GET", "/me")["id"]
    etag = alex("GET", f"/me/events/{key}")["@odata.etag"]
    assert notice == {
        "subscriptionId": made["id"],
        "subscriptionExpirationDateTime": made["expirationDateTime"],
        "tenantId": notice["tenantId"],
        "clientState": "secret",
        "changeType": "created",
        "resource": f"Users/{owner}/Events/{key}",
        "resourceData": {
            "@odata.type": "#Microsoft.Graph.Event",
            "@odata.id": f"Users/{owner}/Events/{key}",
            "@odata.etag": etag,
            "id": key,
        },
    }
    alex("PATCH", f"/me/events/{key}", {"subject": "Dinner"})
    assert listener.changes() == [("updated", key)]
    alex("DELETE", f"/me/events/{key}", status=204)
    assert listener.changes() == [("deleted", key)]
    assert listener.is_quiet()


@pytest.mark.requirement("GRAPH-SUB-011")
def test_only_the_changes_asked_for_in_the_place_asked_for_are_notified(alex, listener, second):
    adele = Client(alex.origin, ADELE)
    adele.subscribe(listener.url, resource="me/mailFolders('Inbox')/messages", changeType="created", clientState=None)
    adele.subscribe(second.url, resource="/me/messages?$filter=isRead eq true", changeType="updated")
    alex.create(attendees=[{"emailAddress": {"address": ADELE}}])
    (notice,) = listener.letter()
    assert "clientState" not in notice
    (message,) = adele("GET", "/me/messages")["value"]
    assert notice["resourceData"]["id"] == message["id"]
    assert notice["resourceData"]["@odata.type"] == "#Microsoft.Graph.Message"
    assert second.is_quiet()
    adele("PATCH", f"/me/messages/{message['id']}", {"isRead": True})
    assert second.changes() == [("updated", message["id"])]
    adele("PATCH", f"/me/messages/{message['id']}", {"isRead": False})
    adele("DELETE", f"/me/messages/{message['id']}", status=204)
    assert second.is_quiet()
    assert listener.is_quiet()


@pytest.mark.requirement("GRAPH-SUB-011")
def test_many_changes_are_told_in_order_in_letters_of_a_limited_length(alex, listener):
    alex.subscribe(listener.url, changeType="created")
    listener.statuses = [503, 202]
    keys = [alex.create(subject=f"Lunch {number}") for number in range(5)]
    told = []
    while len(told) < len(keys):
        told += [key for _, key in listener.changes() if key not in told]
    assert told == keys


@pytest.mark.requirement("GRAPH-SUB-014")
@pytest.mark.parametrize("status", [500, 302, 404, 429])
def test_a_letter_that_is_not_taken_comes_again_later_and_later(alex, app, listener, status):
    app.use(replace(app.world, settings=replace(app.world.settings, minute=0.6)))
    alex.subscribe(listener.url, changeType="created")
    listener.statuses = [status, status, status, 204]
    key = alex.create()
    moments = []
    for _ in range(4):
        moment, letter = listener.heard.get(timeout=20)
        moments.append(moment)
        assert letter["value"][0]["resourceData"]["id"] == key
    pauses = [later - earlier for earlier, later in pairwise(moments)]
    assert pauses[2] > pauses[1]
    assert sum(pauses) > 2 * 0.6 - 0.3  # the first attempt takes its time, and the next ones are counted from its start
    assert listener.is_quiet(1)


@pytest.mark.requirement("GRAPH-SUB-015", "GRAPH-SUB-008")
def test_a_renewed_subscription_has_another_end_and_may_have_another_listener(alex, app, listener, second):
    path = f"/subscriptions/{alex.subscribe(listener.url)['id']}"
    renewed = alex("PATCH", path, {"expirationDateTime": alex.after(days=3)})
    assert renewed["expirationDateTime"] == alex.after(days=3)
    alex("PATCH", path, {"expirationDateTime": alex.after(days=8)}, 400)
    alex("PATCH", path, {"lifecycleNotificationUrl": second.url}, 400)
    second.proof = lambda _token: (200, "text/plain", "something else")
    alex("PATCH", path, {"notificationUrl": second.url}, 400)
    assert alex("GET", path) == renewed
    second.proof = Listener.proof
    assert alex("PATCH", path, {"notificationUrl": second.url})["notificationUrl"] == second.url
    key = alex.create()
    assert second.changes() == [("created", key)]
    assert listener.is_quiet()
    alex("POST", f"{path}/reauthorize", status=204)
    assert alex("GET", path)["expirationDateTime"] == alex.after(days=3)


@pytest.mark.requirement("GRAPH-SUB-016")
def test_an_expired_subscription_is_gone_and_silent(alex, app, listener):
    path = f"/subscriptions/{alex.subscribe(listener.url)['id']}"
    app.world.clock.set(NOW + timedelta(days=1, minutes=1))
    alex("GET", path, status=404)
    alex("PATCH", path, {"expirationDateTime": alex.after(days=3)}, 404)
    assert alex("GET", "/subscriptions")["value"] == []
    alex.create()
    assert listener.is_quiet()
    eventually(lambda: not app._deliveries._tasks)


@pytest.mark.requirement("GRAPH-SUB-017")
def test_a_deleted_subscription_is_silent_even_where_a_letter_waits(alex, app, listener):
    path = f"/subscriptions/{alex.subscribe(listener.url)['id']}"
    listener.statuses = [500]
    alex.create()
    listener.letter()
    alex("DELETE", path, status=204)
    eventually(lambda: not app._deliveries._tasks)
    while not listener.heard.empty():  # what was sent before
        listener.heard.get()
    alex.create()
    assert listener.is_quiet()
    for method in ("GET", "DELETE"):
        assert alex(method, path, status=404)["error"]["code"] == "ResourceNotFound"


def test_nobody_sees_or_ends_the_subscription_of_another(alex, app, listener):
    path = f"/subscriptions/{alex.subscribe(listener.url)['id']}"
    adele = Client(alex.origin, ADELE)
    for method, body in (("GET", None), ("DELETE", None), ("PATCH", {"expirationDateTime": alex.after(days=2)})):
        adele(method, path, body, 404)
    assert adele("GET", "/subscriptions")["value"] == []
    assert adele.subscribe(listener.url, 403, resource=f"users/{ALEX}/events") == "ErrorAccessDenied"
    assert adele.subscribe(listener.url, 404, resource="users/nobody@nowhere.test/events") == "ErrorInvalidUser"
    assert len(known(app)) == 1


def test_an_application_watches_any_mailbox_and_its_subscriptions_are_its_own(alex, listener):
    robot = Client(alex.origin, application=ALEX)
    made = robot.subscribe(listener.url, resource=f"users/{ADELE}/messages", changeType="created")
    assert made["applicationId"] == ALEX
    assert robot.subscribe(listener.url, 400, resource="me/messages") == "BadRequest"
    alex("GET", f"/subscriptions/{made['id']}", status=404)
    assert alex("GET", "/subscriptions")["value"] == []
    assert [each["id"] for each in robot("GET", "/subscriptions")["value"]] == [made["id"]]
    alex.create(attendees=[{"emailAddress": {"address": ADELE}}])
    assert [kind for kind, _ in listener.changes()] == ["created"]


@pytest.mark.parametrize(
    ("scope", "resource", "status"),
    [
        ("Calendars.Read", "me/events", 201),
        ("Calendars.Read", "me/messages", 403),
        ("Mail.ReadBasic", "me/messages", 201),
        ("Mail.Read", "me/events", 403),
        ("User.Read", "me/events", 403),
    ],
)
def test_what_is_watched_needs_a_permission(alex, app, listener, scope, resource, status):
    answer = Client(alex.origin, scope=scope).subscribe(listener.url, status, resource=resource)
    assert len(known(app)) == (1 if status == 201 else 0)
    assert status == 201 or answer == "ErrorAccessDenied"


def test_whoever_follows_lasting_ids_is_told_of_a_move_as_of_a_change(alex, listener, second):
    adele = Client(alex.origin, ADELE)
    terms = {"resource": "me/messages"}
    lasting = {"Prefer": 'IdType="ImmutableId"'}
    adele.subscribe(listener.url, **terms)
    body = {
        "changeType": "created,deleted,updated",
        "notificationUrl": second.url,
        "resource": "/me/messages?$filter=isDraft eq false",
    }
    adele("POST", "/subscriptions", {**body, "expirationDateTime": alex.after(days=1)}, 201, **lasting)
    alex.create(attendees=[{"emailAddress": {"address": ADELE}}])
    key = adele("GET", "/me/messages", **lasting)["value"][0]["id"]
    assert second.changes() == [("created", key)]
    ((_, old),) = listener.changes()
    new = adele("POST", f"/me/messages/{old}/move", {"destinationId": "drafts"}, 201)["id"]
    assert second.changes() == [("updated", key)]
    assert listener.changes() == [("deleted", old), ("created", new)]


def test_a_subscription_may_be_made_in_a_batch(alex, listener):
    body = {
        "changeType": "created",
        "notificationUrl": listener.url,
        "resource": "me/events",
        "expirationDateTime": alex.after(days=1),
    }
    headers = {"Content-Type": "application/json"}
    entry = {"id": "1", "method": "POST", "url": "/subscriptions", "headers": headers, "body": body}
    (answer,) = alex("POST", "/$batch", {"requests": [entry]})["responses"]
    assert answer["status"] == 201
    assert alex("GET", "/subscriptions")["value"][0]["id"] == answer["body"]["id"]


@pytest.mark.requirement("GRAPH-SUB-018", "GRAPH-SUB-019")
def test_a_subscriber_is_warned_once_before_the_end(alex, app, listener, second):
    terms = {"lifecycleNotificationUrl": second.url, "expirationDateTime": alex.after(hours=1)}
    made = alex.subscribe(listener.url, **terms)
    assert made["lifecycleNotificationUrl"] == second.url
    assert [each.asked.qsize() for each in (listener, second)] == [1, 1]
    assert second.is_quiet()
    app.world.clock.set(NOW + timedelta(minutes=46))
    news = second.lifecycle()
    assert news == {
        "lifecycleEvent": "reauthorizationRequired",
        "subscriptionId": made["id"],
        "subscriptionExpirationDateTime": made["expirationDateTime"],
        "tenantId": news["tenantId"],
        "clientState": "secret",
    }
    assert second.is_quiet()
    assert listener.is_quiet()


@pytest.mark.requirement("GRAPH-SUB-018")
def test_a_subscriber_learns_that_changes_were_missed(alex, app, listener, second):
    app.use(replace(app.world, settings=replace(app.world.settings, minute=0.001)))
    listener.statuses = [500]
    alex.subscribe(listener.url, lifecycleNotificationUrl=second.url)
    alex.create()
    assert second.lifecycle()["lifecycleEvent"] == "missed"
    listener.statuses = [202]
    while not listener.is_quiet(0.2):
        pass
    key = alex.create()
    assert listener.changes() == [("created", key)]


@pytest.mark.requirement("GRAPH-SUB-018")
def test_a_subscriber_learns_that_the_folder_is_gone(alex, app, listener, second):
    folder = alex("POST", "/me/mailFolders", {"displayName": "Orders"}, 201)["id"]
    terms = {"resource": f"me/mailFolders/{folder}/messages", "lifecycleNotificationUrl": second.url}
    alex.subscribe(listener.url, **terms)
    alex.subscribe(listener.url, resource=terms["resource"], changeType="deleted")
    alex("POST", f"/me/mailFolders/{folder}/permanentDelete", status=204)
    assert second.lifecycle()["lifecycleEvent"] == "subscriptionRemoved"
    eventually(lambda: known(app) == [])
    assert listener.is_quiet()


def certificate(key):
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "listener")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, NOW, NOW + timedelta(days=9))
    made = builder.sign(key, hashes.SHA256())
    return made, base64.b64encode(made.public_bytes(serialization.Encoding.DER)).decode()


def test_resource_data_is_read_by_the_holder_of_the_key_alone(alex, listener):
    key = rsa.generate_private_key(65537, 2048)
    made, text = certificate(key)
    terms = {
        "resource": "me/events?$select=subject,start",
        "includeResourceData": True,
        "encryptionCertificate": text,
        "encryptionCertificateId": "mine",
    }
    late = alex.after(minutes=1441)
    assert alex.subscribe(listener.url, 400, **terms, expirationDateTime=late) == "InvalidRequest"
    assert alex.subscribe(listener.url, 400, **{**terms, "resource": "me/events"}) == "InvalidRequest"
    alex.subscribe(listener.url, **terms)
    event = alex.create()
    (notice,) = listener.letter()
    sealed = notice["encryptedContent"]
    oaep = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)
    secret = key.decrypt(base64.b64decode(sealed["dataKey"]), oaep)
    data = base64.b64decode(sealed["data"])
    assert hmac.compare_digest(hmac.digest(secret, data, sha256), base64.b64decode(sealed["dataSignature"]))
    decryptor = Cipher(algorithms.AES(secret), modes.CBC(secret[:16])).decryptor()
    unpadder = PKCS7(128).unpadder()
    shown = json.loads(unpadder.update(decryptor.update(data) + decryptor.finalize()) + unpadder.finalize())
    assert (shown["id"], shown["subject"], "body" in shown) == (event, "Lunch", False)
    assert sealed["encryptionCertificateId"] == "mine"
    assert sealed["encryptionCertificateThumbprint"] == made.fingerprint(hashes.SHA1()).hex().upper()


@pytest.mark.parametrize("unfit", ["nothing", "AAAA", "elliptic", "short"])
def test_data_is_sealed_for_fit_certificates_alone(alex, app, listener, unfit):
    keys = {
        "elliptic": lambda: ec.generate_private_key(ec.SECP256R1()),
        "short": lambda: rsa.generate_private_key(65537, 1024),
    }
    text = certificate(keys[unfit]())[1] if unfit in keys else unfit
    terms = {
        "resource": "me/events?$select=subject",
        "includeResourceData": True,
        "encryptionCertificate": text,
        "encryptionCertificateId": "mine",
    }
    assert alex.subscribe(listener.url, 400, **terms) == "InvalidRequest"
    assert known(app) == []


def test_a_server_that_stops_while_a_letter_waits_leaves_nothing_behind(app, listening, listener):
    app.use(replace(app.world, settings=replace(app.world.settings, minute=60)))
    app.world.clock.set(NOW)
    with listening(app) as origin:
        alex = Client(origin)
        alex.subscribe(listener.url)
        listener.statuses = [500]
        alex.create()
        listener.letter()
    assert app._deliveries._tasks == set()
