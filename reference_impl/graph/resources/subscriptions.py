"""Subscriptions to changes: create once the listener has proven itself, list, read, renew, end (subscription)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote, urlsplit
from uuid import UUID

from reference_impl.domain.copying import replace
from reference_impl.domain.errors import OutsideCalendar, SubscriptionNotFound, SubscriptionOfAnother
from reference_impl.domain.mailbox import Mailbox
from reference_impl.graph.call import Asking, Call, Result
from reference_impl.graph.fields.subscription import SUBSCRIPTION, Subscribed
from reference_impl.graph.notifications import LOOK_MINUTES, RETRY_MINUTES, ChangeNotifications, Terms
from reference_impl.graph.odata.selecting import Selection, read_select
from reference_impl.graph.reading.values import parse_moment
from reference_impl.graph.refusals import BodyInvalid, ListenerUnproven, SubscriptionExists, SubscriptionInvalid
from reference_impl.graph.sealing import CertificateUnfit, Recipient
from reference_impl.graph.watched import read_watched
from reference_impl.http import Heard, Question
from reference_impl.service import directory, notifications
from reference_impl.service.callbacks import Callbacks
from reference_impl.service.item_news import News
from reference_impl.service.notifications import Wish
from reference_impl.service.pushing import Push
from reference_impl.service.subscriptions import Mode, Subscription

LEAST_MINUTES: Final = 45
MOST_MINUTES: Final = 10080
MOST_MINUTES_WITH_DATA: Final = 1440
DEFAULT_TLS: Final = "v1_2"

_PROOF_HEADERS: Final = (("Content-Type", "text/plain; charset=utf-8"),)
_PROOF: Final = "Validation: Testing client application reachability for subscription Request-Id: "
_CHANGES: Final[Mapping[str, News]] = {news.value: news for news in News}


def create(call: Call) -> Asking:
    """POST: 201 and the subscription, once each of its listeners has answered with the token it was sent."""
    sent = call.body("subscription.create")
    terms = _terms(call, sent)
    _expiry(call, sent, terms)
    _check_single(call, terms)
    urls = [terms.url, *([] if terms.lifecycle_url is None else [terms.lifecycle_url])]
    return _proven(call, urls, lambda: _created(call, sent, terms))


def listing(call: Call) -> Result:
    """GET of the collection: the caller's own subscriptions."""
    selection = read_select(call.options, SUBSCRIPTION.selectable(call.version))
    rows = [SUBSCRIPTION.show(_subscribed(each), call.view, selection) for each in _own(call)]
    return call.collection(call.context(f"subscriptions{selection.suffix}"), rows)


def get(call: Call) -> Result:
    """GET of one subscription."""
    return _shown(call, _find(call), read_select(call.options, SUBSCRIPTION.selectable(call.version)))


def update(call: Call) -> Result | Asking:
    """PATCH: another end, or another listener, which has to prove itself; 200 and the subscription."""
    subscription = _find(call)
    sent = call.body("subscription.update")
    terms = _dialect(subscription).terms
    if sent.get("lifecycleNotificationUrl") not in {None, terms.lifecycle_url}:
        raise SubscriptionInvalid(reason="lifecycleNotificationUrl: it is set when a subscription is created.")
    expires = _expiry(call, sent, terms) if "expirationDateTime" in sent else None
    url = sent.get("notificationUrl")
    if url is None or url == terms.url:
        return _renewed(call, subscription, expires, None)
    _check_url(call, url)
    return _proven(call, [url], lambda: _renewed(call, _find(call), expires, url))


def reauthorize(call: Call) -> Result:
    """POST reauthorize: the caller may still be told; the end stays where it is."""
    _find(call)
    return Result(204)


def delete(call: Call) -> Result:
    """DELETE: nothing more is told."""
    call.world.subscriptions.end(_find(call))
    return Result(204)


# What is asked for


