"""Change notifications: what subscribers agreed to, and the letters that they get (change notifications overview)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import Any, Final

import orjson

from reference_impl.domain.mailboxevents import WHOLE, Watermark
from reference_impl.graph import ids
from reference_impl.graph.fields.field import View
from reference_impl.graph.fields.values import moment
from reference_impl.graph.sealing import KEY_BYTES, Recipient
from reference_impl.graph.watched import Watched
from reference_impl.service.item_news import ItemNews, News, item_news
from reference_impl.service.pushing import Letter, Verdict
from reference_impl.service.subscriptions import Subscription
from reference_impl.service.world import World

RETRY_MINUTES: Final = 240
LOOK_MINUTES: Final = 1
"""How often the server looks whether there is something to tell beside changes."""

HEADERS: Final = (("Content-Type", "application/json; charset=utf-8"),)

_WARNING: Final = timedelta(minutes=15)


class Lifecycle(StrEnum):
    """What a subscriber has to know of the subscription itself."""

    REAUTHORIZATION_REQUIRED = "reauthorizationRequired"
    SUBSCRIPTION_REMOVED = "subscriptionRemoved"
    MISSED = "missed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a subscriber asked for, as it was written, and read where it means something."""

    resource: str
    watched: Watched
    change_types: str
    wanted: frozenset[News]
    url: str
    lifecycle_url: str | None
    client_state: str | None
    tls: str
    recipient: Recipient | None
    application_id: str
    creator_id: str
    tenant_id: str
    view: View


@dataclass(slots=True, eq=False)
class ChangeNotifications:
    """The letters of one subscription.

    ``is_missed`` is true from when changes could not be told until the subscriber knows it; ``warned_of`` is the end of
    which the subscriber was warned last.
    """

    terms: Terms
    is_missed: bool = False
    warned_of: datetime | None = None

    def letter(self, world: World, subscription: Subscription, *, is_due: bool) -> Letter | None:  # noqa: ARG002  there are no signs of life
        """What there is to know of the subscription itself, else the changes since the last letter."""
        return self._lifecycle(world, subscription) or self._changes(world, subscription)

    def verdict(self, status: int, body: bytes) -> Verdict:  # noqa: ARG002  listeners have nothing to say
        """A listener takes a letter by any status of success."""
        return Verdict.TAKEN if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES else Verdict.NOT_TAKEN

    def goes_on(self, subscription: Subscription, letter: Letter) -> bool:
        """The changes of the letter are lost, which the subscriber is told; the next ones may be taken."""
        self.is_missed = self.is_missed or letter.end > subscription.told
        return True

    def _lifecycle(self, world: World, subscription: Subscription) -> Letter | None:
        folder_id = self.terms.watched.scope.folder_id
        if folder_id is not None and folder_id not in world.store.directory.folders:
            if self.terms.lifecycle_url is None:
                subscription.expires = world.clock.now()
                return None
            return self._told_of(Lifecycle.SUBSCRIPTION_REMOVED, subscription, is_last=True)
        if self.terms.lifecycle_url is None:
            return None
        if self.is_missed:
            self.is_missed = False
            return self._told_of(Lifecycle.MISSED, subscription)
        end = _end_of(subscription)
        if self.warned_of != end and end - world.clock.now() <= _WARNING:
            self.warned_of = end
            return self._told_of(Lifecycle.REAUTHORIZATION_REQUIRED, subscription)
        return None

    def _told_of(self, event: Lifecycle, subscription: Subscription, *, is_last: bool = False) -> Letter:
        notice = {"lifecycleEvent": event.value, **self._about(subscription)}
        url = self.terms.lifecycle_url or ""
        return Letter(HEADERS, orjson.dumps({"value": [notice]}), subscription.told, url, is_last)

    def _changes(self, world: World, subscription: Subscription) -> Letter | None:
        limit = world.settings.events_per_notification
        while True:
            after = subscription.told.version
            found, version = item_news(world, self.terms.watched.scope, after, limit)
            end = Watermark(version, WHOLE)
            notices = list(self._notices(world, subscription, found))
            if notices:
                return Letter(HEADERS, orjson.dumps({"value": notices}), end)
            subscription.told = end
            if len(found) < limit:
                return None

    def _notices(
        self, world: World, subscription: Subscription, found: Sequence[ItemNews]
    ) -> Iterator[Mapping[str, Any]]:
        keep = self.terms.watched.keep
        for one in found:
            if one.news in self.terms.wanted and (keep is None or one.item is None or keep(one.item)):
                yield self._notice(world, subscription, one)

    def _notice(self, world: World, subscription: Subscription, one: ItemNews) -> Mapping[str, Any]:
        watched = self.terms.watched
        key = ids.of_gone(watched.scope.mailbox_id, one.item_id, one.lasting, lasting=self.terms.view.lasting_ids)
        path = f"Users/{watched.scope.mailbox_id}/{watched.kind.collection}/{key}"
        notice = {
            **self._about(subscription),
            "changeType": one.news.value,
            "resource": path,
            "resourceData": {
                "@odata.type": f"#Microsoft.Graph.{watched.kind.type_name}",
                "@odata.id": path,
                "@odata.etag": ids.etag(one.version),
                "id": key,
            },
        }
        if self.terms.recipient is None or one.item is None:
            return notice
        members = watched.kind.table.show(one.item, self.terms.view, watched.selection)
        return {
            **notice,
            "encryptedContent": self.terms.recipient.sealed(orjson.dumps(members), world.ids.token(KEY_BYTES)),
        }

    def _about(self, subscription: Subscription) -> Mapping[str, Any]:
        state = self.terms.client_state
        return {
            "subscriptionId": subscription.id,
            "subscriptionExpirationDateTime": moment(_end_of(subscription)),
            "tenantId": self.terms.tenant_id,
            **({} if state is None else {"clientState": state}),
        }


def _end_of(subscription: Subscription) -> datetime:
    assert subscription.expires is not None, "a subscription without end"
    return subscription.expires
