"""SendNotification: events pushed to a client's own web service, and what it answers ([MS-OXWSNTIF])."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from lxml import etree

from reference_impl.ews.envelope import PARSER_OPTIONS
from reference_impl.ews.namespaces import MESSAGES, SOAP, TYPES, m
from reference_impl.ews.notifications import write_queued
from reference_impl.ews.versions import Version
from reference_impl.service.notifications import telling
from reference_impl.service.pushing import Letter, Verdict
from reference_impl.service.subscriptions import Subscription
from reference_impl.service.world import World

_HEADERS: Final = (("Content-Type", "text/xml; charset=utf-8"), ("SOAPAction", f'"{MESSAGES}/SendNotification"'))

_VERDICTS: Final = {"OK": Verdict.TAKEN, "Unsubscribe": Verdict.UNWANTED}


@dataclass(frozen=True, slots=True)
class SendNotification:
    """Letters in the words of one version; a sign of life is a StatusEvent."""

    version: Version

    def letter(self, world: World, subscription: Subscription, *, is_due: bool) -> Letter | None:
        """What has happened since the last letter that was taken."""
        part = telling(world, subscription, subscription.told)
        if not part.events and not is_due:
            return None
        notification = write_queued(subscription, part, subscription.told)
        return Letter(_HEADERS, self._envelope(notification), part.end)

    def _envelope(self, notification: str) -> bytes:
        message = (
            '<m:SendNotificationResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>'
            f"<m:Notification>{notification}</m:Notification></m:SendNotificationResponseMessage>"
        )
        return (
            '<?xml version="1.0" encoding="utf-8"?>\n'
            f'<s:Envelope xmlns:s="{SOAP}" xmlns:m="{MESSAGES}" xmlns:t="{TYPES}"><s:Header>'
            f'<t:RequestServerVersion Version="{self.version.name}"/></s:Header><s:Body><m:SendNotification>'
            f"<m:ResponseMessages>{message}</m:ResponseMessages></m:SendNotification></s:Body></s:Envelope>"
        ).encode()

    def verdict(self, status: int, body: bytes) -> Verdict:
        """What a SendNotificationResult says; anything else is no answer."""
        if status != HTTPStatus.OK:
            return Verdict.NOT_TAKEN
        try:
            root = etree.fromstring(body, etree.XMLParser(**PARSER_OPTIONS))
        except (etree.XMLSyntaxError, ValueError):
            return Verdict.NOT_TAKEN
        told = root.findtext(f".//{m('SendNotificationResult')}/{m('SubscriptionStatus')}") or ""
        return _VERDICTS.get(told.strip(), Verdict.NOT_TAKEN)

    def goes_on(self, subscription: Subscription, letter: Letter) -> bool:  # noqa: ARG002  no letter makes a difference
        """Who does not answer for so long is not told any more (DOC statusfrequency)."""
        return False