def _terms(call: Call, sent: Mapping[str, Any]) -> Terms:
    for url in (sent["notificationUrl"], sent.get("lifecycleNotificationUrl")):
        if url is not None:
            _check_url(call, url)
    watched, recipient = read_watched(call, sent["resource"]), _recipient(sent)
    if recipient is not None and watched.selection.names is None:
        raise SubscriptionInvalid(reason="resource: with resource data it names the members wanted, by $select.")
    return Terms(
        resource=sent["resource"],
        watched=watched,
        change_types=sent["changeType"],
        wanted=_wanted(sent["changeType"]),
        url=sent["notificationUrl"],
        lifecycle_url=sent.get("lifecycleNotificationUrl"),
        client_state=sent.get("clientState"),
        tls=sent.get("latestSupportedTlsVersion") or DEFAULT_TLS,
        recipient=recipient,
        application_id=_application(call),
        creator_id=_caller(call).id,
        tenant_id=call.world.tenant.id,
        view=call.view,
    )


def _wanted(change_types: str) -> frozenset[News]:
    words = [word.strip().lower() for word in change_types.split(",")]
    if strangers := [word for word in words if word not in _CHANGES]:
        known = ", ".join(_CHANGES)
        raise SubscriptionInvalid(reason=f"changeType: expected some of {known}, with commas, got {strangers[0]!r}.")
    return frozenset(_CHANGES[word] for word in words)


def _recipient(sent: Mapping[str, Any]) -> Recipient | None:
    """Whom resource data is for; None where none is asked for."""
    if not sent.get("includeResourceData"):
        return None
    certificate, certificate_id = sent.get("encryptionCertificate"), sent.get("encryptionCertificateId")
    if not certificate or not certificate_id:
        needed = "encryptionCertificate and encryptionCertificateId"
        raise SubscriptionInvalid(reason=f"includeResourceData: {needed} are needed.")
    recipient = Recipient(certificate, certificate_id)
    try:
        recipient.check()
    except CertificateUnfit as problem:
        raise SubscriptionInvalid(reason=f"encryptionCertificate: {problem}.") from None
    return recipient


def _check_url(call: Call, url: str) -> None:
    """Raise CallbackRefused or SubscriptionInvalid unless a listener may be notified there."""
    Callbacks(call.world.settings.notified).check(url)
    if call.world.settings.listeners_need_tls and urlsplit(url).scheme.lower() != "https":
        raise SubscriptionInvalid(reason=f"The notification URL has to begin with https, got {url!r}.")


def _expiry(call: Call, sent: Mapping[str, Any], terms: Terms) -> datetime:
    """The end asked for, at least 45 minutes from now; SubscriptionInvalid beyond the longest time there is."""
    parsed = parse_moment(sent["expirationDateTime"])
    if parsed is None:
        expected = "a date and time such as 2026-01-31T09:00:00Z"
        raise BodyInvalid(reason=f"expirationDateTime: expected {expected}, got {sent['expirationDateTime']!r}.")
    asked = parsed[0] if parsed[1] else parsed[0].replace(tzinfo=UTC)
    now = call.world.clock.now()
    most = MOST_MINUTES if terms.recipient is None else MOST_MINUTES_WITH_DATA
    try:
        if asked - now > timedelta(minutes=most):
            raise SubscriptionInvalid(
                reason=f"expirationDateTime: a subscription can only last {most} minutes, got {asked.isoformat()}."
            )
        return max(asked.astimezone(UTC), now + timedelta(minutes=LEAST_MINUTES))
    except OverflowError:
        raise BodyInvalid(reason=f"expirationDateTime: {OutsideCalendar()}") from None


def _check_single(call: Call, terms: Terms) -> None:
    """Raise SubscriptionExists where the caller is told of the same changes of the same resource already."""
    for each in _own(call):
        others = _dialect(each).terms
        if (others.wanted, others.watched.key) == (terms.wanted, terms.watched.key):
            raise SubscriptionExists(id=each.id)


