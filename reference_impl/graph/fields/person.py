"""The members of a user."""

from __future__ import annotations

from typing import Final

from reference_impl.domain.mailbox import Mailbox
from reference_impl.graph.fields.field import Field, Table

USER: Final[Table[Mailbox]] = Table(
    (
        Field("businessPhones", lambda u, _: [u.card.business_phone] if u.card.business_phone else []),
        Field("displayName", lambda u, _: u.person.name or u.address),
        Field("givenName", lambda u, _: u.card.given_name or None),
        Field("jobTitle", lambda u, _: u.card.job_title or None),
        Field("mail", lambda u, _: u.address),
        Field("mobilePhone", lambda u, _: u.card.mobile_phone or None),
        Field("officeLocation", lambda u, _: u.card.office or None),
        Field("preferredLanguage", lambda _u, _v: None),
        Field("surname", lambda u, _: u.card.surname or None),
        Field("userPrincipalName", lambda u, _: u.address),
        Field("id", lambda u, _: u.id),
    )
)
