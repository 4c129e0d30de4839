"""The members of a subscription."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from reference_impl.graph.fields.field import Field, Table
from reference_impl.graph.fields.values import moment
from reference_impl.graph.notifications import Terms


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A subscription as its owner sees it."""

    id: str
    expires: datetime
    terms: Terms


SUBSCRIPTION: Final[Table[Subscribed]] = Table(
    (
        Field("id", lambda s, _: s.id, always=True),
        Field("resource", lambda s, _: s.terms.resource),
        Field("applicationId", lambda s, _: s.terms.application_id),
        Field("changeType", lambda s, _: s.terms.change_types),
        Field("clientState", lambda s, _: s.terms.client_state),
        Field("notificationUrl", lambda s, _: s.terms.url),
        Field("notificationQueryOptions", lambda _s, _v: None),
        Field("lifecycleNotificationUrl", lambda s, _: s.terms.lifecycle_url),
        Field("expirationDateTime", lambda s, _: moment(s.expires)),
        Field("creatorId", lambda s, _: s.terms.creator_id),
        Field("includeResourceData", lambda s, _: s.terms.recipient is not None),
        Field("latestSupportedTlsVersion", lambda s, _: s.terms.tls),
        Field("encryptionCertificate", lambda s, _: s.terms.recipient and s.terms.recipient.certificate),
        Field("encryptionCertificateId", lambda s, _: s.terms.recipient and s.terms.recipient.certificate_id),
        Field("notificationUrlAppId", lambda _s, _v: None),
    )
)
"""A subscription's members, in the order the service writes them."""