# What listeners prove


def _proven(call: Call, urls: Sequence[str], act: Callable[[], Result]) -> Asking:
    """The act, once every listener has sent back the token that was sent to it."""
    token = _PROOF + str(UUID(bytes=call.world.ids.token(16), version=4))

    def answer(heard: Sequence[Heard | None]) -> Result:
        for url, said in zip(urls, heard, strict=True):
            if said is None or said != Heard(200, "text/plain", token.encode()):
                raise ListenerUnproven(url=url)
        return act()

    return Asking(tuple(Question(_with_token(url, token), _PROOF_HEADERS) for url in urls), answer)


def _with_token(url: str, token: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}validationToken={quote(token, safe='')}"


# What is kept


def _created(call: Call, sent: Mapping[str, Any], terms: Terms) -> Result:
    _check_single(call, terms)
    owner = directory.mailbox_by_id(call.world, terms.watched.scope.mailbox_id)
    assert owner is not None, "mailboxes stay"
    wish = Wish(
        mode=Mode.PUSH,
        kinds=frozenset(),
        folders=None,
        push=Push(terms.url, LOOK_MINUTES, RETRY_MINUTES, ChangeNotifications(terms)),
        expires=_expiry(call, sent, terms),
    )
    subscription = notifications.subscribe(call.world, owner, wish, _caller(call))
    result = _shown(call, subscription, Selection(), 201)
    location = f"{call.request.origin}/{call.version}/subscriptions('{subscription.id}')"
    return replace(result, headers=(("Location", location),))


def _renewed(call: Call, subscription: Subscription, expires: datetime | None, url: str | None) -> Result:
    if expires is not None:
        subscription.expires = expires
    if url is not None:
        dialect = _dialect(subscription)
        dialect.terms = replace(dialect.terms, url=url)
        subscription.push = Push(url, LOOK_MINUTES, RETRY_MINUTES, dialect)
    return _shown(call, subscription, Selection())


def _caller(call: Call) -> Mailbox:
    """Whose subscriptions they are: the signed-in person's, or the application's own."""
    assert call.request.actor is not None, "nobody comes here without a token"
    return call.request.actor


def _application(call: Call) -> str:
    """By which application; a person's own where it has no id."""
    return call.request.client_id or _caller(call).id


def _own(call: Call) -> list[Subscription]:
    """The subscriptions that the caller has made by this application."""
    every = call.world.subscriptions.of(_caller(call), call.world.clock.now())
    return [each for each in every if _is_own(call, each)]


def _is_own(call: Call, subscription: Subscription) -> bool:
    dialect = None if subscription.push is None else subscription.push.dialect
    return isinstance(dialect, ChangeNotifications) and dialect.terms.application_id == _application(call)


def _find(call: Call) -> Subscription:
    """The subscription that the path names; SubscriptionNotFound for those of others, applications or protocols."""
    key = call.keys["subscription"].lower()
    try:
        found = call.world.subscriptions.find(_caller(call), key, call.world.clock.now())
    except SubscriptionOfAnother:
        raise SubscriptionNotFound from None
    if not _is_own(call, found):
        raise SubscriptionNotFound
    return found


def _dialect(subscription: Subscription) -> ChangeNotifications:
    assert subscription.push is not None, "it was found by its letters"
    dialect = subscription.push.dialect
    assert isinstance(dialect, ChangeNotifications), "likewise"
    return dialect


def _subscribed(subscription: Subscription) -> Subscribed:
    assert subscription.expires is not None, "none of these is without end"
    return Subscribed(subscription.id, subscription.expires, _dialect(subscription).terms)


def _shown(call: Call, subscription: Subscription, selection: Selection, status: int = 200) -> Result:
    members = SUBSCRIPTION.show(_subscribed(subscription), call.view, selection)
    return call.entity(call.context(f"subscriptions{selection.suffix}/$entity"), members, status)
